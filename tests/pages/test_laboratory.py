"""The policy laboratory: verdict, marks, the question, the tightened version; nothing that is pasted breaks it."""

import json
from datetime import UTC, datetime
from html import unescape

import pytest
from django.urls import reverse

from inventory.models import Role
from inventory.pages.laboratory_question import Question, QuestionError, question_about
from inventory.pages.laboratory_text import laid_out, text_of
from inventory.policy.channels import Channel
from inventory.policy.requests import CallerKind
from tests import builders
from tests.pages import estate
from tests.pages.clients import client_of
from tests.pages.clients import text_of as page_of

pytestmark = pytest.mark.django_db

IDENTITY = "arn:aws:ses:eu-west-1:804715293668:identity/shop.example.com"
PARTNER = "771930284456"
URL = "/laboratory/"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _policy(principal: object = "*", **more: object) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "ses:SendEmail", "Resource": IDENTITY, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)


def _post(text: str, **told: str) -> str:
    response = client_of(Role.VIEWER).post(
        URL,
        {"text": text, **{k.replace("_", "-") if k.startswith(("answer", "keep")) else k: v for k, v in told.items()}},
    )
    assert response.status_code == 200
    return unescape(response.getvalue().decode())


def test_it_works():
    page = _post(_policy())
    assert "Anyone with an AWS account can send" in page
    assert "Show a request that works" in page
    assert "The concrete evaluator allows it." in page
    assert "&lt;PRINCIPAL-1&gt;" in client_of(Role.VIEWER).post(URL, {"text": _policy()}).getvalue().decode()


def test_more_statements_than_one_person_may_keep_everybody_waiting_for_are_not_judged():
    whole = json.loads(_policy())
    many = {f"p{number}": whole for number in range(201)}
    assert "There are 201 statements; at most 200 are judged here" in _post(json.dumps(many))
    assert "at most 200" not in _post(json.dumps({"one": whole}))


def test_the_empty_page_asks_for_a_policy():
    assert "Paste a policy" in page_of(client_of(Role.OWNER), URL)


def test_it_is_judged_with_the_registry():
    builders.account(account_id=PARTNER, relationship="partner", vendor=builders.vendor(name="Brightmail"))
    page = _post(_policy({"AWS": PARTNER}))
    assert "Brightmail (account 7719-3028-4456) can send" in page
    assert ">Partner</span>" in page


def test_marks_name_the_lines_of_the_text_as_it_was_pasted():
    page = _post(_policy())
    line = _policy().split("\n").index('      "Principal": "*",') + 1
    assert f'data-line="{line}" data-tone="bad"' in page


def test_a_trap_is_told_once_beside_its_line():
    page = _post(_policy({"AWS": PARTNER}, Condition={"Bool": {"ses:RequireTLS": "true"}}))
    marks = page.partition("Beside the lines")[2].partition("Tightened version")[0]
    line = marks.partition('"ses:RequireTLS": "true"')[2]
    assert line.count("ses:RequireTLS does not exist") == 1
    assert "excludes nothing" not in marks


def test_the_lines_count_in_several_policies_as_well():
    both = json.dumps({"first": json.loads(_policy({"AWS": PARTNER})), "second": json.loads(_policy())}, indent=2)
    line = next(n for n, each in enumerate(both.split("\n"), 1) if '"Principal": "*"' in each)
    page = _post(both.replace("\n", "\r\n"))
    assert f'data-line="{line}" data-tone="bad"' in page
    assert "second, statement 1" in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"Version": "2012-10-17", "Statement": [', "Line 1, column 41"),
        ('{\n "Version": "2012-10-17",\n "Version": "2008-10-17"}', "Line 3, column 2: 'Version' stands twice"),
        ('{\n "Version": "2012-10-17",\n "Statement": {"Effect": "allow"}}', "Line 3"),
        ("[[]]", "Line 1, column 1"),
        ("null", "Line 1, column 1"),
        ("{" * 5000, "Line 1"),
        ("[" * 500_000, "The text has 500,000 characters"),
        ("x" * 1_000_000, "The text has 1,000,000 characters"),
        ('{"Statement": "\u200b"}', "Line 1"),
        ("\u200b{}", "zero-width space"),
        ('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "NotAction": 7}]}', "Line 1"),
        ('{"planned_values": {}}', "no SES identity policy"),
        ('{"a": {"Statement": 1}, "b": "{"}', "Line 1"),
        ("\x00", "Line 1, column 1"),
    ],
)
def test_what_is_no_policy_is_said_with_its_place(text, said):
    page = _post(text)
    assert "This cannot be read, so nothing is concluded from it." in page
    assert said in page.replace("<code>", "").replace("</code>", "")


def test_what_is_much_too_large_is_refused_and_does_not_break():
    assert client_of(Role.VIEWER).post(URL, {"text": "x" * 6_000_000}).status_code in (400, 413)


def test_one_broken_policy_does_not_hide_the_other():
    both = json.dumps({"good": json.loads(_policy({"AWS": PARTNER})), "broken": '{"Version"'}, indent=2)
    page = _post(both)
    assert "can send" in page
    assert "This cannot be read: " in page


def test_an_identity_that_is_none_is_said():
    page = _post(_policy(), identity_arn="shop.example.com")
    assert "names no account" in page
    assert "--owner-account" not in page


def test_identity_policies_are_opened_for_those_who_may_see_them():
    world = estate.build()
    url = f"{URL}?identity={world.shop.pk}"
    page = page_of(client_of(Role.OWNER, teams=[world.team]), url)
    assert "Anyone with an AWS account can send" in page
    assert world.shop.arn in page
    assert client_of(Role.OWNER).get(url).status_code == 404
    for nonsense in ("0", "x", "9" * 40, "-1"):
        assert client_of(Role.VIEWER).get(f"{URL}?identity={nonsense}").status_code == 404


def test_the_identity_page_leads_here():
    world = estate.build()
    page = page_of(client_of(Role.VIEWER), reverse("inventory:identity_detail", args=[world.shop.pk]))
    assert f"{URL}?identity={world.shop.pk}" in page


def test_htmx_gets_what_follows_from_the_text_alone():
    response = client_of(Role.VIEWER).post(URL, {"text": _policy()}, headers={"HX-Request": "true"})
    page = response.getvalue().decode()
    assert "<html" not in page
    assert 'hx-swap-oob="true"' in page
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize(
    ("caller", "answer"),
    [
        (PARTNER, "Yes, these policies allow it."),
        ("698211347750", "No, no statement allows it."),
        ("nobody", "This is no request yet."),
    ],
)
def test_the_question_is_answered_with_the_statements(caller, answer):
    page = _post(_policy({"AWS": PARTNER}), caller=caller, action="ses:SendEmail", sender="news@shop.example.com")
    assert answer in page


def test_a_deny_is_named():
    denied = json.loads(_policy({"AWS": PARTNER}))
    denied["Statement"].append({**json.loads(_policy())["Statement"][0], "Effect": "Deny"})
    page = _post(json.dumps(denied), caller=PARTNER)
    assert "No, a Deny stops it." in page


def test_a_witness_can_be_asked_about():
    page = _post(_policy({"AWS": f"arn:aws:iam::{PARTNER}:role/mail/Sender"}), **{"try": "0"})
    assert "Yes, these policies allow it." in page
    assert f"arn:aws:iam::{PARTNER}:role/mail/Sender" in page


@pytest.mark.parametrize("number", ["99", "x", "-1", "9" * 30])
def test_a_witness_that_is_not_there_changes_nothing(number):
    assert "Verdict" in _post(_policy(), **{"try": number})


def test_answers_go_into_the_tightened_version():
    page = _post(
        _policy(), **{"answer-PRINCIPAL-1": PARTNER, "answer-END-DATE-1": "2027-03-31", "keep-SOURCE-IP-1": "on"}
    )
    assert f'"AWS": "{PARTNER}"' in page
    assert '"aws:CurrentTime": "2027-04-01T00:00:00Z"' in page
    assert "<SOURCE-IP-1>" not in page
    assert "<FROM-ADDRESS-1>" in page


def test_an_answer_that_makes_no_sense_is_refused_where_it_stands():
    page = _post(_policy(), **{"answer-PRINCIPAL-1": "*", "answer-END-DATE-1": "soon"})
    assert "'*' names nobody in particular" in page
    assert "'soon' is no date" in page


def test_the_tightened_version_can_be_taken_over():
    kept = dict.fromkeys(("keep-FROM-ADDRESS-1", "keep-SOURCE-IP-1", "keep-END-DATE-1"), "on")
    page = _post(_policy(), **{"answer-PRINCIPAL-1": PARTNER, **kept, "do": "adopt"})
    assert "Anyone with an AWS account" not in page
    assert "account 7719-3028-4456" in page


def test_what_is_still_open_in_a_version_taken_over_is_asked_for():
    page = _post(_policy(), **{"answer-PRINCIPAL-1": PARTNER, "keep-SOURCE-IP-1": "on", "do": "adopt"})
    assert "2 questions of the tightened version are open: <FROM-ADDRESS-1>, <END-DATE-1>." in page.replace(
        "<strong>", ""
    ).replace("</strong>", "")
    assert 'name="answer-FROM-ADDRESS-1"' in page
    assert 'name="answer-END-DATE-1"' in page
    assert 'name="keep-SOURCE-IP-1" checked' in page


def test_what_was_kept_is_not_carried_over_to_another_statement():
    nobody = json.loads(_policy({"AWS": PARTNER}, Condition={"DateLessThan": {"aws:CurrentTime": "2020"}}))["Statement"]
    document = json.dumps({"Version": "2012-10-17", "Statement": nobody + json.loads(_policy())["Statement"]})
    page = _post(document, **{"keep-SOURCE-IP-2": "on", "do": "adopt"})
    assert "checked" not in page


def test_too_many_statements_are_judged_and_not_tightened():
    many = json.loads(_policy({"AWS": PARTNER}))
    many["Statement"] *= 70
    page = _post(json.dumps(many))
    assert "10 more statements" in page
    assert "can send" in page
    assert "take one policy at a time" in page


def test_a_text_is_laid_out_and_loses_nothing():
    assert laid_out('{"a":[1,2]}') == '{\n  "a": [\n    1,\n    2\n  ]\n}'
    twice = '{"a": 1, "a": 2}'
    assert laid_out(twice) == twice
    assert json.loads(text_of({"x": '{"b": 1}', "y": twice})) == {"x": {"b": 1}, "y": twice}
    assert text_of({}) == ""


@pytest.mark.parametrize(
    ("caller", "kind", "account"),
    [
        (PARTNER, CallerKind.ROLE_SESSION, PARTNER),
        (f"arn:aws:iam::{PARTNER}:root", CallerKind.ROOT_USER, PARTNER),
        (f"arn:aws:iam::{PARTNER}:user/a/b", CallerKind.USER, PARTNER),
        (f"arn:aws:sts::{PARTNER}:assumed-role/R/s", CallerKind.ROLE_SESSION, PARTNER),
        (f"arn:aws:sts::{PARTNER}:federated-user/f", CallerKind.FEDERATED_SESSION, PARTNER),
        ("cognito-idp.amazonaws.com", CallerKind.SERVICE, None),
    ],
)
def test_callers_are_understood(caller, kind, account):
    request = Question({"caller": caller, "at": "2027-01-01T00:00"}).request(IDENTITY, NOW)
    assert (request.caller.kind, request.caller.account) == (kind, account)
    assert request.context["aws:CurrentTime"] == "2027-01-01T00:00:00Z"
    again = question_about(request).request(IDENTITY, NOW)
    assert (again.caller, again.channel, dict(again.context)) == (
        request.caller,
        request.channel,
        dict(request.context),
    )


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"caller": "arn:aws:s3:::bucket"}, "caller"),
        ({"caller": f"arn:aws:iam::{PARTNER}:group/x"}, "caller"),
        ({"caller": PARTNER, "at": "soon"}, "at"),
        ({"caller": PARTNER, "keys": "nonsense"}, "keys"),
    ],
)
def test_what_is_no_request_is_refused(told, field):
    with pytest.raises(QuestionError) as refused:
        Question(told).request(IDENTITY, NOW)
    assert refused.value.field == field


def test_a_request_through_an_endpoint_has_a_private_address():
    told = {"caller": PARTNER, "channel": "vpc_endpoint", "source_ip": "10.0.0.9", "keys": "aws:SourceVpce = vpce-1"}
    request = Question(told).request(IDENTITY, NOW)
    assert request.channel is Channel.VPC_ENDPOINT
    assert (request.context["aws:VpcSourceIp"], request.context["aws:SourceVpce"]) == ("10.0.0.9", "vpce-1")
    assert "aws:SourceIp" not in request.context


def test_it_is_for_people_with_a_role_and_writes_nothing():
    assert client_of().post(URL, {"text": _policy()}).status_code == 404
    assert client_of(Role.VIEWER).put(URL).status_code == 405
