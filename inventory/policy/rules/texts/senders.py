"""Who can send: the rules about callers that nobody named, does not know, or no longer knows."""

from inventory.policy.rules.rule_texts import Correction, RuleText, Severity
from inventory.policy.rules.texts import references as ref
from inventory.policy.rules.texts.statements import PINNED, PINNED_SERVICE

SENDER_TEXTS = (
    RuleText(
        rule_id="public-send",
        title="Anyone with an AWS account can send as this identity",
        severity=Severity.CRITICAL,
        why=(
            "The policy lets callers in that nobody chose: whoever opens an AWS account can send mail as you. "
            "The mail is signed with your DKIM key, so it passes DMARC and looks exactly like your own. "
            "The sender pays and their bounces count for them, but the phishing carries your name."
        ),
        correction=Correction.REPLACE,
        console=(
            "Find out who is meant to send: ask the owner of the identity, and look at the policy's name and Sid.",
            "Replace the wildcard principal by the sender's role, add the address they need and an end date.",
            "If nobody can say who it is for, delete the policy: your own account does not need it to send.",
        ),
        statement=PINNED,
        references=(
            ref.SHARING,
            ref.LEAST,
            ref.NHI5,
            ref.AC_3,
            ref.CSF,
            ref.SOC_ACCESS,
            ref.ISO_CONTROL,
            ref.GDPR,
            ref.ANATOMY,
            ref.SENDING_EXAMPLES,
        ),
    ),
    RuleText(
        rule_id="public-send-limited",
        title="Anyone with an AWS account can send, within limits of address or recipient",
        severity=Severity.HIGH,
        why=(
            "The policy limits what may be sent (from which address, or to whom) but not who may send it. "
            "A stranger can still send signed mail as you inside those limits; they only have to keep to them."
        ),
        correction=Correction.REPLACE,
        console=(
            "Keep the condition on the address or the recipients.",
            "Replace the wildcard principal by the sender's role, and add an end date.",
        ),
        statement=PINNED,
        references=(ref.SHARING, ref.LEAST, ref.NHI5, ref.AC_3, ref.CSF, ref.SOC_ACCESS, ref.SENDING_EXAMPLES),
    ),
    RuleText(
        rule_id="undetermined-send",
        title="A policy allows sending, and it cannot be said to whom",
        severity=Severity.HIGH,
        why=(
            "The statement rests on something whose effect is not known: an operator, a key or a kind of principal "
            "that AWS does not document for Amazon SES. Until it is known, it is treated as if anyone could send."
        ),
        correction=Correction.REPLACE,
        console=(
            "Look at the marked element; the note beside it says what could not be judged.",
            "Write the statement with a plain principal and documented condition keys only.",
        ),
        statement=PINNED,
        references=(ref.SHARING, ref.AC_3, ref.CSF, ref.SES_KEYS, ref.GLOBAL_KEYS, ref.OPERATORS),
    ),
    RuleText(
        rule_id="network-only-send",
        title="Only a network limits who can send",
        severity=Severity.HIGH,
        why=(
            "The policy asks from where a call comes but not who makes it. Any AWS account that can send a packet from "
            "that range, VPC or endpoint can send as you: a shared office, a cloud address that changes hands, a guest."
        ),
        correction=Correction.REPLACE,
        console=(
            "Keep the network condition.",
            "Replace the wildcard principal by the sender's role, so that both the caller and the network must fit.",
        ),
        statement=PINNED,
        references=(ref.SHARING, ref.LEAST, ref.NHI5, ref.AC_3, ref.CSF, ref.GLOBAL_KEYS),
    ),
    RuleText(
        rule_id="unknown-account-send",
        title="An account that nobody knows can send as this identity",
        severity=Severity.HIGH,
        why=(
            "The policy names an account, organization or principal that is in no register of ours: neither our "
            "organization nor a partner on record. It may be a forgotten vendor, a slip in twelve digits, or an "
            "attacker who wanted to stay. Until someone says who it is, nobody can say whether it should be there."
        ),
        correction=Correction.REMOVE,
        console=(
            "Ask the identity's owner who the account belongs to, and check with the vendor over a channel you know.",
            "If it is a partner, enter the account in the registry with its vendor and the end of the contract.",
            "If nobody vouches for it, take the statement out, or delete the policy where it holds nothing else.",
            (
                "Look in CloudTrail for who wrote the policy: PutIdentityPolicy, CreateEmailIdentityPolicy or "
                "UpdateEmailIdentityPolicy."
            ),
        ),
        references=(
            ref.NHI3,
            ref.SHARING,
            ref.AC_2,
            ref.AC_3,
            ref.CSF,
            ref.SOC_VENDOR,
            ref.PCI_THIRD,
            ref.ISO_RIGHTS,
            ref.OWNER_TASKS,
        ),
    ),
    RuleText(
        rule_id="former-delegate-send",
        title="A former partner or a closed account can still send",
        severity=Severity.HIGH,
        why=(
            "The contract is over, or the account is closed or suspended, and the policy still lets it in. A former "
            "vendor keeps the right to send as you for as long as the statement stands; a suspended account can come "
            "back with it."
        ),
        correction=Correction.REMOVE,
        console=(
            "Confirm with the vendor's sponsor that the work has ended, and that nothing still depends on it.",
            "Take the statement out, or delete the policy where it holds nothing else.",
            "Look for the same account on your other identities: the delegate's page lists them.",
        ),
        references=(
            ref.NHI1,
            ref.AC_2,
            ref.CSF,
            ref.SOC_REMOVE,
            ref.SOC_VENDOR,
            ref.PCI_THIRD,
            ref.ISO_RIGHTS,
            ref.OWNER_TASKS,
        ),
    ),
    RuleText(
        rule_id="placeholder-account",
        title="An account id from documentation examples can send",
        severity=Severity.HIGH,
        why=(
            "The policy was copied from an example and still carries the example's account id. The account that was "
            "meant cannot send, and whoever holds the example's number could."
        ),
        correction=Correction.REPLACE,
        console=(
            "Find out which account was meant, and put the sender's role in its place.",
            "If it was never used, delete the policy.",
        ),
        statement=PINNED,
        references=(ref.SHARING, ref.AC_3, ref.AC_6, ref.CSF, ref.ISO_RIGHTS, ref.PRINCIPALS),
    ),
    RuleText(
        rule_id="service-unpinned",
        title="An AWS service can send for any of its customers",
        severity=Severity.MEDIUM,
        why=(
            "The policy lets an AWS service in but does not say for whose account it may act. Any customer of that "
            "service can point it at your identity and have it send as you (the confused deputy)."
        ),
        correction=Correction.REPLACE,
        console=(
            "Add a condition on aws:SourceAccount with your own account id.",
            "Add aws:SourceArn with the resource that uses the identity, for instance the user pool.",
        ),
        statement=PINNED_SERVICE,
        references=(ref.CONFUSED_DEPUTY, ref.SHARING, ref.AC_3, ref.AC_6, ref.CSF, ref.SENDING_EXAMPLES),
    ),
    RuleText(
        rule_id="organization-wide-delegate",
        title="Every account of an organization can send",
        severity=Severity.MEDIUM,
        why=(
            "The policy admits a whole organization or a branch of it: each account in it today, and each that joins "
            "tomorrow, whoever runs it and whatever it is for. One compromised sandbox account is enough."
        ),
        correction=Correction.REPLACE,
        console=(
            "List the accounts that do send; the identity's owner or CloudTrail data events can say.",
            "Name their roles as principals instead of the organization.",
        ),
        statement=PINNED,
        references=(ref.LEAST, ref.SHARING, ref.NHI5, ref.AC_6, ref.CSF, ref.SOC_LEAST, ref.GLOBAL_KEYS),
    ),
)
