"""Stored delegations as sentences: what a path allowed at the last judgement, in the words of the identity's page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory.models import Delegation
from inventory.policy import delegations as engine
from inventory.policy.channels import Channel
from inventory.policy.reach import Reach
from inventory.policy.trust import Trust
from inventory.policy.words.sentences import describe

_LISTS = ("accounts", "organizations", "principals", "services", "action_classes", "actions")


@dataclass(frozen=True, slots=True)
class Path:
    """One delegation with its sentences, each said once."""

    delegation: Delegation
    sentences: tuple[str, ...]


def path_sentences(rows: Iterable[Delegation], names: Mapping[str, str]) -> list[Path]:
    """The paths with their sentences; ``names`` maps account ids to the names that people know."""
    return [Path(each, _sentences(each, names)) for each in rows]


def _sentences(row: Delegation, names: Mapping[str, str]) -> tuple[str, ...]:
    said: dict[str, None] = {}
    for statement in sorted(row.statements, key=lambda each: each.get("channel") != Channel.DIRECT):
        if "action_classes" not in statement:
            said.setdefault(
                f"The policy could not be judged: {statement.get('reason', 'nobody can say what it allows')}."
            )
            continue
        admission = stored_admission(statement)
        sentence = describe(admission, row.identity.name, names)
        if admission.channel is Channel.VPC_ENDPOINT and sentence.replace(", through a VPC endpoint", "") in said:
            continue
        said.setdefault(sentence)
    return tuple(said)


def stored_admission(statement: Mapping[str, Any]) -> engine.Delegation:
    """What the engine found, from the JSON in which it is stored (see ``Stance.statements``)."""
    lists: dict[str, Any] = {name: tuple(statement.get(name, ())) for name in _LISTS}
    return engine.Delegation(
        policy=statement.get("policy", ""),
        sid=statement.get("sid"),
        statement=statement.get("statement", 0),
        channel=Channel(statement.get("channel", Channel.DIRECT)),
        reach=Reach(statement["reach"]),
        trust=Trust(statement["trust"]) if statement.get("trust") else None,
        limits=tuple(_limit(each) for each in statement.get("limits", ())),
        reason=statement.get("reason", ""),
        starts_at=_instant(statement.get("starts_at")),
        ends_at=_instant(statement.get("ends_at")),
        **lists,
    )


def _limit(stored: Mapping[str, Any]) -> engine.Limit:
    return engine.Limit(
        kind=stored["kind"],
        key=stored.get("key", ""),
        operator=stored["operator"],
        values=tuple(stored.get("values", ())),
        is_effective=stored.get("is_effective", True),
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
