"""Grants on the pages of the inventory; what a tag shows is what the person may see."""

from datetime import timedelta
from typing import Any

from django import template
from django.db.models import Count, Q
from django.utils import timezone

from approvals.models import Grant
from approvals.models.grants import GrantQuerySet
from approvals.pages.grant_sentences import grant_sentence
from approvals.pages.inbox import tasks_of
from approvals.pages.names import names_for
from approvals.pages.pairs import pairs_of
from approvals.rows.grants import numbers, of_vendor
from approvals.services.requests.deciders import fillable_by
from inventory.models import Identity, User, Vendor

register = template.Library()

SHOWN_ENDINGS = 5
ENDING_DAYS = 30
Context = dict[str, Any]


@register.inclusion_tag("approvals/fragments/grant_numbers.html", takes_context=True)
def grants_of_vendor(context: Context, vendor: Vendor) -> Context:
    """How many grants a company has, and how they stand."""
    return _numbers(of_vendor(_visible(context), vendor.pk), f"vendor={vendor.pk}")


@register.inclusion_tag("approvals/fragments/grant_numbers.html", takes_context=True)
def grants_of_delegate(context: Context, account_id: str) -> Context:
    """How many grants let an account in, and how they stand."""
    return _numbers(_visible(context).filter(account_ids__contains=[account_id]), f"account={account_id}")


@register.inclusion_tag("approvals/fragments/grant_numbers.html", takes_context=True)
def grants_of_name(context: Context, domain: str) -> Context:
    """How many grants there are for the identities of a sending name, and how they stand."""
    return _numbers(_visible(context).filter(identity__sending_name=domain), f"sending_name={domain}")


@register.inclusion_tag("approvals/fragments/waits_for_me.html", takes_context=True)
def waits_for_me(context: Context) -> Context:
    """What the person has to decide and to apply."""
    user: User = context["user"]
    slots = fillable_by(user, at=timezone.now()).order_by()
    is_overdue = Q(due_on__lt=timezone.localdate())
    tasks = tasks_of(user).order_by().aggregate(apply=Count("pk"), overdue=Count("pk", filter=is_overdue))
    return {"decide": slots.values("line").distinct().count()} | tasks


@register.inclusion_tag("approvals/fragments/grants_ending.html", takes_context=True)
def grants_ending(context: Context) -> Context:
    """The next endings within 30 days, the first few as sentences, and what is not in AWS as it was decided."""
    on, rows = timezone.localdate(), _visible(context)
    first = list(
        rows.ending(on, ENDING_DAYS).select_related("identity").order_by("effective_ends_on", "id")[:SHOWN_ENDINGS]
    )
    names = names_for(each.grant_terms for each in first)
    return {
        "endings": [(each, grant_sentence(each, names=names, on=on)) for each in first],
        "numbers": numbers(rows, timezone.now()),
        "last": on + timedelta(days=ENDING_DAYS),
    }


@register.inclusion_tag("approvals/fragments/grant_pairs.html", takes_context=True)
def grant_pairs(context: Context, identity: Identity) -> Context:
    """What AWS allows on an identity beside what was approved of it."""
    user: User = context["user"]
    at = timezone.now()
    pairs = pairs_of(user, identity, at)
    total = _visible(context).filter(identity=identity).count()
    return {"pairs": pairs, "identity": identity, "total": total, "is_seen": identity.scope.sight(at) == "complete"}


def _visible(context: Context) -> GrantQuerySet:
    user: User = context["user"]
    return Grant.objects.visible_to(user)


def _numbers(rows: GrantQuerySet, query: str) -> Context:
    return {"numbers": numbers(rows, timezone.now()), "query": query}
