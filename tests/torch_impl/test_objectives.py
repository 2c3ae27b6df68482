import numpy as np
import torch

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
