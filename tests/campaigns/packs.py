"""Packs in tests: taken apart, checked, and changed as somebody might who wants them to say something else."""

import contextlib
import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from approvals.models import EvidencePack
from approvals.services.evidence import verify as script
from approvals.services.evidence.manifest import manifest_bytes, pack_hash
from approvals.services.evidence.sealing import bytes_of
from inventory.services.audit_chain.content import canonical

Row = dict[str, str]


def unpacked(pack: EvidencePack, folder: Path) -> Path:
    """The files of a pack in a folder."""
    with zipfile.ZipFile(io.BytesIO(b"".join(bytes_of(pack)))) as file:
        file.extractall(folder)
    return folder


def checked(path: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and words of the script, in this process."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = script.main([str(path), *arguments])
    return code, said.getvalue()


def checked_bare(path: Path, *arguments: str) -> tuple[int, str]:
    """By a Python without any library but its own."""
    command = [sys.executable, "-I", "-S", script.__file__, str(path), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def flips(folder: Path) -> Iterator[str]:
    """Each file with one byte changed, at its beginning, in its middle and near its end, and whole again afterwards."""
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        for place in (0, len(whole) // 2, len(whole) - 2):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            yield f"{path.name} at {place}"
        path.write_bytes(whole)


class Forger:
    """Owns database and server, but neither the auditor's fingerprint nor what was mailed: hashes and signs anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))

    def rows(self, name: str, change: Callable[[list[Row]], object]) -> None:
        """Change the rows of a table in place."""
        path = self.folder / name
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            rows, headers = list(reader), list(reader.fieldnames or ())
        change(rows)
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, headers)
            writer.writeheader()
            writer.writerows(rows)

    def events(self, change: Callable[[list[dict[str, Any]]], object], *, relink: bool = True) -> None:
        """Change the events in place; ``relink`` computes a chain that holds in itself."""
        path = self.folder / "events.jsonl"
        links = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        change(links)
        previous = self.manifest["audit"]["previous_hash"]
        for number, link in enumerate(links if relink else (), start=self.manifest["audit"]["first_position"]):
            link |= {"position": number, "previous": previous}
            del link["hash"]
            previous = link["hash"] = sha256(canonical(link).encode()).hexdigest()
        path.write_text("".join(json.dumps(link, ensure_ascii=False) + "\n" for link in links), "utf-8")
        self.manifest["audit"] |= {"head_position": links[-1]["position"], "head_hash": links[-1]["hash"]}

    def sign(self) -> Path:
        """Hash every file anew, and sign with another key."""
        key = Ed25519PrivateKey.generate()
        kinds = serialization.Encoding, serialization.PublicFormat
        pem = key.public_key().public_bytes(kinds[0].PEM, kinds[1].SubjectPublicKeyInfo)
        (self.folder / "signing_key.pem").write_bytes(pem)
        fingerprint = sha256(key.public_key().public_bytes(kinds[0].Raw, kinds[1].Raw)).hexdigest()
        self.manifest["signing_key_fingerprint"] = fingerprint
        for each in self.manifest["files"]:
            content = (self.folder / each["name"]).read_bytes()
            each |= {"sha256": sha256(content).hexdigest(), "size": len(content)}
            if "rows" in each:
                lines = csv.reader(io.StringIO(content.decode())) if each["name"].endswith(".csv") else None
                each["rows"] = sum(1 for _ in lines) - 1 if lines else content.count(b"\n")
        self.manifest["pack_hash"] = pack_hash(self.manifest)
        content = manifest_bytes(self.manifest)
        (self.folder / "manifest.json").write_bytes(content)
        (self.folder / "manifest.sig").write_bytes(key.sign(content))
        return self.folder
