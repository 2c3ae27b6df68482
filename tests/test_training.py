import numpy as np
import pytest

from course_lib import HuffmanTree, Vocabulary, Word2VecSettings
from course_lib.pairs import pair_batches, parts, window_blocks
from course_lib.training import BatchMaker, NoiseTable, train_in_batches

TEXT = [["a", "b", "c", "b"], ["c", "d", "a"], ["b"], ["d", "c", "b", "a", "e"]] * 4
VOCABULARY = Vocabulary.from_sentences(TEXT, min_count=1)


def settings(**changes):
    return Word2VecSettings(**{"min_count": 1, "window": 2, "batch_size": 10, **changes})


def batches(**changes):
    return list(BatchMaker(VOCABULARY, settings(**changes)).epoch(TEXT))


def windows():
    """Cut the windows into batches of ten: contexts, masks and centres of each."""
    rng = np.random.default_rng([1, 1])
    for arrays, _ in window_blocks(TEXT, VOCABULARY, settings(), rng):
        for part in parts(len(arrays[2]), 10):
            yield tuple(array[part] for array in arrays)


def test_skipgram_batches_are_the_pairs():
    made = batches(objective="softmax")
    pairs = pair_batches(TEXT, VOCABULARY, settings(), np.random.default_rng([1, 1]))
    for batch, pair in zip(made, pairs, strict=True):
        np.testing.assert_array_equal(batch.arguments[0], pair.centers)
        np.testing.assert_array_equal(batch.arguments[1], pair.contexts)
        assert (batch.predictions, batch.words_read) == (len(pair.centers), pair.words_read)


@pytest.mark.parametrize("objective", ["softmax", "negative-sampling", "hierarchical-softmax"])
def test_the_windows_do_not_depend_on_the_objective(objective):
    made = batches(objective=objective, architecture="cbow")
    for batch, (contexts, mask, centers) in zip(made, windows(), strict=True):
        np.testing.assert_array_equal(batch.arguments[0], contexts)
        np.testing.assert_array_equal(batch.arguments[-1], mask)
        assert batch.predictions == len(centers)
    pairs = batches(objective=objective)
    for batch, plain in zip(pairs, batches(objective="softmax"), strict=True):
        np.testing.assert_array_equal(batch.arguments[0], plain.arguments[0])


def test_the_paths_are_those_of_the_target():
    tree = HuffmanTree.from_counts(VOCABULARY.counts)
    plain = batches(objective="softmax")
    for batch, pair in zip(batches(objective="hierarchical-softmax"), plain, strict=True):
        for found, expected in zip(
            batch.arguments[1:], tree.padded_paths(pair.arguments[1]), strict=True
        ):
            np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("exponent", [0.75, 0.0, 2.0])
def test_noise_words_follow_the_noise_distribution(exponent):
    text = TEXT * 500
    maker = BatchMaker(VOCABULARY, settings(ns_exponent=exponent, sample=0, batch_size=10**9))
    (batch,) = maker.epoch(text)
    _, targets, negatives, mask = batch.arguments
    assert negatives.shape == (batch.predictions, 5)
    found = np.bincount(negatives.ravel(), minlength=len(VOCABULARY)) / negatives.size
    np.testing.assert_allclose(found, VOCABULARY.noise_distribution(exponent), atol=0.005)
    np.testing.assert_array_equal(mask, negatives != targets[:, None])
    assert not mask.all()


@pytest.mark.parametrize(
    "shares", [[1.0], [0.5, 0.5], [1, 0, 1e-9, 1e-9, 0, 3], 1 / np.arange(1, 100_000)]
)
def test_the_noise_table_finds_what_a_search_finds(shares):
    shares = np.asarray(shares) / np.sum(shares)
    summed = np.cumsum(shares)
    ends = summed / summed[-1]
    close = np.concatenate([ends[:-1], np.nextafter(ends, 0), np.nextafter(ends[:-1], 1)])
    drawn = np.concatenate([[0.0], close, np.random.default_rng(1).random(1001)])[:, None]
    expected = np.searchsorted(ends, drawn, side="right")
    np.testing.assert_array_equal(NoiseTable(shares).words(drawn), expected)


def test_windows_share_their_noise_words():
    made = batches(shared_negatives=True)
    for batch, window in zip(made, windows(), strict=True):
        contexts, centers, negatives, negative_mask, mask = batch.arguments
        for found, expected in zip((contexts, mask, centers), window, strict=True):
            np.testing.assert_array_equal(found, expected)
        assert negatives.shape == (len(centers), 5)
        np.testing.assert_array_equal(negative_mask, negatives != centers[:, None])
        assert batch.predictions == mask.sum(), "pairs"


def test_each_batch_is_learnt_once_and_in_order():
    seen = []
    chosen = settings(epochs=2, sample=0)
    train_in_batches(
        lambda batch, _: seen.append(batch) or 0.0, TEXT * 50, VOCABULARY, chosen, False
    )
    maker = BatchMaker(VOCABULARY, chosen)
    expected = [batch for _ in range(2) for batch in maker.epoch(TEXT * 50)]
    assert len(seen) == len(expected) > 200
    for one, other in zip(seen, expected, strict=True):
        assert one.words_read == other.words_read
        np.testing.assert_equal(one.arguments, other.arguments)


@pytest.mark.parametrize("step", [1, 150])
def test_a_loss_that_is_no_number_ends_the_training(step):
    taken = []

    def loss(batch, alpha):
        taken.append(alpha)
        return np.inf if len(taken) == step else 1.0

    with pytest.raises(ValueError, match="loss has become inf"):
        train_in_batches(loss, TEXT * 500, VOCABULARY, settings(), False)
    assert step <= len(taken) <= step + 100


def test_what_is_prepared_is_cut_as_the_batches_are():
    calls = []

    def double(*arrays):
        calls.append(len(arrays[0]))
        return tuple(2 * array.astype(int) for array in arrays)

    maker = BatchMaker(VOCABULARY, settings(sample=0))
    prepared = list(maker.epoch(TEXT * 50, double))
    plain = list(BatchMaker(VOCABULARY, settings(sample=0)).epoch(TEXT * 50))
    assert len(calls) < len(prepared) / 10, "many batches at once"
    for batch, other in zip(prepared, plain, strict=True):
        assert batch[1:] == other[1:]
        for found, array in zip(batch.arguments, other.arguments, strict=True):
            np.testing.assert_array_equal(found, 2 * array.astype(int))


def test_noise_has_a_stream_of_its_own():
    """Were it the stream of the windows, noise words would follow from what was dropped."""
    _, _, negatives, _ = batches(sample=0)[0].arguments
    summed = np.cumsum(VOCABULARY.noise_distribution())
    for stream in ([1, 1], 1):
        drawn = np.random.default_rng(stream).random(negatives.shape)
        assert not np.array_equal(np.searchsorted(summed, drawn, side="right"), negatives)


def test_each_epoch_draws_anew_and_each_maker_the_same():
    maker, same = (BatchMaker(VOCABULARY, settings()) for _ in range(2))
    first, second = list(maker.epoch(TEXT)), list(maker.epoch(TEXT))
    for one, other in zip(first, same.epoch(TEXT), strict=True):
        for array, twin in zip(one.arguments, other.arguments, strict=True):
            np.testing.assert_array_equal(array, twin)
    assert len(first) != len(second) or any(
        not np.array_equal(one.arguments[2], other.arguments[2])
        for one, other in zip(first, second, strict=True)
    )


def test_the_rate_stays_above_its_end_when_the_text_grows():
    class Growing:
        times = 0

        def __iter__(self):
            self.times += 1
            return iter(TEXT * self.times)

    rates = []
    chosen = settings(epochs=3, sample=0)
    train_in_batches(
        lambda batch, alpha: rates.append(alpha) or 0.0, Growing(), VOCABULARY, chosen, False
    )
    assert rates[0] <= chosen.alpha
    assert min(rates) == pytest.approx(chosen.min_alpha)
