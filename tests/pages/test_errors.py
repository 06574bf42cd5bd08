"""Error pages: what happened, what is safe, what to do next."""

import pytest
from django.test import Client, RequestFactory

from sesgov.errors import broken
from tests.pages.clients import client_of

pytestmark = pytest.mark.django_db


def test_nothing_there_looks_the_same_whether_it_exists_or_not():
    response = client_of("viewer").get("/identities/999999/")
    assert response.status_code == 404
    assert "There is nothing here for you." in response.content.decode()


def test_anonymous_people_get_the_page_without_places():
    response = Client().get("/nothing/at/all/")
    assert response.status_code == 404
    assert "Identities" not in response.content.decode()


def test_who_may_not_write_is_told_what_to_ask_for():
    response = client_of("viewer").post("/runs/start/")
    assert response.status_code == 403
    assert "ask an administrator for the role" in response.content.decode()


def test_a_form_without_its_token_is_refused_with_a_page_of_ours():
    client = Client(enforce_csrf_checks=True)
    response = client.post("/me/login/", {"login": "a@example.com", "password": "x"})
    assert response.status_code == 403
    page = response.content.decode()
    assert "<style" not in page
    assert "The form was not taken." in page
    assert "Your roles" not in page


def test_a_defect_of_ours_needs_no_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        response = broken(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Something broke on our side." in response.content.decode()


def test_a_request_that_is_too_large_gets_a_page_of_ours():
    response = client_of("viewer").post("/laboratory/", f"text={'x' * 3_000_000}", "application/x-www-form-urlencoded")
    assert response.status_code == 400
    assert "The request could not be read." in response.content.decode()
