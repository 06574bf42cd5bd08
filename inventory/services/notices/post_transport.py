"""One post to a hook, and what became of it: no redirect, no private address, no endless wait."""

import hashlib
import hmac
import http.client
import socket
import ssl
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from inventory.models import Delivery
from inventory.services.notices.outcomes import SENT, Outcome, refused, uncertain

_TIMEOUT = 10.0
_PORTS = {"https": 443, "http": 80}
_HERE = frozenset({"127.0.0.1", "localhost", "::1"})
_NAT64 = IPv6Network("64:ff9b::/96")


class NoAddressError(Exception):
    """The hook's host leads nowhere that sesgov may post to."""


def hook_url(channel: str) -> str | None:
    """Where posts of a channel go, if anywhere."""
    return settings.SESGOV_WEBHOOK_URL if channel == Delivery.Channel.WEBHOOK else settings.SESGOV_SLACK_URL


def post(delivery: Delivery, *, at: datetime) -> Outcome:
    """Post it once. A webhook that did not answer is tried again under the same key; Slack knows no such key."""
    address = hook_url(delivery.channel)
    if address is None:
        return refused("The hook is no longer set.", is_final=True)
    parts, body = urlsplit(address), delivery.text.encode()
    try:
        connection = _connected(parts)
    except (NoAddressError, OSError, UnicodeError) as error:
        return refused(error)
    try:
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        connection.request("POST", target, body, _headers(delivery, parts, body, at))
        return _outcome(connection.getresponse().status)
    except (http.client.HTTPException, OSError) as error:
        said = f"No answer: {str(error) or type(error).__name__}"
        return refused(said) if delivery.channel == Delivery.Channel.WEBHOOK else uncertain(said)
    finally:
        connection.close()


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the timestamp, a full stop and the body, in hexadecimal."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def _headers(delivery: Delivery, parts: SplitResult, body: bytes, at: datetime) -> dict[str, str]:
    headers = {"Host": parts.netloc, "Content-Type": "application/json", "User-Agent": "sesgov"}
    if delivery.channel == Delivery.Channel.WEBHOOK:
        timestamp = str(int(at.timestamp()))
        headers["Idempotency-Key"] = delivery.key
        headers["X-Sesgov-Timestamp"] = timestamp
        headers["X-Sesgov-Signature"] = f"v1={signature(settings.SESGOV_WEBHOOK_SECRET or '', timestamp, body)}"
    return headers


def _outcome(status: int) -> Outcome:
    if 200 <= status < 300:
        return SENT
    if 300 <= status < 400:
        return refused(f"Answered {status}, a redirect: sesgov follows none. Set the address that it leads to.")
    return refused(f"Answered {status}.")


def _connected(parts: SplitResult) -> http.client.HTTPConnection:
    """A connection to the very address that was checked: the name is not looked up a second time."""
    host, port = str(parts.hostname), parts.port or _PORTS[parts.scheme]
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT)
    plain = socket.create_connection((_checked_address(host, port), port), timeout=_TIMEOUT)
    if parts.scheme == "https":
        connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    else:
        connection.sock = plain
    return connection


def _checked_address(host: str, port: int) -> str:
    """The first address of the host, if none of them is private; one that names this machine itself may be."""
    found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if settings.SESGOV_PRIVATE_HOOKS or host in _HERE:
        return found[0]
    if not all(is_public(address) for address in found):
        raise NoAddressError(f"{host} has a private address. SESGOV_PRIVATE_HOOKS allows that, if it is meant.")
    return found[0]


def is_public(address: str) -> bool:
    """Whether an address belongs to the Internet, and so does the IPv4 address that may be wrapped in it."""
    found = ip_address(address.partition("%")[0])
    inner = _wrapped(found) if isinstance(found, IPv6Address) else None
    return found.is_global and not found.is_multicast and (inner is None or inner.is_global)


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
