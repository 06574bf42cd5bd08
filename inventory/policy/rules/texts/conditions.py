"""Conditions and denials that do not do what they seem to."""

from inventory.policy.rules.rule_texts import Correction, RuleText, Severity
from inventory.policy.rules.texts import references as ref
from inventory.policy.rules.texts.statements import PINNED

CONDITION_TEXTS = (
    RuleText(
        rule_id="bulk-escapes-from",
        title="Bulk sending escapes the limit on addresses",
        severity=Severity.HIGH,
        why=(
            "ses:SendBulkEmail carries neither a from-address nor recipients for a policy to check. A condition that "
            "is negated, ends in IfExists, uses ForAllValues or Null passes when the key is missing, and a Deny on "
            "such a key does not fire: with bulk calls the delegate can use any address."
        ),
        correction=Correction.REPLACE,
        console=(
            "Name the actions one by one and leave ses:SendBulkEmail out, or",
            "write the limit as a positive StringEquals or StringLike on ses:FromAddress: then bulk calls are refused.",
        ),
        statement=PINNED,
        references=(ref.NHI5, ref.AC_3, ref.AC_6, ref.CSF, ref.SES_KEYS, ref.OPERATORS, ref.SETS),
    ),
    RuleText(
        rule_id="inert-condition",
        title="A condition that no direct call can meet",
        severity=Severity.MEDIUM,
        why=(
            "The condition asks for a key that does not exist (ses:RequireTLS, ses:MessageSize) or that direct calls "
            "never carry (aws:SourceAccount, aws:SourceArn). The statement lets nobody in directly: the partner cannot "
            "send, and the next person to mend that may drop the condition and open it to everyone. A checklist that "
            "looks only for the presence of a condition would call this safe."
        ),
        correction=Correction.REPLACE,
        console=(
            "Replace aws:SourceAccount by the account as principal, or by aws:PrincipalAccount.",
            "Demand TLS with a configuration set whose TLS policy is REQUIRE, not with a condition.",
        ),
        statement=PINNED,
        references=(ref.AC_3, ref.SC_8, ref.CSF, ref.SES_KEYS, ref.GLOBAL_KEYS, ref.TLS),
    ),
    RuleText(
        rule_id="vacuous-condition",
        title="A condition that changes nothing",
        severity=Severity.LOW,
        why=(
            "Taking the condition away would let in exactly the same callers: the key is missing from their calls and "
            "the operator passes when it is, or the key describes your own resource. It looks like protection in a "
            "review and is none."
        ),
        correction=Correction.REPLACE,
        console=(
            "Decide what the condition was meant to say.",
            (
                "Use the plain operator without IfExists or ForAllValues, on a key of the caller such as "
                "aws:PrincipalOrgID or aws:PrincipalAccount, or name the principal."
            ),
        ),
        statement=PINNED,
        references=(ref.AC_3, ref.AC_6, ref.CSF, ref.OPERATORS, ref.SETS, ref.GLOBAL_KEYS),
    ),
    RuleText(
        rule_id="dead-deny",
        title="A Deny that does not keep out whom it names",
        severity=Severity.MEDIUM,
        why=(
            "The Deny can never fire, because its condition asks for a key that calls do not carry, or it is passed by "
            "another way in: a policy on a single address wins over the one on its domain, and each region has "
            "policies of its own. Whoever relies on it relies on nothing."
        ),
        correction=Correction.REPLACE,
        console=(
            (
                "Write the Deny so that a missing key makes it fire: StringNotEquals rather than StringEquals, and no "
                "ForAnyValue."
            ),
            "Put the same Deny on every address identity below the domain and on each region's copy, or",
            "leave the Deny and narrow the Allow that made it necessary.",
            "A Deny of this kind also stops AWS services and your own principals that do not meet it: try it first.",
        ),
        statement={
            "Sid": "OnlyOurOrganization",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "ses:Send*",
            "Resource": "IDENTITY_ARN",
            "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "OUR_ORGANIZATION_ID"}},
        },
        references=(ref.AC_3, ref.CSF, ref.OWNER_TASKS, ref.OPERATORS, ref.SETS, ref.EVALUATION),
    ),
)
