"""What a question asks for: which kind of who, whether it leans on the turns before, whom the person has tried.

The kinds are those of manuals (owns, ask, alerts, approves, page now, next); the cues are how people in general
ask for them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

_I = re.IGNORECASE

OWN = re.compile(
    r"\b(who(?:['’]s| is| has|se)?\b.{0,40}\b(?:own\w*|maintain\w*|maintainers?|looks? after|keeps?|has(?! to\b)|"
    r"got|runs?|responsible for)|"
    r"whose\b(?! (?:approval|permission|sign[- ]?off|consent|agreement|say|say-so|yes|blessing|nod|authority|ok(?:ay)?|"
    r"go[- ]ahead|signature)\b)|"
    r"own(?:s|ed|er|ers|ership|ing)\b|maintain(?:s|ed|er|ers|ing)?\b|(?:which|what) (?:dev |development |"
    r"product )?team\b|belongs? to|"
    r"look(?:s|ing)? after|in charge of|who['’]?s got|team has|team keeps|door do i knock|is .{1,40} ours\b)",
    _I,
)
ALERTS = re.compile(
    r"\b(?:alert(?:s|ed|ing)?|alarms?|paged|notified|notifications?)\b(?=.*\b(?:who|whom|which|what|where)\b)|"
    r"\b(?:who|whom|which|what|where)\b.{0,60}\b(?:alert(?:s|ed|ing)?|alarms?|paged|notified|notifications?)\b|"
    r"\b(?:alerts?|alarms?) (?:channel|team|go|goes|going|sent|routed|land)\b|"
    r"\b(?:gets?|receives?) (?:the )?(?:\w+ ){0,3}(?:alerts?|alarms?)\b",
    _I,
)
APPROVE = re.compile(
    r"\b(approv\w+|permission to|sign(?:s|ed)?[- ]?off|authoris\w+|authoriz\w+|allowed to|say(?:s)? yes|"
    r"okay|green[- ]?light|"
    r"agree to|grant\w*|let me|allow me|has to agree|consent|whose (?:permission|agreement|say-so|yes|blessing|nod|"
    r"go[- ]ahead|signature))\b",
    _I,
)
PAGE_NOW = re.compile(
    r"\b(down|outage|on fire|urgent\w*|emergency|incident|right now|asap|critical|broken for|not loading|"
    r"isn['’]t loading|"
    r"500s?|5xx|out of hours|weekend|saturday|sunday|bank holiday|overnight|midnight|at night|3 ?am|"
    r"[1-6] ?am|after hours|wake(?:n|s)?(?: \w+)? up|wake\b|"
    r"on[- ]?call|attack|hacked|ddos|breach)\b",
    _I,
)
_CALM = re.compile(
    r"(?:\b(?:not|nothing|no|never|none)(?:['’]s| is| has)?|n['’]t)\s+(?:(?:an?|any|really|actually|exactly|that|very|"
    r"so|super|terribly|all|yet|even)\s+){0,2}(?:urgent\w*|on fire|down|critical|emergency|incident|outage|attack)\b",
    _I,
)
"""Words of urgency that are said not to hold: "nothing on fire", "it isn't urgent"."""
OUT_OF_HOURS = re.compile(
    r"\b(out of hours|weekends?|saturday|sunday|bank holiday|overnight|midnight|(?:at|in the|all) night|nights?|"
    r"[1-6] ?am|1[01] ?pm|after hours|evenings?)\b",
    _I,
)
NEXT = re.compile(
    r"\b(escalat\w*|what now|what next|where next|who(?:['’]s| is)? (?:next|after|above|higher)|"
    r"next (?:rung|step up|person|level)|chain of command|"
    r"next steps?(?=\W*$)|"
    r"(?:and|then|but) (?:after that|then)(?=\W*$)|"
    r"(?:the )?chain\b|above (?:us|me|them|him|her|you)|over (?:his|her|their) head|"
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
    r"(?:isn|wasn|aren)['’]?t (?:theirs|them|their(?:s| (?:job|problem|area|thing|remit))|his|hers)|"
    r"not (?:theirs|their (?:job|problem|area|thing|remit)|them)(?=\W*$)|"
    r"(?:i|we|you|he|she|they|us|every(?:one|body)|team|squad|leads?|tl|devs?|developers?|engineers?|people|manager|"
    r"colleagues?)(?:['’](?:m|re|s|ve))?(?: (?:am|are|is|was|were|be|been|gets?|got|getting|have|has|both|all|also|"
    r"still|just|really|properly|completely|totally|quite|now))* stuck|"
    r"stump\w*|out of ideas|can['’]?t (?:crack|solve|resolve|work out|figure out|agree)|"
    r"tried everything|run out of|at a loss|"
    r"get nowhere|got nowhere|going nowhere|ignor(?:ed|ing) (?:me|us)|last resort|still (?:stuck|no\b|not|"
    r"nothing|unresolved))\b",
    _I,
)
ORDER = re.compile(
    r"\b(?:rungs?|chain of command|pecking order|escalation (?:path|ladder|order|route|chain|steps?|process|policy)|"
    r"up the (?:chain|ladder))\b",
    _I,
)
"""Words for the order of escalation itself: whoever uses them asks for it, whatever else is found."""
PAGE = re.compile(
    r"\b(doc|docs|page|pages|guide|guidance|documentation|document|tutorial|article|manual page|"
    r"instructions|runbook|playbook|how-?to|write[- ]?up|"
    r"readme|wiki|glossary|handbook|faqs?)\b",
    _I,
)
PAGE_TROUBLE = re.compile(
    r"\b(out of date|out-of-date|outdated|stale|wrong|typo|mistake|error in|incorrect|edit|update|fix|"
    r"change|correct\w*|improve|rewrite|review|owns|owned|owner|who(?:se| own)\b|"
    r"wrote|written|author|behind|maintain\w*|looks? after|keeps?|contradict\w*|missing|confus\w+|unclear)\b",
    _I,
)
_PAGE_WORDS = re.compile(
    r"\b(?:docs?|pages?|guides?|guidance|documentation|documents?|tutorials?|articles?|manual|instructions|runbooks?|"
    r"playbooks?|write-?ups?|readmes?|wiki|out[- ]of[- ]date|outdated|stale|wrong|typos?|mistakes?|errors?|incorrect|"
    r"owns?|owners?|owned|maintain\w*|looks? after|wrote|behind|who|whom|whose|which|what|channel|team|keeps?|tell|"
    r"small|the|a|an|in|on|of|about|for|is|are|do|does|did|i|it|its|to|that|this|there|how|says?|step)\b",
    _I,
)
THING = re.compile(
    r"\b(apps?|applications?|service|tool|repo|repository|gem|library|package|plugin|extension|component|widget|bot|"
    r"script|codebase|project|api|cli|preset|website|microsite|dashboard|prototype)\b",
    _I,
)
THING_TROUBLE = re.compile(
    r"\b(bugs? (?:in|with)|(?:pr|pull request|patch|merge request|issue) (?:\w+ ){0,2}(?:on|for|against|to)|"
    r"reviews? (?:the )?(?:changes|prs?|pull requests)|who reviews|complain|feature request|"
    r"suggest(?:ing)? (?:a |some )?changes?|contribut\w+|where do bugs)\b",
    _I,
)
WHO = re.compile(
    r"\b(who|whom|whose|which (?:team|channel|queue|person|people|group|inbox|address|squad|lot)|"
    r"what (?:team|channel|queue)|where (?:do|can|should) (?:i|we)|"
    r"anyone|anybody|someone|contact|ask|tell|speak to|talk to|channel|queue|escalate|report|raise|"
    r"get hold of|reach)\b",
    _I,
)
NEEDS = re.compile(
    r"^(?:(?:i|we)(?:['’]d| would| do)? (?:really |urgently )?(?:need|require|want|like)|(?:urgently )?need(?:ing)?|"
    r"(?:can|could|may) (?:i|we) (?:get|have))\b",
    _I,
)
"""A wish that somebody of the organisation has to meet, though no word asks for whom."""
TRIED = re.compile(
    r"\b(next after|after (?:my|our|the|his|her)|"
    r"asked|tried|spoke(?:n)? (?:to|with)|talked to|been to|pinged|messaged|contacted|emailed|told|"
    r"raised (?:it )?with|checked with|escalated to|went to|"
    r"gone to|had a look|has looked|looked at it|is stuck|stuck as well|stuck too|doesn['’]t know|"
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
    r"(?:\d|(?:mon|tues|wednes|thurs|fri|satur|sun)day|weekend|bank holiday|middle of|night|evening|midnight|late\b))|"
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
    r"(?:ask|tell|contact|speak to|talk to|go to|go|message|e?-?mail|call|phone|ring|ping) (?:about|for)|"
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
        """Whether it is a matter in a few words and nothing else: "who do I ask about lesson plans?", "lesson plans"."""
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
    return bool(PAGE.search(question) and PAGE_TROUBLE.search(question))


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


_GLUE = frozenset(
    (
        "a an and are as at be but by can could did do does for from has have how i if in is it its me my of "
        "on or our should so some that the their them then there they this to us was we were what when where "
        "which who whom whose why will with would you your about ask contact need want get"
    ).split()
)
_ASKING = frozenset(
    (
        "own owns owned owner owners look looks looking after team teams channel channels queue queues slack ticket "
        "tickets zendesk jira raise raises alert alerts alerted alarm alarms page pages paged pager call calls called "
        "on-call oncall hours night nights weekend weekends evening evenings saturday sunday holiday approve approves "
        "approval approver permission sign signs off allowed agree agrees decide decides next else person people "
        "someone somebody anyone anybody one email phone address number link help helps support know knows tell tells "
        "told asked speak talk go goes going gets got give reach responsible charge contacts handle handles deal deals "
        "take takes run runs maintain maintains manage manages hear hears now yet still already reply replied answer "
        "answers answered fine exactly code directly instead please sorry thanks ok okay right left too also really "
        "actually who's whose i'm it's that's what's where's manual says say said repo day days today tomorrow am pm "
        "neither's around away available unavailable free busy during outside "
        "wake waken wakes up emergency urgent urgently first second other same way best just mean meant try tried"
    ).split()
)
"""Words of asking itself: none of them says what a question is about."""
