"""``manage.py collect``: its JSON, its exit codes, its words."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from inventory.models import CollectionRun
from sesgov.management.commands.collect import ProgressBar
from tests import builders
from tests.collection.estate import ACCOUNT, REGION, policy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fast(settings):
    settings.SESGOV_SES_RATE = 0


def collect(*arguments):
    """Exit code and output."""
    out = io.StringIO()
    try:
        call_command("collect", *arguments, stdout=out)
    except SystemExit as error:
        return error.code, out.getvalue()
    return 0, out.getvalue()


def test_it_prints_json_of_this_shape(double):
    builders.account(account_id=ACCOUNT)
    double.put_identity(ACCOUNT, REGION, "example.com", policies={"p": policy("*")})

    code, text = collect("--account", ACCOUNT, "--region", REGION, "--format", "json")

    found = json.loads(text)
    assert code == 0
    assert found.pop("run") == CollectionRun.objects.get().pk
    assert found.pop("seconds") >= 0
    assert found.pop("findings")["opened"] > 0
    assert found == {
        "outcome": "complete",
        "scopes": [
            {
                "account": ACCOUNT, "region": REGION, "outcome": "complete", "error": None,
                "identities": 1, "api_calls": 2, "throttled": 0,
            }
        ],
    }  # fmt: skip


def test_it_says_in_words_what_it_could_not_see(double):
    builders.account(account_id=ACCOUNT)
    double.put_identity(ACCOUNT, REGION, "example.com")
    double.fault("deny", region="us-east-1", action="List*")

    code, text = collect("--region", REGION, "--region", "us-east-1")

    assert code == 3
    assert "partial" in text.splitlines()[0]
    assert "AWS denied ses:ListIdentities in us-east-1" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--account", "999988887777"], "manage.py accounts add 999988887777"),
        (["--region", "mars"], "not the name of an AWS region"),
        (["--region", "us-gov-west-1"], "lies in partition aws-us-gov"),
    ],
)
def test_it_refuses_bad_input_and_starts_no_run(arguments, said):
    builders.account(account_id=ACCOUNT)
    with pytest.raises(CommandError, match=said) as refused:
        call_command("collect", *arguments)
    assert refused.value.returncode == 2
    assert not CollectionRun.objects.exists()


def test_it_refuses_an_empty_registry():
    with pytest.raises(CommandError, match="no managed account"):
        call_command("collect")


def test_an_account_of_a_partner_is_not_read():
    builders.account(account_id=ACCOUNT, relationship="partner")
    with pytest.raises(CommandError, match="not a managed account"):
        call_command("collect", "--account", ACCOUNT)


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("stream", "drawn"), [(Terminal(), "[####"), (io.StringIO(), "")])
def test_the_bar_is_drawn_on_a_terminal_only(stream, drawn):
    job = builders.scope_run(identities_listed=10, identities_read=5)
    bar = ProgressBar(job.run, stream)
    bar.draw()
    bar.clear()
    assert drawn in stream.getvalue()
    assert bool(stream.getvalue()) is bool(drawn)
    if drawn:
        assert "5/10 identities, 0/1 scopes" in stream.getvalue()
