"""Identities: everything that one GetEmailIdentity says of one identity."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from inventory.aws.faults import MalformedAnswerError, faults_of

GET_EMAIL_IDENTITY = "GetEmailIdentity"
_MEMBERS = frozenset(
    {
        "IdentityType", "VerifiedForSendingStatus", "VerificationStatus", "FeedbackForwardingStatus",
        "DkimAttributes", "MailFromAttributes", "Policies", "Tags",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class IdentityFacts:
    """One identity as SES described it. ``policies`` maps names to the documents' text, unchanged."""

    name: str
    identity_type: str
    is_verified: bool = False
    verification_status: str = ""
    dkim_enabled: bool = False
    dkim_status: str = ""
    mail_from_domain: str = ""
    configuration_set: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    policies: Mapping[str, str] = field(default_factory=dict)


def get_email_identity(client: Any, name: str, *, where: str) -> IdentityFacts:
    """Read one identity: one call. Raises :class:`FaultError`; kind ``not_found`` where it does not exist."""
    with faults_of(f"ses:{GET_EMAIL_IDENTITY}", where):
        return facts_of(name, client.get_email_identity(EmailIdentity=name))


def facts_of(name: str, answer: Mapping[str, Any]) -> IdentityFacts:
    """Read the SDK's answer, which may lack members; one that has none of them raises."""
    if _MEMBERS.isdisjoint(answer):
        raise MalformedAnswerError("it describes no identity")
    dkim = answer.get("DkimAttributes") or {}
    return IdentityFacts(
        name=name,
        identity_type="EMAIL_ADDRESS" if "@" in name else "DOMAIN",
        is_verified=answer.get("VerifiedForSendingStatus") is True,
        verification_status=storable(answer.get("VerificationStatus"))[:30],
        dkim_enabled=dkim.get("SigningEnabled") is True,
        dkim_status=storable(dkim.get("Status"))[:30],
        mail_from_domain=storable((answer.get("MailFromAttributes") or {}).get("MailFromDomain"))[:255],
        configuration_set=storable(answer.get("ConfigurationSetName"))[:64],
        tags={storable(tag["Key"]): storable(tag.get("Value")) for tag in answer.get("Tags") or () if tag.get("Key")},
        policies={storable(key): _document(text) for key, text in (answer.get("Policies") or {}).items()},
    )


def _document(value: Any) -> str:
    """A policy is text; a stand-in for AWS may send the document itself."""
    return storable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def storable(value: Any) -> str:
    """Text that a database takes: no NUL, no half of a surrogate pair."""
    text = "" if value is None else str(value)
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
