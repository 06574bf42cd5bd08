"""Readings: which run last read an identity, or found it gone."""

from inventory.models import CollectionRun, Identity, ListedIdentity


def run_that_read(identity: Identity) -> CollectionRun | None:
    """The run of the last successful look; ``None`` where its rows are no longer kept."""
    read_at = identity.gone_at or identity.last_read_at
    readings = ListedIdentity.objects.filter(
        scope_run__scope=identity.scope_id,
        name=identity.name,
        state__in=(ListedIdentity.State.READ, ListedIdentity.State.GONE),
        scope_run__run__created_at__lte=read_at,
    )
    reading = readings.select_related("scope_run__run").order_by("-scope_run_id").first()
    return reading.scope_run.run if reading is not None else None
