"""EC2: DescribeRegions, the fallback for account:ListRegions."""

from typing import Any

from sesgov.demo.aws_double.call import Call
from sesgov.demo.aws_double.state import State
from sesgov.demo.aws_double.world import partition_of, regions_of


def describe_regions(state: State, call: Call) -> dict[str, Any]:
    known = state.world.accounts.get(call.account)
    offered = regions_of(partition_of(call.region))
    enabled = known.regions if known and known.regions is not None else offered
    wanted = offered if str(call.params.get("AllRegions")).lower() == "true" else enabled
    return {"regionInfo": [_described(name, is_enabled=name in enabled) for name in wanted]}


def _described(region: str, *, is_enabled: bool) -> dict[str, str]:
    status = "opt-in-not-required" if is_enabled else "not-opted-in"
    return {"regionName": region, "regionEndpoint": f"ec2.{region}.amazonaws.com", "optInStatus": status}


HANDLERS = {"DescribeRegions": describe_regions}
