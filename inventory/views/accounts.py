"""Accounts: which ones we see, and how well."""

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from inventory.filters import AccountFilter
from inventory.models import Account, Scope, User
from inventory.models.roles import MANAGES_ACCOUNTS
from inventory.tables import AccountTable
from inventory.views.lists import Beside, ListPage, Preset


def accounts(user: User) -> QuerySet[Account]:
    """The registry, with how much of each account is seen."""
    unseen = Scope.objects.unseen(timezone.now()).values("pk")
    return (
        Account.objects.visible_to(user)
        .select_related("vendor", "owner_team")
        .annotate(
            expected_scopes=Count("scopes", filter=Q(scopes__is_expected=True), distinct=True),
            unseen_scopes=Count("scopes", filter=Q(scopes__in=unseen), distinct=True),
            identity_count=Count("scopes__identities", filter=Q(scopes__identities__gone_at=None), distinct=True),
        )
        .order_by("name", "account_id")
    )


ACCOUNTS = ListPage(
    name="account",
    section="accounts",
    title="Accounts",
    noun=("account", "accounts"),
    lead="The registry: our accounts, our partners' and those that were.",
    empty="No account is registered. Connect your organization here, or add one with `manage.py accounts add ID`.",
    rows=accounts,
    filterset=AccountFilter,
    table=AccountTable,
    presets=(
        Preset("Collected", {"relationship": "managed"}),
        Preset("Partners", {"relationship": "partner"}),
        Preset("Former", {"relationship": "former"}),
        Preset("Not seen", {"sight": "unseen"}),
        Preset("Left the organization", {"sight": "left"}),
    ),
    beside=(Beside("Connect accounts", "inventory:connect", MANAGES_ACCOUNTS),),
    is_for=lambda user: user.reads_inventory,
)
