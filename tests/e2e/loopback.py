"""What the end-to-end tests stand on: sdists made here, an index on loopback that can misbehave,
and a call of the assay program with a store and set of its own."""

import gzip
import hashlib
import http.server
import io
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import textwrap
import threading
import time
import unittest

ASSAY = os.environ.get("ASSAY_BIN", "out/dev/assay")

# A build back end that lies in the source tree, so that these packages need no tool from outside.
BACKEND = textwrap.dedent(
    '''
    import base64, csv, hashlib, io, pathlib, zipfile

    def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
        info = dict(line.split(": ", 1) for line in
                    pathlib.Path("PKG-INFO").read_text().splitlines() if ": " in line)
        name = info["Name"].replace("-", "_")
        stem = f"{name}-{info['Version']}"
        files = {str(p.relative_to("src")): p.read_bytes()
                 for p in sorted(pathlib.Path("src").rglob("*")) if p.is_file() and p.suffix != ".pyc"}
        files[f"{stem}.dist-info/METADATA"] = pathlib.Path("PKG-INFO").read_bytes()
        files[f"{stem}.dist-info/WHEEL"] = (
            b"Wheel-Version: 1.0\\nGenerator: in-tree\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        record = io.StringIO()
        rows = csv.writer(record, lineterminator="\\n")
        for path, data in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            rows.writerow([path, f"sha256={digest}", len(data)])
        rows.writerow([f"{stem}.dist-info/RECORD", "", ""])
        files[f"{stem}.dist-info/RECORD"] = record.getvalue().encode()
        wheel = f"{stem}-py3-none-any.whl"
        with zipfile.ZipFile(pathlib.Path(wheel_directory) / wheel, "w") as archive:
            for path, data in files.items():
                archive.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), data)
        return wheel
    '''
)

PYPROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["_backend"]\n'


def tar_gz(members):
    """A .tar.gz of {path: text, bytes or a TarInfo}, the same bytes each time."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, content in members.items():
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
                continue
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(path)
            info.size = len(data)
            info.mode = 0o644
            archive.addfile(info, io.BytesIO(data))
    return gzip.compress(raw.getvalue(), mtime=0)


def sdist(name, version="1.0", requires=(), files=None, backend=BACKEND, pyproject=PYPROJECT, tests=None):
    """(file name, bytes) of a source distribution with a module of the package's name. `tests` is
    the text of tests/test_it.py, if it is to have one."""
    module = name.replace("-", "_")
    top = f"{module}-{version}"
    info = f"Metadata-Version: 2.2\nName: {name}\nVersion: {version}\n"
    info += "".join(f"Requires-Dist: {r}\n" for r in requires)
    members = {
        f"{top}/PKG-INFO": info,
        f"{top}/pyproject.toml": pyproject,
        f"{top}/src/{module}/__init__.py": f'VERSION = "{version}"\n',
    }
    if backend is not None:
        members[f"{top}/_backend/backend.py"] = backend
    if tests is not None:
        members[f"{top}/tests/test_it.py"] = tests
    for path, content in (files or {}).items():
        members[f"{top}/{path}"] = content
    return f"{top}.tar.gz", tar_gz(members)


class Index:
    """A simple API (PEP 691) on loopback. `faults` maps a path's suffix to what goes wrong there:
    an HTTP status, "garbage", "empty", "truncate" or "hang-up"."""

    def __init__(self, files=(), etag=True):
        self.projects = {}
        self.faults = {}
        self.hashes = {}  # file name -> hash the page tells, where it is not the true one
        self.facts = {}  # file name -> what else the page tells: "yanked", "requires-python"
        self.requests = []
        self.etag = etag
        for file_name, data in files:
            self.add(file_name, data)
        index = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                index.answer(self)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # clients that are killed in the middle are what some tests are about

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/simple"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def add(self, file_name, data, upload_time="2024-01-01T00:00:00Z"):
        name = re.sub(r"[-_.]+", "-", re.match(r"(.+?)-\d", file_name).group(1)).lower()
        self.projects.setdefault(name, {})[file_name] = (data, upload_time)

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def page(self, name):
        files = []
        for file_name, (data, uploaded) in self.projects[name].items():
            digest = self.hashes.get(file_name, hashlib.sha256(data).hexdigest())
            files.append({"filename": file_name, "url": f"../../files/{file_name}",
                          "hashes": {"sha256": digest}, "size": len(data), "upload-time": uploaded,
                          **self.facts.get(file_name, {})})
        return json.dumps({"meta": {"api-version": "1.1"}, "name": name, "files": files}).encode()

    def answer(self, request):
        path = request.path
        self.requests.append(path)
        fault = next((f for suffix, f in self.faults.items() if path.endswith(suffix)), None)
        if isinstance(fault, int):
            return self.send(request, fault, b"no", "text/plain")
        if fault == "garbage":
            return self.send(request, 200, b"\x00\xff{]" * 100, "application/vnd.pypi.simple.v1+json")
        if fault == "empty":
            return self.send(request, 200, b"", "application/vnd.pypi.simple.v1+json")
        if fault == "hang-up":
            request.connection.shutdown(socket.SHUT_RDWR)
            return None
        if match := re.fullmatch(r"/simple/([^/]+)/", path):
            if match[1] not in self.projects:
                return self.send(request, 404, b"no such project", "text/plain")
            return self.send(request, 200, self.page(match[1]), "application/vnd.pypi.simple.v1+json")
        if match := re.fullmatch(r"/files/([^/]+)", path):
            for files in self.projects.values():
                if match[1] in files:
                    return self.send(request, 200, files[match[1]][0], "application/octet-stream",
                                     truncate=fault == "truncate")
        return self.send(request, 404, b"no such file", "text/plain")

    def send(self, request, status, data, kind, truncate=False):
        tag = '"' + hashlib.sha256(data).hexdigest()[:16] + '"'
        if status == 200 and self.etag and request.headers.get("If-None-Match") == tag:
            request.send_response(304)
            request.end_headers()
            return
        total = len(data)
        start = 0
        ranged = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", ""))
        if status == 200 and ranged and int(ranged[1]) < total:
            start = int(ranged[1])
            end = min(int(ranged[2] or total - 1), total - 1)
            data = data[start:end + 1]
            status = 206
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(data)))
        if status == 206:
            request.send_header("Content-Range", f"bytes {start}-{start + len(data) - 1}/{total}")
        if self.etag and status < 300:
            request.send_header("ETag", tag)
        request.end_headers()
        if truncate:
            request.wfile.write(data[: len(data) // 2])
            request.wfile.flush()
            request.connection.shutdown(socket.SHUT_RDWR)
            return
        request.wfile.write(data)


class RoadTest(unittest.TestCase):
    """A test with an index, a set's folder and a store, all its own."""

    tests_required = False
    threat_model_required = False

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.set = self.folder / "set"
        self.store = self.folder / "store"
        (self.set / "advisories").mkdir(parents=True)
        self.advisory("EXAMPLE-0", "no-such-package", "1.0", None)
        self.index = Index()
        self.addCleanup(self.index.close)

    def advisory(self, id, name, fixed, vector):
        record = {"schema_version": "1.7.0", "id": id, "modified": "2024-01-01T00:00:00Z",
                  "affected": [{"package": {"ecosystem": "PyPI", "name": name},
                                "ranges": [{"type": "ECOSYSTEM",
                                            "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]}
        if vector:
            record["severity"] = [{"type": "CVSS_V3", "score": vector}]
        (self.set / "advisories" / f"{id}.json").write_text(json.dumps(record))

    def write_set(self, *requirements, keys="", extra=""):
        required = "" if self.tests_required else "\n[policy.tests]\nrequired = false\n"
        text = f'[set]\nname = "e2e"\nrequirements = {json.dumps(list(requirements))}\n{keys}{required}{extra}\n'
        if not self.threat_model_required:
            text += "\n[policy.threat-model]\nrequired = false\n"
        text += '\n[advisories]\nsources = ["advisories"]\n'
        (self.set / "assay.toml").write_text(text)

    def command(self, *arguments):
        return [ASSAY, "run", str(self.set), "--index", self.index.url, "--store", str(self.store), *arguments]

    def environment(self):
        return {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1",
                "XDG_CONFIG_HOME": str(self.folder / "config")}

    def run_assay(self, *arguments, timeout=300, before=()):
        return subprocess.run([*before, *self.command(*arguments)], capture_output=True, text=True,
                              timeout=timeout, env=self.environment())

    def report(self, *arguments):
        done = self.run_assay("--json", *arguments)
        self.assertTrue(done.stdout, done.stderr)
        return done.returncode, json.loads(done.stdout)

    def published(self, *arguments):
        code, report = self.report(*arguments)
        self.assertEqual(code, 0, json.dumps(report, indent=1))
        return report

    def releases(self):
        folder = self.set / "releases"
        return sorted(int(p.name) for p in folder.iterdir() if p.name.isdigit()) if folder.exists() else []

    def assert_release_whole(self):
        done = subprocess.run([ASSAY, "verify", str(self.set / "releases" / "latest"),
                               "--key", str(self.set / "release-key.pub")],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def assert_said(self, done, code, *words):
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, code, said)
        for word in words:
            self.assertIn(word, said)


def main():
    unittest.main(verbosity=2)
