#!/usr/bin/env python3
"""Asks `assay debug` and the Python library `cvss` for the scores of the same vectors.

    python3 tests/differential/cvss_differential.py --program "out/dev/assay debug"

Needs `cvss` (pip install cvss). Asks for every vector of base metrics of each version, for random ones
with any metrics in any order, for random ones with a fault, and, with --vectors, for those in the files
vectors_* of a folder, such as `tests` of the library's repository. Prints a line for each lot and the
first disagreements; exits 0 if there are none. Equal seeds ask equal questions.
"""

import argparse
import importlib.metadata
import itertools
import pathlib
import random
import sys

from cvss import CVSS2, CVSS3, CVSS4
from cvss import constants2, constants3, constants4
from cvss.exceptions import CVSSError

from asking import BATCH, Tally, ask

VERSIONS = {
    "2.0": ("", constants2, constants2.METRICS_VALUES),
    "3.0": ("CVSS:3.0/", constants3, constants3.METRICS_VALUES),
    "3.1": ("CVSS:3.1/", constants3, constants3.METRICS_VALUES),
    "4.0": ("CVSS:4.0/", constants4, constants4.METRICS_VALUE_NAMES),
}


def expected(vector):
    """What the library says, in the form of `assay debug`."""
    try:
        if vector.startswith("CVSS:4"):
            return {"ok": True, "score": CVSS4(vector).scores()[0]}
        scores = (CVSS3 if vector.startswith("CVSS:3") else CVSS2)(vector).scores()
    except CVSSError:
        return {"ok": False}
    return {"ok": True, **dict(zip(("base", "temporal", "environmental"), scores))}


def base_vectors(version):
    prefix, constants, values = VERSIONS[version]
    metrics = [[f"{metric}:{value}" for value in values[metric]] for metric in constants.METRICS_MANDATORY]
    for chosen in itertools.product(*metrics):
        yield prefix + "/".join(chosen)


def random_metrics(version, chance):
    _, constants, values = VERSIONS[version]
    density = chance.random()  # of optional metrics
    metrics = [f"{metric}:{chance.choice(list(values[metric]))}" for metric in values
               if metric in constants.METRICS_MANDATORY or chance.random() < density]
    if chance.random() < 0.5:
        chance.shuffle(metrics)
    return metrics


def random_vectors(version, chance):
    while True:
        yield VERSIONS[version][0] + "/".join(random_metrics(version, chance))


def faulty_vectors(version, chance):
    """Most have a fault; some are right by chance."""
    while True:
        metrics = random_metrics(version, chance)
        place = chance.randrange(len(metrics))
        name, value = metrics[place].split(":")
        metrics[place:place + 1] = chance.choice([
            [], [metrics[place]] * 2, [metrics[place], f"{name}:X"], [f"{name}:{value}{value}"], [f"{name}:"],
            [name], [f"{name}:{value}:"], [f":{value}"], [""], [f"{name.lower()}:{value}"],
            [f"{name}:{value.lower()}"], [f" {name}:{value}"], [f"{name}:{chance.choice('ABCDEFGHILMNOPRSTUWXYZ')}"],
            [f"{chance.choice(['ZZ', 'AU', 'Au', 'MS', 'M', 'E', 'S', 'RL', 'TD', 'AT'])}:{value}"]])
        prefix = chance.choice([VERSIONS[version][0]] * 12 + ["CVSS:3.0/", "CVSS:3.1/", "CVSS:4.0/", "CVSS:3.2/",
                                                              "CVSS:3.1", "cvss:3.1/", "CVSS:2.0/", "/", ""])
        yield prefix + "/".join(metrics) + chance.choice([""] * 9 + ["/"])


def vectors_in(folder):
    for path in sorted(folder.glob("vectors_*")):
        yield path.name, [line.split(" - ")[0] for line in path.read_text().splitlines() if line.strip()]


def compare(lot, vectors, options):
    """Asks for all of them; returns how many disagree."""
    tally = Tally()
    vectors = iter(vectors)
    while batch := list(itertools.islice(vectors, BATCH)):
        for vector, given in zip(batch, ask(options.program, [{"op": "cvss.score", "vector": one} for one in batch])):
            known = expected(vector)
            tally.answered += known["ok"]
            tally.refused += not known["ok"]
            if given != known:
                tally.disagreements += 1
                if tally.disagreements <= options.show:
                    print(f"{vector}\n  cvss:  {known}\n  assay: {given}")
    print(f"{lot:24} {tally.answered:8} scored {tally.refused:8} refused {tally.disagreements:6} disagreements")
    return tally.disagreements


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True, help="the command that answers")
    parser.add_argument("--count", type=int, default=100_000, help="random vectors of each version")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--vectors", type=pathlib.Path, help="a folder of files vectors_*")
    parser.add_argument("--show", type=int, default=10, help="disagreements to print a lot")
    options = parser.parse_args()

    print(f"cvss {importlib.metadata.version('cvss')}, seed {options.seed}")
    lots = []
    for version in VERSIONS:
        chance = random.Random(f"{options.seed} {version}")
        lots += [(f"{version} base", base_vectors(version)),
                 (f"{version} random", itertools.islice(random_vectors(version, chance), options.count)),
                 (f"{version} faulty", itertools.islice(faulty_vectors(version, chance), options.count // 10))]
    if options.vectors:
        lots += vectors_in(options.vectors)
    return 1 if sum(compare(lot, vectors, options) for lot, vectors in lots) else 0


if __name__ == "__main__":
    sys.exit(main())
