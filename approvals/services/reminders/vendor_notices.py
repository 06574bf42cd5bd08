"""What a vendor's contacts are told before their access ends: one mail per address, whatever ends on that day."""

from collections.abc import Iterable
from datetime import date, datetime

from approvals.models import Grant
from approvals.rules.states import Decision
from inventory.services.notices.notices import tell_address

VENDOR_STEPS = (30, 7, 0)


def tell_vendor(grant: Grant, due: Iterable[int], *, on: date, at: datetime) -> None:
    """Tell the contacts of the latest of their steps that is due; nothing internal is said."""
    step = min((each for each in due if each in VENDOR_STEPS), default=None)
    if step is None or grant.vendor is None:
        return
    ends_on = grant.effective_ends_on
    ending = Grant.objects.filter(vendor=grant.vendor, effective_ends_on=ends_on, decision=Decision.APPROVED)
    names = sorted(set(ending.values_list("identity__name", flat=True)))
    for address in {contact.email.lower() for contact in grant.vendor.contacts.exclude(email="")}:
        tell_address(
            address,
            key=f"vendor {grant.vendor.pk} ends {ends_on} step {step}",
            subject=f"Your permission to send mail as {names[0]}{' and others' if len(names) > 1 else ''} ends",
            text=_letter(names, ends_on, on),
            at=at,
        )


def _letter(names: list[str], ends_on: date, on: date) -> str:
    last = f"{ends_on:%d %B %Y}".lstrip("0")
    when = "Today is" if ends_on == on else f"{last} is"
    listed = "\n".join(f"- {name}" for name in names)
    return (
        "Hello,\n\n"
        f"{when} the last day on which you may send mail through Amazon SES as:\n\n{listed}\n\n"
        "From the day after, Amazon SES refuses what you send as these names. If you still need the permission, ask "
        "your contact with us to renew it in good time. If you no longer need it, there is nothing to do.\n\n"
        "This mail was sent automatically.\n"
    )
