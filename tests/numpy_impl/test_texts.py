import gc
import tempfile
from pathlib import Path

import numpy as np
import pytest

from course_lib.corpus import Shuffled, TextFile
from course_lib.numpy_impl import texts
from course_lib.vocabulary import Vocabulary

WORDS = [f"w{number}" for number in range(3000)]
RNG = np.random.default_rng(5)


def drawn(sentences, longest):
    ranks = RNG.zipf(1.3, (sentences, longest)).clip(1, len(WORDS)) - 1
    lengths = RNG.integers(0, longest, sentences)
    return [[WORDS[rank] for rank in row[:n]] for row, n in zip(ranks, lengths, strict=True)]


TEXT = [*drawn(1, 25_000), [], *drawn(2000, 40), ["rare", "w1"], *drawn(5, 15_000), []]


class Streamed:
    """A corpus of which nobody knows whether it will be the same next time."""

    def __iter__(self):
        return iter(TEXT)


def all_jobs(text):
    return [(rows.tolist(), lengths.tolist()) for rows, lengths in text.jobs()]


def numbered(sentences, vocabulary):
    text = texts.open_text(sentences)
    text.number_by(vocabulary)
    return text


def test_a_stored_text_is_the_streamed_one():
    stored, streamed = texts.open_text(TEXT), texts.open_text(Streamed())
    assert isinstance(stored, texts.StoredText) and isinstance(streamed, texts.StreamedText)
    vocabulary = stored.vocabulary(3)
    assert vocabulary == streamed.vocabulary(3) == Vocabulary.from_sentences(TEXT, 3)
    stored.number_by(vocabulary)
    streamed.number_by(vocabulary)
    expected = all_jobs(streamed)
    assert all_jobs(stored) == expected
    assert all_jobs(stored) == expected, "a second epoch"
    assert (stored.sentences, stored.tokens) == (streamed.sentences, streamed.tokens)
    assert (stored.sentences, stored.tokens) == (len(TEXT), sum(map(len, TEXT)))


def test_jobs_are_the_text_in_pieces_of_ten_thousand_tokens():
    vocabulary = Vocabulary.from_sentences(TEXT, 3)
    jobs = all_jobs(numbered(TEXT, vocabulary))
    rows = [row for job, _ in jobs for row in job]
    tokens = [token for sentence in TEXT for token in sentence]
    assert rows == [vocabulary.index(t) if t in vocabulary else -1 for t in tokens]
    assert -1 in rows
    assert [n for _, lengths in jobs for n in lengths] == [len(sentence) for sentence in TEXT]
    for job, lengths in jobs:
        assert len(job) == sum(lengths)
        assert len(job) <= texts.JOB_WORDS or len(lengths) == 1


def test_a_vocabulary_of_other_words_may_be_given():
    vocabulary = Vocabulary(["unseen", "w1", "rare"], [1, 1, 1])
    rows = np.concatenate([rows for rows, _ in numbered(TEXT, vocabulary).jobs()])
    assert np.bincount(rows + 1, minlength=4).tolist()[1:] == [
        0,
        sum(sentence.count("w1") for sentence in TEXT),
        1,
    ]


def test_a_first_sentence_that_is_too_long_makes_an_empty_job_as_in_gensim():
    jobs = list(numbered([["a"] * 10_001, ["b"]], Vocabulary(["a", "b"], [1, 1])).jobs())
    assert [len(rows) for rows, _ in jobs] == [0, 10_001, 1]


def test_what_may_change_is_not_stored(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("one two\nthree\n")

    class Reordered(list):
        """A list that reshuffles itself."""

    shuffled = Shuffled(TEXT, np.random.default_rng(1))
    assert isinstance(texts.open_text(TextFile(path)), texts.StoredText)
    assert isinstance(texts.open_text(tuple(TEXT)), texts.StoredText)
    assert isinstance(texts.open_text(shuffled), texts.StreamedText)
    assert isinstance(texts.open_text(Reordered(TEXT)), texts.StreamedText)


@pytest.mark.parametrize(
    "sentences", [["one string"], [["a"], "b"], "abc", iter([["a"]]), [["a"], [["b"]]], [["a"], 3]]
)
def test_what_is_no_text_is_refused(sentences):
    with pytest.raises(ValueError, match=r"string|once|several times"):
        list(numbered(sentences, Vocabulary(["a", "b"])).jobs())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's disk that is always full")
def test_a_full_disk_is_told_with_a_remedy(monkeypatch):
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: Path("/dev/full").open("w+b"))  # noqa: SIM115
    with pytest.raises(OSError, match="TMPDIR"):
        texts.open_text(TEXT)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs Linux's list of open files")
def test_no_file_stays_open():
    def open_files():
        return sum(1 for link in Path("/proc/self/fd").iterdir() if link.exists())

    gc.collect()
    before = open_files()
    for _ in range(20):
        text = texts.open_text([["a", "b"]])
    del text
    gc.collect()
    assert open_files() == before
