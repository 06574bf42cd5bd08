"""Forms and services: a refusal is said at the field that it names."""

from django import forms

from inventory.services.refusals import RefusedError


def say_refusal(form: forms.Form, refusal: RefusedError) -> None:
    """Put the message at its field, or above the form where the form does not ask for that."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
