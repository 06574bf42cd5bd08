#!/usr/bin/env python3
"""Check an evidence pack without the system that made it, and without trusting it.

    python3 verify.py PACK.zip [--fingerprint HEX] [--head HEX]
    python3 verify.py PACK.zip sample --seed N [--size K]

PACK.zip is the file as it was sent, or the folder that it was unpacked into. Needs Python 3.9 and nothing else; the
signature is checked with the library `cryptography` where it is there, else by the arithmetic at the end of this file.
With openssl: openssl pkeyutl -verify -pubin -inkey signing_key.pem -rawin -in manifest.json -sigfile manifest.sig

What is checked: every file is there, is the one that the manifest names and has as many rows; the pack's hash; that the
population has the hash that was taken when it was frozen, and each item that of its evidence; that what was decided and
removed adds up; that the audit events follow one another without a gap up to the head, and that every decision has its
event; the signature, by the key in the pack, and the key against the fingerprint that you hold.
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
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:  # the rest is checked without
    Ed25519PublicKey = None  # type: ignore[assignment,misc]

GENESIS = "0" * 64
NOT_LISTED = ("manifest.json", "manifest.sig")
PIECE = 1 << 20
csv.field_size_limit(1 << 30)


Manifest = dict[str, Any]


class NoPackError(Exception):
    """What was given is not a pack at all."""


class Folder:
    """The files of a pack, in a zip file or a folder."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        try:
            self.zip = None if self.path.is_dir() else zipfile.ZipFile(str(self.path))
        except (OSError, zipfile.BadZipFile) as error:
            raise NoPackError(f"{self.path} cannot be read as a zip file: {error}") from None

    def names(self) -> list[str]:
        if self.zip is None:
            return sorted(each.name for each in self.path.iterdir())
        return sorted(self.zip.namelist())

    def open(self, name: str) -> IO[bytes]:
        return (self.path / name).open("rb") if self.zip is None else self.zip.open(name)

    def read(self, name: str) -> bytes:
        with self.open(name) as file:
            return file.read()

    def rows(self, name: str) -> Iterator[dict[str, str]]:
        """The rows of a table as dictionaries; what a spreadsheet would have run has its apostrophe taken off."""
        with self.open(name) as file:
            for row in csv.DictReader(io.TextIOWrapper(file, "utf-8", newline="")):
                yield {key: plain(value) for key, value in row.items()}

    def lines(self, name: str) -> Iterator[str]:
        with self.open(name) as file:
            for line in file:
                yield line.decode("utf-8")


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
        manifest = json.loads(folder.read("manifest.json").decode("utf-8"))
        _ = [each["name"] for each in manifest["files"]]
    except (NoPackError, KeyError, ValueError, TypeError, OSError, zipfile.BadZipFile) as error:
        print(f"This is no evidence pack: {error}", file=sys.stderr)
        return 2
    if options.action == "sample":
        return sample(folder, options.seed, options.size)
    report = Report()
    try:
        verify(folder, manifest, report, options)
    except (KeyError, ValueError, TypeError, OSError, zipfile.BadZipFile, zlib.error, EOFError) as error:
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
    parser.add_argument("--seed", type=int, default=0, help="of the sample: the same number draws the same items")
    parser.add_argument("--size", type=int, default=25, help="of the sample: how many items")
    return parser.parse_args(arguments)


def verify(folder: Folder, manifest: Manifest, report: Report, options: argparse.Namespace) -> None:
    check_files(folder, {each["name"]: each for each in manifest["files"]}, report)
    check_pack_hash(manifest, report)
    items = check_population(folder, manifest, report)
    decisions = check_decisions(folder, manifest, items, report)
    check_remediation(folder, manifest, items, report)
    check_events(folder, manifest, decisions, report, options.head)
    check_signature(folder, manifest, report, options.fingerprint)
    describe(manifest, report)


def check_files(folder: Folder, files: Mapping[str, Any], report: Report) -> None:
    there = set(folder.names()) - {"__pycache__"}
    wanted = set(files) | set(NOT_LISTED)
    why = f"missing: {sorted(wanted - there) or 'none'}; not listed: {sorted(there - wanted) or 'none'}"
    report.check(there == wanted, "the files are those that the manifest lists", why)
    for name in sorted(set(files) & there):
        size, digest = measure(folder, name)
        said = files[name]
        why = f"it has {size} bytes and SHA-256 {digest}"
        report.check(size == said["size"] and digest == said["sha256"], f"{name} is unchanged", why)
        if "rows" in said:
            rows = sum(1 for _ in (folder.rows(name) if name.endswith(".csv") else folder.lines(name)))
            report.check(rows == said["rows"], f"{name} has {said['rows']} rows", f"it has {rows}")


def measure(folder: Folder, name: str) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with folder.open(name) as file:
        for piece in iter(lambda: file.read(PIECE), b""):
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def check_pack_hash(manifest: Manifest, report: Report) -> None:
    rest = {name: value for name, value in manifest.items() if name != "pack_hash"}
    computed = hashlib.sha256(canonical(rest).encode("utf-8")).hexdigest()
    report.check(computed == manifest.get("pack_hash"), "the manifest has the pack's hash", f"computed: {computed}")


def check_population(folder: Folder, manifest: Manifest, report: Report) -> set[int]:
    """The positions that there are; the hash is over `position TAB path_key TAB evidence_sha256` of each, in order."""
    digest = hashlib.sha256()
    positions: list[int] = []
    wrong: list[str] = []
    for row in folder.rows("population.csv"):
        if hashlib.sha256(row["evidence"].encode("utf-8")).hexdigest() != row["evidence_sha256"]:
            wrong.append(row["position"])
        line = "\t".join((row["position"], row["path_key"], row["evidence_sha256"])) + "\n"
        digest.update(line.encode("utf-8"))
        positions.append(int(row["position"]))
    report.check(not wrong, "each item has the evidence that was frozen", f"not so: {', '.join(wrong[:10])}")
    said = manifest["campaign"]["population_sha256"]
    report.check(
        digest.hexdigest() == said, "the population is the one that was frozen", f"its hash is {digest.hexdigest()}"
    )
    count = manifest["counts"]["items"]
    report.check(positions == list(range(1, count + 1)), f"the population has every position from 1 to {count}")
    return set(positions)


def check_decisions(folder: Folder, manifest: Manifest, items: set[int], report: Report) -> Counter[str]:
    """(decision, instant) of everything that was said by a person or by the day, for the events to be held against."""
    last: dict[int, tuple[int, str]] = {}
    said: Counter[str] = Counter()
    order: list[tuple[int, int]] = []
    for row in folder.rows("decisions.csv"):
        position, number = int(row["position"]), int(row["number"])
        order.append((position, number))
        if number >= last.get(position, (0, ""))[0]:
            last[position] = (number, row["decision"])
        said[row["decision"]] += 1
    strange = sorted({position for position, _ in order} - items)
    report.check(not strange, "every decision is of an item of the population", f"not so: {strange[:10]}")
    report.check(len(order) == len(set(order)), "no decision stands twice")
    number_said = manifest["counts"]["decisions"]
    report.check(len(order) == number_said, f"there are {number_said} decisions", f"it has {len(order)}")
    counted = Counter(decision for _, decision in last.values())
    counted["pending"] = len(items) - len(last)
    computed = {name: number for name, number in counted.items() if number}
    why = f"counted: {computed}"
    report.check(computed == manifest["counts"]["by_decision"], "the decisions add up to the population", why)
    return said


def check_remediation(folder: Folder, manifest: Manifest, items: set[int], report: Report) -> None:
    rows = list(folder.rows("remediation.csv"))
    counts = manifest["counts"]
    verified = [row for row in rows if row["state"] == "verified"]
    strange = [row["position"] for row in rows if int(row["position"]) not in items]
    report.check(not strange, "every removal is of an item of the population", f"not so: {strange[:10]}")
    holds = len(rows) == counts["to_remediate"] and len(verified) == counts["verified"]
    report.check(holds, f"{counts['verified']} of {counts['to_remediate']} removals are verified")
    early = [row["position"] for row in verified if row["verified_at"] <= row["decided_at"]]
    report.check(not early, "no removal is verified before it was decided", f"not so: {early[:10]}")


def check_events(folder: Folder, manifest: Manifest, decisions: Counter[str], report: Report, kept: str) -> None:
    """Each link follows the one before, and its hash is over its own content."""
    audit = manifest["audit"]
    position, previous, broken = audit["first_position"] - 1, audit["previous_hash"], ""
    told: Counter[str] = Counter()
    is_kept = kept == previous
    for line in folder.lines("events.jsonl"):
        link = json.loads(line)
        said = link.pop("hash")
        computed = hashlib.sha256(canonical(link).encode("utf-8")).hexdigest()
        if not broken and (link["position"] != position + 1 or link["previous"] != previous or computed != said):
            broken = f"at position {link['position']}"
        position, previous, is_kept = link["position"], said, is_kept or said == kept
        if link["action"] in ("review_item.decided", "review_item.missed"):
            data = json.loads(link["data"])
            told[data.get("decision", "not_reviewed")] += 1
    report.check(not broken, "the audit events follow one another without a gap", broken)
    holds = (position, previous) == (audit["head_position"], audit["head_hash"])
    report.check(holds, f"they end with the head of the chain, {audit['head_hash']}", f"they end with {previous}")
    missing = {name: number for name, number in decisions.items() if told[name] < number}
    report.check(not missing, "every decision has its event", f"without one: {missing}")
    if kept:
        report.check(is_kept, "the chain holds the head that you were given")


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
    rows = list(folder.rows("population.csv"))
    drawn = random.Random(seed).sample(rows, min(size, len(rows)))
    wanted = {row["position"] for row in drawn}
    rest = {
        name: [row for row in folder.rows(name) if row["position"] in wanted]
        for name in ("decisions.csv", "reassignments.csv", "remediation.csv")
    }
    for row in sorted(drawn, key=lambda each: int(each["position"])):
        print(f"item {row['position']}: {row['identity']}, policy {row['policy']}, {row['principal']}")
        print(f"  {row['sentence'] or 'no sentence'}")
        print(f"  {row['change']} since the last review; reviewer: {row['reviewer']} ({row['reviewer_reason']})")
        for name, found in rest.items():
            for each in found:
                if each["position"] == row["position"]:
                    said = ", ".join(f"{key}: {value}" for key, value in each.items() if value and key != "position")
                    print(f"  {name.split('.')[0]}: {said}")
    print(f"\n{len(drawn)} of {len(rows)} items, drawn with seed {seed}")
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
