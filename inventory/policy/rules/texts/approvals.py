"""What AWS allows and no approved grant covers."""

from inventory.policy.rules.rule_texts import Correction, RuleText, Severity
from inventory.policy.rules.texts import references as ref
from inventory.policy.rules.texts.statements import PINNED

APPROVAL_TEXTS = (
    RuleText(
        rule_id="unapproved-delegation",
        title="An outsider can act as this identity, and nobody has approved it",
        severity=Severity.HIGH,
        why=(
            "The policy lets in someone for whom there is no approved grant. Nobody has said that they may, for how "
            "long, or who answers for it, so nobody will notice when it should end."
        ),
        correction=Correction.REMOVE,
        console=(
            "Ask the owner of the identity whether this sender is wanted.",
            "If so, request a grant with an end date and put the policy in that the grant comes with.",
            "If not, or if nobody knows, take the statement out.",
        ),
        references=(ref.NHI1, ref.AC_2, ref.AC_3, ref.CSF, ref.PCI_GRANT, ref.SOC_ACCESS, ref.ISO_RIGHTS, ref.SENDING),
    ),
    RuleText(
        rule_id="scope-exceeded",
        title="The policy allows more than was approved",
        severity=Severity.HIGH,
        why=(
            "There is an approved grant for this sender, and the policy goes beyond it. What was looked at and agreed "
            "is not what is in force."
        ),
        correction=Correction.REPLACE,
        console=(
            "Replace the statement by the policy that the grant comes with, or",
            "request a grant for what is really needed, and have it approved.",
        ),
        statement=PINNED,
        references=(
            ref.NHI5,
            ref.LEAST,
            ref.AC_3,
            ref.AC_6,
            ref.CSF,
            ref.PCI_GRANT,
            ref.SOC_LEAST,
            ref.ISO_RIGHTS,
            ref.SENDING,
        ),
    ),
    RuleText(
        rule_id="grant-not-removed",
        title="A grant has ended, and AWS still lets its sender in",
        severity=Severity.HIGH,
        why=(
            "People agreed to this access until a day, and the day has come, or they have taken it back. The statement "
            "that lets the sender in is still there, so they can send as before. Three days after the end it is "
            "critical: by then somebody should have taken it out."
        ),
        correction=Correction.REMOVE,
        console=(
            "Take the statement out, and read the identity again: a reading that no longer finds it closes this.",
            "If the sender is still needed, ask for a new grant first, and put in the policy that it comes with.",
        ),
        references=(ref.NHI1, ref.AC_2, ref.AC_3, ref.CSF, ref.PCI_GRANT, ref.SOC_ACCESS, ref.ISO_RIGHTS, ref.SENDING),
    ),
    RuleText(
        rule_id="renewal-overdue",
        title="A grant ends soon, and nobody has said what comes then",
        severity=Severity.MEDIUM,
        why=(
            "The grant ends within 14 days. On the day after its last one the sender is refused, and whoever relies on "
            "their mail finds out then. Two people have to approve a renewal, which takes days of its own."
        ),
        correction=Correction.DECIDE,
        console=(
            "Ask whoever relies on the sender whether it is still needed.",
            "If so, renew the grant now; if not, say on its page that it will not be renewed.",
        ),
        references=(ref.NHI1, ref.AC_2, ref.CSF, ref.PCI_GRANT, ref.SOC_ACCESS, ref.ISO_RIGHTS, ref.SENDING),
    ),
    RuleText(
        rule_id="break-glass-unconfirmed",
        title="Access was given at once by one person, and two others did not agree to it",
        severity=Severity.CRITICAL,
        why=(
            "Security on call may let somebody in alone for at most 72 hours, if the owner of the identity and a "
            "second person of security agree within two business days. Nobody did, or one of them said no. The grant "
            "is revoked, and until a reading shows that its access is gone, somebody may send who has no right to."
        ),
        correction=Correction.REMOVE,
        console=(
            "Take the statement out at once, and read the identity again.",
            "Find out what was sent in the meantime, and why one person was thought to be enough.",
        ),
        references=(ref.NHI1, ref.AC_2, ref.AC_3, ref.CSF, ref.PCI_GRANT, ref.SOC_ACCESS, ref.ISO_RIGHTS, ref.SENDING),
    ),
)
