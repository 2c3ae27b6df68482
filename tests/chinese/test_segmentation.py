import doctest
import os
import subprocess
import sys
import warnings

import pytest

from course_lib import chinese
from course_lib.chinese import segmentation
from course_lib.corpus import TextFile

# 𠮷 (extension B) as in 𠮷野家, 葛 with a variation selector, 々, a compatibility character
RARE = "𠮷野家賣牛丼，葛\U000e0100城很遠。時々！"


@pytest.fixture(scope="module")
def plain():
    return chinese.Segmenter()


# ---------------------------------------------------------------------------------- characters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("人工智慧", ["人", "工", "智", "慧"]),
        ("我用word2vec，你呢？", ["我", "用", "word2vec", "你", "呢"]),
        ("全形ＡＢＣ１２３、半形abc", ["全", "形", "ＡＢＣ１２３", "半", "形", "abc"]),
        ("「他說：『好！』」……", ["他", "說", "好"]),
        (RARE, [*"𠮷野家賣牛丼", "葛\U000e0100", *"城很遠時々"]),
        ("cafe\u0301在哪", ["café", "在", "哪"]),
        ("\ufa10", ["塚"]),  # a compatibility character; NFC makes it the usual one
        ("一 二\n三\u3000四", ["一", "二", "三", "四"]),
        ("", []),
        ("。！？ 🙂", []),
    ],
)
def test_characters(text, expected):
    assert chinese.characters(text) == expected


def test_words_only_leaves_out_punctuation():
    tokens = ["我", "喝", "茶", "，", " ", "３", "杯", "。", "—", "𠮷"]
    assert chinese.words_only(tokens) == ["我", "喝", "茶", "３", "杯", "𠮷"]


# --------------------------------------------------------------------------------------- words


def test_jieba_finds_words(plain):
    assert plain("人工智慧改變世界。") == ["人工智慧", "改變", "世界"]
    assert plain.cut("人工智慧改變世界。")[-1] == "。"


@pytest.mark.parametrize("via_simplified", [False, True])
@pytest.mark.parametrize(
    "text", [RARE, "", "   ", "\n", "a，b\r\n　c", "頭髮發展；皇后以後，乾杯幹活。" * 20]
)
def test_nothing_gets_lost(text, via_simplified):
    segmenter = chinese.Segmenter(via_simplified=via_simplified)
    assert "".join(segmenter.cut(text)) == text
    assert "" not in segmenter.cut(text)


def test_a_user_dictionary_keeps_words_whole_and_to_itself(plain):
    text = "我們研究詞嵌入"
    assert "詞嵌入" not in plain(text)
    assert "詞嵌入" in chinese.Segmenter(["詞嵌入"])(text)
    assert "詞嵌入" in chinese.Segmenter(["詞嵌入"], via_simplified=True)(text)
    assert "詞嵌入" not in plain(text)
    assert "詞嵌入" not in chinese.Segmenter()(text)


def test_via_simplified_gives_traditional_words():
    segmenter = chinese.Segmenter(via_simplified=True)
    assert segmenter("醫生說我的頭髮很乾") == ["醫生", "說", "我", "的", "頭髮", "很", "乾"]


def test_a_conversion_that_changes_the_length_is_not_used(monkeypatch):
    segmenter = chinese.Segmenter(via_simplified=True)
    monkeypatch.setattr(segmentation, "to_simplified", lambda text: text + "多")
    assert "".join(segmenter.cut("醫生說話")) == "醫生說話"


@pytest.mark.parametrize("word", ["", "兩 字", "逗，號", "\n", 3, "softmax 函數", "_"])
def test_what_cannot_be_a_word_is_refused(word):
    with pytest.raises(ValueError, match="cannot be in a user dictionary"):
        chinese.Segmenter(["好", word])


def test_a_bare_string_is_no_dictionary():
    with pytest.raises(ValueError, match="a list of words"):
        chinese.Segmenter("珍珠奶茶")


def test_it_tells_what_it_is():
    assert repr(chinese.Segmenter(["好茶"])) == "Segmenter(1 words of your own)"
    assert "via_simplified" in repr(chinese.Segmenter(via_simplified=True))


def test_a_file_is_streamed_through_a_segmenter(tmp_path, plain):
    path = tmp_path / "raw.txt.gz"
    import gzip

    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write("人工智慧改變世界。\n\n我們喝茶。\n")
    streamed = TextFile(path, tokenizer=plain)
    assert list(streamed) == [["人工智慧", "改變", "世界"], ["我們", "喝茶"]]
    assert list(streamed) == list(streamed)


def test_nothing_is_printed_and_nothing_is_left_on_the_disk(tmp_path):
    code = (
        "from course_lib import chinese; print(len(chinese.Segmenter(['好茶'])('我喝好茶')));"
        "print(chinese.to_simplified('學'))"
    )
    environment = os.environ | {
        "TMPDIR": str(tmp_path),
        "HOME": str(tmp_path),
        "TEMP": str(tmp_path),
    }
    environment |= {"PYTHONIOENCODING": "utf-8", "MPLCONFIGDIR": str(tmp_path.parent)}
    run = subprocess.run(
        [sys.executable, "-W", "always", "-c", code],
        env=environment, cwd=tmp_path, capture_output=True, check=True,
    )  # fmt: skip
    assert run.stdout.decode().split() == ["3", "学"]
    assert run.stderr == b""
    assert list(tmp_path.rglob("*jieba*")) == []


def test_a_program_that_only_imports_the_library_loads_no_jieba():
    code = "import sys, course_lib; sys.exit('jieba' in sys.modules or 'opencc' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_warnings_stay_on_for_everybody_else(plain):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        chinese.Segmenter()
        warnings.warn("seen", stacklevel=1)
    assert [str(warning.message) for warning in caught] == ["seen"]


# --------------------------------------------------------------------- Traditional and Simplified


def test_one_simplified_character_may_stand_for_several():
    assert chinese.to_simplified("頭髮發展") == "头发发展"
    assert chinese.to_traditional("头发发展") == "頭髮發展"
    assert chinese.to_traditional("皇后以后") == "皇后以後"
    assert [chinese.to_traditional(c) for c in "发后"] != ["髮", "後"]


def test_regional_words():
    assert chinese.to_simplified("軟體") == "软体"
    assert chinese.to_simplified("軟體", regional_words=True) == "软件"
    assert chinese.to_traditional("软件") == "軟件"
    assert chinese.to_traditional("软件", regional_words=True) == "軟體"


def test_what_is_not_chinese_stays():
    assert chinese.to_simplified("word2vec 🙂 café") == "word2vec 🙂 café"
    assert chinese.to_simplified("𠮷") == "𠮷"


def test_conversion_keeps_the_length_of_our_text():
    for sentence in chinese.handwritten_sentences():
        text = "".join(sentence)
        assert len(chinese.to_simplified(text)) == len(text)


# -------------------------------------------------------------------------------------- scores


def test_scores_by_hand():
    gold = [["我", "愛", "人工智慧", "。"]]
    found = [["我", "愛", "人工", "智慧", "。"]]
    scores = chinese.segmentation_scores(gold, found)
    assert scores.precision == pytest.approx(2 / 4)
    assert scores.recall == pytest.approx(2 / 3)
    assert scores.f1 == pytest.approx(4 / 7)


def test_right_words_score_1_and_order_counts():
    gold = chinese.handwritten_sentences()
    assert chinese.segmentation_scores(gold, gold) == (1, 1, 1)
    assert chinese.segmentation_scores([["一", "一一"]], [["一一", "一"]]).f1 == 0


def test_scores_add_up_over_sentences():
    scores = chinese.segmentation_scores([["甲乙"], ["丙", "丁"]], [["甲", "乙"], ["丙", "丁"]])
    assert scores.recall == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("gold", "found", "message"),
    [
        ([["甲"]], [["乙"]], "Sentence 1 does not have the same characters"),
        ([["甲"]], [["甲"], ["乙"]], "the same sentences"),
        ([], [], "no word"),
        ([["。"]], [["。"]], "no word"),
        (["甲乙"], [["甲乙"]], "list of words"),
    ],
)
def test_scores_refuse(gold, found, message):
    with pytest.raises(ValueError, match=message):
        chinese.segmentation_scores(gold, found)


def test_examples_in_the_docstrings():
    results = doctest.testmod(segmentation)
    assert results.failed == 0
    assert results.attempted > 0
