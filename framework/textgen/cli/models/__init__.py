"""`textgen models`: versions of runs under a name, and beside the commands what they print."""
