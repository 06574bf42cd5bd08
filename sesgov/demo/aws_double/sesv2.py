"""SES v2: the calls that moto lacks, answers wrongly, or answers too slowly."""

# ruff: noqa: ARG001 -- all handlers have one signature

from typing import Any

from moto.ses.models import ses_backends

from sesgov.demo.aws_double import identities
from sesgov.demo.aws_double.call import Call
from sesgov.demo.aws_double.errors import AwsError
from sesgov.demo.aws_double.pages import page
from sesgov.demo.aws_double.state import State

Result = dict[str, Any]
PAGE = 1000
DEFAULT_PAGE = 100


def list_email_identities(state: State, call: Call) -> Result:
    size = int(call.params.get("PageSize") or DEFAULT_PAGE)
    if not 0 <= size <= PAGE:
        raise AwsError(400, "BadRequestException", f"PageSize must be between 0 and {PAGE}.")
    held = list(identities.storage(call.account, call.region).values())
    found, token = page(state.faults, call, held, size or DEFAULT_PAGE)
    answer: Result = {"EmailIdentities": [identity.list_response_object for identity in found]}
    return answer | ({"NextToken": token} if token else {})


def get_email_identity(state: State, call: Call) -> Result:
    if state.faults.strike(call, "not_found"):
        raise AwsError(404, "NotFoundException", f"Email identity <{call.subject}> does not exist.")
    return dict(_identity(call).get_response_object)


def create_email_identity(state: State, call: Call) -> Result:
    name = call.params["EmailIdentity"]
    if name in identities.storage(call.account, call.region):
        raise AwsError(400, "AlreadyExistsException", f"Email identity {name} already exist.")
    facts = {"tags": _tags(call), "configuration_set": call.params.get("ConfigurationSetName")}
    made = identities.put(call.account, call.region, name, **facts)
    fields = ("IdentityType", "VerifiedForSendingStatus", "DkimAttributes")
    return {key: made.get_response_object[key] for key in fields}


def delete_email_identity(state: State, call: Call) -> Result:
    with identities.LOCK:
        del identities.storage(call.account, call.region)[_identity(call).email_identity]
    return {}


def get_email_identity_policies(state: State, call: Call) -> Result:
    return {"Policies": _identity(call).policies}


def create_email_identity_policy(state: State, call: Call) -> Result:
    identities.put_policy(_identity(call), call.params["PolicyName"], call.params["Policy"], is_new=True)
    return {}


def update_email_identity_policy(state: State, call: Call) -> Result:
    identities.put_policy(_identity(call), call.params["PolicyName"], call.params["Policy"], is_new=False)
    return {}


def delete_email_identity_policy(state: State, call: Call) -> Result:
    _identity(call).policies.pop(call.params["PolicyName"], None)
    return {}


def tag_resource(state: State, call: Call) -> Result:
    _identity(call).tag_map.update(_tags(call))
    return {}


def untag_resource(state: State, call: Call) -> Result:
    for key in call.params.get("TagKeys", []):
        _identity(call).tag_map.pop(key, None)
    return {}


def list_tags_for_resource(state: State, call: Call) -> Result:
    return {"Tags": _identity(call).get_response_object["Tags"]}


def put_email_identity_mail_from_attributes(state: State, call: Call) -> Result:
    _identity(call).mail_from = call.params.get("MailFromDomain")
    return {}


def put_email_identity_feedback_attributes(state: State, call: Call) -> Result:
    _identity(call).feedback_forwarding_status = bool(call.params.get("EmailForwardingEnabled", False))
    return {}


def put_email_identity_configuration_set_attributes(state: State, call: Call) -> Result:
    _identity(call).configuration_set_name = call.params.get("ConfigurationSetName")
    return {}


def put_email_identity_dkim_attributes(state: State, call: Call) -> Result:
    _identity(call).dkim_attributes["SigningEnabled"] = bool(call.params.get("SigningEnabled", False))
    return {}


def get_account(state: State, call: Call) -> Result:
    return {
        "DedicatedIpAutoWarmupEnabled": True,
        "EnforcementStatus": "HEALTHY",
        "ProductionAccessEnabled": True,
        "SendingEnabled": True,
        "SendQuota": {"Max24HourSend": 200000.0, "MaxSendRate": 80.0, "SentLast24Hours": 0.0},
        "SuppressionAttributes": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
    }


def get_configuration_set_event_destinations(state: State, call: Call) -> Result:
    name = call.params["ConfigurationSetName"]
    if name not in ses_backends[call.account][call.region].config_sets:
        raise AwsError(404, "NotFoundException", f"Configuration set <{name}> does not exist.")
    return {"EventDestinations": []}


def no_tenants(state: State, call: Call) -> Result:
    return {"Tenants": []}


def no_resource_tenants(state: State, call: Call) -> Result:
    return {"ResourceTenants": []}


def no_multi_region_endpoints(state: State, call: Call) -> Result:
    return {"MultiRegionEndpoints": []}


def _identity(call: Call) -> identities.Identity:
    return identities.named(call.account, call.region, call.subject)


def _tags(call: Call) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in call.params.get("Tags") or []}


HANDLERS = {
    "ListEmailIdentities": list_email_identities,
    "GetEmailIdentity": get_email_identity,
    "CreateEmailIdentity": create_email_identity,
    "DeleteEmailIdentity": delete_email_identity,
    "GetEmailIdentityPolicies": get_email_identity_policies,
    "CreateEmailIdentityPolicy": create_email_identity_policy,
    "UpdateEmailIdentityPolicy": update_email_identity_policy,
    "DeleteEmailIdentityPolicy": delete_email_identity_policy,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTagsForResource": list_tags_for_resource,
    "PutEmailIdentityMailFromAttributes": put_email_identity_mail_from_attributes,
    "PutEmailIdentityFeedbackAttributes": put_email_identity_feedback_attributes,
    "PutEmailIdentityConfigurationSetAttributes": put_email_identity_configuration_set_attributes,
    "PutEmailIdentityDkimAttributes": put_email_identity_dkim_attributes,
    "GetAccount": get_account,
    "GetConfigurationSetEventDestinations": get_configuration_set_event_destinations,
    "ListTenants": no_tenants,
    "ListResourceTenants": no_resource_tenants,
    "ListMultiRegionEndpoints": no_multi_region_endpoints,
}
