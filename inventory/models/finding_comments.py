"""What people say about a finding, in the order in which they said it."""

import pgtrigger
from django.db import models

from inventory.models.findings import Finding
from inventory.models.users import User


class FindingComment(models.Model):
    """One remark in plain text; written once, never changed and never taken back."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()

    class Meta:
        ordering = ("at", "id")
        constraints = (models.CheckConstraint(condition=~models.Q(text=""), name="comment_says_something"),)
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.author} on {self.finding_id}"
