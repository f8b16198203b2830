#!/usr/bin/env python3
"""Looks every package up in the registries' lists of vulnerabilities: audit.py nuget|npm.

Exit code 0: the registry has a list, and no package is in it. 1: one is. 77: it has no list, or does not answer, so nothing is known.
"""

import json
import subprocess
import sys
import urllib.request

UNKNOWN = 77


def unknown(why):
    print(f"nothing is known of vulnerabilities: {why}")
    return UNKNOWN


def get(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)


def sources():
    """The enabled sources of NuGet that are on the network."""
    listed = subprocess.run(["dotnet", "nuget", "list", "source", "--format", "short"], capture_output=True, text=True, check=True).stdout
    return [line[2:].strip() for line in listed.splitlines() if line.startswith("E ") and "://" in line]


def has_list(source):
    """Whether a source says what is vulnerable (VulnerabilityInfo of NuGet's API). dotnet itself is silent about one that does not."""
    resources = [one["@id"] for one in get(source)["resources"] if one["@type"].startswith("VulnerabilityInfo")]
    pages = [page for resource in resources[:1] for page in get(resource)]
    return any(get(page["@id"]) for page in pages)


def nuget():
    try:
        if not any(has_list(source) for source in sources()):
            return unknown("no NuGet source has a list of them")
    except (OSError, ValueError, KeyError) as failure:
        return unknown(f"the NuGet source does not answer: {failure}")
    command = ["dotnet", "list", "Ailee.Vcp.sln", "package", "--vulnerable", "--include-transitive", "--format", "json"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        print(listed.stdout, listed.stderr)
        return 1
    found = {
        (package["id"], package["resolvedVersion"], one["severity"], one["advisoryurl"])
        for project in json.loads(listed.stdout)["projects"]
        for framework in project.get("frameworks", [])
        for package in framework.get("topLevelPackages", []) + framework.get("transitivePackages", [])
        for one in package.get("vulnerabilities", [])
    }
    for one in sorted(found):
        print("vulnerable:", *one)
    return 1 if found else 0


def npm():
    listed = subprocess.run(["npm", "audit", "--json", "--prefix", "tests/interop"], capture_output=True, text=True, check=False)
    try:
        report = json.loads(listed.stdout)
    except ValueError:
        return unknown("npm audit says nothing")
    if "vulnerabilities" not in report:
        return unknown(f"the npm registry has no list of them: {report.get('message') or report.get('error', {}).get('summary', 'no reason given')}")
    for name, one in sorted(report["vulnerabilities"].items()):
        print("vulnerable:", name, one["severity"])
    return 1 if report["vulnerabilities"] else 0


if __name__ == "__main__":
    sys.exit({"nuget": nuget, "npm": npm}[sys.argv[1]]())
