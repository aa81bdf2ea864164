#!/usr/bin/env python3
"""assay audit beside osv-scanner and pip-audit: the same pins, the same records, offline.

Usage: bench/audit.py --records ZIP [--pins FILE …] [--sizes 60 1000] [--assay PROGRAM]
                      [--osv-scanner PROGRAM] [--pip-audit PROGRAM] [--runs 5]

ZIP holds OSV records as JSON. Beside the pins that are named, others are drawn from the records'
`versions`, always the same ones. For each list it prints the CPU seconds of every program and how many
advisories each finds, then every difference with its reason. What another program finds and assay does
not makes the exit code 1. pip-audit asks a service: one on loopback that answers from the same records,
by the schema's evaluation as the library `packaging` orders versions, which it needs. Where pip-audit
ends on a version in a record that is none by PEP 440, that is told, and it is asked again without it.
"""
import argparse
import collections
import http.server
import json
import os
import pathlib
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import zipfile

from packaging.version import InvalidVersion, Version


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


class Records:
    """The records of an archive, by package."""

    def __init__(self, archive):
        self.by_id = {}
        self.by_package = collections.defaultdict(list)
        with zipfile.ZipFile(archive) as members:
            for member in members.namelist():
                if not member.endswith(".json"):
                    continue
                record = json.loads(members.read(member))
                self.by_id[record["id"]] = record
                for name in {normalized(a["package"]["name"]) for a in record.get("affected", [])
                             if a.get("package", {}).get("ecosystem") == "PyPI"}:
                    self.by_package[name].append(record)

    def entries(self, record, name):
        return [a for a in record.get("affected", []) if a.get("package", {}).get("ecosystem") == "PyPI"
                and normalized(a["package"]["name"]) == name]

    def affects(self, record, name, version):
        return any(listed(entry, version) or in_ranges(entry, version) for entry in self.entries(record, name))

    def draw(self, count):
        """Pins of as many packages, each a version that a record lists."""
        chance = random.Random(7)
        known = sorted(name for name in self.by_package if self.versions(name))
        return [(name, chance.choice(self.versions(name))) for name in sorted(chance.sample(known, count))]

    def versions(self, name):
        return sorted({v for r in self.by_package[name] for e in self.entries(r, name) for v in e.get("versions", [])
                       if parsed(v) and re.fullmatch(r"[\w.+!-]+", v)})


def parsed(text):
    try:
        return Version(text)
    except InvalidVersion:
        return None


def listed(entry, version):
    return any(parsed(v) == version for v in entry.get("versions", []))


def in_ranges(entry, version):
    for found in entry.get("ranges", []):
        if found.get("type") != "ECOSYSTEM":
            continue
        events = []
        for event in found["events"]:
            for kind, text in event.items():
                at = Version("0.dev0") if text == "0" else parsed(text)
                if at is not None:
                    events.append((at, kind))
        affected = False
        for at, kind in sorted(events, key=lambda event: event[0]):
            if kind == "introduced" and version >= at:
                affected = True
            elif kind == "fixed" and version >= at or kind == "last_affected" and version > at:
                affected = False
        if affected:
            return True
    return False


def without_odd_versions(record):
    """The record without events of versions that are none by PEP 440."""
    copy = json.loads(json.dumps(record))
    for entry in copy.get("affected", []):
        for found in entry.get("ranges", []):
            if found.get("type") != "GIT":
                found["events"] = [e for e in found["events"] if all(v == "0" or parsed(v) for v in e.values())]
    return copy


def serve(records, answered):
    """OSV's query, answered from the records as `answered` leaves them."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name, version = normalized(asked["package"]["name"]), Version(asked["version"])
            hit = [r for r in records.by_package.get(name, []) if records.affects(r, name, version)]
            answer = json.dumps({"vulns": [answered(r) for r in hit]} if hit else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/v1/query"


def measured(command, codes, environment):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in codes:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stderr


class Programs:
    def __init__(self, arguments, folder, records):
        self.arguments = arguments
        self.folder = folder
        self.environment = {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        cache = folder / "osv-scanner" / "PyPI"
        cache.mkdir(parents=True)
        shutil.copy(arguments.records, cache / "all.zip")
        self.urls = [serve(records, change) for change in (lambda record: record, without_odd_versions)
                     if arguments.pip_audit]

    def run(self, pins):
        yield "assay", *self.times(self.assay, pins, self.arguments.runs)
        if self.arguments.osv_scanner:
            yield "osv-scanner", *self.times(self.osv_scanner, pins, self.arguments.runs)
        if self.arguments.pip_audit:
            yield "pip-audit", *self.times(self.pip_audit, pins, 1)

    def times(self, program, pins, runs):
        """{(package, version): {id: other ids}}, and the CPU seconds of every run."""
        found, first = program(pins)
        return found, [first] + [program(pins)[1] for _ in range(runs - 1)]

    def assay(self, pins):
        self.told = None
        text, cpu, _ = measured([self.arguments.assay, "audit", str(pins), "--advisories", self.arguments.records,
                              "--format", "json", "--store", str(self.folder / "store")], (0, 1), self.environment)
        self.told = json.loads(text)
        return {(p["name"], p["version"]): {f["id"]: set(f["aliases"]) for f in p["findings"]}
                for p in self.told["packages"]}, cpu

    def osv_scanner(self, pins):
        text, cpu, _ = measured([self.arguments.osv_scanner, "scan", "source", "--offline", "--local-db-path",
                              str(self.folder), "--format", "json", "-L", f"requirements.txt:{pins}"], (0, 1),
                             {**self.environment, "OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY": str(self.folder)})
        found = collections.defaultdict(dict)
        for result in json.loads(text)["results"]:
            for package in result["packages"]:
                key = (normalized(package["package"]["name"]), str(Version(package["package"]["version"])))
                for one in package.get("vulnerabilities", []):
                    found[key][one["id"]] = set(one.get("aliases", []))
        return found, cpu

    def pip_audit(self, pins):
        for number, url in enumerate(self.urls):
            text, cpu, said = measured([self.arguments.pip_audit, "-r", str(pins), "--no-deps", "--disable-pip", "-s", "osv",
                                        "--osv-url", url, "-f", "json", "--progress-spinner", "off", "--cache-dir",
                                        str(self.folder / f"pip-audit-{number}")], (0, 1), self.environment)
            if text:
                break
            print(f"  pip-audit ends without an answer, with exit code 1: {said.strip().splitlines()[-1]}")
        found = {}
        for one in json.loads(text)["dependencies"]:
            if "version" in one:
                found[normalized(one["name"]), str(Version(one["version"]))] = {
                    v["id"]: set(v["aliases"]) for v in one["vulns"]}
        return found, cpu


def knows(found, pin, id, others):
    """Is the vulnerability among those found for the pin, under any of its ids?"""
    ids = {id} | others
    return any(ids & ({known} | more) for known, more in found.get(pin, {}).items())


def why_missing(records, id, pin):
    record = records.by_id.get(id, {})
    if record.get("withdrawn"):
        return f"the record was withdrawn on {record['withdrawn'][:10]}"
    if not records.affects(record, pin[0], Version(pin[1])):
        return "by the schema's evaluation the record does not affect this version"
    return ""


def why_more(records, told, id, pin):
    """Why assay finds what another program does not."""
    messages = {f["id"]: f["message"] for p in told["packages"] if (p["name"], p["version"]) == pin
                for f in p["findings"]}
    if match := re.match(r"\S+ \S+ is affected as (\S+) is", messages[id]):
        return f"a rebuild of {match[1]}, which is affected"
    record = records.by_id[id]
    if records.affects(record, pin[0], Version(pin[1])):
        if not any(listed(e, Version(pin[1])) for e in records.entries(record, pin[0])):
            return "by a range; `versions` does not list it"
        return "the record lists this version"
    others = [o for o in record.get("aliases", []) if o in records.by_id
              and records.affects(records.by_id[o], pin[0], Version(pin[1]))]
    return f"by its alias {others[0]}" if others else ""


def compare(name, reference, found, records, told):
    faults = 0
    told_by = collections.Counter()
    for pin, vulnerabilities in found.items():
        for id, others in vulnerabilities.items():
            if knows(reference, pin, id, others):
                continue
            why = why_missing(records, id, pin)
            faults += not why
            told_by[f"{name} only: {why or 'NOT EXPLAINED'}"] += 1
            print(f"    {name} only: {pin[0]} {pin[1]} {id}: {why or 'NOT EXPLAINED'}")
    for pin, vulnerabilities in reference.items():
        for id, others in vulnerabilities.items():
            if not knows(found, pin, id, others):
                why = re.sub(r" [0-9][^ ,;]*", "", why_more(records, told, id, pin))  # one line a reason
                faults += not why
                told_by[f"assay only, not {name}: {why or 'NOT EXPLAINED'}"] += 1
    for words, count in sorted(told_by.items()):
        print(f"    {count:5} {words}")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", required=True)
    parser.add_argument("--pins", action="append", default=[])
    parser.add_argument("--sizes", type=int, nargs="*", default=[60, 1000])
    parser.add_argument("--assay", default="out/release/assay")
    parser.add_argument("--osv-scanner")
    parser.add_argument("--pip-audit")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    records = Records(arguments.records)
    faults = 0
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made)
        lists = [pathlib.Path(p) for p in arguments.pins]
        for size in arguments.sizes:
            pins = folder / f"{size}.txt"
            pins.write_text("".join(f"{name}=={version}\n" for name, version in records.draw(size)))
            lists.append(pins)
        programs = Programs(arguments, folder, records)
        for pins in lists:
            kept = folder / f"{pins.stem}-pins.txt"  # what pip is told beside the pins is no matter here
            kept.write_text("".join(re.sub(r" *(\\|--hash.*)?\n", "\n", line) for line in pins.open()
                                    if re.match(r"[A-Za-z0-9]", line)))
            print(f"{pins.name}: {sum(1 for _ in kept.open())} pins")
            answers = list(programs.run(kept))
            for name, found, times in answers:
                merged = sum(len(v) for v in found.values())
                hit = sum(1 for v in found.values() if v)
                print(f"  {name:12} {hit:5} packages hit, {merged:5} records or findings,"
                      f" CPU s first {times[0]:.3f}, median of {len(times)} {statistics.median(times):.3f}")
            for name, found, _ in answers[1:]:
                faults += compare(name, answers[0][1], found, records, programs.told)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
