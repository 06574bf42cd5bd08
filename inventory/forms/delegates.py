"""What people say of an outside account: whose it is, and how they found out."""

from django import forms

from inventory.forms.days import DayInput
from inventory.models import Account, AccountVerification, User
from inventory.models.roles import SAYS_OURS

_WORDS = {
    Account.Relationship.PARTNER: "A partner's: a company that sends for us",
    Account.Relationship.FORMER: "A former partner's, or one that is closed",
    Account.Relationship.ORGANIZATION: "Ours: another account of the company",
}


class RegisterForm(forms.Form):
    """An account that nobody registered. ``user`` may say that it is ours only where they answer for that."""

    relationship = forms.ChoiceField(label="Whose account is it?")
    vendor = forms.CharField(
        required=False,
        max_length=1000,
        label="Company",
        help_text="One that is there already, or a new one. A partner's account needs it.",
        widget=forms.TextInput(attrs={"list": "vendors", "autocomplete": "off"}),
    )
    name = forms.CharField(required=False, max_length=1000, label="What the account is called")
    environment = forms.ChoiceField(required=False, choices=Account.Environment.choices, label="Environment")
    ends_on = forms.DateField(
        required=False,
        label="Last day",
        help_text="Where the account ends before the company's contract.",
        widget=DayInput,
    )

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        says_ours = user.has_role(SAYS_OURS)
        self.fields["relationship"].choices = [  # type: ignore[attr-defined]
            ("", "Choose"),
            *((each, said) for each, said in _WORDS.items() if says_ours or each != Account.Relationship.ORGANIZATION),
        ]


class VerifyForm(forms.Form):
    """How somebody found out whose account it is."""

    method = forms.ChoiceField(
        choices=[("", "Choose"), *AccountVerification.Method.choices], label="How was it verified?"
    )
    evidence = forms.CharField(
        required=False,
        label="What you saw",
        help_text="A document and its page, who was called under which number, a link. Kept for good.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
