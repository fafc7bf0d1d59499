"""Every error that textgen raises on purpose, as one tree.

    TextgenError                 exit code 1
    ├── UsageError               exit code 2: the request itself is wrong
    │   ├── UnknownNameError     a part, option or recipe nobody provides; says the nearest
    │   └── OptionError          an option's value breaks its rule
    ├── PluginError              a plugin breaks the contract, or two claim one name
    ├── SourceError              a corpus cannot be had or is not text
    │   └── LocatorError         a locator that can name nothing; a UsageError too
    ├── CorpusError              the text does not fit the settings (too short, empty split)
    ├── TokenizerError           characters the tokenizer does not know, or a damaged state
    ├── DeviceError              the device asked for is not here
    ├── TrainingError            training cannot start or go on
    ├── GenerationError          a prompt or a sampler's settings cannot be used
    └── RegistryError            the registry cannot be read or written
        ├── RunNotFoundError     no run, or more than one, goes by that name
        │   └── ModelNotFoundError   no named model, version or alias goes by it
        ├── LeaseLostError       another process has taken the run over
        ├── ArchiveError         an archive of runs is damaged, or none of textgen's
        └── DamagedArtifactError a stored file is missing or its sha256 differs

A message says who, what was given, which rule, and what to do next, in that order. This module
imports nothing but the standard library, so that every other part may import it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from difflib import get_close_matches


class TextgenError(Exception):
    """The root of the tree; ``exit_code`` is what the command line returns for it."""

    exit_code = 1


class UsageError(TextgenError):
    """The request itself is wrong: nothing was attempted."""

    exit_code = 2


class UnknownNameError(UsageError):
    """A name that nobody provides."""


class OptionError(UsageError):
    """An option's value breaks the option's rule."""


class PluginError(TextgenError):
    """A plugin breaks the contract, or two plugins claim one name."""


class SourceError(TextgenError):
    """A corpus cannot be had, or what came is not text.

    Args:
        message: Who, what was given, which rule, what to do.
        meant: Which name may have been meant, told behind it; not so where a run's record, and
            nobody's typing, named the corpus.
    """

    def __init__(self, message: str, *, meant: str = "") -> None:
        super().__init__(f"{message}; {meant}" if meant else message)
        self.message = message


class LocatorError(SourceError, UsageError):
    """What follows a source's colon can name no corpus, so nothing was looked for."""


class CorpusError(TextgenError):
    """The text does not fit the settings."""


class TokenizerError(TextgenError):
    """Text that the tokenizer cannot encode, or a state it cannot load."""


class DeviceError(TextgenError):
    """The device asked for is not on this machine."""


class TrainingError(TextgenError):
    """Training cannot start or go on."""


class GenerationError(TextgenError):
    """Text cannot be generated from this prompt with these settings."""


class RegistryError(TextgenError):
    """The registry cannot be read or written."""


class RunNotFoundError(RegistryError):
    """No run, or more than one, goes by the name given."""


class ModelNotFoundError(RunNotFoundError):
    """No named model, no version of it or no alias goes by the name given."""


class LeaseLostError(RegistryError):
    """Another process has taken over a run that this one was writing to."""


class ArchiveError(RegistryError):
    """An archive of runs cannot be read, or is not what its maker's rules say."""


class DamagedArtifactError(RegistryError):
    """A stored file is missing, or its sha256 differs from the one recorded."""


def command(*words: object) -> str:
    """Return a command of textgen's for a message, its names and paths quoted for a shell."""
    return shlex.join(["textgen", *map(str, words)])


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known names are near ``name``, as the end of an error message.

    Returns:
        ``"did you mean 'char'?"``, or the list of known names when none is near.
    """
    names = sorted(set(known))
    in_capitals = {known.upper(): known for known in names}
    close = get_close_matches(name, names, n=1, cutoff=0.5) or [
        in_capitals[near] for near in get_close_matches(name.upper(), in_capitals, n=1, cutoff=0.5)
    ]
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known: {', '.join(names)}." if names else "none is known."
