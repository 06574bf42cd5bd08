"""Mails as files: one .eml each, as any mail program opens it."""

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class EmailBackend(BaseEmailBackend):
    """Writes to ``EMAIL_FILE_PATH``; nobody else on the machine may read there."""

    def open(self) -> bool:
        """Make the folder; raises OSError."""
        Path(settings.EMAIL_FILE_PATH).mkdir(mode=0o700, parents=True, exist_ok=True)
        return True

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write each; raises OSError."""
        self.open()
        for each in email_messages:
            name = f"{timezone.now():%Y%m%d-%H%M%S}-{uuid4().hex[:8]}.eml"
            (Path(settings.EMAIL_FILE_PATH) / name).write_bytes(each.message().as_bytes())
        return len(email_messages)
