"""Providers of identity for the tests: one that keeps the rules, one that signs whatever it is told to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs

import httpx
import oidc_provider_mock
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import RSAKey

from ui.access.oidc_settings import FILE

T = TypeVar("T")
PUBLIC = "http://127.0.0.1:8901"
SECRET = "only-for-the-tests-5d1e0c"


def aside(work: Callable[[], T]) -> T:
    """Return what the work gives, done in another thread: beside browser tests this one may have a loop already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def write_settings(root: Path, issuer: str, more: str = "", /, **values: Any) -> Path:
    """Write `access.toml` for its owner alone."""
    given = {"issuer": issuer, "client_id": "gandan", "client_secret": SECRET, "public_address": PUBLIC} | values
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in given.items()]
    path = root / FILE
    path.write_text("[oidc]\n" + "\n".join(lines) + "\n" + more, "utf-8")
    path.chmod(0o600)
    return path


@dataclass(frozen=True)
class Honest:
    """oidc-provider-mock on a port of this machine."""

    issuer: str

    def knows(self, subject: str, **claims: object) -> None:
        """Say what the provider vouches for about a person."""
        httpx.put(f"{self.issuer}/users/{subject}", json=claims).raise_for_status()

    def agrees(self, address: str, subject: str) -> str:
        """Return where the browser is sent after the person has signed in at the provider."""
        return httpx.post(address, data={"sub": subject}).headers["location"]

    def denies(self, address: str) -> str:
        """Return where the browser is sent after the person has said no."""
        return httpx.post(address, data={"action": "deny"}).headers["location"]


@contextmanager
def honest() -> Iterator[Honest]:
    """Run the mock provider until the end of the block."""
    with oidc_provider_mock.run_server_in_thread() as server:
        yield Honest(f"http://localhost:{server.server_port}")


@dataclass
class Forger:
    """A provider whose tokens, answers and keys a test writes itself."""

    issuer: str = ""
    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    published: list[Any] = field(default_factory=list)
    nonce: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    alg: str = "RS256"
    metadata: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    says_no: str = ""
    status: int = 200
    delay: float = 0.0
    asked: list[tuple[str, dict[str, str], str]] = field(default_factory=list)

    def token(self) -> str:
        """Return an id_token as the test wants it, right in all that the test does not change."""
        now = int(time.time())
        told = {
            "iss": self.issuer, "sub": "s-1", "aud": "gandan", "iat": now, "exp": now + 300, "nonce": self.nonce,
            "preferred_username": "xa.laobao",
        } | self.claims  # fmt: skip
        told = {name: value for name, value in told.items() if name not in self.without}
        header = {"alg": self.alg, "kid": self.key.kid}
        if self.alg == "none":
            return f"{_part({'alg': 'none'})}.{_part(told)}."
        if self.alg == "HS256":  # signed with what everybody can read: the public key
            signed = f"{_part(header)}.{_part(told)}"
            digest = hmac.new(self.key.as_pem(private=False), signed.encode(), hashlib.sha256).digest()
            return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"
        return jwt.encode(header, told, self.key, algorithms=[self.alg])

    def answer(self, path: str, body: str) -> Any:
        """Return what is answered to a path."""
        if path in ("/.well-known/openid-configuration", "/elsewhere"):
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/jwks",
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            } | self.metadata
        if path == "/jwks":
            return {"keys": [key.as_dict(private=False) for key in self.published or [self.key]]}
        if path == "/token" and self.says_no:
            return {"error": self.says_no, "error_description": "client_secret was wrong"}
        if path == "/token":
            return {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": self.token()}
        return self.userinfo

    def form(self, path: str) -> dict[str, str]:
        """Return the last form sent to a path."""
        body = next(body for asked, _, body in reversed(self.asked) if asked == path)
        return {name: values[0] for name, values in parse_qs(body).items()}


def _part(told: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()


def certificate(folder: Path) -> Path:
    """Return a file with a key and a certificate of 127.0.0.1 that nobody vouches for."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "provider of the tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "provider.pem"
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(key.private_bytes(*plain) + made.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def forging(certificate: Path | None = None) -> Iterator[Forger]:
    """Run a forger until the end of the block; with a certificate it speaks TLS."""
    forger = Forger()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            path = self.path.partition("?")[0]
            forger.asked.append((path, dict(self.headers.items()), body))
            delay = forger.delay
            time.sleep(delay)
            content = json.dumps(forger.answer(path, body)).encode() if forger.status == 200 else b"<html>Traceback"
            if delay:
                return  # nobody waits any more
            self.send_response(forger.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    forger.issuer = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield forger
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
