"""Terms in words: what a grant lets whom do, as one sentence for the identity's owner."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from inventory.policy.actions import CLASS_OF
from inventory.policy.grants.terms import GrantTerms, PinnedService
from inventory.policy.words.conditions import listed, shown_day
from inventory.policy.words.sentences import DEEDS, Names, raised, shown_account, shown_principal

_SHOWN = 3
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def terms_sentence(terms: GrantTerms, *, names: Names, identity_name: str, on: date | None = None) -> str:
    """``Brightmail (account 4444-5555-6666) can send as news@shop.example.com, until 31 Mar 2027.``

    ``names`` maps the ids of accounts and organizations to the names that people know. Without ``on`` the first day is
    always said; with it only while it is ahead, and access whose last day is past reads "could".
    """
    verb = "could" if on is not None and terms.ends_on < on else "can"
    clauses = [f"{raised(_party(terms, names))} {verb} {_deeds(terms, identity_name)}", *_limits(terms)]
    return f"{', '.join(clauses)}, {_window(terms, on)}."


def terms_party(terms: GrantTerms, *, names: Names) -> str:
    """Who is let in: ``the role mailer of Brightmail (account 4444-5555-6666)``."""
    return _party(terms, names).rstrip(",")


def _party(terms: GrantTerms, names: Names) -> str:
    if terms.means_anyone:
        return "anyone with an AWS account"
    return _shortened(
        [
            *(shown_account(each, names) for each in sorted(terms.accounts)),
            *(_organization(each, names) for each in sorted(terms.organizations)),
            *_named(terms.arns, names),
            *_services(terms.services, names),
        ]
    ).replace(",,", ",")


def _organization(organization: str, names: Names) -> str:
    name = names.get(organization)
    return f"every account of {name} (organization {organization})" if name else f"every account of {organization}"


def _named(arns: Iterable[str], names: Names) -> Iterator[str]:
    """Single principals; the roles of one account, or its users, in one breath."""
    together: dict[tuple[str, str], list[str]] = {}
    for arn in arns:
        account, resource = arn.split(":", 5)[4:]
        kind = resource.partition("/")[0]
        together.setdefault((account, kind if kind in ("role", "user") else arn), []).append(arn)
    for (account, kind), every in together.items():
        if len(every) == 1:
            yield shown_principal(every[0], names)
        else:
            own = _shortened([arn.split(":", 5)[5].partition("/")[2] for arn in every])
            yield f"the {kind}s {own} of {shown_account(account, names)}"


def _services(services: Iterable[PinnedService], names: Names) -> Iterator[str]:
    for each in services:
        yield f"the AWS service {each.service}, acting for {shown_account(each.source_account, names)},"


def _deeds(terms: GrantTerms, identity_name: str) -> str:
    classes = list(dict.fromkeys(CLASS_OF.get(each.removeprefix("ses:"), "other") for each in terms.actions))
    deeds = [f"send as {_senders(terms, identity_name)}"] if "send" in classes else []
    deeds += [DEEDS.get(each, f"use {each} actions") for each in classes if each != "send"]
    return listed(deeds) if "send" in classes else f"{listed(deeds)} ({identity_name})"


def _senders(terms: GrantTerms, identity_name: str) -> str:
    if terms.from_addresses and f"*@{identity_name}" not in terms.from_addresses:
        return _shortened(terms.from_addresses, "or")
    return identity_name if "@" in identity_name else f"any address at {identity_name}"


def _limits(terms: GrantTerms) -> Iterator[str]:
    if terms.recipients:
        yield f"only to {_shortened(terms.recipients, 'or')}"
    if terms.networks:
        number = len(terms.networks)
        counted = _NUMBERS[number] if number < len(_NUMBERS) else str(number)
        yield f"from {counted} network{'s' if number > 1 else ''}"


def _window(terms: GrantTerms, on: date | None) -> str:
    until = f"until {shown_day(terms.ends_on)}"
    if terms.starts_on is None or (on is not None and terms.starts_on <= on):
        return until
    return f"from {shown_day(terms.starts_on)} {until}"


def _shortened(names: Sequence[str], word: str = "and") -> str:
    """``a, b, c and 4 more`` where there are more than three."""
    if len(names) <= _SHOWN + 1:
        return listed(names, word)
    return f"{', '.join(names[:_SHOWN])} {word} {len(names) - _SHOWN} more"
