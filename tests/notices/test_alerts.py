"""Alerts: new critical and high findings, one message for each actor, and each finding once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from inventory.models import Delivery, FindingEpisode, Notice
from inventory.services.notices.alerts import alert, is_alert_due
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db
QUARTER = timedelta(minutes=15)


def found(*, minutes=20, is_baseline=False, **given):
    """A finding that was opened so many minutes ago."""
    opened_at = NOW - timedelta(minutes=minutes)
    finding = builders.finding(first_opened_at=opened_at, **given)
    FindingEpisode.objects.filter(finding=finding).update(is_baseline=is_baseline)
    return finding


def test_all_of_one_actor_within_a_quarter_of_an_hour_are_one_message():
    security = builders.user("security")
    builders.account(account_id="444455556666", name="Brightmail", relationship="partner")
    for minutes, name in ((20, "shop.example.com"), (6, "blog.example.com"), (1, "news.example.com")):
        found(minutes=minutes, identity=builders.identity(name=name))
    other = found(subject="777788889999")
    assert alert(at=NOW) == 2
    assert alert(at=NOW + QUARTER) == 0
    first, second = Notice.objects.filter(person=security).order_by("pk")
    assert first.text == (
        "Brightmail (account 4444-5555-6666): 3 new findings on blog.example.com and 2 more; the worst, high: "
        "An account that nobody knows can send as one of them."
    )
    assert first.path == "/findings/?subject=444455556666"
    assert second.path == f"/findings/{other.pk}/"
    assert not first.is_urgent


def test_nobody_is_told_before_the_quarter_is_over():
    builders.user("security")
    found(minutes=14)
    assert not is_alert_due(at=NOW)
    assert alert(at=NOW) == 0
    assert is_alert_due(at=NOW + timedelta(minutes=1))
    assert alert(at=NOW + timedelta(minutes=1)) == 1


def test_what_comes_later_is_a_message_of_its_own():
    security = builders.user("security")
    found()
    alert(at=NOW)
    found(minutes=0, identity=builders.identity(name="late.example.com"))
    assert alert(at=NOW + timedelta(minutes=14)) == 0
    assert alert(at=NOW + QUARTER) == 1
    assert Notice.objects.filter(person=security).count() == 2


@pytest.mark.parametrize(
    "given",
    [{"is_baseline": True}, {"severity": "medium"}, {"minutes": 3 * 24 * 60}],
    ids=["of the first look", "not so bad", "long ago"],
)
def test_what_alerts_nobody(given, settings):
    settings.SESGOV_SLACK_URL = "https://hooks.example.com/secret"
    builders.user("security")
    found(**given)
    assert not is_alert_due(at=NOW)
    assert alert(at=NOW) == 0
    assert not Notice.objects.exists()
    assert not Delivery.objects.exists()


def test_what_was_mended_meanwhile_alerts_nobody():
    builders.user("security")
    finding = found()
    FindingEpisode.objects.filter(finding=finding).update(closed_at=NOW, reason="fixed")
    assert alert(at=NOW) == 0


def test_owners_hear_of_their_own_identities_alone_and_critical_ones_at_once(settings):
    settings.SESGOV_SLACK_URL = "https://hooks.example.com/secret"
    shop, blog = builders.team(), builders.team()
    owner = builders.user("owner", teams=[shop])
    security = builders.user("security")
    mine = found(rule_id="public-send", subject="*", severity="critical", identity=builders.identity(owner_team=shop))
    found(rule_id="public-send", subject="*", severity="critical", identity=builders.identity(owner_team=blog))
    assert alert(at=NOW) == 1
    told = Notice.objects.get(person=owner)
    assert (told.path, told.is_urgent) == (f"/findings/{mine.pk}/", True)
    assert mine.identity.name in told.text
    assert Notice.objects.get(person=security).text.startswith("Anyone with an AWS account: 2 new findings on ")
    assert Delivery.objects.get().channel == "slack"


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_once(settings):
    settings.SESGOV_SLACK_URL = "https://hooks.example.com/secret"
    builders.user("security")
    for number in range(4):
        found(identity=builders.identity(name=f"shop{number}.example.net"))
    barrier = Barrier(2)

    def work() -> int:
        try:
            barrier.wait(timeout=10)
            return alert(at=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(each.result() for each in [pool.submit(work), pool.submit(work)]) == [0, 1]
    assert Notice.objects.count() == Delivery.objects.count() == 1
