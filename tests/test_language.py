"""Questions in other languages than English are known, named and turned away; English ones never are, however short."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import silent, write_manual

from assistant.flow import Assistant
from assistant.language import LANGUAGES, other_language
from ingest.build import ingest

ROOT = Path(__file__).resolve().parent.parent
OTHERS = [
    ("Wer kümmert sich um die Zertifikate?", "German"),
    ("wen frage ich wegen VPN", "German"),
    ("Hallo, an wen wende ich mich bei einem Ausfall?", "German"),
    ("Qui s'occupe des certificats ?", "French"),
    ("J'ai besoin d'un accès au coffre", "French"),
    ("¿Quién renueva los certificados?", "Spanish"),
    ("quien aprueba el acceso a produccion", "Spanish"),
    ("Quem é o responsável pelo DNS?", "Portuguese"),
    ("Chi rinnova i certificati?", "Italian"),
    ("Wie is verantwoordelijk voor de certificaten?", "Dutch"),
    ("Pwy sy'n gyfrifol am dystysgrifau?", "Welsh"),
    ("Cé atá freagrach as na teastais?", "Irish"),
    ("Vem ansvarar för certifikaten?", "Swedish"),
    ("Hvem fornyer sertifikatene for oss?", "Norwegian or Danish"),
    ("Kuka vastaa varmenteista?", "Finnish"),
    ("Kto odpowiada za certyfikaty?", "Polish"),
    ("Kdo má na starosti certifikáty?", "Czech"),
    ("Ki a felelős a tanúsítványokért?", "Hungarian"),
    ("Cine este responsabil pentru certificate?", "Romanian"),
    ("Sertifikalardan kim sorumlu?", "Turkish"),
    ("Siapa yang bertanggung jawab atas sertifikat?", "Indonesian"),
    ("Ai chịu trách nhiệm về chứng chỉ?", "Vietnamese"),
    ("Danke!", "German"),
    ("谁负责DNS？", "Chinese"),
    ("DNSは誰が担当していますか？", "Japanese"),
    ("DNS 담당자는 누구인가요?", "Korean"),
    ("Кто отвечает за DNS?", "Cyrillic letters"),
    ("Ποιος είναι υπεύθυνος για το DNS;", "Greek"),
    ("من المسؤول عن DNS؟", "Arabic letters"),
    ("डीएनएस के लिए कौन जिम्मेदार है?", "Devanagari letters"),
    ("Kimə müraciət etməliyəm, şəbəkə işləmir?", ""),
]
ENGLISH = [
    "",
    "?!",
    "vpn",
    "dns TLD",
    "snowflake access",
    "on call",
    "wer do i ask abuot vpn",
    "wo ownz teh sarch api",
    "wat team has logit",
    "who is José Muñoz?",
    "Łukasz Wójcik",
    "ask Björn or Zoë",
    "naïve résumé parser",
    "café till broken",
    "van hire",
    "die casting queue",
    "El Paso office",
    "de facto owner of Le Monde feed",
    "Quid pro quo policy",
    "PAM Beth Tim Dan",
    "AI SEO",
    "MIT licence",
    "hat colour",
    "Gift vouchers",
    "pro rata leave",
    "per diem in Den Haag",
    "fin ops",
    "mobile app pour over",
    "μs latency alert",
    "who owns 微信支付平台团队",
    "Who wrote “Wer macht was im Team”?",
    "who owns qui-est-responsable?",
    "#équipe-réseau",
    "mise-en-place, who?",
    "no.",
    "la carte",
]


@pytest.mark.parametrize(("question", "language"), OTHERS)
def test_another_language_is_known(question: str, language: str) -> None:
    assert other_language(question) == (language or "another language")


@pytest.mark.parametrize("question", ENGLISH)
def test_english_is_never_taken_for_another_language(question: str) -> None:
    assert other_language(question) == ""
    assert other_language(question.upper()) == other_language(question.lower()) == ""


def test_no_question_that_people_asked_is_taken_for_another_language() -> None:
    lines = (ROOT / "eval" / "questions" / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line)["question"] for line in lines]
    assert len(asked) > 200
    assert [question for question in asked if other_language(question)] == []


def test_words_that_are_sure_are_no_words_of_english() -> None:
    said = tomllib.loads((ROOT / "assistant" / LANGUAGES).read_text(encoding="utf-8"))
    english = set(said["english"].split())
    for name, words in said["languages"].items():
        sure, also = set(words["sure"].split()), set(words["also"].split())
        assert (name, sure & (english | also)) == (name, set())


@pytest.fixture(scope="module")
def quay(new_index: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    pages = {
        "help.md": (
            "---\ntitle: Help\nowner: '#quay-office'\n---\n\n"
            "Ask the Seals team in #quay-seals about certificates.\n\n## Escalation path\n\n"
            "1. Your line manager\n2. The harbour master\n"
        ),
        "data/repos.yml": '- repo_name: tide-table\n  team: "#tides"\n',
    }
    index = new_index()
    ingest(str(write_manual(tmp_path_factory.mktemp("quay"), pages)), index, progress=silent)
    return Assistant.open(index)


def test_whoever_asks_in_another_language_is_told_so(quay: Assistant) -> None:
    answer = quay.answer("Wer kümmert sich um die certificates?")
    assert (answer.outcome, answer.rule, answer.contacts, answer.ladder) == ("decline", "declined:language", (), ())
    assert answer.markdown.startswith("That looks like German, and I read questions in English alone.")
    english = quay.answer("Who knows about certificates?")
    assert [contact.address for contact in english.contacts] == ["#quay-seals"]


def test_a_follow_up_in_another_language_borrows_nothing(quay: Assistant) -> None:
    history = ["Who knows about certificates?"]
    assert quay.answer("und am Wochenende?", history).rule == "declined:language"
    assert quay.answer("and who is next?", ["Wer weiß das?"]).outcome == "escalate"


@pytest.mark.parametrize(
    ("question", "rule", "address"),
    [
        ("Wem gehört tide-table?", "owner of thing", "#tides"),
        ("¿Quién está en #quay-seals?", "who is", "#quay-seals"),
        ("#quay-seals", "who is", "#quay-seals"),
    ],
)
def test_what_is_named_literally_is_answered_in_any_language(
    question: str, rule: str, address: str, quay: Assistant
) -> None:
    answer = quay.answer(question)
    assert (answer.rule, answer.contacts[0].address) == (rule, address)
