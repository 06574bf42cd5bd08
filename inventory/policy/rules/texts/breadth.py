"""Known delegates who are let in more widely than their work needs."""

from inventory.policy.rules.rule_texts import Correction, RuleText, Severity
from inventory.policy.rules.texts import references as ref
from inventory.policy.rules.texts.statements import FROM_NETWORK, PINNED

BREADTH_TEXTS = (
    RuleText(
        rule_id="production-isolation",
        title="An account outside production can send as a production identity",
        severity=Severity.HIGH,
        why=(
            "A test or development account is easier to get into and less watched than production, and a test run can "
            "mail real customers. It should send as an identity of its own."
        ),
        correction=Correction.REMOVE,
        console=(
            "Give the account an identity of its own, for instance a subdomain kept for tests.",
            "Take the statement out of the production identity's policy.",
        ),
        references=(ref.NHI8, ref.LEAST, ref.AC_3, ref.AC_6, ref.CSF, ref.SOC_ACCESS, ref.IDENTITIES),
    ),
    RuleText(
        rule_id="apex-delegated",
        title="A delegate may send as the whole domain",
        severity=Severity.MEDIUM,
        why=(
            "The delegate may use any address of your main domain, and of its subdomains, where one address or a "
            "subdomain of its own would do. If they are breached, the mail comes from your best-known name, and their "
            "bounces and complaints touch its reputation with mailbox providers."
        ),
        correction=Correction.REPLACE,
        console=(
            "Verify a subdomain for this delegate (for instance news.) and move the delegation to it, or",
            "add a condition on ses:FromAddress with the one address that they need.",
        ),
        statement=PINNED,
        references=(ref.NHI5, ref.LEAST, ref.AC_6, ref.CSF, ref.SOC_LEAST, ref.IDENTITIES),
    ),
    RuleText(
        rule_id="shared-identity",
        title="Several vendors or teams send as the same identity",
        severity=Severity.MEDIUM,
        why=(
            "When several parties share one identity, nobody can tell from the address whose mail it was, one party's "
            "breach or bad list harms the others, and ending one contract means taking an identity apart."
        ),
        correction=Correction.REPLACE,
        console=(
            "Give each vendor or team a subdomain or an address identity of its own.",
            "Until then, limit each of them to its own address with ses:FromAddress.",
        ),
        statement=PINNED,
        references=(ref.NHI5, ref.NHI3, ref.AC_6, ref.CSF, ref.SOC_VENDOR, ref.IDENTITIES),
    ),
    RuleText(
        rule_id="whole-account-delegate",
        title="A whole account can send where a role would do",
        severity=Severity.MEDIUM,
        why=(
            "The policy names an account, so every user and role in it can be given the right to send as you by that "
            "account's own administrators. Naming the one role that sends keeps the decision with you."
        ),
        correction=Correction.REPLACE,
        console=(
            "Ask the delegate for the ARN of the role or user that sends.",
            "Put that ARN in place of the account as principal.",
        ),
        statement=PINNED,
        references=(ref.NHI5, ref.LEAST, ref.AC_6, ref.CSF, ref.SOC_LEAST, ref.PCI_SYSTEM, ref.PRINCIPALS),
    ),
    RuleText(
        rule_id="no-from-restriction",
        title="A delegate may send from any address of the domain",
        severity=Severity.MEDIUM,
        why=(
            "Without a condition on the from-address the delegate can write as billing@, as security@ or as your chief "
            "executive. The work they were hired for usually needs one address."
        ),
        correction=Correction.REPLACE,
        console=(
            "Ask which addresses the delegate uses.",
            (
                "Add a condition StringEquals on ses:FromAddress with them, and leave ses:SendBulkEmail out of the "
                "actions: that call carries no from-address to check."
            ),
        ),
        statement=PINNED,
        references=(ref.NHI5, ref.LEAST, ref.AC_6, ref.CSF, ref.SOC_LEAST, ref.SENDING_EXAMPLES, ref.SES_KEYS),
    ),
    RuleText(
        rule_id="no-network-restriction",
        title="A delegate may send from any network",
        severity=Severity.INFO,
        why=(
            "Stolen keys of the delegate work from anywhere. Where the delegate sends from fixed addresses, a "
            "condition on them makes the keys useless elsewhere."
        ),
        correction=Correction.REPLACE,
        console=(
            "Ask the delegate for the fixed addresses or the VPC endpoint that they send from.",
            "Add a condition on aws:SourceIp or aws:SourceVpce. Calls through a VPC endpoint carry no aws:SourceIp.",
        ),
        statement=FROM_NETWORK,
        references=(ref.NHI5, ref.AC_3, ref.CSF, ref.GLOBAL_KEYS),
    ),
)
