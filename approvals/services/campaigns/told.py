"""What the audit trail tells of an item: enough to hold a row of an evidence pack against it."""

from approvals.models import ReviewItem


def told_of_decision(item: ReviewItem, decision: str, note: str, *, number: int, is_bulk: bool) -> dict[str, object]:
    """Names the item by campaign and position, as ``verify.py`` finds it in a pack."""
    return _item(item) | {"decision": decision, "note": note, "number": number, "is_bulk": is_bulk}


def told_of_verification(item: ReviewItem) -> dict[str, object]:
    """The run whose reading showed it, and when the identity was read."""
    return _item(item) | {
        "run": item.verified_by_run_id,
        "read_at": item.identity.last_read_at,
        "decision": item.decision,
    }


def _item(item: ReviewItem) -> dict[str, object]:
    return {"campaign": item.campaign_id, "position": item.position}
