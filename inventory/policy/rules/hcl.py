"""A policy statement in Terraform's words."""

import json
from collections.abc import Mapping
from typing import Any


def policy_document(name: str, statement: Mapping[str, Any]) -> str:
    """The data source ``aws_iam_policy_document`` with one statement, as HCL."""
    principal = statement["Principal"]
    kinds = principal if isinstance(principal, Mapping) else {"*": "*"}
    lines = [
        f'data "aws_iam_policy_document" {_text(name)} {{',
        "  statement {",
        f"    sid       = {_text(statement['Sid'])}",
        f"    effect    = {_text(statement['Effect'])}",
        f"    actions   = {_texts(statement['Action'])}",
        f"    resources = {_texts(statement['Resource'])}",
    ]
    for kind, identifiers in kinds.items():
        lines += ["    principals {", f"      type        = {_text(kind)}"]
        lines += [f"      identifiers = {_texts(identifiers)}", "    }"]
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in keys.items():
            lines += ["    condition {", f"      test     = {_text(operator)}", f"      variable = {_text(key)}"]
            lines += [f"      values   = {_texts(values)}", "    }"]
    return "\n".join([*lines, "  }", "}", ""])


def _texts(value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    return f"[{', '.join(_text(item) for item in values)}]"


def _text(value: Any) -> str:
    """A quoted string; ``${`` is Terraform's own and is doubled, so that a policy variable stays one."""
    return json.dumps(str(value), ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
