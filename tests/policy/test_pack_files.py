"""Pack files: what is copied and run says what it means, whatever the names are."""

import shlex

import pytest

from inventory.policy.grants.pack_files import Files, Live, console_steps, laid_out, readme
from inventory.policy.grants.packs import Pack

TEXT = '{"Version":"2012-10-17","Statement":[]}'
NEW = '{\n  "Version": "2012-10-17",\n  "Statement": [{"Sid": "${aws:username} %{x}"}]\n}'
HOSTILE = (
    "'; rm -rf / #",
    '"$(id)`id`',
    "a\nb; id",
    "--no-verify-ssl",
    "ünï\u202ecode",
    "../../etc/passwd",
    "",
    "$HOME",
)


def files(name: str = "partner", *, identity: str = "shop.example.com", pack: Pack | None = None) -> Files:
    live = {name: Live(TEXT, "a" * 64), "old": Live(TEXT, "b" * 64)}
    return Files(identity, "eu-west-1", live, pack or Pack({name: NEW, "new": NEW}, ("old",)))


def words(script: str) -> list[list[str]]:
    """The commands of a script as a shell would take them apart."""
    commands: list[list[str]] = []
    for word in shlex.split(script, comments=True):
        if word == "aws":
            commands.append([])
        commands[-1].append(word)
    return commands


def test_new_is_created_changed_is_updated_and_what_is_left_empty_is_deleted():
    update, create, delete = words(files().commands())
    assert update == [
        *("aws", "sesv2", "update-email-identity-policy", "--region", "eu-west-1"),
        *("--email-identity", "shop.example.com", "--policy-name", "partner"),
        *("--policy", "file://policies/partner.json"),
    ]
    assert (create[2], create[8]) == ("create-email-identity-policy", "new")
    assert delete[2:] == [
        *("delete-email-identity-policy", "--region", "eu-west-1"),
        *("--email-identity", "shop.example.com", "--policy-name", "old"),
    ]


def test_version_1_says_the_same():
    put, also, delete = words(files().commands_v1())
    assert (put[1:3], also[1:3]) == (["ses", "put-identity-policy"], ["ses", "put-identity-policy"])
    assert delete[1:3] == ["ses", "delete-identity-policy"]
    assert put[5:9] == ["--identity", "shop.example.com", "--policy-name", "partner"]


def test_the_way_back_undoes_each_step():
    verbs = [(command[2].split("-")[0], command[8]) for command in words(files().rollback())]
    assert verbs == [("update", "partner"), ("delete", "new"), ("create", "old")]
    kept = {file.path: file.text for file in files().all()}
    assert kept["rollback/partner.json"] == kept["rollback/old.json"] == TEXT


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_a_command_of_its_own(name):
    hostile = files(name, identity=name, pack=Pack({name: NEW}))
    for script in (hostile.commands(), hostile.commands_v1(), hostile.rollback()):
        (command,) = words(script)
        joined = [word.partition("=")[2] if word.startswith("--") and "=" in word else word for word in command]
        assert joined.count(name) == 2
        assert name not in command or not name.startswith("-"), "an option of its own"


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_leaves_its_folder_its_line_or_its_string(name):
    hostile = files(name, identity=name, pack=Pack({name: NEW}))
    paths = [file.path for file in hostile.all()]
    assert all(".." not in path and path.count("/") <= 1 for path in paths)
    terraform = hostile.terraform()
    assert [line for line in terraform.splitlines() if line.startswith("resource")] == [
        line for line in terraform.splitlines() if "resource" in line and "{" in line
    ]
    assert "\u202e" not in readme(hostile, sentence="Why.", account="1").text
    assert all("\n" not in step for step in console_steps(hostile))


def test_two_names_that_a_disk_takes_for_one_get_two_files():
    pack = Pack({"Partner": NEW, "partner": NEW})
    paths = [file.path for file in Files("a.example.com", "eu-west-1", {}, pack).all() if "policies/" in file.path]
    assert len({path.lower() for path in paths}) == 2


def test_terraform_leaves_policy_variables_alone():
    terraform = files().terraform()
    assert "$${aws:username} %%{x}" in terraform
    assert '"shop.example.com|partner"' in terraform, "what is there already is imported"


def test_the_diff_names_the_document_that_it_was_made_against():
    diff = files().diff()
    assert f"--- partner made against sha256:{'a' * 64}" in diff
    assert "--- new (not there yet)" in diff
    assert "+++ old (deleted)" in diff


def test_a_text_that_is_no_policy_is_shown_as_it_is():
    assert laid_out("{") == "{"


def test_the_readme_says_what_is_to_be_done_and_what_was_there():
    text = readme(files(), sentence="Brightmail can send.", account="shop 1111", notes=("Mind the gap.",)).text
    assert text.startswith("Brightmail can send.\n")
    assert f"partner: sha256:{'a' * 64}" in text
    assert "4. Save" in text
    assert "Note: Mind the gap." in text
