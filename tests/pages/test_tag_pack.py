"""The tag change pack: what a shell makes of it, whatever the names; and what it leaves alone."""

import csv
import io
import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from inventory.files.tag_changes import NotTagged, TagChange, tag_changes
from inventory.files.tag_pack import tag_pack
from inventory.models import Identity
from inventory.rows.owners import untagged, with_places_and_owners
from inventory.services.owners.ownership import OwnerBook
from tests import builders
from tests.pages.clients import client_of, text_of

pytestmark = pytest.mark.django_db
SHIM = """#!/bin/sh
if [ "$1" = sts ]; then echo "${SHIM_ACCOUNT}"; exit; fi
for each in "$@"; do printf '%s\\0' "$each"; done >> calls; printf '\\n' >> calls
"""


def given(tags=None, owner=None, **fields):
    """An identity that belongs to a team by hand."""
    return builders.identity(owner_team=owner or builders.team(), owner_source="claim", tags=tags or {}, **fields)


def entries():
    return list(tag_changes(with_places_and_owners(untagged(builders.user("viewer"))), OwnerBook.load()))


def files(packed: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def run(script: str, folder: Path, account: str) -> tuple[int, list[list[str]]]:
    """What the AWS CLI would have been called with."""
    shim = folder / "aws"
    shim.write_text(SHIM)
    shim.chmod(0o755)
    (folder / "calls").unlink(missing_ok=True)
    path = folder / "script.sh"
    path.write_text(script)
    known = {"PATH": f"{folder}:{os.environ['PATH']}", "SHIM_ACCOUNT": account}
    done = subprocess.run(["/bin/sh", str(path)], cwd=folder, env=known, capture_output=True, check=False)
    calls = folder / "calls"
    lines = calls.read_text().split("\0\n")[:-1] if calls.exists() else []
    return done.returncode, [line.split("\0") for line in lines]


@pytest.mark.parametrize(
    ("before", "name"),
    [
        (None, "Shop"),
        ("who", "Büro für Post 東京"),
        ("'; touch evil; '", "Shop"),
        ('$(touch evil)`touch evil`\n"\\', "a = b + c: d/e.f@g"),
        ("file:///etc/passwd", "- Shop"),
        ("", "Shop"),
    ],
)
def test_a_shell_writes_the_tag_and_takes_it_back(tmp_path, before, name):
    known = given({"Owner": before} if before is not None else {}, builders.team(name=name))
    account = known.scope.account.account_id
    packed = files(tag_pack(entries(), at=builders.NOW))
    key = "Owner" if before is not None else "owner"
    status, calls = run(packed[f"{account}-apply.sh"], tmp_path, account)
    place = ["sesv2", "tag-resource", "--region", "eu-west-1", "--resource-arn", known.arn, "--tags"]
    assert (status, [call[:-1] for call in calls]) == (0, [place])
    assert json.loads(calls[0][-1]) == [{"Key": key, "Value": name}]
    status, calls = run(packed[f"{account}-rollback.sh"], tmp_path, account)
    if before is None:
        assert calls == [[*place[:1], "untag-resource", *place[2:-1], "--tag-keys", '["owner"]']]
    else:
        assert json.loads(calls[0][-1]) == [{"Key": key, "Value": before}]
    assert not (tmp_path / "evil").exists()


def test_a_script_stops_in_another_account(tmp_path):
    known = given()
    script = files(tag_pack(entries(), at=builders.NOW))[f"{known.scope.account.account_id}-apply.sh"]
    assert run(script, tmp_path, "999999999999") == (1, [])


def test_each_account_has_its_script_and_the_csv_says_what_was_there():
    first, second = given({"owner": "=who()"}), given()
    packed = files(tag_pack(entries(), at=builders.NOW))
    for known in (first, second):
        assert known.arn in packed[f"{known.scope.account.account_id}-apply.sh"]
    assert second.arn not in packed[f"{first.scope.account.account_id}-apply.sh"]
    rows = {row["identity"]: row for row in csv.DictReader(io.StringIO(packed["changes.csv"]))}
    assert rows[first.name]["value_before"] == "'=who()"
    assert rows[first.name]["value_after"] == first.owner_team.name
    assert rows[first.name]["tags_read_at"] == builders.NOW.isoformat()
    assert "2026-11-02 08:00 UTC" in packed["README.txt"]


def test_after_the_change_the_tag_names_the_owner():
    press = builders.team(name="Press")
    known = given({"team": "press", "OWNER": "nobody"}, builders.team(name="Shop"))
    (change,) = entries()
    assert isinstance(change, TagChange)
    assert (change.key, change.before, change.after) == ("OWNER", "nobody", "Shop")
    tags = known.tags | {change.key: change.after}
    assert OwnerBook.load().tagged(tags) == (known.owner_team_id, None)
    assert OwnerBook.load().tagged(known.tags) == (press.pk, None)


def test_what_its_tags_say_already_is_left_alone():
    shop = builders.team(name="Shop")
    given({"owner": "shop"}, shop)
    builders.identity(owner_team=shop, owner_source="tag", tags={"owner": "shop"})
    builders.identity(owner_team=shop, owner_source="account")
    builders.identity()
    assert entries() == []


def test_a_word_that_aws_does_not_take_is_replaced_or_said():
    given(owner=builders.team(name="R&D", email="rd@example.org"))
    given(owner=builders.team(name="Q&A"))
    given({f"key{number}": "x" for number in range(50)})
    found = entries()
    assert [entry.after for entry in found if isinstance(entry, TagChange)] == ["rd@example.org"]
    reasons = sorted(entry.reason for entry in found if isinstance(entry, NotTagged))
    assert reasons == [
        "It carries 50 tags; AWS takes no more than 50.",
        "No word for Q&A is one that AWS takes in a tag and that means them alone.",
    ]


def test_the_pack_is_narrowed_by_account_and_team():
    first, second = given(), given()
    client = client_of("security")
    page = text_of(client, f"/owners/tags/?account={first.scope.account.account_id}")
    assert first.name in page
    assert second.name not in page
    packed = files(client.get(f"/owners/tags.zip?team={second.owner_team_id}").content)
    assert second.arn in packed["changes.csv"]
    assert first.arn not in packed["changes.csv"]
    packed = files(client.get("/owners/tags.zip?team=nobody").content)
    assert Identity.objects.earliest("pk").arn not in packed["changes.csv"]


def test_the_same_pack_twice_is_the_same_bytes():
    given()
    assert tag_pack(entries(), at=builders.NOW) == tag_pack(entries(), at=builders.NOW)
