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


if __name__ == "__main__":
    unittest.main(verbosity=2)
