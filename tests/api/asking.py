"""Ask the API as somebody."""

from django.test import Client
from django.utils import timezone

from inventory.models import User
from inventory.services.people.api_tokens import create_token
from tests import builders

ROOT = "/api/v1"


def bearer(secret: str) -> Client:
    """A client that sends the token, and has no session."""
    return Client(headers={"Authorization": f"Bearer {secret}"})


def secret_of(user: User) -> str:
    """The secret of a new token of that person."""
    return create_token(user=user, acting_user=None, at=timezone.now())[1]


def asking_as(user: User) -> Client:
    """A client with a new token of that person."""
    return bearer(secret_of(user))


def asking(*roles: str) -> Client:
    """A client with a token of a new person."""
    return asking_as(builders.user(*roles))


def answer(client: Client, path: str, **parameters: str | int):
    """The JSON of an answer that must be there."""
    response = client.get(f"{ROOT}{path}", parameters)
    assert response.status_code == 200, response.content
    return response.json()
