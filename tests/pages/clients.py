"""Clients that are signed in, without the form."""

from collections.abc import Iterable

from django.test import Client

from inventory.models import Team, User
from tests import builders


def client_of(*roles: str, teams: Iterable[Team] = ()) -> Client:
    """A new person with those roles, signed in."""
    return client_for(builders.user(*roles, teams=teams))


def client_for(user: User) -> Client:
    """That person, signed in."""
    client = Client()
    client.force_login(user)
    return client


def text_of(client: Client, url: str, **headers: str) -> str:
    """The page, which must be there."""
    return file_of(client, url, **headers).decode()


def file_of(client: Client, url: str, **headers: str) -> bytes:
    """The bytes of a page or file, which must be there."""
    response = client.get(url, headers=headers)
    assert response.status_code in (200, 286), (url, response.status_code)
    return bytes(response.getvalue())
