"""Vectors are scored as the library `cvss` scores them, and refused where it refuses them."""

import os
import pathlib
import subprocess
import sys
import unittest

from third_party import fetched

ROOT = pathlib.Path(__file__).resolve().parents[2]
ASSAY = os.environ.get("ASSAY_BIN", ROOT / "out/dev/assay")


class Cvss(unittest.TestCase):
    def test_scores_agree(self):
        library = fetched("cvss.txt", "install", "--target")
        done = subprocess.run([sys.executable, ROOT / "tests/differential/cvss_differential.py",
                               "--program", f"{ASSAY} debug", "--count", "5000"],
                              capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(library)})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for version, vectors in {"2.0": 729, "3.0": 2592, "3.1": 2592, "4.0": 104976}.items():
            self.assertRegex(done.stdout, rf"{version} base +{vectors} scored +0 refused +0 disagreements")
            self.assertRegex(done.stdout, rf"{version} random +5000 scored +0 refused +0 disagreements")
            self.assertRegex(done.stdout, rf"{version} faulty +\d+ scored +\d\d\d refused +0 disagreements")


if __name__ == "__main__":
    unittest.main()
