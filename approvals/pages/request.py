"""One request: all that one needs to decide, on one screen, in a fixed number of queries."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from approvals.models import ApprovalSlot, Grant, GrantRequest, RequestLine
from approvals.pages.grant_sentences import grant_sentence
from approvals.pages.live_access import live_access
from approvals.pages.names import names_for
from approvals.pages.request_preview import RISK_WORDS
from approvals.rules.deciders import SlotKind
from approvals.rules.risk import RiskClass, longest_days
from approvals.rules.states import RequestState
from approvals.services.requests.deciders import deciders_of, fillable_by, lines_shown_to, refusal_of
from approvals.services.requests.durations import longest_in_force
from approvals.services.requests.requests import is_given_already
from inventory.models import AuditEvent, Finding, User
from inventory.policy.tightening.drafts import pretty
from inventory.policy.words.terms import terms_sentence

_LINE = (
    "identity__scope__account__organization",
    "identity__owner_team",
    "identity__owner_user",
    "predecessor__identity",
    "request",
)
_SHOWN = 5
_NAMED = 4


@dataclass(frozen=True, slots=True)
class Place:
    """One of the two places of a line, with the names of those who can fill it while it is open."""

    slot: ApprovalSlot
    people: tuple[str, ...]
    more: int

    @property
    def side(self) -> str:
        """Whose place it is."""
        return "Security" if self.slot.kind == SlotKind.SECURITY else "Owner"


@dataclass(frozen=True, slots=True)
class Asked:
    """One line in words. ``kinds`` are the sides that the reader may decide for, now."""

    line: RequestLine
    sentence: str
    risk_words: str
    days: int
    places: tuple[Place, ...]
    kinds: tuple[str, ...]

    @property
    def ends_on(self) -> date:
        """The last day as it stands by now: the earliest that anybody set."""
        set_days = [place.slot.ends_on for place in self.places if place.slot.ends_on]
        return min([self.line.grant_terms.ends_on, *set_days])

    @property
    def is_shortened(self) -> bool:
        """Whether somebody set an earlier last day than was asked for."""
        return self.ends_on < self.line.grant_terms.ends_on


def request_context(request: GrantRequest, user: User, at: datetime, *, line_id: int = 0) -> dict[str, object]:
    """``line_id`` names the line that is looked at closely; without it the first that the reader may decide."""
    shown = lines_shown_to(user, at=at).filter(request=request)
    lines = list(shown.select_related(*_LINE).order_by("pk"))
    terms = {line.pk: line.grant_terms for line in lines}
    predecessors = [line.predecessor for line in lines if line.predecessor]
    names = names_for([*terms.values(), *(each.grant_terms for each in predecessors)])
    asked = _asked(request, lines, user, names, at)
    mine = [each for each in asked if each.kinds]
    close = next((each for each in asked if each.line.pk == line_id), next(iter(mine or asked), None))
    on = timezone.localdate(at)
    return {
        "asked_for": request,
        "vendor": request.vendor,
        "contacts": list(request.vendor.contacts.all()[:2]) if request.vendor else [],
        "lines": asked,
        "mine": mine,
        "kinds": sorted({kind for each in mine for kind in each.kinds}),
        "latest": max((each.ends_on for each in mine), default=on),
        "today": on,
        "is_open": request.state == RequestState.PENDING and request.lapses_at is not None and request.lapses_at > at,
        "has_lapsed": request.state == RequestState.PENDING
        and request.lapses_at is not None
        and request.lapses_at <= at,
        "why_not": "" if mine else _why_not(request, lines, user, at),
        "may_withdraw": request.requester_id == user.pk
        and not RequestState(request.state).is_final
        and not is_given_already(request),
        "may_change": request.requester_id == user.pk
        and request.state in (RequestState.DRAFT, RequestState.CHANGES_REQUESTED),
        "sent_back": _sent_back(request),
        "close": close,
        **(_closely(close.line, user, names, at) if close else {}),
    }


def _asked(
    request: GrantRequest, lines: Sequence[RequestLine], user: User, names: Mapping[str, str], at: datetime
) -> list[Asked]:
    slots = ApprovalSlot.objects.filter(line__in=lines, submission=request.submissions)
    slots = slots.select_related("line__identity", "decided_by", "stand_in").order_by("line", "kind")
    every = list(slots)
    open_slots = [slot for slot in every if not slot.verdict]
    on = timezone.localdate(at)
    people = deciders_of(open_slots, on=on) if open_slots else {}
    known = {each.pk: str(each) for each in User.objects.filter(pk__in=frozenset[int]().union(*people.values()))}
    mine = set(fillable_by(user, at=at).filter(line__request=request).values_list("pk", flat=True))
    by_line: dict[int, list[ApprovalSlot]] = {line.pk: [] for line in lines}
    for slot in every:
        by_line[slot.line_id].append(slot)
    longest = longest_in_force()
    return [_line(line, by_line[line.pk], names, on, people, known, mine, longest) for line in lines]


def _line(
    line: RequestLine,
    slots: Sequence[ApprovalSlot],
    names: Mapping[str, str],
    on: date,
    people: Mapping[int, frozenset[int]],
    known: Mapping[int, str],
    mine: set[int],
    longest: Mapping[RiskClass, int],
) -> Asked:
    terms = line.grant_terms
    is_adopted = line.request.kind == GrantRequest.Kind.ADOPT
    return Asked(
        line=line,
        sentence=terms_sentence(terms, names=names, identity_name=line.identity.name, on=on),
        risk_words=RISK_WORDS[RiskClass(line.risk)],
        days=longest_days(terms, is_adopted=is_adopted, longest=longest),
        places=tuple(_place(slot, sorted(known[each] for each in people.get(slot.pk, ()))) for slot in slots),
        kinds=tuple(slot.kind for slot in slots if slot.pk in mine),
    )


def _place(slot: ApprovalSlot, names: list[str]) -> Place:
    return Place(slot, tuple(names[:_NAMED]), max(0, len(names) - _NAMED))


def _why_not(request: GrantRequest, lines: Sequence[RequestLine], user: User, at: datetime) -> str:
    """The one sentence for who cannot decide what is open; for both sides, if they refuse for different reasons."""
    if not lines or request.state != RequestState.PENDING:
        return ""
    slots = lines[0].slots.filter(submission=request.submissions, verdict="")
    on = timezone.localdate(at)
    related = slots.select_related("line__identity__owner_team", "line__identity__owner_user").order_by("-kind")
    reasons = [refusal_of(user, slot, on=on) for slot in related]
    return " ".join(dict.fromkeys(reason for reason in reasons if reason))


def _sent_back(request: GrantRequest) -> dict[str, object] | None:
    """Who asked for changes last, when and which."""
    if request.state != RequestState.CHANGES_REQUESTED:
        return None
    events = AuditEvent.objects.filter(object_type="grantrequest", object_id=str(request.pk))
    event = events.filter(action="request.sent_back").select_related("actor").order_by("-id").first()
    if event is None:
        return None
    return {"who": event.actor or event.actor_name, "at": event.at, "comment": json.loads(event.data)["comment"]}


def _closely(line: RequestLine, user: User, names: Mapping[str, str], at: datetime) -> dict[str, object]:
    """What is live, what was before, what is wrong: of one line."""
    on = timezone.localdate(at)
    terms, request = line.grant_terms, line.request
    accounts = sorted(terms.account_ids)
    about = Q(account_ids__overlap=accounts)
    if request.vendor_id:
        about |= Q(vendor=request.vendor_id)
    earlier = Grant.objects.visible_to(user).filter(about).select_related("identity").order_by("-decided_at")
    rejected = GrantRequest.objects.visible_to(user).filter(state=RequestState.REJECTED).exclude(pk=request.pk)
    rejected = rejected.filter(vendor=request.vendor_id) if request.vendor_id else rejected.none()
    refusals = ApprovalSlot.objects.filter(line__request__in=rejected[: _SHOWN * 4], verdict="rejected")
    refusals = refusals.select_related("decided_by", "line__identity").order_by("-decided_at")
    findings = Finding.objects.visible_to(user).open().counted()
    findings = findings.filter(Q(identity=line.identity_id) | Q(subject__in=[*accounts, *terms.arns]))
    return {
        "live": live_access(line, names=names, at=at),
        "earlier": [(each, grant_sentence(each, names=names, on=on)) for each in earlier[:_SHOWN]],
        "earlier_count": earlier.count(),
        "refusals": list(refusals[:_SHOWN]),
        "findings": list(findings.select_related("identity")[:_SHOWN]),
        "finding_count": findings.count(),
        "follows": grant_sentence(line.predecessor, names=names, on=on) if line.predecessor else "",
        "terms_json": pretty(line.terms),
    }
