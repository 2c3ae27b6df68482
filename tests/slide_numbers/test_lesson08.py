"""Numbers and code on the slides of lesson 08, computed again."""

import re

import numpy as np
import pytest
import torch
from decks import (
    code_lines,
    figures_of,
    lesson_cells,
    lesson_output,
    plain,
    raw_slide,
    row,
    slide,
    without_spaces,
)

DECK = "08_pretrained_vectors"
figures = figures_of(DECK)


def printed(*texts):
    """Require that lesson 08 has printed each of the texts."""
    for text in texts:
        assert plain(text) in lesson_output(DECK), text


def test_neighbours_of_the_pretrained_vectors():
    text = slide(DECK, "One line loads it")
    vectors = figures._vectors()
    V, d = vectors.input_vectors.shape
    assert f"{V:,} words, $d = {d}$" in text
    table = re.findall(r"\| (\w+) \| ([\w, ]+) \|", text)[1:]
    assert [word for word, _ in table] == ["music", "moon", "france"]
    for word, near in table:
        assert near == ", ".join(other for other, _ in vectors.most_similar(word, topn=4))
        printed(f"{word} {near}")


def test_first_lines_of_a_file():
    lines = code_lines(raw_slide(DECK, "Open it and look"), "text")
    printed(*lines)
    text = slide(DECK, "Open it and look")
    fields = int(re.search(r"(\d+) fields for \$d = 50\$", text)[1])
    assert fields == 51
    printed(f"fields in a line: {{{fields}}}")


def test_four_bytes_of_a_number():
    text = slide(DECK, "A number by hand")
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
    on_the_slide = "\n".join(code_lines(raw_slide(DECK, title)))
    cell = next(c for c in lesson_cells(DECK) if f"def read_{name}(" in c)
    without_docstring = re.sub(r'    """.*?"""\n', "", cell)
    assert without_spaces(on_the_slide) == without_spaces(without_docstring)
    # and they read what the figures show
    names = {}
    exec(f"import numpy as np\n{cell}", names)
    data = figures.GLOVE if name == "text" else figures.BINARY
    words, vectors = names[f"read_{name}"](data)
    assert words == ["king", "the"]
    assert vectors.tolist() == np.float32([[1, 0.5], [-0.4, 0.2]]).tolist()


def test_bits_that_are_the_same():
    text = slide(DECK, "The proof")
    assert text.count("| yes |") == 5
    printed("same words: True", "ours and gensim: True", "ours and library: True")
    printed("text and binary: True")
    for name in ("glove", "word2vec-text", "word2vec-binary"):
        printed(f"{name} written by us, read by gensim, and the other way round: (True, True)")
    printed("its counts are V, V - 1, V - 2: True", "can be trained on: False")


def test_layer_shares_memory():
    code = code_lines(raw_slide(DECK, "from_pretrained freezes"))
    assert "\n".join(code[:2]) in "\n".join(lesson_cells(DECK))
    names = {"torch": torch, "by_hand": np.array([[1.0, 0.5]], np.float32)}
    exec("\n".join(code), names)
    layer = names["layer"]
    text = slide(DECK, "from_pretrained freezes")
    assert f"layer.weight[0] is now {layer.weight[0].tolist()}" in text
    assert f"requires_grad is {layer.weight.requires_grad}" in text


def test_rows_that_move():
    text = slide(DECK, "Two rows that the file")
    moved = re.search(r"One SGD step on six tokens moved (\d) rows", text)[1]
    printed(f"rows moved: True {moved}", "the padding row is still zero: True")
    printed("padding_idx alone makes a zero row: False", "AdamW moved every row: True")


def test_memory_of_published_files():
    text = slide(DECK, "Memory is 4d bytes")
    table = re.findall(r"\| ([\w. ,]+) \| ([\d,]+) MB \| ([\d,]+) MB \|", text)
    assert len(table) == 3
    for shown, whole, half in table:
        name = shown.replace("Google News, 300 d", "word2vec-google-news-300")
        printed(f"{name} {whole} MB in float32, {half} MB in float16")
    ratio = re.search(r"Text is ([\d.]+) times as large", text)[1]
    printed(f"text to binary: {ratio} to 1", "twice as fast as gensim's: True")
    printed("the copy is 20 times as fast: True", "same nearest word for 99 in 100: True")


def test_cosine_and_dot_are_those_of_the_lesson():
    text = slide(DECK, "The dot product prefers")
    table = re.findall(r"\| (\w+) \| ([\w, ]+) \| ([\w, ]+) \|", text)
    assert [word for word, *_ in table] == ["the", "king", "moon"]
    for word, cosine, dot in table:
        printed(f"{word} cosine {cosine}", f"{word} dot {dot}")
    own = re.search(r"only (\d+%) of 1,000 words", text)[1]
    same = re.search(r"for (\d+) percent of the words", text)[1]
    printed(f"its own nearest by dot: {own}", f"the same neighbour: {same}%")


def test_what_is_nearest_to_king_and_woman():
    text = slide(DECK, "The nearest word is king")
    plain_answer, libraries = re.search(
        r"plain arithmetic \| ([\w, ]+) \| \| as libraries answer \| ([\w, ]+) \|", text
    ).groups()
    vectors = figures._vectors()
    answer = vectors.most_similar(["king", "woman"], ["man"], topn=3)
    assert libraries == ", ".join(word for word, _ in answer)
    printed(f"as libraries answer: {libraries}", f"plain arithmetic: {plain_answer}")


def test_what_exclusion_does():
    text = slide(DECK, "Four times in five")
    plain_answers, excluded, alone, questions = figures._analogies()
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
    text = slide(DECK, "Coverage")
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
    text = slide(DECK, "Leave unknown words out")
    table = re.findall(r"\| ([a-z ]+) \| (\d+%) \| (\d+%) \|", text)
    assert [name for name, *_ in table] == ["left out", "zeros", "random", "mean"]
    for name, cosine, distance in table:
        for measure, share in (("cosine", cosine), ("distance", distance)):
            shares = re.search(rf"{name} {measure} ((?:\d+% ?){{4}})", lesson_output(DECK))[
                1
            ].split()
            assert shares[-1] == share
            if measure == "distance" and name != "random":  # the figure has the same
                assert shares == [f"{value:.0%}" for value in figures._passages()[name]]
    printed("1,400 passages, 70 articles; guessing is right in 1.4%")


def test_losses_of_the_next_epoch():
    text = slide(DECK, "One matrix")
    table = re.findall(r"\| ([\w, ]+) \| (\d[.]\d\d) \| (\d[.]\d\d) \|", text)
    assert len(table) == 3
    for name, first, whole in table:
        printed(f"start from {name} {first}, then {whole}")
    printed(
        f"last epoch of the training {re.search(r'epoch before had ([0-9.]+)[.] DESM', text)[1]}"
    )


def test_broken_files_are_those_of_the_lesson():
    text = slide(DECK, "Broken files")
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
            lesson_output(DECK),
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
    text = slide(DECK, "A cut that nobody can see")
    assert row(3, "crown = (-0.6, 0.0)", "refused") in text
    printed("3 bytes missing: 5 rows, last 'crown' (-0.6, 0.0)")
    printed("4 bytes missing: refused: broken.txt, line 5", "1 bytes missing: Embeddings(5 words")
    for cut in (3, 4):
        printed(f"{cut} bytes missing: cut.bin, row 5")
