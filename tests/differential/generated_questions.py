"""Random questions for `assay debug`, the same ones for the same seed.

Each question is built from the parts that its grammar knows, drawn from small pools so that values
meet (1.0 against 1.00, an extra's name in two spellings). About a fifth are then damaged by a few
random edits, so that what must be refused is asked too.

Not asked, because the answers are known to differ:
- letters outside ASCII that have another case, in versions: there ~= takes letters that merely fold to
  ASCII ones;
- \\N{...} and surrogates in a marker's strings: refused here;
- markers nested deeper than 200 parentheses: refused here, there Python's stack is the limit;
- file names and tags with white space or slashes, and file names longer than 512 bytes: refused here.
"""

BLANKS = ["", "", "", " ", "  ", "\t"]
SPACES = BLANKS + ["\n", "\r\n", "\x0b", "\x1c", "\x85", "\u00a0", "\u2003", "\u3000"]
NOISE = list("0123456789.+-_!*,;()[]<>=~@'\"\\ \tabcdevprxAVX/#:%") + SPACES + [
    "\u0663", "\u00b2", "\u4e2d", "===", "==", ".*", "\\x41", "rc", "dev", "post", " and ", " in "]
PLAIN_NOISE = list("0123456789.+-_!*,;()[]<>=~@abcdevprxAVX") + ["--", "..", "rc", "dev", "any"]

VARIABLES = [
    "python_version", "python_full_version", "os_name", "sys_platform", "platform_release",
    "platform_system", "platform_version", "platform_machine", "platform_python_implementation",
    "implementation_name", "implementation_version", "extra"]
OLDER_VARIABLES = [
    "os.name", "sys.platform", "platform.version", "platform.machine",
    "platform.python_implementation", "python_implementation", "extras", "dependency_groups",
    "platform.release", "python.version"]
VERSION_VARIABLES = {
    "python_version", "python_full_version", "platform_release", "implementation_version"}
WORDS = [
    "posix", "nt", "linux", "linux2", "win32", "darwin", "Linux", "Windows", "x86_64", "s390x",
    "cpython", "CPython", "PyPy", "", "#1 SMP", "5.10.0-8-amd64", "6.1", "3.9", "3.12.0+", "dev",
    "os_name", "extra"]
NAMES = ["a", "A", "foo", "Foo.Bar", "foo--bar", "foo_bar", "x1", "1x", "Zope.Interface", "z.-_z",
         "test", "Test", "dev"]
ODD_NAMES = ["a_", "_a", "a-", ".a", "", "a b"]


class Questions:
    def __init__(self, random):
        self.random = random

    def pick(self, *choices):
        return self.random.choice(choices)

    def chance(self, share):
        return self.random.random() < share

    def blank(self):
        return self.random.choice(BLANKS)

    def space(self):
        return self.random.choice(SPACES) if self.chance(0.3) else ""

    def damaged(self, text, noise=NOISE):
        for _ in range(self.random.randint(1, 3)):
            at = self.random.randint(0, len(text))
            kept = at + self.pick(0, 0, 1, 1, 2)
            text = text[:at] + (self.random.choice(noise) if self.chance(0.7) else "") + text[kept:]
        return text

    def maybe_damaged(self, text, noise=NOISE):
        return self.damaged(text, noise) if self.chance(0.2) else text

    def name(self):
        return self.random.choice(ODD_NAMES if self.chance(0.04) else NAMES)

    # Versions

    def number(self):
        digits = self.pick("0", "0", "1", "1", "1", "2", "3", "9", "10", "11", "00", "01", "2024")
        if self.chance(0.01):
            digits = "".join(self.random.choices("0123456789", k=self.pick(19, 20, 40, 5000)))
        return digits

    def cased(self, text):
        return text if self.chance(0.8) else self.pick(text.upper(), text.title())

    def label(self, *spellings):
        separators = ["", "", ".", "-", "_"]
        number = self.number() if self.chance(0.8) else ""
        return (self.random.choice(separators) + self.cased(self.random.choice(spellings)) +
                self.random.choice(separators) + number)

    def release(self):
        return ".".join(self.number() for _ in range(self.pick(1, 1, 2, 2, 2, 3, 3, 4)))

    def public_version(self):
        text = self.pick("", "", "", "", "v", "V") if self.chance(0.3) else ""
        text += self.number() + "!" if self.chance(0.1) else ""
        text += self.release()
        if self.chance(0.3):
            text += self.label("a", "b", "c", "rc", "alpha", "beta", "pre", "preview")
        if self.chance(0.25):
            text += "-" + self.number() if self.chance(0.3) else self.label("post", "rev", "r")
        if self.chance(0.25):
            text += self.label("dev")
        return text

    def local(self):
        parts = [self.cased(self.pick("0", "1", "01", "10", "a", "abc", "ubuntu", "1a", "a1"))
                 for _ in range(self.pick(1, 1, 2, 3))]
        return "+" + "".join(part + self.pick(".", "-", "_") for part in parts)[:-1]

    def version(self):
        text = self.public_version()
        if self.chance(0.2):
            text += self.local()
        if self.chance(0.1):
            text = self.space() + text + self.space()
        return self.maybe_damaged(text) if self.chance(0.5) else text

    def near(self, version):
        """A version that shares most of another's text."""
        if self.chance(0.15):
            return version
        cut = self.random.randint(1, max(1, len(version)))
        tail = self.pick("", ".0", ".0.0", "a1", "rc1", ".post1", ".post0", ".dev0", ".dev1", "+x",
                         "+1", "-1", ".1", "0", "a1.post1", "a1.dev1", ".post1.dev1", "+a.1")
        kept = version if self.chance(0.5) else version[:cut]
        return kept + tail

    # Specifiers

    def clause(self, version):
        operator = self.pick("==", "!=", "<=", ">=", "<", ">", "~=", "===")
        if self.chance(0.05):
            return operator + self.space() + self.pick("lolwat", "", "1.0-", "*", "=1.0", "1.0;2")
        held_against = self.near(version) if self.chance(0.6) else self.public_version()
        if operator in ("==", "!=") and self.chance(0.3):
            held_against = self.release() if self.chance(0.5) else held_against
            held_against += ".*"
        elif operator in ("==", "!=") and self.chance(0.2):
            held_against += self.local()
        return operator + self.space() + held_against

    def specifier(self, version):
        count = self.pick(0, 1, 1, 1, 1, 1, 2, 2, 3)
        text = ",".join(self.space() + self.clause(version) + self.space() for _ in range(count))
        if self.chance(0.03):
            text += self.pick(",", ", ,")
        return self.maybe_damaged(text) if self.chance(0.3) else text

    # Markers

    def string(self, text):
        if self.chance(0.03):
            text += self.pick("\\x41", "\\n", "\\\\", "\\'", '\\"', "\\101", "\\u4e2d", "\\d", "\\",
                              "\\U0001F600", "\n", "\\x4", "\u4e2d", "'", '"', "\\\n", "\\547")
        quote = self.pick("'", '"')
        return quote + text + quote

    def value_for(self, variable):
        if variable in VERSION_VARIABLES:
            if self.chance(0.1):
                return self.release() + ".*"
            return self.public_version() if self.chance(0.3) else self.pick(
                "3", "3.8", "3.9", "3.10", "3.11", "3.11.4", "3.12.0b1", "3.12", "2.7", "5.10")
        if variable in ("extra", "extras", "dependency_groups"):
            return self.name()
        return self.random.choice(WORDS)

    def gap(self):
        """Between words, where white space is mostly needed but may be missing beside a quote."""
        return self.pick(" ", " ", "  ", "\t") if self.chance(0.97) else ""

    def comparison(self):
        variable = self.random.choice(VARIABLES)
        if self.chance(0.12):
            variable = self.random.choice(OLDER_VARIABLES)
        value = self.value_for(variable) if self.chance(0.85) else self.random.choice(WORDS)
        operator = self.pick("==", "!=", "<", "<=", ">", ">=", "in", "not in", "==", "!=")
        if self.chance(0.06):
            operator = self.pick("~=", "===")
        if operator == "not in":
            operator = "not" + self.gap() + "in"
        if operator.endswith("in") and self.chance(0.3):
            value = self.pick(" ", ",", "|").join([value, self.random.choice(WORDS)])
        left, right = variable, self.string(value)
        if self.chance(0.3) or variable in ("extras", "dependency_groups") and self.chance(0.9):
            left, right = right, left
        if self.chance(0.02):
            left = self.pick(self.string(value), self.random.choice(VARIABLES))
        around = self.gap if operator[0].isalpha() else self.blank
        return left + around() + operator + around() + right

    def marker(self, depth=0):
        terms = []
        for _ in range(self.pick(1, 1, 1, 2, 2, 3)):
            if depth < 4 and self.chance(0.25):
                term = "(" + self.blank() + self.marker(depth + 1) + self.blank() + ")"
            else:
                term = self.comparison()
            terms.append(term)
        text = terms[0]
        for term in terms[1:]:
            text += self.gap() + self.pick("and", "or") + self.gap() + term
        return self.blank() + text + self.blank()

    def environment(self):
        values = {name: self.value_for(name) for name in VARIABLES}
        values["platform_release"] = self.pick("6.1.0-13-amd64", "5.10", "22.6.0", "10", "6.1")
        if self.chance(0.8):
            values["python_version"] = self.pick("3.8", "3.9", "3.10", "3.11", "3.12")
            values["python_full_version"] = values["python_version"] + self.pick(
                ".0", ".4", ".0rc1", ".0+", ".1.dev1")
        if self.chance(0.3):
            values["extra"] = self.pick(None, "")
        elif self.chance(0.2):
            del values["extra"]
        for name in ("extras", "dependency_groups"):
            if self.chance(0.4):
                count = self.pick(0, 1, 2, 3)
                values[name] = [self.name() for _ in range(count)]
            elif self.chance(0.1):
                values[name] = self.name()
        return values

    # Requirements

    def extras(self):
        if self.chance(0.6):
            return ""
        names = [self.blank() + self.name() + self.blank()
                 for _ in range(self.pick(0, 1, 1, 2, 3))]
        return "[" + self.blank() + ",".join(names) + "]"

    def requirement(self):
        text = self.blank() + self.name() + self.blank() + self.extras() + self.blank()
        if self.chance(0.15):
            text += "@" + self.blank() + self.pick(
                "https://x.example/a.whl", "file:///a", "git+https://x.example/a@1;b", "./a", "")
            text += " " if self.chance(0.9) else ""
        elif self.chance(0.8):
            version = self.public_version()
            clauses = (self.blank() + ",").join(
                self.clause(version) + self.blank() for _ in range(self.pick(1, 1, 2, 3)))
            if self.chance(0.2):
                clauses = "(" + self.blank() + clauses + self.blank() + ")"
            if self.chance(0.03):
                clauses += self.pick(",", ")", ",,", "(")
            text += clauses + self.blank()
        if self.chance(0.4):
            text += ";" + self.marker(depth=2)
        return self.maybe_damaged(text) if self.chance(0.5) else text

    # File names and tags

    def tags(self):
        interpreter = self.pick("py3", "py2.py3", "cp311", "cp39", "cp312", "cp310.cp311", "pp39",
                                "py311", "py", "cp313", "cp38.cp39", "py3.py2")
        if self.chance(0.03):
            interpreter = self.pick("", "3py", "py3..py2")
        abi = self.pick("none", "abi3", "cp311", "cp39", "cp311d", "cp313t", "none.abi3", "abi3t")
        platform = self.pick(
            "any", "linux_x86_64", "manylinux1_x86_64", "manylinux2014_x86_64",
            "manylinux_2_17_x86_64", "manylinux_2_17_x86_64.manylinux2014_x86_64",
            "manylinux_2_36_s390x", "musllinux_1_1_aarch64", "musllinux_1_2_x86_64",
            "macosx_10_9_universal2", "macosx_11_0_arm64", "macosx_10_16_x86_64", "linux_s390x",
            "manylinux2014_aarch64", "macosx_14_0_x86_64", "os390_28_00_1090", "win_amd64",
            "macosx_10_6_intel", "manylinux2010_x86_64", "linux_aarch64")
        return "-".join([interpreter, abi, platform])

    def wheel_name(self):
        name = self.pick("foo", "Foo_Bar", "foo.bar", "foo__bar", "a", "1x", "", "_foo", "foo.", "Fo\u00c1", "\u4e2d_x")
        version = self.public_version() + (self.local() if self.chance(0.1) else "")
        parts = [name, version.replace("-", "_")[:300]]
        if self.chance(0.3):
            parts.append(self.pick("1", "1abc", "00", "2_local", "abc", "", "12.3"))
        return "-".join(parts + [self.tags()]) + (
            ".whl" if self.chance(0.95) else self.pick(".WHL", ".zip", ""))

    def tag_environment(self):
        platform, libc = self.pick(
            ("linux-x86_64", "glibc-2.36"), ("linux-x86_64", "glibc-2.12"),
            ("linux-x86_64", "musl-1.2"), ("linux-aarch64", "glibc-2.17"),
            ("linux-aarch64", "musl-1.1"), ("linux-s390x", "glibc-2.36"),
            ("linux-s390x", "glibc-2.17"), ("linux-ppc64le", "glibc-2.28"),
            ("macosx-14.0-arm64", ""), ("macosx-13.2-x86_64", ""), ("macosx-10.9-x86_64", ""),
            ("os390-28.00-1090", ""))
        python = self.pick("3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
        return {"python": python, "platform": platform, "libc": libc}

    # Questions

    def ask(self, op):
        if op == "version.parse":
            return {"version": self.version()}
        if op == "version.compare":
            a = self.version()
            return {"a": a, "b": self.near(a) if self.chance(0.8) else self.version()}
        if op == "specifier.contains":
            version = self.version()
            return {"specifier": self.specifier(version), "version": version,
                    "prereleases": self.pick(None, None, True, False)}
        if op == "requirement.parse":
            return {"requirement": self.requirement()}
        if op == "marker.evaluate":
            return {"marker": self.maybe_damaged(self.marker()) if self.chance(0.4)
                    else self.marker(), "environment": self.environment()}
        if op == "name.normalize":
            return {"name": self.maybe_damaged(
                self.name() + self.pick("", "-", "__", ".") + self.name())}
        if op == "wheel.parse":
            return {"filename": self.maybe_damaged(self.wheel_name(), PLAIN_NOISE)}
        return {"tag": self.maybe_damaged(self.tags(), PLAIN_NOISE),
                "environment": self.tag_environment()}


OPERATIONS = [
    "version.parse", "version.compare", "specifier.contains", "requirement.parse",
    "marker.evaluate", "name.normalize", "wheel.parse", "tag.supported"]


def generate(random, operations):
    """An endless row of questions that takes the operations in turn."""
    questions = Questions(random)
    while True:
        for op in operations:
            yield {"op": op, **questions.ask(op)}
