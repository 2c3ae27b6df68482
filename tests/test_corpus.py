import bz2
import doctest
import gzip
import tracemalloc
import unicodedata

import numpy as np
import pytest

from course_lib import corpus
from course_lib.corpus import Shuffled, TextFile, require_reiterable, split_long, tokenize


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't PANIC", ["don't", "panic"]),
        ("don\N{RIGHT SINGLE QUOTATION MARK}t", ["don't"]),
        ("'quoted' rock'n'roll ''bold''", ["quoted", "rock'n'roll", "bold"]),
        ("naïve", ["naïve"]),
        ("state-of-the-art", ["state", "of", "the", "art"]),
        ("U.S. 3.14", ["u", "s", "3", "14"]),
        ("snake_case", ["snake", "case"]),
        ("词向量 很有用。", ["词向量", "很有用"]),
        ("Привет, МИР", ["привет", "мир"]),
        ("İstanbul", ["i\N{COMBINING DOT ABOVE}stanbul"]),
        ("so 😀 happy 👩‍🔬!", ["so", "happy"]),
        ("", []),
        (" ... \n\t", []),
    ],
)
def test_words(text, words):
    assert tokenize(text) == words


def test_words_do_not_depend_on_how_an_accent_was_typed():
    typed_apart = unicodedata.normalize("NFD", "naïve café")
    assert len(typed_apart) == len("naïve café") + 2
    assert tokenize(typed_apart) == ["naïve", "café"]


def test_split_long_keeps_every_token_in_order():
    tokens = [str(number) for number in range(23)]
    for length in (1, 2, 22, 23, 24, 1000):
        pieces = list(split_long(tokens, length))
        assert [token for piece in pieces for token in piece] == tokens
        assert [len(piece) for piece in pieces[:-1]] == [length] * (len(pieces) - 1)
        assert 1 <= len(pieces[-1]) <= length
    assert list(split_long([], 5)) == []
    with pytest.raises(ValueError, match="at least 1, not 0"):
        split_long(tokens, 0)
    with pytest.raises(ValueError, match="not a string"):
        split_long("a string", 5)


def random_text(rng):
    """Words and odd tokens between all kinds of white space; some lines long, some empty."""
    words = [
        "a",
        "don't",
        "naïve",
        "cafe\N{COMBINING ACUTE ACCENT}",
        "词",
        "x" * 30,
        "U.S.",
        "-",
        "ΑΣ",
    ]
    spaces = [" ", "  ", "\t", "\N{NO-BREAK SPACE}", "\N{IDEOGRAPHIC SPACE}", "\f", "\n", "\n\n"]
    chances = np.array([12, 2, 1, 1, 1, 1, rng.integers(0, 6), 1], dtype=float)
    count = rng.integers(0, 80)
    between = rng.choice(spaces, size=count, p=chances / chances.sum())
    return "".join(rng.choice(words) + space for space in between) + rng.choice(["", "end"])


@pytest.mark.parametrize("tokenizer", [str.split, tokenize])
def test_pieces_of_any_size_give_the_sentences_of_whole_lines(tmp_path, monkeypatch, tokenizer):
    rng = np.random.default_rng(1)
    path = tmp_path / "text.txt"
    for _ in range(300):
        text = random_text(rng)
        line_end = rng.choice(["\n", "\r\n"])
        path.write_bytes(text.replace("\n", line_end).encode())
        longest = int(rng.integers(1, 12))
        monkeypatch.setattr(corpus, "PIECE", int(rng.integers(1, 60)))
        expected = []
        for line in text.split("\n"):
            expected += split_long(tokenizer(line), longest)
        sentences = TextFile(path, tokenizer=tokenizer, max_sentence_length=longest)
        assert list(sentences) == expected, (text, corpus.PIECE, longest)


def test_the_tokenizer_gets_whole_words(tmp_path, monkeypatch):
    seen = []

    def spy(text):
        seen.append(text)
        return text.split()

    path = tmp_path / "text.txt"
    path.write_text("alpha beta gamma delta\nepsilon zeta\n", encoding="utf-8")
    monkeypatch.setattr(corpus, "PIECE", 8)
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"]
    assert list(TextFile(path, tokenizer=spy)) == [words[:4], words[4:]]
    assert " ".join(seen).split(" ") == words, "and nothing else"
    assert len(seen) > 4, "the lines came in pieces"


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("piece", [2, 2**16])
def test_the_tokenizer_gets_no_line_ends_and_no_empty_text(tmp_path, monkeypatch, piece, line_end):
    monkeypatch.setattr(corpus, "PIECE", piece)
    path = tmp_path / "text.txt"
    for text in ("A b\n\nC d\n", "A b \n \nC d"):
        path.write_bytes(text.replace("\n", line_end).encode())
        by_space = TextFile(path, tokenizer=lambda line: line.split(" "))
        assert list(by_space) == [["A", "b"], ["C", "d"]]
    monkeypatch.setattr(corpus, "PIECE", 2**16)
    assert list(TextFile(path, tokenizer=list)) == [["A", " ", "b"], ["C", " ", "d"]]


@pytest.mark.parametrize("tokenizer", [str.lower, str.encode])
def test_a_tokenizer_that_gives_a_string_is_refused(tmp_path, tokenizer):
    path = tmp_path / "text.txt"
    path.write_text("A b\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"text.txt gives .*letters.*tokenizer=.*split\(\)"):
        list(TextFile(path, tokenizer=tokenizer))


def test_a_single_long_line_needs_little_memory(tmp_path):
    path = tmp_path / "one_line.txt"
    path.write_text("four words of text " * 1_000_000, encoding="utf-8")
    tracemalloc.start()
    longest = tokens = 0
    try:
        for sentence in TextFile(path):
            longest = max(longest, len(sentence))
            tokens += len(sentence)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (longest, tokens) == (10_000, 4_000_000)
    assert path.stat().st_size > 18e6
    assert peak < 5e6


@pytest.mark.parametrize(("suffix", "module"), [(".gz", gzip), (".bz2", bz2)])
def test_compressed_files(tmp_path, suffix, module):
    path = tmp_path / f"text.txt{suffix}"
    path.write_bytes(module.compress("naïve words\n\nmore\n".encode()))
    assert list(TextFile(path)) == [["naïve", "words"], ["more"]]


@pytest.mark.parametrize(("suffix", "module"), [(".gz", gzip), (".bz2", bz2)])
def test_damaged_compressed_files_are_named(tmp_path, suffix, module):
    path = tmp_path / f"text.txt{suffix}"
    whole = module.compress(np.random.default_rng(1).bytes(10_000).hex().encode())
    for damaged in (
        whole[:-20],
        whole[:2000],
        whole[:1000] + b"####" + whole[1004:],
        b"plain text",
    ):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=rf"text.txt{suffix} is damaged"):
            list(TextFile(path))


def test_a_file_can_be_read_again_and_twice_at_once(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("a b\nc\n", encoding="utf-8")
    sentences = TextFile(str(path))
    assert list(sentences) == list(sentences) == [["a", "b"], ["c"]]
    assert list(zip(sentences, sentences, strict=True)) == [(["a", "b"],) * 2, (["c"],) * 2]
    require_reiterable(sentences)
    assert repr(sentences) == f"TextFile({str(path)!r})"


def test_byte_order_mark_and_other_encodings(tmp_path):
    path = tmp_path / "text.txt"
    path.write_bytes("naïve\r\ntext".encode("utf-8-sig"))
    assert list(TextFile(path)) == [["naïve"], ["text"]]
    for encoding in ("latin-1", "utf-16"):
        path.write_bytes("naïve\ntext\n".encode(encoding))
        assert list(TextFile(path, encoding=encoding)) == [["naïve"], ["text"]]


def test_names_that_look_like_addresses_or_other_formats_are_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s3:x.txt").write_text("text", encoding="utf-8")
    assert list(TextFile("s3:x.txt")) == [["text"]]
    for name in ("a?b.txt", "a#b%20c.txt", "ünï çode.txt", "text.xz", "text.zst", "two\nlines"):
        (tmp_path / name).write_text("text", encoding="utf-8")
        assert list(TextFile(tmp_path / name)) == [["text"]]


def test_a_wrong_encoding_is_named_with_its_line(tmp_path, monkeypatch):
    path = tmp_path / "latin.txt"
    path.write_bytes(b"first\n" * 5000 + "naïve\n".encode("latin-1") + b"last\n")
    with pytest.raises(ValueError, match=r"latin.txt, line 5001, is not utf-8 .*encoding="):
        list(TextFile(path))
    monkeypatch.setattr(corpus, "PIECE", 3)
    with pytest.raises(ValueError, match="line 5001"):
        list(TextFile(path))
    path.write_bytes("text".encode("utf-16-le"))
    with pytest.raises(ValueError, match=r"latin.txt is not utf-16 text: .*BOM"):
        list(TextFile(path, encoding="utf-16"))
    path.write_bytes("naïve".encode("utf-16")[:-1])
    with pytest.raises(ValueError, match=r"latin.txt is not utf-16 text"):
        list(TextFile(path, encoding="utf-16"))


def test_what_is_no_text_file_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*missing.txt.*full path"):
        TextFile(tmp_path / "missing.txt")
    with pytest.raises(ValueError, match="is a folder"):
        TextFile(tmp_path)
    path = tmp_path / "text.txt"
    path.write_text("text", encoding="utf-8")
    for encoding in ("klingon", "hex", "rot13", "undefined", None):
        with pytest.raises(ValueError, match=f"no text encoding {encoding!r}"):
            TextFile(path, encoding=encoding)
    with pytest.raises(ValueError, match="max_sentence_length"):
        TextFile(path, max_sentence_length=0)
    path.write_bytes("a text".encode("utf-16-le"))
    with pytest.raises(ValueError, match=r'text.txt has NUL characters.*encoding="utf-16"'):
        list(TextFile(path))
    assert list(TextFile(path, encoding="utf-16-le")) == [["a", "text"]]
    path.write_text("x" * 1_200_000 + " end", encoding="utf-8")
    with pytest.raises(ValueError, match=r"text.txt has .* without a space.*Is it a text file"):
        list(TextFile(path))
    path.write_text(("x" * 900_000 + " ") * 2, encoding="utf-8")
    assert [len(word) for (*words,) in TextFile(path) for word in words] == [900_000] * 2


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("the cat sat on the mat " * 300, "'the cat .* is a text itself, not its name or path"),
        ("the cat sat\non the mat", r"is a text itself.*tokenize\(line\)"),
        ("1/2 a page/" * 1000, "is a text itself"),
        ("", "is empty"),
        ([["a"]], "of type list.*use them as they are"),
        (b"text.txt", "of type bytes"),
        (None, "of type NoneType"),
    ],
)
def test_a_text_in_the_place_of_its_path_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message) as raised:
        TextFile(wrong)
    assert len(str(raised.value)) < 300


def test_a_long_path_that_may_exist_is_a_missing_file():
    with pytest.raises(
        FileNotFoundError, match=r"no file folder/.*\.\.\..*folder/end.txt"
    ) as raised:
        TextFile("folder/" * 100 + "end.txt")
    assert len(str(raised.value)) < 400


def numbered(count):
    return [[str(number)] for number in range(count)]


def test_shuffled_gives_every_sentence_in_a_new_order_each_time():
    sentences = numbered(50)
    shuffled = Shuffled(sentences, np.random.default_rng(1))
    orders = [list(shuffled) for _ in range(4)]
    for order in orders:
        assert sorted(order) == sorted(sentences)
    assert len({str(order) for order in [sentences, *orders]}) == 5
    assert sentences == numbered(50)
    assert (len(shuffled), repr(shuffled)) == (50, "Shuffled(50 sentences)")


def test_shuffled_orders_follow_the_seed():
    first, second, other = (Shuffled(numbered(50), np.random.default_rng(s)) for s in (1, 1, 2))
    orders = [list(first) for _ in range(3)]
    assert [list(second) for _ in range(3)] == orders
    assert list(other) not in orders
    # Two passes at once keep to their own order.
    a, b = iter(first), iter(first)
    together = [(next(a), next(b)) for _ in range(50)]
    for order in zip(*together, strict=True):
        assert sorted(order) == sorted(numbered(50))


def test_shuffled_reads_any_reiterable_and_checks_its_arguments(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("a\nb\nc\n", encoding="utf-8")
    shuffled = Shuffled(TextFile(path), np.random.default_rng(1))
    require_reiterable(shuffled)
    assert sorted(shuffled) == [["a"], ["b"], ["c"]]
    with pytest.raises(ValueError, match="only once"):
        Shuffled((tokens for tokens in numbered(3)), np.random.default_rng(1))
    with pytest.raises(ValueError, match="default_rng"):
        Shuffled(numbered(3), 1)


class FromAFunction:
    def __iter__(self):
        return iter([["a"]])


@pytest.mark.parametrize(
    "sentences",
    [[["a"]], (("a",),), [], FromAFunction(), np.array([["a", "b"]]), {0: ["a"]}.values()],
)
def test_corpora_pass(sentences):
    assert require_reiterable(sentences) is None  # else it raises


@pytest.mark.parametrize(
    ("sentences", "remedy"),
    [
        ((tokens for tokens in [["a"]]), r"A generator .*list\(sentences\)"),
        (iter([["a"]]), r"A list_iterator .*TextFile"),
        (map(str.split, ["a b"]), "A map can be read only once"),
        ("a text", r"tokenize\(line\)"),
        (b"a text", r"tokenize\(line\)"),
        (["a sentence"], "'a sentence'.*list of tokens"),
        (("a", "b"), "letters"),
        (np.array(["a", "b"]), "letters"),
        ({"a": 1}, "letters"),
        (7, "not 7"),
        (None, "not None"),
    ],
)
def test_what_is_no_corpus_is_refused_with_the_remedy(sentences, remedy):
    with pytest.raises(ValueError, match=remedy):
        require_reiterable(sentences)


def test_checking_draws_and_consumes_nothing():
    generator = (tokens for tokens in [["a"]])
    with pytest.raises(ValueError, match="only once"):
        require_reiterable(generator)
    assert list(generator) == [["a"]]
    checked, unchecked = (Shuffled(numbered(20), np.random.default_rng(1)) for _ in range(2))
    require_reiterable(checked)
    assert list(checked) == list(unchecked)


def test_examples_in_the_docstrings():
    assert doctest.testmod(corpus).failed == 0
    assert doctest.testmod(corpus).attempted > 0
