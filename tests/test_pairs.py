import numpy as np
import pytest

from course_lib import Vocabulary, Word2VecSettings
from course_lib.pairs import CHUNK, pair_batches, skipgram_pairs, subsample, window_blocks
from course_lib.training import BatchMaker


def pairs_by_loops(sentence, reaches):
    """The definition, word by word."""
    pairs = []
    for position, reach in enumerate(reaches):
        for other in range(max(0, position - reach), min(len(sentence), position + reach + 1)):
            if other != position:
                pairs.append((sentence[position], sentence[other]))
    return pairs


@pytest.mark.parametrize("length", [0, 1, 2, 3, 7, 30])
@pytest.mark.parametrize("window", [1, 2, 5, 50])
def test_full_windows_are_the_definition(length, window):
    sentence = np.random.default_rng(length).integers(0, 9, size=length)
    centers, contexts = skipgram_pairs(sentence, window)
    expected = pairs_by_loops(sentence, [window] * length)
    assert list(zip(centers, contexts, strict=True)) == expected


@pytest.mark.parametrize("seed", range(5))
def test_shrinking_windows_are_the_definition(seed):
    sentence = np.random.default_rng(seed).integers(0, 9, size=25)
    centers, contexts = skipgram_pairs(sentence, 4, np.random.default_rng(seed))
    reaches = np.random.default_rng(seed).integers(1, 5, size=25)
    assert list(zip(centers, contexts, strict=True)) == pairs_by_loops(sentence, reaches)


def test_the_shrinking_window_weighs_distance_d_by_w_minus_d_plus_1_over_w():
    sentence, window = np.arange(100_000), 5
    centers, contexts = skipgram_pairs(sentence, window, np.random.default_rng(1))
    distances = np.abs(centers - contexts)
    measured = np.bincount(distances, minlength=window + 1)[1:] / (2 * len(sentence))
    expected = (window - np.arange(1, window + 1) + 1) / window
    np.testing.assert_allclose(measured, expected, atol=0.006)  # four standard errors


def test_subsampling_keeps_the_share_it_is_told():
    sentence = np.repeat([0, 1, 2], 50_000)
    kept = subsample(sentence, np.array([1.0, 0.3, 0.0]), np.random.default_rng(1))
    counts = np.bincount(kept, minlength=3)
    assert (counts[0], counts[2]) == (50_000, 0)
    assert abs(counts[1] / 50_000 - 0.3) < 0.009
    assert (np.diff(kept) >= 0).all(), "the order stays"


def test_batches_hold_every_pair_once_and_in_order():
    text = [["a", "b", "c"], [], ["c"], ["x"], ["b", "x", "a", "c", "a"]]
    vocabulary = Vocabulary(["a", "b", "c"], [3, 2, 2])
    settings = Word2VecSettings(window=2, sample=0, shrink_windows=False, batch_size=4)
    batches = list(pair_batches(text, vocabulary, settings, np.random.default_rng(1)))
    assert [len(batch.centers) for batch in batches] == [4, 4, 4, 4]
    # "x" is unknown and leaves the text before the window is laid.
    expected = pairs_by_loops([0, 1, 2], [2] * 3) + pairs_by_loops([1, 0, 2, 0], [2] * 4)
    seen = [pair for batch in batches for pair in zip(batch.centers, batch.contexts, strict=True)]
    assert seen == expected
    assert [batch.words_read for batch in batches][-1] == 8


def test_batches_are_subsampled_and_shrunk():
    text = [["a", "b"] * 2000]
    vocabulary = Vocabulary(["a", "b"], [2000, 2000])

    def pairs(**changes):
        settings = Word2VecSettings(window=4, batch_size=1000, **changes)
        batches = pair_batches(text, vocabulary, settings, np.random.default_rng(1))
        return sum(len(batch.centers) for batch in batches)

    full = pairs(sample=0, shrink_windows=False)
    assert full == 4000 * 8 - 2 * (1 + 2 + 3 + 4)
    assert pairs(sample=0) == pytest.approx(full * 5 / 8, rel=0.02)
    keep = vocabulary.keep_probabilities(0.1)[0]
    assert pairs(sample=0.1, shrink_windows=False) == pytest.approx(full * keep, rel=0.05)


def long_text():
    rng = np.random.default_rng(3)
    lengths = [2 * CHUNK + 5, 0, 1, *rng.integers(0, 40, size=900)]
    return [[f"w{word}" for word in rng.integers(0, 30, size=length)] for length in lengths]


@pytest.mark.parametrize("sample", [0, 0.01])
def test_chunks_change_nothing(sample):
    """The pairs of many sentences at once are those of one sentence after the other."""
    text = long_text()
    vocabulary = Vocabulary.from_sentences(text, 1)
    settings = Word2VecSettings(window=4, sample=sample, batch_size=1000)
    rng = np.random.default_rng(1)
    keep = vocabulary.keep_probabilities(sample)
    expected, read = [], []
    for tokens in text:
        sentence = vocabulary.encode(tokens)
        read.append(len(sentence) + (read[-1] if read else 0))
        if sample:
            sentence = subsample(sentence, keep, rng)
        expected.append(np.column_stack([*skipgram_pairs(sentence, 4, rng)]))
    ends = np.cumsum([len(pairs) for pairs in expected])
    expected = np.concatenate(expected)
    start = 0
    for batch in pair_batches(text, vocabulary, settings, np.random.default_rng(1)):
        stop = start + len(batch.centers)
        np.testing.assert_array_equal(
            np.column_stack([batch.centers, batch.contexts]), expected[start:stop]
        )
        assert batch.words_read == read[np.searchsorted(ends, stop)]
        start = stop
    assert start == len(expected)


def test_windows_hold_the_pairs():
    text = long_text()
    vocabulary = Vocabulary.from_sentences(text, 1)
    settings = Word2VecSettings(window=4, sample=0.01, batch_size=300)
    from_windows, sizes = [], []
    for (contexts, mask, centers), _ in window_blocks(
        text, vocabulary, settings, np.random.default_rng(1)
    ):
        assert mask.any(axis=1).all(), "no empty window"
        assert mask.any(axis=0).all(), "no wider than the widest window"
        assert (np.diff(mask.astype(int), axis=1) <= 0).all(), "filled up at the end"
        assert (contexts[~mask] == 0).all()
        sizes.append(len(centers))
        which, _ = np.nonzero(mask)
        from_windows.append(np.column_stack([centers[which], contexts[mask]]))
    assert {size % 300 for size in sizes[:-1]} == {0}, "whole batches"
    pairs = pair_batches(text, vocabulary, settings, np.random.default_rng(1))
    np.testing.assert_array_equal(
        np.concatenate(from_windows),
        np.concatenate([np.column_stack([batch.centers, batch.contexts]) for batch in pairs]),
    )


def test_a_batch_has_64_predictions_unless_told():
    text, vocabulary = [["a", "b"] * 100], Vocabulary(["a", "b"], [100, 100])
    for architecture in ("skip-gram", "cbow"):
        maker = BatchMaker(vocabulary, Word2VecSettings(architecture=architecture, sample=0))
        assert next(maker.epoch(text)).predictions == 64
    source = text, vocabulary, Word2VecSettings(sample=0), np.random.default_rng(1)
    assert len(next(pair_batches(*source)).centers) == 64


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="window"):
        skipgram_pairs(np.arange(3), 0)
    for window in (2.5, float("nan"), "2", None):
        with pytest.raises(ValueError, match="window"):
            skipgram_pairs(np.arange(3), window)
    for sentence in (np.zeros((2, 2), dtype=int), [0.5, 1.5], ["a", "b"]):
        with pytest.raises(ValueError, match="flat"):
            skipgram_pairs(sentence, 1)
    with pytest.raises(ValueError, match="flat"):
        subsample(["a"], np.ones(1), np.random.default_rng(1))


def test_lists_and_huge_windows_are_fine():
    centers, contexts = skipgram_pairs([4, 5], 10**12)
    assert (centers.tolist(), contexts.tolist()) == ([4, 5], [5, 4])
    empty, _ = skipgram_pairs([], 2)
    assert empty.dtype.kind == "i"
    assert subsample([0, 1], [1.0, 0.0], np.random.default_rng(1)).tolist() == [0]
