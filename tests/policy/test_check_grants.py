"""``check_policy --grants``: what no approved grant covers fails."""

import json
from datetime import date
from typing import Any

import pytest

from inventory.policy.check.command import main
from inventory.policy.grants.minimal import minimal_policy
from tests.policy.grants import IDENTITY, PARTNER, ROLE, STRANGER, grant

Json = dict[str, Any]


def _run(tmp_path, capsys, policy, grants, *more: str) -> tuple[int, list[Json], str]:
    (tmp_path / "policy.json").write_text(json.dumps(policy))
    (tmp_path / "grants.json").write_text(grants if isinstance(grants, str) else json.dumps(grants))
    arguments = ["--grants", str(tmp_path / "grants.json"), "--format", "json", *more, str(tmp_path / "policy.json")]
    code = main(["--trusted-account", PARTNER, "--identity", IDENTITY, *arguments])
    said = capsys.readouterr()
    found = json.loads(said.out)["findings"] if said.out else []
    return code, [each for each in found if each["rule"] in ("unapproved-delegation", "scope-exceeded")], said.err


def _grant(**changes) -> Json:
    return {**grant(ends_on=date(2999, 1, 1), **changes).to_json(), "justification": "The shop's newsletter", "id": 7}


def _policy(**changes) -> Json:
    return minimal_policy(grant(ends_on=date(2999, 1, 1), **changes))


def test_what_a_grant_covers_passes(tmp_path, capsys):
    limits = {"from_addresses": ("news@shop.example.com",), "networks": ("203.0.113.0/24",)}
    assert _run(tmp_path, capsys, _policy(**limits), [_grant(**limits)])[:2] == (0, [])


def test_several_grants_cover_one_statement_together(tmp_path, capsys):
    both = _policy(principals=(PARTNER, STRANGER))
    grants = [_grant(), _grant(principals=(STRANGER,))]
    assert _run(tmp_path, capsys, both, grants)[1] == []
    code, found, _ = _run(tmp_path, capsys, both, grants[:1])
    assert (code, [each["rule"] for each in found]) == (1, ["unapproved-delegation"])
    assert "6982-1134-7750" in found[0]["text"]


def test_more_than_was_approved_fails_with_each_difference(tmp_path, capsys):
    wide = _policy(actions=("ses:SendEmail", "ses:SendBulkEmail"))
    code, found, _ = _run(tmp_path, capsys, wide, [_grant(actions=("ses:SendEmail",), networks=("203.0.113.0/24",))])
    assert (code, [(each["rule"], each["severity"]) for each in found]) == (1, [("scope-exceeded", "high")])
    assert "ses:SendBulkEmail may be called" in found[0]["text"]
    assert "any network" in found[0]["text"]


def test_an_access_that_outlives_its_grant_fails(tmp_path, capsys):
    endless = _policy()
    del endless["Statement"][0]["Condition"]
    code, found, _ = _run(tmp_path, capsys, endless, [_grant()])
    assert (code, [each["rule"] for each in found]) == (1, ["scope-exceeded"])
    assert "never ends by itself" in found[0]["text"]


def test_a_grant_of_another_identity_covers_nothing(tmp_path, capsys):
    other = {**_grant(), "identity_arn": IDENTITY.replace("shop", "mail")}
    assert _run(tmp_path, capsys, _policy(), [other])[0] == 1


def test_what_is_open_to_all_is_critical(tmp_path, capsys):
    code, found, _ = _run(tmp_path, capsys, _policy(principals=("*",)), [_grant(), _grant(principals=(ROLE,))])
    assert code == 1
    assert {each["severity"] for each in found if each["rule"] == "unapproved-delegation"} >= {"critical"}


@pytest.mark.parametrize(
    ("grants", "said"),
    [
        ("[", "line 1, column 2"),
        ("{}", "a list of grants"),
        ("[{}]", "grant 1, ends_on"),
        (json.dumps([{**grant().to_json(), "ends_on": "31.3.2027"}]), "grant 1, ends_on"),
        ("[" * 100_000, "grants.json"),
    ],
)
def test_grants_that_cannot_be_read_stop_the_check(tmp_path, capsys, grants, said):
    code, _, error = _run(tmp_path, capsys, _policy(), grants)
    assert code == 2
    assert said in error
