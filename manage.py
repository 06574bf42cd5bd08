#!/usr/bin/env python
"""The command line: Django's commands with the services they need, and two commands that need neither."""

import os
import sys
from collections.abc import Callable

Command = Callable[[list[str]], int]


def pure_command(name: str) -> Command | None:
    """The commands that work with the standard library alone: no Django, no service is looked for."""
    if name == "check_policy":
        from inventory.policy.check.command import main as check_policy

        return check_policy
    if name == "evaluate_policy":
        from inventory.policy.evaluation.command import main as evaluate_policy

        return evaluate_policy
    return None


def with_services(arguments: list[str]) -> None:
    """Run a command of Django; a bad setting or a service that does not start is one line."""
    from django.core.management import execute_from_command_line
    from django.db import OperationalError
    from redis import RedisError

    from sesgov import environment
    from sesgov.setting_values import SettingError
    from sesgov.supervisor.commands import services_for
    from sesgov.supervisor.errors import StartError

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sesgov.settings")
    command = arguments[1] if len(arguments) > 1 else "help"
    try:
        with services_for(command, environment.read(os.environ)):
            execute_from_command_line(arguments)
    except (SettingError, StartError) as error:
        sys.exit(f"manage.py: {error}")
    except (OperationalError, RedisError) as error:
        service = "database" if isinstance(error, OperationalError) else "broker"
        sys.exit(f"manage.py: the {service} does not do its part: {' '.join(str(error).split())}")


def main() -> None:
    """Choose between the two kinds."""
    arguments = sys.argv
    pure = pure_command(arguments[1]) if len(arguments) > 1 else None
    if pure is not None:
        sys.exit(pure(arguments[2:]))
    with_services(arguments)


if __name__ == "__main__":
    main()
