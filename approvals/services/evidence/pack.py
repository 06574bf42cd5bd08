"""A pack: the tables, the events, the summary and the script that checks them, under one signed manifest."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from approvals.models import Campaign
from approvals.services.evidence.archive import Archive, FileSum
from approvals.services.evidence.events import EventSegment
from approvals.services.evidence.manifest import Sealing, contents, manifest_bytes, manifest_of
from approvals.services.evidence.review_book import review_book
from approvals.services.evidence.signing import Signer
from approvals.services.evidence.summary import summary
from approvals.services.evidence.tables import TABLES, Table
from inventory.files.exports import safe_cell

_VERIFY = Path(__file__).with_name("verify.py")
_ROWS_A_PIECE = 200


@dataclass(frozen=True, slots=True)
class Built:
    """What was written."""

    pack_hash: str
    files: tuple[FileSum, ...]


def build(campaign: Campaign, sealing: Sealing, signer: Signer, target: IO[bytes]) -> Built:
    """Write the pack; the same campaign and sealing give the same bytes. Memory holds a few rows."""
    archive = Archive(target)
    segment = EventSegment(campaign, sealing.head)
    told = contents(campaign, sealing, segment.bounds())
    files = [_add_table(archive, table, campaign) for table in TABLES]
    files.append(_counted(archive, "events.jsonl", segment.lines))
    files.append(archive.add("review.xlsx", review_book(campaign, at=sealing.sealed_at)))
    files.append(archive.add("summary.pdf", [summary(campaign, told)]))
    files.append(archive.add("verify.py", [_VERIFY.read_bytes()]))
    files.append(archive.add("signing_key.pem", [signer.public_pem]))
    manifest = manifest_of(told, files)
    content = manifest_bytes(manifest)
    archive.add("manifest.json", [content])
    archive.add("manifest.sig", [signer.sign(content)])
    archive.close()
    return Built(manifest["pack_hash"], tuple(files))


def _add_table(archive: Archive, table: Table, campaign: Campaign) -> FileSum:
    return _counted(archive, table.name, lambda: _lines(table.rows(campaign)), header=_line(table.headers))


def _counted(archive: Archive, name: str, lines: Callable[[], Iterator[str]], *, header: str = "") -> FileSum:
    """Add a file of one row a line; the header counts as none."""
    number = 0

    def pieces() -> Iterator[bytes]:
        nonlocal number
        waiting = [header]
        for line in lines():
            number += 1
            waiting.append(line)
            if len(waiting) >= _ROWS_A_PIECE:
                yield "".join(waiting).encode()
                waiting = []
        yield "".join(waiting).encode()

    return replace(archive.add(name, pieces()), rows=number)


def _lines(rows: Iterator[Sequence[object]]) -> Iterator[str]:
    return (_line(row) for row in rows)


def _line(row: Sequence[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([safe_cell(value) for value in row])
    return text.getvalue()
