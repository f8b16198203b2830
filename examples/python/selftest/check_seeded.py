"""Everything that differs from run to run elsewhere: here it comes from the task's seed and clock."""

import datetime
import os
import random
import secrets
import sys
import tempfile
import time
import uuid

print("hash randomisation is", "on" if sys.flags.hash_randomization else "off")
print("hash of a string:", hash("a string"))
print("order of a set:", {"lamp", "sea", "keeper", "night", "turn"})
print("random:", random.random(), random.getrandbits(64), random.sample(range(100), 5))
print("os.urandom:", os.urandom(16).hex())
print("secrets:", secrets.token_hex(16))
print("uuid4:", uuid.uuid4())
print("uuid1:", uuid.uuid1())
print("time:", time.time_ns(), time.monotonic_ns(), time.perf_counter_ns(), time.process_time_ns())
print("now:", datetime.datetime.now(datetime.timezone.utc).isoformat(), time.tzname, time.localtime().tm_gmtoff)
print("temporary name:", tempfile.mkdtemp())
print("identity of objects:", id(None), id(object()))
print("environment:", sorted(os.environ.items()))
print("arguments:", sys.argv, "executable:", repr(sys.executable), "platform:", sys.platform)
assert time.monotonic_ns() < time.monotonic_ns() and uuid.uuid4() != uuid.uuid4() and random.random() != random.random()
assert random.Random(1).random() == 0.13436424411240122
