"""The identities of the demo that are not in order: each rule about who outside can send, somewhere.

A case names the rules that it is there for; other rules may fire on it as well.
"""

from dataclasses import dataclass

from sesgov.demo.estate_accounts import (
    CLOSED_BRAND,
    DATA_STAGING,
    DUNMERE_TRACKING,
    FENNIMORE_BOOKING,
    LOGISTICS,
    MANAGEMENT,
    NEWSLETTER,
    ORGANIZATION_ID,
    OSTERMARK_DESK,
    PAYMENTS,
    PELLEGRIN_SENDING,
    PELLEGRIN_TESTING,
    PEOPLE,
    PLACEHOLDER,
    QUILLFEATHER_PANEL,
    SECOND_STRANGER,
    SHOP,
    SHOP_DEVELOPMENT,
    SHOP_STAGING,
    STRANGER,
    SUPPORT,
    VANTRELL_INVOICES,
    EstateAccount,
)
from sesgov.demo.estate_policies import (
    OFFICE,
    SEND,
    VENDOR_NETWORK,
    Statement,
    account,
    allow,
    deny,
    from_only,
    role,
    well_limited,
)

ANYONE = "*"
EVERYTHING = ("ses:*",)
PELLEGRIN = role(PELLEGRIN_SENDING.id, "campaign-sender")
OSTERMARK = role(OSTERMARK_DESK.id, "desk-mailer")
VANTRELL = role(VANTRELL_INVOICES.id, "invoice-sender")
DUNMERE = role(DUNMERE_TRACKING.id, "tracking-mailer")
COGNITO = {"Service": "cognito-idp.amazonaws.com"}
VENDOR_IP = {"IpAddress": {"aws:SourceIp": VENDOR_NETWORK}}
TRUNCATED = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::'


@dataclass(frozen=True, slots=True)
class Case:
    rules: tuple[str, ...]
    account: EstateAccount
    region: str
    """One region, or ``*`` for each region of the account."""
    name: str
    policies: dict[str, list[Statement] | str]


def _from(address: str) -> dict[str, object]:
    return {"StringEquals": {"ses:FromAddress": address}}


OPEN_TO_ANYONE = (
    Case(
        ("public-send",),
        NEWSLETTER,
        "eu-west-1",
        "offers.brasscompass.example",
        {"AllowSend": [allow(ANYONE, SEND, {"Bool": {"aws:SecureTransport": "true"}})]},
    ),
    Case(
        ("public-send",),
        SHOP,
        "us-east-1",
        "us.shop.example.com",
        {"example": [allow({"AWS": ANYONE}, ("SES:SendEmail", "SES:SendRawEmail"))]},
    ),
    Case(
        ("public-send",),
        SHOP_DEVELOPMENT,
        "eu-west-1",
        "spike.sandbox.example.com",
        {"spike": [allow(ANYONE, EVERYTHING)]},
    ),
    Case(
        ("public-send-limited",),
        NEWSLETTER,
        "eu-central-1",
        "kampagne.brasscompass.example",
        {"agency": [allow(ANYONE, SEND, _from("aktion@kampagne.brasscompass.example"))]},
    ),
    Case(
        ("undetermined-send",),
        DATA_STAGING,
        "eu-west-1",
        "weekly.reports.harbourlight.example",
        {"reports": [allow(ANYONE, SEND, {"StringEquals": {"ses:CampaignName": "weekly"}})]},
    ),
    Case(
        ("network-only-send",),
        LOGISTICS,
        "eu-west-1",
        "gate.depot.quaysideparcel.example",
        {"office-network": [allow(ANYONE, SEND, {"IpAddress": {"aws:SourceIp": OFFICE}})]},
    ),
    Case(
        ("vacuous-condition", "public-send"),
        SHOP,
        "eu-central-1",
        "kampagne.outlet.example.com",
        {"org-only": [allow(ANYONE, SEND, {"StringEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION_ID}})]},
    ),
    Case(
        ("dead-deny", "public-send"),
        DATA_STAGING,
        "us-east-1",
        "club.reports.harbourlight.example",
        {
            "org-guard": [
                allow(ANYONE, SEND),
                deny(
                    ANYONE,
                    EVERYTHING,
                    {"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": f"{ORGANIZATION_ID}/*"}},
                ),
            ]
        },
    ),
    Case(
        ("service-unpinned",),
        SUPPORT,
        "eu-west-1",
        "forum.community.brasscompass.example",
        {"sign-up-mail": [allow(COGNITO, SEND)]},
    ),
    Case(
        ("organization-wide-delegate",),
        MANAGEMENT,
        "eu-west-1",
        "alerts.notices.harbourlight.example",
        {"whole-company": [allow(ANYONE, SEND, {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION_ID}})]},
    ),
)
STRANGERS = (
    Case(
        ("unknown-account-send",),
        PAYMENTS,
        "eu-west-1",
        "first.reminders.example.net",
        {"collections-partner": [allow(account(STRANGER), SEND)]},
    ),
    Case(
        ("unknown-account-send",),
        SUPPORT,
        "us-east-1",
        "club.community.brasscompass.example",
        {"helper": [allow(role(SECOND_STRANGER, "mailer"), SEND, _from("team@club.community.brasscompass.example"))]},
    ),
    Case(
        ("former-delegate-send",),
        SUPPORT,
        "eu-west-1",
        "surveys.support.harbourlight.example",
        {
            "quillfeather": [
                allow(
                    role(QUILLFEATHER_PANEL.id, "survey-sender"),
                    SEND,
                    _from("panel@surveys.support.harbourlight.example") | VENDOR_IP,
                )
            ]
        },
    ),
    Case(
        ("former-delegate-send", "whole-account-delegate"),
        PEOPLE,
        "eu-west-1",
        "alumni.careers.harbourlight.example",
        {"fennimore-2024": [allow(account(FENNIMORE_BOOKING.id), SEND)]},
    ),
    Case(
        ("former-delegate-send",),
        NEWSLETTER,
        "us-east-1",
        "club.brasscompass.example",
        {"legacy": [allow(account(CLOSED_BRAND.id), SEND)]},
    ),
    Case(
        ("placeholder-account",),
        SHOP_STAGING,
        "eu-west-1",
        "preview.staging.shop.example.com",
        {"sample": [allow(account(PLACEHOLDER), SEND)]},
    ),
    Case(
        ("endgame-marker", "policy-admin-delegated"),
        PAYMENTS,
        "us-east-1",
        "stores.invoices.example.net",
        {
            "Endgame": [
                allow(account(PAYMENTS.id), EVERYTHING),
                allow(account(SECOND_STRANGER), EVERYTHING, sid="Endgame"),
            ]
        },
    ),
    Case(
        ("policy-admin-delegated",),
        MANAGEMENT,
        "eu-west-1",
        "status.notices.harbourlight.example",
        {"operations": [allow(role(OSTERMARK_DESK.id, "operator"), (*SEND, "ses:UpdateEmailIdentityPolicy"))]},
    ),
)
PARTNERS = (
    Case(
        ("production-isolation",),
        SHOP,
        "eu-west-1",
        "confirm@orders.example.com",
        {"staging-checkout": [allow(role(SHOP_STAGING.id, "checkout"), SEND, {"IpAddress": {"aws:SourceIp": OFFICE}})]},
    ),
    Case(
        ("production-isolation",),
        NEWSLETTER,
        "eu-west-1",
        "previews.news.example.org",
        {"test": well_limited(role(PELLEGRIN_TESTING.id, "preview"), "previews.news.example.org", VENDOR_NETWORK)},
    ),
    Case(
        ("apex-delegated", "no-from-restriction"),
        NEWSLETTER,
        "*",
        "brasscompass.example",
        {"pellegrin-campaigns": [allow(PELLEGRIN, SEND, VENDOR_IP)]},
    ),
    Case(
        ("shared-identity",),
        SHOP,
        "eu-west-1",
        "reviews.shop.example.com",
        {
            "pellegrin": well_limited(PELLEGRIN, "reviews.shop.example.com", VENDOR_NETWORK),
            "ostermark": well_limited(OSTERMARK, "reviews.shop.example.com", ["192.0.2.0/25"]),
        },
    ),
    Case(
        ("whole-account-delegate",),
        LOGISTICS,
        "eu-west-1",
        "customs.quaysideparcel.example",
        {
            "dunmere": [
                allow(account(DUNMERE_TRACKING.id), SEND, _from("forms@customs.quaysideparcel.example") | VENDOR_IP)
            ]
        },
    ),
    Case(
        ("no-from-restriction",),
        PAYMENTS,
        "eu-west-1",
        "statements.pay.example.net",
        {"vantrell": [allow(VANTRELL, SEND, VENDOR_IP)]},
    ),
    Case(
        ("no-network-restriction",),
        SUPPORT,
        "eu-west-1",
        "tickets.support.harbourlight.example",
        {"desk": from_only(OSTERMARK, "desk@tickets.support.harbourlight.example")},
    ),
    Case(
        ("bulk-escapes-from",),
        NEWSLETTER,
        "eu-west-1",
        "digest.news.example.org",
        {
            "pellegrin-bulk": [
                allow(
                    PELLEGRIN,
                    (*SEND, "ses:SendBulkEmail"),
                    {"StringNotLike": {"ses:FromAddress": ["*security@*", "*admin@*"]}} | VENDOR_IP,
                )
            ]
        },
    ),
    Case(
        ("region-drift",),
        SHOP,
        "us-east-1",
        "shop.example.com",
        {"pellegrin-us": well_limited(PELLEGRIN, "news@shop.example.com", VENDOR_NETWORK)},
    ),
)
MISTAKES = (
    Case(
        ("inert-condition",),
        LOGISTICS,
        "eu-central-1",
        "filialen.tracking.quaysideparcel.example",
        {"dunmere-tls": [allow(DUNMERE, SEND, {"Bool": {"ses:RequireTLS": "true"}})]},
    ),
    Case(
        ("inert-condition",),
        PEOPLE,
        "eu-west-1",
        "referrals.careers.harbourlight.example",
        {"ostermark": [allow(ANYONE, SEND, {"StringEquals": {"aws:SourceAccount": OSTERMARK_DESK.id}})]},
    ),
    Case(
        ("vacuous-condition",),
        LOGISTICS,
        "eu-west-1",
        "delivery.quaysideparcel.example",
        {
            "dunmere": [
                allow(
                    DUNMERE,
                    SEND,
                    _from("status@delivery.quaysideparcel.example")
                    | VENDOR_IP
                    | {"BoolIfExists": {"ses:RequireTLS": "true"}},
                )
            ]
        },
    ),
    Case(
        ("dead-deny",),
        PAYMENTS,
        "eu-central-1",
        "filialen.invoices.example.net",
        {
            "vantrell": [
                *well_limited(VANTRELL, "filialen.invoices.example.net", VENDOR_NETWORK),
                deny(ANYONE, EVERYTHING, {"Bool": {"ses:RequireTLS": "false"}}),
            ]
        },
    ),
    Case(
        ("dangling-delegate",),
        LOGISTICS,
        "eu-west-1",
        "weather.quaysideparcel.example",
        {"weather-alerts": [allow({"AWS": "AIDAQ7X2M4KLPR9TWEVDN"}, SEND)]},
    ),
    Case(
        ("dangling-delegate",),
        DATA_STAGING,
        "eu-west-1",
        "quality.saltmarsh.example",
        {"old-pipeline": [allow({"AWS": "AROAT5H8J3NQW6YBZKCMF"}, SEND)]},
    ),
    Case(
        ("invalid-policy",),
        SHOP_DEVELOPMENT,
        "eu-central-1",
        "filialen.dev.orders.example.com",
        {"pasted": TRUNCATED},
    ),
    Case(
        ("invalid-policy", "public-send"),
        PEOPLE,
        "eu-central-1",
        "filialen.people.harbourlight.example",
        {
            "everyone-but": [
                {"Effect": "Allow", "NotPrincipal": account(FENNIMORE_BOOKING.id), "Action": ["ses:SendEmail"]}
            ]
        },
    ),
)
# In order, but worth a look: an end that AWS itself keeps, a start to come, a service pinned to our own account.
TELLING = (
    Case(
        (),
        MANAGEMENT,
        "eu-west-1",
        "press.harbourlight.example",
        {"launch-2025": [allow(PELLEGRIN, SEND, {"DateLessThan": {"aws:CurrentTime": "2025-07-01T00:00:00Z"}})]},
    ),
    Case(
        (),
        PEOPLE,
        "eu-west-1",
        "courses.brindleacademy.example",
        {"sign-up-mail": [allow(COGNITO, SEND, {"StringEquals": {"aws:SourceAccount": PEOPLE.id}})]},
    ),
)
CASES = (*OPEN_TO_ANYONE, *STRANGERS, *PARTNERS, *MISTAKES, *TELLING)
