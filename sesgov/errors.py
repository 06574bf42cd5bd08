"""Error pages: what happened, what is safe, what to do next. They read no database."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django passes it
    """The page is there, and this person may not do that."""
    return render(request, "errors/403.html", status=403)


def untrusted_form(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # Django passes it
    """A form came without its token: too old, or sent from another site."""
    return render(request, "errors/untrusted_form.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django passes it
    """Nothing there, or nothing that this person may see: the page does not tell which."""
    return render(request, "errors/404.html", status=404)


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django passes it
    """Too large, or for another host: rendered without a person, since asking for one may be what failed."""
    return HttpResponse(render_to_string("errors/400.html"), status=400)


def broken(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # Django passes it
    """A defect of ours; rendered without a session or a person, since those may be what is broken."""
    return HttpResponse(render_to_string("errors/500.html"), status=500)
