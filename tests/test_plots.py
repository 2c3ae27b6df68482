import base64
import dataclasses
import html
import itertools
import re
import subprocess
import sys
import warnings
from unittest import mock

import matplotlib
import numpy as np
import pytest
from matplotlib import font_manager, style
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from course_lib import plots
from course_lib.embeddings import Embeddings
from course_lib.evaluation import (
    AnalogyResult,
    AnalogySection,
    Answer,
    JudgedPair,
    Report,
    SimilarityResult,
)
from course_lib.huffman import HuffmanTree
from course_lib.plots import fonts
from course_lib.projections import Projection, project
from course_lib.vocabulary import Vocabulary

WORDS = ["king", "queen", "man", "woman", "crown"]
SENTENCE = ["the", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog"]
RNG = np.random.default_rng(3)
MATRIX = RNG.normal(0, 0.4, (5, 3))
STEPPED = MATRIX + np.outer([0, 1, 0, 0, 0], [0.05, -0.03, 0.125])
BEFORE, AFTER = [0.2, 0.2, 0.2, 0.2, 0.2], [0.15, 0.4, 0.15, 0.15, 0.15]
VOCABULARY = Vocabulary(
    [f"word{rank}" for rank in range(1, 301)], (30_000 / np.arange(1, 301)).astype(int)
)
EMBEDDINGS = Embeddings(Vocabulary(WORDS), RNG.normal(size=(5, 8)), RNG.normal(size=(5, 8)))
CLOUD = RNG.normal(size=(40, 2)) * np.repeat([0.1, 1.0], 20)[:, None]
REPEATS = {
    "quick": [[0.25, 0.5, 0.75], [0.5, 0.75, 1.0]],
    "slow": [[0.0, 0.25, 0.5], [0.0, 0.25, 0.75]],
}
WIDE = RNG.normal(size=(20, 16))
CLOUD_WORDS = [f"word{number}" for number in range(40)]
SPACE = Embeddings(
    VOCABULARY, RNG.normal(size=(300, 10)) * np.linspace(2, 0.2, 10), RNG.normal(size=(300, 10))
)
MOVED = Embeddings(
    VOCABULARY,
    SPACE.input_vectors + 0.3 * (np.arange(300) % 2)[:, None] * RNG.normal(size=(300, 10)),
)
INTERVALS = {"skip-gram": (0.6, 0.5, 0.7), "CBOW": (0.55, 0.45, 0.65), "chance": (0.0, -0.1, 0.1)}
COSINES = {
    f"k = {k}": (np.tanh(k * RNG.normal(1, 0.3, 500)), -np.tanh(k * RNG.normal(1, 0.3, 500)))
    for k in (1, 2, 5, 15)
}
SPREAD = {"k = 1": [0.1, 0.12, 0.11], "k = 5": [0.2, 0.21, 0.24], "no subsampling": [0.2, 0.2, 0.3]}
ALPHAS = {
    "one call": np.linspace(0.025, 0.0001, 40),
    "a loop": np.tile(np.linspace(0.025, 0.005, 10), 4),
    "by hand": np.repeat([0.025, 0.015, 0.005, -0.005], 10),
}
FILE = [
    ("header", b"1 2\n"), ("word", b"k\xc3\xb6ln"), ("separator", b" "),
    ("number", b"\x00\x00\x80\x3f"), ("number", b"\x00\x00\x00\x3f"), ("separator", b"\n"),
]  # fmt: skip
LENGTHS = np.outer(1 + np.sin(np.arange(300) / 100), [3.0, 0.0, -4.0])


def similarity_result(name, spearman, covered=40, frequency=0.05, problem=""):
    """A result as word_similarity gives it."""
    pairs = tuple(JudgedPair(f"a{n}", f"b{n}", float(n)) for n in range(covered))
    low, high = (np.nan, np.nan) if problem else (spearman - 0.12, spearman + 0.1)
    random = np.array([]) if problem else np.linspace(-0.15, 0.17, 20)
    return SimilarityResult(
        name, "in", 353, pairs, np.arange(covered) / 40, spearman, spearman, low, high, 0.95,
        random, frequency, problem,
    )  # fmt: skip


def analogy_section(name, right, covered, questions):
    answers = [Answer("a", "b", "c", "d", "d", n < right) for n in range(covered)]
    return AnalogySection(name, questions, tuple(answers))


SIMILARITY = [similarity_result("wordsim353", 0.46), similarity_result("simlex999", 0.25)]
UNCOVERED = similarity_result("rw", np.nan, 2, np.nan, "2 pairs are covered")
SECTIONS = (
    analogy_section("capital-common-countries", 30, 130, 506),
    analogy_section("currency", 0, 0, 866),
    analogy_section("gram6-nationality-adjective", 12, 700, 1599),
)
ANALOGIES = AnalogyResult("google", "3cosadd", True, "in", SECTIONS)
REPORT = Report("vectors", (*SIMILARITY, UNCOVERED), ANALOGIES, {})
TREE = HuffmanTree.from_counts([4, 3, 2, 10, 2])
DEEP = HuffmanTree.from_counts([2**power for power in range(31, -1, -1)])


def tree_of(V, longest=None):
    """The tree of the V most frequent words; the last word may be a long one."""
    words = [*VOCABULARY.words[: V - 1], longest or VOCABULARY.words[V - 1]]
    return HuffmanTree.from_counts(VOCABULARY.counts[:V]), words


# One call of each function, and the variants that draw something else.
CUTS = {
    "right": ["人工智慧", "是", "機器學習", "的", "夢想", "。"],
    "jieba": ["人工", "智慧", "是機器", "學習", "的", "夢想", "。"],
}
CHINESE = ["人工智慧", "牛肉麵", "颱風", "鋼琴", "股票"]
TAIWAN = Embeddings(Vocabulary(CHINESE), MATRIX)
GLOSSES = {"人工智慧": "AI", "牛肉麵": "beef noodles", "颱風": "typhoon", "鋼琴": "piano"}
ALPHA_MEANS = {0.0: 0.62, 0.5: 0.63, 0.889: 0.66, 0.985: 0.67, 0.9961: 0.66, 1.0: 0.64}
CALLS = {
    "centroids": lambda: plots.centroids(
        {"D1": {"cup": [4, 3], "kettle": [4, -3]}, "D2": {"tram": [-3, 4], "ticket": [-4, 3]}},
        {"tea": [2, 0], "hot": [3, 4]},
    ),
    "mixture_curve": lambda: plots.mixture_curve(
        {"IN-IN": ALPHA_MEANS, "IN-OUT": {a: mean - 0.1 * a for a, mean in ALPHA_MEANS.items()}},
        title="The mixture is better than either",
    ),
    "zipf": lambda: plots.zipf(VOCABULARY),
    "zipf, three texts": lambda: plots.zipf(
        {"one": VOCABULARY, "two": [900, 30, 20, 4], "three": np.arange(1, 50)}
    ),
    "keep_probability": lambda: plots.keep_probability(1e-3),
    "keep_probability, words": lambda: plots.keep_probability(
        1e-3, VOCABULARY, ["word1", "word2", "word3", "word10", "word11", "word300"]
    ),
    "one_hot_lookup": lambda: plots.one_hot_lookup(WORDS, MATRIX, "queen"),
    "one_hot_lookup, large": lambda: plots.one_hot_lookup(
        CLOUD_WORDS[:10], np.full((10, 4), -88.88), "word7"
    ),
    "window": lambda: plots.window(SENTENCE, 3, 2),
    "window, shrinking": lambda: plots.window(SENTENCE, 3, 4, shrink=True),
    "window_weights": lambda: plots.window_weights(5, [400, 310, 235, 161, 80]),
    "skipgram_architecture": lambda: plots.skipgram_architecture(),
    "skipgram_architecture, numbers": lambda: plots.skipgram_architecture(10_000, 300),
    "skipgram_architecture, small": lambda: plots.skipgram_architecture(5, 3),
    "cbow_architecture": lambda: plots.cbow_architecture(),
    "cbow_architecture, numbers": lambda: plots.cbow_architecture(10_000, 300),
    "cbow_architecture, small": lambda: plots.cbow_architecture(
        5, 2, context_rows=[3, 0, 2, 3], center_row=4
    ),
    "huffman_tree": lambda: plots.huffman_tree(TREE, WORDS),
    "huffman_tree, path": lambda: plots.huffman_tree(TREE, WORDS, "crown"),
    "huffman_tree, probabilities": lambda: plots.huffman_tree(
        TREE, WORDS, "crown", left=[0.3, 0.7, 0.55, 0.62]
    ),
    "huffman_tree, 10 probabilities": lambda: plots.huffman_tree(
        *tree_of(10), "word9", left=np.linspace(0, 1, 9)
    ),
    "huffman_tree, 2": lambda: plots.huffman_tree(*tree_of(2)),
    "huffman_tree, 12": lambda: plots.huffman_tree(*tree_of(12), "word7"),
    "huffman_tree, 30": lambda: plots.huffman_tree(*tree_of(30), "word29"),
    "huffman_tree, 32 long": lambda: plots.huffman_tree(
        *tree_of(32, "internationalisation"), "internationalisation"
    ),
    "huffman_tree, deepest": lambda: plots.huffman_tree(
        DEEP, CLOUD_WORDS[:32], "word31"
    ),
    "huffman_tree, equal counts": lambda: plots.huffman_tree(
        HuffmanTree.from_counts([10**6] * 16), CLOUD_WORDS[:16], "word5"
    ),
    "path_lengths": lambda: plots.path_lengths(VOCABULARY, ["word1", "word20", "word300"]),
    "path_lengths, none marked": lambda: plots.path_lengths(VOCABULARY),
    "bars": lambda: plots.bars(AFTER, WORDS, highlight=["queen"]),
    "bars, paired": lambda: plots.bars({"before": BEFORE, "after": AFTER}, WORDS),
    "bars, many": lambda: plots.bars(np.arange(40.0), CLOUD_WORDS),
    "matrix_heatmaps": lambda: plots.matrix_heatmaps({"W": MATRIX}, WORDS),
    "matrix_heatmaps, two": lambda: plots.matrix_heatmaps(
        {"IN vectors": CLOUD[:20], "OUT vectors": WIDE}, CLOUD_WORDS[:20]
    ),
    "matrix_heatmaps, change": lambda: plots.matrix_heatmaps(
        {"before": MATRIX, "after": STEPPED}, WORDS, highlight=["queen"], change=True
    ),
    "loss_curve": lambda: plots.loss_curve([3.5, 2.5, 2.25], references={"log V": np.log(40)}),
    "loss_curve, two": lambda: plots.loss_curve(
        {"NumPy": np.linspace(3, 1, 100), "PyTorch": np.linspace(3, 1.1, 100)}, xlabel="step"
    ),
    "sgd_step": lambda: plots.sgd_step(
        {"before": BEFORE, "after": AFTER}, WORDS,
        {"W": (MATRIX, STEPPED), "W'": (STEPPED, MATRIX)},
        [WORDS, WORDS], title="The loss falls",
    ),
    "sgd_step, large": lambda: plots.sgd_step(
        {"before": [0.5, 0.0], "after": [1.0, 0.25]}, ["n10 (root): right", "n9: left"],
        {"IN": (WIDE[:12, :6], WIDE[:12, 1:7]), "nodes": (WIDE[:11, :6],) * 2},
        [CLOUD_WORDS[:12], CLOUD_WORDS[:11]], title="Nothing moves in the nodes",
    ),
    "similarity_heatmap": lambda: plots.similarity_heatmap(EMBEDDINGS, WORDS, "in", "out"),
    "repeated_runs": lambda: plots.repeated_runs(
        [10, 20, 50], REPEATS, xlabel="times seen", ylabel="share found", title="Slow rises later"
    ),
    "word_map": lambda: plots.word_map(
        Projection(CLOUD, "by hand"), CLOUD_WORDS, ["tight"] * 20 + ["loose"] * 20, title="Two"
    ),
    "word_map, pca": lambda: plots.word_map(
        EMBEDDINGS, WORDS, title="A title that is long enough to need two lines, because it says"
        " more than fits into one",
    ),
    "word_map, tsne": lambda: plots.word_map(EMBEDDINGS, WORDS, method="tsne", perplexity=2),
    "word_map, 200": lambda: plots.word_map(SPACE, VOCABULARY.words[:200]),
    "word_map, 200 grouped": lambda: plots.word_map(
        project(SPACE.input_vectors[:200], "tsne"), VOCABULARY.words[:200],
        [f"group {row % 7}" for row in range(200)],
    ),
    "word_map, one place": lambda: plots.word_map(
        Projection(np.repeat([[0.0, 0.0], [1.0, 1.0]], 10, axis=0), "by hand"), CLOUD_WORDS[:20]
    ),
    "word_map, long words": lambda: plots.word_map(
        project(SPACE.input_vectors[:30]), [f"{word}_internationalise" for word in CLOUD_WORDS[:30]]
    ),
    "neighbourhood": lambda: plots.neighbourhood(SPACE, "word7"),
    "neighbourhood, tsne": lambda: plots.neighbourhood(
        SPACE, "word7", 60, target="out", method="tsne", perplexity=5
    ),
    "movement": lambda: plots.movement(SPACE, MOVED, VOCABULARY.words[:30]),
    "movement, grouped": lambda: plots.movement(
        SPACE, MOVED, VOCABULARY.words[:12], ["frozen", "free"] * 6, method="tsne", perplexity=4
    ),
    "projections_grid": lambda: plots.projections_grid(
        [project(SPACE.input_vectors[:40], "tsne", perplexity=p) for p in (2, 5, 10, 20)],
        CLOUD_WORDS, ["tight"] * 20 + ["loose"] * 20, mark=CLOUD_WORDS[:5], title="Four pictures",
    ),
    "projections_grid, named": lambda: plots.projections_grid(
        {f"panel {n}": project(SPACE.input_vectors[n : n + 40]) for n in range(5)},
        CLOUD_WORDS, title="Five pictures",
    ),
    "spectrum": lambda: plots.spectrum([0.5, 0.3, 0.2]),
    "spectrum, two": lambda: plots.spectrum(
        {"IN": np.arange(100, 0, -1) / 5050, "OUT": [0.9, 0.1]}
    ),
    "intervals": lambda: plots.intervals(INTERVALS, xlabel="correlation"),
    "intervals, all": lambda: plots.intervals(
        INTERVALS, {"skip-gram": "word2vec", "CBOW": "word2vec", "chance": "baseline"},
        xlabel="correlation", references={"zero": 0.0},
        repeats={"skip-gram": [0.55, 0.6], "CBOW": [0.5]}, title="Two of three are alike",
    ),
    "yes_and_no": lambda: plots.yes_and_no("king", "crown", ["the", "oxygen", "and"]),
    "yes_and_no, one": lambda: plots.yes_and_no("a", "b", ["c"]),
    "noise_distributions": lambda: plots.noise_distributions(VOCABULARY),
    "step_times": lambda: plots.step_times(
        [1_000, 10_000, 50_000], {"softmax": [1e-4, 1e-3, 6e-3], "negative sampling": [2e-5] * 3}
    ),
    "score_scatter": lambda: plots.score_scatter(CLOUD[:, 0], CLOUD[:, 0] + 0.1 * CLOUD[:, 1]),
    "cosine_histograms": lambda: plots.cosine_histograms(COSINES),
    "seed_spread": lambda: plots.seed_spread(SPREAD, xlabel="agreement", title="One is worse"),
    "gensim_model": lambda: plots.gensim_model(),
    "learning_rates": lambda: plots.learning_rates(ALPHAS, 4, title="A loop rises again"),
    "segmentations": lambda: plots.segmentations(CUTS, title="jieba finds half of the words"),
    "word_map, chinese": lambda: plots.word_map(
        Projection(MATRIX[:, :2], "by hand"), CHINESE, glosses=GLOSSES, title="Words of Taiwan"
    ),
    "neighbourhood, chinese": lambda: plots.neighbourhood(
        TAIWAN, "人工智慧", 4, glosses=GLOSSES, title="Words of Taiwan"
    ),
    "movement, chinese": lambda: plots.movement(
        TAIWAN, TAIWAN, CHINESE, glosses=GLOSSES, title="Words of Taiwan"
    ),
    "glove_weighting": lambda: plots.glove_weighting(),
    "glove_weighting, counts": lambda: plots.glove_weighting(
        np.geomspace(0.1, 5000, 60), x_max=10, alphas=[0.75]
    ),
    "against_counts": lambda: plots.against_counts(
        VOCABULARY.counts, {"IN": np.arange(300.0), "OUT": np.log(VOCABULARY.counts)},
        ylabel="length", title="Rare words are long",
    ),
    "file_bytes": lambda: plots.file_bytes(FILE, title="A header, then words and numbers"),
    "file_bytes, full": lambda: plots.file_bytes([("number", bytes(range(128)))], title="All"),
    "vector_lengths": lambda: plots.vector_lengths(
        LENGTHS, VOCABULARY.words, ["word1", "word20", "word21", "word300"], title="Short, long"
    ),
    "similarity_scores": lambda: plots.similarity_scores(
        {"skip-gram": SIMILARITY[0], "CBOW": SIMILARITY[1]}
    ),
    "similarity_scores, twelve": lambda: plots.similarity_scores(
        {f"model {n}": similarity_result("rg", n / 12, frequency=np.nan) for n in range(12)},
        title="The later the better",
    ),
    "similarity_scores, none": lambda: plots.similarity_scores({"rw": UNCOVERED}),
    "evaluation_report": lambda: plots.evaluation_report(REPORT),
    "evaluation_report, no analogies": lambda: plots.evaluation_report(
        dataclasses.replace(REPORT, analogies=None)
    ),
    "vector_lengths, none marked": lambda: plots.vector_lengths(
        LENGTHS[:20], VOCABULARY.words[:20], title="Short, long"
    ),
}  # fmt: skip

CHINESE_CALLS = {
    name: CALLS[name] for name in CALLS if name == "segmentations" or "chinese" in name
}

# Narrow enough for half a slide.
HALF = {
    "zipf": lambda: plots.zipf(VOCABULARY, size=(5.2, 4)),
    "keep_probability": lambda: plots.keep_probability(
        1e-3, VOCABULARY, ["word1", "word3", "word10"], size=(5.2, 4)
    ),
    "one_hot_lookup": lambda: plots.one_hot_lookup(WORDS, MATRIX, "queen", size=(5.2, 2.4)),
    "window": lambda: plots.window(SENTENCE, 3, 3, shrink=True, size=(5.2, 2.6)),
    "window_weights": lambda: plots.window_weights(5, [400, 310, 235, 161, 80], size=(5.2, 3.6)),
    "huffman_tree": lambda: plots.huffman_tree(*tree_of(12), "word7", size=(5.2, 3.6)),
    "path_lengths": lambda: plots.path_lengths(VOCABULARY, ["word1", "word300"], size=(4.6, 3.4)),
    "bars": lambda: plots.bars({"before": BEFORE, "after": AFTER}, WORDS, size=(5.2, 3.6)),
    "matrix_heatmaps": lambda: plots.matrix_heatmaps(
        {"IN vectors": MATRIX, "OUT vectors": STEPPED}, WORDS, size=(5.2, 3.6)
    ),
    "matrix_heatmaps, change": lambda: plots.matrix_heatmaps(
        {"before": MATRIX, "after": STEPPED}, WORDS, change=True, size=(5.2, 3.6)
    ),
    "loss_curve": lambda: plots.loss_curve(
        [3.5, 2.5, 2.25], references={"log V": np.log(40)}, size=(5.2, 3.6)
    ),
    "repeated_runs": lambda: plots.repeated_runs(
        [10, 20, 50], REPEATS, xlabel="times seen", ylabel="share", title="t", size=(5.2, 3.6)
    ),
    "word_map": lambda: plots.word_map(
        Projection(CLOUD, "by hand"), CLOUD_WORDS, ["tight"] * 20 + ["loose"] * 20, size=(5.2, 4.4)
    ),
    "neighbourhood": lambda: plots.neighbourhood(SPACE, "word7", 12, size=(5.2, 4)),
    "movement": lambda: plots.movement(SPACE, MOVED, VOCABULARY.words[:15], size=(5.2, 4)),
    "projections_grid": lambda: plots.projections_grid(
        [project(SPACE.input_vectors[:40])] * 2,
        CLOUD_WORDS,
        mark=["word3", "word4"],
        title="t",
        size=(5.2, 3),
    ),
    "spectrum": lambda: plots.spectrum([0.5, 0.3, 0.2], size=(5.2, 3)),
    "intervals": lambda: plots.intervals(INTERVALS, xlabel="correlation", size=(5.2, 2.6)),
    "yes_and_no": lambda: plots.yes_and_no("king", "crown", ["the", "oxygen"], size=(5.2, 2.6)),
    "noise_distributions": lambda: plots.noise_distributions(VOCABULARY, size=(5.2, 3.6)),
    "step_times": lambda: plots.step_times(
        [1_000, 50_000], {"softmax": [1e-4, 6e-3], "sampling": [2e-5] * 2}, size=(5.2, 3.6)
    ),
    "score_scatter": lambda: plots.score_scatter(CLOUD[:, 0], CLOUD[:, 0] * 2, size=(4.4, 4)),
    "cosine_histograms": lambda: plots.cosine_histograms(COSINES, size=(4.6, 3)),
    "seed_spread": lambda: plots.seed_spread(
        SPREAD, xlabel="agreement", title="One is worse", size=(5.2, 3)
    ),
    "learning_rates": lambda: plots.learning_rates(ALPHAS, 4, title="t", size=(5.2, 3.6)),
    "glove_weighting": lambda: plots.glove_weighting(VOCABULARY.counts, size=(4.6, 3.6)),
    "against_counts": lambda: plots.against_counts(
        VOCABULARY.counts, {"IN": np.arange(300.0)}, ylabel="length", title="t", size=(4.6, 3.6)
    ),
    "similarity_scores": lambda: plots.similarity_scores(
        {"skip-gram": SIMILARITY[0], "CBOW": SIMILARITY[1]}, title="t", size=(5, 3.2)
    ),
    "evaluation_report": lambda: plots.evaluation_report(REPORT, title="t", size=(5.2, 5)),
    "file_bytes": lambda: plots.file_bytes(FILE, title="A header, then", size=(5.2, 1.9)),
    "vector_lengths": lambda: plots.vector_lengths(
        LENGTHS, VOCABULARY.words, ["word1", "word300"], title="t", size=(4.6, 3.5)
    ),
}


def twin_lines(x, runs=REPEATS):
    return plots.repeated_runs(x, runs, xlabel="x", ylabel="y", title="t")


@pytest.fixture(scope="module", params=CALLS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def picture(name):
    return CALLS[name]()


def drawn_texts(picture):
    """Draw a picture and list its texts and their boxes in pixels."""
    found = []

    def record(text, renderer):
        if text.get_text().strip() and text.get_visible():
            # Text's own box: an annotation's would include its arrow
            found.append((text.get_text(), Text.get_window_extent(text, renderer)))

    width, height = picture.get_size_inches() * plots.DPI
    with (
        style.context(["default", plots.STYLE]),
        mock.patch.object(Text, "draw", autospec=True, side_effect=record),
    ):
        picture.draw(RendererAgg(width, height, plots.DPI))
    return found


def test_nothing_is_cut_off_and_no_two_texts_overlap(picture):
    check_texts(picture)


@pytest.mark.parametrize("draw", HALF.values(), ids=HALF.keys())
def test_nothing_is_cut_off_on_half_a_slide(draw):
    check_texts(draw())


def check_texts(picture):
    texts = drawn_texts(picture)
    assert len(texts) >= 4
    width, height = picture.get_size_inches() * plots.DPI
    for text, box in texts:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, text
    overlapping = [
        (first, second)
        for (first, a), (second, b) in itertools.combinations(texts, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1
    ]
    assert overlapping == []


def test_drawn_again_the_bytes_are_the_same(name, picture, tmp_path):
    again = CALLS[name]()
    picture.save_svg(tmp_path / "first.svg")
    bundle, metadata = picture._repr_mimebundle_()
    assert again._repr_mimebundle_()[0] == bundle
    again.save_svg(tmp_path / "second.svg")  # after the PNG, not before it as above
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert bundle["text/plain"] == metadata["image/png"]["alt"] == picture.alt
    svg = (tmp_path / "first.svg").read_text()
    assert svg == (tmp_path / "second.svg").read_text()
    assert not re.search(r"<dc:date>|<text|@font-face|\b20\d\d-\d\d-\d\d", svg)


def test_a_notebook_gets_the_image_and_words_for_a_screen_reader(monkeypatch):
    shown = []
    monkeypatch.setattr(
        "course_lib.plots.picture.display", lambda data, **options: shown.append((data, options))
    )
    picture = plots.bars(AFTER, WORDS, title='Quotes "inside" & <tags>')
    picture.alt = 'It says "a < b & c".'
    picture._ipython_display_()
    (image, options), (spoken, _) = shown
    assert options["metadata"]["image/png"]["alt"] == picture.alt
    assert image["image/png"]
    label = re.match(r'<img alt="([^"]+)" src="data:image/gif;', spoken["text/html"])
    assert html.unescape(label[1]) == picture.alt


def test_alt_text_is_one_to_three_sentences(picture):
    assert 1 <= len(re.findall(r"\.(?= |$)", picture.alt)) <= 3
    assert 30 < len(picture.alt) < 700
    assert picture.alt.endswith(".")


def test_style_of_the_reader_changes_nothing():
    expected = plots.bars(AFTER, WORDS)._repr_mimebundle_()
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red", "savefig.dpi": 20}):
        assert plots.bars(AFTER, WORDS)._repr_mimebundle_() == expected
        assert matplotlib.rcParams["font.size"] == 30


def test_pyplot_stays_out():
    code = (
        "import sys; from course_lib import plots; plots.bars([1.0, 2.0], ['a', 'b']);"
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_save_svg_carries_the_alt_text_and_leaves_no_rubbish(tmp_path):
    picture = plots.bars([1.0, 3.0], ["a", "b"])
    path = tmp_path / "bars.svg"
    path.write_text("older")
    picture.save_svg(path)
    assert picture.alt in path.read_text()
    assert [file.name for file in tmp_path.iterdir()] == ["bars.svg"]
    with pytest.raises(FileNotFoundError, match="nowhere"):
        picture.save_svg(tmp_path / "nowhere" / "bars.svg")


def test_an_error_while_writing_keeps_the_old_svg(tmp_path, monkeypatch):
    picture = plots.bars([1.0, 3.0], ["a", "b"])
    path = tmp_path / "bars.svg"
    path.write_text("older")

    def fail(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(picture, "savefig", fail)
    with pytest.raises(OSError, match="disk full"):
        picture.save_svg(path)
    assert path.read_text() == "older"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(("title", "alt"), [("", "alt"), ("title", " ")])
def test_picture_needs_title_and_alt(title, alt):
    with pytest.raises(ValueError, match="title and an alt text"):
        plots.Picture(title, alt, (3, 3))


# What the alt texts say ---------------------------------------------------------------------------


def test_zipf_finds_the_slope_of_an_exact_power_law():
    ranks = np.arange(1, 2001)
    slope, intercept = plots.zipf_fit(1e9 * ranks**-1.3)
    assert slope == pytest.approx(-1.3, abs=1e-9)
    assert 10**intercept == pytest.approx(1 / (ranks**-1.3).sum())
    picture = plots.zipf({"a text": RNG.permutation(1e9 * ranks**-1.3)})
    assert "a text: 2,000 words" in picture.alt
    assert "slope −1.30" in picture.alt
    assert "−1.30" in picture.get_suptitle()


def test_zipf_names_the_most_frequent_word_of_a_vocabulary():
    alt = plots.zipf(Vocabulary(["rare", "often", "some"], [1, 7, 2])).alt
    assert "3 words, “often” has 70.0% of the tokens" in alt


def test_keep_probability_agrees_with_the_vocabulary():
    picture = plots.keep_probability(1e-3, VOCABULARY, ["word1", "word20"])
    for formula, name in (("paper", "paper"), ("gensim", "code")):
        kept = VOCABULARY.keep_probabilities(1e-3, formula)[0]
        assert f"{kept:.2f} by the {name}" in picture.alt
    assert "up to f = 0.001, the code's up to f = 0.00262" in picture.alt
    curves = {line.get_label(): line for line in picture.axes[0].lines}
    frequencies, kept = curves[r"paper: $\sqrt{t/f}$"].get_data()
    assert kept == pytest.approx(np.minimum(np.sqrt(1e-3 / frequencies), 1))


def test_one_hot_lookup_tells_the_row():
    alt = plots.one_hot_lookup(["a", "b"], [[1, 2], [-3, 0.5]], "b").alt
    assert "its 1 at place 1 for “b”" in alt
    assert "(−3.00, 0.50)" in alt


def test_window_lists_the_context_of_each_reach():
    picture = plots.window(SENTENCE, 3, 2, shrink=True)
    assert "reach 2 takes in quick, brown, jumps and over" in picture.alt
    assert "reach 1 takes in brown and jumps" in picture.alt
    assert "at most 4 context words" in picture.get_suptitle()
    assert "takes in quick and brown." in plots.window(SENTENCE, 0, 2).alt


def test_window_weights_are_w_minus_d_plus_1_over_w():
    alt = plots.window_weights(4, [200, 100, 50, 0]).alt
    assert "expected: 1.00, 0.75, 0.50 and 0.25" in alt
    assert "Measured: 1.00, 0.50, 0.25 and 0.00" in alt


def test_architecture_tells_the_shapes():
    alt = plots.skipgram_architecture(10_000, 300).alt
    assert "matrix W (10,000 by 300)" in alt
    assert "v_c (300 numbers)" in alt


def test_cbow_architecture_tells_the_bag():
    alt = plots.cbow_architecture(7, 3, context_rows=[3, 0, 2, 3], center_row=5).alt
    assert "7 numbers: 1/4 at row 0, 1/4 at row 2 and 2/4 at row 3, 0 elsewhere" in alt
    assert "centre word c, row 5" in alt


def test_repeats_that_are_all_equal_are_drawn():
    assert np.mean([0.1] * 3) != 0.1  # rounding
    drawn = plots.repeated_runs([1], {"a": [[0.1]] * 3}, xlabel="x", ylabel="y", title="t")
    assert "0.10 (0.10 to 0.10)" in drawn.alt


def test_repeated_runs_tell_mean_and_spread():
    picture = twin_lines([1, 2, 4])
    assert "y at x 1, 2 and 4" in picture.alt
    assert "quick: 0.38 (0.25 to 0.50), 0.62 (0.50 to 0.75) and 0.88 (0.75 to 1.00)" in picture.alt
    _, slow = picture.axes[0].containers
    _, _, (bars,) = slow.lines
    assert bars.get_segments()[2][:, 1].tolist() == [0.5, 0.75]


def test_learning_rates_tell_how_often_they_rise():
    picture = plots.learning_rates(ALPHAS, 4, title="t")
    assert "a loop: starts at 0.0250, lowest 0.0050, rises 3 times" in picture.alt
    assert "by hand: starts at 0.0250, lowest −0.0050, rises 0 times" in picture.alt
    assert len(picture.axes[0].lines) == 4, "with one at zero"
    x, y = picture.axes[0].lines[1].get_data()
    assert x[10] == 1 and y[10] == 0.025
    above = {name: ALPHAS[name] for name in ("one call", "a loop")}
    assert len(plots.learning_rates(above, 4, title="t").axes[0].lines) == 2
    with pytest.raises(ValueError, match="1 to 7 trainings"):
        plots.learning_rates({}, 4, title="t")
    with pytest.raises(ValueError, match="epochs must be at least 1"):
        plots.learning_rates(ALPHAS, 0, title="t")


def test_the_drawn_edges_are_those_of_the_tree():
    """Follow the lines from the root: their digits have to spell the codes."""
    tree, words = tree_of(12)
    axes = tree.draw(words).axes[0]
    digits = {t.get_position(): t.get_text() for t in axes.texts if t.get_text() in ("0", "1")}
    edges = [line.get_xydata() for line in axes.lines if len(line.get_xydata()) == 3]
    root = next(edge[0, 0] for edge in edges if edge[0, 1] == 0)
    spelt = {root: ""}
    for edge in sorted(edges, key=lambda edge: -edge[0, 1]):  # parents before children
        (x, _), _, (x_child, y_child) = edge
        digit = digits[x_child, y_child + 0.6]
        assert digit == ("0" if x_child < x else "1")  # 0 is a turn to the left
        spelt[x_child] = spelt[x] + digit
    leaves = {t.xy[0]: t.get_text().split()[0] for t in axes.texts if hasattr(t, "xy")}
    codes = {word: "".join(map(str, code)) for word, code in zip(words, tree.codes, strict=True)}
    assert {word: spelt[x] for x, word in leaves.items()} == codes


def test_tree_highlights_one_path_in_colour_width_and_letters():
    tree, words = tree_of(12)
    axes = tree.draw(words, "word7").axes[0]
    thick = [line for line in axes.lines if line.get_linewidth() == 3]
    assert len(thick) == len(tree.codes[6]) == sum(t.get_weight() == "bold" for t in axes.texts) - 1
    assert len({line.get_color() for line in axes.lines if len(line.get_xydata()) == 3}) == 2
    assert not [line for line in tree.draw(words).axes[0].lines if line.get_linewidth() == 3]


def test_tree_tells_the_path_in_words():
    picture = TREE.draw(WORDS, highlight="crown")
    assert "node 3, right (1) to node 2, left (0) to node 0, right (1) to “crown”" in picture.alt
    assert "1 to 3 turns; nearest to the root: woman" in picture.alt
    assert picture.get_suptitle() == "“crown” is 3 turns away: code 101"
    assert "“woman” takes\n1 turn, “king” 3" in TREE.draw(WORDS).get_suptitle()
    assert (
        f"code {'0' * 29}1 through the nodes 30, 29, " in DEEP.draw(CLOUD_WORDS[:32], "word29").alt
    )
    equal = HuffmanTree.from_counts([1] * 4).draw(WORDS[:4])
    assert equal.get_suptitle() == "All 4 paths take 2 turns"


def test_tree_multiplies_the_probabilities_of_the_turns():
    left = [0.3, 0.7, 0.55, 0.62]
    picture = TREE.draw(WORDS, "crown", left=left)
    assert picture.get_suptitle() == "p(crown) = 0.380 × 0.550 × 0.700 = 0.146"
    assert "right (1, probability 0.380) to node 2" in picture.alt
    told = dict(re.findall(r"(\w+) (0\.\d{3})", picture.alt.split("sum to 1:")[1]))
    assert list(told) == WORDS
    assert sum(map(float, told.values())) == pytest.approx(1, abs=0.003)
    assert float(told["king"]) == pytest.approx(0.38 * 0.45 * 0.3, abs=0.0005)


def test_path_lengths_tell_mean_and_entropy():
    tree = HuffmanTree.from_counts([8, 4, 2, 1, 1])
    picture = plots.path_lengths(Vocabulary(WORDS, [8, 4, 2, 1, 1]), ["man"])
    assert tree.mean_path_length() == 1.875
    assert (
        "to within 0.00 turns; the mean over the tokens is 1.88 turns, the entropy 1.88 bits"
        in (picture.alt)
    )
    assert "“man”, seen 2 times: 3 turns." in picture.alt
    dots = picture.axes[0].lines[1].get_xydata().tolist()
    assert dots == [[1, 4], [2, 3], [4, 2], [8, 1]]


def test_bars_tell_the_values_and_the_largest_change():
    picture = plots.bars({"before": BEFORE, "after": AFTER}, WORDS, highlight=["man"])
    assert "queen before 0.200, after 0.400" in picture.alt
    assert picture.alt.endswith("Highlighted: man.")
    assert picture.get_suptitle() == "“queen” rises from 0.20 to 0.40"
    picture = plots.bars(np.arange(40.0), CLOUD_WORDS)
    assert "8 of 40: word32 32.000" in picture.alt
    assert "“word39” has the highest" in picture.get_suptitle()


def test_heatmaps_share_a_scale_and_tell_the_change():
    picture = plots.matrix_heatmaps(
        {"before": MATRIX, "after": STEPPED}, WORDS, highlight=["queen"], change=True
    )
    peak = max(np.abs(MATRIX).max(), np.abs(STEPPED).max())
    images = [image for axes in picture.axes for image in axes.images]
    assert [image.get_clim() for image in images[:2]] == [(-peak, peak)] * 2
    assert images[2].get_clim() == pytest.approx((-0.125, 0.125))
    assert np.array(images[2].get_array()) == pytest.approx(STEPPED - MATRIX)
    assert "The rows that change: “queen”; most at “queen”, dimension 2 (by 0.125)" in picture.alt
    assert picture.get_suptitle() == "Only the row of “queen” changes"


def test_sgd_step_tells_the_predictions_and_what_moved():
    picture = CALLS["sgd_step"]()
    assert (
        "The probability, before and after: king 0.20 and 0.15; queen 0.20 and 0.40" in picture.alt
    )
    assert picture.alt.endswith("What moved: in W queen, in W' queen.")
    peak = max(np.abs(MATRIX).max(), np.abs(STEPPED).max())
    images = [image for axes in picture.axes for image in axes.images]
    assert [image.get_clim() for image in images] == [(-peak, peak)] * 2
    assert np.array_equal(images[0].get_array(), STEPPED)
    assert "in IN every row, in nodes nothing" in CALLS["sgd_step, large"]().alt


def test_heatmaps_say_that_nothing_changes():
    picture = plots.matrix_heatmaps({"a": MATRIX, "b": MATRIX}, WORDS, change=True)
    assert "Nothing changes" in picture.alt


def test_loss_curve_tells_both_ends_and_the_reference():
    picture = plots.loss_curve([3.5, 2.5, 2.25], references={"log V": 3.689})
    assert "from 3.500 to 2.250 in 3 epochs" in picture.alt
    assert "Reference: log V = 3.689" in picture.alt
    assert picture.get_suptitle() == "The loss falls: 3.50 to 2.25 in 3 epochs"
    assert "does not fall" in plots.loss_curve([1.0, 2.0]).get_suptitle()


@pytest.mark.parametrize("target", ["in", "out"])
def test_similarity_heatmap_tells_the_closest_pair(target):
    picture = plots.similarity_heatmap(EMBEDDINGS, WORDS, "in", target)
    pairs = itertools.permutations(WORDS, 2)
    a, b = max(pairs, key=lambda pair: EMBEDDINGS.similarity(*pair, "in", target))
    cosine = f"{EMBEDDINGS.similarity(a, b, 'in', target):.2f}".replace("-", "−")
    assert f"“{a}” and “{b}” ({cosine})" in picture.alt
    assert f"{target.upper()} vectors (columns)" in picture.alt


def by_hand(points):
    return Projection(np.array(points, dtype=float), "by hand", np.array([0.5, 0.25]))


def test_word_map_tells_the_centre_of_each_group():
    points = by_hand([[0, 0], [2, 2], [-4, 1]])
    alt = plots.word_map(points, ["a", "b", "c"], {"a": "x", "b": "x", "c": "y"}).alt
    assert "x (a and b) around (1.00, 1.00); y (c) around (−4.00, 1.00)" in alt
    picture = plots.word_map(points, ["a", "b", "c"])
    assert "“c” (left), “b” (right)" in picture.alt
    assert picture.get_suptitle() == "3 words by PCA: this plane leaves out 25% of their variance"


def test_word_map_tells_no_place_where_places_differ_from_machine_to_machine():
    picture = CALLS["word_map, tsne"]()
    assert picture.alt == (
        "5 words in the plane by t-SNE, perplexity 2, start by PCA: words (king, queen, man and 2"
        " more)."
    )
    assert len(picture.axes[0].get_xticks()) == 0


def test_word_map_of_embeddings_shows_the_rows_of_the_words():
    words = ["word9", "word3", "word200"]
    drawn = plots.word_map(SPACE, words).axes[0].collections[0].get_offsets()
    assert np.array_equal(drawn, project(SPACE.input_vectors[[8, 2, 199]]).points)


def test_word_map_groups_differ_in_colour_and_in_shape():
    groups = [str(number % 7) for number in range(40)]
    drawn = plots.word_map(by_hand(CLOUD), CLOUD_WORDS, groups).axes[0].collections
    assert len({tuple(group.get_facecolor()[0]) for group in drawn}) == 7
    assert len({group.get_paths()[0].vertices.tobytes() for group in drawn}) == 7


@pytest.mark.parametrize("name", ["word_map", "word_map, 200", "movement"])
def test_labels_hide_no_marker_and_lines_run_below_all_letters(name):
    picture = CALLS[name]()
    axes = picture.axes[0]
    labels = [text for text in axes.texts if text.get_text()]
    words = {text.get_text() for text in labels}
    boxes = np.array([box.extents for text, box in drawn_texts(picture) if text in words])
    assert len(labels) == len(boxes) in (30, 40, 200)
    points = np.concatenate([group.get_offsets() for group in axes.collections])
    markers = axes.transData.transform(points)[:, None]
    assert not ((markers > boxes[:, :2]) & (markers < boxes[:, 2:])).all(axis=2).any()
    lines = [text.arrow_patch is not None for text in labels]
    assert lines == sorted(lines, reverse=True)
    assert sum(lines) < len(lines) / 2
    if any(lines):
        assert all(text.get_path_effects() for text in labels), "white around the letters"


def test_neighbourhood_compares_the_cosine_with_the_picture():
    picture = plots.neighbourhood(SPACE, "word7", 12)
    near = SPACE.most_similar("word7", topn=12)
    vectors = [SPACE.vector(word) for word in ["word7", *(word for word, _ in near)]]
    projection = project(vectors, normalise=True)
    first = np.linalg.norm(projection.points[1:] - projection.points[0], axis=1).argmin()
    told = ", ".join(f"{word} {cosine:.2f}" for word, cosine in near[:7])
    assert f"the whole vectors: {told} and {near[7][0]}" in picture.alt
    assert f"In the picture “{near[first][0]}” is the nearest" in picture.alt
    assert f"it holds {projection.shares.sum():.0%} of the variance" in picture.alt
    neighbours, middle = picture.axes[0].collections[:2]
    assert np.array_equal(neighbours.get_offsets(), projection.points[1:])
    assert np.array_equal(middle.get_offsets(), projection.points[:1])
    assert np.array(neighbours.get_array()) == pytest.approx([cosine for _, cosine in near])


def test_neighbourhood_takes_the_vectors_that_are_asked_for():
    alt = plots.neighbourhood(SPACE, "word7", 3, query="in", target="out").alt
    (best, cosine), *_ = SPACE.most_similar("word7", topn=3, query="in", target="out")
    assert f"{best} {cosine:.2f}" in alt


def test_movement_projects_both_together_and_draws_arrows_for_those_that_moved():
    words = VOCABULARY.words[:10]
    picture = plots.movement(SPACE, MOVED, words, ["stays", "moves"] * 5)
    both = np.concatenate([SPACE.input_vectors[:10], MOVED.input_vectors[:10]])
    projection = project(both)
    axes = picture.axes[0]
    ends = np.empty((10, 2))
    ends[0::2], ends[1::2] = (group.get_offsets() for group in axes.collections)
    assert ends == pytest.approx(projection.points[10:])
    assert axes.lines[0].get_xydata() == pytest.approx(projection.points[:10])
    arrows = [(text.xyann, text.xy) for text in axes.texts if not text.get_text()]
    assert 0 < len(arrows) <= 5, "half of the words stay"
    pairs = np.concatenate([projection.points[:10], projection.points[10:]], axis=1)
    for start, end in arrows:
        assert np.abs(pairs - [*start, *end]).max(axis=1).min() < 1e-12
    cosines = [
        SPACE.vector(word) @ MOVED.vector(word)
        / (np.linalg.norm(SPACE.vector(word)) * np.linalg.norm(MOVED.vector(word)))
        for word in words
    ]  # fmt: skip
    most = words[int(np.argmin(cosines))]
    assert f"lowest first: {most} {min(cosines):.2f}" in picture.alt
    assert f"fitted on both together ({projection.shares.sum():.0%} of the variance)" in picture.alt
    assert f"by group stays 1.00 and moves {np.mean(cosines[1::2]):.2f}" in picture.alt
    assert picture.get_suptitle().startswith(f"“{most}” turned most")
    assert plots.movement(SPACE, SPACE, words).get_suptitle() == "No word has turned"


def test_movement_finds_its_words_in_any_order():
    order = np.random.default_rng(0).permutation(300)
    shuffled = Embeddings(
        Vocabulary([VOCABULARY.words[row] for row in order]), MOVED.input_vectors[order]
    )
    words = VOCABULARY.words[:10]
    assert plots.movement(SPACE, shuffled, words).alt == plots.movement(SPACE, MOVED, words).alt


def test_projections_grid_has_the_same_colour_for_a_group_in_each_panel():
    picture = CALLS["projections_grid"]()
    assert "4 pictures of the same 40 words in 2 groups, tight and loose: (1) t-SNE" in picture.alt
    assert "labelled are word0, word1, word2, word3 and word4" in picture.alt
    for number in range(2):
        looks = {tuple(axes.collections[number].get_facecolor()[0]) for axes in picture.axes}
        assert len(looks) == 1
    assert [axes.get_title()[:2] for axes in picture.axes] == ["(1", "(2", "(3", "(4"]
    assert [axes.axison for axes in CALLS["projections_grid, named"]().axes] == [True] * 5 + [False]


def test_spectrum_adds_the_shares_up():
    picture = plots.spectrum({"IN": [0.4, 0.3, 0.2, 0.1]})
    left, right = picture.axes
    assert left.lines[0].get_ydata() == pytest.approx([0.4, 0.3, 0.2, 0.1])
    assert right.lines[0].get_ydata() == pytest.approx([0.4, 0.7, 0.9, 1.0])
    assert "IN: the first 0.40, the first two 0.70, half with 2 of 4" in picture.alt
    assert picture.get_suptitle() == "Two components hold 70% of the variance; half of it takes 2"


def test_intervals_draw_what_they_are_given_and_tell_overlaps():
    picture = CALLS["intervals"]()
    assert "skip-gram 0.60 (0.50 to 0.70); CBOW 0.55 (0.45 to 0.65)" in picture.alt
    assert "overlaps with that of CBOW" in picture.get_suptitle().replace("\n", " ")
    alone = plots.intervals({**INTERVALS, "CBOW": (0.3, 0.2, 0.4)}, xlabel="x")
    assert "no other interval reaches it" in alone.get_suptitle().replace("\n", " ")
    axes = picture.axes[0]
    assert axes.lines[0].get_xydata().tolist() == [[0.6, 0], [0.55, 1], [0.0, 2]]
    (bars,) = axes.collections
    spans = [segment[:, 0].tolist() for segment in bars.get_segments()]
    assert np.array(spans) == pytest.approx(np.array([[0.5, 0.7], [0.45, 0.65], [-0.1, 0.1]]))
    full = CALLS["intervals, all"]().axes[0]
    dots = [line.get_xydata().tolist() for line in full.lines if line.get_label() == "a seed"]
    assert dots == [[[0.55, 0.22], [0.6, 0.22]], [[0.5, 1.22]]]


def test_yes_and_no_names_every_word_and_its_label():
    picture = plots.yes_and_no("king", "crown", ["the", "oxygen"])
    assert "held against 3 OUT vectors" in picture.alt
    assert "“crown” the answer should be yes, label 1; for the noise words “the” and “oxygen”" in (
        picture.alt
    )
    assert picture.get_suptitle() == "“king” says yes to “crown” and no to 2 noise words"


def test_noise_distributions_tell_the_first_word_and_the_rarer_half():
    words = Vocabulary(["rare", "often", "some", "few"], [1, 16, 2, 1])
    picture = plots.noise_distributions(words, [0, 1])
    assert "exponent 0: “often” 25.00%, the rarer half of the words together 50.0%" in picture.alt
    assert "exponent 1: “often” 80.00%, the rarer half of the words together 10.0%" in picture.alt
    lines = picture.axes[0].lines
    assert np.array(lines[1].get_ydata()) == pytest.approx([0.8, 0.1, 0.05, 0.05])


def test_step_times_tell_the_order_and_no_times():
    picture = plots.step_times([10, 1000], {"a": [0.5, 0.5], "b": [0.1, 7.25]})
    assert picture.alt.endswith("slowest first: b, a.")
    assert "7" not in picture.alt
    again = plots.step_times([10, 1000], {"a": [0.6, 0.4], "b": [0.2, 6.5]})
    assert again.alt == picture.alt


def test_score_scatter_tells_correlation_and_slope():
    alt = plots.score_scatter([0, 1, 2], [1, 1.5, 2]).alt
    assert "3 pairs" in alt
    assert "correlation 1.00, slope 0.50" in alt


def test_cosine_histograms_tell_the_means_and_count_shares():
    picture = plots.cosine_histograms({"k = 1": ([0.5, 1.0], [-0.5, -1.0, -0.6])})
    assert "k = 1: IN 0.75, OUT −0.70" in picture.alt
    heights = [sum(bar.get_height() for bar in bars) for bars in picture.axes[0].containers]
    assert heights == pytest.approx([1, 1])


@pytest.mark.parametrize("width", [4.2, 5.2, 5.9, 6.0, 7.4])
def test_cosine_histograms_keep_the_legend_off_the_label(width):
    picture = plots.cosine_histograms(COSINES, size=(width, 3))
    texts = dict(drawn_texts(picture))
    (label,) = [box for text, box in texts.items() if text.startswith("cosine")]
    legend = picture.legends[0].get_window_extent()
    assert label.x0 >= 0 and not label.overlaps(legend)


def test_seed_spread_tells_the_means():
    alt = plots.seed_spread({"a": [1, 2], "b": [4, 4]}, xlabel="measure", title="t").alt
    assert alt == "Measure, mean over 2 seeds: a 1.50; b 4.00."


# Chinese ------------------------------------------------------------------------------------------


def without_fonts(monkeypatch):
    monkeypatch.setattr(fonts, "FAMILIES", ("No Such Font", "Another One"))


has_font = fonts.family_with("人工智慧牛肉麵颱風鋼琴股票") is not None


@pytest.mark.parametrize("name", CHINESE_CALLS)
@pytest.mark.parametrize(
    "font", [pytest.param(True, marks=pytest.mark.skipif(not has_font, reason="no font")), False]
)
def test_chinese_has_glyphs_or_the_figure_says_what_to_install(name, font, monkeypatch):
    expected = CALLS[name]().alt
    if not font:
        without_fonts(monkeypatch)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # "Glyph ... missing from font" is a warning
        picture = CALLS[name]()
        check_texts(picture)
        picture._repr_mimebundle_()
    texts = [text for text, _ in drawn_texts(picture)]
    title = picture.get_suptitle().replace("\n", " ")
    assert any(fonts.HAN.search(text) for text in texts) == font
    assert ("fonts-noto-cjk" in title) == (not font)
    assert picture.alt == expected, "it does not depend on the fonts"
    assert "人工智慧" in picture.alt


def test_without_a_font_glosses_stand_in_the_place_of_words(monkeypatch):
    without_fonts(monkeypatch)
    texts = [text for text, _ in drawn_texts(CALLS["word_map, chinese"]())]
    assert {"AI", "beef noodles", "\\u80a1\\u7968"} <= set(texts), (
        "a word without gloss: code points"
    )
    places = [text for text, _ in drawn_texts(CALLS["segmentations"]()) if text.isdigit()]
    assert sorted(map(int, places)) == sorted([*range(1, 14)] * 2)


def test_the_same_font_is_taken_whatever_the_order_of_the_list(monkeypatch):
    if not has_font:
        pytest.skip("no font")
    chosen = fonts.family_with("人工智慧")
    manager = font_manager.fontManager
    monkeypatch.setattr(manager, "ttflist", manager.ttflist[::-1])
    fonts._characters_of.cache_clear()
    assert fonts.family_with("人工智慧") == chosen


def test_fonts_that_were_installed_after_matplotlib_made_its_list_are_found(monkeypatch):
    manager = font_manager.fontManager
    dejavu = next(font for font in manager.ttflist if font.name == "DejaVu Sans")
    monkeypatch.setattr(manager, "ttflist", [])
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [dejavu.fname, "/no/such.ttf"])
    monkeypatch.setattr(fonts, "FAMILIES", ("DejaVu Sans",))
    fonts._refresh.cache_clear()
    fonts._characters_of.cache_clear()
    assert fonts.family_with("abc") == "DejaVu Sans"
    fonts._refresh.cache_clear()
    fonts._characters_of.cache_clear()


def test_a_font_without_a_character_is_not_taken(monkeypatch):
    monkeypatch.setattr(fonts, "FAMILIES", ("DejaVu Sans",))
    assert fonts.family_with("abc ä") == "DejaVu Sans"
    assert fonts.family_with("abc 麵") is None


def test_segmentations_tell_every_cut():
    alt = CALLS["segmentations"]().alt
    assert "jieba: 人工 | 智慧 | 是機器 | 學習 | 的 | 夢想" in alt


# Bad input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: plots.segmentations({"a": ["一"]}, title="t"), ValueError, "two or more ways"),
        (
            lambda: plots.segmentations({"a": ["一"], "b": ["二"]}, title="t"),
            ValueError,
            "same sentence",
        ),
        (
            lambda: plots.segmentations({"a": ["一" * 25], "b": ["一"] * 25}, title="t"),
            ValueError,
            "25 characters",
        ),
        (lambda: plots.zipf({}), ValueError, "corpora"),
        (lambda: plots.zipf([3, 2]), ValueError, "three words"),
        (lambda: plots.zipf([3, 2, 0]), ValueError, "at least once"),
        (lambda: plots.zipf(Vocabulary(WORDS)), ValueError, "from_sentences"),
        (lambda: plots.keep_probability(0), ValueError, "sample"),
        (lambda: plots.keep_probability(2.0), ValueError, "sample"),
        (lambda: plots.keep_probability(0.1, words=["a"]), ValueError, "vocabulary"),
        (lambda: plots.keep_probability(0.1, VOCABULARY, ["wrod1"]), KeyError, "word1"),
        (lambda: plots.one_hot_lookup(WORDS, MATRIX, "dog"), KeyError, "dog"),
        (lambda: plots.one_hot_lookup(WORDS, MATRIX[:4], "king"), ValueError, "4 rows"),
        (lambda: plots.one_hot_lookup(WORDS, np.ones((5, 5)), "king"), ValueError, "10 by 4 fits"),
        (lambda: plots.window(SENTENCE, 9), ValueError, "0 to 8"),
        (lambda: plots.window(SENTENCE, 3, 0), ValueError, "window"),
        (lambda: plots.window(SENTENCE * 3, 3), ValueError, "part of the sentence"),
        (lambda: plots.window_weights(1), ValueError, "at least 2"),
        (lambda: plots.window_weights(3, [1, 1]), ValueError, "3 counts"),
        (lambda: plots.skipgram_architecture(0), ValueError, "at least 1"),
        (lambda: plots.cbow_architecture(5, 0), ValueError, "at least 1"),
        (lambda: plots.cbow_architecture(5), ValueError, "from 0 to 4"),
        (lambda: plots.cbow_architecture(context_rows=[4]), ValueError, "another row"),
        (lambda: plots.cbow_architecture(context_rows=[]), ValueError, "context rows"),
        (lambda: twin_lines([2, 1]), ValueError, "must rise"),
        (lambda: twin_lines([0, 1]), ValueError, "above 0"),
        (lambda: twin_lines([1, 2], {}), ValueError, "1 to 7 ways"),
        (lambda: twin_lines([1, 2]), ValueError, "3 values a repeat for 2"),
        (lambda: TREE.draw(WORDS[:4]), ValueError, "4 words for a tree of 5"),
        (lambda: TREE.draw(WORDS, "dog"), KeyError, "dog"),
        (lambda: TREE.draw(WORDS, size=(5, 1.5)), ValueError, "1.5 inches high is too low"),
        (lambda: TREE.draw(WORDS, left=[0.5] * 5), ValueError, "4 probabilities"),
        (lambda: TREE.draw(WORDS, left=[0.5, 0.5, 0.5, 1.5]), ValueError, "4 probabilities"),
        (lambda: plots.huffman_tree(*tree_of(33)), ValueError, r"counts\[:32\]"),
        (
            lambda: plots.huffman_tree(*tree_of(11), left=[0.5] * 10),
            ValueError,
            r"2 to 10 fit.*counts\[:10\]",
        ),
        (lambda: HuffmanTree.from_counts([1]).draw(["a"]), ValueError, "2 to 32"),
        (lambda: plots.path_lengths(Vocabulary(WORDS)), ValueError, "no counts"),
        (lambda: plots.path_lengths(Vocabulary(["a"], [3])), ValueError, "two words"),
        (lambda: plots.path_lengths(VOCABULARY, ["wrod1"]), KeyError, "word1"),
        (lambda: plots.bars([1.0], ["a", "b"]), ValueError, "1 values for 2 labels"),
        (lambda: plots.bars([1.0, np.nan], ["a", "b"]), ValueError, "NaN"),
        (lambda: plots.bars([1.0, 2.0], ["a", "b"], highlight=["c"]), KeyError, "c"),
        (lambda: plots.bars({str(i): [1] for i in range(4)}, ["a"]), ValueError, "1 to 3 series"),
        (lambda: plots.matrix_heatmaps({}, WORDS), ValueError, "1 to 4"),
        (lambda: plots.matrix_heatmaps({"W": MATRIX.T}, WORDS), ValueError, "W has 3 rows"),
        (lambda: plots.matrix_heatmaps({"W": MATRIX}, WORDS, change=True), ValueError, "two"),
        (lambda: plots.sgd_step({}, [], {}, [], title="t"), ValueError, "two series"),
        (
            lambda: plots.sgd_step(
                {"a": [1, 1], "b": [1, 1]},
                ["x"],
                {"W": (MATRIX, MATRIX), "U": (MATRIX, MATRIX)},
                [WORDS, WORDS],
                title="t",
            ),
            ValueError,
            "a has 2 values for 1 names",
        ),
        (
            lambda: plots.sgd_step(
                {"a": [1], "b": [1]},
                ["x"],
                {"W": (MATRIX, MATRIX[:, :2]), "U": (MATRIX, MATRIX)},
                [WORDS, WORDS],
                title="t",
            ),
            ValueError,
            "W needs the same shape",
        ),
        (lambda: plots.loss_curve({}), ValueError, "runs"),
        (lambda: plots.loss_curve([]), ValueError, "loss"),
        (lambda: plots.similarity_heatmap(EMBEDDINGS, ["king"]), ValueError, "2 to 20"),
        (lambda: plots.similarity_heatmap(EMBEDDINGS, ["king", "dog"]), KeyError, "dog"),
        (lambda: plots.similarity_heatmap(EMBEDDINGS, WORDS, "up"), ValueError, "up"),
        (lambda: plots.word_map(MATRIX, WORDS), ValueError, r"project\(...\).*not a ndarray"),
        (lambda: plots.word_map(by_hand(CLOUD), WORDS), ValueError, "40 points for 5 words"),
        (
            lambda: plots.word_map(by_hand(CLOUD), WORDS, method="tsne"),
            ValueError,
            "method is late",
        ),
        (lambda: plots.word_map(EMBEDDINGS, ["king", "dog"]), KeyError, "dog"),
        (lambda: plots.word_map(EMBEDDINGS, WORDS, ["a"]), ValueError, "1 groups for 5"),
        (lambda: plots.word_map(SPACE, CLOUD_WORDS[1:], CLOUD_WORDS[1:]), ValueError, "39 groups"),
        (lambda: plots.word_map(EMBEDDINGS, WORDS, {"king": "a"}), KeyError, "queen"),
        (lambda: plots.neighbourhood(SPACE, "word1", 1), ValueError, "2 to 200"),
        (lambda: plots.neighbourhood(SPACE, "wrod1"), KeyError, "word1"),
        (lambda: plots.neighbourhood(TAIWAN, "股票", 3, target="out"), ValueError, "no OUT"),
        (lambda: plots.movement(SPACE, EMBEDDINGS, ["word1"]), KeyError, "word1"),
        (
            lambda: plots.movement(EMBEDDINGS, Embeddings(Vocabulary(WORDS), MATRIX), WORDS),
            ValueError,
            "8 numbers before and 3 after",
        ),
        (
            lambda: plots.projections_grid([by_hand(CLOUD)], CLOUD_WORDS, title="t"),
            ValueError,
            "2 to 9 projections, not 1",
        ),
        (
            lambda: plots.projections_grid([by_hand(CLOUD)] * 2, WORDS, title="t"),
            ValueError,
            "40 points for 5 words",
        ),
        (
            lambda: plots.projections_grid(
                [by_hand(MATRIX[:, :2])] * 2, WORDS, mark=["x"], title="t"
            ),
            KeyError,
            "x",
        ),
        (lambda: plots.spectrum({}), ValueError, "1 to 7"),
        (lambda: plots.spectrum([1.0]), ValueError, "2 or more shares"),
        (lambda: plots.spectrum([0.5, 0.4]), ValueError, "sum to 1"),
        (lambda: plots.spectrum([0.4, 0.6]), ValueError, "largest share first"),
        (lambda: plots.intervals({}, xlabel="x"), ValueError, "1 to 30"),
        (lambda: plots.intervals({"a": (1, 0)}, xlabel="x"), ValueError, "low at most high"),
        (lambda: plots.intervals({"a": (1, 2, 0)}, xlabel="x"), ValueError, "low at most high"),
        (lambda: plots.intervals({"a": (1, 0, np.nan)}, xlabel="x"), ValueError, "NaN"),
        (lambda: plots.intervals(INTERVALS, {"CBOW": "a"}, xlabel="x"), KeyError, "skip-gram"),
        (lambda: plots.intervals(INTERVALS, xlabel="x", repeats={"b": [1]}), KeyError, "'b'"),
        (lambda: plots.yes_and_no("a", "b", []), ValueError, "1 to 8"),
        (lambda: plots.noise_distributions(VOCABULARY, []), ValueError, "exponents"),
        (lambda: plots.noise_distributions(Vocabulary(WORDS)), ValueError, "counts"),
        (lambda: plots.step_times([1, 2], {"a": [1.0]}), ValueError, "each of 2 sizes"),
        (lambda: plots.step_times([1, 2], {"a": [1.0, 0.0]}), ValueError, "above 0"),
        (lambda: plots.score_scatter([1, 2], [1, 1]), ValueError, "not all equal"),
        (lambda: plots.score_scatter([1, 2], [1, 2, 3]), ValueError, "2 and 3"),
        (lambda: plots.cosine_histograms({}), ValueError, "1 to 4"),
        (lambda: plots.cosine_histograms({"k": ([2.0], [0.5])}), ValueError, "cosine"),
        (lambda: plots.seed_spread({}, xlabel="x", title="t"), ValueError, "1 to 12"),
        (lambda: plots.glove_weighting(alphas=[]), ValueError, "1 to 7 exponents, not 0"),
        (lambda: plots.glove_weighting([1.0, 0.0]), ValueError, "zeros are not in the loss"),
        (
            lambda: plots.against_counts([1, 2], {"a": [1.0]}, ylabel="y", title="t"),
            ValueError,
            "a has 1 values for 2 counts",
        ),
        (
            lambda: plots.against_counts([2, 2], {"a": [1, 2]}, ylabel="y", title="t"),
            ValueError,
            "not all be equal",
        ),
        (lambda: plots.against_counts([1, 2], {}, ylabel="y", title="t"), ValueError, "not 0"),
    ],
)
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_the_weighting_says_what_a_count_of_one_weighs():
    alt = plots.glove_weighting([1.0, 50.0, 100.0, 200.0], alphas=[0.75]).alt
    assert "for alpha = 0.75 a count of 1 weighs 0.032" in alt
    assert "Of 4 counts 50.00% reach x_max." in alt


def test_against_counts_takes_medians_of_groups():
    alt = plots.against_counts(
        [1, 1, 1, 1000], {"IN": [1.0, 2.0, 9.0, 5.0]}, ylabel="length", title="t"
    ).alt
    assert "IN 2.00 for the rarest and 5.00 for the most frequent" in alt


# Colours ------------------------------------------------------------------------------------------

# Machado, Oliveira and Fernandes (2009), table 1, severity 1.0; linear RGB.
COLOUR_BLIND = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}


def lab(color, simulation):
    """CIELAB coordinates (D65) of a colour as a colour-blind reader sees it."""
    rgb = np.array(to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(simulation) @ linear, 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.cbrt(np.array(to_xyz) @ linear / [0.9505, 1.0, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("simulation", COLOUR_BLIND.values(), ids=COLOUR_BLIND.keys())
def test_palette_survives_colour_blindness(simulation):
    for first, second in itertools.combinations(plots.PALETTE, 2):
        distance = np.linalg.norm(lab(first, simulation) - lab(second, simulation))
        assert distance > 10, (first, second)
    for first, second in itertools.pairwise(plots.PALETTE):
        assert np.linalg.norm(lab(first, simulation) - lab(second, simulation)) > 20


def test_file_bytes_shows_each_byte_and_says_what_it_is():
    picture = CALLS["file_bytes"]()
    shown = [text for text, _ in drawn_texts(picture)]
    data = b"".join(run for _, run in FILE)
    pairs = [text for text in shown if re.fullmatch("[0-9a-f]{2}", text)]
    assert bytes.fromhex("".join(pairs)) == data
    assert [shown.count(character) for character in "\N{OPEN BOX}\N{RETURN SYMBOL}k"] == [2, 2, 1]
    for kind in ("header", "word", "separator", "number"):
        assert kind in shown
    assert "number bytes 00 00 80 3f" in picture.alt
    assert "word bytes 6b c3 b6 6c 6e" in picture.alt
    colours = {kind: plots.pretrained.FILLS[kind] for kind, _ in FILE}
    expected = [to_rgb(colours[kind]) for kind, run in FILE for _ in run]
    drawn = [patch.get_facecolor()[:3] for patch in picture.axes[0].patches]
    assert drawn[: len(data)] == expected


def test_file_bytes_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match="not 'letter'"):
        plots.file_bytes([("letter", b"a")], title="t")
    for data in (b"", b"a" * 129):
        with pytest.raises(ValueError, match=f"1 to 128 bytes, not {len(data)}"):
            plots.file_bytes([("word", data)], title="t")


def test_vector_lengths_are_the_medians_of_their_ranks():
    picture = CALLS["vector_lengths"]()
    lengths = np.linalg.norm(LENGTHS, axis=1)
    line = picture.axes[0].lines[0]
    edges = np.unique(np.geomspace(1, 301, 25).astype(int))
    for place, (start, end) in enumerate(itertools.pairwise(edges)):
        assert line.get_ydata()[place] == pytest.approx(np.median(lengths[start - 1 : end - 1]))
    assert line.get_ydata().max() <= lengths.max()
    assert line.get_ydata().max() == pytest.approx(lengths.max(), rel=0.01)
    assert f"word20 (rank 20) {lengths[19]:.2f}" in picture.alt
    marks = np.column_stack(picture.axes[0].lines[1].get_data())
    assert marks == pytest.approx(np.array([(n, lengths[n - 1]) for n in (1, 20, 21, 300)]))


def test_vector_lengths_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match="at least 20"):
        plots.vector_lengths(LENGTHS[:19], VOCABULARY.words[:19], title="t")
    with pytest.raises(ValueError, match="one a row"):
        plots.vector_lengths(LENGTHS, VOCABULARY.words[:-1], title="t")
    with pytest.raises(KeyError, match="moon"):
        plots.vector_lengths(LENGTHS, VOCABULARY.words, ["moon"], title="t")


def test_similarity_scores_tell_numbers_and_verdict():
    picture = plots.similarity_scores({"a": SIMILARITY[0], "b": SIMILARITY[1], "c": UNCOVERED})
    assert "a: 0.46 (0.34 to 0.56; 40 of 353 pairs, random 0.01, counts 0.05)" in picture.alt
    assert "c: 2 of 353 pairs, no correlation" in picture.alt
    assert picture.get_suptitle() == "Better than chance and bare counts: a"
    dots = [line.get_xdata()[0] for line in picture.axes[0].lines if line.get_marker() == "o"]
    assert dots == [0.46, 0.25]
    better = plots.similarity_scores({"a": SIMILARITY[0]})
    assert better.get_suptitle() == "Better than chance and bare counts"
    worse = plots.similarity_scores({"b": SIMILARITY[1]})
    assert worse.get_suptitle().startswith("No better than chance")
    nothing = plots.similarity_scores({"c": UNCOVERED})
    assert nothing.get_suptitle() == "Too few pairs are covered to say anything"


def test_evaluation_report_tells_the_analogies():
    picture = plots.evaluation_report(REPORT)
    assert "google: 5.1% of 830 right, most in capital-common-countries (23.1%)" in picture.alt
    widths = [patch.get_width() for patch in picture.axes[1].patches]
    np.testing.assert_allclose(widths, [30 / 130, 0, 12 / 700])
    empty = dataclasses.replace(ANALOGIES, sections=SECTIONS[1:2])
    alt = plots.evaluation_report(dataclasses.replace(REPORT, analogies=empty)).alt
    assert "Of 866 analogies of google none is covered" in alt


def test_scores_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="1 to 12 results, not 0"):
        plots.similarity_scores({})
    with pytest.raises(ValueError, match="0 lists"):
        plots.evaluation_report(dataclasses.replace(REPORT, similarity=()))


def test_centroids_tell_the_score_of_each_document():
    picture = CALLS["centroids"]()
    # D1: the centroid (0.8, 0) has the cosines 1 and 0.6; D2: (-0.7, 0.7) has -0.7071 and 0.1414.
    assert "D1 0.80; D2 \N{MINUS SIGN}0.28" in picture.alt
    assert "The centroid of D1 lies nearest" in picture.get_suptitle()
    document = {"D": {"cup": [1, 0]}}
    for documents, query, message in (
        ({}, {"tea": [1, 0]}, "1 to 4 documents"),
        (document, {}, "and a query"),
        (document, {"tea": [0, 0]}, "the query, tea"),
        ({"D": {"cup": [1, 0, 0]}}, {"tea": [1, 0]}, "D, cup"),
    ):
        with pytest.raises(ValueError, match=message):
            plots.centroids(documents, query)


def test_mixture_curve_tells_both_ends_and_the_best():
    assert "IN-IN 0.62 at 0, best 0.67 at 0.985, 0.64 at 1;" in CALLS["mixture_curve"]().alt
    with pytest.raises(ValueError, match="1 to 4"):
        plots.mixture_curve({}, title="none")
    with pytest.raises(ValueError, match="different weights"):
        plots.mixture_curve({"a": {0.0: 0.1, 1.0: 0.2}, "b": {0.5: 0.1}}, title="two")
