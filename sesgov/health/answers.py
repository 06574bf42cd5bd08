"""`/health/live`, `/health/ready` and `/metrics`.

They are answered before anything else of a request is looked at: a load balancer asks by address, not by name, over
plain http, every few seconds, and has neither a session nor a line in the log.
"""

from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, JsonResponse
from django.utils import timezone
from ninja.errors import AuthenticationError

from sesgov.api.tokens import Bearer
from sesgov.health import metrics
from sesgov.health.parts import readiness

Answer = Callable[[HttpRequest], HttpResponse]


class HealthMiddleware:
    """Answers the three addresses, hands on everything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._hand_on = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = ANSWERS.get(request.path_info.rstrip("/"))
        if answer is None:
            return self._hand_on(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        response = answer(request)
        response.headers["Cache-Control"] = "no-store"
        return response


def live(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # each answer gets one
    """The process takes requests; nothing else is looked at, since a restart would mend nothing else."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # each answer gets one
    """Every part by name: 200 where none has failed, else 503."""
    found = readiness(timezone.now())
    return JsonResponse(found.as_json(), status=200 if found.is_ready else 503)


def numbers(request: HttpRequest) -> HttpResponse:
    """Metrics, for the API token of somebody who reads the whole inventory."""
    try:
        token = Bearer()(request)
        if not token.user.reads_inventory:
            return _said("The user of this token does not read the whole inventory.", 403)
        return HttpResponse(metrics.page(timezone.now()), content_type=metrics.CONTENT_TYPE)
    except AuthenticationError as refusal:
        response = _said(str(refusal), 401)
        response.headers["WWW-Authenticate"] = 'Bearer realm="sesgov"'
        return response
    except DatabaseError:
        return _said("The database does not answer.", 503)


def _said(text: str, status: int) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")


ANSWERS: dict[str, Answer] = {"/health/live": live, "/health/ready": ready, "/metrics": numbers}
