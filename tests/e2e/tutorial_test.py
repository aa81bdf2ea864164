"""Walks through docs/tutorials/a-whole-curation.md: types its commands, one after the other, and compares
what they print with what the page shows.

A ```console block has commands after `$ `, their further lines after `> `, and what is printed. On the
page … stands for anything: alone on a line for any number of lines, else for some text. What differs
from day to day and from machine to machine is compared by its form only, see `plain`.

    ASSAY_BIN=out/release/assay python3 tests/e2e/tutorial_test.py --update

writes what was really printed into the blocks that differ, for a person to read and to cut."""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from third_party import NO_INDEX, skip

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "tutorials" / "a-whole-curation.md"
ASSAY = pathlib.Path(os.environ.get("ASSAY_BIN", ROOT / "out" / "dev" / "assay")).resolve()

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# What no two runs have alike, and the word that takes its place before lines are compared.
VARIES = [
    (re.compile(pattern), word)
    for pattern, word in (
        (r"\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?", "DAY"),
        (r"\b([0-9a-f]{40,64}|[0-9a-f]{12})\b", "DIGEST"),
        (r"(?<=\+patched\.)[0-9a-f]{8}", "DIGEST"),
        (r"\b(\d+ h )?(\d+ min )?\d+(\.\d+)? m?s\b", "TIME"),
        (r"\b[\d.]+ (KB|MB|KiB|MiB)\b", "SIZE"),
        (r"\b\d+ requests?\b", "N requests"),
        (r"\b\d+ days? old\b", "N days old"),
        # Hosts differ in what upstream's tests can do there; a new failure holds the package and is seen.
        (r"\b\d+ (passed|skipped)\b", r"N \1"),
        (r"\b3\.\d\d(?=\D)", "PYTHON"),
        (r"\bcp?y?t?h?o?n?-?3\d\d\b", "PYTHON"),
        (r" {2,}", "  "),
    )
]


def plain(line):
    for pattern, word in VARIES:
        line = pattern.sub(word, line)
    return line.rstrip()


def agree(shown, printed):
    """Whether the lines of the page stand for those that were printed."""
    pattern = ""
    for line in shown:
        if line == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(part) for part in plain(line).split("…")) + r"\n"
    return re.fullmatch(pattern, "".join(plain(line) + "\n" for line in printed)) is not None


class Step:
    """A command of the page, and what the page says it prints."""

    def __init__(self, command, line):
        self.command = command
        self.line = line
        self.shown = []


def steps_of(block, first_line):
    steps = []
    for number, line in enumerate(block.splitlines(), first_line):
        if line.startswith("$ "):
            steps.append(Step(line[2:], number))
        elif not steps:
            raise ValueError(f"{PAGE.name}:{number}: a console block begins with a command")
        elif line.startswith("> ") and not steps[-1].shown:
            steps[-1].command += "\n" + line[2:]
        else:
            steps[-1].shown.append(line)
    return steps


class Shell:
    """One bash that lives as long as the walk, as a reader's terminal does."""

    END = "== that was it =="

    def __init__(self, folder, environment):
        self.process = subprocess.Popen(["bash", "--noprofile", "--norc"], cwd=folder, env=environment, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        start_new_session=True)

    def run(self, command):
        self.process.stdin.write(f"{command}\necho; echo '{self.END}'\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line.rstrip("\n") == self.END:
                # The empty line before the end is ours, unless it ends one that was not ended.
                return lines[:-1] if lines[-1] == "" else lines
            lines.append(line.rstrip("\n"))
        raise AssertionError(f"the shell ended in: {command}")

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def environment_for(home, store):
    """A new user's: no configuration but pip's, which says where the index is."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("XDG_", "ASSAY_", "GIT_")) and name not in ("LC_ALL", "LANGUAGE")}
    asked = subprocess.run([sys.executable, "-m", "pip", "config", "debug"], capture_output=True, text=True).stdout
    files = re.findall(r"^ +(\S+), exists: True$", asked, re.MULTILINE)
    if files and "PIP_CONFIG_FILE" not in kept:
        kept["PIP_CONFIG_FILE"] = files[-1]
    kept |= {"HOME": str(home), "PATH": f"{ASSAY.parent}:{kept['PATH']}", "LANG": "C.UTF-8", "TERM": "dumb",
             "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    if store:
        kept["ASSAY_STORE"] = store
    return kept


def walk(store=None, update=False):
    """The differences between the page and what happened, as texts."""
    text = PAGE.read_text()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-tutorial-"))
    try:
        home = folder / "home"
        home.mkdir()
        # A fresh clone has no releases and no keys in its examples.
        shutil.copytree(ROOT / "examples", folder / "assay" / "examples",
                        ignore=shutil.ignore_patterns("releases", "release-key.pub"))
        shell = Shell(folder / "assay", environment_for(home, store))
        differences = []

        def walked(match):
            block = ""
            for step in steps_of(match[1], text.count("\n", 0, match.start()) + 2):
                printed = [line.replace(str(folder / "assay"), "~/assay").replace(str(home), "~")
                           for line in shell.run(step.command)]
                block += "$ " + step.command.replace("\n", "\n> ") + "\n"
                if agree(step.shown, printed):
                    block += "".join(line + "\n" for line in step.shown)
                    continue
                block += "".join(line + "\n" for line in printed)
                differences.append(f"{PAGE.name}:{step.line}: $ {step.command}\n"
                                   + "\n".join(["--- the page shows", *step.shown, "--- printed was", *printed]))
                if not update:
                    raise AssertionError(differences[0])  # what follows stands on this
            return f"```console\n{block}```"

        try:
            new = BLOCK.sub(walked, text)
        finally:
            shell.close()
        if update:
            PAGE.write_text(new)
        return differences
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def index_is_out_of_reach():
    """By what pip says; anything else that goes wrong is for the walk to show."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--retries", "1",
                               "--dest", folder, "itsdangerous==2.2.0"], capture_output=True, text=True)
    return done.returncode != 0 and NO_INDEX.search(done.stdout + done.stderr)


class TutorialTest(unittest.TestCase):
    def test_the_page_tells_the_difference(self):
        self.assertTrue(agree(["…", "published: release 1 in …", "3 s, 1 s CPU"],
                              ["a", "", "published: release 1 in there", "1 min 4.5 s, 9 s CPU"]))
        self.assertTrue(agree([], []))
        self.assertFalse(agree(["published: release 1"], ["published: release 2"]))
        self.assertFalse(agree([], ["an error"]))
        self.assertFalse(agree(["…", "1 failed", "…"], ["all is well"]))

    def test_every_command_prints_what_the_page_shows(self):
        if index_is_out_of_reach():
            skip("the index that pip is set up for can't be reached, and the walk takes packages from it")
        walk()


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--update", action="store_true")
    options.add_argument("--store", help="a store that is kept between walks")
    chosen, rest = options.parse_known_args()
    if chosen.update:
        print("\n\n".join(walk(chosen.store, update=True)) or "the page is true")
    else:
        unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
