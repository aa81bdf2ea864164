"""A set for this machine and for s390x: built and tested there under the emulator, on a big-endian
processor, and its results put beside this machine's."""

import json
import os
import pathlib
import unittest
import zipfile

from loopback import RoadTest, sdist
from third_party import pytest_wheels, skip

# A back end that compiles, so that what is built must be a program of the target.
BACKEND = '''
import base64, hashlib, pathlib, subprocess, sys, sysconfig, zipfile

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    module = "order/_native" + sysconfig.get_config_var("EXT_SUFFIX")
    subprocess.run(["cc", "-shared", "-fPIC", "-I" + sysconfig.get_path("include"), "native.c",
                    "-o", "src/" + module], check=True)
    python = "cp%d%d" % sys.version_info[:2]
    tag = "-".join([python, python, sysconfig.get_platform().replace("-", "_").replace(".", "_")])
    info = "order-1.0.dist-info/"
    files = {name: pathlib.Path("src", name).read_bytes() for name in ("order/__init__.py", module)}
    files[info + "METADATA"] = pathlib.Path("PKG-INFO").read_bytes()
    files[info + "WHEEL"] = f"""Wheel-Version: 1.0
Generator: in-tree
Root-Is-Purelib: false
Tag: {tag}
""".encode()
    record = info + "RECORD"
    digest = lambda data: base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    rows = [f"{name},sha256={digest(data)},{len(data)}" for name, data in files.items()]
    files[record] = "".join(row + "\\n" for row in [*rows, record + ",,"]).encode()
    wheel = f"order-1.0-{tag}.whl"
    with zipfile.ZipFile(pathlib.Path(wheel_directory, wheel), "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return wheel
'''

NATIVE = """
#include <Python.h>
static PyObject *first(PyObject *self, PyObject *none) {
  unsigned short one = 1;
  return PyLong_FromLong(*(unsigned char *)&one);
}
static PyMethodDef methods[] = {{"first", first, METH_NOARGS, 0}, {0}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_native", 0, -1, methods};
PyMODINIT_FUNC PyInit__native(void) { return PyModule_Create(&module); }
"""

TESTS = """
import platform, sys
from order import _native

def test_native_code_and_python_agree():
    assert _native.first() == (1 if sys.byteorder == "little" else 0)

def test_bytes_lie_as_on_the_authors_machine():
    assert (1).to_bytes(2, sys.byteorder) == bytes([1, 0])

if sys.byteorder == "big":
    def test_machine():
        assert platform.machine() == "s390x"
"""

S390X = 22  # the ELF specification's number of the machine, EM_S390


def installed_target():
    data = os.environ.get("XDG_DATA_HOME") or pathlib.Path.home() / ".local/share"
    return (pathlib.Path(data) / "assay/targets/linux-s390x/packages.txt").exists()


class Platforms(RoadTest):
    tests_required = True
    data_home = None

    def setUp(self):
        super().setUp()
        for wheel in pytest_wheels():
            self.index.add(wheel.name, wheel.read_bytes(), upload_time="2023-01-01T00:00:00Z")

    def test_target_that_is_not_there_is_told_with_what_helps(self):
        self.index.add(*sdist("order"))
        self.write_set("order", extra='targets = ["linux-s390x"]\n')
        self.data_home = self.folder / "nothing-installed"
        self.assert_said(self.run_assay(), 3, "scripts/target linux-s390x", "nothing-installed")
        self.write_set("order", extra='targets = ["linux-vax"]\n')
        self.assert_said(self.run_assay(), 2, "assay.toml:4:12", "unknown target", "linux-vax")

    def environment(self):
        home = {"XDG_DATA_HOME": str(self.data_home)} if self.data_home else {}
        return {**super().environment(), **home}

    def reasons(self, report):
        return [r["text"] for r in report["packages"][0]["verdict"]["reasons"]]

    def test_failure_on_one_platform_is_judged_there(self):
        if not installed_target():
            skip("the system of linux-s390x is not installed (scripts/target linux-s390x)")
        self.index.add(*sdist("order", files={"native.c": NATIVE}, backend=BACKEND, tests=TESTS))
        self.write_set("order", extra='targets = ["linux-s390x", "host"]\n')
        code, report = self.report()
        said = "\n".join(self.reasons(report))
        self.assertEqual(code, 1, said)
        failing = [r for r in self.reasons(report) if "fails with Python" in r]
        self.assertEqual(len(failing), 1, said)
        self.assertIn("test_bytes_lie_as_on_the_authors_machine", failing[0])
        there = next(word.rstrip(".:") for word in failing[0].split() if "linux-s390x" in word)
        self.assertIn("1 the same, 1 not, 1 only there, 0 only here", said)
        self.assertIn("failed there and passed here", said)

        # Accepted for that platform only: for another it says nothing.
        dispositions = self.set / "dispositions"
        dispositions.mkdir()

        def accept(python):
            (dispositions / "order.toml").write_text(
                f'[[test]]\ntest = "tests/test_it.py::test_bytes_lie*"\npython = "{python}"\n'
                'reason = "The test has the byte order of its author\'s machine."\nreviewer = "A. Reviewer"\n'
                'date = 2026-01-01\nexpires = 2099-01-01\n')

        accept("3.11")
        self.assertEqual(self.report()[0], 1)
        accept(there)
        report = self.published()
        self.assertIn("2 passed, 1 failed", "\n".join(self.reasons(report)))

        latest = self.set / "releases/latest"
        wheels = sorted(p.name for p in (latest / "files").glob("*.whl"))
        self.assertEqual(len(wheels), 2, wheels)
        foreign = next(w for w in wheels if w.endswith("-linux_s390x.whl"))
        with zipfile.ZipFile(latest / "files" / foreign) as archive:
            native = next(n for n in archive.namelist() if n.endswith(".so"))
            header = archive.read(native)[:20]
        self.assertEqual((header[:6], int.from_bytes(header[18:20], "big")), (b"\x7fELF\x02\x02", S390X))
        requirements = (latest / f"requirements-{there}.txt").read_text()
        self.assertIn("order==1.0", requirements)
        evidence = json.loads((latest / "evidence/set.json").read_text())
        self.assertEqual(evidence["pythons"][there]["platform"], "linux-s390x")
        self.assert_release_whole()
        self.assertTrue(self.published()["release"]["unchanged"])


if __name__ == "__main__":
    unittest.main()
