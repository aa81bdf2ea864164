"""Whatever comes in broken ends in a clear message that names the package and the cause, and leaves
the store and the last release as they were."""

import os
import subprocess
import tarfile
import unittest

import loopback
from loopback import RoadTest, sdist, tar_gz


def backend_with(body):
    """A back end whose build_wheel does something bad."""
    return "def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):\n" + "".join(
        f"    {line}\n" for line in body.splitlines())


class BadInput(RoadTest):
    def setUp(self):
        super().setUp()
        self.index.add(*sdist("good"))

    def with_last_release(self):
        """A first release, so that a test can show that it stays whole."""
        self.write_set("good")
        self.published()
        self.assertEqual(self.releases(), [1])

    def assert_last_release_stands(self):
        self.assertEqual(self.releases(), [1])
        self.assert_release_whole()
        self.write_set("good")
        self.assertTrue(self.published()["release"]["unchanged"])

    def held(self, code, *words):
        self.assert_said(self.run_assay(), code, *words)
        self.assert_last_release_stands()

    def test_wrong_hash(self):
        self.with_last_release()
        name, data = sdist("bad")
        self.index.add(name, data)
        self.index.hashes[name] = "0" * 64
        self.write_set("good", "bad")
        self.held(3, "bad", "bad-1.0.tar.gz", "0" * 64)

    def test_truncated_download_is_told_and_then_resumed(self):
        self.with_last_release()
        name, data = sdist("bad", files={"src/bad/data.py": os.urandom(200_000).hex()})
        self.index.add(name, data)
        self.index.faults[name] = "truncate"
        self.write_set("good", "bad")
        self.assert_said(self.run_assay(), 3, "bad", "bad-1.0.tar.gz")
        self.assert_release_whole()
        del self.index.faults[name]
        self.assertEqual(self.published()["release"]["number"], 2)

    def index_fault(self, fault, *words):
        self.with_last_release()
        self.index.add(*sdist("bad"))
        self.index.faults["/simple/bad/"] = fault
        self.write_set("good", "bad")
        self.held(3, "bad", *words)

    def test_index_404(self):
        self.index_fault(404, "no project bad")

    def test_index_500(self):
        self.index_fault(500, "500")

    def test_index_garbage(self):
        self.index_fault("garbage")

    def test_index_empty(self):
        self.index_fault("empty")

    def test_index_hangs_up(self):
        self.index_fault("hang-up")

    def test_index_gone(self):
        self.with_last_release()
        self.write_set("good", "other")
        url = self.index.url
        self.index.url = "http://127.0.0.1:9/simple"
        done = self.run_assay()
        self.assert_said(done, 3, "127.0.0.1")
        self.index.url = url
        self.assert_last_release_stands()

    def archive_refused(self, members, *words):
        self.with_last_release()
        self.index.add("bad-1.0.tar.gz", tar_gz(members))
        self.write_set("good", "bad")
        # The index says nothing of the dependencies of an archive that can't be read.
        done = self.run_assay()
        self.assertIn(done.returncode, (1, 3))
        for word in ("bad", *words):
            self.assertIn(word, done.stdout + done.stderr)
        self.assert_last_release_stands()

    def bad_members(self, path, info):
        name, data = sdist("bad")
        import io

        members = {}
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive:
                members[member.name] = archive.extractfile(member).read()
        members[path] = info
        return members

    def test_archive_with_parent_path(self):
        self.archive_refused(self.bad_members("bad-1.0/../../escape", b"x"), "..")

    def test_archive_with_absolute_path(self):
        self.archive_refused(self.bad_members("/etc/escape", b"x"), "escape")

    def test_archive_with_link_out(self):
        link = tarfile.TarInfo("bad-1.0/link")
        link.type, link.linkname = tarfile.SYMTYPE, "../../../etc/passwd"
        self.archive_refused(self.bad_members("bad-1.0/link", link), "link")

    def test_archive_with_device(self):
        device = tarfile.TarInfo("bad-1.0/null")
        device.type, device.devmajor, device.devminor = tarfile.CHRTYPE, 1, 3
        self.archive_refused(self.bad_members("bad-1.0/null", device), "null")

    def test_archive_that_is_a_bomb(self):
        self.archive_refused(self.bad_members("bad-1.0/zeros", b"\0" * (200 << 20)), "bad")

    def test_archive_that_is_garbage(self):
        self.with_last_release()
        self.index.add("bad-1.0.tar.gz", b"\x1f\x8b garbage")
        self.write_set("good", "bad")
        done = self.run_assay()
        self.assertIn(done.returncode, (1, 3))
        self.assertIn("bad", done.stdout + done.stderr)
        self.assert_last_release_stands()

    def test_typo_in_the_set_file(self):
        self.with_last_release()
        (self.set / "assay.toml").write_text('[set]\nname = "e2e"\nrequirments = ["good"]\n')
        self.held(2, "assay.toml:3:1", "requirments", "requirements")

    def test_no_source_distribution(self):
        self.with_last_release()
        self.index.add("wheelonly-1.0-py3-none-any.whl", b"PK")
        self.write_set("good", "wheelonly")
        self.held(3, "wheelonly", "no source distribution")

    def build_held(self, body, limits, *words):
        self.with_last_release()
        self.index.add(*sdist("bad", backend=backend_with(body)))
        self.write_set("good", "bad", extra=f"[policy.build]\n{limits}\n")
        self.held(1, "bad", *words)

    def test_build_that_hangs(self):
        self.build_held("import time\ntime.sleep(600)", "wall-seconds = 3", "3 s")

    def test_build_that_loops(self):
        self.build_held("while True: pass", "cpu-seconds = 2", "CPU")

    def test_build_that_forks_without_end(self):
        self.build_held("import os, time\nwhile True:\n    if os.fork() == 0: time.sleep(300)",
                        "processes = 64\nwall-seconds = 20", "process")

    def test_build_that_fills_the_disk(self):
        self.build_held("f = open('big', 'wb')\nwhile True:\n    f.write(b'x' * (1 << 20))",
                        "disk-mib = 64\nwall-seconds = 60", "wrote more than 64 MiB")

    def test_build_that_asks_the_network(self):
        self.build_held("import urllib.request\nurllib.request.urlopen('http://127.0.0.1:80/')",
                        "wall-seconds = 60", "URLError")

    def test_build_that_fails(self):
        self.build_held("raise RuntimeError('no luck today')", "wall-seconds = 60", "no luck today")

    def test_no_advisories_is_not_clean(self):
        self.with_last_release()
        (self.set / "advisories").rename(self.set / "gone")
        done = self.run_assay()
        self.assert_said(done, 3, "advisories")
        (self.set / "gone").rename(self.set / "advisories")
        self.assert_last_release_stands()

    @unittest.skipUnless(os.geteuid() == 0, "only root can mount the small disk this test fills")
    def test_full_disk(self):
        self.with_last_release()
        self.index.add(*sdist("bad", files={"src/bad/data.py": "D = '" + os.urandom(6 << 20).hex() + "'\n"}))
        self.write_set("good", "bad")
        small = self.folder / "small"
        small.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(small)], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", str(small)], check=True)
        roomy, self.store = self.store, small / "store"
        self.assert_said(self.run_assay(), 3, "No space left on device")
        self.assert_release_whole()
        self.store = roomy
        self.assertEqual(self.published()["release"]["number"], 2)


if __name__ == "__main__":
    loopback.main()
