"""List pages are declared: rows, filter, table. The page and its export read the same declaration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from django_filters import FilterSet
from django_tables2 import RequestConfig, Table
from django_tables2.rows import BoundRows

from inventory.files.exports import Form, export_response, sheet_of
from inventory.files.sheets import TooManyRowsError
from inventory.models import Role, User
from inventory.services.audit_chain.sealing import head
from inventory.views.requests import person
from inventory.views.saved_views import default_query, saved_views

PER_PAGE = 50
# What the navigation asks for: the view that the person begins with, where they chose one.
DEFAULT_VIEW = "default"
View = Callable[[HttpRequest], HttpResponseBase]
_FORMS = {"CSV": Form.CSV, "Excel": Form.XLSX, "JSON": Form.JSON}


@dataclass(frozen=True, slots=True)
class Preset:
    """A filter worth a link of its own."""

    label: str
    parameters: Mapping[str, str]

    @property
    def query(self) -> str:
        """The filter as a query string."""
        return urlencode(self.parameters)


@dataclass(frozen=True, slots=True)
class Beside:
    """Another page that belongs to this one; ``roles`` keep it from those who could only be refused there."""

    label: str
    url_name: str
    roles: frozenset[Role] = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Grouping:
    """The rows of a list in groups, shown in their place where ``?group=key`` asks for it; ``noun`` as on the page."""

    key: str
    title: str
    noun: tuple[str, str]
    shape: Callable[[QuerySet[Any, Any]], QuerySet[Any, Any]]
    table: type[Table]


@dataclass(frozen=True, slots=True)
class ListPage:
    """One list. ``name`` gives the URL names ``<name>_list`` and ``<name>_export`` in ``namespace``; ``noun`` is (one,
    many).

    ``status`` is a template below the title, with what ``status_context`` gives: how things stand, whatever is shown.
    ``empty`` says why the list can be empty and what to do; ``is_for`` may keep it from people, who then get 404.
    ``shape`` makes of the rows that the filter left what the table shows. ``tools`` is a template above the rows, with
    what ``tools_context`` gives for the person; without anything it is left out. ``arguments`` are those of the
    address, for a list that belongs to one thing; nobody keeps views of such a list.
    """

    name: str
    section: str
    title: str
    noun: tuple[str, str]
    lead: str
    empty: str
    rows: Callable[[User], QuerySet[Any, Any]]
    filterset: type[FilterSet]
    table: type[Table]
    presets: tuple[Preset, ...] = ()
    beside: tuple["Beside", ...] = ()
    is_for: Callable[[User], bool] = field(default=lambda _user: True)
    has_export: bool = True
    shape: Callable[[QuerySet[Any, Any]], QuerySet[Any, Any]] = field(default=lambda rows: rows)
    groupings: tuple[Grouping, ...] = ()
    tools: str = ""
    tools_context: Callable[[User], Mapping[str, object]] = field(default=lambda _user: {})
    namespace: str = "inventory"
    status: str = ""
    status_context: Callable[[User], Mapping[str, object]] = field(default=lambda _user: {})
    arguments: tuple[object, ...] = ()

    @property
    def url_name(self) -> str:
        """The name of the page's address."""
        return f"{self.namespace}:{self.name}_list"


def list_view(declared: ListPage) -> View:
    """The page: whole, or only its rows when htmx asks for them."""

    @require_safe
    def view(request: HttpRequest) -> HttpResponse:
        if request.GET.get("view") == DEFAULT_VIEW:
            query = default_query(person(request), declared.url_name)
            return redirect(f"{request.path}?{query}" if query else request.path)
        filtered, rows = _filtered(request, declared)
        grouping = next((each for each in declared.groupings if each.key == request.GET.get("group")), None)
        table = grouping.table(grouping.shape(rows)) if grouping else declared.table(declared.shape(rows))
        RequestConfig(request, paginate=False).configure(table)
        table.paginate(per_page=PER_PAGE)
        table.page = _page(table, request.GET.get(table.prefixed_page_field))
        context = {
            "page": declared,
            "section": declared.section,
            "filter": filtered,
            "table": table,
            "total": table.paginator.count,
            "grouping": grouping,
            "noun": grouping.noun if grouping else declared.noun,
            "tools": {} if grouping else declared.tools_context(person(request)),
            "exports": {} if grouping else _exports(request, declared),
            "is_narrowed": any(request.GET.get(name) for name in filtered.filters if name != "group"),
            "current_query": request.GET.urlencode(),
            "beside": [each for each in declared.beside if person(request).has_role(each.roles)],
        }
        if _wants_rows(request):
            response = render(request, "lists/list.html#rows", context)
        else:
            names = (*filtered.filters, "group")
            is_own = bool(declared.arguments)
            saved = None if is_own else saved_views(person(request), declared.url_name, request.GET, names)
            status = declared.status_context(person(request))
            response = render(request, "lists/list.html", context | {"saved": saved, "status": status})
        patch_vary_headers(response, ["HX-Request"])
        return response

    return view


def export_view(declared: ListPage, form: Form = Form.CSV) -> View:
    """The same rows as a file, all of them."""

    @require_safe
    def view(request: HttpRequest) -> HttpResponseBase:
        _, rows = _filtered(request, declared)
        table = declared.table(declared.shape(rows))
        RequestConfig(request, paginate=False).configure(table)
        try:
            response = export_response(sheet_of(table, table.data.data), declared.name, form)
        except TooManyRowsError as refusal:
            return HttpResponse(str(refusal), status=422, content_type="text/plain; charset=utf-8")
        # Whoever keeps the file keeps with it what the audit trail looked like then.
        response["X-Audit-Head"] = head().hash
        return response

    return view


def list_paths(address: str, declared: ListPage) -> list[URLPattern]:
    """The page at ``address/`` and its files at ``address.csv``, ``.xlsx`` and ``.json``."""
    page = path(f"{address}/", list_view(declared), name=f"{declared.name}_list")
    return [page, *export_paths(address, declared)]


def export_paths(address: str, declared: ListPage) -> list[URLPattern]:
    """The files alone; the name of the address leads to the CSV."""
    csv = path(f"{address}.csv", export_view(declared), name=f"{declared.name}_export")
    others = {form: f"{declared.name}_export_{form}" for form in (Form.XLSX, Form.JSON)}
    return [csv, *(path(f"{address}.{form}", export_view(declared, form), name=name) for form, name in others.items())]


def _page(table: Table, number: str | None) -> Page[Any]:
    """One page. Where rows are rows of a model, their keys alone are sorted: what is shown of them is joined, annotated
    and read for those of this page, in the same statement."""
    page: Page[Any] = table.paginator.get_page(number)
    rows = table.data.data
    if isinstance(rows, QuerySet) and rows.query.group_by is None and not rows.query.values_select:
        begin = (page.number - 1) * PER_PAGE
        keys = rows.values("pk")[begin : begin + PER_PAGE]
        page.object_list = BoundRows(rows.filter(pk__in=keys), table)
    return page


def _filtered(request: HttpRequest, declared: ListPage) -> tuple[FilterSet, QuerySet[Any, Any]]:
    user = person(request)
    if not declared.is_for(user):
        raise Http404
    rows = declared.rows(user)
    filtered = declared.filterset(request.GET, queryset=rows, request=request)
    # A filter that was not understood must not show everything as if it had been applied.
    return filtered, filtered.qs if not filtered.errors else rows.none()


def _wants_rows(request: HttpRequest) -> bool:
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.history_restore_request


def _exports(request: HttpRequest, declared: ListPage) -> dict[str, str]:
    """What the files are called on the page, and where they are."""
    if not declared.has_export:
        return {}
    query = request.GET.copy()
    query.pop("page", None)
    name = f"{declared.namespace}:{declared.name}_export"
    address = reverse(name, args=declared.arguments).removesuffix(Form.CSV)
    narrowed = f"?{query.urlencode()}" if query else ""
    return {label: f"{address}{form}{narrowed}" for label, form in _FORMS.items()}
