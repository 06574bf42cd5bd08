"""People and teams."""

from datetime import UTC, datetime
from typing import Any

import pytest

from inventory.models import AuditEvent, Membership, Team, User
from inventory.services.people import add_person, deactivate_person
from inventory.services.refusals import RefusedError

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PASSWORD = "correct horse battery"

pytestmark = pytest.mark.django_db


def add(email: str = "Ann@Example.com", **fields: Any) -> User:
    entry: dict[str, Any] = {"name": "Ann", "roles": ["owner"], **fields}
    return add_person(email=email, acting_user=None, at=NOW, **entry)


def test_it_adds_a_person_with_team_and_audit_rows() -> None:
    user = add(teams=["Marketing"], password=PASSWORD)
    assert (user.email, user.check_password(PASSWORD)) == ("ann@example.com", True)
    assert Membership.objects.get().team.name == "Marketing"
    assert set(AuditEvent.objects.values_list("action", flat=True)) == {"user.added", "team.added", "team.joined"}
    assert not AuditEvent.objects.filter(data__contains=PASSWORD).exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"email": "ann"}, "email"),
        ({"email": ""}, "email"),
        ({"name": "x" * 201}, "name"),
        ({"roles": ["root"]}, "role"),
        ({"password": "short"}, "password"),
        ({"teams": ["x" * 300]}, "team"),
        ({"teams": ["\udcff"]}, "team"),
        ({"name": "a\x1b[31mb"}, "name"),
        ({"email": f"ann@{'.'.join(['x' * 60] * 4)}.{'y' * 20}.com"}, "email"),
        ({"email": "ann@\udcff.com"}, "email"),
        ({"password": "correct horse\udcff battery"}, "password"),
    ],
)
def test_bad_input_names_the_field_and_writes_nothing(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        add(**fields)
    assert refusal.value.field == field
    assert (User.objects.count(), Team.objects.count(), AuditEvent.objects.count()) == (0, 0, 0)


def test_an_address_belongs_to_one_person_whatever_its_case() -> None:
    add()
    with pytest.raises(RefusedError, match="already belongs to Ann"):
        add("ANN@example.COM")


def test_who_has_left_holds_no_role() -> None:
    user = add(roles=["security"])
    deactivate_person(user=user, acting_user=None, at=NOW)
    user.refresh_from_db()
    assert not user.has_role(["security"])
    assert not user.reads_inventory
    deactivate_person(user=user, acting_user=None, at=NOW)
    assert AuditEvent.objects.filter(action="user.deactivated").count() == 1
