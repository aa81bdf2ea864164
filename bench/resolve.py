#!/usr/bin/env python3
"""What resolving costs beside uv: wall and CPU seconds, with an empty store and offline, in one run.

Usage: bench/resolve.py [ASSAY [RUNS]]   (default: out/release/assay 5)
Needs uv (pip install uv, or UV=/path/to/uv) and the index that pip is set up for. Tells too whether both
found the same versions.
"""

import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time

# What is asked for, and of which Python: sources that are built to learn what they need must build with it.
SETS = {
    "AI closure": ("3.12", "numpy pandas scikit-learn scipy matplotlib jupyter-server notebook onnx xgboost lightgbm "
                           "statsmodels nltk"),
    "boto knot": ("3.12", "transformers[torch] boto3 botocore aiobotocore s3fs urllib3<2"),
    "airflow": ("3.11", "apache-airflow[all]"),
}


def timed(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
    return done.stdout, wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main():
    assay = sys.argv[1] if len(sys.argv) > 1 else "out/release/assay"
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    uv = os.environ.get("UV", "uv")
    print(f"{'':12} {'':8} {'assay wall':>10} {'CPU':>6} {'uv wall':>10} {'CPU':>6} {'CPU ratio':>10}")
    for title, (python, packages) in SETS.items():
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            asked = folder / "asked.txt"
            asked.write_text("\n".join(packages.split()) + "\n")
            ours = [assay, "resolve", "-r", str(asked), "--python", python, "--platform", "linux-x86_64", "--format",
                    "json", "--store", str(folder / "store")]
            theirs = [uv, "pip", "compile", "-q", str(asked), "--python-version", python, "--cache-dir",
                      str(folder / "cache")]
            for kind, offline, times in (("cold", [], 1), ("offline", ["--offline"], runs)):
                a = [timed(ours + offline) for _ in range(times)]
                b = [timed(theirs + offline) for _ in range(times)]
                least = [min(run[i] for run in both) for both in (a, b) for i in (1, 2)]
                print(f"{title:12} {kind:8} {least[0]:10.2f} {least[1]:6.2f} {least[2]:10.2f} {least[3]:6.2f} "
                      f"{least[1] / least[3]:10.2f}")
            found = {p["name"]: p["version"] for p in json.loads(a[0][0])["packages"]}
            expected = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", b[0][0], re.MULTILINE))
            differ = {name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name)}
            print(f"{title:12} {len(found)} packages, {len(differ)} versions differ from uv's {sorted(differ) or ''}")


if __name__ == "__main__":
    main()
