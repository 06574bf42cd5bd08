"""The accounts of the demo: an invented retailer, its organization, its vendors and some strangers."""

from dataclasses import dataclass

ORGANIZATION_ID = "o-hb7k2m9qxw"
ROOT_ID = "r-4k7q"
UNITS = {"production": "ou-4k7q-7hp2wz3d", "staging": "ou-4k7q-m81xv0tc", "development": "ou-4k7q-c5j9e2ra"}
PARTNER_ORGANIZATION_ID = "o-pw3n8r5ytd"
ROLE_NAME = "sesgov-read"
EXTERNAL_ID = "harbourlight-demo"
MANAGEMENT_KEY = "AKIADEMOMANAGEMENT00"
GOVERNMENT_KEY = "AKIADEMOGOVERNMENT00"
GOVERNMENT_PROFILE = "public-sector"
REGIONS = ("eu-west-1", "eu-central-1", "us-east-1", "ap-southeast-2", "eu-south-1")
GOVERNMENT_REGION = "us-gov-west-1"


@dataclass(frozen=True, slots=True)
class EstateAccount:
    """One of our own accounts. ``domains`` are the names it sends as; ``stems`` name what it holds besides, in its
    first region: ``orders.`` makes a subdomain, ``returns@`` an address."""

    key: str
    id: str
    environment: str
    owner: str
    """A team's name; the account's identities are tagged with it in one way or another."""
    domains: tuple[str, ...]
    stems: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"harbourlight-{self.key}"


MANAGEMENT = EstateAccount(
    key="management",
    id="614289037155",
    environment="production",
    owner="Platform",
    domains=("harbourlight.example", "corp.harbourlight.example", "notices.harbourlight.example"),
    stems=("press.", "office@", "alerts.", "board@", "hello@", "status.", "noreply@"),
)
SHOP = EstateAccount(
    key="shop-production",
    id="620418359072",
    environment="production",
    owner="Shop",
    domains=("shop.example.com", "orders.example.com", "outlet.example.com"),
    stems=("cart.", "returns@", "flash.", "reviews.", "confirm@", "hello@", "gifts."),
)
SHOP_STAGING = EstateAccount(
    key="shop-staging",
    id="633907214586",
    environment="staging",
    owner="Shop",
    domains=("staging.shop.example.com", "staging.orders.example.com", "staging.outlet.example.com"),
    stems=("cart.", "returns@", "flash.", "load.", "confirm@", "hello@", "preview."),
)
SHOP_DEVELOPMENT = EstateAccount(
    key="shop-development",
    id="647120983354",
    environment="development",
    owner="Shop",
    domains=("dev.shop.example.com", "dev.orders.example.com", "sandbox.example.com"),
    stems=("cart.", "test@", "spike.", "load.", "build@", "hello@", "demo."),
)
NEWSLETTER = EstateAccount(
    key="newsletter",
    id="652873409911",
    environment="production",
    owner="Newsletter",
    domains=("news.example.org", "loyalty.example.org", "brasscompass.example"),
    stems=("weekly.", "editor@", "offers.", "digest.", "points@", "hello@", "previews."),
)
PAYMENTS = EstateAccount(
    key="payments",
    id="668041725593",
    environment="production",
    owner="Payments",
    domains=("pay.example.net", "invoices.example.net", "reminders.example.net"),
    stems=("receipts.", "billing@", "first.", "statements.", "refunds@", "hello@", "fraud."),
)
SUPPORT = EstateAccount(
    key="support",
    id="671359024876",
    environment="production",
    owner="Support",
    domains=("support.harbourlight.example", "help.harbourlight.example", "community.brasscompass.example"),
    stems=("tickets.", "agent@", "forum.", "chat.", "answers@", "moderators@", "surveys."),
)
LOGISTICS = EstateAccount(
    key="logistics",
    id="689214730065",
    environment="production",
    owner="Logistics",
    domains=("quaysideparcel.example", "tracking.quaysideparcel.example", "depot.quaysideparcel.example"),
    stems=("delivery.", "driver@", "gate.", "customs.", "pickup@", "shift@", "weather."),
)
PEOPLE = EstateAccount(
    key="people",
    id="695570218348",
    environment="production",
    owner="People",
    domains=("careers.harbourlight.example", "people.harbourlight.example", "brindleacademy.example"),
    stems=("interviews.", "payroll@", "courses.", "referrals.", "welcome@", "tutor@", "alumni."),
)
DATA_STAGING = EstateAccount(
    key="data-staging",
    id="702946183327",
    environment="staging",
    owner="Data",
    domains=("saltmarsh.example", "staging.saltmarsh.example", "reports.harbourlight.example"),
    stems=("daily.", "pipeline@", "weekly.", "quality.", "alerts@", "hello@", "forecast."),
)
LAB = EstateAccount(key="lab", id="718335902641", environment="development", owner="Platform", domains=(), stems=())
GOVERNMENT = EstateAccount(
    key="public-sector",
    id="735120664908",
    environment="production",
    owner="Public sector",
    domains=("agency.civicquay.example", "tenders.civicquay.example"),
    stems=("notices.", "contact@", "permits.", "replies@"),
)
COMMERCIAL = (
    MANAGEMENT,
    SHOP,
    SHOP_STAGING,
    SHOP_DEVELOPMENT,
    NEWSLETTER,
    PAYMENTS,
    SUPPORT,
    LOGISTICS,
    PEOPLE,
    DATA_STAGING,
    LAB,
)
ACCOUNTS = (*COMMERCIAL, GOVERNMENT)
# A service control policy keeps everyone out of SES here, the collector included.
DENYING = LAB
# The region is on, but its tokens are not yet known there.
DISABLED = (PEOPLE, "eu-south-1")


@dataclass(frozen=True, slots=True)
class Vendor:
    """A company that sends for us. ``ends_in_days`` counts from the day of seeding; None: no end agreed."""

    name: str
    contact: str
    sponsor: str
    ends_in_days: int | None


PELLEGRIN = Vendor("Pellegrin Mailworks", "accounts@pellegrin.example", "vendor.manager@example.com", 129)
OSTERMARK = Vendor("Ostermark Service Desk", "partners@ostermark.example", "vendor.manager@example.com", 212)
VANTRELL = Vendor("Vantrell Billing", "hello@vantrell.example", "ida.sorensen@example.com", 26)
DUNMERE = Vendor("Dunmere Parcels", "integration@dunmere.example", "tomas.velde@example.com", 340)
QUILLFEATHER = Vendor("Quillfeather Surveys", "care@quillfeather.example", "vendor.manager@example.com", -47)
FENNIMORE = Vendor("Fennimore Events", "office@fennimore.example", "", -400)
VENDORS = (PELLEGRIN, OSTERMARK, VANTRELL, DUNMERE, QUILLFEATHER, FENNIMORE)


@dataclass(frozen=True, slots=True)
class OutsideAccount:
    """An account that we have registered but do not collect."""

    id: str
    name: str
    relationship: str
    vendor: Vendor | None = None
    environment: str = "production"


PELLEGRIN_SENDING = OutsideAccount("804715293668", "Pellegrin sending", "partner", PELLEGRIN)
PELLEGRIN_TESTING = OutsideAccount("804923361750", "Pellegrin testing", "partner", PELLEGRIN, "staging")
OSTERMARK_DESK = OutsideAccount("815360927441", "Ostermark desk", "partner", OSTERMARK)
VANTRELL_INVOICES = OutsideAccount("826791034528", "Vantrell invoices", "partner", VANTRELL)
DUNMERE_TRACKING = OutsideAccount("838204176695", "Dunmere tracking", "partner", DUNMERE)
QUILLFEATHER_PANEL = OutsideAccount("849537620183", "Quillfeather panel", "partner", QUILLFEATHER)
FENNIMORE_BOOKING = OutsideAccount("850162947371", "Fennimore booking", "former", FENNIMORE)
CLOSED_BRAND = OutsideAccount("861948305527", "harbourlight-brasscompass-old (closed)", "former", None)
SISTER_COMPANY = OutsideAccount("872605183949", "harbourlight-wholesale", "organization", None)
OUTSIDE = (
    PELLEGRIN_SENDING,
    PELLEGRIN_TESTING,
    OSTERMARK_DESK,
    VANTRELL_INVOICES,
    DUNMERE_TRACKING,
    QUILLFEATHER_PANEL,
    FENNIMORE_BOOKING,
    CLOSED_BRAND,
    SISTER_COMPANY,
)
# Nobody has ever registered these.
STRANGER = "883017459262"
SECOND_STRANGER = "894250631708"
# From a documentation example, copied as it stood.
PLACEHOLDER = "123456789012"
