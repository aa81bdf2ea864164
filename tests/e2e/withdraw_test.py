"""What comes to be known after a release: it is judged again, and may be withdrawn."""

import json
import subprocess
import unittest

from loopback import ASSAY, RoadTest, sdist

CRITICAL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"


class Withdraw(RoadTest):
    def setUp(self):
        super().setUp()
        self.index.add(*sdist("alpha"))
        self.write_set("alpha")

    def assay(self, *arguments):
        return subprocess.run([ASSAY, *arguments], capture_output=True, text=True, env=self.environment())

    def update(self, *arguments):
        return self.assay("advisories", "update", str(self.set), "--store", str(self.store), *arguments)

    def withdraw(self, number):
        return self.assay("withdraw", str(self.set), str(number), "--reason", "EXAMPLE-9 is in it.",
                          "--reviewer", "A. Reviewer")

    def test_new_advisory_hits_what_is_published(self):
        self.assert_said(self.update(), 0, "there is no release yet")
        self.published()
        self.assert_said(self.update(), 0, "none of its 1 package is hit")
        self.advisory("EXAMPLE-9", "alpha", "2.0", CRITICAL)
        self.assert_said(self.update(), 1, "alpha 1.0", "would be refused now", "CVSS 9.8: EXAMPLE-9", "fixed in 2.0")
        hits = json.loads(self.update("--json").stdout)["hits"]
        self.assertEqual([(h["package"], h["weight"]) for h in hits], [("alpha", "refuse")])

    def test_withdrawn_release_is_not_served_nor_made_again(self):
        self.published()
        self.index.add(*sdist("alpha", version="1.1"))
        self.published()
        latest = self.set / "releases" / "latest"
        self.assert_said(self.withdraw(2), 0, "release 1 is the latest now")
        self.assertEqual(latest.readlink().name, "1")
        self.assertTrue((self.set / "releases/2/manifest.json").exists())
        self.assert_said(self.withdraw(2), 2, "withdrawn already")
        self.assert_said(self.withdraw(7), 2, "no release 7")
        self.assert_said(self.assay("verify", str(self.set / "releases/2")), 1, "was withdrawn on", "EXAMPLE-9")
        again = self.run_assay()
        self.assert_said(again, 3, "release 2 has just this content and was withdrawn")
        self.assertEqual(latest.readlink().name, "1")
        self.assert_said(self.withdraw(1), 0, "nothing is served")
        self.assertFalse(latest.is_symlink())
        self.index.add(*sdist("alpha", version="1.2"))
        self.assertEqual(self.published()["release"]["number"], 3)


if __name__ == "__main__":
    unittest.main()
