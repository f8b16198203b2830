"""What must hold once the soak's load is over, and then once everything has stopped."""

import collections
import re
import signal
import sqlite3
import time

from mesh_programs import OWNERS
from soak_watch import MIB, lines_in

# Lines of level Error that are no fault of the service, as regular expressions.
ALLOWED_ERRORS = []
SAMPLE = 20


def check(soak, checks):
    views = {view["id"]: view for view in soak.mesh.pages("tasks")}
    report(soak)
    checks.check("every piece of work came to what it must", not soak.tally.failures, f"{len(soak.tally.failures)} failures of {sum(soak.tally.of('work').values())} pieces")
    check_tasks(soak, checks, views)
    check_numbers(soak, checks, views)
    check_log(soak, checks)
    check_old(soak, checks)
    soak.rests.check(checks)
    check_stopped(soak, checks)


def check_tasks(soak, checks, views):
    known = soak.book.tasks
    checks.check("no task is lost, and none is there that nobody submitted", set(known) == set(views),
                 f"{len(known)} acknowledged, {len(set(known) - set(views))} lost, {len(set(views) - set(known))} more")
    wrong = {task: (entry, views[task]["state"], views[task]["submitter"]) for task, entry in known.items() if task in views and (
        entry[0], entry[2], entry[3]) != (views[task]["submitter"], views[task]["state"], views[task].get("result", {}).get("outcome"))}
    checks.check("every task is still what it was when it was decided", not wrong, dict(list(wrong.items())[:5]) or f"{len(known)} tasks")
    twice = [task for task, view in views.items() if "consensus" not in view and view["state"] == "completed" and sum(
        each["state"] == "accepted" and not each.get("audit") for each in view["attempts"]) != 1]
    checks.check("no task of one node was decided by two", not twice, twice[:5] or "none")


def check_numbers(soak, checks, views):
    stats, said = soak.mesh.get("stats"), soak.mesh.metrics()
    states = collections.Counter(view["state"] for view in views.values())
    outcomes = collections.Counter(view["result"]["outcome"] for view in views.values() if "result" in view)
    checks.check("the numbers of /stats add up", {state: count for state, count in stats["tasks"].items() if count} == dict(states)
                 and {outcome: count for outcome, count in stats["outcomes"].items() if count} == dict(outcomes), f"{dict(states)}, {dict(outcomes)}")
    left = soak.mesh.rests()
    checks.check("nothing is under way", not left and said["vcp_log_read_only"] == 0, left or "no task, lease, request or upload")
    nodes = soak.mesh.pages("nodes")
    checks.check("all nodes are online and trusted", all(node["state"] == "online" for node in nodes), ", ".join(f"{node['name']} {node['state']} {node['reputation']:.2f}" for node in nodes))
    audits = collections.Counter(view["audit"]["state"] for view in views.values() if "audit" in view)
    checks.check("no audit failed", not audits["failed"], dict(audits) or "none was drawn")


def check_log(soak, checks):
    size, entries = soak.mesh.get("stats")["log"]["size"], soak.mesh.pages("log/entries")
    kinds = collections.Counter(entry["kind"] for entry in entries)
    proofs = soak.mesh.get("stats")["proofs"]
    checks.check("the log has every statement once", sorted(entry["index"] for entry in entries) == list(range(size)) and len({entry["digest"] for entry in entries}) == size,
                 f"{size} entries: {dict(kinds)}")
    checks.check("the log has as many executions as there are proofs", kinds["execution"] == proofs, f"{kinds['execution']} and {proofs}")
    checks.check("the log has grown from one quiet point to the next", len(soak.rests.checkpoints) > 1 and soak.rests.checkpoints[-1][0] > soak.rests.checkpoints[0][0],
                 f"{len(soak.rests.checkpoints)} checkpoints, each shown to continue the one before, {soak.rests.checkpoints[-1][0]} entries in the last")
    checks.check("statements and receipts are right", soak.tally.counts["proofs", "in Python"] > 0 and soak.rests.verified > 0,
                 f"{soak.tally.counts['proofs', 'in Python']} in Python, {soak.rests.verified} tasks by vcp verify")


def check_old(soak, checks):
    """Retention: what was done while the clocks were behind is taken away within two minutes, and its statements are not."""
    if soak.old is None:
        print("skipped: what is old is taken away (it takes three minutes and a compiler)", flush=True)
        return
    client = soak.admin()
    completed = [task for task in soak.old if soak.book.tasks[task][2] == "completed"][:SAMPLE]
    codes = collections.Counter(client.ask("GET", f"tasks/{task}/output", wanted=(200, 410)).code for task in completed)
    proofs = [client.ask("GET", f"proofs/{client.ask('GET', f'tasks/{task}').json['proofs'][0]['id']}").status for task in completed]
    client.close()
    checks.check("what is old is taken away, and its proof is not", codes == {"output-expired": len(completed)} and proofs == [200] * len(completed), f"{dict(codes)} of {len(soak.old)} old tasks")


def check_stopped(soak, checks):
    mesh = soak.mesh
    began = time.monotonic()
    codes = [mesh.signal(program, signal.SIGTERM) for program in [*mesh.agents.values(), mesh.server]]
    checks.check("all stop in good order", codes == [0] * len(codes), f"exit codes {codes}, {time.monotonic() - began:.1f} s")
    fsck = mesh.programs.vcp("log", "fsck", mesh.data).splitlines()
    checks.check("the log is sound", f"{soak.rests.checkpoints[-1][0]}" in " ".join(fsck), " / ".join(fsck)[:300])
    ledger = mesh.programs.vcp("ledger", "check", "--data", mesh.data).splitlines()
    checks.check("the ledger is sound", ledger[-1] == "SOUND", " / ".join(ledger)[:300])
    check_database(soak, checks)
    for name in ["server", *OWNERS]:
        errors, warnings = lines_in(mesh.programs.directory / f"{name}.log")
        errors = [line for line in errors if not any(re.search(allowed, line) for allowed in ALLOWED_ERRORS)]
        checks.check(f"{name} logged no error", not errors, errors[:5] or f"{sum(warnings.values())} warnings")
        for line, count in warnings.most_common():
            print(f"  {count} x {line}", flush=True)


def check_database(soak, checks):
    """The tables by themselves: nothing is open, and what tenants are said to have stored is there."""
    database = sqlite3.connect(f"file:{soak.mesh.data / 'vcp.db'}?mode=ro", uri=True)
    try:
        checks.check("the database is whole", database.execute("PRAGMA integrity_check").fetchall() == [("ok",)], "integrity_check")
        running = database.execute("SELECT COUNT(*) FROM attempts WHERE state = 'running'").fetchone()[0]
        due = database.execute("SELECT COUNT(*) FROM audits WHERE state = 'due'").fetchone()[0]
        checks.check("no lease and no audit is open", (running, due) == (0, 0), f"{running} leases, {due} audits")
        said = dict(database.execute("SELECT tenant, stored_bytes FROM tenant_usage"))
        stored = collections.Counter()
        for sql in ("SELECT submitter, SUM(LENGTH(CAST(selection AS BLOB)) + IFNULL(LENGTH(CAST(labels AS BLOB)), 0)) FROM tasks GROUP BY 1",
                    "SELECT t.submitter, SUM(LENGTH(r.hashes) + LENGTH(r.lengths) + LENGTH(r.leaves)) FROM task_traces r JOIN tasks t ON t.id = r.task GROUP BY 1",
                    "SELECT t.submitter, SUM(LENGTH(i.invocation) + LENGTH(i.stdin)) FROM task_inputs i JOIN tasks t ON t.id = i.task GROUP BY 1",
                    "SELECT t.submitter, SUM(LENGTH(o.record) + LENGTH(o.stdout) + LENGTH(o.stderr)) FROM task_outputs o JOIN tasks t ON t.id = o.task GROUP BY 1",
                    "SELECT t.submitter, SUM(LENGTH(c.content)) FROM task_file_chunks c JOIN tasks t ON t.id = c.task GROUP BY 1"):
            stored.update(dict(database.execute(sql)))
        checks.check("tenants' stored bytes are what is stored", said == dict(stored), f"{said}" if said == dict(stored) else f"{said} said, {dict(stored)} stored")
    finally:
        database.close()


def report(soak):
    """The figures, as a table."""
    kinds = collections.defaultdict(collections.Counter)
    for _, kind, state, outcome in soak.book.tasks.values():
        kinds[kind][outcome or state or "open"] += 1
    print("\ntasks by kind")
    for kind, ends in sorted(kinds.items()):
        print(f"  {kind:16} {sum(ends.values()):6}  " + ", ".join(f"{count} {end}" for end, count in sorted(ends.items())))
    print(f"  {'all':16} {len(soak.book.tasks):6}")
    print("restarts: " + ", ".join(f"{count} {what}" for what, count in sorted(collections.Counter(soak.mesh.restarts).items())))
    print("refused for a while: " + (", ".join(f"{count} {code}" for (code,), count in soak.tally.of("refused").items()) or "none"))
    print("answers lost in restarts: " + (", ".join(f"{count} {name}" for (name,), count in soak.tally.of("lost").items()) or "none"))
    first, last = soak.rests.points[0], soak.rests.points[-1]
    grown = soak.rests.grown("database")
    print(f"database: {first['database'] / MIB:.1f} MiB at the first quiet point, {last['database'] / MIB:.1f} at the last, {grown.slope / 1000 / 1024:.1f} KiB a task; "
          f"{last['free'] / MIB:.1f} MiB of it free, write-ahead log {last['wal'] / MIB:.1f} MiB\n", flush=True)
