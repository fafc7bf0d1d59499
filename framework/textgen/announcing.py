"""Announcing: a run's events reach every listener, and no plugin's failure reaches the run.

Knows which hook an event belongs to, and nothing of what listeners do with it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from typing import Any

import pluggy
import torch

from textgen.blame import told
from textgen.events import (
    Checkpoint,
    Event,
    Metrics,
    Progress,
    RunFinished,
    RunStarted,
    SampleWritten,
)

HOOKS: Mapping[type[Event], str] = {
    RunStarted: "textgen_run_started",
    Progress: "textgen_progress",
    Metrics: "textgen_metrics",
    Checkpoint: "textgen_checkpoint",
    SampleWritten: "textgen_sample",
    RunFinished: "textgen_run_finished",
}


class Announcer:
    """Tells listeners of a run's events.

    The program's own listeners (its recorder, its display) hear first, in the order given, and an
    error of theirs ends the run: nothing is shown that was not recorded. Installed plugins hear
    after them; one that fails is complained of once and hears no more of this run.
    """

    def __init__(self, manager: pluggy.PluginManager, *, complain: Callable[[str], None]) -> None:
        """Prepare to announce to the plugins of ``manager``.

        Args:
            manager: Knows the installed plugins.
            complain: Called with a message for people when a plugin fails.
        """
        self._manager = manager
        self._listeners: Sequence[object] = ()
        self._complain = complain
        self._hearing = dict(manager.list_name_plugin())

    def listen(self, *listeners: object) -> None:
        """Set the program's own listeners: objects with methods named like the event hooks."""
        self._listeners = listeners

    def __call__(self, event: Event) -> None:
        """Tell every listener of ``event``."""
        hook = HOOKS[type(event)]
        for listener in self._listeners:
            method = getattr(listener, hook, None)
            if method is not None:
                method(event=event)
        for name, plugin in list(self._hearing.items()):
            self._tell_plugin(name, plugin, hook, event)

    def _tell_plugin(self, name: str, plugin: Any, hook: str, event: Event) -> None:
        others = self._manager.get_plugins() - {plugin}
        try:
            # Stdout may be a document that others read; random numbers are the run's.
            with redirect_stdout(sys.stderr), torch.random.fork_rng(devices=[]):
                self._manager.subset_hook_caller(hook, others)(event=event)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            del self._hearing[name]
            package, _, own_name = name.partition(":")
            why = told(error, str(getattr(plugin, "__name__", "")).partition(".")[0])
            self._complain(
                f"textgen: plugin {own_name!r} of {package}: its {hook} failed: {why}; "
                "the run goes on, and this plugin hears no more of it"
            )
