"""The archive: files written as they come, the same bytes for the same content."""

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import IO

# The same for every file of every pack: when something was made is told by the manifest.
_DATE = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16
_UNIX = 3


@dataclass(frozen=True, slots=True)
class FileSum:
    """One file of a pack: SHA-256 in hex, size in bytes, and how many rows it has where it has rows."""

    name: str
    sha256: str
    size: int
    rows: int | None = None


class Archive:
    """A zip file that is written from front to back; memory holds one piece."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)

    def add(self, name: str, pieces: Iterable[bytes]) -> FileSum:
        """Write one file; its sum has no number of rows."""
        digest, size = sha256(), 0
        entry = zipfile.ZipInfo(name, _DATE)
        entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, _MODE, _UNIX
        with self._zip.open(entry, "w", force_zip64=True) as target:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                target.write(piece)
        return FileSum(name, digest.hexdigest(), size)

    def close(self) -> None:
        """Write the list of files at the end."""
        self._zip.close()
