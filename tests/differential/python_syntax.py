#!/usr/bin/env python3
"""Compares assay's Python front end with CPython's `tokenize` and `ast`, file by file.

    python3 tests/differential/python_syntax.py --program out/dev/python_syntax_dump FOLDER…

Reads every *.py and *.pyi file below the folders. A file that this Python refuses must have a problem
in assay, and the other way round. Prints the counts, and the disagreements by kind; exits 0 if there
are none.
"""

import argparse
import collections
import os
import pathlib
import subprocess
import sys
import time
import warnings

from python_ast_form import ast_form
from python_token_form import token_form


class Program:
    """The dump program, which answers a path with the canonical form of what stands there."""

    def __init__(self, program, mode):
        if mode == "ast" and sys.version_info < (3, 12):
            mode = "ast-before-3.12"
        self.process = subprocess.Popen([program, mode], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, path):
        self.process.stdin.write(os.fsencode(path) + b"\n")
        self.process.stdin.flush()
        out = self.process.stdout
        count, old, size = map(int, out.readline().split())
        problems = [out.readline().decode("utf-8", "replace").rstrip("\n") for _ in range(count)]
        return problems, old, out.read(size).decode("utf-8", "surrogateescape")


def first_difference(ours, theirs):
    """What differs, as a short kind, and the two places."""
    a, b = ours.split("\n"), theirs.split("\n")
    for line, (x, y) in enumerate(zip(a, b)):
        if x != y:
            return f"{x.split(' ')[0]} / {y.split(' ')[0]}", f"line {line}: ours {x!r}, theirs {y!r}"
    return "length", f"{len(a)} / {len(b)} lines; ours {a[len(b):][:1]}, theirs {b[len(a):][:1]}"


def python_files(folders):
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("*")):
            if path.suffix in (".py", ".pyi") and path.is_file() and not path.is_symlink():
                yield path


class Tally:
    def __init__(self, name):
        self.name = name
        self.counts = collections.Counter()
        self.kinds = collections.defaultdict(list)

    def disagree(self, kind, path, text):
        self.counts["files disagreed"] += 1
        self.kinds[kind].append(f"{path}: {text}")

    def compare(self, path, answer, reference):
        """`reference` gives the canonical form and how many parts it has, or raises SyntaxError."""
        problems, old, ours = answer
        try:
            theirs, parts = reference()
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self.counts["files that CPython refuses"] += 1
            if not problems and self.name == "ast":  # to the lexer alone, most of it is fine
                self.disagree(f"only CPython refuses: {type(error).__name__}", path, error)
            elif old:
                self.counts["of them Python 2's"] += 1
            return
        if problems:
            self.disagree("only assay refuses: " + problems[0].split(" ", 1)[1], path, problems[0])
        elif ours != theirs:
            self.disagree(*(lambda kind, text: (kind, path, text))(*first_difference(ours, theirs)))
        else:
            self.counts["files agreed"] += 1
            self.counts["parts agreed"] += parts

    def tell(self, show):
        print(f"{self.name}: " + ", ".join(f"{count} {what}" for what, count in sorted(self.counts.items())))
        for kind, places in sorted(self.kinds.items(), key=lambda item: -len(item[1])):
            print(f"  {len(places)} × {kind}")
            for place in places[:show]:
                print(f"      {place}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--program", required=True)
    parser.add_argument("--show", type=int, default=5, help="disagreements to print a kind")
    parser.add_argument("--only", choices=["ast", "tokens"])
    parser.add_argument("--every", type=int, default=1, help="take each so many-th file only")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20000)
    modes = [options.only] if options.only else ["tokens", "ast"]
    programs = {mode: Program(options.program, mode) for mode in modes}
    tallies = {mode: Tally(mode) for mode in modes}
    forms = {"tokens": token_form, "ast": ast_form}
    began, size = time.time(), 0
    for number, path in enumerate(python_files(options.folders)):
        if number % options.every:
            continue
        source = path.read_bytes()
        size += len(source)
        for mode in modes:
            tallies[mode].compare(path, programs[mode].ask(path), lambda: forms[mode](source))
    print(f"{size / 1e6:.1f} MB, CPython {sys.version.split()[0]}, {time.time() - began:.0f} s")
    for tally in tallies.values():
        tally.tell(options.show)
    return any(tally.kinds for tally in tallies.values())


if __name__ == "__main__":
    sys.exit(main())
