"""What a reviewer says of an item, and to whom items are handed on."""

from typing import Any

from django import forms

from approvals.rules.campaigns import DECISIONS
from inventory.filters.fields import row_number
from inventory.models import Team, User

_TEAM, _PERSON = "team", "person"


class ReviewForm(forms.Form):
    """``seen_hash`` and ``seen_number`` are the evidence and the number of decisions that the card showed."""

    decision = forms.ChoiceField(choices=[(each.value, each.value) for each in DECISIONS])
    note = forms.CharField(required=False)
    seen_hash = forms.CharField(max_length=64)
    seen_number = forms.IntegerField(min_value=0, max_value=32_767)


class HandOnForm(forms.Form):
    """A team or a person, and why."""

    to = forms.ChoiceField(label="To whom")
    reason = forms.CharField(label="Why", widget=forms.TextInput(attrs={"maxlength": "2000"}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        teams = Team.objects.filter(is_active=True).order_by("name").values_list("pk", "name")
        people = User.objects.active().order_by("name", "pk")
        self.fields["to"] = forms.ChoiceField(
            label="To whom",
            choices=[
                ("", "Choose a team or a person"),
                ("Teams", [(f"{_TEAM}:{pk}", name) for pk, name in teams]),
                ("People", [(f"{_PERSON}:{each.pk}", str(each)) for each in people]),
            ],
        )

    def clean_to(self) -> Team | User:
        kind, _, number = self.cleaned_data["to"].partition(":")
        pk = row_number(number)
        return Team.objects.get(pk=pk) if kind == _TEAM else User.objects.get(pk=pk)
