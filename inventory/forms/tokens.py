"""An API token to make."""

from django import forms

from inventory.forms.days import DayInput


class TokenForm(forms.Form):
    """What it is for, and its last day; without one it holds for a year."""

    name = forms.CharField(label="What is it for?", max_length=100, help_text="For example: nightly report.")
    expires_on = forms.DateField(
        label="Last day",
        required=False,
        help_text="A year from today at the latest, and if you choose none.",
        widget=DayInput,
    )
