"""The key that signs evidence: it lies outside the database, so that whoever writes there cannot sign."""

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings


class SigningKeyError(Exception):
    """The key cannot be read or is of another kind; the message says where it lies and what to do."""


@dataclass(frozen=True, slots=True)
class Signer:
    """An Ed25519 key with what a reader needs of it."""

    key: Ed25519PrivateKey

    @property
    def public_pem(self) -> bytes:
        """The public key as PEM, as it lies in each pack."""
        return self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the 32 bytes of the public key, in hex: what an auditor writes down once."""
        raw = self.key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return sha256(raw).hexdigest()

    def sign(self, content: bytes) -> bytes:
        """The 64 bytes of an Ed25519 signature."""
        return self.key.sign(content)


def signer() -> Signer:
    """The key of this installation; made at the first use."""
    path: Path = settings.SESGOV_SIGNING_KEY_FILE
    if not path.exists():
        _make(path)
    return Signer(_read(path))


def _read(path: Path) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise SigningKeyError(f"The signing key {path} cannot be read: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningKeyError(f"The signing key {path} is no Ed25519 key. Make one: openssl genpkey -algorithm ed25519")
    return key


def _make(path: Path) -> None:
    """Whole or not at all, and one only, whoever else is at it."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
