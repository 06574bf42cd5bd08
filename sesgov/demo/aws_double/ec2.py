"""EC2: DescribeRegions, the fallback for account:ListRegions."""

from typing import Any

from sesgov.demo.aws_double.call import Call
from sesgov.demo.aws_double.state import State
from sesgov.demo.aws_double.world import partition_of, regions_of


def describe_regions(state: State, call: Call) -> dict[str, Any]:
    known = state.world.accounts.get(call.account)
    names = known.regions if known and known.regions is not None else regions_of(partition_of(call.region))
    described = [
        {"regionName": name, "regionEndpoint": f"ec2.{name}.amazonaws.com", "optInStatus": "opt-in-not-required"}
        for name in names
    ]
    return {"regionInfo": described}


HANDLERS = {"DescribeRegions": describe_regions}
