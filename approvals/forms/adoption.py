"""What an owner says of what is there already."""

from django import forms

from inventory.forms.days import DayInput

KEEP, END, NOT_MINE = "keep", "end", "not_mine"


class AnswerForm(forms.Form):
    """One line; blank where nothing is said of it yet."""

    answer = forms.ChoiceField(
        required=False, choices=[(KEEP, "Keep until"), (END, "End on"), (NOT_MINE, "Not mine")], label="What of it?"
    )
    until = forms.DateField(
        required=False,
        label="Day",
        widget=DayInput,
        error_messages={"invalid": "There is no such day. Write it as year, month and day: 2027-03-31."},
    )

    def clean(self) -> dict[str, object]:
        said = super().clean() or self.cleaned_data
        if said.get("answer") in (KEEP, END) and not said.get("until") and "until" not in self.errors:
            self.add_error("until", "Choose the day.")
        return said


class ReasonForm(forms.Form):
    """Said once for all lines that are kept."""

    reason = forms.CharField(
        required=False,
        label="Why is it there?",
        widget=forms.Textarea(attrs={"rows": 2}),
        initial="It was there before grants were kept, and we still need it.",
        help_text="For what you keep: security reads it.",
    )
    ticket = forms.CharField(required=False, max_length=1000, label="Ticket")
