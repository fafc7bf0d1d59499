"""Each change of the schema, in order of `schema.REVISIONS`.

A migration that was released is never changed. So that its meaning does not change either, it
imports nothing of the package: what it needs of today's code it has as a copy.
"""
