#!/usr/bin/env python3
"""What may go wrong between nodes and a server, done to real processes; see docs/operations/testing.md.

    faults.py --server DLL --cli DLL [--load DLL] [--only NAME]… [--long]
"""

import argparse
import pathlib
import signal
import sys
import tempfile
import time
import traceback

import fault_calls
import fault_kills
import fault_network
import fault_nodes
from fault_network import Skipped
from isolation import isolate
from mesh_programs import Programs

SHORT = fault_kills.SCENARIOS | fault_calls.SCENARIOS | fault_network.SCENARIOS | fault_nodes.SCENARIOS
SCENARIOS = SHORT | fault_network.LONG


def run(name, scenario, arguments):
    """Whether it passed; None if it was skipped."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=f"vcp-{name}-", ignore_cleanup_errors=True) as directory:
        programs = Programs(arguments, pathlib.Path(directory))
        try:
            print(f"ok {name}: {scenario(programs)}, {time.monotonic() - started:.0f} s", flush=True)
            return True
        except Skipped as reason:
            print(f"skipped {name}: {reason}", flush=True)
            return None
        except Exception as error:
            if not isinstance(error, AssertionError):
                traceback.print_exc()
            print(f"FAIL {name}: {error or type(error).__name__}, {time.monotonic() - started:.0f} s", flush=True)
            for log in sorted(pathlib.Path(directory).glob("*.log")):
                print(f"-- the end of {log.name}\n{log.read_text(errors='replace')[-3000:]}", file=sys.stderr)
            return False
        finally:
            programs.stop_all()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--cli", required=True)
    parser.add_argument("--load")
    parser.add_argument("--only", action="append", choices=list(SCENARIOS), help="may be given again")
    parser.add_argument("--long", action="store_true", help="with what takes many minutes")
    arguments = parser.parse_args()
    isolate()
    # So that what was started ends with this.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    results = [run(name, SCENARIOS[name], arguments) for name in arguments.only or (SCENARIOS if arguments.long else SHORT)]
    passed, failed, skipped = results.count(True), results.count(False), results.count(None)
    print(f"{passed} fault checks passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    sys.exit(1 if failed or passed == 0 else 0)


main()
