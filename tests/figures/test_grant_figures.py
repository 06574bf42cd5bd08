"""Figures of grants: their numbers by hand, and the same from the intervals and in the lists."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from approvals.models import GrantRequest
from approvals.services.grants.grants import revoke
from approvals.services.matching.matching import match_all
from inventory.models import Identity, Scope
from sesgov.figures import Facts, all_figures
from sesgov.figures.catalogue import SERIES
from sesgov.figures.days import end_of, until
from sesgov.figures.series import Population, measured
from tests import builders
from tests.approvals.cases import PARTNER, Estate, days
from tests.builders import NOW
from tests.pages.clients import client_for, text_of

pytestmark = pytest.mark.django_db
BY_KEY = {series.key: series for series in SERIES}
A_DAY = timedelta(days=1)


@pytest.fixture
def estate():
    """A partner that sends under a grant, one that nobody approved, and an identity that lets nobody in."""
    with time_machine.travel(NOW, tick=False):
        estate: Any = Estate()
        Scope.objects.update(baseline_at=NOW - 30 * A_DAY)
        delegate(estate.identity, f"arn:aws:iam::{PARTNER}:role/mailer", PARTNER)
        other = builders.identity(scope=estate.identity.scope)
        delegate(other, "777788889999", "777788889999")
        builders.identity(scope=estate.identity.scope)
        estate.grant = estate.granted(ends_on=days(20))
        GrantRequest.objects.update(submitted_at=NOW - 2 * A_DAY)
        match_all(at=NOW)
        yield estate


def delegate(identity, principal, account_id):
    condition = {"StringEquals": {"ses:FromAddress": f"news@{identity.name}"}}
    allowed = builders.allow({"AWS": principal}, identity.arn, Condition=condition)
    builders.policy(text=builders.document(allowed), identity=identity)
    builders.delegation(identity=identity, principal=principal, account_id=account_id, reach="account")


def figures(at=NOW):
    return {each.key: each for each in all_figures(Facts(builders.user("viewer"), at))}


def read_again(at, *, is_gone=False):
    Scope.objects.update(last_complete_at=at)
    Identity.objects.update(last_read_at=at)
    run = builders.run(created_at=at)
    for scope in Scope.objects.filter(identities__isnull=False).distinct():
        job = builders.scope_run(run=run, scope=scope, state="done", outcome="complete", finished_at=at)
        for identity in scope.identities.all():
            job.listed.create(name=identity.name, state="read")
    if is_gone:
        first = Identity.objects.earliest("pk")
        for policy in first.policies.all():
            policy.versions.update(to_at=at)
        Identity.objects.filter(pk=first.pk).update(is_matching_due=True)


def test_what_is_approved_is_in_order_and_what_is_not_counts_against_it(estate):
    found = figures()
    assert (found["posture"].reading, found["posture"].n) == (2, 3)
    assert (found["approved"].reading, found["approved"].n) == (1, 2)
    assert (found["ending"].reading, found["ending"].n) == (1, 1)
    assert (found["approval_lead"].value, found["approval_lead"].n) == ("2.0 days", 1)
    assert (found["still_present"].value, found["revocation"].value) == ("0", None)


def test_a_sender_whom_nobody_has_compared_yet_is_not_in_order(estate):
    delegate(Identity.objects.order_by("pk").last(), "888877776666", "888877776666")
    Identity.objects.update(matched_at=NOW - 21 * A_DAY)
    found = figures()
    assert found["posture"].reading == 0
    assert found["approved"].reading == 0


def test_before_anything_was_matched_nothing_was_approved(estate):
    Scope.objects.update(baseline_at=NOW - 30 * A_DAY)
    points = measured(BY_KEY["posture"], Population.estate(), [end_of((NOW - 5 * A_DAY).date())])
    assert [(point.value, point.of) for account, point in points if account is None] == [(1, 3)]


def test_what_outlives_its_end_is_counted_until_a_reading_verifies_its_removal(estate):
    revoke(estate.grant.pk, reason="Over.", acting_user=estate.security, at=NOW + A_DAY)
    match_all(at=NOW + A_DAY)
    with time_machine.travel(NOW + A_DAY, tick=False):
        found = figures(NOW + A_DAY)
        assert (found["still_present"].reading, found["still_present"].n) == (1, 1)
        assert found["posture"].reading == 1
    with time_machine.travel(NOW + 3 * A_DAY, tick=False):
        read_again(NOW + 3 * A_DAY, is_gone=True)
        match_all(at=NOW + 3 * A_DAY)
        found = figures(NOW + 3 * A_DAY)
        assert (found["still_present"].reading, found["still_present"].is_met) == (0, True)
        assert (found["revocation"].value, found["revocation"].n) == ("2.0 days", 1)


def test_what_nobody_can_look_at_is_not_said_to_be_gone(estate):
    revoke(estate.grant.pk, reason="Over.", acting_user=estate.security, at=NOW)
    match_all(at=NOW)
    later = NOW + 3 * A_DAY
    match_all(at=later)
    with time_machine.travel(later, tick=False):
        present = figures(later)["still_present"]
        assert (present.reading, present.is_met) == (0, False)
        assert [link.count for link in present.links] == [0, 1]


@pytest.mark.parametrize("role", ["viewer", "owner"])
def test_intervals_tiles_and_lists_agree(estate, role):
    revoke(estate.granted(recipients=("*@example.com",)).pk, reason="Over.", acting_user=estate.security, at=NOW)
    match_all(at=NOW)
    user = builders.user(role, teams=[estate.team])
    client = client_for(user)
    for figure in all_figures(Facts(user, NOW)):
        if not figure.has_days:
            continue
        points = measured(BY_KEY[figure.key], Population.of(user), [until(NOW)])
        point = next((point for account, point in points if account is None), None)
        said = (None, 0) if point is None else (point.value, point.of or 0)
        assert said == (figure.reading, figure.n), figure.key
        for link in figure.links:
            page = html.unescape(text_of(client, link.url))
            total = re.search(r'<strong class="figure">(\d+)</strong>', page)
            assert total is not None, link
            assert int(total[1]) == link.count, link
