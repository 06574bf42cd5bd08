"""What follows from a request while it is written: sentences, policies, days, people, and what does not hold yet."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from django.utils import timezone

from approvals.forms.request_form import FIELD_OF, RequestForm
from approvals.models import Grant
from approvals.pages.request_people import Asked as People
from approvals.pages.request_people import asked_of, security_people
from approvals.rules.risk import RiskClass, longest_days, risk_class
from approvals.rules.wishes import check_addresses
from approvals.services.requests.asking import (
    MOST_LINES,
    Asking,
    accounts_of,
    asked_for,
    check_newcomer,
    line_of,
    sendable,
    strangers,
)
from approvals.services.requests.durations import longest_in_force
from approvals.services.requests.terms_guard import Asked, check_asked, contracts_of, longest_end, starts_on
from inventory.models import Account, Identity, User
from inventory.policy.grants.minimal import minimal_policy
from inventory.policy.grants.terms import GrantTerms, TermsError
from inventory.policy.words.terms import terms_sentence
from inventory.services.refusals import RefusedError

_SPANS = (30, 90, 180)
RISK_WORDS = {
    RiskClass.LOW: "Named senders as named addresses, the narrowest there is",
    RiskClass.STANDARD: "A whole account, a service, or any address",
    RiskClass.HIGH: "A whole organization, or more than sending",
    RiskClass.EXCEPTION: "Anyone at all, an exception for a short time",
}


@dataclass(frozen=True, slots=True)
class Line:
    """What one line means; ``policy`` is empty where none can be written."""

    identity: Identity
    sentence: str
    policy: str
    risk: RiskClass
    days: int
    longest: date
    people: People

    @property
    def risk_words(self) -> str:
        """The class in words."""
        return RISK_WORDS[self.risk]


@dataclass(frozen=True, slots=True)
class Choice:
    """A last day to choose at once."""

    day: date
    words: str


@dataclass(slots=True)
class Draft:
    """All that follows. ``is_end_open``: no last day is chosen, and the longest is shown."""

    security: tuple[tuple[str, ...], int]
    problems: dict[str, list[str]] = field(default_factory=dict)
    lines: Sequence[Line] = ()
    choices: Sequence[Choice] = ()
    contracts: Sequence[tuple[str, date]] = ()
    is_end_open: bool = False
    more: int = 0

    def say(self, error: TermsError | RefusedError, name: str = "") -> None:
        """Put a refusal at its field, once; ``name`` says of which line it is, where there are several."""
        member = error.member if isinstance(error, TermsError) else error.field
        said = self.problems.setdefault(FIELD_OF.get(member, member), [])
        if not any(each.endswith(error.message) for each in said):
            said.append(f"{name}: {error.message}" if name else error.message)


def draft_of(
    form: RequestForm, user: User, *, kind: str, predecessor: Grant | None, at: datetime, is_complete: bool
) -> Draft:
    """What follows from the form; while one still types, what is empty is no problem yet."""
    on = timezone.localdate(at)
    draft = Draft(security_people(user), _said(form, is_complete=is_complete))
    first = max(on, form.cleaned_data.get("starts_on") or on)
    wish = form.wish(ends_on=first + timedelta(days=29))
    identities = list(form.cleaned_data.get("identities", ()))
    if wish is None or not identities:
        return draft
    draft.more = max(0, len(identities) - MOST_LINES)
    draft.is_end_open = not form.cleaned_data.get("ends_on")
    asking = Asking(kind, wish, identities[:MOST_LINES], "", newcomer=form.newcomer(), predecessor=predecessor)
    try:
        _fill(draft, asking, user, on)
    except (TermsError, RefusedError) as error:
        draft.say(error)
    return draft


def _said(form: RequestForm, *, is_complete: bool) -> dict[str, list[str]]:
    """What the form itself refuses, by field."""
    return {
        name: [str(each) for each in errors]
        for name, errors in form.errors.items()
        if is_complete or name == "__all__" or form.data.get(name)
    }


def _fill(draft: Draft, asking: Asking, user: User, on: date) -> None:
    """The lines and what they ask for. Raises where no terms can be made."""
    check_addresses(asking.wish.addresses, [sendable(each) for each in asking.identities])
    asked = _asked(asking)
    latest = min(longest_end(each, on=on) for each in asked)
    if draft.is_end_open and latest >= starts_on(asked[0].terms, on=on):
        asking = replace(asking, wish=replace(asking.wish, ends_on=latest))
        asked = _asked(asking)
    unknown = strangers(asking.wish)
    try:
        check_newcomer(unknown, asking.newcomer, user)
    except RefusedError as refusal:
        draft.say(refusal)
    people = asked_of(asking.identities, user, on=on)
    names = _names(asking)
    longest = longest_in_force()
    draft.lines = [_line(each, people[each.identity.pk], names, longest, on) for each in asked]
    for each in asked:
        _check(draft, each, unknown, on)
    draft.choices = _choices(starts_on(asked[0].terms, on=on), latest)
    draft.contracts = sorted({each for one in asked for each in contracts_of(one)})


def _asked(asking: Asking) -> list[Asked]:
    return [asked_for(asking, line_of(asking, each)) for each in asking.identities]


def _check(draft: Draft, asked: Asked, unknown: Sequence[str], on: date) -> None:
    """What the guard would refuse; whoever is still to be registered is spoken of at the company's field."""
    try:
        check_asked(asked, on=on)
    except RefusedError as refusal:
        if not (unknown and refusal.field == "principals"):
            draft.say(refusal, asked.identity.name if len(draft.lines) > 1 else "")


def _line(asked: Asked, people: People, names: dict[str, str], longest: Mapping[RiskClass, int], on: date) -> Line:
    return Line(
        identity=asked.identity,
        sentence=terms_sentence(asked.terms, names=names, identity_name=asked.identity.name, on=on),
        policy=_policy(asked.terms),
        risk=risk_class(asked.terms),
        days=longest_days(asked.terms, is_adopted=asked.is_adopted, longest=longest),
        longest=longest_end(asked, on=on),
        people=people,
    )


def _policy(terms: GrantTerms) -> str:
    """The least document; the guard says why there is none."""
    try:
        return json.dumps(minimal_policy(terms), indent=2)
    except TermsError:
        return ""


def _names(asking: Asking) -> dict[str, str]:
    """Account ids and the names that people know, of those who are still to be registered as well."""
    wanted = accounts_of(asking.wish)
    company = asking.newcomer.company.strip()
    names = dict.fromkeys(wanted, company) if company else {}
    for account in Account.objects.filter(account_id__in=wanted).select_related("vendor"):
        names[account.account_id] = account.vendor.name if account.vendor else account.name
    return names


def _choices(first: date, latest: date) -> list[Choice]:
    """30 days, 90 days, the longest: days included, as the guard counts them."""
    spans = [(first + timedelta(days=span - 1), f"{span} days") for span in _SPANS]
    shorter = [Choice(day, words) for day, words in spans if day < latest]
    return [*shorter, Choice(latest, "The longest")] if latest >= first else []
