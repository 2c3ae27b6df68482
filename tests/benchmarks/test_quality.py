import itertools

import numpy as np
import pytest

from benchmarks import quality
from course_lib import Embeddings, HuffmanTree, Vocabulary, Word2VecSettings

TEXT = [["a", "b", "c", "a", "unknown"], ["b"], ["d", "a", "e", "b", "c", "a"], []] * 4


def random_embeddings(d=4):
    vocabulary = Vocabulary.from_sentences(TEXT * 2, min_count=2)
    rng = np.random.default_rng(1)
    V = len(vocabulary)
    matrices = (rng.normal(size=(rows, d)) for rows in (V, V, V - 1))
    return Embeddings(vocabulary, *matrices)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize("cbow_mean", [True, False])
@pytest.mark.parametrize(
    ("architecture", "objective"),
    list(itertools.product(["skip-gram", "cbow"], ["negative-sampling", "hierarchical-softmax"])),
)
def test_the_held_out_loss_is_the_mean_of_the_definition(
    architecture, objective, cbow_mean, monkeypatch
):
    """Written out prediction by prediction; the window is 1, so that nothing is drawn for it."""
    monkeypatch.setattr(quality, "BATCH", 7)
    settings = Word2VecSettings(
        architecture=architecture, objective=objective, window=1, sample=0, negative=3,
        cbow_mean=cbow_mean,
    )  # fmt: skip
    embeddings = random_embeddings()
    drawn = []

    class Watched(np.random.Generator):
        def choice(self, *arguments, **options):
            drawn.append(super().choice(*arguments, **options))
            return drawn[-1]

    monkeypatch.setattr(np.random, "default_rng", lambda seed: Watched(np.random.PCG64(seed)))
    found = quality.held_out_loss(embeddings, TEXT, settings)
    noise = iter(np.concatenate(drawn)) if drawn else None
    tree = HuffmanTree.from_counts(embeddings.vocabulary.counts)
    v, u, nodes = embeddings.input_vectors, embeddings.output_vectors, embeddings.node_vectors
    losses = []
    for tokens in TEXT:
        rows = embeddings.vocabulary.encode(tokens)
        for place, target in enumerate(rows):
            context = [rows[i] for i in (place - 1, place + 1) if 0 <= i < len(rows)]
            hiddens = [v[word] for word in context]
            if architecture == "cbow" and context:
                hiddens = [np.sum(hiddens, axis=0) / (len(context) if cbow_mean else 1)]
            for h in hiddens:
                if objective == "hierarchical-softmax":
                    turns = zip(tree.points[target], tree.codes[target], strict=True)
                    chances = [sigmoid((1 - 2 * code) * (nodes[node] @ h)) for node, code in turns]
                else:
                    others = [word for word in next(noise) if word != target]
                    chances = [sigmoid(u[target] @ h), *(sigmoid(-u[word] @ h) for word in others)]
                losses.append(-np.log(chances).sum())
    assert found == pytest.approx(np.mean(losses), rel=1e-12)


def test_all_are_judged_by_the_same_predictions():
    settings = Word2VecSettings(sample=0.05)
    one, other = (
        quality.predictions(random_embeddings(d), TEXT, settings, np.random.default_rng(0))
        for d in (2, 5)
    )
    for first, second in zip(one, other, strict=True):
        np.testing.assert_array_equal(first, second)
    assert len(one[0]) > 10


def test_no_prediction_gives_no_loss():
    assert quality.held_out_loss(random_embeddings(), [["a"]], Word2VecSettings()) is None
