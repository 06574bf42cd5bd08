"""Deliveries leave once: each is claimed and committed before it is sent, and what may have left is not sent again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from inventory.models import AuditEvent, Delivery
from inventory.services.notices.drain import STALE_AFTER, claim, drain, is_drain_due, send_anew, settle
from inventory.services.notices.outcomes import SENT
from inventory.services.refusals import ConflictError
from tests import builders
from tests.builders import NOW
from tests.notices.smtp_sink import HANG_UP, REFUSE, smtp_sink

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def sink(settings):
    with smtp_sink() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
        yield server


def run(at=NOW) -> int:
    return drain(lambda: at, until=at + timedelta(seconds=1))


@pytest.mark.django_db
def test_a_mail_leaves_as_text_and_html(sink):
    delivery = builders.delivery(html="<p>Brightmail asks.</p>")
    assert run() == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.due_at, delivery.settled_at, delivery.tries) == ("sent", None, NOW, 1)
    (mail,) = sink.mails
    assert b"multipart/alternative" in mail
    assert b"text/plain" in mail
    assert b"text/html" in mail
    assert f"Message-ID: <sesgov-delivery-{delivery.pk}@".encode() in mail
    assert run(LATER) == 0


@pytest.mark.django_db
def test_a_refusal_is_told_and_tried_again_until_it_is_given_up(sink):
    sink.mode = REFUSE
    delivery = builders.delivery()
    at, dues = NOW, []
    for _ in range(6):
        assert run(at) == 1
        delivery.refresh_from_db()
        assert delivery.state == "failed"
        dues.append(delivery.due_at)
        assert run(at) == 0
        at = delivery.due_at or at
    assert delivery.problem == "550 no such mailbox"
    assert dues[:2] == [NOW + timedelta(minutes=1), NOW + timedelta(minutes=6)]
    assert dues[-1] is None
    assert sink.mails == []


@pytest.mark.django_db
def test_a_refusal_that_passes_ends_with_the_mail(sink):
    sink.mode = REFUSE
    builders.delivery()
    run()
    sink.mode = ""
    assert run(LATER) == 1
    assert Delivery.objects.get().state == "sent"
    assert len(sink.mails) == 1


@pytest.mark.django_db
def test_a_server_that_hangs_up_after_the_mail_may_have_it_and_gets_it_once(sink):
    sink.mode = HANG_UP
    delivery = builders.delivery()
    run()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.due_at) == ("uncertain", None)
    assert run(NOW + timedelta(days=2)) == 0
    assert len(sink.mails) == 1


@pytest.mark.django_db
def test_without_a_server_nothing_left_and_it_is_tried_again(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    delivery = builders.delivery()
    run()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.due_at) == ("failed", NOW + timedelta(minutes=1))


@pytest.mark.django_db
def test_who_left_gets_nothing(mailoutbox):
    delivery = builders.delivery(person=builders.user("security", is_active=False))
    run()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.due_at) == ("failed", None)
    assert mailoutbox == []


@pytest.mark.django_db
def test_a_line_break_in_a_subject_fails_for_good_and_stops_nobody_else(mailoutbox):
    broken = builders.delivery(subject="Hello\nBcc: all@example.com")
    builders.delivery()
    assert run() == 2
    broken.refresh_from_db()
    assert (broken.state, broken.due_at) == ("failed", None)
    assert len(mailoutbox) == 1


@pytest.mark.django_db
def test_a_claim_whose_worker_died_is_uncertain_and_never_sent_by_itself(mailoutbox):
    delivery = builders.delivery()
    claim(at=NOW)
    assert not is_drain_due(at=NOW + STALE_AFTER)
    assert run(NOW + STALE_AFTER) == 0
    at = NOW + STALE_AFTER + timedelta(seconds=1)
    assert is_drain_due(at=at)
    assert run(at) == 0
    delivery.refresh_from_db()
    assert delivery.state == "uncertain"
    assert "may have left or not" in delivery.problem
    assert run(NOW + timedelta(days=30)) == 0
    assert mailoutbox == []


@pytest.mark.django_db
def test_an_administrator_sends_it_anew_and_that_is_recorded(mailoutbox):
    delivery, admin = builders.delivery(state="uncertain", tries=1), builders.user("admin")
    send_anew(delivery.pk, acting_user=admin, at=NOW)
    run()
    delivery.refresh_from_db()
    assert (delivery.state, len(mailoutbox)) == ("sent", 1)
    event = AuditEvent.objects.get(action="delivery.sent_anew")
    assert event.actor == admin
    with pytest.raises(ConflictError, match="sent by now"):
        send_anew(delivery.pk, acting_user=admin, at=NOW)


@pytest.mark.django_db
def test_who_comes_back_late_settles_nothing_that_was_claimed_anew():
    builders.delivery()
    first = claim(at=NOW)
    assert first is not None
    run(NOW + STALE_AFTER + timedelta(seconds=1))
    send_anew(first.pk, acting_user=builders.user("admin"), at=LATER)
    claim(at=LATER)
    settle(first, SENT, at=LATER)
    assert Delivery.objects.get().state == "claimed"


@pytest.mark.django_db
def test_who_comes_back_late_settles_what_nobody_took_up_since():
    builders.delivery()
    first = claim(at=NOW)
    assert first is not None
    run(NOW + STALE_AFTER + timedelta(seconds=1))
    settle(first, SENT, at=LATER)
    assert Delivery.objects.get().state == "sent"


@pytest.mark.django_db(transaction=True)
def test_two_drains_at_once_send_each_mail_once(sink):
    for number in range(12):
        builders.delivery(subject=f"Mail {number}", person=None, to="ann@example.org")
    barrier = Barrier(2)

    def work() -> int:
        try:
            barrier.wait(timeout=10)
            return drain(lambda: NOW, until=NOW + timedelta(seconds=1))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        tried = [each.result() for each in [pool.submit(work), pool.submit(work)]]
    assert sum(tried) == 12
    assert len(sink.mails) == 12
    assert {f"Mail {number}".encode() in b"".join(sink.mails) for number in range(12)} == {True}
    assert set(Delivery.objects.values_list("state", "tries")) == {("sent", 1)}


@pytest.mark.django_db(transaction=True)
def test_the_claim_is_committed_before_anything_is_sent(settings, monkeypatch):
    seen = []

    def look(_delivery):
        def read() -> str:
            try:
                return Delivery.objects.get().state
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            seen.append(pool.submit(read).result())
        raise SystemExit  # The worker dies while it sends.

    builders.delivery()
    monkeypatch.setattr("inventory.services.notices.drain.send_mail", look)
    with pytest.raises(SystemExit):
        run()
    assert seen == ["claimed"]
    run(LATER)
    assert Delivery.objects.get().state == "uncertain"
    assert len(seen) == 1
