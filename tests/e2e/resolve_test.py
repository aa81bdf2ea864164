"""`assay resolve`: the versions that agree, from an index on loopback, and in plain words why there are none."""

import hashlib
import io
import json
import subprocess
import textwrap
import tomllib
import unittest
import zipfile

import third_party

from loopback import ASSAY, BACKEND, RoadTest, sdist


def wheel(name, version, requires=(), tag="py3-none-any", requires_python=None, extras=()):
    """(file name, bytes) of a wheel that has nothing but its metadata."""
    stem = f"{name.replace('-', '_')}-{version}"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Python: {requires_python}"] if requires_python else []
    lines += [f"Provides-Extra: {extra}" for extra in extras]
    lines += [f"Requires-Dist: {requirement}" for requirement in requires]
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr(f"{stem}.dist-info/METADATA", "\n".join(lines) + "\n")
    return f"{stem}-{tag}.whl", raw.getvalue()


class ResolveTest(RoadTest):
    """A test that asks `assay resolve` of the index on loopback."""

    def add(self, name, version, requires=(), **facts):
        page = {key: facts.pop(key) for key in ("yanked", "requires-python") if key in facts}
        file_name, data = wheel(name, version, requires, **facts)
        self.index.add(file_name, data)
        self.index.facts[file_name] = page

    def resolve(self, *arguments, python="3.12", platform="linux-x86_64"):
        return subprocess.run([ASSAY, "resolve", "--index", self.index.url, "--store", str(self.store), "--python",
                               python, "--platform", platform, *map(str, arguments)],
                              capture_output=True, text=True, env=self.environment())

    def versions(self, *arguments, **environment):
        done = self.resolve("--format", "json", *arguments, **environment)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return {package["name"]: package["version"] for package in json.loads(done.stdout)["packages"]}

    def why_not(self, *arguments, **environment):
        done = self.resolve("--format", "json", *arguments, **environment)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        return json.loads(done.stdout)["unsatisfiable"]

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path


class Resolve(ResolveTest):
    def test_newest_that_agree_and_lowest(self):
        self.add("app", "1.0", ["lib>=1"])
        self.add("app", "2.0", ["lib>=2,<3"])
        for version in ("1.0", "2.0", "2.5", "3.0"):
            self.add("lib", version)
        self.assertEqual(self.versions("app"), {"app": "2.0", "lib": "2.5"})
        self.assertEqual(self.versions("app", "lib<2"), {"app": "1.0", "lib": "1.0"})
        self.assertEqual(self.versions("app", "--lowest"), {"app": "1.0", "lib": "1.0"})
        done = self.resolve("app")
        self.assertEqual(done.stdout, "app 2.0\n  lib 2.5\n")
        self.assertRegex(self.resolve("lib", "--format", "requirements").stdout,
                         r"^lib==3\.0 \\\n    --hash=sha256:[0-9a-f]{64}\n$")

    def test_no_solution_is_told_step_by_step(self):
        self.add("app", "1.0", ["lib>=2"])
        self.add("tool", "3.0", ["lib<2"])
        self.add("lib", "1.0")
        self.add("lib", "2.0")
        self.assertEqual(self.why_not("app", "tool"),
                         "Because app 1.0 needs lib>=2 and tool 3.0 needs lib<2, app 1.0 and tool 3.0 exclude each "
                         "other. And because app is asked for, tool 3.0 can't be taken. And because tool is asked "
                         "for, there is no solution.")
        done = self.resolve("app", "tool")
        self.assert_said(done, 1, "assay: would help: not to ask for app", "assay: would help: not to ask for tool")
        self.assert_said(self.resolve("app", "lib<2"), 1, "would help: lib without its limit <2: lib 2.0 would be taken")
        self.assertNotIn("not to ask", self.resolve("app", "lib<2").stderr)
        self.assertIn("the index has no project nowhere", self.why_not("nowhere"))
        self.assertIn("no version of lib satisfies lib>9; there are 2.0, 1.0", self.why_not("lib>9"))
        self.assert_said(self.resolve("lib>9"), 1, "assay: lib>9 is asked for")

    def test_extras_markers_and_python(self):
        self.add("app", "1.0", ["fast; extra == 'speed'", "old; python_version < '3.12'",
                                "win; sys_platform == 'win32'", "app[speed]; extra == 'all'"], extras=["speed", "all"])
        self.add("fast", "1.0", requires_python=">=3.12")
        self.add("fast", "2.0", requires_python=">=3.13")
        self.add("fast", "3.0", **{"requires-python": ">=3.13"})
        self.add("old", "1.0")
        self.add("win", "1.0")
        self.assertEqual(self.versions("app"), {"app": "1.0"})
        self.assertEqual(self.versions("app[all]"), {"app": "1.0", "fast": "1.0"})
        self.assertEqual(self.versions("app[speed]", platform="win-amd64", python="3.13.1"),
                         {"app": "1.0", "fast": "3.0", "win": "1.0"})
        self.assertIn("needs Python >=3.13 (this is 3.12.0)", self.why_not("fast>1"))

    def test_pre_releases_and_yanked_files(self):
        self.add("a", "1.0")
        self.add("a", "2.0b1")
        self.add("b", "1.0rc1")
        self.add("c", "1.0")
        self.add("c", "2.0", yanked="broken")
        self.assertEqual(self.versions("a"), {"a": "1.0"})
        self.assertEqual(self.versions("a>=2.0b1"), {"a": "2.0b1"})
        self.assertEqual(self.versions("b"), {"b": "1.0rc1"})
        self.assertEqual(self.versions("c"), {"c": "1.0"})
        self.assertEqual(self.versions("c==2.0"), {"c": "2.0"})
        self.assertIn("c 2.0 was yanked", self.why_not("c>1"))
        self.add("pins", "1.0", ["c==2.0"])
        self.assertIn("c 2.0 was yanked", self.why_not("pins"))
        self.assertEqual(self.versions("pins", "c==2.0"), {"c": "2.0", "pins": "1.0"})

    def test_wheels_of_other_platforms_do_not_count(self):
        self.add("native", "1.0", tag="cp312-cp312-manylinux_2_17_x86_64")
        self.add("native", "2.0", tag="cp312-cp312-win_amd64")
        self.assertEqual(self.versions("native"), {"native": "1.0"})
        self.assertEqual(self.versions("native", platform="win-amd64"), {"native": "2.0"})
        self.assertIn("has no wheel that fits", self.why_not("native", "--only", "wheel", platform="linux-s390x"))
        self.assertIn("has no source distribution", self.why_not("native", "--only", "sdist"))

    def test_files_of_requirements_constraints_and_overrides(self):
        for version in ("1.0", "2.0", "3.0"):
            self.add("lib", version)
        self.add("app", "1.0", ["lib>=3"])
        self.file("more.txt", "lib  # of more.txt\n")
        asked = self.file("requirements.txt", "--no-binary :none:\napp \\\n  ==1.0\n-r more.txt\n")
        self.assertEqual(self.versions("-r", asked), {"app": "1.0", "lib": "3.0"})
        limits = self.file("constraints.txt", "lib<3\nunused==1\n")
        self.assertIn("lib<3 is a constraint", self.why_not("-r", asked, "-c", limits))
        instead = self.file("overrides.txt", "lib<2\n")
        self.assertEqual(self.versions("-r", asked, "--override", instead), {"app": "1.0", "lib": "1.0"})
        never = self.file("never.txt", "lib; python_version < '3'\n")
        self.assertEqual(self.versions("app", "--override", never), {"app": "1.0"})
        self.assert_said(self.resolve("-r", self.file("bad.txt", "app\nlib >> 2\n")), 2, "bad.txt", "lib >> 2")
        project = self.file("pyproject.toml", '[project]\nname = "mine"\ndynamic = ["version"]\n'
                            'dependencies = ["app", "lib; python_version < \'3\'"]\n'
                            '[project.optional-dependencies]\nmore = ["nowhere"]\n')
        self.assertEqual(self.versions("-r", project), {"app": "1.0", "lib": "3.0"})
        own_set = self.file("assay.toml", '[set]\nname = "own"\nrequirements = ["lib<3"]\n')
        self.assertEqual(self.versions("-r", own_set), {"lib": "2.0"})
        self.assert_said(self.resolve("-r", self.file("pyproject.toml", "[project\n")), 2, "pyproject.toml")
        self.assert_said(self.resolve(), 2, "nothing is asked for")
        self.assert_said(self.resolve("lib", python="two"), 2, "a Python's version")
        self.assert_said(self.resolve("lib", platform="amiga"), 2, "is no platform like linux-x86_64")
        self.assert_said(self.resolve("lib @ https://x.example/lib.whl"), 1, "direct references are refused")

    def test_what_the_store_has_is_not_asked_for_again(self):
        self.add("app", "1.0", ["lib"])
        self.add("lib", "1.0")
        self.versions("app")
        asked = len(self.index.requests)
        self.assertEqual(self.versions("app", "--offline"), {"app": "1.0", "lib": "1.0"})
        self.assertEqual(len(self.index.requests), asked)
        self.assertEqual(sorted(path for path in self.index.requests if path.startswith("/simple")),
                         ["/simple/app/", "/simple/lib/"])
        self.assert_said(self.resolve("other", "--offline"), 3, "other")
        self.index.faults["/simple/lib/"] = 503
        self.assert_said(self.resolve("app"), 3, "lib")

    def add_untold(self, version, backend):
        """A source distribution whose dependencies only its code knows."""
        told = f"Metadata-Version: 2.2\nName: delta\nVersion: {version}\nDynamic: Requires-Dist\n"
        self.index.add(*sdist("delta", version=version, files={"PKG-INFO": told}, backend=backend))

    # A hook that answers before there is a wheel; build_wheel must not be needed.
    PREPARING = textwrap.dedent("""
        import pathlib
        def prepare_metadata_for_build_wheel(folder, config_settings=None):
            info = pathlib.Path(folder) / "delta-1.0.dist-info"
            info.mkdir()
            (info / "METADATA").write_text("Metadata-Version: 2.1\\nName: delta\\nVersion: 1.0\\nRequires-Dist: beta<2\\n")
            return info.name
        """)

    def test_sources_that_do_not_tell_what_they_need_are_built_to_learn_it(self):
        self.add("beta", "1.0")
        self.add("beta", "2.0")
        self.add_untold("2.0", "raise SystemExit('no compiler for this')")
        self.add_untold("1.0", self.PREPARING)
        self.assertEqual(self.versions("delta"), {"beta": "1.0", "delta": "1.0"})
        asked = len(self.index.requests)
        self.assertEqual(self.versions("delta", "--offline"), {"beta": "1.0", "delta": "1.0"})
        self.assertEqual(len(self.index.requests), asked)
        why = self.why_not("delta", "--no-build")
        self.assertIn("every version of delta: its metadata", why)
        self.assertIn("can't be told without running its code", why)
        self.assertIn("--no-build forbids to build it", why)
        self.assertIn("no compiler for this", self.why_not("delta==2.0"))

    def test_without_the_hook_for_metadata_the_wheel_tells_it(self):
        self.add("beta", "1.0")
        self.add_untold("1.0", BACKEND + textwrap.dedent("""
            plain = build_wheel
            def build_wheel(*arguments):
                info = pathlib.Path("PKG-INFO")
                info.write_text(info.read_text().replace("Dynamic: Requires-Dist", "Requires-Dist: beta"))
                return plain(*arguments)
            """))
        self.assertEqual(self.versions("delta"), {"beta": "1.0", "delta": "1.0"})

    def test_what_is_built_must_be_what_it_is_called(self):
        self.add_untold("1.1", self.PREPARING)
        self.assertIn("what it builds is delta 1.0", self.why_not("delta"))

    def test_build_requirements_that_nobody_has_leave_a_version_out(self):
        told = "Metadata-Version: 2.2\nName: delta\nVersion: 1.0\nDynamic: Requires-Dist\n"
        pyproject = '[build-system]\nrequires = ["no-such-tool"]\nbuild-backend = "backend"\nbackend-path = ["_backend"]\n'
        self.index.add(*sdist("delta", files={"PKG-INFO": told}, backend=self.PREPARING, pyproject=pyproject))
        self.assertIn("no-such-tool", self.why_not("delta"))

    def test_several_environments_agree_where_they_can(self):
        self.add("shared", "1.0")
        self.add("shared", "2.0", **{"requires-python": ">=3.10"})
        self.add("old-way", "1.0", **{"requires-python": "<3.10"})
        self.add("old-way", "2.0", **{"requires-python": ">=3.10"})
        self.add("app", "1.0", ["shared", "old-way", "tool; python_version < '3.10'", "mac; sys_platform == 'darwin'"])
        self.add("tool", "1.0")
        self.add("mac", "1.0")
        both = ["app", "--python", "3.9"]
        answer = json.loads(self.resolve(*both, "--format", "json").stdout)
        self.assertEqual(answer["environments"], ["Python 3.12", "Python 3.9"])
        self.assertEqual([(p["name"], p["version"], p["environments"]) for p in answer["packages"]],
                         [("app", "1.0", answer["environments"]), ("old-way", "1.0", ["Python 3.9"]),
                          ("old-way", "2.0", ["Python 3.12"]), ("shared", "1.0", answer["environments"]),
                          ("tool", "1.0", ["Python 3.9"])])
        (difference,) = answer["differences"]
        self.assertEqual(difference["versions"], {"Python 3.12": "2.0", "Python 3.9": "1.0"})
        self.assertIn("old-way 2.0 on Python 3.9 can't be taken (needs Python >=3.10", difference["reason"])
        text = self.resolve(*both, "--format", "requirements").stdout
        self.assertIn("old-way==1.0 ; python_version == '3.9'", text)
        self.assertIn("shared==1.0 \\", text)
        tree = self.resolve(*both).stdout
        self.assertIn("old-way: 2.0 on Python 3.12, 1.0 on Python 3.9. No version does for all: ", tree)
        platforms = json.loads(self.resolve("app", "--platform", "macosx-14.0-arm64", "--format", "json").stdout)
        mac = [p for p in platforms["packages"] if p["name"] == "mac"]
        self.assertEqual(mac[0]["environments"], ["Python 3.12 on macosx-14.0-arm64"])

    def test_set_file_says_for_which_pythons_and_within_which_limits(self):
        self.add("lib", "1.0")
        self.add("lib", "2.0")
        self.add("app", "1.0", ["lib"])
        folder = self.folder / "curated"
        folder.mkdir()
        (folder / "assay.toml").write_text('[set]\nname = "s"\nrequirements = ["app"]\nconstraints = ["lib<2"]\n'
                                           'pythons = ["3.10", "3.11"]\n')
        done = subprocess.run([ASSAY, "resolve", "--index", self.index.url, "--store", str(self.store), "-r",
                               str(folder / "assay.toml"), "--format", "json"],
                              capture_output=True, text=True, env=self.environment())
        answer = json.loads(done.stdout)
        self.assertEqual(answer["environments"], ["Python 3.10", "Python 3.11"])
        self.assertEqual({p["name"]: p["version"] for p in answer["packages"]}, {"app": "1.0", "lib": "1.0"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
