"""Which runs are meant: a small language to choose them by, and what its words stand for.

`docs/registry-query.md` is its manual. Text becomes a tree (`words`, `language`), the tree a
condition (`names`, `literals`, `conditions`) in which all that was written is a bound parameter:
none of it is ever SQL. `ordering` sorts, `selection` puts it all together.
"""
