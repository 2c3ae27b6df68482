"""What `make bench` runs."""

import sys

from benchmarks import word2vec

# Not word2vec.py itself: a child process would import the main module a second time.
if __name__ == "__main__":
    sys.exit(word2vec.main())
