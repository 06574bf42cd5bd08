"""Change tasks on pages: the list, one task with its pack, who may act."""

import csv
import io
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.models import ChangeTask, CodeDeclaration
from approvals.rules.change_tasks import TaskKind, TaskState
from approvals.services.tasks.change_tasks import open_task
from approvals.services.tasks.task_claims import take_task
from inventory.models import PolicyVersion, Role
from tests import builders
from tests.approvals.cases import PARTNER, Estate, days
from tests.builders import NOW
from tests.pages.clients import client_for, client_of, file_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]


def url(name: str, *arguments: object) -> str:
    return reverse(f"approvals:task_{name}", args=arguments)


class World(Estate):
    """The estate with a live policy and the task of a grant."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.text = builders.document(
            builders.allow({"AWS": [PARTNER, "999988887777"]}, self.identity.arn),
            builders.allow("*", self.identity.arn),
        )
        builders.policy(identity=self.identity, name="partners", text=self.text)
        self.operators = builders.team(name="Platform")
        self.identity.scope.account.owner_team = self.operators
        self.identity.scope.account.save()
        self.operator = builders.user(Role.OWNER, teams=[self.operators])
        self.task = self.granted(principals=(PARTNER,), from_addresses=()).change_tasks.get()

    def change_policy(self, text: str) -> None:
        version = PolicyVersion.objects.get(policy__identity=self.identity, to_at=None)
        PolicyVersion.objects.filter(pk=version.pk).update(to_at=NOW)
        builders.policy(identity=self.identity, name="partners", text=text, from_at=NOW)


@pytest.fixture
def world() -> World:
    return World()


def listed(client: Client, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_of(client, url("export") + query))))


def removal(world: World, **given: Any) -> ChangeTask:
    asked: dict[str, Any] = {"kind": TaskKind.REMOVE, "reason": "Odd.", "due_on": days(-1), "at": NOW}
    asked |= {
        "acting_user": None,
        "policy_name": "partners",
        "principals": ["999988887777"],
        "identity": world.identity,
    }
    return open_task(**asked | given)


def test_the_list_says_what_to_do_by_when_and_who_is_on_it(world):
    take_task(world.task.pk, acting_user=world.operator, at=NOW)
    (row,) = listed(client_of("viewer"))
    assert row["What to do"].startswith("Write into AWS: Brightmail (account 4444-5555-6666) can send")
    assert (row["Team"], row["On it"], row["State"]) == ("Platform", str(world.operator), "To do")


def test_the_list_is_narrowed_by_whose_they_are_and_how_they_stand(world):
    removal(world)
    viewer = client_of("viewer")
    assert len(listed(viewer)) == len(listed(viewer, "?state=open")) == 2
    assert [row["State"] for row in listed(viewer, "?state=overdue")] == ["Overdue"]
    assert len(listed(client_for(world.operator), "?whose=mine")) == 2
    assert listed(viewer, "?whose=mine") == []
    assert len(listed(viewer, f"?grant={world.task.grant_id}&state=all")) == 1


def test_the_list_asks_as_much_for_many_rows_as_for_one(world):
    client = client_of("viewer")
    text_of(client, url("list"))
    with CaptureQueriesContext(connection) as one:
        text_of(client, url("list"))
    for number in range(5):
        removal(world, principals=[f"{number:012}"])
    with CaptureQueriesContext(connection) as many:
        text_of(client, url("list"))
    assert len(many) == len(one)


def test_the_page_shows_the_steps_the_change_and_the_commands(world):
    text = text_of(client_for(world.operator), url("detail", world.task.pk))
    assert "Configuration, Identities, shop.example.com, tab Authorization." in text
    assert "aws sesv2 update-email-identity-policy" in text
    assert "aws ses put-identity-policy" in text
    assert "aws_sesv2_email_identity_policy" in text
    assert "sha256:" in text
    assert "have moved on" not in text


def test_the_page_says_when_the_policies_have_moved_on_and_what_changed(world):
    world.change_policy(builders.document(builders.allow({"AWS": [PARTNER, "123412341234"]}, world.identity.arn)))
    text = text_of(client_for(world.operator), url("detail", world.task.pk))
    assert "The policies have moved on since this task was opened" in text
    assert "123412341234" in text


def test_the_zip_holds_the_pack_for_the_policies_as_they_are(world):
    held = zipfile.ZipFile(io.BytesIO(file_of(client_of("auditor"), url("pack", world.task.pk))))
    assert {"README.txt", "apply-v1.sh", "apply-v2.sh", "terraform.tf", "changes.diff", "rollback.sh"} <= set(
        held.namelist()
    )
    assert held.read("rollback/partners.json").decode() == world.text
    assert "999988887777" in held.read("policies/partners.json").decode()


def test_the_operating_team_takes_it_and_says_that_it_is_applied(world):
    client = client_for(world.operator)
    assert client.post(url("take", world.task.pk)).status_code == 302
    assert client.post(url("say_applied", world.task.pk), {"comment": "CHG-1"}).status_code == 302
    world.task.refresh_from_db()
    assert (world.task.taken_by, world.task.state) == (world.operator, TaskState.SAID_APPLIED)
    assert client.post(url("say_applied", world.task.pk)).status_code == 409


@pytest.mark.parametrize("name", ["take", "say_applied", "cancel", "declare_code", "end_code"])
def test_readers_and_owners_change_nothing_and_strangers_find_nothing(world, name):
    for client, status in ((client_of("auditor"), 403), (client_for(world.owner), 403), (client_of("owner"), 404)):
        assert client.post(url(name, world.task.pk)).status_code == status


def test_security_alone_cancels_for_a_reason(world):
    assert client_for(world.operator).post(url("cancel", world.task.pk), {"reason": "No."}).status_code == 403
    security = client_for(world.security)
    assert security.post(url("cancel", world.task.pk)).status_code == 422
    assert security.post(url("cancel", world.task.pk), {"reason": "A mistake."}).status_code == 302
    assert "A mistake." in text_of(security, url("detail", world.task.pk))


def test_policies_that_are_written_by_code_get_the_change_of_the_code_first(world):
    client = client_for(world.operator)
    said = {"tool": "terraform", "repository": "https://code.example.com/mail", "is_whole_account": "on"}
    assert client.post(url("declare_code", world.task.pk), said).status_code == 302
    text = text_of(client, url("detail", world.task.pk))
    assert text.index('id="terraform"') < text.index('id="apply-v2"')
    assert 'href="https://code.example.com/mail"' in text
    assert client.post(url("end_code", world.task.pk)).status_code == 302
    assert not CodeDeclaration.objects.in_force().exists()


def test_only_the_address_of_a_page_becomes_a_link(world):
    said = {"tool": "other", "repository": "javascript:alert(1)"}
    client = client_for(world.operator)
    assert client.post(url("declare_code", world.task.pk), said).status_code == 302
    assert 'href="javascript' not in text_of(client, url("detail", world.task.pk))


def test_the_grant_shows_its_task(world):
    text = text_of(client_for(world.security), reverse("approvals:grant_detail", args=[world.task.grant_id]))
    assert url("detail", world.task.pk) in text


def test_the_request_and_the_identity_lead_to_the_task(world):
    security = client_for(world.security)
    asked = reverse("approvals:request_detail", args=[world.task.grant.line.request_id])
    for page in (asked, reverse("inventory:identity_detail", args=[world.identity.pk])):
        assert url("detail", world.task.pk) in text_of(security, page)
