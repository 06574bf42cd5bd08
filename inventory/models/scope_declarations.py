"""Scopes declared unused: who says that nothing is sent from a region that a policy keeps shut, and until when."""

from datetime import date
from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from inventory.models.scopes import Scope
from inventory.models.users import User


class ScopeDeclarationQuerySet(models.QuerySet["ScopeDeclaration"]):
    """Declarations by their days, and the one door to them."""

    def visible_to(self, user: User) -> Self:
        """They stand on the account's page, which is for those who read the whole inventory."""
        return self if user.reads_inventory else self.none()

    def live(self, on: date) -> Self:
        """In force on a day."""
        return self.filter(withdrawn_at=None, starts_on__lte=on, ends_on__gte=on)


class ScopeDeclaration(models.Model):
    """A person's word with its evidence, from ``starts_on`` to ``ends_on``, both valid days. It resolves nothing."""

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="declarations")
    declared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    evidence = models.TextField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar[models.Manager["ScopeDeclaration"]] = models.Manager.from_queryset(ScopeDeclarationQuerySet)()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="scope_declaration_ends_after_start"
            ),
            ExclusionConstraint(
                name="scope_declaration_one_live",
                expressions=[
                    (
                        models.Func("scope_id", "scope_id", models.Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        models.Func("starts_on", "ends_on", models.Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=models.Q(withdrawn_at=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.scope} unused until {self.ends_on}"
