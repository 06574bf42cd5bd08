"""People who sign in, by e-mail address."""

from collections.abc import Iterable
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from inventory.models.roles import READS_AUDIT, READS_INVENTORY, Role


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail address without regard to case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Look a person up as they sign in."""
        return self.get(email__iexact=username)

    def active(self) -> models.QuerySet["User"]:
        """People who may sign in and be asked."""
        return self.filter(is_active=True)


class User(AbstractBaseUser):
    """One person. ``roles`` holds values of :class:`Role`."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), default=list, blank=True)
    aliases = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    last_dashboard_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("name", "email")
        constraints = (
            models.UniqueConstraint(Lower("email"), name="user_email_unique"),
            models.CheckConstraint(
                condition=models.Q(roles__contained_by=[role.value for role in Role]),
                name="user_roles_known",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email

    def has_role(self, roles: Iterable[str]) -> bool:
        """Whether the person is active and holds any of the roles."""
        return self.is_active and not set(roles).isdisjoint(self.roles)

    @property
    def reads_inventory(self) -> bool:
        """Whether every identity is visible to this person, not only those of their teams."""
        return self.has_role(READS_INVENTORY)

    @property
    def reads_audit(self) -> bool:
        """Whether the audit trail is open to this person."""
        return self.has_role(READS_AUDIT)
