"""``manage.py evaluate_policy``: would this request be allowed? Needs no database and no AWS."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inventory.policy.evaluation.decisions import evaluate
from inventory.policy.evaluation.documents import UnreadablePolicyError, statements_of
from inventory.policy.requests import Request

_DEFAULT_NAME = "policy"


def main(argv: Sequence[str]) -> int:
    """Print the decision as JSON. Returns 0, or 2 where an input cannot be read (said on stderr)."""
    options = _parser().parse_args(argv)
    try:
        request = _request(options.request, options.identity)
        policies = _policies(options.file, request.identity_arn)
        decision = evaluate(policies, request)
    except UnreadablePolicyError as error:
        return _refused(f"{options.file}: {_place(error)}: {error.message}")
    except (OSError, UnicodeDecodeError, _BadInputError) as error:
        return _refused(str(error))
    json.dump(decision.to_json(), sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 0


class _BadInputError(ValueError):
    """An input that is not what the command reads."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="manage.py evaluate_policy", description=__doc__)
    parser.add_argument("--identity", metavar="ARN", help="the identity the policies stand on; else the request's")
    parser.add_argument("--owner-account", metavar="ID", help="account of the identity, where no identity is given")
    parser.add_argument("--request", metavar="FILE", required=True, help="the request as JSON")
    parser.add_argument(
        "file", metavar="FILE", help="a policy, an object of name to policy, or of identity ARN to those; - is stdin"
    )
    return parser


def _refused(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 2


def _place(error: UnreadablePolicyError) -> str:
    place = f"line {error.line}, column {error.column}"
    return f"{place}, {error.element}" if error.element else place


def _read(file: str) -> str:
    return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")


def _request(file: str, identity: str | None) -> Request:
    text = _read(file)
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise _BadInputError(f"{file}: line {error.lineno}, column {error.colno}: {error.msg}") from error
    try:
        return Request.from_json({"identity_arn": identity, **data} if identity and isinstance(data, dict) else data)
    except ValueError as error:
        raise _BadInputError(f"{file}: line 1, column 1: {error}") from error


def _policies(file: str, identity_arn: str) -> dict[str, dict[str, str]]:
    """The policies by identity and name; a text that is no JSON object stands as one policy and fails as such."""
    text = _read(file)
    try:
        document = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        document = None
    if not isinstance(document, dict) or not document or "Statement" in document or "Version" in document:
        statements_of(_DEFAULT_NAME, text)
        return {identity_arn: {_DEFAULT_NAME: text}}
    if all(name.startswith("arn:") and isinstance(named, dict) for name, named in document.items()):
        return {arn: _named(named) for arn, named in document.items()}
    return {identity_arn: _named(document)}


def _named(documents: dict[str, Any]) -> dict[str, str]:
    return {name: each if isinstance(each, str) else json.dumps(each) for name, each in documents.items()}
