"""Numbers and code on the slides of lesson 11, computed again."""

import re

import numpy as np
import pytest
from decks import (
    code_lines,
    figures_of,
    lesson_cells,
    lesson_output,
    pair,
    plain,
    raw_slide,
    row,
    slide,
    without_spaces,
)

from course_lib.ranking import BM25, DESM, content_words

DECK = "11_two_vectors_desm"
figures = figures_of(DECK)
TEXTS = {"other news": "other news", "Wikipedia": "Wikipedia", "news and": "with documents"}


def printed(*texts):
    """Require that lesson 11 has printed each of the texts."""
    for text in texts:
        assert plain(text) in lesson_output(DECK), text


def table(title):
    """The cells of every line of a slide's tables, without the line below the heads."""
    lines = [line for line in raw_slide(DECK, title).splitlines() if line.startswith("|")]
    return [[plain(cell) for cell in line.strip("|").split("|")] for line in lines[:1] + lines[2:]]


def test_bm25_gives_the_three_documents_the_same():
    asked = re.findall(r"\*\*([ABC])\*\* (.*)", raw_slide(DECK, "You type"))
    documents = [content_words(text) for _, text in asked]
    scores = BM25(documents).scores(["tea"])
    for (name, _), tokens, score in zip(asked, documents, scores, strict=True):
        assert row(name, ", ".join(tokens), f"{score:.2f}") in slide(DECK, "BM25 cannot tell")


def test_topics_are_those_of_the_lesson():
    cell = next(cell for cell in lesson_cells(DECK) if cell.startswith("TOPICS = {"))
    names = {}
    exec(f"import numpy as np\n{cell}", names)
    for name, one, two in table("A text where")[1:-1]:
        assert names["TOPICS"][name] == (one, two)


def test_shares_of_substitutes_and_companions():
    for name, one, two in table("It comes out")[1:]:
        three = [" ".join([f"{float(share):g}{'.' if share in '0.01.0' else ''}"] * 3)
                 for share in (one, two)]  # fmt: skip
        printed(f"{name} substitutes, three texts: [{three[0]}], companions: [{three[1]}]")


def test_scores_of_the_three_documents():
    for name, a, b, c, order in table("And the three documents")[1:]:
        best = " ".join([order.replace(" ", "")] * 3)
        printed(f"{name} best first on three texts: {best}; mean scores A {a} B {b} C {c}")


def test_neighbours_on_real_text():
    for name, meet, count, frequent in table("On real text")[1:]:
        printed(f"{name} meet: {meet} median count {count}")
        assert re.search(
            rf" {name} meet: .{{0,60}}by count: [^a-zA-Z]+to 49 [^a-zA-Z]+to 99 \S+ 100 to 299 "
            rf"{frequent}",
            lesson_output(DECK),
        )


def test_the_message_about_hierarchical_softmax_is_the_librarys():
    text = re.search(r"^> (.*)$", raw_slide(DECK, "Who has no OUT"), flags=re.MULTILINE)[1]
    vectors = figures._readers()[0]
    nodes = type(vectors)(
        vectors.vocabulary, vectors.input_vectors, node_vectors=vectors.input_vectors[1:]
    )
    with pytest.raises(ValueError, match=re.escape(text)):
        DESM(nodes)


def test_three_documents_by_hand():
    vectors = {f"v_{{{w}}}": v for w, v in figures.IN.items()}
    vectors |= {f"u_{{{w}}}": u for w, u in figures.OUT.items()}
    for name, vector in vectors.items():
        length = np.linalg.norm(vector)
        unit = [f"{x / length:.1f}".replace(".0", "") for x in vector]
        cells = f"${name}$", pair(vector, 0), f"{length:.0f}", f"({', '.join(unit)})"
        assert row(*cells) in slide(DECK, "By hand: all vectors")
    query = [np.array(v) / np.linalg.norm(v) for v in figures.IN.values()]
    for name, words in figures.DOCUMENTS.items():
        mean = np.mean([np.array(figures.OUT[word]) / 5 for word in words], axis=0)
        length = np.linalg.norm(mean)
        cosines = [v @ mean / length for v in query]
        numbers = [f"{x:.4f}" for x in (length, *cosines, np.mean(cosines))]
        assert row(name, pair(mean, 1), *numbers) in slide(DECK, "By hand: three documents")
        assert f"{np.mean(cosines):.2f}" in slide(DECK, "A document is the centre")


def test_the_fast_version_is_that_of_the_lesson():
    cell = next(cell for cell in lesson_cells(DECK) if "def desm_fast(" in cell)
    cell = re.sub(r'    """.*?"""\n', "", cell[cell.index("def desm_fast") :])
    on_the_slide = "\n".join(code_lines(raw_slide(DECK, "Fast:")))
    assert without_spaces(on_the_slide) == without_spaces(cell)


def test_ndcg_of_one_query_and_of_all():
    (_, found), (_, best), (_, value) = table("How good is a ranking")[1:]
    lists = [", ".join(grades.split()) for grades in (found, best)]
    printed(f"grades found: [{lists[0]}] best possible: [{lists[1]}]", f"by hand: {value}")
    note = slide(DECK, "How good is a ranking")
    bm25, low, high, chance = re.search(
        r"BM25 has ([\d.]+), with an interval from ([\d.]+) to ([\d.]+); chance has ([\d.]+)\.",
        note,
    ).groups()
    printed(f"BM25 nDCG@10 {bm25}, interval {low} to {high}", f"by chance nDCG@10 {chance}")


def split_text(cell):
    """Take "news and documents, IN-IN" apart, and name the text as the lesson does."""
    text, name = cell.split(", ")
    return TEXTS[text if text in TEXTS else "news and"], name


def test_what_the_vectors_have_read():
    for cell, mean, interval, verdict in table("Vectors that have read")[1:]:
        text, name = split_text(cell)
        found = re.search(
            rf"{text} {name} less BM25 \S+ \((.*?)\): (.*?) \w+ \w+", lesson_output(DECK)
        )
        assert found[1] == interval
        printed(f"{text} {name} less BM25 {plain_difference(text, name)} ({interval}): {verdict}")
        alt = figure_text("Vectors that have read the documents rank best")
        assert f"{text}, {name} {mean};" in alt

    note = slide(DECK, "Vectors that have read")
    differences = re.search(r"other news (\S+ to \S+), Wikipedia (\S+ to \S+), news", note).groups()
    differences += re.search(r"news and documents (\S+ to \S+)\.", note).groups()
    words = "higher", "higher", "no clear difference"
    for text, found, word in zip(TEXTS.values(), differences, words, strict=True):
        assert re.search(
            rf"{text} IN-IN less IN-OUT \S+ \({re.escape(found)}\): {word} {text} OUT-OUT less "
            r"IN-IN: no clear difference",
            lesson_output(DECK),
        )
    modest = re.search(r"with these, other news has (\S+) and (\S+)\. ", note).groups()
    for name, value in zip(("IN-IN", "IN-OUT"), modest, strict=True):
        printed(f"other news with the settings of Wikipedia: {name} {value}")


def plain_difference(text, name):
    return re.search(rf"{text} {name} less BM25 (\S+) ", lesson_output(DECK))[1]


def figure_text(title):
    """The alt text of the figure that a cell with this title has drawn."""
    from decks import lesson

    cell = next(c for c in lesson(DECK) if title in "".join(c["source"]) and c.get("outputs"))
    return plain("".join(cell["outputs"][0]["data"]["text/plain"]))


def test_the_mixture():
    text = slide(DECK, "The mixture")
    for name, alone, mixed in table("The mixture")[1:]:
        printed(f"other news {name} mixture {mixed}, less BM25")
        assert f"other news, {name} {alone};" in figure_text(
            "Vectors that have read the documents rank best"
        )
    interval = re.search(r"ahead by (\S+ to \S+)\.", text)[1]
    assert re.search(
        rf"other news IN-IN mixture \S+, less BM25 \S+ \({re.escape(interval)}\): higher",
        lesson_output(DECK),
    )
    # the figure is the lesson's
    assert plain(figures.mixture().alt) == figure_text("Between BM25 (0) and DESM (1)")


def test_strangers():
    text = slide(DECK, "Ranking everything")
    shares = dict(table("Ranking everything")[1:])
    printed(f"among all, {shares['BM25']} strangers")
    for name in ("IN-IN", "IN-OUT"):
        assert re.search(
            rf"with documents {name} \S+ among 50, \S+ among all, {shares[name]} strangers",
            lesson_output(DECK),
        )
    by_words, ignoring = re.search(
        r"IN-OUT: ahead by (\S+ to \S+)\. .* the query\**: (\S+ to \S+)\. ", text
    ).groups()
    assert f"({by_words}): higher Wikipedia IN-IN" in lesson_output(DECK)
    assert re.search(
        rf"without looking at the query: re-ranking \S+ less BM25 \S+ \({re.escape(ignoring)}\)",
        lesson_output(DECK),
    )
    passages = int(re.search(r"among ([\d,]+) passages", text)[1].replace(",", ""))
    printed(f"Collection(hay: {passages + 50:,} documents")
    drawn = plain(figures.strangers().alt)
    for name, values in figures._among_strangers().items():
        for value in values:
            assert f"{name} {value:.3f}" in drawn
    assert re.search(r"BM25's|re-ranked", drawn)
    lesson_drawn = figure_text("Among strangers IN-IN collapses")
    numbers = re.compile(r"(IN-IN|IN-OUT|BM25) (\d\.\d+)")
    assert numbers.findall(drawn) == numbers.findall(lesson_drawn)


def test_scores_in_the_cone():
    for text, inner, outer in table("Suspect one")[1:]:
        name = TEXTS[text if text in TEXTS else "news and"]
        printed(f"{name} -1.00 IN-IN {inner} IN-OUT {outer}")


def test_hubs():
    for name, most, correlation in table("Suspect two")[1:]:
        printed(f"other news {name} {most.removeprefix('for ')}")
        printed(f"other news {name} correlation of b and popularity {correlation}")
    most = re.search(r"first ten for (\d+ of 50 queries)", slide(DECK, "Suspect two"))[1]
    printed(f"BM25: {most}")


def test_the_cure():
    alt = figure_text("Vectors that have read the documents rank best")
    for text, inner, inner_centred, outer, outer_centred in table("The cure")[1:]:
        name = TEXTS[text if text in TEXTS else "news and"]
        for which, before, after in (
            ("IN-IN", inner, inner_centred),
            ("IN-OUT", outer, outer_centred),
        ):
            assert f"{name}, {which} {before};" in alt
            printed(f"{name} {which} centred {after}, hub")
    falls = re.search(
        r"IN-IN falls to (\S+) and IN-OUT to (\S+),", slide(DECK, "The cure")
    ).groups()
    centred = re.search(r"re-ranking falls to (\S+)\. ", slide(DECK, "The cure"))[1]
    assert re.search(rf"IN-OUT centred: .*? re-ranking {centred}, less BM25", lesson_output(DECK))
    for name, value in zip(("IN-IN", "IN-OUT"), falls, strict=True):
        assert re.search(rf"{name} \S+, without any word of the query {value}", lesson_output(DECK))


def test_cranfield_is_told_as_in_the_lesson():
    cell = next(c for c in lesson_cells(DECK) if "Measured with this library" in c)
    lesson_rows = {
        line.split("|")[1].strip(): [x.strip() for x in line.split("|")[2:-1]]
        for line in cell.splitlines()
        if line.startswith(("| IN", "| OUT"))
    }
    for name, everything, centred, mixed in table("Cranfield")[1:]:
        all_of_it, in_the_middle, _, mixture = lesson_rows[name]
        assert (everything, centred, mixed) == (all_of_it, in_the_middle, mixture)
    assert "BM25: 0.364" in slide(DECK, "Cranfield")
    assert "BM25 has 0.364" in cell
    assert "about 65 of the 225 queries" in plain(cell)
    assert "about 65 queries" in slide(DECK, "Cranfield")


def test_where_it_goes_wrong():
    text = slide(DECK, "Where it goes wrong")
    first = re.search(r"comes first for (\d+ of 50) long queries", text)[1]
    printed(f"IN-OUT an empty document with 0 comes first for {first}")
    cosine, dot = re.search(r"other news: (\S+) against (\S+) ", text).groups()
    printed(f"other news IN-IN cosine {cosine}, dot {dot}")
    sums = re.search(r"\| (\S+), and IN-IN alone (\S+); with the documents (\S+) and (\S+):", text)
    pairs = zip(sums.groups()[::2], sums.groups()[1::2], strict=True)
    for name, (total, inner) in zip(("other news", "with documents"), pairs, strict=True):
        printed(f"{name} sum {total}, IN-IN {inner},")
    assert "0.17 to 0.11" in text
    assert any("from 0.17 to 0.11" in plain(cell) for cell in lesson_cells(DECK))


def test_the_search_box():
    found = figure_of_search()
    for model, begins, why in table("A search box")[1:]:
        assert re.search(rf"{model} \d+ \S+ {re.escape(why)} {re.escape(begins)}", found)
    assert "nothing found by BM25" in found


def figure_of_search():
    from decks import lesson

    cell = next(c for c in lesson(DECK) if "search_box(" in "".join(c["source"]))
    shown = [output["data"].get("text/plain", "") for output in cell["outputs"]]
    return plain(" ".join("".join(text) for text in shown))
