"""Listings: the names of the identities of one account in one region, page by page."""

from dataclasses import dataclass
from typing import Any

from inventory.aws.faults import FaultError, FaultKind, MalformedAnswerError, faults_of
from inventory.aws.wire import speak_old_listing, speaks_old_listing

LIST_EMAIL_IDENTITIES = "ListEmailIdentities"
LIST_IDENTITIES = "ListIdentities"
_PAGE_SIZE = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """Names as AWS spells them; ``next_token`` is empty after the last page. A page may be empty and not the last."""

    names: tuple[str, ...]
    next_token: str
    calls: int = 1


def list_email_identities(client: Any, *, token: str, where: str) -> Page:
    """One page of ``sesv2:ListEmailIdentities``; the SDK has no paginator for it. Raises :class:`FaultError`."""
    if speaks_old_listing(client):
        speak_old_listing(client)
        return _v2_page(client, token, where)
    try:
        return _v2_page(client, token, where)
    except FaultError as error:
        if error.fault.kind is not FaultKind.UNKNOWN_OPERATION:
            raise
    speak_old_listing(client)
    page = _v2_page(client, token, where)
    return Page(page.names, page.next_token, calls=2)


def _v2_page(client: Any, token: str, where: str) -> Page:
    with faults_of(f"ses:{LIST_EMAIL_IDENTITIES}", where):
        answer = client.list_email_identities(PageSize=_PAGE_SIZE, **({"NextToken": token} if token else {}))
        return _page(answer, "EmailIdentities", token, lambda entry: entry["IdentityName"])


def list_identities(client: Any, *, token: str, where: str) -> Page:
    """One page of the older ``ses:ListIdentities``, which audit roles may call. Raises :class:`FaultError`."""
    with faults_of(f"ses:{LIST_IDENTITIES}", where):
        answer = client.list_identities(MaxItems=_PAGE_SIZE, **({"NextToken": token} if token else {}))
        return _page(answer, "Identities", token, lambda entry: entry)


def _page(answer: Any, member: str, token: str, name_of: Any) -> Page:
    next_token = str(answer.get("NextToken") or "")
    entries = answer.get(member)
    if entries is None and not next_token:
        raise MalformedAnswerError(f"it has no {member}")
    if next_token and next_token == token:
        raise MalformedAnswerError("the page names itself as the next one")
    names = [name_of(entry) for entry in entries or ()]
    if not all(isinstance(name, str) and name for name in names):
        raise MalformedAnswerError("an identity has no name")
    return Page(tuple(dict.fromkeys(names)), next_token)
