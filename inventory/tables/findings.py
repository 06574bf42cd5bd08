"""The lists of findings and of what was remediated."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Column, Table

from inventory.models import Finding, FindingEpisode, User
from inventory.models.roles import ACTS_ON_FINDINGS
from inventory.tables.columns import AccountColumn, AccountIdColumn, NumberColumn, SeverityColumn, TimeColumn

_IDENTITY = "identity__name"


def finding_sentence(finding: Finding) -> str:
    """What the rule said of this finding; its rule's id where it said nothing."""
    return str(finding.evidence.get("text") or finding.rule_id)


class ChooseColumn(Column):  # type: ignore[misc]  # django-tables2 carries no types
    """A box beside each row; it belongs to the form ``choose`` that stands above the table."""

    def __init__(self) -> None:
        attrs = {"td": {"class": "choose"}, "th": {"class": "choose"}}
        super().__init__("Choose", empty_values=(), orderable=False, exclude_from_export=True, attrs=attrs)

    def render(self, record: Finding) -> SafeString:
        box = '<input type="checkbox" form="choose" name="finding" value="{}" aria-label="Choose F{}">'
        return format_html(box, record.pk, record.pk)


class FindingTable(Table):  # type: ignore[misc]
    """Worst first."""

    choose = ChooseColumn()
    severity = SeverityColumn(order_by=("severity_rank", "-first_opened_at", "id"))
    sentence = Column("Finding", empty_values=(), orderable=False, attrs={"td": {"class": "sentence"}})
    identity = Column(
        "Identity",
        accessor=_IDENTITY,
        order_by=(_IDENTITY, "id"),
        linkify=lambda record: reverse("inventory:identity_detail", args=[record.identity_id]),
    )
    rule_id = Column("Rule", visible=False)
    account = AccountColumn("identity.scope", empty_values=())
    account_id = AccountIdColumn("Account id", accessor="identity__scope__account__account_id", visible=False)
    region = Column("Region", accessor="identity__scope__region", visible=False)
    presence = Column(order_by=("presence", "severity_rank", "id"))
    standing = Column(empty_values=(), order_by=("disposition", "severity_rank", "id"))
    assignee = Column(order_by=("assignee__name", "severity_rank", "id"), default="")
    first_opened_at = TimeColumn("First seen", order_by=("first_opened_at", "id"))

    class Meta:
        template_name = "tables/table.html"

    def render_sentence(self, record: Finding) -> SafeString:
        url = reverse("inventory:finding_detail", args=[record.pk])
        rule = format_html('<br><span class="muted">{}</span>', record.rule_id)
        return format_html('<a href="{}">{}</a>{}', url, finding_sentence(record), rule)

    def value_sentence(self, record: Finding) -> str:
        return finding_sentence(record)

    def before_render(self, request: HttpRequest) -> None:
        """Boxes only for those who could press the button."""
        if not (isinstance(request.user, User) and request.user.has_role(ACTS_ON_FINDINGS)):
            self.columns.hide("choose")

    def render_standing(self, record: Finding) -> str:
        return self.value_standing(record)

    def value_standing(self, record: Finding) -> str:
        return str(record.standing(timezone.localdate()).label)

    def render_presence(self, record: Finding) -> SafeString:
        tone = "unknown" if record.presence == Finding.Presence.STALE else "good"
        return format_html('<span class="word word-{}">{}</span>', tone, record.get_presence_display())


class RemediationTable(Table):  # type: ignore[misc]
    """Episodes that ended; ``days`` are elapsed calendar days from detection to the verified end."""

    sentence = Column("Finding", empty_values=(), orderable=False, attrs={"td": {"class": "sentence"}})
    severity = SeverityColumn(accessor="finding__severity", orderable=False)
    identity = Column("Identity", accessor="finding__identity__name", orderable=False)
    days = NumberColumn(empty_values=(), orderable=False)
    opened_at = TimeColumn("Found", orderable=False)
    closed_at = TimeColumn("Ended", order_by=("closed_at", "id"))
    reason = Column(orderable=False)

    class Meta:
        template_name = "tables/table.html"

    def render_sentence(self, record: FindingEpisode) -> SafeString:
        url = reverse("inventory:finding_detail", args=[record.finding_id])
        return format_html('<a href="{}">{}</a>', url, finding_sentence(record.finding))

    def value_sentence(self, record: FindingEpisode) -> str:
        return finding_sentence(record.finding)

    def render_severity(self, record: FindingEpisode) -> SafeString:
        return SeverityColumn().render(record.finding)

    def render_days(self, record: FindingEpisode) -> str:
        return self.value_days(record)

    def value_days(self, record: FindingEpisode) -> str:
        if record.closed_at is None:
            return ""
        return f"{(record.closed_at - record.opened_at).total_seconds() / 86400:.1f}"
