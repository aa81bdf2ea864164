"""What code can do, told by itself and against an older version's."""

import io
import json
import pathlib
import subprocess
import tarfile
import tempfile
import unittest
import zipfile

from loopback import ASSAY

OLD = {"pyproject.toml": '[project]\nname = "alpha"\n[project.scripts]\nalpha = "alpha.cli:main"\n',
       "src/alpha/__init__.py": "",
       "src/alpha/cli.py": "import subprocess\ndef main():\n    subprocess.run(['true'])\n"}
NEW = {**OLD, "src/alpha/cli.py": "import subprocess\nfrom ._net import send\n\ndef main():\n"
                                  "    subprocess.run(['true'])\n    send()\n",
       "src/alpha/_net.py": "import socket\ndef send():\n    socket.create_connection(('a', 1))\n"}


class Surfaces(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def check(self, *arguments):
        done = subprocess.run([ASSAY, "check", "--surfaces", *map(str, arguments)],
                              capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    def tree(self, name, files):
        for path, text in files.items():
            (self.folder / name / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name / path).write_text(text)
        return self.folder / name

    def sdist(self, name, files):
        with tarfile.open(self.folder / f"{name}.tar.gz", "w:gz") as archive:
            for path, text in files.items():
                member = tarfile.TarInfo(f"{name}/{path}")
                member.size = len(text)
                archive.addfile(member, io.BytesIO(text.encode()))
        return self.folder / f"{name}.tar.gz"

    def test_a_folder_and_a_source_distribution_tell_the_same(self):
        code, said, _ = self.check(self.tree("new", NEW))
        self.assertEqual(code, 0)
        self.assertIn("command alpha → alpha.cli:main → alpha._net:send → socket.create_connection "
                      "(src/alpha/_net.py:3)", said)
        self.assertEqual(self.check(self.sdist("alpha-2", NEW))[1], said)

    def test_what_is_new_of_it_is_told_and_is_not_nothing(self):
        old, new = self.sdist("alpha-1", OLD), self.tree("new", NEW)
        code, said, _ = self.check(new, "--against", old)
        self.assertEqual(code, 1)
        self.assertEqual(said, "new: connects\n  + command alpha → alpha.cli:main → alpha._net:send → "
                               "socket.create_connection (src/alpha/_net.py:3)\n")
        code, said, _ = self.check(new, "--against", old, "--format", "json")
        self.assertEqual(code, 1)
        self.assertEqual([(c["capability"], c["new"], len(c["gained"])) for c in json.loads(said)],
                         [("connects", True, 1)])
        code, said, _ = self.check(old, "--against", new)
        self.assertEqual(code, 0, "what is gone needs nobody's minute")
        self.assertIn("gone: connects", said)

    def test_a_wheel_ships_whatever_is_in_it(self):
        with zipfile.ZipFile(self.folder / "alpha-1-py3-none-any.whl", "w") as wheel:
            wheel.writestr("alpha/tests/test_a.py", "import os\nos.system('x')\n")
            wheel.writestr("alpha-1.dist-info/entry_points.txt", "[console_scripts]\n")
        self.assertIn("at import → os.system", self.check(self.folder / "alpha-1-py3-none-any.whl")[1])

    def test_what_can_not_be_read_is_said(self):
        tree = self.tree("new", {"a.py": "x = 1\n", "b.dll": "MZ"})
        (tree / "loop").symlink_to(tree)
        self.assertEqual(self.check(tree)[1], "unread (1 place)\n  compiled, and no ELF file (b.dll)\n")
        code, _, said = self.check(self.folder / "nothing")
        self.assertNotEqual(code, 0)
        self.assertIn("not there", said)


if __name__ == "__main__":
    unittest.main()
