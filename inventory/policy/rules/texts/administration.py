"""Who might change the identity itself, and the trace of a known attack."""

from inventory.policy.rules.rule_texts import Correction, RuleText, Severity
from inventory.policy.rules.texts import references as ref
from inventory.policy.rules.texts.statements import PINNED

ADMINISTRATION_TEXTS = (
    RuleText(
        rule_id="policy-admin-delegated",
        title="An outsider may be able to change the identity or its policies",
        severity=Severity.HIGH,
        why=(
            "The statement covers actions that change the identity or its policies (ses:* covers them all). AWS "
            "documents these actions for principals of the owner's own account and does not say whether it honours "
            "them across accounts, so this is possible, not proven. If it is honoured, the outsider can "
            "let in anyone else and stay after being removed."
        ),
        correction=Correction.REPLACE,
        console=(
            "Replace the actions by the send actions that the delegate needs: ses:SendEmail and ses:SendRawEmail.",
            "Look in CloudTrail for policy and identity changes that this principal has made.",
        ),
        statement=PINNED,
        references=(
            ref.NHI5,
            ref.LEAST,
            ref.SHARING,
            ref.AC_3,
            ref.AC_6,
            ref.CSF,
            ref.SOC_LEAST,
            ref.ISO_RIGHTS,
            ref.ADMIN_EXAMPLES,
            ref.ANATOMY,
        ),
    ),
    RuleText(
        rule_id="endgame-marker",
        title="The policy carries the mark of a known attack tool",
        severity=Severity.CRITICAL,
        why=(
            "A published attack tool plants a policy that keeps the owner's root and adds an outside principal, both "
            "with every action, and marks it Endgame. Either someone has tested the tool here, or an attacker who "
            "could already write your policies has left a way back."
        ),
        correction=Correction.REMOVE,
        console=(
            "Treat it as an incident: save the policy and the CloudTrail events that wrote it before you change it.",
            "Delete the policy.",
            "Find the principal that wrote it, revoke its sessions and keys, and look for its other changes.",
            "Search your other identities, and other resource policies, for the same outside account.",
        ),
        references=(ref.NHI3, ref.SHARING, ref.AC_2, ref.AC_3, ref.CSF, ref.SOC_ACCESS, ref.GDPR, ref.ANATOMY),
    ),
)
