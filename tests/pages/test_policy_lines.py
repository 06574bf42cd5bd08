"""A policy line by line: every remark finds its place, and nothing of the text is lost."""

import json

from inventory.pages.policy_lines import Remark, annotated_lines, pretty_lines

STATEMENT = {
    "Effect": "Allow",
    "Principal": {"AWS": ["111122223333", "444455556666"]},
    "Action": "ses:SendEmail",
    "Condition": {"StringLike": {"ses:FromAddress": "*@example.com"}},
}
DOCUMENT = {"Version": "2012-10-17", "Statement": [STATEMENT]}


def _remarked(document: object, path: tuple[str | int, ...]) -> list[str]:
    text = document if isinstance(document, str) else json.dumps(document)
    return [line.text.strip() for line in annotated_lines(text, [Remark(path, "here")]) if line.remarks]


def test_the_laid_out_text_says_the_same():
    assert json.loads("\n".join(pretty_lines(json.dumps(DOCUMENT)))) == DOCUMENT


def test_one_long_line_becomes_many():
    assert len(pretty_lines(json.dumps(DOCUMENT, separators=(",", ":")))) > 10


def test_a_remark_stands_at_its_key():
    path = ("Statement", 0, "Condition", "StringLike", "ses:FromAddress")
    assert _remarked(DOCUMENT, path) == ['"ses:FromAddress": "*@example.com"']


def test_a_remark_on_one_item_of_a_short_list_stands_at_the_list():
    assert _remarked(DOCUMENT, ("Statement", 0, "Principal", "AWS", 1)) == ['"AWS": ["111122223333", "444455556666"]']


def test_a_remark_on_the_only_statement_finds_it_without_a_list():
    single = {"Version": "2012-10-17", "Statement": STATEMENT}
    assert _remarked(single, ("Statement", 0, "Action")) == ['"Action": "ses:SendEmail",']


def test_a_remark_on_what_is_not_there_stands_at_what_is_around_it():
    assert _remarked(DOCUMENT, ("Statement", 0, "Resource")) == ["{"]
    assert _remarked(DOCUMENT, ("Statement", 7, "Resource")) == ['"Statement": [']


def test_a_remark_is_said_once_at_the_opening_line():
    lines = annotated_lines(json.dumps(DOCUMENT), [Remark(("Statement", 0), "once"), Remark(("Statement", 0), "once")])
    assert sum(len(line.remarks) for line in lines) == 1


def test_text_that_is_no_json_keeps_its_lines_and_names_the_place():
    lines = annotated_lines('{\n "Version": oops\n}', [])
    assert [line.text for line in lines] == ["{", ' "Version": oops', "}"]
    assert [line.number for line in lines if line.remarks] == [2]
    assert lines[1].tone == "bad"


def test_an_empty_text_has_a_line_with_its_error():
    lines = annotated_lines("", [])
    assert len(lines) == 1
    assert lines[0].remarks


def test_numbers_and_signs_are_kept_as_written():
    text = '{"a": 1.50, "b": "é<&\\u0000", "c": [], "d": {}, "e": null, "f": true}'
    lines = "\n".join(pretty_lines(text))
    assert '"a": 1.50' in lines
    assert json.loads(lines) == json.loads(text)
