#!/usr/bin/env python3
"""What advisories cost: importing an archive, opening what is kept, looking packages up.

Usage: bench/advisories.py ARCHIVE [ASSAY [RUNS]]   (default: out/release/assay 5)
ARCHIVE is a zip or folder of OSV records. The packages that are looked up are the archive's own, in
the order of their names, at a version that none has; each look-up reads every record of its package.
Where bench/advisory_lookup is built beside ASSAY (cmake --build --preset release
--target advisory_lookup), the look-ups are also timed by themselves, without a process's beginning.
"""
import json
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

if len(sys.argv) < 2:
    sys.exit(__doc__)
archive = sys.argv[1]
program = sys.argv[2] if len(sys.argv) > 2 else "out/release/assay"
runs = int(sys.argv[3]) if len(sys.argv) > 3 else 5


def measure(store, *arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run([program, "advisories", *arguments, "--source", archive, "--store", store],
                          capture_output=True, text=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{program} advisories {' '.join(arguments)[:200]} ended with {done.returncode}:\n"
                 f"{done.stdout}{done.stderr}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def tell(name, results):
    walls, cpus, _ = zip(*results)
    print(f"{name:28}", *(f"{min(of):10.4f}{statistics.median(of):9.4f}" for of in (walls, cpus)))


print(f"{'seconds':28} {'wall: min':>10}{'median':>9} {'CPU: min':>10}{'median':>9}")
imports = []
for _ in range(runs):
    with tempfile.TemporaryDirectory() as store:
        imports.append(measure(store, "update"))
tell("import", imports)
with tempfile.TemporaryDirectory() as store:
    measure(store, "update")
    tell("open, nothing looked up", [measure(store, "update") for _ in range(runs)])
    listed = json.loads(measure(store, "list", "--json")[2])["advisories"]
    packages = sorted({one["package"] for one in listed})
    lookup = pathlib.Path(program).parent / "bench" / "advisory_lookup"
    for count in (60, 1000):
        pins = [name + "==0.0.0.dev0" for name in packages[:count]]
        tell(f"open and list {len(pins)}", [measure(store, "list", *pins) for _ in range(runs)])
        if lookup.exists():
            print(" ", subprocess.run([lookup, archive, store], input="\n".join(pins) + "\n", text=True,
                                      capture_output=True, check=True).stdout.strip())
