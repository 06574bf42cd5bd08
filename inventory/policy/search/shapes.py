"""Shapes: what the text of a key looks like, by preference and at large."""

from collections.abc import Callable

from inventory.policy.search.settings import Setting
from inventory.policy.search.templates import DIGITS, LOWER, PRINTABLE, UPPER, Demand, Segment, Template

_ADDRESSES = {"ses:FromAddress", "ses:FeedbackAddress"}
_PREFERRED = {"ses:FromDisplayName": "Newsletter", "aws:UserAgent": "aws-cli/2"}
_LOCAL = LOWER + UPPER + DIGITS + "._+-"
_HOST = LOWER + DIGITS + ".-"
_HEX = DIGITS + "abcdef"


def text_shapes(setting: Setting, name: str) -> list[Template]:
    """The shapes of a key that the caller fills in, the likeliest first; the last is any text."""
    anything: Template = (Segment((name,), _PREFERRED.get(name, "sender"), PRINTABLE),)
    identity = setting.identity_name
    if name in _ADDRESSES and "@" in identity:
        return [(Segment((name,), identity),), anything]
    if name in _ADDRESSES:
        return [(Segment((name,), "news", _LOCAL, 1), Segment((name,), f"@{identity}")), anything]
    if name == "ses:Recipients":
        host = Segment((name,), "example.net", _HOST, 1)
        return [(Segment((name,), "someone", _LOCAL, 1), Segment((name,), "@"), host), anything]
    return [anything]


def fresh_place(setting: Setting, name: str) -> tuple[Template, list[Demand]]:
    """The shape of an endpoint, VPC or endpoint owner that the policies do not name, with what keeps it so."""
    fixed = (*setting.values_of(name), *setting.accounts, *setting.organizations)
    return _FRESH_PLACES[name](setting), [Demand("fresh", setting.language_of(name, fixed), False)]


def any_place(setting: Setting, name: str) -> Template:
    """The shape of an endpoint, VPC or endpoint owner; examples in policies have ids that are not hexadecimal."""
    prefix = _PREFIXES.get(name)
    if prefix is None:
        return _FRESH_PLACES[name](setting)
    return (Segment((name,), prefix), Segment((name,), "0f1e2d3c4b5a69788", LOWER + DIGITS + "-", 1))


_PREFIXES = {"aws:SourceVpc": "vpc-", "aws:SourceVpce": "vpce-"}


def _fresh_id(name: str, prefix: str) -> Callable[[Setting], Template]:
    readers = (name, "fresh")
    return lambda _setting: (Segment(readers, prefix), Segment(readers, "0f1e2d3c4b5a69788", _HEX, 1))


def _fresh_vpc_arn(setting: Setting) -> Template:
    name = "aws:SourceVpcArn"
    return (
        Segment((name,), f"arn:{setting.partition}:ec2:"),
        Segment((name,), setting.region, LOWER + DIGITS + "-", 1),
        Segment((name,), ":"),
        Segment((name, "fresh"), setting.fresh_account, DIGITS, 12, 12),
        Segment((name,), ":vpc/vpc-"),
        Segment((name,), "0f1e2d3c4b5a69788", _HEX, 1),
    )


def _fresh_org(name: str, *, with_path: bool) -> Callable[[Setting], Template]:
    own = (Segment((name, "fresh"), "o-"), Segment((name, "fresh"), "f0r31gn0rg", LOWER + DIGITS, 1, 32))
    path = (Segment((name,), "/r-ab12/"), Segment((name,), "ou-ab12-cdefgh34/", LOWER + DIGITS + "-/", 0))
    return lambda _setting: (*own, *path) if with_path else own


_FRESH_PLACES: dict[str, Callable[[Setting], Template]] = {
    "aws:SourceVpc": _fresh_id("aws:SourceVpc", "vpc-"),
    "aws:SourceVpce": _fresh_id("aws:SourceVpce", "vpce-"),
    "aws:SourceVpcArn": _fresh_vpc_arn,
    "aws:VpceAccount": lambda setting: (Segment(("aws:VpceAccount", "fresh"), setting.fresh_account, DIGITS, 12, 12),),
    "aws:VpceOrgID": _fresh_org("aws:VpceOrgID", with_path=False),
    "aws:VpceOrgPaths": _fresh_org("aws:VpceOrgPaths", with_path=True),
}
