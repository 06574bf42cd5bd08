"""What somebody wants to be mailed about."""

from django import forms

from inventory.models import OPTIONAL_KINDS, NoticeKind

_WORDS = {
    NoticeKind.DECIDED: "What became of my requests",
    NoticeKind.ALERT: "New critical and high findings",
    NoticeKind.OFFBOARDING: "What happens to a vendor that leaves",
}


class NoticeChoiceForm(forms.Form):
    """What asks somebody to act is always mailed and is no choice here."""

    is_urgent_at_once = forms.BooleanField(label="Mail urgent notices at once, not with the daily mail", required=False)
    mailed = forms.MultipleChoiceField(
        label="Also mail me",
        choices=[(kind.value, _WORDS[kind]) for kind in OPTIONAL_KINDS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
