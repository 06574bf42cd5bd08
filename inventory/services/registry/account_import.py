"""Import of accounts: a whole file or nothing of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction

from inventory.models import Account, KnownAccount, User
from inventory.services.audit import record
from inventory.services.refusals import RefusedError, check_words
from inventory.services.registry.account_changes import write_changes
from inventory.services.registry.account_files import (
    AccountEntry,
    AccountFile,
    FileError,
    KnownEntry,
    read_account_file,
)
from inventory.services.registry.accounts import NewAccount, add_account, check_account_id


@dataclass(slots=True)
class ImportReport:
    """Ids by what became of them; with ``errors`` nothing was written. ``known`` counts names of public lists."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    known_added: int = 0
    known_changed: int = 0
    known_unchanged: int = 0
    errors: list[FileError] = field(default_factory=list)

    @property
    def concerned(self) -> list[str]:
        """Accounts whose trust may be another now."""
        return self.added + self.changed


def import_accounts(
    name: str, data: bytes, *, is_check: bool = False, acting_user: User | None, at: datetime
) -> ImportReport:
    """Write a file of accounts in one transaction; with ``is_check``, or any error, nothing is kept of it.

    A blank cell leaves what the registry says. Accounts of public lists are known by name: no verdict changes.
    """
    file = read_account_file(name, data)
    report = ImportReport(errors=list(file.errors))
    if not (file.accounts or file.known or file.errors):
        report.errors.append(FileError(1, "The file names no account."))
    with transaction.atomic():
        _write(file, report, acting_user=acting_user, at=at)
        if is_check or report.errors:
            transaction.set_rollback(True)
    report.errors.sort(key=lambda error: error.line)
    return report


def _write(file: AccountFile, report: ImportReport, *, acting_user: User | None, at: datetime) -> None:
    seen: dict[str, int] = {}
    for entry in file.accounts:
        if entry.account_id in seen:
            text = f"{entry.account_id} stands in line {seen[entry.account_id]} already."
            report.errors.append(FileError(entry.line, text))
            continue
        seen[entry.account_id] = entry.line
        try:
            with transaction.atomic():
                _write_account(entry, report, acting_user=acting_user, at=at)
        except RefusedError as refusal:
            report.errors.append(FileError(entry.line, refusal.message))
    _write_known(file.known, report, acting_user=acting_user, at=at)


def _write_account(entry: AccountEntry, report: ImportReport, *, acting_user: User | None, at: datetime) -> None:
    check_account_id(entry.account_id)
    if not Account.objects.filter(account_id=entry.account_id).exists():
        new = replace(NewAccount(entry.account_id), **entry.values)  # type: ignore[arg-type]  # files carry no types
        add_account(new, acting_user=acting_user, at=at)
        report.added.append(entry.account_id)
    elif write_changes(entry.account_id, entry.values, acting_user=acting_user, at=at):
        report.changed.append(entry.account_id)
    else:
        report.unchanged.append(entry.account_id)


def _write_known(
    entries: Sequence[KnownEntry], report: ImportReport, *, acting_user: User | None, at: datetime
) -> None:
    wanted = _by_account(entries, report)
    rows = KnownAccount.objects.select_for_update(of=("self",), no_key=True)
    stored = {row.account_id: row for row in rows.filter(account_id__in=wanted).order_by("pk")}
    for account_id, entry in wanted.items():
        row = stored.get(account_id)
        if row is None:
            row = KnownAccount.objects.create(account_id=account_id, name=entry.name, source=entry.source, added_at=at)
            action = "knownaccount.added"
            report.known_added += 1
        elif (row.name, row.source) == (entry.name, entry.source):
            report.known_unchanged += 1
            continue
        else:
            row.name, row.source = entry.name, entry.source
            row.save(update_fields=["name", "source"])
            action = "knownaccount.changed"
            report.known_changed += 1
        data = {"name": entry.name, "source": entry.source}
        record(at=at, actor=acting_user, action=action, target=row, data=data)


def _by_account(entries: Sequence[KnownEntry], report: ImportReport) -> dict[str, KnownEntry]:
    """One entry per id; an id that a list calls by two names is called by both."""
    found: dict[str, KnownEntry] = {}
    for entry in entries:
        try:
            _check_known(entry)
        except RefusedError as refusal:
            report.errors.append(FileError(entry.line, refusal.message))
            continue
        before = found.get(entry.account_id)
        if before is not None and entry.name not in before.name.split(" / "):
            entry = replace(entry, name=f"{before.name} / {entry.name}"[:200])  # noqa: PLW2901
        elif before is not None:
            continue
        found[entry.account_id] = entry
    return found


def _check_known(entry: KnownEntry) -> None:
    check_account_id(entry.account_id)
    check_words("name", entry.name, 200)
    check_words("source", entry.source, 1000)
