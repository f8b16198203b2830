"""What was asked of a mesh that goes through a fault, and whether all that must hold afterwards does."""

import base64
import hashlib
import io
import json
import signal
import tarfile
import uuid

from mesh_programs import PATIENCE_SECONDS, Mesh, expect, until
from mesh_work import GUESTS, SHORT, SPIN, expect_spun, spin, words

LEAST_REPUTATION = 0.4
PRICE_PER_MEGA_GAS = 1000
# Words whose text does not travel with the lease.
LARGE = 30_000
AWAY = {"labels": {"place": "away"}}


def payload_digest(statement):
    """Of a COSE_Sign1 whose unprotected header is empty: d2 84, protected header, a0, payload, signature."""
    def text(at):
        kind, size = statement[at] >> 5, statement[at] & 31
        expect("major type", kind, 2)
        extra = {24: 1, 25: 2}.get(size, 0)
        return at + 1 + extra, int.from_bytes(statement[at + 1:at + 1 + extra], "big") if extra else size

    expect("start of a statement", statement[:2], b"\xd2\x84")
    start, size = text(2)
    expect("unprotected header", statement[start + size], 0xA0)
    start, size = text(start + size + 1)
    return "sha256:" + hashlib.sha256(statement[start:start + size]).hexdigest()


class FaultMesh(Mesh):
    """A mesh whose leases outlast the stalls of a busy machine, which are not the faults that are meant."""

    def __init__(self, programs, settings=(), addresses=()):
        super().__init__(programs, {"Nodes:LeaseTtlMs": 8000} | dict(settings), addresses)


class Work:
    """Tasks that were acknowledged, what each must come to, and what it was seen to come to."""

    def __init__(self, mesh):
        self.mesh, self.tasks, self.decisions, self.reading = mesh, {}, {}, None
        self.spinning = mesh.upload(SPIN.encode(), "text/wat")
        self.counting = mesh.upload((GUESTS / "wordfreq" / "wordfreq.wasm").read_bytes(), "application/wasm")

    def fresh_spinning(self):
        """The module again, with a name in it that nobody has seen, so that every node has to fetch it."""
        return self.mesh.upload(SPIN.replace('"spin"', f'"spin") (export "{uuid.uuid4()}"').encode(), "text/wat")

    def spin(self, rounds, mode="quorum", module=None, **labels):
        task = self.mesh.submit(spin(module or self.spinning, rounds, mode, **labels))
        self.tasks[task] = lambda view: expect_spun(view, rounds)
        return task

    def words(self, count, **members):
        task = self.mesh.submit(words(self.counting, f"gull {'tern ' * count}", **members))
        self.tasks[task] = lambda view: expect("output", view["result"]["output"]["text"], f"{count} tern\n1 gull\n")
        return task

    def files(self):
        """Reads a bundle and writes a mebibyte."""
        case = next(case for case in json.loads((GUESTS / "cases.json").read_text()) if case["name"] == "files-samples")
        if not self.reading:
            tar = io.BytesIO()
            with tarfile.open(fileobj=tar, mode="w") as archive:
                archive.add(GUESTS / case["bundle"], ".")
            self.bundle = json.loads(self.mesh.bytes("bundles", body=tar.getvalue(), kind="application/x-tar"))["digest"]
            self.reading = self.mesh.upload((GUESTS / case["guest"]).read_bytes(), "application/wasm")
        request = {"module": self.reading, "bundle": self.bundle, "args": case["args"], "outputs": list(case["outputs"])}
        task = self.mesh.submit({**request, "assurance": {"mode": "quorum"}, "selection": AWAY})
        self.tasks[task] = lambda view: expect("digest of the output", view["result"]["output"]["digest"], f"sha256:{case['stdoutSha256']}")
        return task

    def all_kinds(self):
        """Tasks for which agents make every call there is."""
        return [self.spin(SHORT), self.spin(SHORT, "single", module=self.fresh_spinning()), self.words(5), self.words(LARGE, selection=AWAY), self.files()]

    def look(self, task):
        """The decided task; that it stays so is checked at the end."""
        view = self.mesh.decided(task)
        self.tasks[task](view)
        self._keep(view)
        return view

    def look_all(self):
        for task in self.tasks:
            self.look(task)
        return len(self.tasks)

    def _keep(self, view):
        decision = (view["completedAt"], view.get("consensus", {}).get("certificate"), view["result"])
        expect("the decision as it was seen before", decision, self.decisions.setdefault(view["id"], decision))


def check(work, liars=(), others=()):
    """The invariants, and then that all stop in good order. `liars` are ids of nodes, `others` of those that are neither honest nor lie."""
    mesh = work.mesh
    until("every acknowledged task is decided, and no lease is left", lambda: is_quiet(mesh), 2 * PATIENCE_SECONDS)
    listed = {task["id"] for task in mesh.pages("tasks")}
    expect("acknowledged tasks that are lost", set(work.tasks) - listed, set())
    work.look_all()
    agreed = {}
    for task in listed:
        agreed |= check_task(mesh, mesh.task(task), liars)
    rewards = check_ledger(mesh, agreed, {*liars, *others})
    lowest = check_nodes(mesh, liars, others)
    check_stopped(mesh)
    return f"{len(work.tasks)} tasks, {rewards} rewards, lowest reputation {lowest:.2f}"


def is_quiet(mesh):
    return not any(mesh.pages(f"tasks?state={state}") for state in ("queued", "running", "verifying")) and all(node["running"] == 0 for node in mesh.pages("nodes"))


def check_task(mesh, view, liars):
    """Gas by task and node that agreed. What decided the task is there once, and whoever does not lie and whose result was accepted agreed."""
    task, logged = view["id"], [entry["kind"] for entry in mesh.entries(task=view["id"])]
    expect(f"certificates of {task}", logged.count("certificate"), 1 if "consensus" in view else 0)
    accepted = [each["node"] for each in view["attempts"] if each["state"] == "accepted" and not each.get("audit")]
    expect(f"nodes whose result of {task} was accepted twice", len(accepted) - len(set(accepted)), 0)
    # One that contradicted itself has two.
    proofs = [mesh.get(f"proofs/{proof['id']}") for proof in view["proofs"]]
    payloads = {(proof["node"], payload_digest(base64.b64decode(proof["statement"]))): proof["payload"] for proof in proofs}
    if "consensus" in view:
        agreed = mesh.get(f"proofs/{view['consensus']['certificate']}")["certificate"]["payloadDigest"]
    else:
        expect(f"results of {task}", (len(accepted), logged.count("execution")), (1, 1))
        agreed = next(digest for node, digest in payloads if node == accepted[0])
    expect(f"nodes that do not agree in {task} and do not lie", {node for node in accepted if (node, agreed) not in payloads} - set(liars), set())
    return {(task, node): payloads[node, agreed]["gas"] for node in accepted if (node, agreed) in payloads}


def check_ledger(mesh, agreed, liars):
    transactions = mesh.pages("ledger")
    expect("sum of the ledger", (mesh.get("ledger")["sum"], sum(posting["amount"] for each in transactions for posting in each["postings"])), (0, 0))
    expect("keys that were used twice", len(transactions) - len({each["key"] for each in transactions}), 0)
    rewards = [each for each in transactions if each["kind"] == "reward"]
    paid = [(each["task"], each["node"]) for each in rewards]
    expect("rewards that were paid twice", len(paid) - len(set(paid)), 0)
    earned = {each for each, gas in agreed.items() if gas * PRICE_PER_MEGA_GAS >= 10**6}
    # Of one who contradicts itself nothing counts.
    unpaid = {(task, node) for task, node in earned - set(paid) if node not in liars}
    expect("rewards without a result, and results without a reward", (set(paid) - earned, unpaid), (set(), set()))
    for each in rewards:
        expect("what was paid for", each["detail"]["gas"], agreed[each["task"], each["node"]])
        expect("who was paid", {posting["account"] for posting in each["postings"] if posting["amount"] > 0}, {f"node:{each['node']}"})
    expect("nodes that were fined and do not lie", {each["node"] for each in transactions if each["kind"] != "reward"} - set(liars), set())
    return len(rewards)


def check_nodes(mesh, liars, others):
    """The lowest reputation of those that do not lie."""
    nodes = mesh.pages("nodes")
    for node in nodes:
        events = [(event["kind"], event.get("detail")) for event in mesh.pages(f"nodes/{node['id']}/events")]
        if node["id"] in liars:
            expect(f"state of the liar {node['name']}, after {events}", node["state"], "quarantined")
        elif node["id"] in others:
            continue
        elif node["state"] == "quarantined" or node["reputation"] <= LEAST_REPUTATION:
            raise AssertionError(f"the honest node {node['name']} is {node['state']} with a reputation of {node['reputation']:.3f}: {events}")
    return min(node["reputation"] for node in nodes if node["id"] not in {*liars, *others})


def check_stopped(mesh):
    for owner, agent in mesh.agents.items():
        expect(f"whether the agent of {owner} ended by itself", agent.poll(), None)
        mesh.programs.stop(agent, signal.SIGTERM)
        # A wait for the end of a program under libfaketime is over at once.
        expect(f"exit code of the agent of {owner}", agent.returncode in ((0, 143) if "LD_PRELOAD" in mesh.places[owner].environment else (0,)), True)
    mesh.programs.stop(mesh.server)
    expect("exit code of the server", mesh.server.returncode, 0)
    mesh.programs.vcp("log", "fsck", mesh.data)
    expect("verdict on the ledger", mesh.programs.vcp("ledger", "check", "--data", mesh.data).splitlines()[-1], "SOUND")
