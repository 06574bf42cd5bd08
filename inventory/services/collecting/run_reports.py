"""Run reports: what a run saw, what it could not see, and what that changed."""

from typing import TypedDict

from django.db import models

from inventory.models import CollectionRun, FindingEpisode, ScopeRun
from inventory.services.collecting.runs import counted_scope_runs


class ScopeReport(TypedDict):
    """One scope; ``error`` is ``None`` or AWS's code with a sentence. ``api_calls`` are those to SES, all of them."""

    account: str
    region: str
    outcome: str
    error: str | None
    identities: int
    api_calls: int
    throttled: int


class FindingReport(TypedDict):
    """Episodes that the run opened for the first time, closed, and opened again."""

    opened: int
    resolved: int
    reopened: int


class RunReport(TypedDict):
    """What ``collect --format json`` prints."""

    run: int
    outcome: str
    scopes: list[ScopeReport]
    findings: FindingReport
    seconds: float


def report(run: CollectionRun) -> RunReport:
    """The report of a run that has ended."""
    took = (run.finished_at or run.created_at) - run.created_at
    return RunReport(
        run=run.pk,
        outcome=run.outcome,
        scopes=[_scope(job) for job in counted_scope_runs(run)],
        findings=_findings(run),
        seconds=round(took.total_seconds(), 3),
    )


def _scope(job: ScopeRun) -> ScopeReport:
    return ScopeReport(
        account=job.scope.account.account_id,
        region=job.scope.region,
        outcome=job.outcome,
        error=f"{job.error_code}: {job.error_text}" if job.error_code else None,
        identities=job.identities_read,
        api_calls=job.api_calls,
        throttled=job.throttled,
    )


def _findings(run: CollectionRun) -> FindingReport:
    opened = FindingEpisode.objects.filter(opened_by_run=run)
    earlier = FindingEpisode.objects.filter(finding=models.OuterRef("finding"), pk__lt=models.OuterRef("pk"))
    reopened = opened.filter(models.Exists(earlier)).count()
    return FindingReport(
        opened=opened.count() - reopened,
        resolved=FindingEpisode.objects.filter(closed_by_run=run).count(),
        reopened=reopened,
    )
