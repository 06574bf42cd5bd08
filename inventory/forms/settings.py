"""What administrators type to change settings: an empty field takes what holds without the browser."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from inventory.forms.seen import SeenForm
from inventory.services.settings.catalogue import Definition
from inventory.services.settings.kinds import Choice, Kind, Number, Switch


class SettingsForm(SeenForm):
    """The settings of one section; ``shown`` is what the browser says now, by key."""

    def __init__(self, *args: Any, definitions: Sequence[Definition], shown: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, shown=shown, **options)
        for definition in definitions:
            self.fields[definition.key] = _field(definition)


def _field(definition: Definition) -> forms.Field:
    without, kind = definition.kind.shown(definition.default()), definition.kind
    attributes = {"placeholder": without} | ({"inputmode": "numeric"} if isinstance(kind, Number) else {})
    widget: forms.Widget = forms.TextInput(attrs=attributes)
    if isinstance(kind, (Choice, Switch)):
        widget = forms.Select(choices=[("", f"As without the browser: {without}"), *kind.options])
    help_text = f"{definition.help} {_bounds(kind)} Empty: {without}."
    return forms.CharField(
        required=False, max_length=2000, label=definition.label, help_text=" ".join(help_text.split()), widget=widget
    )


def _bounds(kind: Kind) -> str:
    return f"From {kind.least} to {kind.most} {kind.unit}." if isinstance(kind, Number) else ""
