"""What people say of a vendor."""

from django import forms

from inventory.forms.days import DayInput
from inventory.forms.seen import SeenForm
from inventory.models import User, Vendor


class VendorForm(SeenForm):
    """The company, who answers for it inside, and its contract; the service checks the words."""

    name = forms.CharField(max_length=1000, label="Company")
    sponsor = forms.ModelChoiceField(
        User.objects.active(),
        required=False,
        label="Sponsor inside",
        empty_label="Nobody yet",
        help_text="Who answers for this company here.",
    )
    contract_ends_on = forms.DateField(
        required=False,
        label="Contract ends",
        help_text="The last valid day. From the day after, its accounts count as former partners.",
        widget=DayInput,
    )
    contract_reference = forms.CharField(
        required=False, max_length=1000, label="Contract", help_text="Its number or where it is kept."
    )
    note = forms.CharField(required=False, label="Note", widget=forms.Textarea(attrs={"rows": 3}))


class ContactForm(forms.Form):
    """Somebody at the vendor whom one can ask."""

    name = forms.CharField(max_length=1000, label="Name")
    email = forms.CharField(required=False, max_length=1000, label="E-mail")
    role = forms.CharField(required=False, max_length=1000, label="What they do there")


class AttachForm(forms.Form):
    """A registered account that is this vendor's."""

    account_id = forms.CharField(max_length=40, label="Account id", help_text="One that is registered: 4444-5555-6666.")


class SuggestionForm(forms.Form):
    """Accounts that somebody takes for one company's: one that is entered, or a new one of that name."""

    account_ids = forms.CharField(max_length=20_000, widget=forms.HiddenInput)
    vendor = forms.ModelChoiceField(Vendor.objects.all(), required=False, widget=forms.HiddenInput)
    name = forms.CharField(required=False, max_length=1000, label="Company")

    def clean_account_ids(self) -> list[str]:
        """The ids, as the page joined them."""
        return str(self.cleaned_data["account_ids"]).split()
