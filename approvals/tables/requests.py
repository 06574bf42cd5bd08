"""The list of requests."""

from collections.abc import Mapping
from functools import cached_property

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Column, Table

from approvals.models import ApprovalSlot, GrantRequest
from approvals.pages.names import all_names
from approvals.rules.deciders import SlotKind
from approvals.rules.states import RequestState
from approvals.words import REQUEST_STATE
from inventory.policy.words.terms import terms_sentence
from inventory.tables.columns import TimeColumn
from inventory.templatetags import words as looks


class RequestTable(Table):  # type: ignore[misc]  # django-tables2 carries no types
    """The newest first."""

    sentence = Column("Request", empty_values=(), orderable=False, attrs={"td": {"class": "sentence"}})
    number = Column("Number", accessor="pk", order_by=("id",), visible=False)
    kind = Column(order_by=("kind", "id"))
    vendor = Column(accessor="vendor__name", order_by=("vendor__name", "id"), default="")
    lines = Column("Identities", empty_values=(), orderable=False)
    state = Column(order_by=("state", "id"))
    owner = Column("Owner's side", empty_values=(), orderable=False)
    security = Column("Security", empty_values=(), orderable=False)
    requester = Column("Asked by", accessor="requester__name", order_by=("requester__name", "id"), default="sesgov")
    submitted_at = TimeColumn("Submitted", order_by=("submitted_at", "id"))
    lapses_at = TimeColumn("Decide until", order_by=("lapses_at", "id"))
    ended_at = TimeColumn("Over", order_by=("ended_at", "id"))
    ticket = Column(visible=False)
    justification = Column("Reason", visible=False)

    class Meta:
        template_name = "tables/table.html"

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Who is who, read once for the page or the export."""
        return all_names()

    def value_sentence(self, record: GrantRequest) -> str:
        lines = list(record.lines.all())
        if not lines:
            return record.get_kind_display()
        on = timezone.localdate()
        first = terms_sentence(lines[0].grant_terms, names=self.names, identity_name=lines[0].identity.name, on=on)
        return first if len(lines) == 1 else f"{first} And {len(lines) - 1} more."

    def render_sentence(self, record: GrantRequest) -> SafeString:
        url = reverse("approvals:request_detail", args=[record.pk])
        line = '<a href="{}">{}</a><br><span class="muted">R{}</span>'
        return format_html(line, url, self.value_sentence(record), record.pk)

    def render_kind(self, record: GrantRequest) -> str:
        return record.get_kind_display()

    def value_lines(self, record: GrantRequest) -> int:
        return len(record.lines.all())

    def render_lines(self, record: GrantRequest) -> int:
        return self.value_lines(record)

    def value_state(self, record: GrantRequest) -> str:
        return record.state

    def render_state(self, record: GrantRequest) -> SafeString:
        return looks.word(REQUEST_STATE[RequestState(record.state)])

    def render_lapses_at(self, record: GrantRequest) -> SafeString | str:
        return looks.ago(record.lapses_at) if record.state == RequestState.PENDING else "—"

    def value_owner(self, record: GrantRequest) -> str:
        return _said(record, SlotKind.OWNER)

    def render_owner(self, record: GrantRequest) -> str:
        return self.value_owner(record)

    def value_security(self, record: GrantRequest) -> str:
        return _said(record, SlotKind.SECURITY)

    def render_security(self, record: GrantRequest) -> str:
        return self.value_security(record)


def _said(request: GrantRequest, kind: SlotKind) -> str:
    """Who said what for one side; how many of how many lines, where they differ."""
    slots = [slot for line in request.lines.all() for slot in line.slots.all() if slot.kind == kind]
    decided = [slot for slot in slots if slot.verdict]
    if not decided:
        return "open" if slots else ""
    words = ", ".join(dict.fromkeys(_verdict(slot) for slot in decided))
    return words if len(decided) == len(slots) else f"{words} ({len(decided)} of {len(slots)})"


def _verdict(slot: ApprovalSlot) -> str:
    return f"{slot.verdict} by {slot.decided_by}"
