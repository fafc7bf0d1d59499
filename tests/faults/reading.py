"""How garbled bytes are read: by each source, and as text by each tokenizer that there is.

Every reader gives a text or a clear error; `Broken` says what else it did.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Literal, get_args, get_origin

import numpy as np
from checks import Broken
from garbling import SUFFIXES, unicode

from textgen import Corpus, PluginError, TextgenError, sha256_of, utf8_of
from textgen.components import Kind
from textgen.plugins import load_plugins
from textgen.testing import subject_of
from textgen.testing.texts import chunks_of
from textgen.utf8 import STRAY_BYTES

LONGEST_MESSAGE = 1000
LONGEST_TEXT = 20_000  # that tokenizers learn
OF_CHARACTERS = {"char", "word"}  # the others show � for a byte that makes no character
ENCODINGS = ["utf-16", "windows-1252", "latin-1", "utf-8-sig", "utf-7", "shift-jis", "idna"]


def readers(folder, data, chance):
    """Yield names, each with a function that reads ``data`` and returns the text that comes of it.

    Args:
        folder: Empty, for files.
        data: The bytes.
        chance: What is not named is drawn from it.
    """
    texts = [data.decode("utf-8", "surrogateescape"), unicode(chance)]
    for name, subject in sources(folder, data, chance):
        yield name, lambda subject=subject: text_of(subject, texts)
    yield "file, bytes", lambda: as_it_is(folder / "any", data, texts)
    for provided in load_plugins().components(Kind.TOKENIZER):
        subject = subject_of("tokenizer", provided.name)
        text, other = (each[:LONGEST_TEXT] for each in chance.sample(texts, 2))
        read = (subject, text, other, chance)
        yield f"tokenizer {provided.name}", lambda read=read: learn(*read)
        read = (varied(subject, chance), text, other, chance)
        yield f"tokenizer {provided.name}, set", lambda read=read: learn(*read)


def sources(folder, data, chance):
    """Write ``data`` to where sources look, and yield these by name."""
    path = folder / f"garbled{chance.choice(SUFFIXES)}"
    path.write_bytes(data)
    for name, values in {
        "file": {},
        "file, strip": {"strip": "gutenberg"},
        "file, encoding": {"encoding": chance.choice(ENCODINGS)},
    }.items():
        yield name, subject_of("source", "file", values, locator=str(path))
    number = chance.choice([11, chance.randint(1, 99_999)])
    copy = folder / "mirror" / "cache" / "epub" / str(number) / f"pg{number}.txt"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(data)
    values = {"mirrors": [str(folder / "mirror")], "cache": str(folder / "cache")}
    yield "gutenberg", subject_of("source", "gutenberg", values, locator=str(number))


def text_of(subject, texts):
    """Return the text that a source opens; add it to the texts.

    Raises:
        Broken: It is not the same when read again, or not what its provenance says.
    """
    corpus = subject.make(subject.locator)
    require(isinstance(corpus, Corpus), f"a {type(corpus).__name__} was opened")
    text = corpus.text()
    require(text != "", "the text is empty")
    require(corpus.text() == text, "read again, it is another text")
    record = corpus.provenance
    same = sha256_of(utf8_of(text)) == record.sha256_text
    require(same, "the sha256 is that of another text")
    json.dumps(record.as_dict(), allow_nan=False)
    texts.append(text)
    return text


def as_it_is(path, data, texts):
    """Return the text of any file at all; add it to the texts.

    Raises:
        Broken: It is refused, though it has a byte, or a byte of it is not as it was.
    """
    path.write_bytes(data)
    subject = subject_of("source", "file", {"encoding": "bytes"}, locator=str(path))
    text = clear(lambda: text_of(subject, texts)) or ""
    require(utf8_of(text) == data, "a byte is not as it was")
    return text or None


def learn(subject, text, other, chance):
    """Have a tokenizer learn a text, and try all that it can; return the text.

    Raises:
        Broken: A text does not come back, or one that loads the state is not alike.
    """
    tokenizer = subject.make()
    tokenizer.learn(chunks_of(text))
    is_whole = subject.provided.name in OF_CHARACTERS or not STRAY_BYTES.search(text + other)
    exact = is_whole and not subject.options.model_fields_set
    ids = tokenizer.encode(text)
    require_back(text, tokenizer.decode(ids), exact)
    clear(lambda: require_back(other, tokenizer.decode(tokenizer.encode(other)), exact))
    for wrong in arbitrary(tokenizer.vocab_size, chance):
        back = clear(lambda wrong=wrong: tokenizer.decode(wrong))
        require(isinstance(back, str | None), f"{wrong!r} is decoded to {back!r}")
    state = json.loads(json.dumps(tokenizer.state(), allow_nan=False))
    loaded = subject.make()
    loaded.load_state(state)
    require(np.array_equal(loaded.encode(text), ids), "one that loads its state encodes otherwise")
    clear(lambda: subject.make().load_state(damaged(state, chance)))
    return text


def varied(subject, chance):
    """Return the subject with one of its options, that has few values, set at random."""
    fields = subject.provided.component.options.model_fields
    kinds = {name: field.annotation for name, field in fields.items()}
    few = {name: get_args(kind) for name, kind in kinds.items() if get_origin(kind) is Literal}
    few |= {name: (False, True) for name, kind in kinds.items() if kind is bool}
    if not few:
        return subject
    name = chance.choice(sorted(few))
    return subject.with_options({name: chance.choice(few[name])})


def arbitrary(vocab_size, chance):
    """Yield what may and what may not be ids."""
    many = [chance.randrange(max(vocab_size, 1)) for _ in range(chance.randint(1, 200))]
    yield np.array(many, dtype=np.int64)
    yield np.array(many, dtype=np.int64)[::-2]
    yield np.array([*many, vocab_size])
    yield np.array([-1, *many])
    yield np.array([2**62], dtype=np.uint64)
    yield np.array(many, dtype=np.float32)
    yield np.array([many, many])
    yield np.array(many) > 0
    yield np.array([], dtype=np.int64)
    yield np.array(chance.randrange(9))


def damaged(state, chance):
    """Return a state of which something is not as it was."""
    wrong = [None, -1, 2**70, "x", "\ud800", [], {}, [[]], [1, "a"], 0.5, True]
    if isinstance(state, dict) and state and chance.random() < 0.9:
        name = chance.choice(sorted(state))
        return {**state, name: damaged(state[name], chance)}
    if isinstance(state, list) and state and chance.random() < 0.7:
        place = chance.randrange(len(state))
        return [*state[:place], damaged(state[place], chance), *state[place + 1 :]]
    return chance.choice(wrong) if not isinstance(state, dict) else {}


def clear(read):
    """Return the text that ``read`` returns, or None where it is refused.

    Raises:
        Broken: The error is not clear, or says that a part does not work at all.
    """
    try:
        return read()
    except PluginError as error:
        raise Broken(str(error)) from error
    except TextgenError as error:
        check(str(error))
        return None


def check(message):
    """Refuse an error that does not say what is wrong in one line of moderate length."""
    require(message.strip() != "", "an error says nothing")
    require(len(message) <= LONGEST_MESSAGE, f"an error of {len(message)} characters: {message!r}")
    controls = {each for each in message if unicodedata.category(each) in {"Cc", "Cs"}}
    require(not controls, f"an error has {controls} in it: {message!r}")


def require_back(text, back, exact):
    require(isinstance(back, str), f"a {type(back).__name__} is decoded")
    require(back == text or not exact, f"{text!a:.300} comes back as {back!a:.300}")


def require(holds, otherwise):
    if not holds:
        raise Broken(otherwise)
