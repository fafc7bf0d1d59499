"""Named models: numbered versions of what runs have trained, and aliases that move between them."""
