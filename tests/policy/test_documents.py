"""Reading policies: what is wrong is said with line, column and element; nothing crashes, nothing is skipped."""

import time

import pytest

from inventory.policy.reading.documents import document_of
from inventory.policy.reading.jsontext import PolicyError
from tests.policy.analysis_builders import analysed, document, statement

GOOD = document(statement())


def error_of(text: str) -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        document_of("p", text)
    return caught.value


BROKEN = [
    ("", 1, 1, "", "empty"),
    ("{", 1, 2, "", "end of the text"),
    ("nope", 1, 1, "", "expected a value"),
    ("[[]]", 1, 1, "", "JSON object"),
    ('"text"', 1, 1, "", "JSON object"),
    ('{"Version": "2012-10-17",\n "Version": "2012-10-17"}', 2, 2, "", "twice"),
    ('{"Version": "2012-10-17",}', 1, 26, "", "comma"),
    ('{"Statement": []} x', 1, 19, "", "after the end"),
    ("{'Statement': []}", 1, 2, "", "quotation marks"),
    ('{"Statement":\u00a0[]}', 1, 14, "Statement", "no-break space"),
    ('{"Statement": "a\nb"}', 1, 15, "Statement", "line break"),
    ('{"Statement": "\\x"}', 1, 15, "Statement", "escapes nothing"),
    ('{"Statement": "\\ud800"}', 1, 15, "Statement", "surrogate"),
    ('{"Statement": NaN}', 1, 15, "Statement", "expected a value"),
    ('{"Version": "2012-10-17"}', 1, 1, "Statement", "has a Statement"),
    ('{"Statement": []}', 1, 15, "Statement", "empty list"),
    ('{"Statement": [[]]}', 1, 16, "Statement[0]", "JSON object"),
    ('{"Statement": 7}', 1, 15, "Statement[0]", "JSON object"),
    ('{"Version": "2012-10-18", "Statement": []}', 1, 13, "Version", "2012-10-17"),
    ('{"statement": []}', 1, 2, "statement", "write Statement"),
    ('{"Statements": []}', 1, 2, "Statements", "write Statement"),
    ('{"State\u200bment": []}', 1, 2, "State\u200bment", "write Statement: a character in it cannot be seen"),
    ('{"Statement": [], "Extra": 1}', 1, 19, "Extra", "no element"),
]


@pytest.mark.parametrize(("text", "line", "column", "element", "words"), BROKEN)
def test_text_that_is_no_policy_is_refused_with_its_place(text, line, column, element, words):
    error = error_of(text)
    assert (error.line, error.column, error.element) == (line, column, element)
    assert words in error.message


STATEMENTS = [
    ({"Effect": None}, "Effect", "has an Effect"),
    ({"Effect": "allow"}, "Effect", "in this case"),
    ({"effect": "Allow"}, "effect", "write Effect"),
    ({"Principal": None}, "Principal", "missing"),
    ({"Principal": "123456789012"}, "Principal", "a principal is"),
    ({"Principal": ["*"]}, "Principal", "a principal is"),
    ({"Principal": {}}, "Principal", "names nobody"),
    ({"Principal": {"AWS": 123456789012}}, "Principal.AWS", "text"),
    ({"Principal": {"AWS": []}}, "Principal.AWS", "empty"),
    ({"Principal": {"aws": "*"}}, "Principal.aws", "write AWS"),
    ({"Action": None}, "Action", "missing"),
    ({"Action": []}, "Action", "empty"),
    ({"Action": {"a": "b"}}, "Action", "text"),
    ({"Resource": None}, "Resource", "missing"),
    ({"Condition": []}, "Condition", "JSON object"),
    ({"Condition": {"StringEquals": "x"}}, "Condition.StringEquals", "JSON object"),
    ({"Condition": {"StringEquals": {"aws:userid": {}}}}, "Condition.StringEquals.aws:userid", "a condition value"),
    (
        {"Condition": {"StringEquals": {"aws:userid": [["x"]]}}},
        "Condition.StringEquals.aws:userid",
        "a condition value",
    ),
    ({"Conditions": {}}, "Conditions", "write Condition"),
    ({"Sid": 7}, "Sid", "is text"),
]


@pytest.mark.parametrize(("elements", "element", "words"), STATEMENTS)
def test_a_statement_that_is_none_is_refused_at_its_element(elements, element, words):
    error = error_of(document(statement(**elements)))
    assert error.element == f"Statement[0].{element}"
    assert words in error.message


def test_both_forms_of_an_element_exclude_each_other():
    text = document(statement() | {"NotAction": "ses:*"})
    assert "exclude each other" in error_of(text).message


@pytest.mark.parametrize("text", ["[" * 500_000, '{"a":' * 200_000, '{"Statement":' + "[" * 900_000])
def test_a_megabyte_of_nesting_is_refused_at_once(text):
    start = time.process_time()
    assert "nested" in error_of(text).message
    assert time.process_time() - start < 1


def test_one_statement_needs_no_list():
    text = GOOD.replace("[{", "{", 1).replace("}]", "}", 1)
    assert len(document_of("p", text).statements) == 1


def test_numbers_and_booleans_are_values():
    conditions = {"Bool": {"aws:SecureTransport": True}, "NumericLessThan": {"aws:MultiFactorAuthAge": [3600, 1.5]}}
    found = document_of("p", document(statement(Condition=conditions))).statements[0].conditions
    assert [condition.values for condition in found] == [("true",), ("3600", "1.5")]


def test_a_byte_order_mark_does_no_harm():
    assert document_of("p", "\ufeff" + GOOD).statements


def test_every_element_knows_its_stretch_of_the_text():
    text = '{\n "Statement": [{"Effect": "Allow",\n  "Principal": {"AWS": ["*", "222222222222"]},\n'
    text += '  "Action": "ses:*", "Resource": "*", "Condition": {"Bool": {"ses:RequireTLS": "true"}}}]\n}'
    found = document_of("p", text)

    def marked(*path):
        span = found.span(path)
        assert span is not None
        return text[span.start : span.end], span.line

    assert marked("Statement", 0, "Principal", "AWS", 1) == ('"222222222222"', 3)
    assert marked("Statement", 0, "Action") == ('"Action": "ses:*"', 4)
    assert marked("Statement", 0, "Condition", "Bool", "ses:RequireTLS") == ('"ses:RequireTLS": "true"', 4)
    assert marked("Statement", 0, "Nothing") == marked("Statement", 0)


def test_a_note_leads_to_its_stretch():
    text = document(statement(Principal={"AWS": "AIDACKCEVSQ6C2EXAMPLE"}))
    (note,) = analysed(policies={"p": text}).notes
    span = document_of("p", text).span(note.path)
    assert span is not None
    assert text[span.start : span.end] == '"AIDACKCEVSQ6C2EXAMPLE"'


def test_what_a_policy_within_the_limits_holds_is_judged_in_time():
    stars = ["*" + "a*" * 12 + str(number) for number in range(20)]
    condition = {
        "StringNotLike": {"aws:PrincipalArn": stars},
        "StringLike": {"aws:userid": stars, "aws:UserAgent": stars},
    }
    denies = [statement(Effect="Deny", Condition={"StringLike": {"aws:PrincipalArn": star}}) for star in stars[:5]]
    text = document(statement(Condition=condition), *denies)
    assert len(text) < 4096
    start = time.process_time()
    analysed(policies={"p": text})
    assert time.process_time() - start < 1
