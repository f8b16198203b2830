-- Faults are few among all that happens to a node, and are looked for by kind.
CREATE INDEX node_faults ON node_events (node, kind, id) WHERE delta < 0;

-- Tasks by their submitters' labels, newest last.
CREATE TABLE task_labels (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    task BLOB NOT NULL REFERENCES tasks (id),
    PRIMARY KEY (name, value, task)
) WITHOUT ROWID;

INSERT INTO task_labels (name, value, task) SELECT label.key, label.value, tasks.id FROM tasks, json_each(tasks.labels) AS label WHERE tasks.labels IS NOT NULL;
