from pathlib import Path

import pytest
from gensim.test.utils import datapath

from course_lib import evaluation
from course_lib.evaluation.lists import JudgedPair


def written(folder, text, name="list.txt"):
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_the_lists_of_gensim_are_complete():
    wordsim, simlex = map(evaluation.read_pairs, ("wordsim353", "simlex999"))
    assert (len(wordsim), len(simlex)) == (353, 999)
    assert wordsim[:3] == [
        ("love", "sex", 6.77), ("tiger", "cat", 7.35), ("tiger", "tiger", 10.0)
    ]  # fmt: skip
    assert simlex[0] == ("old", "new", 1.58)
    questions = evaluation.read_questions("google")
    assert len(questions) == 14
    assert sum(map(len, questions.values())) == 19_544
    assert questions["family"][0] == ("boy", "girl", "brother", "sister")
    assert evaluation.read_pairs(datapath("wordsim353.tsv")) == wordsim


# The first lines of each list as it is published.
LAYOUTS = {
    "SimLex-999": "word1\tword2\tPOS\tSimLex999\tconc(w1)\nold\tnew\tA\t1.58\t2.72\n"
    "smart\tintelligent\tA\t9.2\t1.75\n",
    "WordSim353, csv": "Word 1,Word 2,Human (mean)\nold,new,1.58\nsmart,intelligent,9.2\n",
    "WordSim353, each judge": "Word 1\tWord 2\tHuman (mean)\t1\t2\nold\tnew\t1.58\t2\t1\n"
    "smart\tintelligent\t9.2\t9\t10\n",
    "MEN": "old new 1.580000\nsmart intelligent 9.200000\n",
    "MEN, lemmas": "old-j new-j 1.58\nsmart-j intelligent-n 9.2\n",
    "RareWords": "old\tnew\t1.58\t7\t7\t6\t1\nsmart\tintelligent\t9.2\t3\t9\t9\t10\n",
    "SimVerb": "old\tnew\tV\t1.58\tSYNONYMS\nsmart\tintelligent\tV\t9.2\tNONE\n",
    "RG65": "old;new;1.58\r\nsmart;intelligent;9.2\r\n",
    "quoted, with a mark of the byte order": '\ufeff"old","new",1.58\n"smart","intelligent",9.2\n',
    "comments and gaps": "# a list\n\nold new 1.58\n   \n#x y 3\nsmart intelligent 9.2",
}  # fmt: skip


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_every_layout_gives_the_same_pairs(tmp_path, text):
    assert evaluation.read_pairs(written(tmp_path, text)) == [
        JudgedPair("old", "new", 1.58),
        JudgedPair("smart", "intelligent", 9.2),
    ]


def test_hyphens_are_no_tags_if_one_word_has_none(tmp_path):
    path = written(tmp_path, "x-n y-n 1\nplan-b tree 2\n")
    assert [pair[:2] for pair in evaluation.read_pairs(path)] == [
        ("x-n", "y-n"),
        ("plan-b", "tree"),
    ]


def test_words_may_be_numbers_and_pairs_may_come_twice(tmp_path):
    path = written(tmp_path, "1984 book 3\n1984 book 4\n")
    assert evaluation.read_pairs(path) == [("1984", "book", 3.0), ("1984", "book", 4.0)]


BROKEN = {
    "a number": ("old\tnew\t1.58\nsmart\tclever\t9.2x\nbig\tlarge\t9\n", 2),
    "a number in the first line": ("old\tnew\t1.5B\nsmart\tclever\t9.2\nbig\tlarge\t9\n", 1),
    "nan": ("old new nan\nsmart clever 9.2\nbig large 9\n", 1),
    "infinity": ("old new 1\nsmart clever inf\nbig large 9\n", 2),
    "a missing column": ("old\tnew\t1.58\n\nsmart\t9.2\nbig\tlarge\t9\n", 3),
    "another delimiter": ("old\tnew\t1.58\nsmart clever 9.2\nbig\tlarge\t9\n", 2),
    "no first word": ("old,new,1.58\n,clever,9.2\nbig,large,9\n", 2),
    "text": ("a story\nabout three\nbears\n", 1),
    "no UTF-8": (b"old new 1\ncaf\xe9 tea 2\n", 2),
}


@pytest.mark.parametrize(("text", "line"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_list_is_refused_with_file_and_line(tmp_path, text, line):
    with pytest.raises(ValueError, match=rf"list\.txt, line {line}:"):
        evaluation.read_pairs(written(tmp_path, text))


@pytest.mark.parametrize("text", ["", "# only a comment\n", "\n\n"])
def test_an_empty_list_is_refused(tmp_path, text):
    with pytest.raises(ValueError, match=r"list\.txt holds no word pairs"):
        evaluation.read_pairs(written(tmp_path, text))


@pytest.mark.parametrize(
    ("read", "names"),
    [(evaluation.read_pairs, ["wordsim353", "simlex999"]), (evaluation.read_questions, ["google"])],
)
def test_an_unknown_list_names_the_known_ones(tmp_path, read, names):
    with pytest.raises(ValueError, match="no list 'wordsim'") as caught:
        read("wordsim")
    assert all(name in str(caught.value) for name in names)
    with pytest.raises(FileNotFoundError, match=r"nowhere\.txt"):
        read(tmp_path / "nowhere.txt")
    with pytest.raises(FileNotFoundError):
        read(Path("wordsim353"))
    with pytest.raises(ValueError, match="type int"):
        read(3)


def test_questions_before_a_section_and_sections_that_come_again(tmp_path):
    text = "a b c d\n: one\ne f g h\n\n: two\n: one\n:) :( :D :P\n"
    questions = evaluation.read_questions(written(tmp_path, text, "mine.txt"))
    assert questions == {
        "mine": [("a", "b", "c", "d")],
        "one": [("e", "f", "g", "h"), (":)", ":(", ":D", ":P")],
        "two": [],
    }


@pytest.mark.parametrize("line", ["a b c", "a b c d e"])
def test_a_broken_question_is_refused_with_file_and_line(tmp_path, line):
    with pytest.raises(ValueError, match=r"list\.txt, line 3: .* a question has four"):
        evaluation.read_questions(written(tmp_path, f": one\na b c d\n{line}\n"))
    with pytest.raises(ValueError, match="no questions"):
        evaluation.read_questions(written(tmp_path, ": one\n"))
