"""Ask for a password where somebody can type one."""

import getpass
import sys

from django.core.management.base import CommandError


def ask_password(*, from_stdin: bool) -> str | None:
    """The password: the first line of standard input, or typed twice; ``None`` where neither is possible."""
    if from_stdin:
        try:
            return sys.stdin.readline().rstrip("\n")
        except UnicodeDecodeError as error:
            raise CommandError("The password on standard input is no text in UTF-8.", returncode=2) from error
    if not sys.stdin.isatty():
        return None
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Password again: "):
        raise CommandError("The two passwords differ. Nothing was written.", returncode=2)
    return password
