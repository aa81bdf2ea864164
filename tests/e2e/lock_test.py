"""The lock file that `assay resolve` writes, read by the reference implementation of PEP 751."""

import hashlib
import tomllib
import unittest

from resolve_test import ResolveTest
from third_party import use_validators


class Lock(ResolveTest):
    def test_lock_file_is_read(self):
        use_validators()
        from packaging.pylock import Pylock
        self.add("app", "1.0", ["lib>=1"], requires_python=">=3.9")
        self.add("lib", "1.5")
        done = self.resolve("app", "--format", "pylock")
        self.assertEqual(done.returncode, 0, done.stderr)
        lock = Pylock.from_dict(tomllib.loads(done.stdout))
        app, lib = lock.packages
        self.assertEqual((app.name, str(app.version), str(app.requires_python)), ("app", "1.0", ">=3.9"))
        self.assertEqual([need["name"] for need in app.dependencies], ["lib"])
        file = self.index.projects["lib"][lib.wheels[0].name][0]
        self.assertEqual(lib.wheels[0].hashes["sha256"], hashlib.sha256(file).hexdigest())
        self.assertTrue(lock.environments[0].evaluate({"python_version": "3.12", "sys_platform": "linux",
                                                       "platform_machine": "x86_64", "implementation_name": "cpython"}))

    def test_lock_file_of_several_environments_is_read(self):
        use_validators()
        from packaging.pylock import Pylock
        self.add("lib", "1.0", **{"requires-python": "<3.10"})
        self.add("lib", "2.0", **{"requires-python": ">=3.10"})
        self.add("app", "1.0", ["lib"])
        done = self.resolve("app", "--python", "3.9", "--format", "pylock")
        self.assertEqual(done.returncode, 0, done.stderr)
        lock = Pylock.from_dict(tomllib.loads(done.stdout))
        self.assertEqual(len(lock.environments), 2)
        for python, version in (("3.9", "1.0"), ("3.12", "2.0")):
            there = [(p.name, str(p.version)) for p in lock.packages
                     if p.marker is None or p.marker.evaluate({"python_version": python})]
            self.assertEqual(there, [("app", "1.0"), ("lib", version)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
