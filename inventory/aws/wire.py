"""The wire: the older form of the listing, and answers that are no JSON.

Since botocore 1.43.105 ListEmailIdentities is ``POST /v2/email/list-identities``; before, it was
``GET /v2/email/identities``. Endpoints that stand in for AWS may know the older form alone.
"""

import json
from typing import Any
from urllib.parse import urlencode

from inventory.aws.faults import MalformedAnswerError

_speaking_old: set[str] = set()
_OLD_PATH = "/v2/email/identities"


def watch_answers(client: Any) -> None:
    """Refuse answers with status 200 whose body is no JSON object: the SDK would read them as empty."""
    if client.meta.service_model.metadata.get("protocol") == "rest-json":
        client.meta.events.register("after-call.*", _require_json)


def _require_json(http_response: Any, **_: Any) -> None:
    if http_response.status_code >= 300:
        return
    try:
        body = json.loads(http_response.content)
    except ValueError as error:
        raise MalformedAnswerError("the body is not JSON") from error
    if not isinstance(body, dict):
        raise MalformedAnswerError("the body is not a JSON object")


def speaks_old_listing(client: Any) -> bool:
    """Whether the client's endpoint was found to know the older form alone."""
    return client.meta.endpoint_url in _speaking_old


def speak_old_listing(client: Any) -> None:
    """Have the client send ListEmailIdentities in its older form from now on; the endpoint is remembered."""
    _speaking_old.add(client.meta.endpoint_url)
    client.meta.events.register("before-call.sesv2.ListEmailIdentities", _as_get, unique_id="sesgov-old-listing")


def _as_get(params: dict[str, Any], **_: Any) -> None:
    wanted = json.loads(params["body"] or "{}")
    base = params["url"].partition("/v2/email/")[0]
    params["method"], params["body"] = "GET", b""
    params["url_path"], params["query_string"] = _OLD_PATH, wanted
    params["url"] = f"{base}{_OLD_PATH}?{urlencode(wanted)}" if wanted else f"{base}{_OLD_PATH}"
    params["headers"].pop("Content-Type", None)
