"""What a question asks for: which kind of who, whether it leans on the turns before, whom the person has tried.

The kinds are those of manuals (owns, ask, alerts, approves, page now, next); the cues are how people in general
ask for them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.phrases import (
    ADDRESS,
    ALERT,
    ALERTED,
    ASKS,
    ASSENT,
    ASSENT_ONLY,
    DARK,
    DOES,
    FAULT,
    HAD,
    HAS,
    HOURS,
    LETS,
    LETS_TOO,
    MAY,
    PAGE,
    PAGE_OF_ANY,
    PEOPLE,
    PLACES,
    PROGRAM,
    SOUGHT,
    TURN_TO,
    TURN_TO_SURELY,
    TURNED_TO,
    URGENT,
    any_form,
)
from ingest.facts.lexicon import nouns, one_of, plain, typed, words

_I = re.IGNORECASE
_OWNS = r"(?:own\w+|maintain\w*|looks? after)"
_KEEPS = rf"(?:{_OWNS}|keeps?\b(?! \w+ing\b))"

OWN = re.compile(
    rf"\b(who(?:['’]s| is| has|se)?\b.{{0,40}}\b(?:{_KEEPS}|"
    r"has(?! to\b)|got|runs?\b(?! (?:out|into|low|dry|slow\w*)\b)|responsible for)|"
    rf"{DOES}{HAS}\b|{ASKS}.{{0,60}} {HAD} by\W*$|{HAD} by (?:who|which|what)\b|"
    rf"whose\b(?! {ASSENT}\b)|{_OWNS}|(?:which|what) (?:dev |development |product )?team\b|belongs? to|"
    r"looking after|in charge of|who['’]?s got|team has|team keeps|door do i knock|is .{1,40} ours\b)",
    _I,
)
ALERTS = re.compile(
    rf"\b{ALERTED}\b(?=.*\b(?:who|whom|which|what|where)\b)|"
    rf"\b(?:who|whom|which|what|where)\b.{{0,60}}\b(?:{ALERTED}|(?:gets?|is|are|be) pinged)\b|"
    rf"\b{ALERT} (?:channel|team|go|goes|going|sent|routed|land)\b|"
    rf"\b(?:gets?|receives?) (?:the )?(?:\w+ ){{0,3}}{ALERT}\b",
    _I,
)
APPROVE = re.compile(
    rf"\b(approv\w+|authori[sz]\w+|{LETS}|(?:{DOES}|{MAY}){LETS_TOO}|says? yes|(?:has to )?agree to|has to agree|"
    rf"permission to|allowed to|(?<!n['’]t )let me|allow me|whose {ASSENT}|(?:an?|the) {ASSENT_ONLY}|"
    rf"(?:get|need|give)s? (?:me |us )?(?:an? |the )?{ASSENT})\b",
    _I,
)
OUT_OF_HOURS = re.compile(rf"\b({HOURS}|{DARK}|[1-6] ?am|1[01] ?pm)\b", _I)
PAGE_NOW = re.compile(
    rf"\b({URGENT}|isn['’]t loading|500s?|5xx|on[- ]?call|wake(?:n|s)?(?: \w+)? up|wake|"
    rf"{HOURS}|(?:at|in the|all|of the) {DARK}|[1-6] ?am|1[01] ?pm)\b",
    _I,
)
_MERELY = frozenset("actually exactly really still now just yet".split())
_CALM = re.compile(
    rf"(?:\b(?:not|nothing|no|never|none)(?:['’]s| is| has)?|n['’]t)\s+(?:(?:an?|any|{one_of(_MERELY)}|that|very|"
    rf"so|super|terribly|all|even)\s+){{0,2}}{typed(words('urgent', 'words', 'told'))}\b",
    _I,
)
"""Words of urgency that are said not to hold: "nothing on fire", "it isn't urgent"."""
_DUTY = typed(plain("@obtained.duties problem area thing"))
NEXT = re.compile(
    rf"\b(escalat(?!or)\w*|what now|what next|where next|who(?:['’]s| is)? (?:next|after|above|higher)|"
    r"next (?:rung|step up|person|level)|chain of command|"
    r"next steps?(?=\W*$)|"
    r"(?:and|then|but) (?:after that|then)(?=\W*$)|"
    r"(?<!supply )chain\b|above (?:us|me|them|him|her|you)|over (?:his|her|their) head|"
    r"rungs?\b|hit a (?:brick )?wall|more senior|higher up\b|up the (?:chain|ladder)|pecking order|drawn? a blank|"
    r"none of (?:us|my|our|the)\b.{0,30}\b(?:can|could|knows?|sees?|has)\b|"
    r"who else (?:can|could|should|do|is there|to|might|would)\b|"
    r"(?:no ?one|nobody|none of us) (?:answers?|answered|repl(?:y|ies|ied)|knows?|can|could|has|['’]s|seems?|is able)|"
    r"(?:haven|hasn|didn|don|doesn|won|isn|aren|wasn|weren)['’]?t (?:(?:even|ever|yet|been) )?(?:repl(?:y|ied|ying)|"
    r"answer(?:ed|ing)?|respond(?:ed|ing)?|heard|g[eo]t(?:ting)? back|pick(?:ed|ing)? up)|"
    r"no (?:reply|answer|response|luck)|"
    r"(?:they|he|she|everyone|everybody)(?:['’](?:re|s|ve)| are| is| have| has)? (?:all |both )?(?:on (?:holiday|leave|"
    r"vacation)|away|off(?: sick| today| work)?|out(?: of (?:the )?office)?|unavailable|not (?:around|there|available)|"
    r"gone|left(?: the \w+)?)(?=\W*$)|"
    r"who .{0,25}\binstead(?=\W*$)|"
    rf"(?:isn|wasn|aren)['’]?t (?:them|their(?:s| {_DUTY})|his|hers)|not (?:theirs|their {_DUTY}|them)(?=\W*$)|"
    rf"(?:i|we|you|he|she|they|us|every(?:one|body)|people|tl|(?:team|squad|crew)s?|{PEOPLE})"
    r"(?:['’](?:m|re|s|ve))?(?: (?:am|are|is|was|were|be|been|gets?|got|getting|have|has|both|all|also|"
    rf"{one_of(_MERELY)}|properly|completely|totally|quite))* stuck|"
    rf"stump\w*|{typed(words('orders', 'stuck', 'alone'))}|can['’]?t (?:crack|{typed(words('orders', 'failing'))})|"
    r"tried everything|run out of|"
    r"get nowhere|got nowhere|going nowhere|ignor(?:ed|ing) (?:me|us)|last resort|still (?:stuck|no\b|not|"
    r"nothing|unresolved))\b",
    _I,
)
ORDER = re.compile(
    rf"\b(?:rungs?|chain of command|pecking order|escalation {typed(nouns('orders', 'names'))}|"
    r"up the (?:chain|ladder))\b",
    _I,
)
"""Words for the order of escalation itself: whoever uses them asks for it, whatever else is found."""
ABOUT_PAGE = re.compile(rf"\b{PAGE}\b", _I)
KEEPER_OF_PAGE = re.compile(rf"\bwho\b.{{0,20}}\b(?:{_KEEPS}|wrote|writes|updates)\b[^.?!,]{{0,40}}\b{PAGE}\b", _I)
PAGE_TROUBLE = re.compile(
    rf"\b({FAULT}|error in|edit|update|fix|change|correct\w*|improve|rewrite|review|{_KEEPS}|who(?:se| own)\b|"
    r"wrote|written|author|behind|contradict\w*|missing|confus\w+|unclear)\b",
    _I,
)
_PAGE_WORDS = re.compile(
    rf"\b(?:{PAGE_OF_ANY}|manual|{FAULT}|errors?|{_KEEPS}|wrote|behind|who|whom|whose|which|what|channel|team|tell|"
    r"small|the|a|an|in|on|of|about|for|is|are|do|does|did|i|it|its|to|that|this|there|how|says?|step)\b",
    _I,
)
THING = re.compile(rf"\b{PROGRAM}\b", _I)
THING_TROUBLE = re.compile(
    r"\b(bugs? (?:in|with)|(?:pr|pull request|patch|merge request|issue) (?:\w+ ){0,2}(?:on|for|against|to)|"
    r"reviews? (?:the )?(?:changes|prs?|pull requests)|who reviews|complain|feature request|"
    r"suggest(?:ing)? (?:a |some )?changes?|contribut\w+|where do bugs)\b",
    _I,
)
WHO = re.compile(
    rf"\b(?:(?:{ASKS}|which lot|anyone|anybody|someone|channel|queue|escalate|report|raise|reach|{TURN_TO_SURELY}|"
    rf"(?:right|best) {SOUGHT})\b|(?:what(?:['’]?s| is) .{{1,40}}|best ){ADDRESS}(?: (?:of|for)\b|\W*$))",
    _I,
)
PLACE = re.compile(rf"\bwhere\b|\b(?:which|what) (?:\w+ )?(?:form|{PLACES})\b", _I)
"""Where to go to or to write is asked for, and not who."""
NEEDS = re.compile(
    r"^(?:(?:i|we)(?:['’]d| would| do)? (?:really |urgently )?(?:need|require|want|like)|(?:urgently )?need(?:ing)?|"
    r"(?:can|could|may) (?:i|we) (?:get|have))\b",
    _I,
)
"""A wish that somebody of the organisation has to meet, though no word asks for whom."""
TRIED = re.compile(
    r"\b(next after|after (?:my|our|the|his|her)|"
    rf"tried|{TURNED_TO}|"
    r"had a look|has looked|looked at it|is stuck|stuck as well|stuck too|doesn['’]t know|"
    r"didn['’]t know|no idea|can['’]t help|couldn['’]t help|"
    r"away|on leave|off sick|not around|unavailable|hasn['’]t (?:replied|answered|got back)|"
    r"haven['’]t (?:replied|answered|heard back)|no (?:reply|answer))\b",
    _I,
)
_GOES_ON = re.compile(
    r"^(?:and|but|so|or|what if|what about|how about|ok|okay|then|also|even|still|same|in that case|nobody|no ?one)\b",
    _I,
)
_POINTS_BACK = re.compile(
    r"\b(?:it(?!(?:['’]s| is| was) (?:now |only |nearly |gone |past |about |around |the |a |an )*"
    rf"(?:\d|(?:mon|tues|wednes|thurs|fri)day|{HOURS}|{DARK}|middle of|late\b))|"
    r"that|this|them|they|he|she|him|her|those|these|(?<!is )(?<!are )there(?!['’]s)|instead|otherwise|"
    r"the (?:one|other|same|first|second)|though)\b",
    _I,
)
_BEGINS_WITH_PERSON = re.compile(
    r"(?:they|he|she|neither|both|none|it(?!['’]s| is| was))\b|(?:it['’]s|it is) (?:not|still|just)\b", _I
)
"""A turn that begins so goes on about somebody or something that an earlier one named."""
_TRIED_TURN = "I have tried: "
"""The beginning of a turn that only says whom the person has already tried."""
_FILLER = re.compile(
    r"^\s*(?:(?:hi|hey|hello|morning|good (?:morning|afternoon|evening)|hiya|dear \w+|all|team|folks|"
    r"there|please|sorry to bother you|"
    r"quick (?:one|question)|just wondering|i was wondering(?: if)?|could you (?:please )?tell me|"
    r"can you (?:please )?tell me|"
    r"do you (?:happen to )?know|any idea|does anyone know|if you (?:don['’]t|do not) mind)[\s,:!.–-]+)+",
    _I,
)
_THANKS = re.compile(
    r"(?<!\w)[\s,.!–-]*(?:(?:ok|okay|great|cool|perfect|brilliant|lovely|nice|right)[\s,.!–-]+)?"
    r"(?:please|pls|plz|thanks?(?: (?:so much|a lot|a million|in advance|very much|all|"
    r"everyone))?|thank you(?: (?:so|very) much)?|cheers|ta|many thanks|"
    r"much appreciated|appreciate it|no rush|when you (?:get|have) a (?:moment|minute|sec(?:ond)?))[\s,.!?–-]*$",
    _I,
)


_FRAME = re.compile(
    r"(?:(?:and|so|but|ok(?:ay)?)[ ,]+)?(?:"
    r"(?:who(?:m|se)?|which \w+|what (?:team|channel|queue)|where) (?:do|can|should|would|must|could) (?:i|we) "
    rf"(?:{TURN_TO}|go) (?:about|for)|"
    r"(?:who|which \w+|what (?:team|channel|queue)) (?:(?:looks|sees) after|deals with|takes care of|signs off(?: on)?|"
    r"knows about|(?!is\b|was\b|does\b|has\b|knows\b|gets\b|goes\b|says\b)\w+s)|"
    r"who(?:['’]s| is) (?:responsible for|in charge of|the owner of)|"
    r"who (?:can|could) (?:help|advise|support) (?:me|us) (?:with|on|about)|"
    r"(?:i|we) need(?! to\b)) (?P<matter>.+)",
    _I,
)
"""A question of which the rest is a noun phrase, what it is about."""
_CLAUSE = re.compile(
    r"\b(?:when|if|who|whom|which|that|because|and|or|but|so|i|we|me|us|it|this|they|them)\b|[,;:.?!](?:\s|$)", _I
)
_LONGEST_MATTER = 8
"""Words; what is longer is no name of a matter."""
FRAGMENT = 3
"""Words of meaning that a turn has at most which is no whole question."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question understood. `text` is what is looked up: without greeting and thanks, with what it leans on."""

    text: str
    own_words: str
    """The last turn alone, without greeting and thanks."""
    before: str
    """The earlier turns that it leans on; empty when it stands by itself."""
    leans: bool
    """Whether it points back at them in words, and is not merely short."""
    turns: tuple[str, ...]
    """All turns, oldest first, the question last."""
    owns: bool
    approve: bool
    page_now: bool
    out_of_hours: bool
    next: bool
    order: bool
    """Whether it asks for the order of escalation by name."""
    who: bool
    needs: bool
    """Whether it says what is needed."""
    place: bool
    """Whether it asks where to go or to write, and not who."""
    alerts: bool
    """Whether it speaks of who gets alerts or notifications."""
    thing: bool
    """Whether it asks who owns, or takes changes and complaints for, a piece of software that it describes."""

    @property
    def lookup(self) -> str:
        """The question's own words as they are looked up: a time of day said in the words that manuals use for it."""
        return f"{self.own_words} (out of hours, on call)" if self.out_of_hours else self.own_words

    @property
    def bare(self) -> bool:
        """Whether it is a matter in few words and nothing else: "who do I ask about lesson plans?", "lesson plans"."""
        asked = self.own_words.rstrip("?!., ")
        return not self.before and bool(_framed(asked) or (not self.who and len(_content(asked)) <= FRAGMENT))

    @property
    def may_stand_alone(self) -> bool:
        """Whether it may be about another matter than the turns before it: it names one, and does not go on from them.

        "It" may point at an earlier turn or at the question's own words; which, only the answers can tell.
        """
        own = self.own_words
        goes_on = _GOES_ON.search(own) or _BEGINS_WITH_PERSON.match(own)
        return bool(self.before) and names_matter(own) and not goes_on

    def alone(self) -> Question:
        """The same without the turns before it; what was tried in them stays known."""
        urgent = bool(PAGE_NOW.search(_CALM.sub(" ", self.own_words)))
        return replace(self, text=self.own_words, before="", leans=False, page_now=urgent)


def understand(question: str, history: Sequence[str]) -> Question:
    """Read a question with the turns before it. Pure: equal turns give an equal reading."""
    own = courtesies_off(question)
    before = _leaned_on(own, history) if own else ""
    text = f"{before} {own}".strip() or question
    return Question(
        text=text,
        own_words=own,
        before=before,
        leans=bool(before) and points_back(own),
        turns=(*history, question),
        owns=bool(OWN.search(own)),
        approve=bool(APPROVE.search(own)),
        page_now=bool(PAGE_NOW.search(_CALM.sub(" ", text))),
        out_of_hours=bool(OUT_OF_HOURS.search(own)),
        next=bool(NEXT.search(own)),
        order=bool(ORDER.search(own)),
        who=bool(WHO.search(own)),
        needs=bool(NEEDS.search(own)),
        place=bool(PLACE.search(own)),
        alerts=bool(ALERTS.search(own)),
        thing=bool(THING.search(own) and (OWN.search(own) or THING_TROUBLE.search(own)))
        or bool(THING_TROUBLE.search(own) and WHO.search(own)),
    )


def tried_turn(who: str) -> str:
    """The turn that says that a rung of the ladder (its `who`) was tried, for a page with a button for it."""
    return f"{_TRIED_TURN}{who}"


def rung_tried(turn: str) -> str:
    """Whom a `tried_turn` names; empty for any other turn."""
    return turn.removeprefix(_TRIED_TURN) if turn.startswith(_TRIED_TURN) else ""


def page_topic(question: str) -> str:
    """What a page is about that the question speaks of: the question without its words for pages and owning."""
    bare = " ".join(_PAGE_WORDS.sub(" ", question).split())
    return bare if re.search(r"[A-Za-z]{3}", bare) else question


def about_page(question: str) -> bool:
    """Whether the question is about a page as a page; names of things must have been taken out of it."""
    return bool(ABOUT_PAGE.search(question) and PAGE_TROUBLE.search(question))


def about_alerts(question: str) -> bool:
    """Whether the question asks who gets alerts; names of things must have been taken out of it."""
    return bool(ALERTS.search(question))


def courtesies_off(question: str) -> str:
    """The question without greeting, polite padding and thanks; empty where it is nothing else."""
    flat = " ".join(question.split())
    bare = _THANKS.sub("", _FILLER.sub("", flat)).strip()
    if not bare:
        return ""
    return bare if bare.endswith("?") or not flat.rstrip().endswith("?") else f"{bare}?"


def _leaned_on(question: str, history: Sequence[str]) -> str:
    """The earlier turns, when the question asks what comes next, points back at them, or is no whole question."""
    asked = [turn for turn in history if not rung_tried(turn)]
    content = _content(question)
    if not asked or len(content) > 12:
        return ""
    fragment = len(content) <= FRAGMENT and not WHO.search(question)
    leans = NEXT.search(question) or points_back(question) or fragment or not names_matter(question)
    return " ".join(courtesies_off(turn) for turn in asked[-3:]) if leans else ""


def matter_of(turn: str) -> str:
    """What a turn is about as a noun phrase ("TLS certificates" of "who renews TLS certificates?"); empty where its
    words give none."""
    asked = courtesies_off(turn).rstrip("?!., ")
    begins = (0, *(stop.end() for stop in re.finditer(r"[,;:.?!]\s+", asked)))
    matter = next((framed for begin in begins if (framed := _framed(asked, begin))), "")
    return re.sub(r"\b(?:my|our)\b", "your", matter, flags=_I)


def _framed(asked: str, begin: int = 0) -> str:
    """The noun phrase that is a question's matter, of a question that is nothing else from `begin` on; else empty."""
    found = _FRAME.fullmatch(asked, begin)
    if not found or len(found["matter"].split()) > _LONGEST_MATTER or _CLAUSE.search(found["matter"]):
        return ""
    return found["matter"] if names_matter(found["matter"]) else ""


def points_back(question: str) -> bool:
    """Whether its words point at an earlier turn: it goes on from there, or says "it" (of no time of day)."""
    return bool(_GOES_ON.search(question) or _POINTS_BACK.search(question))


def names_matter(question: str) -> bool:
    """Whether it has words for what it is about, beside those that any question to this assistant is made of."""
    return any(word not in _ASKING for word in _content(question))


def _content(question: str) -> list[str]:
    """The words that carry meaning, in lower case."""
    words = (word.lower() for word in re.findall(r"[A-Za-z0-9][\w'’-]*", question))
    return [word for word in words if word not in _GLUE]


_GLUE = words("asked", "core", "glue") | frozenset(
    """
    a an and are as at be but by can could did do does for from has have how i if in is it its me my of on or our should
    so some that the their them then there they this to us was we were what when where which who whom whose why will
    with would you your about
    """.split()
)
_ASKING = _MERELY.union(
    any_form(
        "@asked.core @asked.sought @asked.paging @alerts.nouns @alerts.done @deciding.verbs:human @keeping.care "
        "@obtained.nouns:yes @hours.words @hours.dark @urgent.duty @ways.queueing @ways.wanted"
    ),
    """
    agree agrees allowed already also am answer answered answers approver around available away best busy charge
    code day days deal deals decide decides directly during else emergency fine first free give go goes going hear
    hears holiday hours i'm instead it's jira left link manual mean meant neither's next off ok okay oncall one
    other outside please pm raise raises replied reply repo responsible right said same say says second sign sorry
    take takes thanks that's today tomorrow too tried try unavailable up urgent urgently wake waken wakes way what's
    where's who's whose zendesk
    """.split(),
)
"""Words of asking itself: none of them says what a question is about."""
