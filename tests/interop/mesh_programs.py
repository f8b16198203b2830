"""The server and agents of `mesh.py`: starts, calls and ends them."""

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
        self.running = []

    def start(self, name, *command):
        log = open(self.directory / f"{name}.log", "ab")
        with log:
            program = subprocess.Popen([str(part) for part in command], cwd=self.directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.running.append(program)
        return program

    def log(self, name):
        return (self.directory / f"{name}.log").read_text(errors="replace")

    def vcp(self, *arguments):
        command = ["dotnet", self.cli_dll, *(str(part) for part in arguments)]
        done = subprocess.run(command, cwd=self.directory, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
        if done.returncode:
            raise AssertionError(f"vcp {' '.join(command[2:4])} ended with {done.returncode}: {done.stdout}{done.stderr}")
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


class Mesh:
    def __init__(self, programs):
        self.programs = programs
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        self.data = programs.directory / "data"
        self.server, self.agents, self.ids = None, {}, {}

    def start_server(self):
        self.server = self.programs.start(
            "server", "dotnet", self.programs.server_dll, "--urls", self.url, "--Storage:DataDirectory", self.data,
            *(part for name, value in SETTINGS.items() for part in (f"--{name}", value)))
        until("the server is ready", self.is_ready)

    def is_ready(self):
        expect("whether the server ended", self.server.poll(), None)
        try:
            return urllib.request.urlopen(self.url + "/health/ready", timeout=5).status == 200
        except OSError:
            return False

    def join(self, owner):
        token = json.loads(self.programs.vcp("nodes", "token", "--owner", owner, "--server", self.url, "--json"))["token"]
        labels = ["--label", f"node={owner}", "--label", "place=away"]
        self.programs.vcp(
            "node", "join", self.url, "--token", token, "--directory", owner, "--name", f"{owner}-1", "--slots", 1, "--memory", MEMORY_BYTES, *labels)
        self.ids[owner] = json.loads((self.programs.directory / owner / "node.json").read_text())["node"]
        self.run(owner)

    def run(self, owner):
        self.agents[owner] = self.programs.start(owner, "dotnet", self.programs.cli_dll, "node", "run", "--directory", owner)

    def bytes(self, path, accept="*/*", body=None, kind="application/json", method=None, prefer=None):
        headers = {"Accept": accept, "Content-Type": kind, **({"Prefer": prefer} if prefer else {})}
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
