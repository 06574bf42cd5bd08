"""The tag change pack: scripts for the AWS CLI, account by account, with their way back, and the same as CSV."""

import csv
import io
import json
import shlex
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from inventory.files.exports import safe_cell
from inventory.files.tag_changes import NotTagged, TagChange

_HEAD = """#!/bin/sh
# {title} for AWS account {account_id}, {number} identities.
# Made by sesgov at {at} against the tags as they were read then; changes.csv says which and when.
# sesgov itself writes nothing to AWS. Read this file before you run it with credentials of the account.
set -eu
account=$(aws sts get-caller-identity --query Account --output text)
if [ "$account" != {account_id} ]; then
  echo "These credentials belong to account $account, not {account_id}. Nothing was changed." >&2
  exit 1
fi
"""
_README = """Tag change pack, made by sesgov at {at}.

Identities here have their owner by hand or by rule, and their tags do not say so. The scripts write the owner tag;
sesgov itself wrote nothing to AWS. After the next collection the owner counts as resolved by tag.

  changes.csv          every change: account, region, identity, tag, value before and after, when it was read
  not-tagged.csv       identities whose owner no tag can say, with the reason
  ACCOUNT-apply.sh     needs ses:TagResource in that account; stops unless the credentials belong to it
  ACCOUNT-rollback.sh  puts back what was there: the value before, or no tag (ses:UntagResource)

Changes: {changes}. Not tagged: {left}.
"""
_CHANGES = (
    "account_id", "account_name", "region", "identity", "arn", "owner", "owner_source", "tag_key", "value_before",
    "value_after", "tags_read_at",
)  # fmt: skip


def tag_pack(entries: Iterable[TagChange | NotTagged], *, at: datetime) -> bytes:
    """A zip; the same entries at the same instant give the same bytes."""
    changes, left = [], []
    by_account: dict[str, list[TagChange]] = defaultdict(list)
    for entry in entries:
        if isinstance(entry, NotTagged):
            left.append(entry)
        else:
            changes.append(entry)
            by_account[entry.identity.scope.account.account_id].append(entry)
    said = f"{at.astimezone(UTC):%Y-%m-%d %H:%M UTC}"
    files = {
        "README.txt": _README.format(at=said, changes=len(changes), left=len(left)),
        "changes.csv": _csv(_CHANGES, [_row(change) for change in changes]),
        "not-tagged.csv": _csv(("identity", "arn", "reason"), [_left(each) for each in left]),
    }
    for account_id, own in sorted(by_account.items()):
        head = {"account_id": account_id, "number": len(own), "at": said}
        files[f"{account_id}-apply.sh"] = _script("Owner tags", head, [apply_line(each) for each in own])
        files[f"{account_id}-rollback.sh"] = _script("Way back", head, [rollback_line(each) for each in own])
    return _zip(files)


def apply_line(change: TagChange) -> str:
    """The command that writes the tag."""
    return _tag(change, change.after)


def rollback_line(change: TagChange) -> str:
    """The command that puts back what was there."""
    if change.before is not None:
        return _tag(change, change.before)
    return _command("untag-resource", change, "--tag-keys", json.dumps([change.key]))


def _tag(change: TagChange, value: str) -> str:
    # As JSON: the CLI's own shorthand would split a value at commas and equals signs.
    return _command("tag-resource", change, "--tags", json.dumps([{"Key": change.key, "Value": value}]))


def _command(verb: str, change: TagChange, option: str, value: str) -> str:
    identity = change.identity
    parts = ["aws", "sesv2", verb, "--region", identity.scope.region, "--resource-arn", identity.arn, option, value]
    return " ".join(shlex.quote(part) for part in parts)


def _script(title: str, head: dict[str, object], lines: Sequence[str]) -> str:
    return _HEAD.format(title=title, **head) + "\n".join(lines) + "\n"


def _row(change: TagChange) -> list[object]:
    identity = change.identity
    scope = identity.scope
    return [
        scope.account.account_id, scope.account.name, scope.region, identity.name, identity.arn, identity.owner,
        identity.owner_source, change.key, change.before, change.after, identity.last_read_at,
    ]  # fmt: skip


def _left(entry: NotTagged) -> list[object]:
    return [entry.identity.name, entry.identity.arn, entry.reason]


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def _zip(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = (0o755 if name.endswith(".sh") else 0o644) << 16
            archive.writestr(entry, text)
    return packed.getvalue()
