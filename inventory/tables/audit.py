"""The audit trail."""

import json
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django_tables2 import Column, Table

from inventory.models import AuditEvent
from inventory.pages.audit_chain import noun_of, page_of
from inventory.templatetags.words import exact_time
from inventory.words import action_words


class AuditTable(Table):  # type: ignore[misc]  # django-tables2 carries no types
    """Newest first; an export has the stored words and the canonical JSON."""

    at = Column("When", order_by=("at", "id"))
    actor_name = Column("Who", order_by=("actor_name", "-id"))
    action = Column("What", order_by=("action", "-id"))
    object_type = Column("Kind", visible=False)
    object_name = Column("On", order_by=("object_name", "-id"))
    object_id = Column("Number", visible=False)
    data = Column("Details", orderable=False)

    class Meta:
        template_name = "tables/table.html"

    def render_at(self, value: datetime) -> SafeString:
        return format_html('<time datetime="{}" class="exact">{}</time>', value.isoformat(), exact_time(value))

    def render_actor_name(self, record: AuditEvent) -> SafeString | str:
        if record.actor_id is None:
            return format_html('<span class="muted">{}</span>', record.actor_name)
        return record.actor_name

    def render_action(self, record: AuditEvent) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("inventory:audit_detail", args=[record.pk]), action_words(record.action)
        )

    def render_object_name(self, record: AuditEvent) -> SafeString:
        noun, page = noun_of(record), page_of(record)
        name = format_html('<a href="{}">{}</a>', page, record.object_name) if page else record.object_name
        return format_html('<span class="muted">{}</span> {}', noun, name)

    def render_data(self, value: str) -> SafeString | str:
        details: dict[str, Any] = json.loads(value)
        if not details:
            return ""
        rows = ((key.replace("_", " "), detail_text(item)) for key, item in details.items())
        return format_html(
            '<details class="audit-data"><summary>{}</summary><dl>{}</dl></details>',
            _summary(details),
            format_html_join("", "<dt>{}</dt><dd>{}</dd>", rows),
        )


def _summary(details: dict[str, Any]) -> str:
    return ", ".join(key.replace("_", " ") for key in list(details)[:3]) + ("…" if len(details) > 3 else "")


def detail_text(value: Any) -> str:
    """One value of an event's details in words."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
