"""The settings as a page shows them: each value, and where it comes from."""

from dataclasses import dataclass

from inventory.models import SettingValue
from inventory.services.settings.catalogue import SECTIONS, Definition, Section, of_section


@dataclass(frozen=True, slots=True)
class SettingLine:
    """One setting; ``row`` where the browser set it, ``source`` in words where it did not."""

    definition: Definition
    value: str
    row: SettingValue | None
    source: str


@dataclass(frozen=True, slots=True)
class SectionPart:
    """One section with its settings."""

    section: Section
    lines: list[SettingLine]


def settings_page() -> list[SectionPart]:
    """All sections, in one query."""
    rows = {row.key: row for row in SettingValue.objects.select_related("changed_by")}
    return [SectionPart(each, [_line(one, rows.get(one.key)) for one in of_section(each.key)]) for each in SECTIONS]


def _line(definition: Definition, row: SettingValue | None) -> SettingLine:
    value = definition.default() if row is None else row.value
    source = "" if row else "as shipped"
    if row is None and definition.variable and value != definition.shipped:
        source = f"from {definition.variable} in the environment"
    return SettingLine(definition, definition.kind.shown(value), row, source)


def typed_values(definitions: list[Definition]) -> dict[str, str]:
    """What the browser set, as one would type it; empty where it did not."""
    stored = dict(SettingValue.objects.values_list("key", "value"))
    return {one.key: one.kind.typed(stored[one.key]) if one.key in stored else "" for one in definitions}
