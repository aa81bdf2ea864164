#pragma once

namespace assay {

// The program that calls one hook of a build back end (PEP 517) inside the sandbox:
//   driver.py HOOK BACKEND ANSWER FOLDER [BACKEND-PATH…]
// with the source tree as its current folder. It writes {"value": …} into the file ANSWER; whatever
// keeps it from that ends in a traceback and exit code 1. Any Python from 3.8 on.
inline constexpr const char* hook_driver = R"(
import importlib
import json
import os
import sys
import zipfile


def load(name, backend_path):
    """The back end's object; from inside the tree if the tree says so (PEP 517, backend-path)."""
    folders = [os.path.abspath(folder) for folder in backend_path]
    sys.path[:1] = folders  # instead of this file's own folder
    module, _, attributes = name.partition(":")
    found = importlib.import_module(module)
    if folders:
        origin = os.path.realpath(getattr(found, "__file__", None) or "")
        if not any(origin.startswith(os.path.realpath(f) + os.sep) for f in folders):
            raise ImportError("the back end %s does not come from its backend-path" % module)
    for attribute in filter(None, attributes.split(".")):
        found = getattr(found, attribute)
    return found


def metadata(backend, folder):
    """The text of METADATA; out of the wheel where the back end can't tell it before (PEP 517)."""
    prepare = getattr(backend, "prepare_metadata_for_build_wheel", None)
    if prepare:
        with open(os.path.join(folder, prepare(folder), "METADATA"), encoding="utf-8") as file:
            return file.read()
    with zipfile.ZipFile(os.path.join(folder, backend.build_wheel(folder))) as wheel:
        [path] = [p for p in wheel.namelist() if p.count("/") == 1 and p.endswith(".dist-info/METADATA")]
        return wheel.read(path).decode("utf-8")


def call(hook, backend, folder):
    if hook == "build_wheel":
        return backend.build_wheel(folder)
    if hook == "prepare_metadata_for_build_wheel":
        return metadata(backend, folder)
    # Optional; a back end without it needs nothing more.
    asked = getattr(backend, "get_requires_for_build_wheel", None)
    return list(asked()) if asked else []


def main(hook, name, answer, folder, *backend_path):
    value = call(hook, load(name, backend_path), folder)
    with open(answer, "w", encoding="utf-8") as file:
        json.dump({"value": value}, file)


main(*sys.argv[1:])
)";

}  // namespace assay
