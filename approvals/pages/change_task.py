"""One change task: why, who, what to do, and the pack for the policies as they are now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from approvals.models import ChangeTask, CodeDeclaration
from approvals.pages.names import all_names
from approvals.pages.task_sentences import task_sentence
from approvals.rules.change_tasks import TaskKind
from approvals.services.tasks.change_packs import Situation, situation_of
from approvals.task_words import state_word
from inventory.models import AuditEvent, PolicyVersion, Role, User
from inventory.models.scopes import STALE_AFTER
from inventory.pages.policy_history import DiffLine, compared
from inventory.policy.grants.pack_files import Files, Live, PackFile, console_steps, readme
from inventory.policy.grants.packs import Pack

RELATED = (
    "identity__scope__account__organization",
    "identity__scope__account__owner_team",
    "identity__owner_team",
    "assigned_team",
    "opened_by",
    "taken_by",
    "said_by",
    "verified_by_run",
    "grant__identity",
    "grant__vendor",
    "grant__line__request",
)
_WORDS = {
    "task.opened": "opened it",
    "task.hastened": "made it more urgent",
    "task.taken": "is on it",
    "task.said_applied": "said that it is applied",
    "task.not_seen": "did not find it in the reading since, so that it is open again",
    "task.verified": "found it done",
    "task.cancelled": "cancelled it",
}


@dataclass(frozen=True, slots=True)
class Moved:
    """A policy that is no longer what it was when the task was opened; ``what`` says how, ``lines`` show it."""

    name: str
    what: str
    lines: tuple[DiffLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One policy that the pack writes or deletes, against the document as it is now."""

    name: str
    raw_hash: str
    is_deleted: bool
    lines: tuple[DiffLine, ...]
    text: str


def task_context(user: User, task: ChangeTask, *, at: datetime) -> dict[str, object]:
    """Everything on the page of one task."""
    on = timezone.localdate(at)
    situation = situation_of(task, at=at)
    pack = situation.pack()
    files = _files(task, situation, pack)
    code = CodeDeclaration.objects.about(task.identity)
    may_act = task.may_be_done_by(user)
    return {
        "task": task,
        "identity": task.identity,
        "sentence": task_sentence(task, names=all_names(), on=on),
        "state": state_word(task, on),
        "is_removal": task.kind == TaskKind.REMOVE,
        "is_done": situation.is_done,
        "is_stale": task.identity.scope.sight(at) != "complete" or task.identity.last_read_at < at - STALE_AFTER,
        "pack": pack,
        "parts": _parts(situation, pack),
        "files": _texts(files, code),
        "steps": console_steps(files),
        "moved": _moved(task, situation),
        "code": code,
        "history": _history(task),
        "may_act": may_act and not task.is_over,
        "may_cancel": user.has_role([Role.SECURITY]) and not task.is_over,
        "is_mine": task.taken_by_id == user.pk,
    }


def pack_files(task: ChangeTask, *, at: datetime) -> list[PackFile]:
    """All files of the pack, made for the policies as they are now."""
    situation = situation_of(task, at=at)
    pack = situation.pack()
    files = _files(task, situation, pack)
    account = task.identity.scope.account
    notes = tuple(each for each in (pack.problem, *pack.notes) if each)
    sentence = task_sentence(task, names=all_names(), on=timezone.localdate(at))
    said = readme(files, sentence=sentence, account=f"{account.name} {account.account_id}".strip(), notes=notes)
    return [said, *(() if pack.is_empty else files.all())]


def _files(task: ChangeTask, situation: Situation, pack: Pack) -> Files:
    live = {name: Live(version.text, version.raw_hash) for name, version in situation.versions.items()}
    return Files(task.identity.name, task.identity.scope.region, live, pack)


def _parts(situation: Situation, pack: Pack) -> list[Part]:
    live = situation.versions
    parts = []
    for name in (*pack.writes, *pack.deletes):
        before = live[name].text if name in live else ""
        after = pack.writes.get(name, "")
        raw_hash = live[name].raw_hash if name in live else ""
        parts.append(Part(name, raw_hash, name in pack.deletes, compared(before, after), after))
    return parts


def _texts(files: Files, code: CodeDeclaration | None) -> Sequence[PackFile]:
    """The texts to copy, the ones for the code first where the policies are written by code."""
    if files.pack.is_empty:
        return ()
    v2 = PackFile("apply-v2", "Command lines (AWS CLI, sesv2)", files.commands())
    v1 = PackFile("apply-v1", "The same with the older API (ses)", files.commands_v1())
    terraform = PackFile("terraform", "Terraform", files.terraform())
    back = PackFile("rollback", "The way back", files.rollback())
    return (terraform, v2, v1, back) if code is not None else (v2, v1, terraform, back)


def _moved(task: ChangeTask, situation: Situation) -> list[Moved]:
    """How the policies differ from those that the task was opened against."""
    if task.is_over:
        return []
    then, now = task.made_against, situation.versions
    old = _old_texts(task, [name for name, raw in then.items() if name in now and now[name].raw_hash != raw])
    moved = [Moved(name, "is new") for name in now if name not in then]
    moved += [Moved(name, "is gone") for name in then if name not in now]
    return moved + [Moved(name, "has changed", compared(text, now[name].text)) for name, text in old.items()]


def _old_texts(task: ChangeTask, names: list[str]) -> dict[str, str]:
    if not names:
        return {}
    rows = PolicyVersion.objects.filter(policy__identity=task.identity_id, policy__name__in=names)
    found = rows.filter(raw_hash__in=[task.made_against[name] for name in names]).order_by("number")
    return {row.policy.name: row.text for row in found.select_related("policy")}


def _history(task: ChangeTask) -> list[tuple[AuditEvent, str]]:
    rows = AuditEvent.objects.filter(object_type="changetask", object_id=str(task.pk)).order_by("at", "pk")
    return [(event, _WORDS.get(event.action, event.action)) for event in rows]
