"""Request words: a concrete request as a sentence."""

from collections.abc import Iterator, Mapping

from inventory.policy.channels import Channel
from inventory.policy.reading.instants import instant_of
from inventory.policy.requests import CallerKind, Request
from inventory.policy.words.conditions import listed, shown_instant
from inventory.policy.words.sentences import Names, shown_account

_KINDS = {
    CallerKind.ROLE_SESSION: "The role {name}",
    CallerKind.USER: "The user {name}",
    CallerKind.FEDERATED_SESSION: "The federated user {name}",
}
_PLAIN = {
    "ses:fromaddress", "ses:recipients", "aws:sourceip", "aws:currenttime", "aws:epochtime", "aws:securetransport",
    "aws:principalaccount", "aws:principalarn", "aws:principaltype", "aws:userid", "aws:username", "aws:principalorgid",
    "aws:sourceaccount", "aws:resourceaccount", "aws:resourceorgid", "aws:requestedregion",
}  # fmt: skip


def describe_request(request: Request, names: Names) -> str:
    """Who calls what, as whom, from where and when; ``names`` maps account ids to the names that people know."""
    context = {key.lower(): value for key, value in request.context.items()}
    parts = [_caller(request, context, names), f"calls {request.action}", *_details(request, context)]
    return " ".join(parts).replace(" ,", ",") + "."


def _caller(request: Request, context: Mapping[str, str | tuple[str, ...]], names: Names) -> str:
    caller = request.caller
    if caller.kind is CallerKind.SERVICE:
        source = context.get("aws:sourceaccount")
        return f"{caller.service}, acting for {shown_account(str(source), names)}," if source else f"{caller.service}"
    account = shown_account(caller.account or "", names)
    if caller.kind is CallerKind.ROOT_USER:
        return f"The root user of {account}"
    name = (caller.arn or "").rpartition("/")[2]
    said = f"{_KINDS[caller.kind].format(name=name)} of {account}"
    return f"{said} (organization {caller.organization})" if caller.organization else said


def _details(request: Request, context: Mapping[str, str | tuple[str, ...]]) -> Iterator[str]:
    if request.channel is Channel.VPC_ENDPOINT:
        yield "through a VPC endpoint"
    for key, words in (("ses:fromaddress", "as"), ("ses:recipients", "to"), ("aws:sourceip", "from")):
        if key in context:
            value = context[key]
            yield f"{words} {value if isinstance(value, str) else listed(value)}"
    instant = instant_of(str(context.get("aws:currenttime", "")))
    if instant is not None:
        yield f"on {shown_instant(instant)}"
    if context.get("aws:securetransport") == "false":
        yield ", without encryption"
    others = [f"{key} {value}" for key, value in request.context.items() if key.lower() not in _PLAIN]
    if others:
        yield f", with {listed(others)}"
