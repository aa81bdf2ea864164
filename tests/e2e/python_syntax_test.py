"""Python is read as CPython reads it: every token and node of packages from the index."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zipfile

from third_party import pytest_wheels

ROOT = pathlib.Path(__file__).resolve().parents[2]
DUMP = pathlib.Path(os.environ.get("ASSAY_BIN", ROOT / "out/dev/assay")).with_name("python_syntax_dump")


def compared(folder):
    return subprocess.run([sys.executable, ROOT / "tests/differential/python_syntax.py", "--program", DUMP, folder],
                          capture_output=True, text=True)


class PythonSyntax(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.folder = pathlib.Path(made.name)

    def test_packages_are_read_as_cpython_reads_them(self):
        for wheel in pytest_wheels():
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(self.folder)
        done = compared(self.folder)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"tokens: \d{3,} files agreed, \d{6,} parts agreed")
        self.assertRegex(done.stdout, r"ast: \d{3,} files agreed, \d{6,} parts agreed")

    def test_what_cpython_refuses_is_a_problem(self):
        (self.folder / "old.py").write_text("print 'a'\n")
        (self.folder / "broken.py").write_text("def f(:\n")
        (self.folder / "latin.py").write_bytes(b"x = '\xe4'\n")
        (self.folder / "declared.py").write_bytes(b"# coding: latin-1\nx = '\xe4', y\n")
        done = compared(self.folder)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("ast: 1 files agreed, 3 files that CPython refuses, 1 of them Python 2's", done.stdout)

    def test_a_newer_syntax_is_told_as_a_disagreement(self):
        (self.folder / "newer.py").write_text("try: a\nexcept A, B: b\n")
        if sys.version_info >= (3, 14):
            self.skipTest("this Python knows it")
        done = compared(self.folder)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("only CPython refuses", done.stdout)


if __name__ == "__main__":
    unittest.main()
