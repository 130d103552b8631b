"""Phrases for somebody that only stand in a sentence, which sends nobody to them.

They are a part of a thing's name ("the team meetings"), a verb ("to build community"), an example, those of whom a
condition speaks, the readers whose duty it is ("team members should ..."), or people in general ("work with other
engineers").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ingest.facts.addresses import Mention
from ingest.facts.grammar import DEMANDING, MODALS, SUBJECTS, TELLING
from ingest.facts.lexicon import ASK, FILING, HELP, TALK, forms, nouns, one_of, verbs, words
from ingest.facts.masking import MASKED
from ingest.facts.somebody import ROLE_NOUNS
from ingest.facts.syntax import Tree, Word

_IF = frozenset({"if", "whether"})
_WHENEVER = frozenset("if when whenever whether once unless until after before".split())
_ONCE = _WHENEVER - _IF - {"unless", "until"}
_NEAR = 200
"""Characters before an address in which the words stand that say so."""
_PERHAPS = _IF | {"when", "unless"}
_SOME = frozenset("any no those anything".split())
_UNREAL = frozenset("future new potential prospective possible hypothetical".split())
_ANYBODY = frozenset("anyone anybody everyone".split())
_DETERMINERS = frozenset("the our your their my his her".split())
_STAFF = frozenset("staff member members employee employees".split())
_HELPING = frozenset(
    """help helps helping support supports supporting assist assists serve serves enable enables allow allows encourage
    encourages""".split()
)
_LIKE = frozenset({"same", "respective"})
_GIVEN = frozenset("given certain particular individual".split())
_CONCERNING = frozenset("reporting involving affecting concerning".split())
_WORKING = frozenset("work works cooperate cooperates collaborate collaborates partners liaise liaises".split())
_THEY = frozenset("they he she it".split())
_ASKING_OTHERS = frozenset({"request", "ask", "seek"})
_AID = words("obtained", "nouns", "given") | words("obtained", "nouns", "said") | {"aid"}
_WANTED = frozenset("important essential vital crucial".split())
_GROUPS = frozenset("everyone everybody anyone anybody someone somebody member members one".split())
_PARTITIVE = frozenset("of from on in within at".split())
"""Between those who do something and their team: "somebody from the Berth team"."""
_PERMITTING = frozenset({"may", "might"})
_SERVICE = (
    words("powers", "nouns")
    | nouns("things", "rights")
    | nouns("obtained", "nouns")
    | nouns("obtained", "duties")
    | {"care", "charge", "over", "on", "available", "happy", "responsible"}
)
"""What somebody has, takes or gives who is there for others: "takes care of", "takes on", "has access"."""
_FOR_OTHERS = forms(words("deciding", "verbs") | {"decide", "help", "assist", "support", "advise", "answer"})
"""What one may be let do for others."""
_OBJECTS = ("dobj", "obj", "dative")
_MODIFIERS = ("compound", "nmod", "amod", "npadvmod")
_EXAMPLE = re.compile(r"^\W*(?:(?:for (?:example|instance)|e\.?g\.?|imagine|suppose)\b|ex\.)", re.IGNORECASE)
_TOLD = re.compile(
    rf"(?<!\bour )(?<!\bthe )(?<!\ban )(?<!\ba )\b(?:{ASK}|{TALK}|{FILING}|{HELP}|post|join|use|share|announce|let|"
    r"know|message\w*|ask\w*)\b",
    re.IGNORECASE,
)
_SHOWN = re.compile(
    r"(?:\be\.?g\.?|\bex\.|\bfor example|\bfor instance),?\s*"
    r"(?:[#@][\w./-]+(?:\s*\([^()]*\))?,?\s+(?:and\s+|or\s+)?)*(?P<between>(?:[\w-]+\s+){0,2})[(\"“`]*$",
    re.I,
)
"""Before what is an example of a name: "e.g. quay@harbour.example"."""
_THANKED = re.compile(r"\b(?:thanks?(?: you)?(?: to)?|kudos to|credits? to|courtesy of|shout-?out to),?\s+$", re.I)
_SENDER = re.compile(r"\breceiv\w+\b[^.;]*\bfrom\s+(?:the\s+)?$", re.I)
_SUBSCRIBED = re.compile(r"\b(?:subscribed|automatically (?:be )?added)\s+to\s+(?:\S+\s+){0,4}$", re.I)
_ADDED = re.compile(r"\b(?:be|are|is) added\s+to\s+(?:\S+\s+){0,4}$", re.I)
_BY_DEFAULT = re.compile(r"[^.;]*\bby default\b", re.I)
_RETOLD = re.compile(r"(?:we|they|i)\s+\w", re.I)
"""How a link begins that leads to what was said: "[we decided](...) to use it"."""
_GIVEN_UP = re.compile(
    r"[`\"')*_]*(?:\s+[\w-]+){0,3}?\s+(?:(?:is|are) no longer\b|"
    r"(?:has|have) been (?:retired|closed|archived|shut down))",
    re.I,
)
"""After an address at which nobody is any more."""
_MODEL = re.compile(r"\W*do(?:n['’]t)?:", re.IGNORECASE)
"""How what is shown begins that readers should write, or should not."""
_TYPED = re.compile(r"\s[\w ]+[\"”]")
"""What follows a bot's handle behind an opening quote: "@crane lift"."""
_PUBLISHES = re.compile(rf"\s+(?:on\s+)?(?:{one_of(words('ways', 'public'))})\b", re.I)
_PUBLISHED = re.compile(rf"\b(?:{one_of(words('ways', 'public'))})(?: at| as)?[\s:(]*$", re.I)
_ASIDE = re.compile(r"\(i\.?e\.?[^()]*$", re.IGNORECASE)
_ILLUSTRATES = re.compile(r"\bexamples?\b[^.]*:\s*$|^\W*(?:for example|e\.g)\b[^.]*:\s*$", re.IGNORECASE)


def only_mentioned(plain: str, mention: Mention) -> bool:
    """Whether an address stands there as an example, in thanks, as a sender, as an account that publishes something, as
    a list to which people are subscribed by others, or as a link to what was said."""
    before = plain[max(0, mention.start - _NEAR) : mention.start]
    if (
        _THANKED.search(before)
        or _SENDER.search(before)
        or _SUBSCRIBED.search(before)
        or (_ADDED.search(before) and _BY_DEFAULT.match(plain, mention.end))
        or _RETOLD.match(plain, mention.start)
    ):
        return True
    if _GIVEN_UP.match(plain, mention.end) or _MODEL.match(plain):
        return True
    if before[-1:] in ('"', "“") and _TYPED.match(plain, mention.end):
        return True
    public = _PUBLISHES.match(plain, mention.end) or _PUBLISHED.search(before)
    if mention.contact.kind == "handle" and public:
        return True
    shown = _SHOWN.search(before)
    return shown is not None and not _TOLD.search(before, 0, shown.start()) and not _TOLD.search(shown["between"])


def illustrates(lead: str) -> bool:
    """Whether a line over a list says that what follows are examples."""
    return bool(_ILLUSTRATES.search(lead))


def is_aside(plain: str, start: int) -> bool:
    """Whether a sentence only imagines something, or says it in brackets to explain a word."""
    return bool(_EXAMPLE.match(plain) or _ASIDE.search(plain[:start]))


def is_fragment(tree: Tree, mention: Mention) -> bool:
    """Whether a phrase for somebody stands alone, with no verb to send anybody there: "Research staff"."""
    inside = [p for p, word in enumerate(tree) if word.start < mention.end and mention.start < word.end]
    return any(tree[p].head == p for p in inside) and not any(w.tag.startswith(("VB", "MD")) for w in tree)


def is_bystander(tree: Tree, mention: Mention, *, known: bool) -> bool:
    """Whether nobody is sent to a phrase for somebody, by the sentence's tree; `known`: the manual introduces them."""
    inside = [p for p, word in enumerate(tree) if word.start < mention.end and mention.start < word.end]
    return bool(inside) and _Phrase(tree, inside).is_bystander(known=known)


def is_condition(plain: str, tree: Tree) -> bool:
    """Whether a text is a condition and nothing else, over a list of what to do then: "If you get a message in #x:"."""
    _, comma, last = plain.lower().rpartition(",")
    told = (TELLING | verbs("sent").keys()).intersection(re.findall(r"[a-z]+", last))
    if (comma and told) or not plain.rstrip().endswith((":", "..", "…")):
        return False
    root = next((word for word in tree if tree[word.head] is word), None)
    opening = (word for word in tree if root is not None and tree[word.head] is root and word.dep in ("mark", "advmod"))
    return any(word.lower in _WHENEVER for word in opening)


def in_condition(tree: Tree, mention: Mention) -> bool:
    """Whether something only has to happen to an address, or does not: "once harbour@quay.example receives it"."""
    inside = [p for p, word in enumerate(tree) if word.start < mention.end and mention.start < word.end]
    if not inside:
        return False
    head = _Phrase(tree, inside).head
    head = tree[head.head] if head.dep in _MODIFIERS else head  # "the #quay channel should not"
    below = [w for w in tree if w.head == head.head]
    waits = any(w.dep in ("mark", "advmod") and w.lower in _WHENEVER for w in below if w.end <= mention.start)
    return head.dep in SUBJECTS and (waits or any(w.dep == "neg" for w in below))


def only_stands(tree: Tree, mention: Mention) -> bool:
    """Whether a phrase for somebody is neither the subject nor the agent of anything: "in the world of the SRE, minutes
    count", "as the team's time is limited, it will do what it can"."""
    inside = [p for p, word in enumerate(tree) if word.start < mention.end and mention.start < word.end]
    return bool(inside) and not _Phrase(tree, inside).acts


@dataclass(frozen=True)
class _Phrase:
    """The words of a tree that are a mention."""

    tree: Tree
    inside: Sequence[int]

    @cached_property
    def head(self) -> Word:
        top = [p for p in self.inside if self.tree[p].head not in self.inside or self.tree[p].head == p]
        after = (p for p in top if self.tree[p].tag.startswith("NN") and self.tree[top[0]].dep == "conj")
        return self.tree[next(after, top[0] if top else self.inside[-1])]  # "an able and trusted person"

    @cached_property
    def above(self) -> Word:
        return self.tree[self.head.head]

    @property
    def before(self) -> str:
        return self.tree[self.inside[0] - 1].lower if self.inside[0] else ""

    @cached_property
    def modifies(self) -> bool:
        """Whether a noun follows of whose name it is a part."""
        near = 0 < self.head.head - self.inside[-1] <= 2
        return self.head.dep in _MODIFIERS and near and not MASKED.fullmatch(self.above.text)

    @property
    def after(self) -> str:
        """The tag of the word behind them."""
        return self.tree[self.inside[-1] + 1].tag if self.inside[-1] + 1 < len(self.tree) else ""

    @property
    def of_members(self) -> bool:
        return self.modifies and self.above.lower in ("member", "members")

    @property
    def _is_everybody(self) -> bool:
        """Whether all of a kind are meant: "all gallery team members"."""
        return self.before == "all" and self.of_members

    def _of_group(self) -> Word:
        """The word for those of a team who are meant ("everyone on the Berth team"), or its own."""
        word = self.head
        while word.dep == "conj":
            word = self.tree[word.head]  # "any member of the Berth or the Survey team"
        above = self.tree[word.head]
        group = self.tree[above.head]
        within = word.dep == "pobj" and above.lower in _PARTITIVE and group.lower in _GROUPS
        return group if within else self.head

    @property
    def acts(self) -> bool:
        """Whether the sentence says of them what they do, as far as its tree tells."""
        word = self.above if self.of_members else self.head
        led = word.dep == "pobj" and self.above.lower not in _PARTITIVE
        if not led and self.after.startswith(("MD", "VBZ")):
            return True
        within = False
        for _ in range(len(self.tree)):
            above = self.tree[word.head]
            if word.dep == "poss":
                return above.lower in words("obtained", "nouns") | words("obtained", "duties") | {"discretion"}
            if word.dep in ("conj", "appos", *_MODIFIERS):
                word = above  # "the tech lead and the delivery manager", "a leads meeting"
            elif word.dep == "pobj" and above.lower in _PARTITIVE and not within:
                word, within = self.tree[above.head], True
            elif word.dep == "pobj":
                return above.lower == "by"
            else:
                return word.dep not in _OBJECTS or self._does_more(word)
        return True

    def _does_more(self, word: Word) -> bool:
        """Whether more is said of an object: "you need the clerk to sign", "the clerk who signs"."""
        place = next(p for p, other in enumerate(self.tree) if other is word)
        return any(
            (other.head == place and other.dep in ("relcl", "acl"))
            or (other.head == word.head and other.dep in ("xcomp", "ccomp", "advcl"))
            for other in self.tree
        )

    def is_bystander(self, *, known: bool) -> bool:
        if self._is_defined() or self._is_community() or self._is_described() or self._is_restricting():
            return True
        if self._is_everybody or self._is_level() or self._is_left_out() or self._is_alerted():
            return True
        if self._is_goal() or self._is_reached_by_another():
            return True
        if self._is_had() or self._is_one_perhaps() or self._works_along():
            return True
        if self._is_verb() or self._is_unreal() or self._is_general() or self._is_helped() or self._is_written_to():
            return True
        if self.modifies and not self.of_members:
            return self.above.tag.startswith("NN") and self.above.lower not in ROLE_NOUNS
        if self._is_served() or self._gets_it_too():
            return True
        subject = self.above if self.of_members else self._of_group()
        while subject.dep == "conj":
            subject = self.tree[subject.head]
        verb = self.tree[subject.head]
        if subject.dep not in SUBJECTS or not verb.tag.startswith(("VB", "MD")):
            return False
        return self._only_does(verb, known=known)

    def _is_defined(self) -> bool:
        """Whether a text says what such a one is: "a project manager who can view anything"."""
        start = self.inside[0]
        alone = self.head.dep == "ROOT" and start < 3
        after_name = self.head.dep == "appos" and start > 1 and self.tree[start - 2].text in (":", "-", "–", "—")
        anew = start > 1 and self.tree[start - 1].text in ("A", "An")  # "`keeper` A manager who can open any case"
        return self.before in ("a", "an") and (alone or after_name or anew)

    def _is_community(self) -> bool:
        """Whether everybody does it: "built by the harbour community"."""
        everybody = self.head.lower in words("people", "communities", "everybody")
        return everybody and (self.head.dep in SUBJECTS or self.head.dep == "conj" or self.above.lower == "by")

    def _is_restricting(self) -> bool:
        """Whether they only say which things are meant, of some that need not be: "any service run by them", "when
        kept by them"; and any team at all: "a cross-functional team"."""
        team = self.head.lower in words("people", "teams") and self.head.dep in ("dobj", "pobj")
        described = any(w.dep in ("relcl", "acl") and self.tree[w.head] is self.head for w in self.tree)
        if team and self._is_common and self.before in ("a", "an") and not described:
            return True
        if self._is_any_team:
            return True
        if self.head.dep != "pobj" or self.above.lower != "by":
            return False
        verb = self.tree[self.above.head]
        below = [w.lower for w in self.tree if self.tree[w.head] is verb and w.dep in ("mark", "advmod")]
        if verb.dep == "advcl" and verb.tag == "VBN" and not _PERHAPS.isdisjoint(below):
            return True
        helping = {w.lower for w in self.tree if self.tree[w.head] is verb and w.dep in ("aux", "auxpass")}
        if {"may", "have", "been"} <= helping:
            return True  # "it may have been kept by them"
        thing = self.tree[verb.head]
        some = (w.lower for w in self.tree if self.tree[w.head] is thing and w.dep == "det")
        return verb.dep == "acl" and (thing.lower in _SOME or any(word in _SOME for word in some))

    @property
    def _is_common(self) -> bool:
        """Whether no word of them has a capital."""
        return all(self.tree[p].lower == self.tree[p].text for p in self.inside)

    @property
    def _is_any_team(self) -> bool:
        """Whether it is any team of a kind, spoken of as a thing that is had or acts by itself: "the remit of a quay
        team", "a quay team may step down", "a given team"."""
        first = self.tree[self.inside[0]].lower
        if self.before in _LIKE and self.head.lower in words("people", "teams"):
            return True
        if self.tree[self.inside[-1]].lower not in words("people", "teams") or not self._is_common:
            return False
        if first in _GIVEN:
            return True
        may = any(
            w.lower in ("can", "may", "might") for w in self.tree if self.tree[w.head] is self.above and w.dep == "aux"
        )
        had = self.head.dep in ("poss", "appos") or (self.head.dep == "pobj" and self.above.lower == "of")
        return self.before in ("a", "an") and (had or (self.head.dep in SUBJECTS and may))

    def _is_described(self) -> bool:
        """Whether others are described by their having to do with them: "those reporting to the mayor", "conflicts
        involving skippers"."""
        verb = self.tree[self.above.head] if self.head.dep == "pobj" else self.above
        describes = verb.tag == "VBG" and verb.dep == "acl" and not self.tree[verb.head].tag.startswith("VB")
        return describes and (verb.lower in TELLING or verb.lower in _CONCERNING)

    def _is_had(self) -> bool:
        """Whether the reader has one or several of them: "you have at least one technical contact who can log in"."""
        verb = self.above
        below = [w for w in self.tree if self.tree[w.head] is verb]
        return (
            self.head.dep in _OBJECTS
            and verb.lower in ("have", "has")
            and any(w.dep in SUBJECTS and (w.lower == "you" or w.lower in words("people", "teams")) for w in below)
            and not any(w.lower in _DETERMINERS for w in self.tree if self.tree[w.head] is self.head)
        )

    def _is_one_perhaps(self) -> bool:
        """Whether somebody may be one of them, or some of them are to be had: "if you are a member of the Berth team",
        "so that there are clear owners"."""
        group = self.tree[self.above.head] if self.head.dep == "pobj" and self.above.lower == "of" else self.head
        verb = self.tree[group.head]
        if group.dep != "attr" or verb.lower not in ("is", "are"):
            return False
        below = [w for w in self.tree if self.tree[w.head] is verb]
        several = self.head.tag == "NNS" and any(w.dep == "expl" for w in below)
        return several or any(w.dep == "mark" and w.lower in _IF for w in below if group is not self.head)

    def _works_along(self) -> bool:
        """Whether others work with them of their own accord: "the Berth team works closely with the skippers"."""
        at = self.inside[0] - (2 if self.before in _DETERMINERS else 1)
        first = self.head
        while first.dep == "conj":
            first = self.tree[first.head]
        along = self.tree[first.head] if first is not self.head and first.dep == "pobj" else self.tree[at]
        verb = self.tree[along.head] if at > 0 and along.lower == "with" else None
        if verb is None or verb.tag not in ("VBZ", "VBP") or verb.lower not in _WORKING:
            return False
        return verb.tag == "VBZ" or any(
            w.dep in SUBJECTS and w.lower in _THEY for w in self.tree if self.tree[w.head] is verb
        )

    def _is_reached_by_another(self) -> bool:
        """Whether somebody else is able to go to them: "once the lender is able to speak to them"."""
        verb = self.tree[self.above.head] if self.head.dep == "pobj" else self.above
        able = self.tree[verb.head]
        whose = self.tree[able.head]
        subjects = (w for w in self.tree if self.tree[w.head] is whose and w.dep in SUBJECTS)
        return (
            verb.dep == "xcomp"
            and able.lower in ("able", "unable")
            and whose.dep == "advcl"
            and any(w.tag.startswith("NN") and w.lower not in words("people", "readers") for w in subjects)
        )

    def _is_left_out(self) -> bool:
        """Whether nothing goes to them: "no approval from them is needed", "share nothing outside the team",
        "use is limited to members of the team"."""
        if self.head.dep != "pobj":
            return False
        got = self.tree[self.above.head]
        none = any(w.lower == "no" and w.dep == "det" for w in self.tree if self.tree[w.head] is got)
        let_in = got.dep == "pobj" and self.tree[self.tree[got.head].head].lower in ("limited", "restricted")
        return (
            self.above.lower == "outside"
            or (none and self.above.lower in ("from", "by", "of"))
            or (let_in and self.above.lower == "of" and got.lower == "members")
        )

    def _is_alerted(self) -> bool:
        """Whether an alert is made that tells people of a kind: "make alerts to inform engineers of it"."""
        top = self.tree[self.above.head]
        made = [top.lower, *(w.lower for w in self.tree if self.tree[w.head] is top and w.dep in _OBJECTS)]
        aim = self.above.dep in ("xcomp", "acl", "relcl", "advcl")
        told = self.head.dep in _OBJECTS and aim and self.above.lower in TELLING
        return told and any(w in words("alerts", "nouns") for w in made) and self._are_any()

    def _is_goal(self) -> bool:
        """Whether it is what somebody wants to be: "your aim is to be a trusted person"."""
        below = [w.lower for w in self.tree if self.tree[w.head] is self.above and w.dep == "aux"]
        one = any(w.lower in ("a", "an") for w in self.tree if self.tree[w.head] is self.head and w.dep == "det")
        return self.head.dep == "attr" and self.above.lower == "be" and "to" in below and one

    def _is_verb(self) -> bool:
        first = self.tree[self.inside[0]]
        begins = first.text.islower() or not self.inside[0]
        told = (
            first.tag == "VB"
            or (first.tag == "VBZ" and len(self.inside) > 2)
            or (first.tag == "VBP" and first.dep in ("ROOT", "conj", "ccomp", "advcl"))
        )
        told = told or (first.tag == "VBG" and first.dep not in (*_MODIFIERS, *SUBJECTS, "pobj", "dobj"))
        order = not self.inside[0] and first.lower in words("keeping", "verbs")
        order = order and not self.after.startswith(("MD", "VB"))
        if order and len(self.inside) == 2 and self.head.text.islower() and self.head.tag == "NNS":
            return True  # "Advise contacts of changes"
        last = self.tree[self.inside[-1]]
        if (
            last.tag in ("VBP", "VBZ")
            and last.lower not in ROLE_NOUNS
            and any(self.tree[p].head == self.inside[-1] and self.tree[p].dep in SUBJECTS for p in self.inside)
        ):
            return True  # "how gallery teams function"
        return told and len(self.inside) > 1 and begins and first.lower != "help"

    def _is_unreal(self) -> bool:
        return self.tree[self.inside[0]].lower in _UNREAL and self.before in ("a", "an")

    def _is_general(self) -> bool:
        """People of a kind with whom one works, or as whom somebody counts."""
        above = self.tree[self.above.head] if self.head.dep == "conj" else self.above
        working = above.lower == "with" and self.tree[above.head].lower in ("work", "working", "works")
        if working:
            return self.before not in _DETERMINERS and self.head.tag == "NNS"
        at = next((p for p, word in enumerate(self.tree) if word is above), 0)
        if self.before == "as":
            at = self.inside[0] - 1
        return "as" in (above.lower, self.before) and self.tree[at - 1].lower not in ("such", "well", "known")

    def _is_helped(self) -> bool:
        """Whether they are those for whom somebody else does something: "account managers help the project team"."""
        word = self.head
        while word.dep == "conj":
            word = self.tree[word.head]
        verb = self.tree[word.head]
        if word.dep in SUBJECTS and verb.dep in ("ccomp", "xcomp"):
            verb = self.tree[verb.head]  # "it allows tellers and managers to plan"
        elif word.dep not in ("dobj", "obj"):
            return False
        return verb.lower in _HELPING

    def _is_written_to(self) -> bool:
        """Whether it is another team that gets in touch with them: "the Berth team will reach out to skippers"."""
        verb = self.above
        if self.head.dep == "pobj":
            verb = self.tree[verb.head]
            part = verb.dep in ("prt", "prep", "advmod") or (verb.dep in _OBJECTS and self.above.lower == "from")
            verb = self.tree[verb.head] if part else verb
        elif self.head.dep not in _OBJECTS:
            return False
        below = [word for word in self.tree if self.tree[word.head] is verb and word is not verb]
        if verb.lower not in TELLING:
            bodies = words("people", "teams") | words("people", "bodies")
            body = any(w.dep in SUBJECTS and w.lower in bodies for w in below)
            return body and verb.lower in _ASKING_OTHERS and any(w.lower in _PERMITTING for w in below)
        if any(word.dep == "aux" and word.lower in DEMANDING for word in below):
            return False
        return any(word.dep in SUBJECTS and word.lower in words("people", "teams") for word in below)

    def _is_served(self) -> bool:
        """Whether they are those whose somebody else is the subject: "the clerk to the Chair keeps the minutes"."""
        of_whom = self.tree[self.above.head]
        return (
            self.head.dep == "pobj"
            and self.above.lower == "to"
            and of_whom.dep in SUBJECTS
            and of_whom.tag.startswith("NN")
        )

    def _gets_it_too(self) -> bool:
        """Whether they only get what the reader gets: "you and your manager will receive an email"."""
        word = self.head
        while word.dep == "conj":
            word = self.tree[word.head]
        return word.lower == "you" and word is not self.head and self.tree[word.head].lower in ("receive", "get")

    def _only_does(self, verb: Word, *, known: bool) -> bool:
        """Whether the subject of a verb does it for itself, or only perhaps."""
        if self.tree[self.inside[0]].lower in _ANYBODY:
            return True
        if verb.dep == "ccomp" and self.tree[verb.head].lower in ("know", "knows"):
            return True  # "let them know that somebody will look at it"
        below = [word for word in self.tree if self.tree[word.head] is verb and word is not verb]
        end = self.tree[self.inside[-1]].end
        denied = any(w.dep == "neg" and end <= w.start < verb.start for w in below)
        spared = verb.lower in ("have", "need") and any(w.dep == "xcomp" for w in below)  # "they should not have to"
        if denied and not spared and not any(w.dep == "cc" and w.lower == "but" for w in below):
            return True  # "supervisors do not see the forms"
        if verb.dep == "advcl" and any(w.dep == "mark" and w.lower in _IF for w in below):
            return True
        if verb.lower not in verbs("keeping") and self._is_aim(verb, below):
            return True
        waits = any(w.dep in ("mark", "advmod") and w.lower in _ONCE for w in below)
        aims = [verb, *(w for w in below if w.dep == "advcl")]
        if verb.dep == "advcl" and waits and not any(w.lower in verbs("keeping") for w in aims):
            return True  # "once the clerk has left"
        if any(w.lower == "should" and w.dep == "aux" and w.start < self.tree[self.inside[0]].start for w in below):
            return not any(word.tag in ("WP", "WRB") for word in self.tree[:1])  # "should the clerk be away, ask X"
        modal = any(w.dep == "aux" and w.lower in MODALS for w in below)
        keeps = verb.lower in verbs("keeping") and not (modal and verb.lower == "receive")
        yours = any(w.lower in ("you", "your") for w in self.tree if w.start > end)
        helps = keeps or yours
        if not yours and self._is_for_themselves(verb, below, known=known):
            return True
        asked = any(w.dep == "aux" and w.lower in DEMANDING | {"may"} for w in below)
        group = next((w for w in below if w.dep in SUBJECTS and w is self._of_group() and w is not self.head), None)
        any_of = group and any(w.lower in ("any", "every", "each") for w in self.tree if self.tree[w.head] is group)
        keeps = verb.lower != "receive" and self._ends_in_keeping(verb)
        if asked and not helps and (any_of or (self._are_any() and not keeps)):
            return True  # "any member of the Berth team should look at it"
        return not helps and ((modal and self._are_readers() and not known) or self._needs_others(verb, below))

    def _is_for_themselves(self, verb: Word, below: Sequence[Word], *, known: bool) -> bool:
        if self._is_free_to(verb, below) or self._is_idle(verb, below):
            return True
        return not known and self._is_own_duty(verb, below)

    def _needs_others(self, verb: Word, below: Sequence[Word]) -> bool:
        """Whether it is they who would have to do it or who need help: "the wardens will request aid from others"."""
        would = any(w.dep == "aux" and w.lower == "would" for w in below)
        help_got = (w.lower in _AID for w in self.tree if w.start > verb.end)
        return would or (verb.lower in _ASKING_OTHERS and any(help_got))

    def _is_aim(self, verb: Word, below: Sequence[Word]) -> bool:
        """Whether something is only wanted so that they can do it: "so that the team can look at what matters"."""
        marks = {w.lower for w in below if w.dep == "mark"}
        wanted = any(w.dep == "acomp" and w.lower in _WANTED for w in self.tree if w.head == verb.head)
        return ("that" in marks and wanted) or (verb.dep == "advcl" and "so" in marks)

    def _is_idle(self, verb: Word, below: Sequence[Word]) -> bool:
        """Whether it is nothing that one could go to them for: "the Berth team invites anybody to try it", "meet with
        each other", "how the Berth team learns"."""
        if any(w.lower == "other" and self._is_mutual(w, verb) for w in self.tree):
            return True
        keeping = self._ends_in_keeping(verb) or any(w.lower in verbs("keeping") for w in below if w.dep == "advcl")
        modal = {w.lower for w in below if w.dep == "aux"} & MODALS
        if keeping or modal - DEMANDING:
            return False
        if verb.lower == "be" and "must" in modal and any(w.lower == "able" for w in below):
            return True  # "the crew must be able to get in": others see to that
        if verb.dep in ("pcomp", "ccomp") and any(w.lower == "how" for w in below):
            return True
        done = verbs("idle").get(verb.lower)
        idle = done in words("idle", "plainly") | {"have"} if modal else done not in (None, "be", "do", "agree")
        return idle and not (self._serves(below) or any(w.dep == "xcomp" for w in below if done in ("have", "need")))

    def _is_mutual(self, other: Word, verb: Word) -> bool:
        """Whether it is the "other" of "with each other" on a verb, or on one that it wants or tries to do."""
        preposition = self.tree[other.head]
        if preposition.lower not in ("with", "to"):
            return False
        above = self.tree[preposition.head]
        for _ in range(4):
            if above is verb:
                return True
            above = self.tree[above.head]
        return False

    def _serves(self, below: Sequence[Word]) -> bool:
        """Whether what hangs on a verb makes it something done for others: "takes care of", "makes the call"."""
        said = [w for w in below if w.dep in (*_OBJECTS, "oprd", "prt", "acomp", "conj")]
        said += [w for w in self.tree if any(self.tree[w.head] is other and other.dep == "conj" for other in said)]
        return any(w.lower in _SERVICE for w in said)

    def _is_free_to(self, verb: Word, below: Sequence[Word]) -> bool:
        """Whether a body is only let do something that is not done for others: "the Council may change its rules"."""
        may = any(w.dep == "aux" and w.lower in _PERMITTING for w in below)
        if self.head.lower in ROLE_NOUNS or any(w.dep == "auxpass" for w in below):
            return False
        chain = [w for w in below if w.dep in ("xcomp", "acomp")]
        decides = verb.lower in _FOR_OTHERS and not (verb.lower == "decide" and any(w.dep == "xcomp" for w in chain))
        spares = any(w.lower in ("exception", "exceptions") for w in below)
        helps = any(self._ends_in_keeping(w) or w.lower == "able" for w in chain)
        return may and not (decides or spares or helps)

    def _is_level(self) -> bool:
        """Whether a list says what each kind of account is let do: "Site admins: Can add berths"."""
        behind = [word.text for word in self.tree[self.inside[-1] + 1 : self.inside[-1] + 3]]
        yours = any(w.lower in ("you", "your") for w in self.tree)
        return behind == [":", "Can"] and not yours and self.tree[self.inside[-1]].lower in ROLE_NOUNS

    def _is_own_duty(self, verb: Word, below: Sequence[Word]) -> bool:
        """Whether it is what a team of a kind, the reader's own, has to do: "the application team needs to scan it"."""
        need = verb.lower in ("need", "needs") and any(w.dep == "xcomp" for w in below)
        told = need or any(w.dep == "aux" and w.lower in DEMANDING for w in below)
        of_thing = len(self.inside) > 1 and self.tree[self.inside[-2]].lower in words("things", "software")
        team = self.head.lower in words("people", "teams") and self._is_common and of_thing
        keeps = self._serves(below) or self._ends_in_keeping(verb, but=frozenset({"run"}))
        return told and team and self.before in ("the", "your") and not keeps

    def _ends_in_keeping(self, verb: Word, but: frozenset[str] = frozenset()) -> bool:
        """Whether what they do is a thing that they have in hand: "may need to approve", "should be able to help"."""
        chain = [verb]
        for word in chain:
            below = (w for w in self.tree if self.tree[w.head] is word and w is not word)
            chain += (w for w in below if w.dep in ("xcomp", "acomp", "conj"))
        return any(word.lower in verbs("keeping") and word.lower not in but for word in chain)

    def _are_any(self) -> bool:
        """Whether all who are of a kind are meant, or any of them: "leads should listen", "a team may step down"."""
        several = self.head.tag in ("NNS", "NNPS") and self.before not in _DETERMINERS and not self.of_members
        return (several and self.head.lower in ROLE_NOUNS) or self.before in ("a", "an", "any", "each", "every")

    def _are_readers(self) -> bool:
        staff = self.head.lower in _STAFF and len(self.inside) < 3
        own = self.head.lower in ("member", "members") and any(self.tree[p].lower == "team" for p in self.inside)
        if own and all(self.tree[p].lower in ("member", "members", "of", "the", "team") for p in self.inside):
            return True  # "a member of the team will answer": of which, it does not say
        return self.of_members or staff or (self.before == "your" and self.head.lower == "team")
