#!/usr/bin/env python3
"""MB/s of the lexer and the parser of Python, alone, beside CPython's own `ast.parse`.

    cmake --preset release && cmake --build --preset release --target python_front_end
    python3 bench/corpus.py FOLDER
    python3 bench/python_front_end.py --program out/release/python_front_end FOLDER/trees

CPU seconds of one core, files in memory, the best of three runs; CPython reads each so many-th file.
"""

import argparse
import ast
import json
import pathlib
import subprocess
import sys
import time
import warnings


def cpython(paths):
    size, seconds = 0, 0.0
    for path in paths:
        source = path.read_bytes()
        began = time.process_time()
        try:
            ast.parse(source)
        except (SyntaxError, ValueError):
            pass
        seconds += time.process_time() - began
        size += len(source)
    return size / 1e6 / seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--program", required=True)
    parser.add_argument("--every", type=int, default=20, help="of CPython: take each so many-th file")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    paths = [path for path in sorted(options.folder.rglob("*.py")) if path.is_file() and not path.is_symlink()]
    names = "".join(f"{path}\n" for path in paths)
    runs = [json.loads(subprocess.run([options.program], input=names, capture_output=True, text=True,
                                      check=True).stdout) for _ in range(3)]
    print(f"{runs[0]['files']} files, {runs[0]['megabytes']:.0f} MB")
    for part, unit in (("lexer", "tokens"), ("parser", "nodes")):
        best = min((run[part] for run in runs), key=lambda each: each["cpu_seconds"])
        print(f"{part:<8} {best['megabytes_a_second']:7.0f} MB/s  {best['cpu_seconds']:.3f} s  "
              f"{best[unit]} {unit}, {best['files_with_problems']} files with problems")
    print(f"CPython  {cpython(paths[::options.every]):7.1f} MB/s  (ast.parse of {sys.version.split()[0]})")


if __name__ == "__main__":
    main()
