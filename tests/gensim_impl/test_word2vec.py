import dataclasses
import itertools
import os
import subprocess
import sys

import numpy as np
import pytest
from gensim.models import KeyedVectors, Word2Vec

from course_lib import Embeddings, Vocabulary, Word2VecSettings, datasets
from course_lib.gensim_impl import to_embeddings, train_model, train_word2vec

SETTINGS = Word2VecSettings(vector_size=8, window=3, min_count=2, epochs=2, sample=1e-2)


@pytest.fixture(scope="module")
def text():
    return datasets.load_corpus("lee")[:40]


def gensims_own(text, settings, **options):
    return Word2Vec(
        text,
        workers=1,
        seed=1,
        vector_size=8,
        window=3,
        min_count=2,
        epochs=2,
        sample=1e-2,
        **options,
    )


@pytest.mark.parametrize("architecture", ["skip-gram", "cbow"])
@pytest.mark.parametrize("objective", ["negative-sampling", "hierarchical-softmax"])
def test_the_vectors_are_those_of_a_plain_call(text, architecture, objective):
    settings = dataclasses.replace(SETTINGS, architecture=architecture, objective=objective)
    ours = train_word2vec(text, settings, progress=False)
    hierarchical = objective == "hierarchical-softmax"
    theirs = gensims_own(
        text,
        settings,
        sg=int(architecture == "skip-gram"),
        hs=int(hierarchical),
        negative=0 if hierarchical else 5,
    )
    assert ours.vocabulary.words == theirs.wv.index_to_key
    np.testing.assert_array_equal(ours.input_vectors, theirs.wv.vectors)
    if hierarchical:
        np.testing.assert_array_equal(ours.node_vectors, theirs.syn1[:-1])
        assert ours.output_vectors is None
    else:
        np.testing.assert_array_equal(ours.output_vectors, theirs.syn1neg)
        assert ours.node_vectors is None


# The model itself

ATTRIBUTES = (int, float, str, bool, type(None), np.ndarray)
four = pytest.mark.parametrize(
    ("architecture", "objective"),
    list(itertools.product(["skip-gram", "cbow"], ["negative-sampling", "hierarchical-softmax"])),
)


def both_models(text, architecture="skip-gram", objective="negative-sampling"):
    """Train the same model by our function and by a plain call of gensim's."""
    settings = dataclasses.replace(SETTINGS, architecture=architecture, objective=objective)
    hierarchical = objective == "hierarchical-softmax"
    plain = gensims_own(
        text,
        settings,
        sg=int(architecture == "skip-gram"),
        hs=int(hierarchical),
        negative=0 if hierarchical else 5,
    )
    return train_model(text, settings, progress=False), plain


def assert_same_state(ours, plain):
    """Compare all that the two models hold: numbers, arrays, words, and the random generator."""
    assert vars(ours).keys() == vars(plain).keys()
    for one, other in [(vars(ours), vars(plain)), (vars(ours.wv), vars(plain.wv))]:
        for name in one.keys() - {"total_train_time"}:
            if isinstance(other[name], ATTRIBUTES):
                np.testing.assert_array_equal(one[name], other[name], err_msg=name, strict=True)
    assert ours.wv.key_to_index == plain.wv.key_to_index
    for attribute, values in plain.wv.expandos.items():
        for one, other in zip(ours.wv.expandos[attribute], values, strict=True):
            np.testing.assert_array_equal(one, other)  # a Huffman path is an array itself
    assert ours.random.randint(2**31) == plain.random.randint(2**31)


@four
def test_the_model_is_that_of_a_plain_call(text, architecture, objective):
    ours, plain = both_models(text, architecture, objective)
    assert "corpus_count" in vars(plain) and "min_count" in vars(plain), "they are compared"
    assert_same_state(ours, plain)


@four
def test_the_model_can_be_trained_further(text, architecture, objective):
    """On the same text, and on another with words that are new."""
    ours, plain = both_models(text, architecture, objective)
    more = [["the", "unheard"], ["unheard", "of", "the", "once"]] * 3
    for model in (ours, plain):
        before = model.wv.vectors.copy()
        model.train(text, total_examples=model.corpus_count, epochs=2)
        model.build_vocab(more, update=True)
        model.train(more, total_examples=model.corpus_count, epochs=1)
        assert len(model.wv) == len(before) + 2
        assert np.abs(model.wv.vectors[: len(before)] - before).max() > 1e-3
    assert_same_state(ours, plain)


def test_the_model_answers(text):
    negative, hierarchical = (
        both_models(text, objective=objective)
        for objective in ("negative-sampling", "hierarchical-softmax")
    )
    for ours, plain in (negative, hierarchical):
        assert ours.wv.most_similar("the") == plain.wv.most_similar("the")
    ours, plain = (model.predict_output_word(["the", "of"]) for model in negative)
    assert ours == plain
    assert len(ours) == 10
    ours, plain = (model.score(text[:3], total_sentences=3) for model in hierarchical)
    np.testing.assert_array_equal(ours, plain)
    assert (ours < 0).all()


@pytest.mark.parametrize("binary", [True, False])
def test_the_models_vectors_go_to_a_word2vec_file_and_back(text, tmp_path, binary):
    model = train_model(text, SETTINGS, progress=False)
    path = str(tmp_path / "vectors")
    model.wv.save_word2vec_format(path, binary=binary)
    back = KeyedVectors.load_word2vec_format(path, binary=binary)
    assert back.index_to_key == model.wv.index_to_key
    np.testing.assert_array_equal(back.vectors, model.wv.vectors)


def test_the_model_can_be_saved_and_trained_after_loading(text, tmp_path):
    ours, plain = both_models(text)
    ours.save(str(tmp_path / "model"))
    loaded = Word2Vec.load(str(tmp_path / "model"))
    for model in (loaded, plain):
        model.train(text, total_examples=model.corpus_count, epochs=1)
    np.testing.assert_array_equal(loaded.wv.vectors, plain.wv.vectors)
    np.testing.assert_array_equal(loaded.syn1neg, plain.syn1neg)


# From any model to Embeddings


@pytest.mark.parametrize(("hs", "negative"), [(0, 5), (1, 0), (1, 5)])
def test_embeddings_of_a_plain_model_hold_what_it_trained(text, hs, negative):
    model = gensims_own(text, SETTINGS, hs=hs, negative=negative)
    found = to_embeddings(model)
    assert found.vocabulary == Vocabulary.from_sentences(text, 2)
    np.testing.assert_array_equal(found.input_vectors, model.wv.vectors)
    if negative:
        np.testing.assert_array_equal(found.output_vectors, model.syn1neg)
    else:
        assert found.output_vectors is None
    if hs:
        np.testing.assert_array_equal(found.node_vectors, model.syn1[:-1])
    else:
        assert found.node_vectors is None


def test_embeddings_stay_as_they_are_when_the_model_goes_on(text):
    model = gensims_own(text, SETTINGS, hs=1, negative=5)
    before = to_embeddings(model)
    model.train(text, total_examples=model.corpus_count, epochs=1)
    after = to_embeddings(model)
    for name in ("input_vectors", "output_vectors", "node_vectors"):
        assert not np.allclose(getattr(before, name), getattr(after, name)), name


def test_embeddings_of_a_loaded_model_with_new_words(text, tmp_path):
    model = gensims_own(text, SETTINGS, sg=1, hs=1, negative=0)
    model.save(str(tmp_path / "model"))
    model = Word2Vec.load(str(tmp_path / "model"))
    model.build_vocab([["unheard", "of"]] * 2, update=True)
    found = to_embeddings(model)
    assert found.vocabulary.words[-1] == "unheard"
    assert found.vocabulary.counts[-1] == 2
    assert found.node_vectors.shape == (len(found) - 1, 8)


def test_what_is_no_trained_model_is_refused(text):
    with pytest.raises(ValueError, match="from_keyed_vectors"):
        to_embeddings(gensims_own(text, SETTINGS).wv)
    with pytest.raises(ValueError, match="no vocabulary yet"):
        to_embeddings(Word2Vec())


# Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("alpha", 0.1), ("min_alpha", 0.02), ("window", 1), ("negative", 2), ("ns_exponent", 0.0),
        ("sample", 0.0), ("epochs", 1), ("shrink_windows", False), ("seed", 5), ("min_count", 6),
        ("vector_size", 9),
    ],
)  # fmt: skip
def test_every_setting_reaches_gensim(text, name, value):
    plain = train_word2vec(text, SETTINGS, progress=False)
    changed = train_word2vec(text, dataclasses.replace(SETTINGS, **{name: value}), progress=False)
    assert (
        plain.input_vectors.shape != changed.input_vectors.shape
        or np.abs(plain.input_vectors - changed.input_vectors).max() > 1e-6
    )


def test_the_mean_of_cbow_reaches_gensim(text):
    settings = dataclasses.replace(SETTINGS, architecture="cbow")
    mean, total = (
        train_word2vec(text, dataclasses.replace(settings, cbow_mean=value), progress=False)
        for value in (True, False)
    )
    assert not np.array_equal(mean.input_vectors, total.input_vectors)


def test_it_starts_where_it_is_told(text):
    """With a learning rate of next to nothing, the end is the start."""
    settings = dataclasses.replace(SETTINGS, alpha=1e-12, min_alpha=1e-12)
    vocabulary = Vocabulary.from_sentences(text, 2)
    rng = np.random.default_rng(1)
    shape = (len(vocabulary), 8)
    start = Embeddings(vocabulary, rng.normal(size=shape), rng.normal(size=shape))
    trained = train_word2vec(text, settings, initial=start, progress=False)
    np.testing.assert_allclose(trained.input_vectors, start.input_vectors, atol=1e-6)
    np.testing.assert_allclose(trained.output_vectors, start.output_vectors, atol=1e-6)
    nodes = Embeddings(vocabulary, start.input_vectors, None, rng.normal(size=shape)[:-1])
    settings = dataclasses.replace(settings, objective="hierarchical-softmax")
    trained = train_word2vec(text, settings, initial=nodes, progress=False)
    np.testing.assert_allclose(trained.node_vectors, nodes.node_vectors, atol=1e-6)


def test_half_precision_of_nothing_is_lost_in_float64_starts(text):
    """gensim itself trains float64 rows wrongly or not at all; here they are converted."""
    exact = Embeddings.initial(Vocabulary.from_sentences(text, 2), 8, dtype=np.float64)
    from_exact = train_word2vec(text, SETTINGS, initial=exact, progress=False)
    plain = train_word2vec(text, SETTINGS, progress=False)
    np.testing.assert_array_equal(from_exact.input_vectors, plain.input_vectors)


@pytest.mark.parametrize("seed", range(1, 9))
def test_gensims_skip_gram_has_the_context_word_on_the_in_side(seed):
    """The two ends of a sentence see each other in one direction only, as their windows shrink.

    OUT starts at zero and IN at one axis a word, so that OUT vector c has a part along axis o just
    where u_c has met v_o. All noise words are drawn from filler that the sentence does not have.
    """
    filler = [f"filler{number}" for number in range(5)]
    vocabulary = Vocabulary([*filler, "left", "middle", "right"], [10**8] * 5 + [1] * 3)
    settings = Word2VecSettings(
        vector_size=8, window=2, epochs=1, sample=0, negative=1, seed=seed, alpha=1e-3
    )
    start = Embeddings(vocabulary, np.eye(8), np.zeros((8, 8)))
    trained = train_word2vec([["left", "middle", "right"]], settings, initial=start, progress=False)
    drawn = np.random.RandomState(seed)
    drawn.randint(0, 2**24, size=2)  # gensim seeds its generator of noise words with these
    reach = dict(zip(["left", "middle", "right"], 2 - drawn.randint(0, 2, size=3), strict=True))
    for center, other in [("left", "right"), ("right", "left")]:
        met = trained.vector(center, "out")[vocabulary.index(other)] > 0
        assert met == (reach[center] == 2), f"{center} is the centre, {reach}"


def test_the_two_ends_differ_for_some_seed():
    """Else the test above could not tell the sides apart."""
    reaches = set()
    for seed in range(1, 9):
        drawn = np.random.RandomState(seed)
        drawn.randint(0, 2**24, size=2)
        first, _, last = 2 - drawn.randint(0, 2, size=3)
        reaches.add((int(first), int(last)))
    assert {(1, 2), (2, 1)} <= reaches


def test_a_long_sentence_is_refused_before_gensim_cuts_it():
    text = [["a", "b"] * 5000, ["a"] * 10_001]
    with pytest.raises(ValueError, match=r"Sentence 2 has 10,001 tokens.*split_long"):
        train_word2vec(text, SETTINGS, progress=False)
    assert train_word2vec(text[:1], SETTINGS, progress=False) is not None


def test_what_gensim_cannot_do_is_refused(text):
    with pytest.raises(ValueError, match="no full softmax"):
        train_word2vec(text, dataclasses.replace(SETTINGS, objective="softmax"))
    with pytest.raises(ValueError, match="Leave shared_negatives out"):
        train_word2vec(text, dataclasses.replace(SETTINGS, shared_negatives=True))
    with pytest.raises(ValueError, match=r"generator|iterator"):
        train_word2vec(iter(text), SETTINGS)
    with pytest.raises(ValueError, match="not a list_iterator"):
        train_word2vec([iter(tokens) for tokens in text], SETTINGS)
    with pytest.raises(ValueError, match=r"must be strings, not 1 \(int\)"):
        train_word2vec([[1, 2]], SETTINGS, vocabulary=Vocabulary(["a", "b"], [1, 1]))
    with pytest.raises(ValueError, match="no counts"):
        train_word2vec(text, SETTINGS, vocabulary=Vocabulary(["the", "of"]))
    with pytest.raises(ValueError, match="Word2VecSettings"):
        train_word2vec(text, {"vector_size": 5})


@pytest.mark.parametrize("text", [[["x", "y"]], [], [["a"], ["b"]]])
def test_a_text_without_a_pair_is_refused(text):
    """gensim itself gives the untrained start vectors back."""
    with pytest.raises(ValueError, match="no pair of known words"):
        train_word2vec(text, SETTINGS, vocabulary=Vocabulary(["a", "b"], [1, 1]))


@pytest.mark.parametrize("given", [True, False])
def test_the_text_is_read_once_to_count_and_once_an_epoch(given):
    words = Words(["a", "b", "c"])
    vocabulary = Vocabulary(["c", "b", "a"], [3, 3, 3]) if given else None
    model = train_model(words, SETTINGS, vocabulary=vocabulary, progress=False)
    assert words.passes == 1 + SETTINGS.epochs
    assert (model.corpus_count, model.corpus_total_words) == (3, 9)


def test_a_sentence_that_is_long_in_a_later_pass_only_is_refused_too():
    words = Words(["a", "b"] * 5000)

    class Growing:
        def __iter__(self):
            yield from words
            if words.passes == 2:
                yield ["a"] * 10_001

    with pytest.raises(ValueError, match="Sentence 4 has 10,001"):
        train_model(Growing(), SETTINGS, progress=False)


class Words:
    """A corpus that is no list, and may fail in a later pass."""

    def __init__(self, sentence, fails_in_pass=99):
        self.sentence, self.fails_in_pass, self.passes = sentence, fails_in_pass, 0

    def __iter__(self):
        self.passes += 1
        for _ in range(3):
            yield self.sentence
        if self.passes == self.fails_in_pass:
            raise OSError("the disk is gone")


HANGS = """
import numpy as np
from course_lib import Vocabulary, Word2VecSettings, gensim_impl
class Failing:
    passes = 0
    def __iter__(self):
        self.passes += 1
        yield from [["a", "b", "c"]] * 3
        if self.passes == 4:
            raise OSError("the disk is gone")
corpora = {"arrays": [np.array(["a", "b", "c"])] * 3, "failing": Failing(), "one": [["a", "a"]] * 3}
corpora["deep"] = [["a", "b"], ["a", ["b"]]]
known = Vocabulary(["a", "b"], [2, 2]) if "%s" == "deep" else None
settings = Word2VecSettings(vector_size=4, min_count=1, epochs=3, objective="hierarchical-softmax")
gensim_impl.train_word2vec(corpora["%s"], settings, vocabulary=known, progress=False)
"""


@pytest.mark.parametrize(
    ("corpus", "said"),
    [
        ("arrays", ""),
        ("failing", "the disk is gone"),
        ("one", "one word, 'a'"),
        ("deep", "unhashable type: 'list'"),
    ],
)
def test_what_makes_gensim_wait_for_ever_does_not(corpus, said):
    run = subprocess.run(
        [sys.executable, "-c", HANGS % (corpus, corpus)], capture_output=True, text=True, timeout=60
    )
    assert said in run.stderr
    assert (run.returncode == 0) == (said == "")


def test_strings_from_a_corpus_of_ones_own_are_refused():
    vocabulary = Vocabulary(["a", "b"], [1, 1])
    with pytest.raises(ValueError, match="letters"):
        train_word2vec(Words("a b"), SETTINGS, vocabulary=vocabulary, progress=False)


def test_a_warm_start_takes_the_counts_of_the_given_vocabulary(text):
    vocabulary = Vocabulary.from_sentences(text, 2)
    start = Embeddings.initial(vocabulary, 8)
    bare = Embeddings(Vocabulary(vocabulary.words), start.input_vectors, start.output_vectors)
    warm = train_word2vec(text, SETTINGS, vocabulary=vocabulary, initial=bare, progress=False)
    plain = train_word2vec(text, SETTINGS, progress=False)
    np.testing.assert_array_equal(warm.input_vectors, plain.input_vectors)


def test_alpha_falls_as_in_a_plain_call():
    """Several jobs an epoch, so that the number of sentences that gensim is told shows."""
    text = [list("abcdefgh") * 100 for _ in range(50)]
    settings = Word2VecSettings(vector_size=4, epochs=2, sample=0, alpha=0.1)
    ours = train_word2vec(text, settings, progress=False)
    theirs = Word2Vec(
        text, sg=1, workers=1, seed=1, vector_size=4, epochs=2, sample=0, alpha=0.1, min_count=5
    )
    np.testing.assert_array_equal(ours.input_vectors, theirs.wv.vectors)


def test_workers_reach_gensim(text, monkeypatch):
    seen = []
    real = Word2Vec.train
    monkeypatch.setattr(
        Word2Vec, "train", lambda model, *a, **k: seen.append(model.workers) or real(model, *a, **k)
    )
    train_word2vec(text, dataclasses.replace(SETTINGS, workers=2), progress=False)
    assert seen == [2]


def test_nothing_is_printed_and_no_warning_escapes(text, capfd):
    train_word2vec(text, SETTINGS, progress=False)
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", "")


def test_a_dot_product_of_minus_one_is_no_alarm():
    """With this BLAS kernel gensim 4.4 prints "Exception ignored in ... our_dot_float"."""
    code = (
        "from course_lib import Word2VecSettings, datasets, gensim_impl\n"
        "settings = Word2VecSettings(vector_size=50, epochs=20, sample=1e-4, alpha=0.05)\n"
        "gensim_impl.train_word2vec(datasets.load_corpus('lee'), settings, progress=False)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "OPENBLAS_CORETYPE": "Prescott"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stderr == ""


def test_other_messages_of_a_training_are_not_swallowed(text, monkeypatch, capsys):
    def talk(model, sentences, **options):
        for piece in ("Exception ignored in: ", "'gensim...our_dot_float'", "\nreal ", "trouble"):
            sys.stderr.write(piece)
        assert capsys.readouterr().err == "real trouble", "at once: it may be a progress bar"
        sys.stderr.write(" goes on\nException")

    monkeypatch.setattr(Word2Vec, "train", talk)
    train_word2vec(text, SETTINGS, progress=False)
    assert capsys.readouterr().err == " goes on\nException"


def test_progress_is_shown_by_epoch(text, capsys, monkeypatch):
    monkeypatch.setenv("TQDM_DISABLE", "0")
    train_word2vec(text, SETTINGS)
    assert "2/2" in capsys.readouterr().err


def test_related_words_of_real_text_come_closer_than_unrelated_ones():
    settings = Word2VecSettings(vector_size=50, epochs=15, min_count=5, sample=1e-3)
    trained = train_word2vec(datasets.load_corpus("lee"), settings, progress=False)
    topics = [
        ("israeli", "palestinian"),
        ("cricket", "test"),
        ("rural", "fire"),
        ("workers", "union"),
    ]
    related = [trained.similarity(one, other) for one, other in topics]
    unrelated = [
        trained.similarity(one, other) for (one, _), (_, other) in itertools.permutations(topics, 2)
    ]
    assert np.mean(related) > np.mean(unrelated) + 0.3
