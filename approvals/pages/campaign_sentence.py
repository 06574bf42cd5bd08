"""How a review stands, in a sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from approvals.models import Campaign
from approvals.pages.campaign_removals import Removals
from approvals.rules.campaigns import CampaignState
from approvals.services.campaigns.campaigns import day_of
from inventory.words import counted


@dataclass(frozen=True, slots=True)
class _Stand:
    campaign: Campaign
    wanted: Removals
    on: date

    @property
    def items(self) -> str:
        return counted(self.campaign.item_count, "item")

    def over(self, day: date) -> str:
        return " That day is over." if self.on > day else ""


def sentence(campaign: Campaign, wanted: Removals, at: datetime) -> str:
    """At most one query."""
    return _SENTENCES[CampaignState(campaign.state)](_Stand(campaign, wanted, day_of(at)))


def _draft(_stand: _Stand) -> str:
    return "Nothing is frozen yet, and nobody is asked."


def _staged(stand: _Stand) -> str:
    campaign = stand.campaign
    frozen, asked = (f"{day:%-d %b %Y}" for day in (campaign.staged_at, campaign.starts_on))
    return f"{stand.items} frozen on {frozen}. Reviewers are asked on {asked}."


def _active(stand: _Stand) -> str:
    waiting, due_on = stand.campaign.items.pending().count(), stand.campaign.due_on
    return f"{waiting} of {stand.items} wait for a decision until {due_on:%-d %b %Y}.{stand.over(due_on)}"


def _decided(stand: _Stand) -> str:
    missed = f"; on {stand.wanted.missed} of them nobody decided in time" if stand.wanted.missed else ""
    return f"The deciding on {stand.items} is over{missed}. One of security has to sign."


def _signed(stand: _Stand) -> str:
    campaign, wanted = stand.campaign, stand.wanted
    left = f"{wanted.left} of {counted(wanted.total, 'removal')} not yet shown by a reading"
    by_on = campaign.remediate_by_on
    return f"Signed by {campaign.signed_by}. {left}, due by {by_on:%-d %b %Y}.{stand.over(by_on)}"


def _closed(stand: _Stand) -> str:
    number = counted(stand.wanted.total, "removal")
    shown = f"readings have shown each of {number}" if stand.wanted.total else "nothing was to be removed"
    return f"Signed by {stand.campaign.signed_by}; {shown}."


def _incomplete(stand: _Stand) -> str:
    wanted = stand.wanted
    return f"Signed by {stand.campaign.signed_by}; {wanted.left} of {counted(wanted.total, 'removal')} never shown."


def _cancelled(stand: _Stand) -> str:
    return f"Cancelled: {stand.campaign.ending_reason}"


_SENTENCES: Mapping[CampaignState, Callable[[_Stand], str]] = {
    CampaignState.DRAFT: _draft,
    CampaignState.STAGED: _staged,
    CampaignState.ACTIVE: _active,
    CampaignState.DECIDED: _decided,
    CampaignState.SIGNED: _signed,
    CampaignState.REMEDIATING: _signed,
    CampaignState.CLOSED: _closed,
    CampaignState.CLOSED_INCOMPLETE: _incomplete,
    CampaignState.CANCELLED: _cancelled,
}
