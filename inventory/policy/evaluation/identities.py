"""Identities: which identities' policies stand over one request, the address before its domains."""

from collections.abc import Iterable

from inventory.policy.requests import Request


def address_over(request: Request, identity_arns: Iterable[str]) -> str | None:
    """The address identity whose policies take precedence: the source itself, else that of ``ses:FromAddress``."""
    scope, name = _split(request.identity_arn)
    found = {_as_address(_split(arn)[1]): arn for arn in identity_arns if _split(arn)[0] == scope}
    if "@" in name:
        return found.get(_as_address(name), request.identity_arn)
    sender = next((value for key, value in request.context.items() if key.lower() == "ses:fromaddress"), "")
    sender = sender if isinstance(sender, str) else ""
    wanted = {_as_address(sender), _as_address(_without_label(sender))}
    if "@" not in sender or not _is_within(sender.rpartition("@")[2], name):
        return None
    return next((found[each] for each in sorted(wanted, key=len, reverse=True) if each in found), None)


def domains_over(request: Request, identity_arns: Iterable[str]) -> list[str]:
    """The domain identities whose policies apply: the source's own domain and its parents, the nearest first."""
    scope, name = _split(request.identity_arn)
    domain = name.rpartition("@")[2]
    above = [arn for arn in identity_arns if _split(arn)[0] == scope and _is_within(domain, _split(arn)[1])]
    return sorted(above, key=lambda arn: (-len(arn), arn))


def _split(arn: str) -> tuple[str, str]:
    scope, _, name = arn.partition(":identity/")
    return scope, name


def _is_within(domain: str, parent: str) -> bool:
    domain, parent = domain.lower(), parent.lower()
    return domain == parent or domain.endswith(f".{parent}")


def _as_address(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"


def _without_label(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
