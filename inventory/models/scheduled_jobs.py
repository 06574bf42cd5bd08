"""Scheduled jobs: what is due, as rows, so that two beats do no harm."""

from django.db import models


class ScheduledJob(models.Model):
    """One job at one due time; whoever inserts the row first runs it."""

    job = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-due_at",)
        constraints = (models.UniqueConstraint(fields=("job", "due_at"), name="scheduled_job_once"),)

    def __str__(self) -> str:
        return f"{self.job} {self.due_at:%Y-%m-%d %H:%M}"
