#!/usr/bin/env python3
"""Runs Python programs on the service, each twice, and compares what was signed.

    run.py [PROGRAM.py …] [--input FILE] [--server URL] [--out DIR] [--cache DIR]

Without a program: program.py with input.json on stdin. Needs npm for the interpreter, once. VCP_SERVER and VCP_API_KEY stand in for
the options, as with vcp.
"""

import argparse
import json
import os
import pathlib
import sys
import urllib.error
import urllib.parse
import urllib.request

import cpython

HERE = pathlib.Path(__file__).resolve().parent
SERVER = os.environ.get("VCP_SERVER", "http://127.0.0.1:8080")
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "ailee-vcp" / "cpython"
WAIT_SECONDS = 60
TASK_ID, NONCE = 2, 3


class Service:
    def __init__(self, server):
        self._api = server.rstrip("/") + "/api/v1"
        key = os.environ.get("VCP_API_KEY")
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    def call(self, path, body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self._api + path, body, {**self._headers, **headers})
        try:
            with urllib.request.urlopen(request, timeout=2 * WAIT_SECONDS) as response:
                return response.read()
        except urllib.error.HTTPError as error:
            sys.exit(f"{request.get_method()} {path} answered {error.code}: {error.read().decode(errors='replace')}")
        except urllib.error.URLError as error:
            sys.exit(f"{self._api} does not answer: {error.reason}")

    def upload(self, kind, content, content_type):
        return json.loads(self.call(f"/{kind}", content, Content_Type=content_type))["digest"]

    def run(self, task):
        answer = self.call("/tasks", json.dumps(task).encode(), Content_Type="application/json", Prefer=f"wait={WAIT_SECONDS}")
        answer = json.loads(answer)
        while answer["state"] in ("queued", "running", "verifying"):
            answer = json.loads(self.call(f"/tasks/{answer['id']}?wait={WAIT_SECONDS}"))
        if answer["state"] != "completed":
            sys.exit(f"The task {answer['state']}: {answer.get('failure')}")
        return answer

    def statement(self, proof):
        return self.call(f"/proofs/{proof}", Accept="application/scitt-statement+cose", Prefer=f"wait={WAIT_SECONDS}")

    def files(self, task):
        return self.call(f"/tasks/{task}/files", Accept="application/x-tar")


def decode(data):
    """What CBOR a statement is made of, as Python values; a tag is dropped."""

    def item(at):
        major, argument = data[at] >> 5, data[at] & 31
        at += 1
        if argument >= 24:
            size = 1 << (argument - 24)
            argument, at = int.from_bytes(data[at:at + size], "big"), at + size
        if major == 0:
            return argument, at
        if major == 1:
            return -1 - argument, at
        if major in (2, 3):
            value = data[at:at + argument]
            return (value if major == 2 else value.decode()), at + argument
        if major == 6:
            return item(at)
        if major == 7:
            return None, at
        values = []
        for _ in range(argument * (2 if major == 5 else 1)):
            value, at = item(at)
            values.append(value)
        return (dict(zip(values[::2], values[1::2])) if major == 5 else values), at

    return item(0)[0]


def signed_payload(statement):
    """The payload's members, without the two that differ from task to task."""
    payload = decode(decode(statement)[2])
    return {key: value for key, value in payload.items() if key not in (TASK_ID, NONCE)}


def shown(output):
    return output.get("text", "(not text, or too long to show)\n") if output["sizeBytes"] else ""


def run_twice(service, module, bundle, program, stdin, out):
    """Prints the first run; true if it exited with 0 and the second was signed the same."""
    task = {
        "module": module,
        "bundle": bundle,
        "args": [f"/app/{program.name}"],
        "env": cpython.ENVIRONMENT,
        "input": {"text": stdin},
        "outputs": ["out/**"],
    }
    answers = [service.run(task) for _ in range(2)]
    first, second = (signed_payload(service.statement(answer["proofs"][0]["id"])) for answer in answers)
    result, metrics, proof = answers[0]["result"], answers[0]["metrics"], answers[0]["proofs"][0]["id"]
    print(shown(result["output"]), end="")
    print(shown(result["stderr"]), end="", file=sys.stderr)
    if out is not None:
        (out / f"{program.stem}.tar").write_bytes(service.files(answers[0]["id"]))
    same = first == second
    print(f"-- {program.name}: {result['outcome']}, exit code {result.get('exitCode')}, {metrics['instructions']} instructions, proof {proof}")
    print(f"-- {program.name}: two runs are signed {'the same' if same else f'differently: {first} and {second}'}", flush=True)
    return same and result["outcome"] == "completed" and result["exitCode"] == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", nargs="*", type=pathlib.Path, metavar="PROGRAM.py")
    parser.add_argument("--input", type=pathlib.Path, help="the programs' stdin")
    parser.add_argument("--server", default=SERVER)
    parser.add_argument("--out", type=pathlib.Path, help="directory for the files that the programs wrote below out/, a tar for each program")
    parser.add_argument("--cache", type=pathlib.Path, default=CACHE, help=f"where the interpreter is kept (default: {CACHE})")
    options = parser.parse_args()
    source = options.input or (None if options.programs else HERE / "input.json")
    stdin = source.read_text(encoding="utf-8") if source else ""
    programs = options.programs or [HERE / "program.py"]
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)

    interpreter, library = cpython.fetch(options.cache)
    files = cpython.library_files(library)
    files.update({f"app/{program.name}": program.read_bytes() for program in programs})
    service = Service(options.server)
    module = service.upload("modules", interpreter, "application/wasm")
    bundle = service.upload("bundles", cpython.pack(files), "application/x-tar")
    print(f"-- CPython {module}\n-- {len(files)} files {bundle}", flush=True)
    good = [run_twice(service, module, bundle, program, stdin, options.out) for program in programs]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
