"""The audit chain as pages show it: how far it goes, when it was last checked, and one event in its place."""

import json
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from inventory.models import Account, AuditEvent, AuditLink, ChainCheck, UnsealedEvent
from inventory.services.audit_chain.checks import last_check
from inventory.services.audit_chain.content import GENESIS, Head, Told, link_content, link_hash
from inventory.services.audit_chain.sealing import head
from inventory.words import NOUNS

# What an event speaks of, and the page of it where its number leads to one.
_PAGES = {
    "changetask": "approvals:task_detail",
    "collectionrun": "inventory:run_detail",
    "containment": "approvals:containment_detail",
    "finding": "inventory:finding_detail",
    "grant": "approvals:grant_detail",
    "grantrequest": "approvals:request_detail",
    "offboarding": "approvals:offboarding_detail",
    "identity": "inventory:identity_detail",
    "team": "inventory:team_detail",
    "user": "inventory:person_detail",
    "vendor": "inventory:vendor_detail",
}


@dataclass(frozen=True, slots=True)
class ChainState:
    """``broken`` are the sentences of the last check, where it failed."""

    head: Head
    waiting: int
    check: ChainCheck | None
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sealed:
    """One event in its place: ``fits`` says whether its hash and its predecessor are what they should be, now."""

    link: AuditLink
    content: str
    fits: bool


def chain_state() -> ChainState:
    """Of the whole chain."""
    check = last_check()
    broken = tuple(check.problem.splitlines()) if check else ()
    return ChainState(head(), UnsealedEvent.objects.count(), check, broken)


def sealed(event: AuditEvent) -> Sealed | None:
    """Nothing while the event waits for its link."""
    link = AuditLink.objects.filter(event=event).first()
    if link is None:
        return None
    told = Told(
        event.pk,
        event.at,
        event.actor_id,
        event.actor_name,
        event.action,
        event.object_type,
        event.object_id,
        event.object_name,
        event.data,
    )
    position, previous, sealed_at = link.position, link.previous, link.sealed_at
    content = link_content(told, position=position, previous=previous, sealed_at=sealed_at)
    computed = link_hash(told, position=position, previous=previous, sealed_at=sealed_at)
    before = AuditLink.objects.filter(position=position - 1).values_list("hash", flat=True).first()
    fits = computed == link.hash and previous == (before or GENESIS)
    return Sealed(link, json.dumps(content, sort_keys=True, indent=2, ensure_ascii=False), fits)


def page_of(event: AuditEvent) -> str:
    """Where the object of an event is looked at, without a query; empty where its number leads to no page."""
    name = _PAGES.get(event.object_type)
    if name is None or not event.object_id.isdecimal():
        return ""
    try:
        return reverse(name, args=[event.object_id])
    except NoReverseMatch:
        return ""


def account_page_of(event: AuditEvent) -> str:
    """As :func:`page_of` for accounts, whose address has their id: one query."""
    if event.object_type != "account" or not event.object_id.isdecimal():
        return ""
    account = Account.objects.filter(pk=event.object_id).first()
    return reverse("inventory:account_detail", args=[account.account_id]) if account else ""


def noun_of(event: AuditEvent) -> str:
    """What kind of thing it speaks of, without what its name says itself: ``Collection`` before ``run 46``."""
    noun = NOUNS.get(event.object_type, event.object_type)
    before, _, last = noun.rpartition(" ")
    return before if event.object_name.startswith(f"{last.lower()} ") else noun
