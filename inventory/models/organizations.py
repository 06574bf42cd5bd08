"""AWS organizations we know: our own and those of partners."""

from django.core.validators import RegexValidator
from django.db import models


class Organization(models.Model):
    """An organization id with what it is to us."""

    class Relationship(models.TextChoices):
        OWN = "own", "Ours"
        PARTNER = "partner", "Partner"
        FORMER = "former", "Former partner"

    organization_id = models.CharField(max_length=34, unique=True, validators=[RegexValidator(r"^o-[a-z0-9]{10,32}$")])
    name = models.CharField(max_length=200, blank=True)
    relationship = models.CharField(max_length=10, choices=Relationship.choices)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("organization_id",)

    def __str__(self) -> str:
        return self.name or self.organization_id
