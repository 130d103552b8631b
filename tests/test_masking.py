"""What is taken out of a text before it is kept, and what stays."""

from __future__ import annotations

import random
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.masking import masked

UUID = "3d7a9b0c-1e2f-4a5b-8c6d-7e8f9a0b1c2d"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("who is fred.o'neil+work@digital.example.gov.uk?", "who is [email]?"),
        ("jürgen@müller.de, ada@example.org", "[email], [email]"),
        ("call 020 7946 0958.", "call [phone]."),
        ("(020) 7946 0958 or 07700900123", "[phone] or [phone]"),
        ("+44 (0)20 7946 0958", "[phone]"),
        ("0044 20 7946 0958", "[phone]"),
        ("01 23 45 67 89", "[phone]"),
        ("+1 (555) 123-4567, 555-123-4567", "[phone], [phone]"),
        ("tel:0800 123 4567", "tel:[phone]"),
        ("my NI number is QQ 12 34 56 C, qq123456c", "my NI number is [number], [number]"),
        ("card 4111 1111 1111 1111", "card [number]"),
        ("card 4111-1111-1111-1111 or 378282246310005", "card [number] or [number]"),
        ("3782 822463 10005", "[number]"),
        ("GB29 NWBK 6016 1331 9268 19", "[number]"),
        ("10.1.2.3 does not answer, nor fe80::1ff:fe23:4567:890a", "[number] does not answer, nor [number]"),
        ("AKIAIOSFODNN7EXAMPLE leaked", "[token] leaked"),
        ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "[token]"),
        ("ghp_abcdefghijklmnopqrst1234", "[token]"),
        ("github_pat_11ABCDEFG0abcdefghijklmno_x", "[token]"),
        ("xoxb-123456789012-abc", "[token]"),
        ("sk-proj-abc123def456ghi789jkl", "[token]"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_x", "[token]"),
        (f"our-team-{UUID}-{UUID}", "our-team-[token]"),
        (
            f"https://hooks.slack.com/services/T00000000/B00000000/{'X' * 24}",
            "https://hooks.slack.com/services/[token]",
        ),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\nx/y+z\n-----END RSA PRIVATE KEY----- why?", "[token] why?"),
        ("-----BEGIN PRIVATE KEY-----\ncut off", "[token]"),
        ("password=hunter2", "password=[token]"),
        ('DB_PASSWORD: "correct horse" fails', "DB_PASSWORD: [token] fails"),
        ('{"token": "abc"}', '{"token": [token]}'),
        ("api key := abc", "api key := [token]"),
        ("my password is hunter2!", "my password is [token]"),
        ("Authorization: Basic dXNlcg==", "Authorization: Basic [token]"),
        ("curl -H 'Authorization: Bearer abcdef'", "curl -H 'Authorization: Bearer [token]'"),
        ("https://user:hunter2@example.org/x", "https://[token]@example.org/x"),
        ("postgres://u:p@ss@db:5432/x", "postgres://[token]@db:5432/x"),
        ("deadbeef" * 5, "[token]"),
        ("k3j4h5k2j3h4k5j2h3k4j5h6", "[token]"),
        ("aB3dE5fG7hI9jK1lM3nO5pQ7", "[token]"),
    ],
)
def test_personal_data_and_secrets_are_taken_out(text: str, kept: str) -> None:
    assert masked(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "Who do I ask in #govuk-platform-engineering?",
        "Who owns govuk-app-deployment-secrets, and govuk_content_api?",
        "1st Line--Licensing Support",
        "source/manual/2nd-line/how-to-get-access-to-aws-console.html.md",
        "https://docs.publishing.service.gov.uk/manual/Deploy-2ndline-To-AWS.html#how-to-2",
        "https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/410",
        "https://example.slack.com/archives/C013F737737",
        "Rails 7.0.4.3, python3.11, v1.2.3, lodash@4.17.21 and 10.04.6",
        "2024-01-31 12:00:00, 31/01/2024 10:30, 01-02-2024 2025, 20240131",
        "db/migrate/20240131120000_add_table",
        "commit a1b2c3d, ticket 123456, INC0012345, release_1234, port 8080",
        "2ndline is 24/7, call 999",
        "GovukPublishingComponents2HelperFactory and AWSLoadBalancerV2TargetGroupARN",
        "ActiveRecord::Base, Foo::Bar::Baz at 12:30:45",
        "a-very-long-hyphenated-name-for-2ndline-Tech",
        "Who covers for @platform-oncall?",
        "Who issues bearer tokens, and what is basic authentication?",
        "A question on the token: who can rotate it?",
        "About secrets: rotating the Fastly one",
        "My password is wrong and the token is expired",
        "£1,234,567.89 for 2023/24",
        f"Which page has the content id {UUID}?",
    ],
)
def test_ordinary_questions_stay_as_they_are(text: str) -> None:
    assert masked(text) == text


words = st.sampled_from(
    ["who owns ", "password: ", "token=", " ", "://", "0", "+44 ", "a.b", "@", "x@y.uk", "'", '"', "AKIA", "[token]"]
)
texts = st.lists(st.one_of(words, st.text(max_size=8), st.text(string.hexdigits, max_size=40)), max_size=12).map(
    "".join
)


@given(texts, st.emails(), texts)
def test_no_email_address_stays(before: str, email: str, after: str) -> None:
    assert email not in masked(f"{before} {email} {after}")


@given(texts)
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@pytest.mark.parametrize("length", [24, 32, 40, 64])
def test_random_keys_do_not_stay(length: int) -> None:
    alphabet, dice = string.ascii_letters + string.digits, random.Random(7)  # noqa: S311
    keys = ["".join(dice.choice(alphabet) for _ in range(length)) for _ in range(200)]
    stayed = [key for key in keys if masked(f"key {key} leaked") != "key [token] leaked"]
    assert len(stayed) <= 6, stayed  # a few look like words, the more so the shorter they are


@pytest.mark.parametrize(
    "piece",
    [
        *("a", "0", " ", ":", "'", "!", "-", "_", "f", "0 ", "(0", "a@", "a.", "1:", "1.1.", "1-", "a1", "aA1-", "+1 "),
        *("password", "password: ", "password:'", 'token="', "secret is ", "bearer ", "authorization: ", "://", "a://"),
        *("-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "eyJ-", "SG.-", "sk-", "pypi-", "AB12 ", "AB1234", "x@y"),
    ],
)
def test_no_text_takes_for_ever(piece: str) -> None:
    # Ten times as long as any question: what grew with the square of the length, or faster, would be noticed here.
    text = (piece * 20_000)[:20_000]
    assert masked(masked(text)) == masked(text)


def test_every_placeholder_is_of_one_of_four_kinds() -> None:
    text = masked("ada@example.org 07700 900123 4111 1111 1111 1111 password=x")
    assert set(re.findall(r"\[\w+\]", text)) == {"[email]", "[phone]", "[number]", "[token]"}
