"""Pieces that every filter is made of."""

import re
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from inventory.models import Account, Scope
from inventory.policy.reach import Reach
from inventory.policy.trust import Trust
from inventory.words import ENVIRONMENT, REACH, TRUST

REACH_CHOICES = [(reach.value, REACH[reach].label) for reach in Reach if reach is not Reach.INERT]
TRUST_CHOICES = [(trust.value, TRUST[trust].label) for trust in Trust]
ENVIRONMENT_CHOICES = [("none", ENVIRONMENT[""])] + [(key, label) for key, label in ENVIRONMENT.items() if key]
_SEPARATORS = re.compile(r"[\s-]")
# A bigint has 19 digits, and not all of those fit.
_TOO_LONG = 19


def account_digits(text: str) -> str:
    """The digits of what may be part of an account id, ``4444-5555-6666`` included; else empty."""
    digits = _SEPARATORS.sub("", text)
    return digits if digits.isdecimal() else ""


def row_number(text: str) -> int:
    """The number of a row; 0, which no row has, for text that is none or that no database takes."""
    return int(text) if text.isdecimal() and len(text) < _TOO_LONG else 0


def search_box(placeholder: str) -> filters.CharFilter:
    """Free text; the filter set says in ``search`` what it looks at."""
    widget = forms.TextInput(attrs={"type": "search", "placeholder": placeholder})
    return filters.CharFilter(method="search", label="Search", max_length=320, widget=widget)


def choice(label: str, choices: Any, **options: Any) -> filters.ChoiceFilter:
    """A choice that begins with "any"."""
    return filters.ChoiceFilter(**{"label": label, "choices": choices, "empty_label": f"{label}: any"} | options)


def hidden(**options: Any) -> filters.CharFilter:
    """A filter that links set and nobody types."""
    return filters.CharFilter(widget=forms.HiddenInput, max_length=320, **options)


def scopes_of(text: str) -> QuerySet[Scope]:
    """The scopes of the accounts whose name or id holds the text: found once, not compared again for each row."""
    found = Q(account__name__icontains=text)
    digits = account_digits(text)
    return Scope.objects.order_by().filter(found | Q(account__account_id__contains=digits) if digits else found)


def vendor_accounts(text: str) -> QuerySet[Account]:
    """The accounts of the vendor with that number; none for what is no number."""
    return Account.objects.order_by().filter(vendor=row_number(text))
