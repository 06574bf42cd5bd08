"""What is asked of who runs a review."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from approvals.forms.request_form import LinesField
from approvals.models import Campaign
from approvals.rules.campaigns import period_before
from approvals.services.campaigns.campaigns import SCOPE_KINDS, Asked
from approvals.services.campaigns.schedule import DECIDED_WITHIN, REMEDIATED_WITHIN, period_name
from inventory.forms.days import DayInput
from inventory.models import Account, Identity, Team, Vendor
from inventory.services.settings.catalogue import REVIEWS
from inventory.services.settings.in_force import InForce
from inventory.words import ENVIRONMENT

_OTHER = ""
_PERIODS_BACK = ((3, 3), (6, 2))
_NO_DAY = {"invalid": "There is no such day. Write it as year, month and day: 2027-03-31."}


def period_choices(on: date) -> list[tuple[str, str]]:
    """The last quarters and half-years that are over, with their exact days."""
    return [*_periods(on), (_OTHER, "Other days, below")]


def _periods(on: date) -> Iterator[tuple[str, str]]:
    for months, number in _PERIODS_BACK:
        day = on
        for _ in range(number):
            first, last = period_before(day, months=months)
            yield f"{first}/{last}", f"{period_name(first, months)}: {first} to {last}"
            day = first


class _ManyField(forms.MultipleChoiceField):
    """Some of many, none meaning all."""

    def __init__(self, label: str) -> None:
        super().__init__(label=label, required=False, widget=forms.SelectMultiple(attrs={"size": 5}))


class CampaignForm(forms.Form):
    """A review as it is begun or, while it is a draft, changed. What is chosen narrows; nothing chosen means all."""

    name = forms.CharField(
        label="Name", required=False, max_length=200, help_text="Left empty, it is named after its period."
    )
    period = forms.ChoiceField(label="Period", required=False)
    period_from = forms.DateField(label="From", required=False, widget=DayInput, error_messages=_NO_DAY)
    period_to = forms.DateField(label="To", required=False, widget=DayInput, error_messages=_NO_DAY)
    starts_on = forms.DateField(label="Reviewers are asked on", widget=DayInput, error_messages=_NO_DAY)
    due_on = forms.DateField(
        label="Decided by",
        widget=DayInput,
        error_messages=_NO_DAY,
        help_text="What nobody has decided after this day counts as not reviewed and is taken out after 14 days.",
    )
    remediate_by_on = forms.DateField(
        label="Removed by", widget=DayInput, error_messages=_NO_DAY, help_text="By when readings are to show removals."
    )
    fallback_team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True).order_by("name"),
        label="Reviews what has no owner",
        required=False,
        empty_label="The security team",
        help_text="Also where the owner asked for the access, or has left.",
    )
    frequency = forms.ChoiceField(label="How often this is reviewed", choices=REVIEWS)
    frequency_basis = forms.CharField(
        label="Why that often",
        required=False,
        max_length=500,
        help_text="For auditors: which rule or risk assessment asks for it.",
    )
    account = _ManyField("Accounts")
    vendor = _ManyField("Vendors")
    team = _ManyField("Teams")
    environment = _ManyField("Environments")
    sending_name = LinesField(
        label="Sending names",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text="One to a line: shop.example.com",
    )

    def __init__(self, *args: Any, on: date, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen: Mapping[str, Sequence[tuple[str, str]]] = {
            "period": period_choices(on),
            "account": _accounts(),
            "vendor": [(str(each.pk), each.name) for each in Vendor.objects.order_by("name")],
            "team": [(str(each.pk), each.name) for each in Team.objects.order_by("name")],
            "environment": [(key, label) for key, label in ENVIRONMENT.items() if key],
        }
        for name, choices in chosen.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # each of them is a choice

    @property
    def main(self) -> list[forms.BoundField]:
        """What everybody fills in."""
        return [self[name] for name in self.fields if name not in SCOPE_KINDS]

    @property
    def narrowing(self) -> list[forms.BoundField]:
        """What narrows the population."""
        return [self[name] for name in SCOPE_KINDS]

    @property
    def is_narrowed(self) -> bool:
        """Whether something in the fold is chosen or wrong."""
        return any(field.errors or field.value() for field in self.narrowing)

    def clean_sending_name(self) -> tuple[str, ...]:
        """Each must be one that an identity has."""
        names = tuple(dict.fromkeys(each.lower() for each in self.cleaned_data["sending_name"]))
        known = set(Identity.objects.filter(sending_name__in=names).values_list("sending_name", flat=True))
        if unknown := [each for each in names if each not in known]:
            raise forms.ValidationError(
                f"No identity sends as {unknown[0][:100]}. Write it as the list of names has it."
            )
        return names

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("period"):
            first, last = said["period"].split("/")
            said["period_from"], said["period_to"] = date.fromisoformat(first), date.fromisoformat(last)
            said["name"] = said.get("name") or dict(self.fields["period"].choices)[said["period"]].split(":")[0]  # type: ignore[attr-defined]
        for name in ("period_from", "period_to"):
            if not said.get(name) and name not in self.errors:
                self.add_error(name, "Choose the day, or one of the periods above.")
        if not said.get("name") and "name" not in self.errors:
            self.add_error("name", "Give the review a name.")
        return said

    def asked(self) -> Asked:
        """What is asked for, once the form holds."""
        said = dict(self.cleaned_data)
        said.pop("period")
        return Asked(scope={kind: said.pop(kind) for kind in SCOPE_KINDS}, **said)


def usual(on: date, now: InForce) -> dict[str, object]:
    """What a new review begins with: the last whole period by the settings in force."""
    months = 6 if now.review_frequency == "half_yearly" else 3
    first, last = period_before(on, months=months)
    return {
        "period": f"{first}/{last}",
        "starts_on": on,
        "due_on": on + DECIDED_WITHIN,
        "remediate_by_on": on + REMEDIATED_WITHIN,
        "frequency": now.review_frequency,
        "frequency_basis": now.review_basis,
    }


def stored(campaign: Campaign, on: date) -> dict[str, object]:
    """What the form shows of a draft."""
    period = f"{campaign.period_from}/{campaign.period_to}"
    names = ("name", "period_from", "period_to", "starts_on", "due_on", "remediate_by_on", "fallback_team")
    said = {name: getattr(campaign, name) for name in (*names, "frequency", "frequency_basis")}
    said["period"] = period if period in dict(period_choices(on)) else _OTHER
    scope = {kind: campaign.scope.get(kind, []) for kind in SCOPE_KINDS}
    return said | scope | {"sending_name": "\n".join(scope["sending_name"])}


def _accounts() -> list[tuple[str, str]]:
    rows = Account.objects.filter(scopes__isnull=False).distinct().order_by("name", "account_id")
    return [(each.account_id, f"{each.name or 'No name'} {each.account_id}") for each in rows]


class StageForm(forms.Form):
    """Freeze; where sight falls short, why that is accepted."""

    override_reason = forms.CharField(
        label="Why the review goes on without",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Every export prints it with your name, beside what was not read.",
    )

    def __init__(self, *args: Any, falls_short: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not falls_short:
            self.fields["override_reason"].widget = forms.HiddenInput()


class SignForm(forms.Form):
    """What security attests to."""

    attestation = forms.CharField(
        label="I attest",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="A suggestion from what is recorded. Change what you cannot stand behind. Exports print it as it is.",
    )


class EndForm(forms.Form):
    """Why it ends so."""

    reason = forms.CharField(
        label="Why",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It stands in the audit trail and in exports.",
    )
