"""The controls and the pages of AWS that rules refer to."""

from inventory.policy.rules.rule_texts import Reference

_NHI = "OWASP NHI Top 10 2025"
_NHI_URL = "https://owasp.org/www-project-non-human-identities-top-10/2025/"
NHI1 = Reference(_NHI, "NHI1", "Improper offboarding", _NHI_URL)
NHI3 = Reference(_NHI, "NHI3", "Vulnerable third-party NHI", _NHI_URL)
NHI5 = Reference(_NHI, "NHI5", "Overprivileged NHI", _NHI_URL)
NHI8 = Reference(_NHI, "NHI8", "Environment isolation", _NHI_URL)

AC_2 = Reference("NIST SP 800-53 Rev. 5", "AC-2", "Account management")
AC_3 = Reference("NIST SP 800-53 Rev. 5", "AC-3", "Access enforcement")
AC_6 = Reference("NIST SP 800-53 Rev. 5", "AC-6", "Least privilege")
SC_8 = Reference("NIST SP 800-53 Rev. 5", "SC-8", "Transmission confidentiality and integrity")
CSF = Reference("NIST CSF 2.0", "PR.AA-05", "Access permissions are managed with least privilege (CSF 1.1: PR.AC-4)")
PCI_GRANT = Reference("PCI DSS 4.0.1", "7.2.3", "Required privileges are approved by authorized personnel")
PCI_REVIEW = Reference("PCI DSS 4.0.1", "7.2.4", "Access is reviewed at least every six months")
PCI_SYSTEM = Reference("PCI DSS 4.0.1", "7.2.5.1", "Access by application and system accounts is reviewed")
PCI_THIRD = Reference("PCI DSS 4.0.1", "12.8", "Risk from third-party service providers is managed")
SOC_ACCESS = Reference("SOC 2", "CC6.1", "Logical access security")
SOC_REMOVE = Reference("SOC 2", "CC6.2", "Access is removed when it is no longer authorized")
SOC_LEAST = Reference("SOC 2", "CC6.3", "Access follows roles and least privilege")
SOC_VENDOR = Reference("SOC 2", "CC9.2", "Vendor and partner risk")
ISO_CONTROL = Reference("ISO/IEC 27001:2022", "A.5.15", "Access control")
ISO_RIGHTS = Reference("ISO/IEC 27001:2022", "A.5.18", "Access rights")
GDPR = Reference("GDPR", "Art. 32", "Security of processing")
LEAST = Reference(
    "AWS Well-Architected",
    "SEC03-BP02",
    "Grant least privilege access",
    "https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_permissions_least_privileges.html",
)
SHARING = Reference(
    "AWS Well-Architected",
    "SEC03-BP07",
    "Analyze public and cross-account access",
    "https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_permissions_analyze_cross_account.html",
)


def _page(title: str, path: str) -> Reference:
    return Reference("AWS documentation", "", title, f"https://docs.aws.amazon.com/{path}")


ANATOMY = _page("Amazon SES policy anatomy", "ses/latest/dg/policy-anatomy.html")
SENDING = _page("Using sending authorization with Amazon SES", "ses/latest/dg/sending-authorization.html")
SENDING_EXAMPLES = _page("Sending policy examples", "ses/latest/dg/sending-authorization-policy-examples.html")
ADMIN_EXAMPLES = _page("Identity policy examples", "ses/latest/dg/identity-authorization-policy-examples.html")
OWNER_TASKS = _page(
    "Identity owner tasks: the policy", "ses/latest/dg/sending-authorization-identity-owner-tasks-policy.html"
)
TLS = _page("Amazon SES and security protocols", "ses/latest/dg/security-protocols.html")
IDENTITIES = _page("Creating and verifying identities", "ses/latest/dg/creating-identities.html")
SES_KEYS = _page(
    "Condition keys of Amazon SES",
    "service-authorization/latest/reference/list_amazonsimpleemailservicev2.html",
)
PRINCIPALS = _page("The Principal element", "IAM/latest/UserGuide/reference_policies_elements_principal.html")
NOT_PRINCIPAL = _page("The NotPrincipal element", "IAM/latest/UserGuide/reference_policies_elements_notprincipal.html")
GLOBAL_KEYS = _page("Global condition keys", "IAM/latest/UserGuide/reference_policies_condition-keys.html")
OPERATORS = _page("Condition operators", "IAM/latest/UserGuide/reference_policies_elements_condition_operators.html")
SETS = _page(
    "Single-valued and multivalued keys",
    "IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html",
)
CONFUSED_DEPUTY = _page("The confused deputy problem", "IAM/latest/UserGuide/confused-deputy.html")
UNIQUE_IDS = _page("IAM identifiers", "IAM/latest/UserGuide/reference_identifiers.html")
EVALUATION = _page("Policy evaluation logic", "IAM/latest/UserGuide/reference_policies_evaluation-logic.html")
