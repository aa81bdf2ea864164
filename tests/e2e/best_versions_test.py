"""The best versions that pass: what is refused or can't be built gives way to the next best."""

import json
import subprocess
import unittest

from loopback import ASSAY, RoadTest, sdist

CRITICAL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
FAILING = "def build_wheel(*_):\n    raise SystemExit('this version does not build')\n"


class BestVersions(RoadTest):
    def setUp(self):
        super().setUp()
        self.index.add(*sdist("alpha", requires=["beta>=1"]))
        for version in ("1.0", "1.5", "1.6", "2.0rc1"):
            self.index.add(*sdist("beta", version=version))
        self.write_set("alpha")

    def versions(self, report):
        return {p["name"]: p["version"] for p in report["packages"]}

    def explain(self, package, *arguments):
        done = subprocess.run([ASSAY, "explain", str(self.set), package, *arguments],
                              capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def affected(self, id, name, *versions):
        record = {"schema_version": "1.7.0", "id": id, "modified": "2024-01-01T00:00:00Z",
                  "severity": [{"type": "CVSS_V3", "score": CRITICAL}],
                  "affected": [{"package": {"ecosystem": "PyPI", "name": name},
                                "versions": list(versions)}]}
        (self.set / "advisories" / f"{id}.json").write_text(json.dumps(record))

    def test_refused_version_gives_way_to_the_next_best(self):
        self.affected("EXAMPLE-7", "beta", "1.5", "1.6")
        report = self.published()
        self.assertEqual(self.versions(report), {"alpha": "1.0", "beta": "1.0"})
        code, said = self.explain("beta")
        self.assertEqual(code, 0, said)
        for words in ("beta 1.0: published", "alpha 1.0: beta>=1", "1.6: CVSS 9.8: EXAMPLE-7",
                      "1.5: CVSS 9.8: EXAMPLE-7", "2.0rc1: a pre-release"):
            self.assertIn(words, said)
        evidence = json.loads((self.set / "releases/latest/evidence/beta-1.0.json").read_text())
        self.assertEqual([v["version"] for v in evidence["newer-not-taken"]], ["2.0rc1", "1.6", "1.5"])
        self.assertTrue(self.published()["release"]["unchanged"])

    def test_version_that_does_not_build_gives_way(self):
        self.index.add(*sdist("beta", version="1.7", backend=FAILING))
        report = self.published()
        self.assertEqual(self.versions(report)["beta"], "1.6")
        self.assertIn("this version does not build", self.explain("beta")[1])

    def test_secret_gives_way(self):
        key = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519"], check=True,
                             capture_output=True, text=True).stdout
        self.index.add(*sdist("beta", version="1.7", files={"src/beta/key.py": f"KEY = '''{key}'''\n"}))
        self.assertEqual(self.versions(self.published())["beta"], "1.6")

    def test_tests_wait_for_a_person_unless_policy_says_otherwise(self):
        # This index has no pytest, so that 1.7's tests can't be run; the others have none, and that
        # is accepted.
        self.index.add(*sdist("beta", version="1.7", tests="def test_it():\n    pass\n"))
        accepted = "".join(
            f'[[tests]]\npackage = "{name}"\nversions = "<1.7"\nreason = "It is made for this test."\n'
            'reviewer = "A. Reviewer"\ndate = 2026-01-01\nexpires = 2099-01-01\n'
            for name in ("alpha", "beta"))
        (self.set / "dispositions.toml").write_text(accepted)
        self.tests_required = True
        self.write_set("alpha")
        code, report = self.report()
        self.assertEqual((code, self.versions(report)["beta"]), (1, "1.7"))
        self.write_set("alpha", extra="[policy.versions]\nafter-tests = true\n")
        code, report = self.report()
        self.assertEqual((code, self.versions(report)["beta"]), (0, "1.6"), report)

    def test_pin_is_not_argued_with(self):
        self.affected("EXAMPLE-7", "beta", "1.6")
        self.write_set("alpha", "beta==1.6")
        code, report = self.report()
        self.assertEqual(code, 1)
        verdicts = {p["name"]: p["verdict"]["decision"] for p in report["packages"]}
        self.assertEqual(verdicts, {"alpha": "held", "beta": "refused"})

    def test_only_what_is_selected_is_judged_where_policy_says_so(self):
        self.affected("EXAMPLE-7", "beta", "1.6")
        self.write_set("alpha", extra="[policy.versions]\nnext-best = false\n")
        code, report = self.report()
        self.assertEqual((code, self.versions(report)["beta"]), (1, "1.6"))

    def test_explain_says_what_it_does_not_know(self):
        code, said = self.explain("beta")
        self.assertEqual(code, 2)
        self.assertIn("was not run yet", said)
        self.published()
        code, said = self.explain("betta")
        self.assertEqual(code, 2)
        self.assertIn("did you mean beta?", said)
        code, said = self.explain("beta", "--json")
        self.assertEqual(json.loads(said)["version"], "1.6")


if __name__ == "__main__":
    unittest.main()
