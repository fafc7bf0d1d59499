"""A hub of one dataset on this machine, as the example of Hugging Face datasets asks it."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Hub(BaseHTTPRequestHandler):
    """As much of the Hub as reading one dataset takes, which is ann/stories at v1."""

    def do_GET(self):
        path = self.path.partition("?")[0]
        within = path.partition("/resolve/")[2].partition("/")[2]
        if path.startswith("/api/datasets/ann/stories/tree/") and path.endswith(self.server.commit):
            listed = [(name, len(data)) for name, data in self.server.files.items()]
            keys = {"type": "file", "oid": self.server.commit}
            self._answer(json.dumps([{**keys, "path": n, "size": s} for n, s in listed]).encode())
        elif re.fullmatch(f"/api/datasets/ann/stories(/revision/(v1|{self.server.commit}))?", path):
            card = {"cardData": {"license": "mit"}, "siblings": []}
            self._answer(
                json.dumps({"id": "ann/stories", "sha": self.server.commit, **card}).encode()
            )
        elif within in self.server.files:
            self._answer(self.server.files[within])
        else:
            self.send_response(404)
            what = "Revision" if "/revision/" in path else "Entry" if "stories/" in path else "Repo"
            self.send_header("X-Error-Code", f"{what}NotFound")
            self.end_headers()

    def do_HEAD(self):
        self.do_GET()

    def _answer(self, data):
        self.send_response(206 if self.headers["Range"] else 200)
        headers = {"Content-Length": len(data), "ETag": '"1"', "X-Repo-Commit": self.server.commit}
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    def log_message(self, *_):
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def serve_hub():
    """Serves files at a commit; returns the environment of commands that read from there."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"

    def serve(commit, files):
        server.commit, server.files = commit, files
        return {"HF_ENDPOINT": address, "HF_HUB_OFFLINE": "0", "NO_PROXY": "127.0.0.1"}

    yield serve
    server.shutdown()
    server.server_close()
