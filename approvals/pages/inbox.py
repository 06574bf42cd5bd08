"""The inbox: what waits for a person, what they wait for, and what was done last."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from approvals.models import ApprovalSlot, ChangeTask, GrantRequest
from approvals.pages.names import names_for
from approvals.pages.review_queue import waiting_reviews
from approvals.rules.deciders import SlotKind
from approvals.rules.states import RequestState
from approvals.services.requests.deciders import fillable_by
from inventory.models import Role, User
from inventory.policy.words.terms import terms_sentence

SHOWN = 200
_LAST = 20
_SLOT = ("line__identity", "line__request__requester", "line__request__vendor")
_NOT_OVER = (RequestState.DRAFT, RequestState.PENDING, RequestState.CHANGES_REQUESTED)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line that waits for the reader, as a sentence."""

    slot: ApprovalSlot
    sentence: str

    @property
    def value(self) -> str:
        """What a ticked box carries: the place, and the terms that were read."""
        return f"{self.slot.pk}:{self.slot.line.terms_hash}"


@dataclass(frozen=True, slots=True)
class Alike:
    """Lines of like requests: of one vendor, one kind, and for one side. ``key`` names the group on the page."""

    key: str
    title: str
    side: str
    waiting: tuple[Waiting, ...]

    @property
    def requests(self) -> int:
        """How many requests they belong to."""
        return len({each.slot.line.request_id for each in self.waiting})


@dataclass(frozen=True, slots=True)
class Own:
    """One request that the reader made, and who it is with."""

    request: GrantRequest
    what: str
    with_whom: str


def inbox_context(user: User, at: datetime) -> dict[str, object]:
    """Everything on the page, in a fixed number of queries."""
    on = timezone.localdate(at)
    mine = fillable_by(user, at=at).select_related(*_SLOT).order_by("line__request__lapses_at", "line", "kind")
    slots = _one_side_each(mine[:SHOWN])
    tasks = tasks_of(user)
    return {
        "groups": _alike(slots, on),
        "decide_count": len(slots),
        "reviews": waiting_reviews(user, on=on),
        "is_cut": len(slots) >= SHOWN,
        "today": on,
        "tasks": list(tasks.select_related("identity", "assigned_team", "taken_by")[:_LAST]),
        "task_count": tasks.count(),
        "own": _own(user, at),
        "done": _done(user),
        "shown": SHOWN,
    }


def tasks_of(user: User) -> QuerySet[ChangeTask]:
    """The changes that the person has to write into AWS, and what nobody's team has to, for security."""
    mine = Q(pk__in=ChangeTask.objects.of(user).order_by().values("pk"))
    if user.has_role([Role.SECURITY]):
        mine |= Q(assigned_team=None)
    return ChangeTask.objects.undone().filter(mine, said_at=None)


def _one_side_each(slots: Iterable[ApprovalSlot]) -> list[ApprovalSlot]:
    """Nobody fills both places of a line: of two that the reader could fill, the owner's is the one shown here."""
    once: dict[int, ApprovalSlot] = {}
    for slot in slots:
        if slot.line_id not in once or slot.kind == SlotKind.OWNER:
            once[slot.line_id] = slot
    return list(once.values())


def _alike(slots: Sequence[ApprovalSlot], on: date) -> list[Alike]:
    names = names_for(slot.line.grant_terms for slot in slots)
    groups: dict[tuple[Any, ...], list[ApprovalSlot]] = {}
    for slot in slots:
        request = slot.line.request
        own = request.pk if request.vendor_id is None else 0
        groups.setdefault((request.vendor_id, own, request.kind, slot.kind), []).append(slot)
    return [_group(f"like-{number}", each, names, on) for number, each in enumerate(groups.values())]


def _group(key: str, slots: Sequence[ApprovalSlot], names: Mapping[str, str], on: date) -> Alike:
    request = slots[0].line.request
    return Alike(
        key=key,
        title=f"{request.get_kind_display()} for {request.vendor}" if request.vendor else request.get_kind_display(),
        side="the owner" if slots[0].kind == SlotKind.OWNER else "security",
        waiting=tuple(Waiting(slot, _sentence(slot, names, on)) for slot in slots),
    )


def _sentence(slot: ApprovalSlot, names: Mapping[str, str], on: date) -> str:
    line = slot.line
    return terms_sentence(line.grant_terms, names=names, identity_name=line.identity.name, on=on)


def _own(user: User, at: datetime) -> list[Own]:
    """What the person asked for and is not over, with the sides that have not decided."""
    asked = GrantRequest.objects.filter(requester=user, state__in=_NOT_OVER).select_related("vendor")
    requests = list(asked.prefetch_related("lines__identity")[:SHOWN])
    waiting = ApprovalSlot.objects.waiting(at).filter(line__request__in=requests)
    open_slots = waiting.select_related("line__identity__owner_team", "line__identity__owner_user")
    sides: dict[int, dict[str, None]] = {}
    for slot in open_slots.order_by("kind", "line"):
        sides.setdefault(slot.line.request_id, {})[_side(slot)] = None
    return [Own(each, _what(each), _with_whom(each, sides.get(each.pk, {}))) for each in requests]


def _side(slot: ApprovalSlot) -> str:
    if slot.kind == SlotKind.SECURITY:
        return "security"
    owner = slot.line.identity.owner
    return str(owner) if owner else "an owner who is yet to be found"


def _what(request: GrantRequest) -> str:
    names = [line.identity.name for line in request.lines.all()]
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    who = f" for {request.vendor}" if request.vendor else ""
    return f"{request.get_kind_display()}{who}{f' as {names[0]}{more}' if names else ''}"


def _with_whom(request: GrantRequest, sides: Iterable[str]) -> str:
    if request.state != RequestState.PENDING:
        return "you"
    return " and ".join(sides) or "nobody: its time is over"


def _done(user: User) -> list[ApprovalSlot]:
    """What the person decided last."""
    decided = ApprovalSlot.objects.filter(decided_by=user).select_related(*_SLOT)
    return list(decided.order_by("-decided_at", "-pk")[:_LAST])
