"""`./run`: the services, the web, a worker, beat and, for the demo, its double of AWS; all end together."""

import argparse
import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from types import FrameType
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections
from django.urls import reverse

from sesgov import environment
from sesgov.environment import Environment
from sesgov.setting_values import SettingError
from sesgov.supervisor import commands, databases, demo, services
from sesgov.supervisor.errors import StartError
from sesgov.supervisor.locks import Lock, is_held
from sesgov.supervisor.processes import Processes
from sesgov.supervisor.state import StateDir

HOST = "127.0.0.1"
READY_PAGE = "account_login"
READY_PATIENCE_SECONDS = 60.0
WEB = ("-m", "gunicorn", "sesgov.wsgi", "--worker-class", "gthread", "--preload", "--workers", "2", "--threads", "4")
WEB_OPTIONS = ("--no-control-socket", "--graceful-timeout", "5", "--log-level", "warning", "--bind")
CELERY = ("-m", "celery", "-A", "sesgov.celery", "--quiet")
WORKER = ("worker", "--concurrency", "4", "--loglevel", "INFO", "--without-gossip", "--without-mingle")


class StopRequestedError(Exception):
    """Somebody asked us to end."""


def _stop(_signal: int, _frame: FrameType | None) -> None:
    # The second one finds us stopping already.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise StopRequestedError


def main() -> int:
    """Run until Ctrl-C or SIGTERM; what cannot be started is one line and exit code 1."""
    options = _options()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        _run(options, environment.read(os.environ))
    except (StartError, SettingError) as error:
        sys.stderr.write(f"run: {error}\n")
        return 1
    except StopRequestedError:
        sys.stderr.write("stopped\n")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run", description="Set up what is missing and start sesgov.")
    parser.add_argument("--port", type=_port, default=8000, metavar="N", help="where the pages are served (8000)")
    parser.add_argument("--no-demo", action="store_true", help="the real estate, with the credentials found here")
    parser.add_argument("--setup", action="store_true", help="set up and start nothing")
    return parser.parse_args()


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (1 to 65535)")
    return int(text)


def _run(options: argparse.Namespace, given: Environment) -> None:
    if given.production and not options.no_demo:
        raise StartError("SESGOV_PRODUCTION does not go together with the demo: use --no-demo")
    state = StateDir.open(given.state_dir)
    with _only_one(state, options.port):
        _check_port(options.port)
        with services.use(state, services.needed(given), embedded=given.embedded) as running:
            _prepare_environment(options, given, state, running)
            processes = Processes(state)
            try:
                said = _start(options, given, state, processes)
                sys.stdout.write(f"ready: http://{HOST}:{options.port}\n{said}")
                sys.stdout.write(f"Ctrl-C stops everything; data and logs are in {state.path}\n")
                sys.stdout.flush()
                _watch(processes, state, services.needed(given))
            finally:
                processes.stop()


@contextmanager
def _only_one(state: StateDir, port: int) -> Iterator[None]:
    lock, note = Lock(state.file("run.lock")), state.file("run.json")
    if not lock.exclusive(wait=False):
        where = note.read_text() if note.exists() else "it is still starting"
        raise StartError(f"sesgov runs already in {state.path} ({where}): stop it, or set SESGOV_STATE_DIR")
    note.write_text(f"process {os.getpid()}, http://{HOST}:{port}")
    try:
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.close()


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise StartError(f"port {port} cannot be used ({error.strerror}): choose another with --port") from None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _prepare_environment(
    options: argparse.Namespace, given: Environment, state: StateDir, running: services.Services
) -> None:
    """Give this process, and so all that it starts, the variables of the demo or of the real estate."""
    variables = dict(os.environ)
    variables.setdefault("DJANGO_SETTINGS_MODULE", "sesgov.settings")
    variables.setdefault("SESGOV_SECRET_KEY", state.secret("secret-key"))
    variables.setdefault("SESGOV_BASE_URL", f"http://{HOST}:{options.port}")
    if not options.no_demo:
        variables = demo.environ(variables, state, _free_port())
    variables |= databases.urls(given, running, is_demo=not options.no_demo)
    os.environ.clear()
    os.environ.update(variables)


def _start(options: argparse.Namespace, given: Environment, state: StateDir, processes: Processes) -> str:
    """Start everything in order; answers what to print below the ready line."""
    if not options.no_demo:
        processes.start("aws", *demo.double_command(state))
    django.setup()
    _migrate(options, given, state)
    if given.production:
        _told_by("collectstatic", interactive=False)
    processes.start("web", *WEB, *WEB_OPTIONS, f"{HOST}:{options.port}")
    if not options.no_demo:
        demo.wait_for_double(state)
    said = _told_by("first_admin" if options.no_demo else "seed_demo")
    _wait_until_ready(options.port, processes)
    processes.start("worker", *CELERY, *WORKER)
    if options.no_demo:
        _start_beat(processes)
    else:
        # Beat would take the runs of the past for overdue, and the present is collected after the past.
        processes.start("history", "-m", "django", "fill_in_history", then=lambda: _begin_present(processes))
    return said


def _start_beat(processes: Processes) -> None:
    processes.start("beat", *CELERY, "beat", "--loglevel", "WARNING")


def _begin_present(processes: Processes) -> None:
    _start_beat(processes)
    _told_by("begin_collection")


def _told_by(command: str, **options: object) -> str:
    said = StringIO()
    try:
        call_command(command, stdout=said, **options)
    except CommandError as error:
        raise StartError(str(error)) from None
    finally:
        connections.close_all()
    return said.getvalue()


def _migrate(options: argparse.Namespace, given: Environment, state: StateDir) -> None:
    url = os.environ["DATABASE_URL"]
    if given.database_url is None:
        commands.migrate_embedded(state, databases.REAL if options.no_demo else databases.DEMO)
        return
    if not options.no_demo:
        databases.create_if_missing(url)
    databases.check(url)
    commands.migrate()


def _wait_until_ready(port: int, processes: Processes) -> None:
    deadline = time.monotonic() + READY_PATIENCE_SECONDS
    while time.monotonic() < deadline:
        processes.watch()
        if _answers(port):
            return
        time.sleep(0.1)
    raise StartError(f"the pages did not answer within {READY_PATIENCE_SECONDS:.0f} s")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=20)
    try:
        # As a proxy in front of a production installation would ask.
        headers = {"Host": urlsplit(settings.SESGOV_BASE_URL).netloc, "X-Forwarded-Proto": "https"}
        connection.request("GET", reverse(READY_PAGE), headers=headers)
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def _watch(processes: Processes, state: StateDir, embedded: list[str]) -> None:
    while True:
        processes.watch()
        if embedded and not is_held(state.file("keeper.lock")):
            raise StartError(f"the embedded {' and '.join(embedded)} ended, see {state.log('keeper')}")
        time.sleep(0.5)
