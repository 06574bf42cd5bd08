"""What people say of people and teams."""

from django import forms

from inventory.forms.seen import SeenForm
from inventory.models import Role, Team

ALIASES = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
ALIASES_HELP = "Other words in owner tags that mean the same, one to a line."


class AliasesField(forms.CharField):
    """Lines; cleans to a list of words."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=20_000, label="Aliases", widget=ALIASES, help_text=ALIASES_HELP)

    def clean(self, value: object) -> list[str]:
        return [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]


class PersonForm(SeenForm):
    """A person's name, roles, teams and aliases."""

    name = forms.CharField(max_length=200, label="Name")
    roles = forms.MultipleChoiceField(
        required=False,
        choices=Role.choices,
        label="Roles",
        widget=forms.CheckboxSelectMultiple,
        help_text="Without a role a person sees nothing.",
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.order_by("name"), required=False, label="Teams", widget=forms.CheckboxSelectMultiple
    )
    aliases = AliasesField()


class NewPersonForm(PersonForm):
    """A person to add."""

    field_order = ("email",)
    email = forms.EmailField(max_length=254, label="E-mail address", help_text="They sign in with it.")


class TeamForm(SeenForm):
    """A team's name, address and aliases."""

    name = forms.CharField(max_length=200, label="Name")
    email = forms.EmailField(required=False, max_length=254, label="E-mail address")
    aliases = AliasesField()
