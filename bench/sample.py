#!/usr/bin/env python3
"""A random sample of findings to be judged by hand: docs/explanation/precision.md tells what came of it.

    assay check TREES/*/* --format json --min medium --confidence medium > FINDINGS
    python3 bench/sample.py FINDINGS COUNT

Files that do not ship are left out. `--beyond N` leaves out what a sample of N takes, and `--without
TEXT` paths with TEXT in them: to look further where one folder fills the first sample. `--seed` draws another sample. `--each N` takes N findings of a package at
most, so that one package does not fill the sample; a path begins with the package's own folder then.
"""

import argparse
import itertools
import json
import pathlib
import random

SEED = 20261127


def place(finding):
    return finding["path"], finding["line"], finding["column"], finding["rule"]


def sample(findings, count, seed):
    return sorted(random.Random(seed).sample(findings, count), key=place)


def of_each_package(findings, most, seed):
    by_package = itertools.groupby(findings, lambda one: one["path"].split("/")[0])
    taken = []
    for _, group in by_package:
        own = list(group)
        taken += sample(own, min(most, len(own)), seed)
    return taken


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("findings", type=pathlib.Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--beyond", type=int, default=0)
    parser.add_argument("--without")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--each", type=int, help="at most so many findings of a package, drawn by the seed")
    asked = parser.parse_args()
    found = [json.loads(line) for line in asked.findings.read_text().splitlines() if line]
    found = sorted((one for one in found if one["role"] not in ("test", "docs", "example", "tool")), key=place)
    taken = {place(one) for one in sample(found, asked.beyond, asked.seed)}
    left = [one for one in found
            if place(one) not in taken and not (asked.without and asked.without in one["path"])]
    if asked.each:
        left = of_each_package(left, asked.each, asked.seed)
    for one in sample(left, asked.count, asked.seed):
        print(f"{one['path']}:{one['line']}", one["rule"], one["severity"], one["confidence"], sep="\t")


if __name__ == "__main__":
    main()
