"""What is asked of somebody who ends everything with a vendor, and of whoever closes the case."""

from django import forms

from approvals.forms.emergencies import ReasonForm
from inventory.forms.days import DayInput

NOW, LATER = "now", "later"


class StartForm(ReasonForm):
    """Now, or after a last day."""

    when = forms.ChoiceField(
        label="When does it end?",
        choices=[(NOW, "Now"), (LATER, "After a last day")],
        initial=NOW,
    )
    ends_on = forms.DateField(
        label="Last day", required=False, widget=DayInput, help_text="Only where it does not end now."
    )

    field_order = ("when", "ends_on", "reason")

    def clean(self) -> dict[str, object]:
        said = super().clean() or self.cleaned_data
        if said.get("when") == LATER and not said.get("ends_on") and "ends_on" not in self.errors:
            self.add_error("ends_on", "Choose the last day, or end it now.")
        return said


class CloseForm(forms.Form):
    """``may_except``: only security says why a case is closed although something was not verified."""

    exceptions = forms.CharField(
        label="Exceptions",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only where a path was not seen gone: why the case is closed all the same. The letter says it.",
    )

    def __init__(self, *args: object, may_except: bool, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        if not may_except:
            del self.fields["exceptions"]
