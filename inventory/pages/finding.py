"""One finding: why it matters, its place in the policy, the fix, its episodes."""

from datetime import datetime

from inventory.models import Finding
from inventory.pages.analysed import analysed
from inventory.pages.policy_lines import Line, Remark, annotated_lines
from inventory.pages.policy_remarks import policy_remarks
from inventory.policy.rules import RULES, Place, fix_for

TONES = {"critical": "bad", "high": "bad", "medium": "caution", "low": "caution", "info": "plain"}


def finding_context(finding: Finding, at: datetime) -> dict[str, object]:
    """Everything that the page of one finding shows: seven queries at most."""
    rule = RULES.get(finding.rule_id)
    identity = finding.identity
    statement = finding.evidence.get("statement")
    place = Place(identity.name, identity.arn, finding.policy_name, statement, finding.subject)
    siblings = Finding.objects.open().filter(identity=identity, subject=finding.subject).exclude(pk=finding.pk)
    return {
        "finding": finding,
        "sentence": finding.evidence.get("text") or (rule.title if rule else finding.rule_id),
        "rule": rule,
        "fix": fix_for(rule, place) if rule else None,
        "references": rule.references if rule else (),
        "episodes": list(finding.episodes.select_related("opened_by_run", "closed_by_run").order_by("-opened_at")),
        "excerpt": _excerpt(finding, at),
        "siblings": list(siblings) if finding.subject else [],
    }


def _excerpt(finding: Finding, at: datetime) -> list[Line]:
    """The statement that the finding speaks of, marked where the trouble is; empty where the policy is gone."""
    if not finding.policy_name:
        return []
    found = analysed(finding.identity, at)
    texts = {policy.name: version.text for policy, version in found.policies}
    if finding.policy_name not in texts:
        return []
    own = Remark(
        tuple(finding.evidence.get("path") or ()), str(finding.evidence.get("text", "")), TONES[finding.severity]
    )
    remarks = [own, *policy_remarks(finding.policy_name, found.analysis)]
    lines = annotated_lines(texts[finding.policy_name], remarks)
    statement = ("Statement", finding.evidence.get("statement"))
    return [line for line in lines if line.path[:2] == statement] or lines
