"""Grants as sentences."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from approvals.models import Grant
from inventory.policy.words.terms import terms_sentence


def grant_sentence(grant: Grant, *, names: Mapping[str, str], on: date) -> str:
    """Who may do what as the identity until when, with the end as it is by now; reads ``grant.identity``."""
    terms = grant.grant_terms
    if grant.effective_ends_on < grant.starts_on:
        # It was followed or revoked before it began; the approved days are all there is to say.
        return terms_sentence(terms, names=names, identity_name=grant.identity.name, on=on)
    now = replace(terms, ends_on=grant.effective_ends_on)
    return terms_sentence(now, names=names, identity_name=grant.identity.name, on=on)
