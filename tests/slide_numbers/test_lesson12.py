"""Numbers and code on the slides of lesson 12, computed again."""

import re

import numpy as np
import pytest
from decks import figures_of, lesson, lesson_output, row, slide

from course_lib import chinese, corpus, glossary
from course_lib.projections import project

DECK = "12_chinese_text"
figures = figures_of(DECK)


def test_one_sentence_is_1_or_15_or_7_pieces():
    text = slide(DECK, "Neither spaces nor characters")
    words = chinese.words_only(chinese.handwritten_sentences()[0])
    sentence = "".join(words)
    assert f"## {sentence}" in slide(DECK, sentence)
    assert len(corpus.tokenize(sentence)) == 1
    assert row("characters", f"{len(chinese.characters(sentence))}: 人 工 智 慧 已 經 …") in text
    assert row("by hand", f"{len(words)}: {' '.join(words)}") in text


def test_two_cuts_by_hand():
    text = slide(DECK, "By hand: to study the origin of life")
    total = sum(figures.COUNTS.values())
    for word, count in figures.COUNTS.items():
        assert re.search(rf"\| {word} \| [\w ]+ \| {count} \|", text)
    cuts = [cut for cut in all_cuts("研究生命起源") if set(cut) <= figures.COUNTS.keys()]
    found = {len(c[0]): np.prod([figures.COUNTS[w] / total for w in c]) for c in cuts}
    assert found == {2: pytest.approx(0.0096), 3: pytest.approx(0.00032)}
    assert r"0.40 \cdot 0.30 \cdot 0.08 = 0.0096" in text
    assert r"0.20 \cdot 0.02 \cdot 0.08 = 0.00032" in text
    printed = re.search(r"on the board: (.*?)\.\s+The", text)[1]
    numbers = re.search(r"B\(j\): \[(.*?)\]", lesson_output(DECK))[1].replace("'", "")
    assert [float(n) for n in printed.split(", ")] == [float(n) for n in numbers.split(", ")]


def all_cuts(text):
    if not text:
        return [[]]
    return [
        [text[:i], *rest] for i in range(1, len(text) + 1) for rest in all_cuts(text[i:])
    ]  # fmt: skip


def test_look_ups_of_dynamic_programming():
    assert f"{200 * 201 // 2:,} look-ups" in slide(DECK, "Dynamic programming")


def test_precision_and_recall_of_the_example():
    text = slide(DECK, "How good is a cut?")
    scores = chinese.segmentation_scores([["我", "愛", "人工智慧"]], [["我", "愛", "人工", "智慧"]])
    assert scores == pytest.approx((2 / 4, 2 / 3, 4 / 7))
    assert "precision 2/4, recall 2/3, $F_1$ = 4/7" in text


def test_the_size_of_the_chinese_corpus():
    text = slide(DECK, "A corpus that knows its own words")
    assert f"{len(chinese.handwritten_sentences())} sentences by hand" in text
    sentences = chinese.grammar_sentences()
    assert f"{len(sentences):,} sentences from a seeded grammar, eight themes" in text
    assert len(chinese.themes()) == 8
    assert list("老王一邊彈鋼琴，一邊唱歌。") in [list("".join(s)) for s in sentences]


def test_the_way_back_from_simplified():
    text = slide(DECK, "Traditional and Simplified: a table")
    for word, meaning in [("頭髮", "hair"), ("發展", "development")]:
        simplified = chinese.to_simplified(word)
        by_letters = "".join(map(chinese.to_traditional, simplified))
        by_words = chinese.to_traditional(simplified)
        assert row(f"{word} {meaning}", simplified, by_letters, by_words) in text


def test_terms_of_the_glossary():
    text = slide(DECK, "Not one language")
    terms = {term.english: term for term in glossary.terms()}
    rows = re.findall(r"\| ([a-z ]+) \| (\S+) \| (\S+) \|", text)
    assert len(rows) == 4
    for english, traditional, simplified in rows:
        assert terms[english][1:3] == (traditional, simplified)
    same = [t for t in terms.values() if chinese.to_simplified(t.traditional) == t.simplified]
    assert f"Of the {len(terms)} terms of our glossary, {len(same)} are the same word" in text


@pytest.mark.parametrize("title", ["The detour", "A user dictionary, and the ceiling"])
def test_scores_of_the_cuts_are_those_of_the_lesson(title):
    rows = re.findall(r"\| ([\w+ ]+) \| (0\.\d\d) \| (0\.\d\d) \| (0\.\d\d)", slide(DECK, title))
    assert len(rows) == 3
    for name, *scores in rows:
        assert f"{name} {' '.join(scores)}" in lesson_output(DECK)
    if title == "The detour":
        by_hand = re.search(r"by hand: (\S+) and (\d\.\d\d)", slide(DECK, title)).groups()
        for name, f1 in zip(["jieba", "via Simplified"], by_hand, strict=True):
            assert f"{name} F1 = {f1}" in lesson_output(DECK)


def test_two_components_hold_less_than_half_of_the_variance():
    trained = figures._trained()
    words = [word for words in figures.SHOWN.values() for word in words]
    shares = project([trained.vector(word) for word in words]).shares
    assert shares.sum() < 0.5
    note = slide(DECK, "Neighbours share a theme")
    assert f"the vectors of {len(words)} words" in note
    assert "less than half of the variance" in note


def test_damage_is_what_the_lesson_draws():
    spoken = [
        "".join(output["data"].get("text/plain", ""))
        for cell in lesson(DECK)
        for output in cell.get("outputs", [])
        if "data" in output
    ]
    (alt,) = [text for text in spoken if "neighbours of the same theme" in text]
    for name, (f1, known, share) in figures.RESULTS.items():
        assert (
            f"{name} F1 of the cut {f1:.3f}, words that have a vector {known:.3f}, "
            f"neighbours of the same theme {share:.3f}"
        ) in alt
    note = slide(DECK, "What a bad cut does")
    best, worst = figures.RESULTS["true words"][2], figures.RESULTS["jieba"][2]
    assert f"from {best:.2f} to {worst:.2f}" in note
    assert figures.RESULTS["jieba"][1] == pytest.approx(0.8, abs=0.01)


def test_neighbours_of_artificial_intelligence_by_cut():
    text = slide(DECK, "A few terms in a dictionary")
    for name in ["jieba", "+ glossary", "true words"]:
        told = re.search(rf"\| {re.escape(name)} \| (.*?)(?: \(| \|)", text)[1]
        assert f"{name} {told}" in lesson_output(DECK)
    gain = figures.RESULTS["+ glossary"][0] - figures.RESULTS["via Simplified"][0]
    assert f"moved the F1 by {gain:.2f} only" in text


def test_the_two_controls():
    text = slide(DECK, "Two controls")
    true, chance = re.search(
        r"true order (\S+), by chance (\d\.\d\d)", lesson_output(DECK)
    ).groups()
    assert row("grammar", true) in text
    assert f"near chance, {chance}" in text
    assert "shuffled, within 0.05 of chance: True" in lesson_output(DECK)
    assert "neighbours of the same theme: below 0.05 True" in lesson_output(DECK)
    different, once = re.search(
        r"(\d+) different ones seen once: (\d+%)", lesson_output(DECK)
    ).groups()
    assert f"of {different} different words by hand, {once} come once" in text


def test_neighbours_in_three_backends():
    text = slide(DECK, "Three backends")
    told = re.search(r"in all three: (.*?) machine", text)[1].split(", ")
    lists = re.findall(r"nearest three: \[(.*?)\]", lesson_output(DECK))
    assert [sorted(told)] * 2 == [found.replace("'", "").split(", ") for found in lists]
    printed = lesson_output(DECK)
    assert "the same IN vectors, to 1e-6: True the same OUT vectors, to 1e-6: True" in printed
    V = re.search(r"256,. (\d+) words", printed)[1]
    assert f"V is {V}" in text
