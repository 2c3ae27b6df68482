import hashlib
import re
from collections import Counter

import pytest

from course_lib import chinese
from course_lib.chinese import grammar

SENTENCES = chinese.grammar_sentences()
HANDWRITTEN = chinese.handwritten_sentences()
HAN = re.compile("[\u4e00-\u9fff]")


def test_the_same_seed_gives_the_same_sentences():
    assert chinese.grammar_sentences(300, seed=7) == chinese.grammar_sentences(300, seed=7)
    assert chinese.grammar_sentences(300, seed=7) != chinese.grammar_sentences(300, seed=8)
    assert chinese.grammar_sentences(20, seed=7) == chinese.grammar_sentences(300, seed=7)[:20]


def test_the_corpus_of_seed_1_is_the_one_that_the_lessons_show():
    text = "\n".join(map(" ".join, SENTENCES))
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "b89bd76f5ab00668"


def test_no_two_sentences_are_equal():
    assert len(SENTENCES) == len(set(map(tuple, SENTENCES))) == 12_000
    assert len(HANDWRITTEN) == len(set(map(tuple, HANDWRITTEN))) == 208


@pytest.mark.parametrize("count", [0, -1, 20_001])
def test_the_count_has_limits(count):
    with pytest.raises(ValueError, match="1 to 20,000"):
        chinese.grammar_sentences(count)


def test_the_most_that_can_be_asked_for_can_be_made():
    assert len(chinese.grammar_sentences(grammar.MOST, seed=2)) == grammar.MOST


@pytest.mark.parametrize("sentences", [SENTENCES, HANDWRITTEN], ids=["grammar", "by hand"])
def test_a_sentence_ends_as_one_and_has_no_gap_and_no_ascii_punctuation(sentences):
    for sentence in sentences:
        assert sentence[-1] in "。？", sentence
        assert all(sentence), sentence
        assert not re.search(r"[{}_/,.?!:;\s]", "".join(sentence)), sentence
        assert HAN.search("".join(sentence))


def test_the_text_is_traditional():
    """No character is one that only Simplified Chinese has."""
    for sentence in SENTENCES + HANDWRITTEN:
        text = "".join(sentence)
        assert not set(text) & set("为这国个们来说会时学习机电网络经济东车书长门问间开关见"), text


def test_every_gap_has_a_slot_and_every_slot_a_gap():
    themes = grammar._grammar()
    common = themes[grammar.COMMON].slots
    used_common = set()
    for name, theme in themes.items():
        used = {
            match[2]
            for template in theme.templates
            for piece in template
            if (match := grammar.GAP.fullmatch(piece))
        }
        if name == grammar.COMMON:
            continue
        assert used <= theme.slots.keys(), name
        assert theme.slots.keys() - common.keys() <= used, name
        used_common |= used & common.keys()
    assert used_common == common.keys()


def test_braces_stand_in_gaps_only_and_measure_words_exist():
    for theme in grammar._grammar().values():
        for template in theme.templates:
            for piece in template:
                match = grammar.GAP.fullmatch(piece)
                assert match or not set("{}") & set(piece), template
                if match and match[1]:
                    assert all(entry.measure for entry in theme.slots[match[2]]), template


def test_a_noun_has_its_own_measure_word():
    """The measure words around 牛肉麵, 雨傘 and 電腦 are those of the word lists."""
    expected = {"牛肉麵": "碗", "雨傘": "把", "電腦": "台", "神經網路": "個", "吉他": None}
    for noun, measure in expected.items():
        before = Counter(
            sentence[i - 1]
            for sentence in SENTENCES
            for i, word in enumerate(sentence)
            if word == noun and i > 1 and sentence[i - 2] in ["一", "兩", "三", "四", "這"]
        )
        assert set(before) == ({measure} if measure else set()), noun


def test_two_gaps_of_a_slot_get_different_entries():
    for sentence in SENTENCES:
        if sentence[:1] == ["你"]:  # 你 想 吃 A 還是 B
            assert sentence[3 - (sentence[1] == "要")] != sentence[-2]
    pairs = [s for s in SENTENCES if "還是" in s]
    assert len(pairs) > 50


def test_themes_have_words_of_their_own():
    themes = chinese.themes()
    assert list(themes) == [
        "ai", "food", "weather", "travel", "sports", "medicine", "music", "finance",
    ]  # fmt: skip
    words = [word for theme in themes.values() for word in theme]
    assert len(words) == len(set(words)) > 300
    assert "人工智慧" in themes["ai"]
    assert "我" not in words, "common words belong to no theme"
    assert "歌手" in themes["music"], "two slots of one theme"
    said = {word for sentence in SENTENCES for word in sentence}
    assert set(words) <= said


def test_each_theme_is_talked_about_as_much():
    of = {word: theme for theme, words in chinese.themes().items() for word in words}
    first = Counter(next((of[w] for w in s if w in of), None) for s in SENTENCES)
    del first[None]
    assert min(first.values()) > 1000


def test_roles_tell_words_apart_within_a_theme():
    roles = chinese.roles()
    assert roles["紅茶"] == "food.drink"
    assert roles["牛肉麵"] == "food.dish"
    assert "歌手" not in roles, "it has two roles"
