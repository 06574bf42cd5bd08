"""Account ids: twelve digits, which people read in groups of four."""

_DIGITS = 12
# arn:partition:service:region:account:resource
_ARN_FIELDS, _ACCOUNT_FIELD = 6, 4


def is_account_id(text: str) -> bool:
    """Whether the text is an account id as AWS writes it."""
    return len(text) == _DIGITS and text.isascii() and text.isdigit()


def grouped_account_id(text: str) -> str:
    """``444455556666`` as ``4444-5555-6666``; anything else unchanged."""
    return f"{text[:4]}-{text[4:8]}-{text[8:]}" if is_account_id(text) else text


def account_of_arn(arn: str) -> str:
    """The account id in an ARN; empty where it holds none, or is no ARN."""
    fields = arn.split(":", _ARN_FIELDS - 1)
    return fields[_ACCOUNT_FIELD] if len(fields) == _ARN_FIELDS and is_account_id(fields[_ACCOUNT_FIELD]) else ""
