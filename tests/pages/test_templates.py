"""What every template promises: its contract on top, nothing inline that the content security policy would refuse."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

FOLDER = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html"))
# Scripts that a browser only reads as data run nothing.
DATA = r'type="application/json"'
INLINE = re.compile(
    rf"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\s(?:src=|{DATA}))|javascript:|\shx-on", re.IGNORECASE
)


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_compiles_says_its_contract_and_keeps_to_the_policy(name):
    text = (FOLDER / name).read_text("utf-8")
    get_template(name)
    contract = re.match(r"(\{% extends [^%]+%\}\s*)?\{% comment %\}(.+?)\{% endcomment %\}", text, re.DOTALL)
    assert contract is not None
    assert re.search(r"context", contract[2], re.IGNORECASE) or re.search(r"blocks", contract[2], re.IGNORECASE)
    # No policy reaches a mail, and no style sheet of ours does.
    assert name.startswith("mails/") or INLINE.findall(text) == []


def test_each_icon_that_is_asked_for_is_drawn():
    drawn = set(re.findall(r'id="i-([a-z]+)"', (FOLDER / "fragments/icons.html").read_text("utf-8")))
    asked = {
        icon
        for name in TEMPLATES
        if name != "fragments/icons.html"
        for icon in re.findall(r'\{% icon "([a-z]+)" %\}', (FOLDER / name).read_text("utf-8"))
    }
    assert asked <= drawn
