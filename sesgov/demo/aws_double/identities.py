"""Identities, kept in moto's SES storage with what moto's own do not know."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

from moto.ses.models import EmailIdentity, SESBackend, ses_backends

from sesgov.demo.aws_double.errors import AwsError

LOCK = threading.RLock()
POLICIES = 20
POLICY_BYTES = 4096
TOPICS = ("BounceTopic", "ComplaintTopic", "DeliveryTopic")


class Identity(EmailIdentity):
    """One identity in one account and region."""

    def __init__(self, name: str, **facts: Any) -> None:
        """Facts: policies, tags (a dict), dkim (a status), verification (a status), mail_from (a domain),
        feedback_forwarding, sending_enabled, configuration_set, topics (``BounceTopic`` ... -> ARN)."""
        super().__init__(name, None, None, facts.get("configuration_set"))
        self.tag_map: dict[str, str] = dict(facts.get("tags") or {})
        self.verification_status = facts.get("verification", "SUCCESS")
        self.verified_for_sending_status = self.verification_status == "SUCCESS"
        self.sending_enabled = facts.get("sending_enabled", self.verified_for_sending_status)
        self.feedback_forwarding_status = facts.get("feedback_forwarding", True)
        self.dkim_attributes = _dkim(name, facts.get("dkim", "SUCCESS"))
        self.mail_from: str | None = facts.get("mail_from")
        self.topics: dict[str, str] = dict(facts.get("topics") or {})
        self.policies = {key: _text(policy) for key, policy in (facts.get("policies") or {}).items()}

    @property
    def get_response_object(self) -> dict[str, Any]:
        answer = {
            "IdentityType": self.identity_type,
            "FeedbackForwardingStatus": self.feedback_forwarding_status,
            "VerifiedForSendingStatus": self.verified_for_sending_status,
            "VerificationStatus": self.verification_status,
            "DkimAttributes": self.dkim_attributes,
            "MailFromAttributes": self.mail_from_attributes,
            "Policies": self.policies,
            "Tags": [{"Key": key, "Value": value} for key, value in self.tag_map.items()],
            "ConfigurationSetName": self.configuration_set_name,
        }
        return {key: value for key, value in answer.items() if value is not None}

    @property
    def facts(self) -> dict[str, Any]:
        """What the identity would be made of again."""
        return {
            "policies": dict(self.policies),
            "tags": dict(self.tag_map),
            "dkim": self.dkim_attributes["Status"],
            "verification": self.verification_status,
            "sending_enabled": self.sending_enabled,
            "feedback_forwarding": self.feedback_forwarding_status,
            "mail_from": self.mail_from,
            "configuration_set": self.configuration_set_name,
            "topics": dict(self.topics),
        }

    @property
    def mail_from_attributes(self) -> dict[str, str]:
        attributes = {"BehaviorOnMxFailure": "USE_DEFAULT_VALUE"}
        if self.mail_from:
            attributes |= {"MailFromDomain": self.mail_from, "MailFromDomainStatus": "SUCCESS"}
        return attributes


def _dkim(name: str, status: str) -> dict[str, Any]:
    tokens = [hashlib.sha256(f"{name}{number}".encode()).hexdigest()[:32] for number in range(3)]
    return {
        "SigningEnabled": status not in ("NOT_STARTED", "FAILED"),
        "Status": status,
        "Tokens": tokens,
        "SigningAttributesOrigin": "AWS_SES",
        "NextSigningKeyLength": "RSA_2048_BIT",
        "CurrentSigningKeyLength": "RSA_2048_BIT",
        "LastKeyGenerationTimestamp": int(time.time()),
    }


def _text(policy: object) -> str:
    return policy if isinstance(policy, str) else json.dumps(policy)


def storage(account: str, region: str) -> dict[str, EmailIdentity]:
    backend: SESBackend = ses_backends[account][region]
    return backend.email_identities


def held_by(account: str) -> Iterator[tuple[str, Identity]]:
    """Every identity of an account with its region."""
    for region, backend in sorted(ses_backends[account].items()):
        for name in list(backend.email_identities):
            yield region, named(account, region, name)


def put(account: str, region: str, name: str, **facts: Any) -> Identity:
    """Store an identity, replacing one of the same name. Nothing about its policies is checked."""
    identity = Identity(name, **facts)
    with LOCK:
        storage(account, region)[identity.email_identity] = identity
    return identity


def named(account: str, region: str, name: str) -> Identity:
    """The identity of this name or ARN; NotFoundException when there is none."""
    name = name.partition(":identity/")[2] or name
    held = storage(account, region)
    found = held.get(name) or held.get(name.lower() if "@" not in name else name)
    if found is None:
        raise AwsError(404, "NotFoundException", f"Email identity <{name}> does not exist.")
    return found if isinstance(found, Identity) else _adopted(account, region, found)


def _adopted(account: str, region: str, plain: EmailIdentity) -> Identity:
    """An identity that moto made for a v1 call, with the facts it lacks."""
    with LOCK:
        return put(account, region, plain.email_identity, policies=plain.policies)


def put_policy(identity: Identity, name: str, text: str, *, is_new: bool) -> None:
    """Store a policy as SES does: at most 20 of 4 KB each, JSON with a statement.

    With ``is_new`` an existing name is refused."""
    with LOCK:
        if is_new and name in identity.policies:
            raise AwsError(400, "AlreadyExistsException", f"Policy {name} already exists.")
        if name not in identity.policies and len(identity.policies) >= POLICIES:
            raise AwsError(400, "LimitExceededException", f"An identity has at most {POLICIES} policies.")
        check_policy_text(text)
        identity.policies[name] = text


def check_policy_text(text: str) -> None:
    if len(text.encode()) > POLICY_BYTES:
        raise AwsError(400, "BadRequestException", f"Policy exceeds the size limit of {POLICY_BYTES} bytes.")
    try:
        document = json.loads(text)
    except ValueError as error:
        raise AwsError(400, "BadRequestException", f"Policy is not valid JSON: {error}") from error
    if not isinstance(document, dict) or not document.get("Statement"):
        raise AwsError(400, "BadRequestException", "Policy must have at least one statement.")
