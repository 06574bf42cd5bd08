"""The list of the items of a review."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django_tables2 import Column, Table

from approvals.models import ReviewItem
from approvals.pages.review_facts import Facts
from approvals.pages.review_words import CHANGE, DECISION, approval_words, marks
from approvals.rules.campaigns import Change, may_be_certified_in_bulk
from approvals.services.campaigns.campaigns import RUNS_CAMPAIGNS
from approvals.services.campaigns.reviewers import Refusals
from approvals.services.campaigns.reviewing import is_pending
from approvals.services.campaigns.since_frozen import is_as_frozen
from inventory.models import User
from inventory.tables.columns import AccountColumn, AccountIdColumn, TimeColumn
from inventory.templatetags import words as looks

HAND_ON = "hand_on"


class ReviewItemTable(Table):  # type: ignore[misc]  # django-tables2 carries no types
    """In the order of the review. Boxes only where the button above would take the item."""

    choose = Column(
        "Choose",
        empty_values=(),
        orderable=False,
        exclude_from_export=True,
        attrs={"td": {"class": "choose"}, "th": {"class": "choose"}},
    )
    sentence = Column("What it allows", empty_values=(), orderable=False, attrs={"td": {"class": "sentence"}})
    position = Column("Item", order_by=("position",), visible=False)
    identity = Column("Identity", accessor="identity__name", order_by=("identity__name", "id"), visible=False)
    account = AccountColumn("identity.scope", empty_values=(), orderable=False)
    account_id = AccountIdColumn("Account id", accessor="identity__scope__account__account_id", visible=False)
    region = Column("Region", accessor="identity__scope__region", visible=False)
    delegate = AccountIdColumn("Delegate", accessor="delegation__account_id", visible=False)
    change = Column("Since last time", order_by=("change", "position"))
    risk = Column("Out of order", empty_values=(), orderable=False)
    approved = Column("Approved by", empty_values=(), orderable=False)
    reviewer = Column(empty_values=(), orderable=False)
    decision = Column(order_by=("decision", "position"))
    decided_by = Column(order_by=("decided_by__name", "id"), default="", visible=False)
    decided_at = TimeColumn("Decided", order_by=("decided_at", "id"), visible=False)
    evidence_hash = Column("Evidence SHA-256", orderable=False, visible=False)

    class Meta:
        template_name = "tables/table.html"

    def before_render(self, request: HttpRequest) -> None:
        """Boxes only for those who could press a button, and only beside what it would take."""
        user = request.user
        if not isinstance(user, User):
            return
        rows = [row.record for row in self.paginated_rows]
        self.is_handing_on = request.GET.get("choose") == HAND_ON
        refusals = Refusals(user, rows, on=timezone.localdate())
        runs = self.is_handing_on and user.has_role(RUNS_CAMPAIGNS)
        mine = {each.pk for each in rows if is_pending(each) and (runs or refusals.of(each) is None)}
        self.takes = {each.pk for each in rows if each.pk in mine and (self.is_handing_on or _is_routine(each))}
        if not mine:
            self.columns.hide("choose")

    def render_choose(self, record: ReviewItem) -> SafeString:
        if record.pk not in self.takes:
            return SafeString("")
        box = '<input type="checkbox" form="choose" name="item" value="{}" aria-label="Choose item {}">'
        return format_html(box, record.pk, record.position)

    def value_sentence(self, record: ReviewItem) -> str:
        return " ".join(Facts(record.evidence).sentences)

    def render_sentence(self, record: ReviewItem) -> SafeString:
        facts = Facts(record.evidence)
        more = f" · {len(facts.sentences) - 1} more" if len(facts.sentences) > 1 else ""
        line = '<a href="{}">{}</a><br><span class="muted">Item {}{}</span>'
        url = reverse("approvals:review_item_detail", args=[record.pk])
        return format_html(line, url, facts.sentence, record.position, more)

    def render_change(self, value: str) -> SafeString:
        return looks.word(CHANGE[value])

    def value_change(self, value: str) -> str:
        return value

    def value_risk(self, record: ReviewItem) -> str:
        return ", ".join(word.label for word in marks(record, Facts(record.evidence)))

    def render_risk(self, record: ReviewItem) -> SafeString:
        words = marks(record, Facts(record.evidence))
        return format_html_join(" ", "{}", ((looks.word(word),) for word in words))

    def value_approved(self, record: ReviewItem) -> str:
        return approval_words(Facts(record.evidence))

    def render_approved(self, record: ReviewItem) -> str:
        words = self.value_approved(record)
        return words[:1].upper() + words[1:]

    def value_reviewer(self, record: ReviewItem) -> str:
        return str(record.reviewer_team or record.reviewer_user or "Security")

    def render_reviewer(self, record: ReviewItem) -> str:
        return self.value_reviewer(record)

    def value_decision(self, value: str) -> str:
        return value

    def render_decision(self, record: ReviewItem) -> SafeString:
        word = looks.word(DECISION[record.decision])
        if record.decided_by is None:
            return word
        return format_html('{}<br><span class="muted">{} {}</span>', word, record.decided_by, _ago(record))


def _is_routine(item: ReviewItem) -> bool:
    return may_be_certified_in_bulk(Change(item.change), item.risk) and is_as_frozen(item)


def _ago(item: ReviewItem) -> SafeString:
    return looks.ago(item.decided_at)
