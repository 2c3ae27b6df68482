"""Numbers and code that were typed into the slides, computed again.

What can be computed in a moment comes from course_lib. What needs a long training is looked up in
the outputs of the lesson, which nbval computes again.
"""

import functools
import importlib.util
import inspect
import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from gensim.models import Word2Vec
from gensim.test.utils import datapath

from course_lib import (
    HuffmanTree,
    Vocabulary,
    chinese,
    corpus,
    datasets,
    gensim_impl,
    glossary,
    numpy_impl,
    plots,
    torch_impl,
)
from course_lib.glove_training import glove_weights
from course_lib.numpy_impl.gradient_check import numerical_gradient
from course_lib.pairs import skipgram_pairs

ROOT = Path(__file__).resolve().parents[1]
WORDS_TO_VECTORS, SKIP_GRAM = "01_from_words_to_vectors", "02_skip_gram"
CBOW = "03_cbow"
NEGATIVES = "04_negative_sampling"
HIERARCHICAL_SOFTMAX = "05_hierarchical_softmax"
PRETRAINED = "08_pretrained_vectors"
GLOVE = "07_glove"
GENSIM = "06_gensim_seen_through"
CHINESE = "12_chinese_text"
DECKS = [
    WORDS_TO_VECTORS,
    SKIP_GRAM,
    CBOW,
    NEGATIVES,
    HIERARCHICAL_SOFTMAX,
    GENSIM,
    GLOVE,
    PRETRAINED,
    CHINESE,
]


def figures_of(deck):
    source = ROOT / "slides" / f"{deck}_figures.py"
    spec = importlib.util.spec_from_file_location(f"numbers_of_{deck}", source)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


figures01, figures02 = figures_of(WORDS_TO_VECTORS), figures_of(SKIP_GRAM)
figures03 = figures_of(CBOW)
figures04 = figures_of(NEGATIVES)
figures05 = figures_of(HIERARCHICAL_SOFTMAX)
figures06 = figures_of(GENSIM)
figures12 = figures_of(CHINESE)
figures07 = figures_of(GLOVE)
figures08 = figures_of(PRETRAINED)


def plain(text):
    """Text with ASCII minus signs and single spaces, without the marks for bold and code."""
    text = re.sub(r"&nbsp;|\\ ", " ", text).replace("{,}", ",").replace("\N{MINUS SIGN}", "-")
    return " ".join(re.sub(r"[*`]", "", text).split())


@functools.cache
def slides(deck):
    return (ROOT / "slides" / f"{deck}.md").read_text(encoding="utf-8").split("\n---\n")


def raw_slide(deck, title):
    found = [text for text in slides(deck) if f"## {title}" in text]
    assert len(found) == 1, f"{len(found)} slides of {deck} have the title {title}"
    return found[0]


def slide(deck, title):
    return plain(raw_slide(deck, title))


@functools.cache
def lesson(deck):
    """The cells of a lesson as executed."""
    return json.loads((ROOT / "notebooks" / f"{deck}.ipynb").read_text(encoding="utf-8"))["cells"]


def lesson_cells(deck):
    """What is written in the cells of a lesson."""
    return ["".join(cell["source"]) for cell in lesson(deck)]


@functools.cache
def lesson_output(deck):
    """Everything that the cells of a lesson printed."""
    outputs = [output for cell in lesson(deck) for output in cell.get("outputs", [])]
    return plain("\n".join("".join(output.get("text", "")) for output in outputs))


def code_lines(text, language="python"):
    block = re.search(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)[1]
    return [line.split("  #")[0].rstrip() for line in block.splitlines()]


def without_spaces(text):
    return re.sub(r"\s|,(?=\s*\))", "", text)


def row(*cells):
    return f"| {' | '.join(map(str, cells))} |"


def pair(vector, digits):
    return f"({', '.join(f'{value:.{digits}f}' for value in vector)})"


@functools.cache
def vocabulary(name, min_count):
    return Vocabulary.from_sentences(datasets.load_corpus(name), min_count=min_count)


@pytest.mark.parametrize("deck", DECKS)
def test_the_notes_add_up_to_a_lecture_of_45_minutes(deck):
    minutes = [int(n) for n in re.findall(r"<!--\n(\d+) minutes?\.", "\n---\n".join(slides(deck)))]
    assert len(minutes) == len(slides(deck)) - 2  # not the front matter, not the references
    assert sum(minutes) == 45


@pytest.mark.parametrize("deck", DECKS)
def test_the_notes_name_sections_that_the_lesson_has(deck):
    told = [
        (number, quoted)
        for note in re.findall(r"<!--\n(.*?)-->", "\n---\n".join(slides(deck)), flags=re.DOTALL)
        for number, quoted in re.findall(
            r'[Ss]ection\s+(\d+)(?: of the lesson, "(.*?)")?', plain(note)
        )
    ]
    cells = lesson_cells(deck)
    headings = re.findall(r"^## (\d+)\. (.*)$", "\n".join(cells), flags=re.MULTILINE)
    assert len(headings) > 10
    assert set(told) <= set(headings)


# 01 From words to vectors -------------------------------------------------------------------------


def test_letters():
    text = slide(WORDS_TO_VECTORS, "By its letters")
    letters = {word: np.array([ord(letter) for letter in word]) for word in ("cat", "dog", "hat")}
    for word, numbers in letters.items():
        distance = np.linalg.norm(numbers - letters["cat"])
        assert row(word, ", ".join(map(str, numbers)), f"{distance:.1f}") in text


def test_ids_depend_on_the_order():
    text = slide(WORDS_TO_VECTORS, "An id is a name")
    toy = datasets.load_corpus("toy")
    words = vocabulary("toy", 1).words
    orders = {
        "by count": words,
        "alphabetical": sorted(words),
        "by first appearance": list(dict.fromkeys(token for tokens in toy for token in tokens)),
    }
    for name, order in orders.items():
        gaps = [abs(order.index("cat") - order.index(other)) for other in ("dog", "hat")]
        assert row(name, *gaps) in text


def test_one_hot_vectors_are_long():
    text = slide(WORDS_TO_VECTORS, "One-hot vectors")
    for V in (9_000, 3_000_000):
        one_hot = V * V * 4 / 1e9
        shown = f"{one_hot:.2f}" if one_hot < 1 else f"{one_hot:,.0f}"
        assert f"| {V:,} | {shown} | {V * 300 * 4 / 1e9:.2f} |" in text
    assert f"by product {9_000 * 100:,}" in slide(WORDS_TO_VECTORS, "An embedding layer")


def test_shapes_of_the_embedding_layer():
    text = raw_slide(WORDS_TO_VECTORS, "Ids go in")
    scope = {"torch": torch}
    *statements, last = code_lines(text)
    exec("\n".join(statements), scope)
    shape = tuple(eval(last, scope))
    assert shape == (2, 3, 4)
    assert f"# {shape}" in text
    assert row("output", shape, "a vector in the place of each id") in text
    assert row("table", tuple(scope["layer"].weight.shape), "20 words, 4 dimensions") in text


def test_gradient_of_the_look_up_by_hand():
    text = slide(WORDS_TO_VECTORS, "By hand")
    looked_up = figures01.W[figures01.BATCH]
    g = looked_up - figures01.TARGETS
    for word, h, t, gradient in zip(figures01.BATCH, looked_up, figures01.TARGETS, g, strict=True):
        assert row(figures01.FIVE[word], pair(h, 1), pair(t, 1), pair(gradient, 1)) in text
    assert f"{pair(g[0], 1)} + {pair(g[2], 1)} = {pair(g[0] + g[2], 1)}" in text


def test_what_plus_equals_does_to_a_repeated_row():
    question = raw_slide(WORDS_TO_VECTORS, "What is in the row of cat?")
    g = figures01.W[figures01.BATCH] - figures01.TARGETS
    scope = {"np": np, "W": figures01.W, "g": g}
    exec("\n".join(code_lines(question)), scope)
    added = np.zeros_like(g, shape=figures01.W.shape)
    np.add.at(added, figures01.BATCH, g)
    assert "B: $" + pair(scope["gradient"][1], 1) in plain(question)
    assert "A: $" + pair(added[1], 1) in plain(question)
    assert f"# g: {', '.join(pair(line, 1) for line in g)}" in plain(question)
    answer = slide(WORDS_TO_VECTORS, "B: one share")
    assert f"gradient[batch] += g # cat: {pair(scope['gradient'][1], 1)}" in answer
    assert f"np.add.at(gradient, batch, g) # cat: {pair(added[1], 1)}" in answer


def test_tokens():
    raw = raw_slide(WORDS_TO_VECTORS, "Which words get a row?")
    sentence = code_lines(raw, "text")[0]
    assert row("str.split", ", ".join(sentence.split())) in plain(raw)
    assert row("tokenize", ", ".join(corpus.tokenize(sentence))) in plain(raw)


def test_decisions_change_the_vocabulary():
    text = slide(WORDS_TO_VECTORS, "The same text has")
    decisions = {
        "split at white space": str.split,
        "the same, lower case": lambda line: line.lower().split(),
        "corpus.tokenize": corpus.tokenize,
    }
    forms = {}
    for name, tokenizer in decisions.items():
        sentences = corpus.TextFile(datapath("lee_background.cor"), tokenizer=tokenizer)
        counts = Counter(token for tokens in sentences for token in tokens)
        assert row(name, f"{counts.total():,}", f"{len(counts):,}") in text
        forms[name] = {form: n for form, n in counts.items() if "afghanistan" in form.lower()}
    first = sorted(forms["split at white space"].items(), key=lambda item: -item[1])
    assert ", ".join(f"{form} {n}" for form, n in first[:4]) + ", and two more" in text
    assert len(first) == 6
    assert forms["corpus.tokenize"] == {"afghanistan": 80, "afghanistan's": 10}


def test_a_generator_is_empty_the_second_time():
    text = slide(WORDS_TO_VECTORS, "Training reads a corpus")
    toy = datasets.load_corpus("toy")
    generator = (tokens for tokens in toy)
    first, second = (sum(1 for _ in generator) for _ in range(2))
    assert row("a generator", f"{first:,} sentences", f"{second} sentences") in text
    assert row("a list", f"{len(toy):,}", f"{len(toy):,}") in text


def test_vocabulary():
    text = slide(WORDS_TO_VECTORS, "min_count cuts")
    lee = vocabulary("lee", 5)
    for index in range(6):
        assert row(index, lee.words[index], f"{lee.counts[index]:,}") in text
    whole, kept = vocabulary("wikipedia", 1), vocabulary("wikipedia", 5)
    share = kept.counts.sum() / whole.counts.sum()
    assert f"keeps {len(kept):,} of {len(whole):,} words, and {share:.0%} of" in text


def test_zipf():
    products = slide(WORDS_TO_VECTORS, "Zipf")
    ends = slide(WORDS_TO_VECTORS, "Half of a text")
    texts = [vocabulary(name, 1) for name in ("lee", "wikipedia")]
    for rank in (1, 10, 100, 1_000):
        shown = [f"{rank * words.counts[rank - 1]:,}" for words in texts]
        assert row(f"{rank:,}", *shown) in products
    assert f"| 10,000 | | {10_000 * texts[1].counts[9_999]:,} |" in products
    N = [int(words.counts.sum()) for words in texts]
    half = [
        1 + int(np.searchsorted(np.cumsum(words.counts), n / 2))
        for words, n in zip(texts, N, strict=True)
    ]
    once = [int(np.sum(words.counts == 1)) for words in texts]
    assert row("tokens", *(f"{n:,}" for n in N)) in ends
    assert row("different words", *(f"{len(words):,}" for words in texts)) in ends
    assert row("words that fill half of the text", *half) in ends
    shares = [f"{n / len(words):.0%}" for n, words in zip(once, texts, strict=True)]
    assert row("words that occur once", *shares) in ends
    shares = [f"{n / total:.0%}" for n, total in zip(once, N, strict=True)]
    assert row("their share of the tokens", *shares) in ends


def test_subsampling_formulas():
    assert rf"\approx {((1 + 5**0.5) / 2) ** 2:.2f}\, t" in slide(WORDS_TO_VECTORS, "Subsampling")
    text = slide(WORDS_TO_VECTORS, "gensim has (7)")
    lee = vocabulary("lee", 5)
    model = Word2Vec(min_count=5, sample=1e-4)
    model.build_vocab(datasets.load_corpus("lee"))
    for word in ("the", "said", "police"):
        stored = model.wv.get_vecattr(word, "sample_int") / 2**32
        code, paper = (
            lee.keep_probabilities(1e-4, formula)[lee.index(word)]
            for formula in ("gensim", "paper")
        )
        assert row(word, *(f"{kept:.3f}" for kept in (stored, code, paper))) in text
    for words in (lee, vocabulary("wikipedia", 5)):
        f = words.counts / words.counts.sum()
        for power in (3, 4, 5):
            left = [
                f @ words.keep_probabilities(10.0**-power, name) for name in ("paper", "gensim")
            ]
            assert f"$10^{{-{power}}}$ | {left[0]:.3f} | {left[1]:.3f} |" in text


def test_subsampling_thins():
    text = slide(WORDS_TO_VECTORS, "False: it thins")
    lee = vocabulary("lee", 5)
    keep = lee.keep_probabilities(1e-4)
    for word in ("the", "to", "of", "said", "police"):
        index = lee.index(word)
        before = lee.counts[index]
        cells = f"{before:,}", f"{before * keep[index]:.0f}", f"{keep[index]:.0%}"
        assert row(word, *cells) in text


def test_trained_numbers_of_the_first_deck_are_those_of_the_lesson():
    printed = lesson_output(WORDS_TO_VECTORS)
    unseen = slide(WORDS_TO_VECTORS, "False: a row that was never")
    table = re.findall(r"\| ([\d,]+) \| (\d\.\d\d) \|", unseen)
    assert len(table) == 5
    for words, moved in table:
        assert f"{words} {moved}" in printed
    assert "virus seen 0 times: " + re.search(r"neighbours: (.*?)\. ", unseen)[1] in printed
    again = slide(WORDS_TO_VECTORS, "The question again")
    for other, cosine in re.findall(r"\| cat, (\w+) \| (\S+) \|", again):
        assert f"cosine of cat and {other}: {cosine}" in printed
    nearest = re.findall(r"earest to (\w+): (.*?)\.", again)
    assert len(nearest) == 2
    for word, near in nearest:
        assert f"{word}: {near}" in printed


# 02 Skip-gram -------------------------------------------------------------------------------------


def test_company_of_four_words():
    text = slide(SKIP_GRAM, "Related words")
    for word in ("language", "war", "water", "music"):
        company = re.search(rf"\| {word} \| (.*?) \|", text)[1]
        assert f"{word} {company}" in lesson_output(SKIP_GRAM)


def test_pairs_of_the_sentence():
    raw = raw_slide(SKIP_GRAM, "A window turns")
    centers, contexts = skipgram_pairs(np.arange(7), window=2)
    assert f"**{len(centers)} pairs**" in raw
    sentence = np.array(figures02.SENTENCE)
    listed = [f"golden → {word}" for word in sentence[contexts[centers == 4]]]
    assert " · ".join(listed) in raw
    each = ", ".join(map(str, np.bincount(centers)))
    assert f"{each} makes {len(centers)}" in plain(raw)


@functools.cache
def by_hand():
    scores = figures02.W_OUT @ figures02.W[figures02.KING]
    y_hat = numpy_impl.objectives.softmax(scores)
    loss, EH, W_out_gradient = numpy_impl.objectives.softmax_loss(
        figures02.W[figures02.KING], figures02.W_OUT, figures02.CROWN
    )
    return scores, y_hat, loss, EH, W_out_gradient


def test_scores_and_probabilities_by_hand():
    text = slide(SKIP_GRAM, "By hand")
    scores, y_hat, loss, *_ = by_hand()
    for index, word in enumerate(figures02.FIVE):
        numbers = f"{scores[index]:.2f}", f"{np.exp(scores[index]):.3f}", f"{y_hat[index]:.3f}"
        assert row(word, pair(figures02.W_OUT[index], 1), *numbers) in text
    total = np.exp(scores).sum()
    assert f"{total:.3f} | {y_hat.sum():.3f} |" in text
    power, probability = np.exp(scores[figures02.CROWN]), y_hat[figures02.CROWN]
    assert f"{power:.3f} / {total:.3f} = {probability:.3f}" in text
    assert rf"-\log {probability:.3f} = {loss:.3f}" in text
    assert rf"\log 5 = {np.log(5):.3f}" in text
    assert f"v_{{\\text{{king}}}} = {pair(figures02.W[figures02.KING], 1)}" in text
    assert rf"0.2 \cdot 1.0 + 0.4 \cdot 0.5 = {scores[figures02.CROWN]:.1f}" in text


def test_errors_and_gradients_by_hand():
    text = slide(SKIP_GRAM, "The errors sum to zero")
    _, y_hat, _, EH, W_out_gradient = by_hand()
    error = y_hat - np.eye(5)[figures02.CROWN]
    assert error.sum() == pytest.approx(0, abs=1e-12)
    for word, e, gradient in zip(figures02.FIVE, error, W_out_gradient, strict=True):
        assert row(word, f"{e:.3f}", pair(gradient, 4)) in text
    assert pair(EH, 4) in text


def test_one_step_by_hand():
    text = slide(SKIP_GRAM, "One step with")
    _, _, loss, _, _ = by_hand()
    W_new, W_out_new = figures02._after_one_step()
    king = figures02.KING
    before_and_after = {r"v_{\text{king}}": (figures02.W[king], W_new[king])}
    for index, word in enumerate(figures02.FIVE):
        name = f"u_{{\\text{{{word}}}}}"
        before_and_after[name] = figures02.W_OUT[index], W_out_new[index]
    for name, (before, after) in before_and_after.items():
        assert row(f"${name}$", pair(before, 1), pair(after, 3)) in text
    loss_after = numpy_impl.objectives.softmax_loss(W_new[king], W_out_new, figures02.CROWN)[0]
    assert f"α = {figures02.ALPHA} takes the loss from {loss:.3f} to {loss_after:.3f}" in text


def test_code_on_the_slides_is_that_of_the_library():
    lines = code_lines(raw_slide(SKIP_GRAM, "The same in NumPy"))
    source = inspect.getsource(numpy_impl.objectives.skipgram_softmax)
    assert len(lines) == 6
    block = re.search(r"```python\n.*?```", raw_slide(SKIP_GRAM, "The same in NumPy"), re.DOTALL)
    (told,) = [cell for cell in lesson_cells(SKIP_GRAM) if "heart is six lines" in cell]
    assert plain(block[0]) in plain(told)
    for line in lines[:-1]:
        assert line in source
    assert lines[-1].removeprefix("output_gradient = ") in source

    proof = raw_slide(SKIP_GRAM, "Two judges")
    source = inspect.getsource(torch_impl.objectives.skipgram_softmax)
    assert without_spaces("".join(code_lines(proof))) in without_spaces(source)
    W, W_out = torch.tensor(figures02.W), torch.tensor(figures02.W_OUT)
    model = torch_impl.objectives.SkipGramSoftmax(W, W_out)
    assert "\n".join(code_lines(proof, "text")) == repr(model)


def test_two_judges():
    text = slide(SKIP_GRAM, "Two judges")
    W, W_out = figures02.W, figures02.W_OUT
    centers, contexts = np.array([0, 0, 0, 3, 2]), np.array([4, 4, 1, 1, 2])
    _, on_paper, _ = numpy_impl.objectives.skipgram_softmax(W, W_out, centers, contexts)
    by_differences = numerical_gradient(
        lambda matrix: numpy_impl.objectives.skipgram_softmax(matrix, W_out, centers, contexts)[0],
        W,
    )
    W_torch = torch.tensor(W, requires_grad=True)
    torch_impl.objectives.skipgram_softmax(
        W_torch, torch.tensor(W_out), torch.tensor(centers), torch.tensor(contexts)
    ).backward()
    error = numpy_impl.objectives.softmax(W[centers] @ W_out.T)
    error[np.arange(5), contexts] -= 1
    plus_equals = np.zeros_like(W)
    plus_equals[centers] += error @ W_out
    for judge, verdict, within in [
        ("finite differences", by_differences, "1e-9"),
        ("autograd", W_torch.grad.numpy(), "1e-12"),
    ]:
        assert row(judge, within) in text
        np.testing.assert_allclose(verdict, on_paper, rtol=0, atol=float(within))
    assert row("+=, no np.add.at", "differs") in text
    assert np.abs(plus_equals - on_paper).max() > 0.1


def test_toy_text():
    raw = raw_slide(SKIP_GRAM, "To see meaning")
    toy = datasets.load_corpus("toy")
    assert code_lines(raw, "text") == [" ".join(tokens) for tokens in toy[:6]]
    for group, members in datasets.TOY_GROUPS.items():
        assert row(group, " ".join(members)) in raw
    settings = figures02.TOY
    told = f"{len(vocabulary('toy', 1))} words, {settings.vector_size} dimensions"
    assert f"{told}, {settings.epochs} epochs" in raw
    assert f"{len(toy):,} sentences" in raw


def test_loss_of_the_toy_text():
    trained = figures02._trained()
    text = slide(SKIP_GRAM, "The loss cannot fall")
    log_V, floor = np.log(len(trained)), figures02._floor()
    assert rf"\log V = {log_V:.3f}$, floor ${floor:.3f}$" in text
    last, above = trained.losses[-1], trained.losses[-1] - floor
    assert f"reached ${last:.3f}$: {above:.2f} above" in text
    assert f"last epoch: {last:.2f} nats a pair, {above:.2f} above" in lesson_output(SKIP_GRAM)
    assert np.all(np.diff(trained.losses) < 0)  # still falling


def test_neighbours_of_the_toy_text():
    trained = figures02._trained()
    text = slide(SKIP_GRAM, "Four clusters")
    assert f"in all {trained.input_vectors.shape[1]} dimensions" in text
    for word in ("king", "paris", "cat"):
        near = [f"{other} {cosine:.2f}" for other, cosine in trained.most_similar(word, topn=3)]
        assert f"{word}: {', '.join(near)}" in text
        assert f"{word} {', '.join(near)}" in lesson_output(SKIP_GRAM)


def test_four_clusters_with_the_royals_among_the_people():
    trained, groups = figures02._trained(), datasets.TOY_GROUPS
    people = groups["royalty"] + groups["people"]
    clusters = [people, groups["countries"], groups["capitals"], groups["animals"]]
    rows = trained.vocabulary.encode([word for cluster in clusters for word in cluster])
    cluster_of = np.repeat(np.arange(4), [len(cluster) for cluster in clusters])
    points, _ = figures02.plots.pca(trained.input_vectors[rows])
    centres = np.array([points[cluster_of == number].mean(axis=0) for number in range(4)])
    distances = np.linalg.norm(points[:, None] - centres[None], axis=2)
    assert distances.argmin(axis=1).tolist() == cluster_of.tolist()
    own = np.take_along_axis(distances, cluster_of[:, None], axis=1)
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2)[~np.eye(4, dtype=bool)]
    assert apart.min() > 2 * own.max()
    for royal in groups["royalty"]:
        assert trained.most_similar(royal, topn=1)[0][0] in people
    royal_centre, common_centre = points[:4].mean(axis=0), points[4:8].mean(axis=0)
    assert np.linalg.norm(royal_centre - common_centre) < apart.min() / 3


def test_analogies_of_the_toy_text():
    trained = figures02._trained()
    text = slide(SKIP_GRAM, "A famous analogy")
    for first, minus, plus in [("king", "man", "woman"), ("paris", "france", "italy")]:
        answer, cosine = trained.most_similar([first, plus], [minus], topn=1)[0]
        alone = trained.most_similar(plus, topn=1)[0][0]
        question = f"{first} - {minus} + {plus}"
        assert row(question, f"{answer} {cosine:.2f}", f"{plus}: {alone}") in text
        told = f"{question} = {answer} ({cosine:.2f}); nearest to {plus}: {alone}"
        assert told in lesson_output(SKIP_GRAM)


def test_company_and_meeting():
    text = slide(SKIP_GRAM, "False: similar company")
    trained, counted = figures02._trained(), figures02._pair_counts()
    pairs = re.findall(r"^\| (\w+), (\w+) \|", raw_slide(SKIP_GRAM, "False: similar"), re.MULTILINE)
    assert len(pairs) == 6
    for first, second in pairs:
        rows = [trained.vocabulary.index(word) for word in (first, second)]
        in_in = trained.similarity(first, second)
        in_out = trained.similarity(first, second, target="out")
        meetings = counted[tuple(rows)]
        assert row(f"{first}, {second}", meetings, f"{in_in:.2f}", f"{in_out:.2f}") in text
        told = f"{first} {second} pairs {meetings} IN-IN {in_in:.2f} IN-OUT {in_out:.2f}"
        assert told in lesson_output(SKIP_GRAM)


def test_a_start_with_two_zero_matrices_never_moves():
    assert "zeros in $W'$" in slide(SKIP_GRAM, "Step 4")
    pairs = np.array([0, 0, 3]), np.array([4, 1, 2])
    zeros = np.zeros_like(figures02.W)
    loss, *gradients = numpy_impl.objectives.skipgram_softmax(figures02.W, zeros, *pairs)
    assert loss / 3 == pytest.approx(np.log(5))
    assert np.any(gradients[1])
    _, *gradients = numpy_impl.objectives.skipgram_softmax(zeros, zeros, *pairs)
    assert not np.any(gradients)


def test_one_matrix_numbers_are_those_of_the_lesson():
    text = slide(SKIP_GRAM, "False: one matrix")
    for name in ("two matrices", "one matrix"):
        loss, itself = re.search(rf"\| {name} \| (\S+) \| (\S+) \|", text).groups()
        assert f"{name} loss {loss} p(w | w) {itself}" in lesson_output(SKIP_GRAM)
    itself = re.search(r"\| in the text \| \| (\S+) \|", text)[1]
    assert f"in the text p(w | w) {itself}" in lesson_output(SKIP_GRAM)


def test_cost_of_a_pair():
    text = slide(SKIP_GRAM, "gensim has no full softmax")
    V, d, k = len(vocabulary("wikipedia", 5)), 50, 5
    assert f"$V = {V:,}$ and $d = {d}$" in text
    assert row("softmax", "$V d$", f"{V * d:,}") in text
    assert row(f"{k} negative samples", r"$(k + 1)\, d$", (k + 1) * d) in text
    assert f"{V / (k + 1):,.0f} times fewer" in text


def test_real_neighbours_are_those_of_the_lesson():
    text = slide(SKIP_GRAM, "On real text")
    table = re.findall(r"\| (\w+) \| ([\w, ]+) \|", text)
    assert len(table) == 6
    for word, near in table:
        assert f"{word} {near}" in lesson_output(SKIP_GRAM)


# 03 CBOW ------------------------------------------------------------------------------------------


def test_gaps_that_counting_has_seen():
    text, raw = slide(CBOW, "Counting has nothing"), raw_slide(CBOW, "Counting has nothing")
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
        assert f"{left} before, {right} after: {share:.0%}" in lesson_output(CBOW)
    assert f"{100 - round(100 * share)} gaps in a hundred" in raw


def test_cbow_of_one_word_is_skipgram_and_a_bigram_model():
    text = slide(CBOW, "With a context of one word")
    counted, trained = re.search(r"pay (\S+) nats a word, this model (\d\.\d\d)", text).groups()
    assert f"counted bigrams: {counted} nats" in lesson_output(CBOW)
    assert f"CBOW, 1 before and 0 after {trained}" in lesson_output(CBOW)
    pairs = np.array([0, 0, 4]), np.array([3, 1, 2])
    skipgram = numpy_impl.objectives.skipgram_softmax(figures03.W, figures03.W_OUT, *pairs)
    cbow = numpy_impl.objectives.cbow_softmax(
        figures03.W, figures03.W_OUT, pairs[0][:, None], pairs[1]
    )
    for left, right in zip(skipgram, cbow, strict=True):
        np.testing.assert_allclose(left, right, rtol=0, atol=1e-12)


def test_cbow_by_hand():
    text = slide(CBOW, "By hand: the, king, wears, the")
    assert [figures03.FIVE[index] for index in figures03.CONTEXT] == ["the", "king", "wears", "the"]
    vectors = figures03.W[figures03.CONTEXT]
    for index, vector in zip(figures03.CONTEXT, vectors, strict=True):
        assert row(figures03.FIVE[index], pair(vector, 1)) in text
    h = vectors.mean(axis=0)
    assert row("sum", pair(vectors.sum(axis=0), 1)) in text
    assert row("h, the mean", pair(h, 3)) in text
    scores = figures03.W_OUT @ h
    y_hat = numpy_impl.objectives.softmax(scores)
    error = y_hat - np.eye(5)[figures03.CROWN]
    for word, *numbers in zip(figures03.FIVE, scores, y_hat, error, strict=True):
        assert row(word, *(f"{number:.3f}" for number in numbers)) in text
    loss = numpy_impl.objectives.softmax_loss(h, figures03.W_OUT, figures03.CROWN)[0]
    assert rf"L = -\log {y_hat[figures03.CROWN]:.3f} = {loss:.3f}" in text
    assert rf"\log 5 = {np.log(5):.3f}" in text


def test_one_step_of_cbow_by_hand():
    text = slide(CBOW, "One step with α = 1")
    h = figures03.W[figures03.CONTEXT].mean(axis=0)
    _, EH, _ = numpy_impl.objectives.softmax_loss(h, figures03.W_OUT, figures03.CROWN)
    assert f"e = {pair(EH, 4)}" in text
    assert f"EH / C = {pair(EH / 4, 4)}" in text
    W_new, _ = figures03._after_one_step(mean=True)
    contexts, centers = figures03.CONTEXT[None], np.array([figures03.CROWN])
    _, gradient, _ = numpy_impl.objectives.cbow_softmax(
        figures03.W, figures03.W_OUT, contexts, centers
    )
    np.testing.assert_allclose(W_new, figures03.W - figures03.ALPHA * gradient, atol=1e-12)
    for word, before, after in zip(figures03.FIVE, figures03.W, W_new, strict=True):
        assert row(f"$v_{{\\text{{{word}}}}}$", pair(before, 1), pair(after, 3)) in text


def test_mean_and_sum_after_one_step():
    text = slide(CBOW, "The same α is a small step")
    for mean, told in [(True, "mean"), (False, "sum")]:
        losses = []
        for W, W_out in [
            (figures03.W, figures03.W_OUT),
            figures03._after_one_step(mean=mean),
        ]:
            rows = W[figures03.CONTEXT]
            h = rows.mean(axis=0) if mean else rows.sum(axis=0)
            losses.append(numpy_impl.objectives.softmax_loss(h, W_out, figures03.CROWN)[0])
        shown = re.search(rf"\| {told}: [^|]*\| (\S+) \| (\S+) \|", text).groups()
        assert shown == tuple(f"{loss:.3f}" for loss in losses)
        assert f"{told}: loss {shown[0]} -> {shown[1]}" in re.sub(" +", " ", lesson_output(CBOW))


def test_cbow_code_is_a_cell_of_the_lesson():
    block = re.search(r"```python\n(.*?)```", raw_slide(CBOW, "The same in NumPy"), re.DOTALL)[1]
    assert block.strip() in [cell.strip() for cell in lesson_cells(CBOW)]
    W, W_out = figures03.W, figures03.W_OUT
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
    text, printed = slide(CBOW, "Two judges agree"), lesson_output(CBOW)
    assert row("finite differences", "1e-9") in text
    assert row("autograd", "1e-12") in text
    for kind in ("mean", "sum"):
        for matrix in ("dL/dW", "dL/dW'"):
            assert f"{kind} {matrix} same to 1e-9: True; to 1e-12: True" in printed
    assert "EmbeddingBag gives h: True" in printed


def test_more_context_guesses_better():
    text, printed = slide(CBOW, "The more context"), lesson_output(CBOW)
    words = vocabulary("toy", 1)
    shares = words.counts / words.counts.sum()
    _, encoded = figures03._toy()
    alone = -np.log(shares[np.concatenate(encoded[4000:])]).mean()
    assert row(r"nothing: $\log V$", f"{np.log(len(words)):.2f}") in text
    assert row("the frequencies of the words", f"{alone:.2f}") in text
    for left, right in [(1, 0), (1, 1), (2, 2), (3, 3)]:
        told = f"CBOW, {left} before" + (f" and {right} after" if right else "")
        loss = re.search(rf"\| {told} \| (\S+) \|", text)[1]
        assert f"CBOW, {left} before and {right} after {loss}" in printed


def test_gensims_rule_is_the_other_one():
    text, printed = slide(CBOW, "gensim does the reverse"), lesson_output(CBOW)
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
    text, printed = slide(CBOW, "A rate twice as large"), lesson_output(CBOW)
    C = figures03._mean_size()
    assert f"mean $C = {C:.2f}$" in text
    assert rf"\sqrt{{{C:.2f}}} = {C**0.5:.2f}$" in text
    assert f"textbook at {0.025 * C**0.5:.3f}" in text
    assert f"{0.025 * 6**0.5:.2f} of the textbook" in text  # reach 1 to 5: 6 words on the average
    slow, gensim, fast = figures03._losses().values()
    assert gensim == pytest.approx(fast, rel=0.06)
    assert slow[-1] > 1.5 * gensim[-1]
    assert "1e-10" in slide(CBOW, "It amounts to")
    assert "the same scores: True the same IN vectors: True" in printed


def test_mean_and_sum_are_one_training_in_gensim():
    text, printed = slide(CBOW, "In gensim, mean and sum"), lesson_output(CBOW)
    cosine = re.search(r"two vectors \| (\S+) \|", text)[1]
    length = re.search(r"length of the other \| (\S+) \|", text)[1]
    assert f"cosine of the two vectors of a word, median: {cosine}" in printed
    assert f"length of one by the other, median: {length}" in printed


def test_weights_of_the_distances():
    in_window, in_mean = figures03._weights(5)
    reaches = np.arange(1, 6)
    right = [np.sum(1 / (2 * reaches[reaches >= delta])) / 5 for delta in reaches]
    np.testing.assert_allclose(in_mean, right, atol=0.002)
    np.testing.assert_allclose(in_window, (6 - reaches) / 5, atol=0.01)
    assert f"{right[0] / right[-1]:.0f} to 1, not 5 to 1" in slide(CBOW, "Order: no difference")


def test_twins_are_those_of_the_lesson():
    printed = lesson_output(CBOW)
    for name, lines in figures03.FOUND.items():
        for line in lines:
            assert f"{name} {' '.join(f'{share:.2f}' for share in line)}" in printed
    means = {name: np.mean(lines, axis=0) for name, lines in figures03.FOUND.items()}
    skipgram, same_epochs, same_time = means.values()
    assert (skipgram[1:] > same_epochs[1:]).all()
    assert (same_time > skipgram).all()
    assert (same_time - skipgram).argmax() in (1, 2)
    words = vocabulary("wikipedia", 1)
    told = f"{np.sum(words.counts >= 200)} words of the Wikipedia excerpt"
    assert told in slide(CBOW, "At equal epochs")


def test_gap_filling_is_that_of_the_lesson():
    text, printed = slide(CBOW, "predict_output_word is no"), lesson_output(CBOW)
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
    text, printed = slide(CBOW, "What else"), lesson_output(CBOW)
    for asked, told in [
        ("the young has his throne", "as it stands:"),
        ("the same words in another order", "in another order:"),
        ("with an unknown word", "a word unknown:"),
        ("with throne twice", "a word twice:"),
        ("unknown words only", "all words unknown:"),
    ]:
        guess = re.search(rf"\| {asked} \| (.*?) \|", text)[1]
        assert f"{told} {guess}" in printed


# 04 Negative sampling -----------------------------------------------------------------------------


def test_quiz_of_the_noise():
    raw = raw_slide(NEGATIVES, "Which one stood")
    asked = re.findall(r"\*\*(\w+)\*\*: (.*)", raw)
    answers = re.search(r"Let the class vote: (.*?)\.", plain(raw))[1].split(", ")
    assert len(asked) == len(answers) == 3
    for (word, six), answer in zip(asked, answers, strict=True):
        assert f"{word} ? {six}" in lesson_output(NEGATIVES)
        assert f"{word} {answer}" in lesson_output(NEGATIVES)
        assert answer in six.split(", ")
    assert f"six, of {len(vocabulary('wikipedia', 5)):,}" in plain(raw)


def test_cost_of_the_softmax():
    text = slide(NEGATIVES, "The softmax pays")
    table = re.findall(r"\| ([\d,]+) (?:\(.*?\) )?\| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|", text)
    assert len(table) == 4
    for row_ in table:
        V, full, few, ratio = (int(number.replace(",", "")) for number in row_)
        assert (full, few, ratio) == (V * 50, 6 * 50, round(V * 50 / 300))
    assert f"{len(vocabulary('wikipedia', 5)):,}" in [row_[0] for row_ in table]
    for told in (
        "at 50,000 words the softmax takes over 50 times as long: True",
        "negative sampling grows less than a fifth as much: True",
    ):
        assert told in lesson_output(NEGATIVES)


def test_loss_of_guessing_and_noise():
    assert f"for $k = 5$ that is {6 * np.log(2):.2f} nats" in slide(NEGATIVES, "Each question")
    text = slide(NEGATIVES, "The noise: counts")
    words = vocabulary("wikipedia", 5)
    for word in ("the", "music", "saratoga"):
        index = words.index(word)
        draws = [1 / words.noise_distribution(exponent)[index] for exponent in (0, 0.75, 1)]
        assert row(word, *(f"{draw:,.0f}" for draw in draws)) in text


@functools.cache
def noise_by_hand():
    pair_of_words = np.array([figures04.KING]), np.array([figures04.CROWN])
    negatives = np.array([figures04.NOISE])
    return numpy_impl.objectives.skipgram_negative_sampling(
        figures04.W, figures04.W_OUT, *pair_of_words, negatives
    )


def test_negative_sampling_by_hand():
    text = slide(NEGATIVES, "By hand: crown")
    gradients = slide(NEGATIVES, "Three gradients")
    loss, W_gradient, W_out_gradient = noise_by_hand()
    for index in figures04.ASKED:
        word, u = figures04.FIVE[index], figures04.W_OUT[index]
        s = u @ figures04.W[figures04.KING]
        label = int(index == figures04.CROWN)
        answer = 1 / (1 + np.exp(-s))
        e = f"{answer - label:.3f}"
        assert row(word, pair(u, 1), f"{s:.2f}", f"{answer:.3f}", e) in text
        assert row(word, e, pair(W_out_gradient[index], 4)) in gradients
    assert f"L = {loss:.3f}" in text
    assert rf"3 \log 2 = {3 * np.log(2):.3f}" in text
    assert f"= {pair(W_gradient[figures04.KING], 4)}" in gradients
    still = [figures04.FIVE.index(word) for word in ("king", "queen")]
    assert not W_out_gradient[still].any()


def test_one_step_of_negative_sampling():
    text = slide(NEGATIVES, "One step with")
    W_new, W_out_new = figures04._after_one_step()
    king, asked = figures04.KING, figures04.ASKED
    assert row(r"$v_{\text{king}}$", pair(figures04.W[king], 1), pair(W_new[king], 3)) in text
    for index, word in enumerate(figures04.FIVE):
        name = f"$u_{{\\text{{{word}}}}}$"
        assert row(name, pair(figures04.W_OUT[index], 1), pair(W_out_new[index], 3)) in text
    signs = np.array([1, -1, -1])
    after = -numpy_impl.objectives.log_sigmoid(signs * (W_out_new[asked] @ W_new[king])).sum()
    told = f"α = {figures04.ALPHA} takes the loss from {noise_by_hand()[0]:.3f} to {after:.3f}"
    assert told in text


def test_code_of_negative_sampling_is_that_of_the_library():
    raw = raw_slide(NEGATIVES, "The same in NumPy")
    source = inspect.getsource(numpy_impl.objectives.logistic_loss)
    lines = code_lines(raw)
    assert len(lines) == 7
    for line in lines:
        assert line in source
    block = re.search(r"```python\n.*?```", raw, re.DOTALL)
    (told,) = [cell for cell in lesson_cells(NEGATIVES) if "Its heart is `logistic_loss`" in cell]
    assert plain(block[0]) in plain(told)
    assert "log(sigmoid(-800)): -inf log_sigmoid(-800): -800.0" in lesson_output(NEGATIVES)


def test_judges_of_negative_sampling():
    raw = raw_slide(NEGATIVES, "Three judges")
    W, W_out = torch.tensor(figures04.W), torch.tensor(figures04.W_OUT)
    model = torch_impl.objectives.SkipGramNegativeSampling(W, W_out)
    assert "\n".join(code_lines(raw, "text")) == repr(model)
    printed = lesson_output(NEGATIVES)
    for judge, within in [("finite differences", "1e-9"), ("autograd", "1e-12")]:
        assert row(judge, within) in raw
        assert f"same dL/dW, to {within}: True" in printed
        assert f"same dL/dW', to {within}: True" in printed
    assert "W as by hand: True W' as by hand: True" in printed
    assert "IN equal to the last bit: True OUT equal to the last bit: True" in printed


def test_padded_windows():
    text = slide(NEGATIVES, "Windows differ")
    for name in ("rows", "labels", "mask"):
        king, crown = re.search(rf"\| {name} \| (.*?) \| (.*?) \|", text).groups()
        assert f"{name} [{king}] [{crown}]" in lesson_output(NEGATIVES)
    assert "without the mask other gradients for: the" in lesson_output(NEGATIVES)
    weights = re.findall(r"\| (?:king|crown) \| (\d) \| (0\.\d+) \|", slide(NEGATIVES, "D2L takes"))
    assert len(weights) == 2
    for words, weight in weights:
        assert f"{1 / int(words):.3f}" == weight


def test_how_often_a_negative_is_true():
    text = slide(NEGATIVES, "It happens to one draw")
    table = re.findall(r"\| ([a-z ]+) \| (\d+\.\d\d%) \| (\d+\.\d\d%) \|", text)
    assert len(table) == 4
    for what, draws, pairs in table:
        assert f"{what} {draws} of the draws, {pairs} of the pairs" in lesson_output(NEGATIVES)


def test_scores_at_the_optimum():
    text = slide(NEGATIVES, "And training gets there")
    printed = lesson_output(NEGATIVES)
    for trained, against, lesson_says in [
        ("1", "(11)", "exponent 1 against PMI - log k"),
        ("0.75", "(11)", "exponent 0.75 against PMI - log k"),
        ("0.75", "(12)", "exponent 0.75 against equation (12)"),
        ("1, $d = 8$", "(11)", "exponent 1, d = 8"),
    ]:
        correlation, slope = re.search(
            rf"{re.escape(lesson_says)}: correlation (\S+), slope (\S+)", printed
        ).groups()
        assert row(trained, against, correlation, slope) in text
    assert f"{np.sum(figures04._pair_counts() > 0):,} pairs that meet" in text
    assert "correlation 1.00, slope 1.00" in figures04.pmi().alt


def test_the_skip_leaves_a_trace():
    text = slide(NEGATIVES, "Even a")
    for skip, name in [("False", "without the skip"), ("True", "with the skip")]:
        slope, error = re.search(
            rf"with the skip {skip} correlation \S+, slope (\S+), typical error (\S+)",
            lesson_output(NEGATIVES),
        ).groups()
        assert row(name, slope, error) in text
    largest = re.search(r"largest p: (\S+)", lesson_output(NEGATIVES))[1]
    assert f"The largest p in this text is {largest}." in text


def test_knobs():
    text = slide(NEGATIVES, "Which knobs matter")
    table = re.findall(r"\| ([\w =.]+?) \| (lower|no difference) \|", text)
    assert len(table) == 5
    for name, verdict in table:
        assert f"{name} {verdict}" in lesson_output(NEGATIVES)
    for name in ("sample 1e-4", "exponent 0", "k = 15"):
        assert f"{name} 6 epochs beat every seed of 3: True" in lesson_output(NEGATIVES)
    assert "no longer lag behind the usual setting: True" in lesson_output(NEGATIVES)


def test_cone():
    text = slide(NEGATIVES, "IN and OUT point away")
    found = re.findall(r"\| (k = \d+) \| (-?\d\.\d\d) \| (\d\.\d\d) \| (\d\.\d\d) \|", text)
    assert len(found) == 3
    for numbers in found:
        assert " ".join(numbers) in lesson_output(NEGATIVES)
    for name, _, own, _ in found:
        assert f"{name}: IN {own}," in figures04.cone().alt


def test_softmax_of_the_optimum():
    assert "softmax(s) is p(c | w): False softmax(s + log P_n) is p(c | w): True" in (
        lesson_output(NEGATIVES)
    )
    assert row("softmax of $s^\\ast + \\log P_n(c)$", "yes") in slide(NEGATIVES, 'False: "it appr')


# 05 Hierarchical softmax --------------------------------------------------------------------------


def tree_of(name):
    return HuffmanTree.from_counts(vocabulary(name, 5).counts)


def test_questions_for_a_word():
    text = slide(HIERARCHICAL_SOFTMAX, "Ask early")
    words, tree = vocabulary("wikipedia", 5), tree_of("wikipedia")
    for word in ("the", "water", "music", "crown"):
        index = words.index(word)
        code = "".join(map(str, tree.codes[index]))
        assert row(word, f"{words.counts[index]:,}", len(code), code) in text
    assert f"{tree.mean_path_length():.2f} questions, not {np.log2(len(words)):.1f}" in text
    assert f"list of {len(words):,} words takes {np.log2(len(words)):.1f} questions" in text
    assert f"takes {tree.mean_path_length():.2f}, on average" in text


def test_joins_of_five_words():
    text = slide(HIERARCHICAL_SOFTMAX, "Huffman: join the two rarest")
    tree = figures05.TREE
    V = len(figures05.COUNTS)
    names = [f"{w} {n}" for w, n in zip(figures05.FIVE, figures05.COUNTS, strict=True)]
    below = dict(enumerate(figures05.COUNTS))
    children = {
        (node, turn): child
        for word, (path, code) in enumerate(zip(tree.points, tree.codes, strict=True))
        for node, turn, child in zip(path, code, [*(V + path[1:]), word], strict=True)
    }
    for node in range(V - 1):
        left, right = children[node, 0], children[node, 1]
        assert below[left] <= below[right]
        below[V + node] = below[left] + below[right]
        names.append(f"node {node} {below[V + node]}")
        makes = f"node {node}, " + ("the root" if node == V - 2 else f"count {below[V + node]}")
        assert row(f"{names[left]} + {names[right]}", makes) in text


def test_mean_path_and_entropy():
    text = slide(HIERARCHICAL_SOFTMAX, "A path is as long")
    trees = {
        "five words": figures05.TREE,
        "Lee": tree_of("lee"),
        "Wikipedia": tree_of("wikipedia"),
    }
    for name, tree in trees.items():
        costs = tree.entropy(), tree.mean_path_length(), np.log2(len(tree.counts))
        assert row(name, *(f"{cost:.2f}" for cost in costs)) in text


def test_probabilities_sum_to_one_on_random_vectors():
    text = slide(HIERARCHICAL_SOFTMAX, "They sum to one")
    rng = np.random.default_rng(3)
    for V in (5, 50, len(vocabulary("wikipedia", 5))):
        tree = HuffmanTree.from_counts(rng.integers(1, 99, size=V))
        h, nodes = rng.normal(size=8), rng.normal(size=(V - 1, 8))
        total = numpy_impl.objectives.word_probabilities(h, nodes, tree).sum()
        assert row(f"{V:,} words", round(total, 9).astype(int)) in text
        assert total == pytest.approx(1, abs=1e-12)


@functools.cache
def path_by_hand():
    """Nodes, codes, scores, sigmoids, turns and errors on the way from king to crown."""
    path, code = figures05.TREE.points[4], figures05.TREE.codes[4]
    x = figures05.NODES[path] @ figures05.W[figures05.KING]
    left = numpy_impl.objectives.sigmoid(x)
    return path, code, x, left, np.where(code == 0, left, 1 - left), left - (1 - code)


def test_turns_by_hand():
    text = slide(HIERARCHICAL_SOFTMAX, "By hand: from king")
    path, code, x, left, turns, _ = path_by_hand()
    for n, c, score, sigma, turn in zip(path, code, x, left, turns, strict=True):
        vector, side = pair(figures05.NODES[n], 1), ("left", "right")[c]
        numbers = f"{score:.2f}", f"{sigma:.4f}", f"{c}, {side}", f"{turn:.4f}"
        assert row(n, vector, *numbers) in text
    p = turns.prod()
    product = r" \cdot ".join(f"{turn:.4f}" for turn in turns)
    assert f"= {product} = {p:.4f}" in text
    assert rf"L = -\log {p:.4f} = {-np.log(p):.4f}" in text
    h = figures05.W[figures05.KING]
    p_of_all = numpy_impl.objectives.word_probabilities(h, figures05.NODES, figures05.TREE)
    assert p_of_all[4] == pytest.approx(p)
    note = slide(HIERARCHICAL_SOFTMAX, "The probability is shared out")
    assert " + ".join(f"{value:.3f}" for value in p_of_all) + " is 1" in note


def test_errors_of_the_turns_by_hand():
    text = slide(HIERARCHICAL_SOFTMAX, "Three errors give")
    path, code, _, _, _, error = path_by_hand()
    h = figures05.W[figures05.KING]
    for n, c, e in zip(path, code, error, strict=True):
        assert row(n, 1 - c, f"{e:.4f}", pair(e * h, 4)) in text
    _, W_gradient, node_gradient = numpy_impl.objectives.skipgram_hierarchical_softmax(
        figures05.W, figures05.NODES, np.array([0]), *figures05.TREE.padded_paths([4])
    )
    assert pair(W_gradient[0], 4) in text
    np.testing.assert_allclose(node_gradient[path], np.outer(error, h), rtol=1e-12)
    assert set(range(4)) - set(path.tolist()) == {1}
    assert row(1, "not on the path", "", "(0, 0)").replace("  ", " ") in text


def test_step_along_the_path_by_hand():
    text = slide(HIERARCHICAL_SOFTMAX, "One step: crown rises")
    h, nodes = figures05.W[figures05.KING], figures05.NODES
    h_new, nodes_new = figures05._after_one_step()
    assert row(r"$v_{\text{king}}$", pair(h, 1), pair(h_new, 3)) in text
    for n in (3, 2, 0):
        assert row(f"node {n}", pair(nodes[n], 1), pair(nodes_new[n], 3)) in text
    assert row("node 1", pair(nodes[1], 1), pair(nodes_new[1], 1)) in text
    before, after = (
        numpy_impl.objectives.word_probabilities(*vectors, figures05.TREE)
        for vectors in ((h, nodes), (h_new, nodes_new))
    )
    assert f"falls from {-np.log(before[4]):.4f} to {-np.log(after[4]):.4f}" in text
    risen = [word for word, a, b in zip(figures05.FIVE, before, after, strict=True) if b > a]
    assert risen == ["wears", "crown"]
    crown, wears = figures05.TREE.points[4], figures05.TREE.points[2]
    assert crown.tolist() == wears.tolist()  # two turns in common, the third taken the other way
    assert figures05.TREE.codes[4][:2].tolist() == figures05.TREE.codes[2][:2].tolist()
    _, EH, W_out_gradient = numpy_impl.objectives.softmax_loss(  # as in lesson 02
        figures02.W[0], figures02.W_OUT, figures02.CROWN
    )
    softmax = numpy_impl.objectives.softmax
    stepped = (figures02.W_OUT - 0.5 * W_out_gradient) @ (figures02.W[0] - 0.5 * EH)
    assert softmax(stepped)[2] < softmax(figures02.W_OUT @ figures02.W[0])[2]


def test_code_of_the_path_is_that_of_the_library():
    raw = raw_slide(HIERARCHICAL_SOFTMAX, "The same in NumPy")
    rng = np.random.default_rng(1)
    points, codes, mask = figures05.TREE.padded_paths([4, 3, 1])
    scope = {
        "np": np, "sigmoid": numpy_impl.objectives.sigmoid, "points": points, "codes": codes,
        "mask": mask, "input_vectors": rng.normal(size=(5, 2)),
        "node_vectors": rng.normal(size=(4, 2)), "centers": np.array([0, 0, 2]),
        "node_gradient": np.zeros((4, 2)),
    }  # fmt: skip
    exec("\n".join(code_lines(raw)), scope)
    _, hidden_gradient, node_gradient = numpy_impl.objectives.logistic_loss(
        scope["hidden"], scope["node_vectors"], points, 1 - codes, mask
    )
    np.testing.assert_allclose(scope["hidden_gradient"], hidden_gradient, rtol=1e-12)
    np.testing.assert_allclose(scope["node_gradient"], node_gradient, rtol=1e-12)


def test_torch_code_of_the_path_is_that_of_the_library():
    raw = raw_slide(HIERARCHICAL_SOFTMAX, "Two judges")
    shown = without_spaces("\n".join(code_lines(raw)))
    library = inspect.getsource(torch_impl.objectives.skipgram_hierarchical_softmax)
    assert shown in without_spaces(library)
    module = torch_impl.objectives.SkipGramHierarchicalSoftmax(
        torch.tensor(figures05.W), torch.tensor(figures05.NODES)
    )
    assert code_lines(raw, "text") == str(module).splitlines()


def test_judges_of_the_path():
    text = slide(HIERARCHICAL_SOFTMAX, "Two judges")
    assert row("finite differences", "1e-9") in text
    assert row("autograd", "1e-12") in text
    assert text.count("1e-") == 2
    printed = lesson_output(HIERARCHICAL_SOFTMAX)
    for within in ("dL/dW, to 1e-9", "dL/dv', to 1e-9", "dL/dW, to 1e-12", "dL/dv', to 1e-12"):
        assert f"same {within}: True" in printed
    batch = figures05.TREE.padded_paths([3, 4])
    with_mask, without = (
        numpy_impl.objectives.skipgram_hierarchical_softmax(
            figures05.W, figures05.NODES, np.array([0, 0]), *arrays
        )[2][0]
        for arrays in (batch, batch[:2])
    )
    assert f"{pair(without, 4)} in the place of {pair(with_mask, 4)}" in text


def test_toy_losses_of_tree_and_softmax():
    text = slide(HIERARCHICAL_SOFTMAX, "On the toy text")
    printed = lesson_output(HIERARCHICAL_SOFTMAX)
    toy = vocabulary("toy", 1)
    path = HuffmanTree.from_counts(toy.counts).mean_path_length()
    cells = {"full softmax": f"{len(toy)} scores", "hierarchical softmax": f"{path:.2f} turns"}
    for name, answered in cells.items():
        loss = re.search(rf"\| {name} \| (\S+) \| {answered} \|", text)[1]
        assert f"{name} {loss} nats a pair" in printed
    for word, near in re.findall(r"(king|paris) (?:is )?near ([a-z, ]+)", text):
        assert f"{word} {near}" in printed


def test_gensims_tree_is_ours():
    text = slide(HIERARCHICAL_SOFTMAX, "gensim: the same codes")
    V = len(vocabulary("lee", 5))
    assert f"codes and paths of {V:,} words" in text
    printed = lesson_output(HIERARCHICAL_SOFTMAX)
    for said in (
        f"{2 * V:,} codes and paths compared, all equal: True",
        "same IN vectors, bit for bit: True",
        "same node vectors, bit for bit: True",
        "the last row is zero: True",
    ):
        assert said in printed


def test_rows_of_syn1_are_nodes():
    text = slide(HIERARCHICAL_SOFTMAX, "False: row i of syn1")
    words, tree = vocabulary("lee", 5), tree_of("lee")
    V = len(words)
    for index, name in [(0, 0), (1, 1), (V - 2, f"{V - 2}, the root"), (V - 1, V - 1)]:
        below = sum(index in path for path in tree.points)
        assert row(name, f"{below:,} words", words.words[index]) in text
    own = sum(index in path for index, path in enumerate(tree.points))
    assert f"for {own} of {V:,} words" in text
    assert f"holds {V - 1:,} rows" in text


def test_neighbours_in_the_tree_have_the_same_count():
    text = slide(HIERARCHICAL_SOFTMAX, "False: neighbours in the tree")
    words, tree = vocabulary("wikipedia", 5), tree_of("wikipedia")
    siblings = re.findall(r"\| (\w+), (\w+) \| (\d+), (\d+) \|", text)
    assert len(siblings) == 3
    for first, second, *seen in siblings:
        one, other = (tree.codes[words.index(word)].tolist() for word in (first, second))
        assert (one[:-1], one[-1]) == (other[:-1], 1 - other[-1])
        assert [words.counts[words.index(word)] for word in (first, second)] == [*map(int, seen)]


def test_losses_of_other_trees_are_those_of_the_lesson():
    text = slide(HIERARCHICAL_SOFTMAX, "False: neighbours in the tree")
    told = {
        "Huffman": "Huffman",
        "the same, shuffled": "Huffman, words shuffled",
        "equal depth, shuffled": "equal depth, shuffled",
        "by meaning": "equal depth, by meaning",
    }
    for shown, name in told.items():
        path, short, long = re.search(rf"\| {shown} \| (\S+) \| (\S+) \| (\S+) \|", text).groups()
        printed = f"{name} path {path} d = 8: {short} nats d = 24: {long} nats"
        assert printed in lesson_output(HIERARCHICAL_SOFTMAX)


def test_turns_after_subsampling():
    text = slide(HIERARCHICAL_SOFTMAX, "Subsampling makes")
    words = vocabulary("wikipedia", 5)
    huffman, balanced = figures05._turns_a_prediction()
    for name, sample, turns in zip(
        (0, "1e-3", "1e-4", "1e-5"), figures05.SAMPLES, huffman, strict=True
    ):
        share = words.counts @ words.keep_probabilities(sample) / words.counts.sum()
        assert row(name, f"{share:.0%}", f"{turns:.2f}") in text
    assert f"equal depth, {balanced[-1]:.2f} turns, would be shorter" in text
    assert huffman[-1] > balanced[-1]
    assert huffman[-2] < balanced[-2]
    counted = slide(HIERARCHICAL_SOFTMAX, "Against negative sampling")
    assert row("hierarchical softmax", f"{huffman[1]:.1f}") in counted
    assert row("full softmax", f"{len(words):,}") in counted


def test_hs_alone_trains_both():
    text = slide(HIERARCHICAL_SOFTMAX, "False: hs=1 alone")
    for settings, syn1, syn1neg in re.findall(r"\| (hs=\S+(?: \S+)?) \| (\w+) \| (\w+) \|", text):
        printed = f"{settings} syn1: {syn1}, syn1neg: {syn1neg}"
        assert printed in lesson_output(HIERARCHICAL_SOFTMAX)
    assert text.count("moved") == 4
    for other in ("hs=1, negative=0", "hs=0"):
        said = f"IN vectors of hs=1 like those of {other}: False"
        assert said in lesson_output(HIERARCHICAL_SOFTMAX)


def test_twins_found_are_those_of_the_lesson():
    text = slide(HIERARCHICAL_SOFTMAX, "Rare words, frequent words")
    table = re.findall(r"\| ([\w ]+, \$d = \d+\$) \| (\w+) \| ([\d. to]+) \| ([\d. to]+) \|", text)
    assert len(table) == 4
    for case, group, ns, hs in table:
        where = rf"{re.escape(case.replace('$', ''))}, {group} \([\d to]+ times\)"
        printed = f"{where} negative sampling {ns}, hierarchical softmax {hs}"
        assert re.search(printed, lesson_output(HIERARCHICAL_SOFTMAX))


# 06 gensim, seen through --------------------------------------------------------------------------


def printed_by_gensims_lesson(*said):
    for sentence in said:
        assert sentence in lesson_output(GENSIM), sentence


def test_the_same_bits():
    text = slide(GENSIM, "Nothing in the training")
    assert row("IN", "0.0") in text and row("OUT", "0.0") in text
    printed_by_gensims_lesson("largest difference, IN: 0.0", "largest difference, OUT: 0.0")
    V = len(vocabulary("lee", 5))
    assert f"2 × {V:,} × 24 numbers" in text
    assert f"same {V:,} words" in slide(GENSIM, "Three steps")
    printed_by_gensims_lesson(f"words: {V} sentences: 300")


def test_names_of_gensim_are_those_of_the_lesson():
    table = re.findall(r"^\|.*\|$", raw_slide(GENSIM, "The names changed"), flags=re.MULTILINE)
    assert len(table) == 7
    (cell,) = (cell for cell in lesson_cells(GENSIM) if "| ours | gensim 4 | gensim 3 |" in cell)
    assert set(table) <= set(cell.splitlines())


def test_a_second_build_vocab_and_wrong_corpora():
    V = len(vocabulary("lee", 5))
    assert row("the same text", f"1 of {V:,} words keeps its vector; no error") in slide(
        GENSIM, "Three steps"
    )
    text = slide(GENSIM, "A corpus can be read")
    assert "12,000 tokens" in text and "trains on 10,000" in text
    printed_by_gensims_lesson(
        f"words that kept their vector: 1 of {V:,}",
        "an iterator: 1831 words, trained: False",
        "tokens read: 12,000, used: 10,000",
        "same vectors: False",
        *(f"{name} [True, True]" for name in ("news.txt", "news.txt.gz", "news.txt.bz2")),
    )


def test_code_and_path_of_cricket():
    text = slide(GENSIM, "Counts, codes")
    words, tree = vocabulary("lee", 5), tree_of("lee")
    row_of = words.index("cricket")
    code = "".join(map(str, tree.codes[row_of]))
    assert f"# {words.counts[row_of]} " in text
    assert f"# {code} " in text
    assert f"shape ({len(code)}, 24)" in text


def test_learning_rates_of_loop_and_call():
    once, loop, by_hand = (np.array(values) for values in figures06._alphas().values())
    assert len(once) == len(loop) == len(by_hand) == 300 * figures06.EPOCHS
    assert (np.diff(once) <= 0).all()
    assert (np.diff(loop) > 0).sum() == figures06.EPOCHS - 1
    first = np.flatnonzero(by_hand < 0)[0]
    assert first // 300 + 1 == 14
    assert "in epoch 14" in slide(GENSIM, "One call of train")


def test_losses_of_loop_and_call():
    text = slide(GENSIM, "How bad is that")
    assert "about 2.4 nats" in text
    found = re.search(r"one call +([\d.]+) nats a pair", lesson_output(GENSIM))
    assert abs(float(found[1]) - 2.4) < 0.05
    printed_by_gensims_lesson(
        "one call and loop within 0.1 nats: True",
        "the loop ends lower: True",
        "by hand, more than twice the loss: True",
        "with and without reshuffling within 0.02 nats: True",
    )


def test_steps_of_the_running_loss():
    text = slide(GENSIM, "The reported loss is")
    for power, millions, lost in [(22, 4, 1 / 4), (24, 17, 1)]:
        assert f"$2^{{{power}}}$, {millions} million" in text
        assert round(2**power / 1e6) == millions
        total = np.float32(2**power)
        assert total + np.float32(0.99 * lost) == total
        assert total + np.float32(1.01 * lost) > total
    assert f"$2^{{27}}$, {2**27 / 1e6:.0f} million | all" in text
    running, set_back = figures06._losses()
    passed = int(np.flatnonzero(np.cumsum(set_back) > 2**22)[0]) + 1
    assert passed == 4 and f"in epoch {passed + 1}" in text
    assert running[passed] < 0.9 * set_back[passed]
    assert running[1] == pytest.approx(set_back[1], rel=0.02)


def test_the_table_of_the_logistic_function():
    text = slide(GENSIM, "And its logistic function")
    assert f"{1000 / 12:.2f} a unit" in text
    assert f"83 \\cdot 6 = {83 * 6}" in text
    assert pytest.approx(-0.024) == 12 * 0.498 - 6
    (log_half, shifted) = numpy_impl.objectives.log_sigmoid(np.array([0.0, -0.024]))
    assert f"{log_half:.4f}" in text and text.count(f"{shifted:.4f}") == 2
    printed_by_gensims_lesson(f"gensim: {shifted:.4f} a turn")


def test_reported_and_true_loss():
    text = slide(GENSIM, "The loss itself")
    pairs, reported, true = re.search(
        r"([\d,]+) pairs: reported (\S+), true (\S+) nats", lesson_output(GENSIM)
    ).groups()
    assert f"{pairs} pairs" in text
    assert row("gensim", reported) in text and row("computed", true) in text
    assert f"{float(reported) / float(true) - 1:.0%}".rstrip("%") == "2"


def test_what_the_lesson_says_of_views_and_files():
    assert "above 4" in slide(GENSIM, "KeyedVectors")
    V = len(vocabulary("lee", 5))
    assert f"made up: {V}, {V - 1}, ..., 1" in slide(GENSIM, "The format that")
    printed_by_gensims_lesson(
        "highest cosine above 4: True",
        "live view moved along: True",
        f"counts from a file: [{V}, ",
        "trained on after loading: True",
        "mmap='r': crashed mmap='c': ended",
        "came back: ['new']",
    )


def test_what_grows_and_what_does_not_reset():
    ratio = float(
        re.search(r"chance of 'the' to be trained on: (\S+) times", lesson_output(GENSIM))[1]
    )
    assert round(1 / ratio) == 3 and "three times as often" in slide(GENSIM, "New words")
    printed_by_gensims_lesson(
        "new words: ['drone']",
        "weights taken over: False",
        "as it is: still running",
        "init_weights: IN as trained: True, OUT zero: True",
        "reset_weights, then train: the model of section 1: True",
        "trace after load_native: False",
        "trace after Word2Vec.load: I was here",
    )


def test_lines_of_the_old_tutorial():
    text = raw_slide(GENSIM, "An old tutorial")
    table = set(gensim_impl.migration_table().splitlines())
    rows = re.findall(r"^\| `.*\|$", text, flags=re.MULTILINE)
    assert len(rows) == 8 and set(rows) <= table
    assert f"All {len(gensim_impl.CHANGES)} lines" in text


# 12 Chinese text ----------------------------------------------------------------------------------


def test_one_sentence_is_1_or_15_or_7_pieces():
    text = slide(CHINESE, "Neither spaces nor characters")
    words = chinese.words_only(chinese.handwritten_sentences()[0])
    sentence = "".join(words)
    assert f"## {sentence}" in slide(CHINESE, sentence)
    assert len(corpus.tokenize(sentence)) == 1
    assert row("characters", f"{len(chinese.characters(sentence))}: 人 工 智 慧 已 經 …") in text
    assert row("by hand", f"{len(words)}: {' '.join(words)}") in text


def test_two_cuts_by_hand():
    text = slide(CHINESE, "By hand: to study the origin of life")
    total = sum(figures12.COUNTS.values())
    for word, count in figures12.COUNTS.items():
        assert re.search(rf"\| {word} \| [\w ]+ \| {count} \|", text)
    cuts = [cut for cut in all_cuts("研究生命起源") if set(cut) <= figures12.COUNTS.keys()]
    found = {len(c[0]): np.prod([figures12.COUNTS[w] / total for w in c]) for c in cuts}
    assert found == {2: pytest.approx(0.0096), 3: pytest.approx(0.00032)}
    assert r"0.40 \cdot 0.30 \cdot 0.08 = 0.0096" in text
    assert r"0.20 \cdot 0.02 \cdot 0.08 = 0.00032" in text
    printed = re.search(r"on the board: (.*?)\.\s+The", text)[1]
    numbers = re.search(r"B\(j\): \[(.*?)\]", lesson_output(CHINESE))[1].replace("'", "")
    assert [float(n) for n in printed.split(", ")] == [float(n) for n in numbers.split(", ")]


def all_cuts(text):
    if not text:
        return [[]]
    return [
        [text[:i], *rest] for i in range(1, len(text) + 1) for rest in all_cuts(text[i:])
    ]  # fmt: skip


def test_look_ups_of_dynamic_programming():
    assert f"{200 * 201 // 2:,} look-ups" in slide(CHINESE, "Dynamic programming")


def test_precision_and_recall_of_the_example():
    text = slide(CHINESE, "How good is a cut?")
    scores = chinese.segmentation_scores([["我", "愛", "人工智慧"]], [["我", "愛", "人工", "智慧"]])
    assert scores == pytest.approx((2 / 4, 2 / 3, 4 / 7))
    assert "precision 2/4, recall 2/3, $F_1$ = 4/7" in text


def test_the_size_of_the_chinese_corpus():
    text = slide(CHINESE, "A corpus that knows its own words")
    assert f"{len(chinese.handwritten_sentences())} sentences by hand" in text
    sentences = chinese.grammar_sentences()
    assert f"{len(sentences):,} sentences from a seeded grammar, eight themes" in text
    assert len(chinese.themes()) == 8
    assert list("老王一邊彈鋼琴，一邊唱歌。") in [list("".join(s)) for s in sentences]


def test_the_way_back_from_simplified():
    text = slide(CHINESE, "Traditional and Simplified: a table")
    for word, meaning in [("頭髮", "hair"), ("發展", "development")]:
        simplified = chinese.to_simplified(word)
        by_letters = "".join(map(chinese.to_traditional, simplified))
        by_words = chinese.to_traditional(simplified)
        assert row(f"{word} {meaning}", simplified, by_letters, by_words) in text


def test_terms_of_the_glossary():
    text = slide(CHINESE, "Not one language")
    terms = {term.english: term for term in glossary.terms()}
    rows = re.findall(r"\| ([a-z ]+) \| (\S+) \| (\S+) \|", text)
    assert len(rows) == 4
    for english, traditional, simplified in rows:
        assert terms[english][1:3] == (traditional, simplified)
    same = [t for t in terms.values() if chinese.to_simplified(t.traditional) == t.simplified]
    assert f"Of the {len(terms)} terms of our glossary, {len(same)} are the same word" in text


@pytest.mark.parametrize("title", ["The detour", "A user dictionary, and the ceiling"])
def test_scores_of_the_cuts_are_those_of_the_lesson(title):
    rows = re.findall(r"\| ([\w+ ]+) \| (0\.\d\d) \| (0\.\d\d) \| (0\.\d\d)", slide(CHINESE, title))
    assert len(rows) == 3
    for name, *scores in rows:
        assert f"{name} {' '.join(scores)}" in lesson_output(CHINESE)
    if title == "The detour":
        by_hand = re.search(r"by hand: (\S+) and (\d\.\d\d)", slide(CHINESE, title)).groups()
        for name, f1 in zip(["jieba", "via Simplified"], by_hand, strict=True):
            assert f"{name} F1 = {f1}" in lesson_output(CHINESE)


def test_two_components_hold_less_than_half_of_the_variance():
    trained = figures12._trained()
    words = [word for words in figures12.SHOWN.values() for word in words]
    _, shares = plots.pca([trained.vector(word) for word in words])
    assert shares.sum() < 0.5
    note = slide(CHINESE, "Neighbours share a theme")
    assert f"the vectors of {len(words)} words" in note
    assert "less than half of the variance" in note


def test_damage_is_what_the_lesson_draws():
    spoken = [
        "".join(output["data"].get("text/plain", ""))
        for cell in lesson(CHINESE)
        for output in cell.get("outputs", [])
        if "data" in output
    ]
    (alt,) = [text for text in spoken if "neighbours of the same theme" in text]
    for name, (f1, known, share) in figures12.RESULTS.items():
        assert (
            f"{name} F1 of the cut {f1:.3f}, words that have a vector {known:.3f}, "
            f"neighbours of the same theme {share:.3f}"
        ) in alt
    note = slide(CHINESE, "What a bad cut does")
    best, worst = figures12.RESULTS["true words"][2], figures12.RESULTS["jieba"][2]
    assert f"from {best:.2f} to {worst:.2f}" in note
    assert figures12.RESULTS["jieba"][1] == pytest.approx(0.8, abs=0.01)


def test_neighbours_of_artificial_intelligence_by_cut():
    text = slide(CHINESE, "A few terms in a dictionary")
    for name in ["jieba", "+ glossary", "true words"]:
        told = re.search(rf"\| {re.escape(name)} \| (.*?)(?: \(| \|)", text)[1]
        assert f"{name} {told}" in lesson_output(CHINESE)
    gain = figures12.RESULTS["+ glossary"][0] - figures12.RESULTS["via Simplified"][0]
    assert f"moved the F1 by {gain:.2f} only" in text


def test_the_two_controls():
    text = slide(CHINESE, "Two controls")
    true, chance = re.search(
        r"true order (\S+), by chance (\d\.\d\d)", lesson_output(CHINESE)
    ).groups()
    assert row("grammar", true) in text
    assert f"near chance, {chance}" in text
    assert "shuffled, within 0.05 of chance: True" in lesson_output(CHINESE)
    assert "neighbours of the same theme: below 0.05 True" in lesson_output(CHINESE)
    different, once = re.search(
        r"(\d+) different ones seen once: (\d+%)", lesson_output(CHINESE)
    ).groups()
    assert f"of {different} different words by hand, {once} come once" in text


def test_neighbours_in_three_backends():
    text = slide(CHINESE, "Three backends")
    told = re.search(r"in all three: (.*?) machine", text)[1].split(", ")
    lists = re.findall(r"nearest three: \[(.*?)\]", lesson_output(CHINESE))
    assert [sorted(told)] * 2 == [found.replace("'", "").split(", ") for found in lists]
    printed = lesson_output(CHINESE)
    assert "the same IN vectors, to 1e-6: True the same OUT vectors, to 1e-6: True" in printed
    V = re.search(r"256,. (\d+) words", printed)[1]
    assert f"V is {V}" in text


# 07 GloVe -----------------------------------------------------------------------------------------


def table(text):
    """The cells of every line of a slide's tables, without the line below the heads."""
    lines = [line for line in text.splitlines() if line.startswith("|") and "---" not in line]
    return [[plain(cell) for cell in line.strip("|").split("|")] for line in lines]


def test_ratios_of_sea_and_land():
    text = slide(GLOVE, "The ratio leaves out")
    sea, land = figures07._company("sea"), figures07._company("land")
    for word in figures07.PROBES:
        k = figures07._vocabulary().index(word)
        p, q = sea[k] / sea.sum(), land[k] / land.sum()
        cells = f"{sea[k]:.1f}", f"{land[k]:.1f}", f"{p:.5f}", f"{q:.5f}", f"{p / q:.1f}"
        assert row(word, *cells) in text


def test_how_far_a_ratio_can_be_trusted_is_that_of_the_lesson():
    text, printed = raw_slide(GLOVE, "A ratio of small counts"), lesson_output(GLOVE)
    assert len(table(text)) == 5
    for cells in table(text)[1:]:
        assert " ".join(cells) in printed
    assert "'steam': 2" in printed
    assert "'steam': 0" in printed
    share = re.search(r"counts in the text that are below 1: (\d+%)", printed)[1]
    assert f"{share} of all counts in the text are below 1" in plain(text)
    assert np.mean(figures07._counted().data < 1) == pytest.approx(
        float(share[:-1]) / 100, abs=0.005
    )


def test_share_of_pairs_that_never_meet():
    counted = figures07._counted()
    share = 1 - counted.nnz / counted.shape[0] ** 2
    assert f"{share:.1%} of all pairs here" in slide(GLOVE, "Step 5")
    assert f"{counted.nnz / 1e6:.1f} million counts" in slide(GLOVE, "A hundred is made")


def test_weights_of_our_counts():
    text, counts = slide(GLOVE, "A hundred is made"), figures07._counted().data
    for x_max in (100, 10, 1):
        median = np.median(glove_weights(counts, x_max))
        assert row(x_max, f"{np.mean(counts >= x_max):.2%}", f"{median:.3f}") in text


def test_counts_of_the_five_words():
    text, words = slide(GLOVE, "By hand: counting"), figures07.FIVE.words
    for word, counts in zip(words, figures07._five_counts(), strict=True):
        assert row(word, *(f"{count:.2f}" for count in counts)) in text


def glove_step():
    """Loss, gradients, AdaGrad's G and new numbers of the pair king, crown."""
    king, crown = figures07.KING, figures07.CROWN
    count = figures07._five_counts()[king, crown]
    before = figures07.W, figures07.W_OUT, figures07.B, figures07.B_OUT
    batch = np.array([king]), np.array([crown]), np.array([count])
    loss, gradients = numpy_impl.objectives.glove(*before, *batch, x_max=figures07.X_MAX)
    G = [1 + (figures07.ETA * gradient) ** 2 for gradient in gradients]
    after = [
        numbers - figures07.ETA * gradient / np.sqrt(squares)
        for numbers, gradient, squares in zip(before, gradients, G, strict=True)
    ]
    loss_after, _ = numpy_impl.objectives.glove(*after, *batch, x_max=figures07.X_MAX)
    return count, loss, loss_after, before, gradients, G, after


def test_score_of_the_five_words():
    count, loss, _, before, gradients, _, _ = glove_step()
    text = slide(GLOVE, "By hand: the score")
    W, W_out, b, b_out = before
    score = W[0] @ W_out[4] + b[0] + b_out[4]
    weight = glove_weights(count, 2.0)
    assert f"= {score:.1f}, " in text
    assert f"\\log {count:.4f} = {np.log(count):.4f}" in text
    assert f"e = {score:.1f} - {np.log(count):.4f} = {score - np.log(count):.4f}" in text
    assert f"^{{3/4}} = {weight:.4f}" in text
    assert f"f e = {gradients[2][0]:.4f}" in text
    assert f"f e^2 = {loss:.4f}" in text
    assert f"e to the 0.7, which is {np.exp(score):.2f}" in text


def test_one_step_of_glove():
    _, loss, loss_after, before, gradients, G, after = glove_step()
    title = "One step with η = 0.5 takes the loss from"
    text = slide(GLOVE, title)
    assert f"from {loss:.4f} to {loss_after:.4f}" in text
    names = (
        r"$w_{\text{king}}$",
        r"$\tilde w_{\text{crown}}$",
        r"$b_{\text{king}}$",
        r"$\tilde b_{\text{crown}}$",
    )
    for place, (name, index) in enumerate(zip(names, (0, 4, 0, 4), strict=True)):
        parts = [array[place][index] for array in (gradients, G, before, after)]
        if place < 2:
            cells = [pair(part, digits) for part, digits in zip(parts, (4, 4, 1, 4), strict=True)]
        else:
            cells = [f"{part:.{digits}f}" for part, digits in zip(parts, (4, 4, 1, 4), strict=True)]
        assert plain(row(name, *cells)) in text
    W, W_out, b, b_out = after
    assert f"from 0.700 to {W[0] @ W_out[4] + b[0] + b_out[4]:.3f}" in text


def test_steps_of_adagrad():
    steps = figures07._adagrad_steps()
    text = slide(GLOVE, "AdaGrad")
    for number in (1, 3, 100):
        assert f"step {number} is {steps[number - 1]:.3f}" in text
    numbers, squares = 0.0, 1.0
    for length in steps:  # the definition, step by step
        squares += (0.5 * 2) ** 2
        assert 0.5 * 2 / np.sqrt(squares) == pytest.approx(length)
        numbers -= length


def test_code_of_glove_is_that_of_the_library():
    source = without_spaces(inspect.getsource(numpy_impl.objectives.weighted_squares))
    for line in code_lines(raw_slide(GLOVE, "The same in NumPy")):
        assert without_spaces(line) in source


def test_judges_of_glove():
    printed = lesson_output(GLOVE)
    assert printed.count("to 1e-9: True") == printed.count("to 1e-12: True") == 4
    assert printed.count("the same to 1e-8: True") == 4
    assert "to 1e-9: False" not in printed
    text = slide(GLOVE, "Three judges")
    assert all(row in text for row in ("differences | 1e-9", "autograd | 1e-12", "float64 | 1e-8"))


def test_gensim_code_stands_in_the_lesson():
    cells = "\n".join(lesson_cells(GLOVE))
    for line in code_lines(raw_slide(GLOVE, "gensim loads")):
        assert line in cells
    assert "[]" in lesson_output(GLOVE)


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("On this text SGNS", 5),
        ("What the dot products hold", 4),
        ("Three geometries", 3),
        ("The paper's settings know", 4),
    ],
)
def test_measured_tables_are_those_of_the_lesson(title, lines):
    rows = table(raw_slide(GLOVE, title))[1:]
    assert len(rows) == lines
    for name, *numbers in rows:
        said = re.escape(name.split(" (")[0])
        found = re.search(rf"{said}:? ({' '.join(map(re.escape, numbers))})", lesson_output(GLOVE))
        assert found, (name, numbers)


def test_losses_of_glove():
    text, printed = raw_slide(GLOVE, "Real text: biases"), lesson_output(GLOVE)
    for name, *numbers in table(text)[1:]:
        assert f"{name}: {', '.join(number for number in numbers if number)}" in printed
    end = re.findall(r"to (\d\.\d+) in 6 epochs", figures07.loss_curve().alt)
    assert [float(each) for each in end] == pytest.approx([0.0309, 0.0593], abs=6e-4)


def test_the_sum_and_its_seeds():
    printed = lesson_output(GLOVE)
    for name, mean, low, high, shared in table(raw_slide(GLOVE, "The sum helps"))[1:]:
        assert f"{name} mean {mean}, seeds from {low} to {high}" in printed
        assert f"two seeds, {name} {shared}" in printed
    assert "the sum beats the better of the two in 3 of 3 seeds" in printed


def test_verdicts_expected_counts_and_biases():
    printed = lesson_output(GLOVE)
    for said in re.findall(r"- (\S+ against [^:]+: [^-]*?) (?=-|S)", slide(GLOVE, "On this text")):
        assert said in printed
    text = raw_slide(GLOVE, 'False: "the zeros')
    for said in re.findall(r"- (pairs that .*)", text):
        name, rest = said.split(": ")
        assert f"{name} : {rest}" in printed.replace("meet:", "meet :")
    gains = re.findall(r"(0\.\d\d) to (0\.\d\d)", text)
    assert len(gains) == 3
    for seed, (without, zeros) in enumerate(gains, 1):
        assert f"seed {seed}: without zeros {without}, with zeros {zeros}" in printed
    for name, correlation, slope in table(text)[1:]:
        assert f"{name} correlation {correlation}, slope {slope}" in printed


# 08 Pre-trained vectors ---------------------------------------------------------------------------


def printed(*texts):
    """Require that lesson 08 has printed each of the texts."""
    for text in texts:
        assert plain(text) in lesson_output(PRETRAINED), text


def test_neighbours_of_the_pretrained_vectors():
    text = slide(PRETRAINED, "One line loads it")
    vectors = figures08._vectors()
    V, d = vectors.input_vectors.shape
    assert f"{V:,} words, $d = {d}$" in text
    table = re.findall(r"\| (\w+) \| ([\w, ]+) \|", text)[1:]
    assert [word for word, _ in table] == ["music", "moon", "france"]
    for word, near in table:
        assert near == ", ".join(other for other, _ in vectors.most_similar(word, topn=4))
        printed(f"{word} {near}")


def test_first_lines_of_a_file():
    lines = code_lines(raw_slide(PRETRAINED, "Open it and look"), "text")
    printed(*lines)
    text = slide(PRETRAINED, "Open it and look")
    fields = int(re.search(r"(\d+) fields for \$d = 50\$", text)[1])
    assert fields == 51
    printed(f"fields in a line: {{{fields}}}")


def test_four_bytes_of_a_number():
    text = slide(PRETRAINED, "A number by hand")
    four = np.float32(0.8).tobytes()
    bits = int.from_bytes(four, "little")
    assert row("exponent", 8, f"{bits >> 23}, so $2^{{{(bits >> 23) - 127}}}$") in text
    fraction = bits & 0x7FFFFF
    assert row("fraction", 23, f"{fraction}, so {1 + fraction / 2**23:.1f}") in text
    assert f"32 bits are {bits:08x}; in the file they are {four.hex(' ')}" in text
    assert float(np.float32(0.8)) != 0.8
    assert np.float32(-0.4).tobytes()[::-1].hex(" ") in text  # the answer in the note


@pytest.mark.parametrize(("title", "name"), [("Ten lines read", "text"), ("And ten", "binary")])
def test_readers_are_cells_of_the_lesson(title, name):
    on_the_slide = "\n".join(code_lines(raw_slide(PRETRAINED, title)))
    cell = next(c for c in lesson_cells(PRETRAINED) if f"def read_{name}(" in c)
    without_docstring = re.sub(r'    """.*?"""\n', "", cell)
    assert without_spaces(on_the_slide) == without_spaces(without_docstring)
    # and they read what the figures show
    names = {}
    exec(f"import numpy as np\n{cell}", names)
    data = figures08.GLOVE if name == "text" else figures08.BINARY
    words, vectors = names[f"read_{name}"](data)
    assert words == ["king", "the"]
    assert vectors.tolist() == np.float32([[1, 0.5], [-0.4, 0.2]]).tolist()


def test_bits_that_are_the_same():
    text = slide(PRETRAINED, "The proof")
    assert text.count("| yes |") == 5
    printed("same words: True", "ours and gensim: True", "ours and library: True")
    printed("text and binary: True")
    for name in ("glove", "word2vec-text", "word2vec-binary"):
        printed(f"{name} written by us, read by gensim, and the other way round: (True, True)")
    printed("its counts are V, V - 1, V - 2: True", "can be trained on: False")


def test_layer_shares_memory():
    code = code_lines(raw_slide(PRETRAINED, "from_pretrained freezes"))
    assert "\n".join(code[:2]) in "\n".join(lesson_cells(PRETRAINED))
    names = {"torch": torch, "by_hand": np.array([[1.0, 0.5]], np.float32)}
    exec("\n".join(code), names)
    layer = names["layer"]
    text = slide(PRETRAINED, "from_pretrained freezes")
    assert f"layer.weight[0] is now {layer.weight[0].tolist()}" in text
    assert f"requires_grad is {layer.weight.requires_grad}" in text


def test_rows_that_move():
    text = slide(PRETRAINED, "Two rows that the file")
    moved = re.search(r"One SGD step on six tokens moved (\d) rows", text)[1]
    printed(f"rows moved: True {moved}", "the padding row is still zero: True")
    printed("padding_idx alone makes a zero row: False", "AdamW moved every row: True")


def test_memory_of_published_files():
    text = slide(PRETRAINED, "Memory is 4d bytes")
    table = re.findall(r"\| ([\w. ,]+) \| ([\d,]+) MB \| ([\d,]+) MB \|", text)
    assert len(table) == 3
    for shown, whole, half in table:
        name = shown.replace("Google News, 300 d", "word2vec-google-news-300")
        printed(f"{name} {whole} MB in float32, {half} MB in float16")
    ratio = re.search(r"Text is ([\d.]+) times as large", text)[1]
    printed(f"text to binary: {ratio} to 1", "twice as fast as gensim's: True")
    printed("the copy is 20 times as fast: True", "same nearest word for 99 in 100: True")


def test_cosine_and_dot_are_those_of_the_lesson():
    text = slide(PRETRAINED, "The dot product prefers")
    table = re.findall(r"\| (\w+) \| ([\w, ]+) \| ([\w, ]+) \|", text)
    assert [word for word, *_ in table] == ["the", "king", "moon"]
    for word, cosine, dot in table:
        printed(f"{word} cosine {cosine}", f"{word} dot {dot}")
    own = re.search(r"only (\d+%) of 1,000 words", text)[1]
    same = re.search(r"for (\d+) percent of the words", text)[1]
    printed(f"its own nearest by dot: {own}", f"the same neighbour: {same}%")


def test_what_is_nearest_to_king_and_woman():
    text = slide(PRETRAINED, "The nearest word is king")
    plain_answer, libraries = re.search(
        r"plain arithmetic \| ([\w, ]+) \| \| as libraries answer \| ([\w, ]+) \|", text
    ).groups()
    vectors = figures08._vectors()
    answer = vectors.most_similar(["king", "woman"], ["man"], topn=3)
    assert libraries == ", ".join(word for word, _ in answer)
    printed(f"as libraries answer: {libraries}", f"plain arithmetic: {plain_answer}")


def test_what_exclusion_does():
    text = slide(PRETRAINED, "Four times in five")
    plain_answers, excluded, alone, questions = figures08._analogies()
    d = questions[:, 3]
    asked = (plain_answers[:, None] == questions[:, :3]).any(axis=1)
    assert f"{len(questions):,} of the 19,544 questions" in text
    assert row("nearest is a, b or c", f"{asked.mean():.0%}") in text
    for name, answers in [
        ("right without exclusion", plain_answers),
        ("right with exclusion", excluded),
        ("nearest to $c$ alone", alone),
    ]:
        assert row(name, f"{np.mean(answers == d):.1%}") in text
        printed(f"{name.replace('$', '')}: {np.mean(answers == d):.1%}")
    assert 0.6 < np.mean(alone == d) / np.mean(excluded == d) < 0.667


def test_coverage_of_the_news():
    text = slide(PRETRAINED, "Coverage")
    rows = re.findall(r"\| (?:cut|and|tokenised) [\w ]+ \| (\d+%) \|", text)
    names = ["split()", "split(), lower case", "tokenised as in training"]
    for name, share in zip(names, rows, strict=True):
        printed(f"{name} {share} of the tokens known")
    tokens, words = re.search(
        r"(\d+%) of the tokens, but only (\d+%) of the different", text
    ).groups()
    printed(f"tokens known: {tokens}", f"words known: {words}")
    printed(f"most frequent missing: {re.search(r'Missing: ([a-z, ]+), [.]{3}', text)[1]}")


def test_stand_ins_for_unknown_words():
    text = slide(PRETRAINED, "Leave unknown words out")
    table = re.findall(r"\| ([a-z ]+) \| (\d+%) \| (\d+%) \|", text)
    assert [name for name, *_ in table] == ["left out", "zeros", "random", "mean"]
    for name, cosine, distance in table:
        for measure, share in (("cosine", cosine), ("distance", distance)):
            shares = re.search(rf"{name} {measure} ((?:\d+% ?){{4}})", lesson_output(PRETRAINED))[
                1
            ].split()
            assert shares[-1] == share
            if measure == "distance" and name != "random":  # the figure has the same
                assert shares == [f"{value:.0%}" for value in figures08._passages()[name]]
    printed("1,400 passages, 70 articles; guessing is right in 1.4%")


def test_losses_of_the_next_epoch():
    text = slide(PRETRAINED, "One matrix")
    table = re.findall(r"\| ([\w, ]+) \| (\d[.]\d\d) \| (\d[.]\d\d) \|", text)
    assert len(table) == 3
    for name, first, whole in table:
        printed(f"start from {name} {first}, then {whole}")
    printed(
        f"last epoch of the training {re.search(r'epoch before had ([0-9.]+)[.] DESM', text)[1]}"
    )


def test_broken_files_are_those_of_the_lesson():
    text = slide(PRETRAINED, "Broken files")
    table = re.findall(r"\| ([\w, ]+) \| ([\w, ]+) \| ([\w, ]+) \|", text)[1:]
    full = {
        "header promises more": "the header promises more",
        "header promises fewer": "the header promises fewer",
        "NaN": "not a number",
    }
    assert len(table) == 8
    names = "|".join(full.get(name, name) for name, *_ in table)
    for name, gensim, ours in table:
        by_gensim, by_us = re.search(
            rf"{full.get(name, name)}: gensim: (.*?) ours: (.*?)(?= (?:{names}): gensim:| split)",
            lesson_output(PRETRAINED),
        ).groups()
        assert by_gensim.startswith("refused") == (gensim == "refused")
        assert by_us.startswith("refused") == ours.startswith("refused")
        if "line" in ours:
            assert f"broken.txt, {ours.removeprefix('refused, ')}:" in by_us
        assert ("warning" in ours) == ("a warning" in by_us)
    assert "row of zeros, word None" in text
    printed("gensim: 6 rows, last None (0.0, 0.0)", "gensim: 3 rows, last 'wears'")
    printed("gensim: 6 rows, last 'moon' (nan, 1.0)")


def test_bytes_that_are_missing():
    text = slide(PRETRAINED, "A cut that nobody can see")
    assert row(3, "crown = (-0.6, 0.0)", "refused") in text
    printed("3 bytes missing: 5 rows, last 'crown' (-0.6, 0.0)")
    printed("4 bytes missing: refused: broken.txt, line 5", "1 bytes missing: Embeddings(5 words")
    for cut in (3, 4):
        printed(f"{cut} bytes missing: cut.bin, row 5")
