"""The pytest plugin: services for the tests, before anything reads Django's settings.

Loaded early (`-p sesgov.testing`), because pytest-django reads the settings before any conftest.py. What DATABASE_URL
and REDIS_URL give is used; the rest is embedded in a state directory of its own that is gone afterwards.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings

from sesgov import environment
from sesgov.setting_values import SettingError
from sesgov.supervisor import databases, services
from sesgov.supervisor.errors import StartError
from sesgov.supervisor.state import StateDir

AMBIENT = ("AWS_", "SESGOV_")
KEPT = ("SESGOV_EMBEDDED",)
HELD = ExitStack()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Start what is missing, then let pytest-django read the settings."""
    _forget_ambient_settings()
    try:
        given = environment.read(os.environ)
        missing = services.needed(given)
        if missing:
            _start(given, missing)
    except (SettingError, StartError) as error:
        HELD.close()
        pytest.exit(str(error), returncode=2)
    _suit_settings()
    return (yield)


def pytest_unconfigure() -> None:
    """Stop what was started."""
    HELD.close()


def _forget_ambient_settings() -> None:
    """No test can reach a real account, or depends on how its machine is set up."""
    for name in list(os.environ):
        if name.startswith(AMBIENT) and name not in KEPT:
            del os.environ[name]
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SESGOV_SECRET_KEY": secrets.token_urlsafe(48),
        "SESGOV_MAIL_URL": "memorymail://",
        # Playwright's synchronous interface runs an event loop in the thread of the test.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    }


def _start(given: environment.Environment, missing: list[str]) -> None:
    folder = Path(tempfile.gettempdir()) / f"sesgov-test-{secrets.token_hex(6)}"
    HELD.callback(shutil.rmtree, folder, ignore_errors=True)
    running = HELD.enter_context(
        services.use(StateDir.open(folder), missing, embedded=given.embedded, is_temporary=True)
    )
    os.environ |= databases.urls(given, running, is_demo=False)


def _suit_settings() -> None:
    """Faster passwords; N+1 queries can be watched for."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sesgov.settings")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "zeal"]
