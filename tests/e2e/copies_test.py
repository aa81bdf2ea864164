"""Copied code is found, with what is known to be wrong with its origin; and what a package says of
copied code counts until the code itself is known."""

import json
import subprocess
import unittest

from loopback import ASSAY, RoadTest, sdist

SEVERE = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"


def function(name):
    body = "\n".join(f"    step_{i} = value * {i} + {name}_helper(value, {i})" for i in range(20))
    return f"\n\ndef {name}(value):\n{body}\n    return value\n"


def module(*names, imports="import os"):
    return imports + "".join(function(name) for name in names)


class Copies(RoadTest):
    def add(self, name, files, version="1.0"):
        # The back end that these packages share would be a copy itself.
        self.index.add(*sdist(name, version=version, backend=None, pyproject="", files=files))

    def setUp(self):
        super().setUp()
        self.add("lib", {"src/lib/core.py": module("one", "two")})
        self.vendored = {"src/alpha/_vendor/lib/core.py":
                         "# taken over\n" + module("one", "two", imports="from alpha._vendor import os")}
        self.index.add(*sdist("alpha", files=self.vendored))
        self.write_set("alpha")

    def origins(self, *arguments, index=True):
        where = ["--index", self.index.url] if index else []
        return subprocess.run([ASSAY, "origins", *arguments, *where, "--store", str(self.store)],
                              capture_output=True, text=True, env=self.environment())

    def reasons(self, report):
        return json.dumps(report)

    def test_flaw_of_the_origin_is_the_copys(self):
        self.advisory("EXAMPLE-1", "lib", "2.0", SEVERE)
        self.assert_said(self.origins("list", index=False), 0, "no origin is known")
        self.published()
        steps = json.loads((self.set / "releases/latest/evidence/threat-model.json").read_text())["steps"]
        self.assertEqual(next(s["evidence"] for s in steps if s["step"] == "copied-code"), "not performed")

        self.assert_said(self.origins("add", "lib==1.0"), 0, "lib 1.0: known")
        code, report = self.report()
        self.assertEqual(code, 1)
        words = self.reasons(report)
        self.assertIn("a copy in src/alpha/_vendor/lib/core.py: lib 1.0 is affected", words)
        self.assertIn("copies/lib", words)

        self.assert_said(self.origins("remove", "lib==1.0", index=False), 0, "lib==1.0: no longer known")
        self.published()

    def test_copy_without_a_flaw_is_told_and_published(self):
        self.origins("add", "lib==1.0")
        words = self.reasons(self.published())
        self.assertIn("a copy of lib 1.0: 100 % of it, 1 of its 1 file whole", words)
        self.assertIn("src/alpha/_vendor/lib/core.py:1-49 is src/lib/core.py:1-48", words)
        self.assertIn("no licence text of it lies there", words)
        evidence = json.loads((self.set / "releases/latest/evidence/alpha-1.0.json").read_text())
        [copy] = evidence["copies"]
        self.assertEqual((copy["origin"], copy["versions"]), ("lib", ["1.0"]))
        [lines] = copy["lines"]
        self.assertEqual((lines["path"], lines["from"], lines["to"], lines["origin-path"]),
                         ("src/alpha/_vendor/lib/core.py", 1, 49, "src/lib/core.py"))

    def test_changed_copy_and_its_version(self):
        self.advisory("EXAMPLE-1", "lib", "1.1", SEVERE)
        self.add("lib", {"src/lib/core.py": module("one", "two_mended")}, version="1.1")
        self.add("lib", {"src/lib/core.py": module("one", "three", "four")}, version="1.2")
        self.index.add(*sdist("beta", files={"src/beta/core.py": module("own", "one", "two")}))
        self.index.add(*sdist("gamma", files={"src/gamma/core.py": module("own", "one", "two_mended")}))
        self.write_set("beta", "gamma")
        self.origins("add", "lib==1.0", "lib==1.1", "lib==1.2")
        code, report = self.report()
        self.assertEqual(code, 1)
        words = {p["name"]: json.dumps(p) for p in report["packages"]}
        self.assertIn("a copy in src/beta/core.py: lib 1.0 is affected", words["beta"])
        self.assertIn("a copy of lib 1.1:", words["gamma"])
        self.assertNotIn("is affected", words["gamma"])

    def test_remains_do_not_alarm(self):
        self.advisory("EXAMPLE-1", "big", "2.0", SEVERE)
        self.add("big", {f"src/big/m{i}.py": module(f"a{i}", f"b{i}") for i in range(20)})
        self.index.add(*sdist("beta", files={"src/beta/m3.py": module("a3")}))
        self.write_set("beta")
        self.origins("add", "big==1.0")
        words = self.reasons(self.published())
        self.assertIn("remains of big 1.0: 2 % of it", words)
        self.assertIn("too little to be judged by its advisories", words)

    def test_claim_counts_until_the_code_is_known(self):
        self.advisory("EXAMPLE-1", "big", "2.0", SEVERE)
        self.add("big", {f"src/big/m{i}.py": module(f"a{i}", f"b{i}") for i in range(20)})
        self.index.add(*sdist("beta", files={"src/beta/_vendor/vendor.txt": "# pinned\nbig==1.0\n",
                                             "src/beta/_vendor/big/m3.py": module("a3")}))
        self.write_set("beta")
        code, report = self.report()
        self.assertEqual(code, 1)
        words = self.reasons(report)
        self.assertIn("src/beta/_vendor/vendor.txt:2 says big 1.0; not confirmed by its code: "
                      "`assay origins add big==1.0`", words)
        self.assertIn("says big 1.0: big 1.0 is affected", words)

        self.origins("add", "big==1.0")
        words = self.reasons(self.published())
        self.assertIn("vendor.txt:2 says big 1.0; only 2 % of its code is there", words)

    def test_claim_that_the_code_bears_out_is_told_with_it(self):
        self.advisory("EXAMPLE-1", "lib", "2.0", SEVERE)
        self.index.add(*sdist("beta", files={"src/beta/_vendor/lib/core.py": module("one", "two"),
                                             "src/beta/_vendor/lib/LICENSE.txt": "as you like",
                                             "src/beta/_vendor/lib/__init__.py": "__version__ = '1.0'\n"}))
        self.write_set("beta")
        self.origins("add", "lib==1.0")
        code, report = self.report()
        self.assertEqual(code, 1)
        words = self.reasons(report)
        self.assertIn("src/beta/_vendor/lib/__init__.py:1 says so", words)
        self.assertIn("its licence text is src/beta/_vendor/lib/LICENSE.txt", words)
        self.assertNotIn("not confirmed", words)

    def test_file_too_large_to_look_at_holds(self):
        self.index.add(*sdist("beta", files={"src/beta/huge.py": "x = 1\n" * (3 << 20)}))
        self.write_set("beta")
        self.origins("add", "lib==1.0")
        code, report = self.report()
        self.assertEqual(code, 1)
        self.assertIn("too large to be compared", self.reasons(report))

    def test_origins_are_pins_or_files(self):
        self.assert_said(self.origins("add", "lib>=1"), 2, "is no pin")
        self.assert_said(self.origins("add", "lib==9"), 2, "no source distribution")
        self.assert_said(self.origins("remove", "lib==1.0", index=False), 2, "lib 1.0 is not known")
        self.assert_said(self.origins("find", "alpha==1.0"), 2, "no origin is known")
        name, data = sdist("Other.Lib", version="3.0")
        (self.folder / name).write_bytes(data)
        self.assert_said(self.origins("add", str(self.folder / name)), 0, "other-lib 3.0: known")
        self.assert_said(self.origins("add", str(self.folder / "none.tar.gz")), 2, "none.tar.gz")
        (self.folder / "bad.tar.gz").write_bytes(b"no archive")
        self.assert_said(self.origins("add", str(self.folder / "bad.tar.gz")), 2, "bad.tar.gz")
        listed = json.loads(self.origins("list", "--json", index=False).stdout)
        self.assertEqual([(o["name"], o["version"]) for o in listed], [("other-lib", "3.0")])

    def test_find_tells_the_lines(self):
        self.origins("add", "lib==1.0")
        self.assert_said(self.origins("find", "alpha==1.0"), 0, "a copy of lib 1.0: 100 % of it",
                         "src/alpha/_vendor/lib/core.py:1-49 is src/lib/core.py:1-48")
        found = json.loads(self.origins("find", "alpha==1.0", "--json").stdout)
        self.assertEqual(found["alpha==1.0"]["copies"][0]["folder"], "src/alpha/_vendor/lib/")


if __name__ == "__main__":
    unittest.main()
