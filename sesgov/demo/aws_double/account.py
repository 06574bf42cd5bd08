"""Account management: which regions an account has enabled. Regions that a world leaves out are disabled."""

from typing import Any

from sesgov.demo.aws_double.call import Call
from sesgov.demo.aws_double.errors import AwsError, situation
from sesgov.demo.aws_double.pages import page
from sesgov.demo.aws_double.state import State
from sesgov.demo.aws_double.world import partition_of, regions_of

PAGE = 50


def list_regions(state: State, call: Call) -> dict[str, Any]:
    account = call.params.get("AccountId") or call.account
    _check_reader(state, call, account)
    size = int(call.params.get("MaxResults") or PAGE)
    if not 1 <= size <= PAGE:
        raise AwsError(400, "ValidationException", f"MaxResults must be between 1 and {PAGE}.")
    wanted = call.params.get("RegionOptStatusContains") or []
    regions = [item for item in _regions(state, call, account) if not wanted or item["RegionOptStatus"] in wanted]
    found, token = page(state.faults, call, regions, size)
    answer: dict[str, Any] = {"Regions": found}
    return answer | ({"NextToken": token} if token else {})


def _regions(state: State, call: Call, account: str) -> list[dict[str, str]]:
    known = state.world.accounts.get(account)
    enabled = known.regions if known else None
    return [
        {"RegionName": name, "RegionOptStatus": _status(name, enabled)}
        for name in regions_of(known.partition if known else partition_of(call.region))
    ]


def _status(region: str, enabled: tuple[str, ...] | None) -> str:
    return "ENABLED_BY_DEFAULT" if enabled is None or region in enabled else "DISABLED"


def _check_reader(state: State, call: Call, account: str) -> None:
    organization = state.world.organization
    readers = (organization.management_account, *organization.delegated_administrators) if organization else ()
    if account != call.account and state.world.accounts and call.account not in readers:
        raise situation("denied", call.protocol, "User is not authorized to perform: account:ListRegions")


HANDLERS = {"ListRegions": list_regions}
