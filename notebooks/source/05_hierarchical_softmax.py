# %% [markdown]
# # 05 Hierarchical softmax
#
# **150 minutes**, of them 65 for the exercises. You need: [lesson 02](02_skip_gram.ipynb), the chain
# rule, and the logistic function $\sigma(x) = 1/(1 + e^{-x})$; for the comparison in section 13 also
# [lesson 04](04_negative_sampling.ipynb). The cells take less than a minute.
#
# Afterwards you can
#
# - build a Huffman tree from the counts of a text, and say what a word costs in it,
# - write the probability of a word as a product of turns, and prove that all of them sum to one,
# - derive every gradient, make one update along a path by hand, and check it three ways,
# - say what gensim's `syn1` holds, and what it does not,
# - say from your own measurements when hierarchical softmax beats negative sampling, and when it does not.

# %%
import dataclasses
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from gensim.models import Word2Vec

from course_lib import (
    Embeddings,
    HuffmanTree,
    Vocabulary,
    Word2VecSettings,
    datasets,
    evaluation,
    gensim_impl,
    numpy_impl,
    plots,
    torch_impl,
    widgets,
)
from course_lib.embeddings import unit
from course_lib.numpy_impl.gradient_check import numerical_gradient
from course_lib.numpy_impl.objectives import sigmoid, word_probabilities
from course_lib.pairs import skipgram_pairs

# %% [markdown]
# ## 1. A question on real words
#
# I think of a word of the Wikipedia excerpt. You may ask questions that I answer with yes or no. How
# many do you need? If each question halves the words that are left, $\log_2 V$ of them.

# %%
wikipedia = datasets.load_corpus("wikipedia")
vocabulary = Vocabulary.from_sentences(wikipedia, min_count=5)
print(vocabulary)
print(f"halving the list: {np.log2(len(vocabulary)):.1f} questions")

# %% [markdown]
# You can do better if I took the word from a random place of the text. One token in thirteen is *the*. So ask for
# frequent words early and for rare words late. The best plan there is (Huffman 1952) needs this many:

# %%
tree = HuffmanTree.from_counts(vocabulary.counts)
print(tree)
print(f"on average over the tokens: {tree.mean_path_length():.2f} questions")
for word in ["the", "in", "water", "music", "crown"]:
    row = vocabulary.index(word)
    code = "".join(map(str, tree.codes[row]))
    print(f"{word:6s} seen {vocabulary.counts[row]:6,} times: {len(code):2d} questions, {code}")

# %% [markdown]
# Ten questions in place of 9,550 scores. That is the idea of **hierarchical softmax**: where the full
# softmax decides once among $V$ words, the model answers a few questions with two answers each. And it
# answers them from a vector, so that after *water* other answers are likely than after *music*.

# %% [markdown]
# ## 2. The idea in a picture
#
# The questions of such a plan make a binary tree. Each word is a leaf; each circle is an **inner node**, a
# question. You start at the root and turn left (0) or right (1) until you are at a word. The turns are the
# word's **code**. Here is the tree of the twelve most frequent words.

# %%
twelve = HuffmanTree.from_counts(vocabulary.counts[:12])
twelve.draw(vocabulary.words[:12], highlight="by")

# %% [markdown]
# What is learnt: each inner node has a vector $v'_n$. The centre word brings its IN vector $h = v_c$. (In
# [CBOW](03_cbow.ipynb), $h$ is the mean of the context; nothing else changes.) The dot
# product of the two, through $\sigma$, is the probability of turning **left** at that node.
#
# | maths | code | meaning | shape |
# |---|---|---|---|
# | $V$, $d$ | `V`, `d` | number of words, size of a vector | |
# | $h$ | `hidden` | the vector that predicts; here $v_c$ | $(d,)$ |
# | $n(w, j)$ | `tree.points[w][j]` | inner node number $j$ on the path of $w$; the root is $n(w, 0)$ | |
# | | `tree.codes[w][j]` | the turn there: 0 left, 1 right | |
# | $L(w)$ | `len(tree.codes[w])` | length of the path, in turns | |
# | $v'_n$ | `node_vectors[n]` | vector of inner node $n$ | $(V - 1, d)$, $(d,)$ |
# | $x_j$ | `scores` | $v'_{n(w,j)} \cdot h$ | $(L,)$ |
# | $t_j = 1 - \text{code}_j$ | `labels` | 1 where the path turns left | $(L,)$ |
# | $e_j = \sigma(x_j) - t_j$ | `error` | prediction error of a turn | $(L,)$ |
#
# Count the rows. There are $V - 1$ inner nodes, each with a vector, and the words have **no OUT vectors**.

# %% [markdown]
# ## 3. From counts to a tree
#
# Huffman's algorithm is one line long: *join the two rarest, again and again.* Five words and their counts:

# %%
five = ["king", "queen", "wears", "the", "crown"]
counts = [4, 3, 2, 10, 2]
heap = [(count, word) for count, word in zip(counts, five, strict=True)]
while len(heap) > 1:
    heap.sort(key=lambda item: item[0])
    (left_count, left), (right_count, right) = heap[:2]
    heap = [*heap[2:], (left_count + right_count, f"({left} {right})")]
    print(f"{left_count:2d} + {right_count:2d} = {left_count + right_count:2d}  {heap[-1][1]}")

# %% [markdown]
# The first join becomes node 0, the last one is the root, node $V - 2$. `HuffmanTree` does the same with a
# heap, which finds the two rarest without sorting everything again.

# %%
five_tree = HuffmanTree.from_counts(counts)
five_tree.draw(five, highlight="crown")

# %% [markdown]
# The most frequent word is one turn from the root, all others are three away. Its cost is the mean path, each
# word weighed by its count. It is never below the **entropy** $H = -\sum_w p(w) \log_2 p(w)$, and always less than
# one bit above it: a code with $\lceil -\log_2 p(w) \rceil$ turns for each word exists, it is that cheap, and no
# binary tree of the same words has a shorter mean path than Huffman's (Huffman 1952).
#
# $$
# H \;\le\; \sum_w p(w)\, L(w) \;<\; H + 1 . \tag{1}
# $$

# %%
lengths = five_tree.path_lengths()
print("turns:    ", dict(zip(five, lengths.tolist(), strict=True)))
print(f"mean path: {lengths @ counts / sum(counts):.3f} turns")
print(f"entropy:   {five_tree.entropy():.3f} bits; log2 V: {np.log2(5):.3f} bits")

# %% [markdown]
# ## 4. The formula
#
# At inner node $n$, with the vector $h$,
#
# $$
# p(\text{left} \mid n, h) = \sigma(v'_n \cdot h), \qquad
# p(\text{right} \mid n, h) = 1 - \sigma(v'_n \cdot h) = \sigma(-v'_n \cdot h) . \tag{2}
# $$
#
# The probability of a word is the product of the turns that lead to it. With the sign
# $s_j = 1 - 2\,\text{code}_j$, which is $+1$ for left and $-1$ for right,
#
# $$
# p(w \mid h) \;=\; \prod_{j=0}^{L(w) - 1} \sigma\bigl(s_j \; v'_{n(w,j)} \cdot h\bigr) . \tag{3}
# $$
#
# Mikolov et al. (2013b, equation 3) write $[\![\, n(w, j+1) = \mathrm{ch}(n(w, j)) \,]\!]$ for our $s_j$: $+1$ if the
# path goes on to "an arbitrary fixed child" of the node, else $-1$. In gensim, and here, that child is the left one.
#
# **They sum to one.** The root starts with probability 1. At each node the two turns share what has arrived
# there, since (2) sums to 1, so nothing is lost and nothing is added. At the leaves it has to be 1 again. No
# normalisation over $V$ words is needed, whatever the vectors are. On random vectors, of any length:

# %%
rng = np.random.default_rng(1)
for V, scale in [(5, 1), (50, 3), (len(vocabulary), 0.5)]:
    random_tree = HuffmanTree.from_counts(rng.integers(1, 1000, size=V))
    hidden, random_nodes = rng.normal(size=10), rng.normal(scale=scale, size=(V - 1, 10))
    p = word_probabilities(hidden, random_nodes, random_tree)
    print(f"{V:5,} words: the sum is 1: {np.isclose(p.sum(), 1)}, the largest is {p.max():.3f}")

# %% [markdown]
# ## 5. The gradients, in small steps
#
# The loss of a word is $-\log p(w \mid h)$. The product (3) becomes a sum:
#
# $$
# L \;=\; -\sum_{j} \log \sigma(s_j\, x_j), \qquad x_j = v'_{n(w,j)} \cdot h . \tag{4}
# $$
#
# **Step 1: a score.** We need one fact: $\sigma'(x) = \sigma(x)\,(1 - \sigma(x))$. So
# $\frac{d}{dx} \log \sigma(x) = 1 - \sigma(x)$. Where the path turns left, the term is $-\log \sigma(x_j)$, and its derivative
# is $\sigma(x_j) - 1$. Where it turns right, the term is $-\log \sigma(-x_j)$, and its derivative is
# $1 - \sigma(-x_j) = \sigma(x_j)$. With the label $t_j = 1 - \text{code}_j$ both are one formula:
#
# $$
# \frac{\partial L}{\partial x_j} \;=\; \sigma(x_j) - t_j \;=:\; e_j . \tag{5}
# $$
#
# Said minus true, as in lesson 02. Only that "true" is now *left or right*, once for each turn.
#
# **Step 2: the vector of a node.** A path never visits a node twice, so $v'_{n(w,j)}$ occurs in $x_j$ only:
#
# $$
# \frac{\partial L}{\partial v'_{n(w,j)}} \;=\; e_j \, h . \tag{6}
# $$
#
# **Step 3: the vector that predicts.** $h$ occurs in every score of the path:
#
# $$
# \frac{\partial L}{\partial h} \;=\; \sum_{j} e_j \, v'_{n(w,j)} \;=:\; EH . \tag{7}
# $$
#
# **Step 4: the update.**
#
# $$
# v'_{n(w,j)} \leftarrow v'_{n(w,j)} - \alpha\, e_j\, h \quad \text{for the nodes on the path}, \qquad
# h \leftarrow h - \alpha\, EH . \tag{8}
# $$
#
# In lesson 02 all $V$ rows of $W'$ moved for every pair. Here $L(w)$ rows move, and the other nodes have no
# gradient at all: they do not occur in (4). Nothing is sampled and nothing is left out. This is the exact
# gradient of a proper probability.

# %% [markdown]
# ## 6. Five words by hand
#
# The IN vectors are those of lesson 02. The pair is *king* (centre) and *crown*. The tree is the one of section
# 3, and its four inner nodes get round numbers.

# %%
W = np.array([[1.0, 0.5], [0.8, 1.0], [0.2, -0.6], [-0.4, 0.2], [-0.6, 0.6]])
nodes = np.array([[0.0, 0.2], [0.4, -0.2], [-0.4, 0.6], [-0.2, 0.0]])
king, crown = 0, 4
h = W[king]
path, code = five_tree.points[crown], five_tree.codes[crown]
print("the path of crown: nodes", path.tolist(), "with turns", code.tolist())

# %% [markdown]
# **Scores and turns.** Node 3: $-0.2 \cdot 1.0 + 0.0 \cdot 0.5 = -0.2$. Check one more with a pencil.

# %%
scores = nodes[path] @ h
left = sigmoid(scores)
turns = np.where(code == 0, left, 1 - left)
for n, x, p_left, c, turn in zip(path, scores, left, code, turns, strict=True):
    print(f"node {n}: score {x:5.2f}, p(left) {p_left:.4f}, turn {c}: {turn:.4f}")
print(f"p(crown | king) = {turns.prod():.4f}, loss = {-np.log(turns.prod()):.4f} nats")

# %% [markdown]
# The same for all five words at once: at every node the probability splits, at the leaves the products stand.

# %%
five_tree.draw(five, highlight="crown", left=sigmoid(nodes @ h))

# %%
p_before = word_probabilities(h, nodes, five_tree)
print(", ".join(f"{word} {p:.4f}" for word, p in zip(five, p_before, strict=True)))
print("sum:", p_before.sum().round(12))

# %% [markdown]
# **Errors and gradients**, equations (5) to (7). The labels are 0, 1, 0: right, left, right.

# %%
labels = 1 - code
error = sigmoid(scores) - labels
EH = error @ nodes[path]
for n, t, e in zip(path, labels, error, strict=True):
    print(f"node {n}: label {t}, e = {e:7.4f}, dL/dv' = {(e * h).round(4)}")
print("EH =", EH.round(4))

# %% [markdown]
# And **one step** with $\alpha = 0.5$. Both gradients are computed before anything moves.

# %%
alpha = 0.5
nodes_new, W_new = nodes.copy(), W.copy()
nodes_new[path] -= alpha * np.outer(error, h)
W_new[king] -= alpha * EH
plots.matrix_heatmaps(
    {"nodes before": nodes, "nodes after": nodes_new},
    ["node 0", "node 1", "node 2", "node 3 (root)"],
    change=True,
    title="The three nodes on the path of “crown” move, node 1 does not",
)

# %%
p_after = word_probabilities(W_new[king], nodes_new, five_tree)
print(f"loss before {-np.log(p_before[crown]):.4f}, after {-np.log(p_after[crown]):.4f}")
plots.bars({"before": p_before, "after": p_after}, five, highlight=["crown"])

# %% [markdown]
# *crown* has become more likely, as it should. Look at *wears*, too: it has **risen**. It shares the first two
# turns with *crown*, and those became more likely. Only the last turn speaks against it. In lesson 02
# every other word fell. So in a tree, the words that share your path profit from your examples, and they share
# it because of their counts. Section 13 comes back to that.

# %%
fallen = [word for word, a, b in zip(five, p_before, p_after, strict=True) if b < a]
print("risen: ", ", ".join(word for word in five if word not in fallen))
print("fallen:", ", ".join(fallen))

# %% [markdown]
# Forty steps, one at a time: press **Step**, or the right arrow. The tree is that of section 3, and step 1
# must show your numbers. See how few nodes move, and that the root moves in every step.
# (On GitHub and on paper you see a picture of step 1. Run the cell to get the buttons.)

# %%
lines = ["king crown", "the king wears the crown", "the queen wears the crown"]
step_settings = Word2VecSettings(
    objective="hierarchical-softmax", vector_size=2, window=2, shrink_windows=False, min_count=1,
    sample=0, alpha=alpha, min_alpha=alpha,
)  # fmt: skip
stepper = widgets.word2vec_steps(
    [line.split() for line in lines],
    step_settings,
    initial=Embeddings(Vocabulary(five, counts), W, node_vectors=nodes),
)

# %%
first = stepper.run.steps[0]
print("W as by hand:    ", np.allclose(first.input_after, W_new))
print("nodes as by hand:", np.allclose(first.output_after, nodes_new))
stepper

# %% [markdown]
# ## 7. The same in NumPy
#
# `skipgram_hierarchical_softmax` takes a batch of pairs. Paths have different lengths, and arrays are rectangles.
# So `tree.padded_paths` fills the short ones up, and a **mask** says what is real:

# %%
points, codes, mask = five_tree.padded_paths([crown, five.index("the")])
print("points:", points.tolist())
print("codes: ", codes.tolist())
print("mask:  ", mask.astype(int).tolist())

# %% [markdown]
# The heart of the function is these lines (they are `logistic_loss`, which
# [negative sampling](04_negative_sampling.ipynb) uses, too):
#
# ```python
# hidden = input_vectors[centers]                                # (B, d)
# scores = np.einsum("bd,bld->bl", hidden, node_vectors[points]) # (B, L)  the x_j of (4)
# error = mask * (sigmoid(scores) - (1 - codes))                 # (B, L)  equation (5)
# hidden_gradient = np.einsum("bl,bld->bd", error, node_vectors[points])            # (7)
# np.add.at(node_gradient, points, error[:, :, None] * hidden[:, None, :])          # (6)
# ```
#
# The mask multiplies the *error*, not the score. A score of 0 would be a turn with probability one half.

# %%
loss, W_gradient, node_gradient = numpy_impl.objectives.skipgram_hierarchical_softmax(
    W, nodes, np.array([king]), *five_tree.padded_paths([crown])
)
print("same loss:    ", np.isclose(loss, -np.log(turns.prod())))
print("same EH:      ", np.allclose(W_gradient[king], EH))
print("same dL/dv':  ", np.allclose(nodes - alpha * node_gradient, nodes_new))
print("off the path: ", node_gradient[1])

# %% [markdown]
# ## 8. The proof
#
# Two judges that know nothing of our algebra, as in lesson 02. The batch is mean: the centre *king* three times,
# a repeated pair, a word that predicts itself, and paths of different lengths.

# %%
centers, contexts = np.array([0, 0, 0, 3, 2]), np.array([4, 4, 3, 1, 2])
batch = five_tree.padded_paths(contexts)
objective = numpy_impl.objectives.skipgram_hierarchical_softmax
batch_loss, W_gradient, node_gradient = objective(W, nodes, centers, *batch)
by_differences = numerical_gradient(lambda m: objective(m, nodes, centers, *batch)[0], W)
nodes_by_differences = numerical_gradient(lambda m: objective(W, m, centers, *batch)[0], nodes)
print("same dL/dW, to 1e-9: ", np.allclose(by_differences, W_gradient, rtol=0, atol=1e-9))
print("same dL/dv', to 1e-9:", np.allclose(nodes_by_differences, node_gradient, rtol=0, atol=1e-9))

# %%
W_torch, nodes_torch = (torch.tensor(matrix, requires_grad=True) for matrix in (W, nodes))
as_tensors = [torch.tensor(array.astype(np.int64)) for array in (centers, *batch)]
torch_loss = torch_impl.objectives.skipgram_hierarchical_softmax(W_torch, nodes_torch, *as_tensors)
torch_loss.backward()
print("same loss:", np.isclose(torch_loss.item(), batch_loss, rtol=1e-12))
print("same dL/dW, to 1e-12: ", np.allclose(W_torch.grad, W_gradient, rtol=0, atol=1e-12))
print("same dL/dv', to 1e-12:", np.allclose(nodes_torch.grad, node_gradient, rtol=0, atol=1e-12))

# %% [markdown]
# ## 9. The same in PyTorch
#
# `SkipGramHierarchicalSoftmax` is a module with two embedding layers. Mind the shapes: the second one has a row
# for each *node*, one fewer than there are words. One step lands where your pencil did. It is what
# `torch.optim.SGD` did in lesson 02, written out.

# %%
model = torch_impl.objectives.SkipGramHierarchicalSoftmax(torch.tensor(W), torch.tensor(nodes))
one_pair = (np.array([king]), *five_tree.padded_paths([crown]))
model(*(torch.tensor(array.astype(np.int64)) for array in one_pair)).backward()
with torch.no_grad():
    for matrix in model.parameters():
        matrix -= alpha * matrix.grad
print(model)
print("W as by hand:    ", np.allclose(model.input_layer.weight.detach(), W_new))
print("nodes as by hand:", np.allclose(model.output_layer.weight.detach(), nodes_new))

# %% [markdown]
# What does the mask do? The path of *the* is one turn long. In a batch with *crown* it is filled up with node 0.
# Without the mask, node 0 would learn from *the*, although it is not on its path:

# %%
the_and_crown = five_tree.padded_paths([five.index("the"), crown])
both_centers = np.array([king, king])
_, _, with_mask = objective(W, nodes, both_centers, *the_and_crown)
_, _, without = objective(W, nodes, both_centers, *the_and_crown[:2])
print("node 0 with the mask:   ", with_mask[0].round(4))
print("node 0 without the mask:", without[0].round(4))

# %% [markdown]
# ## 10. Text with a planted structure
#
# The loss of hierarchical softmax is $-\log$ of a probability that sums to one over the words. So it can be
# compared with the loss of the full softmax, nat for nat. (That of negative sampling cannot: it is about noise
# words.) Both on the toy text of lesson 02, with the same 24 dimensions:

# %%
toy = datasets.load_corpus("toy")
toy_vocabulary = Vocabulary.from_sentences(toy, min_count=1)
toy_tree = HuffmanTree.from_counts(toy_vocabulary.counts)
settings = Word2VecSettings(
    objective="hierarchical-softmax",
    vector_size=24,
    window=3,
    min_count=1,
    sample=0,
    alpha=0.05,
    epochs=12,
)
trained = numpy_impl.train_word2vec(toy, settings)
by_softmax = numpy_impl.train_word2vec(toy, dataclasses.replace(settings, objective="softmax"))
print(trained)
for name, embeddings in [("hierarchical softmax", trained), ("full softmax", by_softmax)]:
    print(f"{name:21s}{embeddings.losses[-1]:.2f} nats a pair")

# %% [markdown]
# The tree costs nothing here. For each pair it answers 5.5 questions on average, where the softmax scores all 88
# words.

# %%
print(f"mean path {toy_tree.mean_path_length():.2f} turns, V = {len(toy_vocabulary)}")
for word in ["king", "paris", "cat"]:
    near = ", ".join(other for other, _ in trained.most_similar(word, topn=4))
    print(f"{word:6s} {near}")

# %% [markdown]
# ## 11. gensim
#
# `hs=1, negative=0` asks gensim for hierarchical softmax. (Why `negative=0` has to be there: section 13.) Its
# codes and paths are ours.

# %%
news = datasets.load_corpus("lee")
by_gensim = Word2Vec(
    news, sg=1, hs=1, negative=0, vector_size=24, epochs=2, min_count=5, seed=1, workers=1
)
news_vocabulary = Vocabulary.from_sentences(news, min_count=5)
news_tree = HuffmanTree.from_counts(news_vocabulary.counts)
same = [
    np.array_equal(by_gensim.wv.get_vecattr(word, name), ours[row])
    for name, ours in [("code", news_tree.codes), ("point", news_tree.points)]
    for row, word in enumerate(news_vocabulary.words)
]
print(f"{len(same):,} codes and paths compared, all equal: {all(same)}")

# %% [markdown]
# And so are its vectors. `exact=True` makes our trainer add numbers in gensim's order, so that not one bit differs.

# %%
news_settings = Word2VecSettings(
    objective="hierarchical-softmax", vector_size=24, epochs=2, exact=True
)
ours = numpy_impl.train_word2vec(news, news_settings)
print("same IN vectors, bit for bit:  ", np.array_equal(ours.input_vectors, by_gensim.wv.vectors))
print("same node vectors, bit for bit:", np.array_equal(ours.node_vectors, by_gensim.syn1[:-1]))

# %% [markdown]
# We had to leave out the last row of `syn1`. gensim allocates $V$ rows for $V - 1$ nodes, and never uses the last.

# %%
print("words:", len(by_gensim.wv), " shape of syn1:", by_gensim.syn1.shape)
print("the last row is zero:", not by_gensim.syn1[-1].any())
print("our OUT vectors:", ours.output_vectors, " our node vectors:", ours.node_vectors.shape)

# %% [markdown]
# As in lesson 02, gensim (and our replay of it) has the *context* word on the IN side, and walks the path of the
# *centre* word. A pair of near words comes in both orders about equally often, so the vectors mean the same either
# way, though they are not the same numbers.
#
# ## 12. Real text
#
# ### What a word costs
#
# The path of each word of the Wikipedia excerpt, against its count:

# %%
plots.path_lengths(vocabulary, ["the", "is", "music", "crown"])

# %% [markdown]
# A word costs about as many turns as its **surprise** $-\log_2 p(w)$, whose mean is the entropy. (1) is about the
# mean only; here no single word strays by as much as a turn. Then the table that the textbooks give:

# %%
surprise = -np.log2(vocabulary.counts / vocabulary.counts.sum())
apart = np.abs(tree.path_lengths() - surprise)
print(f"farthest from its surprise: {apart.max():.2f} turns")
for name, words in [("lee", news_vocabulary), ("wikipedia", vocabulary)]:
    its_tree = HuffmanTree.from_counts(words.counts)
    costs = its_tree.entropy(), its_tree.mean_path_length(), np.log2(len(words))
    print(f"{name:10s} entropy {costs[0]:.2f}, mean path {costs[1]:.2f}, log2 V {costs[2]:.2f}")

# %% [markdown]
# ### Training
#
# Five epochs, 50 dimensions, a few seconds. The five nearest words, in alphabetical order: some are so close to each
# other that their ranks differ between processors.

# %%
real_settings = Word2VecSettings(objective="hierarchical-softmax", vector_size=50)
real = numpy_impl.train_word2vec(wikipedia, real_settings, vocabulary=vocabulary)
print(real)
for word in ["three", "music", "moon", "battle"]:
    near = sorted(other for other, _ in real.most_similar(word, topn=5))
    print(f"{word:7s} {', '.join(near)}")

# %% [markdown]
# There are no OUT vectors, but there is something better: **probabilities**. Which words does the model expect
# beside *water*, much more than elsewhere? Divide $p(w \mid \text{water})$ by the frequency of $w$, and take the six
# words for which it is largest (in alphabetical order).

# %%
frequent_enough = vocabulary.counts >= 50
for word in ["water", "music", "war"]:
    p = word_probabilities(real.input_vectors[vocabulary.index(word)], real.node_vectors, tree)
    lift = np.where(frequent_enough, p * vocabulary.counts.sum() / vocabulary.counts, 0)
    expected = sorted(vocabulary.decode(np.argsort(-lift, kind="stable")[:6]))
    print(f"{word:6s} sum {p.sum():.3f}; expects {', '.join(expected)}")

# %% [markdown]
# ## 13. Where it goes wrong
#
# Six things that are often said or done, each with an experiment.
#
# ### "`syn1[i]` is the OUT vector of word `i`"
#
# `syn1` has as many rows as there are words, which invites the mistake. Row $i$ is **inner node** $i$. Row 0 is the join
# of two of the rarest words, and *the* (word 0) is not even below it. How many words have a row on their path?

# %%
V_news = len(news_vocabulary)
below = np.bincount(news_tree.flat_points, minlength=V_news)
for row in [0, 1, 1000, V_news - 2, V_news - 1]:
    print(f"row {row:4d} of syn1: on the paths of {below[row]:5,} words", end="; ")
    print("word", row, "is", news_vocabulary.words[row])
own = sum(row in path for row, path in enumerate(news_tree.points))
print(f"row i is on the path of word i for {own} of {V_news:,} words")

# %% [markdown]
# `Embeddings` keeps the two apart: what hierarchical softmax trains is called `node_vectors`, and to ask for OUT
# neighbours is an error, not a nonsense list.

# %% tags=["raises-exception"]
real.most_similar("water", target="out")

# %% [markdown]
# ### "The tree knows which words belong together"
#
# It knows counts. Two words that part at their last turn were seen about equally often, that is all:

# %%
word_at = {
    tuple(code.tolist()): word for code, word in zip(tree.codes, vocabulary.words, strict=True)
}
for word in ["war", "fish", "animals", "moon", "king"]:
    *turns_before, last = tree.codes[vocabulary.index(word)].tolist()
    sibling = word_at[(*turns_before, 1 - last)]
    pair_counts = [int(vocabulary.counts[vocabulary.index(w)]) for w in (word, sibling)]
    print(f"{word} and {sibling}, seen {pair_counts[0]} and {pair_counts[1]} times")

# %% [markdown]
# Does that hurt? Other trees cost more turns, but are they better? Morin and Bengio (2005) took theirs from WordNet,
# Mnih and Hinton (2009) from trained vectors. We can try, with a trick: without subsampling the trainer uses the counts
# for the tree only. Counts that are *nearly equal* give a tree of equal depth with the words in the order given.

# %%
V = len(toy_vocabulary)
flat = 10**9 - np.arange(V)


def halve(rows, vectors):
    """Order words so that each half, quarter and so on holds vectors that point the same way."""
    if len(rows) <= 2:
        return list(rows)
    spread = vectors[rows] - vectors[rows].mean(axis=0)
    _, directions = np.linalg.eigh(spread.T @ spread)
    rows, middle = rows[np.argsort(spread @ directions[:, -1])], len(rows) // 2
    return halve(rows[:middle], vectors) + halve(rows[middle:], vectors)


shuffled = np.random.default_rng(1).permutation(V)
by_meaning = halve(np.arange(V), unit(trained.input_vectors))
trees = {
    "Huffman": (np.arange(V), toy_vocabulary.counts),
    "Huffman, words shuffled": (np.arange(V), toy_vocabulary.counts[shuffled]),
    "equal depth, shuffled": (shuffled, flat),
    "equal depth, by meaning": (by_meaning, flat),
}

# %% [markdown]
# Each tree trains a model with 8 and one with 24 dimensions. We judge them on text that none of them has read:
# the same grammar with another seed. The mean path is that of the true counts.

# %%
rng = np.random.default_rng(2)
fresh = [toy_vocabulary.encode(tokens) for tokens in datasets.toy_corpus(1000, seed=2)]
fresh_centers, fresh_contexts = np.hstack([skipgram_pairs(rows, 3, rng) for rows in fresh])


def fresh_loss(order, counts, vector_size):
    """Train with a tree of one's own; give its loss on fresh text and its mean path."""
    words = Vocabulary(toy_vocabulary.decode(order), counts)
    tree, place = HuffmanTree.from_counts(counts), np.argsort(order)
    model = numpy_impl.train_word2vec(
        toy, dataclasses.replace(settings, vector_size=vector_size), vocabulary=words
    )
    p = word_probabilities(model.input_vectors, model.node_vectors, tree)
    loss = -np.log(p[place[fresh_centers], place[fresh_contexts]]).mean()
    return loss, tree.path_lengths()[place] @ toy_vocabulary.counts / toy_vocabulary.counts.sum()


# %%
long_losses = []
for name, (order, its_counts) in trees.items():
    short, mean_path = fresh_loss(order, its_counts, 8)
    long, _ = fresh_loss(order, its_counts, 24)
    long_losses.append(long)
    print(f"{name:24s} path {mean_path:.2f}   d = 8: {short:.2f} nats   d = 24: {long:.1f} nats")
print("d = 24, all within 0.01 nats:", np.ptp(long_losses) < 0.01)

# %% [markdown]
# With 24 dimensions the tree makes no difference to the loss. With 8 a tree by meaning is a little better than
# Huffman's and a shuffled one a little worse, by one to three hundredths of a nat. What the Huffman tree is for stands
# in the first column: it is the **cheapest**. A tree by meaning buys a little quality where vectors are too short to solve every question.
#
# ### "A prediction costs the entropy of the text"
#
# That would be true if we trained on every token. But subsampling drops the frequent words, which have the short
# paths. The tree is still built from all counts. So the words that are *trained on* have longer paths:

# %%
lengths = tree.path_lengths()
balanced = HuffmanTree.from_counts(10**9 - np.arange(len(vocabulary))).path_lengths()
for sample in [0, 1e-3, 1e-4, 1e-5]:
    kept = vocabulary.counts * vocabulary.keep_probabilities(sample)
    print(
        f"sample {sample:<6g} kept {kept.sum() / vocabulary.counts.sum():4.0%}: "
        f"{kept @ lengths / kept.sum():.2f} turns a prediction; "
        f"tree of equal depth {kept @ balanced / kept.sum():.2f}"
    )

# %% [markdown]
# With the usual `sample=1e-3` a prediction costs 11.66 turns, 1.5 more than the textbook's number. With 1e-5, which the
# paper used on its large text, the Huffman tree is *longer* than a tree of equal depth: it was built for a text that
# nobody trains on.
#
# ### "`hs=1` switches negative sampling off"
#
# It does not. gensim's default is `negative=5`, and it stays. gensim then trains **both**: for each pair first the
# path, then the noise words, with one matrix of IN vectors for the two. All it says is a warning in its log.

# %%
common = {"sg": 1, "vector_size": 24, "epochs": 2, "min_count": 5, "seed": 1, "workers": 1}
models = {
    "hs=1": Word2Vec(news, hs=1, **common),
    "hs=1, negative=0": by_gensim,
    "hs=0": Word2Vec(news, **common),
}
for name, model in models.items():
    moved = [
        f"{matrix}: {'moved' if getattr(model, matrix, np.zeros(1)).any() else 'none'}"
        for matrix in ["syn1", "syn1neg"]
    ]
    print(f"{name:17s}{', '.join(moved)}")
both = models["hs=1"].wv.vectors
for name in ["hs=1, negative=0", "hs=0"]:
    print(f"IN vectors of hs=1 like those of {name}: {np.allclose(both, models[name].wv.vectors)}")

# %% [markdown]
# So whoever writes `hs=1` and compares "hierarchical softmax with negative sampling" compares the two together with one
# of them. Our settings have one `objective`, so that this cannot happen.
#
# ### "It is faster than negative sampling, since the tree is short"
#
# Count the vectors that a prediction touches: one a turn, against $k + 1$ for $k$ noise words.

# %%
kept = vocabulary.counts * vocabulary.keep_probabilities(1e-3)
print(f"hierarchical softmax: {kept @ lengths / kept.sum():.1f} vectors a pair")
print("negative sampling:    6 with k = 5, 16 with k = 15")


# %%
def cpu_seconds(backend, corpus, objective, negative=5):
    """Measure the CPU time of one epoch."""
    quick = Word2VecSettings(objective=objective, vector_size=24, epochs=1, negative=negative)
    start = time.process_time()
    backend.train_word2vec(corpus, quick, progress=False)
    return time.process_time() - start


# %% [markdown]
# The clock says how much that matters. (Its digits depend on the machine, so no test compares them.)

# %% tags=["nbval-ignore-output"]
cpu_seconds(numpy_impl, wikipedia, "negative-sampling")  # compiles the loops, reads the text
hs = cpu_seconds(numpy_impl, wikipedia, "hierarchical-softmax")
for k in [5, 15]:
    ns = cpu_seconds(numpy_impl, wikipedia, "negative-sampling", k)
    print(f"ours:   hierarchical softmax takes {hs / ns:.1f} times as long as NS with k = {k}")
hs, ns = (cpu_seconds(gensim_impl, news, o) for o in ("hierarchical-softmax", "negative-sampling"))
print(f"gensim: hierarchical softmax takes {hs / ns:.1f} times as long as NS with k = 5")

# %% [markdown]
# In our runs it took 1.0 to 1.4 times as long as five noise words, and 0.5 to 0.8 times as long as fifteen. So it is
# not faster by itself: it depends on $k$. The ratio of the times is nearer to one than that of the vectors, since an
# epoch has other work, too: reading the text, and drawing noise words. All are far from the 9,550 vectors that the
# softmax would touch.
#
# ### "Hierarchical softmax is better for rare words, negative sampling for frequent ones"
#
# So says the word2vec page (which adds: negative sampling is better with short vectors). We need a test that has a
# right answer for rare words, too: the **twins** of lesson 03. Half of the tokens of *water*, drawn at random, become
# *water\**. The two are used alike and seen equally often. A good model puts each near the other.

# %%
rng = np.random.default_rng(0)
seen = vocabulary.counts
drawn = {
    "frequent (100 to 650 times)": rng.choice(np.flatnonzero((seen >= 100) & (seen <= 650)), 150),
    "rare (10 to 20 times)": rng.choice(np.flatnonzero((seen >= 10) & (seen <= 20)), 300),
}
groups = {name: vocabulary.decode(np.unique(rows)) for name, rows in drawn.items()}
halves = {word: seen[vocabulary.index(word)] // 2 for words in groups.values() for word in words}

# %% [markdown]
# The score is the share of twins that find their original among their ten nearest neighbours. Two cases, each with five
# epochs: gensim's usual settings but for $d = 24$, and a harder one, with very short vectors and four times the learning
# rate. Two seeds, each with a draw of its own. Two runs at a time, since the compiled loops release Python's lock.

# %%
objectives, seeds = ["negative-sampling", "hierarchical-softmax"], [1, 2]
texts = {
    seed: evaluation.plant_twins(wikipedia, halves, np.random.default_rng(seed)) for seed in seeds
}


def shares_found(job):
    """Train on a text with twins; give the share found for each group of words."""
    changes, objective, seed = job
    its_settings = Word2VecSettings(objective=objective, seed=seed, **changes)
    model = numpy_impl.train_word2vec(texts[seed], its_settings, progress=False)
    return [evaluation.twins_found(model, words).mean() for words in groups.values()]


def shares_found_by_both(changes):
    """Give shares of shape (objectives, seeds, groups)."""
    jobs = [(changes, objective, seed) for objective in objectives for seed in seeds]
    with ThreadPoolExecutor(2) as pool:
        return np.array(list(pool.map(shares_found, jobs))).reshape(2, len(seeds), 2)


# %%
usual = shares_found_by_both({"vector_size": 24})

# %%
harder = shares_found_by_both({"vector_size": 8, "alpha": 0.1})

# %% [markdown]
# The share for the lower and for the higher of the two seeds. (The second digit may differ on another processor, so no
# test compares this cell; the one after it is compared.)

# %% tags=["nbval-ignore-output"]
for case, found in [("usual, d = 24", usual), ("harder, d = 8", harder)]:
    for number, group in enumerate(groups):
        ns, hs = (f"{s.min():.2f} to {s.max():.2f}" for s in found[:, :, number])
        print(f"{case}, {group:27s}  negative sampling {ns}, hierarchical softmax {hs}")

# %%
print("usual case, hierarchical softmax ahead without overlap:", usual[1].min(0) > usual[0].max(0))
lead_usual, lead_harder = (found[1].mean(0) - found[0].mean(0) for found in (usual, harder))
print("harder case, its lead is less than half as large:      ", lead_harder < lead_usual / 2)
print("harder case, frequent words, it has turned round:      ", lead_harder[0] < 0)

# %% [markdown]
# On this small text the rule of thumb is **half right**. With the usual settings hierarchical softmax finds more twins of
# both kinds, and about twice as many of the rare ones. In the harder case most of the lead is gone, and for frequent words
# it has turned round, as the rule says. The two cases differ in two things. Take them apart: it is one line of code. And
# where a paper compares the two, look at the length of the vectors and at how hard it trained.
#
# On much more text the paper's own table (Mikolov et al. 2013b, table 1) has negative sampling ahead on analogies: 61 %
# with $k = 15$, against 47 % for hierarchical softmax, without subsampling.

# %% [markdown]
# ## Exercises
#
# Write the heart of this lesson yourself.

# %% tags=["exercise-setup"]
import heapq

import numpy as np

from course_lib.checks import check

# %% [markdown] tags=["exercise"]
# ### Exercise 05.1: The codes of a Huffman tree
# *15 minutes · difficulty 2 of 3*
#
# Write `codes(counts)`: a list of at least two counts in, a list of strings out, the code of each word, such as
# `"010"`, read from the root down. Join the two rarest nodes until one is left; one of them gets `"0"`, the other
# `"1"`. Where counts tie, any choice is right: the check looks at the properties of a Huffman code.
#
# `codes([4, 2, 1])` may be `["1", "01", "00"]`.


# %% tags=["stub"]
def codes(counts):
    """Give the code of each word as a string of 0 and 1, from the root down."""
    ...  # your code here


# %% tags=["solution"]
def codes(counts):
    """Give the code of each word as a string of 0 and 1, from the root down."""
    found = [""] * len(counts)
    heap = [(count, word, [word]) for word, count in enumerate(counts)]
    heapq.heapify(heap)
    while len(heap) > 1:
        left_count, tie, left = heapq.heappop(heap)
        right_count, _, right = heapq.heappop(heap)
        for turn, words in [("0", left), ("1", right)]:
            for word in words:
                found[word] = turn + found[word]
        heapq.heappush(heap, (left_count + right_count, tie, left + right))
    return found


# %% tags=["check"]
check("05.1", codes)

# %% [markdown] tags=["hint"]
# `heapq.heappop` gives the smallest item. Let an item be `(count, tie, words below this node)`; the second entry
# decides between equal counts, so that Python never has to compare the lists. Every join puts one more turn in *front*
# of the codes of all words below it: joins run from the leaves up, codes from the root down.

# %% [markdown] tags=["exercise"]
# ### Exercise 05.2: The probability of a word
# *10 minutes · difficulty 1 of 3*
#
# Write `word_probability(h, node_vectors, path, code)`: equation (3) for one word. `h` has shape `(d,)`,
# `node_vectors` shape `(V - 1, d)`, `path` holds the inner nodes of the word, `code` its turns, 0 for left.


# %% tags=["stub"]
def word_probability(h, node_vectors, path, code):
    """Give p(w | h), a number, for the word with this path and code."""
    ...  # your code here


# %% tags=["solution"]
def word_probability(h, node_vectors, path, code):
    """Give p(w | h), a number, for the word with this path and code."""
    scores = node_vectors[path] @ h
    signs = 1 - 2 * np.asarray(code)
    return np.prod(1 / (1 + np.exp(-signs * scores)))


# %% tags=["check"]
check("05.2", word_probability)

# %% [markdown] tags=["hint"]
# `node_vectors[path]` picks the rows of the path, in its order. The sign is +1 for code 0 and -1 for code 1.

# %% [markdown] tags=["exercise"]
# ### Exercise 05.3: One update along the path
# *15 minutes · difficulty 2 of 3*
#
# Write `update(h, node_vectors, path, code, alpha)`. It takes one step of gradient descent on the loss of one word,
# equations (5) to (8), and gives the new `h` and the new `node_vectors`. The arrays that were handed in stay as they are.


# %% tags=["stub"]
def update(h, node_vectors, path, code, alpha):
    """Give h, shape (d,), and the node vectors, shape (V - 1, d), after one step."""
    ...  # your code here


# %% tags=["solution"]
def update(h, node_vectors, path, code, alpha):
    """Give h, shape (d,), and the node vectors, shape (V - 1, d), after one step."""
    on_path = node_vectors[path]
    error = 1 / (1 + np.exp(-on_path @ h)) - (1 - np.asarray(code))
    nodes_new = node_vectors.copy()
    nodes_new[path] -= alpha * np.outer(error, h)
    return h - alpha * error @ on_path, nodes_new


# %% tags=["check"]
check("05.3", update)

# %% [markdown] tags=["hint"]
# The error of a turn is $\sigma(x_j) - t_j$, with $t_j = 1$ for a turn to the **left**. `nodes_new[path] -= ...` is fine
# here: a path visits no node twice.

# %% [markdown] tags=["exercise"]
# ### Exercise 05.4: What a word costs
# *10 minutes · difficulty 1 of 3*
#
# Write `cost(counts, lengths)`: two arrays, how often each word was seen and how many turns its path has. Give two
# numbers: the mean path length of a **token** of the text, and the entropy of the counts in **bits**.


# %% tags=["stub"]
def cost(counts, lengths):
    """Give the mean path length over the tokens, and the entropy in bits."""
    ...  # your code here


# %% tags=["solution"]
def cost(counts, lengths):
    """Give the mean path length over the tokens, and the entropy in bits."""
    shares = counts / counts.sum()
    return shares @ lengths, -shares @ np.log2(shares)


# %% tags=["check"]
check("05.4", cost)

# %% [markdown] tags=["hint"]
# A word that makes up 8 % of the tokens has 8 % of the say, in both numbers. Bits need `np.log2`.

# %% [markdown] tags=["exercise"]
# ### Exercise 05.5: Padded paths
# *15 minutes · difficulty 3 of 3*
#
# Write `path_loss(hidden, node_vectors, points, codes, mask)`: the summed loss of a batch, equation (4). `hidden` has
# shape `(B, d)`; `points`, `codes` and `mask` have shape `(B, L)`, as `tree.padded_paths` gives them. Where the mask is
# `False` the path has ended, and whatever stands in `points` and `codes` must not count. Scores of 1000 must not
# give `inf` or `nan`.


# %% tags=["stub"]
def path_loss(hidden, node_vectors, points, codes, mask):
    """Give the loss of a batch, a number in nats: the sum of -log p over its rows."""
    ...  # your code here


# %% tags=["solution"]
def path_loss(hidden, node_vectors, points, codes, mask):
    """Give the loss of a batch, a number in nats: the sum of -log p over its rows."""
    scores = np.einsum("bd,bld->bl", hidden, node_vectors[points])
    signs = 1 - 2 * codes.astype(float)
    losses = np.logaddexp(0, -signs * scores)  # -log sigmoid(s x) = log(1 + exp(-s x))
    return losses[mask].sum()


# %% tags=["check"]
check("05.5", path_loss)

# %% [markdown] tags=["hint"]
# `node_vectors[points]` has shape `(B, L, d)`; `np.einsum("bd,bld->bl", ...)` takes the dot products. Mask the
# *losses*: a masked *score* is 0, and a turn with score 0 costs $\log 2$. And
# $-\log \sigma(x) = \log(e^0 + e^{-x})$, which `np.logaddexp` computes without overflow.

# %% [markdown]
# ## In one breath
#
# Huffman's tree puts frequent words near the root. A word is predicted by its path: at each inner node a vector says,
# through $\sigma$, how likely the turn to the left is, and the product of the turns is the probability of the word. They sum
# to one without any normalisation. The error of a turn, $\sigma(x_j) - t_j$, gives the gradients of the nodes on the path
# and of the vector that predicts; nothing else moves. The mean path is the entropy of the counts, plus less than one
# turn, and longer once frequent words are subsampled. The rows of `syn1` are nodes, words have no OUT vectors, and
# neighbours in the tree have nothing in common but their counts. `hs=1` needs `negative=0`. On our small text
# and with the usual settings, hierarchical softmax learns more than negative sampling, above all about rare words; with
# very short vectors and large steps that lead is gone.
#
# ## References
#
# - D. A. Huffman (1952). *A method for the construction of minimum-redundancy codes.* Proceedings of the IRE 40 (9).
#   [doi:10.1109/JRPROC.1952.273898](https://doi.org/10.1109/JRPROC.1952.273898)
# - C. E. Shannon (1948). *A mathematical theory of communication.* Bell System Technical Journal 27. Surprise and
#   entropy. [doi:10.1002/j.1538-7305.1948.tb01338.x](https://doi.org/10.1002/j.1538-7305.1948.tb01338.x)
# - F. Morin, Y. Bengio (2005). *Hierarchical probabilistic neural network language model.* AISTATS 2005, PMLR R5.
#   A tree of words made from WordNet. [PMLR](https://proceedings.mlr.press/r5/morin05a.html)
# - A. Mnih, G. Hinton (2009). *A scalable hierarchical distributed language model.* NIPS 21. A tree from learnt vectors.
# - T. Mikolov, I. Sutskever, K. Chen, G. Corrado, J. Dean (2013b). *Distributed representations of words and phrases
#   and their compositionality.* [arXiv:1310.4546](https://doi.org/10.48550/arXiv.1310.4546). Our (3) is its equation 3.
# - X. Rong (2014). *word2vec parameter learning explained*, section 3.1.
#   [arXiv:1411.2738](https://doi.org/10.48550/arXiv.1411.2738)
# - T. M. Cover, J. A. Thomas (2006). *Elements of information theory*, second edition, theorem 5.4.1: our (1).
#   [doi:10.1002/047174882X](https://doi.org/10.1002/047174882X)
# - Google (2013). *word2vec*, the project page with the rule of thumb on rare and frequent words.
#   <https://code.google.com/archive/p/word2vec/>
