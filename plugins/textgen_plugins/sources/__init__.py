"""Built-in corpus sources: books of Project Gutenberg, files, Python's own reference."""
