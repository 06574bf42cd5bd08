"""A request recognised as a call: service, action, account, region, parameters."""

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from botocore.session import get_session

CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d+/([^/]+)/([^/]+)/aws4_request")
UNSIGNED = ("", "us-east-1", "")
IDENTITY_PARAMETERS = ("EmailIdentity", "Identity", "ResourceArn")
# Before botocore 1.43.105 these two lists were read with GET.
OLD_FORMS = {
    ("GET", "/v2/email/identities"): "ListEmailIdentities",
    ("GET", "/v2/email/configuration-sets"): "ListConfigurationSets",
}


@dataclass(slots=True)
class Call:
    service: str
    """``sesv2``, ``ses``, ``sts``, ``organizations``, ``account``, ``ec2``, or the signing name of any other."""
    protocol: str
    """``rest-json``, ``json``, ``query`` or ``ec2``."""
    action: str
    region: str
    access_key: str
    account: str = ""
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """The identity (or role) that the call is about; empty for lists."""
        for name in (*IDENTITY_PARAMETERS, "RoleArn"):
            if isinstance(self.params.get(name), str):
                return str(self.params[name])
        return ""


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    action: str


@cache
def routes(service: str) -> tuple[Route, ...]:
    """The paths of a rest-json service, from the SDK's own description of it."""
    model = get_session().get_service_model(service)
    found = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        pattern = re.sub(r"\\\{(\w+)(?:\\\+)?\\\}", r"(?P<\1>[^/]+)", re.escape(http["requestUri"].split("?")[0]))
        found.append(Route(http["method"], re.compile(pattern + "/?$"), name))
    return tuple(sorted(found, key=lambda route: route.pattern.groups))


def recognise(method: str, target: str, headers: dict[str, str], body: bytes) -> Call:
    """``target`` is the path with its query, still percent-encoded; ``headers`` have lower-case names."""
    path, _, query = target.partition("?")
    signed = CREDENTIAL.search(headers.get("authorization", ""))
    access_key, region, signing_name = signed.groups() if signed else UNSIGNED
    if "x-amz-target" in headers:
        action = headers["x-amz-target"].rpartition(".")[2]
        return Call(signing_name, "json", action, region, access_key, params=_json(body))
    if path.startswith("/v2/email"):
        return _rest("sesv2", method, path, query, body, region, access_key)
    if signing_name == "account":
        return _rest("account", method, path, query, body, region, access_key)
    params: dict[str, Any] = dict(parse_qsl(body.decode("utf-8", "replace") or query, keep_blank_values=True))
    service = "ses" if signing_name == "email" else signing_name
    protocol = "ec2" if service == "ec2" else "query"
    return Call(service, protocol, str(params.get("Action", "")), region, access_key, params=params)


def _rest(service: str, method: str, path: str, query: str, body: bytes, region: str, access_key: str) -> Call:
    action, uri = _match(service, method, path)
    params = _json(body) | _query(query) | uri
    return Call(service, "rest-json", action, region, access_key, params=params)


def _match(service: str, method: str, path: str) -> tuple[str, dict[str, str]]:
    if (method, path.rstrip("/")) in OLD_FORMS:
        return OLD_FORMS[method, path.rstrip("/")], {}
    for route in routes(service):
        found = route.pattern.match(path) if route.method == method else None
        if found:
            return route.action, {name: unquote(value) for name, value in found.groupdict().items()}
    return "", {}


def _query(query: str) -> dict[str, Any]:
    """Names that occur twice (``TagKeys``) become lists."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        found[name] = [*found[name], value] if isinstance(found.get(name), list) else value
        if name == "TagKeys" and not isinstance(found[name], list):
            found[name] = [value]
    return found


def _json(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    value = json.loads(body)
    return value if isinstance(value, dict) else {}
