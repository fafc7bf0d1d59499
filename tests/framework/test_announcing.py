"""Announcing: everyone hears everything in order, and a failing plugin fails alone."""

import pluggy
import pytest
import torch

from textgen import hookimpl, hookspecs
from textgen.announcing import Announcer
from textgen.events import Progress

EVENT = Progress(step=1, loss=2.0, tokens_per_second=3.0)


class Hearing:
    """Writes down what it hears in a list that all share."""

    def __init__(self, name, heard, error=None):
        self.name, self.heard, self.error = name, heard, error

    @hookimpl
    def textgen_progress(self, event):
        self.heard.append((self.name, event))
        if self.error:
            raise self.error


class HearingNoArgument(Hearing):
    @hookimpl(tryfirst=True)
    def textgen_progress(self):
        self.heard.append((self.name, None))


def announcer(plugins, listeners=()):
    manager = pluggy.PluginManager("textgen")
    manager.add_hookspecs(hookspecs)
    for plugin in plugins:
        manager.register(plugin, name=f"textgen-{plugin.name}:{plugin.name}")
    complaints = []
    announce = Announcer(manager, complain=complaints.append)
    announce.listen(*listeners)
    return announce, complaints


def test_the_programs_listeners_hear_before_any_plugin():
    heard = []
    plugins = [Hearing("plugin", heard), HearingNoArgument("first", heard)]
    announce, complaints = announcer(plugins, [Hearing(n, heard) for n in ("recorder", "bar")])
    announce(EVENT)
    assert heard[:2] == [("recorder", EVENT), ("bar", EVENT)]
    assert sorted(name for name, _ in heard[2:]) == ["first", "plugin"]
    assert not complaints


@pytest.mark.parametrize("error", [RuntimeError("no network"), SystemExit(3)])
def test_a_failing_plugin_is_complained_of_once_and_hears_no_more(error):
    heard = []
    plugins = [Hearing("bad", heard, error), Hearing("good", heard)]
    announce, complaints = announcer(plugins)
    announce(EVENT)
    announce(EVENT)
    assert [name for name, _ in heard].count("bad") == 1
    assert [name for name, _ in heard].count("good") == 2
    (complaint,) = complaints
    assert "plugin 'bad' of textgen-bad" in complaint
    assert "textgen_progress" in complaint
    assert str(error) in complaint


def test_an_error_of_the_programs_own_listener_ends_the_run():
    heard = []
    announce, _ = announcer(
        [Hearing("plugin", heard)], [Hearing("recorder", heard, OSError("full"))]
    )
    with pytest.raises(OSError, match="full"):
        announce(EVENT)
    assert [name for name, _ in heard] == ["recorder"]


def test_a_plugin_that_draws_random_numbers_takes_none_of_the_runs():
    class Drawing(Hearing):
        @hookimpl
        def textgen_progress(self, event):
            self.heard.append(torch.rand(()))

    heard = []
    announce, _ = announcer([Drawing("dice", heard)])
    torch.manual_seed(1)
    expected = torch.rand(())
    torch.manual_seed(1)
    announce(EVENT)
    assert heard
    assert torch.rand(()) == expected
