"""Days in forms: the browser's own calendar, as ISO 8601."""

from django import forms


class DayInput(forms.DateInput):
    """A day to choose; a day that is there already is shown whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")
