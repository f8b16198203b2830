-- Who submitted a task, how urgent it is (0 to 9) and where it may run (JSON); when it is tried next.
ALTER TABLE tasks ADD COLUMN submitter TEXT NOT NULL DEFAULT 'local';
ALTER TABLE tasks ADD COLUMN priority INTEGER NOT NULL DEFAULT 5;
ALTER TABLE tasks ADD COLUMN selection TEXT NOT NULL DEFAULT '{}';
ALTER TABLE tasks ADD COLUMN max_attempts INTEGER;
ALTER TABLE tasks ADD COLUMN labels TEXT;
ALTER TABLE tasks ADD COLUMN not_before_ms INTEGER;
