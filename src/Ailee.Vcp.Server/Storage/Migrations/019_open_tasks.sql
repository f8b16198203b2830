-- A decided task has a time of its completion, and no other has: cheaper to see, for each task and each of its changes, than a list of states.
DROP INDEX tasks_open_by_module;
DROP INDEX tasks_open_by_bundle;
CREATE INDEX tasks_open_by_module ON tasks (module) WHERE completed_ms IS NULL;
CREATE INDEX tasks_open_by_bundle ON tasks (bundle) WHERE completed_ms IS NULL;
