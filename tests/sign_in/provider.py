"""A company's provider of identities on loopback: discovery, keys, code exchange with PKCE, userinfo."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID = "sesgov-client"
CLIENT_SECRET = "a secret of the client"
OURS = rsa.generate_private_key(public_exponent=65537, key_size=2048)
STRANGERS = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """What a test changes: ``spoiled`` claims replace those of the token, ``signer`` and ``algorithm`` sign it."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.named_issuer = issuer
        self.spoiled: dict[str, Any] = {}
        self.userinfo: dict[str, Any] | None = None
        self.signer: Any = OURS
        self.algorithm = "RS256"
        self._codes: dict[str, tuple[dict[str, str], dict[str, Any]]] = {}

    def approve(self, asked: Mapping[str, str], claims: Mapping[str, Any]) -> str:
        """Somebody signed in there: the code that their browser brings back."""
        code = secrets.token_urlsafe(12)
        self._codes[code] = (dict(asked), dict(claims))
        return code

    def discovery(self) -> dict[str, Any]:
        said = {
            "issuer": self.named_issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
        return said | ({"userinfo_endpoint": f"{self.issuer}/userinfo"} if self.userinfo else {})

    def keys(self) -> dict[str, Any]:
        key = jwt.algorithms.RSAAlgorithm.to_jwk(OURS.public_key(), as_dict=True)
        return {"keys": [key | {"kid": "one", "use": "sig"}]}

    def exchange(self, given: Mapping[str, str]) -> dict[str, Any] | None:
        """The tokens for a code, once, to who knows the secret and began the attempt."""
        asked, claims = self._codes.pop(given.get("code", ""), ({}, {}))
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        holds = asked and asked["code_challenge"] == challenge and asked["redirect_uri"] == given["redirect_uri"]
        if not holds or given.get("client_secret") != CLIENT_SECRET or given.get("client_id") != CLIENT_ID:
            return None
        return {"access_token": "access", "token_type": "Bearer", "id_token": self._sign(asked["nonce"], claims)}

    def _sign(self, nonce: str, claims: Mapping[str, Any]) -> str:
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce}
        body = {key: value for key, value in (said | dict(claims) | self.spoiled).items() if value is not None}
        return jwt.encode(body, self.signer, algorithm=self.algorithm, headers={"kid": "one"})


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that listens until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    server.provider = provider  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        provider: Provider = self.server.provider  # type: ignore[attr-defined]
        known = {
            "/.well-known/openid-configuration": provider.discovery,
            "/keys": provider.keys,
            "/userinfo": lambda: provider.userinfo,
        }
        self._answer(known[urlsplit(self.path).path]())

    def do_POST(self) -> None:
        provider: Provider = self.server.provider  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer(provider.exchange({key: values[0] for key, values in parse_qs(body).items()}))

    def _answer(self, said: Mapping[str, Any] | None) -> None:
        body = json.dumps(said or {"error": "invalid_grant"}).encode()
        self.send_response(200 if said else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
