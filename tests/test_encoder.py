"""The exported encoder against the model it comes from."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import pytest
from tokenizers import Tokenizer

from ingest.cores import CORES
from ingest.encoder.cache import encoder_of
from ingest.encoder.model import DEFAULT_MODEL, Model, export, find_model, model_name
from ingest.encoder.onnx import ASKED, CARD, GRAPH, SHARED, TOKENIZER, Card, Encoder
from ingest.errors import UserError
from ingest.manual.passages import passages_of
from ingest.manual.reading import read_manual

SENTENCE = "Speak to the Domains team if you need a new zone under example.org before the end of Friday"
WORDS = SENTENCE.split()
CORPUS = Path(__file__).parent.parent / "corpus"
TEXTS = [
    "",
    " ",
    "?",
    "\u00e9",
    "DNS",
    "\U0001f600 who is on call \U0001f6a8",
    "\u0417\u0434\u0440\u0430\u0432\u0441\u0442\u0432\u0443\u0439\u0442\u0435",
    "\u6771\u4eac\u306e\u62c5\u5f53\u8005",
    "content-store_2.0 `1st Line--Licensing Support` #govuk-2ndline-tech",
    "a\x00b\u200bc\ufeff",
    "line\nbreak\ttab",
    *(" ".join(WORDS[:n]) for n in range(1, len(WORDS) + 1)),
    *(" ".join(WORDS[n % len(WORDS)] for n in range(start, start + 40 * start)) for start in range(1, 23)),
]


def test_the_card_says_what_the_model_is(encoder: Encoder) -> None:
    assert (encoder.name, encoder.dimension, encoder.max_tokens) == (DEFAULT_MODEL, 384, 256)
    assert len(encoder.digest) == 64


def test_vectors_are_unit_and_in_the_texts_order(encoder: Encoder) -> None:
    vectors = encoder.embed(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((len(TEXTS), 384), np.dtype(np.float32))
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
    assert vectors[4].tobytes() == encoder.embed_query("DNS").tobytes()


def test_a_text_gives_the_same_bytes_whatever_stands_beside_it(encoder: Encoder) -> None:
    together = encoder.embed(TEXTS)
    reverse = encoder.embed(TEXTS[::-1])[::-1]
    assert together.tobytes() == reverse.tobytes()
    assert encoder.embed(TEXTS[20:21])[0].tobytes() == together[20].tobytes()


def test_threads_may_share_an_encoder(encoder: Encoder) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(encoder.embed_query, TEXTS))
    assert np.array(found).tobytes() == encoder.embed(TEXTS).tobytes()


def test_nothing_to_embed(encoder: Encoder) -> None:
    assert encoder.embed([]).shape == (0, 384)


def test_tokens_are_counted_whole(encoder: Encoder) -> None:
    assert encoder.count_tokens("") == 2
    assert encoder.count_tokens("page") == 3
    assert encoder.count_tokens("page " * 1000) == 1002


def test_what_is_beyond_the_models_length_is_cut(encoder: Encoder) -> None:
    long = "rota " * 254
    assert encoder.embed_query(long).tobytes() == encoder.embed_query(long + "and more").tobytes()


def test_a_broken_argument_is_embedded_all_the_same(encoder: Encoder) -> None:
    assert encoder.embed_query("caf\udce9").shape == (384,)
    assert encoder.count_tokens("caf\udce9") > 2


def test_what_failed_is_tried_again(encoder: Encoder, encoder_home: Path) -> None:
    class Failing(ort.InferenceSession):
        """A session that finds no memory for a while."""

        full = True

        def run(self, *given: Any, **said: Any) -> Any:
            if self.full:
                raise MemoryError
            return super().run(*given, **said)

    session = Failing(str(encoder_home / GRAPH), providers=["CPUExecutionProvider"])
    weak = Encoder(Card.read(encoder_home), Tokenizer.from_file(str(encoder_home / TOKENIZER)), session)
    with pytest.raises(MemoryError):
        weak.embed_query("the rota")
    session.full = False
    assert np.dot(weak.embed_query("the rota"), encoder.embed_query("the rota")) > 0.9999


def test_threads_that_share_a_text_give_the_same_bytes(encoder: Encoder, encoder_home: Path) -> None:
    sharing = Encoder.open(encoder_home, SHARED)
    with ThreadPoolExecutor(4) as pool:
        shared = list(pool.map(sharing.embed_query, TEXTS))
    assert [vector.tobytes() for vector in shared] == [vector.tobytes() for vector in encoder.embed(TEXTS)]


@pytest.mark.parametrize("texts", [TEXTS[:1], TEXTS[18:20], ["dns", "dns"], ["dns", "the rota", "dns"], TEXTS])
def test_some_at_once_give_the_vectors_of_each_alone(encoder: Encoder, texts: list[str]) -> None:
    alone = [encoder.embed_query(text).tobytes() for text in texts]
    encoder.embed_queries([str(n) for n in range(ASKED)])  # what was kept goes
    assert [vector.tobytes() for vector in encoder.embed_queries(texts)] == alone


def test_no_more_run_at_once_than_there_are_cores(encoder_home: Path) -> None:
    class Counting(ort.InferenceSession):
        """A session that counts who is in it."""

        lock, inside, most = threading.Lock(), 0, 0

        def run(self, *given: Any, **said: Any) -> Any:
            with self.lock:
                self.inside += 1
                self.most = max(self.most, self.inside)
            time.sleep(0.02)
            found = super().run(*given, **said)
            with self.lock:
                self.inside -= 1
            return found

    session = Counting(str(encoder_home / GRAPH), providers=["CPUExecutionProvider"])
    counted = Encoder(Card.read(encoder_home), Tokenizer.from_file(str(encoder_home / TOKENIZER)), session)
    with ThreadPoolExecutor(4 * CORES) as pool:
        list(pool.map(counted.embed_query, [f"the rota of week {n}" for n in range(6 * CORES)]))
    assert session.most == CORES


def test_the_last_few_vectors_are_kept(encoder: Encoder) -> None:
    assert encoder.embed_query("the rota of week 99") is encoder.embed_query("the rota of week 99")


def test_progress_is_told_of_each_text(encoder: Encoder) -> None:
    told: list[tuple[int, int]] = []
    encoder.embed(["a", "b", "c"], lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("harm", ["no card", "card is no JSON", "card lacks a field", "graph cut", "graph bad"])
def test_a_damaged_encoder_is_refused(encoder_home: Path, tmp_path: Path, harm: str) -> None:
    folder = tmp_path / "encoder"
    shutil.copytree(encoder_home, folder)
    card, graph = folder / CARD, folder / GRAPH
    if harm == "no card":
        card.unlink()
    elif harm == "card is no JSON":
        card.write_text("{")
    elif harm == "card lacks a field":
        card.write_text(json.dumps({"name": "x"}))
    elif harm == "graph cut":
        graph.write_bytes(graph.read_bytes()[:1000])
    else:
        graph.write_bytes(bytes(graph.stat().st_size))
    with pytest.raises(UserError, match=r"is damaged: .*whodoiask ingest"):
        Encoder.open(folder)


def test_an_exported_encoder_is_not_exported_again(encoder: Encoder, encoder_home: Path) -> None:
    before = encoder_home.stat()
    assert encoder_of(find_model(None)).digest == encoder.digest
    assert encoder_home.stat() == before


@pytest.mark.parametrize("model", [None, "all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"])
def test_the_packaged_model_has_three_names(model: str | None) -> None:
    assert model_name(model) == DEFAULT_MODEL
    assert find_model(model).folder.name == "model"


def test_a_model_that_must_be_downloaded_is_refused_offline() -> None:
    with pytest.raises(UserError, match="can it be downloaded"):
        find_model("nobody/no-such-model")


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"has no modules\.json"):
        find_model(str(tmp_path))


def test_the_question_path_never_loads_torch() -> None:
    heavy = "{'torch', 'sentence_transformers', 'chromadb'}"
    code = f"import sys, ingest.encoder.onnx; print(sorted({heavy} & {{*sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def _variant(tmp_path: Path, pooling: dict[str, bool], **config: object) -> Model:
    """The packaged model with another pooling, and files of its own configuration changed."""
    folder = tmp_path / "variant"
    shutil.copytree(find_model(None).folder, folder)
    said = {"word_embedding_dimension": 384, "pooling_mode_mean_tokens": False, **pooling}
    (folder / "1_Pooling/config.json").write_text(json.dumps(said))
    for name, value in config.items():
        (folder / f"{name}.json").write_text(json.dumps(value))
    return find_model(str(folder))


@pytest.fixture(scope="module")
def passages(encoder: Encoder) -> list[str]:
    """Odd texts, and the starter manual's passages, long and short."""
    manual = read_manual(CORPUS)
    cut = (passages_of(manual, encoder.count_tokens, longest) for longest in (encoder.max_tokens, 96, 64))
    texts = [*TEXTS, *dict.fromkeys(passage.text for passages in cut for passage in passages)]
    assert len(texts) - len(TEXTS) >= 500
    return texts


@pytest.fixture(scope="module")
def with_cls(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model that takes a text's first token for the whole of it."""
    return _variant(tmp_path_factory.mktemp("with-cls"), {"pooling_mode_cls_token": True})


@pytest.fixture(scope="module")
def own(passages: list[str], with_cls: Model, tmp_path_factory: pytest.TempPathFactory) -> list[np.ndarray]:
    """What sentence-transformers itself makes of texts: the packaged model with its adapter, as it was published, and
    the variant. All in one process, and none of the tests' own: torch is large, and it takes seconds to import."""
    asked = [(None, passages), (str(find_model(None).folder), TEXTS), (str(with_cls.folder), TEXTS[:20])]
    folder = tmp_path_factory.mktemp("own")
    code = (
        "import sys, json, numpy as np, torch; from ingest.encoder.model import find_model, load\n"
        "for number, (model, texts) in enumerate(json.load(sys.stdin)):\n"
        "    loaded = load(find_model(model))\n"
        "    torch.set_num_threads(1)\n"  # two wait for each other where other tests run
        "    np.save(f'{sys.argv[1]}/{number}.npy', loaded.encode(texts, normalize_embeddings=True))\n"
    )
    subprocess.run(
        [sys.executable, "-c", code, folder],
        check=True, capture_output=True, text=True, input=json.dumps(asked), env={**os.environ},
    )  # fmt: skip
    return [np.load(folder / f"{number}.npy") for number in range(len(asked))]


@pytest.mark.slow
def test_the_export_agrees_with_sentence_transformers(
    encoder: Encoder, passages: list[str], own: list[np.ndarray]
) -> None:
    cosine = (encoder.embed(passages) * own[0]).sum(axis=1)
    assert cosine.min() >= 0.9999


@pytest.mark.slow
def test_the_adapter_moves_vectors_a_little(encoder: Encoder, own: list[np.ndarray]) -> None:
    cosine = (encoder.embed(TEXTS) * own[1]).sum(axis=1)
    assert cosine.max() < 0.9999
    assert np.median(cosine) > 0.8
    assert find_model(None).digest != find_model(str(find_model(None).folder)).digest


@pytest.mark.slow
def test_another_model_with_cls_pooling(
    tmp_path: Path, encoder: Encoder, with_cls: Model, own: list[np.ndarray]
) -> None:
    assert with_cls.digest != encoder.digest
    export(with_cls, tmp_path / "encoder")
    other = Encoder.open(tmp_path / "encoder")
    assert other.name == "variant"
    cosine = (other.embed(TEXTS[:20]) * own[2]).sum(axis=1)
    assert cosine.min() > 0.9999
    assert [entry.name for entry in tmp_path.iterdir()] == ["encoder"]


@pytest.mark.slow
def test_a_model_that_pools_otherwise_is_refused(tmp_path: Path) -> None:
    model = _variant(tmp_path, {"pooling_mode_max_tokens": True})
    with pytest.raises(UserError, match="pools by max"):
        export(model, tmp_path / "encoder")
    assert [entry.name for entry in tmp_path.iterdir()] == ["variant"]
