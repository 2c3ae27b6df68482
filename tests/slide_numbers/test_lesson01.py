"""Numbers and code on the slides of lesson 01, computed again."""

import re
from collections import Counter

import numpy as np
import torch
from decks import (
    code_lines,
    figures_of,
    lesson_output,
    pair,
    plain,
    raw_slide,
    row,
    slide,
    vocabulary,
)
from gensim.models import Word2Vec
from gensim.test.utils import datapath

from course_lib import corpus, datasets

DECK = "01_from_words_to_vectors"
figures = figures_of(DECK)


def test_letters():
    text = slide(DECK, "By its letters")
    letters = {word: np.array([ord(letter) for letter in word]) for word in ("cat", "dog", "hat")}
    for word, numbers in letters.items():
        distance = np.linalg.norm(numbers - letters["cat"])
        assert row(word, ", ".join(map(str, numbers)), f"{distance:.1f}") in text


def test_ids_depend_on_the_order():
    text = slide(DECK, "An id is a name")
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
    text = slide(DECK, "One-hot vectors")
    for V in (9_000, 3_000_000):
        one_hot = V * V * 4 / 1e9
        shown = f"{one_hot:.2f}" if one_hot < 1 else f"{one_hot:,.0f}"
        assert f"| {V:,} | {shown} | {V * 300 * 4 / 1e9:.2f} |" in text
    assert f"by product {9_000 * 100:,}" in slide(DECK, "An embedding layer")


def test_shapes_of_the_embedding_layer():
    text = raw_slide(DECK, "Ids go in")
    scope = {"torch": torch}
    *statements, last = code_lines(text)
    exec("\n".join(statements), scope)
    shape = tuple(eval(last, scope))
    assert shape == (2, 3, 4)
    assert f"# {shape}" in text
    assert row("output", shape, "a vector in the place of each id") in text
    assert row("table", tuple(scope["layer"].weight.shape), "20 words, 4 dimensions") in text


def test_gradient_of_the_look_up_by_hand():
    text = slide(DECK, "By hand")
    looked_up = figures.W[figures.BATCH]
    g = looked_up - figures.TARGETS
    for word, h, t, gradient in zip(figures.BATCH, looked_up, figures.TARGETS, g, strict=True):
        assert row(figures.FIVE[word], pair(h, 1), pair(t, 1), pair(gradient, 1)) in text
    assert f"{pair(g[0], 1)} + {pair(g[2], 1)} = {pair(g[0] + g[2], 1)}" in text


def test_what_plus_equals_does_to_a_repeated_row():
    question = raw_slide(DECK, "What is in the row of cat?")
    g = figures.W[figures.BATCH] - figures.TARGETS
    scope = {"np": np, "W": figures.W, "g": g}
    exec("\n".join(code_lines(question)), scope)
    added = np.zeros_like(g, shape=figures.W.shape)
    np.add.at(added, figures.BATCH, g)
    assert "B: $" + pair(scope["gradient"][1], 1) in plain(question)
    assert "A: $" + pair(added[1], 1) in plain(question)
    assert f"# g: {', '.join(pair(line, 1) for line in g)}" in plain(question)
    answer = slide(DECK, "B: one share")
    assert f"gradient[batch] += g # cat: {pair(scope['gradient'][1], 1)}" in answer
    assert f"np.add.at(gradient, batch, g) # cat: {pair(added[1], 1)}" in answer


def test_tokens():
    raw = raw_slide(DECK, "Which words get a row?")
    sentence = code_lines(raw, "text")[0]
    assert row("str.split", ", ".join(sentence.split())) in plain(raw)
    assert row("tokenize", ", ".join(corpus.tokenize(sentence))) in plain(raw)


def test_decisions_change_the_vocabulary():
    text = slide(DECK, "The same text has")
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
    text = slide(DECK, "Training reads a corpus")
    toy = datasets.load_corpus("toy")
    generator = (tokens for tokens in toy)
    first, second = (sum(1 for _ in generator) for _ in range(2))
    assert row("a generator", f"{first:,} sentences", f"{second} sentences") in text
    assert row("a list", f"{len(toy):,}", f"{len(toy):,}") in text


def test_vocabulary():
    text = slide(DECK, "min_count cuts")
    lee = vocabulary("lee", 5)
    for index in range(6):
        assert row(index, lee.words[index], f"{lee.counts[index]:,}") in text
    whole, kept = vocabulary("wikipedia", 1), vocabulary("wikipedia", 5)
    share = kept.counts.sum() / whole.counts.sum()
    assert f"keeps {len(kept):,} of {len(whole):,} words, and {share:.0%} of" in text


def test_zipf():
    products = slide(DECK, "Zipf")
    ends = slide(DECK, "Half of a text")
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
    assert rf"\approx {((1 + 5**0.5) / 2) ** 2:.2f}\, t" in slide(DECK, "Subsampling")
    text = slide(DECK, "gensim has (7)")
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
    text = slide(DECK, "False: it thins")
    lee = vocabulary("lee", 5)
    keep = lee.keep_probabilities(1e-4)
    for word in ("the", "to", "of", "said", "police"):
        index = lee.index(word)
        before = lee.counts[index]
        cells = f"{before:,}", f"{before * keep[index]:.0f}", f"{keep[index]:.0%}"
        assert row(word, *cells) in text


def test_trained_numbers_of_the_first_deck_are_those_of_the_lesson():
    printed = lesson_output(DECK)
    unseen = slide(DECK, "False: a row that was never")
    table = re.findall(r"\| ([\d,]+) \| (\d\.\d\d) \|", unseen)
    assert len(table) == 5
    for words, moved in table:
        assert f"{words} {moved}" in printed
    assert "virus seen 0 times: " + re.search(r"neighbours: (.*?)\. ", unseen)[1] in printed
    again = slide(DECK, "The question again")
    for other, cosine in re.findall(r"\| cat, (\w+) \| (\S+) \|", again):
        assert f"cosine of cat and {other}: {cosine}" in printed
    nearest = re.findall(r"earest to (\w+): (.*?)\.", again)
    assert len(nearest) == 2
    for word, near in nearest:
        assert f"{word}: {near}" in printed
