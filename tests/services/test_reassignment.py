"""Owner tags are read again when people and teams change."""

import pytest

from inventory.models import AuditEvent, Identity
from inventory.services.owners.ownership import OwnerBook
from inventory.services.owners.reassignment import reassign_owners
from inventory.services.people.people import add_person, deactivate_person
from tests import builders

pytestmark = pytest.mark.django_db
NOW = builders.NOW


def test_a_new_person_takes_over_what_their_tag_says() -> None:
    known = builders.identity(
        tags={"owner": "ann@example.org"}, owner_source="unresolved", owner_tag_value="ann@example.org"
    )
    ann = add_person(email="ann@example.org", name="Ann", roles=["owner"], acting_user=None, at=NOW)
    assert len(reassign_owners(at=NOW)) == 1
    known.refresh_from_db()
    assert (known.owner_user, known.owner_source) == (ann, "tag")
    assert known.states.get(to_at=None).owner_user == ann
    assert AuditEvent.objects.filter(action="identity.reassigned").count() == 1


def test_who_has_left_owns_nothing_any_more() -> None:
    ann = builders.user("owner", email="ann@example.org", name="Ann")
    known = builders.identity(tags={"owner": "Ann"})
    reassign_owners(at=NOW)
    deactivate_person(user=ann, acting_user=None, at=NOW)
    known.refresh_from_db()
    assert (known.owner_user, known.owner_source) == (None, Identity.OwnerSource.UNRESOLVED)


def test_nothing_changes_the_second_time() -> None:
    builders.user("owner", email="ann@example.org")
    builders.identity(tags={"owner": "ann@example.org"})
    reassign_owners(at=NOW)
    assert reassign_owners(at=NOW) == []


def test_a_name_that_two_people_bear_means_neither() -> None:
    first = builders.user("owner", email="ann@example.org", name="Ann Lee")
    builders.user("owner", email="ann.lee@example.org", name="Ann Lee", aliases=["ann@example.org"])
    book = OwnerBook.load()
    account = builders.account()
    assert book.owner(Identity(tags={"owner": "Ann Lee"}), account).user_id is None
    assert book.owner(Identity(tags={"owner": "ann@example.org"}), account).user_id == first.pk
