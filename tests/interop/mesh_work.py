"""What the checks of meshes have nodes do."""

import pathlib

from mesh_programs import expect

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUESTS = ROOT / "examples" / "guests"
# Counts down from its argument and mixes a number on the way: long to run, and quick to work out by squaring.
MULTIPLIER, INCREMENT, WRAP = 6364136223846793005, 1442695040888963407, 1 << 64
SPIN = f"""(module (func (export "spin") (param $rounds i64) (result i64) (local $value i64)
  (loop $again
    (local.set $value (i64.add (i64.mul (local.get $value) (i64.const {MULTIPLIER})) (i64.const {INCREMENT})))
    (br_if $again (i64.ne (local.tee $rounds (i64.sub (local.get $rounds) (i64.const 1))) (i64.const 0))))
  (local.get $value)))"""
LONG = 1_000_000_000
SHORT = 80_000_000


def spun(rounds):
    """What the guest gives, as a signed number."""
    multiplier, increment, by, add = 1, 0, MULTIPLIER, INCREMENT
    while rounds:
        if rounds & 1:
            multiplier, increment = multiplier * by % WRAP, (increment * by + add) % WRAP
        by, add = by * by % WRAP, (add * by + add) % WRAP
        rounds >>= 1
    return str(increment - WRAP if increment >= WRAP >> 1 else increment)


def attempts_of(view, node):
    return [attempt for attempt in view["attempts"] if attempt["node"] == node]


def words(module, text, **members):
    return {"module": module, "input": {"text": text}, "assurance": {"mode": "quorum", "replicas": 3, "quorum": 2}, **members}


def spin(module, rounds, mode, **labels):
    return {"module": module, "entrypoint": "spin", "args": [str(rounds)], "assurance": {"mode": mode}, "selection": {"labels": {"place": "away", **labels}}}


def expect_spun(view, rounds):
    result = view["result"]
    expect("outcome and output", (result["outcome"], [each["value"] for each in result["results"]]), ("completed", [spun(rounds)]))


def running_on(mesh, task):
    return [attempt["node"] for attempt in mesh.task(task)["attempts"] if attempt["state"] == "running"]
