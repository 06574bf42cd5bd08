"""What somebody wants to be mailed about."""

from django import forms

from inventory.models import OPTIONAL_KINDS


class NoticeChoiceForm(forms.Form):
    """What asks somebody to act is always mailed and is no choice here."""

    is_urgent_at_once = forms.BooleanField(label="Mail urgent notices at once, not with the daily mail", required=False)
    mailed = forms.MultipleChoiceField(
        label="Also mail me",
        choices=[(kind.value, kind.label) for kind in OPTIONAL_KINDS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
