"""Numbers and code on the slides of lesson 03, computed again."""

import re

import numpy as np
import pytest
from decks import figures_of, lesson_cells, lesson_output, pair, raw_slide, row, slide, vocabulary

from course_lib import datasets, numpy_impl

DECK = "03_cbow"
figures = figures_of(DECK)


def test_gaps_that_counting_has_seen():
    text, raw = slide(DECK, "Counting has nothing"), raw_slide(DECK, "Counting has nothing")
    sentences = [
        (tokens[: len(tokens) * 9 // 10], tokens[len(tokens) * 9 // 10 :])
        for tokens in datasets.load_corpus("wikipedia")
    ]

    def around(tokens, left, right):
        places = range(left, len(tokens) - right)
        return [tuple(tokens[i - left : i] + tokens[i + 1 : i + 1 + right]) for i in places]

    for left, right, told in [
        (1, 0, "1 before"),
        (1, 1, "1 before, 1 after"),
        (2, 2, "2 before, 2 after"),
    ]:
        known = {context for first, _ in sentences for context in around(first, left, right)}
        asked = [context for _, last in sentences for context in around(last, left, right)]
        share = np.mean([context in known for context in asked])
        assert row(told, f"{share:.0%}") in text
        assert f"{left} before, {right} after: {share:.0%}" in lesson_output(DECK)
    assert f"{100 - round(100 * share)} gaps in a hundred" in raw


def test_cbow_of_one_word_is_skipgram_and_a_bigram_model():
    text = slide(DECK, "With a context of one word")
    counted, trained = re.search(r"pay (\S+) nats a word, this model (\d\.\d\d)", text).groups()
    assert f"counted bigrams: {counted} nats" in lesson_output(DECK)
    assert f"CBOW, 1 before and 0 after {trained}" in lesson_output(DECK)
    pairs = np.array([0, 0, 4]), np.array([3, 1, 2])
    skipgram = numpy_impl.objectives.skipgram_softmax(figures.W, figures.W_OUT, *pairs)
    cbow = numpy_impl.objectives.cbow_softmax(figures.W, figures.W_OUT, pairs[0][:, None], pairs[1])
    for left, right in zip(skipgram, cbow, strict=True):
        np.testing.assert_allclose(left, right, rtol=0, atol=1e-12)


def test_cbow_by_hand():
    text = slide(DECK, "By hand: the, king, wears, the")
    assert [figures.FIVE[index] for index in figures.CONTEXT] == ["the", "king", "wears", "the"]
    vectors = figures.W[figures.CONTEXT]
    for index, vector in zip(figures.CONTEXT, vectors, strict=True):
        assert row(figures.FIVE[index], pair(vector, 1)) in text
    h = vectors.mean(axis=0)
    assert row("sum", pair(vectors.sum(axis=0), 1)) in text
    assert row("h, the mean", pair(h, 3)) in text
    scores = figures.W_OUT @ h
    y_hat = numpy_impl.objectives.softmax(scores)
    error = y_hat - np.eye(5)[figures.CROWN]
    for word, *numbers in zip(figures.FIVE, scores, y_hat, error, strict=True):
        assert row(word, *(f"{number:.3f}" for number in numbers)) in text
    loss = numpy_impl.objectives.softmax_loss(h, figures.W_OUT, figures.CROWN)[0]
    assert rf"L = -\log {y_hat[figures.CROWN]:.3f} = {loss:.3f}" in text
    assert rf"\log 5 = {np.log(5):.3f}" in text


def test_one_step_of_cbow_by_hand():
    text = slide(DECK, "One step with α = 1")
    h = figures.W[figures.CONTEXT].mean(axis=0)
    _, EH, _ = numpy_impl.objectives.softmax_loss(h, figures.W_OUT, figures.CROWN)
    assert f"e = {pair(EH, 4)}" in text
    assert f"EH / C = {pair(EH / 4, 4)}" in text
    W_new, _ = figures._after_one_step(mean=True)
    contexts, centers = figures.CONTEXT[None], np.array([figures.CROWN])
    _, gradient, _ = numpy_impl.objectives.cbow_softmax(figures.W, figures.W_OUT, contexts, centers)
    np.testing.assert_allclose(W_new, figures.W - figures.ALPHA * gradient, atol=1e-12)
    for word, before, after in zip(figures.FIVE, figures.W, W_new, strict=True):
        assert row(f"$v_{{\\text{{{word}}}}}$", pair(before, 1), pair(after, 3)) in text


def test_mean_and_sum_after_one_step():
    text = slide(DECK, "The same α is a small step")
    for mean, told in [(True, "mean"), (False, "sum")]:
        losses = []
        for W, W_out in [
            (figures.W, figures.W_OUT),
            figures._after_one_step(mean=mean),
        ]:
            rows = W[figures.CONTEXT]
            h = rows.mean(axis=0) if mean else rows.sum(axis=0)
            losses.append(numpy_impl.objectives.softmax_loss(h, W_out, figures.CROWN)[0])
        shown = re.search(rf"\| {told}: [^|]*\| (\S+) \| (\S+) \|", text).groups()
        assert shown == tuple(f"{loss:.3f}" for loss in losses)
        assert f"{told}: loss {shown[0]} -> {shown[1]}" in re.sub(" +", " ", lesson_output(DECK))


def test_cbow_code_is_a_cell_of_the_lesson():
    block = re.search(r"```python\n(.*?)```", raw_slide(DECK, "The same in NumPy"), re.DOTALL)[1]
    assert block.strip() in [cell.strip() for cell in lesson_cells(DECK)]
    W, W_out = figures.W, figures.W_OUT
    contexts = np.array([[3, 0, 2, 3], [0, 3, 0, 0]])
    mask, centers = np.array([[1, 1, 1, 1], [1, 1, 0, 0]]), np.array([4, 2])
    names = {
        "np": np, "numpy_impl": numpy_impl, "W": W, "W_out": W_out, "contexts": contexts,
        "mask": mask, "centers": centers,
    }  # fmt: skip
    exec(block, names)
    _, *right = numpy_impl.objectives.cbow_softmax(W, W_out, contexts, centers, mask)
    np.testing.assert_allclose(names["W_gradient"], right[0], atol=1e-12)
    np.testing.assert_allclose(names["W_out_gradient"], right[1], atol=1e-12)


def test_two_judges_of_cbow():
    text, printed = slide(DECK, "Two judges agree"), lesson_output(DECK)
    assert row("finite differences", "1e-9") in text
    assert row("autograd", "1e-12") in text
    for kind in ("mean", "sum"):
        for matrix in ("dL/dW", "dL/dW'"):
            assert f"{kind} {matrix} same to 1e-9: True; to 1e-12: True" in printed
    assert "EmbeddingBag gives h: True" in printed


def test_more_context_guesses_better():
    text, printed = slide(DECK, "The more context"), lesson_output(DECK)
    words = vocabulary("toy", 1)
    shares = words.counts / words.counts.sum()
    _, encoded = figures._toy()
    alone = -np.log(shares[np.concatenate(encoded[4000:])]).mean()
    assert row(r"nothing: $\log V$", f"{np.log(len(words)):.2f}") in text
    assert row("the frequencies of the words", f"{alone:.2f}") in text
    for left, right in [(1, 0), (1, 1), (2, 2), (3, 3)]:
        told = f"CBOW, {left} before" + (f" and {right} after" if right else "")
        loss = re.search(rf"\| {told} \| (\S+) \|", text)[1]
        assert f"CBOW, {left} before and {right} after {loss}" in printed


def test_gensims_rule_is_the_other_one():
    text, printed = slide(DECK, "gensim does the reverse"), lesson_output(DECK)
    mean = re.search(r"\| mean \| \$EH/C\$: (\d+%) \| \$EH\$: (\d+%) \|", text).groups()
    total = re.search(r"\| sum \| \$EH\$: (\d+%) \| \$EH/C\$: (\d+%) \|", text).groups()
    for told in [
        f"h is the mean, EH/C (true gradient ): gensim is {mean[0]} off",
        f"h is the mean, EH (the other rule): gensim is {mean[1]} off",
        f"h is the sum, EH (true gradient ): gensim is {total[0]} off",
        f"h is the sum, EH/C (the other rule): gensim is {total[1]} off",
    ]:
        assert told in printed
    assert "numpy_impl against gensim: True" in printed


def test_the_learning_rate_that_gensims_rule_amounts_to():
    text, printed = slide(DECK, "A rate twice as large"), lesson_output(DECK)
    C = figures._mean_size()
    assert f"mean $C = {C:.2f}$" in text
    assert rf"\sqrt{{{C:.2f}}} = {C**0.5:.2f}$" in text
    assert f"textbook at {0.025 * C**0.5:.3f}" in text
    assert f"{0.025 * 6**0.5:.2f} of the textbook" in text  # reach 1 to 5: 6 words on the average
    slow, gensim, fast = figures._losses().values()
    assert gensim == pytest.approx(fast, rel=0.06)
    assert slow[-1] > 1.5 * gensim[-1]
    assert "1e-10" in slide(DECK, "It amounts to")
    assert "the same scores: True the same IN vectors: True" in printed


def test_mean_and_sum_are_one_training_in_gensim():
    text, printed = slide(DECK, "In gensim, mean and sum"), lesson_output(DECK)
    cosine = re.search(r"two vectors \| (\S+) \|", text)[1]
    length = re.search(r"length of the other \| (\S+) \|", text)[1]
    assert f"cosine of the two vectors of a word, median: {cosine}" in printed
    assert f"length of one by the other, median: {length}" in printed


def test_weights_of_the_distances():
    in_window, in_mean = figures._weights(5)
    reaches = np.arange(1, 6)
    right = [np.sum(1 / (2 * reaches[reaches >= delta])) / 5 for delta in reaches]
    np.testing.assert_allclose(in_mean, right, atol=0.002)
    np.testing.assert_allclose(in_window, (6 - reaches) / 5, atol=0.01)
    assert f"{right[0] / right[-1]:.0f} to 1, not 5 to 1" in slide(DECK, "Order: no difference")


def test_twins_are_those_of_the_lesson():
    printed = lesson_output(DECK)
    for name, lines in figures.FOUND.items():
        for line in lines:
            assert f"{name} {' '.join(f'{share:.2f}' for share in line)}" in printed
    means = {name: np.mean(lines, axis=0) for name, lines in figures.FOUND.items()}
    skipgram, same_epochs, same_time = means.values()
    assert (skipgram[1:] > same_epochs[1:]).all()
    assert (same_time > skipgram).all()
    assert (same_time - skipgram).argmax() in (1, 2)
    words = vocabulary("wikipedia", 1)
    told = f"{np.sum(words.counts >= 200)} words of the Wikipedia excerpt"
    assert told in slide(DECK, "At equal epochs")


def test_gap_filling_is_that_of_the_lesson():
    text, printed = slide(DECK, "predict_output_word is no"), lesson_output(DECK)
    for name in ("frequencies alone", "gensim's way", "with the noise, (12)"):
        told = name.replace(",", "")
        loss, first_ten, share = re.search(
            rf"\| {re.escape(name)} \| (\S+) \| (\S+) \| (\S+) \|", text
        ).groups()
        assert (
            f"{told} loss {loss} among the first ten {first_ten} "
            f"given to the 100 frequent words {share}"
        ) in printed
    true = re.search(r"\| the true words \| \| \| (\S+) \|", text)[1]
    assert f"one of the 100 most frequent in {true} of the gaps" in printed


def test_limits_of_predict_output_word_are_those_of_the_lesson():
    text, printed = slide(DECK, "What else"), lesson_output(DECK)
    for asked, told in [
        ("the young has his throne", "as it stands:"),
        ("the same words in another order", "in another order:"),
        ("with an unknown word", "a word unknown:"),
        ("with throne twice", "a word twice:"),
        ("unknown words only", "all words unknown:"),
    ]:
        guess = re.search(rf"\| {asked} \| (.*?) \|", text)[1]
        assert f"{told} {guess}" in printed
