"""The Dockerfile, the compose file and the example of .env keep to the rules; an engine is not needed to see it."""

import re
from typing import Any

import pytest
import yaml
from django.conf import settings

from sesgov.environment import ROOT, read

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = ("migrate", "web", "worker", "beat")
# Read by other programs of the set-up, or by Docker Compose alone.
NOT_OURS = {"POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_INITDB_ARGS", "REDIS_PASSWORD"}
OF_COMPOSE = {"SESGOV_VERSION", "SESGOV_PORT"}
OF_THE_SDK = {"AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}


def _images() -> list[str]:
    built = set(re.findall(r"^FROM \S+ AS (\S+)", DOCKERFILE, re.MULTILINE))
    named = [each["image"] for each in SERVICES.values()] + re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    return [image for image in named if image not in built and not image.startswith("sesgov:")]


def test_every_service_is_there():
    assert set(SERVICES) == {"postgres", "redis", *OURS}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_nobody_special_and_writes_only_where_it_must(name):
    service = SERVICES[name]
    assert service["user"] not in ("root", "0", "0:0")
    assert service["read_only"] is True
    assert service["tmpfs"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["healthcheck"]


@pytest.mark.parametrize("image", _images())
def test_an_image_has_a_version(image):
    _, _, tag = image.partition(":")
    assert re.search(r"\d", tag), image


@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_what_keeps_data_cannot_be_reached_from_outside(name):
    assert SERVICES[name]["networks"] == ["inside"]
    assert "ports" not in SERVICES[name]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_the_web_listens_for_the_proxy_of_this_machine_alone():
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["web"]["ports"])
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]


def test_nothing_starts_before_the_database_is_migrated():
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_no_secret_has_a_value_and_each_is_demanded():
    for name in ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "SESGOV_SECRET_KEY", "SESGOV_BASE_URL"):
        mentions = re.findall(r"(?<!\$)\$\{" + name + r"(.*?)\}", (ROOT / "docker-compose.yml").read_text())
        assert mentions, name
        assert all(each.startswith(":?") for each in mentions), name
    example = dict(line.split("=", 1) for line in _example() if not line.startswith("#"))
    assert set(example.values()) == {""}


def test_each_variable_stands_in_the_readme():
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE))
    text = (ROOT / "docker-compose.yml").read_text() + "\n".join(_example()) + DOCKERFILE
    named = set(re.findall(r"\b((?:SESGOV|AWS|POSTGRES|REDIS|DATABASE)_[A-Z_]+)\b", text))
    assert named - NOT_OURS - OF_COMPOSE - OF_THE_SDK <= listed


def test_what_compose_gives_is_what_production_demands():
    given = dict.fromkeys(SERVICES["web"]["environment"], "") | {
        "SESGOV_PRODUCTION": "true",
        "DATABASE_URL": "postgresql://sesgov:0123abcd@postgres:5432/sesgov",
        "REDIS_URL": "redis://:0123abcd@redis:6379/0",
        "SESGOV_SECRET_KEY": "0123abcd" * 8,
        "SESGOV_BASE_URL": "https://sesgov.example.com",
    }
    assert set(SERVICES["web"]["environment"]) == set(given) - {"SESGOV_PRODUCTION"}
    assert read(given).production


def test_the_image_runs_as_a_number_other_than_0_and_compiles_nothing():
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]
    assert "--require-hashes" in DOCKERFILE
    assert "--only-binary :all:" in DOCKERFILE
    assert not re.search(r"apt-get|\bgcc\b|build-essential", DOCKERFILE)
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert "HEALTHCHECK" in last
    assert "ENV" in last
    assert "SESGOV_PRODUCTION=true" in last


def test_only_what_the_image_needs_is_handed_to_docker():
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    taken = {line[1:] for line in lines if line.startswith("!")}
    assert all((ROOT / name).exists() for name in taken)
    assert {name for name in settings.INSTALLED_APPS if (ROOT / name).is_dir()} <= taken
    assert taken.isdisjoint({".git", ".state", ".venv", ".env", "tests"})


def _example() -> list[str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return [line for line in lines if re.match(r"^(# )?[A-Z_]+=", line)]
