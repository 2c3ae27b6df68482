import pytest

from course_lib.ranking import Collection, content_words


@pytest.fixture
def collection():
    return Collection(
        "two", {"1": "The sea.", "2": "A ship"}, {"q": "Sea ships"}, {"q": {"1": 2, "2": 0}}
    )


def test_texts_are_cut_in_their_order(collection):
    assert collection.document_tokens() == [["the", "sea"], ["a", "ship"]]
    assert collection.query_tokens() == [["sea", "ships"]]
    assert collection.document_tokens(str.split) == [["The", "sea."], ["A", "ship"]]
    assert collection.query_tokens(lambda text: content_words(text, stem=True)) == [["sea", "ship"]]
    assert repr(collection) == "Collection(two: 2 documents, 1 queries, 2 judgements)"


def test_stop_words_are_left_out_and_endings_cut_off():
    text = "The connections of the two connected, and don't!"
    assert content_words(text) == ["connections", "connected", "don't"]
    assert content_words(text, stem=True)[:2] == ["connect", "connect"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"qrels": {"p": {"1": 1}}}, "judgements name query 'p'"),
        ({"qrels": {"q": {"3": 1}}}, "judgements of query 'q' name document '3'"),
        ({"left_out": {"p": {"1"}}}, "left_out name query 'p'"),
        ({"left_out": {"q": {"3"}}}, "left_out of query 'q' name document '3'"),
    ],
)
def test_what_is_not_there_cannot_be_judged(changed, message):
    parts = {"documents": {"1": ""}, "queries": {"q": ""}, "qrels": {}} | changed
    with pytest.raises(ValueError, match=message):
        Collection("broken", **parts)
