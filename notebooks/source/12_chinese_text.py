# %% [markdown]
# # 12 Word2vec on Chinese text
#
# **135 minutes**, of them 70 for the exercises. You need:
# [lesson 03](03_cbow.ipynb) and [lesson 04](04_negative_sampling.ipynb). You need not read Chinese: every
# word comes with a translation where it matters. The cells take less than a minute.
#
# Afterwards you can
#
# - say what a "word" is in a text without spaces, and find words by characters, by jieba, and by a user dictionary,
# - derive and compute the most probable cut of a sentence, and measure a segmenter by precision and recall,
# - handle Traditional and Simplified characters, and the two different vocabularies behind them,
# - train CBOW on Chinese with NumPy, PyTorch and gensim, and say what segmentation errors do to the vectors,
# - draw Chinese figures without boxes, and save and load Chinese words without losing one,
# - stream a large Chinese corpus of your own.

# %%
import itertools
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from gensim.models import KeyedVectors, Word2Vec

from course_lib import (
    Embeddings,
    Vocabulary,
    Word2VecSettings,
    chinese,
    datasets,
    glossary,
    numpy_impl,
    plots,
    torch_impl,
)
from course_lib.corpus import Shuffled, TextFile, tokenize

# %% [markdown]
# ## 1. A question on real words
#
# Here is a sentence: *Artificial intelligence has already walked into our daily lives.* How many words has
# it?

# %%
written = chinese.handwritten_sentences()
sentence = "".join(written[0])
print(sentence)
print("tokenize:  ", tokenize(sentence))
print("characters:", chinese.characters(sentence))
print("by hand:   ", chinese.words_only(written[0]))

# %% [markdown]
# The tokeniser of the English lessons looks for spaces, finds none, and takes the whole sentence for one
# word. The characters are no answer either: 人 is *person*, 工 is *work*, and no average of the two is
# *artificial*. A native reader sees seven words, and the first one, 人工智慧, is *artificial intelligence*.
#
# What a model calls a word decides what gets a vector. So **before** the first vector there is a choice, and
# this lesson measures what it costs.

# %% [markdown]
# ## 2. The idea in a picture
#
# A **segmenter** cuts the text. [jieba](https://github.com/fxsjy/jieba) is the one that most courses use. The
# sentence says: *Before learning machine learning, first review calculus.* Blue words are right, orange ones
# are not.

# %%
plain = chinese.Segmenter()
example = ["學", "機器學習", "以前", "，", "我", "先", "複習", "微積分", "和", "機率", "。"]
plots.segmentations(
    {"by hand": example, "jieba": plain.cut("".join(example))},
    title="jieba cuts across ‘machine learning’ and ‘calculus’",
)

# %% [markdown]
# With this cut 機器學習, *machine learning*, gets no vector from this sentence. 學機器 (*learn-machine*) and 習微 get one, and are
# not Chinese.
#
# `chinese.Segmenter` is a thin layer around jieba. jieba itself prints four lines on its first call, and leaves
# its dictionary in the folder for temporary files, where the next process reads it back, whoever wrote it. Ours does none of this.
# And each segmenter has a **user dictionary** of its own: words that you add because jieba's dictionary lacks them.

# %% [markdown]
# ## 3. The formula: the most probable cut
#
# jieba has a dictionary of words $w$ with counts $\#(w)$, and $N$ is the sum of them. It treats a sentence as
# words drawn independently. A cut $w_1, \dots, w_n$ then has the probability $\prod_i p(w_i)$, and the best one is
#
# $$
# \hat w = \arg\max_{w_1 \cdots w_n = \text{text}} \; \sum_{i=1}^{n} \log p(w_i), \qquad p(w) = \frac{\#(w)}{N} .
# \tag{1}
# $$
#
# A sentence of $L$ characters has $2^{L-1}$ cuts, since there may be a border between any two characters. But
# the best cut of the first $j$ characters ends in some word, and what stands before that word must itself be cut in
# the best way. With $B(j)$ for the best sum of the first $j$ characters and $c_{i+1} \dots c_j$ for the
# characters between two places,
#
# $$
# B(0) = 0, \qquad B(j) = \max_{0 \le i < j} \bigl( B(i) + \log p(c_{i+1} \dots c_j) \bigr) .
# \tag{2}
# $$
#
# That is at most $L(L+1)/2$ look-ups: **dynamic programming**. jieba counts a character that is no word of its
# dictionary as one seen once, so that every text has a cut. Where two or more single characters then stand side by side,
# it asks a second model (a hidden Markov model of word beginnings and ends), which may join them into words that are in no
# dictionary. That finds names, and it invents words; section 6 shows one. A word of your user dictionary gets a count just large
# enough to beat its own pieces.
#
# To judge a cut, count words whose two ends are both right (as the SIGHAN bakeoffs do, the contests of segmenters):
#
# $$
# \text{precision} = \frac{\text{right words}}{\text{words found}}, \qquad
# \text{recall} = \frac{\text{right words}}{\text{true words}}, \qquad
# F_1 = \frac{2 \cdot \text{precision} \cdot \text{recall}}{\text{precision} + \text{recall}} .
# \tag{3}
# $$

# %% [markdown]
# ## 4. Five words by hand
#
# The classic trap: 研究生命起源, *to study the origin of life*. The dictionary has five words:
#
# | word | meaning | count |
# |---|---|---|
# | 研究 | to study | 40 |
# | 研究生 | graduate student | 20 |
# | 生命 | life | 30 |
# | 命 | fate | 2 |
# | 起源 | origin | 8 |
#
# so $N = 100$. Two cuts are possible: *study / life / origin* with $0.40 \cdot 0.30 \cdot 0.08 = 0.0096$, and
# *graduate student / fate / origin* with $0.20 \cdot 0.02 \cdot 0.08 = 0.00032$. Who takes the longest word first
# takes the wrong one. Equation (2) goes from left to right:

# %%
counts = {"研究": 40, "研究生": 20, "生命": 30, "命": 2, "起源": 8}
text = "研究生命起源"
log_p = {word: np.log(count / 100) for word, count in counts.items()}
best = [0.0] + [-np.inf] * len(text)
came_from = [0] * (len(text) + 1)
for j in range(1, len(text) + 1):
    for i in range(j):
        score = best[i] + log_p.get(text[i:j], -np.inf)
        if score > best[j]:
            best[j], came_from[j] = score, i
print("B(j):", [f"{value:.2f}" for value in best])

# %% [markdown]
# Pencil check: $B(4) = \log 0.40 + \log 0.30 = -2.12$. No word ends after the first or the fifth character, so
# $B(1)$ and $B(5)$ stay at $-\infty$. The way back from the end gives the words:

# %%
cut, j = [], len(text)
while j > 0:
    cut.insert(0, text[came_from[j] : j])
    j = came_from[j]
print(cut, f"p = {np.exp(best[-1]):.4f}")
print("the same as 0.40 * 0.30 * 0.08:", np.isclose(np.exp(best[-1]), 0.40 * 0.30 * 0.08))


# %% [markdown]
# The proof that nothing was missed: all $2^5 = 32$ cuts, one by one. And jieba agrees, with its own counts:


# %%
def all_cuts(text):
    """Give every way to cut a text."""
    if not text:
        return [[]]
    return [
        [text[:i], *rest] for i in range(1, len(text) + 1) for rest in all_cuts(text[i:])
    ]  # fmt: skip


cuts = all_cuts(text)
scores = [sum(log_p.get(word, -np.inf) for word in words) for words in cuts]
print(len(cuts), "cuts,", int(np.isfinite(scores).sum()), "of them made of dictionary words")
print("the best of them is ours:", cuts[int(np.argmax(scores))] == cut)
print("jieba:", plain(text))

# %% [markdown]
# ## 5. Traditional and Simplified
#
# Taiwan and Hong Kong write **Traditional** characters, mainland China and Singapore **Simplified** ones.
# jieba's dictionary is mostly Simplified. [OpenCC](https://github.com/BYVoid/OpenCC) (Apache
# licence, works offline) converts.

# %%
print(chinese.to_simplified("機器學習需要電腦"), " (machine learning needs computers)")
print(chinese.to_traditional("机器学习需要电脑"))

# %% [markdown]
# **Misconception: converting is a table of characters.** The way to Simplified merges characters. 髮 (hair) and
# 發 (to send out, to develop) both become 发. The way back needs the words around:

# %%
both = "頭髮發展"  # hair; development
simplified = chinese.to_simplified(both)
letter_by_letter = "".join(chinese.to_traditional(character) for character in simplified)
print(both, "->", simplified, "-> letter by letter:", letter_by_letter)
print("by words, as OpenCC does:", chinese.to_traditional(simplified) == both)

# %% [markdown]
# **Misconception: it is one language in two fonts.** Different words are in use, most of all in computing. This
# course's [glossary](glossary.md) has its terms as people say them in Taiwan and on the mainland. For how many
# is the mainland's term merely the Taiwanese one in Simplified characters?

# %%
terms = glossary.terms()
same_word = [t for t in terms if chinese.to_simplified(t.traditional) == t.simplified]
print(len(terms), "terms, the same word for", len(same_word))
for name in ["artificial intelligence", "memory", "word segmentation", "negative sampling"]:
    term = next(term for term in terms if term.english == name)
    print(f"{name}: {term.traditional} in Taiwan, {term.simplified} on the mainland")
print(
    chinese.to_simplified("軟體"), chinese.to_simplified("軟體", regional_words=True), "(software)"
)

# %% [markdown]
# So do not mix texts of both kinds without a thought. Even with all characters converted to one script, 記憶體 and 內存
# (both *memory*) are two words with two vectors, and each has seen half the text.

# %% [markdown]
# ## 6. A corpus with known words, and what jieba makes of it
#
# To judge a segmenter you need the right answer. We wrote the corpus ourselves, in Traditional characters as in
# Taiwan: 208 sentences by hand, cut by hand, and 12,000 from a small grammar, which knows its own words. There are
# eight themes: AI, food, weather, travel, sports, medicine, music, finance.

# %%
grammar = chinese.grammar_sentences(12_000, seed=1)
for index in (3, 15, 22):
    print("".join(grammar[index]))
true_words = [chinese.words_only(tokens) for tokens in written + grammar]
raw = ["".join(tokens) for tokens in written + grammar]
print(f"{len(raw):,} sentences, {sum(map(len, true_words)):,} words")
print("load_corpus gives the same:", true_words == datasets.load_corpus("chinese"))

# %% [markdown]
# (*Old Wang plays the piano and sings. At the airport I found that I had left my passport. The conductor asks the choir to practise
# the harmony once more.*)
#
# Now five ways to cut, from nothing to all we know. The third one is a trick: let jieba read the *Simplified* form of the
# text, and cut the Traditional text at the same places. The last one gives jieba the word list of the grammar. No
# real corpus comes with such a list, so it is an upper bound.

# %%
theme_of = {word: theme for theme, words in chinese.themes().items() for word in words}
term_list = [t.traditional for t in terms if all(map(chinese.is_word, t.traditional))]
ways = {
    "characters": chinese.characters,
    "jieba": plain,
    "via Simplified": chinese.Segmenter(via_simplified=True),
    "+ glossary": chinese.Segmenter(term_list, via_simplified=True),
    "+ all words": chinese.Segmenter(theme_of, via_simplified=True),
}
texts = {name: [way(line) for line in raw] for name, way in ways.items()}
texts["true words"] = true_words

# %%
quality = {name: chinese.segmentation_scores(true_words, found) for name, found in texts.items()}
print("                precision  recall    F1")
for name, (precision, recall, f1) in quality.items():
    print(f"{name:15s} {precision:8.2f} {recall:8.2f} {f1:6.2f}")

# %% [markdown]
# jieba's dictionary being mostly Simplified costs a lot on Traditional text, and the detour takes F1 from 0.69 to
# 0.83 without any list. (jieba's project also offers `dict.txt.big`, a larger dictionary with Traditional words. It is not
# in the package, and has to be downloaded.) On the sentences by hand, which no grammar made, the detour helps as well:

# %%
for name in ["jieba", "via Simplified", "+ glossary"]:
    by_hand = chinese.segmentation_scores(written, [ways[name].cut("".join(s)) for s in written])
    print(f"{name:15s} F1 = {by_hand.f1:.2f}")

# %% [markdown]
# Why is even "+ all words" not at 1? Look at what it finds and we do not have:

# %%
found_once = {}
for true, found in zip(true_words, texts["+ all words"], strict=True):
    for word in set(found) - set(true):
        found_once[word] = found_once.get(word, 0) + 1
print("found, and not ours:", ", ".join(sorted(found_once, key=lambda w: (-found_once[w], w))[:12]))
print("jieba invents a word:", plain("資料科學家會整理資料"))

# %% [markdown]
# Three kinds. 這家 and 一杯 are *this* or a number with its **measure word** (Chinese says *one cup tea*): jieba makes one word of
# them, we make two. Neither is wrong; there are several standards of what a word is, and a score compares with **one** of them.
# 小學 (*primary school*) is an error: 從小學彈琴 is *from childhood / learn / play the piano*. And 科學家會 (*scientists can*) is an
# invention of the hidden Markov model.

# %% [markdown]
# ## 7. Training: the old recipe, done properly
#
# A well-known recipe from the time of gensim 3: load a segmented corpus, shuffle it before each of 20 epochs,
# CBOW with 256 dimensions, print the vector of 人工智慧, save the model. Three of its lines went wrong or are gone:
#
# | then | today | why |
# |---|---|---|
# | `size=256, iter=20` | `vector_size=256, epochs=20` | new names; the old ones raise `TypeError` |
# | `for epoch in range(20): shuffle(...); model.train(..., epochs=1)` | one `train` over a corpus that reshuffles itself | each call starts again at alpha = 0.025 |
# | `model["人工智慧"]` | `model.wv["人工智慧"]` | the vectors live in `model.wv` |
#
# `corpus.Shuffled` gives the sentences in a new order each time they are read:

# %%
corpus = Shuffled(true_words, np.random.default_rng(1))
model = Word2Vec(corpus, sg=0, vector_size=256, window=5, min_count=5, epochs=20, seed=1, workers=1)
print(model.wv["人工智慧"].shape, len(model.wv), "words")
print("nearest three:", sorted(word for word, _ in model.wv.most_similar("人工智慧", topn=3)))

# %% [markdown]
# *Data science, machine learning, deep learning.* Now our own trainer, with the same settings. A new `Shuffled` with the
# same seed gives the same orders, so the two see the same text:

# %%
settings = Word2VecSettings(
    architecture="cbow", vector_size=256, window=5, min_count=5, epochs=20, exact=True
)
shuffled = Shuffled(true_words, np.random.default_rng(1))
ours = numpy_impl.train_word2vec(shuffled, settings, progress=False)
print("the same words:", ours.vocabulary.words == model.wv.index_to_key)
print(
    "the same IN vectors, to 1e-6: ", np.allclose(ours.input_vectors, model.wv.vectors, atol=1e-6)
)
print("the same OUT vectors, to 1e-6:", np.allclose(ours.output_vectors, model.syn1neg, atol=1e-6))

# %% [markdown]
# Nothing in word2vec knows about Chinese. A word is a row number.
#
# **PyTorch.** Autograd's batches cost several times what our compiled loop costs, so here are a quarter of the
# dimensions and of the epochs. One more thing differs. PyTorch gives each of $C$ context words $1/C$ of the gradient, as
# the derivative of a mean demands; gensim gives each the whole (lesson 03). So these are other vectors:

# %%
shorter = replace(settings, vector_size=64, epochs=5)
shuffled = Shuffled(true_words, np.random.default_rng(1))
by_torch = torch_impl.train_word2vec(shuffled, shorter, progress=False)
print(f"loss of a prediction: from {by_torch.losses[0]:.1f} to {by_torch.losses[-1]:.1f}")
near = [word for word, _ in by_torch.most_similar("人工智慧", topn=3)]
print("nearest three:", sorted(near))

# %% [markdown]
# Other vectors, from far less training, and the same three neighbours.

# %% [markdown]
# ## 8. Neighbours
#
# Cosines between IN vectors. Do neighbours share the **theme** (food) or even the **role** (drinks)? The grammar knows both:
# `food.drink` is its list of drinks. We print the neighbours up to the widest gap between one cosine and the next, and the
# role, where all of them have the same.

# %%
translated = {
    "人工智慧": "artificial intelligence", "珍珠奶茶": "bubble tea", "寒流": "cold wave",
    "吉他": "guitar", "籃球": "basketball", "買進": "to buy (shares)", "碗": "bowl (measure word)",
}  # fmt: skip


def near_ones(embeddings, word):
    """Give the nearest words, up to the widest gap between their cosines."""
    near = embeddings.most_similar(word, topn=8)
    gaps = -np.diff([cosine for _, cosine in near])
    return sorted(neighbour for neighbour, _ in near[: np.argmax(gaps) + 1])


# %%
robust = Word2VecSettings(
    architecture="cbow", vector_size=64, window=5, min_count=5, epochs=20, exact=False
)
trained = numpy_impl.train_word2vec(true_words, robust, progress=False)
roles = chinese.roles()
for word, meaning in translated.items():
    near = near_ones(trained, word)
    found = {roles.get(neighbour) for neighbour in near}
    role = found.pop() if len(found) == 1 else None
    print(f"{word} {meaning}: {', '.join(near)}{f'   {role}' if role else ''}")

# %% [markdown]
# *To buy* sits with *to sell* and *to buy more*: words for opposite things stand in the same
# sentences. That is as in English. The measure word for bowls sits with those for plates, portions and bamboo steamers: it
# stands in the same place before the same kind of noun.

# %% [markdown]
# ## 9. A picture, with glyphs
#
# matplotlib's own font has no Chinese characters; it would draw a box for each, and print a warning for each. Our figures
# look for a font on your system. If there is none, they write English words in their place and say in the
# title what to install. (On Binder the file `apt.txt` installs it.)

# %%
shown = {
    "AI": {"人工智慧": "AI", "機器學習": "machine learning", "神經網路": "neural network", "演算法": "algorithm"},
    "food": {"牛肉麵": "beef noodles", "豆漿": "soy milk", "炒飯": "fried rice", "好吃": "tasty"},
    "weather": {"颱風": "typhoon", "寒流": "cold wave", "大雨": "heavy rain", "氣象局": "weather office"},
    "medicine": {"醫生": "physician", "醫院": "hospital", "感冒": "a cold", "血壓": "blood pressure"},
    "music": {"吉他": "guitar", "鋼琴": "piano", "歌手": "singer", "旋律": "melody"},
    "finance": {"股票": "shares", "利率": "interest rate", "投資人": "investor", "下跌": "to fall"},
}  # fmt: skip
glosses = {word: gloss for words in shown.values() for word, gloss in words.items()}
groups = {word: theme for theme, words in shown.items() for word in words}
plots.word_map(
    trained, list(glosses), groups, glosses=glosses,
    title="Most words lie with their theme; two dimensions cannot show more",
)  # fmt: skip

# %% [markdown]
# 大雨 (*heavy rain*) and 演算法 (*algorithm*) lie on one spot here. In all 64 dimensions they are not close: the two components hold about a third of the
# variance, and what is in neither lands in the middle. Ask for the cosine before you believe a picture.

# %%
print("heavy rain and algorithm:  below 0.5", trained.similarity("大雨", "演算法") < 0.5)
print("heavy rain and downpour:   above 0.5", trained.similarity("大雨", "豪雨") > 0.5)

# %% [markdown]
# ## 10. What segmentation errors do to the vectors
#
# We train on each of the cut texts of section 6, always with the same settings, and ask of all the 350 or so words that
# belong to one theme: which share of a word's five nearest neighbours is of the same theme? A word that the cut never
# produced has no vector; it counts as zero. That is the point.


# %%
def theme_share(embeddings, topn=5):
    """Give the share of neighbours that are of the word's own theme, and of words with a vector."""
    shares, known = [], 0
    for word, theme in theme_of.items():
        if word in embeddings.vocabulary:
            known += 1
            near = embeddings.most_similar(word, topn=topn)
            shares.append(np.mean([theme_of.get(neighbour) == theme for neighbour, _ in near]))
        else:
            shares.append(0.0)
    return np.mean(shares), known / len(theme_of)


models = {
    name: numpy_impl.train_word2vec(lines, robust, progress=False) for name, lines in texts.items()
}

# %%
results = {name: theme_share(embeddings) for name, embeddings in models.items()}
plots.bars(
    {
        "F1 of the cut": [round(quality[name].f1, 2) for name in texts],
        "words that have a vector": [round(known, 2) for _, known in results.values()],
        "neighbours of the same theme": [round(share, 2) for share, _ in results.values()],
    },
    list(texts),
    ylabel="share",
    title="The better the cut, the more words have a vector and the better their neighbours",
    size=(9, 4.2),
)

# %%
for name in ["jieba", "via Simplified", "+ glossary", "true words"]:
    print(f"{name:15s} {', '.join(near_ones(models[name], '人工智慧'))}")
parts = ["機器學習", "神經網路", "珍珠奶茶"]
for name in ["jieba", "+ glossary", "+ all words"]:
    print(f"{name:15s} has", [word for word in parts if word in models[name].vocabulary])

# %% [markdown]
# The plain cut breaks *machine learning* and *deep learning* into pieces, so the neighbours of 人工智慧 are the pieces:
# 學習 (*learning*), 深度 (*depth*), 科學 (*science*). The other three are not Chinese. 開發導航系統, *to develop a navigation
# system*, is 開發 / 導航 / 系統, and jieba cuts across all of it. Even a dictionary of a few dozen terms puts that right for the words
# that you care about, although it hardly moves the F1. **Look at your own words, not only at the score.**

# %% [markdown]
# ## 11. Where it goes wrong: pretty neighbours by construction
#
# Be suspicious. A grammar puts words of one slot into the same places, so they *must* become
# neighbours. This shows that the method works; it does not show that it learns Chinese. Two controls. First:
# shuffle all words over all sentences. Frequencies and sentence lengths stay, the company is gone.

# %%
rng = np.random.default_rng(1)
bag = rng.permutation([word for line in true_words for word in line]).tolist()
starts = np.cumsum([0, *map(len, true_words)])
mixed = [bag[a:b] for a, b in itertools.pairwise(starts)]
without_company = numpy_impl.train_word2vec(mixed, robust, progress=False)
by_chance = np.mean([np.mean([theme_of.get(w) == theme for w in trained.vocabulary.words])
                     for theme in theme_of.values()])  # fmt: skip
print(f"true order {theme_share(trained)[0]:.2f}, by chance {by_chance:.2f}")
print("shuffled, within 0.05 of chance:", abs(theme_share(without_company)[0] - by_chance) < 0.05)

# %% [markdown]
# Second: only the sentences by hand, which have the variety of real language.

# %%
real = [chinese.words_only(tokens) for tokens in written]
many_epochs = Word2VecSettings(
    architecture="cbow", vector_size=64, window=5, min_count=1, epochs=50, exact=False
)
by_hand = numpy_impl.train_word2vec(real, many_epochs, progress=False)
print(f"{sum(map(len, real)):,} words of text, {len(by_hand)} different ones")
print("seen once:", f"{np.mean(by_hand.vocabulary.counts == 1):.0%}")
print(f"neighbours of the same theme: below 0.05 {theme_share(by_hand)[0] < 0.05}")

# %% [markdown]
# Nothing at all: most words come once. Real Chinese needs what real English needs, tens of millions of words. Section 13 has
# the commands.

# %% [markdown]
# ## 12. Saving and loading
#
# Chinese characters are three bytes each in UTF-8, rare ones four. Words must come back as they went. We take the vocabulary
# and the vectors of section 8, and some nasty words: 𠮷 lies beyond 16 bits, 葛 carries an invisible selector for its variant, ＡＢＣ is full-width, the
# é of café is two code points.

# %%
nasty = ["𠮷野家", "葛\U000e0100城", "ＡＢＣ１２３", "cafe\u0301", "々", "㈱"]
words = [*nasty, *trained.vocabulary.words]
vectors = np.vstack([trained.input_vectors[: len(nasty)], trained.input_vectors])
folder = Path(tempfile.mkdtemp())
Embeddings(Vocabulary(words), vectors).save(folder / "ours.npz")
keyed = Embeddings.load(folder / "ours.npz").to_keyed_vectors()
model.save(str(folder / "the whole model of section 7"))
keyed.save(str(folder / "gensim.kv"))
for binary in (False, True):
    keyed.save_word2vec_format(str(folder / f"binary {binary}"), binary=binary)

# %%
loaded = {
    "Embeddings.save": Embeddings.load(folder / "ours.npz").to_keyed_vectors(),
    "gensim's own": KeyedVectors.load(str(folder / "gensim.kv")),
    "word2vec text": KeyedVectors.load_word2vec_format(str(folder / "binary False")),
    "word2vec binary": KeyedVectors.load_word2vec_format(str(folder / "binary True"), binary=True),
}
for name, again in loaded.items():
    same = again.index_to_key == words and np.allclose(again.vectors, vectors, atol=1e-6)
    print(f"{name:16s} words and vectors as before: {same}")
whole = Word2Vec.load(str(folder / "the whole model of section 7"))
print("the whole model: ", np.array_equal(whole.wv["人工智慧"], model.wv["人工智慧"]))

# %% [markdown]
# (gensim's own format is a pickle: load only what you saved yourself. Lesson 06 says why.)
#
# **The trap** is `open` without an encoding. Python then takes that of the system: Big5 on many Windows machines, ASCII on
# a bare server. Here is a child process on such a server:

# %%
program = """
import sys
from pathlib import Path
from course_lib import Embeddings
folder = Path(sys.argv[1])
print("ours:", "人工智慧" in Embeddings.load(folder / "ours.npz").vocabulary)
try:
    (folder / "words.txt").write_text("人工智慧")
except UnicodeEncodeError as error:
    print("write_text without an encoding:", type(error).__name__)
(folder / "words.txt").write_text("人工智慧", encoding="utf-8")
print("with encoding:", (folder / "words.txt").read_text(encoding="utf-8") == "人工智慧")
"""
(folder / "child.py").write_text(program, encoding="utf-8")
bare = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
run = subprocess.run(
    [sys.executable, folder / "child.py", folder],
    env=os.environ | bare, capture_output=True, text=True, check=True,
)  # fmt: skip
print(run.stdout)

# %% [markdown]
# `encoding="utf-8"`, always, for reading and writing. More things that look alike and are not equal:

# %%
print("full-width and half-width:", "ＡＩ" == "AI")
print(
    "characters() of 'cafe' + accent, and of 'café':", chinese.characters("cafe\u0301") == ["café"]
)
line = "全\u3000形 1.5"  # a word with the wide space of Chinese in it, and a number
print(f"split() makes {len(line.split())} pieces of it, split(' ') makes {len(line.split(' '))}")

# %% [markdown]
# ## 13. A larger corpus of your own
#
# Segmenting is slower than training, so do it once: read the raw text line by line, write a segmented file, and train on that,
# streamed, as often as you like. The same lines work for a file of any size. For Chinese Wikipedia, replace the file.

# %%
raw_file, cut_file = folder / "raw.txt", folder / "segmented.txt"
raw_file.write_text("\n".join(raw[:3000]), encoding="utf-8")

segmenter = chinese.Segmenter(term_list, via_simplified=True)
with cut_file.open("w", encoding="utf-8") as file:
    for words in TextFile(raw_file, tokenizer=segmenter):
        file.write(" ".join(words) + "\n")

streamed = TextFile(cut_file)  # holds one line in memory, reads .gz and .bz2 as well
print("the same as cut in memory:", list(streamed) == texts["+ glossary"][:3000])
from_disk = numpy_impl.train_word2vec(streamed, robust, progress=False)
from_disk

# %% [markdown]
# gensim reads the same file by `LineSentence(str(cut_file))`, or fastest by `Word2Vec(corpus_file=str(cut_file), ...)`. A few
# notes from practice: convert everything to **one** script first; write your field's terms into a user dictionary;
# and save that dictionary with the model, since a query has to be cut as the corpus was.
#
# The glossary is [a page of its own](glossary.md), and `glossary.terms()` in code.

# %% [markdown]
# ## Exercises

# %% tags=["exercise-setup"]
from pathlib import Path

import numpy as np

from course_lib.checks import check

# %% [markdown] tags=["exercise"]
# ### Exercise 12.1: The longest word first
# *10 minutes · difficulty 1 of 3*
#
# Before statistics there was **forward maximum matching**: at each place take the longest dictionary word that starts
# there; where none does, take one character. Write `longest_first(text, words)`. `words` is a set. It gives a list of
# strings that joined are the text again.
#
# For `"研究生命起源"` and `{"研究", "研究生", "生命", "起源"}` the answer is `["研究生", "命", "起源"]`: wrong Chinese,
# but the right answer of this method.


# %% tags=["stub"]
def longest_first(text, words):
    """Cut a text: at each place the longest word of the set, else one character."""
    ...  # your code here


# %% tags=["solution"]
def longest_first(text, words):
    """Cut a text: at each place the longest word of the set, else one character."""
    longest = max(map(len, words), default=1)
    found, start = [], 0
    while start < len(text):
        for size in range(longest, 0, -1):
            if size == 1 or text[start : start + size] in words:
                found.append(text[start : start + size])
                break
        start += len(found[-1])
    return found


# %% tags=["check"]
check("12.1", longest_first)

# %% [markdown] tags=["hint"]
# Try lengths from the longest word of the set down to 1, and move on by the length of what you took. A slice beyond the
# end of the text is shorter than you think; then it may be a word all the same, and that is fine.

# %% [markdown] tags=["exercise"]
# ### Exercise 12.2: Precision and recall
# *10 minutes · difficulty 1 of 3*
#
# Write `precision_recall(gold, found)` for one sentence, equation (3). Both are lists of words that spell the same text. A
# word is right only where **both its ends** are right. Give two numbers.
#
# For gold `["我", "愛", "人工智慧"]` and found `["我", "愛", "人工", "智慧"]` it is `(0.5, 0.667)`, rounded.


# %% tags=["stub"]
def precision_recall(gold, found):
    """Give precision and recall of the words found in one sentence."""
    ...  # your code here


# %% tags=["solution"]
def precision_recall(gold, found):
    """Give precision and recall of the words found in one sentence."""

    def spans(words):
        ends = np.cumsum([len(word) for word in words]).tolist()
        return set(zip([0, *ends], ends, strict=False))

    right = len(spans(gold) & spans(found))
    return right / len(found), right / len(gold)


# %% tags=["check"]
check("12.2", precision_recall)

# %% [markdown] tags=["hint"]
# The same word may come twice in a sentence and be right once, so comparing words is not enough. Compare pairs (first place,
# last place).

# %% [markdown] tags=["exercise"]
# ### Exercise 12.3: The most probable cut
# *20 minutes · difficulty 2 of 3*
#
# Write `most_probable(text, counts)` by equations (1) and (2). `counts` maps words to counts, and $N$ is their sum. A single
# character that is no word of the dictionary counts as one seen half a time, $p = 0.5 / N$, so that every text can be cut. The
# text may have 200 characters: 2^199 cuts are too many to try.


# %% tags=["stub"]
def most_probable(text, counts):
    """Give the words of the most probable cut of a text."""
    ...  # your code here


# %% tags=["solution"]
def most_probable(text, counts):
    """Give the words of the most probable cut of a text."""
    total = sum(counts.values())
    longest = max(map(len, counts))
    best, came_from = [0.0], [0]
    for end in range(1, len(text) + 1):
        options = []
        for begin in range(max(0, end - longest), end):
            count = counts.get(text[begin:end], 0.5 if end - begin == 1 else 0)
            if count:
                options.append((best[begin] + np.log(count / total), begin))
        score, begin = max(options)
        best.append(score)
        came_from.append(begin)
    words, end = [], len(text)
    while end > 0:
        words.insert(0, text[came_from[end] : end])
        end = came_from[end]
    return words


# %% tags=["check"]
check("12.3", most_probable)

# %% [markdown] tags=["hint"]
# Section 4 has nearly all of it. New are the single characters, and that you need not look further back than the longest word
# of the dictionary. Add logarithms: a product of many small numbers soon is 0 in floating point.

# %% [markdown] tags=["exercise"]
# ### Exercise 12.4: Neighbours of the same theme
# *15 minutes · difficulty 2 of 3*
#
# Write `same_theme(words, vectors, theme_of, n)`. `words` lists the vocabulary, `vectors` has one row for each, and `theme_of` maps
# some words to a theme. For every word **of `theme_of`**: the share of its `n` nearest neighbours by cosine, itself left out, that
# have the same theme. Neighbours may be any words of the vocabulary. A word without a vector has the share 0. Give the mean.


# %% tags=["stub"]
def same_theme(words, vectors, theme_of, n):
    """Give the mean share of neighbours with the same theme."""
    ...  # your code here


# %% tags=["solution"]
def same_theme(words, vectors, theme_of, n):
    """Give the mean share of neighbours with the same theme."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -np.inf)
    rows = {word: row for row, word in enumerate(words)}
    shares = []
    for word, theme in theme_of.items():
        share = 0.0
        if word in rows:
            near = np.argsort(-cosines[rows[word]])[:n]
            share = np.mean([theme_of.get(words[row]) == theme for row in near])
        shares.append(share)
    return np.mean(shares)


# %% tags=["check"]
check("12.4", same_theme)

# %% [markdown] tags=["hint"]
# Divide each row by its length; then the matrix product holds all cosines. Put minus infinity on the diagonal. `theme_of.get(word)`
# is None for a word without a theme, which equals no theme.

# %% [markdown] tags=["exercise"]
# ### Exercise 12.5: Read the vectors of others
# *15 minutes · difficulty 2 of 3*
#
# Write `load(path)` for word2vec's text format: a first line with the number of words and of dimensions, then a line for each
# word: the word, a space, the numbers with a space between each two. Give the list of words and an array of float32. The file is UTF-8,
# on every machine. A line ends with a line feed, and **only** a space separates: a word may hold the wide space U+3000, or
# a line separator U+2028, as tokens of the web do.


# %% tags=["stub"]
def load(path):
    """Give the words and the vectors of a file in word2vec's text format."""
    ...  # your code here


# %% tags=["solution"]
def load(path):
    """Give the words and the vectors of a file in word2vec's text format."""
    words, rows = [], []
    with Path(path).open(encoding="utf-8", newline="\n") as file:
        next(file)
        for line in file:
            word, *numbers = line.rstrip("\n").split(" ")
            words.append(word)
            rows.append([float(number) for number in numbers])
    return words, np.array(rows, dtype=np.float32)


# %% tags=["check"]
check("12.5", load)

# %% [markdown] tags=["hint"]
# `split()` without an argument cuts at every white space, U+3000 included: use `split(" ")`. `splitlines()` cuts at U+2028; going through
# the file line by line does not. And name the encoding.

# %% [markdown]
# ## In one breath
#
# Chinese has no spaces, so what counts as a word is your decision, and it comes before every vector. jieba takes the most probable
# cut under a word list with counts, found by dynamic programming; its list is Simplified, so Traditional text is cut better by way of
# its Simplified form, and your field's terms belong in a user dictionary. The two scripts are not one language in two fonts:
# characters merge and words differ. A word that the cut breaks has no vector, and its neighbours become its pieces. word2vec itself
# knows nothing of all this: NumPy and gensim give the same vectors here, too. A corpus from a grammar gives pretty neighbours by construction;
# shuffle the words and they are gone. Write `encoding="utf-8"` everywhere, split at `" "`, and check that a font has the glyphs.
#
# ## References
#
# - R. Sproat, T. Emerson (2003). *The first international Chinese word segmentation bakeoff.* SIGHAN 2.
#   [doi:10.3115/1119250.1119269](https://doi.org/10.3115/1119250.1119269). How segmenters are scored.
# - T. Mikolov, K. Chen, G. Corrado, J. Dean (2013a). *Efficient estimation of word representations in vector space.*
#   [arXiv:1301.3781](https://doi.org/10.48550/arXiv.1301.3781). CBOW.
# - R. Řehůřek, P. Sojka (2010). *Software framework for topic modelling with large corpora.* LREC workshop. gensim:
#   [radimrehurek.com/gensim](https://radimrehurek.com/gensim/).
# - Sun Junyi. *jieba.* [github.com/fxsjy/jieba](https://github.com/fxsjy/jieba). MIT licence.
# - BYVoid and others. *OpenCC.* [github.com/BYVoid/OpenCC](https://github.com/BYVoid/OpenCC). Apache licence 2.0.
# - The Unicode Consortium. *Unicode normalization forms*, Annex 15. [unicode.org/reports/tr15](https://unicode.org/reports/tr15/).
