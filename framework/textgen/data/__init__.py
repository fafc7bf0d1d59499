"""Corpus data: token ids, splits, batches."""
