"""What a person decides: plans, acceptances, and what becomes of them."""

import json
import os
import subprocess
import unittest

from loopback import ASSAY, RoadTest, sdist

MEDIUM = "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:N/A:N"  # 5.3


class Review(RoadTest):
    def setUp(self):
        super().setUp()
        self.index.add(*sdist("alpha", requires=["beta"]))
        self.index.add(*sdist("beta"))
        self.write_set("alpha")

    def review(self, *arguments):
        return subprocess.run([ASSAY, "review", str(self.set), *arguments], capture_output=True,
                              text=True, stdin=subprocess.DEVNULL,
                              env={k: v for k, v in os.environ.items() if k != "ASSAY_REVIEWER"})

    def blockers(self):
        return json.loads(self.review("--json").stdout)

    def test_lower_advisory_wants_a_plan_and_stands_with_one(self):
        self.advisory("EXAMPLE-5", "beta", "9.0", MEDIUM)
        self.assertEqual(self.report()[0], 1)
        blocker = next(b for b in self.blockers() if b["gate"] == "advisories")
        listed = self.review()
        self.assert_said(listed, 1, "EXAMPLE-5", "CVSS 5.3", blocker["subject"])

        refused = self.review("--accept", blocker["subject"], "--reason", "It is fine so.",
                              "--reviewer", "A. Reviewer")
        self.assert_said(refused, 2, "a known vulnerability is not accepted")
        done = self.review("--plan", blocker["subject"], "--decision", "upgrade", "--evidence", ">=9.0",
                           "--owner", "B. Maintainer", "--due", "2099-01-01",
                           "--reason", "Release 9.0 has the fix.", "--reviewer", "A. Reviewer")
        self.assert_said(done, 0, "dispositions/beta.toml")
        self.published()
        vex = json.loads((self.set / "releases/latest/vex.openvex.json").read_text())
        self.assertEqual(vex["statements"][0]["vulnerability"]["name"], "EXAMPLE-5")
        self.assertIn("Release 9.0 has the fix.", vex["statements"][0]["action_statement"])
        self.assert_said(self.review(), 0, "nothing stands against")

        file = self.set / "dispositions" / "beta.toml"
        file.write_text(file.read_text().replace("2099-01-01", "2026-11-24").replace(
            f"date = {json.loads(json.dumps(self.today()))}", "date = 2026-01-01"))
        code, report = self.report()
        self.assertEqual(code, 1)
        self.assertIn("was due on 2026-11-24", json.dumps(report))

    def today(self):
        text = (self.set / "dispositions" / "beta.toml").read_text()
        return next(line.split(" = ")[1] for line in text.splitlines() if line.startswith("date"))

    def test_finding_is_accepted_by_its_fingerprint(self):
        self.index.add(*sdist("beta", version="1.6", files={
            "src/beta/home.py": "import urllib.request\ndef fetch():\n    urllib.request.urlopen('http://update.contoso.com/list')\n"}))
        self.assertEqual(self.report()[0], 1)
        finding = next(b for b in self.blockers() if b["gate"] == "weaknesses")
        self.assertTrue(finding["decidable"])
        self.assert_said(self.review("--accept", finding["subject"]), 2, "--reason", "--reviewer")
        self.assert_said(self.review("--accept", "0" * 16, "--reason", "No such thing here.", "--reviewer", "R"),
                         2, "nothing that stands in the way")
        self.assert_said(self.review("--accept", finding["subject"], "--reason",
                                     "The list is public and signed.", "--reviewer", "R"), 0, "written")
        self.published()

    def test_adopting_results_wants_a_reviewer_and_something_to_adopt(self):
        self.published()
        self.assert_said(self.review("--adopt-tests", "all"), 2, "--reviewer")
        self.assert_said(self.review("--adopt-tests", "all", "--reviewer", "R"), 0, "nothing to adopt")

    def test_refusal_is_not_to_be_decided(self):
        self.advisory("EXAMPLE-9", "beta", "9.0", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
        self.assertEqual(self.report()[0], 1)
        blocker = next(b for b in self.blockers() if b["gate"] == "advisories")
        self.assertFalse(blocker["decidable"])
        done = self.review("--plan", blocker["subject"], "--decision", "upgrade",
                           "--evidence", ">=9.0", "--owner", "B", "--due", "2099-01-01",
                           "--reason", "Some time later on.", "--reviewer", "R")
        self.assert_said(done, 1, "policy refuses it")


if __name__ == "__main__":
    unittest.main()
