"""Who is to own: a team or a person, chosen by name."""

from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError

from inventory.forms.days import DayInput
from inventory.models import OwnerRule, Team, User

REASON = forms.Textarea(attrs={"rows": 2})


def owner_choices(teams: Iterable[Team], people: Iterable[User]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Teams, then people, each under their heading."""
    groups = [
        ("Teams", [(f"team-{team.pk}", team.name) for team in teams]),
        ("People", [(f"user-{user.pk}", f"{user} ({user.email})") for user in people]),
    ]
    return [group for group in groups if group[1]]


class OwnerField(forms.ChoiceField):
    """One select over teams and people; cleans to the :class:`Team` or :class:`User`, active ones alone."""

    def __init__(self, *, label: str = "Owner") -> None:
        super().__init__(label=label, choices=_everybody)

    def clean(self, value: object) -> Team | User:
        kind, _, pk = str(super().clean(value)).partition("-")
        owner = (Team if kind == "team" else User).objects.filter(pk=int(pk), is_active=True).first()
        if not isinstance(owner, (Team, User)):
            raise ValidationError("This team or person is no longer active. Choose another.")
        return owner


def _everybody() -> list[tuple[str, object]]:
    teams = Team.objects.filter(is_active=True).order_by("name")
    return [("", "Choose a team or a person"), *owner_choices(teams, User.objects.active().order_by("name", "email"))]


class OwnerRuleForm(forms.Form):
    """A rule to add; the service checks the value."""

    kind = forms.ChoiceField(choices=OwnerRule.Kind.choices, label="Fits by")
    value = forms.CharField(
        max_length=500,
        label="Value",
        help_text="A domain (it and all below it), a 12-digit account id, or the id or path of an organizational unit.",
    )
    owner = OwnerField()
    position = forms.IntegerField(
        required=False, min_value=1, max_value=10_000, label="Place", help_text="Empty: after all others."
    )


class HandOnForm(forms.Form):
    """A new owner for good."""

    owner = OwnerField(label="New owner")
    reason = forms.CharField(required=False, max_length=1000, label="Why", widget=REASON)


class ActingOwnerForm(forms.Form):
    """An owner for some days."""

    owner = OwnerField(label="Acting owner")
    days = forms.IntegerField(
        min_value=1, max_value=30, initial=14, label="Days", help_text="Today included; 30 at most."
    )
    reason = forms.CharField(max_length=1000, label="Why", widget=REASON)


class ClaimForm(forms.Form):
    """A claim for oneself or a team of one's own."""

    owner = OwnerField(label="For")
    reason = forms.CharField(
        max_length=1000, label="Why", widget=REASON, help_text="What do you send with it? Security reads this."
    )

    def __init__(self, user: User, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        owner = self.fields["owner"]
        if isinstance(owner, OwnerField):
            owner.choices = owner_choices(user.teams.filter(is_active=True).order_by("name"), [user])


class DecisionForm(forms.Form):
    """An answer to a claim."""

    comment = forms.CharField(required=False, max_length=1000, label="Comment")
    decision = forms.ChoiceField(choices=[("confirm", "Confirm"), ("refuse", "Refuse")], widget=forms.HiddenInput)


class DeputyForm(forms.Form):
    """Who stands in, from when to when."""

    deputy = forms.ModelChoiceField(
        User.objects.filter(is_active=True, roles__contains=["owner"]),
        label="Deputy",
        help_text="People with the role of identity owner.",
    )
    from_on = forms.DateField(label="First day", widget=DayInput)
    until_on = forms.DateField(label="Last day", widget=DayInput)
