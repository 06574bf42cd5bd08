"""Settings in the browser: what holds, where it comes from, and what follows from a change."""

import json
from datetime import time

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.rules.risk import LONGEST_DAYS as RISKS
from approvals.services.requests.durations import longest_in_force
from inventory.models import AuditEvent, Identity, Role, SettingValue
from inventory.services.refusals import RefusedError
from inventory.services.settings.catalogue import DEFINITIONS, LONGEST_DAYS, SECTIONS, of_section
from inventory.services.settings.changes import change_settings
from inventory.services.settings.in_force import in_force
from tests import builders
from tests.builders import NOW
from tests.pages.clients import client_for, client_of, text_of

pytestmark = pytest.mark.django_db

URL = "/settings/"


def _change(**typed: str) -> list[str]:
    return change_settings(typed, acting_user=builders.user(Role.ADMIN), at=NOW)


def _last() -> AuditEvent:
    return AuditEvent.objects.latest("pk")


def test_what_was_shipped_holds_first_and_is_what_the_rules_say(settings):
    assert dict(LONGEST_DAYS) == {risk.value: days for risk, days in RISKS.items()}
    assert longest_in_force() == RISKS
    settings.SESGOV_COLLECT_AT, settings.SESGOV_REQUIRE_TICKET = None, True
    found = in_force()
    assert (found.collect_at, found.require_ticket, found.digest_at) == (None, True, settings.SESGOV_DIGEST_AT)


def test_what_the_browser_says_holds_over_the_environment_until_it_is_emptied(settings):
    settings.SESGOV_COLLECT_AT = time(3, 30)
    assert _change(collect_at="04:15", digest_at="") == ["collect_at"]
    assert in_force().collect_at == time(4, 15)
    assert _change(collect_at="never") == ["collect_at"]
    assert in_force().collect_at is None
    assert _change(collect_at="never") == []
    assert _change(collect_at="") == ["collect_at"]
    assert in_force().collect_at == time(3, 30)
    assert not SettingValue.objects.exists()


def test_each_change_has_its_row_in_the_trail_from_old_to_new():
    admin = builders.user(Role.ADMIN)
    change_settings({"longest_exception": "7"}, acting_user=admin, at=NOW)
    event = _last()
    assert (event.action, event.object_name, event.actor) == ("setting.changed", "longest_exception", admin)
    assert json.loads(event.data) == {"from": "the browser", "new": 7, "old": 30}
    change_settings({"longest_exception": ""}, acting_user=admin, at=NOW)
    assert _last().action == "setting.reset"
    assert json.loads(_last().data) == {"from": "the environment", "new": 30, "old": 7}


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.key)
def test_what_no_setting_may_hold_is_refused_at_its_field(definition):
    odd = {"owner_tag_keys": ",", "review_basis": "x" * 501, "escalation_team": "No such team"}
    before = in_force()
    with pytest.raises(RefusedError) as refusal:
        _change(**{definition.key: odd.get(definition.key, "-1")})
    assert refusal.value.field == definition.key
    assert in_force() == before


@pytest.mark.parametrize(
    ("key", "typed"), [("longest_exception", "31"), ("longest_low", "0"), ("accepted_critical", "31")]
)
def test_days_stay_within_their_bounds(key, typed):
    with pytest.raises(RefusedError, match="whole days from 1 to"):
        _change(**{key: typed})


def test_wider_access_may_not_last_longer_than_narrower():
    with pytest.raises(RefusedError, match="Wider access") as refusal:
        _change(longest_standard="80")
    assert refusal.value.field == "longest_standard"
    assert not SettingValue.objects.exists()
    assert _change(longest_standard="80", longest_high="60") == ["longest_standard", "longest_high"]


def test_only_administrators_change_them():
    with pytest.raises(PermissionDenied):
        change_settings({"longest_low": "10"}, acting_user=builders.user(Role.SECURITY), at=NOW)


def test_another_tag_key_finds_the_owners_again_in_the_same_transaction():
    team = builders.team(name="Shop")
    identity = builders.identity(tags={"cost-centre": "shop"})
    _change(owner_tag_keys="Cost-Centre, owner")
    assert Identity.objects.get(pk=identity.pk).owner_team == team
    _change(owner_tag_keys="")
    assert Identity.objects.get(pk=identity.pk).owner_team is None


def test_the_settings_in_force_are_one_query():
    with CaptureQueriesContext(
        connection,
    ) as queries:
        in_force()
    assert len(queries) == 1


def test_the_page_says_each_value_and_where_it_comes_from(settings):
    settings.SESGOV_COLLECT_AT = time(3, 30)
    _change(longest_low="300")
    text = text_of(client_of(Role.AUDITOR), URL)
    assert '<strong>03:30</strong> <span class="muted">from SESGOV_COLLECT_AT in the environment' in text
    assert '<strong>300 days</strong> <span class="muted">set by' in text
    assert '<strong>180 days</strong> <span class="muted">as shipped' in text
    assert "/settings/durations/" not in text


def test_every_section_can_be_changed_and_says_what_follows():
    client = client_of(Role.ADMIN)
    assert {definition.section for definition in DEFINITIONS} == {section.key for section in SECTIONS}
    for section in SECTIONS:
        text = text_of(client, f"{URL}{section.key}/")
        assert section.follows in text
        assert all(f'name="{definition.key}"' in text for definition in of_section(section.key))
    assert client.get(f"{URL}secrets/").status_code == 404


def test_a_change_in_the_browser_holds_at_once_and_comes_back_to_the_list():
    client = client_for(builders.user(Role.ADMIN))
    response = client.post(f"{URL}durations/", {"longest_exception": "14"}, follow=True)
    assert "Grants that are there keep their last day." in response.content.decode()
    assert longest_in_force()[min(RISKS, key=lambda risk: RISKS[risk])] == 14


def test_a_refusal_stands_at_its_field_and_nothing_is_half_written():
    client = client_of(Role.ADMIN)
    response = client.post(
        f"{URL}durations/", {"longest_low": "90", "longest_standard": "60", "longest_exception": "99"}
    )
    assert response.status_code == 422
    assert "Enter whole days from 1 to 30." in response.content.decode()
    assert not SettingValue.objects.exists()


def test_nobody_overwrites_what_somebody_else_changed_meanwhile():
    client = client_of(Role.ADMIN)
    seen = client.get(f"{URL}durations/").context["form"]["seen"].value()
    _change(longest_low="200")
    response = client.post(f"{URL}durations/", {"longest_low": "300", "seen": seen})
    assert response.status_code == 409
    assert in_force().longest_days["low"] == 200
