"""The world of the generated examples: who owns, who is known, who is a stranger, and when it is now."""

from datetime import UTC, datetime

from inventory.policy.trust import Registry, Trust

OWNER = "438120957764"
COLLEAGUE = "604417283395"
PARTNER = "771930284456"
FORMER = "815566203947"
UNKNOWN = "290348175562"
ACCOUNTS = (OWNER, COLLEAGUE, PARTNER, FORMER, UNKNOWN)
STRANGERS = ("957700132468", "380461729955")

OURS = "o-a1b2c3d4e5"
PARTNERS = "o-p9q8r7s6t5"
UNKNOWN_ORGANIZATION = "o-u5v4w3x2y1"
ORGANIZATIONS = (OURS, PARTNERS, UNKNOWN_ORGANIZATION)
STRANGE_ORGANIZATION = "o-z0z0z0z0z0"
HOME = {OWNER: OURS, COLLEAGUE: OURS, PARTNER: PARTNERS, UNKNOWN: UNKNOWN_ORGANIZATION}

SERVICES = ("cognito-idp.amazonaws.com", "pinpoint.amazonaws.com", "ses.amazonaws.com")

DOMAIN = "news.example"
REGION = "us-east-1"
IDENTITY = f"arn:aws:ses:{REGION}:{OWNER}:identity/{DOMAIN}"

AT = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)

REGISTRY = Registry(
    accounts={COLLEAGUE: Trust.ORGANIZATION, PARTNER: Trust.PARTNER, FORMER: Trust.FORMER},
    organizations={OURS: Trust.ORGANIZATION, PARTNERS: Trust.PARTNER},
    owner_organization=OURS,
)
