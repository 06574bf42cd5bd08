"""Posts to a webhook and to Slack, made in the transaction of what they tell of."""

import json
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from inventory.models import Delivery, NoticeKind
from inventory.services.notices.mails import mail_subject
from inventory.services.notices.post_transport import hook_url

_FOR_SLACK = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def post_to_hooks(*, kind: NoticeKind, key: str, text: str, path: str, at: datetime) -> None:
    """One post for each hook that is set, once for each key; what is posted is what people are told."""
    bodies = {
        Delivery.Channel.WEBHOOK: _for_webhook(kind, key, text, path, at),
        Delivery.Channel.SLACK: _for_slack(text, path),
    }
    Delivery.objects.bulk_create(
        (
            Delivery(
                channel=channel,
                key=f"{channel}:{key}",
                to=str(urlsplit(address).hostname)[:254],
                subject=mail_subject(text),
                text=json.dumps(body, ensure_ascii=False),
                made_at=at,
                due_at=at,
            )
            for channel, body in bodies.items()
            if (address := hook_url(channel)) is not None
        ),
        ignore_conflicts=True,
    )


def _for_webhook(kind: NoticeKind, key: str, text: str, path: str, at: datetime) -> dict[str, object]:
    return {
        "id": key,
        "kind": kind.value,
        "text": text,
        "url": settings.SESGOV_BASE_URL + path,
        "at": at.isoformat(),
        "is_demo": settings.SESGOV_DEMO,
    }


def _for_slack(text: str, path: str) -> dict[str, object]:
    """Slack's own marks in a name are shown as they are and mention nobody."""
    mark = "*DEMO* " if settings.SESGOV_DEMO else ""
    return {"text": f"{mark}{text.translate(_FOR_SLACK)}\n<{settings.SESGOV_BASE_URL}{path}|Open in sesgov>"}
