"""A pack run against the double by its own command lines: the next reading verifies the task, others keep theirs."""

import json
import shlex
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import boto3
import pytest
from django.utils import timezone

from approvals.models import ChangeTask, Grant
from approvals.pages.change_task import pack_files
from approvals.rules.change_tasks import TaskKind, TaskState
from approvals.rules.deciders import SlotKind
from approvals.services.grants.decisions import decide
from approvals.services.grants.grants import revoke
from approvals.services.requests.requests import Line, Request, save_draft, submit
from approvals.services.tasks.change_tasks import open_task
from approvals.services.tasks.grant_tasks import settle_read_tasks
from approvals.services.tasks.task_claims import say_applied
from inventory.models import Identity, Role
from inventory.policy.grants.terms import GrantTerms
from tests import builders
from tests.approvals.cases import REASON, approval, slot_of
from tests.collection.estate import ACCOUNT, REGION, collect

pytestmark = pytest.mark.django_db
NAME = "shop.example.com"
PARTNER, OTHER = "702839415026", "813940526137"
_APIS = {"sesv2": "EmailIdentity", "ses": "Identity"}


def run_commands(double, task: ChangeTask, script: str) -> list[str]:
    """Run a script of the pack as it is now."""
    return run_script(double, {file.path: file.text for file in pack_files(task, at=timezone.now())}, script)


def run_script(double, files: Mapping[str, str], script: str) -> list[str]:
    """Each ``aws`` line of a script as the SDK's call of the same name, documents taken from the files beside it."""
    done = []
    for line in (each for each in files[script].splitlines() if each.startswith("aws ")):
        _, service, verb, *options = shlex.split(line)
        given = dict(zip(options[::2], options[1::2], strict=True))
        session: Any = boto3.Session()
        client = session.client(service, region_name=given["--region"], endpoint_url=double.url)
        values = {_APIS[service]: given["--email-identity" if service == "sesv2" else "--identity"]}
        values["PolicyName"] = given["--policy-name"]
        if "--policy" in given:
            values["Policy"] = files[given["--policy"].removeprefix("file://")].rstrip("\n")
        getattr(client, verb.replace("-", "_"))(**values)
        done.append(f"{service} {verb} {given['--policy-name']}")
    return done


class Shop:
    """One identity of the double that a partner and somebody else may send as, and those who decide."""

    def __init__(self, double, *principals: str) -> None:
        self.double = double
        builders.account(account_id=ACCOUNT, relationship="managed", role_arn="")
        for number in (PARTNER, OTHER):
            builders.account(account_id=number, relationship="partner")
        arn = f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{NAME}"
        allowed = [builders.allow({"AWS": [*principals]}, arn, ["ses:SendEmail"])] if principals else []
        policies = {"partners": json.dumps({"Version": "2012-10-17", "Statement": allowed})} if allowed else {}
        double.put_identity(ACCOUNT, REGION, NAME, policies=policies)
        self.owner, self.security = builders.user(Role.OWNER), builders.user(Role.SECURITY)
        self.read()
        self.identity = Identity.objects.get(name=NAME)
        Identity.objects.update(owner_user=self.owner)

    def read(self) -> None:
        assert collect()["outcome"] == "complete"
        settle_read_tasks(at=timezone.now())

    def grant(self, principal: str = PARTNER) -> Grant:
        """What the partner has, with an end, asked for by somebody else and agreed to by both sides."""
        at = timezone.now()
        ends_on = timezone.localdate(at) + timedelta(days=60)
        terms = GrantTerms(self.identity.arn, (principal,), ("ses:SendEmail",), ends_on)
        asker = builders.user(Role.ADMIN)
        asked = Request(kind="new", justification=REASON, lines=[Line(Identity.objects.get(name=NAME), terms)])
        request = submit(save_draft(asked, acting_user=asker, at=at).pk, acting_user=asker, at=at)
        for kind, person in ((SlotKind.OWNER, self.owner), (SlotKind.SECURITY, self.security)):
            decide(slot_of(request, kind).pk, approval(request), acting_user=person, at=at)
        return Grant.objects.get(line__request=request)

    def live(self) -> dict[str, dict[str, Any]]:
        client = boto3.client("sesv2", region_name=REGION, endpoint_url=self.double.url)
        return {
            name: json.loads(text) for name, text in client.get_email_identity(EmailIdentity=NAME)["Policies"].items()
        }

    def allowed(self) -> set[str]:
        """The accounts that the stored policies let in, by the collector's word."""
        return set(self.identity.delegations.filter(is_live=True).values_list("account_id", flat=True))


@pytest.mark.parametrize("script", ["apply-v2.sh", "apply-v1.sh"])
def test_a_grant_is_applied_by_its_pack_and_verified_by_the_next_reading(double, script):
    shop = Shop(double, PARTNER, OTHER)
    grant = shop.grant()
    task = grant.change_tasks.get()
    assert (task.kind, task.state) == (TaskKind.APPLY, TaskState.OPEN)

    say_applied(task.pk, acting_user=shop.security, at=timezone.now())
    shop.read()
    task.refresh_from_db()
    assert task.state == TaskState.OPEN, "somebody's word is not enough"

    run_commands(double, task, script)
    shop.read()
    task.refresh_from_db()
    assert (task.state, task.verified_by_run is not None) == (TaskState.VERIFIED, True)
    assert shop.allowed() == {PARTNER, OTHER}
    shared, own = shop.live()["partners"]["Statement"]
    assert shared["Principal"] == {"AWS": [OTHER]}
    assert "Condition" not in shared
    assert "DateLessThan" in own["Condition"]


@pytest.mark.parametrize("script", ["apply-v2.sh", "apply-v1.sh"])
def test_a_revoked_grant_is_removed_by_its_pack_and_others_stay(double, script):
    shop = Shop(double, OTHER)
    grant = shop.grant()
    run_commands(double, grant.change_tasks.get(), script)
    shop.read()
    assert shop.allowed() == {PARTNER, OTHER}

    revoke(grant.pk, reason="The contract is over.", acting_user=shop.security, at=timezone.now())
    removal = grant.change_tasks.get(kind=TaskKind.REMOVE)
    shop.read()
    removal.refresh_from_db()
    assert removal.state == TaskState.OPEN

    assert run_commands(double, removal, script)
    shop.read()
    removal.refresh_from_db()
    assert removal.state == TaskState.VERIFIED
    assert shop.allowed() == {OTHER}
    assert list(shop.live()) == ["partners"]


def test_the_way_back_brings_back_what_was_there(double):
    shop = Shop(double, PARTNER, OTHER)
    before = shop.live()
    task = shop.grant().change_tasks.get()
    files = pack_files(task, at=timezone.now())
    run_commands(double, task, "apply-v2.sh")
    assert shop.live() != before
    # The stored facts are still those before the change, so the pack is the same one.
    assert pack_files(task, at=timezone.now()) == files
    run_commands(double, task, "rollback.sh")
    assert shop.live() == before


def test_one_delegate_is_taken_out_of_one_policy_without_any_grant(double):
    shop = Shop(double, PARTNER, OTHER)
    task = open_task(
        identity=shop.identity, kind=TaskKind.REMOVE, reason="Odd mails.", due_on=timezone.localdate(),
        at=timezone.now(), acting_user=shop.security, policy_name="partners", principals=[PARTNER], is_urgent=True,
    )  # fmt: skip
    run_commands(double, task, "apply-v2.sh")
    shop.read()
    task.refresh_from_db()
    assert task.state == TaskState.VERIFIED
    assert shop.allowed() == {OTHER}
