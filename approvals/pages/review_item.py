"""The review card: one item with everything that its reviewer needs, in a fixed number of queries."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from approvals.models import ReviewDecision, ReviewItem
from approvals.pages.review_facts import Facts
from approvals.pages.review_queue import waiting_for
from approvals.pages.review_words import CHANGE, DECISION, Difference, differences, marks, note_words
from approvals.rules.campaigns import ItemDecision
from approvals.services.campaigns.campaigns import FEWEST_LETTERS
from approvals.services.campaigns.evidence import EvidenceRoom
from approvals.services.campaigns.paces import pace_warning
from approvals.services.campaigns.reviewers import why_not
from approvals.services.campaigns.reviewing import why_closed
from inventory.models import Account, Finding, Identity, User
from inventory.models.scopes import STALE_AFTER
from inventory.pages.policy_history import DiffLine, compared
from inventory.policy.tightening.drafts import pretty
from inventory.words import Word

RELATED = (
    "campaign",
    "identity__scope__account",
    "identity__owner_team",
    "identity__owner_user",
    "delegation__identity__scope__account",
    "delegation__identity__owner_team",
    "delegation__identity__owner_user",
    "grant__vendor",
    "grant__line__request",
    "reviewer_team",
    "reviewer_user",
    "decided_by",
)


@dataclass(frozen=True, slots=True)
class LastReview:
    """What was said of the same path last time, and what is different since; ``lines`` compare the policies."""

    item: ReviewItem
    said: ReviewDecision | None
    word: Word
    differences: list[Difference]
    lines: tuple[DiffLine, ...]


@dataclass(frozen=True, slots=True)
class Since:
    """How it stands by now, against what was frozen; ``is_unseen`` says that nobody could look lately."""

    is_deleted: bool = False
    is_gone: bool = False
    is_unseen: bool = False
    differences: list[Difference] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether there is anything to say."""
        return self.is_deleted or self.is_gone or self.is_unseen or bool(self.differences)


def item_context(item: ReviewItem, user: User, *, at: datetime) -> dict[str, object]:
    """Everything on the card."""
    on = timezone.localdate(at)
    facts = Facts(item.evidence)
    decisions = list(item.decisions.select_related("decided_by").order_by("-number"))
    closed = why_closed(item.campaign)
    return {
        "item": item,
        "campaign": item.campaign,
        "facts": facts,
        "identity": item.identity,
        "marks": marks(item, facts),
        "change": CHANGE[item.change],
        "word": DECISION[item.decision],
        "last": _last_review(item, facts),
        "since": _since_frozen(item, facts, at=at),
        "findings": _findings(facts, user),
        "decisions": [(each, DECISION[each.decision]) for each in decisions],
        "chain": list(item.reassignments.select_related("from_team", "from_user", "to_team", "to_user", "by")),
        "seen": len(decisions),
        "left": waiting_for(user, item.campaign, on=on).count(),
        "closed": closed,
        "refusal": closed or _refusal(item, user, at=at),
        "note_words": note_words(item),
        "needs_reason": item.risk.needs_reason,
        "is_routine": item.risk.is_low,
        "fewest_letters": FEWEST_LETTERS,
        "haste": pace_warning(user, item.campaign, at=at),
        "may_open": Identity.objects.visible_to(user).filter(pk=item.identity_id).exists(),
        "evidence_json": pretty(facts.said),
    }


def _refusal(item: ReviewItem, user: User, *, at: datetime) -> str | None:
    if item.decision == ItemDecision.NOT_REVIEWED:
        return "The day is over: this counts as not reviewed, and is taken out after notice."
    return why_not(user, item, on=timezone.localdate(at))


def _last_review(item: ReviewItem, facts: Facts) -> LastReview | None:
    """The item of the last signed review that somebody decided on, as the evidence names it."""
    if facts.said["last_review"] is None:
        return None
    rows = ReviewItem.objects.filter(path_key=item.path_key, campaign__signed_at__lte=item.campaign.staged_at)
    rows = rows.exclude(decision__in=(ItemDecision.PENDING, ItemDecision.NOT_REVIEWED)).exclude(pk=item.pk)
    before = rows.select_related("campaign", "decided_by").order_by("-campaign").first()
    if before is None:
        return None
    then = Facts(before.evidence)
    statements = (pretty({"statements": each.said["statements"]}) for each in (then, facts))
    return LastReview(
        item=before,
        said=before.decisions.order_by("-number").first(),
        word=DECISION[before.decision],
        differences=differences(then, facts),
        lines=compared(*statements) if before.path_hash != item.path_hash else (),
    )


def _since_frozen(item: ReviewItem, facts: Facts, *, at: datetime) -> Since:
    identity = item.identity
    if identity.gone_at is not None:
        return Since(is_deleted=True)
    is_unseen = identity.scope.sight(at) != "complete" or identity.last_read_at < at - STALE_AFTER
    if not item.delegation.is_live:
        return Since(is_gone=True, is_unseen=is_unseen)
    names = dict(Account.objects.exclude(name="").values_list("account_id", "name"))
    (evidence,) = EvidenceRoom([item.delegation], names=names, on=timezone.localdate(at)).evidence()
    return Since(is_unseen=is_unseen, differences=differences(facts, Facts(evidence.text)))


def _findings(facts: Facts, user: User) -> list[tuple[dict[str, object], Finding | None]]:
    """The findings that were open then, each with what is known of it now, as far as the person may see it."""
    said = facts.said["findings"]
    shown = Finding.objects.visible_to(user).filter(pk__in=[each["id"] for each in said]).select_related("identity")
    known = {each.pk: each for each in shown}
    return [(each, known.get(each["id"])) for each in said]
