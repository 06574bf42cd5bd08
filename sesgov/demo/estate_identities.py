"""Which identities the demo holds: names, owners' tags and hygiene, by rule and without chance."""

import hashlib

from sesgov.demo.estate_accounts import GOVERNMENT, GOVERNMENT_REGION, REGIONS, EstateAccount
from sesgov.demo.estate_people import CONTACTS, LEFT, TEAMS

ALIASES = {team.name: team.aliases[0] for team in TEAMS}
# What a region holds beside the account's domains; the first region holds the account's own stems.
REGION_STEMS = {
    "eu-central-1": ("de.", "service@", "kampagne.", "kontakt@", "filialen.", "willkommen@"),
    "us-east-1": ("us.", "us-hello@", "club.", "feedback@", "stores."),
    "ap-southeast-2": ("au.", "au-hello@", "specials.", "reply@"),
    "eu-south-1": ("it.", "ciao@", "negozi."),
}


def names(account: EstateAccount, region: str) -> list[str]:
    """The identities of one scope: the account's domains, which every region repeats, then the region's own."""
    stems = account.stems if region in (REGIONS[0], GOVERNMENT_REGION) else REGION_STEMS[region]
    domains = account.domains
    return [*domains, *(f"{stem}{domains[number % len(domains)]}" for number, stem in enumerate(stems))]


def regions(account: EstateAccount) -> tuple[str, ...]:
    return (GOVERNMENT_REGION,) if account is GOVERNMENT else REGIONS


def lot(*parts: str) -> int:
    """A number from 0 to 99 that is always the same for the same identity."""
    return hashlib.sha256("/".join(parts).encode()).digest()[0] * 100 // 256


def tags(account: EstateAccount, region: str, name: str) -> dict[str, str]:
    """Most identities name their team or a person; some nobody, some a person who left, some a word of the past."""
    drawn = lot("owner", account.key, region, name)
    team = account.owner
    tags = {"environment": account.environment, "cost-centre": f"CC-{1000 + lot('cost', account.key)}"}
    if drawn < 45:
        return tags | {"team": team}
    if drawn < 62:
        return tags | {"Owner": CONTACTS[team]}
    if drawn < 76:
        return tags | {"team": ALIASES[team]}
    if drawn < 83:
        return tags | {"contact": LEFT[drawn % len(LEFT)]}
    if drawn < 88:
        return tags | {"owner": "tbd" if drawn % 2 else "Marketing (old)"}
    return tags


def hygiene(account: EstateAccount, region: str, name: str) -> dict[str, object]:
    """Facts beside the policies: DKIM, verification, MAIL FROM, configuration set."""
    drawn = lot("hygiene", account.key, region, name)
    domain = name.rpartition("@")[2]
    facts: dict[str, object] = {"dkim": "SUCCESS", "verification": "SUCCESS"}
    if drawn < 4:
        facts |= {"verification": "PENDING", "dkim": "PENDING"}
    elif drawn < 10:
        facts |= {"dkim": "NOT_STARTED"}
    if "@" not in name and drawn % 3:
        facts |= {"mail_from": f"bounce.{domain}"}
    if drawn % 5:
        facts |= {"configuration_set": f"{account.key}-default"}
    return facts
