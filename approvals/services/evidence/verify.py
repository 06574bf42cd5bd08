#!/usr/bin/env python3
"""Check an evidence pack without the system that made it, and without trusting it.

    python3 verify.py PACK.zip [--fingerprint HEX] [--head HEX] [--hash HEX]
    python3 verify.py PACK.zip sample --seed N [--size K]

PACK.zip is the file as it was sent, or the folder that it was unpacked into. Needs Python 3.9 and nothing else; the
signature is checked with the library `cryptography` where it is there, else by the arithmetic at the end of this file.
With openssl: openssl pkeyutl -verify -pubin -inkey signing_key.pem -rawin -in manifest.json -sigfile manifest.sig

What is checked: every file is there, is the one that the manifest names and has as many rows; the pack's hash; that the
population has the hash that was taken when it was frozen, and each item that of its evidence; that what was decided and
removed adds up; that the audit events follow one another without a gap up to the head, begin with the review's own, and
tell of the same population, the same signature of a person and every decision and verified removal, no more and no
fewer; the signature, by the key in the pack, the key against the fingerprint, the chain against the head, and the pack
against the hash that you hold. Who holds none of the three knows that the pack is in one piece, not who made it. The
other tables, the summary and the workbook are held by the signature alone.
Exit 0: all of it holds. 1: something does not. 2: this is no pack.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import json
import random
import re
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:  # the rest is checked without
    Ed25519PublicKey = None  # type: ignore[assignment,misc]

NOT_LISTED = ("manifest.json", "manifest.sig")
TABLES = (
    "population", "decisions", "reassignments", "remediation", "approvals", "exceptions", "changes_during_period",
    "access_to_sesgov", "changes_of_access_to_sesgov",
)  # fmt: skip
NEEDED = (*(f"{name}.csv" for name in TABLES), "events.jsonl", "summary.pdf", "review.xlsx", "signing_key.pem")
PIECE = 1 << 20
# Of a manifest, a cell and a line: what is larger was made to fill the memory of whoever reads it.
MOST_AT_ONCE = 1 << 26
csv.field_size_limit(MOST_AT_ONCE)
# What reading something strange may end with.
TROUBLE = (
    AttributeError, EOFError, KeyError, LookupError, NotImplementedError, OSError, RecursionError, RuntimeError,
    TypeError, ValueError, csv.Error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


Manifest = dict[str, Any]


class NoPackError(Exception):
    """What was given is not a pack at all."""


class Folder:
    """The files of a pack, in a zip file or a folder."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        try:
            self.zip = None if self.path.is_dir() else zipfile.ZipFile(str(self.path))
        except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile) as error:
            raise NoPackError(f"{self.path} cannot be read as a zip file: {error}") from None

    def names(self) -> list[str]:
        """As many as there are: a zip file may hold a name twice."""
        if self.zip is None:
            return sorted(each.name for each in self.path.iterdir())
        return sorted(self.zip.namelist())

    def open(self, name: str) -> IO[bytes]:
        if not re.fullmatch(r"[a-z_]+\.[a-z]+", name):
            raise ValueError(f"{name!r} is no name of a file of a pack")
        return (self.path / name).open("rb") if self.zip is None else self.zip.open(name)

    def read(self, name: str) -> bytes:
        with self.open(name) as file:
            content = file.read(MOST_AT_ONCE + 1)
        if len(content) > MOST_AT_ONCE:
            raise ValueError(f"{name} is larger than {MOST_AT_ONCE} bytes")
        return content

    def rows(self, name: str) -> Iterator[dict[str, str]]:
        """The rows of a table as dictionaries; what a spreadsheet would have run has its apostrophe taken off."""
        with self.open(name) as file:
            for row in csv.DictReader(io.TextIOWrapper(file, "utf-8", newline="")):
                yield {key: plain(value) for key, value in row.items()}

    def lines(self, name: str) -> Iterator[str]:
        with self.open(name) as file:
            while line := file.readline(MOST_AT_ONCE):
                yield line.decode("utf-8")


def parsed(text: str) -> Any:
    """JSON in which no name stands twice: two readers could take two values."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError(f"a name stands twice among {sorted(name for name, _ in pairs)}")
        return dict(pairs)

    return json.loads(text, object_pairs_hook=once)


def plain(cell: str) -> str:
    return cell[1:] if cell and re.match(r"'[=+\-@\t\r]", cell) else cell


class Report:
    """What held and what did not."""

    def __init__(self) -> None:
        self.failures = 0

    def check(self, holds: bool, what: str, why: str = "") -> None:
        print(f"{'ok' if holds else 'FAILED':<6} {what}")
        if not holds:
            self.failures += 1
            if why:
                print(f"       {why}")

    def note(self, what: str) -> None:
        print(f"note   {what}")


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    try:
        folder = Folder(options.pack)
        manifest = parsed(folder.read("manifest.json").decode("utf-8"))
        _ = [each["name"] for each in manifest["files"]]
    except (NoPackError, *TROUBLE) as error:
        print(f"This is no evidence pack: {error}", file=sys.stderr)
        return 2
    report = Report()
    try:
        if options.action == "sample":
            return sample(folder, options.seed, options.size)
        verify(folder, manifest, report, options)
    except TROUBLE as error:
        report.check(False, "the pack can be read", f"{type(error).__name__}: {error}")
    if report.failures:
        print(f"\n{report.failures} of the checks failed. This is not the pack that was sealed.")
        return 1
    print(f"\nEverything holds. Pack {manifest['pack_hash']}")
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pack", nargs="?", default=str(Path(__file__).resolve().parent))
    parser.add_argument("action", nargs="?", choices=("verify", "sample"), default="verify")
    parser.add_argument("--fingerprint", default="", help="of the signing key, as you were given it")
    parser.add_argument("--head", default="", help="a head of the audit chain that you were given")
    parser.add_argument("--hash", default="", help="of the pack, as you were given it")
    parser.add_argument("--seed", type=int, default=0, help="of the sample: the same number draws the same items")
    parser.add_argument("--size", type=int, default=25, help="of the sample: how many items")
    return parser.parse_args(arguments)


def verify(folder: Folder, manifest: Manifest, report: Report, options: argparse.Namespace) -> None:
    check_signature(folder, manifest, report, options.fingerprint)
    check_pack_hash(manifest, report, options.hash)
    check_files(folder, manifest["files"], report)
    if report.failures:
        report.note("what is in the files was not looked at")
        return
    check_population(folder, manifest, report)
    said = check_decisions(folder, manifest, report)
    said |= check_remediation(folder, manifest, report)
    check_events(folder, manifest, said, report, options.head)
    describe(manifest, report)


def check_files(folder: Folder, listed: Sequence[Mapping[str, Any]], report: Report) -> None:
    """Reads no more of a file than the manifest says that it has."""
    files = {each["name"]: each for each in listed}
    there = [name for name in folder.names() if name != "__pycache__"]
    wanted = {*files, *NEEDED, *NOT_LISTED}
    missing, more = sorted(wanted - set(there)), sorted(set(there) - set(files) - set(NOT_LISTED))
    why = f"missing: {missing or 'none'}; not listed: {more or 'none'}"
    report.check(not missing and not more, "the files are those that the manifest lists", why)
    once = len(there) == len(set(there)) and len(files) == len(listed)
    report.check(once and set(NEEDED) <= set(files), "each file is there and listed once")
    for name in sorted(set(files) & set(there)):
        check_file(folder, name, files[name], report)


def check_file(folder: Folder, name: str, said: Mapping[str, Any], report: Report) -> None:
    size, digest = measure(folder, name, said["size"])
    holds = size == said["size"] and digest == said["sha256"]
    report.check(holds, f"{name} is unchanged", f"it has {size} bytes and SHA-256 {digest}")
    if holds and "rows" in said:
        rows = sum(1 for _ in (folder.rows(name) if name.endswith(".csv") else folder.lines(name)))
        report.check(rows == said["rows"], f"{name} has {said['rows']} rows", f"it has {rows}")


def measure(folder: Folder, name: str, said: int) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with folder.open(name) as file:
        for piece in iter(lambda: file.read(PIECE), b""):
            digest.update(piece)
            size += len(piece)
            if size > said:
                break
    return size, digest.hexdigest()


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def check_pack_hash(manifest: Manifest, report: Report, kept: str) -> None:
    rest = {name: value for name, value in manifest.items() if name != "pack_hash"}
    computed = hashlib.sha256(canonical(rest).encode("utf-8")).hexdigest()
    report.check(computed == manifest.get("pack_hash"), "the manifest has the pack's hash", f"computed: {computed}")
    if kept:
        report.check(computed == kept.strip().lower(), "it is the hash that you hold", f"computed: {computed}")


def check_population(folder: Folder, manifest: Manifest, report: Report) -> None:
    """The hash is over `position TAB path_key TAB evidence_sha256` of each item, in order."""
    digest, last = hashlib.sha256(), 0
    wrong: list[str] = []
    gaps: list[str] = []
    for row in folder.rows("population.csv"):
        if hashlib.sha256(row["evidence"].encode("utf-8")).hexdigest() != row["evidence_sha256"]:
            wrong.append(row["position"])
        if row["position"] != str(last + 1):
            gaps.append(row["position"])
        line = "\t".join((row["position"], row["path_key"], row["evidence_sha256"])) + "\n"
        digest.update(line.encode("utf-8"))
        last += 1
    report.check(not wrong, "each item has the evidence that was frozen", f"not so: {', '.join(wrong[:10])}")
    said = manifest["campaign"]["population_sha256"]
    report.check(
        digest.hexdigest() == said, "the population is the one that was frozen", f"its hash is {digest.hexdigest()}"
    )
    count = manifest["counts"]["items"]
    why = f"it has {last}; out of order: {', '.join(gaps[:10]) or 'none'}"
    report.check(not gaps and last == count, f"the population has every position from 1 to {count}", why)


def check_decisions(folder: Folder, manifest: Manifest, report: Report) -> set[bytes]:
    """What each row says, as :func:`mark` has it, for the events to be held against."""
    last: dict[int, tuple[int, str]] = {}
    said: set[bytes] = set()
    rows = 0
    for row in folder.rows("decisions.csv"):
        position, number = int(row["position"]), int(row["number"])
        if number >= last.get(position, (0, ""))[0]:
            last[position] = (number, row["decision"])
        parts = (row["decision"], row["note"], row["decided_by"], instant(row["decided_at"]), row["is_bulk"])
        said.add(mark("decision", position, number, *parts))
        rows += 1
    items = manifest["counts"]["items"]
    check_positions("every decision is of an item of the population", last, items, report)
    report.check(rows == len(said), "no decision stands twice")
    number_said = manifest["counts"]["decisions"]
    report.check(rows == number_said, f"there are {number_said} decisions", f"it has {rows}")
    counted = Counter(decision for _, decision in last.values())
    counted["pending"] = items - len(last)
    computed = {name: number for name, number in counted.items() if number}
    why = f"counted: {computed}"
    report.check(computed == manifest["counts"]["by_decision"], "the decisions add up to the population", why)
    wanted = {position for position, (_, decision) in last.items() if decision not in ("certify", "pending")}
    listed = {int(row["position"]) for row in folder.rows("remediation.csv")}
    why = f"not so: {sorted(wanted ^ listed)[:10]}"
    report.check(wanted == listed, "whatever was not kept is to be removed or changed, and nothing else", why)
    return said


def check_remediation(folder: Folder, manifest: Manifest, report: Report) -> set[bytes]:
    """The verified removals, as :func:`mark` has them."""
    counts, said = manifest["counts"], set()
    rows = verified = 0
    early: list[str] = []
    for row in folder.rows("remediation.csv"):
        rows += 1
        if row["state"] == "verified":
            verified += 1
            said.add(mark("verified", int(row["position"]), instant(row["verified_at"]), row["verified_by_run"]))
            if row["verified_at"] <= row["decided_at"]:
                early.append(row["position"])
    holds = rows == counts["to_remediate"] and verified == counts["verified"] == len(said)
    report.check(holds, f"{counts['verified']} of {counts['to_remediate']} removals are verified")
    report.check(not early, "no removal is verified before it was decided", f"not so: {early[:10]}")
    return said


def check_positions(what: str, positions: Iterable[int], items: int, report: Report) -> None:
    strange = sorted(position for position in positions if not 1 <= position <= items)
    report.check(not strange, what, f"not so: {strange[:10]}")


def check_events(folder: Folder, manifest: Manifest, said: set[bytes], report: Report, kept: str) -> None:
    """Each link follows the one before, its hash is over its own content, and they tell what the tables say."""
    audit, number = manifest["audit"], str(manifest["campaign"]["id"])
    position, previous, broken = audit["first_position"] - 1, audit["previous_hash"], ""
    is_kept = kept == previous
    steps: dict[str, dict[str, Any]] = {}
    first, untold = "", 0
    for line in folder.lines("events.jsonl"):
        link = parsed(line)
        own = link.pop("hash")
        computed = hashlib.sha256(canonical(link).encode("utf-8")).hexdigest()
        if not broken and (link["position"] != position + 1 or link["previous"] != previous or computed != own):
            broken = f"at position {link['position']}"
        position, previous, is_kept = link["position"], own, is_kept or own == kept
        first = first or f"{link['action']} {link['object_id']}"
        if link["object_type"] == "campaign" and link["object_id"] == number:
            steps[link["action"]] = link
        told = mark_of(link, manifest["campaign"]["id"])
        untold += bool(told) and told not in said
        said.discard(told)
    report.check(not broken, "the audit events follow one another without a gap", broken)
    holds = (position, previous) == (audit["head_position"], audit["head_hash"])
    report.check(holds, f"they end with the head of the chain, {audit['head_hash']}", f"they end with {previous}")
    report.check(first == f"campaign.created {number}", "they begin with this review", f"they begin with {first}")
    report.check(not said, "every decision and verified removal has its event", f"without one: {len(said)}")
    report.check(not untold, "every such event is in the tables", f"not in one: {untold}")
    check_steps(manifest, steps, report)
    if kept:
        report.check(is_kept, "the chain holds the head that you were given")


def check_steps(manifest: Manifest, steps: Mapping[str, Mapping[str, Any]], report: Report) -> None:
    """What was frozen and what was signed, as the events tell it."""
    campaign = manifest["campaign"]
    staged, signed = (parsed(steps[f"campaign.{step}"]["data"]) for step in ("staged", "signed"))
    names = ("population_sha256", "shortfall", "override_reason")
    holds = all(staged[name] == campaign[name] for name in names) and staged["items"] == manifest["counts"]["items"]
    report.check(holds, "this population was frozen, with what was missing in it")
    wanted = (campaign["population_sha256"], campaign["attestation"], campaign["signed_by"], campaign["signed_at"])
    said = (signed["population_sha256"], signed["attestation"])
    by = steps["campaign.signed"]
    holds = (*said, by["actor_name"], instant(by["at"])) == (*wanted[:3], instant(wanted[3]))
    report.check(holds, f"{campaign['signed_by']} signed for this population")


def mark_of(link: Mapping[str, Any], campaign: int) -> bytes:
    """What an event of this review says of an item; empty for every other event."""
    if link["action"] not in ("review_item.decided", "review_item.missed", "review_item.verified"):
        return b""
    data = parsed(link["data"])
    if data["campaign"] != campaign:
        return b""
    if link["action"] == "review_item.verified":
        return mark("verified", data["position"], instant(link["at"]), data["run"] or "")
    by = "" if link["action"] == "review_item.missed" else link["actor_name"]
    parts = (data["decision"], plain(data["note"]), by, instant(link["at"]), data["is_bulk"])
    return mark("decision", data["position"], data["number"], *parts)


def mark(*parts: object) -> bytes:
    """A short stand-in for what was said, so that many fit into memory."""
    return hashlib.sha256(canonical([str(part) for part in parts]).encode("utf-8")).digest()[:16]


def instant(text: str) -> str:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).isoformat()  # noqa: FURB162  # for Python 3.9


def check_signature(folder: Folder, manifest: Manifest, report: Report, fingerprint: str) -> None:
    pem, signature, content = (folder.read(name) for name in ("signing_key.pem", "manifest.sig", "manifest.json"))
    key = key_of(pem)
    found = hashlib.sha256(key).hexdigest()
    said = manifest["signing_key_fingerprint"]
    report.check(found == said, "the key is the one that the manifest names", f"it has the fingerprint {found}")
    if fingerprint:
        wanted = fingerprint.replace(":", "").strip().lower()
        report.check(found == wanted, "the key has the fingerprint that you hold", f"it has {found}")
    else:
        report.note(
            "you gave no fingerprint: the signature says only that the pack was not changed since it was signed"
        )
    report.check(is_signed(key, signature, content), "the signature is of this manifest")


def is_signed(key: bytes, signature: bytes, content: bytes) -> bool:
    if Ed25519PublicKey is None:
        return ed25519_verifies(key, signature, content)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def key_of(pem: bytes) -> bytes:
    """The 32 bytes of an Ed25519 key, the last of its DER."""
    body = b"".join(line for line in pem.splitlines() if not line.startswith(b"-----"))
    return base64.b64decode(body)[-32:]


def describe(manifest: Manifest, report: Report) -> None:
    campaign, accounts = manifest["campaign"], manifest["accounts"]
    print()
    if manifest["demo"]:
        report.note("DEMO: this is of an estate that does not exist")
    days = f"{campaign['period_from']} to {campaign['period_to']}"
    report.note(f"{campaign['name']}, {days}, as of {campaign['as_of']}")
    report.note(f"{accounts['collected']} of {accounts['expected']} account regions seen")
    if campaign["shortfall"]:
        report.note(f"not complete: {campaign['shortfall']} Accepted because: {campaign['override_reason']}")
    for each in campaign["not_collected"]:
        report.note(f"not looked at: {each['what']}")
    missed = manifest["counts"]["by_decision"].get("not_reviewed", 0)
    if missed:
        report.note(f"{missed} items were not reviewed by the due day")


def sample(folder: Folder, seed: int, size: int) -> int:
    """Items drawn at random, each with everything that the pack says of it."""
    number = sum(1 for _ in folder.rows("population.csv"))
    chosen = set(random.Random(seed).sample(range(number), min(max(size, 0), number)))
    drawn = [row for place, row in enumerate(folder.rows("population.csv")) if place in chosen]
    wanted = {row["position"] for row in drawn}
    rest = {
        name: [row for row in folder.rows(name) if row["position"] in wanted]
        for name in ("decisions.csv", "reassignments.csv", "remediation.csv")
    }
    for row in drawn:
        print(f"item {row['position']}: {row['identity']}, policy {row['policy']}, {row['principal']}")
        print(f"  {row['sentence'] or 'no sentence'}")
        print(f"  {row['change']} since the last review; reviewer: {row['reviewer']} ({row['reviewer_reason']})")
        for name, found in rest.items():
            for each in found:
                if each["position"] == row["position"]:
                    said = ", ".join(f"{key}: {value}" for key, value in each.items() if value and key != "position")
                    print(f"  {name.split('.')[0]}: {said}")
    print(f"\n{len(drawn)} of {number} items, drawn with seed {seed}")
    return 0


# Ed25519 as in RFC 8032, for checking alone: nothing here is secret, so nothing here has to take the same time always.
# A point is (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z.
Point = tuple[int, int, int, int]
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def ed25519_verifies(key: bytes, signature: bytes, content: bytes) -> bool:
    """Whether the 64 bytes are the signature of the content by the 32 bytes of a public key."""
    if len(key) != 32 or len(signature) != 64:
        return False
    own, first = point_of(key), point_of(signature[:32])
    second = int.from_bytes(signature[32:], "little")
    if own is None or first is None or second >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + key + content).digest()
    asked = int.from_bytes(digest, "little") % ORDER
    return are_equal(times(second, BASE), added(first, times(asked, own)))


def point_of(text: bytes) -> Point | None:
    """A point from its 32 bytes; ``None`` where there is none."""
    y = int.from_bytes(text, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


def added(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(number: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = added(found, point)
        point, number = added(point, point), number >> 1
    return found


def are_equal(one: Point, other: Point) -> bool:
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (one[1] * other[2] - other[1] * one[2]) % P == 0


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)


if __name__ == "__main__":
    sys.exit(main())
