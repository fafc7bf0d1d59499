"""What a file and a command line ask for together, and whose an error is."""

import pytest

from textgen.errors import OptionError, TextgenError
from textgen.request import Request, with_file


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text(
        'recipe = "tutorial"\ntags = ["a", "b"]\nmodel = "gru"\n[training]\nepochs = 2\n'
    )
    return path


def test_a_file_has_a_heading_and_a_layer(file):
    layer = {"model": "gru", "training": {"epochs": 2}}
    assert with_file(file, lambda asked: asked) == Request("tutorial", None, ("a", "b"), [layer])
    assert with_file(None, lambda asked: asked) == Request()


def test_the_stronger_request_wins_and_what_it_leaves_open_stays():
    weaker, stronger = Request("one", "old", ["a"], [{"seed": 1}]), Request(None, "new", [], [{}])
    assert stronger.over(weaker) == Request("one", "new", ["a"], [{"seed": 1}, {}])


def refuse(error):
    raise error


def test_an_error_that_needs_the_file_names_it_and_keeps_its_kind(file):
    with pytest.raises(OptionError, match=r"^--config .*run\.toml: wrong$"):
        with_file(file, lambda asked: asked == Request() or refuse(OptionError("wrong")))


@pytest.mark.parametrize("error", [OptionError("wrong"), TextgenError("another")])
def test_an_error_that_happens_without_the_file_too_does_not_name_it(file, error):
    with pytest.raises(type(error), match=f"^{error}$"):
        with_file(file, lambda asked: refuse(error))
