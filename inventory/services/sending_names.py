"""Sending names: the domain that people know an identity by."""

# Second levels under which domains are registered by anyone; without these, example.co.uk would belong to "co.uk".
_SHARED_SECOND_LEVELS = frozenset(
    {"ac", "co", "com", "edu", "gob", "gov", "govt", "ltd", "me", "ne", "net", "or", "org"}
)


def sending_name(identity: str) -> str:
    """``example.com`` for ``example.com``, ``mail.example.com`` and ``billing@mail.example.com``."""
    labels = identity.rpartition("@")[2].rstrip(".").lower().split(".")
    is_shared = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SHARED_SECOND_LEVELS
    return ".".join(labels[-3:] if is_shared else labels[-2:])
