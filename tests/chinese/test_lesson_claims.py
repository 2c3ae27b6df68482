"""What lesson 12 says of jieba, gensim 3, matplotlib and Python, and does not show in a cell."""

import io
import logging
import os
import subprocess
import sys

import numpy as np
import pytest
from gensim.models import Word2Vec
from matplotlib.figure import Figure

from course_lib import chinese

TEXT = [["人工", "智慧", "改變", "世界"]] * 50
SETTINGS = {"vector_size": 4, "min_count": 1, "workers": 1}


@pytest.mark.parametrize("old", ["size", "iter"])
def test_names_of_gensim_3_raise_type_error(old):
    with pytest.raises(TypeError, match=old):
        Word2Vec(TEXT, min_count=1, **{old: 5})


def test_the_vectors_live_in_wv():
    model = Word2Vec(TEXT, **SETTINGS)
    assert model.wv["智慧"].shape == (4,)
    with pytest.raises(TypeError, match="subscriptable"):
        model["智慧"]


def test_each_call_of_train_starts_at_the_first_alpha_again(caplog):
    long = TEXT * 200  # several jobs of 10,000 words: alpha falls from one to the next
    model = Word2Vec(**SETTINGS)
    model.build_vocab(long)
    with caplog.at_level(logging.WARNING):
        model.train(long, total_examples=model.corpus_count, epochs=1)
        reached = model.min_alpha_yet_reached
        assert reached < 0.025
        assert "higher than previous" not in caplog.text
        model.train(long, total_examples=model.corpus_count, epochs=1)
    assert "Effective 'alpha' higher than previous training cycles" in caplog.text


def test_jieba_itself_prints_and_leaves_its_dictionary_behind(tmp_path):
    code = "import jieba; list(jieba.cut('我喝茶'))"
    environment = os.environ | {"TMPDIR": str(tmp_path), "TEMP": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert len(run.stderr.splitlines()) == 4
    assert (tmp_path / "jieba.cache").exists()


def test_the_hidden_markov_model_invents_words():
    segmenter = chinese.Segmenter()
    assert "科學家會" in segmenter("資料科學家會整理資料")
    without = segmenter._tokenizer.cut("資料科學家會整理資料", HMM=False)
    assert "科學家會" not in list(without)


def test_matplotlibs_own_font_warns_of_each_missing_character():
    figure = Figure()
    figure.text(0.5, 0.5, "人工", family="DejaVu Sans")
    with pytest.warns(UserWarning, match="Glyph") as caught:
        figure.savefig(io.BytesIO())
    assert len({str(warning.message) for warning in caught}) == 2


def test_split_cuts_at_the_wide_space():
    assert ["全", "形", "1.5"] == ["全", "形", "1.5"]
    assert ["全\u3000形", "1.5"] == ["全\u3000形", "1.5"]
    assert "行\u2028列".splitlines() == ["行", "列"]


def test_no_character_of_the_planes_of_chinese_changes_its_length():
    """What `via_simplified` rests on: a text and its Simplified form have the same places."""
    rng = np.random.default_rng(1)
    for _ in range(200):
        text = "".join(map(chr, rng.integers(0x4E00, 0xA000, size=40)))
        assert len(chinese.to_simplified(text)) == len(text)
