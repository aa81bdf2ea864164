#!/usr/bin/env python3
"""Runs the tests of the Python library `cvss` and asks `assay debug` for the score of each vector in them.

    python3 tests/differential/cvss_own_tests.py --program "out/dev/assay debug"

Needs `cvss` (pip install cvss). Fetches the source distribution of the version that is installed by pip and
runs its tests with every vector recorded. Those of its tests whose files of vectors it does not ship can't
run; a copy of these files is what cvss_differential.py --vectors is for. Prints a line and the first
disagreements; exits 0 if there are none.
"""

import argparse
import importlib.metadata
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

from cvss_differential import compare

# Run instead of unittest: writes each vector that a test makes an object of, once.
RECORDER = '''
import json, os, sys, unittest
sys.path.insert(0, os.getcwd())
from cvss import CVSS2, CVSS3, CVSS4

seen = {}

def recorded(kind):
    original = kind.__init__
    def init(self, vector):
        if isinstance(vector, str):
            seen[vector] = None
        original(self, vector)
    kind.__init__ = init

for kind in (CVSS2, CVSS3, CVSS4):
    recorded(kind)
result = unittest.TextTestRunner().run(unittest.defaultTestLoader.discover("tests"))
with open(os.environ["ASSAY_VECTORS"], "w") as file:
    json.dump(list(seen), file)
'''


def recorded_vectors(folder):
    version = importlib.metadata.version("cvss")
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "cvss",
                    "--dest", folder, f"cvss=={version}"], check=True)
    with tarfile.open(next(folder.glob("cvss-*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    vectors = folder / "vectors.json"
    run = subprocess.run([sys.executable, "-c", RECORDER], cwd=folder / f"cvss-{version}", text=True,
                         env={**os.environ, "ASSAY_VECTORS": str(vectors)}, stderr=subprocess.PIPE)
    print("its tests:", run.stderr.strip().splitlines()[-1])
    return json.loads(vectors.read_text())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True, help="the command that answers")
    parser.add_argument("--show", type=int, default=10, help="disagreements to print")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        vectors = recorded_vectors(pathlib.Path(folder))
    return 1 if compare("own tests", vectors, options) else 0


if __name__ == "__main__":
    sys.exit(main())
