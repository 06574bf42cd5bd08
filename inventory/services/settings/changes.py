"""Changing settings in the browser, and what follows from it."""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from inventory.models import SettingValue, Team, User
from inventory.models.roles import CHANGES_SETTINGS
from inventory.services.audit import record
from inventory.services.owners.reassignment import reassign_owners
from inventory.services.refusals import RefusedError
from inventory.services.settings.catalogue import BY_KEY, LONGEST_DAYS, Definition
from inventory.services.settings.in_force import InForce, in_force
from inventory.services.settings.kinds import Stored

# Any number, the same for everybody who changes settings: two changes are one after the other.
_LOCK = 7_305_912_661


@transaction.atomic
def change_settings(typed: Mapping[str, str], *, acting_user: User, at: datetime) -> list[str]:
    """Set what was typed; what is empty falls back to the environment. Returns the keys that changed."""
    if not acting_user.has_role(CHANGES_SETTINGS):
        raise PermissionDenied
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    stored = {row.key: row for row in SettingValue.objects.all()}
    changed = [
        key for key, text in typed.items() if _change(BY_KEY[key], text.strip(), stored.get(key), acting_user, at)
    ]
    if changed:
        _check(in_force(), changed)
    if "owner_tag_keys" in changed:
        reassign_owners(at=at, acting_user=acting_user)
    return changed


def _change(definition: Definition, typed: str, row: SettingValue | None, acting_user: User, at: datetime) -> bool:
    """Whether anything is different now; with its audit row."""
    old: Stored = definition.default() if row is None else row.value
    new: Stored = definition.kind.checked(definition.key, typed) if typed else definition.default()
    is_set = bool(typed)
    if is_set == (row is not None) and old == new:
        return False
    kept = row or SettingValue(key=definition.key)
    kept.value, kept.changed_at, kept.changed_by = new, at, acting_user
    if is_set:
        kept.save()
    data = {"old": old, "new": new, "from": "the browser" if is_set else "the environment"}
    record(at=at, actor=acting_user, action="setting.changed" if is_set else "setting.reset", target=kept, data=data)
    if row is not None and not is_set:
        row.delete()
    return True


def _check(now: InForce, changed: list[str]) -> None:
    """What holds between settings."""
    for narrower, wider in pairwise(LONGEST_DAYS):
        if now.longest_days[wider] > now.longest_days[narrower]:
            key = f"longest_{wider}" if f"longest_{wider}" in changed else f"longest_{narrower}"
            raise RefusedError(
                key,
                f"Wider access may not last longer than narrower: {wider} {now.longest_days[wider]} days, "
                f"{narrower} {now.longest_days[narrower]} days.",
            )
    team = now.escalation_team
    if team and "escalation_team" in changed and not Team.objects.filter(name__iexact=team, is_active=True).exists():
        text = f"There is no active team named {team}. Teams are under People and teams."
        raise RefusedError("escalation_team", text)
