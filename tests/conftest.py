"""What every test can rely on."""

import os
import shutil
import socket
from ipaddress import ip_address
from unittest import mock
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from django.db import connection

from tests.builders import NOW


@pytest.fixture(scope="session", autouse=True)
def only_this_machine():
    """A connection to anywhere else fails at once; the broker that REDIS_URL gives may be elsewhere."""
    connect = socket.socket.connect
    known = {found[4][0] for found in socket.getaddrinfo(urlsplit(settings.REDIS_URL).hostname, None)}

    def connect_here(self, address):
        host = address[0] if self.family in {socket.AF_INET, socket.AF_INET6} else "localhost"
        if host != "localhost" and host not in known and not ip_address(host).is_loopback:
            raise PermissionError(f"a test tried to reach {host}")
        return connect(self, address)

    with mock.patch.object(socket.socket, "connect", connect_here):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Django's flush truncates, so the triggers that refuse TRUNCATE sleep; a test of theirs wakes one up."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('ALTER TABLE %I.%I DISABLE TRIGGER %I', n.nspname, c.relname, t.tgname)"
            " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE NOT t.tgisinternal AND t.tgtype & 32 <> 0"
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)


@pytest.fixture
def at_now():
    """The clock stands at the instant to which the builders refer."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The machine's own Chromium; root cannot use its sandbox."""
    arguments = dict(browser_type_launch_args)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium:
        arguments["executable_path"] = chromium
    if os.geteuid() == 0:
        arguments["args"] = [*arguments.get("args", []), "--no-sandbox"]
    return arguments
