"""Copies of an identity: the same name in other regions, the domain above an address, the addresses below a domain."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import connection, models

from inventory.models import Identity, LastJudgement, PolicyVersion, Scope
from inventory.policy.rules import RegionCopy, WayAround


@dataclass(slots=True)
class Family:
    """An identity's last judgement and those of its live copies; one that was never judged is left out.

    ``region_copies`` have the same name and account in another region. ``guarded`` are identities with a Deny that
    this identity may be a way around: the domain above it, and region copies. ``texts`` maps identity ids to current
    policies, for the guarded and for the ways around this identity's own denials.
    """

    before: LastJudgement | None = None
    region_copies: list[LastJudgement] = field(default_factory=list)
    guarded: list[LastJudgement] = field(default_factory=list)
    ways_around: list[Identity] = field(default_factory=list)
    texts: dict[int, dict[str, str]] = field(default_factory=dict)

    def copies_for_rules(self) -> tuple[RegionCopy, ...]:
        """The region copies as the rules take them."""
        return tuple(_copy(judged) for judged in self.region_copies)

    def ways_for_rules(self) -> tuple[WayAround, ...]:
        """The ways around this identity's denials as the rules take them."""
        return tuple(WayAround(each.arn, self.texts[each.pk]) for each in self.ways_around)

    def copies_beside(self, judged: LastJudgement, own: RegionCopy | None) -> tuple[RegionCopy, ...]:
        """What one of the region copies is to be compared with; ``own`` is the identity that the family is of."""
        others = (_copy(other) for other in self.region_copies if other.pk != judged.pk)
        return (*others, *((own,) if own else ()))


def lock_family(scope: Scope, name: str) -> None:
    """Hold all copies of a name until the transaction ends: they are judged one after the other.

    Take it before the row of any of them is locked: a judgement writes to the rows of copies as well.
    """
    family = f"{scope.account_id} {_domain(name)}"
    number = int.from_bytes(hashlib.sha256(family.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def load_family(identity: Identity, *, has_denials: bool) -> Family:
    """One query, and one more where a Deny is about."""
    family = Family()
    domain = _domain(identity.name)
    above = models.Q(identity__name=domain, identity__scope=identity.scope_id, has_denials=True)
    same_name = models.Q(identity__name=identity.name, identity__scope__account=identity.scope.account_id)
    judged = LastJudgement.objects.filter(same_name | above if domain != identity.name else same_name)
    for each in judged.select_related("identity__scope__account").order_by("pk"):
        _place(family, identity, each)
    if has_denials or family.guarded:
        _load_texts(family, identity, has_denials=has_denials)
    return family


def _place(family: Family, identity: Identity, judged: LastJudgement) -> None:
    if judged.pk == identity.pk:
        family.before = judged
        return
    if judged.identity.name == identity.name:
        family.region_copies.append(judged)
    if judged.has_denials:
        family.guarded.append(judged)


def _load_texts(family: Family, identity: Identity, *, has_denials: bool) -> None:
    wanted = models.Q(policy__identity__in=[judged.pk for judged in family.guarded])
    if has_denials:
        wanted |= models.Q(policy__identity__in=[judged.pk for judged in family.region_copies])
        if "@" not in identity.name:
            below = f"@{identity.name}"
            wanted |= models.Q(policy__identity__scope=identity.scope_id, policy__identity__name__endswith=below)
    versions = PolicyVersion.objects.current().filter(wanted, policy__identity__gone_at=None)
    ways: dict[int, Identity] = {}
    guarded = {judged.pk for judged in family.guarded}
    copies = {judged.pk for judged in family.region_copies}
    for version in versions.select_related("policy__identity").order_by("policy__identity", "policy__name"):
        owner = version.policy.identity
        family.texts.setdefault(owner.pk, {})[version.policy.name] = version.text
        if has_denials and (owner.pk in copies or owner.pk not in guarded):
            ways[owner.pk] = owner
    family.ways_around = list(ways.values())


def _copy(judged: LastJudgement) -> RegionCopy:
    return RegionCopy(judged.identity.scope.region, frozenset(judged.admits))


def _domain(name: str) -> str:
    return name.rpartition("@")[2]


def policies_hash(policies: Mapping[str, str]) -> str:
    """SHA-256 over the names and texts of all policies of one identity."""
    digest = hashlib.sha256()
    for name, text in sorted(policies.items()):
        for part in (name, text):
            digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()
