"""`assay verify --closed` solves a release against itself alone."""

import hashlib
import json
import shutil
import subprocess
import unittest

from loopback import ASSAY, RoadTest, sdist


class Closed(RoadTest):
    def setUp(self):
        super().setUp()
        self.index.add(*sdist("alpha", requires=["beta[extra]>=1", "gone; extra == 'more'"]))
        self.index.add(*sdist("beta", requires=["delta; extra == 'extra'"]))
        self.index.add(*sdist("delta"))
        self.write_set("alpha")
        self.published()

    def verify(self, release, *arguments):
        return subprocess.run([ASSAY, "verify", "--closed", str(release), *arguments], capture_output=True, text=True,
                              env={**self.environment(), "http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"})

    def test_release_answers_every_question_by_itself(self):
        asked = len(self.index.requests)
        done = self.verify(self.set / "releases/latest", "--key", str(self.set / "release-key.pub"))
        self.assert_said(done, 0, "closed: 3 packages with Python 3.")
        self.assertEqual(len(self.index.requests), asked)

    def test_what_has_no_solution_is_named(self):
        made_up = self.unsigned_release()
        self.add_requirement(made_up, "delta", "Requires-Dist: ghost>=2\n")
        done = self.verify(made_up)
        self.assert_said(done, 1, "not closed: delta==1.0", "delta 1.0 needs ghost>=2 (the index has no project ghost)",
                         "and 1 that fail only because they need one of these")
        self.assertEqual(done.stderr.count("not closed"), 1)

    def test_extra_that_nobody_asks_for_is_told(self):
        made_up = self.unsigned_release()
        self.add_requirement(made_up, "alpha", "Provides-Extra: more\n")
        self.assert_said(self.verify(made_up), 0, "nobody asks for it: alpha[more]==1.0", "alpha[more] 1.0 needs gone")

    def test_older_release_is_not_taken_for_closed(self):
        made_up = self.unsigned_release()
        evidence = made_up / "evidence/set.json"
        evidence.write_text(evidence.read_text().replace('"markers"', '"other"'))
        self.write_down(made_up, evidence)
        self.assert_said(self.verify(made_up), 3, "does not say what the release was made for")

    def unsigned_release(self):
        shutil.rmtree(self.set / "releases")
        self.published("--unsigned")
        return self.set / "releases/1"

    def add_requirement(self, release, name, line):
        """As a release that somebody made by hand, without a signature."""
        metadata = next((release / "files").glob(f"{name}-*.metadata"))
        before = hashlib.sha256(metadata.read_bytes()).hexdigest()
        metadata.write_text(metadata.read_text() + line)
        after = hashlib.sha256(metadata.read_bytes()).hexdigest()
        self.write_down(release, metadata)
        for page in (release / "simple" / name).iterdir():
            page.write_text(page.read_text().replace(before, after))
            self.write_down(release, page)

    def write_down(self, release, file):
        manifest = release / "manifest.json"
        told = json.loads(manifest.read_text())
        entry = told["files"][str(file.relative_to(release))]
        entry |= {"sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "size": file.stat().st_size}
        manifest.write_text(json.dumps(told, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
