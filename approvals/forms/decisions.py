"""What an approver says of some lines of a request."""

from dataclasses import dataclass
from typing import Any

from django import forms

from approvals.rules.deciders import SlotKind
from inventory.filters.fields import row_number
from inventory.forms.days import DayInput

APPROVE, SHORTEN, REJECT, CHANGES = "approve", "shorten", "reject", "changes"


@dataclass(frozen=True, slots=True)
class Chosen:
    """One place to fill, and the hash of the terms that were on the page."""

    number: int
    terms_hash: str


class DecisionForm(forms.Form):
    """``kind`` is the side that the person speaks for, ``submission`` the one that they read."""

    decision = forms.ChoiceField(choices=[(each, each) for each in (APPROVE, SHORTEN, REJECT, CHANGES)])
    kind = forms.ChoiceField(choices=[(each.value, each.value) for each in SlotKind])
    submission = forms.IntegerField(min_value=0, max_value=32_767)
    ends_on = forms.DateField(required=False, label="Last day", widget=DayInput)
    comment = forms.CharField(
        required=False, label="What should be different, or why not", widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("decision") == SHORTEN and not said.get("ends_on") and "ends_on" not in self.errors:
            self.add_error("ends_on", "Choose the last day on which they may send.")
        return said


class LikeDecisionForm(forms.Form):
    """One answer to several like requests of the inbox."""

    decision = forms.ChoiceField(choices=[(APPROVE, "Approve"), (REJECT, "Reject")])
    comment = forms.CharField(required=False, label="Comment")


def chosen(values: list[str]) -> list[Chosen]:
    """What ticked boxes carry, ``number:hash``; what is none is left out."""
    pairs = [value.partition(":") for value in values]
    found = [Chosen(row_number(number), terms_hash[:64]) for number, _, terms_hash in pairs]
    return [each for each in found if each.number]
