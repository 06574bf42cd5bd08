"""What the engine has to say beside the lines of one policy."""

from inventory.pages.policy_lines import Remark
from inventory.policy.account_ids import grouped_account_id
from inventory.policy.delegations import Analysis, Delegation, Limit
from inventory.policy.keys import Source, find_key
from inventory.policy.reach import Reach
from inventory.policy.trust import Trust
from inventory.policy.words.sentences import describe_limit
from inventory.words import reach_word, trust_word

_WIDE = (Reach.PUBLIC, Reach.UNDETERMINED, Reach.NETWORK, Reach.SERVICE_UNPINNED)
_SHOWN_ACCOUNTS = 4


def policy_remarks(policy_name: str, analysis: Analysis) -> list[Remark]:
    """Remarks on principals, limits and traps of one policy; what cannot be read is remarked on by the layout."""
    found = [_principal(each) for each in analysis.delegations if each.policy == policy_name]
    limits = [limit for each in analysis.delegations for limit in each.limits if limit.policy == policy_name]
    found += [_limit(limit) for limit in limits if _is_of_a_real_key(limit)]
    notes = [*analysis.notes, *(note for each in analysis.delegations for note in each.notes)]
    found += [Remark(note.path, note.text, "caution") for note in notes if note.policy == policy_name]
    return list(dict.fromkeys(found))


def _principal(delegation: Delegation) -> Remark:
    reach = reach_word(delegation.reach)
    words = [reach.meaning]
    if delegation.trust and delegation.reach not in _WIDE:
        ids = ", ".join(grouped_account_id(each) for each in delegation.accounts[:_SHOWN_ACCOUNTS])
        words.append(f"{ids}: {trust_word(delegation.trust).label.lower()}." if ids else "")
    if delegation.reason:
        words.append(delegation.reason)
    path = ("Statement", delegation.statement, "Principal")
    return Remark(path, " ".join(filter(None, words)), _tone(delegation))


def _tone(delegation: Delegation) -> str:
    if delegation.reach in _WIDE or delegation.trust in (Trust.UNKNOWN, Trust.FORMER, Trust.PLACEHOLDER):
        return "bad"
    return "plain"


def _is_of_a_real_key(limit: Limit) -> bool:
    """Of a key that does not exist its note says what there is to say."""
    key = find_key(limit.key)
    return key is None or key.source is not Source.NOBODY


def _limit(limit: Limit) -> Remark:
    said = describe_limit(limit)
    said = f"{said[:1].upper()}{said[1:]}."
    if limit.is_effective:
        return Remark(limit.path, said, "good")
    return Remark(limit.path, f"{said} It excludes nothing, or an allowed action escapes it.", "caution")
