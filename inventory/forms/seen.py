"""Forms that change what is there already: nobody overwrites what they did not see."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django import forms


class SeenForm(forms.Form):
    """``shown`` is what stands now: the page shows it, and what comes back is held against it.

    ``is_late`` tells afterwards that somebody changed it since. A form without ``shown`` enters something new.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, shown: Mapping[str, object] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.is_late = False
        if shown is None:
            del self.fields["seen"]
        else:
            self.initial = {**self.initial, **shown, "seen": mark_of(shown)}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.pop("seen", "") not in ("", self.initial.get("seen", "")):
            self.is_late = True
            raise forms.ValidationError("Somebody changed this meanwhile. Open the page again, and enter it anew.")
        return said


def mark_of(shown: Mapping[str, object]) -> str:
    """Stands for what a page showed."""
    values = sorted((name, getattr(value, "pk", value)) for name, value in shown.items())
    return hashlib.sha256(repr(values).encode()).hexdigest()
