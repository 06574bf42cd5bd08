"""What people say of accounts and their regions."""

from dataclasses import asdict, replace
from typing import Any

from django import forms

from inventory.forms.days import DayInput
from inventory.forms.seen import mark_of
from inventory.models import Account, Scope, Team, Vendor
from inventory.services.registry.account_changes import entry_of

_SHORT = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})


class AccountForm(forms.Form):
    """What the registry says of one account. The ExternalId is written and never shown."""

    name = forms.CharField(max_length=1000, required=False, label="Name")
    environment = forms.ChoiceField(required=False, choices=Account.Environment.choices, label="Environment")
    relationship = forms.ChoiceField(
        choices=Account.Relationship.choices,
        label="Relationship",
        help_text="Managed: its identities are collected. Our organization, Partner: delegates we know. Former: no "
        "longer trusted.",
    )
    owner = forms.ChoiceField(required=False, label="Owning team")
    vendor = forms.ChoiceField(required=False, label="Vendor", help_text="The company behind the account.")
    ends_on = forms.DateField(
        required=False, label="Ends on", widget=DayInput, help_text="Last valid day of the contract."
    )
    role_arn = forms.CharField(
        max_length=3000,
        required=False,
        label="Role to assume",
        widget=_SHORT,
        help_text="Empty: the role that SESGOV_ROLE_NAME names, or the process's own credentials.",
    )
    external_id = forms.CharField(
        max_length=2000,
        required=False,
        label="ExternalId",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Empty leaves the one that is kept.",
    )
    forgets_external_id = forms.BooleanField(required=False, label="Forget the ExternalId that is kept")
    profile = forms.CharField(max_length=1000, required=False, label="Profile", widget=_SHORT)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        teams = Team.objects.filter(is_active=True).values_list("name", flat=True)
        vendors = Vendor.objects.values_list("name", flat=True)
        for field, names in (("owner", teams), ("vendor", vendors)):
            self.fields[field].choices = [("", "None"), *((name, name) for name in names)]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, account: Account) -> "AccountForm":
        """Filled with what the registry says now."""
        shown = {name: value for name, value in asdict(entry_of(account)).items() if name != "external_id"}
        return cls(initial=shown | {"seen": seen_mark(account)})

    def changes(self) -> dict[str, object]:
        """What is to be written, in the words of the registry."""
        wanted = dict(self.cleaned_data)
        is_forgotten = wanted.pop("forgets_external_id")
        wanted.pop("seen")
        if is_forgotten:
            wanted["external_id"] = ""
        elif not wanted["external_id"]:
            del wanted["external_id"]
        return wanted


def seen_mark(account: Account) -> str:
    """Stands for what the page showed, so that nobody overwrites what they did not see."""
    return mark_of(asdict(replace(entry_of(account), external_id="")))


class DeclarationForm(forms.Form):
    """That a region is unused: how it is known, and until when the word holds."""

    scope = forms.ModelChoiceField(Scope.objects.none(), label="Region", empty_label=None)
    evidence = forms.CharField(
        label="How is it known?",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Which policy denies SES there, who was asked, and where that is written.",
    )
    ends_on = forms.DateField(
        label="Holds until", widget=DayInput, help_text="A year at most; then it is looked at anew."
    )

    def __init__(self, *args: Any, scopes: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["scope"]
        field.queryset = scopes  # type: ignore[attr-defined]
        field.label_from_instance = lambda scope: scope.region  # type: ignore[attr-defined]


class AccountFileForm(forms.Form):
    """A file of accounts."""

    file = forms.FileField(label="CSV or YAML file", max_length=200)
    is_check = forms.BooleanField(required=False, label="Only say what would be done")
