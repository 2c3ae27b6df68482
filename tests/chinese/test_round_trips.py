"""Chinese words survive every save and load, whatever the system's encoding is."""

import os
import subprocess
import sys

import numpy as np
import pytest
from gensim.models import KeyedVectors, Word2Vec
from gensim.models.word2vec import LineSentence

from course_lib.corpus import TextFile
from course_lib.embeddings import Embeddings
from course_lib.vocabulary import Vocabulary

RANGES = [
    (0x4E00, 0x9FFF),  # the usual characters
    (0x3400, 0x4DBF),  # extension A
    (0x20000, 0x2A6DF),  # extension B: four bytes in UTF-8
    (0x30000, 0x3134A),  # extension G
    (0xF900, 0xFA6D),  # compatibility characters
    (0xFF01, 0xFF5E),  # full-width letters and punctuation
    (0x3001, 0x301F),  # Chinese punctuation
    (0x0300, 0x036F),  # accents that join what stands before them
    (0xE0100, 0xE01EF),  # selectors of variants
    (0x61, 0x7A),
]


def random_words(count, seed):
    """Draw different words of one to six characters from all of these ranges."""
    rng = np.random.default_rng(seed)
    words = set()
    while len(words) < count:
        picks = rng.integers(len(RANGES), size=rng.integers(1, 7))
        words.add("".join(chr(rng.integers(*RANGES[pick], endpoint=True)) for pick in picks))
    return sorted(words)


@pytest.fixture(params=range(3))
def embeddings(request):
    words = [*random_words(200, request.param), "人工智慧", "𠮷野家", "葛\U000e0100城", "㈱"]
    rng = np.random.default_rng(request.param)
    vectors = rng.normal(size=(len(words), 5)).astype(np.float32)
    return Embeddings(Vocabulary(words), vectors)


def assert_same(words, vectors, embeddings):
    assert list(words) == list(embeddings.vocabulary.words)
    np.testing.assert_allclose(vectors, embeddings.input_vectors, rtol=1e-6)


def test_our_own_file(embeddings, tmp_path):
    embeddings.save(tmp_path / "詞向量.npz")
    again = Embeddings.load(tmp_path / "詞向量.npz")
    assert_same(again.vocabulary.words, again.input_vectors, embeddings)


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_word2vec_format(embeddings, tmp_path, binary, suffix):
    path = str(tmp_path / f"詞{suffix}")
    embeddings.to_keyed_vectors().save_word2vec_format(path, binary=binary)
    again = KeyedVectors.load_word2vec_format(path, binary=binary)
    assert_same(again.index_to_key, again.vectors, embeddings)


def test_gensims_own_file(embeddings, tmp_path):
    path = str(tmp_path / "詞.kv")
    embeddings.to_keyed_vectors().save(path)
    assert_same(KeyedVectors.load(path).index_to_key, KeyedVectors.load(path).vectors, embeddings)


def test_a_whole_model_of_gensim(tmp_path):
    model = Word2Vec(
        [["人工智慧", "𠮷野家", "葛\U000e0100城"]] * 5, min_count=1, vector_size=4, workers=1
    )
    model.save(str(tmp_path / "模型"))
    again = Word2Vec.load(str(tmp_path / "模型"))
    assert again.wv.index_to_key == model.wv.index_to_key
    assert np.array_equal(again.wv.vectors, model.wv.vectors)


@pytest.mark.parametrize("suffix", [".txt", ".txt.gz", ".txt.bz2"])
def test_a_segmented_file_is_streamed_by_us_and_by_gensim(tmp_path, suffix):
    import bz2
    import gzip

    words = random_words(300, seed=9)
    sentences = [words[i : i + 7] for i in range(0, 300, 7)]
    path = tmp_path / f"斷詞{suffix}"
    opener = {".txt": open, ".txt.gz": gzip.open, ".txt.bz2": bz2.open}[suffix]
    with opener(path, "wt", encoding="utf-8") as file:
        file.write("\n".join(map(" ".join, sentences)) + "\n")
    assert list(TextFile(path)) == sentences
    assert list(LineSentence(str(path))) == sentences


CHILD = """
import sys
from pathlib import Path
import numpy as np
from course_lib import Embeddings, Vocabulary, chinese, datasets, glossary
from course_lib.corpus import TextFile
from gensim.models import KeyedVectors
folder = Path(sys.argv[1])
words = ["人工智慧", "𠮷野家", "葛\\U000e0100城", "cafe\\u0301", "ＡＢＣ"]
small = Embeddings(Vocabulary(words), np.eye(5, dtype=np.float32))
small.save(folder / "ours.npz")
assert list(Embeddings.load(folder / "ours.npz").vocabulary.words) == words
keyed = small.to_keyed_vectors()
for binary in (False, True):
    keyed.save_word2vec_format(str(folder / "theirs"), binary=binary)
    again = KeyedVectors.load_word2vec_format(str(folder / "theirs"), binary=binary)
    assert again.index_to_key == words
keyed.save(str(folder / "native"))
assert KeyedVectors.load(str(folder / "native")).index_to_key == words
(folder / "words.txt").write_bytes(" ".join(words).encode("utf-8"))
assert list(TextFile(folder / "words.txt")) == [words]
assert len(datasets.load_corpus("chinese")) == 12208 and len(glossary.terms()) > 60
assert chinese.Segmenter()("人工智慧改變世界") == ["人工智慧", "改變", "世界"]
assert chinese.to_simplified("學習") == "学习"
print("survived", sys.flags.utf8_mode)
"""


def test_everything_works_on_a_system_without_utf8(tmp_path):
    (tmp_path / "child.py").write_text(CHILD, encoding="utf-8")
    bare = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    run = subprocess.run(
        [sys.executable, tmp_path / "child.py", tmp_path],
        env=os.environ | bare, capture_output=True, text=True,
    )  # fmt: skip
    assert run.stdout == "survived 0\n", run.stderr
    assert run.stderr == ""
