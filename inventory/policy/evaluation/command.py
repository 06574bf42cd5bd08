"""``manage.py evaluate_policy``: would this request be allowed? Needs no database and no AWS."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inventory.policy.evaluation.decisions import evaluate
from inventory.policy.evaluation.documents import UnreadablePolicyError, loads, statements_of
from inventory.policy.requests import Request

_DEFAULT_NAME = "policy"
_REQUEST_HELP = """\
The request holds what AWS would see, and nothing is added to it; a key that is not in its context is missing:
  {"caller": {"kind": "role_session", "account": "222222222222", "arn": "arn:aws:iam::222222222222:role/Mailer",
              "session_arn": "arn:aws:sts::222222222222:assumed-role/Mailer/run", "userid": "AROAEXAMPLE:run"},
   "action": "ses:SendEmail", "identity_arn": "arn:aws:ses:us-east-1:111111111111:identity/example.com",
   "channel": "direct", "context": {"aws:SourceIp": "198.51.100.7", "ses:Recipients": ["ann@example.net"]}}
A caller is a role_session, user, root_user, federated_session or service (of which only "service" is told);
a channel is direct, vpc_endpoint or service. A witness of check_policy is such a request.
"""


def main(argv: Sequence[str]) -> int:
    """Print the decision as JSON. Returns 0, or 2 where an input cannot be read (said on stderr)."""
    options = _parser().parse_args(argv)
    try:
        request = _request(options.request, options.identity)
        _check_owner(request, options.owner_account)
        policies = _policies(options.file, options.identity or request.identity_arn)
        decision = evaluate(policies, request)
    except UnreadablePolicyError as error:
        return _refused(f"{options.file}: {_place(error)}: {error.message}")
    except (OSError, _BadInputError) as error:
        return _refused(str(error))
    json.dump(decision.to_json(), sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 0


class _BadInputError(ValueError):
    """An input that is not what the command reads."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="manage.py evaluate_policy",
        description=__doc__,
        epilog=_REQUEST_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--identity", metavar="ARN", help="the identity the policies stand on; else the request's")
    parser.add_argument(
        "--owner-account", metavar="ID", help="the account that owns the identity, if it is to be checked"
    )
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
    data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _BadInputError(f"{file}: byte {error.start + 1} is not UTF-8") from error


def _request(file: str, identity: str | None) -> Request:
    text = _read(file)
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise _BadInputError(f"{file}: line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise _BadInputError(f"{file}: line 1, column 1: nested too deeply") from error
    except ValueError as error:
        raise _BadInputError(f"{file}: line 1, column 1: a number has too many digits") from error
    try:
        return Request.from_json({"identity_arn": identity, **data} if identity and isinstance(data, dict) else data)
    except ValueError as error:
        raise _BadInputError(f"{file}: line 1, column 1: {error}") from error


def _check_owner(request: Request, owner_account: str | None) -> None:
    account = request.identity_arn.split(":")[4:5]
    if owner_account is not None and account != [owner_account]:
        raise _BadInputError(
            f"line 1, column 1, identity_arn: {request.identity_arn} is not of account {owner_account}"
        )


def _policies(file: str, identity_arn: str) -> dict[str, dict[str, str]]:
    """The policies by identity and name; a text that is no JSON object stands as one policy and fails as such."""
    text = _read(file)
    document: Any
    try:
        document = loads(text)
    except UnreadablePolicyError:
        document = None
    if not isinstance(document, dict) or not document or "Statement" in document or "Version" in document:
        statements_of(_DEFAULT_NAME, text)
        return {identity_arn: {_DEFAULT_NAME: text}}
    if all(name.startswith("arn:") and isinstance(named, dict) for name, named in document.items()):
        return {arn: _named(named) for arn, named in document.items()}
    return {identity_arn: _named(document)}


def _named(documents: dict[str, Any]) -> dict[str, str]:
    return {name: each if isinstance(each, str) else json.dumps(each) for name, each in documents.items()}
