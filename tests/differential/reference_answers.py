"""What the reference implementation, `packaging`, answers to the questions of `assay debug`."""

import contextlib
import functools
import sys
from unittest import mock

from packaging import _manylinux, _musllinux, tags
from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

REFUSALS = (
    InvalidVersion, InvalidSpecifier, InvalidRequirement, InvalidMarker, InvalidWheelFilename,
    UndefinedComparison, UndefinedEnvironmentName, tags.InvalidTag)

# Numbers of versions have any length; Python bounds their text unless it is told not to.
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)


class NoAnswer(Exception):
    """The reference implementation itself fails on the question."""


def answer(question):
    try:
        return {"ok": True, **ANSWERS[question["op"]](question)}
    except REFUSALS:
        return {"ok": False}


def parse_version(question):
    return {"normalized": str(Version(question["version"]))}


def compare_versions(question):
    a, b = Version(question["a"]), Version(question["b"])
    return {"order": (a > b) - (a < b)}


def contains(question):
    specifiers = SpecifierSet(question["specifier"])
    prereleases = question["prereleases"]
    return {"contains": specifiers.contains(question["version"], prereleases=prereleases)}


def parse_requirement(question):
    requirement = Requirement(question["requirement"])
    try:
        marker = str(requirement.marker) if requirement.marker else None
        if marker and str(Marker(marker)) != marker:
            raise NoAnswer("it prints a string that means another one")
    except (ValueError, InvalidMarker) as error:  # it can't print a string, or not read what it printed
        raise NoAnswer from error
    return {"name": requirement.name, "extras": sorted(requirement.extras),
            "specifier": str(requirement.specifier), "marker": marker, "url": requirement.url}


def evaluate_marker(question):
    return {"result": Marker(question["marker"]).evaluate(question["environment"])}


def normalize_name(question):
    return {"normalized": canonicalize_name(question["name"])}


def parse_wheel_name(question):
    name, version, build, wheel_tags = parse_wheel_filename(question["filename"])
    written_build = question["filename"].split("-")[2] if build else ""
    return {"name": name, "version": str(version), "build": written_build,
            "tags": sorted(map(str, wheel_tags))}


def is_tag_supported(question):
    asked = tags.parse_tag(question["tag"])
    environment = question["environment"]
    return {"supported": not asked.isdisjoint(
        supported_tags(environment["python"], environment["platform"], environment["libc"]))}


@functools.lru_cache(maxsize=None)
def supported_tags(python, platform, libc):
    """The tags of an interpreter that is not the running one, whose facts are put in its place."""
    version = tuple(map(int, python.split(".")))
    libc_name, _, libc_version = libc.partition("-")
    libc_numbers = tuple(map(int, libc_version.split("."))) if libc else (-1, -1)
    glibc = libc_numbers if libc_name == "glibc" else (-1, -1)
    musl = _musllinux._MuslVersion(*libc_numbers) if libc_name == "musl" else None
    kind, _, rest = platform.partition("-")
    system = {"linux": "Linux", "macosx": "Darwin"}.get(kind, "OS/390")
    mac_version, _, mac_arch = rest.partition("-")
    _manylinux._get_glibc_version.cache_clear()
    with contextlib.ExitStack() as stack:
        for target, value in [
            ("platform.system", system),
            ("platform.mac_ver", (mac_version, ("", "", ""), mac_arch)),
            ("sysconfig.get_platform", platform),
            ("packaging._manylinux._get_glibc_version", _manylinux._GLibCVersion(*glibc)),
            ("packaging._manylinux._have_compatible_abi", True),
            ("packaging._musllinux._get_musl_version", musl),
        ]:
            stack.enter_context(mock.patch(target, return_value=value))
        variables = {"Py_DEBUG": 0, "Py_GIL_DISABLED": 0}
        stack.enter_context(mock.patch(
            "packaging.tags._get_config_var", lambda name, warn=False: variables.get(name)))
        interpreter = "cp" + python.replace(".", "")
        return frozenset(tags.cpython_tags(version)) | frozenset(
            tags.compatible_tags(version, interpreter=interpreter))


ANSWERS = {
    "version.parse": parse_version,
    "version.compare": compare_versions,
    "specifier.contains": contains,
    "requirement.parse": parse_requirement,
    "marker.evaluate": evaluate_marker,
    "name.normalize": normalize_name,
    "wheel.parse": parse_wheel_name,
    "tag.supported": is_tag_supported,
}
