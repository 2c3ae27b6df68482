"""The start screen: `python -m course_lib` shows in a terminal that the course works."""

import platform
import time
from importlib.metadata import version

from course_lib import datasets
from course_lib.gensim_impl import train_word2vec
from course_lib.settings import Word2VecSettings

PACKAGES = ("word-embeddings-course", "numpy", "torch", "gensim")
QUERIES = ("cricket", "economy", "hospital")
# So short a text needs more and larger steps than the defaults, and fewer of its frequent words.
SETTINGS = Word2VecSettings(vector_size=50, sample=1e-4, alpha=0.05, epochs=20)


def main() -> None:
    """Print the versions, train on the news texts, and print the neighbours of three words."""
    print("The word embeddings course", end="\n\n")
    print(f"  {'Python':<24}{platform.python_version()}")
    for package in PACKAGES:
        print(f"  {package:<24}{version(package)}")

    sentences = datasets.load_corpus("lee")
    n_tokens = sum(len(sentence) for sentence in sentences)
    print(f"\nSkip-gram on {len(sentences)} news documents ({n_tokens:,} words) ...", flush=True)
    start = time.perf_counter()
    embeddings = train_word2vec(sentences, SETTINGS, progress=False)
    seconds = time.perf_counter() - start
    print(f"trained in {seconds:.1f} s. Words used like ...", end="\n\n")
    for query in QUERIES:
        neighbours = [word for word, _ in embeddings.most_similar(query, topn=5)]
        print(f"  {query:<12}{'  '.join(neighbours)}")
    print("\nIt works. The first lesson is notebooks/00_start_here.ipynb")


if __name__ == "__main__":
    main()
