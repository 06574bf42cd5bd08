"""Forged packs: by somebody who owns database and server, but not what the auditor keeps."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable

import pytest

from approvals.services.evidence import verify as script
from tests.campaigns.packs import Forger, Row, checked, unpacked
from tests.campaigns.test_evidence import key_file, quarter, sealed  # noqa: F401  # a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def pack():
    return sealed(quarter())


@pytest.fixture
def forger(pack, tmp_path):
    return Forger(unpacked(pack, tmp_path / "pack"))


def test_a_pack_that_is_only_signed_anew_holds_in_itself_and_not_against_the_fingerprint(forger, pack):
    """Otherwise the tests below would find what the forger did by accident."""
    folder = forger.sign()
    assert checked(folder)[0] == 0
    code, said = checked(folder, "--fingerprint", pack.fingerprint)
    assert code == 1
    assert "FAILED the key has the fingerprint that you hold" in said
    code, said = checked(folder, "--hash", pack.pack_hash)
    assert code == 1
    assert "FAILED it is the hash that you hold" in said


def _changed_decision(forger: Forger) -> None:
    forger.rows("decisions.csv", lambda rows: [row.update(decision="certify") for row in rows])
    forger.rows("remediation.csv", list.clear)
    counts = {"by_decision": {"certify": 3}, "to_remediate": 0, "verified": 0}
    forger.manifest["counts"] |= counts


def _swapped_decisions(forger: Forger) -> None:
    """The counts stay as they are."""
    decisions = {"certify": "revoke", "revoke": "certify", "not_reviewed": "not_reviewed"}
    positions = {"1": "2", "2": "1", "3": "3"}
    forger.rows("decisions.csv", lambda rows: _put(rows, "decision", decisions))
    forger.rows("remediation.csv", lambda rows: _put(rows, "position", positions))


def _put(rows: list[Row], name: str, other: dict[str, str]) -> None:
    for row in rows:
        row[name] = other[row[name]]


def _changed_note(forger: Forger) -> None:
    forger.rows("decisions.csv", lambda rows: rows[-1].update(note="Agreed with everybody."))


def _dropped_not_reviewed(forger: Forger) -> None:
    forger.rows("decisions.csv", lambda rows: rows.pop(0))
    forger.rows("remediation.csv", lambda rows: rows.pop())
    said = {"certify": 1, "revoke": 1, "pending": 1}
    forger.manifest["counts"] |= {"by_decision": said, "decisions": 2, "to_remediate": 1}


def _dropped_item(forger: Forger) -> None:
    _dropped_not_reviewed(forger)
    forger.rows("population.csv", lambda rows: rows.pop())
    with script.Folder(str(forger.folder)).open("population.csv") as file:
        rows = list(csv.DictReader(io.TextIOWrapper(file, "utf-8", newline="")))
    text = "".join(f"{row['position']}\t{row['path_key']}\t{row['evidence_sha256']}\n" for row in rows)
    forger.manifest["campaign"]["population_sha256"] = hashlib.sha256(text.encode()).hexdigest()
    forger.manifest["counts"] |= {"by_decision": {"certify": 1, "revoke": 1}, "items": 2}


def _invented_verification(forger: Forger) -> None:
    late = {"state": "verified", "verified_at": "2026-12-01T00:00:00+00:00", "verified_by_run": "1"}
    forger.rows("remediation.csv", lambda rows: [row.update(late) for row in rows if row["state"] != "verified"])
    forger.manifest["counts"]["verified"] = 2


def _another_signer(forger: Forger) -> None:
    forger.manifest["campaign"]["signed_by"] = "somebody@example.org"


def _no_shortfall(forger: Forger) -> None:
    forger.manifest["campaign"]["override_reason"] = "It was agreed."


def _reordered_events(forger: Forger) -> None:
    forger.events(lambda links: links.insert(1, links.pop(3)), relink=False)


def _dropped_event(forger: Forger) -> None:
    forger.events(lambda links: links.pop(3), relink=False)


def _events_of_another_review(forger: Forger) -> None:
    forger.manifest["campaign"]["id"] += 1


def _later_beginning(forger: Forger) -> None:
    first: list[dict[str, str]] = []
    forger.events(lambda links: first.append(links.pop(0)), relink=False)
    forger.manifest["audit"] |= {"first_position": int(first[0]["position"]) + 1, "previous_hash": first[0]["hash"]}


def _table_not_listed(forger: Forger) -> None:
    forger.manifest["files"] = [each for each in forger.manifest["files"] if each["name"] != "exceptions.csv"]
    (forger.folder / "exceptions.csv").unlink()


def _listed_twice(forger: Forger) -> None:
    forger.manifest["files"].append(dict(forger.manifest["files"][0]))


def _name_outside(forger: Forger) -> None:
    forger.manifest["files"].append({"name": "../secret.csv", "sha256": "", "size": 1})
    (forger.folder.parent / "secret.csv").write_text("x")


FORGERIES: tuple[tuple[Callable[[Forger], None], str], ...] = (
    (_changed_decision, "FAILED every decision and verified removal has its event"),
    (_swapped_decisions, "FAILED every decision and verified removal has its event"),
    (_changed_note, "FAILED every such event is in the tables"),
    (_dropped_not_reviewed, "FAILED every such event is in the tables"),
    (_dropped_item, "FAILED this population was frozen"),
    (_invented_verification, "FAILED every decision and verified removal has its event"),
    (_another_signer, "FAILED somebody@example.org signed for this population"),
    (_no_shortfall, "FAILED this population was frozen"),
    (_reordered_events, "FAILED the audit events follow one another"),
    (_dropped_event, "FAILED the audit events follow one another"),
    (_events_of_another_review, "FAILED they begin with this review"),
    (_later_beginning, "FAILED they begin with this review"),
    (_table_not_listed, "FAILED the files are those that the manifest lists"),
    (_listed_twice, "FAILED each file is there and listed once"),
    (_name_outside, "missing: ['../secret.csv']"),
)


def test_what_the_forger_changes_contradicts_the_events_whatever_is_hashed_anew(pack, tmp_path):
    for number, (forge, words) in enumerate(FORGERIES):
        forger = Forger(unpacked(pack, tmp_path / str(number)))
        forge(forger)
        code, said = checked(forger.sign())
        assert code == 1, forge
        assert words in said, (forge, said)


def test_a_chain_that_was_written_anew_is_found_by_the_head_the_hash_or_the_fingerprint_alone(forger, pack):
    """As THREAT_MODEL.md says: without what the auditor keeps, such a pack holds."""

    def forge(links):
        (link,) = [each for each in links if each["action"] == "review_item.decided" and '"revoke"' in each["data"]]
        link["data"] = link["data"].replace("nobody needs it", "somebody needs it")

    forger.events(forge)
    forger.rows("decisions.csv", lambda rows: [_say(row) for row in rows if row["decision"] == "revoke"])
    folder = forger.sign()
    assert checked(folder)[0] == 0
    for kept in (("--fingerprint", pack.fingerprint), ("--head", pack.head_hash), ("--hash", pack.pack_hash)):
        assert checked(folder, *kept)[0] == 1


def _say(row):
    row["note"] = row["note"].replace("nobody needs it", "somebody needs it")


def zipped(folder, target, *more):
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(folder.iterdir()):
            file.write(path, path.name)
        for name, content in more:
            file.writestr(name, content)
    return target


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_file_with_a_name_twice_or_elsewhere_is_no_such_pack(forger, tmp_path):
    assert checked(zipped(forger.folder, tmp_path / "whole.zip"))[0] == 0
    content = (forger.folder / "decisions.csv").read_bytes()
    for name in ("decisions.csv", "../decisions.csv", "deep/decisions.csv"):
        code, said = checked(zipped(forger.folder, tmp_path / "more.zip", (name, content)))
        assert code == 1, name
        assert "FAILED" in said


def test_no_more_is_read_of_a_file_than_was_announced(forger, tmp_path):
    """A file that unpacks to gigabytes costs a piece."""
    (forger.folder / "decisions.csv").write_bytes(b"0" * 20_000_000)
    bomb = zipped(forger.folder, tmp_path / "bomb.zip")
    code, said = checked(bomb)
    assert code == 1
    assert "FAILED decisions.csv is unchanged" in said
    assert script.measure(script.Folder(str(bomb)), "decisions.csv", 700)[0] == script.PIECE


def test_a_cell_that_would_fill_the_memory_is_refused(forger, monkeypatch):
    forger.rows("exceptions.csv", lambda rows: rows.append(dict.fromkeys(("kind", "subject"), "x" * 300_000)))
    folder = forger.sign()
    previous = csv.field_size_limit(200_000)
    try:
        code, said = checked(folder)
    finally:
        csv.field_size_limit(previous)
    assert code == 1
    assert "field larger than field limit" in said


NO_MANIFESTS = (
    b'{"files": [], "files": []}',
    b'{"files": [1]}',
    b"[]",
    b"[" * 100_000,
    b"\xff",
    b'{"files": [{"name": "a.csv"}]}',
    b'{"files": [], "pack_hash": 1e999, "signing_key_fingerprint": {}}',
)


def test_a_manifest_that_is_none_ends_in_words_and_not_in_a_trace(forger):
    for content in NO_MANIFESTS:
        (forger.folder / "manifest.json").write_bytes(content)
        code, said = checked(forger.folder)
        assert code in (1, 2), content[:40]
        assert said.strip()


def test_members_that_a_manifest_does_not_have_change_its_hash(forger):
    whole = json.loads((forger.folder / "manifest.json").read_text("utf-8"))
    (forger.folder / "manifest.json").write_text(json.dumps(whole | {"note": "All is well."}), "utf-8")
    code, said = checked(forger.folder)
    assert code == 1
    assert "FAILED the manifest has the pack's hash" in said
    assert "FAILED the signature is of this manifest" in said
