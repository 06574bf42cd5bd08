"""How the items of a review are narrowed."""

from functools import partial
from typing import Any

import django_filters as filters
from django.db.models import Q
from django.utils import timezone

from approvals.models import ReviewItem
from approvals.models.review_items import ReviewItemQuerySet
from approvals.pages.review_words import CHANGE, DECISION
from approvals.rules.campaigns import Change, ItemDecision
from inventory.filters.fields import account_digits, choice, hidden, row_number, search_box, vendor_accounts
from inventory.models import Team, User
from inventory.rows.vendors import visible_vendors

_WANTED = (ItemDecision.REVOKE, ItemDecision.MODIFY, ItemDecision.NOT_REVIEWED)
_STATES = [*((str(each), word.label) for each, word in DECISION.items()), ("wanted", "To be removed or changed")]
_RISKS = [
    ("any", "Out of order"),
    ("wildcard", "Open to anyone"),
    ("unknown", "Unknown account"),
    ("expired", "Over"),
    ("unapproved", "Not approved"),
    ("routine", "May be kept many at once"),
]
_OUT_OF_ORDER = Q(is_wildcard=True) | Q(is_unknown=True) | Q(is_expired=True) | Q(is_unapproved=True)
_NOBODY = "security"


def _vendors(user: User) -> list[tuple[str, str]]:
    return [(str(each.pk), each.name) for each in visible_vendors(user).order_by("name")]


def _reviewers(rows: ReviewItemQuerySet) -> list[tuple[str, str]]:
    teams = Team.objects.filter(pk__in=rows.order_by().values("reviewer_team")).order_by("name")
    people = User.objects.filter(pk__in=rows.order_by().values("reviewer_user")).order_by("name")
    named = [(f"team:{each.pk}", str(each)) for each in teams] + [(f"person:{each.pk}", str(each)) for each in people]
    return [(_NOBODY, "Security"), *named]


class ReviewItemFilter(filters.FilterSet):
    """Items by what was said, what changed, what is out of order, who is asked and what they are about."""

    q = search_box("Identity, account id or item number")
    state = choice("Decision", _STATES, method="by_state")
    change = choice("Since last time", [(str(each), word.label) for each, word in CHANGE.items()])
    risk = choice("Risk", _RISKS, method="by_risk")
    whose = choice("Whose", [("mine", "Mine to decide")], method="by_whose")
    reviewer = choice("Reviewer", (), method="by_reviewer")
    vendor = choice("Vendor", (), method="by_vendor")
    sending_name = hidden(field_name="identity__sending_name")
    choose = hidden(method="by_choosing")

    class Meta:
        model = ReviewItem
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        user: User = self.request.user
        self.filters["vendor"].extra["choices"] = partial(_vendors, user)
        if user.reads_inventory:
            self.filters["reviewer"].extra["choices"] = partial(_reviewers, self.queryset)
        else:
            del self.filters["reviewer"]

    def search(self, rows: ReviewItemQuerySet, _name: str, value: str) -> ReviewItemQuerySet:
        text = value.strip()
        found = Q(identity__name__icontains=text)
        if digits := account_digits(text):
            found |= Q(delegation__account_id__contains=digits) | Q(position=row_number(digits))
        return rows.filter(found)

    def by_state(self, rows: ReviewItemQuerySet, _name: str, value: str) -> ReviewItemQuerySet:
        return rows.filter(decision__in=_WANTED) if value == "wanted" else rows.filter(decision=value)

    def by_risk(self, rows: ReviewItemQuerySet, _name: str, value: str) -> ReviewItemQuerySet:
        if value == "any":
            return rows.filter(_OUT_OF_ORDER)
        if value == "routine":
            return rows.filter(change=Change.UNCHANGED).exclude(_OUT_OF_ORDER)
        return rows.filter(**{f"is_{value}": True})

    def by_whose(self, rows: ReviewItemQuerySet, _name: str, _value: str) -> ReviewItemQuerySet:
        return rows.assigned_to(self.request.user, on=timezone.localdate())

    def by_reviewer(self, rows: ReviewItemQuerySet, _name: str, value: str) -> ReviewItemQuerySet:
        if value == _NOBODY:
            return rows.filter(reviewer_team=None, reviewer_user=None)
        kind, _, number = value.partition(":")
        return rows.filter(**{"reviewer_team" if kind == "team" else "reviewer_user": row_number(number)})

    def by_vendor(self, rows: ReviewItemQuerySet, _name: str, value: str) -> ReviewItemQuerySet:
        accounts = vendor_accounts(value).values("account_id")
        return rows.filter(Q(grant__vendor=row_number(value)) | Q(delegation__account_id__in=accounts))

    def by_choosing(self, rows: ReviewItemQuerySet, _name: str, _value: str) -> ReviewItemQuerySet:
        """Says what the boxes are for, and narrows nothing."""
        return rows
