"""What a text is like before a model reads it: its characters, lines, documents, and repetitions.

`portrait.portrait_of` reads a corpus once and hands each `blocks.Block` to readers that keep
figures, one noun per module. None of them keeps the text, so a corpus may be larger than memory;
what they say depends on the text alone, never on how a source cut it into chunks.

Knows nothing of sources, tokens or terminals.
"""
