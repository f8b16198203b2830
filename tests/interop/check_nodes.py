"""What nodes sign to be let in, and how they are scored, worked out again from docs/design/nodes.md.

Called by check_vectors.py, with Python's standard library and nothing of this project.
"""

import statistics

from check_vectors import encode, expect, public_key, sha256, sign, thumbprint

DAY, HALF_LIFE = 86_400, 7 * 86_400
KINDS = {
    "agreed": (0.01, False), "late-agreed": (0.01, False), "audit-passed": (0.01, False),
    "divergent": (-0.05, True), "equivocation": (-0.05, True), "invalid-statement": (-0.05, True),
    "replayed-statement": (-0.05, True), "audit-failed": (-0.05, True),
    "award-failed": (-0.05, False), "abandoned": (-0.05, False),
}
# Highest value, and the highest that is calm; for the battery the lowest.
LIMITS = {
    "temperature": ("temperatureC", 85, 80), "latency": ("latencyMs", 100, 90), "errors": ("recentErrors", 25, 22.5),
    "power": ("powerW", 200, 180), "battery": ("batteryPercent", 20, 22),
}


def near(name, what, actual, expected):
    """Mathematics libraries differ in the last digits."""
    same = actual is expected if None in (actual, expected) else abs(actual - expected) <= 1e-9 * max(1, abs(expected))
    expect(name, what, actual if not same else expected, expected)


def unit(value):
    return min(max(value, 0), 1)


def check_proof(vector):
    name, seed = vector["name"], bytes.fromhex(vector["privateKeySeed"])
    kid, challenge = thumbprint(public_key(seed)), bytes.fromhex(vector["challengeHex"])
    token = vector["token"]
    proof = encode(
        ["vcp-node-session-v1", vector["origin"], kid, challenge] if token is None
        else ["vcp-node-enrolment-v1", vector["origin"], kid, challenge, sha256(token.encode())])
    expect(name, "kid", kid.hex(), vector["kid"])
    expect(name, "bytes", proof.hex(), vector["bytesHex"])
    expect(name, "signature", sign(seed, proof).hex(), vector["signatureHex"])


def check_health(vector):
    name, speed, median = vector["name"], vector["gasPerSecond"], vector["fleetMedianGasPerSecond"]
    bandwidth, latency, reputation = vector["bandwidthMbps"], vector["latencyMs"], vector["reputation"]
    factors = [
        ("bandwidth", bandwidth, 0.5 if bandwidth is None else unit(bandwidth / 1000), 0.4),
        ("latency", latency, 0.5 if latency is None else unit(1 - latency / 100), 0.3),
        ("efficiency", speed, 0.5 if speed is None or not median or median < 0 else unit(speed / (2 * median)), 0.2),
        ("reputation", reputation, unit(reputation), 0.1),
    ]
    raw = unit(sum(normalized * weight for _, _, normalized, weight in factors))
    silence = vector["silenceSeconds"]
    gates = ["safe-mode"] * vector["safeMode"] + ["stale"] * (silence is None or silence > 15)
    factors += [(gate, raw, 0, 0) for gate in gates]
    near(name, "raw score", raw, vector["raw"])
    near(name, "score", 0 if gates else raw, vector["value"])
    expect(name, "factors", [factor[0] for factor in factors], [factor["name"] for factor in vector["factors"]])
    for (factor, value, normalized, weight), expected in zip(factors, vector["factors"]):
        near(name, f"value of {factor}", value, expected["value"])
        near(name, f"normalized {factor}", normalized, expected["normalized"])
        near(name, f"weight of {factor}", weight, expected["weight"])


def check_reputation(vector):
    value, at, confirmed, strikes, released = 0.5, 0, 0, [], None
    for number, step in enumerate(vector["steps"]):
        name, now, kind = f"{vector['name']}, step {number}", step["atSeconds"], step["kind"]
        if now > at:
            value, at = 0.5 + (value - 0.5) * 2 ** -((now - at) / HALF_LIFE), now
        if kind == "released":
            released = now
        elif kind != "idle":
            delta, is_strike = KINDS[kind]
            value = unit(value + delta)
            confirmed = 0 if is_strike else confirmed + 1 if delta > 0 else confirmed
            strikes += [now] * is_strike
        since = now - DAY if released is None else max(released, now - DAY)
        counted = sum(strike > since for strike in strikes)
        near(name, "reputation", value, step["reputation"])
        expect(name, "confirmed results", confirmed, step["confirmed"])
        near(name, "probability of an audit", 1 if confirmed == 0 else max(1 / confirmed, 0.05), step["auditProbability"])
        expect(name, "strikes", counted, step["strikes"])
        expect(name, "whether it is quarantined", counted >= 3, step["quarantines"])


def check_outliers(vector):
    values = vector["values"]
    scores = [0] * len(values)
    if len(values) >= 5:
        median = statistics.median(values)
        distances = [abs(value - median) for value in values]
        spread = statistics.median(distances) / 0.6745 or 1.253314 * statistics.mean(distances)
        scores = [(value - median) / spread if spread else 0 for value in values]
    expect(vector["name"], "number of scores", len(vector["scores"]), len(values))
    for actual, expected in zip(scores, vector["scores"]):
        near(vector["name"], "score", actual, expected)
    expect(vector["name"], "outliers", [index for index, score in enumerate(scores) if abs(score) > 3.5], vector["outliers"])


def score_of(strategy, candidate):
    slots, outstanding = max(1, candidate["slots"]), candidate["outstanding"]
    if strategy == "weighted":
        return unit(candidate["health"]) * unit(candidate["reputation"]) * unit(1 - outstanding / slots) / (1 + candidate["given"])
    if strategy == "least-loaded":
        return 1 / (1 + outstanding / slots)
    if strategy == "round-robin":
        return 1
    if strategy == "latency-aware":
        return 50 / (50 + (50 if candidate["latencyMs"] is None else candidate["latencyMs"]))
    if strategy == "lowest-bid":
        return 0 if candidate["price"] is None else 1000 / (1000 + candidate["price"])
    raise AssertionError(f"no strategy {strategy}")


def check_ranking(vector):
    for strategy, expected in vector["orders"].items():
        name = f"{vector['name']}, {strategy}"
        scored = [(score_of(strategy, candidate), candidate) for candidate in vector["candidates"]]
        scored.sort(key=lambda pair: (-pair[0], pair[1]["turn"], bytes.fromhex(pair[1]["node"])))
        expect(name, "order", [candidate["node"] for _, candidate in scored], [place["node"] for place in expected])
        for (score, _), place in zip(scored, expected):
            near(name, f"score of {place['node']}", score, place["score"])


def check_safety(vector):
    breaches = {}  # name: [when the value was last known, since when it is calm or None]
    for number, step in enumerate(vector["steps"]):
        now = step["atSeconds"]
        for name, (field, limit, calm) in LIMITS.items():
            value, sign_of = step[field], -1 if name == "battery" else 1
            if value is None:
                if name in breaches and now - breaches[name][0] >= 600:
                    del breaches[name]
            elif sign_of * value > sign_of * limit:
                breaches[name] = [now, None]
            elif name in breaches:
                since = None if sign_of * value > sign_of * calm else now if breaches[name][1] is None else breaches[name][1]
                breaches[name] = [now, since]
                if since is not None and now - since >= 60:
                    del breaches[name]
        expect(f"{vector['name']}, step {number}", "safe mode", [name for name in LIMITS if name in breaches], step["safeMode"])


def check_reward(vector):
    name, gas, price = vector["name"], int(vector["gas"]), int(vector["price"])
    reward = min(gas * price // 10**6, 10**15)
    speed, median = (0 if value is None else int(value) for value in (vector["gasPerSecond"], vector["medianGasPerSecond"]))
    permille = 0 if median < 1 else min(max(1000 * (speed - median) // median, 0), 250)
    expect(name, "reward", str(reward), vector["reward"])
    expect(name, "bonus in thousandths", permille, vector["bonusPermille"])
    expect(name, "bonus", str(reward * permille // 1000), vector["bonus"])


def groups(load):
    """Pairs of a check and the vectors that it takes."""
    vectors = load("nodes.json")
    return (
        (check_proof, vectors["proofs"]),
        (check_health, vectors["health"]),
        (check_reputation, vectors["reputation"]),
        (check_outliers, vectors["outliers"]),
        (check_ranking, vectors["rankings"]),
        (check_safety, vectors["safety"]),
        (check_reward, vectors["rewards"]),
    )
