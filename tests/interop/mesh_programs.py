"""The server and agents of `mesh.py` and `faults.py`: starts, calls and ends them."""

import concurrent.futures
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

OWNERS = ["ann", "bob", "cyd"]
MEMORY_BYTES = 64 << 20
PATIENCE_SECONDS = 60
COSE = "application/scitt-statement+cose"
SETTINGS = {
    "Sandbox:Slots": 1,
    "Sandbox:MemoryBytes": MEMORY_BYTES,
    "Sandbox:Instructions": 10**12,
    "Nodes:HeartbeatMs": 500,
    "Nodes:LeaseTtlMs": 3000,
    # A machine that runs the server and all nodes at once is slow to answer, and that is not what is checked.
    "Nodes:MaxLatencyMs": 60_000,
    "Tasks:RetryDelayMs": 100,
    # An audit is an attempt that the checks do not count on.
    "Tasks:AuditRate": 0,
}


def expect(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: {got!r}, not {wanted!r}")


def until(what, probe, seconds=PATIENCE_SECONDS):
    """Polls until the probe gives something true, and gives that."""
    deadline = time.monotonic() + seconds
    while not (found := probe()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)
    return found


class Programs:
    """The programs that this one started; it ends these and no others."""

    def __init__(self, arguments, directory):
        self.directory, self.server_dll, self.cli_dll = directory, *(os.path.abspath(dll) for dll in (arguments.server, arguments.cli))
        self.load_dll = os.path.abspath(arguments.load) if getattr(arguments, "load", None) else None
        self.running = []
        # Of all calls of `vcp`.
        self.environment = {}

    def start(self, name, *command, environment=()):
        log = open(self.directory / f"{name}.log", "ab")
        with log:
            program = subprocess.Popen(
                [str(part) for part in command], cwd=self.directory, env=os.environ | dict(environment), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.running.append(program)
        return program

    def log(self, name):
        return (self.directory / f"{name}.log").read_text(errors="replace")

    def vcp(self, *arguments, place=()):
        """What it prints. `place` is a command that runs it elsewhere."""
        command = [*place, "dotnet", self.cli_dll, *(str(part) for part in arguments)]
        done = subprocess.run(
            command, cwd=self.directory, env=os.environ | self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
        if done.returncode:
            raise AssertionError(f"vcp {' '.join(str(part) for part in arguments[:2])} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def stop(self, program, sign=signal.SIGTERM):
        if program.poll() is None:
            program.send_signal(sign)
            try:
                program.wait(15)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()

    def stop_all(self):
        for program in reversed(self.running):
            self.stop(program, signal.SIGKILL)


class Place:
    """Where an agent runs: a command that runs it there, what its environment has on top, and the server's address as it is seen there."""

    def __init__(self, command=(), environment=(), url=None):
        self.command, self.environment, self.url = tuple(command), dict(environment), url


class Mesh:
    """A server and its agents. With addresses beyond loopback the server wants the key that it made."""

    def __init__(self, programs, settings=(), addresses=()):
        self.programs, self.settings = programs, SETTINGS | dict(settings)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        self.port = int(self.url.rsplit(":")[-1])
        self.urls = ";".join([self.url, *(f"http://{address}:{self.port}" for address in addresses)])
        self.data = programs.directory / "data"
        self.server, self.agents, self.ids, self.places = None, {}, {}, {}

    def start_server(self, environment=()):
        self.server = self.programs.start(
            "server", "dotnet", self.programs.server_dll, "--urls", self.urls, "--Storage:DataDirectory", self.data,
            *(part for name, value in self.settings.items() for part in (f"--{name}", value)), environment=environment)
        until("the server is ready", self.is_ready)
        if self.urls != self.url:
            self.programs.environment["VCP_API_KEY"] = (self.data / "admin.key").read_text().strip()

    def is_ready(self):
        expect("whether the server ended", self.server.poll(), None)
        try:
            return urllib.request.urlopen(self.url + "/health/ready", timeout=5).status == 200
        except OSError:
            return False

    def token(self, owner):
        return json.loads(self.programs.vcp("nodes", "token", "--owner", owner, "--server", self.url, "--json"))["token"]

    def join(self, owner, place=None, slots=1):
        place = self.places[owner] = place or Place()
        labels = ["--label", f"node={owner}", "--label", "place=away"]
        self.programs.vcp(
            "node", "join", place.url or self.url, "--token", self.token(owner), "--directory", owner, "--name", f"{owner}-1",
            "--slots", slots, "--memory", MEMORY_BYTES, *labels, place=place.command)
        self.ids[owner] = json.loads((self.programs.directory / owner / "node.json").read_text())["node"]
        self.run(owner)

    def join_all(self, places=()):
        places = dict(places)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            list(pool.map(lambda owner: self.join(owner, places.get(owner)), OWNERS))
        until("all agents are online", self.all_online)

    def run(self, owner):
        place = self.places[owner]
        self.agents[owner] = self.programs.start(
            owner, *place.command, "dotnet", self.programs.cli_dll, "node", "run", "--directory", owner, environment=place.environment)

    def kill(self, owner):
        self.programs.stop(self.agents[owner], signal.SIGKILL)

    def bytes(self, path, accept="*/*", body=None, kind="application/json", method=None, prefer=None):
        key = self.programs.environment.get("VCP_API_KEY")
        headers = {"Accept": accept, "Content-Type": kind, **({"Prefer": prefer} if prefer else {}), **({"Authorization": f"Bearer {key}"} if key else {})}
        request = urllib.request.Request(f"{self.url}/api/v1/{path}", body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS + 10) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{request.get_method()} {path} answered {error.code}: {error.read().decode()}") from None

    def get(self, path):
        return json.loads(self.bytes(path))

    def post(self, path, body=None, **options):
        return json.loads(self.bytes(path, body=b"" if body is None else json.dumps(body).encode(), method="POST", **options))

    def pages(self, path):
        """All items of a list."""
        items, after = [], ""
        while after is not None:
            page = self.get(f"{path}{'&' if '?' in path else '?'}limit=200{after and '&after=' + urllib.parse.quote(after)}")
            items, after = items + page["items"], page.get("next")
        return items

    def upload(self, content, kind):
        return json.loads(self.bytes("modules", body=content, kind=kind))["digest"]

    def submit(self, request):
        return self.post("tasks", request)["id"]

    def task(self, task):
        return self.get(f"tasks/{task}")

    def decided(self, task):
        """The task, which must have been completed."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        view = self.get(f"tasks/{task}?wait=30")
        while view["state"] in ("queued", "running") and time.monotonic() < deadline:
            view = self.get(f"tasks/{task}?wait=30")
        if view["state"] != "completed":
            raise AssertionError(f"the task {task} is {view['state']}: {view.get('failure')}, {view['attempts']}")
        return view

    def node(self, owner):
        return self.get(f"nodes/{self.ids[owner]}")

    def is_online(self, owner):
        return self.node(owner)["state"] == "online"

    def all_online(self):
        return all(self.is_online(owner) for owner in OWNERS)

    def proof(self, proof, name):
        """The statement with its receipt in a file."""
        (self.programs.directory / name).write_bytes(self.bytes(f"proofs/{proof}", COSE, prefer="wait=30"))
        return name

    def entries(self, **filters):
        return self.pages("log/entries?" + urllib.parse.urlencode(filters))
