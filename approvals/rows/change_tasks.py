"""Change tasks as lists show them."""

from django.db.models import BooleanField, Case, QuerySet, Value, When

from approvals.models import ChangeTask
from approvals.rules.change_tasks import UNDONE
from inventory.models import User


def change_tasks(user: User) -> QuerySet[ChangeTask]:
    """The tasks that the person may see: what is urgent, then what is due first; what is over last."""
    is_over = Case(When(state__in=UNDONE, then=Value(False)), default=Value(True), output_field=BooleanField())
    rows = ChangeTask.objects.visible_to(user).annotate(is_late_in_list=is_over)
    rows = rows.select_related("identity__scope__account", "assigned_team", "taken_by", "said_by", "grant__vendor")
    return rows.order_by("is_late_in_list", "-is_urgent", "due_on", "id")
