"""Preparing a text: done twice it changes nothing more, whatever the form, case and character."""

import sys

import pytest

from textgen_plugins.tokenizers.options import TextOptions
from textgen_plugins.tokenizers.preparing import prepare


@pytest.mark.parametrize("lowercase", [False, True])
@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_a_prepared_character_is_prepared(form, lowercase):
    """Also ℌ, say, which has no lower case, but becomes an H that has one."""
    options = TextOptions(normalization=form, lowercase=lowercase)
    every = [prepare(chr(code), options) for code in range(sys.maxunicode + 1)]
    text = "\n".join(every)
    assert prepare(text, options).split("\n") == text.split("\n")


def test_without_options_a_text_is_left_as_it_is():
    assert prepare("ÉCOLE ﬁ e\u0301", TextOptions()) == "ÉCOLE ﬁ e\u0301"
