#!/usr/bin/env python3
"""The corpus of the examination's measurements: 44 source distributions, by name and hash (corpus.txt).

    python3 bench/corpus.py FOLDER        # FOLDER/sdists/* and FOLDER/trees/NAME-VERSION/…

Fetches what is missing from the index that pip is set up for, checks each hash, and unpacks without
running anything. `--pin` writes the list anew from the index: only when it is changed. `--list` takes
another list: unseen.txt and unseen2.txt have packages that no rule was tuned on when they were chosen,
tuned.txt some on which rules were tuned.
"""

import argparse
import functools
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import urllib.parse
import urllib.request
import zipfile

PINS = pathlib.Path(__file__).with_name("corpus.txt")


@functools.cache
def index():
    """pip's own answer: its configuration, else what it has built in."""
    set_up = subprocess.run([sys.executable, "-m", "pip", "config", "get", "global.index-url"],
                            capture_output=True, text=True)
    if set_up.returncode == 0 and set_up.stdout.strip():
        return set_up.stdout.strip().rstrip("/")
    program = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True,
                          check=True).stdout.strip().rstrip("/")


def files_of(name):
    request = urllib.request.Request(f"{index()}/{name}/", headers={
        "Accept": "application/vnd.pypi.simple.v1+json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        page = json.load(answer)
        return [dict(file, url=urllib.parse.urljoin(answer.url, file["url"])) for file in page["files"]]


def is_sdist_of(filename, name, version):
    stem = re.escape(name).replace("\\-", "[-_.]") + "-" + re.escape(version) + r"\.(tar\.gz|zip)"
    return re.fullmatch(stem, filename, re.I)


def sdist_of(name, version):
    return next(file for file in files_of(name) if is_sdist_of(file["filename"], name, version))


def pins(listing):
    for line in listing.read_text().split("\n"):
        if line and not line.startswith("#"):
            requirement, digest = line.split()
            yield (*requirement.split("=="), digest.removeprefix("sha256:"))


def pin(listing):
    given = listing.read_text().split("\n")
    heading = [line for line in given if line.startswith("#")]
    listed = [line.split()[0] for line in given if line and not line.startswith("#")]
    lines = [f"{one} sha256:{sdist_of(*one.split('=='))['hashes']['sha256']}" for one in listed]
    listing.write_text("\n".join(heading + lines) + "\n")


def fetch(folder, name, version, digest):
    known = [file for file in folder.glob("*") if is_sdist_of(file.name, name, version)
             and hashlib.sha256(file.read_bytes()).hexdigest() == digest]
    if known:
        return known[0]
    file = sdist_of(name, version)
    with urllib.request.urlopen(file["url"], timeout=120) as answer:
        content = answer.read()
    if hashlib.sha256(content).hexdigest() != digest:
        sys.exit(f"{file['filename']} is not the file that the list names")
    place = folder / file["filename"]
    place.write_bytes(content)
    return place


def unpack(archive, folder):
    if folder.exists():
        return
    made = folder.with_name(folder.name + ".part")
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(made)
    else:
        with tarfile.open(archive) as opened:
            opened.extractall(made, filter="data")
    made.rename(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, nargs="?")
    parser.add_argument("--pin", action="store_true")
    parser.add_argument("--list", type=pathlib.Path, default=PINS)
    asked = parser.parse_args()
    if asked.pin:
        return pin(asked.list)
    for part in ("sdists", "trees"):
        (asked.folder / part).mkdir(parents=True, exist_ok=True)
    for name, version, digest in pins(asked.list):
        archive = fetch(asked.folder / "sdists", name, version, digest)
        unpack(archive, asked.folder / "trees" / f"{name}-{version}")
        print(f"{name} {version}", flush=True)


if __name__ == "__main__":
    main()
