"""Pairs: what AWS allows on an identity beside what was approved of it, and what stands alone on either side."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from approvals.models import Grant
from approvals.pages.grant_sentences import grant_sentence
from approvals.rules.matching import Agreement, Pairing
from approvals.rules.states import Standing
from approvals.services.matching.matching import pairings_of
from approvals.services.names import names_of
from approvals.words import AGREEMENT, standing_word
from inventory.models import Identity, User
from inventory.policy.words.sentences import describe
from inventory.words import Word

_ORDER = (Agreement.UNAPPROVED, Agreement.ENDED, Agreement.WIDER, Agreement.APPROVED)


@dataclass(frozen=True, slots=True)
class Approved:
    """The right side: a grant as a sentence."""

    grant: Grant
    sentence: str
    standing: Word


@dataclass(frozen=True, slots=True)
class Pair:
    """One row. ``allowed`` is empty where no policy that was read allows it, ``approved`` ``None`` where nobody did."""

    allowed: str
    word: Word
    approved: Approved | None
    reasons: tuple[str, ...] = ()


def pairs_of(user: User, identity: Identity, at: datetime) -> list[Pair]:
    """What is not as approved first; a fixed number of queries."""
    on = timezone.localdate(at)
    pairings = sorted(pairings_of(identity, at=at), key=lambda each: _ORDER.index(each.agreement))
    grants = {each.pk: each for each in Grant.objects.visible_to(user).filter(identity=identity)}
    for each in grants.values():
        each.identity = identity
    terms = [each.grant_terms for each in grants.values()]
    names = names_of(
        {account for each in pairings for account in each.part.accounts}.union(*(each.account_ids for each in terms)),
        {org for each in pairings for org in each.part.organizations}.union(*(each.organizations for each in terms)),
    )
    approved = {
        pk: Approved(each, grant_sentence(each, names=names, on=on), standing_word(each, each.standing(on)))
        for pk, each in grants.items()
    }
    rows = [
        Pair(
            allowed=describe(each.part, identity.name, names),
            word=AGREEMENT[each.agreement],
            approved=approved.get(each.grant_id) if each.grant_id is not None else None,
            reasons=tuple(reason.text for reason in each.reasons),
        )
        for each in pairings
    ]
    return [*dict.fromkeys(rows), *_alone(approved, pairings, on)]


def _alone(approved: dict[int, Approved], pairings: Iterable[Pairing], on: date) -> Iterable[Pair]:
    """Grants in force or ahead that no policy that was read allows."""
    paired = {pk for each in pairings for pk in (each.grant_id, *each.also)}
    for pk, each in approved.items():
        if pk not in paired and each.grant.standing(on) in (Standing.ACTIVE, Standing.AHEAD):
            yield Pair("", AGREEMENT[None], each)
