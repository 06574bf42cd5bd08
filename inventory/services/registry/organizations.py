"""Enter AWS organizations: our own and those of partners."""

import re
from datetime import datetime

from django.db import transaction

from inventory.models import Organization, User
from inventory.services.audit import record
from inventory.services.refusals import RefusedError


@transaction.atomic
def add_organization(
    *,
    organization_id: str,
    name: str,
    relationship: str,
    acting_user: User | None,
    at: datetime,
) -> Organization:
    """The organization of that id, made where it is missing; raises :class:`RefusedError` for an id AWS never gives."""
    if not re.fullmatch(r"o-[a-z0-9]{10,32}", organization_id):
        raise RefusedError(
            "organization_id",
            f"{organization_id!r} is not an organization id such as o-a1b2c3d4e5.",
        )
    if relationship not in Organization.Relationship.values:
        known = ", ".join(Organization.Relationship.values)
        raise RefusedError(
            "relationship",
            f"{relationship!r} is not a known relationship. Use one of: {known}.",
        )
    organization, is_new = Organization.objects.get_or_create(
        organization_id=organization_id,
        defaults={"name": name, "relationship": relationship, "created_at": at},
    )
    if is_new:
        data = {"organization_id": organization_id, "relationship": relationship}
        record(
            at=at,
            actor=acting_user,
            action="organization.added",
            target=organization,
            data=data,
        )
    return organization
