"""What people say of a finding: how far it is, whose it is, a comment, an acceptance and its decision."""

from collections.abc import Iterable

from django import forms

from inventory.forms.days import DayInput
from inventory.models import RiskAcceptance, User
from inventory.services.findings.risk_acceptances import LONGEST_TEXT
from inventory.services.findings.triage import BY_HAND

NOBODY = "nobody"


class TriageForm(forms.Form):
    """Either may be left as it is. ``people`` are those to choose from."""

    def __init__(self, *args: object, people: Iterable[User], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        leave = ("", "Leave as it is")
        standing = [leave, *((each.value, each.label) for each in BY_HAND)]
        named = [leave, (NOBODY, "Nobody"), *((str(person.pk), str(person)) for person in people)]
        self.fields["disposition"] = forms.ChoiceField(required=False, label="Standing", choices=standing)
        self.fields["assignee"] = forms.ChoiceField(required=False, label="Assigned to", choices=named)


class CommentForm(forms.Form):
    """One remark."""

    text = forms.CharField(label="Comment", strip=False, widget=forms.Textarea(attrs={"rows": 3}))


class AcceptanceForm(forms.Form):
    """A request to let the finding stand."""

    kind = forms.ChoiceField(label="What is it?", choices=RiskAcceptance.Kind.choices)
    justification = forms.CharField(
        label="Why may it stand?",
        help_text="What limits the harm, and what will have changed by then.",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    until = forms.DateField(label="Last day", widget=DayInput)


class DecisionForm(forms.Form):
    """What security says to a request; the comment may be left out where it is approved."""

    decision = forms.ChoiceField(choices=[("approve", "Approve"), ("reject", "Reject")])
    comment = forms.CharField(
        label="Comment", required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2})
    )


class EndForm(forms.Form):
    """Why an acceptance ends before its day."""

    comment = forms.CharField(label="Why now?", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2}))
