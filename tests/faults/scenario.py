"""What is killed: one kind of work, which may be gone on with."""

from __future__ import annotations

from places import DATABASES

from textgen_registry import NamedModels, trashed_runs


class Scenario:
    """One kind of work.

    It works in a process that was forked, so that most kills fall into the work and few into its
    beginning: what it would be long in importing is imported by `prepare`.

    Attributes:
        name: What it is called in the table.
        databases: Where there is such work.
        go_on_every: How often the work is gone on with, which may take longer than a kill.
    """

    name = ""
    databases = DATABASES
    go_on_every = 1

    def prepare(self, place):
        """Make what the work begins with, in a place that is empty."""

    def work(self, place, acknowledge):
        """Do the work; tell what is stored for good by then. Return an exit code, or None."""
        raise NotImplementedError

    def stored(self, place):
        """Return something that is another as soon as the work has stored anything."""
        registry = place.open()
        lists = registry.runs(), trashed_runs(registry), NamedModels(registry).all()
        return *lists, sorted(registry.files.stored())

    def go_on(self, place, whole):
        """Go on after a kill; return whether anything was left to do.

        Args:
            place: Where the work was killed.
            whole: Where it was done without being killed.

        Raises:
            Broken: It does not come to the same.
        """
        return False
