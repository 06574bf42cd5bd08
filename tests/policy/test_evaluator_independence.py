"""The evaluator checks the analyser, and so shares no decision with it."""

import ast
from pathlib import Path

import inventory.policy.evaluation

_FOLDER = Path(inventory.policy.evaluation.__file__).parent
_SHARED = {"inventory.policy.requests", "inventory.policy.channels"}


def test_the_evaluator_imports_only_its_own_modules_and_the_request() -> None:
    foreign = {
        (file.name, name)
        for file in _FOLDER.glob("*.py")
        for name in _imported(file)
        if name.startswith("inventory.") and not name.startswith("inventory.policy.evaluation")
    }
    assert {name for _, name in foreign} == _SHARED, foreign


def _imported(file: Path) -> list[str]:
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return plain + [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
