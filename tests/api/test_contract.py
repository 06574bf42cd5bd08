"""The OpenAPI document, and whether the API answers as it says, to whatever is asked."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sesgov.wsgi import application
from tests import builders
from tests.api.asking import ROOT, secret_of
from tests.approvals.cases import granted_on
from tests.pages import estate

pytestmark = pytest.mark.django_db

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
QUESTIONS = settings(
    max_examples=3,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def _one_connection():
    """Between requests Django lets go of connections; the test's own transaction lies in this one."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _document():
    return Client().get(f"{ROOT}/openapi.json").json()


def test_the_document_is_open_and_names_every_resource_with_its_detail():
    paths = set(_document()["paths"])
    for name in (
        "accounts",
        "identities",
        "delegations",
        "findings",
        "grants",
        "requests",
        "campaigns",
        "runs",
        "figures",
    ):
        assert f"{ROOT}/{name}" in paths
        assert any(path.startswith(f"{ROOT}/{name}/{{") for path in paths)


def test_every_operation_asks_for_a_token():
    for path, methods in _document()["paths"].items():
        assert set(methods) == {"get"}, path
        assert methods["get"]["security"] == [{"Bearer": []}], path


@pytest.mark.usefixtures("_one_connection")
def test_the_api_answers_as_its_document_says():
    world = estate.build()
    granted_on(world.shop, world.team, world.vendor)
    headers = {"Authorization": f"Bearer {secret_of(builders.user('viewer'))}"}
    document = schemathesis.openapi.from_wsgi(f"{ROOT}/openapi.json", application)
    asked = 0
    for offered in document.get_all_operations():
        assert isinstance(offered, Ok), offered
        operation = offered.ok()
        for mode in GenerationMode:

            @given(operation.as_strategy(generation_mode=mode))
            @QUESTIONS
            def ask(case):
                nonlocal asked
                asked += 1
                case.call_and_validate(headers=headers, checks=CHECKS)

            ask()
    assert asked >= 60
