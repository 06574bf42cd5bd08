"""What administrators set in the browser, over what the environment says."""

from django.db import models

from inventory.models.users import User


class SettingValue(models.Model):
    """One setting that was set in the browser; without a row the environment's value holds, or the shipped one.

    `inventory.services.settings.catalogue` says what each key may hold.
    """

    key = models.CharField(max_length=40, primary_key=True)
    value = models.JSONField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key
