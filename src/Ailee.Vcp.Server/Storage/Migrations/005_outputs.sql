-- What a task's JSON shows stands before the bytes, so that reading it passes over none of them. Results are JSON; null for outputs
-- that were stored before, whose record says them.
CREATE TABLE task_outputs_new (
    task BLOB PRIMARY KEY REFERENCES tasks (id),
    stdout_bytes INTEGER NOT NULL,
    stdout_digest BLOB NOT NULL,
    stderr_bytes INTEGER NOT NULL,
    stderr_digest BLOB NOT NULL,
    files INTEGER NOT NULL,
    results TEXT,
    trap TEXT,
    stdout BLOB NOT NULL,
    stderr BLOB NOT NULL,
    record BLOB NOT NULL
) STRICT;

INSERT INTO task_outputs_new
SELECT task, length(stdout), stdout_digest, length(stderr), stderr_digest,
       (SELECT COUNT(*) FROM task_files WHERE task_files.task = task_outputs.task), NULL, NULL, stdout, stderr, record
FROM task_outputs;

DROP TABLE task_outputs;
ALTER TABLE task_outputs_new RENAME TO task_outputs;
