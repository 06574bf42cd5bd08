"""Refusals: bad input said as what, where and what to do."""


class RefusedError(ValueError):
    """Input that is not taken; nothing was written. ``field`` names where, the message says what and what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message
