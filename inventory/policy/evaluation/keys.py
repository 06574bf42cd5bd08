"""Keys: which condition keys are documented, what type each holds, and which operators are made for that type.

Sources: the Service Authorization Reference for the ``ses:`` keys, the IAM User Guide for the global ones.
"""

from collections.abc import Sequence
from ipaddress import ip_network

TEXT, BOOL, NUMBER, DATE, ADDRESS = "text", "bool", "number", "date", "address"

MULTIVALUED = frozenset(
    {
        "aws:principalorgpaths", "aws:sourceorgpaths", "aws:resourceorgpaths", "aws:vpceorgpaths", "aws:calledvia",
        "aws:tagkeys", "aws:principalservicenameslist", "ses:recipients", "ses:replicaregion",
    }
)  # fmt: skip

_TYPES = {
    **dict.fromkeys(MULTIVALUED, TEXT),
    **dict.fromkeys(("aws:currenttime", "aws:epochtime", "aws:tokenissuetime"), DATE),
    **dict.fromkeys(("aws:sourceip", "aws:vpcsourceip", "aws:ec2instancesourceprivateipv4"), ADDRESS),
    **dict.fromkeys(("aws:multifactorauthage", "ec2:roledelivery", "ses:messagesize"), NUMBER),
    **dict.fromkeys(
        (
            "aws:securetransport", "aws:multifactorauthpresent", "aws:principalisawsservice", "aws:viaawsservice",
            "aws:assumedroot", "aws:ismcpserviceaction", "aws:viaawsmcpservice", "ses:requiretls",
        ),
        BOOL,
    ),
    **dict.fromkeys(
        (
            "aws:calledviafirst", "aws:calledvialast", "aws:calledviaawsmcp", "aws:chatbotsourcearn",
            "aws:ec2instancesourcevpc", "aws:federatedprovider", "aws:principalaccount", "aws:principalarn",
            "aws:principalorgid", "aws:principalservicename", "aws:principaltype", "aws:referer", "aws:requestedregion",
            "aws:resourceaccount", "aws:resourceorgid", "aws:sourceaccount", "aws:sourcearn", "aws:sourceidentity",
            "aws:sourceinstancearn", "aws:sourceorgid", "aws:sourceowner", "aws:sourcevpc", "aws:sourcevpcarn",
            "aws:sourcevpce", "aws:useragent", "aws:userid", "aws:username", "aws:vpceaccount", "aws:vpceorgid",
            "ec2:sourceinstancearn", "glue:credentialissuingservice", "glue:roleassumedby", "lambda:sourcefunctionarn",
            "ses:addonsubscriptionarn", "ses:apiversion", "ses:exportsourcetype", "ses:feedbackaddress",
            "ses:fromaddress", "ses:fromdisplayname", "ses:mailmanageringresspointtype", "ses:mailmanagerrulesetarn",
            "ses:mailmanagertrafficpolicyarn", "ses:multiregionendpointid", "ses:tenantname",
        ),
        TEXT,
    ),
}  # fmt: skip
_TAGS = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/")

_MADE_FOR = {
    TEXT: ("String", "Arn", "Bool", "NumericEquals", "NumericNotEquals"),
    BOOL: ("String", "Arn", "Bool"),
    NUMBER: ("Numeric",),
    DATE: ("Date", "Numeric"),
    ADDRESS: ("IpAddress", "NotIpAddress"),
}


def is_documented(key: str) -> bool:
    """Whether the key, in any case, is one that SES or IAM documents (or that public checklists take for one)."""
    return key.lower() in _TYPES or key.lower().startswith(_TAGS)


def is_made_for(operator: str, key: str, values: Sequence[str]) -> bool:
    """Whether the operator, without its modifiers, compares values of the key's type.

    An address may be compared as text with texts that are addresses.
    """
    kind = _TYPES.get(key.lower(), TEXT)
    if kind == ADDRESS and operator.startswith("String"):
        return all(_is_network(value) for value in values)
    return operator.startswith(_MADE_FOR[kind])


def _is_network(text: str) -> bool:
    try:
        return bool(ip_network(text, strict=False))
    except ValueError:
        return False
