"""The best versions that pass: what is refused or can't be built gives way to the next best."""

import datetime
import json
import subprocess
import textwrap
import unittest

from loopback import ASSAY, BACKEND, RoadTest, sdist

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
        # What the resolver can do about it is said where the refusal is, and again by explain.
        self.assert_said(self.run_assay(), 1, "  no other version will do: ",
                         "Would help: beta without its limit ==1.6: beta 1.5 would be taken")
        code, said = self.explain("beta")
        self.assertIn("no other version will do: ", said)
        self.assertIn("1.5 would be taken", said)
        self.assertNotIn("no other version", self.explain("alpha")[1])

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

    def test_set_stays_with_its_last_release_while_that_passes(self):
        stay = '[policy.versions]\nstrategy = "stay"\n'
        self.write_set("alpha", extra=stay)
        self.assertEqual(self.versions(self.published())["beta"], "1.6")
        self.index.add(*sdist("beta", version="1.7"))
        self.assertEqual(self.versions(self.published())["beta"], "1.6")
        self.assertIn("1.7: the set stays with the version of its last release", self.explain("beta")[1])
        self.affected("EXAMPLE-7", "beta", "1.6")
        self.assertEqual(self.versions(self.published())["beta"], "1.7")

    def test_lowest_versions_where_policy_says_so(self):
        self.write_set("alpha", extra='[policy.versions]\nstrategy = "lowest"\n')
        self.assertEqual(self.versions(self.published())["beta"], "1.0")
        self.assertIn("1.6: the set takes the lowest versions that agree", self.explain("beta")[1])

    def test_project_of_a_strategys_name_is_no_strategy(self):
        self.index.add(*sdist("lowest"))
        self.write_set("lowest", "alpha")
        self.assertEqual(self.versions(self.published()), {"alpha": "1.0", "beta": "1.6", "lowest": "1.0"})
        self.write_set("alpha", extra='[policy.versions]\nstrategy = "lowest"\n')
        self.assertEqual(self.versions(self.published()), {"alpha": "1.0", "beta": "1.0"})

    def test_pinned_takes_nothing_that_nobody_pins(self):
        pinned = '[policy.versions]\nstrategy = "pinned"\n'
        self.write_set("alpha==1.0", extra=pinned)
        done = self.run_assay()
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn('neither "requirements" nor "constraints" pins beta==1.6', done.stderr)
        self.write_set("alpha==1.0", keys='constraints = ["beta==1.5"]\n', extra=pinned)
        self.assertEqual(self.versions(self.published())["beta"], "1.5")
        self.assertIn("1.6: a constraint of the set asks for beta==1.5", self.explain("beta")[1])

    def test_what_is_too_young_is_not_seen(self):
        self.index.add(*sdist("beta", version="1.7"), upload_time=datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        self.write_set("alpha", extra="[policy.versions]\ncooldown-days = 14\n")
        self.assertEqual(self.versions(self.published())["beta"], "1.6")
        self.assertIn("1.7: uploaded at ", self.explain("beta")[1])

    def ban(self, versions, expires="2099-01-01"):
        (self.set / "dispositions.toml").write_text(
            f'[[ban]]\npackage = "beta"\nversions = "{versions}"\nreason = "It lost data for us in March."\n'
            f'reviewer = "A. Reviewer"\ndate = 2026-01-01\nexpires = {expires}\n')

    def test_banned_version_is_not_taken(self):
        self.ban(">=1.5")
        self.assertEqual(self.versions(self.published())["beta"], "1.0")
        said = self.explain("beta")[1]
        self.assertIn("1.6: banned by A. Reviewer, until 2099-01-01: It lost data for us in March.", said)
        self.ban(">=1.5", expires="2026-01-02")
        report = self.published()
        self.assertEqual(self.versions(report)["beta"], "1.6")
        self.assertTrue(any("the ban of beta >=1.5 expired on 2026-01-02" in note for note in report["notes"]), report)

    def test_ban_of_all_there_is_says_so(self):
        self.ban(">=1.0.dev0")
        done = self.run_assay()
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("It lost data for us in March.", done.stderr)
        self.assertIn("Would help: beta in spite of what stands against it (2.0rc1: banned by A. Reviewer", done.stderr)

    def test_source_that_does_not_tell_its_dependencies_is_built_to_learn_them(self):
        told = "Metadata-Version: 2.2\nName: delta\nVersion: 1.0\nDynamic: Requires-Dist\n"
        backend = BACKEND + textwrap.dedent("""
            plain = build_wheel
            def build_wheel(*arguments):
                info = pathlib.Path("PKG-INFO")
                info.write_text(info.read_text().replace("Dynamic: Requires-Dist", "Requires-Dist: beta<1.6"))
                return plain(*arguments)
            """)
        self.index.add(*sdist("delta", files={"PKG-INFO": told}, backend=backend))
        self.index.add(*sdist("delta", version="2.0", files={"PKG-INFO": told.replace("1.0", "2.0")}, backend=FAILING))
        self.write_set("delta")
        report = self.published()
        self.assertEqual(self.versions(report), {"beta": "1.5", "delta": "1.0"})
        self.assertIn("1.6: delta 1.0 asks for beta<1.6", self.explain("beta")[1])
        self.assertIn("this version does not build", self.explain("delta")[1])
        self.assertTrue(self.published()["release"]["unchanged"])

    def test_no_solution_is_told_with_what_would_help(self):
        self.index.add(*sdist("gamma", requires=["beta<1.5"]))
        self.write_set("gamma", "beta>=1.6")
        done = self.run_assay()
        self.assertEqual(done.returncode, 3, done.stderr)
        for words in ("there is no solution for the set", "gamma 1.0 needs beta<1.5", "beta>=1.6 is asked for",
                      "Would help: beta without its limit >=1.6: beta 1.0 would be taken."):
            self.assertIn(words, " ".join(done.stderr.split()))

    def test_several_versions_of_a_package(self):
        self.index.add(*sdist("gamma", requires=["beta<1.6"]))
        self.write_set("alpha", keys='also = ["beta<1.5", "gamma==1.0"]\n')
        report = self.published()
        self.assertEqual(sorted((p["name"], p["version"]) for p in report["packages"]),
                         [("alpha", "1.0"), ("beta", "1.0"), ("beta", "1.5"), ("beta", "1.6"), ("gamma", "1.0")])
        release = self.set / "releases/latest"
        page = json.loads((release / "simple/beta/index.json").read_text())
        self.assertEqual(page["versions"], ["1.0", "1.5", "1.6"])
        wanted = next(release.glob("requirements-*.txt")).read_text()
        self.assertIn("beta==1.6", wanted)
        self.assertNotIn("gamma", wanted)
        closed = subprocess.run([ASSAY, "verify", "--closed", str(release)], capture_output=True, text=True)
        self.assertEqual(closed.returncode, 0, closed.stdout + closed.stderr)
        code, said = self.explain("beta")
        self.assertIn("the set, beside others: beta<1.5", said)
        self.assertIn("gamma 1.0: beta<1.6", said)

    def test_newer_version_that_does_not_agree_is_explained_by_its_derivation(self):
        self.index.add(*sdist("alpha", version="2.0", requires=["delta<2"]))
        self.index.add(*sdist("delta"))
        self.index.add(*sdist("epsilon", requires=["delta>=2"]))
        self.index.add(*sdist("delta", version="2.0"))
        self.write_set("alpha", "epsilon")
        self.assertEqual(self.versions(self.published())["alpha"], "1.0")
        said = self.explain("alpha")[1]
        self.assertIn("epsilon 1.0 needs delta>=2", said)
        self.assertIn("alpha 2.0 needs delta<2", said)


if __name__ == "__main__":
    unittest.main()
