"""Code declarations: policies that live in code, so that a change belongs there and not on a command line."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from inventory.models import Account, Identity, User


class CodeDeclarationQuerySet(models.QuerySet["CodeDeclaration"]):
    """Declarations by what they speak of."""

    def in_force(self) -> Self:
        """Those that nobody took back."""
        return self.filter(ended_at=None)

    def about(self, identity: Identity) -> "CodeDeclaration | None":
        """The declaration that holds for an identity: its own before its account's. ``scope`` is to be loaded."""
        own = Q(identity=identity)
        of_account = Q(account=identity.scope.account_id, identity=None)
        found = self.in_force().filter(own | of_account).select_related("declared_by", "account")
        return found.order_by(models.F("identity").asc(nulls_last=True)).first()


class CodeDeclaration(models.Model):
    """Somebody's word that the policies of an account, or of one identity in it, are written by code.

    ``repository`` is where: the address of a repository, or words that say how to find it.
    """

    class Tool(models.TextChoices):
        TERRAFORM = "terraform", "Terraform or OpenTofu"
        CLOUDFORMATION = "cloudformation", "CloudFormation"
        OTHER = "other", "Something else"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="code_declarations")
    identity = models.ForeignKey(
        Identity, on_delete=models.PROTECT, null=True, blank=True, related_name="code_declarations"
    )
    tool = models.CharField(max_length=14, choices=Tool.choices)
    repository = models.CharField(max_length=300)
    declared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["CodeDeclaration"]] = models.Manager.from_queryset(CodeDeclarationQuerySet)()

    class Meta:
        ordering = ("account", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("account", "identity"),
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="code_declaration_once",
            ),
        )

    def __str__(self) -> str:
        return f"policies of {self.identity or self.account} by {self.get_tool_display()}"

    @property
    def link(self) -> str:
        """The repository's address where it is one that a browser may open, else nothing."""
        return self.repository if self.repository.startswith(("https://", "http://")) else ""
