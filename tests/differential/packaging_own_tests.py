#!/usr/bin/env python3
"""Runs the tests of the Python library `packaging` and asks `assay debug` whatever they ask of it.

    python3 tests/differential/packaging_own_tests.py --program "out/dev/assay debug"

Needs `packaging` and what its tests need (pip install packaging pytest pretend hypothesis tomli_w). Fetches the
source distribution of the version that is installed by pip, runs its tests with every call recorded, and
puts each different question to the program. Prints a line an operation and the first disagreements; exits
0 if there are none.
"""

import argparse
import collections
import importlib.metadata
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import warnings

from asking import BATCH, Tally, ask
from packaging_differential import compare

# Put beside the tests: writes a line for each question that a test asks.
RECORDER = '''
import atexit, functools, json, os
from packaging import markers, requirements, specifiers, utils, version

_seen = set()
_file = open(os.environ["ASSAY_QUESTIONS"], "a")
atexit.register(_file.close)


def _note(**question):
    try:
        line = json.dumps(question, sort_keys=True)
        line.encode()
    except (TypeError, UnicodeEncodeError):
        return  # no question that JSON can carry
    if line not in _seen:
        _seen.add(line)
        _file.write(line + "\\n")
        _file.flush()


def _before(owner, name, note):
    original = getattr(owner, name)

    @functools.wraps(original)
    def wrapped(*args, **kwargs):
        try:
            note(*args, **kwargs)
        except Exception:
            pass  # what can't be noted is asked all the same
        return original(*args, **kwargs)

    setattr(owner, name, wrapped)


def _plain(value):
    if not isinstance(value, str):
        raise TypeError  # what no text can be is not asked of a program
    return value


def _text(value):
    return str(value) if isinstance(value, version.Version) else _plain(value)


def _compared(self, other):
    _note(op="version.compare", a=str(self), b=_text(other))


def _contained(self, item, prereleases=None, **kwargs):
    if kwargs or getattr(self, "_prereleases", None) is not None:
        return  # asked of an object that was told otherwise when it was made
    _note(op="specifier.contains", specifier=str(self), version=_text(item), prereleases=prereleases)


def _evaluated(self, environment=None, context="metadata"):
    if context != "metadata":
        return
    known = dict(markers.default_environment(), extra="")
    for name, value in (environment or {}).items():
        known[name] = sorted(value) if isinstance(value, (set, frozenset)) else value
    _note(op="marker.evaluate", marker=str(self), environment=known)


_before(version.Version, "__init__", lambda self, text: _note(op="version.parse", version=_plain(text)))
for _name in ("__lt__", "__le__", "__eq__", "__ne__", "__ge__", "__gt__"):
    _before(version.Version, _name, _compared)
_before(specifiers.Specifier, "contains", _contained)
_before(specifiers.SpecifierSet, "contains", _contained)
_before(specifiers.SpecifierSet, "__init__", lambda self, specifiers="", prereleases=None:
        _note(op="specifier.contains", specifier=_plain(specifiers), version="1.0", prereleases=prereleases))
_before(requirements.Requirement, "__init__", lambda self, text: _note(op="requirement.parse", requirement=_plain(text)))
_before(markers.Marker, "evaluate", _evaluated)
_before(utils, "canonicalize_name", lambda name, **kwargs: _note(op="name.normalize", name=_plain(name)))
_before(utils, "parse_wheel_filename", lambda filename, **kwargs: _note(op="wheel.parse", filename=_plain(filename)))
'''


def recorded_questions(folder):
    """What the tests of the installed version ask, each question once."""
    version = importlib.metadata.version("packaging")
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                    "--no-binary", "packaging", "--dest", folder, f"packaging=={version}"], check=True)
    with tarfile.open(next(folder.glob("packaging-*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    tree = folder / f"packaging-{version}"
    (tree / "assay_recorder.py").write_text(RECORDER)
    questions = folder / "questions.jsonl"
    run = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "assay_recorder", "-p", "no:cacheprovider", "tests"],
                         cwd=tree, env={**os.environ, "ASSAY_QUESTIONS": str(questions), "PYTHONPATH": str(tree)},
                         stdout=subprocess.PIPE, text=True)
    print(run.stdout.strip().splitlines()[-1])
    return [json.loads(line) for line in questions.read_text().splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True, help="the command that answers")
    parser.add_argument("--show", type=int, default=10, help="disagreements to print an operation")
    options = parser.parse_args()
    warnings.simplefilter("ignore")

    with tempfile.TemporaryDirectory() as folder:
        questions = recorded_questions(pathlib.Path(folder))
    tallies = collections.defaultdict(Tally)
    for start in range(0, len(questions), BATCH):
        batch = questions[start:start + BATCH]
        for question, given in zip(batch, ask(options.program, batch)):
            tally = tallies[question["op"]]
            expected = compare(question, given, tally)
            if expected and tally.disagreements <= options.show:
                print(f"{json.dumps(question)}\n  packaging: {json.dumps(expected)}\n  assay:     {json.dumps(given)}")
    for op, tally in sorted(tallies.items()):
        print(f"{op:20} {tally.answered:8} answered {tally.refused:8} refused "
              f"{tally.unanswerable:6} not comparable {tally.disagreements:6} disagreements")
    return 1 if any(tally.disagreements for tally in tallies.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
