"""The threat model is executed: what it does not answer, and what nobody looked at, is held."""

import json
import subprocess
import unittest

from loopback import ASSAY, RoadTest, sdist


ACCEPTED_LINE = """[[finding]]
package = "alpha"
rule = "behaviour/start-file"
reason = "It imports the package itself, whose code was looked at."
reviewer = "A. Reviewer"
date = 2026-01-01
expires = 2099-01-01
"""


class ThreatModel(RoadTest):
    threat_model_required = True

    def setUp(self):
        super().setUp()
        self.index.add(*sdist("alpha", files={"src/alpha/net.py": "import socket\n"}))
        self.write_set("alpha")

    def model(self, *arguments):
        done = subprocess.run([ASSAY, "threat-model", arguments[0], str(self.set), *arguments[1:]],
                              capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def accept(self, **risk):
        """Appends an accepted risk to the model."""
        keys = "".join(f'{key} = "{value}"\n' for key, value in risk.items())
        with open(self.set / "threat-model.toml", "a") as model:
            model.write(f'\n[[accepted]]\n{keys}reason = "It was read."\nreviewer = "A. Reviewer"\n'
                        'date = 2026-01-01\nexpires = 2099-01-01\n')

    def reasons(self, report):
        return " ".join(r["text"] for p in report["packages"] for r in p["verdict"]["reasons"])

    def test_from_no_model_to_a_release(self):
        code, report = self.report()
        self.assertEqual(code, 1)
        self.assertIn("has no threat model", self.reasons(report))
        self.assertIn("wrote", self.model("review")[1])
        code, report = self.report()
        self.assertEqual(code, 1)
        self.assertIn("never reviewed", self.reasons(report))
        code, said = self.model("review")
        self.assertEqual(code, 1)
        self.assertIn("src/alpha/net.py:1: socket", said)
        self.assertEqual(self.model("review", "--reviewer", "A. Reviewer")[0], 0)
        self.published()
        evidence = json.loads((self.set / "releases/latest/evidence/threat-model.json").read_text())
        steps = {s["step"]: s for s in evidence["steps"]}
        # What did not run is not told as done: alpha has no tests, and no origin is known.
        self.assertEqual(steps["tests"]["evidence"], "not performed")
        self.assertEqual(steps["copied-code"]["evidence"], "not performed")
        self.assertEqual(steps["vendor-claims"]["packages"], 1)
        self.assertEqual(steps["build-sandbox"]["packages"], 1)
        self.assertEqual(evidence["threats"][0]["answered-by"], {"weaknesses": 1})
        self.assertEqual(steps["penetration-test"]["evidence"], "not performed")
        self.assertIn("vex.openvex.json", steps["advisories"]["evidence"])
        self.assertEqual(evidence["reviewed"]["by"], "A. Reviewer")
        code, said = self.model("show")
        self.assertEqual(code, 0)
        for words in ("SLSA E", "not performed", "PW.7.2", "reviewed on"):
            self.assertIn(words, said)

        # A new package, and a new surface of a known one, make the review due again.
        self.index.add(*sdist("beta"))
        self.index.add(*sdist("alpha", version="1.1", requires=["beta"],
                              files={"src/alpha/run.py": "import subprocess\n"}))
        code, report = self.report()
        self.assertEqual(code, 1)
        self.assertIn("the package is new since", self.reasons(report))
        self.assertIn("src/alpha/run.py:1: subprocess", self.reasons(report))

    def test_start_up_hook_wants_a_person(self):
        self.index.add(*sdist("alpha", version="1.2", files={"src/alpha/x.pth": "import alpha\n"}))
        self.model("review")
        self.accept(threat="vendored-flaws")
        self.report()
        self.model("review", "--reviewer", "A. Reviewer")
        code, report = self.report()
        self.assertEqual(code, 1)
        self.assertIn("startup-hook", self.reasons(report))
        # The line itself is a finding, which is accepted by itself.
        self.assertIn("behaviour/start-file", self.reasons(report))
        (self.set / "dispositions.toml").write_text(ACCEPTED_LINE)
        self.accept(package="alpha", surface="startup-hook")
        # The model is another one now, whatever the change was.
        code, report = self.report()
        self.assertEqual(code, 1)
        self.assertIn("threat-model.toml was changed since", self.reasons(report))
        news = json.loads(self.model("review", "--json")[1])
        self.assertTrue(news["model-changed"])
        self.assertEqual(news["new-packages"], {})
        self.assertEqual(self.model("review", "--reviewer", "A. Reviewer")[0], 0)
        self.published()

    def test_what_an_older_assay_left_is_said(self):
        self.model("review")
        self.report()
        last = self.set / "releases/.last-run.json"
        document = json.loads(last.read_text())
        for package in document["packages"]:
            del package["surfaces"]
        last.write_text(json.dumps(document))
        for command in ("show", "review"):
            code, said = self.model(command)
            self.assertNotEqual(code, 0)
            self.assertIn("again", said)
            self.assertNotIn("defect", said)

    def test_fault_in_the_model_is_the_persons(self):
        (self.set / "threat-model.toml").write_text('[[threat]]\nid = "a"\ntitle = "b"\nsteps = ["test"]\n')
        self.assert_said(self.run_assay(), 2, "threat-model.toml:4", 'did you mean "tests"?')


if __name__ == "__main__":
    unittest.main()
