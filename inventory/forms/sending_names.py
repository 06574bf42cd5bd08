"""What people say of a sending name."""

from django import forms

from inventory.forms.seen import SeenForm
from inventory.models import Team

NOTE = forms.Textarea(attrs={"rows": 2})


class SendingNameNoteForm(SeenForm):
    """The note and the team that answers for the name."""

    owner_team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True), required=False, label="Owning team", empty_label="None of its own"
    )
    note = forms.CharField(required=False, label="Note", widget=NOTE, help_text="What is sent under this name?")


class SendingNameForm(SendingNameNoteForm):
    """A name to confirm; the service checks the domain."""

    field_order = ("domain", "owner_team", "note")
    domain = forms.CharField(
        max_length=1000, label="Domain", help_text="As people know it: shop.example.com, or with letters of any script."
    )
