"""What could not be seen, gathered: regions of one account that failed alike are said once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from inventory.models import Account


@dataclass(frozen=True, slots=True)
class Unseen:
    """One account region that could not be seen; ``sight`` is a word of ``words.SIGHT``."""

    account: Account
    region: str
    sight: str
    reason: str
    code: str
    last_complete_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnseenGroup:
    """Regions of one account with one reason; ``oldest`` is ``None`` where one of them was never completely read."""

    account: Account
    sight: str
    reason: str
    code: str
    regions: tuple[str, ...]
    oldest: datetime | None


def grouped(unseen: Iterable[Unseen]) -> list[UnseenGroup]:
    """One entry per account, kind and reason, in the order of their first appearance."""
    groups: dict[tuple[int, str, str, str], list[Unseen]] = {}
    for each in unseen:
        groups.setdefault((each.account.pk, each.sight, _placeless(each), each.code), []).append(each)
    return [_group(members) for members in groups.values()]


def _placeless(each: Unseen) -> str:
    """The reason without the place, which is named beside it."""
    place = f" in {each.region} of account {each.account.account_id}"
    return each.reason.replace(place, "").replace(f" in {each.region}", "") if each.region else each.reason


def _group(members: list[Unseen]) -> UnseenGroup:
    first = members[0]
    instants = [each.last_complete_at for each in members if each.last_complete_at is not None]
    oldest = min(instants) if len(instants) == len(members) else None
    regions = tuple(sorted(each.region for each in members if each.region))
    return UnseenGroup(first.account, first.sight, _placeless(first), first.code, regions, oldest)
