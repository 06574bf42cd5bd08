"""Tightening: the policies of an identity with no more in them than is meant, and every step explained."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime

from inventory.policy.analysis import analyse
from inventory.policy.delegations import Delegation
from inventory.policy.reach import Reach
from inventory.policy.reading.jsontext import PolicyError
from inventory.policy.tightening.drafts import Draft, PolicyDraft, draft_of, pretty
from inventory.policy.tightening.placeholders import Choices, Placeholder, marks_in
from inventory.policy.tightening.repairs import Repair, repairs_of_keys, repairs_of_options
from inventory.policy.tightening.restrictions import Restrictions, misplaced_conditions
from inventory.policy.trust import Registry

_NOBODY = (Reach.INERT, Reach.DANGLING)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One step from a policy to its tightened version, with the reason.

    ``statement`` counts from 0 in the policy as it was. ``opens``: someone may get in whom the policy as written kept
    out, because what was meant now works. ``placeholder`` waits for a person's answer, or has had it.
    """

    policy: str
    statement: int
    sid: str | None
    code: str
    text: str
    placeholder: Placeholder | None = None
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Tightened:
    """``policies`` and ``originals`` are laid out alike, by name; a policy of which nothing is left has empty text.

    A policy that cannot be read is in neither.
    """

    originals: Mapping[str, str]
    policies: Mapping[str, str]
    proposals: tuple[Proposal, ...]

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """The questions, in the order of the statements."""
        return tuple(each.placeholder for each in self.proposals if each.placeholder is not None)

    @property
    def is_changed(self) -> bool:
        """Whether anything is to be changed at all."""
        return self.originals != self.policies

    @property
    def is_shorter(self) -> bool:
        """Whether a statement was taken out."""
        return any(_length(self.policies[name]) < _length(text) for name, text in self.originals.items())


def tighten(
    policies: Mapping[str, str],
    *,
    identity_arn: str,
    owner_account: str,
    registry: Registry,
    at: datetime,
    answers: Mapping[str, str] | None = None,
    time_zone: str = "UTC",
) -> Tightened:
    """Propose a tightened version.

    ``answers`` maps names of placeholders to values apart by comma or space, or to ``keep``. What is not answered
    stands in the documents as ``<NAME>``. ``time_zone`` is the one of last days.
    Raises :class:`~inventory.policy.tightening.placeholders.ChoiceError` where an answer makes no sense.
    """
    choices = Choices(answers or {}, identity_arn.split(":")[1], time_zone)
    return _Tightening(policies, identity_arn, owner_account, registry, at, choices).run()


@dataclass(slots=True)
class _Tightening:
    texts: Mapping[str, str]
    identity_arn: str
    owner_account: str
    registry: Registry
    at: datetime
    choices: Choices

    def run(self) -> Tightened:
        drafts = _readable(self.texts)
        originals = {draft.name: pretty(draft.root) for draft in drafts}
        _take_up_again(drafts)
        proposals = [*self._keys(drafts), *self._options(drafts), *self._restrictions(drafts)]
        order = {name: position for position, name in enumerate(self.texts)}
        proposals.sort(key=lambda each: (order[each.policy], each.statement))
        return Tightened(originals, {draft.name: draft.text() for draft in drafts}, tuple(proposals))

    def _keys(self, drafts: Sequence[PolicyDraft]) -> Iterator[Proposal]:
        for draft in _statements(drafts):
            for repair in repairs_of_keys(draft):
                yield _repaired(draft, repair)
        _read_again(drafts)

    def _options(self, drafts: Sequence[PolicyDraft]) -> Iterator[Proposal]:
        """Not where the statement would let nobody in any more: then the one condition stands in for the other."""
        as_it_was = {_key(draft): deepcopy(draft.json) for draft in _statements(drafts)}
        before = self._by_statement(drafts)
        repairs = {_key(draft): list(repairs_of_options(draft)) for draft in _statements(drafts)}
        after = self._by_statement(drafts) if any(repairs.values()) else before
        for draft in _statements(drafts):
            key = _key(draft)
            if _admit(before[key]) and not _admit(after[key]):
                draft.json = as_it_was[key]
                continue
            for repair in repairs[key]:
                yield _repaired(draft, repair)
        _read_again(drafts)

    def _restrictions(self, drafts: Sequence[PolicyDraft]) -> Iterator[Proposal]:
        found = self._by_statement(drafts)
        number = 0
        for draft in _statements(drafts):
            if not draft.parsed.allows:
                continue
            number += 1
            delegations = found[_key(draft)]
            outside = [each for each in delegations if each.is_outside]
            if misplaced_conditions(draft) or outside:
                yield from self._restricted(draft, number, outside or delegations)
            elif not _admit(delegations):
                draft.is_removed = True
                why = "; ".join(dict.fromkeys(each.reason for each in delegations if each.reason)) or "it admits nobody"
                yield _proposal(draft, "admits-nobody", f"the statement lets nobody in and is taken out ({why})")

    def _restricted(self, draft: Draft, number: int, delegations: Sequence[Delegation]) -> Iterator[Proposal]:
        steps = Restrictions(draft, number, delegations, self.choices, self.identity_arn, self.owner_account)
        for step in steps.take():
            parsed = draft.parsed
            yield Proposal(
                parsed.policy, parsed.index, parsed.sid, step.code, step.text, step.placeholder, opens=step.opens
            )

    def _by_statement(self, drafts: Sequence[PolicyDraft]) -> Mapping[tuple[str, int], list[Delegation]]:
        """The delegations as things stand, by policy and statement as it was counted at first."""
        found: dict[tuple[str, int], list[Delegation]] = {_key(draft): [] for draft in _statements(drafts)}
        left = {draft.name: draft.left for draft in drafts}
        analysis = analyse(
            owner_account=self.owner_account,
            identity_arn=self.identity_arn,
            policies={draft.name: text for draft in drafts if (text := draft.text())},
            registry=self.registry,
            at=self.at,
        )
        for delegation in analysis.delegations:
            found[_key(left[delegation.policy][delegation.statement])].append(delegation)
        return found


def _length(text: str) -> int:
    listed = json.loads(text)["Statement"] if text else []
    return len(listed) if isinstance(listed, list) else 1


def _readable(texts: Mapping[str, str]) -> list[PolicyDraft]:
    drafts = []
    for name, text in texts.items():
        with suppress(PolicyError):
            drafts.append(draft_of(name, text))
    return drafts


def _statements(drafts: Sequence[PolicyDraft]) -> Iterator[Draft]:
    for policy in drafts:
        yield from policy.left


def _take_up_again(drafts: Sequence[PolicyDraft]) -> None:
    """Policies that were tightened before, with questions left open."""
    if any(marks_in(text) for text in (pretty(draft.root) for draft in drafts)):
        for draft in _statements(drafts):
            draft.drop_open_questions()
        _read_again(drafts)


def _read_again(drafts: Sequence[PolicyDraft]) -> None:
    for policy in drafts:
        policy.read_again()


def _key(draft: Draft) -> tuple[str, int]:
    return draft.parsed.policy, draft.parsed.index


def _admit(delegations: Sequence[Delegation]) -> bool:
    return any(each.reach not in _NOBODY for each in delegations)


def _repaired(draft: Draft, repair: Repair) -> Proposal:
    code, text, opens = repair
    return _proposal(draft, code, text, opens=opens)


def _proposal(draft: Draft, code: str, text: str, *, opens: bool = False) -> Proposal:
    return Proposal(draft.parsed.policy, draft.parsed.index, draft.parsed.sid, code, text, opens=opens)
