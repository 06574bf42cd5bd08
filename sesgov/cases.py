"""The worst cases: findings that share an identity and a subject are one case."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Count, Min, Q
from django.urls import reverse

from inventory.models import Finding, User
from inventory.tables.findings import finding_sentence

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Case:
    """The worst finding of the case speaks for it; ``others`` is how many more it has."""

    finding: Finding
    others: int
    since: datetime

    @property
    def sentence(self) -> str:
        """What the worst finding says."""
        return finding_sentence(self.finding)

    @property
    def url(self) -> str:
        """The finding itself, or the list of all that belong to the case."""
        if not self.others:
            return reverse("inventory:finding_detail", args=[self.finding.pk])
        parameters = {"identity": self.finding.identity_id, "subject": self.finding.subject}
        return f"{reverse('inventory:finding_list')}?{urlencode(parameters)}"


def worst_cases(user: User, at: datetime) -> list[Case]:
    """Ten cases by severity, then by how little the delegates are trusted and how wide the circle is: two queries."""
    findings = Finding.objects.visible_to(user).open().counted().unaccepted(at.date())
    groups = list(
        findings.order_by()
        .values("identity_id", "subject")
        .annotate(worst=Min("severity_rank"), number=Count("pk"), since=Min("first_opened_at"))
        .order_by("worst", "identity__trust_rank", "identity__reach_rank", "-number", "identity__name", "subject")[
            :SHOWN
        ]
    )
    wanted = Q(pk__in=[])
    for group in groups:
        wanted |= Q(identity_id=group["identity_id"], subject=group["subject"])
    worst: dict[tuple[int, str], Finding] = {}
    for finding in findings.filter(wanted).select_related("identity__scope__account").order_by("severity_rank", "id"):
        worst.setdefault((finding.identity_id, finding.subject), finding)
    return [
        Case(worst[group["identity_id"], group["subject"]], group["number"] - 1, group["since"]) for group in groups
    ]
