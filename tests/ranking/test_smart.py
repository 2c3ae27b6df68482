import re

import pytest

from course_lib.ranking import load_collection, read_smart

DOCUMENTS = b"""\
.I 1
.T
the first
title .
.A
somebody
.B
j. ae. scs. 25, 1958, 324.
.W
the first title .
its text
. a line that begins with a point
.I 7
.T
.W
.X
1 2 3
.I 3
.W
a text
.W
and its continuation
"""
QUERIES = b".I 001\n.W\nfirst question\n.I 004\n.W\nsecond\nquestion .\n"
JUDGEMENTS = b"1 1 1\n1 7 -1 \n\n2 3 4\n2 1 2\n"


@pytest.fixture
def read(tmp_path):
    """Write three files, and read them."""

    def write_and_read(documents=DOCUMENTS, queries=QUERIES, judgements=JUDGEMENTS, **options):
        contents = {"x.all": documents, "x.qry": queries, "xqrel": judgements}
        for name, content in contents.items():
            (tmp_path / name).write_bytes(content)
        return read_smart(*(tmp_path / name for name in contents), **options)

    return write_and_read


def test_documents_are_title_and_text(read):
    assert read().documents == {
        "1": "the first title .\nthe first title .\nits text\n. a line that begins with a point",
        "7": "",
        "3": "a text\nand its continuation",
    }


def test_queries_are_numbered_as_they_come_and_codes_become_gains(read):
    found = read()
    assert found.queries == {"1": "first question", "2": "second\nquestion ."}
    assert found.qrels == {"1": {"1": 4, "7": 0}, "2": {"3": 1, "1": 3}}
    assert found.left_out == {} and found.name == "x.all"


def test_other_gains(read):
    found = read(gains={1: 1, 2: 1, 4: 0, -1: -5})
    assert found.qrels == {"1": {"1": 1, "7": -5}, "2": {"3": 0, "1": 1}}


@pytest.mark.parametrize(
    ("judgements", "expected"),
    [
        (b"1 7\n2 3\n", {"1": {"7": 1}, "2": {"3": 1}}),
        (b"     1     7\t0\t0.000000\n     2     3\t0\t0.000000\n", {"1": {"7": 1}, "2": {"3": 1}}),
        (b"01 7  0 0\n02 3  0 0\n", {"1": {"7": 1}, "2": {"3": 1}}),
        (b"1 0 7 1\n1 0 1 0\n2 0 3 2\n", {"1": {"7": 1, "1": 0}, "2": {"3": 2}}),
    ],
    ids=["two columns", "CISI", "CACM", "MED"],
)
def test_judgements_of_other_collections(read, judgements, expected):
    assert read(judgements=judgements).qrels == expected


def test_windows_line_ends_and_a_byte_order_mark(read):
    def changed(content):
        return b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n")

    found, plain = read(*map(changed, (DOCUMENTS, QUERIES, JUDGEMENTS))), read()
    assert (found.documents, found.queries, found.qrels) == (
        plain.documents,
        plain.queries,
        plain.qrels,
    )


def test_titles_alone(read):
    documents = b".I 1\n.T\na title\n.B\nsomewhere\n.I 7\n.W\n.I 3\n.W\nx\n"
    with pytest.raises(ValueError, match=r"x.all, line 1: record 1 has no .W.*titles_alone=True"):
        read(documents)
    assert read(documents, titles_alone=True).documents["1"] == "a title\n"
    with pytest.raises(ValueError, match=r"line 1: record 1 has no \.W"):
        read(documents.replace(b".T\na title\n", b""), titles_alone=True)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"documents": DOCUMENTS.replace(b".I 7", b".I 1")}, "x.all, line 13: .I 1 .* line 1 al"),
        ({"documents": DOCUMENTS.replace(b".I 7", b".I")}, "x.all, line 13: .* one id"),
        ({"documents": DOCUMENTS.replace(b".I 7", b".I 7 8")}, "x.all, line 13: .* one id"),
        ({"documents": DOCUMENTS + b".I 9\n.A\nx\n"}, "x.all, line 23: record 9 has no .W"),
        ({"documents": DOCUMENTS + b".I 9\n"}, "x.all, line 23: record 9 has no .W"),
        ({"documents": DOCUMENTS + b".I 9\nx\n"}, "x.all, line 24: text before"),
        ({"documents": b"x\n" + DOCUMENTS}, "x.all, line 1: text before the first .I"),
        ({"documents": b".W\nx\n" + DOCUMENTS}, "x.all, line 1: text before the first .I"),
        ({"documents": DOCUMENTS + b"\xe9t\xe9\n"}, "x.all, line 23: a byte is not utf-8"),
        ({"documents": b"\n"}, "x.all has no record"),
        ({"queries": QUERIES.replace(b"004", b"001")}, "x.qry, line 4: .I 001 .* line 1 already"),
        ({"queries": b".I 1\n.T\ntitle\n.I 2\n.W\nx\n"}, "x.qry, line 1: record 1 has no .W"),
        ({"queries": b""}, "x.qry has no record"),
        ({"judgements": JUDGEMENTS + b"3 1 2\n"}, "xqrel, line 6: query 3 .* 2 queries"),
        ({"judgements": JUDGEMENTS + b"0 1 2\n"}, "xqrel, line 6: query 0 is out of range"),
        ({"judgements": JUDGEMENTS + b"1 2 2\n"}, "xqrel, line 6: document 2 is not in"),
        ({"judgements": JUDGEMENTS + b"1 1 2\n"}, "xqrel, line 6: query 1 and document 1 .* alr"),
        ({"judgements": JUDGEMENTS + b"1 3 5\n"}, r"xqrel, line 6: code 5 is none of \[-1, 1"),
        ({"judgements": JUDGEMENTS + b"1 3\n"}, "xqrel, line 6: 2 fields"),
        ({"judgements": JUDGEMENTS + b"1 3 1 1\n"}, "xqrel, line 6: 4 fields"),
        ({"judgements": JUDGEMENTS + b"1 3 x\n"}, "xqrel, line 6: 'x' is no whole number"),
        ({"judgements": JUDGEMENTS + b"1_0 3 1\n"}, "xqrel, line 6: '1_0' is no whole number"),
        ({"judgements": b"1 3 0 2\n"}, "xqrel, line 1: expected 'query document 0 0'"),
        ({"judgements": b"1\n"}, "xqrel, line 1: 1 fields"),
        ({"judgements": b"\n"}, "xqrel holds no judgement"),
        ({"judgements": b"1 \xff 1\n"}, "xqrel, line 1: a byte is not utf-8"),
    ],
)
def test_broken_and_contradictory_files_are_refused(read, files, message):
    read()  # the files are whole before one of them is broken
    with pytest.raises(ValueError, match=message):
        read(**files)


def test_another_encoding(read):
    found = read(DOCUMENTS + b"\xe9t\xe9\n", encoding="latin-1")
    assert found.documents["3"].endswith("été")


def test_missing_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"x\.all"):
        read_smart(tmp_path / "x.all", tmp_path / "x.qry", tmp_path / "xqrel")


@pytest.mark.parametrize(
    "names",
    [
        ("cran.all.1400", "cran.qry", "cranqrel"),
        ("CISI.ALL", "CISI.QRY", "CISI.REL"),
        ("cacm.all", "cacm.qry", "qrels.text"),
    ],
)
def test_a_folder_is_a_collection(tmp_path, names):
    for name, content in zip(names, (DOCUMENTS, QUERIES, JUDGEMENTS), strict=True):
        (tmp_path / name).write_bytes(content)
    (tmp_path / "cranqrel.readme").write_bytes(b"read me")
    assert load_collection(tmp_path).qrels == load_collection(str(tmp_path)).qrels
    (tmp_path / "second.qry").write_bytes(QUERIES)
    with pytest.raises(ValueError, match=f"several files of queries: .*{re.escape(names[1])}"):
        load_collection(tmp_path)
    (tmp_path / "second.qry").unlink()
    (tmp_path / names[2]).unlink()
    with pytest.raises(FileNotFoundError, match="no file of judgements"):
        load_collection(tmp_path)
