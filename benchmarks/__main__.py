"""What `make bench` runs."""

import sys

from benchmarks import formats, glove, word2vec

# Not word2vec.py or formats.py itself: a child process would import the main module a second time.
if __name__ == "__main__":
    if sys.argv[1:2] == ["glove"]:
        sys.exit(glove.main(sys.argv[2:]))
    if sys.argv[1:2] == ["formats"]:
        sys.exit(formats.main(sys.argv[2:]))
    sys.exit(word2vec.main())
