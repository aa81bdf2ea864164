"""Copied code is found, with what is known to be wrong with its origin."""

import json
import subprocess
import unittest

from loopback import ASSAY, RoadTest, sdist

BODY = "\n".join(f"    step_{i} = value * {i} + helper(value, {i})" for i in range(20))
MODULE = "import os\n\n\ndef helper(a, b):\n    return a\n\n\ndef work(value):\n" + BODY + "\n    return value\n"


class Copies(RoadTest):
    def setUp(self):
        super().setUp()
        # The back end that this test's packages share is no copy of anything.
        self.index.add(*sdist("lib", version="1.0", backend=None, pyproject="", files={"src/lib/core.py": MODULE}))
        self.index.add(*sdist("alpha", files={
            "src/alpha/_vendor/lib/core.py": "# taken over\n" + MODULE.replace("import os", "from alpha._vendor import os")}))
        self.write_set("alpha")

    def origins(self, *arguments):
        return subprocess.run([ASSAY, "origins", *arguments, "--store", str(self.store)], capture_output=True,
                              text=True, env=self.environment())

    def test_flaw_of_the_origin_is_the_copys(self):
        self.advisory("EXAMPLE-1", "lib", "2.0", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
        self.assert_said(self.origins("list"), 0, "no origin is known")
        self.published()
        steps = json.loads((self.set / "releases/latest/evidence/threat-model.json").read_text())["steps"]
        self.assertEqual(next(s["evidence"] for s in steps if s["step"] == "copied-code"), "not performed")

        self.assert_said(self.origins("add", "lib==1.0", "--index", self.index.url), 0, "lib 1.0: known")
        code, report = self.report()
        self.assertEqual(code, 1)
        words = json.dumps(report)
        self.assertIn("a copy in src/alpha/_vendor/lib: lib 1.0 is affected", words)
        self.assertIn("copies/lib", words)

    def test_copy_without_a_flaw_is_told_and_published(self):
        self.origins("add", "lib==1.0", "--index", self.index.url)
        report = self.published()
        self.assertIn("of lib 1.0", json.dumps(report))

    def test_origin_is_a_pin(self):
        self.assert_said(self.origins("add", "lib>=1", "--index", self.index.url), 2, "is no pin")
        self.assert_said(self.origins("add", "lib==9", "--index", self.index.url), 2, "no source distribution")


if __name__ == "__main__":
    unittest.main()
