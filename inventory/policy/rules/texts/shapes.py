"""Policies that cannot be read, name nobody, or differ between regions."""

from inventory.policy.rules.rule_texts import Correction, RuleText, Severity
from inventory.policy.rules.texts import references as ref
from inventory.policy.rules.texts.statements import PINNED

SHAPE_TEXTS = (
    RuleText(
        rule_id="dangling-delegate",
        title="The policy names a user or role that was deleted",
        severity=Severity.LOW,
        why=(
            "AWS shows an id such as AIDA... or AROA... where the principal's name was, because the user or role no "
            "longer exists. Nobody can use the entry, and one made again under the same name cannot either. It hides "
            "what is live, and shows that nobody has looked at the policy since."
        ),
        correction=Correction.REMOVE,
        console=("Take the id out of the principals, or delete the policy where it names nobody else.",),
        references=(ref.NHI1, ref.AC_2, ref.CSF, ref.SOC_REMOVE, ref.ISO_RIGHTS, ref.UNIQUE_IDS),
    ),
    RuleText(
        rule_id="invalid-policy",
        title="A policy that cannot be fully understood",
        severity=Severity.MEDIUM,
        why=(
            "The text is not a policy, or uses a shape that AWS does not document for Amazon SES or no longer takes. "
            "What it allows cannot be said for certain, so nobody can approve or review it."
        ),
        correction=Correction.REPLACE,
        console=(
            "Look at the marked element; the note says what is wrong with it.",
            "Write the statement again with Principal, the send actions and this identity's ARN as the only resource.",
        ),
        statement=PINNED,
        references=(ref.AC_3, ref.CSF, ref.ANATOMY, ref.NOT_PRINCIPAL, ref.PRINCIPALS),
    ),
    RuleText(
        rule_id="region-drift",
        title="The copies of this identity in other regions let in others",
        severity=Severity.MEDIUM,
        why=(
            "The same name is verified in several regions, and each region has policies of its own. Somebody may send "
            "here who may not send elsewhere: a statement that was removed in one region often lives on in another."
        ),
        correction=Correction.COMPARE,
        console=(
            "Open the same identity in the other regions and compare the policies.",
            "Decide who should send from which region, and remove what is left over.",
        ),
        references=(ref.SHARING, ref.AC_2, ref.AC_3, ref.CSF, ref.PCI_REVIEW, ref.OWNER_TASKS),
    ),
)
