"""Files of accounts enter the registry as a whole, or say line by line why not."""

import io
from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command

from inventory.models import Account, AuditEvent, KnownAccount
from inventory.policy.trust import Registry, Trust
from inventory.services.registry.account_import import import_accounts
from tests import builders

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
SHOP, PARTNER = "012345678901", "444455556666"
CSV = f"""account_id,name,environment,relationship,vendor,ends_on,owner
{SHOP},Shop,production,managed,,,marketing
4444-5555-6666,Brightmail,,partner,Brightmail,2027-03-31,
"""
YAML = f"""# ours
- account_id: {SHOP}
  name: Shop
  environment: production
  owner: marketing
- account_id: '{PARTNER}'
  relationship: partner
  vendor: Brightmail
  ends_on: 2027-03-31
"""
KNOWN = f"""- name: 'Brightmail'
  source: ['https://example.com/accounts', 'https://example.net/more']
  accounts: ['{PARTNER}', '777788889999']
- name: Dunmere
  source: https://example.org
  type: company
  accounts:
    - 012345678909
- name: Brightmail West
  accounts: ['{PARTNER}']
- name: Nobody
  accounts:
"""

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def marketing():
    return builders.team(name="Marketing")


def read(text, name="accounts.csv", **options):
    data = text if isinstance(text, bytes) else text.encode()
    return import_accounts(name, data, acting_user=None, at=NOW, **options)


def errors(text, name="accounts.csv"):
    return [(error.line, error.text) for error in read(text, name).errors]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", CSV),
        ("a.csv", "\ufeff" + CSV.replace(",", ";")),
        ("a.csv", CSV.replace("\n", "\r\n")),
        ("a.yaml", YAML),
        ("a.yml", "accounts:\n" + "\n".join("  " + line for line in YAML.splitlines()[1:])),
    ],
)
def test_a_file_is_entered_and_a_second_time_nothing_changes(name, text):
    report = read(text, name)
    assert not report.errors
    assert report.added == [SHOP, PARTNER]
    partner, shop = Account.objects.get(account_id=PARTNER), Account.objects.get(account_id=SHOP)
    assert (shop.relationship, str(shop.owner_team)) == ("managed", "Marketing")
    assert (str(partner.vendor), partner.ends_on) == ("Brightmail", date(2027, 3, 31))
    events = AuditEvent.objects.count()
    again = read(text, name)
    assert (again.added, again.changed, again.unchanged) == ([], [], [SHOP, PARTNER])
    assert AuditEvent.objects.count() == events


def test_a_blank_cell_leaves_what_the_registry_says():
    read(CSV)
    report = read(f"account_id,name,environment\n{SHOP},Store,\n{PARTNER},Brightmail,\n")
    assert (report.changed, report.unchanged) == ([SHOP], [PARTNER])
    shop = Account.objects.get(account_id=SHOP)
    assert (shop.name, shop.environment) == ("Store", "production")
    event = AuditEvent.objects.get(action="account.changed")
    assert event.data == '{"changed":{"name":["Shop","Store"]}}'


def test_a_dry_run_says_the_same_and_writes_nothing():
    report = read(CSV, is_check=True)
    assert report.added == [SHOP, PARTNER]
    assert not Account.objects.exists()
    assert not AuditEvent.objects.exists()


def test_every_wrong_line_is_named_and_nothing_is_written():
    found = errors(
        "account_id,name,relationship,ends_on,owner\n"
        f"{SHOP},Fine,managed,,\n"
        "12345678901,Lost its zero,,,\n"
        "abc,No id,,,\n"
        f"{PARTNER},Friend,friend,,\n"
        "\n"
        "777788889999,No day,,2027-02-30,\n"
        "777788889998,No team,,,Nobody\n"
        f"{SHOP},Twice,,,\n"
        "777788889997,Too,many,cells,,here\n"
    )
    assert [line for line, _ in found] == [3, 4, 5, 7, 8, 9, 10]
    said = dict(found)
    assert "Spreadsheets drop leading zeros" in said[3]
    assert "12 digits" in said[4]
    assert "'friend' is not a known relationship" in said[5]
    assert "no day of the calendar" in said[7]
    assert "no active team" in said[8]
    assert said[9] == f"{SHOP} stands in line 2 already."
    assert "only 5 columns" in said[10]
    assert not Account.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("name", "text", "line", "says"),
    [
        ("a.csv", "", 1, "name the columns"),
        ("a.csv", "account_id\n", 1, "names no account"),
        ("a.csv", "id,name\n1,2\n", 1, "account_id among them"),
        ("a.csv", "account_id,colour\n", 1, "no column 'colour'"),
        ("a.csv", "account_id,name,name\n", 1, "stands twice"),
        ("a.csv", b"account_id,name\n012345678901,\xff\n", 2, "not UTF-8"),
        ("a.csv", "account_id,name\n012345678901,a\x00b\n", 2, "NUL"),
        ("a.csv", 'account_id,name\n012345678901,"open\n', 2, "no CSV"),
        ("a.yaml", "a: [", 1, "no YAML"),
        ("a.yaml", "", 1, "A list of accounts is wanted"),
        ("a.yaml", "just text", 1, "A list of accounts is wanted"),
        ("a.yaml", "- 5\n", 1, "is a mapping"),
        ("a.yaml", "- name: Shop\n", 1, "has no account_id"),
        ("a.yaml", "- account_id: '1'\n  colour: red\n", 2, "no field 'colour'"),
        ("a.yaml", "- account_id:\n    - 1\n", 2, "One value is wanted"),
        ("a.yaml", "- accounts: ['1']\n", 1, "needs a name"),
        ("a.yaml", "- name: X\n  accounts:\n    - '444455556666'\n    - 12\n", 4, "instead of 12"),
        ("a.yaml", "- name: X\n  accounts:\n    - 'abcdefghijkl'\n", 3, "12 digits"),
        ("a.yaml", "- !!python/object/apply:os.system ['true']\n", 1, "is a mapping"),
        ("a.yaml", "[" * 5000, 1, ""),
    ],
)
def test_a_file_that_is_none_is_refused_at_its_line(name, text, line, says):
    found = errors(text, name)
    assert found
    assert found[0][0] == line
    assert says in found[0][1]
    assert not Account.objects.exists()
    assert not KnownAccount.objects.exists()


def test_a_public_list_gives_names_and_no_trust():
    report = read(KNOWN, "known_accounts.yaml")
    assert (report.known_added, report.added, report.concerned) == (3, [], [])
    names = KnownAccount.objects.names([PARTNER, "012345678909"])
    assert names == {PARTNER: "Brightmail / Brightmail West", "012345678909": "Dunmere"}
    assert KnownAccount.objects.get(account_id="777788889999").source == (
        "https://example.com/accounts https://example.net/more"
    )
    assert not Account.objects.exists()
    registry: Registry = Account.objects.registry(on=NOW.date(), owner_organization=None)
    assert registry.accounts == {}
    again = read(KNOWN, "known_accounts.yaml")
    assert (again.known_added, again.known_unchanged) == (0, 3)


def test_the_trust_of_a_changed_account_follows():
    read(CSV)
    read(f"account_id,relationship\n{PARTNER},former\n")
    assert Account.objects.get(account_id=PARTNER).trust(NOW.date()) is Trust.FORMER


def test_an_external_id_is_kept_and_never_audited():
    role = f"arn:aws:iam::{SHOP}:role/sesgov-read"
    assert not read(f"account_id,role_arn,external_id\n{SHOP},{role},not-for-the-log\n").errors
    assert read(f"account_id,external_id\n{SHOP},another-secret\n").changed == [SHOP]
    assert Account.objects.get().external_id == "another-secret"
    trail = "".join(AuditEvent.objects.values_list("data", flat=True))
    assert "not-for-the-log" not in trail
    assert "another-secret" not in trail
    assert '"external_id":["given","given"]' in trail


def run(*arguments):
    out = io.StringIO()
    call_command("accounts", "import", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_what_it_did(tmp_path):
    file = tmp_path / "accounts.csv"
    file.write_text(CSV)
    assert "2 accounts would be added" in run(str(file), "--check")
    assert not Account.objects.exists()
    assert "2 accounts added, 0 changed, 0 unchanged." in run(str(file))
    public = tmp_path / "known.yaml"
    public.write_text(KNOWN)
    assert "Known by name: 3 added" in run(str(public))


def test_the_command_names_the_file_and_the_lines(tmp_path):
    file = tmp_path / "accounts.csv"
    file.write_text("account_id\n1\n2\n")
    with pytest.raises(CommandError, match=r"accounts.csv: line 2: 1 has 1 digits") as error:
        run(str(file))
    assert "line 3" in str(error.value)
    assert "Nothing was written" in str(error.value)
    assert error.value.returncode == 2
    with pytest.raises(CommandError, match="cannot be read"):
        run(str(tmp_path / "missing.csv"))


def _refusal(name, data):
    return str(import_accounts(name, data.encode("utf-8"), acting_user=None, at=NOW).errors[0])


def test_a_short_yaml_file_cannot_stand_for_a_long_one():
    ids = ", ".join(f"'{number:012d}'" for number in range(500))
    bomb = f"- {{name: Brightmail, accounts: &a [{ids}]}}\n" + "- {name: Dunmere, accounts: *a}\n" * 500
    assert _refusal("bomb.yaml", bomb).startswith("line 2: This is no YAML: aliases")
    assert "nested too deeply" in _refusal("deep.yaml", "[" * 30_000)
    assert not KnownAccount.objects.exists()


def test_a_file_that_would_take_minutes_is_refused_before_it_is_written():
    assert "at most 10000 are read at once" in _refusal("a.csv", "account_id\n" + f"{SHOP}\n" * 10_001)
    assert "1000000 of YAML" in _refusal("a.yaml", "# long\n" * 150_000)
    assert "stands twice" in _refusal("a.csv", "account_id," * 200_000 + "account_id\n")


@pytest.mark.parametrize("said", ["\\u0000", "\\ud800", "\\u0661" * 12])
def test_an_account_id_that_no_database_takes_is_refused_in_its_line(said):
    assert _refusal("a.json", f'[{{"account_id": "{said}"}}]').startswith("line 1: ")
    assert "12 digits" in _refusal("a.json", f'[{{"name": "Brightmail", "accounts": ["{said}"]}}]')
