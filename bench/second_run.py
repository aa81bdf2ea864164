#!/usr/bin/env python3
"""What a run costs when nothing has changed: wall and CPU seconds, online and offline.

Usage: bench/second_run.py [ASSAY [DIR [RUNS]]]   (default: out/release/assay examples/starter 10)
The set must have been run before; a first run is made here to be sure of it.
"""
import os
import resource
import statistics
import subprocess
import sys
import time

program = sys.argv[1] if len(sys.argv) > 1 else "out/release/assay"
folder = sys.argv[2] if len(sys.argv) > 2 else "examples/starter"
runs = int(sys.argv[3]) if len(sys.argv) > 3 else 10


def measure(arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run([program, "run", folder, "--quiet", *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{program} run {folder} {' '.join(arguments)} ended with {done.returncode}:\n"
                 f"{done.stdout}{done.stderr}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu


measure([])
print(f"{'':10}{'wall s: min  median  max':>28}{'CPU s: min  median  max':>28}")
for name, arguments in (("online", []), ("offline", ["--offline"])):
    walls, cpus = zip(*(measure(arguments) for _ in range(runs)))
    print(f"{name:10}", *(f"{min(of):12.3f}{statistics.median(of):8.3f}{max(of):8.3f}"
                          for of in (walls, cpus)))
