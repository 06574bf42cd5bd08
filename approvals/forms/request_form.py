"""The form by which people ask: who sends, as what, until when, why."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.conf import settings

from approvals.rules.wishes import Wish
from approvals.services.requests.asking import Newcomer
from inventory.forms.days import DayInput
from inventory.forms.seen import SeenForm
from inventory.models import Account, Identity
from inventory.policy.account_ids import account_of_arn, is_account_id
from inventory.policy.actions import SEND_ACTIONS
from inventory.policy.grants.terms import PinnedService
from inventory.services.settings.in_force import in_force

USUAL_ACTIONS = ("ses:SendEmail", "ses:SendRawEmail")
_LINES = forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"})
_NO_DAY = {"invalid": "There is no such day. Write it as year, month and day: 2027-03-31."}
_GROUPED = re.compile(r"[\d\s-]+")
# Where a refusal of the services is said.
FIELD_OF = {
    "identity": "identities",
    "identity_arn": "identities",
    "time_zone": "ends_on",
    "principals.service": "service",
    "principals.source_account": "service",
}


class LinesField(forms.CharField):
    """One to a line, or apart by commas; cleans to a tuple of texts."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return tuple(line.strip().rstrip(";") for line in text.replace(",", "\n").splitlines() if line.strip())


class PrincipalsField(LinesField):
    """Account ids, with or without hyphens, and ARNs; cleans to both without hyphens."""

    def clean(self, value: Any) -> Any:
        return tuple(_principal(each) for each in super().clean(value))


class RequestForm(SeenForm):
    """One request. ``senders`` are the choices of whom one knows, ``identities`` those that the person may ask for."""

    sender = forms.ChoiceField(required=False, label="Company or account")
    principals = PrincipalsField(
        required=False,
        max_length=20_000,
        label="Account id, or ARN of a role or user",
        widget=_LINES,
        help_text="One to a line: 4444-5555-6666, or arn:aws:iam::444455556666:role/mailer. With a company chosen "
        "above, only these roles or users of it are let in, and for longer.",
    )
    company = forms.CharField(
        required=False,
        max_length=1000,
        label="Company behind it",
        widget=forms.TextInput(attrs={"list": "companies", "autocomplete": "off"}),
        help_text="Only for an account that nobody has registered: this registers it.",
    )
    contact_name = forms.CharField(required=False, max_length=1000, label="Whom to ask there")
    contact_email = forms.CharField(required=False, max_length=1000, label="Their e-mail")
    service = forms.CharField(
        required=False,
        max_length=200,
        label="An AWS service acts for the account",
        help_text="Such as cognito-idp.amazonaws.com. It is let in for the chosen account alone.",
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    identities = forms.ModelMultipleChoiceField(
        Identity.objects.none(),
        required=False,
        label="Identities",
        error_messages={"invalid_choice": "One of these is no longer there. Choose again."},
    )
    find = forms.CharField(
        required=False,
        max_length=320,
        label="Find a domain or address",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "shop.example.com", "autocomplete": "off"}),
    )
    from_addresses = LinesField(
        required=False,
        max_length=20_000,
        label="Only as these addresses",
        widget=_LINES,
        help_text="One to a line, such as news@shop.example.com, or only news. Empty: any address of it.",
    )
    recipients = LinesField(
        required=False,
        max_length=20_000,
        label="Only to these addresses",
        widget=_LINES,
        help_text="One to a line; *@example.com is everybody there. Empty: to anybody.",
    )
    networks = LinesField(
        required=False,
        max_length=20_000,
        label="Only from these networks",
        widget=_LINES,
        help_text="One to a line, such as 203.0.113.0/24. Empty: from anywhere.",
    )
    actions = forms.MultipleChoiceField(
        required=False, label="Which calls", initial=USUAL_ACTIONS, widget=forms.CheckboxSelectMultiple
    )
    starts_on = forms.DateField(
        required=False,
        label="From",
        widget=DayInput,
        error_messages=_NO_DAY,
        help_text="Empty: as soon as two people agreed.",
    )
    ends_on = forms.DateField(
        label="Last day", widget=DayInput, error_messages=_NO_DAY | {"required": "Choose the last day."}
    )
    time_zone = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    justification = forms.CharField(
        required=False,
        label="What is it for?",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Whoever decides reads this: what is sent, to whom, and what stops without it.",
    )
    ticket = forms.CharField(required=False, max_length=1000, label="Ticket")

    def __init__(self, *args: Any, senders: Any, identities: Any, actions: Iterable[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.use_required_attribute = False
        self.fields["sender"].choices = senders  # type: ignore[attr-defined]
        self.fields["identities"].queryset = identities  # type: ignore[attr-defined]
        usual = [f"ses:{each}" for each in SEND_ACTIONS]
        every = [*usual, *(each for each in actions if each not in usual)]
        self.fields["actions"].choices = [(each, each) for each in every]  # type: ignore[attr-defined]
        self.fields["time_zone"].initial = settings.SESGOV_TIME_ZONE.key
        self.fields["ticket"].required = in_force().require_ticket
        for name, field in self.fields.items():
            field.widget.attrs["aria-describedby"] = f"id_{name}_helptext error-{name}"

    def clean_identities(self) -> list[Identity]:
        """The chosen ones; at least one."""
        chosen = list(self.cleaned_data["identities"])
        if not chosen:
            raise forms.ValidationError("Choose as what they may send.")
        return chosen

    def clean_time_zone(self) -> str:
        """Days are those of one time zone: the one that the page was written with."""
        said, now = self.cleaned_data["time_zone"], settings.SESGOV_TIME_ZONE.key
        if said not in ("", now):
            self.add_error(
                "ends_on", f"Days are now counted in {now}, no longer in {said}. Check both days, and send again."
            )
        return str(now)

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        try:
            said["let_in"] = self._let_in(said)
        except forms.ValidationError as error:
            self.add_error(None, error)
        return said

    def _let_in(self, said: dict[str, Any]) -> tuple[tuple[str, ...], tuple[PinnedService, ...]]:
        """Principals and services, from the company that is chosen and what is written below it."""
        if "principals" not in said or "sender" not in said:
            return (), ()
        chosen, written = sender_accounts(said["sender"]), said["principals"]
        if not chosen and not written:
            raise forms.ValidationError({"sender": "Choose who will send, or write an account below."})
        for each in written:
            account = each if is_account_id(each) else account_of_arn(each)
            if chosen and account not in chosen:
                raise forms.ValidationError(
                    {"principals": f"{each} is not of the company or account chosen above. Choose that one, or none."}
                )
        principals = written or tuple(chosen)
        if said.get("service"):
            return (), tuple(PinnedService(said["service"], _account(each)) for each in principals)
        return principals, ()

    def wish(self, *, ends_on: date | None = None) -> Wish | None:
        """What is asked for, as far as it is written; ``None`` where nobody is named. ``ends_on`` where none is yet."""
        said = self.cleaned_data
        principals, services = said.get("let_in", ((), ()))
        last = said.get("ends_on") or ends_on
        if last is None or not (principals or services):
            return None
        return Wish(
            principals=principals,
            services=services,
            actions=tuple(said.get("actions", ())) or USUAL_ACTIONS,
            addresses=said.get("from_addresses", ()),
            recipients=said.get("recipients", ()),
            networks=said.get("networks", ()),
            starts_on=said.get("starts_on"),
            ends_on=last,
        )

    def newcomer(self) -> Newcomer:
        """What was said of an account that nobody registered."""
        said = self.cleaned_data
        return Newcomer(*(said.get(name, "") for name in ("company", "contact_name", "contact_email")))


def shown_wish(wish: Wish) -> dict[str, Any]:
    """What the form shows of a wish: everybody who is let in by their id."""
    return {
        "sender": "",
        "principals": "\n".join([*wish.principals, *(each.source_account for each in wish.services)]),
        "service": wish.services[0].service if wish.services else "",
        "from_addresses": "\n".join(wish.addresses),
        "recipients": "\n".join(wish.recipients),
        "networks": "\n".join(wish.networks),
        "actions": list(wish.actions),
        "starts_on": wish.starts_on.isoformat() if wish.starts_on else "",
        "ends_on": wish.ends_on.isoformat(),
    }


def sender_accounts(sender: str) -> list[str]:
    """The accounts behind a choice: ``account-444455556666`` or ``vendor-3``."""
    kind, _, key = sender.partition("-")
    if kind == "account":
        return [key]
    if kind == "vendor" and key.isdecimal():
        rows = Account.objects.filter(vendor=int(key), relationship=Account.Relationship.PARTNER)
        return list(rows.order_by("account_id").values_list("account_id", flat=True))
    return []


def _principal(text: str) -> str:
    if not _GROUPED.fullmatch(text):
        return text
    digits = re.sub(r"[\s-]", "", text)
    if not is_account_id(digits):
        raise forms.ValidationError(
            f"{text} has {len(digits)} digits; an account id has exactly 12, leading zeros included."
        )
    return digits


def _account(principal: str) -> str:
    if is_account_id(principal):
        return principal
    raise forms.ValidationError({"service": f"A service acts for an account: write its 12 digits, not {principal}."})
