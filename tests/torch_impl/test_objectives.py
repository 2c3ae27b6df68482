import numpy as np
import pytest
import torch

from course_lib import HuffmanTree
from course_lib.torch_impl import objectives
from course_lib.torch_impl.objectives import SkipGramSoftmax, skipgram_softmax


def matrices(seed=1, V=6, d=3):
    generator = torch.Generator().manual_seed(seed)
    return (
        torch.randn(V, d, dtype=torch.float64, generator=generator, requires_grad=True)
        for _ in range(2)
    )


def test_the_loss_is_minus_the_log_of_the_probability():
    v, u = matrices()
    centers, contexts = torch.tensor([0, 4, 4]), torch.tensor([1, 5, 5])
    expected = 0.0
    for center, context in zip(centers, contexts, strict=True):
        powers = np.exp((u @ v[center]).detach().numpy())
        expected -= np.log(powers[context] / powers.sum())
    np.testing.assert_allclose(skipgram_softmax(v, u, centers, contexts).item(), expected)


def test_autograd_agrees_with_finite_differences():
    v, u = matrices()
    centers, contexts = torch.tensor([0, 4, 4, 4]), torch.tensor([1, 5, 5, 4])
    assert torch.autograd.gradcheck(
        lambda a, b: skipgram_softmax(a, b, centers, contexts), (v, u), rtol=1e-6
    )


def test_the_module_has_two_trainable_copies():
    v, u = (matrix.detach() for matrix in matrices())
    model = SkipGramSoftmax(v, u)
    centers, contexts = torch.tensor([0, 4]), torch.tensor([1, 5])
    loss = model(centers, contexts)
    assert loss.item() == skipgram_softmax(v, u, centers, contexts).item()
    loss.backward()
    assert [name for name, _ in model.named_parameters()] == [
        "input_layer.weight",
        "output_layer.weight",
    ]
    kept = v.clone()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter -= parameter.grad
    assert torch.equal(v, kept)
    touched = (model.input_layer.weight != v).any(dim=1)
    assert touched.tolist() == [True, False, False, False, True, False]


# Against NumPy's losses, and on every kind of batch: tests/numpy_impl/test_objectives.py.

PATHS = tuple(
    torch.tensor(array)
    for array in HuffmanTree.from_counts([6, 4, 3, 2, 1, 1]).padded_paths([0, 5, 5])
)
CENTERS, TARGETS = torch.tensor([2, 4, 4]), torch.tensor([0, 5, 5])
NEGATIVES = torch.tensor([[1, 1], [5, 3], [4, 0]])  # a word twice, the target, the centre
NEGATIVE_MASK = torch.tensor([[True, True], [True, False], [True, True]])
CONTEXTS = torch.tensor([[2, 2, 3], [1, 0, 0], [0, 0, 0]])
CONTEXT_MASK = torch.tensor([[True, True, True], [True, False, False], [False, False, False]])
MODELS = {
    "SkipGramSoftmax": ("skipgram_softmax", (CENTERS, TARGETS)),
    "SkipGramNegativeSampling": (
        "skipgram_negative_sampling",
        (CENTERS, TARGETS, NEGATIVES, NEGATIVE_MASK),
    ),
    "SkipGramSharedNegatives": (
        "skipgram_shared_negatives",
        (CONTEXTS, TARGETS, NEGATIVES, NEGATIVE_MASK, CONTEXT_MASK),
    ),
    "SkipGramHierarchicalSoftmax": ("skipgram_hierarchical_softmax", (CENTERS, *PATHS)),
    "CBOWSoftmax": ("cbow_softmax", (CONTEXTS, TARGETS, CONTEXT_MASK)),
    "CBOWNegativeSampling": (
        "cbow_negative_sampling",
        (CONTEXTS, TARGETS, NEGATIVES, NEGATIVE_MASK, CONTEXT_MASK),
    ),
    "CBOWHierarchicalSoftmax": ("cbow_hierarchical_softmax", (CONTEXTS, *PATHS, CONTEXT_MASK)),
}


def matrices_of(name):
    v, u = matrices()
    return v, u[:5].detach().requires_grad_() if "Hierarchical" in name else u


@pytest.mark.parametrize("name", MODELS)
def test_autograd_agrees_with_finite_differences_on_each_loss(name):
    function, batch = MODELS[name]
    loss = getattr(objectives, function)
    assert torch.autograd.gradcheck(lambda v, u: loss(v, u, *batch), matrices_of(name), rtol=1e-6)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("cbow_mean", [True, False])
def test_a_step_moves_the_vectors_by_the_gradients_that_autograd_finds(name, cbow_mean):
    _, batch = MODELS[name]
    v, u = (matrix.detach() for matrix in matrices_of(name))
    options = {"cbow_mean": cbow_mean} if name.startswith("CBOW") else {}
    one, other = (getattr(objectives, name)(v, u, **options) for _ in range(2))
    loss = one(*batch)
    loss.backward()
    torch.optim.SGD(one.parameters(), lr=0.3).step()
    found = other.descend(*other.prepare(*batch), alpha=0.3)
    torch.testing.assert_close(found, loss.detach(), rtol=1e-12, atol=1e-12)
    for expected, moved in zip(one.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(moved, expected, rtol=1e-12, atol=1e-12)
        assert moved.grad is None


@pytest.mark.parametrize("name", MODELS)
def test_each_module_is_its_loss_on_two_trainable_copies(name):
    function, batch = MODELS[name]
    v, u = (matrix.detach() for matrix in matrices_of(name))
    kept = v.clone(), u.clone()
    model = getattr(objectives, name)(v, u)
    loss = model(*batch)
    assert loss.item() == getattr(objectives, function)(v, u, *batch).item()
    if name.startswith("CBOW"):
        as_sum = model(*batch, cbow_mean=False)
        assert as_sum.item() == getattr(objectives, function)(v, u, *batch, cbow_mean=False).item()
        assert as_sum.item() != loss.item()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    loss.backward()
    optimizer.step()
    assert model(*batch).item() < loss.item()
    assert torch.equal(v, kept[0])
    assert torch.equal(u, kept[1])


def test_a_loss_of_large_scores_is_finite():
    v, u = torch.full((1, 1), 1000.0), torch.tensor([[1.0], [-1.0]])
    zero, one = torch.tensor([0]), torch.tensor([1])
    assert torch.log(torch.sigmoid(torch.tensor(-1000.0))) == -torch.inf
    assert objectives.skipgram_negative_sampling(v, u, zero, one, zero[:, None]).item() == 2000
