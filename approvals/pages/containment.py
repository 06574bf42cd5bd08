"""Containment: what stops, what goes on, and what is still to be done."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from approvals.models import ChangeTask, Containment
from approvals.pages.grant_sentences import grant_sentence
from approvals.pages.names import names_for
from approvals.services.emergencies.containment import Reachable, reachable, subject_name
from approvals.services.grants.grants import check_may_end
from inventory.models import Account, Delegation, Identity, User, VendorContact
from inventory.pages.stored_paths import path_sentences
from inventory.paths import paths_to
from inventory.policy.grants.terms import ANYONE
from inventory.services.notices.recipients import operators, owner_side, security_team
from inventory.services.refusals import RefusedError


def may_contain(user: User, identity: Identity, at: datetime) -> bool:
    """Whether somebody may stop a delegate of the identity; the service decides, pages only ask it."""
    try:
        check_may_end(identity, user, at)
    except RefusedError:
        return False
    return True


def confirm_context(user: User, identity: Identity, subject: str, at: datetime) -> dict[str, object]:
    """What the person is about to stop; a fixed number of queries."""
    on = timezone.localdate(at)
    found = reachable(identity, subject, on=on)
    names = {**names_for(each.grant_terms for each in found.grants), **_name_of(subject)}
    return {
        "identity": identity,
        "who": subject_name(subject),
        "paths": path_sentences(_whole(found), names),
        "grants": [(each, grant_sentence(each, names=names, on=on)) for each in found.grants],
        "is_nothing": not found.delegations and not found.grants,
        "others": _elsewhere(user, identity, subject),
        "is_open_to_all": _is_open_to_all(identity, subject),
        "contacts": list(contacts_of(subject)),
        "told": _told(identity, at),
        "before": Containment.objects.open().filter(identity=identity, subject=subject).first(),
    }


def containment_context(user: User, containment: Containment, at: datetime) -> dict[str, object]:
    """Where one stands."""
    on = timezone.localdate(at)
    grants = list(containment.grants.select_related("identity", "suspended_by").order_by("pk"))
    names = names_for(each.grant_terms for each in grants)
    tasks = ChangeTask.objects.visible_to(user).filter(containments=containment)
    live = reachable(containment.identity, containment.subject, on=on).delegations
    return {
        "containment": containment,
        "identity": containment.identity,
        "who": subject_name(containment.subject),
        "grants": [(each, grant_sentence(each, names=names, on=on)) for each in grants],
        "tasks": list(tasks.select_related("assigned_team", "verified_by_run").order_by("pk")),
        "is_live": bool(live),
    }


def contacts_of(subject: str) -> QuerySet[VendorContact]:
    """Whom to write to at the vendor whose account it is."""
    accounts = Account.objects.filter(account_id=subject, vendor__isnull=False).values("vendor")
    return VendorContact.objects.filter(vendor__in=accounts).exclude(email="")


def _name_of(subject: str) -> dict[str, str]:
    known = Account.objects.filter(account_id=subject).values_list("account_id", "vendor__name", "name")
    return {account_id: vendor or name for account_id, vendor, name in known}


def _whole(found: Reachable) -> QuerySet[Delegation]:
    rows = Delegation.objects.filter(pk__in=[each.pk for each in found.delegations])
    return rows.select_related("identity__scope__account", "identity__owner_team", "identity__owner_user")


def _elsewhere(user: User, identity: Identity, subject: str) -> int:
    """As how many other identities it can act."""
    rows = paths_to(user, subject) if subject != ANYONE else Delegation.objects.none()
    return rows.exclude(identity=identity).order_by().values("identity").distinct().count()


def _is_open_to_all(identity: Identity, subject: str) -> bool:
    """Whether anyone at all may act as the identity, and so this delegate as well."""
    anyone = Delegation.objects.live().outside().filter(identity=identity, account_id="", principal=ANYONE)
    return subject != ANYONE and anyone.exists()


def _told(identity: Identity, at: datetime) -> list[str]:
    on = timezone.localdate(at)
    owners, team = owner_side(identity, on=on).count(), identity.scope.account.owner_team
    said = [f"{owners} on the owner's side"] if owners else ["nobody on the owner's side, since there is no owner"]
    said.append(f"{security_team().count()} of security")
    operating = operators(identity.scope.account).count()
    return [*said, f"{operating} of {team}, who operate the account" if team else "security operates the account"]
