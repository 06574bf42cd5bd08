"""Mails are made of notices: one digest a day at its hour, urgent ones at once, and nobody is told the same twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from inventory.models import Delivery, Notice, NoticeKind
from inventory.services.notices.choices import choose
from inventory.services.notices.drain import drain
from inventory.services.notices.mails import is_mail_due, make_mails
from inventory.services.notices.notices import answered, tell, tell_address
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db
# The digest is made at 08:00; NOW is that instant.
BEFORE = NOW - timedelta(minutes=5)
DAY = timedelta(days=1)


def say(*people, key="request 1", kind=NoticeKind.DECIDE, at=BEFORE, **given):
    values = {"text": "Brightmail asks to send as shop.example.com.", "path": "/requests/1/"} | given
    tell(people, kind=kind, key=key, at=at, **values)


def test_the_same_step_is_told_once_to_each_and_never_to_who_left():
    ann, bob = builders.user("security"), builders.user("security")
    gone = builders.user("security", is_active=False)
    say(ann, gone)
    say(ann, bob, ann)
    assert [notice.person for notice in Notice.objects.order_by("pk")] == [ann, bob]


def test_a_digest_a_day_holds_what_came_before_its_hour():
    ann = builders.user("security")
    say(ann)
    say(ann, key="grant 2", kind=NoticeKind.ENDING, text="Access ends in 7 days.", path="/grants/2/")
    say(ann, key="later", at=NOW + timedelta(minutes=1), text="Something new.")
    assert make_mails(at=NOW - timedelta(seconds=1)) == 0
    assert make_mails(at=NOW) == 1
    assert make_mails(at=NOW + timedelta(hours=3)) == 0
    assert not is_mail_due(at=NOW + timedelta(hours=3))
    (mail,) = Delivery.objects.all()
    assert (mail.to, mail.person, mail.subject) == (ann.email, ann, "1 to decide, 1 access that ends")
    assert "Brightmail asks to send as shop.example.com.\nhttp://127.0.0.1:8000/requests/1/\n" in mail.text
    assert 'href="http://127.0.0.1:8000/grants/2/"' in mail.html
    assert "Something new" not in mail.text
    assert make_mails(at=NOW + DAY) == 1
    assert "2 earlier notices of yours are not marked as read" in Delivery.objects.all()[0].text


def test_the_hour_is_that_of_the_zone(settings):
    settings.SESGOV_TIME_ZONE = ZoneInfo("America/New_York")
    say(builders.user("security"))
    assert make_mails(at=NOW + timedelta(hours=4, minutes=59)) == 0
    assert make_mails(at=NOW + timedelta(hours=5)) == 1


def test_urgent_notices_leave_at_once_and_are_in_no_digest():
    ann = builders.user("security")
    say(ann, is_urgent=True, at=NOW + timedelta(hours=5))
    assert make_mails(at=NOW + timedelta(hours=5)) == 1
    assert make_mails(at=NOW + DAY) == 0
    assert Delivery.objects.get().subject == "Brightmail asks to send as shop.example.com."


def test_what_was_read_is_not_mailed_and_neither_is_what_one_does_not_want():
    ann = builders.user("security")
    choose(is_urgent_at_once=False, mailed=["decided"], acting_user=ann, at=BEFORE)
    say(ann, key="read")
    Notice.objects.update(read_at=BEFORE)
    say(ann, key="alert", kind=NoticeKind.ALERT, is_urgent=True)
    assert make_mails(at=NOW + DAY) == 0
    say(ann, key="urgent", is_urgent=True)
    assert make_mails(at=BEFORE) == 0
    say(ann, key="contained", kind=NoticeKind.CONTAIN, is_urgent=True)
    assert make_mails(at=BEFORE) == 1
    assert make_mails(at=NOW) == 1
    assert set(Notice.objects.exclude(delivery=None).values_list("key", flat=True)) == {"urgent", "contained"}


def test_what_somebody_else_has_answered_waits_for_nobody():
    ann, bob = builders.user("security"), builders.user("security")
    say(ann, bob)
    say(ann, key="request 2")
    answered(["request 1"], at=NOW)
    assert make_mails(at=NOW) == 1
    assert Delivery.objects.get().to == ann.email


def test_what_is_older_than_a_week_is_on_the_page_alone():
    ann = builders.user("security")
    say(ann, at=NOW - 7 * DAY)
    say(ann, key="urgent", at=NOW - 7 * DAY, is_urgent=True)
    assert make_mails(at=NOW) == 0
    assert Notice.objects.unread().count() == 2


def test_who_is_deactivated_gets_no_digest():
    ann = builders.user("security")
    say(ann)
    ann.is_active = False
    ann.save()
    assert make_mails(at=NOW) == 0


def test_names_are_escaped_and_a_line_break_changes_no_header(mailoutbox):
    say(builders.user("security"), text="<script>alert(1)</script>\nBcc: all@example.com & more")
    make_mails(at=NOW)
    drain(lambda: NOW, until=NOW + timedelta(seconds=1))
    (mail,) = mailoutbox
    assert mail.subject == "<script>alert(1)</script> Bcc: all@example.com & more"
    html, _ = mail.alternatives[0]
    assert "<script>" not in html
    assert "&amp; more" in html
    assert mail.bcc == []


def test_a_mail_of_the_demo_says_so(settings):
    settings.SESGOV_DEMO = True
    say(builders.user("security"))
    tell_address("ann@example.org", key="vendor 1", subject="It ends", text="Today.", at=NOW)
    make_mails(at=NOW)
    for mail in Delivery.objects.all():
        assert mail.subject.startswith("[DEMO] ")
        assert mail.text.startswith("DEMO: every name in this mail is invented.")


def test_an_address_is_told_once_for_each_key():
    for address in ("ann@example.org", "Ann@Example.org"):
        tell_address(address, key="vendor 1", subject="It ends", text="Today.", at=NOW)
    assert Delivery.objects.get().html == ""


def test_mails_are_files_of_both_kinds_for_whoever_runs_it_alone(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "sesgov.mail_files.EmailBackend", str(tmp_path / "mails")
    say(builders.user("security"))
    make_mails(at=NOW)
    drain(lambda: NOW, until=NOW + timedelta(seconds=1))
    (file,) = (tmp_path / "mails").glob("*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert (tmp_path / "mails").stat().st_mode & 0o077 == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one_digest_and_one_urgent_mail():
    ann = builders.user("security")
    for number in range(5):
        say(ann, key=f"request {number}")
        say(ann, key=f"urgent {number}", is_urgent=True)
    barrier = Barrier(2)

    def work() -> int:
        try:
            barrier.wait(timeout=10)
            return make_mails(at=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        made = [each.result() for each in [pool.submit(work), pool.submit(work)]]
    assert sum(made) == Delivery.objects.count()
    mailed = list(Notice.objects.values_list("delivery__key", flat=True))
    assert None not in mailed
    assert {key.partition(":")[0] for key in mailed} == {"urgent", "digest"}
    assert Delivery.objects.filter(key__startswith="digest").count() <= 1
    assert sum(mail.text.count("Brightmail asks") for mail in Delivery.objects.all()) == 10
