"""A sentence that sends its reader to several people, each for a thing of their own, taken apart by its tree.

"Ask your manager for a pass, and once you have an account you can ask reception": each contact is governed by a verb,
and what hangs on another contact's verb is no matter of theirs. A condition that opens the sentence holds for all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from ingest.facts.addresses import Mention
from ingest.facts.lexicon import verbs, words
from ingest.facts.names import without
from ingest.facts.syntax import Tree, Word, children

_LEANING = frozenset("they them he she otherwise else fails failing neither unavailable away".split())
"""Words by which a clause leans on what was said before it: whoever it names comes after the other, for the same."""
_FEWEST = 2
"""Words of its own by which a clause says what it is for."""


def later_clauses(plain: str, tree: Tree, mentions: Sequence[Mention]) -> tuple[tuple[tuple[Mention, ...], str], ...]:
    """The mentions of each clause behind that of the first mention, with the sentence as it is meant for them."""
    parts = _parts(plain, mentions)
    if len(parts) > 1:
        return tuple(part for part in parts[1:] if not _leans(part[1]) and _says_what_for(*part))
    above = [_verb(tree, m) for m in mentions]
    if None in above or len(set(above)) < 2:
        return ()
    below = children(tree)
    found = []
    for verb in dict.fromkeys(above[1:]):
        if verb is None or verb == above[0] or not _is_order(tree, below, verb):
            continue
        theirs = tuple(m for m, v in zip(mentions, above, strict=True) if v == verb)
        between = plain[max((m.end for m in mentions if m.end <= theirs[0].start), default=0) : theirs[0].start]
        if _leans(between):
            continue
        others = {_whole(tree, v) for v in above if v is not None and v != verb}
        left = _without(tree, below, verb, others, conditioned=_is_conditioned(tree, below, verb))
        if len(_matter([tree[place] for place in left], theirs)) < _FEWEST:
            left = _without(tree, below, verb, others, conditioned=False)
        if tree[left[0]].tag in ("MD", "VBZ", "VBD"):
            continue  # "will check with X": who does, the clause before it says
        if len(_matter([tree[place] for place in left], theirs)) < _FEWEST:
            continue
        text = " ".join(_joined(plain, tree, left).split())
        found.append((theirs, re.sub(r"\s*,(?:\s*(?:,|and\b|or\b|then\b))+", ",", text).strip(" ,;:–—-")))
    return tuple(found)


def _parts(plain: str, mentions: Sequence[Mention]) -> list[tuple[tuple[Mention, ...], str]]:
    """The parts between semicolons that name somebody, with their mentions."""
    found, start = [], 0
    for end in [*(m.start() for m in re.finditer(r";\s", plain)), len(plain)]:
        inside = tuple(m for m in mentions if start <= m.start < end)
        if inside:
            said = re.sub(r"^(?:and|or|but|then)\s+", "", plain[start:end].strip(" ;,"))
            found.append((inside, " ".join(said.split())))
        start = end
    return found


def _says_what_for(theirs: Sequence[Mention], said: str) -> bool:
    """Whether a part says anything beside whom to write to: "contact the desk" repeats what stands before it."""
    rest = set(re.findall(r"[a-z'-]+", without(said, [m.contact for m in theirs]).lower()))
    return bool(rest - words("general", "words") - verbs("asked").keys() - verbs("sent").keys())


def _whole(tree: Tree, verb: int) -> int:
    """The verb of which another one is a part: in "let your manager know", "let"."""
    above = tree[verb].head
    while above != verb and tree[verb].dep in ("ccomp", "xcomp") and tree[above].tag.startswith("VB"):
        verb, above = above, tree[above].head
    return verb


def _leans(said: str) -> bool:
    return not _LEANING.isdisjoint(re.findall(r"[a-z]+", said.lower()))


def _matter(said: Sequence[Word], theirs: Sequence[Mention]) -> set[str]:
    """The words that say what a clause is about, beside whom it names."""
    rest = {w.lower for w in said if not any(m.start <= w.start < m.end for m in theirs) and w.text.isalpha()}
    return rest - words("general", "words") - verbs("asked").keys() - verbs("sent").keys()


def _is_order(tree: Tree, below: list[list[int]], verb: int) -> bool:
    """Whether the verb sends the reader to somebody in a clause of its own."""
    word = tree[verb]
    if word.lower not in _sending() or word.dep not in ("ROOT", "conj", "ccomp", "parataxis", "dep"):
        return False
    deps = {tree[child].dep: tree[child].lower for child in below[verb]}
    if "auxpass" in deps:
        return "aux" in deps
    return deps.get("nsubj", "you") == "you" and word.tag in ("VB", "VBP")


@cache
def _sending() -> frozenset[str]:
    return frozenset((*verbs("asked"), *verbs("sent"), "post"))


def _verb(tree: Tree, mention: Mention) -> int | None:
    """The nearest verb above the mention."""
    place = next((p for p, word in enumerate(tree) if word.start <= mention.end - 1 < word.end), None)
    if place is None:
        return None
    for _ in range(len(tree)):
        if tree[place].tag.startswith("VB"):
            return place
        if tree[place].head == place:
            return None
        place = tree[place].head
    return None


def _under(below: list[list[int]], top: int) -> set[int]:
    found, rest = {top}, [top]
    while rest:
        for child in below[rest.pop()]:
            if child not in found:
                found.add(child)
                rest.append(child)
    return found


def _is_conditioned(tree: Tree, below: list[list[int]], verb: int) -> bool:
    """Whether a clause has a condition or a matter of its own."""
    return any(tree[c].dep == "advcl" or (tree[c].dep == "prep" and tree[c].lower == "for") for c in below[verb])


def _without(tree: Tree, below: list[list[int]], verb: int, others: set[int], *, conditioned: bool) -> list[int]:
    """The places of the words that are not another clause's own; a condition in front belongs to all that have none."""
    own = _under(below, verb)
    gone: set[int] = set()
    for other in others:
        theirs = _under(below, other)
        shared = [] if conditioned else [child for child in below[other] if _opens(tree, below, child)]
        opening = set().union(*(_under(below, child) for child in shared))
        gone |= theirs - (own if verb in theirs else set()) - opening
    return [place for place in range(len(tree)) if place not in gone]


def _opens(tree: Tree, below: list[list[int]], place: int) -> bool:
    """Whether it is a condition at the beginning of the sentence."""
    return tree[place].dep in ("advcl", "prep") and 0 in _under(below, place)


def _joined(plain: str, tree: Tree, places: Sequence[int]) -> str:
    """The words at those places, with the blanks between them as they stand."""
    text, end = "", 0
    for place in places:
        word = tree[place]
        text += (" " if word.start > end and text else "") + plain[word.start : word.end]
        end = word.end
    return text
