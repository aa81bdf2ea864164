#!/usr/bin/env python3
"""What it costs to look for copied code, by how many origins are known: CPU seconds to learn an origin,
to look at a package for the first time, and again.

Usage: bench/copies.py [ASSAY [COUNT…]]   (default: out/release/assay 10 100 1000)
The origins are made here: 100 KB of Python each, in versions that differ a little. The package is a
copy of one of them, beside as much code of its own.
"""
import io
import pathlib
import random
import resource
import subprocess
import sys
import tarfile
import tempfile

program = sys.argv[1] if len(sys.argv) > 1 else "out/release/assay"
counts = [int(count) for count in sys.argv[2:]] or [10, 100, 1000]
VERSIONS = 5  # of each project
FILES = 20


def function(words, name):
    def expression():
        return f"{words.choice(NAMES)}({words.choice(NAMES)}, {words.choice(NAMES)} + {words.choice(NAMES)})"
    return f"def {name}(first, second):\n" + "".join(
        f"    {words.choice(NAMES)} = {expression()}\n" for _ in range(12)) + "    return first\n\n\n"


def module(seed):
    words = random.Random(seed)
    return "".join(function(words, words.choice(NAMES)) for _ in range(8))


def project(number, version):
    """One file of each version is its own."""
    return {f"p{number}/m{i}.py": module(f"{number} {i} {version if i == version else ''}")
            for i in range(FILES)}


def sdist(folder, name, version, files):
    path = folder / f"{name}-{version}.tar.gz"
    files = {**files, "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"}
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for file, text in files.items():
            info = tarfile.TarInfo(f"{name}-{version}/{file}")
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return path


def cpu_seconds(*arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([program, "origins", *map(str, arguments)], capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{program} origins {arguments[0]} ended with {done.returncode}: {done.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


letters = random.Random(0)
NAMES = ["".join(letters.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(3000)]

with tempfile.TemporaryDirectory(prefix="assay-bench-") as made:
    folder = pathlib.Path(made)
    store = folder / "store"
    copied = {f"own/_vendor/{path}": text for path, text in project(3, 2).items()}
    own = {f"own/m{i}.py": module(f"own {i}") for i in range(FILES)}
    package = sdist(folder, "own", "1.0", {**copied, **own})
    print(f"{'origins':>8}{'learn one s':>14}{'first look s':>14}{'again s':>10}")
    known = 0
    for count in sorted(counts):
        paths = [sdist(folder, f"p{n // VERSIONS}", n % VERSIONS, project(n // VERSIONS, n % VERSIONS))
                 for n in range(known, count)]
        learning, _ = cpu_seconds("add", *paths, "--store", store)
        first, found = cpu_seconds("find", package, "--store", store)
        again, _ = cpu_seconds("find", package, "--store", store)
        if count > 3 * VERSIONS + 2 and "a copy of p3 2: 100 %" not in found:
            sys.exit(f"the copy was not found:\n{found}")
        print(f"{count:8}{learning / (count - known):14.4f}{first:14.3f}{again:10.3f}")
        known = count
