"""What `make bench` runs."""

import sys

from benchmarks import formats, word2vec

# Not word2vec.py or formats.py itself: a child process would import the main module a second time.
if __name__ == "__main__":
    if sys.argv[1:2] == ["formats"]:
        sys.exit(formats.main(sys.argv[2:]))
    sys.exit(word2vec.main())
