"""Every commit of a package's source is examined once, and the ledger proves it."""

import json
import os
import subprocess
import unittest

from loopback import ASSAY, RoadTest

GIT = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
       "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "A",
       "GIT_COMMITTER_EMAIL": "a@example.com", "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
       "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"}


class Watch(RoadTest):
    def setUp(self):
        super().setUp()
        self.upstream = self.folder / "upstream"
        self.upstream.mkdir()
        self.git("init", "-q", "-b", "main")
        self.commit("first", {"src/alpha/__init__.py": "OLD = 'http://old.contoso.com/list'\n"})
        self.write_set("alpha", extra='[watch]\nalpha = "../upstream"\n')

    def git(self, *arguments):
        return subprocess.run(["git", *arguments], cwd=self.upstream, env=GIT, check=True,
                              capture_output=True, text=True).stdout.strip()

    def commit(self, subject, files):
        for path, text in files.items():
            (self.upstream / path).parent.mkdir(parents=True, exist_ok=True)
            (self.upstream / path).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", subject)
        return self.git("rev-parse", "HEAD")

    def watch(self, *arguments):
        return subprocess.run([ASSAY, "watch", str(self.set), "--once", "--store", str(self.store), *arguments],
                              capture_output=True, text=True, env=self.environment())

    def ledger(self):
        return [json.loads(line) for line in (self.set / "watch/ledger.jsonl").read_text().splitlines()]

    def test_each_new_commit_is_examined_once_and_told(self):
        self.assert_said(self.watch(), 0, "examined whole (baseline)")
        self.assert_said(self.watch(), 0, "nothing new")
        harmless = self.commit("docs", {"README.md": "See http://docs.contoso.com/\n"})
        bad = self.commit("fetch a list", {
            "src/alpha/__init__.py": "OLD = 'http://old.contoso.com/list'\nNEW = 'http://new.contoso.com/list'\n"})
        looked = self.watch()
        self.assert_said(looked, 1, bad[:12], "fetch a list", "src/alpha/__init__.py:2", "new.contoso.com")
        self.assertNotIn("old.contoso.com", looked.stdout)
        self.assertEqual([e["kind"] for e in self.ledger()], ["baseline", "commit", "commit"])
        self.assertEqual([e["commit"] for e in self.ledger()][1:], [harmless, bad])
        self.assert_said(self.watch(), 0, "nothing new")
        self.assertEqual(len(self.ledger()), 3)

    def test_merge_and_removal_are_followed(self):
        self.watch()
        self.git("checkout", "-q", "-b", "side")
        self.commit("side", {"src/alpha/side.py": "X = 'http://side.contoso.com/'\n"})
        self.git("checkout", "-q", "main")
        self.commit("main", {"src/alpha/main.py": "Y = 1\n"})
        self.git("merge", "-q", "--no-ff", "-m", "merge", "side")
        (self.upstream / "src/alpha/side.py").unlink()
        self.commit("remove", {})
        looked = json.loads(self.watch("--json").stdout)
        self.assertEqual({c["subject"] for c in looked["commits"]}, {"side", "main", "merge", "remove"})
        self.assertTrue(any(c["stands-out"] for c in looked["commits"]))

    def test_rewritten_history_is_told(self):
        self.commit("second", {"a.py": "a = 1\n"})
        self.watch()
        self.git("reset", "-q", "--hard", "HEAD~1")
        self.commit("another second", {"a.py": "a = 2\n"})
        self.assert_said(self.watch(), 1, "no longer holds the commit")
        self.assertEqual(self.ledger()[-1]["kind"], "rewritten")

    def test_gone_repository_is_an_error(self):
        self.watch()
        self.upstream.rename(self.folder / "moved")
        self.assert_said(self.watch(), 3, "alpha", "upstream")

    def test_ledger_shows_every_change(self):
        self.watch()
        self.commit("second", {"a.py": "a = 1\n"})
        self.watch()
        self.assert_said(self.watch("--verify-ledger"), 0, "the ledger is whole: 2 scans")
        file = self.set / "watch" / "ledger.jsonl"
        whole = file.read_text()
        lines = whole.splitlines(keepends=True)
        for broken in (lines[1], whole.replace('"files":1', '"files":2', 1), whole[:-10] + "\n"):
            file.write_text(broken)
            self.assert_said(self.watch("--verify-ledger"), 1, "ledger.jsonl:")

    def test_what_is_no_repository_is_refused(self):
        for location in ("ext::sh -c id", "ssh://host/x", "--upload-pack=id"):
            self.write_set("alpha", extra=f"[watch]\nalpha = {json.dumps(location)}\n")
            self.assertEqual(self.watch().returncode, 3, location)
        self.write_set("alpha")
        self.assert_said(self.watch(), 2, "watches nothing")


if __name__ == "__main__":
    unittest.main()
