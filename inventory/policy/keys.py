"""Condition keys: which exist, what they hold, and when a request carries them.

Sources: the Service Authorization Reference for SES, "Anatomy of an SES policy", "AWS global condition context keys".
Two of them contradict each other on the principal keys: SES names eight global keys as the only ones it implements, and
uses others in its own examples. A key of which the documents leave this open is ``SOMETIMES``.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum

from inventory.policy.channels import Channel


class Presence(StrEnum):
    """Whether a request of one channel and action carries a key."""

    ALWAYS = "always"
    NEVER = "never"
    SOMETIMES = "sometimes"


class Kind(Enum):
    """What a key's values are, and so which operators can judge them."""

    TEXT = "text"
    BOOL = "bool"
    NUMBER = "number"
    DATE = "date"
    ADDRESS = "address"


class Source(Enum):
    """Who decides the value of a key."""

    CALLER = "caller"  # who the caller is: account, principal, unique id
    ORGANIZATION = "organization"  # the organization that the caller's account is in
    CHOSEN = "chosen"  # whatever the caller likes
    CONTENT = "content"  # what the message says, also chosen by the caller
    NETWORK = "network"  # where the call comes from
    CLOCK = "clock"
    IDENTITY = "identity"  # fixed by the identity and its owner
    SERVICE = "service"  # what a service acts for
    NOBODY = "nobody"  # the key does not exist


@dataclass(frozen=True, slots=True)
class Key:
    """One condition key; ``name`` is the canonical spelling (a prefix that ends in ``/`` stands for a family)."""

    name: str
    source: Source
    kind: Kind = Kind.TEXT
    is_multivalued: bool = False
    direct: Presence = Presence.SOMETIMES
    vpc_endpoint: Presence = Presence.SOMETIMES
    service: Presence = Presence.SOMETIMES


_A, _N, _S = Presence.ALWAYS, Presence.NEVER, Presence.SOMETIMES

_KEYS = (
    # Who calls.
    Key("aws:PrincipalAccount", Source.CALLER, service=_N),
    Key("aws:PrincipalArn", Source.CALLER, service=_N),
    Key("aws:userid", Source.CALLER, service=_N),
    Key("aws:username", Source.CALLER, service=_N),
    Key("aws:PrincipalType", Source.CALLER, service=_N),
    Key("aws:PrincipalOrgID", Source.ORGANIZATION, service=_N),
    Key("aws:PrincipalOrgPaths", Source.ORGANIZATION, is_multivalued=True, service=_N),
    Key("aws:PrincipalTag/", Source.CHOSEN, service=_N),
    Key("aws:PrincipalIsAWSService", Source.CALLER, Kind.BOOL),
    Key("aws:PrincipalServiceName", Source.CALLER, direct=_N, vpc_endpoint=_N),
    Key("aws:PrincipalServiceNamesList", Source.CALLER, is_multivalued=True, direct=_N, vpc_endpoint=_N),
    Key("aws:FederatedProvider", Source.CHOSEN),
    Key("aws:AssumedRoot", Source.CHOSEN, Kind.BOOL),
    Key("aws:SourceIdentity", Source.CHOSEN),
    Key("aws:MultiFactorAuthPresent", Source.CHOSEN, Kind.BOOL),
    Key("aws:MultiFactorAuthAge", Source.CHOSEN, Kind.NUMBER),
    Key("aws:TokenIssueTime", Source.CHOSEN, Kind.DATE),
    Key("aws:ChatbotSourceArn", Source.CHOSEN),
    Key("aws:Ec2InstanceSourceVpc", Source.CHOSEN),
    Key("aws:Ec2InstanceSourcePrivateIPv4", Source.CHOSEN, Kind.ADDRESS),
    Key("aws:SourceInstanceARN", Source.CHOSEN),
    Key("ec2:SourceInstanceARN", Source.CHOSEN),
    Key("ec2:RoleDelivery", Source.CHOSEN, Kind.NUMBER),
    Key("lambda:SourceFunctionArn", Source.CHOSEN),
    Key("glue:RoleAssumedBy", Source.CHOSEN),
    Key("glue:CredentialIssuingService", Source.CHOSEN),
    # How the call is made.
    Key("aws:SecureTransport", Source.CHOSEN, Kind.BOOL, direct=_A, vpc_endpoint=_A, service=_A),
    Key("aws:UserAgent", Source.CHOSEN),
    Key("aws:Referer", Source.CHOSEN),
    Key("aws:ViaAWSService", Source.CHOSEN, Kind.BOOL),
    Key("aws:CalledVia", Source.CHOSEN, is_multivalued=True),
    Key("aws:CalledViaFirst", Source.CHOSEN),
    Key("aws:CalledViaLast", Source.CHOSEN),
    Key("aws:IsMcpServiceAction", Source.CHOSEN, Kind.BOOL),
    Key("aws:ViaAWSMCPService", Source.CHOSEN, Kind.BOOL),
    Key("aws:CalledViaAWSMCP", Source.CHOSEN),
    Key("aws:RequestTag/", Source.CHOSEN),
    Key("aws:TagKeys", Source.CHOSEN, is_multivalued=True),
    Key("aws:CurrentTime", Source.CLOCK, Kind.DATE, direct=_A, vpc_endpoint=_A, service=_A),
    Key("aws:EpochTime", Source.CLOCK, Kind.DATE, direct=_A, vpc_endpoint=_A, service=_A),
    # Where it comes from.
    Key("aws:SourceIp", Source.NETWORK, Kind.ADDRESS, direct=_A, vpc_endpoint=_N),
    Key("aws:VpcSourceIp", Source.NETWORK, Kind.ADDRESS, direct=_N, vpc_endpoint=_A, service=_N),
    Key("aws:SourceVpc", Source.NETWORK, direct=_N, vpc_endpoint=_A, service=_N),
    Key("aws:SourceVpce", Source.NETWORK, direct=_N, vpc_endpoint=_A, service=_N),
    Key("aws:SourceVpcArn", Source.NETWORK, direct=_N, service=_N),
    Key("aws:VpceAccount", Source.NETWORK, direct=_N, service=_N),
    Key("aws:VpceOrgID", Source.NETWORK, direct=_N, service=_N),
    Key("aws:VpceOrgPaths", Source.NETWORK, is_multivalued=True, direct=_N, service=_N),
    # For whom a service acts.
    Key("aws:SourceAccount", Source.SERVICE, direct=_N, vpc_endpoint=_N),
    Key("aws:SourceArn", Source.SERVICE, direct=_N, vpc_endpoint=_N),
    Key("aws:SourceOrgID", Source.SERVICE, direct=_N, vpc_endpoint=_N),
    Key("aws:SourceOrgPaths", Source.SERVICE, is_multivalued=True, direct=_N, vpc_endpoint=_N),
    Key("aws:SourceOwner", Source.SERVICE, direct=_N, vpc_endpoint=_N),
    # What is sent as, and whose it is.
    Key("aws:ResourceAccount", Source.IDENTITY, direct=_A, vpc_endpoint=_A, service=_A),
    Key("aws:ResourceOrgID", Source.IDENTITY, direct=_A, vpc_endpoint=_A, service=_A),
    Key("aws:ResourceOrgPaths", Source.IDENTITY, is_multivalued=True),
    Key("aws:ResourceTag/", Source.IDENTITY),
    Key("aws:RequestedRegion", Source.IDENTITY),
    # The message. Which action carries them is below.
    Key("ses:ApiVersion", Source.CHOSEN),
    Key("ses:FromAddress", Source.CONTENT),
    Key("ses:FromDisplayName", Source.CONTENT),
    Key("ses:FeedbackAddress", Source.CONTENT),
    Key("ses:Recipients", Source.CONTENT, is_multivalued=True),
    Key("ses:TenantName", Source.CHOSEN),
    Key("ses:MultiRegionEndpointId", Source.CHOSEN),
    Key("ses:ReplicaRegion", Source.CHOSEN, is_multivalued=True),
    Key("ses:ExportSourceType", Source.CHOSEN),
    Key("ses:AddonSubscriptionArn", Source.CHOSEN),
    Key("ses:MailManagerIngressPointType", Source.CHOSEN),
    Key("ses:MailManagerRuleSetArn", Source.CHOSEN),
    Key("ses:MailManagerTrafficPolicyArn", Source.CHOSEN),
    # In public checklists, and nowhere in SES.
    Key("ses:RequireTLS", Source.NOBODY, Kind.BOOL, direct=_N, vpc_endpoint=_N, service=_N),
    Key("ses:MessageSize", Source.NOBODY, Kind.NUMBER, direct=_N, vpc_endpoint=_N, service=_N),
)

_BY_NAME = {key.name.lower(): key for key in _KEYS}

_V1_SENDS = ("SendEmail", "SendRawEmail", "SendTemplatedEmail", "SendBulkTemplatedEmail")
_BY_ACTION: dict[str, dict[str, Presence]] = {
    "ses:FromAddress": {**dict.fromkeys(_V1_SENDS, _A), "SendBounce": _A, "SendCustomVerificationEmail": _S},
    "ses:FromDisplayName": {**dict.fromkeys(_V1_SENDS, _S), "SendBounce": _S, "SendCustomVerificationEmail": _S},
    "ses:FeedbackAddress": {**dict.fromkeys(_V1_SENDS, _S), "SendBounce": _S, "SendCustomVerificationEmail": _S},
    "ses:Recipients": {**dict.fromkeys(_V1_SENDS, _A), "SendBounce": _A, "SendCustomVerificationEmail": _S},
}


def find_key(name: str) -> Key | None:
    """The key of that name, in any case; a member of a family (``aws:PrincipalTag/team``) gets its own spelling."""
    exact = _BY_NAME.get(name.lower())
    if exact is not None:
        return None if exact.name.endswith("/") else exact
    prefix, slash, rest = name.partition("/")
    family = _BY_NAME.get(f"{prefix}/".lower()) if slash and rest else None
    if family is None:
        return None
    return Key(
        name=family.name + rest.lower(),
        source=family.source,
        kind=family.kind,
        is_multivalued=family.is_multivalued,
        direct=family.direct,
        vpc_endpoint=family.vpc_endpoint,
        service=family.service,
    )


def depends_on_action(key: Key) -> bool:
    """Whether the action decides if a request carries the key."""
    return key.name in _BY_ACTION


def presence(key: Key, channel: Channel, action: str) -> Presence:
    """Whether a request of this channel and action (without ``ses:``) carries the key."""
    by_action = _BY_ACTION.get(key.name)
    if by_action is not None:
        return by_action.get(action, Presence.NEVER)
    if channel is Channel.DIRECT:
        return key.direct
    return key.vpc_endpoint if channel is Channel.VPC_ENDPOINT else key.service
