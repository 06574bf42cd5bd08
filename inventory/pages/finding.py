"""One finding: why it matters, its place in the policy, the fix, its episodes."""

from inventory.models import Finding, PolicyVersion
from inventory.pages.policy_lines import Line, Remark, annotated_lines
from inventory.policy.rules import RULES, Place, fix_for

TONES = {"critical": "bad", "high": "bad", "medium": "caution", "low": "caution", "info": "plain"}


def finding_context(finding: Finding) -> dict[str, object]:
    """Everything that the page of one finding shows: three queries."""
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
        "excerpt": _excerpt(finding),
        "siblings": list(siblings) if finding.subject else [],
    }


def _excerpt(finding: Finding) -> list[Line]:
    """The statement that the finding speaks of, marked where the trouble is; empty where the policy is gone."""
    if not finding.policy_name:
        return []
    version = (
        PolicyVersion.objects.current()
        .filter(policy__identity=finding.identity, policy__name=finding.policy_name)
        .first()
    )
    if version is None:
        return []
    path = tuple(finding.evidence.get("path") or ())
    text = str(finding.evidence.get("text", ""))
    lines = annotated_lines(version.text, [Remark(path, text, TONES[finding.severity])])
    statement = finding.evidence.get("statement")
    own = [line for line in lines if line.path[:2] == ("Statement", statement)]
    return own or lines
