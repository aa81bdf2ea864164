"""Remediation plans: a backport that its test shows, what makes a plan stop counting, and what a release
says of it."""

import json
import os
import subprocess
import unittest

from loopback import ASSAY, RoadTest, sdist
import third_party

CRITICAL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"  # 9.8
MEDIUM = "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:N/A:N"  # 5.3
HIGHER = "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:N/A:N"  # 6.5
LOW = "CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N"  # 2.2

CODE = "def limit(size):\n    return size\n"
TESTS = "from beta.core import limit\n\n\ndef test_small():\n    assert limit(1) == 1\n"
PATCH = """Reason: a size has an end.

--- a/src/beta/core.py
+++ b/src/beta/core.py
@@ -1,2 +1,2 @@
 def limit(size):
-    return size
+    return min(size, 100)
--- a/tests/test_it.py
+++ b/tests/test_it.py
@@ -2,4 +2,8 @@
 
 
 def test_small():
     assert limit(1) == 1
+
+
+def test_large():
+    assert limit(10**9) == 100
"""


class Plans(RoadTest):
    @classmethod
    def setUpClass(cls):
        cls.pytest = third_party.pytest_wheels()

    def setUp(self):
        super().setUp()
        for wheel in self.pytest:
            self.index.add(wheel.name, wheel.read_bytes(), upload_time="2023-01-01T00:00:00Z")
        self.index.add(*sdist("alpha", requires=["beta<2"]))
        self.index.add(*sdist("beta", files={"src/beta/core.py": CODE, "src/beta/debug.py": "ON = False\n"}, tests=TESTS))
        self.write_set("alpha")

    def review(self, *arguments):
        return subprocess.run([ASSAY, "review", str(self.set), *arguments], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL,
                              env={k: v for k, v in os.environ.items() if k != "ASSAY_REVIEWER"})

    def update(self, *arguments):
        return subprocess.run([ASSAY, "advisories", "update", str(self.set), "--offline", "--store", str(self.store),
                               *arguments], capture_output=True, text=True, env=self.environment())

    def plan(self, decision, evidence, rule="EXAMPLE-9", due="2099-01-01", more="", heading="plan", end="due"):
        (self.set / "dispositions").mkdir(exist_ok=True)
        (self.set / "dispositions/beta.toml").write_text(
            f'[[{heading}]]\nrule = "{rule}"\n' +
            (f'decision = "{decision}"\nevidence = {json.dumps(evidence)}\nowner = "B. Maintainer"\n' if decision else "") +
            f'reason = "The size is limited."\nreviewer = "R"\ndate = 2026-01-01\n{end} = {due}\n{more}')

    def patch(self, text=PATCH):
        (self.set / "patches/beta").mkdir(parents=True, exist_ok=True)
        (self.set / "patches/beta/0001-limit.patch").write_text(text)

    def vex(self):
        latest = self.set / "releases/latest"
        openvex = json.loads((latest / "vex.openvex.json").read_text())["statements"]
        cyclonedx = json.loads((latest / "vex.cdx.json").read_text())
        self.assertEqual(len(openvex), len(cyclonedx["vulnerabilities"]))
        return openvex, cyclonedx

    def state(self, report):
        (plan,) = report["plans"]
        return plan["state"]

    def test_backport_is_published_only_with_its_proof(self):
        self.advisory("EXAMPLE-9", "beta", "2.0", CRITICAL)
        self.assertEqual(self.report()[0], 1)
        subject = next(b for b in json.loads(self.review("--json").stdout) if b["gate"] == "advisories")["subject"]
        self.assert_said(self.review("--plan", subject, "--decision", "patch", "--evidence", "0001-limit.patch", "--evidence",
                                     "tests/test_it.py::test_large", "--owner", "B", "--due", "2099-01-01", "--reason",
                                     "The size is limited.", "--reviewer", "R"), 0, "written")
        self.assertIn('versions = "==1.0"', (self.set / "dispositions/beta.toml").read_text())

        # A person's word alone does not lift the refusal.
        self.plan("patch", ["0001-limit.patch", "tests/test_it.py::test_large"])
        code, report = self.report()
        self.assertEqual((code, self.state(report)), (1, "unproven"))
        self.assertIn("names the patch 0001-limit.patch, which is not applied", json.dumps(report))

        self.patch()
        report = self.published()
        self.assertEqual(self.state(report), "done")
        (statement,), cyclonedx = self.vex()
        self.assertEqual(statement["status"], "fixed")
        self.assertIn("0001-limit.patch", json.dumps(cyclonedx["components"]))
        self.assertEqual(cyclonedx["vulnerabilities"][0]["analysis"]["state"], "resolved_with_pedigree")
        self.assertEqual(cyclonedx["vulnerabilities"][0]["ratings"][0]["score"], 9.8)
        page = (self.set / "releases/latest/report/beta-1.0.html").read_text()
        self.assertIn("Remediation plans", page)
        self.assertIn(">done<", page)
        self.assert_release_whole()
        self.assertTrue(self.published()["release"]["unchanged"])

        # What the release's evidence shows is enough for judging it anew.
        self.assert_said(self.update(), 0, "plan: beta 1.0: EXAMPLE-9: done", "none of its 2 packages is hit")
        self.assert_said(self.review("--plans"), 0, "EXAMPLE-9: done", "B. Maintainer")

        # A test that is not there, or fails, shows nothing.
        self.plan("patch", ["0001-limit.patch", "tests/test_it.py::test_other"])
        code, report = self.report()
        self.assertEqual((code, self.state(report)), (1, "unproven"))
        self.assert_said(self.update(), 1, "would be refused now", "has no test tests/test_it.py::test_other")
        self.plan("patch", ["0001-limit.patch", "tests/test_it.py::test_large"])
        self.patch(PATCH.replace("min(size, 100)", "min(size, 101)"))
        code, report = self.report()
        self.assertEqual((code, self.state(report)), (1, "unproven"))
        self.assertIn("test_large did not pass", json.dumps(report))

    def test_patched_version_is_not_left_for_an_older_one(self):
        self.index.add(*sdist("beta", version="0.9", files={"src/beta/core.py": CODE}, tests=TESTS))
        self.advisory("EXAMPLE-9", "beta", "2.0", CRITICAL)
        record = json.loads((self.set / "advisories/EXAMPLE-9.json").read_text())
        record["affected"][0]["ranges"][0]["events"][0]["introduced"] = "1.0"
        (self.set / "advisories/EXAMPLE-9.json").write_text(json.dumps(record))
        versions = lambda: {p["name"]: p["version"] for p in self.published()["packages"]}
        self.assertEqual(versions()["beta"], "0.9")
        self.plan("patch", ["0001-limit.patch", "tests/test_it.py::test_large"], more='versions = "==1.0"\n')
        self.patch()
        self.assertEqual(versions()["beta"], "1.0")
        # Without the proof the next best one is taken after all.
        self.plan("patch", ["0001-limit.patch", "tests/test_it.py::test_other"], more='versions = "==1.0"\n')
        (self.set / "patches/beta/0001-limit.patch").write_text(PATCH)
        code, report = self.report()
        self.assertIn("0.9", {p["version"] for p in report["packages"] if p["name"] == "beta"})

    def test_plan_is_written_by_the_command_that_the_run_tells(self):
        self.advisory("EXAMPLE-5", "beta", "9.0", MEDIUM)
        said = self.run_assay()
        subject = next(b for b in json.loads(self.review("--json").stdout) if b["gate"] == "advisories")["subject"]
        self.assert_said(said, 1, f"plan for it: assay review {self.set} --plan {subject} --decision upgrade")
        # What no file may say is not written either.
        self.assert_said(self.review("--plan", subject, "--decision", "later", "--owner", "B", "--due", "2099-01-01",
                                     "--reason", "It is done later.", "--reviewer", "R"), 2, "no decision of a plan")
        self.assert_said(self.review("--plan", subject, "--decision", "upgrade", "--evidence", ">=9.0", "--owner", "B",
                                     "--due", "2099-01-01", "--reason", "It is fixed there.", "--reviewer", "R"),
                         0, "written")
        text = (self.set / "dispositions/beta.toml").read_text()
        for line in ('rule = "EXAMPLE-5"', 'decision = "upgrade"', 'evidence = [">=9.0"]', "score = 5.3"):
            self.assertIn(line, text)
        self.assert_said(self.review("--plans"), 0, "EXAMPLE-5: awaited", "waits for the next run")
        self.assertEqual(self.state(self.published()), "in time")
        (statement,), cyclonedx = self.vex()
        self.assertEqual(statement["status"], "affected")
        self.assertIn("B carries out by 2099-01-01", statement["action_statement"])
        self.assertEqual(cyclonedx["vulnerabilities"][0]["analysis"]["response"], ["update"])
        self.assert_said(self.update(), 0, "is hit by more than policy, plans and people let stand (1 flaw)")

        # More is known than it was written for.
        self.advisory("EXAMPLE-5", "beta", "9.0", HIGHER)
        code, report = self.report()
        self.assertEqual((code, self.state(report)), (1, "stale"))
        self.assertIn("was written for a score of 5.3; by now it has a score of 6.5", json.dumps(report))
        self.advisory("EXAMPLE-6", "alpha", "9.0", CRITICAL)
        self.assert_said(self.update("--vex", str(self.folder / "vex")), 1, "wants a plan", "EXAMPLE-5: stale")
        told = json.loads((self.folder / "vex/vex.openvex.json").read_text())["statements"]
        self.assertEqual({s["vulnerability"]["name"]: s["status"] for s in told},
                         {"EXAMPLE-5": "under_investigation", "EXAMPLE-6": "affected"})
        self.assertEqual({v["analysis"]["state"] for v in json.loads((self.folder / "vex/vex.cdx.json").read_text())
                          ["vulnerabilities"]}, {"in_triage", "exploitable"})
        (self.set / "advisories/EXAMPLE-6.json").unlink()
        self.assert_said(self.review("--plans"), 1, "stale")

        # The advisory is gone: the plan can go, and by policy has to.
        (self.set / "advisories/EXAMPLE-5.json").unlink()
        report = self.published()
        self.assertEqual(self.state(report), "unmatched")
        self.assertIn("it can go", json.dumps(report["notes"]))
        self.write_set("alpha", extra='[policy.plans]\nunmatched = "hold"\n')
        code, report = self.report()
        self.assertEqual(code, 1)
        self.assertIn("policy.plans.unmatched", json.dumps(report))

    def test_plan_of_before_the_flaw_was_exploited_is_stale(self):
        self.advisory("CVE-2026-0001", "beta", "9.0", MEDIUM)
        self.plan("mitigate", "The set's applications limit the size.", rule="CVE-2026-0001")  # of 2026-01-01
        self.write_set("alpha", extra="[policy.advisories]\nrefuse-exploited = false\n")
        sources = ("--advisories", "advisories", "--advisories", "kev.json")

        def exploited(since):
            (self.set / "kev.json").write_text(json.dumps({
                "catalogVersion": "2026.05.02", "dateReleased": "2026-05-02T00:00:00Z", "count": 1,
                "vulnerabilities": [{"cveID": "CVE-2026-0001", "dateAdded": since, "dueDate": "2026-06-01",
                                     "knownRansomwareCampaignUse": "Unknown"}]}))

        exploited("2025-12-01")
        self.assertEqual(self.state(self.published(*sources)), "in time")
        exploited("2026-05-01")
        code, report = self.report(*sources)
        self.assertEqual((code, self.state(report)), (1, "stale"))
        self.assertIn("was written on 2026-01-01; since 2026-05-01 it is known to be exploited", json.dumps(report))
        self.assert_said(self.update(*sources), 1, "CVE-2026-0001: stale")

    def test_overdue_plan_holds_or_is_told(self):
        self.advisory("EXAMPLE-9", "beta", "9.0", MEDIUM)
        self.plan("mitigate", "The set's applications limit the size.", due="2026-02-01")
        code, report = self.report()
        self.assertEqual((code, self.state(report)), (1, "overdue"))
        self.assertLess(report["plans"][0]["days-left"], 0)
        self.write_set("alpha", extra='[policy.plans]\noverdue = "tell"\n')
        self.assertEqual(self.state(self.published()), "overdue")
        self.assertEqual(self.vex()[1]["vulnerabilities"][0]["analysis"]["response"], ["workaround_available"])
        # Of a changed plan no run has judged more than the calendar tells.
        self.plan("mitigate", "The set's applications limit the size.", due="2026-02-02")
        self.assert_said(self.review("--plans"), 1, "beta: EXAMPLE-9: awaited", "its day has passed")

    def test_low_score_is_accepted_for_a_time(self):
        self.advisory("EXAMPLE-9", "beta", "9.0", LOW)
        self.plan("accept", [])
        self.published()
        self.assertEqual(self.vex()[1]["vulnerabilities"][0]["analysis"]["response"], ["will_not_fix"])
        self.advisory("EXAMPLE-9", "beta", "9.0", MEDIUM)
        code, report = self.report()
        self.assertEqual((code, self.state(report)), (1, "not allowed"))

    def test_strip_is_held_against_the_wheel(self):
        self.advisory("EXAMPLE-9", "beta", "9.0", MEDIUM)
        self.plan("strip", "beta/debug.py")
        code, report = self.report()
        self.assertEqual((code, self.state(report)), (1, "unproven"))
        self.assertIn("beta/debug.py, which is in a wheel", json.dumps(report))

    def test_reached_upgrade_is_told_as_fixed(self):
        self.advisory("EXAMPLE-9", "beta", "0.5", MEDIUM)
        self.plan("upgrade", ">=1.0")
        report = self.published()
        self.assertIn("is reached: the set has 1.0; it can go", json.dumps(report["notes"]))
        self.assertEqual(self.vex()[0][0]["status"], "fixed")

    def test_platform_that_is_not_affected_is_reasoned_for(self):
        self.advisory("EXAMPLE-9", "beta", "9.0", MEDIUM)
        more = 'justification = "vulnerable_code_not_in_execute_path"\ntargets = ["{}"]\n'
        self.plan("", "", heading="not-affected", end="expires", more=more.format("win-amd64"))
        code, report = self.report()
        self.assertEqual(code, 1)
        self.assertIn("for other platforms than the set's", json.dumps(report))
        self.plan("", "", heading="not-affected", end="expires", more=more.format(f"linux-{os.uname().machine}"))
        self.published()
        (statement,), cyclonedx = self.vex()
        self.assertEqual(statement["status"], "not_affected")
        self.assertEqual(cyclonedx["vulnerabilities"][0]["analysis"]["justification"], "code_not_reachable")


if __name__ == "__main__":
    unittest.main(verbosity=2)
