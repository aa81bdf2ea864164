#!/usr/bin/env python3
"""Asks `assay debug` and the Python library `packaging` the same random questions.

    python3 tests/differential/packaging_differential.py --program "out/dev/assay debug"

Needs `packaging` (pip install packaging). Prints a line an operation and the first disagreements;
exits 0 if there are none. Equal seeds ask equal questions.
"""

import argparse
import collections
import importlib.metadata
import itertools
import json
import random
import sys
import warnings

from asking import BATCH, Tally, ask
from generated_questions import OPERATIONS, generate
from reference_answers import NoAnswer, answer


def compare(question, given, tally):
    """Counts one answer; returns what was expected if it disagrees."""
    try:
        expected = answer(question)
    except NoAnswer:
        tally.unanswerable += 1
        return None
    if expected["ok"]:
        tally.answered += 1
    else:
        tally.refused += 1
    if given == expected:
        return None
    tally.disagreements += 1
    return expected


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True, help="the command that answers")
    parser.add_argument("--count", type=int, default=5000, help="questions an operation")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--op", action="append", choices=OPERATIONS, help="default: all")
    parser.add_argument("--show", type=int, default=10, help="disagreements to print an operation")
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # of Python, about escapes in the markers' strings

    operations = options.op or OPERATIONS
    questions = itertools.islice(
        generate(random.Random(options.seed), operations), options.count * len(operations))
    tallies = collections.defaultdict(Tally)
    while batch := list(itertools.islice(questions, BATCH)):
        for question, given in zip(batch, ask(options.program, batch)):
            tally = tallies[question["op"]]
            expected = compare(question, given, tally)
            if expected and tally.disagreements <= options.show:
                print(f"{json.dumps(question)}\n  packaging: {json.dumps(expected)}"
                      f"\n  assay:     {json.dumps(given)}")

    print(f"packaging {importlib.metadata.version('packaging')}, seed {options.seed}")
    for op in operations:
        tally = tallies[op]
        print(f"{op:20} {tally.answered:8} answered {tally.refused:8} refused "
              f"{tally.unanswerable:6} not comparable {tally.disagreements:6} disagreements")
    return 1 if any(tally.disagreements for tally in tallies.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
