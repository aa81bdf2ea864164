"""Every document of a release is judged by a validator that a third party made."""

import json
import os
import pathlib
import subprocess
import sys
import unittest
import warnings

from loopback import ASSAY, RoadTest, sdist
import third_party

MEDIUM = "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:N/A:N"  # 5.3: may be published with a plan

FETCH = "import urllib.request\n\n\ndef fetch():\n    return urllib.request.urlopen('http://update.contoso.com/')\n"

# Long enough to be known as a copy.
LIBRARY = ("def work(value):\n" + "\n".join(f"    step_{i} = value * {i} + len(str({i}))" for i in range(30)) +
           "\n    return value\n")

DISPOSITIONS = """
[[plan]]
package = "alpha"
rule = "EXAMPLE-1"
reason = "Release 9.0 has the fix <and> \\"more\\"."
decision = "upgrade"
evidence = ">=9.0"
owner = "B. Maintainer"
due = 2099-01-01
reviewer = "A. Reviewer"
date = 2026-01-01

[[plan]]
package = "alpha"
rule = "EXAMPLE-4"
reason = "The copies are replaced by the library."
decision = "upgrade"
evidence = ">=9.0"
owner = "B. Maintainer"
due = 2099-01-01
reviewer = "A. Reviewer"
date = 2026-01-01

[[plan]]
package = "beta"
rule = "EXAMPLE-2"
reason = "Release 9.0 has the fix."
decision = "upgrade"
evidence = ">=9.0"
owner = "B. Maintainer"
due = 2099-01-01
reviewer = "A. Reviewer"
date = 2026-01-01

[[not-affected]]
package = "gamma"
rule = "EXAMPLE-3"
justification = "vulnerable_code_not_in_execute_path"
reason = "What is flawed is never called here."
reviewer = "A. Reviewer"
date = 2026-01-01
expires = 2099-01-01
"""

# Metadata with what people write: a description, URLs, licences of both kinds, non-ASCII.
GAMMA = """Metadata-Version: 2.4
Name: gamma
Version: 1.0
Summary: Ünïcode & <markup> "quoted"
License-Expression: MIT OR Apache-2.0
Requires-Python: >=3.8,<4
Project-URL: Home, https://example.org/gamma?a=1&b=2
Keywords: one,two
Provides-Extra: fast
Requires-Dist: delta; extra == "fast"
Requires-Dist: delta>=1
Description-Content-Type: text/markdown

# gamma
It does nothing.
"""

DELTA = """Metadata-Version: 2.2
Name: delta
Version: 1.0
License: A licence of our own, see LICENSE
Classifier: License :: OSI Approved :: BSD License
Classifier: License :: OSI Approved :: MIT License
"""


class Formats(RoadTest):
    @classmethod
    def setUpClass(cls):
        third_party.use_validators()

    def setUp(self):
        super().setUp()
        vendored = {f"src/alpha/{place}/lib/core.py": LIBRARY for place in ("_vendor", "_more")}
        self.index.add(*sdist("lib", backend=None, pyproject="", files={"src/lib/core.py": LIBRARY}))
        self.index.add(*sdist("alpha", requires=["beta==1.0", "gamma"], files=vendored))
        self.index.add(*sdist("beta", files={"src/beta/home.py": FETCH}))
        self.index.add(*sdist("gamma", files={"PKG-INFO": GAMMA}))
        self.index.add(*sdist("delta", files={
            "PKG-INFO": DELTA, "src/delta/tests/__init__.py": "",
            "src/delta/tests/test_fetch.py": "URL = 'http://update.contoso.com/list'\n"}))
        self.advisory("EXAMPLE-1", "alpha", "9.0", MEDIUM)
        self.advisory("EXAMPLE-2", "beta", "9.0", MEDIUM)
        self.advisory("EXAMPLE-3", "gamma", "9.0", MEDIUM)
        self.advisory("EXAMPLE-4", "lib", "9.0", MEDIUM)
        (self.set / "dispositions.toml").write_text(DISPOSITIONS)
        self.write_set("alpha")
        self.call("origins", "add", "lib==1.0", "--index", self.index.url, "--store", str(self.store))
        self.report()
        self.call("fix", str(self.set), "beta", "--store", str(self.store), "--reviewer", "A. Reviewer", "--any-host")
        self.published()
        self.release = (self.set / "releases" / "latest").resolve()

    def call(self, *arguments):
        done = subprocess.run([ASSAY, *arguments], capture_output=True, text=True, env=self.environment())
        self.assertEqual(done.returncode, 0, done.stderr)

    def text(self, path):
        return (self.release / path).read_text()

    def test_formats(self):
        """One release, for it takes a while to make."""
        for check in (self.check_bill_of_materials, self.check_vulnerabilities,
                      self.check_vulnerabilities_in_cyclonedx, self.check_envelopes,
                      self.check_simple_api, self.check_metadata, self.check_wheels, self.check_requirements,
                      self.check_html, self.check_every_file_has_its_check):
            with self.subTest(check.__name__):
                check()

    def check_bill_of_materials(self):
        from cyclonedx.model.bom import Bom

        text = self.text("sbom.cdx.json")
        third_party.assert_cyclonedx(self, text, ('"library"', '"book"'))
        bom = Bom.from_json(json.loads(text))
        with warnings.catch_warnings(action="error"):
            self.assertTrue(bom.validate())
        self.assertEqual({c.name for c in bom.components}, {"alpha", "beta", "gamma", "delta"})
        for component in bom.components:
            self.assert_package_url(str(component.purl))

    def check_vulnerabilities(self):
        from packageurl import PackageURL

        text = self.text("vex.openvex.json")
        third_party.assert_openvex(self, text)
        told = json.loads(text)

        # What OpenVEX's schema asks for beyond that: at least one statement, none twice, and beside
        # a justification no impact.
        statements = [json.dumps(statement, sort_keys=True) for statement in told["statements"]]
        self.assertEqual(len(statements), len(set(statements)))
        self.assertFalse([s for s in told["statements"] if "justification" in s and "impact_statement" in s])
        self.assertEqual({(s["vulnerability"]["name"], s["status"]) for s in told["statements"]},
                         {("EXAMPLE-1", "affected"), ("EXAMPLE-2", "affected"), ("EXAMPLE-4", "affected"),
                          ("EXAMPLE-3", "not_affected")})
        components = {c["purl"] for c in json.loads(self.text("sbom.cdx.json"))["components"]}
        for statement in told["statements"]:
            for product in statement["products"]:
                self.assert_package_url(product["@id"])
                self.assertIn(product["@id"], components, "a product is what is published, patched or not")
        self.assertEqual({PackageURL.from_string(p["@id"]).name for s in told["statements"] for p in s["products"]},
                         {"alpha", "beta", "gamma"})

    def check_vulnerabilities_in_cyclonedx(self):
        from cyclonedx.model.bom import Bom

        text = self.text("vex.cdx.json")
        third_party.assert_cyclonedx(self, text, ('"exploitable"', '"harmless"'))
        bom = Bom.from_json(json.loads(text))
        components = {c.bom_ref.value: c for c in bom.components}
        told = {(v.id, v.analysis.state.value) for v in bom.vulnerabilities}
        self.assertEqual(told, {("EXAMPLE-1", "exploitable"), ("EXAMPLE-2", "exploitable"), ("EXAMPLE-4", "exploitable"),
                                ("EXAMPLE-3", "not_affected")})
        for vulnerability in bom.vulnerabilities:
            self.assertEqual(len(vulnerability.ratings), 1)
            for target in vulnerability.affects:
                self.assertIn(target.ref, components)
                self.assert_package_url(target.ref)

    def check_envelopes(self):
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
        from securesystemslib.dsse import Envelope
        from securesystemslib.exceptions import VerificationError
        from securesystemslib.signer import SSlibKey

        public = load_pem_public_key((self.set / "release-key.pub").read_bytes())
        files = [self.release / "manifest.dsse.json", *sorted((self.release / "provenance").iterdir())]
        self.assertEqual(len(files), 5)
        for file in files:
            envelope = Envelope.from_dict(json.loads(file.read_text()))
            self.assertEqual(envelope.payload_type, "application/vnd.in-toto+json")
            (name,) = envelope.signatures
            key = SSlibKey.from_crypto(public, keyid=name)
            self.assertEqual(list(envelope.verify([key], 1)), [name])
            self.check_statement(envelope.payload)
            envelope.payload += b" "
            with self.assertRaises(VerificationError):
                envelope.verify([key], 1)

    def check_statement(self, payload):
        """Members that in-toto's or SLSA's definition does not have are errors to the parser."""
        from google.protobuf import json_format
        from in_toto_attestation.predicates.provenance.v1.provenance_pb2 import Provenance
        from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
        from in_toto_attestation.v1.statement import Statement
        from in_toto_attestation.v1.statement_pb2 import Statement as StatementMessage

        statement = json_format.Parse(payload, StatementMessage())
        Statement.copy_from_pb(statement).validate()
        predicate = json_format.MessageToDict(statement.predicate)
        if statement.predicate_type != "https://slsa.dev/provenance/v1":
            self.assertEqual(statement.predicate_type, "https://in-toto.io/attestation/release/v0.1")
            self.assertEqual(list(predicate), ["purl"])
            self.assert_package_url(predicate["purl"])
            return
        provenance = json_format.ParseDict(predicate, Provenance())
        self.assertTrue(provenance.build_definition.build_type)
        self.assertTrue(provenance.build_definition.external_parameters)
        self.assertTrue(provenance.run_details.builder.id)
        self.assertTrue(provenance.build_definition.resolved_dependencies)
        for dependency in provenance.build_definition.resolved_dependencies:
            ResourceDescriptor.copy_from_pb(dependency).validate()
            self.assert_package_url(dependency.uri)

    def assert_package_url(self, text):
        from packageurl import PackageURL

        parsed = PackageURL.from_string(text)
        self.assertEqual(parsed.to_string(), text, "in its canonical form")

    def check_simple_api(self):
        from pypi_simple import IndexPage, ProjectPage

        simple = self.release / "simple"
        as_json = IndexPage.from_json_data(json.loads(self.text("simple/index.json")))
        as_html = IndexPage.from_html(self.text("simple/index.html"))
        self.assertEqual(as_json.projects, ["alpha", "beta", "delta", "gamma"])
        self.assertEqual(as_html.projects, as_json.projects)
        self.assertEqual(as_html.repository_version, as_json.repository_version)
        for project in as_json.projects:
            base = (simple / project / "index.html").as_uri()
            page = ProjectPage.from_json_data(json.loads(self.text(f"simple/{project}/index.json")), base)
            html = ProjectPage.from_html(project, self.text(f"simple/{project}/index.html"), base)
            self.assertEqual([self.told(p) for p in html.packages], [self.told(p) for p in page.packages])
            for package in page.packages:
                self.assertEqual(package.package_type, "wheel")
                self.assertIsNotNone(package.upload_time)
                wheel = self.release / "files" / package.filename
                self.assertEqual(package.size, wheel.stat().st_size)
                self.assertEqual(package.url, wheel.as_uri().replace("+", "%2B"))

    def told(self, package):
        return (package.filename, package.url, package.digests, package.requires_python, package.has_metadata,
                package.metadata_digests)

    def check_metadata(self):
        from packaging.metadata import Metadata

        for file in (self.release / "files").glob("*.metadata"):
            Metadata.from_email(file.read_bytes(), validate=True)

    def check_wheels(self):
        from wheel.wheelfile import WheelFile

        wheels = sorted((self.release / "files").glob("*.whl"))
        self.assertEqual(len(wheels), 4)
        for path in wheels:
            with WheelFile(path) as wheel:  # reads RECORD, and compares each member with it
                members = [name for name in wheel.namelist() if not name.endswith("/")]
                for name in members:
                    wheel.read(name)
                metadata = wheel.read(f"{wheel.dist_info_path}/METADATA")
            self.assertEqual(metadata, path.with_name(path.name + ".metadata").read_bytes())
            self.assertNotIn("delta/tests/test_fetch.py", members)

    def check_requirements(self):
        """pip itself resolves the file against the index as it lies on the disk, in hash mode."""
        (requirements,) = self.release.glob("requirements-*.txt")
        report = self.folder / "pip.json"
        python = requirements.stem.partition("-")[2]
        environment = {k: v for k, v in self.environment().items() if not k.startswith("PIP_")}
        environment["PIP_CONFIG_FILE"] = os.devnull
        subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--dry-run", "--require-hashes",
                        "--only-binary", ":all:", "--ignore-installed", "--python-version", python, "--target",
                        str(self.folder / "nowhere"), "--index-url", (self.release / "simple").as_uri(),
                        "--report", str(report), "-r", str(requirements)], check=True, env=environment, timeout=120)
        chosen = {i["metadata"]["name"]: i["metadata"]["version"] for i in json.loads(report.read_text())["install"]}
        self.assertEqual(chosen.keys(), {"alpha", "beta", "gamma", "delta"})
        self.assertIn("+patched.", chosen["beta"])

    def check_html(self):
        import html5lib

        pages = sorted(self.release.rglob("*.html"))
        self.assertEqual(len(pages), 1 + 4 + 1 + 4)
        for page in pages:
            html5lib.HTMLParser(strict=True).parse(page.read_bytes())
        with self.assertRaises(html5lib.html5parser.ParseError):
            html5lib.HTMLParser(strict=True).parse("<!DOCTYPE html><p><b></p>")

    def check_every_file_has_its_check(self):
        """A new kind of document comes with a validator, or stands here as assay's own."""
        own = {"manifest.json"}
        known = {"sbom.cdx.json", "vex.openvex.json", "vex.cdx.json", "manifest.dsse.json"}
        for path in self.release.rglob("*"):
            name = path.relative_to(self.release)
            if path.is_dir() or name.parts[0] == "evidence" or str(name) in own | known:
                continue
            self.assertTrue(path.suffix in (".html", ".whl", ".metadata") or name.name.endswith(".whl.dsse.json") or
                            name.match("simple/**/index.json") or name.match("simple/index.json") or
                            name.match("requirements-*.txt"), str(name))


if __name__ == "__main__":
    unittest.main(verbosity=2)
