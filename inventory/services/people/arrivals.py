"""People whom the company's sign-in vouches for: made or found at their first visit, with the roles of their groups."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from inventory.models import User
from inventory.services.audit import record
from inventory.services.owners.ownership import lock_owners
from inventory.services.people.people import NewPerson, enter_people
from inventory.services.refusals import RefusedError

UNVERIFIED = (
    "Your company's sign-in does not say that your e-mail address was verified, so sesgov cannot tell who you are. "
    "Ask those who run it to send email and email_verified."
)
LEFT = "You can no longer sign in to sesgov. If that is a mistake, an administrator can let you in again."


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the company says of somebody; ``roles`` is None where roles are given in sesgov."""

    email: str
    is_verified: bool
    name: str
    roles: tuple[str, ...] | None


def known_person(came: Arrival) -> User | None:
    """Who has that address; only an address that was verified says who somebody is."""
    if not came.is_verified or not came.email:
        raise RefusedError("unverified", UNVERIFIED)
    return User.objects.filter(email__iexact=came.email).first()


@transaction.atomic
def welcome(came: Arrival, *, known: User | None, at: datetime) -> User:
    """The person, made where nobody is ``known``, with the roles that their groups give them today.

    Also the last administrator's roles follow: the company says who may do what, and the README names the way back.
    """
    lock_owners()
    if known is None:
        entry = NewPerson(came.email, came.name[:200], came.roles or ())
        (added,) = enter_people([entry], acting_user=None, at=at)
        return added
    person = User.objects.select_for_update().get(pk=known.pk)
    if not person.is_active:
        raise RefusedError("left", LEFT)
    wanted = sorted(person.roles if came.roles is None else came.roles)
    if sorted(person.roles) != wanted:
        before, person.roles = sorted(person.roles), wanted
        person.save(update_fields=["roles"])
        said = {"roles": wanted, "roles_before": before, "because": "groups at sign-in"}
        record(at=at, actor=None, action="user.changed", target=person, data=said)
    return person
