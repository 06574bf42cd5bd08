"""Saved views: keep, rename, share, begin with and drop the filters of a list."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import models, transaction

from inventory.models import SavedView, User
from inventory.models.roles import SHARES_VIEWS
from inventory.services.audit import record
from inventory.services.refusals import RefusedError, check_words

LONGEST_NAME, LONGEST_QUERY, MOST_ON_A_PAGE = 60, 2000, 50


@transaction.atomic
def save_view(
    *, page: str, name: str, query: str, is_shared: bool, is_default: bool, acting_user: User, at: datetime
) -> SavedView:
    """Keep a view under a name of one's own; ``page`` is the list's URL name."""
    if is_shared and not acting_user.has_role(SHARES_VIEWS):
        raise PermissionDenied
    # One after the other, so that names and defaults are told apart.
    User.objects.select_for_update(no_key=True).get(pk=acting_user.pk)
    own = SavedView.objects.filter(user=acting_user, page=page)
    said = _checked_name(name, own)
    if len(query) > LONGEST_QUERY:
        raise RefusedError("name", "The filters are too long to be kept. Search for less.")
    if own.count() >= MOST_ON_A_PAGE:
        raise RefusedError("name", f"You keep {MOST_ON_A_PAGE} views of this page already. Delete one first.")
    if is_default:
        own.filter(is_default=True).update(is_default=False)
    view = own.create(
        user=acting_user, page=page, name=said, query=query, is_shared=is_shared, is_default=is_default, created_at=at
    )
    _record("saved_view.added", view, acting_user, at, {"page": page, "query": query, "is_shared": is_shared})
    return view


@transaction.atomic
def rename_view(view_id: int, name: str, *, acting_user: User, at: datetime) -> SavedView:
    """Call one's view something else."""
    view = _own(view_id, acting_user)
    before, others = view.name, SavedView.objects.filter(user=acting_user, page=view.page).exclude(pk=view.pk)
    view.name = _checked_name(name, others)
    view.save(update_fields=["name"])
    _record("saved_view.renamed", view, acting_user, at, {"before": before, "after": view.name})
    return view


@transaction.atomic
def begin_with_view(view_id: int, *, is_default: bool, acting_user: User, at: datetime) -> SavedView:
    """Show one's view first on its page, or no longer."""
    view = _own(view_id, acting_user)
    SavedView.objects.filter(user=acting_user, page=view.page, is_default=True).update(is_default=False)
    view.is_default = is_default
    view.save(update_fields=["is_default"])
    _record("saved_view.made_default", view, acting_user, at, {"is_default": is_default})
    return view


@transaction.atomic
def delete_view(view_id: int, *, acting_user: User, at: datetime) -> SavedView:
    """Drop one's own view, or a shared one for those who may share."""
    view = SavedView.objects.select_for_update(of=("self",)).get(pk=view_id)
    if view.user_id != acting_user.pk and not (view.is_shared and acting_user.has_role(SHARES_VIEWS)):
        raise PermissionDenied
    _record("saved_view.deleted", view, acting_user, at, {"page": view.page, "query": view.query})
    view.delete()
    return view


def _own(view_id: int, user: User) -> SavedView:
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    view = SavedView.objects.select_for_update(of=("self",)).get(pk=view_id)
    if view.user_id != user.pk:
        raise PermissionDenied
    return view


def _checked_name(name: str, others: "models.QuerySet[SavedView]") -> str:
    said = name.strip()
    if not said:
        raise RefusedError("name", "Give the view a name.")
    check_words("name", said, LONGEST_NAME)
    if others.filter(name__iexact=said).exists():
        raise RefusedError("name", f"You have a view called {said} on this page already. Choose another name.")
    return said


def _record(action: str, view: SavedView, actor: User, at: datetime, data: Mapping[str, object]) -> None:
    record(at=at, actor=actor, action=action, target=view, data=data)
