"""The tag change pack: let the tags say what people decided."""

from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from inventory.files.tag_changes import NotTagged, TagChange, tag_changes
from inventory.files.tag_pack import apply_line, tag_pack
from inventory.filters.tag_pack import TagPackFilter
from inventory.rows.owners import untagged, with_places_and_owners
from inventory.services.owners.ownership import OwnerBook
from inventory.views.requests import require_inventory_reader

_SHOWN = 20


@require_safe
def tag_pack_page(request: HttpRequest) -> HttpResponse:
    """What the pack would hold, and its first lines."""
    filtered, entries = _entries(request)
    changes = [entry for entry in entries if isinstance(entry, TagChange)]
    left = [entry for entry in entries if isinstance(entry, NotTagged)]
    context = {
        "section": "owners",
        "filter": filtered,
        "changes": changes[:_SHOWN],
        "total": len(changes),
        "left": list(islice(left, _SHOWN)),
        "left_total": len(left),
        "accounts": len({change.identity.scope.account_id for change in changes}),
        "example": apply_line(changes[0]) if changes else "",
        "query": request.GET.urlencode(),
    }
    return render(request, "inventory/tag_pack.html", context)


@require_safe
def tag_pack_download(request: HttpRequest) -> HttpResponse:
    """The pack as a zip."""
    _, entries = _entries(request)
    at = timezone.now()
    response = HttpResponse(tag_pack(entries, at=at), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="owner-tags-{at:%Y%m%d-%H%M}.zip"'
    return response


def _entries(request: HttpRequest) -> tuple[TagPackFilter, list[TagChange | NotTagged]]:
    rows = untagged(require_inventory_reader(request))
    filtered = TagPackFilter(request.GET, queryset=rows)
    # A filter that was not understood must not pack everything as if it had been applied.
    return filtered, [] if filtered.errors else list(tag_changes(with_places_and_owners(filtered.qs), OwnerBook.load()))
