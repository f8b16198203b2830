#!/usr/bin/env python3
"""Checks the bill of materials that publishing wrote against what was published: check_sbom.py DIRECTORY PACKAGES.LOCK.JSON"""

import hashlib
import json
import re
import sys
from pathlib import Path

NATIVE = {"Wasmtime": "libwasmtime.so", "libsodium": "libsodium.so", "SQLitePCLRaw.lib.e_sqlite3": "libe_sqlite3.so"}
TYPES = {"application", "framework", "library", "file"}


def component(one, where):
    # What CycloneDX 1.6 requires of a component and of a hash.
    assert one.get("type") in TYPES, f"{where}: type {one.get('type')}"
    assert one.get("name"), f"{where}: no name"
    for value in one.get("hashes", []):
        digits = {"SHA-256": 64, "SHA-512": 128}[value["alg"]]
        assert re.fullmatch(f"[0-9a-f]{{{digits}}}", value["content"]), f"{where}: {value}"
    for inner in one.get("components", []):
        component(inner, f"{where}/{one['name']}")


def main(directory, lock):
    document = json.loads((directory / "sbom.cdx.json").read_text())
    assert (document["bomFormat"], document["specVersion"], document["version"]) == ("CycloneDX", "1.6", 1), "not CycloneDX 1.6"
    subject = document["metadata"]["component"]
    for one in [subject, *document["components"]]:
        component(one, "")
    references = [one["bom-ref"] for one in [subject, *document["components"]] if "bom-ref" in one]
    assert len(references) == len(set(references)), "a bom-ref comes twice"

    listed = {}
    for one in [subject, *document["components"]]:
        for file in one.get("components", []):
            assert file["name"] not in listed, f"{file['name']} comes twice"
            listed[file["name"]] = file["hashes"][0]["content"]
    published = {str(path.relative_to(directory)): path for path in directory.rglob("*") if path.is_file() and path.name != "sbom.cdx.json"}
    assert set(listed) == set(published), f"listed and published differ in {sorted(set(listed) ^ set(published))}"
    for name, path in published.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == listed[name], f"{name} has another hash"

    locked = {}
    for target in json.loads(lock.read_text())["dependencies"].values():
        locked.update({name: entry for name, entry in target.items() if entry["type"] != "Project"})
    packages = {one["name"]: one for one in document["components"] if one["type"] == "library"}
    for name, one in packages.items():
        assert one["version"] == locked[name]["resolved"], f"{name} {one['version']} is not the locked one"
        assert one["properties"] == [{"name": "vcp:contentHash", "value": locked[name]["contentHash"]}], f"{name} is not the content that is locked"
        assert one["hashes"][0]["alg"] == "SHA-512", f"{name} has no hash"
        assert one["purl"] == f"pkg:nuget/{name}@{one['version']}", name
    for name, library in NATIVE.items():
        natives = [file["name"] for file in packages[name]["components"] if file["properties"] == [{"name": "vcp:native", "value": "true"}]]
        assert library in [Path(path).name for path in natives], f"{name} does not list {library}"
    print(f"bill of materials: {len(packages)} packages, {len(listed)} files")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
