"""The pages that ``./bench web`` asks for, with the filters, orders and searches that people use."""

import json
import logging
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from inventory.models import Finding, Identity, User, Vendor
from inventory.paths import RIGHTS
from inventory.rows.finding_groups import DIMENSIONS
from inventory.views.acceptances import ACCEPTANCES
from inventory.views.accounts import ACCOUNTS
from inventory.views.audit import AUDIT
from inventory.views.cases import CASES
from inventory.views.claims import CLAIMABLE, OWNERLESS
from inventory.views.delegates import DELEGATES
from inventory.views.findings import FINDINGS, REMEDIATIONS
from inventory.views.identities import IDENTITIES
from inventory.views.policies import POLICIES
from inventory.views.runs import RUNS
from inventory.views.sending_names import SENDING_NAMES, SUGGESTED_NAMES
from inventory.views.vendors import VENDORS
from tests.bench.web_estate import fill_estate

_LISTS = (
    IDENTITIES,
    POLICIES,
    FINDINGS,
    REMEDIATIONS,
    CASES,
    ACCEPTANCES,
    DELEGATES,
    ACCOUNTS,
    RUNS,
    SENDING_NAMES,
    SUGGESTED_NAMES,
    VENDORS,
    AUDIT,
    OWNERLESS,
    CLAIMABLE,
)
_FURTHER: dict[str, tuple[dict[str, str], ...]] = {
    "identity": (
        {"q": "n4711"},
        {"q": "billing"},
        {"q": "2000-0000-0017"},
        {"q": "nothing-like-it"},
        {"sort": "-open_findings"},
        {"sort": "delegate_count"},
        {"sort": "owner"},
        {"sort": "last_read_at"},
        {"page": "900"},
        {"environment": "production", "trust": "partner"},
    ),
    "policy": ({"q": "n4710"}, {"sort": "first_seen_at"}),
    "finding": (
        {"q": "n4711"},
        {"q": "400000000017"},
        {"q": "may send"},
        {"sort": "identity"},
        {"sort": "-first_opened_at"},
        {"page": "200"},
        {"first": "yes"},
        {"first": "yes", "standing": "new", "assignee": "nobody"},
        {"vendor": "unregistered"},
        *({"group": each.key} for each in DIMENSIONS),
    ),
    "case": ({"q": "billing"}, {"sort": "-findings"}, *({"group": each.key} for each in DIMENSIONS)),
    "delegate": ({"q": "4000"}, {"q": "partner 7"}, {"sort": "-identities"}),
    "account": ({"q": "account 7"},),
    "sending_name": ({"sort": "open_findings"}, {"delegate": "400000000017"}, {"q": "example7"}),
    "vendor": ({"sort": "sendable"}, {"q": "Vendor 7"}),
}


def report(identities: int, delegations: int, findings: int, rounds: int) -> None:
    """Fill the estate where there is none, and print the measures as JSON on one line."""
    if not Identity.objects.exists():
        fill_estate(identities, delegations, findings)
    user = User.objects.get(email="bench@example.com")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    logging.disable(logging.INFO)
    times: dict[str, float] = {}
    queries: dict[str, int] = {}
    for url in _urls():
        times[url], queries[url] = _ask(client, url, rounds)
    everything = sorted(times.values())
    measures = [
        ("web.p50_ms", statistics.median(everything), "ms"),
        ("web.p95_ms", everything[int(len(everything) * 0.95)], "ms"),
        ("web.max_queries", max(queries.values()), "count"),
        *((f"{url} ({queries[url]} queries)", taken, "ms") for url, taken in times.items()),
    ]
    print(json.dumps([{"name": name, "value": value, "unit": unit} for name, value, unit in measures]))  # noqa: T201


def _urls() -> list[str]:
    urls = [reverse("dashboard"), reverse("figures")]
    for page in _LISTS:
        asked: tuple[Mapping[str, str], ...] = (
            {},
            *(preset.parameters for preset in page.presets),
            *_FURTHER.get(page.name, ()),
        )
        urls += [_url(f"inventory:{page.name}_list", parameters) for parameters in asked]
        if page.has_export:
            urls.append(reverse(f"inventory:{page.name}_export"))
    urls += [_url("inventory:first_look", {"by": each.key}) for each in DIMENSIONS]
    urls += [_url("inventory:search", {"q": "billing"}), _url("inventory:search", {"q": "400000000017"})]
    urls.append(reverse("inventory:delegate_detail", args=["400000000017"]))
    urls += [_url("inventory:identity_list", {"delegate": "400000000017", "right": right}) for right in RIGHTS]
    urls.append(reverse("inventory:sending_name_detail", args=["example7.com"]))
    urls.append(reverse("inventory:vendor_detail", args=[Vendor.objects.order_by("pk")[7].pk]))
    for name, model in (("identity", Identity), ("finding", Finding)):
        urls.append(reverse(f"inventory:{name}_detail", args=[model._default_manager.order_by("pk")[10].pk]))
    return urls


def _url(name: str, parameters: Mapping[str, str]) -> str:
    query = urlencode(parameters)
    return f"{reverse(name)}?{query}" if query else reverse(name)


def _ask(client: Client, url: str, rounds: int) -> tuple[float, int]:
    """Median of the milliseconds until the first byte, and the number of queries; the first round warms up."""
    queries: list[str] = []
    with connection.execute_wrapper(_noting(queries)):
        _first_byte(client.get(url))
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        _first_byte(client.get(url))
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken), len(queries)


def _noting(queries: list[str]) -> Callable[..., Any]:
    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        queries.append(sql)
        return execute(sql, *rest)

    return note


def _first_byte(response: HttpResponseBase) -> None:
    if response.status_code != 200:
        raise RuntimeError(f"{response.status_code} {response.headers}")
    if isinstance(response, StreamingHttpResponse):
        lines = iter(response)
        next(lines)
        next(lines, "")
        response.close()
