#!/usr/bin/env python3
"""What an examination of the corpus costs: CPU seconds and peak memory of `assay check`, cold, warm, on
one thread and on two, beside other scanners in the same run.

    bench/examine.py CORPUS [--assay out/release/assay] [--tools VENV] [--part NAME] [--times N]

CORPUS is the folder that bench/corpus.py made. VENV is a virtual environment with ruff, bandit and
detect-secrets; programs on PATH are taken else, and what is missing is said. bandit and detect-secrets
are slow: they look at one tree only (--part, default django-4.2.7), and MB/s compare them. The latest
figures stand in docs/explanation/examination.md.
"""

import argparse
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time


def bytes_below(folder, ending=""):
    return sum(file.stat().st_size for file in folder.rglob("*" + ending) if file.is_file() and not file.is_symlink())


def measured(command, output=subprocess.DEVNULL, longest=None):
    """Wall and CPU seconds, peak resident MB, exit code, of the command and its children. It is ended after
    `longest` wall seconds: then the code is negative."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    child = subprocess.Popen([str(part) for part in command], stdout=output, stderr=subprocess.DEVNULL)
    end = threading.Timer(longest, child.kill) if longest else None
    if end:
        end.start()
    _, status, used = os.wait4(child.pid, 0)
    if end:
        end.cancel()
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, used.ru_maxrss / 1024, child.returncode


def least(times, run):
    """Of several runs the one with the fewest CPU seconds: other work on the machine only adds to them."""
    return min((run() for _ in range(times)), key=lambda result: result[1])


def row(name, size, result, note=""):
    wall, cpu, memory, code = result
    rate = size / 1e6 / cpu if cpu > 0 else 0
    print(f"| {name} | {size / 1e6:.0f} | {cpu:.2f} | {wall:.2f} | {rate:.1f} | {memory:.0f} | {code} | {note} |", flush=True)


def tool(name, folder):
    own = folder / "bin" / name if folder else None
    return own if own and own.exists() else shutil.which(name)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("--assay", default="out/release/assay")
    parser.add_argument("--tools", type=pathlib.Path)
    parser.add_argument("--part", default="django-4.2.7")
    parser.add_argument("--times", type=int, default=3, help="runs of assay for each row, of which the lowest counts")
    parser.add_argument("--longest", type=float, default=3600, help="wall seconds that another tool is given")
    asked = parser.parse_args()
    trees = asked.corpus / "trees"
    part = trees / asked.part
    whole, python, part_size = bytes_below(trees), bytes_below(trees, ".py"), bytes_below(part)

    print("| what | MB | CPU s | wall s | MB/CPU s | peak MB | exit | |\n|---|---|---|---|---|---|---|---|")
    check = [asked.assay, "check", trees, "--quiet"]
    measured([*check, "--no-cache"])  # the files are in the page cache for all
    for threads, words in ((2, "two threads"), (1, "one thread")):
        row(f"assay check, cold, {words}", whole,
            least(asked.times, lambda: measured([*check, "-j", threads, "--no-cache"])))
    with tempfile.TemporaryDirectory() as kept:
        folders = iter(pathlib.Path(kept) / str(i) for i in range(asked.times))
        row("assay check, cold, two threads, kept", whole,
            least(asked.times, lambda: measured([*check, "-j", 2, "--cache", next(folders)])))
        time.sleep(3)
        warm = [*check, "-j", 2, "--cache", pathlib.Path(kept) / "0"]
        row("assay check, warm", whole, least(asked.times, lambda: measured(warm)))
        with open(pathlib.Path(kept) / "out.jsonl", "wb") as lines:
            row("assay check, warm, JSON of everything", whole, measured([*warm, "--format", "json"], lines))
    row("sha256sum of every file", whole, measured(["sh", "-c", 'find "$0" -type f -print0 | xargs -0 sha256sum', trees]),
        "what reading and hashing alone cost here: compares machines")
    others = [
        ("ruff", python, ["check", "--select", "S", "--isolated", "--no-cache", "--exit-zero", "--quiet", trees], "its rules S"),
        ("kingfisher", whole, ["scan", trees, "--no-validate", "--no-extract-archives", "--no-update-check"], ""),
        ("gitleaks", whole, ["dir", trees, "--no-banner", "--exit-code", "0"], ""),
        ("bandit", part_size, ["-r", part, "-q", "--exit-zero", "-f", "json"], asked.part),
        ("detect-secrets", part_size, ["-C", part, "scan", "--all-files", "--no-verify", "."], asked.part),
    ]
    for name, size, arguments, note in others:
        program = tool(name, asked.tools)
        if program is None:
            print(f"| {name} | | | | | | | not on this machine |")
            continue
        result = measured([program, *arguments], longest=asked.longest)
        row(name, size, result, "did not end" if result[3] < 0 else note)


if __name__ == "__main__":
    sys.exit(main())
