"""Stands between agents and the server as an HTTP proxy does, and does to calls what networks do: loses, repeats, holds and delays them."""

import re
import select
import socket
import threading

HEAD_BYTES = 64 * 1024
PART_BYTES = 256 * 1024
KINDS = {
    ("POST", r"nodes/challenge"): "challenge",
    ("POST", r"nodes"): "enrol",
    ("POST", r"nodes/[^/]+/session"): "session",
    ("POST", r"nodes/[^/]+/heartbeat"): "heartbeat",
    ("POST", r"nodes/[^/]+/probes/[^/]+"): "probe",
    ("POST", r"nodes/[^/]+/leases"): "leases",
    ("GET", r"leases/[^/]+/module"): "module",
    ("GET", r"leases/[^/]+/bundle"): "bundle",
    ("GET", r"leases/[^/]+/stdin"): "stdin",
    ("POST", r"leases/[^/]+/result"): "result",
    ("PUT", r"leases/[^/]+/output"): "output",
}


class Gone(Exception):
    """The client hung up, or the server."""


def kind_of(method, path):
    path = path.split("?")[0].removeprefix("/api/v1/")
    return next((kind for (wanted, pattern), kind in KINDS.items() if method == wanted and re.fullmatch(pattern, path)), "other")


class Call:
    """A call on its way. What is done to it is up to the proxy's `handle`."""

    def __init__(self, proxy, client, kind, request):
        self.proxy, self.client, self.kind, self.request = proxy, client, kind, request

    def ask(self):
        """Hands the call to the server; gives the whole answer."""
        with socket.create_connection(("127.0.0.1", self.proxy.target), timeout=90) as server:
            server.sendall(self.request)
            answer = bytearray()
            while True:
                ready, _, _ = select.select([server, self.client], [], [], 90)
                if self.client in ready and not self.client.recv(1, socket.MSG_PEEK):
                    raise Gone
                if server not in ready:
                    if ready:
                        # More than one request at once is nothing that agents do.
                        raise AssertionError("the client sent more than its request")
                    raise Gone
                part = server.recv(PART_BYTES)
                if not part:
                    return bytes(answer)
                answer += part

    def repeat(self):
        """Hands the call to the server once more, although its client is gone."""
        with socket.create_connection(("127.0.0.1", self.proxy.target), timeout=90) as server:
            server.sendall(self.request)
            while server.recv(PART_BYTES):
                pass

    def answer(self, answer):
        self.client.sendall(answer)

    def is_gone(self):
        ready, _, _ = select.select([self.client], [], [], 0)
        return bool(ready) and not self.client.recv(1, socket.MSG_PEEK)


class FaultProxy:
    """Listens on loopback until the program ends. `handle(call)` runs on the call's own thread; when it returns the connection is closed."""

    def __init__(self, target):
        self.target, self.handle = target, pass_on
        self.seen, self._lock = {}, threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def first(self, name):
        """True once for each name."""
        with self._lock:
            self.seen[name] = self.seen.get(name, 0) + 1
            return self.seen[name] == 1

    def _accept(self):
        while True:
            client, _ = self._listener.accept()
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client:
            try:
                client.settimeout(90)
                if call := self._read(client):
                    self.handle(call)
            except (Gone, OSError):
                pass

    def _read(self, client):
        head = b""
        while b"\r\n\r\n" not in head:
            part = client.recv(HEAD_BYTES)
            if not part:
                return None
            head += part
        head, body = head.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        if headers.get("expect", "").lower() == "100-continue":
            client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = bytearray(body)
        while len(body) < int(headers.get("content-length", 0)):
            part = client.recv(PART_BYTES)
            if not part:
                return None
            body += part
        method, path, _ = lines[0].split(" ")
        kept = [line for line in lines if not line.lower().startswith(("connection:", "expect:", "keep-alive:"))]
        # One call for a connection, so that the end of an answer is the end of the connection.
        request = "\r\n".join([*kept, "Connection: close", "", ""]).encode("latin-1") + bytes(body)
        return Call(self, client, kind_of(method, path), request)


def pass_on(call):
    call.answer(call.ask())
