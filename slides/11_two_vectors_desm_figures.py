"""The figures of the slides of lesson 11: two vectors a word, and ranking by them."""

import dataclasses
import functools

import numpy as np

from course_lib import Embeddings, Word2VecSettings, datasets, numpy_impl, plots, ranking
from course_lib.plots import Picture
from course_lib.ranking import DESM, Collection, content_words

IN = {"tea": [2, 0], "hot": [3, 4]}
OUT = {"cup": [4, 3], "kettle": [4, -3], "tram": [-3, 4], "ticket": [-4, 3]}
DOCUMENTS = {"D1": ["cup", "kettle"], "D2": ["cup", "tram"], "D3": ["tram", "ticket"]}
PAIRINGS = {"IN-IN": ("in", "in"), "IN-OUT": ("in", "out")}


def circles() -> Picture:
    return plots.centroids(
        {name: {word: OUT[word] for word in words} for name, words in DOCUMENTS.items()},
        IN,
        title="The query “hot tea” and three documents",
        size=(7.6, 3.3),
    )


def mixture() -> Picture:
    lee, documents = _lee(), _documents()
    by_words = ranking.BM25(documents).all_scores(documents)
    curves: dict[str, dict[float, float]] = {}
    for name, pairing in PAIRINGS.items():
        means = [
            ranking.cross_validated_alpha(
                DESM(vectors, *pairing).index(documents).all_scores(documents), by_words, lee
            ).means
            for vectors in _readers()
        ]
        curves[name] = {alpha: float(np.mean([m[alpha] for m in means])) for alpha in means[0]}
    return plots.mixture_curve(curves, title="BM25 alone at 0, DESM alone at 1", size=(4.3, 3.3))


def strangers() -> Picture:
    values = {name: np.array(found) for name, found in _among_strangers().items()}
    labels = ["50", "all 2,749", "re-ranked"]
    title = "Among strangers IN-IN collapses"
    return plots.bars(values, labels, ylabel="nDCG@10", title=title, size=(4.3, 3.3))


@functools.cache
def _lee() -> Collection:
    return ranking.load_collection("lee")


@functools.cache
def _documents() -> list[list[str]]:
    return _lee().document_tokens(content_words)


@functools.cache
def _readers() -> list[Embeddings]:
    """Train on other news and the documents with three seeds, as in section 8."""
    text = datasets.load_corpus("lee") + _lee().document_tokens()
    usual = Word2VecSettings(vector_size=50, window=10, min_count=2, alpha=0.05, epochs=30)
    return [
        numpy_impl.train_word2vec(text, dataclasses.replace(usual, seed=seed), progress=False)
        for seed in (1, 2, 3)
    ]


@functools.cache
def _among_strangers() -> dict[str, list[float]]:
    """nDCG@10 among the 50 documents, among all, and re-ranked; as in section 12."""
    lee, documents = _lee(), _documents()
    passages = []
    for text in datasets.load_corpus("wikipedia"):
        words = content_words(" ".join(text))
        passages += [words[start : start + 100] for start in range(0, len(words) - 99, 100)]
    hay = {f"passage {number}": "" for number in range(len(passages))}
    large = dataclasses.replace(lee, documents={**lee.documents, **hay})
    from_all = ranking.BM25(documents + passages).all_scores(documents)
    candidates = ranking.make_run(from_all, large, depth=50)
    found = {}
    for name, pairing in PAIRINGS.items():
        runs = []
        for vectors in _readers():
            index = DESM(vectors, *pairing).index(documents + passages)
            scores = index.all_scores(documents)
            run = ranking.make_run(scores, large)
            few = ranking.make_run(scores[:, : len(documents)], lee)
            again = ranking.rerank(candidates, run, 50)
            runs.append([_ndcg(each) for each in (few, run, again)])
        found[name] = np.mean(runs, axis=0).tolist()
    alone = _ndcg(ranking.make_run(ranking.BM25(documents).all_scores(documents), lee))
    everywhere = _ndcg(ranking.make_run(from_all, large))
    return found | {"BM25": [alone, everywhere, everywhere]}


def _ndcg(run: dict[str, dict[str, float]]) -> float:
    return ranking.evaluate(run, _lee().qrels, ["nDCG@10"]).mean("nDCG@10")
