"""From `accounts discover` to a complete picture: what cannot be seen is named with its reason and its remedy.

`./bench day_one` does the same with 60 accounts in 17 regions.
"""

import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from inventory.models import Account, Identity, Scope
from inventory.pages.unseen import UnseenGroup
from inventory.services.collecting.run_reports import report
from sesgov.sight import coverage
from tests.collection.day_one import DENIED, DISABLED_REGION, NO_ROLE, SHUT, SMALLER, WRONG_ID, DayOne
from tests.collection.estate import begin, collector
from tests.collection.organization import EXTERNAL_ID, KEY, ROLE

SIZE = DayOne(accounts=7, regions=5)

pytestmark = pytest.mark.django_db


def test_an_organization_from_its_discovery_to_a_complete_picture(double, monkeypatch, settings):
    settings.SESGOV_ROLE_NAME, settings.SESGOV_EXTERNAL_ID = ROLE, EXTERNAL_ID
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    SIZE.load(double)
    said = io.StringIO()
    call_command("accounts", "discover", stdout=said)
    assert f"{SIZE.accounts} accounts listed, {SIZE.accounts} new" in said.getvalue()
    run = begin(regions=())
    collector(role_name=ROLE, external_id=EXTERNAL_ID).work_to_the_end(run)

    found = report(run)
    outcomes = {(scope["account"], scope["region"]): scope["outcome"] for scope in found["scopes"]}
    assert (found["outcome"], len(outcomes)) == ("partial", SIZE.scopes)
    assert {account for (account, _), outcome in outcomes.items() if outcome != "complete"} == set(DENIED)
    assert {outcome for (account, _), outcome in outcomes.items() if account in DENIED} == {"denied"}
    assert Identity.objects.live().count() == SIZE.identities
    _assert_named()


def _assert_named() -> None:
    """Each of the three with all its regions, a reason of its own and what to do; the disabled region is expected
    nowhere."""
    scopes, accounts = Scope.objects.select_related("account"), Account.objects.managed()
    seen = coverage(list(scopes), list(accounts), timezone.now())
    assert (seen.expected, seen.seen) == (SIZE.scopes, SIZE.scopes - len(DENIED) * SIZE.regions)
    assert not seen.unreached
    groups: dict[str, UnseenGroup] = {group.account.account_id: group for group in seen.groups}
    assert set(groups) == set(DENIED)
    assert {len(group.regions) for group in groups.values()} == {SIZE.regions}
    for account_id in (NO_ROLE, WRONG_ID):
        assert "Check that the role exists, that its trust policy names sesgov's principal and the same ExternalId" in (
            groups[account_id].reason
        )
    assert "look for a service control policy that denies it" in groups[SHUT].reason
    disabled = Scope.objects.get(account__account_id=SMALLER, region=DISABLED_REGION)
    assert (disabled.is_expected, disabled.unexpected_reason) == (False, "The region is not enabled in the account.")
