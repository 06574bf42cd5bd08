"""Alerts: new critical and high findings, all of one actor within a quarter of an hour as one message."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from inventory.models import Account, Finding, FindingEpisode, Identity, NoticeKind, Severity, User
from inventory.policy.words.sentences import raised, shown_account
from inventory.services.notices.hooks import post_to_hooks
from inventory.services.notices.notices import tell
from inventory.services.notices.recipients import owner_side, security_team

GROUPED_FOR = timedelta(minutes=15)
# What is older was found before anybody was to be told, or while a past was filled in.
_TOLD_WITHIN = timedelta(days=2)
_ACCOUNT_DIGITS = 12


def is_alert_due(*, at: datetime) -> bool:
    """Whether something was found a quarter of an hour ago of which nobody was told."""
    return _untold(at).filter(opened_at__lte=at - GROUPED_FOR).exists()


@transaction.atomic
def alert(*, at: datetime) -> int:
    """Tell of each actor whose first new finding is old enough; how many messages.

    The episodes are locked: who comes second waits, and finds none left.
    """
    locked = _untold(at).select_for_update(of=("self",)).select_related("finding__identity").order_by("pk")
    by_actor: dict[str, list[FindingEpisode]] = defaultdict(list)
    for episode in locked:
        by_actor[episode.finding.subject].append(episode)
    due = {actor: found for actor, found in by_actor.items() if min(e.opened_at for e in found) <= at - GROUPED_FOR}
    names = dict(Account.objects.filter(account_id__in=due).exclude(name="").values_list("account_id", "name"))
    for actor, found in due.items():
        _tell(_who(actor, names), found, at=at)
    told = [episode.pk for found in due.values() for episode in found]
    FindingEpisode.objects.filter(pk__in=told).update(alerted_at=at)
    return len(due)


def _untold(at: datetime) -> QuerySet[FindingEpisode]:
    """Findings of the first look at a scope alert nobody."""
    return FindingEpisode.objects.filter(
        alerted_at=None,
        closed_at=None,
        is_baseline=False,
        opened_at__gt=at - _TOLD_WITHIN,
        finding__severity__in=(Severity.CRITICAL, Severity.HIGH),
    )


def _tell(who: str, episodes: Sequence[FindingEpisode], *, at: datetime) -> None:
    """Security hears of all, the owner's side of each identity of its own."""
    key = f"alert:{episodes[0].pk}"
    findings = [episode.finding for episode in episodes]
    text, path = _sentence(who, findings), _path(findings)
    _notify(list(security_team()), key, text, path, findings, at)
    post_to_hooks(kind=NoticeKind.ALERT, key=key, text=text, path=path, at=at)
    for people, theirs in _by_owners(findings, at):
        _notify(people, key, _sentence(who, theirs), _path(theirs), theirs, at)


def _notify(people: Sequence[User], key: str, text: str, path: str, findings: Sequence[Finding], at: datetime) -> None:
    is_urgent = any(finding.severity == Severity.CRITICAL for finding in findings)
    tell(people, kind=NoticeKind.ALERT, key=key, text=text, path=path, at=at, is_urgent=is_urgent)


def _by_owners(findings: Sequence[Finding], at: datetime) -> list[tuple[list[User], list[Finding]]]:
    """The findings by who owns their identities, with the people to tell."""
    groups: dict[tuple[int | None, int | None], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.identity.owner_team_id, finding.identity.owner_user_id].append(finding)
    on = timezone.localdate(at)
    return [(list(owner_side(theirs[0].identity, on=on)), theirs) for theirs in groups.values()]


def _who(actor: str, names: Mapping[str, str]) -> str:
    if actor == "*":
        return "anyone with an AWS account"
    if len(actor) == _ACCOUNT_DIGITS and actor.isdigit():
        return shown_account(actor, names)
    return actor


def _sentence(who: str, findings: Sequence[Finding]) -> str:
    """``New: anyone can send as …`` of one; of several how many, on what, and the worst."""
    worst = min(findings, key=lambda finding: (finding.severity_rank, finding.pk))
    identities = {finding.identity_id: finding.identity for finding in findings}
    title = worst.rule.title.rstrip(".")
    if len(findings) == 1:
        by = f" ({who})" if who else ""
        return f"New {worst.severity} finding on {worst.identity.name}: {title}{by}."
    subject = f"{raised(who)}: " if who else ""
    about = title.replace("this identity", "one of them") if len(identities) > 1 else title
    where = _named(identities.values())
    return f"{subject}{len(findings)} new findings on {where}; the worst, {worst.severity}: {about}."


def _named(identities: Iterable[Identity]) -> str:
    first, *others = sorted(identity.name for identity in identities)
    return first if not others else f"{first} and {len(others)} more"


def _path(findings: Sequence[Finding]) -> str:
    if len(findings) == 1:
        return reverse("inventory:finding_detail", args=[findings[0].pk])
    if len({finding.identity_id for finding in findings}) == 1:
        return reverse("inventory:identity_detail", args=[findings[0].identity_id])
    return f"{reverse('inventory:finding_list')}?{urlencode({'subject': findings[0].subject})}"
