"""Read the imports of every file, and say which break the order of the house."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("inventory", "approvals", "sesgov")
FRAMEWORKS = frozenset({"django", "celery", "boto3", "botocore", "moto", "redis", "psycopg"})

# The floors of the house, lowest first. A file stands on the floor of the longest prefix that fits.
FLOORS: tuple[tuple[str, float], ...] = (
    ("inventory.policy", 0),
    ("inventory.aws", 1),
    ("inventory.models", 2),
    ("inventory.migrations", 2),
    ("inventory.services", 3),
    ("inventory", 4),
    ("approvals.rules", 5),
    ("approvals.models", 6),
    ("approvals.migrations", 6),
    ("approvals.services", 7),
    ("approvals.services.requests", 7.1),
    ("approvals.services.tasks", 7.1),
    ("approvals.services.grants", 7.2),
    ("approvals.services.emergencies", 7.3),
    ("approvals.services.matching", 7.3),
    ("approvals.services.offboarding", 7.3),
    ("approvals.services.reminders", 7.3),
    ("approvals.services.campaigns", 7.4),
    ("approvals.services.evidence", 7.5),
    ("approvals", 8),
    ("sesgov", 9),
)
BANNED: dict[str, frozenset[str]] = {
    "inventory.policy": FRAMEWORKS,
    "approvals.rules": FRAMEWORKS,
    "inventory.aws": frozenset({"django", "celery"}),
}
# `manage.py` is no module of a package; `AppConfig.ready` must import late by Django's rules.
LATE_IMPORT_ALLOWED = "ready"


@dataclass(frozen=True)
class Import:
    """One import: the module that is named, where, and the function it hides in, if any."""

    importer: str
    imported: str
    line: int
    function: str | None


def module_name(path: Path, root: Path) -> str:
    """``inventory/models/users.py`` is ``inventory.models.users``; a package is named by its folder."""
    parts = list(path.relative_to(root).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path, root: Path) -> Iterator[Import]:
    """Every import statement of a file, hidden ones included."""
    name = module_name(path, root)
    yield from _walk(ast.parse(path.read_text("utf-8")), name, _package(path, name), None)


def _package(path: Path, name: str) -> str:
    return name if path.name == "__init__.py" else name.rpartition(".")[0]


def _walk(node: ast.AST, importer: str, package: str, function: str | None) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        inside = child.name if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)) else function
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(importer, alias.name, child.lineno, function)
        elif isinstance(child, ast.ImportFrom):
            base = _absolute(child, package)
            for alias in child.names:
                yield Import(importer, f"{base}.{alias.name}", child.lineno, function)
        yield from _walk(child, importer, package, inside)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parents = package.split(".")
    kept = parents[: len(parents) - node.level + 1]
    return ".".join([*kept, node.module] if node.module else kept)


def floor(module: str) -> float | None:
    """The floor a module stands on; ``None`` for what is not ours."""
    for prefix, number in sorted(FLOORS, key=lambda item: -len(item[0])):
        if module == prefix or module.startswith(prefix + "."):
            return number
    return None


def broken_rules(root: Path) -> list[str]:
    """One sentence for each import that breaks the order, sorted."""
    found: list[str] = []
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            for item in imports_of(path, root):
                found.extend(f"{item.importer}:{item.line} {reason}" for reason in _judge(item))
    return sorted(found)


def _judge(item: Import) -> Iterator[str]:
    own, other = floor(item.importer), floor(item.imported)
    if own is not None and other is not None and other > own:
        yield f"imports {item.imported} from a higher floor"
    for prefix, banned in BANNED.items():
        if item.importer.startswith(prefix) and item.imported.split(".")[0] in banned:
            yield f"imports {item.imported}, which {prefix} does without"
    if item.function is not None and item.function != LATE_IMPORT_ALLOWED:
        yield f"hides the import of {item.imported} in {item.function}()"
