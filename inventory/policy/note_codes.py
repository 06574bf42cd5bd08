"""The stable codes of the traps that the analyser notes and the rules read."""

from enum import StrEnum


class NoteCode(StrEnum):
    """``path`` of such a note reaches the condition key where the trap is one.

    ``KEY_DOES_NOT_EXIST`` and ``KEY_NEVER_SENT_DIRECTLY`` are conditions of an Allow that no direct call can meet;
    ``VACUOUS_CONDITION`` is one that leaves an outside Allow unchanged; ``DEAD_DENY`` a Deny that cannot fire;
    ``BULK_ESCAPES_LIMIT`` a from or recipient limit that ``ses:SendBulkEmail`` passes because it carries no such key.
    """

    KEY_DOES_NOT_EXIST = "key-does-not-exist"
    KEY_NEVER_SENT_DIRECTLY = "key-never-sent-directly"
    VACUOUS_CONDITION = "vacuous-condition"
    DEAD_DENY = "dead-deny"
    BULK_ESCAPES_LIMIT = "bulk-escapes-limit"
    UNDETERMINED = "undetermined"
    UNSUPPORTED_SHAPE = "unsupported-shape"
    CALLER_CHOSEN_KEY = "caller-chosen-key"
    TOO_LARGE = "too-large"
    TOO_MANY_POLICIES = "too-many-policies"
    DELETED_PRINCIPAL = "deleted-principal"
    DENY_SKIPS_MISSING_KEY = "deny-skips-missing-key"
    EXPIRED = "expired"
    INVISIBLE_CHARACTER = "invisible-character"
    NOT_ACTION = "not-action"
    OLD_VERSION_VARIABLE = "old-version-variable"
    OTHER_PARTITION = "other-partition"
    OTHER_RESOURCE = "other-resource"
    PLACEHOLDER_ACCOUNT = "placeholder-account"
    PRIVATE_ADDRESS = "private-address"
    SESSION_IN_PRINCIPAL_ARN = "session-in-principal-arn"
    SET_OPERATOR_ON_SINGLE_VALUE = "set-operator-on-single-value"
    UNKNOWN_ACTION = "unknown-action"
    WIDE_NETWORK = "wide-network"
    WILDCARD_IN_EQUALS = "wildcard-in-equals"
