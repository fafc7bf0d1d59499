"""Commands that messages propose can be typed as they stand, whatever a name or a path holds."""

import re
import shlex

import pytest


@pytest.fixture
def proposed():
    """Returns the words of the commands in an outcome's messages, ``textgen`` left out."""

    def words(done):
        return [shlex.split(line)[1:] for line in re.findall(r"textgen [^;\n]*[^;\n.]", done.err)]

    return words


@pytest.fixture
def registered(tiny, textgen):
    """A version of a model whose name has a space and a quote."""
    assert tiny("--name", "first").code == 0
    return textgen("models", "register", "first", "Ann's model")


def test_a_registered_version_is_used_as_it_is_proposed(registered, textgen, proposed):
    generate, alias = proposed(registered)
    assert generate == ["generate", "Ann's model@1"]
    assert textgen(*generate, "--length", 5, "--device", "cpu").code == 0
    assert textgen(*alias).code == 0
    assert textgen("generate", "Ann's model@best", "--length", 5, "--device", "cpu").code == 0


@pytest.mark.parametrize("version", ["Ann's model", "Ann's model@9"])
def test_a_model_s_versions_are_shown_as_it_is_proposed(registered, textgen, proposed, version):
    command = proposed(textgen("generate", version))[-1]
    assert command == ["models", "show", "Ann's model"]


def test_a_model_without_versions_tells_its_history(registered, textgen, proposed):
    textgen("models", "delete", "Ann's model@1", "--yes")
    (command,) = proposed(textgen("models", "show", "Ann's model"))
    assert command == ["models", "history", "Ann's model"]


def test_words_the_wrong_way_round_are_proposed_the_right_way(textgen, proposed, tmp_path):
    book = tmp_path / "my candide.txt"
    book.write_text("Candide")
    commands = proposed(textgen("sources", "import", "gutenberg:19942", book))
    assert commands[-1] == ["sources", "import", str(book), "gutenberg:19942"]


def test_a_book_without_a_number_is_imported_as_it_is_proposed(textgen, proposed, tmp_path):
    book = tmp_path / "my candide.txt"
    book.write_text(
        "*** START OF THE PROJECT GUTENBERG EBOOK CANDIDE ***\n\n" + "In a castle. " * 20 + "\n\n"
        "*** END OF THE PROJECT GUTENBERG EBOOK CANDIDE ***\n"
    )
    commands = proposed(textgen("sources", "import", book))
    assert commands[-1] == ["sources", "import", str(book), "gutenberg:NUMBER"]
