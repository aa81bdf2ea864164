"""Sources of advisories: fetched, merged, listed and shown; what can't be known is never clean."""

import gzip
import http.server
import io
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import unittest
import zipfile

from loopback import ASSAY, RoadTest, sdist

MEDIUM = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N"


def record(id, name, fixed, aliases=(), modified="2026-01-01T00:00:00Z", vector=None):
    facts = {"schema_version": "1.7.0", "id": id, "modified": modified, "aliases": list(aliases),
             "summary": f"What {id} says.", "references": [{"type": "WEB", "url": f"https://{id.lower()}.example/"}],
             "affected": [{"package": {"ecosystem": "PyPI", "name": name},
                           "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]}
    if vector:
        facts["severity"] = [{"type": "CVSS_V3", "score": vector}]
    return facts


def archive(*records):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as out:
        for one in records:
            out.writestr(one["id"] + ".json", json.dumps(one))
    return data.getvalue()


def kev(*entries, version="2026.11.23"):
    return json.dumps({"title": "a catalogue", "catalogVersion": version, "dateReleased": "2026-11-23T10:00:00Z",
                       "count": len(entries), "vulnerabilities": [
                           {"cveID": cve, "dateAdded": added, "dueDate": "2026-12-01",
                            "knownRansomwareCampaignUse": "Unknown"} for cve, added in entries]}).encode()


def epss(*rows):
    lines = ["#model_version:v2025.03.14,score_date:2026-11-25T00:00:00Z", "cve,epss,percentile", *rows]
    return gzip.compress(("\n".join(lines) + "\n").encode())


def nvd(cve, vector):
    return json.dumps({"resultsPerPage": 1, "startIndex": 0, "totalResults": 1, "format": "NVD_CVE",
                       "version": "2.0", "timestamp": "2026-11-24T00:00:00.000", "vulnerabilities": [
                           {"cve": {"id": cve, "vulnStatus": "Analyzed", "lastModified": "2026-11-20T00:00:00.000",
                                    "metrics": {"cvssMetricV31": [{"cvssData": {"vectorString": vector}}]}}}]}).encode()


class Files:
    """Serves files by path, with validators, and counts what is asked."""

    def __init__(self):
        self.files, self.asked, self.unchanged = {}, [], 0
        files = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                files.asked.append(self.path)
                body = files.files.get(self.path)
                tag = f'"{hash(body)}"'
                if body is not None and self.headers.get("If-None-Match") == tag:
                    files.unchanged += 1
                    self.send_response(304)
                    self.end_headers()
                    return
                self.send_response(404 if body is None else 200)
                self.send_header("ETag", tag)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Advisories(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.web = Files()
        self.addCleanup(self.web.close)
        self.web.files = {
            "/all.zip": archive(record("PYSEC-2026-1", "alpha", "2.0", ["CVE-2026-0001"], vector=MEDIUM),
                                record("PYSEC-2026-2", "beta", "3.0", modified="2026-06-01T00:00:00Z")),
            "/kev.json": kev(("CVE-2026-0001", "2026-05-01")),
            "/epss.csv.gz": epss("CVE-2026-0001,0.94,0.97")}
        own = self.folder / "set" / "own"
        own.mkdir(parents=True)
        (own / "GHSA.json").write_text(json.dumps(record("GHSA-aaaa", "alpha", "2.1", ["CVE-2026-0001"])))
        (self.folder / "set" / "nvd.json").write_bytes(nvd("CVE-2026-0001", MEDIUM.replace("/C:L", "/C:H")))
        self.write_set()

    def write_set(self, kev="", osv=""):
        (self.folder / "set" / "assay.toml").write_text(f"""[set]
name = "e2e"
requirements = ["alpha"]
[advisories]
sources = [
  {{ name = "OSV", location = "{self.web.url}/all.zip", licence = "CC-BY-4.0"{osv} }},
  "own",
  {{ name = "NVD", location = "nvd.json" }},
  {{ name = "KEV", location = "{self.web.url}/kev.json", kind = "kev"{kev} }},
  {{ name = "EPSS", location = "{self.web.url}/epss.csv.gz" }},
]
""")

    def ask(self, *arguments):
        return subprocess.run([ASSAY, "advisories", *arguments, "--store", str(self.folder / "store")],
                              capture_output=True, text=True, timeout=120,
                              env={**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"})

    def show(self, id, *arguments):
        return self.ask("show", id, "--set", str(self.folder / "set"), *arguments)

    def said(self, done, code, *words):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        for word in words:
            self.assertIn(word, done.stdout + done.stderr)

    def test_one_vulnerability_is_shown_with_all_that_is_known(self):
        for id in ("PYSEC-2026-1", "cve-2026-0001", "GHSA-aaaa"):
            self.said(self.show(id), 0, "PYSEC-2026-1: What PYSEC-2026-1 says.", "also CVE-2026-0001, GHSA-aaaa",
                      "CVSS 3.1 7.5 high", "by CVE-2026-0001 (NVD)", "CVSS 3.1 5.3 medium", "by PYSEC-2026-1 (OSV)",
                      "known to be exploited since 2026-05-01, EPSS 94 % (97th percentile)",
                      "remedied by 2026-12-01", "alpha: <2.0; <2.1",
                      "fixed in 2.0, 2.1", "GHSA-aaaa (own)", "https://pysec-2026-1.example/")
        facts = json.loads(self.show("CVE-2026-0001", "--json").stdout)
        self.assertEqual(facts["urgency"]["exploited"]["since"], "2026-05-01")
        self.assertEqual([s["score"] for s in facts["scores"]], [7.5, 5.3])
        self.assertEqual({s["source"]: s["kind"] for s in facts["sources"]},
                         {"OSV": "osv", "own": "osv", "NVD": "nvd", "KEV": "kev", "EPSS": "epss"})
        self.assertEqual(facts["sources"][0]["licence"], "CC-BY-4.0")
        self.said(self.show("CVE-2026-9999"), 2, "CVE-2026-9999 is not known to OSV")

    def test_lists(self):
        source = ("--source", self.web.url + "/all.zip")
        self.said(self.ask("list", *source), 0, "alpha PYSEC-2026-1", "beta PYSEC-2026-2", "2 vulnerabilities are known")
        self.said(self.ask("list", "alpha==1.5", *source), 0, "PYSEC-2026-1", "1 vulnerability is known")
        self.said(self.ask("list", "alpha==2.0", "gamma", *source), 0, "0 vulnerabilities are known")
        self.said(self.ask("list", "--since", "2026-03-01", *source), 0, "beta", "1 vulnerability is known")
        self.said(self.ask("list", "--since", "soon", *source), 2, "--since")
        self.said(self.ask("list", "a==b", *source), 2, "a==b")
        listed = json.loads(self.ask("list", "beta", "--json", *source).stdout)["advisories"]
        self.assertEqual([(one["package"], one["id"]) for one in listed], [("beta", "PYSEC-2026-2")])

    def test_what_is_kept_serves_offline_and_is_not_fetched_again(self):
        url = self.web.url + "/all.zip"
        self.said(self.ask("update", "--source", url, "--offline"), 3, "offline, and no copy was kept")
        self.said(self.ask("update", "--source", url), 0, "2 records, the newest of 2026-06-01")
        self.said(self.ask("update", "--source", url), 0, "2 records")
        self.assertEqual(self.web.unchanged, 1)
        asked = len(self.web.asked)
        self.said(self.ask("show", "PYSEC-2026-2", "--source", url, "--offline"), 0, "beta: <3.0")
        self.assertEqual(len(self.web.asked), asked)

    def test_a_set_without_a_release_is_updated_all_the_same(self):
        folder = str(self.folder / "set")
        self.said(self.ask("update", folder), 0, "OSV: 2 records", "own: 1 record,", "no release yet to judge")
        self.said(self.show("CVE-2026-0001", "--offline"), 0, "known to be exploited since 2026-05-01")
        self.web.files["/all.zip"] = b"busy"
        shutil.rmtree(self.folder / "store")
        self.said(self.ask("update", folder), 3, "OSV:")

    def test_what_is_not_known_is_not_clean(self):
        whole = self.web.files.pop("/kev.json")
        self.said(self.show("PYSEC-2026-1"), 3, "KEV: ", "the server answered 404")
        broken = (b"", whole[:100], kev(version=""), b"<html>busy</html>")
        for body in broken:
            self.web.files["/kev.json"] = body
            self.said(self.show("PYSEC-2026-1"), 3, "KEV: ")
            self.write_set(kev=", required = false")
            self.said(self.show("PYSEC-2026-1"), 0, "what KEV says is not known")
            self.write_set()
        self.web.files["/kev.json"] = whole
        self.write_set(osv=f', sha256 = "{"0" * 64}"')
        self.said(self.show("PYSEC-2026-1"), 3, "OSV: its SHA-256 is")
        self.write_set(osv=", max-age-days = 1")
        self.said(self.show("PYSEC-2026-1"), 3, "OSV: its newest record is of 2026-06-01")
        self.write_set()

    def test_an_answer_that_is_no_good_replaces_nothing(self):
        url = self.web.url + "/all.zip"
        good = self.web.files["/all.zip"]
        ask = lambda *arguments: self.ask(*arguments, "--source", url)
        whole = json.dumps(record("PYSEC-2026-3", "gamma", "1.0") | {"schema_version": "2.0.0"}).encode()
        broken = (good[:-30], b"", b"<html>busy</html>", archive(), whole)
        for body in broken:
            self.web.files["/all.zip"] = body
            self.said(ask("update"), 3, "not be looked up")
            self.said(ask("show", "PYSEC-2026-1", "--offline"), 3, "no copy was kept")
        self.web.files["/all.zip"] = good
        self.said(ask("update"), 0, "2 records")
        for body in broken:
            self.web.files["/all.zip"] = body
            self.said(ask("update"), 0, "2 records", "what it answered is no good", "the copy of 20")
            self.said(ask("show", "PYSEC-2026-1", "--offline"), 0, "alpha: <2.0")
        told = json.loads(ask("update", "--json").stdout)["sources"][0]
        self.assertIn("no good", told["kept-because"])
        # Its age counts.
        self.write_set(osv=", max-age-days = 1")
        self.said(self.show("PYSEC-2026-1"), 3, "OSV: ")


class Exploited(RoadTest):
    def test_what_is_exploited_is_refused_at_any_score(self):
        self.index.add(*sdist("alpha"))
        self.write_set("alpha")
        self.advisory("CVE-2026-0001", "alpha", "9.0", MEDIUM)
        (self.set / "kev.json").write_bytes(kev(("CVE-2026-0001", "2026-05-01")))
        arguments = ("--advisories", "advisories", "--advisories", "kev.json")
        done = self.run_assay(*arguments)
        self.assert_said(done, 1, "refused", "CVSS 5.3, known to be exploited since 2026-05-01: CVE-2026-0001",
                         "policy.advisories.refuse-exploited = true")
        self.write_set("alpha", extra="\n[policy.advisories]\nrefuse-exploited = false\nhold-lower = false\n")
        report = self.published(*arguments)
        self.assertIn("kev.json: 1 record,", report["advisories"])
        evidence = json.loads((self.set / "releases/latest/evidence/set.json").read_text())["advisories"]
        self.assertEqual([one["kind"] for one in evidence], ["osv", "kev"])

    def test_without_a_source_of_records_nothing_is_published(self):
        self.index.add(*sdist("alpha"))
        self.write_set("alpha")
        self.published()
        self.write_set("alpha")
        text = (self.set / "assay.toml").read_text()
        (self.set / "assay.toml").write_text(text.replace(
            'sources = ["advisories"]', 'sources = ["advisories", { name = "own", location = "gone", kind = "osv", required = false }]'))
        done = self.run_assay()
        self.assert_said(done, 3, "unfinished", "What is known against it is not all known: own: ")
        update = subprocess.run([ASSAY, "advisories", "update", str(self.set), "--offline", "--store", str(self.store)],
                                capture_output=True, text=True, env=self.environment())
        self.assert_said(update, 3, "what own says is not known")


if __name__ == "__main__":
    unittest.main()
