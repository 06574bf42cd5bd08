"""``manage.py check_policy``: what would this policy allow? For a terminal, for scripts, and as a gate in CI."""

import argparse
import json
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from inventory.policy.check.grants import GrantFileError, read_grants, with_grants
from inventory.policy.check.inputs import CheckedIdentity, InputError, read_identities
from inventory.policy.check.reports import as_sarif, as_text
from inventory.policy.check.results import CheckResult, as_json, check, fails
from inventory.policy.reading.jsontext import PolicyError
from inventory.policy.rules.rule_texts import Severity
from inventory.policy.trust import Registry, Trust

_ACCOUNT = re.compile(r"\d{12}")
_ORGANIZATION = re.compile(r"o-[a-z0-9]+")


class _FileError(ValueError):
    """A file that cannot be read; the message names it."""


def main(argv: Sequence[str]) -> int:
    """Print what the policies of a file allow and what is wrong with them.

    Returns 0 where nothing is as bad as ``--fail-on``, 1 where something is, 2 where nothing can be read (said on
    stderr with line, column and element).
    """
    options = _parser().parse_args(argv)
    try:
        source = _read(options.file)
        registry = _registry(options.trusted_account, options.trusted_org)
        name = "policy" if options.file == "-" else Path(options.file).stem
        identities = read_identities(source, options.identity, _owner(options.owner_account), name)
        now = datetime.now(UTC)
        results = [check(identity, registry, now) for identity in identities]
        if options.grants is not None:
            grants = read_grants(_read(options.grants), options.grants)
            results = [with_grants(result, grants, now) for result in results]
    except PolicyError as error:
        return _refused(options.file, error.line, error.column, error.element, error.message)
    except (GrantFileError, _FileError) as error:
        return _complain(str(error))
    except InputError as error:
        return _complain(f"{options.file}: {error}")
    unread = _nothing_read(identities, results)
    if unread:
        return _all_refused(options.file, results)
    threshold = Severity(options.fail_on)
    _print(results, source, options, threshold)
    return 1 if fails(results, threshold) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="manage.py check_policy", description=__doc__)
    parser.add_argument(
        "--identity", metavar="ARN", help="the identity the policies stand on; else their Resource tells"
    )
    parser.add_argument("--owner-account", metavar="ID", help="the account that owns the identity; else its ARN tells")
    parser.add_argument("--trusted-account", metavar="ID", action="append", default=[], help="an account of a partner")
    parser.add_argument("--trusted-org", metavar="ID", action="append", default=[], help="an organization of our own")
    parser.add_argument("--grants", metavar="FILE", help="approved grants as JSON: what none of them covers fails")
    parser.add_argument("--fail-on", default=Severity.HIGH.value, choices=[each.value for each in Severity])
    parser.add_argument("--format", default="text", choices=["text", "json", "sarif"])
    parser.add_argument(
        "file",
        metavar="FILE",
        help="a policy, an object of name to policy, a Terraform plan or a CloudFormation template as JSON; - is stdin",
    )
    return parser


def _read(file: str) -> str:
    try:
        return (sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()).decode("utf-8")
    except OSError as error:
        raise _FileError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise _FileError(f"{file}: this is no UTF-8 text (byte {error.start + 1}); JSON is written in UTF-8") from None


def _owner(account: str | None) -> str | None:
    if account is not None and not _ACCOUNT.fullmatch(account):
        raise InputError(f"--owner-account takes the 12 digits of an account id, not {account!r}")
    return account


def _registry(accounts: Sequence[str], organizations: Sequence[str]) -> Registry:
    for account in accounts:
        if not _ACCOUNT.fullmatch(account):
            raise InputError(f"--trusted-account takes the 12 digits of an account id, not {account!r}")
    for organization in organizations:
        if not _ORGANIZATION.fullmatch(organization):
            raise InputError(f"--trusted-org takes the id of an organization (o-...), not {organization!r}")
    return Registry(
        accounts=dict.fromkeys(accounts, Trust.PARTNER), organizations=dict.fromkeys(organizations, Trust.ORGANIZATION)
    )


def _nothing_read(identities: Sequence[CheckedIdentity], results: Sequence[CheckResult]) -> bool:
    policies = sum(len(identity.policies) for identity in identities)
    return policies == sum(len(result.analysis.problems) for result in results)


def _all_refused(file: str, results: Sequence[CheckResult]) -> int:
    for result in results:
        for problem in result.analysis.problems:
            policy = result.policy(problem.policy)
            line, column = problem.line or 1, problem.column or 1
            if policy is not None and policy.is_verbatim and policy.span.start:
                column += policy.span.column - 1 if line == 1 else 0
                line += policy.span.line - 1
            named = f"{problem.policy}: " if (policy is not None and policy.place) or not _is_only(results) else ""
            _refused(file, line, column, problem.element, f"{named}{problem.message}")
    return 2


def _is_only(results: Sequence[CheckResult]) -> bool:
    return len(results) == 1 and len(results[0].identity.policies) == 1


def _refused(file: str, line: int, column: int, element: str, message: str) -> int:
    where = f", {element}" if element else ""
    return _complain(f"{file}: line {line}, column {column}{where}: {message}")


def _complain(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 2


def _print(results: list[CheckResult], source: str, options: argparse.Namespace, threshold: Severity) -> None:
    if options.format == "text":
        sys.stdout.write(as_text(results, source, options.file, threshold))
        return
    data = as_json(results) if options.format == "json" else as_sarif(results, source, options.file)
    sys.stdout.write(json.dumps(data, indent=2) + "\n")
