# %% [markdown]
# # 08 Pre-trained vectors
#
# **150 minutes**, of them 65 for the exercises. You need: [lesson 02](02_skip_gram.ipynb), and a little NumPy. The
# cells take less than a minute; the first run trains the vectors that the lesson opens, the next ones find them.
#
# Afterwards you can
#
# - say what every byte of a file of GloVe or word2vec stands for, and read one with ten lines of your own,
# - load such a file with gensim, with `course_lib` and into `torch.nn.Embedding`, and convert between the formats,
# - say what cosine, dot product and the famous *king - man + woman* really answer,
# - deal with padding, unknown words and zero vectors, and measure what your choice costs,
# - recognise a broken file before it spoils your results, and say what such a file can never give you.

# %%
import dataclasses
import os
import struct
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from gensim.models import KeyedVectors
from gensim.test.utils import datapath

from course_lib import Embeddings, Word2VecSettings, datasets, formats, numpy_impl, plots
from course_lib.embeddings import unit

# %% [markdown]
# ## 1. A question on real words
#
# You have three hundred news documents and a question about their words. That is far too little text to learn
# vectors from. Others have read a hundred thousand times as much, and put their vectors on the web. Is that file what you
# need, and how would you notice if it is not?
#
# The lesson runs on a small file that needs no network: `"wikipedia-mini"`, skip-gram vectors that the course trains on
# its excerpt of Wikipedia. **To run it on real GloVe vectors, change this one line.** `"glove.6B.50d"` downloads them
# once (862 MB), and the lesson then takes some minutes and 3 GB of memory: it has 400,000 words to read and to write. The path of a text file
# in GloVe's format works, too. What the prose says about numbers is about `"wikipedia-mini"`.

# %%
source = "wikipedia-mini"  # or "glove.6B.50d", or the path of a file that you have

vectors = datasets.load_vectors(source)
path = Path(source) if Path(source).is_file() else datasets.vectors_path(source)
words, V = vectors.vocabulary, vectors.input_vectors
print(vectors)
for word in ["music", "moon", "france"]:
    print(f"{word:7s}", ", ".join(other for other, _ in vectors.most_similar(word, topn=4)))

# %% [markdown]
# One line, and *moon* knows *lunar*. Now let us distrust it.

# %% [markdown]
# ## 2. Open it and look
#
# A file of GloVe is a text. Here are its first three lines, cut off after four numbers, and what a line holds.

# %%
with path.open("rb") as file:
    first_lines = [file.readline() for _ in range(3)]
for line in first_lines:
    print(b" ".join(line.split(b" ")[:5]).decode(), "...")
print(
    "fields in a line:", {len(line.split(b" ")) for line in first_lines}, " last byte:", line[-1:]
)

# %% [markdown]
# A word, a space, $d$ numbers with a space between them, the end of the line. Nothing else: no header, no name of the
# program, no counts, no settings. The order is the only hint at frequency: most files begin with the most frequent word.
#
# The word2vec program writes two other formats. Let us make both from our file and look at their first bytes.

# %%
folder_kept = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
folder = Path(folder_kept.name)
formats.save_vectors(folder / "some.txt", words.words, V, "word2vec-text")
formats.save_vectors(folder / "some.bin", words.words, V, "word2vec-binary")
for name in ["some.txt", "some.bin"]:
    with (folder / name).open("rb") as file:
        print(name, file.readline(), "then", file.read(4))

# %% [markdown]
# Both begin with a **header**, the number of words and $d$, as text. After it the text format is GloVe's, while the
# binary one stores each number in the four bytes that it has in memory.
#
# | | header | word | numbers | made by |
# |---|---|---|---|---|
# | GloVe text | none | to the space before the last $d$ fields | decimal digits | GloVe |
# | word2vec text | `V d` | the same | decimal digits | word2vec, gensim; fastText's `.vec` |
# | word2vec binary | `V d` | to the first space | $4d$ bytes, float32, lowest byte first | word2vec, gensim |

# %% [markdown]
# ## 3. The idea in a picture
#
# Two words with two numbers each, first as GloVe's text, then as word2vec's binary. Each cell is a byte, in two
# hexadecimal digits, with its ASCII character below (a dot where there is none).

# %%
plots.file_bytes(
    [
        *[("word", b"king"), ("separator", b" "), ("number", b"1.0"), ("separator", b" ")],
        *[("number", b"0.5"), ("separator", b"\n"), ("word", b"the"), ("separator", b" ")],
        *[("number", b"-0.4"), ("separator", b" "), ("number", b"0.2"), ("separator", b"\n")],
    ],
    title="GloVe text: a line a word, and you have to know where the word ends",
)

# %%
plots.file_bytes(
    [
        *[("header", b"2 2\n"), ("word", b"king"), ("separator", b" ")],
        *[("number", struct.pack("<f", 1.0)), ("number", struct.pack("<f", 0.5))],
        *[("separator", b"\n"), ("word", b"the"), ("separator", b" ")],
        *[("number", struct.pack("<f", -0.4)), ("number", struct.pack("<f", 0.2))],
        ("separator", b"\n"),
    ],
    title="word2vec binary: a header, and every number has four bytes",
)

# %% [markdown]
# ## 4. The formulas
#
# **A number.** The four bytes of a float32 are 32 bits: one for the sign $s$, eight for the exponent $E$, 23 for the
# fraction $m$. They stand for
#
# $$
# (-1)^s \cdot 2^{E - 127} \cdot \left(1 + \frac{m}{2^{23}}\right), \qquad 1 \le E \le 254 . \tag{1}
# $$
#
# ($E = 0$ is kept for 0 and the numbers next to it, $E = 255$ for infinity and NaN.)
#
# That is a precision of about seven digits. Nine significant digits in decimal always bring the very same float32 back, so
# a text *can* hold it exactly. The published files of GloVe have fewer digits, and need no more.
#
# **Near.** Two ways to compare vectors, the dot product and its version for directions:
#
# $$
# v_a \cdot v_b = \lVert v_a \rVert \, \lVert v_b \rVert \cos(v_a, v_b), \qquad
# \cos(v_a, v_b) = \frac{v_a \cdot v_b}{\lVert v_a \rVert \, \lVert v_b \rVert} . \tag{2}
# $$
#
# **An analogy.** *man is to king as woman is to x*, answered by 3CosAdd (Mikolov et al. 2013c), with
# $\hat v = v / \lVert v \rVert$:
#
# $$
# x = \arg\max_{w \,\notin\, \{a,\, b,\, c\}} \cos(v_w,\; \hat v_b - \hat v_a + \hat v_c),
# \qquad a = \text{man},\ b = \text{king},\ c = \text{woman} . \tag{3}
# $$
#
# Keep an eye on what stands under the $\arg\max$. There are no gradients in this lesson: nothing is trained.

# %% [markdown]
# ## 5. Five words by hand
#
# The IN vectors of lesson 02. Write the text yourself: it is what you would type into an editor.

# %%
five = ["king", "queen", "wears", "the", "crown"]
by_hand = np.array([[1.0, 0.5], [0.8, 1.0], [0.2, -0.6], [-0.4, 0.2], [-0.6, 0.6]], np.float32)
glove_bytes = b"king 1.0 0.5\nqueen 0.8 1.0\nwears 0.2 -0.6\nthe -0.4 0.2\ncrown -0.6 0.6\n"
(folder / "five.txt").write_bytes(glove_bytes)
(folder / "five.w2v.txt").write_bytes(b"5 2\n" + glove_bytes)
print((folder / "five.w2v.txt").read_text())

# %% [markdown]
# For the binary file we need the bytes of each number. Take 0.8 with a pencil. It is $1.6 \cdot 2^{-1}$, so
# $E = 126$ and $m = 0.6 \cdot 2^{23} \approx 5033165$. In hexadecimal digits the 32 bits are `3f4ccccd`, and the
# lowest byte is written first:

# %%
four = struct.pack("<f", 0.8)
bits = int.from_bytes(four, "little")
sign, exponent, fraction = bits >> 31, bits >> 23 & 0xFF, bits & 0x7FFFFF
value = (-1) ** sign * 2.0 ** (exponent - 127) * (1 + fraction / 2**23)
print("bytes:", four.hex(" "), " sign", sign, " exponent", exponent, " fraction", fraction)
print(f"equation (1): {value:.4f}; that is exactly 0.8: {value == 0.8}")
print("it is the float32 next to 0.8:", value == float(np.float32(0.8)))

# %%
binary_bytes = b"5 2\n"
for word, row in zip(five, by_hand, strict=True):
    binary_bytes += word.encode() + b" " + struct.pack("<2f", *row.tolist()) + b"\n"
(folder / "five.bin").write_bytes(binary_bytes)
print("text:", len(glove_bytes), "bytes; binary:", len(binary_bytes), "bytes")

# %% [markdown]
# With so round numbers the text is as short as it gets. Real numbers have eight digits or so, and then the binary
# file is the smaller one; section 10 weighs them.

# %% [markdown]
# ## 6. The same in NumPy: two readers
#
# Ten lines each. In the text, mind where the word ends. `line.split()` would cut a word that holds a space into two. So
# we split **from the right**: the last $d$ fields are the numbers, whatever is left is the word.


# %%
def read_text(data, header=False):
    """Read the bytes of a text file: words, and an array of shape (V, d)."""
    lines = data.decode("utf-8").split("\n")
    first, rest = (lines[0], lines[1:]) if header else (None, lines)
    d = int(first.split()[1]) if header else lines[0].count(" ")
    words, rows = [], []
    for line in rest:
        if line:
            word, *numbers = line.rsplit(" ", d)
            words.append(word)
            rows.append(np.array(numbers, dtype=np.float32))
    return words, np.array(rows)


# %% [markdown]
# In the binary file a byte of a number may look like a space or like the end of a line. So the reader never searches
# there: it looks for the space that ends the word, then takes exactly $4d$ bytes. `"<f4"` says lowest byte first.


# %%
def read_binary(data):
    """Read the bytes of a word2vec binary file: words, and an array of shape (V, d)."""
    place = data.index(b"\n") + 1
    V, d = map(int, data[:place].split())
    words, rows = [], []
    for _ in range(V):
        space = data.index(b" ", place)
        words.append(data[place:space].strip(b"\n").decode("utf-8"))
        place = space + 1 + 4 * d
        rows.append(np.frombuffer(data[space + 1 : place], dtype="<f4"))
    return words, np.array(rows)


# %% [markdown]
# (`strip(b"\n")`: the original program ends each row by a line break, gensim does not. Both are read.)

# %%
for name, read in [("text", read_text), ("binary", read_binary)]:
    found, matrix = read(glove_bytes if name == "text" else binary_bytes)
    print(f"{name:7s}", found, " same numbers:", np.array_equal(matrix, by_hand))

# %% [markdown]
# ## 7. The proof: the same bits
#
# Two judges that know nothing of our readers: gensim's and the library's. Equal *to the bit* means that the 32 bits are
# compared, not the numbers. First the five words in three formats, then the whole file of section 1.


# %%
def same_bits(a, b):
    """Say whether two arrays of float32 have the same bits."""
    return np.array_equal(np.asarray(a).view(np.uint32), np.asarray(b).view(np.uint32))


for name, gensim_options in [
    ("five.txt", {"no_header": True}),
    ("five.w2v.txt", {}),
    ("five.bin", {"binary": True}),
]:
    by_gensim = KeyedVectors.load_word2vec_format(str(folder / name), **gensim_options)
    by_library = formats.load_vectors(folder / name, cache=False)
    words_agree = by_gensim.index_to_key == by_library.vocabulary.words == five
    agree = same_bits(by_gensim.vectors, by_hand), same_bits(by_library.input_vectors, by_hand)
    print(f"{name:13s} words: {words_agree}; gensim, library to the bit: {agree}")

# %%
began = time.process_time()
by_gensim = KeyedVectors.load_word2vec_format(str(path), no_header=True)
gensim_seconds = time.process_time() - began
ours, ours_matrix = read_text(path.read_bytes())
binary_words, binary_matrix = read_binary((folder / "some.bin").read_bytes())
print("same words:", ours == words.words == binary_words == by_gensim.index_to_key)
print("ours and gensim:  ", same_bits(ours_matrix, by_gensim.vectors))
print("ours and library: ", same_bits(ours_matrix, V))
print("text and binary:  ", same_bits(ours_matrix, binary_matrix))

# %% [markdown]
# ## 8. gensim, and converting
#
# From GloVe's text to word2vec's, only a header is missing. For years one ran the script `glove2word2vec` to put it
# there. In gensim 4 it is **deprecated**: `load_word2vec_format(..., no_header=True)`, as above, reads the file as it is,
# and counts its lines first. To convert you need no script at all:

# %%
(folder / "converted.txt").write_bytes(b"%d %d\n" % V.shape + path.read_bytes())
converted = KeyedVectors.load_word2vec_format(str(folder / "converted.txt"))
print("a header by hand is enough:", same_bits(converted.vectors, V))

# %% [markdown]
# All conversions, there and back. `save_vectors` writes as many digits as the float32 needs, and refuses a word with a
# space in it, which no reader could tell from the numbers. gensim's `save_word2vec_format` writes both word2vec formats.

# %%
for format, options in [
    ("glove", {"no_header": True}),
    ("word2vec-text", {}),
    ("word2vec-binary", {"binary": True}),
]:
    formats.save_vectors(folder / "copy", words.words, V, format)
    back = KeyedVectors.load_word2vec_format(str(folder / "copy"), **options)
    by_gensim.save_word2vec_format(str(folder / "gensims"), binary=format == "word2vec-binary")
    gensims = formats.load_vectors(folder / "gensims", cache=False)
    agree = same_bits(back.vectors, V), same_bits(gensims.input_vectors, V)
    print(f"{format:16s} written by us, read by gensim, and the other way round: {agree}")

# %% [markdown]
# What gensim gives you is a `KeyedVectors`, not a `Word2Vec`. It answers, but has no model behind it. And the counts that
# it shows for such a file are **made up** from the order of the rows:

# %%
print("cosine, gensim and ours agree:", end=" ")
print(np.isclose(by_gensim.similarity("moon", "sun"), vectors.similarity("moon", "sun"), atol=1e-6))
print("can be trained on:", hasattr(by_gensim, "train"))
made_up = [by_gensim.get_vecattr(word, "count") for word in by_gensim.index_to_key[:3]]
print("its counts are V, V - 1, V - 2:", made_up == [len(words) - n for n in range(3)])
print("our counts:", words.counts)

# %% [markdown]
# ## 9. Into PyTorch
#
# `torch.nn.Embedding.from_pretrained` makes a layer of a matrix. By default it is **frozen** and **shares its memory**
# with the matrix. What you write into one stands in the other, without a warning.

# %%
matrix = by_hand.copy()
layer = torch.nn.Embedding.from_pretrained(torch.from_numpy(matrix))
print("learns:", layer.weight.requires_grad)
matrix[0, 0] = 9
print("row of king in the layer after matrix[0, 0] = 9:", layer.weight[0].tolist())
print("the layer has no word:", [name for name, _ in layer.named_parameters()])

# %% [markdown]
# The layer knows rows, not words. You keep the list of words, and it has to be the same at every use.
#
# A model also needs two rows that the file does not have: one for **padding**, since sentences differ in length, and one
# for **unknown** words. Put them in front. A common stand-in for an unknown word is the mean of all vectors (GloVe's own
# `<unk>` is the mean of the rarest ones); section 12 measures what it costs, and what is better.

# %%
padding, unknown = 0, 1
with_extra = np.vstack([np.zeros_like(V[:1]), V.mean(axis=0, keepdims=True), V])
trainable = torch.from_numpy(with_extra.copy())
model = torch.nn.Embedding.from_pretrained(trainable, freeze=False, padding_idx=padding)


def to_rows(tokens, length=6):
    """Give the rows of a sentence: unknown words are row 1, the end is filled up with row 0."""
    rows = words.encode(tokens, unknown=-1) + 2
    return np.pad(rows, (0, length - len(rows)), constant_values=padding)


batch = [["the", "moon"], ["the", "zyxxy", "and", "music"]]
rows = torch.from_numpy(np.array([to_rows(tokens) for tokens in batch], dtype=np.int64))
print(
    "unknown and padding:",
    [(row == 1).sum().item() for row in rows],
    [(row == 0).sum().item() for row in rows],
)

# %% [markdown]
# Now one step of training with `freeze=False`. Which rows move?

# %%
loss = (model(rows) - 1).pow(2).mean()
loss.backward()
torch.optim.SGD(model.parameters(), lr=0.1).step()
moved = np.flatnonzero((model.weight.detach().numpy() != with_extra).any(axis=1))
print("rows moved:", np.array_equal(moved, np.unique(rows.numpy()[rows.numpy() > 0])), len(moved))
print("the padding row is still zero:", not model.weight[padding].any().item())
print("the unknown row moved:", unknown in moved)

# %% [markdown]
# The four known words and the unknown row. `padding_idx` means "no gradient"; it does **not** make the row zero, so if you
# forget the zeros, padding has a meaning. And an optimiser with weight decay moves every word, whether a text has shown it
# or not, and the padding row, too, if it is not zero:

# %%
careless = torch.nn.Embedding.from_pretrained(torch.from_numpy(V[:100] + 0), padding_idx=0)
print("padding_idx alone makes a zero row:", not careless.weight[0].any().item())
decayed = torch.nn.Embedding.from_pretrained(trainable.clone(), freeze=False, padding_idx=padding)
before = decayed.weight.detach().clone()
before[padding] = decayed.weight.data[padding] = 1.0  # somebody forgot the zeros
optimizer = torch.optim.AdamW(decayed.parameters(), lr=0.1)
(decayed(rows) - 1).pow(2).mean().backward()
optimizer.step()
moved = (decayed.weight.detach() != before).any(dim=1)
print("AdamW moved every row:", moved.all().item(), " the padding row, too:", moved[padding].item())

# %% [markdown]
# ## 10. Memory and time, measured
#
# A vector is $4d$ bytes in float32, whatever the format of the file was:

# %%
for name, rows, d in [
    ("this file", *V.shape),
    ("glove.6B.50d", 400_000, 50),
    ("glove.840B.300d", 2_200_000, 300),
    ("word2vec-google-news-300", 3_000_000, 300),
]:
    print(
        f"{name:25s} {rows * d * 4 / 1e6:7,.0f} MB in float32, {rows * d * 2 / 1e6:7,.0f} MB in float16"
    )
sizes = {name: (folder / name).stat().st_size for name in ["some.txt", "some.bin"]}
print(f"on the disk, text to binary: {sizes['some.txt'] / sizes['some.bin']:.1f} to 1")

# %% [markdown]
# **Time.** Parsing digits is slow, copying bytes is not. `load_vectors` leaves a copy beside the file, with the matrix as it
# stands in memory, and **maps** it the next time: nothing is read before you touch it. The copy is used only while the
# file is unchanged. We measure the time of the processor, in milliseconds (your numbers will differ):


# %%
def milliseconds(load, times=3):
    """Give the shortest processor time of some calls."""
    best = np.inf
    for _ in range(times):
        began = time.process_time()
        load()
        best = min(best, time.process_time() - began)
    return 1000 * best


cost = {
    "gensim, text": 1000 * gensim_seconds,
    "ours, text": milliseconds(lambda: formats.load_vectors(path, cache=False)),
    "ours, binary": milliseconds(lambda: formats.load_vectors(folder / "some.bin", cache=False)),
    "ours, the copy": milliseconds(lambda: formats.load_vectors(path)),
    "ours, 1000 words": milliseconds(lambda: formats.load_vectors(path, limit=1000, cache=False)),
}

# %% tags=["nbval-ignore-output"]
for name, needed in cost.items():
    print(f"{name:17s} {needed:8.1f} ms")

# %%
print("our text at least twice as fast as gensim's:", cost["gensim, text"] > 2 * cost["ours, text"])
print("binary is faster than text:   ", cost["ours, text"] > 1.5 * cost["ours, binary"])
print("the copy is 20 times as fast: ", cost["ours, text"] > 20 * cost["ours, the copy"])
print("`limit` saves time:           ", cost["ours, text"] > 1.5 * cost["ours, 1000 words"])

# %% [markdown]
# **float16** has 11 bits for the digits in the place of 24. Half the memory, and the nearest word stays the same
# for nearly all of 1,000 words:

# %%
half = formats.load_vectors(path, dtype="float16", cache=False).input_vectors
asked, near = np.arange(min(1000, len(V))), min(len(V), 30_000)


def nearest_rows(matrix):
    """Give the nearest other word of the first words, among the 30,000 most frequent."""
    units = unit(matrix[:near])
    cosines = units[asked] @ units.T
    cosines[asked, asked] = -1
    return cosines.argmax(axis=1)


print("memory:", half.nbytes / V.nbytes, " same nearest word for 99 in 100:", end=" ")
print(np.mean(nearest_rows(half) == nearest_rows(V)) > 0.99)

# %% [markdown]
# ## 11. Real words: cosine, dot, and what an analogy answers
#
# ### Cosine and dot disagree
#
# By (2), the dot product is the cosine times both lengths. The length of the query is the same for all candidates, that of
# the candidate is not. So the dot product prefers **long** vectors. Which words have long ones?

# %%
plots.vector_lengths(
    V[:400_000],
    words.words,
    ["the", "king", "moon"],
    title="Length goes with frequency, but not in a simple way",
)

# %% [markdown]
# Length has to do with frequency, and not in a simple way. Here the most frequent words have short vectors: they stand
# beside everything and point nowhere. Words of one topic (*moon*) have long ones. Other trainings give other curves, so look
# before you use a dot product. What it does:

# %%
for word in ["the", "king", "moon"]:
    row = words.index(word)
    for name, scores in [("cosine", unit(V) @ unit(V[row])), ("dot", V @ V[row])]:
        best = np.argsort(-scores, kind="stable")[:5]
        print(f"{word:5s} {name:7s}", ", ".join(words.decode(best)))

# %% [markdown]
# By the dot product *the* is not even its own nearest word: words with longer vectors beat it. How often does that happen, for
# the first thousand words? And how often do both agree on the nearest *other* word?

# %%
dots = V[asked] @ V[:near].T
own = np.mean(dots.argmax(axis=1) == asked)
dots[asked, asked] = -np.inf
agree = np.mean(dots.argmax(axis=1) == nearest_rows(V))
print(f"a word is its own nearest by dot: {own:.0%}")
print(f"cosine and dot name the same neighbour: {agree:.0%}")

# %% [markdown]
# ### king - man + woman
#
# The most quoted sum of the field. Here it is, once as every library answers, and once by the plain arithmetic:

# %%
answer = vectors.most_similar(["king", "woman"], ["man"], topn=3)
print("as libraries answer:", ", ".join(word for word, _ in answer))
a, b, c = (unit(V[words.index(word)]) for word in ["man", "king", "woman"])
plain = np.argsort(-(unit(V) @ (b - a + c)), kind="stable")[:4]
print("plain arithmetic:   ", ", ".join(words.decode(plain)))

# %% [markdown]
# The nearest word to *king - man + woman* is **king**. Libraries, and (3), leave the three words of the question out. On
# half a million words of text the rest is not *queen* either. Is that a single case? gensim carries the 19,544 questions
# of Mikolov et al. (2013a). We ask all those whose four words we have; among the 30,000 most frequent words, as usual.

# %%
lines = Path(datapath("questions-words.txt")).read_text(encoding="utf-8").lower().splitlines()
asked_all = [line.split() for line in lines if not line.startswith(":")]
units = unit(V[:near])
row_of = {word: row for row, word in enumerate(words.words[:near])}
covered = [q for q in asked_all if all(word in row_of for word in q)]
questions = np.array([[row_of[word] for word in q] for q in covered])
print(
    f"{len(covered):,} of {len(asked_all):,} questions are covered: {len(covered) / len(asked_all):.0%}"
)

# %%
answers = {"plain": [], "excluded": [], "c alone": []}
for part in np.array_split(questions, max(1, len(questions) // 200)):
    a, b, c, _ = part.T
    line_numbers = np.arange(len(part))[:, None]
    scores = (units[b] - units[a] + units[c]) @ units.T
    answers["plain"].append(scores.argmax(axis=1))
    scores[line_numbers, part[:, :3]] = -np.inf
    answers["excluded"].append(scores.argmax(axis=1))
    alone = units[c] @ units.T
    alone[line_numbers, part[:, :3]] = -np.inf
    answers["c alone"].append(alone.argmax(axis=1))
answers = {name: np.concatenate(parts) for name, parts in answers.items()}

# %%
a, b, c, d = questions.T
names = ["c", "b", "a", "the answer d"]
share = [np.mean(answers["plain"] == word) for word in (c, b, a, d)]
share.append(1 - sum(share))
plots.bars(
    np.array(share),
    [*names, "another word"],
    highlight=["the answer d"],
    ylabel="share of the questions",
    title="a : b = c : d. Without exclusion the nearest word is mostly one of the question",
)

# %%
print(f"nearest is a word of the question: {sum(share[:3]):.0%}")
print(f"right without exclusion: {share[3]:.1%}")
print(f"right with exclusion:    {np.mean(answers['excluded'] == d):.1%}")
print(f"nearest to c alone:      {np.mean(answers['c alone'] == d):.1%}")

# %% [markdown]
# For four questions in five the nearest word is one of the three that you put in. Multiply (3) out: the score of $w$ is
# $\cos(w, b) - \cos(w, a) + \cos(w, c)$, and for $w = c$ the last term is 1, the most there can be. Excluding the words turns "nearly nothing right" into "a few right". And
# if you ask for the neighbour of $c$ alone, with no $a$ and no $b$, nearly two thirds as many are right
# (Linzen 2016 found the like on large vectors). On 4,288 genuine rows of glove.6B.50d we
# once measured 65 % with exclusion, 44 % without, and 31 % for $c$ alone: far better vectors, an easier choice among fewer
# words, and the same lesson. Compare all of these numbers, not only the one that papers print. Lesson 09 takes analogies apart.

# %% [markdown]
# ## 12. Coverage: words that the file does not have
#
# How much of *your* text does the file know? Count tokens, and count different words: the two tell different stories.

# %%
news = datasets.load_corpus("lee")
counts = Counter(token for document in news for token in document)
known = {word: count for word, count in counts.items() if word in words}
print(f"tokens known: {sum(known.values()) / sum(counts.values()):.0%}")
print(f"words known:  {len(known) / len(counts):.0%}")
missing = [word for word, _ in counts.most_common() if word not in words]
print("most frequent missing:", ", ".join(missing[:8]))

# %% [markdown]
# The missing words are those that the news is *about*. Also, **case and tokens must match** those of the training. The same
# news, cut at white space only, as one is tempted to:

# %%
raw = Path(datapath("lee_background.cor")).read_text(encoding="utf-8").split()
print("a piece of it:", raw[43:52])
for name, tokens in [
    ("split()", raw),
    ("split(), lower case", [token.lower() for token in raw]),
    ("tokenised as in training", [token for document in news for token in document]),
]:
    print(f"{name:25s} {np.mean([token in words for token in tokens]):.0%} of the tokens known")

# %% [markdown]
# (glove.6B is in lower case, with *n't* and *'s* as tokens of their own; Google's News vectors keep upper case and join phrases,
# *New_York*.) Ask for a missing word and you get an error that helps, not a vector of zeros:

# %% tags=["raises-exception"]
vectors.vector("Moon")

# %% [markdown]
# ### What a zero vector does
#
# Many programs put zeros for unknown words. A zero vector has no direction. By (2) its cosine is 0/0:

# %%
zero, moon = np.zeros_like(V[0]), vectors.vector("moon")
with np.errstate(invalid="ignore"):
    naive = zero @ moon / (np.linalg.norm(zero) * np.linalg.norm(moon))
print("cosine as in the formula:", naive)
print("torch:", torch.cosine_similarity(torch.tensor(zero), torch.tensor(moon), dim=0).item())
sentence = ["the", "moon", "zyxxy", "zyxxy"]
left_out = V[words.encode(sentence)].mean(axis=0)
zeros_in = V[words.encode(sentence)].sum(axis=0) / len(sentence)
print(
    f"mean with zeros: {np.linalg.norm(zeros_in) / np.linalg.norm(left_out):.2f} times as long,",
    end=" ",
)
print(f"cosine to the other {unit(zeros_in) @ unit(left_out):.2f}")

# %% [markdown]
# Zeros make a mean *shorter* and leave its direction. Harmless for the cosine, then. And for everything that measures
# distance? Here is a small classifier: which of the articles is a passage of 30 words from? The first half of each article
# gives a **centroid**, the mean of its vectors. Passages come from the second half. We make a share of their words
# unknown, and put in nothing, zeros, random vectors, or the mean of all.

# %%
articles = [words.encode(document) for document in datasets.load_corpus("wikipedia")]
articles = [rows for rows in articles if len(rows) > 2000]
centroids = np.array([V[rows[: len(rows) // 2]].mean(axis=0) for rows in articles])
rng = np.random.default_rng(1)
passages, right_article = [], []
for number, rows in enumerate(articles):
    for start in rng.integers(len(rows) // 2, len(rows) - 30, size=20):
        passages.append(rows[start : start + 30])
        right_article.append(number)
texts = V[np.array(passages)]  # (passages, 30, d)
print(
    f"{len(texts):,} passages, {len(articles)} articles; guessing is right in {1 / len(articles):.1%}"
)


# %%
def right(stand_in, known, measure):
    """Share of passages whose article is found; stand_in is put for words that are not known."""
    keep = known[:, :, None]
    if stand_in is None:
        means = (texts * keep).sum(axis=1) / keep.sum(axis=1)
    else:
        means = np.where(keep, texts, stand_in).mean(axis=1)
    if measure == "cosine":
        scores = means @ unit(centroids).T
    else:  # the squared distance, without |mean|^2, which is the same for all articles
        scores = 2 * means @ centroids.T - np.square(centroids).sum(axis=1)
    return np.mean(scores.argmax(axis=1) == right_article)


# %%
noise = rng.normal(scale=V.std(), size=texts.shape).astype(np.float32)
stand_ins = {"left out": None, "zeros": np.float32(0), "random": noise, "mean": V.mean(axis=0)}
shares = [0, 0.25, 0.5, 0.75]
found = {}
for gone in shares:
    known = rng.random(texts.shape[:2]) >= gone
    known[:, 0] |= ~known.any(axis=1)  # at least one word is known
    for name, stand_in in stand_ins.items():
        for measure in ("cosine", "distance"):
            found[name, measure, gone] = right(stand_in, known, measure)
for name, measure in dict.fromkeys(key[:2] for key in found):
    row = "  ".join(f"{found[name, measure, gone]:.0%}" for gone in shares)
    print(f"{name:9s} {measure:9s} {row}")

# %% [markdown]
# The columns are 0, 25, 50 and 75 % unknown words. **Leave unknown words out**, and the classifier loses slowly. Zeros with the
# cosine are the very same. Zeros with a distance are a disaster: all passages shrink towards the origin, and fall to whichever
# centroid is nearest to it. Random vectors hurt both ways. The mean of all vectors is better than zeros where a distance is
# taken, and worse than nothing for the cosine.

# %%
plots.bars(
    {
        name: np.array([found[name, "distance", gone] for gone in shares])
        for name in ("left out", "mean", "zeros")
    },
    ["none", "25 %", "50 %", "75 %"],
    ylabel="passages whose article is found",
    title="Zeros for unknown words ruin a classifier that measures distance",
)

# %% [markdown]
# ## 13. One matrix only: what such a file cannot do
#
# Skip-gram trains two vectors a word, IN and OUT. word2vec saves the IN vectors; GloVe saves the **sum** of its two. In the
# file there is one matrix, so whatever needs the other one is gone. The library says so:

# %% tags=["raises-exception"]
vectors.most_similar("moon", target="out")

# %% [markdown]
# **No IN-OUT neighbours**, hence no DESM (lesson 11), whose point is that *IN of the query meets OUT of the document*. Using
# the IN vectors twice gives other neighbours. On the toy text we have both:

# %%
toy = datasets.load_corpus("toy")
toy_settings = Word2VecSettings(
    vector_size=24, window=3, min_count=1, sample=0, alpha=0.05, min_alpha=0.05, epochs=12
)
both = numpy_impl.train_word2vec(toy, toy_settings)
for word in ["dog", "king"]:
    for target in ("in", "out"):
        near_words = sorted(other for other, _ in both.most_similar(word, topn=3, target=target))
        print(f"{word}, IN-{target.upper():3s}: {', '.join(near_words)}")

# %% [markdown]
# **No training on.** The next update needs OUT vectors, the counts of the words (for the noise and for subsampling), and the
# learning rate that was reached. Start values can be borrowed from a file: lesson 10 does it. But it is another training, not
# the same one resumed. Here is the mean loss over the next 200 sentences, and over all 5,000:

# %%
one_more = dataclasses.replace(toy_settings, epochs=1)
zeros = np.zeros_like(both.output_vectors)
starts = {
    "IN and OUT": both,
    "IN from a file, OUT zero": Embeddings(both.vocabulary, both.input_vectors, zeros),
    "nothing": Embeddings.initial(both.vocabulary, 24),
}
print(f"last epoch of the training {both.losses[-1]:.2f}")
for name, start in starts.items():
    losses = [
        numpy_impl.train_word2vec(part, one_more, initial=start).losses[0]
        for part in (toy[:200], toy)
    ]
    print(f"start from {name:24s} {losses[0]:.2f}, then {losses[1]:.2f}")

# %% [markdown]
# With both matrices the loss goes on where it was. With the IN vectors alone it jumps: the OUT vectors have to be learnt
# again. It is still far below a start from nothing, so borrowed IN vectors are worth having, and on so small a text the OUT
# vectors are back within an epoch. Only do not call it resuming. With GloVe's file it is worse: $w + \tilde w$ is neither of the
# two vectors that were trained. And the counts are not there at all:

# %% tags=["raises-exception"]
words.noise_distribution()

# %% [markdown]
# ## 14. Where it goes wrong
#
# Files from the web come in all states. A good reader gives you the right table, or refuses, with the line. The bad case is
# the third one: a table that is wrong. Here are eight files, each with one thing the matter, and two readers.

# %%
rows = "king 1.0 0.5\nqueen 0.8 1.0\nwears 0.2 -0.6\nthe -0.4 0.2\ncrown -0.6 0.6\n"
broken = {
    "a header, and we say none": "5 2\n" + rows,
    "a token with spaces": rows + ". . . 0.1 0.2\n",
    "a word twice": rows + "king 9.0 9.0\n",
    "cut off in a line": rows[:-9],
    "the header promises more": "9 2\n" + rows,
    "the header promises fewer": "3 2\n" + rows,
    "a web page": "<!DOCTYPE html>\n<html><body>404 Not Found</body></html>\n",
    "not a number": rows + "moon nan 1.0\n",
}


def outcome(load, name):
    """Say what a reader makes of a file: its last row, or its error."""
    (folder / "broken.txt").write_text(broken[name], encoding="utf-8")
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always", UserWarning)
            found, matrix = load(folder / "broken.txt")
    except (ValueError, EOFError) as error:
        return "refused: " + str(error).replace(str(folder) + os.sep, "").splitlines()[0][:90]
    last = ", ".join(f"{number:.1f}" for number in matrix[-1])
    return f"{len(found)} rows, last {found[-1]!r} ({last}){', and a warning' * len(told)}"


# %%
def with_gensim(file, header=False):
    found = KeyedVectors.load_word2vec_format(str(file), no_header=not header)
    return found.index_to_key, found.vectors


def with_gensim_and_header(file):
    return with_gensim(file, header=True)


def with_library(file):
    found = formats.load_vectors(file, cache=False)
    return found.vocabulary.words, found.input_vectors


for name in broken:
    print(f"{name}:")
    told_gensim = with_gensim_and_header if "promises" in name else with_gensim
    print("   gensim:", outcome(told_gensim, name))
    print("   ours:  ", outcome(with_library, name))

# %% [markdown]
# gensim stops at most of them, though its message names neither file nor line, and "could not convert string to float:
# 'html>'" does not tell a beginner that the *download* went wrong. Three times it gives a **wrong table** without a word: the
# word that comes twice becomes a row of zeros for the word `None`, a header that promises fewer rows cuts the file off, and
# NaN goes through into every mean that you will ever take.
#
# The tokens with spaces are known from glove.840B, where the spaces are non-breaking ones. gensim reads those, since it splits at the
# plain space only. Code that calls a bare `split()` does not:

# %%
line = "at\N{NO-BREAK SPACE}all 0.1 0.2"
print("split():   ", len(line.split()), "fields for a word and two numbers")
print('split(" "):', len(line.split(" ")), "fields")

# %% [markdown]
# ### A cut that nobody can see
#
# No reader can help if a text without a header is cut in the middle of its very last number:

# %%
for cut in (1, 3, 4):
    broken["cut"] = rows[:-cut]
    print(f"{cut} bytes missing: {outcome(with_library, 'cut')}")

# %% [markdown]
# *crown* has become (-0.6, 0.0), and it is a fine file. Not even a header would tell: the number of rows is right. A checksum
# would, or the size that the page promises. In a binary file every missing byte of a number is seen:

# %%
for cut in (1, 3, 4):
    (folder / "cut.bin").write_bytes(binary_bytes[:-cut])
    try:
        print(cut, "bytes missing:", formats.load_vectors(folder / "cut.bin", cache=False))
    except ValueError as error:
        print(cut, "bytes missing:", str(error).replace(str(folder) + os.sep, "")[:75], "...")

# %% [markdown]
# (The first byte is only the last line break, and nothing is lost.)
#
# ### "The file is a word2vec model"
#
# It is a table. What decides about your result is how it was made: text, tokens, window, lower case, how many words were cut
# off. None of that is in the file. Keep the page that you have it from, and write its name and version into your report.

# %% [markdown]
# ## Exercises
#
# Write the heart of this lesson yourself.

# %% tags=["exercise-setup"]
import numpy as np

from course_lib.checks import check

# %% [markdown] tags=["exercise"]
# ### Exercise 08.1: A line of a text file
# *10 minutes · difficulty 1 of 3*
#
# Write `read_line(line, d)`. It takes one line of a text file, a string that ends in `"\n"`, and gives two things: the word,
# and its `d` numbers as an array of float32. The word may hold spaces: `read_line(". . . 0.5 -1\n", 2)` is
# `(". . .", [0.5, -1])`. Some programs leave a space at the end of each line, before `"\n"`.


# %% tags=["stub"]
def read_line(line, d):
    """Give the word and its vector, an array of float32 of shape (d,)."""
    ...  # your code here


# %% tags=["solution"]
def read_line(line, d):
    """Give the word and its vector, an array of float32 of shape (d,)."""
    word, *numbers = line.rstrip(" \n").rsplit(" ", d)
    return word, np.array(numbers, dtype=np.float32)


# %% tags=["check"]
check("08.1", read_line)

# %% [markdown] tags=["hint"]
# `rsplit(" ", d)` cuts at most `d` times, from the right. Remove what stands at the end of the line first, but mind that a
# bare `strip()` also takes away non-breaking spaces, which can belong to a word.

# %% [markdown] tags=["exercise"]
# ### Exercise 08.2: A binary file
# *15 minutes · difficulty 2 of 3*
#
# Write `read_binary(data)`. `data` are the bytes of a word2vec binary file. Give the list of words and the array of
# float32, shape `(V, d)`. Rows may end by `b"\n"` or not. Words are UTF-8, and any byte may occur among the numbers.


# %% tags=["stub"]
def read_binary(data):
    """Give the words, a list of str, and the vectors, shape (V, d)."""
    ...  # your code here


# %% tags=["solution"]
def read_binary(data):
    """Give the words, a list of str, and the vectors, shape (V, d)."""
    place = data.index(b"\n") + 1
    V, d = map(int, data[:place].split())
    words, rows = [], []
    for _ in range(V):
        space = data.index(b" ", place)
        words.append(data[place:space].lstrip(b"\n").decode("utf-8"))
        place = space + 1 + 4 * d
        rows.append(np.frombuffer(data[space + 1 : place], dtype="<f4"))
    return words, np.array(rows)


# %% tags=["check"]
check("08.2", read_binary)

# %% [markdown] tags=["hint"]
# Keep the place where you are. The header ends at the first `b"\n"`. Then, for each word: `data.index(b" ", place)` finds the end
# of the word, and exactly `4 * d` bytes later the next row begins. `np.frombuffer(piece, dtype="<f4")` reads the numbers.

# %% [markdown] tags=["exercise"]
# ### Exercise 08.3: The matrix of an embedding layer
# *15 minutes · difficulty 2 of 3*
#
# Write `layer_matrix(my_words, table)`. `table` is a dict from a word to its vector, shape `(d,)`; `my_words` are the words of
# your model. Give an array of shape `(len(my_words) + 2, d)`. Row 0 is for padding: zeros. Row 1 is for unknown words: the mean
# of all vectors **of the table**. Row `i + 2` is the vector of `my_words[i]`, and the mean where the table does not have it.


# %% tags=["stub"]
def layer_matrix(my_words, table):
    """Give the matrix of the layer, shape (len(my_words) + 2, d)."""
    ...  # your code here


# %% tags=["solution"]
def layer_matrix(my_words, table):
    """Give the matrix of the layer, shape (len(my_words) + 2, d)."""
    mean = np.mean(list(table.values()), axis=0)
    rows = [np.zeros_like(mean), mean]
    rows += [table.get(word, mean) for word in my_words]
    return np.array(rows)


# %% tags=["check"]
check("08.3", layer_matrix)

# %% [markdown] tags=["hint"]
# Take the mean before you add the row of zeros. `table.get(word, mean)` gives the mean where the word is missing.

# %% [markdown] tags=["exercise"]
# ### Exercise 08.4: An analogy, with and without exclusion
# *15 minutes · difficulty 2 of 3*
#
# Write `analogy(vectors, a, b, c, exclude)`. `vectors` has shape `(V, d)`; `a`, `b` and `c` are rows. Give the **row** of the
# nearest word, by cosine, to $\hat v_b - \hat v_a + \hat v_c$, where $\hat v$ has length 1. With `exclude=True` the rows `a`,
# `b` and `c` are not allowed; with `exclude=False` they are.


# %% tags=["stub"]
def analogy(vectors, a, b, c, exclude):
    """Give the row of the word that answers "a is to b as c is to ?"."""
    ...  # your code here


# %% tags=["solution"]
def analogy(vectors, a, b, c, exclude):
    """Give the row of the word that answers "a is to b as c is to ?"."""
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = units @ (units[b] - units[a] + units[c])
    if exclude:
        cosines[[a, b, c]] = -np.inf
    return int(np.argmax(cosines))


# %% tags=["check"]
check("08.4", analogy)

# %% [markdown] tags=["hint"]
# Scale all rows to length 1 first. The length of the sum makes no difference to the ranking, so you need not divide by it. Cosines may
# all be negative, so 0 does not exclude a word.

# %% [markdown] tags=["exercise"]
# ### Exercise 08.5: The vector of a document
# *10 minutes · difficulty 1 of 3*
#
# Write `document_vector(tokens, table, d)`: the mean of the vectors of the tokens that are in the dict `table`. A word that comes
# twice counts twice. Unknown words are left out. If no word is known, give a vector of `d` zeros, not NaN.


# %% tags=["stub"]
def document_vector(tokens, table, d):
    """Give the mean vector of the known tokens, shape (d,)."""
    ...  # your code here


# %% tags=["solution"]
def document_vector(tokens, table, d):
    """Give the mean vector of the known tokens, shape (d,)."""
    known = [table[token] for token in tokens if token in table]
    return np.mean(known, axis=0) if known else np.zeros(d)


# %% tags=["check"]
check("08.5", document_vector)

# %% [markdown] tags=["hint"]
# Collect the vectors in a list first. The mean of an empty list is NaN, with a warning.

# %% [markdown]
# ## In one breath
#
# A file of vectors is a table: words and one vector each, as text without a header (GloVe), with one, or as float32 after a
# header. Split text from the right, and count bytes in binary; all readers then agree to the bit. `no_header=True` replaced
# `glove2word2vec`. `from_pretrained` freezes and shares memory; padding and unknown words need rows of their own. Binary is
# smaller and faster than text, and a mapped copy is there at once. Dot products prefer long vectors. The nearest word to
# *king - man + woman* is *king*: the exclusion of the question's words makes the famous answer possible. Leave unknown words out;
# zeros ruin distances. The file holds no OUT vectors and no counts, so it is the end of a training and not a model. Next:
# looking at and judging embeddings (lesson 09).
#
# ## References
#
# - J. Pennington, R. Socher, C. D. Manning (2014). *GloVe: Global vectors for word representation.* EMNLP 2014. The files:
#   <https://nlp.stanford.edu/projects/glove/>. [doi:10.3115/v1/D14-1162](https://doi.org/10.3115/v1/D14-1162)
# - T. Mikolov, K. Chen, G. Corrado, J. Dean (2013a). *Efficient estimation of word representations in vector space.*
#   The 19,544 questions. [arXiv:1301.3781](https://doi.org/10.48550/arXiv.1301.3781)
# - T. Mikolov, W. Yih, G. Zweig (2013c). *Linguistic regularities in continuous space word representations.* NAACL-HLT
#   2013. The analogies and (3). [ACL Anthology N13-1090](https://aclanthology.org/N13-1090/)
# - T. Linzen (2016). *Issues in evaluating semantic spaces using word analogies.* RepEval 2016.
#   [doi:10.18653/v1/W16-2503](https://doi.org/10.18653/v1/W16-2503)
# - IEEE (2019). *Standard for floating-point arithmetic*, IEEE 754-2019. Our (1).
#   [doi:10.1109/IEEESTD.2019.8766229](https://doi.org/10.1109/IEEESTD.2019.8766229)
# - R. Řehůřek, P. Sojka (2010). *Software framework for topic modelling with large corpora.* LREC 2010 workshop. gensim.
