"""What people are told of a grant's end."""

from dataclasses import replace
from datetime import date

from approvals.models import Grant
from approvals.services.names import names_for
from inventory.policy.words.conditions import shown_day
from inventory.policy.words.terms import terms_sentence

# Nobody may read "unused" into silence: no mail leaves a trace that sesgov reads yet, and over SMTP none ever does.
USE_UNKNOWN = "Use unknown: sesgov does not see what is sent, so do not take it for unused."


def ending_sentence(grant: Grant, renewal: str, *, on: date) -> str:
    """Who can do what until when, how soon that is, what comes of it, and what is known of its use."""
    return " ".join(part for part in (_access(grant, on), _left(grant, on), renewal, USE_UNKNOWN) if part)


def still_live_sentence(grant: Grant) -> str:
    """What ended, and that AWS does not say so."""
    seen = f" on {shown_day(grant.observed_at.date())}" if grant.observed_at is not None else ""
    return (
        f"{_access(grant, grant.effective_ends_on)} That is over, and the last reading{seen} still found it in the "
        f"policies of {grant.identity.name}. Take it out."
    )


def _access(grant: Grant, on: date) -> str:
    terms = replace(grant.grant_terms, ends_on=grant.effective_ends_on)
    return terms_sentence(terms, names=names_for([terms]), identity_name=grant.identity.name, on=on)


def _left(grant: Grant, on: date) -> str:
    days = (grant.effective_ends_on - on).days
    when = {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
    stops = "Whatever they send afterwards is refused." if days <= 1 else ""
    return f"It ends {when}. {stops}".strip()
