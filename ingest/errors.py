"""The one error that a person can mend."""

from __future__ import annotations


class UserError(Exception):
    """What the person gave is wrong: one sentence that says what, where, and what to do.

    Raised anywhere, caught only at the edge (the command line, the chat page), shown as it is, exit code 2.
    """
