"""The figures of the slides of lesson 12: Chinese text."""

import functools

from course_lib import Embeddings, Word2VecSettings, chinese, datasets, numpy_impl, plots
from course_lib.plots import Picture

EXAMPLE = ["學", "機器學習", "以前", "，", "我", "先", "複習", "微積分", "和", "機率", "。"]
COUNTS = {"研究": 40, "研究生": 20, "生命": 30, "命": 2, "起源": 8}
# Section 10 of the lesson trains for these and its figure says them: F1 of the cut, share of words
# that have a vector, share of neighbours of the same theme.
RESULTS = {
    "characters": (0.32, 0.05, 0.01),
    "jieba": (0.69, 0.80, 0.49),
    "via Simplified": (0.83, 0.90, 0.64),
    "+ glossary": (0.84, 0.92, 0.65),
    "+ all words": (0.87, 0.97, 0.74),
    "true words": (1.00, 0.99, 0.79),
}
SHOWN = {
    "AI": {"人工智慧": "AI", "機器學習": "machine learning", "神經網路": "neural network"},
    "food": {"牛肉麵": "beef noodles", "豆漿": "soy milk", "炒飯": "fried rice"},
    "weather": {"颱風": "typhoon", "寒流": "cold wave", "大雨": "heavy rain"},
    "medicine": {"醫生": "physician", "醫院": "hospital", "感冒": "a cold"},
    "music": {"吉他": "guitar", "鋼琴": "piano", "歌手": "singer"},
    "finance": {"股票": "shares", "利率": "interest rate", "下跌": "to fall"},
}


def segments() -> Picture:
    cuts = {"by hand": EXAMPLE, "jieba": chinese.Segmenter().cut("".join(EXAMPLE))}
    return plots.segmentations(
        cuts, title="jieba cuts across ‘machine learning’ and ‘calculus’", size=(6.6, 2)
    )


def trap() -> Picture:
    cuts = {"most probable": ["研究", "生命", "起源"], "longest first": ["研究生", "命", "起源"]}
    return plots.segmentations(cuts, title="The longest word is a trap", size=(3.9, 1.9))


def words() -> Picture:
    glosses = {word: gloss for words in SHOWN.values() for word, gloss in words.items()}
    groups = {word: theme for theme, words in SHOWN.items() for word in words}
    return plots.word_map(
        _trained(), list(glosses), groups, glosses=glosses,
        title="Most words lie with their theme", size=(6.2, 3.6),
    )  # fmt: skip


def damage() -> Picture:
    names = ["F1 of the cut", "words with a vector", "neighbours of the same theme"]
    columns = zip(*RESULTS.values(), strict=True)
    return plots.bars(
        dict(zip(names, map(list, columns), strict=True)),
        list(RESULTS),
        ylabel="share",
        title="Every broken word costs a vector, and its neighbours",
        size=(7.1, 3.8),
    )


@functools.cache
def _trained() -> Embeddings:
    settings = Word2VecSettings(
        architecture="cbow", vector_size=64, window=5, min_count=5, epochs=20, exact=False
    )
    return numpy_impl.train_word2vec(datasets.load_corpus("chinese"), settings, progress=False)
