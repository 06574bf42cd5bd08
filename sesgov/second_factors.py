"""What django-allauth tells of second factors, written into the audit trail; its views leave no other door.

It tells once the change is committed, so the row follows the change instead of standing in its transaction.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.dispatch import Signal
from django.utils import timezone

from inventory.models import User
from inventory.services.people.second_factors import note_second_factor

ACTIONS: tuple[tuple[Signal, str], ...] = (
    (authenticator_added, "added"),
    (authenticator_removed, "removed"),
    (authenticator_reset, "renewed"),
)


def listen() -> None:
    """Once, as the process starts."""
    for signal, action in ACTIONS:
        signal.connect(_notes(action), weak=False, dispatch_uid=f"audit of second factors {action}")


def _notes(action: str) -> Any:
    def note(user: User, authenticator: Authenticator, **_: Any) -> None:
        note_second_factor(user=user, action=action, kind=authenticator.type, acting_user=user, at=timezone.now())

    return note
