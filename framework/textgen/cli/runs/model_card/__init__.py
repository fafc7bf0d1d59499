"""A model card: Markdown that means itself, whatever was recorded, with front matter."""
