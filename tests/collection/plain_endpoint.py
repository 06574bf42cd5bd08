"""An endpoint that is not the double: it knows SES and STS alone, and the listing only in its older form."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

CALLER = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::{account}:root</Arn><UserId>{account}</UserId><Account>{account}</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""


class PlainEndpoint(ThreadingHTTPServer):
    """``identities`` are answered two to a page; ``bodies`` replaces the answer to a path as it stands."""

    def __init__(self, account: str, identities: list[str]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.account, self.identities = account, identities
        self.bodies: dict[str, bytes] = {}
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: PlainEndpoint

    def do_GET(self):
        parts = urlsplit(self.path)
        self.server.asked.append(f"GET {parts.path}")
        if parts.path in self.server.bodies:
            self._answer(200, self.server.bodies[parts.path])
        elif parts.path == "/v2/email/identities":
            self._list(int(parse_qs(parts.query).get("NextToken", ["0"])[0]))
        elif unquote(parts.path).removeprefix("/v2/email/identities/") in self.server.identities:
            self._answer(200, b'{"IdentityType": "DOMAIN", "Policies": null}')
        else:
            self._answer(404, b'{"message": "no such route"}')

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(f"POST {self.path}")
        if b"GetCallerIdentity" in body:
            self._answer(200, CALLER.format(account=self.server.account).encode(), "text/xml")
        else:
            self._answer(404, b'{"message": "no such route"}')

    def _list(self, start):
        page: dict[str, object] = {
            "EmailIdentities": [{"IdentityName": name} for name in self.server.identities[start : start + 2]]
        }
        if start + 2 < len(self.server.identities):
            page["NextToken"] = str(start + 2)
        self._answer(200, json.dumps(page).encode())

    def _answer(self, status, body, kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@contextmanager
def plain_endpoint(account: str, identities: list[str]) -> Iterator[PlainEndpoint]:
    with PlainEndpoint(account, identities) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
