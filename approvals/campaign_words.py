"""The words that pages say for reviews."""

from approvals.rules.campaigns import CampaignState, Change, ItemDecision
from inventory.words import Word

CAMPAIGN_STATE = {
    CampaignState.DRAFT: Word("Draft", "Nothing is frozen yet and nobody is asked."),
    CampaignState.STAGED: Word("Staged", "The population is frozen; reviewers are asked from the start day on."),
    CampaignState.ACTIVE: Word("Under review", "Reviewers decide until the due day.", "bad"),
    CampaignState.DECIDED: Word("To be signed", "Every item has an answer; security has to sign.", "bad"),
    CampaignState.SIGNED: Word("Signed", "Security attested to the result."),
    CampaignState.REMEDIATING: Word("Being removed", "Signed; readings have yet to show what was removed.", "bad"),
    CampaignState.CLOSED: Word("Closed", "Signed, and readings have shown every removal.", "good"),
    CampaignState.CLOSED_INCOMPLETE: Word(
        "Closed, incomplete", "Signed, and closed with removals that no reading has shown.", "unknown"
    ),
    CampaignState.CANCELLED: Word("Cancelled", "Ended without a result."),
}
DECISION = {
    ItemDecision.PENDING: Word("Waiting", "Nobody has decided yet."),
    ItemDecision.CERTIFY: Word("Kept", "The reviewer certified that it may stay.", "good"),
    ItemDecision.REVOKE: Word("To be removed", "The reviewer revoked it.", "bad"),
    ItemDecision.MODIFY: Word("To be changed", "The reviewer wants it narrower or different.", "bad"),
    ItemDecision.NOT_REVIEWED: Word("Not reviewed", "Nobody decided by the due day.", "unknown"),
}
CHANGE = {
    Change.NEW: Word("New", "No signed review has seen it before."),
    Change.CHANGED: Word("Changed", "It allows something else than when it was last reviewed."),
    Change.UNCHANGED: Word("Unchanged", "It allows the same as when it was last reviewed."),
}
