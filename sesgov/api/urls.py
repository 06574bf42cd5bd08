"""The addresses under /api/."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, path, re_path
from ninja import NinjaAPI
from ninja.errors import AuthenticationError

from sesgov.api import accounts, campaigns, delegations, figures, findings, grants, identities, requests, runs
from sesgov.api.tokens import Bearer, PerToken

api = NinjaAPI(
    title="sesgov",
    version="1",
    description="Who outside can send mail as us, who said so, and is it still true? Reading only. Instants are "
    "ISO 8601 in UTC, account ids are text. What a token sees is what its user sees: a list holds only that, "
    "and its count is the count of that.",
    docs_url=None,
    auth=Bearer(),
    throttle=[PerToken()],
    urls_namespace="api",
)
for _name, _room in (
    ("accounts", accounts),
    ("identities", identities),
    ("delegations", delegations),
    ("findings", findings),
    ("grants", grants),
    ("requests", requests),
    ("campaigns", campaigns),
    ("runs", runs),
    ("figures", figures),
):
    api.add_router(f"/{_name}", _room.router)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = api.create_response(request, {"detail": str(error)}, status=error.status_code)
    response.headers["WWW-Authenticate"] = 'Bearer realm="sesgov"'
    return response


@login_not_required
def nowhere(request: HttpRequest) -> JsonResponse:
    """What is not there is said in JSON as well."""
    return JsonResponse({"detail": f"There is nothing at {request.path}. See /api/v1/openapi.json."}, status=404)


def _open(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """A token opens these, not a session: the wall before every page lets them through."""
    for each in patterns:
        if isinstance(each, URLPattern):
            each.callback = nowhere if each.name == "api-root" else login_not_required(each.callback)
    return patterns


_patterns, _app_name, _namespace = api.urls
urlpatterns = [
    path("v1/", (_open(_patterns), _app_name, _namespace)),
    re_path("", nowhere, name="api_nowhere"),
]
