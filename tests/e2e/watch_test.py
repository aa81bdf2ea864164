"""Every commit of a package's source is examined once, and the ledger proves it."""

import gzip
import http.server
import json
import os
import ssl
import subprocess
import threading
import unittest

from loopback import ASSAY, RoadTest

GIT = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
       "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "A",
       "GIT_COMMITTER_EMAIL": "a@example.com", "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
       "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"}


def fetching(*urls):
    """A module with a function for each URL that fetches it."""
    functions = (f"def fetch{n}():\n    return urlopen({url!r})\n" for n, url in enumerate(urls))
    return "from urllib.request import urlopen\n\n" + "".join(functions)


class GitServer:
    """A repository over https on loopback, by git's smart protocol; its certificate is signed by an
    authority of its own, `authority`, that nobody else knows."""

    def __init__(self, repository, folder):
        self.repository = repository
        self.broken = False
        certificate, key = folder / "server.pem", folder / "server.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out",
                        certificate], check=True, capture_output=True)
        self.authority = certificate
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                line = b"# service=git-upload-pack\n"
                server.send(self, "advertisement",
                            b"%04x%b0000" % (len(line) + 4, line) + server.upload_pack("--advertise-refs"))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                server.send(self, "result", server.upload_pack(body=body))

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass  # who does not know the authority hangs up

        self.server = Server(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                 do_handshake_on_connect=False)
        self.url = f"https://localhost:{self.server.server_port}/alpha.git"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def upload_pack(self, *options, body=b""):
        return subprocess.run(["git", "upload-pack", "--stateless-rpc", *options, self.repository], input=body,
                              env=GIT, capture_output=True, check=True).stdout

    def send(self, request, kind, body):
        request.send_response(500 if self.broken else 200)
        request.send_header("Content-Type", f"application/x-git-upload-pack-{kind}")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Watch(RoadTest):
    def setUp(self):
        super().setUp()
        self.upstream = self.folder / "upstream"
        self.upstream.mkdir()
        self.git("init", "-q", "-b", "main")
        self.commit("first", {"src/alpha/__init__.py": fetching("http://old.contoso.com/list")})
        self.write_set("alpha", extra='[watch]\nalpha = "../upstream"\n')

    def git(self, *arguments):
        return subprocess.run(["git", *arguments], cwd=self.upstream, env=GIT, check=True,
                              capture_output=True, text=True).stdout.strip()

    def commit(self, subject, files):
        for path, text in files.items():
            (self.upstream / path).parent.mkdir(parents=True, exist_ok=True)
            (self.upstream / path).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", subject)
        return self.git("rev-parse", "HEAD")

    def watch(self, *arguments, **environment):
        return subprocess.run([ASSAY, "watch", str(self.set), "--once", "--store", str(self.store), *arguments],
                              capture_output=True, text=True, env={**self.environment(), **environment})

    def ledger(self):
        return [json.loads(line) for line in (self.set / "watch/ledger.jsonl").read_text().splitlines()]

    def test_each_new_commit_is_examined_once_and_told(self):
        self.assert_said(self.watch(), 0, "examined whole (baseline)")
        self.assert_said(self.watch(), 0, "nothing new")
        harmless = self.commit("docs", {"README.md": "See http://docs.contoso.com/\n"})
        bad = self.commit("fetch a list", {
            "src/alpha/__init__.py": fetching("http://old.contoso.com/list", "http://new.contoso.com/list")})
        looked = self.watch()
        self.assert_said(looked, 1, bad[:12], "fetch a list", "src/alpha/__init__.py:6", "new.contoso.com")
        self.assertNotIn("old.contoso.com", looked.stdout)
        self.assertEqual([e["kind"] for e in self.ledger()], ["baseline", "commit", "commit"])
        self.assertEqual([e["commit"] for e in self.ledger()][1:], [harmless, bad])
        self.assert_said(self.watch(), 0, "nothing new")
        self.assertEqual(len(self.ledger()), 3)

    def test_merge_and_removal_are_followed(self):
        self.watch()
        self.git("checkout", "-q", "-b", "side")
        self.commit("side", {"src/alpha/side.py": fetching("http://side.contoso.com/")})
        self.git("checkout", "-q", "main")
        self.commit("main", {"src/alpha/main.py": "Y = 1\n"})
        self.git("merge", "-q", "--no-ff", "-m", "merge", "side")
        (self.upstream / "src/alpha/side.py").unlink()
        self.commit("remove", {})
        looked = json.loads(self.watch("--json").stdout)
        self.assertEqual({c["subject"] for c in looked["commits"]}, {"side", "main", "merge", "remove"})
        self.assertTrue(any(c["stands-out"] for c in looked["commits"]))

    def test_rewritten_history_is_told(self):
        self.commit("second", {"a.py": "a = 1\n"})
        self.watch()
        self.git("reset", "-q", "--hard", "HEAD~1")
        self.commit("another second", {"a.py": "a = 2\n"})
        self.assert_said(self.watch(), 1, "no longer holds the commit")
        self.assertEqual(self.ledger()[-1]["kind"], "rewritten")

    def test_gone_repository_is_an_error(self):
        self.watch()
        self.upstream.rename(self.folder / "moved")
        self.assert_said(self.watch(), 3, "alpha", "upstream")

    def test_repository_over_https(self):
        server = GitServer(self.upstream, self.folder)
        self.addCleanup(server.close)
        self.write_set("alpha", extra=f'[watch]\nalpha = "{server.url}"\n')
        nobodys = self.watch(PIP_CERT="", GIT_SSL_CAINFO="", SSL_CERT_FILE="", CURL_CA_BUNDLE="")
        self.assert_said(nobodys, 3, "localhost", "certificate")
        self.assertNotIn("nothing new", nobodys.stdout)
        known = {"SSL_CERT_FILE": str(server.authority), "PIP_CERT": "", "GIT_SSL_CAINFO": ""}
        self.assert_said(self.watch(**known), 0, "examined whole (baseline)")
        bad = self.commit("fetch", {"src/alpha/new.py": fetching("http://new.contoso.com/list")})
        server.broken = True
        self.assert_said(self.watch(**known), 3, "localhost", "500")
        server.broken = False
        self.assert_said(self.watch(**known), 1, bad[:12], "src/alpha/new.py:4")
        self.assertEqual([e["commit"] for e in self.ledger()][1:], [bad])

    def test_ledger_shows_every_change(self):
        self.watch()
        self.commit("second", {"a.py": "a = 1\n"})
        self.watch()
        self.assert_said(self.watch("--verify-ledger"), 0, "the ledger is whole: 2 scans")
        file = self.set / "watch" / "ledger.jsonl"
        whole = file.read_text()
        lines = whole.splitlines(keepends=True)
        for broken in (lines[1], whole.replace('"files":1', '"files":2', 1), whole[:-10] + "\n"):
            file.write_text(broken)
            self.assert_said(self.watch("--verify-ledger"), 1, "ledger.jsonl:")

    def test_what_is_no_repository_is_refused(self):
        for location in ("ext::sh -c id", "ssh://host/x", "--upload-pack=id"):
            self.write_set("alpha", extra=f"[watch]\nalpha = {json.dumps(location)}\n")
            self.assertEqual(self.watch().returncode, 3, location)
        self.write_set("alpha")
        self.assert_said(self.watch(), 2, "watches nothing")


if __name__ == "__main__":
    unittest.main()
