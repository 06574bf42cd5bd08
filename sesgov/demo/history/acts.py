"""What people and the calendar did in the ninety days, through the same services as in the browser."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from inventory.models import User
from inventory.services.judging.reevaluation import reevaluate
from inventory.services.people.people import deactivate_person
from sesgov.demo import estate_accounts as known
from sesgov.demo.estate_people import ADMINISTRATOR, LEFT
from sesgov.demo.history import decisions, grants, reviews

Act = Callable[[datetime], None]


def _leaves(email: str, at: datetime) -> None:
    admin, leaver = User.objects.get(email=ADMINISTRATOR), User.objects.get(email=email)
    deactivate_person(user=leaver, acting_user=admin, at=at)


def _contract_is_over(account_id: str, at: datetime) -> None:
    """As the judgement after midnight does."""
    reevaluate(at=at, accounts=[account_id])


# By the day on which each happened, counted backwards.
ACTS: tuple[tuple[int, Act], ...] = (
    (88, decisions.confirm_names),
    (84, decisions.verify_vendors),
    (63, decisions.add_rule),
    (58, partial(_leaves, LEFT[0])),
    (52, grants.approve_digest),
    (50, grants.approve_welcome),
    (47, grants.approve_parcels),
    (46, partial(_contract_is_over, known.QUILLFEATHER_PANEL.id)),
    (42, decisions.keep_view),
    (41, grants.approve_payroll),
    (40, grants.approve_receipts),
    (39, decisions.claim_and_confirm),
    (36, decisions.triage_offers),
    (34, reviews.begin_last_quarter),
    (32, decisions.accept_gate),
    (31, reviews.decide_half),
    (29, decisions.triage_reminders),
    (25, reviews.decide_rest),
    (24, grants.adopt_campaigns),
    (21, grants.adopt_desk),
    (19, partial(_leaves, LEFT[1])),
    (18, reviews.miss_and_sign),
    (16, grants.revoke_payroll),
    (12, reviews.verify_and_seal),
    (7, decisions.go_on_leave),
    (6, reviews.begin_interim),
    (5, reviews.decide_quickly),
    (4, decisions.claim_only),
    (3, grants.approve_weekly),
    (2, decisions.ask_for_checkout),
    (2, grants.ask_for_invoices),
    (1, grants.ask_for_reviews),
)
