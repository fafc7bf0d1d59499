"""`textgen runs`: one file per group of commands, and beside it what those print."""
