"""The words that names of teams and roles end in, and the other ways in which a team's name is written."""

from __future__ import annotations

import re

from ingest.forms import Forms

TEAMS = Forms(
    "team",
    "community",
    "squad",
    "guild",
    "crew",
    "desk",
    "helpdesk",
    "department",
    "unit",
    "tribe",
    "chapter",
    "directorate",
    "division",
    "function",
    "taskforce",
    "working group",
    "user group",
    "support group",
)
ROLES = Forms(
    r"leads?(?:\(s\))?",
    "managers?",
    "owners?",
    "architects?",
    "administrators?",
    "admins?",
    "officers?",
    "directors?",
    r"engineers?(?:\(s\))?",
    "contacts?",
    "developers?",
    "devs?",
    "designers?",
    "analysts?",
    "technologists?",
    "liaisons?",
    "coordinators?",
    "commander",
    "comms",
    "SREs?",
    "DBAs?",
    "staff",
    "specialists?",
    "technicians?",
    "researchers?",
    "scientists?",
    "advis[eo]rs?",
    "supervisors?",
    "secretar(?:y|ies)",
    "person",
)
TEAM_HEAD, ROLE_HEAD = TEAMS.pattern, ROLES.pattern


def spellings(name: str, organisation: tuple[str, ...]) -> tuple[str, ...]:
    """The other ways a manual writes a team's name: without article, organisation prefix, or head noun.

    A spelling of one common word is left out: it would match anything.
    """
    bare = re.sub(r"^(?:the|our)\s+", "", " ".join(name.split()), flags=re.IGNORECASE)
    headless = re.sub(rf"\s+{TEAM_HEAD}$", "", bare, flags=re.IGNORECASE)
    if re.search(rf"\b{ROLE_HEAD}$", headless, re.IGNORECASE):
        headless = bare  # "the developer community" is no single developer
    forms = {bare}
    for prefix in ("", *organisation):
        if bare.lower().startswith(f"{prefix} ".lower().lstrip()):
            forms.add(bare[len(prefix) :].strip())
            if len(headless[len(prefix) :].split()) > 1:
                forms |= {headless, headless[len(prefix) :].strip()}
    return tuple(sorted(f for f in forms if len(f.split()) > 1))
