"""The encoder, kept once a machine: found there by every index, and exported again when it is gone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import silent

from ingest.build import ingest
from ingest.encoder.cache import VARIABLE, encoder_of, folder_of
from ingest.encoder.model import Model, find_model
from ingest.errors import UserError
from ingest.store.index import Index

EXPORT = (
    "import sys; from ingest.encoder.cache import encoder_of; from ingest.encoder.model import find_model;"
    "print(encoder_of(find_model(sys.argv[1])).digest)"
)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def shallow(tmp_path: Path) -> Model:
    """The packaged model's first layer alone: a model that is exported in seconds."""
    folder = tmp_path / "shallow"
    shutil.copytree(find_model(None).folder, folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 1}))
    return find_model(str(folder))


def test_two_processes_may_export_at_once(cache: Path, shallow: Model) -> None:
    command = [sys.executable, "-c", EXPORT, str(shallow.folder)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=500) for process in both]
    assert said == [(f"{shallow.digest}\n", "")] * 2
    folder = folder_of(shallow.digest)
    assert {entry.name for entry in (cache / "encoders").iterdir()} == {folder.name, f"{folder.name}.lock"}


def test_an_encoder_that_is_gone_or_damaged_is_exported_again(
    cache: Path, shallow: Model, small_manual: Path, index_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest(str(small_manual), index_folder, model=str(shallow.folder), progress=silent)
    index = Index.open(index_folder)
    vector = index.encoder.embed_query("the rota")
    assert capsys.readouterr().err == ""
    graph = index.encoder_home / "model.onnx"
    for harm in (lambda: shutil.rmtree(cache), lambda: graph.write_bytes(bytes(graph.stat().st_size))):
        harm()
        again = Index.open(index_folder)
        assert again.encoder.embed_query("the rota").tobytes() == vector.tobytes()
        assert again.encoder.name == "shallow"
        assert capsys.readouterr().err == "Preparing the encoder: half a minute, once on this machine.\n"
    shutil.rmtree(cache)
    shutil.rmtree(shallow.folder)
    with pytest.raises(UserError, match=r"model shallow that the index was made with is not on this machine: run"):
        _ = Index.open(index_folder).encoder


def test_an_encoder_that_is_there_needs_no_model(encoder_home: Path, small_index: Path) -> None:
    index = Index.open(small_index)
    assert index.encoder_home == encoder_home
    code = (
        "import sys; from pathlib import Path; from ingest.store.index import Index;"
        "Index.open(Path(sys.argv[1])).encoder.embed_query('x');"
        "print(sorted({'torch', 'sentence_transformers', 'filelock'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(small_index)], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_a_cache_that_cannot_be_written_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file"))
    with pytest.raises(UserError, match=r"cannot be kept in .*file/encoders \(.*WHODOIASK_CACHE\.$") as raised:
        encoder_of(find_model(None))
    assert "\n" not in str(raised.value)


def test_without_a_wish_the_cache_is_the_platforms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    home = folder_of("0123456789abcdef" * 4)
    assert home.parent.parts[-2:] == ("whodoiask", "encoders")
    assert sys.platform != "linux" or home.is_relative_to(tmp_path)
    assert os.fspath(home.name).startswith("0123456789abcdef-")
