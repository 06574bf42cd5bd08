"""A request to SES, as the laboratory asks for it."""

from django import forms

from inventory.policy.actions import ACTIONS_BY_CLASS
from inventory.policy.channels import Channel

_CLASSES = {
    "send": "Send mail",
    "send-limited": "Send in a limited way",
    "policy-admin": "Change policies",
    "identity-admin": "Change the identity",
}
ACTION_CHOICES = [
    (label, [(f"ses:{action}", f"ses:{action}") for action in ACTIONS_BY_CLASS[name]])
    for name, label in _CLASSES.items()
]


class QuestionForm(forms.Form):
    """A request to SES, as people describe it; blank where none is asked about."""

    caller = forms.CharField(
        required=False,
        max_length=2100,
        label="Caller",
        help_text="An account id, the ARN of a role or user, or a service. A role's session may follow after a space.",
    )
    action = forms.ChoiceField(required=False, choices=ACTION_CHOICES, label="Action", initial="ses:SendEmail")
    sender = forms.CharField(required=False, max_length=320, label="From address")
    recipients = forms.CharField(required=False, max_length=4000, label="Recipients", help_text="Apart by commas.")
    channel = forms.ChoiceField(
        required=False,
        choices=[(Channel.DIRECT.value, "Directly"), (Channel.VPC_ENDPOINT.value, "Through a VPC endpoint")],
        label="Way",
    )
    source_ip = forms.GenericIPAddressField(required=False, label="Source address")
    organization = forms.CharField(required=False, max_length=40, label="Caller's organization", help_text="o-...")
    source_account = forms.CharField(
        required=False, max_length=12, label="On behalf of", help_text="The account a service acts for."
    )
    at = forms.CharField(required=False, max_length=40, label="When (UTC)", help_text="Empty is now.")
    keys = forms.CharField(
        required=False,
        max_length=20_000,
        label="Other condition keys",
        help_text="One to a line: aws:SourceVpce = vpce-0a1b2c3d",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, field in self.fields.items():
            field.widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"help-{name}"
