"""One mail to whatever ``SESGOV_MAIL_URL`` names, and what became of it."""

import smtplib
from contextlib import suppress
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from inventory.models import Delivery
from inventory.services.notices.outcomes import SENT, Outcome, refused, uncertain

# The server has said no: the mail is not on its way.
_REFUSALS = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError)


def send_mail(delivery: Delivery) -> Outcome:
    """Send it once; raises nothing of the server's.

    Until the connection stands nothing has left. From then on only an explicit refusal says that the mail did not: a
    connection that breaks off may have done so after the server took it.
    """
    connection = get_connection()
    try:
        connection.open()
    except (smtplib.SMTPException, OSError) as error:
        return refused(_said(error))
    try:
        return _sent(delivery, connection)
    finally:
        with suppress(smtplib.SMTPException, OSError):
            connection.close()


def _sent(delivery: Delivery, connection: BaseEmailBackend) -> Outcome:
    try:
        connection.send_messages([_message(delivery)])
    except _REFUSALS as error:
        return refused(_said(error))
    except (smtplib.SMTPException, OSError) as error:
        return uncertain(error)
    except ValueError as error:
        return refused(error, is_final=True)
    return SENT


def _said(error: Exception) -> str:
    """The server's own words, or what the machine says of the connection."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _words(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    return str(error) or type(error).__name__


def _words(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"


def _message(delivery: Delivery) -> EmailMultiAlternatives:
    """The same identifier each time, so that a mail that is sent anew is recognised as the one that came before."""
    host = urlsplit(settings.SESGOV_BASE_URL).hostname
    headers = {"Message-ID": f"<sesgov-delivery-{delivery.pk}@{host}>", "Auto-Submitted": "auto-generated"}
    mail = EmailMultiAlternatives(delivery.subject, delivery.text, to=[delivery.to], headers=headers)
    if delivery.html:
        mail.attach_alternative(delivery.html, "text/html")
    return mail
