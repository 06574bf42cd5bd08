"""sesgov only reads: no call that changes anything at AWS is named in the product."""

import ast
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from tests.architecture.imports import ROOT

READING = ("Get", "List", "Describe", "BatchGet", "Assume", "Search", "Test")
SERVICES = ("ses", "sesv2", "iam", "organizations", "account", "mailmanager")
# The double of AWS has to answer what others change in it.
LEFT_OUT = ("sesgov/demo",)


def writes() -> frozenset[str]:
    """Every operation that changes something, as AWS spells it and as the SDK's methods do."""
    session = botocore.session.get_session()
    names = {name for service in SERVICES for name in session.get_service_model(service).operation_names}
    changing = {name for name in names if not name.startswith(READING)}
    return frozenset(changing | {xform_name(name) for name in changing})


def named_in(source: str) -> set[str]:
    """Methods that are called and texts that stand in the code, docstrings left aside."""
    tree = ast.parse(source)
    methods = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return methods | texts


def files() -> list[Path]:
    found = [*(ROOT / "inventory" / "aws").rglob("*.py"), *(ROOT / "inventory" / "services").rglob("*.py")]
    found += (ROOT / "sesgov").rglob("*.py")
    return [path for path in found if not path.relative_to(ROOT).as_posix().startswith(LEFT_OUT)]


def test_no_call_that_changes_anything_is_named() -> None:
    forbidden = writes()
    assert len(files()) > 50
    assert {
        str(path.relative_to(ROOT)): sorted(named_in(path.read_text("utf-8")) & forbidden)
        for path in files()
        if named_in(path.read_text("utf-8")) & forbidden
    } == {}


@pytest.mark.parametrize(
    "source",
    [
        "client.put_identity_policy(Identity=1)",
        "call('CreateEmailIdentityPolicy')",
        "getattr(c, 'delete_email_identity')",
    ],
)
def test_a_planted_write_is_seen(source: str) -> None:
    assert named_in(source) & writes()
