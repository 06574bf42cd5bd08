"""The settings in force: what the browser says, else the environment, else what was shipped."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

from inventory.models import SettingValue, Severity
from inventory.services.settings.catalogue import BY_KEY, LONGEST_ACCEPTED, LONGEST_DAYS
from inventory.services.settings.kinds import NEVER, Stored


@dataclass(frozen=True, slots=True)
class InForce:
    """``longest_days`` by risk class, ``accepted_days`` by severity; ``collect_at`` is ``None`` for never."""

    longest_days: Mapping[str, int]
    accepted_days: Mapping[Severity, int]
    remediation_days: int
    require_ticket: bool
    escalation_team: str
    owner_tag_keys: tuple[str, ...]
    collect_at: time | None
    digest_at: time
    review_frequency: str
    review_basis: str


def in_force() -> InForce:
    """One query. Ask once in each service call or page: what is kept longer, another process may have changed."""
    values = _Values(dict(SettingValue.objects.values_list("key", "value")))
    return InForce(
        longest_days={risk: values.number(f"longest_{risk}") for risk in LONGEST_DAYS},
        accepted_days={severity: values.number(f"accepted_{severity.value}") for severity in LONGEST_ACCEPTED},
        remediation_days=values.number("remediation_days"),
        require_ticket=bool(values.of("require_ticket")),
        escalation_team=values.text("escalation_team"),
        owner_tag_keys=values.words("owner_tag_keys"),
        collect_at=values.time_of_day("collect_at"),
        digest_at=values.time_of_day("digest_at") or time(8, 0),
        review_frequency=values.text("review_frequency"),
        review_basis=values.text("review_basis"),
    )


@dataclass(frozen=True, slots=True)
class _Values:
    """Reads each value as its kind; only checked values are stored."""

    stored: Mapping[str, Stored]

    def of(self, key: str) -> Stored:
        return self.stored[key] if key in self.stored else BY_KEY[key].default()

    def number(self, key: str) -> int:
        value = self.of(key)
        assert isinstance(value, int), key  # noqa: S101  # the catalogue says so
        return value

    def text(self, key: str) -> str:
        return str(self.of(key))

    def words(self, key: str) -> tuple[str, ...]:
        value = self.of(key)
        return tuple(value) if isinstance(value, list) else ()

    def time_of_day(self, key: str) -> time | None:
        value = self.text(key)
        return None if value == NEVER else time.fromisoformat(value)
