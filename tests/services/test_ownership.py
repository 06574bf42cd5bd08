"""Owners from tags, else from the account; how we know is kept."""

import pytest

from inventory.models import Identity
from inventory.services.owners.ownership import OwnerBook
from tests import builders

pytestmark = pytest.mark.django_db
Source = Identity.OwnerSource


def owner(tags, account=None):
    return OwnerBook.load().owner(Identity(name="shop.example.com", tags=tags), account or builders.account())


@pytest.mark.parametrize("value", ["Shop", " shop ", "SHOP@example.org", "shop-team"])
def test_a_tag_names_a_team_by_name_address_or_alias(value):
    team = builders.team(name="Shop", email="shop@example.org", aliases=["Shop-Team"])
    found = owner({"Owner": value})
    assert (found.source, found.team_id, found.tag_value) == (Source.TAG, team.pk, value.strip())


@pytest.mark.parametrize("value", ["ada@example.org", "Ada Lovelace", "ADA"])
def test_a_tag_names_a_person_by_address_name_or_alias(value):
    person = builders.user(email="ada@example.org", name="Ada Lovelace", aliases=["ada"])
    assert owner({"team": value}).user_id == person.pk


def test_keys_are_matched_without_case_and_in_their_order(settings):
    settings.SESGOV_OWNER_TAG_KEYS = ("Cost-Centre", "owner")
    first, second = builders.team(name="First"), builders.team(name="Second")
    assert owner({"OWNER": "second", "cost-centre": "first"}).team_id == first.pk
    assert owner({"OWNER": "second", "cost-centre": "nobody"}).team_id == second.pk


def test_those_who_left_own_nothing():
    builders.team(name="Gone", is_active=False)
    builders.user(name="Gone too", is_active=False)
    assert owner({"owner": "Gone"}).source == Source.UNRESOLVED
    assert owner({"owner": "Gone too"}).source == Source.UNRESOLVED


def test_without_a_tag_the_account_says():
    team = builders.team()
    found = owner({}, builders.account(owner_team=team))
    assert (found.source, found.team_id, found.tag_value) == (Source.ACCOUNT, team.pk, "")


def test_a_tag_that_names_nobody_is_kept_beside_the_accounts_owner():
    team = builders.team()
    found = owner({"owner": "who"}, builders.account(owner_team=team))
    assert (found.source, found.team_id, found.tag_value) == (Source.ACCOUNT, team.pk, "who")


def test_a_team_that_left_is_no_owner_of_an_account():
    found = owner({}, builders.account(owner_team=builders.team(is_active=False)))
    assert (found.source, found.team_id) == (Source.NONE, None)


def test_nobody_is_said_to_be_nobody():
    assert owner({"owner": "  "}).source == Source.NONE
