"""The whole road on loopback: a set file becomes a closed index that pip installs from."""

import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

import loopback
from loopback import ASSAY, RoadTest, sdist


class Road(RoadTest):
    def setUp(self):
        super().setUp()
        self.index.add(*sdist("alpha", requires=["beta>=1", "gamma; python_version < '3'"]))
        self.index.add(*sdist("beta", version="1.0"))
        self.index.add(*sdist("beta", version="1.5"))
        self.index.add(*sdist("beta", version="2.0rc1"))
        self.write_set("alpha")

    def test_release_and_second_run(self):
        report = self.published()
        self.assertEqual({p["name"]: p["version"] for p in report["packages"]},
                         {"alpha": "1.0", "beta": "1.5"})
        latest = self.set / "releases" / "latest"
        self.assertTrue(latest.is_symlink())
        self.assert_release_whole()
        for page in latest.rglob("*.html"):
            self.assertNotIn("http://127", page.read_text())
        self.assertEqual([p.suffix for p in latest.rglob("*") if p.suffix in (".whl", ".gz")], [".whl"] * 2)

        self.index.requests.clear()
        again = self.published()
        self.assertTrue(again["release"]["unchanged"])
        self.assertTrue(all(r.startswith("/simple/") for r in self.index.requests), self.index.requests)
        self.index.requests.clear()
        self.assertTrue(self.published("--offline")["release"]["unchanged"])
        self.assertEqual(self.index.requests, [])

    @unittest.skipUnless(os.geteuid() == 0, "unshare -n wants root")
    def test_offline_without_a_network(self):
        self.published()
        done = self.run_assay("--offline", before=["unshare", "-n"])
        self.assert_said(done, 0, "published")

    def test_no_vulnerability_no_statement(self):
        self.published()
        latest = self.set / "releases" / "latest"
        self.assertFalse((latest / "vex.openvex.json").exists(), "OpenVEX has no document without statements")
        self.assertNotIn('href="vex.openvex.json"', (latest / "index.html").read_text())

    def test_refused_by_advisory_takes_dependants_with_it(self):
        self.advisory("EXAMPLE-1", "beta", "3.0", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
        code, report = self.report()
        self.assertEqual(code, 1)
        self.assertIsNone(report["release"])
        verdicts = {p["name"]: p["verdict"] for p in report["packages"]}
        self.assertEqual(verdicts["beta"]["decision"], "refused")
        self.assertNotEqual(verdicts["alpha"]["decision"], "published")
        words = json.dumps(verdicts)
        self.assertIn("EXAMPLE-1", words)
        self.assertIn("9.8", words)
        self.assertEqual(self.releases(), [])

    def test_secret_is_refused(self):
        key = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519"], check=True,
                             capture_output=True, text=True).stdout
        self.index.add(*sdist("beta", version="1.6", files={"src/beta/key.py": f"KEY = '''{key}'''\n"}))
        self.write_set("alpha", "beta==1.6")
        code, report = self.report()
        self.assertEqual(code, 1)
        verdicts = {p["name"]: p["verdict"]["decision"] for p in report["packages"]}
        self.assertEqual(verdicts["beta"], "refused")
        self.assertNotIn(key.splitlines()[1], json.dumps(report))

    def test_accepted_finding(self):
        self.index.add(*sdist("beta", version="1.6", files={
            "src/beta/home.py": "import urllib.request\ndef fetch():\n    urllib.request.urlopen('http://update.contoso.com/list')\n"}))
        code, report = self.report()
        self.assertEqual(code, 1)
        self.assertIn("update.contoso.com", json.dumps(report))
        (self.set / "dispositions.toml").write_text(
            '[[finding]]\npackage = "beta"\nrule = "weaknesses/insecure-url"\npath = "src/beta/home.py"\n'
            'reason = "The list is public and its signature is checked."\nreviewer = "A. Reviewer"\n'
            'date = 2026-01-01\nexpires = 2099-01-01\n')
        self.published()

    def test_served_index_and_pip(self):
        self.published()
        server = subprocess.Popen([ASSAY, "serve", str(self.set), "--listen", "127.0.0.1:0"],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        url = re.search(r"http://\S+", server.stdout.readline())[0]
        target = self.folder / "installed"
        requirements = next((self.set / "releases" / "latest").glob("requirements-*.txt"))
        environment = {k: v for k, v in self.environment().items() if not k.startswith("PIP_")}
        environment["PIP_CONFIG_FILE"] = os.devnull
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--index-url", url, "--require-hashes",
                        "--only-binary", ":all:", "-r", str(requirements), "--target", str(target)],
                       check=True, env=environment, timeout=120)
        self.assertEqual((target / "beta" / "__init__.py").read_text(), 'VERSION = "1.5"\n')

    def test_init_then_run(self):
        fresh = self.folder / "fresh"
        done = subprocess.run([ASSAY, "init", str(fresh)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        again = subprocess.run([ASSAY, "init", str(fresh)], capture_output=True, text=True)
        self.assertEqual(again.returncode, 2)
        self.assertIn("there already", again.stderr)

    def test_usage(self):
        done = subprocess.run([ASSAY, "run"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        done = subprocess.run([ASSAY, "run", str(self.folder / "nowhere")], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("assay.toml", done.stderr)


if __name__ == "__main__":
    loopback.main()
