import itertools

import numpy as np

from benchmarks import corpora
from course_lib import Vocabulary


def test_each_piece_is_trained_on_or_held_out():
    text, held_out = corpora.parts("lee", None)
    assert isinstance(text, list)
    whole = corpora.datasets.load_corpus("lee")
    assert sum(map(len, text)) + sum(map(len, held_out)) == sum(map(len, whole))
    assert 0.03 < len(held_out) / (len(text) + len(held_out)) < 0.07


def test_a_long_sentence_gives_to_both(tmp_path):
    path = tmp_path / "one_line.txt"
    path.write_text(" ".join(map(str, range(45_000))))
    text, held_out = corpora.parts(str(path), None)
    assert not isinstance(text, list), "a file is read anew each time"
    assert list(text) == list(text)
    assert [int(piece[0]) for piece in held_out] == [19_000, 39_000]
    assert sum(map(len, text)) == 43_000


def test_the_made_up_text_has_its_length_zipfs_law_and_topics():
    text = corpora.zipf_text(100_000)
    assert sum(map(len, text)) == 100_000
    assert text == corpora.zipf_text(100_000)
    assert text != corpora.zipf_text(100_000, seed=2)
    counts = Vocabulary.from_sentences(text, 1).counts
    slope = np.polyfit(np.log(np.arange(10, 1000)), np.log(counts[10:1000]), 1)[0]
    assert -1.2 < slope < -0.7
    # A word of a topic comes again in its own sentence more often than in the next one.
    halves = [({*line[:10]}, {*line[10:20]}) for line in text if len(line) >= 20]
    rare = [
        tuple({word for word in half if int(word[1:]) > 200} for half in pair) for pair in halves
    ]
    again = sum(len(first & second) for first, second in rare)
    by_chance = sum(len(one[0] & other[1]) for one, other in itertools.pairwise(rare))
    assert again > 3 * by_chance > 0
