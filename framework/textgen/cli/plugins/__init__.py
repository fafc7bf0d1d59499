"""`textgen plugins`: one file per command, and beside it what that command prints or asks."""
