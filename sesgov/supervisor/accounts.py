"""As whom the embedded PostgreSQL runs, since it refuses root, and where that account can keep its data."""

import hashlib
import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from sesgov.supervisor.errors import StartError
from sesgov.supervisor.state import StateDir, write_private

SHARED_HOME = Path("/var/lib/sesgov")


@dataclass(frozen=True, slots=True)
class Account:
    """An account without rights of its own and the folder where its data lies."""

    name: str
    uid: int
    gid: int
    home: Path


def service_account(state: StateDir) -> Account | None:
    """The account for PostgreSQL when we are root, else None: then it runs as ourselves, in the state directory."""
    if os.geteuid() != 0:
        return None
    entry = _entry()
    home = state.path if _may_pass(state.path, entry) else _shared_home(state, entry)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, home)


def may_execute(path: Path, account: Account | None) -> bool:
    """Whether the account can reach and run the program at `path`."""
    if account is None:
        return os.access(path, os.X_OK)
    entry = pwd.getpwuid(account.uid)
    return _may_pass(path.parent, entry) and _allows(path, entry, stat.S_IXUSR, stat.S_IXGRP, stat.S_IXOTH)


def _entry() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise StartError("PostgreSQL refuses to run as root and there is no user postgres or nobody: set DATABASE_URL")


def _may_pass(folder: Path, entry: pwd.struct_passwd) -> bool:
    resolved = folder.resolve()
    return all(_allows(step, entry, stat.S_IXUSR, stat.S_IXGRP, stat.S_IXOTH) for step in (resolved, *resolved.parents))


def _allows(path: Path, entry: pwd.struct_passwd, owner: int, group: int, other: int) -> bool:
    status = path.stat()
    if status.st_uid == entry.pw_uid:
        return bool(status.st_mode & owner)
    if status.st_gid == entry.pw_gid:
        return bool(status.st_mode & group)
    return bool(status.st_mode & other)


def _shared_home(state: StateDir, entry: pwd.struct_passwd) -> Path:
    """A folder outside, for a state directory that only root can enter; it is bound to this state by its id."""
    identifier = state.secret("shared-home-id")
    home = SHARED_HOME / hashlib.sha256(str(state.path).encode()).hexdigest()[:16]
    try:
        SHARED_HOME.mkdir(parents=True, mode=0o755, exist_ok=True)
        if home.exists() and _identifier(home) != identifier:
            home.rename(_unused_name(home))
        if not home.exists():
            home.mkdir(mode=0o711)
            write_private(home / "id", identifier)
    except OSError as error:
        raise StartError(f"{home} cannot be written ({error.strerror}): set SESGOV_STATE_DIR or DATABASE_URL") from None
    if not _may_pass(home, entry):
        raise StartError(f"{entry.pw_name} cannot enter {home}: set SESGOV_STATE_DIR or DATABASE_URL")
    return home


def _identifier(home: Path) -> str | None:
    path = home / "id"
    return path.read_text() if path.exists() else None


def _unused_name(home: Path) -> Path:
    """Data of a state directory that was deleted is moved aside, never removed."""
    number = 1
    while (name := home.with_name(f"{home.name}.old{number}")).exists():
        number += 1
    return name


def copy_for(account: Account, folders: list[Path]) -> Path:
    """Copy folders that the account cannot read into its home, once; answers the folder that holds the copies."""
    target = account.home / "programs"
    if not target.exists():
        beside = account.home / f".programs-{os.getpid()}"
        for folder in folders:
            shutil.copytree(folder, beside / folder.name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        beside.rename(target)
    return target
