"""The check of each night: the head goes to the log, and whoever reads the trail learns where the chain is broken."""

import logging
from datetime import datetime

from django.db import transaction

from inventory.models import ChainCheck, NoticeKind, User
from inventory.models.roles import READS_AUDIT
from inventory.services.audit_chain.verification import Verification, verify
from inventory.services.notices.notices import tell
from inventory.services.schedule import run_daily

JOB = "audit chain"
_PAGE = "/audit/"
_LONGEST_PROBLEM = 4000

logger = logging.getLogger(__name__)


def check_daily(*, at: datetime) -> bool:
    """Once after each midnight; says whether this caller did it."""
    return run_daily(JOB, lambda: check(at=at), at=at)


def check(*, at: datetime) -> ChainCheck:
    """Read the whole chain and write down what was found."""
    found = verify()
    with transaction.atomic():
        row = ChainCheck.objects.create(
            checked_at=at,
            position=found.head.position,
            head=found.head.hash,
            unsealed=found.unsealed,
            problem=_problem(found),
        )
        if row.problem:
            _tell(row)
    seen = {"position": row.position, "head": row.head, "unsealed": row.unsealed, "problems": found.number}
    if row.problem:
        logger.critical("audit_chain_broken", extra=seen | {"problem": row.problem})
    else:
        logger.info("audit_chain_holds", extra=seen)
    return row


def last_check() -> ChainCheck | None:
    """The newest one."""
    return ChainCheck.objects.latest_first().first()


def _problem(found: Verification) -> str:
    lines = [problem.text for problem in found.problems]
    if found.number > len(lines):
        lines.append(f"And {found.number - len(lines)} more.")
    return "\n".join(lines)[:_LONGEST_PROBLEM]


def _tell(row: ChainCheck) -> None:
    tell(
        User.objects.filter(is_active=True, roles__overlap=[role.value for role in READS_AUDIT]),
        kind=NoticeKind.ALERT,
        key=f"audit-chain:{row.checked_at:%Y-%m-%d}",
        text=f"The audit chain does not hold. {row.problem.splitlines()[0]}"[:1000],
        path=_PAGE,
        at=row.checked_at,
        is_urgent=True,
    )
