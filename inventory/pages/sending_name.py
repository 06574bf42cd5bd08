"""One sending name: who can send as it, everywhere."""

from django.db.models import Count, QuerySet

from inventory.models import Delegation, Finding, Identity, SendingName, User
from inventory.pages.delegate_sentences import delegate_lines
from inventory.paths import paths
from inventory.services.registry.domains import domains_above, unicode_domain

SHOWN_IDENTITIES, SHOWN_FINDINGS = 20, 10


def identities_of(user: User, domain: str) -> QuerySet[Identity]:
    """The identities that stand under a name, over all accounts and regions."""
    return Identity.objects.visible_to(user).live().filter(sending_name=domain)


def sending_name_context(user: User, domain: str, name: SendingName | None) -> dict[str, object]:
    """Everything on the page of one name; a fixed number of queries."""
    rows = identities_of(user, domain)
    total = rows.count()
    related = ("scope__account", "owner_team", "owner_user")
    findings = Finding.objects.visible_to(user).open().counted().filter(identity__in=rows.order_by().values("pk"))
    above = _above(user, domain)
    below = SendingName.objects.visible_to(user).filter(domain__endswith=f".{domain}")
    return {
        "name": name,
        "domain": domain,
        "shown": unicode_domain(domain),
        "total": total,
        "accounts": rows.order_by().values("scope__account").distinct().count(),
        "regions": rows.order_by().values("scope__region").distinct().count(),
        "identities": list(rows.select_related(*related)[:SHOWN_IDENTITIES]),
        "lines": delegate_lines(_paths(user, rows), total),
        "above": list(above.select_related("scope__account").order_by("name", "pk")),
        "inherited": delegate_lines(_paths(user, above), above.count()),
        "owners": _owners(rows),
        "findings": list(findings.select_related("identity__scope__account")[:SHOWN_FINDINGS]),
        "finding_count": findings.count(),
        "below": list(below.order_by("domain")),
    }


def _paths(user: User, rows: QuerySet[Identity]) -> QuerySet[Delegation]:
    return paths(user).filter(identity__in=rows.order_by().values("pk"))


def _above(user: User, domain: str) -> QuerySet[Identity]:
    """Domains above the name, in any account and region, that let somebody outside in: it holds for all below them."""
    rows = Identity.objects.visible_to(user).live().filter(identity_type=Identity.Type.DOMAIN, delegate_count__gt=0)
    return rows.filter(name__in=domains_above(domain)).exclude(sending_name=domain)


def _owners(rows: QuerySet[Identity]) -> list[tuple[str, int]]:
    """Who owns how many of the identities; an empty name stands for nobody."""
    owned = rows.order_by().values_list("owner_team__name", "owner_user__name").annotate(number=Count("pk"))
    return [(team or person or "", number) for team, person, number in owned.order_by("-number", "owner_team__name")]
