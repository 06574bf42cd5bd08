"""How values look on a page: account ids, times, severities, reach, trust."""

from datetime import UTC, date, datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from inventory import words
from inventory.models import Severity, User
from inventory.policy.account_ids import grouped_account_id
from inventory.policy.words.sentences import shown_principal

register = template.Library()

_SPANS = (
    (timedelta(days=365), "year"),
    (timedelta(days=30), "month"),
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)


@register.simple_tag
def icon(name: str) -> SafeString:
    """One drawing of ``fragments/icons.html``; the words beside it carry the meaning."""
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="#i-{}"></use></svg>', name)


@register.filter
def account_id(value: str) -> str:
    """An account id in the one shape that people read."""
    return grouped_account_id(value)


@register.filter
def principal(value: str) -> SafeString:
    """``the role mailer of account 4444-5555-6666``, with the ARN on hover; what is no ARN as it stands."""
    if not value.startswith("arn:"):
        return format_html("<code>{}</code>", value)
    return format_html('<span title="{}">{}</span>', value, shown_principal(value, {}))


@register.filter
def role_names(user: User) -> str:
    """What a person may do, in words."""
    return words.role_words(user.roles)


@register.simple_tag
def severity(value: str) -> SafeString:
    """A severity by word, icon and colour."""
    return format_html('<span class="severity severity-{}">{}{}</span>', value, icon(value), Severity(value).label)


@register.simple_tag
def reach(value: str) -> SafeString:
    """How wide a circle is, as a word with its meaning on hover."""
    return word(words.reach_word(value))


@register.simple_tag
def trust(value: str | None) -> SafeString:
    """What is known of an outsider, as a word with its meaning on hover."""
    return word(words.trust_word(value))


@register.simple_tag
def sight(value: str) -> SafeString:
    """How well a scope is seen, as a word with its meaning on hover."""
    return word(words.SIGHT[value])


def word(entry: words.Word) -> SafeString:
    """One entry of the vocabulary."""
    return format_html('<span class="word word-{}" title="{}">{}</span>', entry.tone, entry.meaning, entry.label)


@register.filter
def ago(value: datetime | date | None) -> SafeString:
    """ "3 days ago" or "in 12 days", with the exact time in UTC on hover."""
    if value is None:
        return format_html('<span class="word word-unknown">{}</span>', "never")
    exact = exact_time(value)
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact, relative_time(value))


@register.filter
def since(value: datetime, start: datetime) -> str:
    """How long something took."""
    return words.duration_text(value - start)


@register.filter
def exact(value: datetime | date | None) -> str:
    """The time in UTC to the second."""
    return exact_time(value) if value else ""


def exact_time(value: datetime | date) -> str:
    """A day as it is, an instant in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return value.isoformat()


def relative_time(value: datetime | date) -> str:
    """The distance from now in its largest whole unit."""
    now = timezone.now()
    if not isinstance(value, datetime):
        return _days_apart(value, now.date())
    distance = abs(value - now)
    for length, unit in _SPANS:
        if distance >= length:
            return _placed(distance // length, unit, is_past=value < now)
    return "just now" if value <= now else "in under a minute"


def _days_apart(value: date, today: date) -> str:
    if value == today:
        return "today"
    return _placed(abs((value - today).days), "day", is_past=value < today)


def _placed(number: int, unit: str, *, is_past: bool) -> str:
    words_said = words.counted(number, unit)
    return f"{words_said} ago" if is_past else f"in {words_said}"
