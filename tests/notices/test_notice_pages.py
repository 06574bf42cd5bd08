"""The pages of notices and deliveries."""

import pytest
from django.urls import reverse

from inventory.models import AuditEvent, Delivery, Notice, NoticeChoice, NoticeKind
from inventory.services.notices.notices import tell
from tests import builders
from tests.builders import NOW
from tests.pages.clients import client_for, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]
MINE, READ, CHOOSE = "/me/notices/", "/me/notices/read/", "/me/notices/choose/"


def say(person, number=1, **given):
    said = {"kind": NoticeKind.DECIDE, "text": f"Decide on request {number}.", "path": f"/requests/{number}/"} | given
    tell([person], key=f"request {number}", at=NOW, **said)
    return Notice.objects.get(person=person, key=f"request {number}")


@pytest.fixture
def ann():
    return builders.user("owner", name="Ann")


def test_one_sees_one_s_own_notices_and_how_many_are_unread(ann):
    say(ann, is_urgent=True)
    say(builders.user("owner"), 2)
    page = client_for(ann).get(MINE).content.decode()
    assert 'href="/requests/1/"' in page
    assert "Decide on request 2." not in page
    assert 'aria-label="Notices, 1 unread"' in page
    assert "1 of your notices is not marked as read" in page


def test_a_page_without_notices_says_what_will_stand_there(ann):
    page = client_for(ann).get(MINE).content.decode()
    assert "Nobody has told you anything yet." in page
    assert 'aria-label="Notices"' in page


def test_one_marks_one_or_all_that_were_on_the_page_and_nobody_else_s(ann):
    first, second = say(ann, 1), say(ann, 2)
    foreign = say(builders.user("owner"), 3)
    client = client_for(ann)
    client.post(READ, {"notice": first.pk})
    assert list(Notice.objects.exclude(read_at=None)) == [first]
    late = say(ann, 4)
    client.post(READ, {"until": second.pk})
    client.post(READ, {"notice": foreign.pk})
    client.post(READ, {"notice": "9" * 40, "until": "x"})
    assert set(Notice.objects.filter(read_at=None)) == {late, foreign}
    page = client.get(f"{MINE}?show=unread").content.decode()
    assert "Decide on request 4." in page
    assert "Decide on request 1." not in page


def test_a_choice_is_kept_and_recorded(ann):
    client = client_for(ann)
    assert client.post(CHOOSE, {"is_urgent_at_once": "on", "mailed": ["alert"]}).status_code == 302
    choice = NoticeChoice.objects.get(person=ann)
    assert (choice.is_urgent_at_once, choice.muted) == (True, ["decided", "offboarding"])
    assert AuditEvent.objects.get(action="notices.chosen").actor == ann
    form = client.get(MINE).context["form"]
    assert form.initial == {"is_urgent_at_once": True, "mailed": ["alert"]}


def test_what_asks_one_to_act_cannot_be_turned_off(ann):
    response = client_for(ann).post(CHOOSE, {"mailed": ["decide"]})
    assert response.status_code == 422
    assert not NoticeChoice.objects.exists()


def test_a_page_of_many_takes_as_many_statements_as_one_of_few(ann, django_assert_max_num_queries):
    for number in range(60):
        say(ann, number)
    client = client_for(ann)
    with django_assert_max_num_queries(14):
        page = client.get(MINE).content.decode()
    assert "Page 1 of 2" in page
    assert "Decide on request 0." in client.get(f"{MINE}?page=2").content.decode()


def test_deliveries_show_what_is_uncertain_and_why():
    builders.delivery(state="uncertain", subject="Ends tomorrow", problem="The server hung up.", tries=1)
    builders.delivery(subject="Waits")
    page = client_of("auditor").get("/deliveries/?state=uncertain").content.decode()
    assert "Ends tomorrow" in page
    assert "The server hung up." in page
    assert "Waits" not in page


def test_a_list_of_many_deliveries_takes_no_statement_per_row(django_assert_max_num_queries):
    for _ in range(30):
        builders.delivery(person=None, to="ann@example.org")
    client = client_of("auditor")
    with django_assert_max_num_queries(14):
        client.get("/deliveries/")


@pytest.mark.parametrize(("role", "status"), [("auditor", 403), ("security", 403), ("viewer", 404), ("owner", 404)])
def test_only_an_administrator_sends_anew(role, status):
    delivery = builders.delivery(state="uncertain")
    assert client_of(role).post(reverse("inventory:delivery_send", args=[delivery.pk])).status_code == status
    assert Delivery.objects.get().state == "uncertain"


def test_an_administrator_sends_anew_once_and_a_second_click_is_too_late():
    delivery = builders.delivery(state="uncertain")
    client, address = client_of("admin"), reverse("inventory:delivery_send", args=[delivery.pk])
    assert "Send it once more" in client.get(f"/deliveries/{delivery.pk}/").content.decode()
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 409
    assert Delivery.objects.get().state == "waiting"
    assert AuditEvent.objects.filter(action="delivery.sent_anew").count() == 1


def test_a_mail_that_went_to_a_file_reached_nobody_and_the_page_says_so(settings):
    settings.EMAIL_BACKEND = "sesgov.mail_files.EmailBackend"
    delivery = builders.delivery(state="sent")
    page = client_of("auditor").get(f"/deliveries/{delivery.pk}/").content.decode()
    assert "to nobody&#x27;s mailbox" in page or "to nobody's mailbox" in page
    assert "Send it once more" not in page
