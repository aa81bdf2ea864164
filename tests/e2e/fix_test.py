"""A weakness is mended by a patch, and the wheel says that it was rebuilt."""

import json
import subprocess
import unittest
import zipfile

from loopback import ASSAY, RoadTest, sdist

CODE = "import urllib.request\n\n\ndef fetch():\n    return urllib.request.urlopen('http://update.contoso.com/list')\n"


CARRIED = "beta/vendor/other-2.dist-info/METADATA"
METADATA = "Metadata-Version: 2.1\nName: other\nVersion: 2\n"


class Fix(RoadTest):
    def setUp(self):
        super().setUp()
        self.index.add(*sdist("alpha", requires=["beta==1.0"]))
        self.index.add(*sdist("beta", files={"src/beta/home.py": CODE, "src/" + CARRIED: METADATA}))
        self.write_set("alpha")

    def fix(self, *arguments):
        return subprocess.run([ASSAY, "fix", str(self.set), *arguments, "--store", str(self.store),
                               "--reviewer", "A. Reviewer"], capture_output=True, text=True)

    def test_reference_is_mended_and_the_wheel_marked(self):
        self.assertEqual(self.report()[0], 1)
        self.assert_said(self.fix("beta"), 2, "nothing that can be mended without a person", "left: src/beta/home.py:5")
        shown = self.fix("beta", "--any-host", "--dry-run")
        self.assert_said(shown, 0, "+    return urllib.request.urlopen('https://update.contoso.com/list')", "not written")
        self.assertFalse((self.set / "patches").exists())
        done = self.fix("beta", "--any-host")
        self.assert_said(done, 0, "+    return urllib.request.urlopen('https://update.contoso.com/list')",
                         "Reason: Whoever is on the way", "patches/beta/0001-insecure-url.patch", "1 finding mended")
        self.published()
        wheel = next((self.set / "releases/latest/files").glob("beta-*.whl"))
        self.assertRegex(wheel.name, r"^beta-1\.0\+patched\.[0-9a-f]{8}-py3-none-any\.whl$")
        with zipfile.ZipFile(wheel) as archive:
            self.assertIn("https://update", archive.read("beta/home.py").decode())
            info = next(n for n in archive.namelist() if n.startswith("beta-") and n.endswith("METADATA"))
            self.assertIn("Version: 1.0+patched.", archive.read(info).decode())
            self.assertEqual(archive.read(CARRIED).decode(), METADATA)
        requirements = next((self.set / "releases/latest").glob("requirements-*.txt")).read_text()
        self.assertIn("beta==1.0+patched.", requirements)
        evidence = json.loads((self.set / "releases/latest/evidence/beta-1.0.json").read_text())
        self.assertEqual([p["file"] for p in evidence["patches"]], ["0001-insecure-url.patch"])
        self.assertNotEqual(evidence["source"]["tree"], evidence["source"]["unpatched-tree"])
        self.assert_release_whole()
        self.assertTrue(self.published()["release"]["unchanged"])
        self.assert_said(self.fix("beta"), 2, "nothing that can be mended")

    def test_rebuilt_version_is_judged_as_upstreams(self):
        self.report()
        self.fix("beta", "--any-host")
        self.advisory("EXAMPLE-1", "beta", "3.0", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
        self.assertEqual(self.report()[0], 1)

    def mark_by_post_release(self, *requirements):
        self.index.add(*sdist("gamma", requires=["beta>=1.0"]))
        self.write_set(*requirements, extra='[policy.rebuilt]\nversion = "post"\n')
        self.report()
        self.fix("beta", "--any-host")

    def wheel_of_beta(self):
        return next((self.set / "releases/latest/files").glob("beta-*.whl"))

    def test_post_release_is_counted_by_the_patches(self):
        self.mark_by_post_release("gamma")
        self.published()
        wheel = self.wheel_of_beta()
        self.assertEqual(wheel.name, "beta-1.0.post1-py3-none-any.whl")
        with zipfile.ZipFile(wheel) as archive:
            names = set(archive.namelist())
            self.assertIn("beta-1.0.post1.dist-info/RECORD", names)
            self.assertIn("Version: 1.0.post1", archive.read("beta-1.0.post1.dist-info/METADATA").decode())
            record = archive.read("beta-1.0.post1.dist-info/RECORD").decode()
        self.assertEqual({line.split(",")[0] for line in record.splitlines()}, names)
        self.assert_release_whole()
        self.assertTrue(self.published()["release"]["unchanged"])

        # Other patches, another number; the same ones again, theirs.
        patch = self.set / "patches/beta/0001-insecure-url.patch"
        first = patch.read_text()
        patch.write_text(first.replace("https://update", "https://mirror"))
        self.published()
        self.assertEqual(self.wheel_of_beta().name, "beta-1.0.post2-py3-none-any.whl")
        patch.write_text(first)
        self.published()
        self.assertEqual(self.wheel_of_beta().name, "beta-1.0.post1-py3-none-any.whl")

        self.advisory("EXAMPLE-1", "beta", "3.0", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
        code, report = self.report()
        self.assertEqual(code, 1)
        self.assertIn("EXAMPLE-1", json.dumps(report))

    def test_pin_of_upstreams_version_is_not_met_by_a_post_release(self):
        self.mark_by_post_release("alpha")
        code, report = self.report()
        self.assertEqual(code, 1)
        self.assertIn("asks for beta==1.0, which the set does not hold", json.dumps(report))

    def test_patch_that_does_not_fit_refuses_the_package(self):
        self.report()
        self.fix("beta", "--any-host")
        patch = self.set / "patches/beta/0001-insecure-url.patch"
        patch.write_text(patch.read_text().replace("def fetch():", "def other():"))
        code, report = self.report()
        self.assertEqual(code, 1)
        self.assertIn("has another line", json.dumps(report))

    def test_unknown_package(self):
        self.report()
        self.assert_said(self.fix("gamma"), 2, "no source of a package gamma")


if __name__ == "__main__":
    unittest.main()
