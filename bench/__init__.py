"""How fast, how large, and how it stands beside the textbook chain: `python -m bench`, not shipped with the program."""
