"""The owner of one identity in words: who, by what, since when."""

from dataclasses import dataclass
from datetime import datetime

from inventory.models import Identity, OwnerAssignment
from inventory.services.settings.in_force import in_force

Source = Identity.OwnerSource


@dataclass(frozen=True, slots=True)
class OwnerLine:
    """``source`` finishes "by ..."; ``tag_remark`` is set where the tag says something that does not count."""

    source: str
    since: datetime | None
    tag_remark: str


def owner_line(identity: Identity) -> OwnerLine:
    """Two queries at most."""
    state = identity.states.filter(to_at=None).order_by("pk").first()
    return OwnerLine(_source(identity), state.from_at if state else None, _tag_remark(identity))


def owner_tag(identity: Identity) -> str:
    """``team=shop``: the tag that the owner was read from, or that names nobody; empty without one."""
    values = {key.strip().lower(): (key, value) for key, value in identity.tags.items()}
    for wanted in in_force().owner_tag_keys:
        key, value = values.get(wanted.lower(), ("", ""))
        if value.strip() and value.strip()[:256] == identity.owner_tag_value:
            return f"{key}={value}"
    return identity.owner_tag_value


def _source(identity: Identity) -> str:
    if identity.owner_source == Source.TAG:
        return f"owner tag {owner_tag(identity)}"
    if identity.owner_source == Source.RULE and identity.owner_rule is not None:
        return f"owner rule no. {identity.owner_rule.position}: {identity.owner_rule.words}"
    if identity.owner_source in (Source.CLAIM, Source.ACTING):
        return _by_hand(identity)
    return "the owner of its account" if identity.owner_source == Source.ACCOUNT else ""


def _by_hand(identity: Identity) -> str:
    rows = OwnerAssignment.objects.active().filter(identity=identity).select_related("assigned_by", "decided_by")
    is_acting = identity.owner_source == Source.ACTING
    found = [row for row in rows if (row.kind == OwnerAssignment.Kind.ACTING) == is_acting]
    if not found:
        return "hand"
    (row,) = found
    day = f"{row.from_at:%-d %b %Y}" if row.from_at else ""
    if row.until_on:
        return f"{row.assigned_by}, as acting owner until {row.until_on:%-d %b %Y}"
    if row.decided_by:
        return f"hand: claimed by {row.assigned_by}, confirmed by {row.decided_by} on {day}"
    return f"hand: given by {row.assigned_by} on {day}"


def _tag_remark(identity: Identity) -> str:
    if not identity.owner_tag_value or identity.owner_source == Source.TAG:
        return ""
    return owner_tag(identity)
