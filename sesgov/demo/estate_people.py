"""People and teams of the demo. Two have left; the tags of some identities still name them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EstateTeam:
    name: str
    email: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Only those of ``LOGINS`` sign in; ``has_left``: they do so in the course of the history."""

    email: str
    name: str
    roles: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    has_left: bool = False


TEAMS = (
    EstateTeam("Shop", "shop-team@example.com", ("team-shop", "storefront")),
    EstateTeam("Newsletter", "newsletter@example.com", ("team-newsletter", "crm")),
    EstateTeam("Payments", "payments@example.com", ("team-payments", "billing")),
    EstateTeam("Support", "support-team@example.com", ("team-support", "customer-care")),
    EstateTeam("Logistics", "logistics@example.com", ("team-logistics",)),
    EstateTeam("People", "people-team@example.com", ("team-people", "hr")),
    EstateTeam("Data", "data@example.com", ("team-data",)),
    EstateTeam("Platform", "platform@example.com", ("team-platform", "sre")),
    EstateTeam("Public sector", "public-sector@example.com", ("team-public-sector",)),
)
# One sign-in per role; they share the password of the installation.
LOGINS = (
    Person("viewer@example.com", "Vera Lindqvist", ("viewer",)),
    Person("owner@example.com", "Oskar Brandt", ("owner",), ("Shop", "Newsletter")),
    Person("security@example.com", "Selma Adeyemi", ("security",), ("Platform",)),
    Person("vendor.manager@example.com", "Viktor Lorenz", ("vendor_manager",)),
    Person("auditor@example.com", "Aino Keller", ("auditor",)),
    Person("admin@example.com", "Adam Petrov", ("admin",)),
)
OTHERS = (
    Person("maya.okafor@example.com", "Maya Okafor", ("owner",), ("Shop",)),
    Person("ida.sorensen@example.com", "Ida Sorensen", ("owner",), ("Payments",)),
    Person("tomas.velde@example.com", "Tomas Velde", ("owner",), ("Logistics",)),
    Person("noor.haddad@example.com", "Noor Haddad", ("owner",), ("Support",)),
    Person("jana.kowalska@example.com", "Jana Kowalska", ("owner",), ("People",)),
    Person("ravi.menon@example.com", "Ravi Menon", ("owner",), ("Data",)),
    Person("lena.fischer@example.com", "Lena Fischer", ("owner",), ("Newsletter",)),
    Person("greta.holm@example.com", "Greta Holm", ("owner",), ("Public sector",)),
    Person("paul.renner@example.com", "Paul Renner", ("owner",), ("Newsletter",), has_left=True),
    Person("sofia.castell@example.com", "Sofia Castell", ("owner",), ("Support",), has_left=True),
)
PEOPLE = (*LOGINS, *OTHERS)
# Who answers for a team, for tags that carry an address.
CONTACTS = {
    "Shop": "maya.okafor@example.com",
    "Newsletter": "lena.fischer@example.com",
    "Payments": "ida.sorensen@example.com",
    "Support": "noor.haddad@example.com",
    "Logistics": "tomas.velde@example.com",
    "People": "jana.kowalska@example.com",
    "Data": "ravi.menon@example.com",
    "Platform": "security@example.com",
    "Public sector": "greta.holm@example.com",
}
ADMINISTRATOR, SECURITY, VENDOR_MANAGER = "admin@example.com", "security@example.com", "vendor.manager@example.com"
AUDITOR = "auditor@example.com"
LEFT = tuple(person.email for person in OTHERS if person.has_left)
