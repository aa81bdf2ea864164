"""What tests take from the index that pip is set up for: pinned by hash, fetched once, kept in out/.
Where there is no index, the test that asks is skipped and says so."""

import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
KEPT = HERE.parents[1] / "out" / "third-party"

# What pip says when nobody answers, or when it is told to ask nobody. A wrong hash, or a version that
# is missing among others, is a failure.
NO_INDEX = re.compile(r"connection broken|failed to establish|timed out|from versions: none", re.IGNORECASE)


def skip(why):
    """tests/CMakeLists.txt knows these words: ctest then tells the test as skipped, not as passed."""
    raise unittest.SkipTest("nothing was checked: " + why)


def fetched(pins, command, place_option):
    """The folder that pip fills from the file of pins. Another file or Python has another folder."""
    key = hashlib.sha256((HERE / pins).read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = KEPT / f"{pathlib.Path(pins).stem}-{key}"
    if folder.exists():
        return folder
    KEPT.mkdir(parents=True, exist_ok=True)
    made = tempfile.mkdtemp(dir=KEPT)
    done = subprocess.run([sys.executable, "-m", "pip", command, "--no-deps", "--require-hashes", "--only-binary",
                           ":all:", "--retries", "1", "--no-input", "-r", str(HERE / pins), place_option, made],
                          capture_output=True, text=True)
    if done.returncode != 0:
        shutil.rmtree(made)
        if NO_INDEX.search(done.stdout + done.stderr):
            skip(f"the index can't be reached for {pins}: {done.stderr.strip().splitlines()[-1]}")
        raise RuntimeError(f"pip can't take {pins}:\n{done.stdout}{done.stderr}")
    try:
        pathlib.Path(made).rename(folder)
    except OSError:  # another test was quicker
        shutil.rmtree(made)
    return folder


def use_validators():
    """Makes what validators.txt lists importable; returns the folder it is in."""
    folder = fetched("validators.txt", "install", "--target")
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    return folder


def pytest_wheels():
    """Wheels of pytest and what it needs."""
    return sorted(fetched("pytest.txt", "download", "--dest").glob("*.whl"))


def assert_cyclonedx(test, text, wrong):
    """Its schema takes the text, and not with a word changed as `wrong` says, from and to: it can say no."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    validator = JsonStrictValidator(SchemaVersion.V1_6)
    test.assertIsNone(validator.validate_str(text))
    test.assertIsNotNone(validator.validate_str(text.replace(*wrong)), "it can say no")


def assert_openvex(test, text):
    """A reader takes the text; it drops what it does not know: what it writes again is all there was."""
    from vexipy import Document

    written = json.loads(Document.from_json(text).model_dump_json(by_alias=True, exclude_unset=True))
    written["timestamp"] = written["timestamp"].replace("+00:00", "Z")
    test.assertEqual(written, json.loads(text))
    with test.assertRaises(ValueError):
        Document.from_json(text.replace('"affected"', '"harmless"'))
