"""What the people of the demo approve in its history, each on an identity of the estate as it lay then."""

from datetime import timedelta

import pytest

from approvals.models import Grant, GrantRequest
from approvals.rules.states import RequestState, Standing
from inventory.models import Account, Scope, Team
from sesgov.demo.estate import build_world
from sesgov.demo.history import grants
from sesgov.demo.history.acts import ACTS
from sesgov.demo.seed import seed
from tests import builders
from tests.builders import NOW, PASSWORD

pytestmark = pytest.mark.django_db
PLACES = (
    *grants.OF_SHOP, *grants.OF_SUPPORT, grants.PARCELS, grants.QUESTIONS, grants.WELCOME, grants.RECEIPTS,
    grants.INVOICES, grants.DIGEST, grants.PAYROLL, grants.WEEKLY, grants.REVIEWS,
)  # fmt: skip
OURS = [(day, act) for day, act in ACTS if getattr(act, "__module__", "") == grants.__name__]


@pytest.fixture
def estate():
    """The registry of the demo, and the identities that grants are about."""
    seed(password=PASSWORD, at=NOW)
    for place in PLACES:
        account = Account.objects.get(account_id=place.account.id)
        scope, _ = Scope.objects.get_or_create(account=account, region=place.region)
        team = Team.objects.get(name=place.account.owner)
        builders.identity(
            name=place.name,
            scope=scope,
            owner_team=team,
            identity_type="EMAIL_ADDRESS" if "@" in place.name else "DOMAIN",
        )
    for day, act in OURS:
        act(NOW - timedelta(days=day))


def test_each_place_is_one_of_the_estate():
    there = {
        (account["id"], each["region"], each["name"])
        for account in build_world()["accounts"]
        for each in account["identities"]
    }
    assert {(each.account.id, each.region, each.name) for each in PLACES} <= there


def test_some_grants_run_some_end_soon_one_ended_one_was_revoked_one_begins(estate):
    on = NOW.date()
    standings = {
        each.identity.name: each.standing(on) for each in Grant.objects.select_related("identity").order_by("pk")
    }
    assert len(standings) == len(PLACES) - 2
    odd = {name: standing for name, standing in standings.items() if standing is not Standing.ACTIVE}
    assert odd == {
        grants.RECEIPTS.name: Standing.EXPIRED,
        grants.PAYROLL.name: Standing.REVOKED,
        grants.WEEKLY.name: Standing.AHEAD,
    }
    ends = {each.identity.name: (each.effective_ends_on - on).days for each in Grant.objects.ending(on, 30)}
    assert ends == {grants.WELCOME.name: 9, grants.QUESTIONS.name: 20}


def test_one_request_waits_for_its_owner_and_one_for_security(estate):
    waiting = GrantRequest.objects.filter(state=RequestState.PENDING).order_by("pk")
    open_slots = [{slot.kind for slot in request.lines.get().slots.filter(verdict="")} for request in waiting]
    assert open_slots == [{"security"}, {"owner", "security"}]


def test_what_was_not_read_is_not_asked_for():
    seed(password=PASSWORD, at=NOW)
    for day, act in OURS:
        act(NOW - timedelta(days=day))
    assert not GrantRequest.objects.exists()
