"""Describes a text and estimates pi with random points; an ordinary program that knows nothing of where it runs.

Reads {"text": "...", "points": N} as JSON on stdin, prints a summary and writes out/report.json.
"""

import hashlib
import json
import pathlib
import random
import re
import sys
import time
from collections import Counter


def describe(text):
    words = Counter(re.findall(r"[a-z']+", text.lower()))
    return {
        "words": words.total(),
        "distinct": len(words),
        "common": sorted(words.items(), key=lambda item: (-item[1], item[0]))[:5],
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }


def estimate_pi(points):
    inside = sum(random.random() ** 2 + random.random() ** 2 <= 1 for _ in range(points))
    return 4 * inside / points


def main():
    order = json.load(sys.stdin)
    report = {
        "text": describe(order["text"]),
        "pi": estimate_pi(order["points"]),
        "written": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    out = pathlib.Path("out")
    out.mkdir(exist_ok=True)
    (out / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(f"{report['text']['words']} words, {report['text']['distinct']} distinct; pi is about {report['pi']}")
    print("most frequent:", ", ".join(f"{word} ({count})" for word, count in report["text"]["common"]))


main()
