"""Votes of nodes, counted again (docs/design/quorum.md). Python's standard library and nothing of this project."""

import base64

MOST_REPLICAS, MOST_ATTEMPTS, LOSSES_FOR_AN_ATTEMPT = 16, 100, 10


def policy_fault(replicas, quorum, attempts):
    if not 1 <= replicas <= MOST_REPLICAS:
        return "replicas-out-of-range"
    if not 1 <= quorum <= replicas:
        return "quorum-out-of-range"
    if 2 * quorum <= replicas:
        return "quorum-not-majority"
    return None if replicas <= attempts <= MOST_ATTEMPTS else "attempts-out-of-range"


def node_bytes(node):
    return base64.urlsafe_b64decode(node + "=")


class Quorum:
    def __init__(self, task, replicas, quorum, attempts):
        self.task, self.replicas, self.quorum, self.attempts = task, replicas, quorum, attempts
        self.leases = {}  # lease: [event, "outstanding" or "ended" or "lost"]
        self.answers = []  # (statement event, verdict), those that are kept
        self.votes = []  # statement events
        self.exhausted = False
        self.decision = self.decide()

    def apply(self, event):
        """The verdict, the first verdict if the same was told before, and whether anything changed."""
        handler = {
            "lease-granted": self.grant,
            "lease-ended": self.end,
            "statement-received": self.receive,
            "replicas-exhausted": self.exhaust,
        }[event["kind"]]
        verdict, first, changed = handler(event)
        if changed and not self.is_final():
            self.decision = self.decide()
        return verdict, first, changed

    def is_final(self):
        return self.decision["kind"] in ("won", "failed")

    def needs_replica(self):
        return self.decision["kind"] == "needs-replica"

    # Leases

    def outstanding(self):
        return [event for event, state in self.leases.values() if state == "outstanding"]

    def places(self):
        return [(event["node"], event["owner"]) for event in self.votes + self.outstanding()]

    def profile(self):
        return next((event["profile"] for event, _ in self.leases.values()), None)

    def grant(self, event):
        known = self.leases.get(event["lease"])
        if known:
            return ("again", "accepted", False) if known[0] == event else ("lease-mismatch", None, False)
        refusal = None
        if self.is_final():
            refusal = "late"
        elif any(said["node"] == event["node"] and verdict == "equivocation" for said, verdict in self.answers):
            refusal = "vote-void"
        elif any(node == event["node"] or owner == event["owner"] for node, owner in self.places()):
            refusal = "owner-has-voted"
        elif self.profile() not in (None, event["profile"]):
            refusal = "profile-mismatch"
        elif not self.needs_replica():
            refusal = "not-needed"
        if refusal:
            return refusal, None, False
        self.leases[event["lease"]] = [event, "outstanding"]
        return "accepted", None, True

    def end(self, event):
        lease = self.leases.get(event["lease"])
        if lease is None:
            return "lease-unknown", None, False
        if lease[1] != "outstanding":
            return "again", "accepted", False
        if self.is_final():
            return "late", None, False
        lease[1] = "lost" if event["lost"] else "ended"
        return "accepted", None, True

    def exhaust(self, _):
        if self.is_final():
            return "late", None, False
        if not self.needs_replica():
            return "not-needed", None, False
        self.exhausted = True
        return "accepted", None, True

    # Statements

    def receive(self, event):
        said = [answer for answer in self.answers if answer[0]["node"] == event["node"]]
        for statement, verdict in said:
            if statement["statement"] == event["statement"]:
                return "again", verdict, False
        reason = self.ineligible(event)
        if reason:
            return reason, None, False

        same = [verdict for statement, verdict in said if statement["payload"] == event["payload"]]
        if len(same) < len(said):
            # The node said something else before.
            told = same[-1:] or [verdict for _, verdict in said if verdict == "equivocation"]
            return ("again", told[0], False) if told else self.void(event)
        if same and same[-1] != "owner-has-voted":
            return "again", same[-1], False
        if self.is_final():
            winner = self.decision.get("payload")
            verdict = "late" if winner is None else "late-agrees" if winner == event["payload"] else "late-diverges"
            return self.keep(event, verdict)
        if any(owner == event["owner"] and node != event["node"] for node, owner in self.places()):
            return ("again", same[-1], False) if same else self.keep(event, "owner-has-voted")
        self.votes.append(event)
        self.end_leases_of(event["node"])
        return self.keep(event, "counted")

    def ineligible(self, event):
        if event["task"] != self.task:
            return "task-mismatch"
        if "owner" not in event:
            return "node-not-enrolled"
        if all(lease["node"] != event["node"] for lease, _ in self.leases.values()):
            return "lease-unknown"
        return "profile-mismatch" if event["profile"] != self.profile() else None

    def void(self, event):
        if not self.is_final():
            self.votes = [vote for vote in self.votes if vote["node"] != event["node"]]
            self.end_leases_of(event["node"])
        return self.keep(event, "equivocation")

    def keep(self, event, verdict):
        self.answers.append((event, verdict))
        return verdict, None, True

    def end_leases_of(self, node):
        for lease in self.leases.values():
            if lease[0]["node"] == node and lease[1] == "outstanding":
                lease[1] = "ended"

    # The decision

    def decide(self):
        cast, outstanding, granted = len(self.votes), len(self.outstanding()), len(self.leases)
        groups = self.groups()
        for group in groups:
            votes = len(group["votes"])
            if votes >= self.quorum and 2 * votes > cast + outstanding:
                others = [other for other in groups if other is not group]
                return {"kind": "won", **group, "groups": others, "equivocations": self.equivocations()}
        leader = max((len(group["votes"]) for group in groups), default=0)
        missing = max(0, self.quorum - leader - outstanding, cast - 2 * leader - outstanding + 1)
        lost = sum(state == "lost" for _, state in self.leases.values())
        left = 0 if self.exhausted else self.attempts - (granted - lost + lost // LOSSES_FOR_AN_ATTEMPT)
        count = min(left, max(missing, self.replicas - granted))
        if count > 0:
            return {"kind": "needs-replica", "count": count, "outstanding": outstanding}
        if outstanding > 0:
            return {"kind": "undecided", "outstanding": outstanding}
        return {"kind": "failed", "groups": groups, "equivocations": self.equivocations()}

    def groups(self):
        payloads = sorted({vote["payload"] for vote in self.votes}, key=bytes.fromhex)
        return [{"payload": payload, "votes": self.votes_for(payload)} for payload in payloads]

    def votes_for(self, payload):
        votes = sorted((vote for vote in self.votes if vote["payload"] == payload), key=lambda vote: node_bytes(vote["node"]))
        return [{name: vote[name] for name in ("node", "owner", "statement")} for vote in votes]

    def equivocations(self):
        pairs = []
        for second in (said for said, verdict in self.answers if verdict == "equivocation"):
            first = next(said for said, _ in self.answers if said["node"] == second["node"])
            pairs.append({
                "node": second["node"],
                "firstPayload": first["payload"], "firstStatement": first["statement"],
                "secondPayload": second["payload"], "secondStatement": second["statement"],
            })
        return sorted(pairs, key=lambda pair: node_bytes(pair["node"]))


def expect(name, what, actual, expected):
    if actual != expected:
        raise AssertionError(f"{name}: {what} is {actual}, the vector says {expected}")


def check_policy(vector):
    fault = policy_fault(vector["replicas"], vector["quorum"], vector["maxAttempts"])
    expect(vector["name"], "the fault", fault, vector["fault"])


def check_task(vector):
    name = vector["name"]
    quorum = Quorum(vector["task"], vector["replicas"], vector["quorum"], vector["maxAttempts"])
    decision = vector["decision"]
    expect(name, "the decision at the start", quorum.decision, decision)
    stored = []
    for number, step in enumerate(vector["steps"]):
        verdict, first, changed = quorum.apply(step["event"])
        expect(name, f"verdict {number}", (verdict, first), (step["verdict"], step.get("first")))
        expect(name, f"whether event {number} changed anything", changed, step["changed"])
        decision = step.get("decision", decision)
        expect(name, f"the decision after event {number}", quorum.decision, decision)
        stored += [step["event"]] if changed else []

    replayed = Quorum(vector["task"], vector["replicas"], vector["quorum"], vector["maxAttempts"])
    for event in stored:
        replayed.apply(event)
    expect(name, "the decision of what was stored", replayed.decision, decision)
