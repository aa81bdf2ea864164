"""Test code that holds a weakness is not in the wheel."""

import json
import unittest
import zipfile

from loopback import RoadTest, sdist


class Strip(RoadTest):
    def setUp(self):
        super().setUp()
        url = "'http://update.contoso.com/list'"
        self.index.add(*sdist("alpha", files={
            "src/alpha/tests/__init__.py": "",
            "src/alpha/tests/test_fetch.py": f"URL = {url}\n",
            "src/alpha/tests/test_plain.py": "def test_it():\n    pass\n"}))
        self.write_set("alpha")

    def members(self):
        wheel = next((self.set / "releases/latest/files").glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            return archive.namelist(), archive.read("alpha-1.0.dist-info/RECORD").decode()

    def test_test_module_with_a_finding_is_left_out(self):
        self.published()
        names, record = self.members()
        self.assertIn("alpha/tests/test_plain.py", names)
        self.assertNotIn("alpha/tests/test_fetch.py", names)
        self.assertNotIn("test_fetch", record)
        evidence = json.loads((self.set / "releases/latest/evidence/alpha-1.0.json").read_text())
        stripped = next(iter(evidence["builds"].values()))["stripped"]
        self.assertEqual([f["path"] for f in stripped["files"]], ["alpha/tests/test_fetch.py"])
        self.assertIn("insecure-url", stripped["files"][0]["why"])
        self.assertTrue(self.published()["release"]["unchanged"])
        self.assert_release_whole()

    def test_policy_may_leave_it_in(self):
        self.write_set("alpha", extra="[policy.strip]\ntests = false\n")
        self.published()
        self.assertIn("alpha/tests/test_fetch.py", self.members()[0])


if __name__ == "__main__":
    unittest.main()
