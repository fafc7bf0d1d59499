"""Rules of corpus sources: what their hook and `textgen.Corpus` promise."""

from __future__ import annotations

import json

from textgen.corpus import Corpus, Cut, TextDigest
from textgen.errors import LocatorError, SourceError
from textgen.testing.rules import BrokenRule, NotApplicable, RuleBook, require
from textgen.testing.subjects import Subject

RULES = RuleBook()

IMPOSSIBLE = ("\0", "∄ no such text ∄", "∄" * 5000, "∄:/\\?*|<∄>", "∄\n∄")
_SHOWN = 20


@RULES.basic
def opens(subject: Subject) -> None:
    """The locator opens a textgen.Corpus of some text, in chunks of str."""
    corpus = _corpus(subject)
    require(isinstance(corpus, Corpus), f"it made a {type(corpus).__name__}, no textgen.Corpus")
    for chunk in corpus:
        kind = type(chunk).__name__
        require(isinstance(chunk, str), f"a chunk is of type {kind}, not str")
    require(corpus.text() != "", "the corpus is empty; a source raises SourceError for that")


@RULES
def deterministic(subject: Subject) -> None:
    """Opened twice and read twice, it gives the same text."""
    first, second = _opened(subject), _opened(subject)
    text = first.text()
    require(first.text() == text, "reading the corpus a second time gives other text")
    require(second.text() == text, "opening the locator a second time gives other text")


@RULES
def provenance(subject: Subject) -> None:
    """Its provenance is complete and true, and its locator opens the same text again."""
    corpus = _opened(subject)
    record, text = corpus.provenance, corpus.text()
    for field in ("title", "origin"):
        value = getattr(record, field)
        require(isinstance(value, str) and value.strip() != "", f"its {field} is {value!r}")
    digest = TextDigest()
    for chunk in corpus.chunks:
        digest.add(chunk)
    actual = digest.sha256
    require(record.sha256_text == actual, "sha256_text is not that of the text as UTF-8")
    require(
        record.sha256_documents == digest.facts()["sha256_documents"],
        "sha256_documents is not that of where its documents begin; make the corpus by "
        "textgen.corpus_from_chunks, or the checksum by textgen.sha256_of_documents",
    )
    require(
        isinstance(record.sha256_received, str) and len(record.sha256_received) == len(actual),
        f"sha256_received is {record.sha256_received!r}, which is no SHA-256",
    )
    _check_cuts(record.cuts)
    _check_plain(record.as_dict())
    _check_opens_again(subject, record.locator, text)


@RULES
def bad_locators_refused(subject: Subject) -> None:
    """A locator that can name nothing raises LocatorError or SourceError and gives no text."""
    for locator in IMPOSSIBLE:
        try:
            text = subject.make(locator).text()
        except SourceError:
            continue
        raise BrokenRule(f"the locator {quoted(locator)} gives text: {quoted(text)}")


def quoted(text: str) -> str:
    """Return text as messages show it, the beginning of a long one."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def _corpus(subject: Subject) -> Corpus:
    """Open the source's locator.

    Raises:
        BrokenRule: It refuses a locator that it was given, or announces itself.
        NotApplicable: There is no locator to try, or what it names cannot be had now.
    """
    aliases = list(subject.provided.component.aliases)
    locator = subject.locator if subject.locator is not None else [*aliases, ""][0]
    try:
        corpus: Corpus = subject.make(locator)
    except LocatorError as error:
        if not locator:
            raise NotApplicable(f"it needs a locator, and none is given ({error})") from error
        raise BrokenRule(f"it refuses its locator {locator!r} ({error})") from error
    except SourceError as error:
        raise NotApplicable(f"the text cannot be had here and now ({error})") from error
    return corpus


def _opened(subject: Subject) -> Corpus:
    """Open the source's locator for a rule that has nothing to say where `opens` says it."""
    try:
        return _corpus(subject)
    except (BrokenRule, NotApplicable) as error:
        raise NotApplicable("there is no text to try it on: see 'opens'") from error


def _check_cuts(cuts: object) -> None:
    require(isinstance(cuts, tuple), f"cuts is a {type(cuts).__name__}, not a tuple of textgen.Cut")
    assert isinstance(cuts, tuple)
    for cut in cuts:
        require(isinstance(cut, Cut), f"a cut is a {type(cut).__name__}, no textgen.Cut")
        require(cut.characters > 0, f"the cut {cut.what!r} has {cut.characters} characters")
        require(len(cut.begins) <= cut.characters, f"the cut {cut.what!r} begins with more than it")


def _check_plain(record: object) -> None:
    try:
        json.dumps(record, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise BrokenRule(f"it holds what JSON cannot ({error})") from error


def _check_opens_again(subject: Subject, locator: str, text: str) -> None:
    name, _, rest = locator.partition(":")
    require(name == subject.name, f"its locator {locator!r} does not begin with {subject.name}:")
    require(subject.make(rest).text() == text, f"its locator {locator!r} opens other text")
