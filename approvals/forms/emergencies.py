"""What is asked of somebody who acts in an emergency."""

from collections.abc import Iterable

from django import forms

from inventory.models import User

_LONGEST = 2000


class ReasonForm(forms.Form):
    """Why; it stands in the audit trail."""

    reason = forms.CharField(
        label="Why",
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It stands in the audit trail.",
    )


class ContainForm(ReasonForm):
    """``can_tell_vendor``: the registry has an address of somebody at the vendor."""

    is_vendor_told = forms.BooleanField(
        required=False,
        initial=True,
        label="Tell the vendor's contact by mail",
        help_text="Leave this out where the vendor itself may be the attacker.",
    )

    def __init__(self, *args: object, can_tell_vendor: bool, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        if not can_tell_vendor:
            del self.fields["is_vendor_told"]


class StandInForm(ReasonForm):
    """Who decides for the owner's side; ``people`` are those who may."""

    def __init__(self, *args: object, people: Iterable[User], **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        named = [("", "Choose somebody"), *((str(each.pk), f"{each} ({each.email})") for each in people)]
        self.fields["stand_in"] = forms.ChoiceField(label="Stand-in", choices=named)
        self.fields["reason"].label = "Why can the owner's side not decide?"
        self.order_fields(["stand_in", "reason"])
