"""assay audit: what is known to be wrong with what files and environments hold, offline, in every form."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest
import zipfile

import third_party
from loopback import ASSAY, main

HIGH = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"  # 7.5
MEDIUM = "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:N/A:N"  # 5.3

SET = """[set]
name = "audited"
requirements = ["beta"]

[advisories]
sources = ["../records"]
"""

DISPOSITIONS = """
[[plan]]
package = "beta"
rule = "EXAMPLE-2"
decision = "upgrade"
evidence = ">=9.0"
reason = "Release 9.0 has the fix."
owner = "B. Maintainer"
due = 2099-01-01
reviewer = "A. Reviewer"
date = 2026-01-01

[[not-affected]]
package = "gamma"
rule = "EXAMPLE-3"
justification = "vulnerable_code_not_in_execute_path"
reason = "What is flawed is never called here."
reviewer = "A. Reviewer"
date = 2026-01-01
expires = 2099-01-01
"""


class Audit(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-audit-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        (self.folder / "records").mkdir()
        self.record("EXAMPLE-1", "alpha", [{"introduced": "1.0"}, {"fixed": "2.0"}], HIGH, aliases=["CVE-1-1"])
        self.record("EXAMPLE-2", "beta", [{"introduced": "0"}, {"fixed": "9.0"}], MEDIUM)
        self.record("EXAMPLE-3", "gamma", [{"introduced": "0"}], None)

    def record(self, id, name, events, vector, **more):
        record = {"schema_version": "1.7.0", "id": id, "modified": "2024-01-01T00:00:00Z", "summary": f"{name} can be hurt",
                  "affected": [{"package": {"ecosystem": "PyPI", "name": name},
                                "ranges": [{"type": "ECOSYSTEM", "events": events}]}], **more}
        if vector:
            record["severity"] = [{"type": "CVSS_V3", "score": vector}]
        (self.folder / "records" / f"{id}.json").write_text(json.dumps(record))

    def write(self, path, text):
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return path

    def audit(self, *arguments, code, records="records", given=None):
        sources = ["--advisories", records] if records else []
        done = subprocess.run([ASSAY, "audit", "--store", "store", *sources, *arguments], cwd=self.folder, input=given,
                              capture_output=True, text=True, timeout=60, env={**os.environ, "NO_COLOR": "1"})
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout if code in (0, 1) else done.stdout + done.stderr

    def report(self, *arguments, code, **more):
        text = self.audit("--format", "json", *arguments, code=code, **more)
        return json.JSONDecoder().raw_decode(text)[0]  # what is not known is also told behind it

    def hits(self, *arguments, code=1, **more):
        report = self.report(*arguments, code=code, **more)
        return [(p["name"], p["version"], f["id"]) for p in report["packages"] for f in p["findings"]]

    def test_text_tells_each_hit_with_what_is_known(self):
        self.write("requirements.txt", "alpha==1.5\nbeta==9.0\n")
        text = self.audit("requirements.txt", code=1)
        for words in ("advisories: records: 3 records", "alpha 1.5  requirements.txt:1", "refused", "CVSS 3.1 7.5",
                      "EXAMPLE-1 (CVE-1-1)", "alpha can be hurt", "affects >=1.0,<2.0; first fixed in 2.0",
                      HIGH + ": over the network", "policy.advisories.refuse-above = 7.0",
                      "2 packages: 1 hit by 1 known flaw (1 refused, 0 held, 0 accepted; 0 not scored)"):
            self.assertIn(words, text)
        self.assertNotIn("\x1b", text)
        self.assertTrue(text.splitlines()[0].startswith("advisories: "), "how old they are comes first")

    def test_text_tells_what_attackers_do(self):
        self.write("kev.json", json.dumps({
            "catalogVersion": "2026.05.02", "dateReleased": "2026-05-02T00:00:00Z", "count": 1,
            "vulnerabilities": [{"cveID": "CVE-2026-0007", "dateAdded": "2026-05-01", "dueDate": "2026-06-01",
                                 "knownRansomwareCampaignUse": "Known"}]}))
        self.record("EXAMPLE-7", "alpha", [{"introduced": "0"}], HIGH, aliases=["CVE-2026-0007"])
        self.write("watched/assay.toml", '[set]\nname = "w"\nrequirements = ["alpha"]\n[advisories]\nsources = [\n'
                   ' "../records", { location = "../kev.json", kind = "kev" },\n'
                   ' { name = "EPSS", location = "../none.csv", kind = "epss", required = false } ]\n')
        self.write("pins.txt", "alpha==0.5\n")
        text = self.audit("pins.txt", "--set", "watched", records=None, code=1)
        self.assertIn("known to be exploited since 2026-05-01, also by ransomware, what EPSS says is not known", text)

    def test_every_form_of_input(self):
        lock = '[[package]]\nname = "alpha"\nversion = "1.5"\n'
        for path, text in (("uv.lock", "version = 1\nrequires-python = '>=3'\n" + lock), ("poetry.lock", lock),
                           ("pdm.lock", lock), ("pylock.toml", "lock-version = '1.0'\n" + lock.replace("package", "packages")),
                           ("Pipfile.lock", '{"_meta": {}, "default": {"alpha": {"version": "==1.5"}}}'),
                           ("list.json", '[{"name": "alpha", "version": "1.5"}]'),
                           ("bom.json", '{"bomFormat": "CycloneDX", "components": [{"purl": "pkg:pypi/alpha@1.5"}]}'),
                           ("x.txt", "alpha==1.5")):
            with self.subTest(path):
                self.assertEqual(self.hits(self.write(path, text)), [("alpha", "1.5", "EXAMPLE-1")])
        self.assertEqual(self.hits("-", given="alpha==1.5\n"), [("alpha", "1.5", "EXAMPLE-1")])
        with zipfile.ZipFile(self.folder / "alpha-1.5-py3-none-any.whl", "w") as wheel:
            wheel.writestr("alpha.py", "")
        self.assertEqual(self.hits("alpha-1.5-py3-none-any.whl"), [("alpha", "1.5", "EXAMPLE-1")])

    def test_an_environment_and_the_copies_in_it(self):
        site = "venv/lib/python3.11/site-packages/"
        self.write("venv/pyvenv.cfg", "")
        self.write(site + "holder-3.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: holder\nVersion: 3.0\n")
        self.write(site + "holder/_vendor/vendor.txt", "alpha==1.5\n")
        (package,) = [p for p in self.report("venv", code=1)["packages"] if p["findings"]]
        self.assertEqual((package["name"], package["copy_in"]), ("alpha", {"name": "holder", "version": "3.0"}))
        self.assertIn("alpha 1.5 (a copy in holder 3.0)", self.audit("venv", code=1))

    def test_rebuilt_versions_are_judged_as_what_they_are_made_of(self):
        self.write("pins.txt", "alpha==1.5.post3\nbeta==1.0+zos\n")
        self.assertEqual(self.hits("pins.txt"), [("alpha", "1.5.post3", "EXAMPLE-1"), ("beta", "1.0+zos", "EXAMPLE-2")])
        self.record("EXAMPLE-4", "delta", [{"introduced": "1.0"}, {"last_affected": "1.5"}], HIGH)
        self.write("delta.txt", "delta==1.5.post3\n")
        self.assertIn("delta 1.5.post3 is affected as 1.5 is", self.audit("delta.txt", code=1))

    def test_what_has_no_version_is_not_known(self):
        self.write("open.txt", "epsilon==1.0\nalpha>=1\n")
        said = self.audit("open.txt", code=3)
        self.assertIn("alpha  open.txt:2: not pinned: >=1", said)
        self.assertIn("1 not known", said)
        self.audit("open.txt", "--allow-not-known", code=0)
        self.write("hit.txt", "alpha==1.5\nzeta\n")
        self.audit("hit.txt", code=3)
        self.audit("hit.txt", "--allow-not-known", code=1)

    def remedies(self, *arguments, code=1, **more):
        return [r["text"] for p in self.report(*arguments, code=code, **more)["packages"] for r in p["remedies"]]

    def test_a_refusal_tells_what_a_resolver_can_do(self):
        # The fix of EXAMPLE-1 has a flaw of its own, and one that is lower stays longer.
        self.record("EXAMPLE-5", "alpha", [{"introduced": "2.0"}, {"fixed": "2.1"}], HIGH)
        self.record("EXAMPLE-6", "alpha", [{"introduced": "0"}, {"fixed": "3.0"}], MEDIUM)
        self.write("requirements.txt", "alpha==1.5\n")
        refused, all = "2.1 is the first version above it that is not refused", "3.0 is the first version above it that is neither refused nor held"
        self.assertEqual(self.remedies("requirements.txt"), [refused, all])
        text = self.audit("requirements.txt", code=1)
        self.assertIn(f"  remedy\n      {refused}\n      {all}\n", text)
        self.assertIn("Remedy: " + refused, self.audit("requirements.txt", "--format", "sarif", code=1))

        # Who forbids it, where the input tells that.
        self.write("limits.txt", "alpha==1.5\n")
        self.write("open.txt", "-c limits.txt\nalpha<3\n")
        (one, other) = [r for p in self.report("open.txt", code=1)["packages"] for r in p["remedies"]]
        self.assertEqual((one["version"], one["side"], one["forbidden_by"]), ("2.1", "exactly", []))
        self.assertEqual(other["text"], all + ", but open.txt:2 asks for alpha<3")
        site = "venv/lib/python3.11/site-packages/"
        self.write("venv/pyvenv.cfg", "")
        self.write(site + "alpha-1.5.dist-info/METADATA", "Metadata-Version: 2.1\nName: alpha\nVersion: 1.5\n")
        self.write(site + "user-4.0.dist-info/METADATA",
                   "Metadata-Version: 2.1\nName: user\nVersion: 4.0\nRequires-Dist: alpha<2\n")
        said = self.remedies("venv")
        self.assertIn(", but user 4.0 asks for alpha<2 (", said[0])
        self.assertIn("user-4.0.dist-info/METADATA)", said[0])

        # What fits is taken, though a lower one would do.
        self.record("EXAMPLE-7", "alpha", [{"introduced": "2.1.1"}, {"fixed": "2.5"}], MEDIUM)
        self.write("open.txt", "-c limits.txt\nalpha>=2.4\n")
        self.assertEqual(self.remedies("open.txt")[0], "2.5 is the first version above it that fits and is not refused")

    def test_a_remedy_is_no_more_than_what_records_tell(self):
        self.write("pins.txt", "gamma==1.0\n")
        self.assertEqual(self.remedies("pins.txt"), ["no record tells of a version that is neither refused nor held"])
        self.record("EXAMPLE-3", "gamma", [{"introduced": "0"}, {"last_affected": "1.2"}], HIGH)
        self.assertEqual(self.remedies("pins.txt"), ["what comes next above 1.2 is neither refused nor held"])
        self.record("EXAMPLE-3", "gamma", [{"introduced": "0.9"}], HIGH)
        below = ("no record tells of a version above it that is neither refused nor held; what comes next below 0.9 is"
                 " neither refused nor held")
        self.assertEqual(self.remedies("pins.txt"), [below])
        self.assertEqual(self.remedies(*self.set_with_decisions(), records=None), [below], "beta's is accepted")
        self.write("venv/pyvenv.cfg", "")
        site = "venv/lib/python3.11/site-packages/"
        self.write(site + "holder-3.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: holder\nVersion: 3.0\n")
        self.write(site + "holder/_vendor/vendor.txt", "alpha==1.5\n")
        self.assertEqual(self.remedies("venv"), ["a version of holder with alpha 2.0, which is neither refused nor held, or"
                                                 " without the copy"])

    def test_commits_are_judged_by_what_records_name(self):
        first, fix, other = "1" * 40, "2" * 40, "3" * 40
        record = json.loads((self.folder / "records/EXAMPLE-1.json").read_text())
        record["affected"][0]["ranges"].append({"type": "GIT", "repo": "https://git.example/alpha",
                                                "events": [{"introduced": first}, {"fixed": fix}]})
        (self.folder / "records/EXAMPLE-1.json").write_text(json.dumps(record))
        why = lambda commit: self.report(self.write("r.txt", f"alpha @ git+https://git.example/alpha@{commit}\n"),
                                         code=3)["not_known"][0]["why"]
        self.assertIn("its commit is affected by EXAMPLE-1", why(first))
        self.assertNotIn("EXAMPLE-1", why(fix))
        self.assertIn("whether its commit has 1 known flaw (EXAMPLE-1) is not known", why(other))
        lock = lambda commit: self.write("poetry.lock", f"[[package]]\nname = 'alpha'\nversion = '5.0'\n[package.source]\n"
                                                        f"type = 'git'\nresolved_reference = '{commit}'\n")
        self.assertEqual(self.hits(lock(first)), [("alpha", "5.0", "EXAMPLE-1")])
        self.assertIn("by its commit 111111111111", self.audit("poetry.lock", code=1))
        self.assertEqual(self.hits(lock(other), code=0), [])

    def test_a_source_of_records_that_is_missing_is_not_clean(self):
        self.write("set/assay.toml", SET.replace('"../records"', '"../records", { name = "own", location = "gone", '
                                                                 'kind = "osv", required = false }'))
        self.write("clean.txt", "epsilon==1.0\n")
        arguments = ("--set", "set", "clean.txt")
        self.assertIn("what own says is not known: ", self.audit(*arguments, records=None, code=3))
        report = self.report(*arguments, "--allow-not-known", records=None, code=0)
        self.assertTrue(report["advisories_not_known"].startswith("own: "), report["advisories_not_known"])
        self.assertIn("gone", [s["not-known"] for s in report["sources"] if s["source"] == "own"][0])
        log = json.loads(self.audit(*arguments, "--format", "sarif", "--allow-not-known", records=None, code=0))
        self.assertEqual([(r["ruleId"], r["kind"]) for r in log["runs"][0]["results"]], [("audit/not-known", "open")])

    def test_without_a_usable_source_nothing_is_clean(self):
        self.write("clean.txt", "epsilon==1.0\n")
        self.audit("clean.txt", code=0)
        self.assertIn("not known", self.audit("clean.txt", records="absent", code=3))
        self.write("empty/note.txt", "")
        self.assertIn("not known", self.audit("clean.txt", records="empty", code=3))
        self.assertIn("not known", self.audit("clean.txt", records=None, code=3))  # nothing was fetched yet

    def test_usage(self):
        self.assertIn("no such file", self.audit("absent.txt", code=2))
        self.assertIn("pipfile-lock", self.audit(self.write("letter", "Dear reader,\n"), code=2))
        self.write("bad.txt", "alpha==1.5\nal pha\n")
        self.assertIn("bad.txt:2: ", self.audit("--input-format", "requirements", "bad.txt", code=2))
        self.assertIn("--input-format", self.audit("--input-format", "nonsense", "bad.txt", code=2))

    def test_what_fails(self):
        self.write("pins.txt", "beta==1.0\n")
        for words, code in (("policy", 1), ("any", 1), ("never", 0), ("low", 1), ("medium", 1), ("high", 0)):
            with self.subTest(words):
                self.audit("pins.txt", "--fail-on", words, code=code)
        self.write("unscored.txt", "gamma==1.0\n")
        self.audit("unscored.txt", "--fail-on", "critical", code=1)

    def set_with_decisions(self):
        self.write("set/assay.toml", SET)
        self.write("set/dispositions.toml", DISPOSITIONS)
        self.write("pins.txt", "beta==1.0\ngamma==1.0\n")
        return ("--set", "set", "pins.txt")

    def test_a_set_lends_its_sources_and_decisions(self):
        arguments = self.set_with_decisions()
        report = self.report(*arguments, records=None, code=0)
        self.assertEqual([f["weight"] for p in report["packages"] for f in p["findings"]], ["accepted", "accepted"])
        self.assertEqual((report["counts"]["accepted"], report["counts"]["unscored"]), (2, 1))
        self.assertIn("accepted by A. Reviewer", self.audit(*arguments, records=None, code=0))

    def test_json_tells_the_sources(self):
        self.write("pins.txt", "alpha==1.5\n")
        report = self.report("pins.txt", code=1)
        self.assertTrue(report["sources"][0]["digest"])
        self.assertEqual(report["sources"][0]["newest-record"], "2024-01-01T00:00:00Z")
        self.assertEqual(report["inputs"][0]["format"], "requirements")
        (finding,) = report["packages"][0]["findings"]
        self.assertEqual((finding["score"], finding["severity"], finding["fixed_in"], finding["affected"]),
                         (7.5, "high", "2.0", ">=1.0,<2.0"))

    def test_third_parties_accept_the_formats(self):
        third_party.use_validators()
        from sarif_kit.validate import validation_errors

        arguments = (*self.set_with_decisions()[:2], "more.txt", "--allow-not-known")
        self.write("more.txt", "alpha==1.5\nbeta==1.0\ngamma==1.0\nzeta\n")

        log = json.loads(self.audit(*arguments, "--format", "sarif", records=None, code=1))
        self.assertEqual(validation_errors(log), [])
        (run,) = log["runs"]
        self.assertEqual([(r["ruleId"], r["kind"], r["level"]) for r in run["results"]],
                         [("EXAMPLE-1", "fail", "error"), ("EXAMPLE-2", "fail", "note"), ("EXAMPLE-3", "fail", "note"),
                          ("audit/not-known", "open", "none")])
        self.assertEqual(run["results"][1]["locations"][0]["physicalLocation"]["region"]["startLine"], 2)

        text = self.audit(*arguments, "--format", "cyclonedx", records=None, code=1)
        third_party.assert_cyclonedx(self, text, ('"exploitable"', '"harmless"'))
        states = {v["id"]: v["analysis"]["state"] for v in json.loads(text)["vulnerabilities"]}
        self.assertEqual(states, {"EXAMPLE-1": "exploitable", "EXAMPLE-2": "exploitable", "EXAMPLE-3": "not_affected"})

        text = self.audit(*arguments, "--format", "openvex", records=None, code=1)
        third_party.assert_openvex(self, text)
        self.assertEqual({s["vulnerability"]["name"]: s["status"] for s in json.loads(text)["statements"]},
                         {"EXAMPLE-1": "affected", "EXAMPLE-2": "affected", "EXAMPLE-3": "not_affected"})


if __name__ == "__main__":
    main()
