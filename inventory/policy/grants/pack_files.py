"""Pack files: a pack as texts to copy and to run: policy JSON, command lines, Terraform, diff, the way back."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff

from inventory.policy.grants.packs import Pack
from inventory.policy.reading.jsontext import PolicyError
from inventory.policy.tightening.drafts import draft_of, pretty

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")
_SHELL_HEAD = "#!/bin/sh\n# Run this in the folder that holds it. It stops at the first error.\nset -eu\n\n"


@dataclass(frozen=True, slots=True)
class Live:
    """A policy as it is now; ``raw_hash`` is the SHA-256 of its text."""

    text: str
    raw_hash: str


@dataclass(frozen=True, slots=True)
class PackFile:
    """One file of a pack; ``path`` inside the zip, ``title`` on a page."""

    path: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Files:
    """The texts of a pack for one identity; ``live`` are its policies by name."""

    identity: str
    region: str
    live: Mapping[str, Live]
    pack: Pack

    def all(self) -> Iterator[PackFile]:
        """Everything but the README, in the order in which it is needed."""
        yield PackFile("changes.diff", "What changes", self.diff())
        for name, text in self.pack.writes.items():
            yield PackFile(f"policies/{self._file(name)}", f"Policy {shown(name)}", f"{text}\n")
        yield PackFile("apply-v2.sh", "Command lines, version 2 of the API", _SHELL_HEAD + self.commands())
        yield PackFile("apply-v1.sh", "The same with version 1 of the API", _SHELL_HEAD + self.commands_v1())
        yield PackFile("terraform.tf", "Terraform", self.terraform())
        for name, text in self._before():
            yield PackFile(f"rollback/{self._file(name)}", f"Policy {shown(name)} as it was", text)
        yield PackFile("rollback.sh", "The way back", _SHELL_HEAD + self.rollback())

    def commands(self) -> str:
        """``aws sesv2``: a new policy is created, so that nothing of that name is overwritten unseen."""
        lines = [
            self._v2("update" if name in self.live else "create", name, f"policies/{self._file(name)}")
            for name in self.pack.writes
        ]
        return "".join([*lines, *(self._v2("delete", name) for name in self.pack.deletes)])

    def commands_v1(self) -> str:
        """``aws ses``, which knows one call for new and old."""
        lines = [self._v1("put", name, f"policies/{self._file(name)}") for name in self.pack.writes]
        return "".join([*lines, *(self._v1("delete", name) for name in self.pack.deletes)])

    def rollback(self) -> str:
        """The commands that bring back what was there before."""
        lines = []
        for name in self.pack.writes:
            was_there = name in self.live
            lines.append(self._v2("update" if was_there else "delete", name, self._old(name) if was_there else ""))
        return "".join([*lines, *(self._v2("create", name, self._old(name)) for name in self.pack.deletes)])

    def diff(self) -> str:
        """Line by line against the documents as they are now, both laid out alike; the hash is of the raw text."""
        parts = []
        for name in (*self.pack.writes, *self.pack.deletes):
            live = self.live.get(name)
            before = laid_out(live.text).splitlines() if live else []
            after = laid_out(self.pack.writes[name]).splitlines() if name in self.pack.writes else []
            made = f"{shown(name)} made against sha256:{live.raw_hash}" if live else f"{shown(name)} (not there yet)"
            to = f"{shown(name)} as it should be" if name in self.pack.writes else f"{shown(name)} (deleted)"
            parts += [*unified_diff(before, after, made, to, lineterm=""), ""]
        return "\n".join(parts)

    def terraform(self) -> str:
        """One resource for each policy that is written, and which ones go."""
        parts = [self._resource(name, text) for name, text in self.pack.writes.items()]
        parts += [
            f"# Policy {shown(name)} goes: take its resource out of the code.\n" for name in self.pack.deletes
        ]  # fmt: skip
        return "\n".join(parts)

    def _resource(self, name: str, text: str) -> str:
        label = _label(f"{self.identity}_{name}")
        known = (
            f"# It is there already: import it once, unless the state knows it.\nimport {{\n"
            f"  to = aws_sesv2_email_identity_policy.{label}\n  id = {_hcl(f'{self.identity}|{name}')}\n}}\n\n"
            if name in self.live
            else ""
        )
        return (
            f'{known}resource "aws_sesv2_email_identity_policy" "{label}" {{\n'
            f"  email_identity = {_hcl(self.identity)}\n  policy_name    = {_hcl(name)}\n"
            f"  policy         = <<-JSON\n{_indented(_doubled(laid_out(text)))}\n  JSON\n}}\n\n"
            "# With the older resource, never both for one policy: aws_ses_identity_policy with identity, name and\n"
            "# policy of the same values.\n"
        )

    def _before(self) -> Iterator[tuple[str, str]]:
        for name in (*self.pack.writes, *self.pack.deletes):
            if name in self.live:
                yield name, self.live[name].text

    def _old(self, name: str) -> str:
        return f"rollback/{self._file(name)}"

    def _v2(self, verb: str, name: str, file: str = "") -> str:
        where = f"--region {shlex.quote(self.region)} {_option('--email-identity', self.identity)}"
        command = f"aws sesv2 {verb}-email-identity-policy {where} {_option('--policy-name', name)}"
        return f"{command}{_policy(file)}\n"

    def _v1(self, verb: str, name: str, file: str = "") -> str:
        where = f"--region {shlex.quote(self.region)} {_option('--identity', self.identity)}"
        command = f"aws ses {verb}-identity-policy {where} {_option('--policy-name', name)}"
        return f"{command}{_policy(file)}\n"

    def _file(self, name: str) -> str:
        """A file name that every system takes and no other policy of the pack has."""
        names = [*self.pack.writes, *self.pack.deletes]
        safe = _UNSAFE.sub("_", name)[:64] or "policy"
        clashes = [each for each in names if (_UNSAFE.sub("_", each)[:64] or "policy").lower() == safe.lower()]
        return f"{safe}.json" if safe == name and len(clashes) == 1 else f"{safe}-{names.index(name) + 1}.json"


def readme(files: Files, *, sentence: str, account: str, notes: tuple[str, ...] = ()) -> PackFile:
    """What the pack is for and how it is used, for whoever opens the folder."""
    hashes = [
        f"  {shown(name)}: sha256:{files.live[name].raw_hash}"
        for name in (*files.pack.writes, *files.pack.deletes)
        if name in files.live
    ]
    lines = [
        sentence,
        "",
        f"Identity: {shown(files.identity)}",
        f"Account:  {account}",
        f"Region:   {files.region}",
        "",
        "It was made against these documents; if AWS holds others by now, get a new pack from the task's page:"
        if hashes
        else "None of the policies that it writes was there when it was made.",
        *hashes,
        "",
        *(f"{number}. {step}" for number, step in enumerate(console_steps(files), 1)),
        "",
        "Or run apply-v2.sh (or apply-v1.sh) with the AWS CLI, or put terraform.tf into your code: one of these, not",
        "several. rollback.sh brings back what was there before.",
        "",
        "Then say on the task's page that it is applied. It counts as done when sesgov has read it from AWS.",
        *(["", *(f"Note: {each}" for each in notes)] if notes else []),
    ]
    return PackFile("README.txt", "Read me", "\n".join(lines) + "\n")


def console_steps(files: Files) -> tuple[str, ...]:
    """The same by hand, in four steps."""
    pack = files.pack
    edits = [
        f"{shown(name)}: Edit, and replace all of it with the policy below"
        for name in pack.writes
        if name in files.live
    ]
    edits += [
        f"Create policy, custom, {shown(name)}, with the policy below" for name in pack.writes if name not in files.live
    ]
    edits += [f"{shown(name)}: Delete" for name in pack.deletes]
    return (
        f"Sign in to the account and open Amazon SES in {files.region}.",
        f"Configuration, Identities, {shown(files.identity)}, tab Authorization.",
        f"{'; '.join(edits)}." if edits else "Nothing is to be changed.",
        "Save, and look at the policy once more: it has to read as it does here.",
    )


def laid_out(text: str) -> str:
    """A document as people read it; as it is where it is no JSON."""
    try:
        return pretty(draft_of("policy", text).root)
    except PolicyError:
        return text


def shown(name: str) -> str:
    """A name inside a sentence or comment: what could end the line or turn it around is written out."""
    return name if name.isprintable() and name.isascii() else json.dumps(name)


def _option(option: str, value: str) -> str:
    """``--name value`` for a shell; a value that looks like an option itself is bound to it."""
    return f"{option}={shlex.quote(value)}" if value.startswith("-") else f"{option} {shlex.quote(value)}"


def _policy(file: str) -> str:
    return f" --policy file://{file}" if file else ""


def _hcl(text: str) -> str:
    return _doubled(json.dumps(text, ensure_ascii=False))


def _doubled(text: str) -> str:
    """Terraform's own ``${`` and ``%{`` doubled, so that a policy variable stays one."""
    return text.replace("${", "$${").replace("%{", "%%{")


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def _label(text: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_")[:80]
    return plain if plain[:1].isalpha() else f"policy_{plain}"
