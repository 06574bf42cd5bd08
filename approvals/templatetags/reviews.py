"""How review items look on a page."""

from django import template
from django.utils.safestring import SafeString

from inventory.templatetags import words as looks
from inventory.words import Word

register = template.Library()


@register.simple_tag
def word(entry: Word) -> SafeString:
    """One entry of a vocabulary, with its meaning on hover."""
    return looks.word(entry)
