"""SES v1: identity policies and the batch reads, over the same identities as v2."""

# ruff: noqa: ARG001 -- all handlers have one signature

from typing import Any

from sesgov.demo.aws_double import identities
from sesgov.demo.aws_double.call import Call
from sesgov.demo.aws_double.errors import AwsError
from sesgov.demo.aws_double.pages import page
from sesgov.demo.aws_double.state import State
from sesgov.demo.aws_double.wire import XmlMap

Result = dict[str, Any]
BATCH = 100
PAGE = 1000
# How v1 words the statuses of v2.
STATUSES = {
    "SUCCESS": "Success",
    "PENDING": "Pending",
    "FAILED": "Failed",
    "TEMPORARY_FAILURE": "TemporaryFailure",
    "NOT_STARTED": "NotStarted",
}


def list_identities(state: State, call: Call) -> Result:
    wanted = {"Domain": "DOMAIN", "EmailAddress": "EMAIL_ADDRESS"}.get(call.params.get("IdentityType", ""))
    held = identities.storage(call.account, call.region).values()
    names = [item.email_identity for item in held if wanted in (None, item.identity_type)]
    found, token = page(state.faults, call, names, int(call.params.get("MaxItems") or PAGE))
    return {"Identities": found, "NextToken": token}


def list_identity_policies(state: State, call: Call) -> Result:
    return {"PolicyNames": list(_identity(call).policies)}


def get_identity_policies(state: State, call: Call) -> Result:
    held, wanted = _identity(call).policies, _members(call, "PolicyNames")
    if len(wanted) > identities.POLICIES:
        raise AwsError(400, "ValidationError", f"At most {identities.POLICIES} policies can be read at a time.")
    return {"Policies": XmlMap({name: held[name] for name in wanted if name in held})}


def put_identity_policy(state: State, call: Call) -> Result:
    try:
        identities.put_policy(_identity(call), call.params["PolicyName"], call.params["Policy"], is_new=False)
    except AwsError as error:
        raise AwsError(400, "InvalidPolicy", error.message) from error
    return {}


def delete_identity_policy(state: State, call: Call) -> Result:
    _identity(call).policies.pop(call.params["PolicyName"], None)
    return {}


def set_identity_notification_topic(state: State, call: Call) -> Result:
    topics, kind = _identity(call).topics, f"{call.params['NotificationType']}Topic"
    topics.pop(kind, None)
    if call.params.get("SnsTopic"):
        topics[kind] = call.params["SnsTopic"]
    return {}


def get_identity_notification_attributes(state: State, call: Call) -> Result:
    return {"NotificationAttributes": XmlMap({item.email_identity: _notifications(item) for item in _batch(call)})}


def get_identity_verification_attributes(state: State, call: Call) -> Result:
    found = {item.email_identity: {"VerificationStatus": STATUSES[item.verification_status]} for item in _batch(call)}
    return {"VerificationAttributes": XmlMap(found)}


def get_identity_dkim_attributes(state: State, call: Call) -> Result:
    return {"DkimAttributes": XmlMap({item.email_identity: _dkim(item) for item in _batch(call)})}


def get_identity_mail_from_domain_attributes(state: State, call: Call) -> Result:
    return {"MailFromDomainAttributes": XmlMap({item.email_identity: _mail_from(item) for item in _batch(call)})}


def _notifications(item: identities.Identity) -> Result:
    headers = {f"HeadersIn{kind}NotificationsEnabled": False for kind in ("Bounce", "Complaint", "Delivery")}
    topics = {kind: item.topics.get(kind) for kind in identities.TOPICS}
    return {**topics, "ForwardingEnabled": item.feedback_forwarding_status, **headers}


def _dkim(item: identities.Identity) -> Result:
    dkim = item.dkim_attributes
    return {
        "DkimEnabled": dkim["SigningEnabled"],
        "DkimVerificationStatus": STATUSES[dkim["Status"]],
        "DkimTokens": dkim["Tokens"],
    }


def _mail_from(item: identities.Identity) -> Result:
    attributes = item.mail_from_attributes
    status = attributes.get("MailFromDomainStatus")
    return {
        "MailFromDomain": attributes.get("MailFromDomain", ""),
        "MailFromDomainStatus": STATUSES[status] if status else "",
        "BehaviorOnMXFailure": "UseDefaultValue",
    }


def _identity(call: Call) -> identities.Identity:
    try:
        return identities.named(call.account, call.region, call.params["Identity"])
    except AwsError as error:
        raise AwsError(400, "InvalidParameterValue", error.message) from error


def _batch(call: Call) -> list[identities.Identity]:
    """The identities asked for that exist; v1 leaves the others out."""
    names, held = _members(call, "Identities"), identities.storage(call.account, call.region)
    if len(names) > BATCH:
        raise AwsError(400, "ValidationError", f"At most {BATCH} identities can be read at a time.")
    return [identities.named(call.account, call.region, name) for name in names if name in held]


def _members(call: Call, name: str) -> list[str]:
    prefix = f"{name}.member."
    numbered = {int(key.removeprefix(prefix)): value for key, value in call.params.items() if key.startswith(prefix)}
    return [numbered[number] for number in sorted(numbered)]


HANDLERS = {
    "ListIdentities": list_identities,
    "ListIdentityPolicies": list_identity_policies,
    "GetIdentityPolicies": get_identity_policies,
    "PutIdentityPolicy": put_identity_policy,
    "DeleteIdentityPolicy": delete_identity_policy,
    "SetIdentityNotificationTopic": set_identity_notification_topic,
    "GetIdentityNotificationAttributes": get_identity_notification_attributes,
    "GetIdentityVerificationAttributes": get_identity_verification_attributes,
    "GetIdentityDkimAttributes": get_identity_dkim_attributes,
    "GetIdentityMailFromDomainAttributes": get_identity_mail_from_domain_attributes,
}
