import bz2
import gzip
import io
import os
import pickle
import subprocess
import sys
import time
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from gensim.models import KeyedVectors
from gensim.test.utils import datapath
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import course_lib.formats.text
from course_lib import Embeddings, Vocabulary, Word2VecSettings, formats, numpy_impl
from course_lib.formats import cache, packed

THREE = b"the 0.1 -0.2\nof 1e-3 2\nand .5 -7.25e+2\n"
VALUES = np.float32([[0.1, -0.2], [0.001, 2], [0.5, -725]])
HEADER = b"3 2\n"


@pytest.fixture(autouse=True)
def data_folder(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("data")
    monkeypatch.setenv("COURSE_LIB_DATA", str(folder))
    return folder


@pytest.fixture
def load(tmp_path):
    """Loads what a file with these bytes holds."""

    def load_bytes(content, name="vectors", **options):
        path = tmp_path / name
        path.write_bytes(content)
        return formats.load_vectors(path, **options)

    return load_bytes


def read_by_gensim(path, **options):
    return KeyedVectors.load_word2vec_format(str(path), **options)


def same(embeddings, words, vectors, dtype=np.float32):
    assert embeddings.vocabulary.words == list(words)
    assert len(embeddings) == len(embeddings.vocabulary) == len(words)
    assert embeddings.input_vectors.dtype == dtype
    np.testing.assert_array_equal(embeddings.input_vectors, vectors)
    return True


def binary(words, vectors, end=b"\n"):
    rows = zip(words, np.asarray(vectors, "<f4"), strict=True)
    return b"".join(word.encode() + b" " + row.tobytes() + end for word, row in rows)


BINARY = HEADER + binary(["the", "of", "and"], VALUES)


# ----------------------------------------------------------------------- the same as gensim


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("test_glove.txt", {"no_header": True}),
        ("lee_fasttext.vec", {}),
        ("crime-and-punishment.vec", {}),
        ("word2vec_pre_kv_c", {}),
        ("high_precision.kv.txt", {}),
        ("high_precision.kv.bin", {"binary": True}),
        ("euclidean_vectors.bin", {"binary": True}),
        ("poincare_vectors.bin", {"binary": True}),
    ],
)
def test_files_of_gensim_are_read_to_the_last_bit(name, options):
    theirs = read_by_gensim(datapath(name), **options)
    ours = formats.load_vectors(datapath(name), cache=False)
    assert same(ours, theirs.index_to_key, theirs.vectors)


@pytest.fixture(scope="module")
def trained():
    """Vectors of a real text; some words with accents and other scripts among them."""
    with Path(datapath("lee_background.cor")).open(encoding="utf-8") as file:
        sentences = [line.split() for line in file]
    sentences.append(
        ["naïve", "東京", "Ωmega", "e\u0301", "10\u00a0000", "½", "zero\u200bwidth"] * 5
    )
    settings = Word2VecSettings(vector_size=20, epochs=1)
    return numpy_impl.train_word2vec(sentences, settings, progress=False)


@pytest.mark.parametrize("suffix", ["", ".gz", ".bz2"])
@pytest.mark.parametrize(
    ("format", "options"),
    [
        ("word2vec-text", {}),
        ("word2vec-binary", {"binary": True}),
        ("glove", {"no_header": True}),
    ],
)
def test_what_is_saved_is_read_back_by_both(tmp_path, trained, format, options, suffix):
    path = tmp_path / f"vectors.txt{suffix}"
    words, vectors = trained.vocabulary.words, trained.input_vectors
    formats.save_vectors(path, words, vectors, format)
    theirs = read_by_gensim(path, **options)
    assert theirs.index_to_key == words
    np.testing.assert_array_equal(theirs.vectors, vectors)
    assert same(formats.load_vectors(path), words, vectors)
    assert same(formats.load_vectors(path, format=format), words, vectors)


def test_what_gensim_saves_is_read(tmp_path, trained):
    keyed = trained.to_keyed_vectors()
    for name, is_binary in [("a.txt", False), ("a.bin", True), ("a.bin.gz", True)]:
        keyed.save_word2vec_format(str(tmp_path / name), binary=is_binary)
        ours = formats.load_vectors(tmp_path / name)
        rows = [keyed.key_to_index[word] for word in ours.vocabulary.words]  # sorted by count
        assert len(rows) == len(keyed)
        np.testing.assert_array_equal(ours.input_vectors, keyed.vectors[rows])


def test_every_kind_of_float32_survives_as_text(tmp_path):
    rng = np.random.default_rng(1)
    bits = rng.integers(0, 2**32, 40_000, dtype=np.uint32).view(np.float32)
    values = bits[np.isfinite(bits)][:39_000].reshape(-1, 10)
    tiny = np.finfo(np.float32)
    values[0, :5] = [tiny.max, tiny.tiny, tiny.smallest_subnormal, -0.0, 0]
    words = [f"w{row}" for row in range(len(values))]
    formats.save_vectors(tmp_path / "all.txt", words, values)
    loaded = formats.load_vectors(tmp_path / "all.txt").input_vectors
    np.testing.assert_array_equal(loaded.view(np.uint32), values.view(np.uint32))


@settings(max_examples=200, deadline=None)
@given(st.floats(width=64, allow_nan=False, min_value=-1e38, max_value=1e38), st.integers(0, 25))
def test_decimal_numbers_are_rounded_as_numpy_rounds_them(value, digits):
    text = f"{value:.{digits}e}".encode()
    numbers = course_lib.formats.text.parse_numbers([text], 1)
    assert numbers.view(np.uint32)[0, 0] == np.float32([text.decode()]).view(np.uint32)[0]


# ---------------------------------------------------------------------------------- the formats


@pytest.mark.parametrize(
    "content",
    [
        THREE,
        HEADER + THREE,
        BINARY,
        HEADER + binary(["the", "of", "and"], VALUES, end=b""),  # as gensim writes it
        THREE[:-1],  # no line end at the end
        THREE.replace(b"\n", b"\r\n"),
        (HEADER + THREE).replace(b"\n", b"\r\n"),
        (HEADER + THREE).replace(b"\n", b" \n"),  # as fastText writes it
        THREE.replace(b"\n", b"      \t \r\n"),
        b"\xef\xbb\xbf" + THREE,
        b"\xef\xbb\xbf" + HEADER + THREE,
        b"\n\n" + THREE.replace(b"\n", b"\n\n \n"),
        b"3\t2\n" + THREE,
        THREE.replace(b"of ", b"of  "),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress])
def test_the_content_decides(load, content, pack):
    assert same(load(pack(content), name="no.suffix"), ["the", "of", "and"], VALUES)


def test_a_row_may_reach_over_chunks(load, monkeypatch):
    for size in (1, 7, 16, 40):
        monkeypatch.setattr(course_lib.formats.text, "CHUNK", size)
        monkeypatch.setattr("course_lib.formats.binary.CHUNK", size)
        for content in (THREE, HEADER + THREE, BINARY, THREE.replace(b"\n", b"\r\n\r\n")):
            assert same(load(content, cache=False), ["the", "of", "and"], VALUES)


def test_zip_archives(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/two.txt", THREE)
    assert same(formats.load_vectors(path), ["the", "of", "and"], VALUES)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("folder/one.txt", b"one 1 2 3\n")
        archive.writestr("__MACOSX/folder/._one.txt", b"")
    with pytest.raises(ValueError, match=r"holds 2 files \(folder/two.txt, folder/one.txt\)"):
        formats.load_vectors(path)
    for _ in range(2):  # each member has a copy of its own
        assert same(formats.load_vectors(path, member="folder/one.txt"), ["one"], [[1, 2, 3]])
        assert len(formats.load_vectors(path, member="folder/two.txt")) == 3
    with pytest.raises(ValueError, match=r"no member 'x'; it has: folder/two.txt"):
        formats.load_vectors(path, member="x")
    (tmp_path / "plain").write_bytes(THREE)
    with pytest.raises(ValueError, match="is no zip archive"):
        formats.load_vectors(tmp_path / "plain", member="x")


def test_tokens_with_spaces_as_in_glove_840b(load):
    words = [",", ". . .", "at name@domain.com", "10\u00a0000", "1\u00a01/2", "\u0085", "a", "5"]
    vectors = np.arange(24, dtype=np.float32).reshape(8, 3)
    rows = zip(words, vectors.tolist(), strict=True)
    content = "".join(f"{word} {a} {b} {c}\n" for word, (a, b, c) in rows).encode()
    assert same(load(content), words, vectors)
    assert same(load(b"8 3\n" + content), words, vectors)
    assert same(load(content[content.index(b". .") :]), words[1:], vectors[1:])


def test_limit_takes_the_first_words(load):
    broken_later = b"\xff what?\n<html>\n"
    for content in (THREE, HEADER + THREE, BINARY):
        for n in (1, 2):
            assert same(load(content, limit=n, cache=False), ["the", "of", "and"][:n], VALUES[:n])
        assert len(load(content, limit=10, cache=False)) == 3
    for content in (THREE + broken_later, HEADER + THREE + broken_later, BINARY + b"and more"):
        assert same(load(content, limit=3), ["the", "of", "and"], VALUES)


def test_limit_counts_words_that_differ(load):
    with pytest.warns(UserWarning, match="1 row"):
        assert load(b"a 1\na 2\nb 3\nc 4\nc 5\n", limit=2).vocabulary.words == ["a", "b"]
    with pytest.warns(UserWarning, match="1 row"):
        found = load(b"4 1\n" + binary("aabc", [[1], [2], [3], [4]]), limit=3)
    assert found.vocabulary.words == ["a", "b", "c"]


@pytest.mark.parametrize("cached", [False, True])
def test_words_are_picked_out_and_the_rest_is_not_parsed(load, cached):
    content = THREE.replace(b"1e-3", b"not-a-number") if not cached else THREE
    if cached:
        load(content)
    wanted = ["and", "the", "unheard-of"]
    assert same(load(content, words=wanted), ["the", "and"], VALUES[[0, 2]])
    assert same(load(content, words=iter(wanted), limit=1), ["the"], VALUES[:1])
    assert same(
        load(content, words=["the"], dtype="float16"), ["the"], np.float16(VALUES[:1]), "f2"
    )
    with pytest.raises(ValueError, match="none of the 2 words is in the file"):
        load(content, words=["x", "y"])
    assert same(load(BINARY, words=wanted), ["the", "and"], VALUES[[0, 2]])


def test_few_words_are_picked_out_in_large_steps(load, monkeypatch):
    steps = []
    real = formats.tables.Table.add
    monkeypatch.setattr(
        formats.tables.Table,
        "add",
        lambda self, raw, *rest: steps.append(raw) or real(self, raw, *rest),
    )
    content = b"".join(b"w%d 1 2\n" % n for n in range(1000))
    assert len(load(content, words=["w0", "w998"])) == 2
    assert (
        len(
            load(
                b"1000 2\n" + binary([f"w{n}" for n in range(1000)], [[1, 2]] * 1000), words=["w9"]
            )
        )
        == 1
    )
    assert len(steps) == 2


def test_float16_halves_the_memory(load):
    for _ in range(2):
        assert same(load(THREE, dtype=np.float16), ["the", "of", "and"], np.float16(VALUES), "f2")
    with pytest.raises(ValueError, match=r"line 2: number 1 of 'b' is 70000.0: .* beyond float16"):
        load(b"a 1\nb 70000\n", dtype="float16")


def test_float16_vectors_can_be_worked_with(load, tmp_path):
    rng = np.random.default_rng(0)
    words, vectors = [f"w{n}" for n in range(50)], rng.normal(size=(50, 8)).astype(np.float32)
    formats.save_vectors(tmp_path / "a.txt", words, vectors)
    coarse = formats.load_vectors(tmp_path / "a.txt", dtype="float16")
    fine = formats.load_vectors(tmp_path / "a.txt")
    assert coarse.similarity("w1", "w2") == pytest.approx(fine.similarity("w1", "w2"), abs=2e-3)
    assert coarse.most_similar("w1")[0][0] == fine.most_similar("w1")[0][0]
    coarse.save(tmp_path / "saved")
    assert same(Embeddings.load(tmp_path / "saved"), words, np.float16(vectors), np.float16)
    settings = Word2VecSettings(vector_size=8, epochs=1)
    text = [words] * 20
    counted = Embeddings(Vocabulary(words, [20] * 50), coarse.input_vectors)
    trained = numpy_impl.train_word2vec(text, settings, initial=counted, progress=False)
    assert trained.input_vectors.dtype == np.float32


def test_repeated_words_keep_the_first_row_and_are_counted(load):
    content = b"a 1\nb 2\na 3\nb 4\na 5\n"
    with pytest.warns(UserWarning, match=r"3 rows with a word .* first 'a'") as warned:
        assert same(load(content), ["a", "b"], [[1], [2]])
    assert warned[0].filename != formats.loading.__file__
    with pytest.warns(UserWarning, match="3 rows"):
        assert same(load(b"5 1\n" + content, name="w"), ["a", "b"], [[1], [2]])
    for size in (1, 4, 9):  # in one chunk or in several
        with pytest.MonkeyPatch.context() as patch, pytest.warns(UserWarning, match="3 rows"):
            patch.setattr(course_lib.formats.text, "CHUNK", size)
            assert same(load(content, cache=False), ["a", "b"], [[1], [2]])


def test_a_missing_word_is_told_apart(load):
    embeddings = load(THREE)
    assert "the" in embeddings.vocabulary
    assert "THE" not in embeddings.vocabulary
    with pytest.raises(KeyError, match=r"'thee' is not among the 3 words .* mean 'the'"):
        embeddings.vector("thee")
    assert embeddings.vocabulary.encode(["of", "thee", "and"]).tolist() == [1, 2]
    assert embeddings.output_vectors is None
    assert embeddings.vocabulary.counts is None
    with pytest.raises(ValueError, match="no OUT vectors"):
        embeddings.most_similar("the", target="out")


# ----------------------------------------------------------------------------- broken files


def web_page():
    return b"<!DOCTYPE html>\n<html><body>\nError 404\nwidth 100\n</body></html>\n"


def arrays():
    buffer = io.BytesIO()
    np.savez(buffer, a=VALUES)
    return buffer.getvalue()


def archive(**options):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.txt", THREE * 50, **options)
    return bytearray(buffer.getvalue())


def encrypted():
    content = archive()
    content[6] |= 1  # in the header of the member and in the directory
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def array():
    buffer = io.BytesIO()
    np.save(buffer, VALUES)
    return buffer.getvalue()


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 347116733\n"
LINES = THREE.splitlines(keepends=True)
BROKEN = {
    "a number too few": (LINES[0] + b"of 1\n" + LINES[2], r"line 2: the row has 1 numbers, but d"),
    "a number too many": (LINES[0] + b"of 1 2 3\n", r"line 2: the row has more than d = 2"),
    "d of the first line wrong": (b"the 1 2 3\n" + THREE, r"line 1: the row has more than d = 2"),
    "a header of another d": (b"3 3\n" + THREE, r"line 2: the row has 2 numbers, but d is 3"),
    "no number": (LINES[0] + b"of 1 zwei\n", r"line 2: number 2 of 2, 'zwei' is no number"),
    "a word among numbers": (b"a 1 2 3\nb 1 x 3\n", r"line 2: number 2 of 3, 'x' is no number"),
    "decimal commas": (LINES[0] + b"of 0,5 1\n", r"line 2: number 1 of 2, '0,5' is no number"),
    "numbers that touch": (LINES[0] + b"of 1-2 3\n", r"line 2: number 1 of 2, '1-2' is no number"),
    "Python's underscores": (LINES[0] + b"of 1_0 3\n", "'1_0' is no number"),
    "a double space": (LINES[0] + b"of 1  3 4\n", "line 2"),
    "not a number": (LINES[0] + b"of nan 1\n", r"line 2: number 1 of 'of' is nan: NaN, infinity"),
    "infinity": (LINES[0] + b"of 1 -inf\n", r"line 2: number 2 of 'of' is -inf"),
    "a nan too many": (LINES[0] + b"of nan 1 2\n", r"line 2: the row has more than d"),
    "beyond float32": (LINES[0] + b"of 1 1e39\n", r"line 2: number 2 of 'of' is inf"),
    "nan in a binary": (HEADER + binary("abc", [[1, 2], [3, np.nan], [5, 6]]), r"row 2: number 2"),
    "no word": (LINES[0] + b" 1 2\n", r"line 2: the row has no word"),
    "a word of spaces": (LINES[0] + b"   1 2\n", r"line 2: the row has no word"),
    "no word in a binary": (HEADER + binary(["a", "", "c"], VALUES), r"row 2: the row has no word"),
    "too many promised": (b"4 2\n" + THREE, r"promises 4 rows, but there are 3.*limit=3"),
    "too few promised": (b"2 2\n" + THREE, r"line 4: the header promises 2 rows, but here is .*=2"),
    "nothing but a header": (b"4 2\n", r"promises 4 rows, but there are 0"),
    "a million million": (b"1000000000000 300\n" + THREE, r"line 2: the row has 2 numbers"),
    "a huge d": (b"3 999999999\n" + THREE, "This is no file of vectors"),
    "rows without numbers": (b"3 0\n" + THREE, "promises 3 rows of 0 numbers"),
    "a truncated binary": (BINARY[:-9], r"row 3: the header promises 3 rows, but the file ends"),
    "a binary cut in a word": (BINARY[:-11], r"row 3: .* limit=2 reads what is whole"),
    "a binary that goes on": (BINARY + BINARY[4:], r"row 4: the header promises 3 rows of 2"),
    "a space in the last word of a binary": (
        HEADER + binary(["a", "b", "c d"], VALUES),
        r"row 4: .* goes on.*Does a word hold a space\?",
    ),
    "a binary of another d": (b"3 3\n" + BINARY[4:], r"row [123]"),
    "not UTF-8": (LINES[0] + b"na\xefve 1 2\n", r"line 2: the word b'na\\xefve' is not UTF-8"),
    "a binary not in UTF-8": (BINARY.replace(b"of", b"\xff\xfe"), r"row 2: the word b'\\xff\\xfe'"),
    "UTF-16": ("a 1 2\n".encode("utf-16"), "UTF-16"),
    "line ends of old Macs": (THREE.replace(b"\n", b"\r"), "carriage return"),
    "empty": (b"", "is empty"),
    "blank": (b" \n\n", "is empty"),
    "an empty gzip": (gzip.compress(b""), "is empty"),
    "a web page": (web_page(), "a web page"),
    "prose": (b"It was a dark and stormy night.\n", "no line begins with a word"),
    "git-lfs": (LFS, "git lfs pull"),
    "a pickle": (pickle.dumps({"a": VALUES}), "a pickle"),
    "an old pickle": (pickle.dumps({"a": [1.0]}, protocol=2), "a pickle"),
    "an npz": (arrays(), "Embeddings.load"),
    "an npy": (array(), "holds no words"),
    "zeros": (bytes(3000), "bytes that are no text"),
    "a truncated gzip": (gzip.compress(THREE * 9000)[:-20], r"damaged or cut off"),
    "a damaged gzip": (gzip.compress(THREE)[:12] + b"xxxx" + gzip.compress(THREE)[16:], "damaged"),
    "a gzip and more": (gzip.compress(THREE) + b"more", "damaged"),
    "a truncated bzip2": (bz2.compress(THREE)[:-5], "damaged or cut off"),
    "not really bzip2": (b"BZh9 but no", "damaged or cut off"),
    "a truncated zip": (bytes(archive()[:-30]), "damaged zip archive"),
    "a damaged zip": (bytes(archive()).replace(b"a.txt", b"b.txt", 1), "cannot be unpacked"),
    "a zip with a password": (encrypted(), "password"),
    "packed twice": (gzip.compress(gzip.compress(THREE)), "packed twice"),
    "one endless line": (b"a " + b"1 " * 2_000_000, "no line begins with a word|more than"),
    "an endless word": (b"2 2\n" + b"\x00" * 10_000, "here is no word"),
}


@pytest.mark.parametrize("case", BROKEN)
@pytest.mark.filterwarnings("error")
def test_a_broken_file_is_refused_with_its_name_and_the_place(load, tmp_path, case):
    content, message = BROKEN[case]
    for _ in range(2):
        with pytest.raises(ValueError, match=message) as raised:
            load(content, name="bad.file")
        assert "bad.file" in str(raised.value)
        assert len(str(raised.value)) < 500 + len(str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["bad.file"], "no copy was left"


def test_each_broken_file_is_refused_packed_too(load):
    for case, (content, _) in BROKEN.items():
        if not content.startswith((b"PK", b"\x1f\x8b", b"BZh")):
            with pytest.raises(ValueError, match=r"bad\.gz"):
                raise AssertionError(case, load(gzip.compress(content), name="bad.gz"))


def test_the_line_is_right_beyond_the_first_chunk(load, monkeypatch):
    monkeypatch.setattr(course_lib.formats.text, "CHUNK", 64)
    lines = [f"w{n} 1 2" for n in range(100)]
    lines[71] = "w71 1 two"
    for header, ends in [("", "\n"), ("", "\r\n\n"), ("100 2\n", "\n")]:
        line = 1 + 71 * ends.count("\n") + bool(header)
        with pytest.raises(ValueError, match=rf"line {line}: .*'two'"):
            load((header + ends.join(lines)).encode())


def test_limit_reads_what_the_message_says(load):
    for case in ("too many promised", "too few promised", "a truncated binary"):
        content, _ = BROKEN[case]
        with pytest.raises(ValueError, match=r"limit=\d") as raised:
            load(content)
        limit = int(str(raised.value).partition("limit=")[2][0])
        assert len(load(content, limit=limit)) == limit


def test_words_that_are_not_utf8_can_be_read_if_asked(load):
    content, _ = BROKEN["not UTF-8"]
    assert load(content, errors="replace").vocabulary.words == ["the", "na\ufffdve"]
    assert load(content, errors="ignore").vocabulary.words == ["the", "nave"]
    with pytest.raises(ValueError, match="not UTF-8"):  # and the copy of that is not used
        load(content)
    truncated = datapath("w2v_keyedvectors_load_test.modeldata")
    theirs = read_by_gensim(truncated, unicode_errors="ignore")
    ours = formats.load_vectors(truncated, errors="ignore", cache=False)
    assert same(ours, theirs.index_to_key, theirs.vectors)


def test_a_format_can_be_demanded(load):
    digits = b"1 2\n3 4\n"  # a header, and a row that is too short; or two words and d = 1
    assert same(load(digits, format="glove"), ["1", "3"], [[2], [4]])
    with pytest.raises(ValueError, match="line 2"):
        load(digits)
    with pytest.raises(ValueError, match="no header"):
        load(THREE, format="word2vec-text")
    with pytest.raises(ValueError, match="no header"):
        load(THREE, format="word2vec-binary")
    with pytest.raises(ValueError, match=r"row \d"):
        load(HEADER + THREE, format="word2vec-binary")
    with pytest.raises(ValueError, match="line 2"):
        load(BINARY, format="word2vec-text")


@pytest.mark.parametrize(
    ("content", "pack"),
    [
        (bytes(2**25), gzip.compress),
        (bytes(2**25), bz2.compress),
        (b"w 0 0 0 0\n" * 2_000_000, gzip.compress),
        ((b"w 0" + b" 0" * 500_000) * 30, gzip.compress),
        (b"1000000000000 300\n" + bytes(2**25), gzip.compress),
    ],
    ids=["zeros", "zeros, bzip2", "rows", "endless lines", "binary"],
)
def test_a_zip_bomb_is_refused_in_bounded_memory_and_time(load, content, pack):
    packed_content = pack(content)
    assert len(content) > 100 * len(packed_content)
    tracemalloc.start()
    start = time.process_time()
    with pytest.raises(ValueError, match=r"no line begins|times its own size|here is no word"):
        load(packed_content)
    assert time.process_time() - start < 30
    assert tracemalloc.get_traced_memory()[1] < 4 * packed.ALWAYS_ALLOWED
    tracemalloc.stop()


def test_arguments_are_checked(load, tmp_path):
    for options, message in [
        ({"limit": 0}, "limit must be"),
        ({"limit": 2.0}, "limit must be"),
        ({"limit": True}, "limit must be"),
        ({"format": "word2vec"}, "format must be auto, word2vec-text"),
        ({"dtype": "float64"}, "dtype must be float32 or float16"),
        ({"dtype": "no such"}, "dtype must be float32 or float16"),
        ({"errors": "surrogateescape"}, "errors must be"),
        ({"words": "the"}, "must be a list of tokens"),
        ({"words": []}, "holds no word"),
        ({"words": [1]}, "must be strings, not 1"),
    ]:
        with pytest.raises(ValueError, match=message):
            load(THREE, **options)
    with pytest.raises(FileNotFoundError, match=r"no file .*nowhere.txt"):
        formats.load_vectors(tmp_path / "nowhere.txt")
    with pytest.raises(ValueError, match="is a folder"):
        formats.load_vectors(tmp_path)
    for path in (None, 7, ""):
        with pytest.raises(ValueError, match="path must be"):
            formats.load_vectors(path)


# --------------------------------------------------------------------------------- the copy


def test_the_second_load_does_not_read_the_file(load, tmp_path, monkeypatch):
    first = load(THREE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["vectors", "vectors.float32.cache"]
    monkeypatch.setattr(formats.loading, "open_source", None)
    second = formats.load_vectors(tmp_path / "vectors")
    assert same(second, first.vocabulary.words, first.input_vectors)
    assert second.vocabulary == first.vocabulary
    assert second.vocabulary.index("of") == 1
    assert same(formats.load_vectors(tmp_path / "vectors", limit=2), ["the", "of"], VALUES[:2])
    mapped = second.input_vectors
    while isinstance(mapped.base, np.ndarray):
        mapped = mapped.base
    assert isinstance(mapped, np.memmap)
    second.input_vectors[0] = 99  # a change is ours alone
    assert same(formats.load_vectors(tmp_path / "vectors"), first.vocabulary.words, VALUES)


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(path.read_bytes().replace(b"0.1", b"0.3")),  # same size
        lambda path: path.write_bytes(path.read_bytes() + b"more 1 2\n"),
        lambda path: os.utime(path, ns=(1, 1)),
    ],
)
def test_a_changed_file_is_read_anew(load, tmp_path, change):
    load(THREE)
    path = tmp_path / "vectors"
    change(path)
    changed = formats.load_vectors(path)
    assert same(changed, *parsed(path.read_bytes()))
    assert same(formats.load_vectors(path), *parsed(path.read_bytes()))


def parsed(content):
    lines = [line.split() for line in content.decode().splitlines()]
    return [line[0] for line in lines], np.float32([line[1:] for line in lines])


def test_a_change_that_keeps_size_and_time_is_seen_at_both_ends(load, tmp_path):
    rows = [f"w{n} 1 2\n" for n in range(30_000)]
    load("".join(rows).encode())
    path = tmp_path / "vectors"
    state = path.stat()
    for row in (0, -1):
        changed = rows.copy()
        changed[row] = changed[row].replace("1 2", "3 4")
        path.write_text("".join(changed), encoding="utf-8", newline="\n")
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
        assert formats.load_vectors(path).input_vectors[row].tolist() == [3, 4]


@pytest.mark.parametrize(
    "damage",
    [
        lambda old: b"",
        lambda old: old[:-1],
        lambda old: old + b"x",
        lambda old: old[:10],
        lambda old: old.replace(b"the\nof", b"the\nif"),
        lambda old: old.replace(b'"shape": [3', b'"shape": [4'),
        lambda old: old.replace(b'"words": 10', b'"words": -1'),
        lambda old: old.replace(b'"float32"', b'"object0"'),
        lambda old: old.replace(b'{"key"', b'["key"'),
        lambda old: old.replace(b"version 1", b"version 9"),
    ],
)
def test_a_damaged_copy_is_made_anew(load, tmp_path, damage):
    load(THREE)
    copy = tmp_path / "vectors.float32.cache"
    whole = copy.read_bytes()
    assert damage(whole) != whole
    copy.write_bytes(damage(whole))
    assert same(formats.load_vectors(tmp_path / "vectors"), ["the", "of", "and"], VALUES)
    assert copy.read_bytes() == whole


def test_a_part_leaves_no_copy_and_none_is_made_if_not_wanted(load, tmp_path):
    load(THREE, limit=2)
    load(THREE, words=["of"])
    load(THREE, cache=False)
    assert [path.name for path in tmp_path.iterdir()] == ["vectors"]


def test_where_the_folder_is_closed_the_copy_goes_to_the_data_folder(
    load, tmp_path, data_folder, monkeypatch
):
    real = cache.replacing

    def closed(path):
        if Path(path).parent == tmp_path:
            raise PermissionError("read-only")
        return real(path)

    monkeypatch.setattr(cache, "replacing", closed)
    load(THREE)
    assert [path.name for path in tmp_path.iterdir()] == ["vectors"]
    assert len(list((data_folder / "vectors").iterdir())) == 1
    monkeypatch.setattr(formats.loading, "open_source", None)
    assert len(formats.load_vectors(tmp_path / "vectors")) == 3


def test_without_any_place_for_a_copy_it_works(load, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("COURSE_LIB_DATA", str(tmp_path / "file" / "x"))
    monkeypatch.setattr(cache, "replacing", lambda path: (_ for _ in ()).throw(OSError("full")))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(load(THREE)) == 3


def test_a_file_that_changes_while_it_is_read_leaves_no_copy(load, tmp_path, monkeypatch):
    real = formats.loading.find_layout

    def meanwhile(source, format):
        os.utime(tmp_path / "vectors", ns=(1, 1))
        return real(source, format)

    monkeypatch.setattr(formats.loading, "find_layout", meanwhile)
    assert len(load(THREE)) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["vectors"]


# ----------------------------------------------------------------------------------- saving


@pytest.mark.parametrize("format", formats.loading.FORMATS)
def test_what_no_format_can_hold_is_refused(tmp_path, format):
    path = tmp_path / "kept.txt"
    path.write_bytes(b"old")
    vectors = np.ones((2, 3), np.float32)
    for words, message in [
        (["a", "New York"], "'New York' holds white space"),
        (["a", "b\n"], "white space"),
        (["tab\tbed", "b"], "white space"),
        (["a", ""], "Word 1 is empty"),
        (["a", "a"], "'a' stands 2 times"),
        (["a", 7], "must be strings"),
        (["a"], r"shape \(2, 3\), expected \(1, d\)"),
        ("ab", "not a string"),
        ([], "at least one word"),
        (["\ufeffa", "b"], "byte order mark"),
        (["a", "\ud800"], "UTF-8"),
    ]:
        with pytest.raises(ValueError, match=message):
            formats.save_vectors(path, words, vectors, format)
    for wrong, message in [
        ([[1, np.nan], [1, 2]], "first in row 0"),
        ([[1, 2], [1, -np.inf]], "first in row 1"),
        ([[1, 2], [1, 1e39]], "beyond float32, first in row 1"),
        ([1, 2], "shape"),
        (np.ones((2, 0)), "shape"),
        ([["a"], ["b"]], "must be numbers"),
        (np.ones((2, 2), complex), "must be numbers"),
    ]:
        with pytest.raises(ValueError, match=message):
            formats.save_vectors(path, ["a", "b"], wrong, format)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_saving_names_what_is_wrong_with_the_place(tmp_path):
    with pytest.raises(ValueError, match="format must be word2vec-text"):
        formats.save_vectors(tmp_path / "a", ["a"], [[1]], "text")
    with pytest.raises(ValueError, match=r"writes no \.zip files"):
        formats.save_vectors(tmp_path / "a.zip", ["a"], [[1]])
    with pytest.raises(FileNotFoundError, match="nowhere"):
        formats.save_vectors(tmp_path / "nowhere" / "a", ["a"], [[1]])


def test_white_space_that_belongs_to_a_word_is_kept(tmp_path):
    words = ["10\u00a0000", "\u0085", "a\u2028b", "\u3000"]
    for format, options in [("glove", {"no_header": True}), ("word2vec-binary", {"binary": True})]:
        formats.save_vectors(tmp_path / format, words, np.eye(4), format)
        assert same(formats.load_vectors(tmp_path / format), words, np.eye(4))
        assert read_by_gensim(tmp_path / format, **options).index_to_key == words


def test_the_same_vectors_give_the_same_bytes(tmp_path):
    for name in ("a.txt.gz", "b.txt.gz"):
        formats.save_vectors(tmp_path / name, ["a", "b"], [[1, 2], [3, 4]])
    assert (tmp_path / "a.txt.gz").read_bytes() == (tmp_path / "b.txt.gz").read_bytes()
    formats.save_vectors(tmp_path / "c.txt", ["a", "b"], [[1, 0.1], [3, 4]])
    assert (tmp_path / "c.txt").read_bytes() == b"2 2\na 1.0 0.1\nb 3.0 4.0\n"


def test_other_number_types_are_rounded_to_float32(tmp_path):
    for vectors in ([[1, 2]], np.float64([[0.1, 1 / 3]]), np.float16([[0.1, 1 / 3]])):
        formats.save_vectors(tmp_path / "a", ["a"], vectors, "word2vec-binary")
        assert same(formats.load_vectors(tmp_path / "a"), ["a"], np.float32(vectors))


# ---------------------------------------------------------------------------------- fuzzing

WORD = st.text(st.characters(exclude_characters="\n\r\t\v\f ", codec="utf-8"), min_size=1)
NUMBER = st.floats(width=32, allow_nan=False, allow_infinity=False)


@st.composite
def tables(draw):
    d = draw(st.integers(1, 5))
    words = draw(
        st.lists(WORD.filter(lambda w: w[0] != "\ufeff"), min_size=1, max_size=8, unique=True)
    )
    numbers = st.lists(NUMBER, min_size=d, max_size=d)
    return words, np.float32(draw(st.lists(numbers, min_size=len(words), max_size=len(words))))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(table=tables(), format=st.sampled_from(formats.loading.FORMATS))
def test_any_table_comes_back(tmp_path, table, format):
    words, vectors = table
    formats.save_vectors(tmp_path / "any", words, vectors, format)
    assert same(formats.load_vectors(tmp_path / "any", format=format, cache=False), words, vectors)


# Bytes that are nearly right find more than bytes at random.
PIECES = st.sampled_from(
    [b"\n", b" ", b"\r\n", b"\t", b"a", b"1", b"0.5", b"-1e3", b"nan", b"2 2\n", b"1 1\n", b"\xff",
     b"a 1 2\n", b"b 3 4\n", b"\x00\x00\x80\x3f", b"\xef\xbb\xbf", b"\xc3\xa4", b"\xc2\xa0",
     b"PK\x03\x04", b"\x1f\x8b", b"BZh9", b"\x80\x04", b"<html>", b"999999 300\n", b",", b"\x00",
     b"c " + b"1 " * 300]
)  # fmt: skip


@st.composite
def nearly_right(draw):
    content = draw(st.sampled_from([THREE, HEADER + THREE, BINARY]))
    start, piece = draw(st.integers(0, len(content))), draw(st.binary(max_size=6))
    return content[:start] + piece + content[start + draw(st.integers(0, 6)) :]


ANY_BYTES = st.one_of(
    st.binary(max_size=300), st.lists(PIECES, max_size=30).map(b"".join), nearly_right()
)


@settings(
    max_examples=400, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    content=ANY_BYTES,
    pack=st.sampled_from([bytes, gzip.compress, bz2.compress]),
    damaged=st.integers(-60, 200),
    options=st.fixed_dictionaries(
        {
            "format": st.sampled_from(["auto", *formats.loading.FORMATS]),
            "limit": st.none() | st.integers(1, 3),
            "words": st.none() | st.just(["a", "the", "b"]),
            "errors": st.sampled_from(["strict", "replace", "ignore"]),
        }
    ),
)
def test_any_bytes_give_vectors_or_a_clean_error(tmp_path, content, pack, damaged, options):
    content = pack(content)
    if damaged >= 0:
        content = content[:damaged] + b"\x07" + content[damaged + 1 :]
    (tmp_path / "any").write_bytes(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.filterwarnings("ignore", "any|.*has .* rows? with a word")
            found = formats.load_vectors(tmp_path / "any", cache=False, **options)
    except ValueError as error:
        assert str(tmp_path / "any") in str(error)
    else:
        assert found.input_vectors.shape[0] == len(found.vocabulary.words) == len(found)
        assert np.isfinite(found.input_vectors).all()
        assert "" not in found.vocabulary
        Vocabulary(found.vocabulary.words)  # each once


# ------------------------------------------------------------------------- time and memory

SPEED = """
import resource, sys, time
from course_lib import formats
path = sys.argv[1]
unit = 1 if sys.platform == "darwin" else 1024
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
before = peak()
loaded = formats.load_vectors(path, progress=False)
print((peak() - before) / loaded.input_vectors.nbytes - 1)
start = time.process_time()
again = formats.load_vectors(path, progress=False)
print(time.process_time() - start)
"""


@pytest.mark.skipif(os.name == "nt", reason="resource is not there")
def test_memory_stays_bounded_and_the_second_load_is_immediate(tmp_path):
    rng = np.random.default_rng(1)
    lines = [" ".join(map("{:.5g}".format, row)) for row in rng.normal(size=(1000, 50))]
    path = tmp_path / "large.txt"
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for n in range(200_000):
            file.write(f"word{n} {lines[n % 1000]}\n")
    command = [sys.executable, "-c", SPEED, str(path)]
    extra, second = map(float, subprocess.check_output(command, text=True).split())
    assert extra < 1.5
    assert second < 0.1


def test_the_bound_of_packed_files_is_above_that_of_real_ones(tmp_path, trained):
    path = tmp_path / "a.txt.bz2"
    formats.save_vectors(path, trained.vocabulary.words, trained.input_vectors)
    ratio = len(bz2.decompress(path.read_bytes())) / path.stat().st_size
    assert 2 < ratio < packed.LARGEST_RATIO / 10
