import inspect
import itertools
import math
import types

import numpy as np
import pytest
import torch

from course_lib import HuffmanTree, torch_impl
from course_lib.numpy_impl import objectives
from course_lib.numpy_impl.gradient_check import numerical_gradient
from course_lib.numpy_impl.objectives import skipgram_softmax, softmax, softmax_loss

V, D = 7, 4
BATCHES = {
    "one pair": ([2], [5]),
    "a centre repeated": ([2, 2, 2, 0], [5, 1, 0, 3]),
    "a context repeated": ([0, 1, 2, 3], [6, 6, 6, 6]),
    "a pair repeated": ([4, 4, 4], [1, 1, 1]),
    "a word predicts itself": ([3, 3, 1], [3, 1, 3]),
    "no pair": ([], []),
}


@pytest.fixture
def matrices():
    rng = np.random.default_rng(1)
    return rng.normal(size=(V, D)), rng.normal(size=(V, D))


def assert_close(found, expected):
    """Relative 1e-6 of the largest entry, as the issue asks; in fact it is far closer."""
    assert np.abs(found - expected).max() <= 1e-6 * max(1, np.abs(expected).max())


def as_rows(batch):
    return [np.array(rows, dtype=np.int64) for rows in BATCHES[batch]]


@pytest.mark.parametrize("batch", BATCHES)
def test_batch_gradients_agree_with_finite_differences(matrices, batch):
    v, u = matrices
    centers, contexts = as_rows(batch)
    _, v_gradient, u_gradient = skipgram_softmax(v, u, centers, contexts)
    assert_close(
        v_gradient, numerical_gradient(lambda x: skipgram_softmax(x, u, centers, contexts)[0], v)
    )
    assert_close(
        u_gradient, numerical_gradient(lambda x: skipgram_softmax(v, x, centers, contexts)[0], u)
    )


@pytest.mark.parametrize("batch", BATCHES)
def test_batch_gradients_agree_with_autograd(matrices, batch):
    centers, contexts = as_rows(batch)
    loss, v_gradient, u_gradient = skipgram_softmax(*matrices, centers, contexts)
    v, u = (torch.tensor(matrix, requires_grad=True) for matrix in matrices)
    theirs = torch_impl.objectives.skipgram_softmax(
        v, u, torch.tensor(centers), torch.tensor(contexts)
    )
    theirs.backward()
    assert loss == pytest.approx(theirs.item(), rel=1e-12, abs=1e-12)
    np.testing.assert_allclose(v_gradient, v.grad.numpy(), atol=1e-12)
    np.testing.assert_allclose(u_gradient, u.grad.numpy(), atol=1e-12)


def test_one_pair_agrees_with_finite_differences(matrices):
    v, u = matrices
    h = v[3]
    _, h_gradient, u_gradient = softmax_loss(h, u, 5)
    assert_close(h_gradient, numerical_gradient(lambda x: softmax_loss(x, u, 5)[0], h))
    assert_close(u_gradient, numerical_gradient(lambda x: softmax_loss(h, x, 5)[0], u))


@pytest.mark.parametrize("batch", BATCHES)
def test_a_batch_is_the_sum_of_its_pairs(matrices, batch):
    v, u = matrices
    centers, contexts = as_rows(batch)
    loss, v_gradient, u_gradient = skipgram_softmax(v, u, centers, contexts)
    expected_loss, expected_v, expected_u = 0.0, np.zeros((V, D)), np.zeros((V, D))
    for center, context in zip(centers, contexts, strict=True):
        pair_loss, h_gradient, pair_u = softmax_loss(v[center], u, context)
        expected_loss += pair_loss
        expected_v[center] += h_gradient
        expected_u += pair_u
    assert loss == pytest.approx(expected_loss, abs=1e-12)
    np.testing.assert_allclose(v_gradient, expected_v, atol=1e-12)
    np.testing.assert_allclose(u_gradient, expected_u, atol=1e-12)


def test_the_formula_by_hand():
    """Two words, one dimension: scores 0 and log 3, probabilities 1/4 and 3/4."""
    u = np.array([[0.0], [np.log(3)]])
    loss, h_gradient, u_gradient = softmax_loss(np.array([1.0]), u, 1)
    assert loss == pytest.approx(np.log(4 / 3))
    np.testing.assert_allclose(h_gradient, [-np.log(3) / 4])
    np.testing.assert_allclose(u_gradient, [[1 / 4], [-1 / 4]])


def test_zero_out_vectors_give_the_loss_of_guessing(matrices):
    loss, v_gradient, _ = skipgram_softmax(
        matrices[0], np.zeros((V, D)), np.array([0, 1]), np.array([2, 3])
    )
    assert loss == pytest.approx(2 * np.log(V))
    assert not v_gradient.any(), "IN cannot move before OUT has"


def test_large_scores_do_not_overflow():
    scores = np.array([[1000.0, 999.0, -1000.0], [-1e4, -1e4, -1e4]])
    probabilities = softmax(scores)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    np.testing.assert_allclose(probabilities[0, 0] / probabilities[0, 1], np.e)
    np.testing.assert_allclose(probabilities[1], 1 / 3)
    # exp(-2000) is 0 in float64; the loss must be 2000, not infinite.
    loss, h_gradient, _ = softmax_loss(np.array([1.0]), np.array([[1000.0], [-1000.0]]), 1)
    assert loss == pytest.approx(2000)
    assert np.isfinite(h_gradient).all()


def test_arguments_stay_as_they_are(matrices):
    v, u = matrices
    kept = v.copy(), u.copy()
    skipgram_softmax(v, u, np.array([1, 1]), np.array([2, 3]))
    softmax_loss(v[0], u, 1)
    np.testing.assert_array_equal(v, kept[0])
    np.testing.assert_array_equal(u, kept[1])


def test_rows_outside_the_matrix_are_refused(matrices):
    for centers, contexts in [([7], [0]), ([0], [7]), ([-1], [0]), ([0], [-1])]:
        with pytest.raises(ValueError, match="outside 0 to 6"):
            skipgram_softmax(*matrices, np.array(centers), np.array(contexts))
    with pytest.raises(ValueError, match="target"):
        softmax_loss(matrices[0][0], matrices[1], -1)
    with pytest.raises(ValueError, match="give one each"):
        skipgram_softmax(*matrices, np.array([0, 1]), np.array([0]))


# Negative sampling, hierarchical softmax, CBOW ----------------------------------------------------

TREE = HuffmanTree.from_counts([9, 6, 5, 3, 2, 1, 1])  # the paths have 2 to 5 turns

# How to say what is predicted, with everything that may go wrong; J is a row that cannot be, since
# what the mask leaves out may be anything.
J = -99
PREDICTIONS = {
    "softmax": {
        "one": [[5]],
        "a word repeated": [[6, 6, 6]],
        "none": [[]],
    },
    "negative_sampling": {
        "one": [[5], [[1, 3]]],
        "a word repeated": [[6, 6, 6], [[1, 3], [0, 3], [3, 2]]],
        "a negative repeated": [[5, 4], [[1, 1, 1], [2, 1, 1]]],
        "a negative is the target": [[5, 1, 2], [[5, 3], [1, 1], [2, 5]]],
        "a mask": [[5, 1, 2], [[5, 3, J], [J, 1, 1], [0, 0, 3]], [[1, 1, 0], [0, 0, 1], [1, 1, 1]]],
        "all masked": [[5, 1], [[J], [J]], [[0], [0]]],
        "no negative": [[5, 1], np.zeros((2, 0), dtype=int)],
        "none": [[], np.zeros((0, 3), dtype=int)],
    },
    "hierarchical_softmax": {
        "one": TREE.padded_paths([5]),
        "a word repeated": TREE.padded_paths([6, 6, 6]),
        "paths of different lengths": TREE.padded_paths([0, 6, 2]),
        "more padding": [np.pad(array, ((0, 0), (0, 2))) for array in TREE.padded_paths([4, 1])],
        "junk in the padding": [
            [[5, 4, J, J, J], [5, 4, 2, 1, 0]],
            [[0, 0, J, J, J], [0, 1, 1, 0, 1]],
            [[1, 1, 0, 0, 0], [1, 1, 1, 1, 1]],
        ],
        "no mask": TREE.padded_paths([0, 1])[:2],
        "none": TREE.padded_paths([]),
    },
}
# Context words and mask of as many windows as there are predictions, by repeating these.
CONTEXTS = {
    "one word": [[[2]], [[1]]],
    "a word repeated": [[[2, 2, 3], [3, 3, 3]], [[1, 1, 1], [1, 1, 1]]],
    "padding": [[[2, 2, 0], [4, J, J], [J, 2, J]], [[1, 1, 1], [1, 0, 0], [0, 1, 0]]],
    "an empty one, too": [[[J, J], [1, 4], [J, J]], [[0, 0], [1, 1], [0, 0]]],
    "empty": [[[J, J]], [[0, 0]]],
    "the centre among them": [[[5, 6, 1], [5, 6, 6]], [[1, 1, 1], [1, 1, 1]]],
}
NAMES = {
    "softmax": ["words"],
    "negative_sampling": ["words", "negatives", "negative_mask"],
    "hierarchical_softmax": ["points", "codes", "path_mask"],
}


def cases():
    """Name of the function, and its arguments after the two matrices, by name."""
    for kind, by_case in PREDICTIONS.items():
        for case, arrays in by_case.items():
            arrays = [np.asarray(array, dtype=np.int64) for array in arrays]
            predicted = dict(zip(NAMES[kind], arrays, strict=False))
            size = len(arrays[0])
            centers = np.resize([3, 3, 0], size)
            words = {"contexts": predicted["words"]} if "words" in predicted else {}
            others = {name: array for name, array in predicted.items() if name != "words"}
            yield f"skipgram_{kind}", case, {"centers": centers, **words, **others}
            for (context, (rows, mask)), mean in itertools.product(CONTEXTS.items(), (True, False)):
                words = {"centers": predicted["words"]} if "words" in predicted else {}
                yield (
                    f"cbow_{kind}",
                    f"{case}, context: {context}, {'mean' if mean else 'sum'}",
                    {
                        "contexts": np.resize(rows, (size, len(rows[0]))),
                        **words,
                        **others,
                        "context_mask": np.resize(mask, (size, len(rows[0]))),
                        "cbow_mean": mean,
                    },
                )
    for (case, arrays), (context, (rows, mask)) in itertools.product(
        PREDICTIONS["negative_sampling"].items(), CONTEXTS.items()
    ):
        arrays = [np.asarray(array, dtype=np.int64) for array in arrays]
        size = len(arrays[0])
        yield (
            "skipgram_shared_negatives",
            f"{case}, context: {context}",
            {
                "contexts": np.resize(rows, (size, len(rows[0]))),
                **dict(zip(["centers", "negatives", "negative_mask"], arrays, strict=False)),
                "context_mask": np.resize(mask, (size, len(rows[0]))),
            },
        )


CASES = {f"{function}: {case}": (function, arguments) for function, case, arguments in cases()}
every_case = pytest.mark.parametrize(("function", "arguments"), CASES.values(), ids=CASES)


def two_matrices(function):
    rng = np.random.default_rng(2)
    return rng.normal(size=(V, D)), rng.normal(
        size=(V - function.endswith("hierarchical_softmax"), D)
    )


def assert_autograd_agrees(module, function, arguments):
    v, u = two_matrices(function)
    loss, v_gradient, u_gradient = getattr(module, function)(v, u, **arguments)
    v, u = (torch.tensor(matrix, requires_grad=True) for matrix in (v, u))
    tensors = {
        name: torch.tensor(value) if isinstance(value, np.ndarray) else value
        for name, value in arguments.items()
    }
    theirs = getattr(torch_impl.objectives, function)(v, u, **tensors)
    theirs.backward()
    assert loss == pytest.approx(theirs.item(), rel=1e-12, abs=1e-12)
    np.testing.assert_allclose(v_gradient, v.grad.numpy(), atol=1e-12)
    np.testing.assert_allclose(u_gradient, u.grad.numpy(), atol=1e-12)


def assert_finite_differences_agree(module, function, arguments):
    v, u = two_matrices(function)
    model = getattr(module, function)
    _, v_gradient, u_gradient = model(v, u, **arguments)
    assert_close(v_gradient, numerical_gradient(lambda x: model(x, u, **arguments)[0], v))
    assert_close(u_gradient, numerical_gradient(lambda x: model(v, x, **arguments)[0], u))


@every_case
def test_gradients_agree_with_autograd(function, arguments):
    assert_autograd_agrees(objectives, function, arguments)


@every_case
def test_gradients_agree_with_finite_differences(function, arguments):
    assert_finite_differences_agree(objectives, function, arguments)


def one_by_one(arguments):
    """The examples of a batch as batches of one, without masks and without padding."""
    masks = {
        "contexts": "context_mask",
        "negatives": "negative_mask",
        "points": "path_mask",
        "codes": "path_mask",
    }
    size = len(next(iter(arguments.values())))
    for example in range(size):
        alone = {}
        for name, value in arguments.items():
            if name == "cbow_mean":
                alone[name] = value
            elif name not in masks.values():
                mask = arguments.get(masks.get(name))
                row = value[example]
                alone[name] = (row if mask is None or row.ndim == 0 else row[mask[example] == 1])[
                    None
                ]
        yield alone


def loss_on_paper(function, v, u, arguments):
    """One example, without arrays: the equations of the papers, word by word."""

    def p(h, row, sign):
        return 1 / (1 + math.exp(-sign * sum(a * b for a, b in zip(h, u[row], strict=True))))

    if function == "skipgram_shared_negatives":
        target, noise = arguments["centers"][0], arguments["negatives"][0]
        return -sum(
            math.log(p(v[word], target, 1)) + sum(math.log(p(v[word], row, -1)) for row in noise)
            for word in arguments["contexts"][0]
        )
    if function.startswith("cbow"):
        words = arguments["contexts"][0]
        if len(words) == 0:
            return 0.0
        h = [sum(v[word][i] for word in words) for i in range(D)]
        h = [a / len(words) for a in h] if arguments["cbow_mean"] else h
        target = arguments.get("centers")
    else:
        h = v[arguments["centers"][0]]
        target = arguments.get("contexts")
    if function.endswith("negative_sampling"):
        noise = arguments["negatives"][0]
        return -math.log(p(h, target[0], 1)) - sum(math.log(p(h, row, -1)) for row in noise)
    if function.endswith("hierarchical_softmax"):
        turns = zip(arguments["points"][0], arguments["codes"][0], strict=True)
        return -sum(math.log(p(h, node, 1 if code == 0 else -1)) for node, code in turns)
    powers = [math.exp(sum(a * b for a, b in zip(h, row, strict=True))) for row in u]
    return -math.log(powers[target[0]] / sum(powers))


@every_case
def test_a_batch_is_the_sum_of_its_examples_without_padding(function, arguments):
    v, u = two_matrices(function)
    model = getattr(objectives, function)
    loss, v_gradient, u_gradient = model(v, u, **arguments)
    expected = [0.0, np.zeros_like(v), np.zeros_like(u)]
    on_paper = 0.0
    for alone in one_by_one(arguments):
        expected = [
            total + part for total, part in zip(expected, model(v, u, **alone), strict=True)
        ]
        on_paper += loss_on_paper(function, v, u, alone)
    assert loss == pytest.approx(expected[0], abs=1e-12)
    assert loss == pytest.approx(on_paper, abs=1e-12)
    np.testing.assert_allclose(v_gradient, expected[1], atol=1e-12)
    np.testing.assert_allclose(u_gradient, expected[2], atol=1e-12)


MUTANTS = {
    "+= loses repeated rows": (
        "np.add.at(gradient, rows, shares)",
        "gradient[rows] += shares",
    ),
    "+= loses repeated centres": (
        "np.add.at(input_gradient, centers, error @ output_vectors)",
        "input_gradient[centers] += error @ output_vectors",
    ),
    "the error has the wrong sign": (
        "mask * (sigmoid(scores) - labels)",
        "mask * (labels - sigmoid(scores))",
    ),
    "the gradient lacks 1/C": (
        "shares = weights[:, :, None] * hidden",
        "shares = mask[:, :, None] * hidden",
    ),
    "u moves before v has used it": (
        '"bl,bld->bd", error, chosen',
        '"bl,bld->bd", error, chosen - error[:, :, None] * hidden[:, None, :]',
    ),
    "the error counts padding": (
        "error = mask * (sigmoid(scores) - labels)",
        "error = sigmoid(scores) - labels",
    ),
    "the loss counts padding": (
        "np.sum(mask * log_sigmoid(signs * scores))",
        "np.sum(log_sigmoid(signs * scores))",
    ),
}
SEEN_BY_AUTOGRAD_ONLY = {  # loss and gradient are wrong in the same way
    "code 0 is a no": (
        "points, 1 - codes, mask",
        "points, codes, mask",
    ),
    "noise is a yes": (
        "np.zeros_like(negatives)",
        "np.ones_like(negatives)",
    ),
    "C counts the padding": (
        "mask.sum(axis=1, keepdims=True)",
        "mask.shape[1]",
    ),
    "the noise of another window": (
        "negatives[windows]",
        "negatives[::-1][windows]",
    ),
    "the mean is a sum": (
        "if cbow_mean:",
        "if not cbow_mean:",
    ),
    "an empty context predicts": (
        "some = mask.any(axis=1)",
        "some = np.ones(len(mask), dtype=bool)",
    ),
}


@pytest.mark.parametrize("slip", [*MUTANTS, *SEEN_BY_AUTOGRAD_ONLY])
def test_a_classic_slip_is_seen(slip):
    """The two comparisons above, on the module with one expression changed for the worse."""
    right, wrong = {**MUTANTS, **SEEN_BY_AUTOGRAD_ONLY}[slip]
    source = inspect.getsource(objectives)
    assert source.count(right) == 1
    mutant = types.ModuleType("mutant")
    exec(source.replace(right, wrong), mutant.__dict__)
    judges = [assert_autograd_agrees]
    if slip in MUTANTS:
        judges.append(assert_finite_differences_agree)
    for judge in judges:
        with pytest.raises(AssertionError):
            for function, arguments in CASES.values():
                judge(mutant, function, arguments)


def test_one_update_of_negative_sampling_by_hand():
    """One dimension, v = 1: scores log 3 for the context word and 0 for the noise word."""
    v, u = np.array([[1.0]]), np.array([[math.log(3)], [0.0]])
    loss, v_gradient, u_gradient = objectives.skipgram_negative_sampling(v, u, [0], [0], [[1]])
    assert loss == pytest.approx(-math.log(3 / 4) - math.log(1 / 2))
    np.testing.assert_allclose(v_gradient, [[-math.log(3) / 4 + 0 / 2]])
    np.testing.assert_allclose(u_gradient, [[-1 / 4], [1 / 2]])


def test_a_negative_that_is_the_target_pulls_both_ways():
    """Yes with e = s - 1 and no with e = s: at a score of 0 they cancel, and the loss is log 4."""
    v, u = np.ones((1, 2)), np.zeros((1, 2))
    loss, _, u_gradient = objectives.skipgram_negative_sampling(v, u, [0], [0], [[0]])
    assert loss == pytest.approx(math.log(4))
    assert not u_gradient.any()


# Negative sampling over a whole text --------------------------------------------------------------

PAIR_COUNTS = np.array([[0, 3, 1], [2, 0, 0], [4, 1, 1]])
NOISE = np.array([0.5, 0.3, 0.2])


@pytest.mark.parametrize("skip_target", [False, True])
@pytest.mark.parametrize("negative", [1, 2])
def test_the_expected_loss_is_the_mean_over_all_draws(matrices, negative, skip_target):
    """Every pair with every possible draw of k noise words, each as often as it is likely."""
    v, u = (matrix[:3] for matrix in matrices)
    sums = [0.0, np.zeros_like(v), np.zeros_like(u)]
    for (w, c), count in np.ndenumerate(PAIR_COUNTS):
        for draw in itertools.product(range(3), repeat=negative):
            weight = count * NOISE[list(draw)].prod()
            mask = [[word != c or not skip_target for word in draw]]
            found = objectives.skipgram_negative_sampling(v, u, [w], [c], [list(draw)], mask)
            sums = [total + weight * part for total, part in zip(sums, found, strict=True)]
    noise_counts = objectives.expected_negatives(PAIR_COUNTS, NOISE, negative, skip_target)
    expected = objectives.expected_negative_sampling(v, u, PAIR_COUNTS, noise_counts)
    for one, other in zip(sums, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_expected_gradients_agree_with_finite_differences(matrices):
    v, u = (matrix[:3] for matrix in matrices)
    counts = PAIR_COUNTS, objectives.expected_negatives(PAIR_COUNTS, NOISE, 5)
    _, v_gradient, u_gradient = objectives.expected_negative_sampling(v, u, *counts)
    loss = objectives.expected_negative_sampling
    assert_close(v_gradient, numerical_gradient(lambda x: loss(x, u, *counts)[0], v))
    assert_close(u_gradient, numerical_gradient(lambda x: loss(v, x, *counts)[0], u))


def test_at_the_optimal_scores_nothing_moves():
    counts = PAIR_COUNTS + 1, objectives.expected_negatives(PAIR_COUNTS + 1, NOISE, 2)
    best = objectives.optimal_scores(*counts)
    _, *gradients = objectives.expected_negative_sampling(best, np.eye(3), *counts)
    np.testing.assert_allclose(gradients, 0, atol=1e-12)
    _, *gradients = objectives.expected_negative_sampling(best + 0.1, np.eye(3), *counts)
    assert np.abs(gradients).min() > 0.01


@pytest.mark.parametrize("negative", [1, 5])
def test_with_the_words_own_frequency_the_optimum_is_pmi_less_log_k(negative):
    p_pair = PAIR_COUNTS / PAIR_COUNTS.sum()
    p_center, p_context = p_pair.sum(axis=1), p_pair.sum(axis=0)
    with np.errstate(divide="ignore"):
        pmi = np.log(p_pair / np.outer(p_center, p_context))
    counts = PAIR_COUNTS, objectives.expected_negatives(PAIR_COUNTS, p_context, negative)
    found = objectives.optimal_scores(*counts)
    np.testing.assert_allclose(found, pmi - np.log(negative), atol=1e-12)


def test_skipping_the_target_turns_the_probability_into_odds():
    """log(p / (1 - p)) in the place of log p, with p = #(w, c) / #(w)."""
    p = PAIR_COUNTS[2] / PAIR_COUNTS[2].sum()
    skipped = objectives.expected_negatives(PAIR_COUNTS, NOISE, 5, skip_target=True)
    found = objectives.optimal_scores(PAIR_COUNTS, skipped)[2]
    np.testing.assert_allclose(found, np.log(p / (1 - p)) - np.log(5 * NOISE))


def test_a_pair_that_never_occurs_has_no_finite_optimum_nor_one_that_is_never_noise():
    found = objectives.optimal_scores([[0, 1], [2, 0]], [[1, 0], [2, 0]])
    assert found.tolist() == [[-np.inf, np.inf], [0, -np.inf]]


def test_counts_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"shape \(3, 3\) do not fit .* \(2,\)"):
        objectives.expected_negatives(PAIR_COUNTS, NOISE[:2], 5)
    with pytest.raises(ValueError, match="all three must agree"):
        objectives.expected_negative_sampling(np.eye(2), np.eye(2), PAIR_COUNTS, PAIR_COUNTS)
    with pytest.raises(ValueError, match="must agree"):
        objectives.optimal_scores(PAIR_COUNTS, NOISE)


@pytest.mark.parametrize("kind", PREDICTIONS)
@pytest.mark.parametrize("mean", [True, False])
def test_cbow_with_one_context_word_is_skip_gram(kind, mean):
    _, skipgram = CASES[f"skipgram_{kind}: a word repeated"]
    v, u = two_matrices(kind)
    others = list(skipgram.values())[1:]
    expected = getattr(objectives, f"skipgram_{kind}")(v, u, skipgram["centers"], *others)
    found = getattr(objectives, f"cbow_{kind}")(
        v, u, skipgram["centers"][:, None], *others, cbow_mean=mean
    )
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-15)


def test_the_hidden_vector_of_cbow():
    v = np.arange(8.0).reshape(4, 2)
    contexts, mask = [[1, 2, 2], [3, 0, 0], [0, 0, 0]], [[1, 1, 1], [1, 0, 0], [0, 0, 0]]
    np.testing.assert_allclose(
        objectives.cbow_hidden(v, contexts, mask), [(v[1] + 2 * v[2]) / 3, v[3], [0, 0]]
    )
    np.testing.assert_allclose(
        objectives.cbow_hidden(v, contexts, mask, cbow_mean=False), [v[1] + 2 * v[2], v[3], [0, 0]]
    )


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100, 2000])
def test_probabilities_of_hierarchical_softmax_sum_to_one(size):
    rng = np.random.default_rng(size)
    tree = HuffmanTree.from_counts(rng.integers(1, 100, size=size))
    nodes, hidden = rng.normal(size=(size - 1, D)), rng.normal(size=(5, D))
    probabilities = objectives.word_probabilities(hidden, nodes, tree)
    assert probabilities.shape == (5, size)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=0, atol=1e-12)
    np.testing.assert_allclose(
        objectives.word_probabilities(hidden[2], nodes, tree), probabilities[2], rtol=1e-13
    )
    words = rng.integers(size, size=5)
    loss, *_ = objectives.skipgram_hierarchical_softmax(
        hidden, nodes, np.arange(5), *tree.padded_paths(words)
    )
    assert loss == pytest.approx(-np.log(probabilities[np.arange(5), words]).sum(), abs=1e-12)


def test_a_single_word_is_predicted_for_sure():
    tree = HuffmanTree.from_counts([3])
    v, nodes = np.ones((1, D)), np.zeros((0, D))
    for model, words in [("skipgram", [0, 0]), ("cbow", [[0, 0], [0, 0]])]:
        function = f"{model}_hierarchical_softmax"
        paths = tree.padded_paths([0, 0])
        loss, v_gradient, node_gradient = getattr(objectives, function)(v, nodes, words, *paths)
        assert loss == 0
        assert not v_gradient.any()
        assert node_gradient.shape == (0, D)
        tensors = (torch.tensor(array) for array in (v, nodes, words, *paths))
        assert getattr(torch_impl.objectives, function)(*tensors).item() == 0


def test_sigmoid_and_its_logarithm_neither_overflow_nor_vanish():
    scores = np.array([-1000.0, -40.0, 0.0, 40.0, 1000.0])
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        logarithms, probabilities = objectives.log_sigmoid(scores), objectives.sigmoid(scores)
    np.testing.assert_allclose(logarithms[:3], [-1000, -40, -math.log(2)], rtol=1e-15)
    np.testing.assert_allclose(logarithms[3:], [-math.exp(-40), 0], rtol=1e-13)
    np.testing.assert_allclose(probabilities, [0, math.exp(-40), 0.5, 1, 1], rtol=1e-13)


def test_large_scores_do_not_overflow_in_a_loss():
    v, u = np.full((1, 1), 1000.0), np.array([[1.0], [-1.0]])
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        loss, v_gradient, u_gradient = objectives.skipgram_negative_sampling(v, u, [0], [1], [[0]])
    assert loss == pytest.approx(2000)
    np.testing.assert_allclose(v_gradient, [[2.0]])
    np.testing.assert_allclose(u_gradient, [[1000.0], [-1000.0]])


@pytest.mark.parametrize("function", sorted({function for function, _ in CASES.values()}))
def test_float32_stays_float32_and_arguments_stay_as_they_are(function):
    arguments = next(arguments for name, arguments in CASES.values() if name == function)
    matrices = [matrix.astype(np.float32) for matrix in two_matrices(function)]
    kept = [matrix.copy() for matrix in matrices]
    _, *gradients = getattr(objectives, function)(*matrices, **arguments)
    assert [gradient.dtype for gradient in gradients] == [np.float32] * 2
    for before, after in zip(kept, matrices, strict=True):
        np.testing.assert_array_equal(before, after)


def test_bad_batches_are_refused():
    v, u = two_matrices("softmax")
    negative_sampling = objectives.skipgram_negative_sampling
    for centers, contexts, negatives in [
        ([7], [0], [[0]]),
        ([0], [-1], [[0]]),
        ([0], [0], [[7]]),
        ([0], [0], [[-1]]),
    ]:
        with pytest.raises(ValueError, match="outside 0 to 6"):
            negative_sampling(v, u, centers, contexts, negatives)
    with pytest.raises(ValueError, match="2 centers, 2 contexts, 1 negatives: give one each"):
        negative_sampling(v, u, [0, 1], [0, 1], [[0]])
    with pytest.raises(ValueError, match=r"negatives has shape \(1,\)"):
        negative_sampling(v, u, [0], [0], [0])
    with pytest.raises(ValueError, match=r"mask of negatives has shape \(1,\), not \(1, 2\)"):
        negative_sampling(v, u, [0], [0], [[1, 2]], [1])
    with pytest.raises(ValueError, match=r"contexts has shape \(1, 1\)"):
        skipgram_softmax(v, u, [0], [[1]])
    with pytest.raises(ValueError, match="contexts holds a row outside 0 to 6"):
        objectives.cbow_softmax(v, u, [[0, 7]], [0])
    with pytest.raises(ValueError, match="centers holds a row outside 0 to 6"):
        objectives.cbow_negative_sampling(v, u, [[0, 1]], [7], [[1]])
    with pytest.raises(ValueError, match="1 contexts, 2 centers: give one each"):
        objectives.cbow_softmax(v, u, [[0, 1]], [0, 1])
    with pytest.raises(ValueError, match="points holds a row outside 0 to 5"):
        objectives.cbow_hierarchical_softmax(v, u[:-1], [[0, 1]], [[6]], [[0]])
    with pytest.raises(ValueError, match="codes must have the shape of points"):
        objectives.skipgram_hierarchical_softmax(v, u[:-1], [0], [[5]], [[-1]])
    with pytest.raises(ValueError, match="7 words has 6 inner nodes, but there are 7"):
        objectives.word_probabilities(v[0], u, TREE)
