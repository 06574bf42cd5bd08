"""The list of what left sesgov, or was to."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Column, Table

from inventory.models import Delivery
from inventory.tables.columns import TimeColumn
from inventory.templatetags.words import word
from inventory.words import DELIVERY_STATE


class DeliveryTable(Table):  # type: ignore[misc]  # django-tables2 carries no types
    """Newest first."""

    state = Column("State", order_by=("state", "-id"))
    subject = Column("What", orderable=False, attrs={"td": {"class": "sentence"}})
    channel = Column("Way", order_by=("channel", "-id"))
    to = Column("To", order_by=("to", "-id"))
    made_at = TimeColumn("Made", order_by=("made_at", "id"))
    settled_at = TimeColumn("Last tried", order_by=("settled_at", "id"), default="")
    tries = Column("Tries", order_by=("tries", "-id"))
    problem = Column("Problem", orderable=False, default="")

    class Meta:
        template_name = "tables/table.html"

    def render_state(self, record: Delivery) -> SafeString:
        return word(DELIVERY_STATE[record.state])

    def render_subject(self, record: Delivery, value: str) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("inventory:delivery_detail", args=[record.pk]), value)
