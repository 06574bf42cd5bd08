"""What became of a path since its review was staged."""

from approvals.models import ReviewItem
from approvals.services.campaigns.evidence import allowed_hash


def is_as_frozen(item: ReviewItem) -> bool:
    """Whether the last reading shows the path, and allowing the same.

    Reads ``item.delegation`` and ``item.identity``.
    """
    row = item.delegation
    return row.is_live and item.identity.gone_at is None and allowed_hash(row) == item.path_hash
