"""Reminders through a grant's life: who is told what on which day, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from threading import Barrier

import pytest
from django.db import connection

from approvals.models import Grant, GrantRequest, Reminder
from approvals.rules.deciders import SlotKind
from approvals.rules.states import Observation, RequestState
from approvals.services.grants.decisions import decide
from approvals.services.grants.grants import revoke, will_not_renew
from approvals.services.reminders.reminders import remind, remind_daily
from approvals.services.requests.lapse_warnings import warn_of_lapses
from inventory.models import Delivery, Deputy, Notice, VendorContact
from tests import builders
from tests.approvals.cases import Estate, approval, days, slot_of
from tests.builders import NOW

pytestmark = pytest.mark.django_db
LAST = 200  # Friday, 21 May 2027


def on(number: int) -> datetime:
    """Noon of the day so many days from today."""
    return datetime.combine(days(number), time(12), tzinfo=NOW.tzinfo)


@pytest.fixture
def estate() -> Estate:
    return Estate()


@pytest.fixture
def grant(estate) -> Grant:
    made: Grant = estate.granted(ends_on=days(LAST))
    return made


def told(person, kind="ending") -> list[int]:
    """The days from today on which a person was told."""
    made = Notice.objects.filter(person=person, kind=kind).order_by("pk").values_list("made_at", flat=True)
    return [(at.date() - days(0)).days for at in made]


def live(first: int, last: int) -> None:
    """Each of these days goes by, its reminders twice."""
    for number in range(first, last + 1):
        remind(at=on(number))
        remind(at=on(number) + timedelta(hours=1))


def test_a_grant_that_nobody_renews_is_told_of_at_each_step_and_for_as_long_as_it_is_there(estate, grant):
    live(LAST - 70, LAST)
    assert told(estate.owner) == [LAST - 60, LAST - 30, LAST - 14, LAST - 7, LAST - 1, LAST]
    assert told(estate.colleague) == told(estate.owner)
    assert told(estate.security) == []
    Grant.objects.filter(pk=grant.pk).update(observation=Observation.STILL_PRESENT, observed_at=on(LAST))
    live(LAST + 1, LAST + 4)
    assert told(estate.security, "still_live") == [LAST + 1, LAST + 2, LAST + 3, LAST + 4]
    Grant.objects.filter(pk=grant.pk).update(observation=Observation.REMOVED)
    live(LAST + 5, LAST + 7)
    assert told(estate.security, "still_live")[-1] == LAST + 4
    assert Reminder.objects.count() == 10


def test_whoever_operates_the_account_is_told_at_once_and_security_from_the_third_day(estate, grant):
    operators = builders.team(name="Platform")
    operator = builders.user("viewer", teams=[operators])
    account = estate.identity.scope.account
    account.owner_team = operators
    account.save()
    Grant.objects.filter(pk=grant.pk).update(observation=Observation.STILL_PRESENT)
    live(LAST + 1, LAST + 4)
    assert told(operator, "still_live") == [LAST + 1, LAST + 2, LAST + 3, LAST + 4]
    assert told(estate.security, "still_live") == [LAST + 3, LAST + 4]


def test_at_sixty_days_sesgov_asks_for_a_renewal_as_long_as_the_contract_lasts(estate, grant):
    remind(at=on(LAST - 60))
    request = GrantRequest.objects.get(kind="renew")
    terms = request.lines.get().grant_terms
    assert (request.requester, request.state) == (None, RequestState.PENDING)
    assert (terms.starts_on, terms.ends_on) == (days(LAST + 1), days(300))
    assert Notice.objects.filter(kind="decide", person=estate.security, path=f"/requests/{request.pk}/").exists()
    notice = Notice.objects.get(kind="ending", person=estate.owner)
    assert "as news@shop.example.com" in notice.text
    assert "It ends in 60 days. Say until when to keep it" in notice.text
    assert "Use unknown" in notice.text
    assert notice.path == f"/grants/{grant.pk}/"


def test_a_renewal_that_lapsed_is_asked_for_anew_at_the_next_step_and_one_that_waits_is_not(estate, grant):
    remind(at=on(LAST - 60))
    first = GrantRequest.objects.get(kind="renew")
    GrantRequest.objects.filter(pk=first.pk).update(state=RequestState.LAPSED)
    remind(at=on(LAST - 30))
    remind(at=on(LAST - 14))
    assert GrantRequest.objects.filter(kind="renew").count() == 2


def test_after_a_renewal_nobody_is_reminded_of_the_first(estate, grant):
    remind(at=on(LAST - 60))
    request = GrantRequest.objects.get(kind="renew")
    for kind, person in ((SlotKind.OWNER, estate.owner), (SlotKind.SECURITY, estate.security)):
        decide(slot_of(request, kind).pk, approval(request), acting_user=person, at=on(LAST - 59))
    live(LAST - 58, LAST)
    assert told(estate.owner) == [LAST - 60]


def test_a_rejected_renewal_is_not_asked_for_again_and_the_end_is_still_told(estate, grant):
    remind(at=on(LAST - 60))
    request = GrantRequest.objects.get(kind="renew")
    no = approval(request, is_approved=False, comment="They leave.")
    decide(slot_of(request, SlotKind.OWNER).pk, no, acting_user=estate.owner, at=on(LAST - 60))
    live(LAST - 59, LAST)
    assert GrantRequest.objects.filter(kind="renew").count() == 1
    assert told(estate.owner)[-1] == LAST
    assert "A renewal was rejected." in Notice.objects.filter(person=estate.owner, kind="ending")[1].text


def test_who_will_not_renew_hears_of_the_last_day_alone(estate, grant):
    will_not_renew(grant.pk, acting_user=estate.owner, at=NOW)
    live(LAST - 61, LAST)
    assert told(estate.owner) == [LAST]
    assert not GrantRequest.objects.filter(kind="renew").exists()


def test_a_contract_that_ends_leaves_nothing_to_renew_and_the_reminder_says_so(estate):
    estate.granted(ends_on=days(300))
    remind(at=on(240))
    assert not GrantRequest.objects.filter(kind="renew").exists()
    assert (
        "It cannot be renewed as it is: a contract ends on"
        in Notice.objects.get(person=estate.owner, kind="ending").text
    )


def test_steps_longer_than_half_the_term_are_left_out(estate):
    estate.granted(ends_on=days(18))
    live(0, 18)
    assert told(estate.owner) == [11, 17, 18]


def test_an_end_on_a_saturday_is_told_of_on_the_friday_and_says_so(estate):
    estate.granted(ends_on=days(19))
    live(0, 19)
    assert told(estate.owner) == [11, 18]
    assert "It ends tomorrow." in Notice.objects.filter(person=estate.owner, kind="ending")[0].text


def test_a_clock_that_jumps_tells_of_the_latest_step_alone(estate, grant):
    remind(at=on(LAST - 61))
    remind(at=on(LAST - 3))
    assert told(estate.owner) == [LAST - 3]
    assert list(Reminder.objects.values_list("step", flat=True)) == [7]
    assert "in 3 days" in Notice.objects.get(person=estate.owner, kind="ending").text


def test_a_revoked_grant_reminds_of_no_end(estate, grant):
    revoke(grant.pk, reason="Over.", acting_user=estate.owner, at=NOW)
    live(LAST - 61, LAST - 55)
    assert told(estate.owner) == []


def test_deputies_and_the_sponsor_are_told_and_who_left_is_not(estate, grant):
    sponsor, deputy = builders.user("vendor_manager"), builders.user("owner")
    estate.vendor.sponsor = sponsor
    estate.vendor.save()
    Deputy.objects.create(team=estate.team, deputy=deputy, from_on=days(0), until_on=days(250), created_at=NOW)
    estate.colleague.is_active = False
    estate.colleague.save()
    remind(at=on(LAST - 30))
    assert told(sponsor) == told(deputy) == told(estate.owner) == [LAST - 30]
    assert told(estate.colleague) == []


def test_an_identity_without_an_owner_is_security_s(estate, grant):
    estate.identity.owner_team = None
    estate.identity.save()
    remind(at=on(LAST - 7))
    assert told(estate.security) == [LAST - 7]


def test_the_vendor_s_address_is_told_once_at_each_of_its_steps_whatever_ends(estate, grant):
    for name, email in (("Ann", "ann@brightmail.example"), ("Ann again", "Ann@brightmail.example"), ("No mail", "")):
        VendorContact.objects.create(vendor=estate.vendor, name=name, email=email)
    estate.identity = builders.identity(name="blog.example.com", owner_team=estate.team)
    estate.granted(ends_on=days(LAST))
    will_not_renew(grant.pk, acting_user=estate.owner, at=NOW)
    live(LAST - 61, LAST)
    mails = list(Delivery.objects.order_by("pk"))
    assert [(mail.made_at.date() - days(0)).days for mail in mails] == [LAST - 30, LAST - 7, LAST]
    assert {mail.to for mail in mails} == {"ann@brightmail.example"}
    assert "- blog.example.com\n- shop.example.com" in mails[0].text
    assert "21 May 2027 is the last day" in mails[0].text
    assert "Today is the last day" in mails[-1].text
    assert not any(word in mails[0].text for word in ("http", "1111", "arn:", "Shop", str(estate.owner)))


def test_once_a_day_a_quarter_of_an_hour_before_the_digest(estate, grant):
    early = datetime.combine(days(LAST - 30), time(7, 44), tzinfo=NOW.tzinfo)
    remind_daily(at=early - timedelta(hours=23))
    assert not remind_daily(at=early)
    assert told(estate.owner) == [LAST - 31]
    assert remind_daily(at=early + timedelta(minutes=1))
    assert told(estate.owner) == [LAST - 31, LAST - 30]
    assert not remind_daily(at=early + timedelta(minutes=2))


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_remind_once():
    estate = Estate()
    estate.granted(ends_on=days(LAST))
    barrier = Barrier(2)

    def work() -> int:
        try:
            barrier.wait(timeout=10)
            return remind(at=on(LAST - 30))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(each.result() for each in [pool.submit(work), pool.submit(work)]) == [0, 1]
    assert told(estate.owner) == [LAST - 30]
    assert GrantRequest.objects.filter(kind="renew").count() == 1


def test_a_day_before_a_request_lapses_whoever_has_not_decided_is_warned_once(estate):
    request = estate.pending()
    decide(slot_of(request, SlotKind.OWNER).pk, approval(request), acting_user=estate.colleague, at=NOW)
    assert warn_of_lapses(at=NOW + timedelta(days=5, hours=23)) == 0
    assert warn_of_lapses(at=NOW + timedelta(days=6)) == 1
    assert warn_of_lapses(at=NOW + timedelta(days=6, minutes=1)) == 0
    warned = Notice.objects.filter(key__contains="lapses")
    assert {notice.person for notice in warned} == {estate.security, estate.second}
    assert all(notice.is_urgent for notice in warned)
    assert "it lapses on 9 Nov at 08:00" in warned[0].text
