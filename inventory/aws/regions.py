"""Regions: where an account may hold SES identities."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import boto3
from botocore.exceptions import UnknownRegionError

from inventory.aws.accounts import AccountAccess
from inventory.aws.faults import FaultError, faults_of
from inventory.aws.sessions import Sessions

_ENABLED = ("ENABLED", "ENABLED_BY_DEFAULT", "DISABLING")
NOT_ENABLED = "The region is not enabled in the account."


@dataclass(frozen=True, slots=True)
class AccountRegions:
    """``enabled`` regions hold SES; ``disabled`` maps regions to the reason why nothing is expected there.

    Not ``is_certain``: nobody could say which are enabled, so all that the SDK knows are to be tried.
    """

    enabled: tuple[str, ...]
    disabled: Mapping[str, str] = field(default_factory=dict)
    is_certain: bool = True


def regions_of(sessions: Sessions, access: AccountAccess) -> AccountRegions:
    """As the account itself says, else as EC2 says, else all that the SDK knows.

    Raises :class:`FaultError` only where there is no way into the account.
    """
    sessions.client(access, "account", access.home_region)
    for ask in (_ask_account, _ask_ec2):
        try:
            return _with_ses(ask(sessions, access), access.partition)
        except FaultError:
            continue
    return AccountRegions(ses_regions(access.partition), is_certain=False)


def ses_regions(partition: str) -> tuple[str, ...]:
    """The regions in which the SDK knows an SES endpoint."""
    return tuple(sorted(_sdk().get_available_regions("sesv2", partition_name=partition)))


def partition_of(region: str) -> str | None:
    """The partition a region lies in, by its name; ``None`` where it is no region's name."""
    try:
        return str(_sdk().get_partition_for_region(region))
    except UnknownRegionError:
        return None


def _ask_account(sessions: Sessions, access: AccountAccess) -> dict[str, bool]:
    where = f"account {access.account_id}"
    with faults_of("account:ListRegions", where):
        client = sessions.client(access, "account", access.home_region)
        return _paged(lambda token: client.list_regions(MaxResults=50, **token))


def _paged(ask: Callable[[dict[str, str]], Any]) -> dict[str, bool]:
    found: dict[str, bool] = {}
    token: dict[str, str] = {}
    while True:
        answer = ask(token)
        for region in answer["Regions"]:
            found[region["RegionName"]] = region["RegionOptStatus"] in _ENABLED
        if not answer.get("NextToken") or token == {"NextToken": answer["NextToken"]}:
            return found
        token = {"NextToken": answer["NextToken"]}


def _ask_ec2(sessions: Sessions, access: AccountAccess) -> dict[str, bool]:
    where = f"account {access.account_id}"
    with faults_of("ec2:DescribeRegions", where):
        answer = sessions.client(access, "ec2", access.home_region).describe_regions(AllRegions=True)
        return {each["RegionName"]: each.get("OptInStatus") != "not-opted-in" for each in answer["Regions"]}


def _with_ses(found: Mapping[str, bool], partition: str) -> AccountRegions:
    """Leave out the regions in which the SDK knows that SES is not offered; one that the SDK is too old for stays."""
    without_ses = set(_sdk().get_available_regions("ec2", partition_name=partition)) - set(ses_regions(partition))
    offered = {
        region: is_enabled
        for region, is_enabled in found.items()
        if region not in without_ses and partition_of(region) == partition
    }
    return AccountRegions(
        enabled=tuple(sorted(region for region, is_enabled in offered.items() if is_enabled)),
        disabled={region: NOT_ENABLED for region, is_enabled in sorted(offered.items()) if not is_enabled},
    )


@cache
def _sdk() -> boto3.Session:
    return boto3.Session(aws_access_key_id="none", aws_secret_access_key="none")  # noqa: S106 - asks no service
