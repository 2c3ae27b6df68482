"""The report's figures, computed anew from the vectors."""

import numpy as np
import pytest

from course_lib import Embeddings, Vocabulary, Word2VecSettings, numpy_impl

TEXT = [["king", "queen", "new", "rare"], ["queen", "king", "new", "tea"], ["tea", "king"]]


@pytest.fixture(scope="module")
def result():
    rng = np.random.default_rng(2)
    words = ["tea", "coffee", "king", "queen", "far"]
    source = Embeddings(Vocabulary(words), *rng.normal(size=(2, 5, 16)).astype(np.float32))
    settings = Word2VecSettings(vector_size=16, min_count=2, sample=0, alpha=0.5, epochs=4)
    return numpy_impl.fine_tune(
        source, TEXT, settings, extra_words=["far", "coffee"], lockf={"tea": 0}, progress=False
    )


def test_words_and_tokens_are_counted(result):
    report = result.report()
    assert dict(zip(report.words, report.counts.tolist(), strict=True)) == {
        "king": 3, "queen": 2, "new": 2, "tea": 2, "far": 0, "coffee": 0,
    }  # fmt: skip
    assert (report.covered_words, report.uncovered_words) == (5, 1)
    assert (report.covered_tokens, report.uncovered_tokens, report.unknown_tokens) == (7, 2, 1)
    assert report.tokens == 10
    assert report.never_trained == ("far", "coffee")
    assert set(report.still) == {"tea", "far", "coffee"}


def test_movement_is_that_of_the_vectors(result):
    report = result.report(neighbours=2)
    for row, word in enumerate(report.words):
        before, after = (space.vector(word) for space in (result.start, result.embeddings))
        assert report.distances[row] == pytest.approx(np.linalg.norm(after - before))
        cosine = before @ after / np.linalg.norm(before) / np.linalg.norm(after)
        assert report.cosines[row] == pytest.approx(cosine, abs=1e-6)
        near = [
            {other for other, _ in space.most_similar(word, topn=2)}
            for space in (result.start, result.embeddings)
        ]
        assert report.overlaps[row] == len(near[0] & near[1]) / 2
    assert report.overlap == pytest.approx(report.overlaps.mean())
    moved = report.most_moved(2)
    assert [one.word for one in moved] == sorted(
        ["king", "queen", "new"], key=lambda word: report.cosines[report.words.index(word)]
    )[:2]
    assert [tuple(one) for one in report.most_moved(9, min_count=3)] == [
        ("king", report.cosines[0], report.distances[0], 3, True)
    ]


def test_similarity_is_asked_before_and_after(result, tmp_path):
    judged = tmp_path / "pairs.tsv"
    judged.write_text("king\tqueen\t9\ntea\tcoffee\t8\nking\ttea\t2\nqueen\tfar\t1\n")
    report = result.report(lists=[judged])
    for found, space in ((report.before, result.start), (report.after, result.embeddings)):
        pairs = [("king", "queen"), ("tea", "coffee"), ("king", "tea"), ("queen", "far")]
        expected = [space.similarity(*pair) for pair in pairs]
        np.testing.assert_allclose(found[0].cosines, expected, atol=1e-6)


def test_it_shows_itself(result):
    report = result.report(topn=2, lists=[])
    text, page = repr(report), report._repr_html_()
    for told in ("covered words", "5 of 6", "7 of 10", "Moved most"):
        assert told in text
        assert told in page
    assert len(report.moved_table().rows) == 2
    known = report.cosines[report.covered].mean()
    assert f"covered {known:.3f}, uncovered {report.cosines[~report.covered][0]:.3f}" in text
    yes = {row[0]: row[-1] for row in result.report(topn=9).moved_table().rows}
    assert [word for word, covered in yes.items() if covered == "no"] == ["new"]
    assert "Spearman" in repr(result.report())
    assert repr(result) == "FineTuned(6 words, d = 16, 5 covered)"


@pytest.mark.parametrize("options", [{"topn": 0}, {"among": 0}, {"neighbours": 0}, {"lists": "x"}])
def test_wrong_arguments_are_refused(result, options):
    with pytest.raises(ValueError, match=r"at least 1|list of names"):
        result.report(**options)
