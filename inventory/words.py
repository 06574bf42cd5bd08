"""The words that pages say for stored values: one vocabulary for the screen and for exports."""

from dataclasses import dataclass
from datetime import timedelta

from inventory.models import Role
from inventory.policy.reach import Reach
from inventory.policy.trust import Trust


@dataclass(frozen=True, slots=True)
class Word:
    """A label with its explanation. ``tone`` is ``bad``, ``plain``, ``good`` or ``unknown``: never a severity."""

    label: str
    meaning: str
    tone: str = "plain"


REACH = {
    Reach.PUBLIC: Word("Anyone", "Anyone with an AWS account is let in.", "bad"),
    Reach.UNDETERMINED: Word(
        "Not determined", "The policy could not be judged; treat it as open to anyone.", "unknown"
    ),
    Reach.NETWORK: Word("Anyone on a network", "Any AWS account, from fixed networks or endpoints.", "bad"),
    Reach.SERVICE_UNPINNED: Word("Service, for anyone", "An AWS service, on behalf of any customer.", "bad"),
    Reach.ORGANIZATION: Word("Organization", "Every account of a fixed organization."),
    Reach.ACCOUNT: Word("Whole account", "Everyone in a fixed account who may call SES there."),
    Reach.PRINCIPAL: Word("Named principals", "Fixed roles, users or sessions."),
    Reach.SERVICE: Word("Pinned service", "An AWS service, for fixed resources only."),
    Reach.SELF: Word("Own account", "Only callers of the account that owns the identity.", "good"),
    Reach.DANGLING: Word("Deleted principal", "The role or user that was named no longer exists."),
    Reach.INERT: Word("No one", "No request can ever meet the policy.", "good"),
}

TRUST = {
    Trust.OWN: Word("Own", "The account that owns the identity.", "good"),
    Trust.FORMER: Word("Former", "Closed, suspended, or its contract is over.", "bad"),
    Trust.ORGANIZATION: Word("Our organization", "Another account of the company."),
    Trust.PARTNER: Word("Partner", "Registered, within its contract."),
    Trust.PLACEHOLDER: Word("Placeholder", "An account id copied from documentation.", "bad"),
    Trust.UNKNOWN: Word("Unknown", "Nobody registered who this is.", "unknown"),
}

SIGHT = {
    "complete": Word("Complete", "Completely read within 48 hours.", "good"),
    "partial": Word("Partial", "Some identities could not be read.", "bad"),
    "denied": Word("Denied", "AWS refused the reading.", "bad"),
    "unavailable": Word("Unavailable", "SES could not be reached there.", "bad"),
    "failed": Word("Failed", "The reading broke off.", "bad"),
    "stale": Word("Stale", "Not completely read within 48 hours.", "unknown"),
    "never": Word("Never read", "Nobody has looked there yet.", "unknown"),
    "disabled": Word("Region disabled", "Not expected to be read.", "plain"),
    "unused": Word("Declared unused", "AWS refuses the reading; somebody vouches that nothing is sent there.", "plain"),
}

DELIVERY_STATE = {
    "waiting": Word("Waiting", "It leaves within seconds.", "plain"),
    "claimed": Word("Being sent", "A worker has taken it up.", "plain"),
    "sent": Word("Sent", "The other side took it.", "good"),
    "uncertain": Word("Uncertain", "It may have left or not; sesgov does not send it again by itself.", "unknown"),
    "failed": Word("Failed", "It certainly did not leave; it is tried again until it is given up.", "bad"),
}

# What an audit event speaks of, by the model's name; a noun that is missing here is shown by that name.
NOUNS = {
    "access": "Access",
    "account": "Account",
    "accountverification": "Account verification",
    "apitoken": "API token",
    "accountcheck": "Account check",
    "approvalslot": "Decision",
    "campaign": "Review campaign",
    "changetask": "Change to apply",
    "codedeclaration": "Policy kept as code",
    "collectionrun": "Collection run",
    "containment": "Containment",
    "delivery": "Delivery",
    "deputy": "Deputy",
    "discovery": "Discovery",
    "evidencepack": "Evidence pack",
    "finding": "Finding",
    "grant": "Grant",
    "grantrequest": "Access request",
    "identity": "Identity",
    "knownaccount": "Account known by name",
    "noticechoice": "Choice of notices",
    "offboarding": "Vendor offboarding",
    "organization": "Organization",
    "ownerassignment": "Owner of an identity",
    "ownerrule": "Owner rule",
    "requestline": "Line of a request",
    "reviewitem": "Review item",
    "riskacceptance": "Risk acceptance",
    "savedview": "Saved view",
    "scope": "Account region",
    "scopedeclaration": "Region declared unused",
    "sendingname": "Sending name",
    "settingvalue": "Setting",
    "team": "Team",
    "user": "Person",
    "vendor": "Vendor",
}
NO_TRUST = Word("No one to trust", "Nobody is let in.")
ENVIRONMENT = {"production": "Production", "staging": "Staging", "development": "Development", "": "Not stated"}


def reach_word(reach: str) -> Word:
    """The word for a stored reach."""
    return REACH[Reach(reach)]


def trust_word(trust: str | None) -> Word:
    """The word for a stored trust; empty for what lets nobody in."""
    return TRUST[Trust(trust)] if trust else NO_TRUST


def counted(number: int, one: str, many: str = "") -> str:
    """``1 finding``, ``2 findings``; ``many`` where it is not ``one`` with an s."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def role_words(roles: list[str]) -> str:
    """The names of roles in one line."""
    return ", ".join(str(Role(role).label) for role in roles) or "No role yet"


def duration_text(span: timedelta) -> str:
    """``2 min 5 s``."""
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def action_words(action: str) -> str:
    """``user.password_set`` as ``Password set``."""
    return action.rpartition(".")[2].replace("_", " ").capitalize()
