import tracemalloc

import numpy as np
import pytest
from gensim.models import Word2Vec
from gensim.test.utils import datapath

from course_lib import Embeddings, Vocabulary, datasets, evaluation
from course_lib.evaluation import analogy

GOOGLE = datapath("questions-words.txt")
QUESTIONS = evaluation.read_questions("google")
WORDS = list(dict.fromkeys(word for part in QUESTIONS.values() for q in part for word in q))


def planted(seed, dtype=np.float32, d=12, noise=0.3, spellings=(str.lower,)):
    """Vectors in which most relations hold, some words missing; spellings have their own noise."""
    rng = np.random.default_rng(seed)
    vectors = {word: rng.normal(size=d) for word in WORDS}
    for part in QUESTIONS.values():
        relation = rng.normal(size=d)
        for a, b, _, _ in part:
            vectors[b] = vectors[a] + relation
    known = [word for word in WORDS if rng.random() > 0.15]
    words = list(dict.fromkeys(spell(word) for spell in spellings for word in known))
    words += [f"other{number}" for number in range(200)]
    words = [words[row] for row in rng.permutation(len(words))]
    spelt = {word.upper(): vector for word, vector in vectors.items()}
    matrix = np.array([spelt.get(word.upper(), rng.normal(size=d)) for word in words])
    matrix += noise * rng.normal(size=matrix.shape)
    return Embeddings(Vocabulary(words), matrix.astype(dtype))


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    """Every seventh question of each section, which is enough for gensim's pace."""
    path = tmp_path_factory.mktemp("questions") / "some.txt"
    lines = []
    for name, part in QUESTIONS.items():
        lines += [f": {name}", *(" ".join(question) for question in part[::7])]
    path.write_text("\n".join(lines))
    return path


def same_as_gensim(found, keyed, path, **options):
    accuracy, sections = keyed.evaluate_word_analogies(str(path), **options)
    spell = str.upper if options.get("case_insensitive", True) else str
    *parts, total = sections
    assert len(parts) == len(found.sections)
    for ours, theirs in zip((*found.sections, found.total), (*parts, total), strict=True):
        assert ours.name == theirs["section"] or theirs is total
        for kind in ("correct", "incorrect"):
            listed = [tuple(map(spell, question)) for question in getattr(ours, kind)]
            assert listed == theirs[kind], (ours.name, kind)
    assert found.total.accuracy == accuracy
    return accuracy


VECTOR_SETS = {
    "lower case": {},
    "two spellings": {"spellings": (str.title, str.lower)},
    "three spellings": {"spellings": (str.upper, str.title, str.lower), "noise": 0.5},
    "nearly random": {"noise": 5.0},
    "many dimensions": {"d": 150, "noise": 1.0},
}


@pytest.mark.parametrize("settings", VECTOR_SETS.values(), ids=VECTOR_SETS.keys())
@pytest.mark.parametrize("case_insensitive", [True, False])
def test_answers_are_gensims(questions, settings, case_insensitive):
    embeddings = planted(1, **settings)
    options = {"case_insensitive": case_insensitive}
    found = evaluation.analogies(embeddings, questions, **options)
    accuracy = same_as_gensim(found, embeddings.to_keyed_vectors(), questions, **options)
    if case_insensitive:
        assert 0 < found.total.covered < found.total.questions
        assert accuracy > 0.3 or settings == VECTOR_SETS["nearly random"]


@pytest.mark.parametrize("restrict_vocab", [700, 1, 10**6, None])
def test_a_restricted_vocabulary_is_gensims(questions, restrict_vocab):
    embeddings = planted(2, spellings=(str.title, str.lower))
    found = evaluation.analogies(embeddings, questions, restrict_vocab=restrict_vocab)
    if restrict_vocab == 1:
        assert found.total.covered == 0 and np.isnan(found.total.accuracy)
    else:
        keyed = embeddings.to_keyed_vectors()
        same_as_gensim(found, keyed, questions, restrict_vocab=restrict_vocab)


def test_trained_vectors_answer_as_in_gensim():
    model = Word2Vec(datasets.load_corpus("lee"), vector_size=30, min_count=2, sg=1, workers=1)
    accuracy = same_as_gensim(evaluation.analogies(model.wv), model.wv, GOOGLE)
    assert accuracy > 0


def test_the_blocks_make_no_difference(monkeypatch, questions):
    """Best answers in the first block and in the last, and a last block that is not full."""
    embeddings = planted(3, spellings=(str.title, str.lower))
    for method in analogy.METHODS:
        whole = evaluation.analogies(embeddings, questions, method=method)
        monkeypatch.setattr("course_lib.evaluation.spaces.AT_ONCE", 17 * 800)
        monkeypatch.setattr(analogy, "TOGETHER", 5)
        blocks = evaluation.analogies(embeddings, questions, method=method)
        monkeypatch.undo()
        assert blocks.sections == whole.sections
        assert whole.total.accuracy > 0.1


def slow_answer(embeddings, question, method, exclude_query):
    """The formulas, one word at a time, in float64."""
    words = embeddings.vocabulary.words
    units = {
        word: vector / np.linalg.norm(vector)
        for word, vector in zip(words, embeddings.input_vectors.astype(float), strict=True)
    }
    a, b, c = (units[word] for word in question[:3])
    scores = {}
    for x in words:
        to_a, to_b, to_c = units[x] @ a, units[x] @ b, units[x] @ c
        if method == "3cosmul":
            score = (1 + to_b) / 2 * (1 + to_c) / 2 / ((1 + to_a) / 2 + 0.001)
        else:
            score = to_b + to_c - to_a
        if not (exclude_query and x in question[:3]):
            scores[x] = score
    return max(scores, key=scores.get)


@pytest.mark.parametrize("method", analogy.METHODS)
@pytest.mark.parametrize("exclude_query", [True, False])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_answers_are_those_of_the_formulas(tmp_path, method, exclude_query, dtype):
    rng = np.random.default_rng(4)
    words = [f"w{number}" for number in range(60)]
    embeddings = Embeddings(Vocabulary(words), rng.normal(size=(60, 5)).astype(dtype))
    asked = [rng.choice(words, 4, replace=False).tolist() for _ in range(120)]
    path = tmp_path / "mine.txt"
    path.write_text("\n".join(map(" ".join, asked)))
    found = evaluation.analogies(embeddings, path, method=method, exclude_query=exclude_query)
    for question, answer in zip(asked, found.total.answers, strict=True):
        assert answer.predicted == slow_answer(embeddings, question, method, exclude_query)
        assert answer.correct == (answer.predicted == question[3])


@pytest.mark.filterwarnings("ignore:Call to deprecated `init_sims`")
def test_3cosmul_ranks_as_gensims_most_similar_cosmul(questions):
    embeddings = planted(5, noise=0.6)
    keyed = embeddings.to_keyed_vectors()
    answers = evaluation.analogies(embeddings, questions, method="3cosmul").total.answers
    for answer in answers[::40]:
        a, b, c = (word.lower() for word in answer[:3])
        assert keyed.most_similar_cosmul([b, c], [a], topn=1)[0][0] == answer.predicted


def test_without_excluding_the_query_the_answer_is_mostly_b_or_c(questions):
    embeddings = planted(6, noise=0.2, d=40)
    excluded, all_words = (
        evaluation.analogies(embeddings, questions, exclude_query=exclude)
        for exclude in (True, False)
    )
    assert all_words.total.accuracy < excluded.total.accuracy
    for answer in excluded.total.answers:
        assert answer.predicted.upper() not in {word.upper() for word in answer[:3]}
    same = [answer.predicted in (answer.b, answer.c) for answer in all_words.total.answers]
    assert any(same)


def test_no_spelling_of_a_query_word_is_an_answer(tmp_path):
    words = ["man", "king", "KING", "King", "woman", "queen", "Queen"]
    vectors = np.array([[1, 0], [1, 1], [1, 1.01], [1, 1.02], [0.9, 0], [0.8, 1.1], [-1, 0]])
    path = tmp_path / "mine.txt"
    path.write_text("man KING woman QUEEN")
    embeddings = Embeddings(Vocabulary(words), vectors)
    (answer,) = evaluation.analogies(embeddings, path).total.answers
    assert answer == ("man", "KING", "woman", "QUEEN", "queen", True)
    found = evaluation.analogies(embeddings, path, case_insensitive=False)
    assert found.total.covered == 0


def test_zero_vectors_and_a_vocabulary_without_an_answer(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("a b a b\na b b a")
    embeddings = Embeddings(Vocabulary(["a", "b"]), np.eye(2))
    answers = evaluation.analogies(embeddings, path).total.answers
    assert [(answer.predicted, answer.correct) for answer in answers] == [("", False)] * 2
    vectors = np.array([[1, 0], [0, 0], [0, 1], [0, 0.5], [0, 0]], dtype=np.float32)
    path.write_text("a b c d")
    for method in analogy.METHODS:
        (answer,) = evaluation.analogies(
            Embeddings(Vocabulary(list("abcde")), vectors), path, method=method
        ).total.answers
        assert answer.predicted == "d"
    one = Embeddings(Vocabulary(["a"]), np.ones((1, 3)))
    path.write_text("a a a a")
    assert evaluation.analogies(one, path).total.answers[0].predicted == ""
    kept = evaluation.analogies(one, path, exclude_query=False)
    assert kept.total.accuracy == 1


def test_opposite_vectors_have_no_logarithm_of_zero(tmp_path, recwarn):
    path = tmp_path / "mine.txt"
    path.write_text("a b c d")
    vectors = np.array([[1, 0], [0.1, 0.3], [-0.1, -0.3], [0, 1], [-1, 0]], dtype=np.float32)
    embeddings = Embeddings(Vocabulary(list("abcde")), vectors)
    assert evaluation.analogies(embeddings, path, method="3cosmul").total.covered == 1
    assert len(recwarn) == 0
    tables = analogy._tables(np.array([[-1.0000001, -1, 0, 1]], dtype=np.float32), "3cosmul")
    assert np.isfinite(tables).all()


def test_semantic_and_syntactic_sections_sum_up():
    found = evaluation.analogies(planted(7))
    parts = found.semantic, found.syntactic
    assert [part.questions for part in parts] == [8869, 10675]
    assert sum(part.covered for part in parts) == found.total.covered
    right = sum(len(part.correct) for part in parts)
    assert right == len(found.total.correct) == round(found.total.accuracy * found.total.covered)
    assert found.sections[0].name == "capital-common-countries"
    lines = repr(found).splitlines()
    assert lines[0] == "google, IN vectors, 3cosadd"
    assert len(lines) == 2 + 14 + 3
    assert "10675" in lines[-2] and "19544" in lines[-1]
    assert found._repr_html_().count("<tr>") == 18
    assert repr(found.sections[4]).startswith("family: ")


def test_wrong_settings_are_named():
    embeddings = planted(8)
    with pytest.raises(ValueError, match="3cosadd"):
        evaluation.analogies(embeddings, method="cosadd")
    with pytest.raises(ValueError, match="restrict_vocab"):
        evaluation.analogies(embeddings, restrict_vocab=0)
    with pytest.raises(ValueError, match="no OUT vectors"):
        evaluation.analogies(embeddings, which="out")
    with pytest.raises(ValueError, match=r"'googel'.*google"):
        evaluation.analogies(embeddings, "googel")


def test_the_memory_is_that_of_a_block():
    """All scores at once would take 19,544 x 20,000 x 4 bytes, 1.5 GB."""
    rng = np.random.default_rng(1)
    words = WORDS + [f"w{number}" for number in range(20_000 - len(WORDS))]
    embeddings = Embeddings(Vocabulary(words), rng.normal(size=(20_000, 8)).astype(np.float32))
    for method in analogy.METHODS:
        tracemalloc.start()
        found = evaluation.analogies(embeddings, method=method)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert found.total.covered == 19_544
        assert peak < 150e6
