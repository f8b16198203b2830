-- What else a module is made of. Null for modules that were uploaded before this was looked at.
ALTER TABLE modules ADD COLUMN memories TEXT;
ALTER TABLE modules ADD COLUMN tables TEXT;
ALTER TABLE modules ADD COLUMN custom_sections TEXT;
ALTER TABLE modules ADD COLUMN function_count INTEGER;
ALTER TABLE modules ADD COLUMN has_start INTEGER;
