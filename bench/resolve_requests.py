#!/usr/bin/env python3
"""How many requests resolving takes beside uv, with an empty store, through a proxy on loopback that counts.

Usage: bench/resolve_requests.py [ASSAY]   (default: out/release/assay)
Needs uv (pip install uv, or UV=/path/to/uv) and the index that pip is set up for. The proxy passes on byte
ranges and validators, and adds nothing.
"""

import base64
import collections
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

from pip._vendor import urllib3

from resolve import SETS

PASSED_ON = ("Accept", "Range", "If-None-Match", "If-Modified-Since")
PASSED_BACK = ("Content-Type", "Content-Range", "Accept-Ranges", "ETag", "Last-Modified")


def index_url():
    """Where pip looks, by its configuration or its own default."""
    told = subprocess.run([sys.executable, "-c", "from pip._internal.cli.main_parser import create_main_parser as _\n"
                           "from pip._internal.commands import create_command\n"
                           "print(create_command('download').parser.get_default_values().index_url)"],
                          capture_output=True, text=True, check=True)
    return told.stdout.strip().rstrip("/")


class Proxy:
    def __init__(self, upstream):
        self.counts = collections.Counter()
        self.bytes = 0
        self.upstream = urllib3.PoolManager(maxsize=32, retries=5, ca_certs=os.environ.get("SSL_CERT_FILE"))
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                proxy.answer(self, upstream)

            do_HEAD = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request, upstream):
        if request.path.startswith("/simple/"):
            kind, url = "pages", upstream + request.path.removeprefix("/simple")
        else:
            coded, _, rest = request.path.removeprefix("/files/").partition("/")
            url = base64.urlsafe_b64decode(coded).decode()
            kind = "metadata" if rest.endswith(".metadata") else "ranges" if "Range" in request.headers else "files"
            url += ".metadata" if kind == "metadata" else ""
        self.counts[kind] += 1
        headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
        got = self.upstream.request(request.command, url, headers=headers, decode_content=True)
        status, body, told = got.status, got.data, got.headers
        if kind == "pages" and status == 200 and "json" in told.get("Content-Type", ""):
            page = json.loads(body)
            for file in page["files"]:
                coded = base64.urlsafe_b64encode(file["url"].encode()).decode()
                file["url"] = f"{self.url}/files/{coded}/{file['filename']}"
            body = json.dumps(page).encode()
        self.bytes += len(body)
        request.send_response(status)
        for name in PASSED_BACK:
            if name in told:
                request.send_header(name, told[name])
        length = told.get("Content-Length", "0") if request.command == "HEAD" else str(len(body))
        request.send_header("Content-Length", length)
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(body)


def count(upstream, command):
    proxy = Proxy(upstream)
    try:
        done = subprocess.run([part.replace("INDEX", proxy.url + "/simple") for part in command],
                              capture_output=True, text=True)
    finally:
        proxy.server.shutdown()
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
    return proxy


def main():
    assay = sys.argv[1] if len(sys.argv) > 1 else "out/release/assay"
    uv = os.environ.get("UV", "uv")
    upstream = index_url()
    print(f"{'':12} {'':6} {'all':>6} {'pages':>6} {'metadata':>9} {'ranges':>7} {'files':>6} {'MB':>7}")
    for title, (python, packages) in SETS.items():
        with tempfile.TemporaryDirectory() as folder:
            asked = pathlib.Path(folder) / "asked.txt"
            asked.write_text("\n".join(packages.split()) + "\n")
            commands = {
                "assay": [assay, "resolve", "-r", str(asked), "--python", python, "--platform", "linux-x86_64",
                          "--index", "INDEX", "--store", f"{folder}/store"],
                "uv": [uv, "pip", "compile", "-q", str(asked), "--python-version", python, "--cache-dir",
                       f"{folder}/cache", "--default-index", "INDEX"]}
            for name, command in commands.items():
                proxy = count(upstream, command)
                kinds = [proxy.counts[kind] for kind in ("pages", "metadata", "ranges", "files")]
                print(f"{title:12} {name:6} {sum(kinds):6} {kinds[0]:6} {kinds[1]:9} {kinds[2]:7} {kinds[3]:6} "
                      f"{proxy.bytes / 1e6:7.1f}")


if __name__ == "__main__":
    main()
