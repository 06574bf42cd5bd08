"""The audit trail: who did what?"""

from django.db.models import QuerySet

from inventory.filters import AuditFilter
from inventory.models import AuditEvent, User
from inventory.tables import AuditTable
from inventory.views.lists import ListPage, Preset


def _events(user: User) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.visible_to(user).order_by("-id")


AUDIT = ListPage(
    name="audit",
    section="audit",
    title="Audit trail",
    noun=("event", "events"),
    lead="Every change of state with who made it. Events are only ever added; the database refuses to change them.",
    empty="Nothing has happened yet.",
    rows=_events,
    filterset=AuditFilter,
    table=AuditTable,
    presets=(Preset("By people", {"by": "people"}), Preset("Registry", {"noun": "account"})),
    is_for=lambda user: user.reads_audit,
)
