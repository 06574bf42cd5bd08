"""People and teams."""

from datetime import UTC, datetime
from typing import Any

import pytest

from inventory.models import AuditEvent, Identity, Membership, Team, User
from inventory.services.people.api_tokens import TokenRefusedError, create_token, holder_of
from inventory.services.people.people import add_person, deactivate_person, edit_person, reactivate_person
from inventory.services.people.teams import edit_team
from inventory.services.refusals import RefusedError
from tests import builders

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


def edited(user: User, **fields: Any) -> User:
    known = {"name": user.name, "roles": user.roles, "aliases": user.aliases, "teams": list(user.teams.all())}
    return edit_person(user=user, **known | fields, acting_user=None, at=NOW)


def test_an_alias_and_a_team_count_at_once() -> None:
    ann, shop = builders.user("owner"), builders.team()
    named, owned = builders.identity(tags={"owner": "annie"}), builders.identity(tags={"owner": shop.name})
    edited(ann, aliases=[" Annie ", "", "Annie"], teams=[shop])
    named.refresh_from_db()
    assert (named.owner_user, ann.__class__.objects.get().aliases) == (ann, ["Annie"])
    assert Identity.objects.visible_to(User.objects.get()).filter(pk=owned.pk).exists()
    edited(User.objects.get(), aliases=[], teams=[])
    named.refresh_from_db()
    assert named.owner is None
    assert not Identity.objects.visible_to(User.objects.get()).exists()
    assert set(AuditEvent.objects.values_list("action", flat=True)) >= {"user.changed", "team.joined", "team.left"}


def test_an_edit_that_changes_nothing_leaves_no_trace() -> None:
    edited(builders.user("owner"))
    assert not AuditEvent.objects.exists()


def test_the_last_administrator_stays_one() -> None:
    ann, bob = builders.user("admin"), builders.user("admin", is_active=False)
    with pytest.raises(RefusedError, match="last administrator"):
        edited(ann, roles=[])
    with pytest.raises(RefusedError, match="last administrator"):
        deactivate_person(user=ann, acting_user=ann, at=NOW)
    reactivate_person(user=bob, acting_user=ann, at=NOW)
    edited(ann, roles=["viewer"])
    with pytest.raises(RefusedError, match="last administrator"):
        deactivate_person(user=bob, acting_user=None, at=NOW)


def test_who_is_back_may_sign_in_and_owns_again() -> None:
    ann = builders.user("owner", email="ann@example.org")
    known = builders.identity(tags={"owner": "ann@example.org"})
    deactivate_person(user=ann, acting_user=None, at=NOW)
    reactivate_person(user=ann, acting_user=None, at=NOW)
    known.refresh_from_db()
    assert (known.owner_user, User.objects.get().is_active) == (ann, True)


def test_bad_edits_are_refused_at_their_field() -> None:
    ann = builders.user("owner")
    for fields, field in (
        ({"roles": ["root"]}, "role"),
        ({"aliases": ["x" * 201]}, "aliases"),
        ({"name": "\x00"}, "name"),
    ):
        with pytest.raises(RefusedError) as refusal:
            edited(ann, **fields)
        assert refusal.value.field == field


def test_a_team_is_renamed_and_its_aliases_count_at_once() -> None:
    shop = builders.team(name="Shop")
    known = builders.identity(tags={"owner": "Store"})
    edit_team(team=shop, name="Shops", email="shop@example.org", aliases=["store"], acting_user=None, at=NOW)
    known.refresh_from_db()
    assert known.owner_team == shop
    builders.team(name="Press")
    for fields, field in (({"name": "press"}, "name"), ({"name": " "}, "name"), ({"email": "no"}, "email")):
        known_fields: dict[str, Any] = {"name": "Shops", "email": "", "aliases": []}
        with pytest.raises(RefusedError) as refusal:
            edit_team(team=shop, **known_fields | fields, acting_user=None, at=NOW)
        assert refusal.value.field == field


def test_tokens_of_somebody_who_left_stay_ended_when_they_are_back() -> None:
    user = add()
    _, secret = create_token(user=user, acting_user=user, at=NOW)
    deactivate_person(user=user, acting_user=None, at=NOW)
    reactivate_person(user=user, acting_user=None, at=NOW)
    with pytest.raises(TokenRefusedError, match="revoked"):
        holder_of(secret, at=NOW)
    assert AuditEvent.objects.filter(action="token.revoked").count() == 1
