"""Saved views: filters and order of a list page, kept under a name."""

from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Lower

from inventory.models.users import User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Views by whom they are for."""

    def visible_to(self, user: User) -> Self:
        """The person's own, and those that are shared with everybody."""
        return self.filter(models.Q(user=user) | models.Q(is_shared=True))


class SavedView(models.Model):
    """``page`` is the list's URL name, ``query`` its query string as the page reads it.

    ``is_default``: what its person sees first on that page.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="saved_views")
    page = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000, blank=True)
    is_shared = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager["SavedView"]] = models.Manager.from_queryset(SavedViewQuerySet)()

    class Meta:
        ordering = ("page", "name", "id")
        constraints = (
            models.UniqueConstraint("user", "page", Lower("name"), name="saved_view_name_unique"),
            models.UniqueConstraint(
                fields=("user", "page"), condition=models.Q(is_default=True), name="saved_view_one_default"
            ),
        )
        indexes = (
            # The row of views above a list: those that are shared, beside one's own.
            models.Index(fields=("page",), condition=models.Q(is_shared=True), name="saved_view_shared"),
        )

    def __str__(self) -> str:
        return self.name
