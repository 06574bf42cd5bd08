"""Why something could not be started."""


class StartError(Exception):
    """Nothing was started; the text is one line that says why and what to do."""
