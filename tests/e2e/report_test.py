"""The pages of a release, opened from the disk in Chromium, with a package that wants to do harm."""

import json
import os
import pathlib
import unittest
import urllib.parse

from browser import Browser
from loopback import RoadTest, sdist
import third_party

MARKUP = """<script>window.ran=1</script>"><img src=x onerror='window.ran=1'><!-- &lt; ${7*7}"""
TURNED = "\u202egnp.exe\u2066\u200f"  # what follows would read from right to left
LONG = "A" * 10_000

# A file's name can't have "/".
HOSTILE_NAME = """"><img src=x onerror='window.ran=1'>\u202e.py"""

CODE = f"""import socket
import urllib.request

eval("1")
def fetch():
    urllib.request.urlopen('http://update.contoso.com/{MARKUP.replace("'", '"')}{TURNED}') # {LONG}
"""

TESTS = f"""import pytest

@pytest.mark.parametrize("text", [{MARKUP!r}, {LONG!r}])
def test_names(text):
    pytest.skip({(MARKUP + TURNED + LONG)!r})

def test_passes():
    pass
"""

DISPOSITIONS = f"""
[[finding]]
package = "hostile"
rule = "weaknesses/insecure-url"
reason = {json.dumps("A reviewer may write markup too: " + MARKUP)}
reviewer = "A. Reviewer"
date = 2026-01-01
expires = 2099-01-01

[[plan]]
package = "hostile"
rule = "EXAMPLE-1"
reason = "Release 9.0 has the fix."
decision = "upgrade"
evidence = ">=9.0"
owner = "B. Maintainer"
due = 2099-01-01
reviewer = "A. Reviewer"
date = 2026-01-01
"""

# What no page of a report has: ways to run a script, to load something, to go elsewhere.
FORBIDDEN = """[...document.querySelectorAll('script, img, iframe, object, embed, link, base, form, video, audio, svg')]
    .map(e => e.outerHTML)
    .concat([...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on')))
            .map(e => e.outerHTML))"""


class Report(RoadTest):
    tests_required = True

    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)
        cls.axe = (third_party.use_validators() / "axe_playwright_python/axe.min.js").read_text()
        cls.pytest = third_party.pytest_wheels()

    def setUp(self):
        super().setUp()
        for wheel in self.pytest:
            self.index.add(wheel.name, wheel.read_bytes(), upload_time="2023-01-01T00:00:00Z")
        info = (f"Metadata-Version: 2.2\nName: hostile\nVersion: 1.0\nSummary: {MARKUP}{TURNED}{LONG}\n"
                f"License: {MARKUP}\nRequires-Dist: plain>=1\n")
        self.index.add(*sdist("hostile", tests=TESTS, files={
            "PKG-INFO": info, "src/hostile/home.py": CODE, f"src/hostile/{HOSTILE_NAME}": CODE}))
        self.index.add(*sdist("plain", tests="def test_it():\n    pass\n"))
        self.advisory("EXAMPLE-1", "hostile", "9.0", "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:N/A:N")
        (self.set / "dispositions.toml").write_text(DISPOSITIONS)
        self.write_set("hostile")
        self.published()
        self.release = (self.set / "releases" / "latest").resolve()
        self.pages = [self.release / "index.html", *sorted((self.release / "report").glob("*.html"))]

    def test_report(self):
        """One release, for it takes a while to make."""
        self.assertEqual([p.name for p in self.pages], ["index.html", "hostile-1.0.html", "plain-1.0.html"])
        for check in (self.check_nothing_runs_or_loads, self.check_hostile_text_is_text, self.check_links,
                      self.check_looks):
            for page in self.pages + (sorted(self.release.glob("simple/**/*.html"))
                                      if check == self.check_links else []):
                with self.subTest(check.__name__, page=page.name):
                    check(page)

    def check_nothing_runs_or_loads(self, page):
        # With the page's own policy, and without: then all rests on the escaping.
        for bypass in (False, True):
            self.browser.call("Page.setBypassCSP", enabled=bypass)
            self.browser.open(page.as_uri())
            self.assertEqual(self.browser.told("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown",
                                               "Page.javascriptDialogOpening"), [])
            asked = [e["params"]["request"]["url"] for e in self.browser.told("Network.requestWillBeSent")]
            self.assertEqual(asked, [page.as_uri()])
            self.assertEqual(self.browser.evaluate("typeof window.ran"), "undefined")
            self.assertEqual(self.browser.evaluate(FORBIDDEN), [])

    def check_hostile_text_is_text(self, page):
        self.browser.open(page.as_uri())
        text = self.browser.evaluate("document.body.textContent")
        for hidden in "\u202e\u2066\u200f":
            self.assertNotIn(hidden, text)
        if page.name == "plain-1.0.html":
            return
        self.assertIn(MARKUP, text)
        if page.name == "hostile-1.0.html":
            for place in (HOSTILE_NAME.replace("\u202e", "\\xe2\\x80\\xae"), "A reviewer may write markup too"):
                self.assertIn(place, text)

    def check_links(self, page):
        self.browser.open(page.as_uri())
        links = self.browser.evaluate("[...document.querySelectorAll('a')].map(a => a.href)")
        self.assertTrue(links)
        for link in links:
            url = urllib.parse.urlsplit(link)
            self.assertEqual(url.scheme, "file")
            path = pathlib.Path(urllib.parse.unquote(url.path))
            self.assertTrue(path.is_relative_to(self.release), link)
            # The pages for pip link to folders, as a web server has them.
            self.assertTrue(path.is_file() or (page.parent.name == "simple" and (path / "index.html").is_file()), link)

    def check_looks(self, page):
        for width in (390, 1280):
            for scheme in ("light", "dark"):
                with self.subTest(width=width, scheme=scheme):
                    self.browser.width(width)
                    self.browser.scheme(scheme)
                    self.browser.open(page.as_uri())
                    self.keep_screenshot(f"{page.stem}-{width}-{scheme}.png")
                    self.assertLessEqual(self.browser.evaluate("document.documentElement.scrollWidth"), width)
                    self.assertEqual(self.browser.evaluate("document.querySelectorAll('h1').length"), 1)
                    squeezed = self.browser.evaluate(
                        "[...document.querySelectorAll('td:last-child')].filter(e => e.textContent && e.clientWidth < 100)"
                        ".map(e => e.textContent.slice(0, 80))")
                    self.assertEqual(squeezed, [], "a column of single letters")
                    self.assertEqual(self.barriers(), [])

    def barriers(self):
        """What axe-core has against the page: contrast, headings, title, language, names, and more."""
        self.browser.evaluate(self.axe)
        found = self.browser.evaluate("axe.run().then(r => r.violations)")
        return [f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:200]} {v['nodes'][0].get('failureSummary', '')}"
                for v in found]

    def keep_screenshot(self, name):
        """For people who want to look: ASSAY_SCREENSHOTS names a folder."""
        if folder := os.environ.get("ASSAY_SCREENSHOTS"):
            (pathlib.Path(folder) / name).write_bytes(self.browser.screenshot())


if __name__ == "__main__":
    unittest.main(verbosity=2)
