"""What is asked of somebody who ends a grant."""

from django import forms


class EndGrantForm(forms.Form):
    """Now, or with a day that is still ahead."""

    reason = forms.CharField(
        label="Why",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It stands in the audit trail.",
    )
    ends_on = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty: it ends now.",
    )
