import re
import unicodedata
from pathlib import Path

from course_lib import chinese, glossary

ROOT = Path(__file__).resolve().parents[1]
TERMS = glossary.terms()


def test_it_covers_every_lesson_and_names_no_term_twice():
    assert len(TERMS) >= 60
    assert {term.lesson for term in TERMS} == {f"{i:02d}" for i in range(1, 14)}
    assert [term.lesson for term in TERMS] == sorted(term.lesson for term in TERMS)
    for names in ([t.english.lower() for t in TERMS], [t.traditional for t in TERMS]):
        assert len(names) == len(set(names))


def test_no_field_is_empty_or_untidy():
    for term in TERMS:
        for field in term:
            assert field == field.strip() != ""
            assert field == unicodedata.normalize("NFC", field)
            assert "|" not in field
        assert term.explanation.endswith("."), term


def test_each_script_is_written_in_its_own_characters():
    """What OpenCC calls Simplified does not change when it is simplified, and the reverse."""
    for term in TERMS:
        assert chinese.to_simplified(term.simplified) == term.simplified
        # Converting to Traditional is a guess, so only a term that is untouched by simplifying and
        # still changes when it is made Traditional holds a Simplified character.
        if chinese.to_simplified(term.traditional) == term.traditional:
            assert chinese.to_traditional(term.traditional) == term.traditional, term


def test_taiwan_and_the_mainland_have_words_of_their_own():
    by_name = {term.english: term for term in TERMS}
    assert by_name["artificial intelligence"][1:3] == ("人工智慧", "人工智能")
    assert by_name["memory"][1:3] == ("記憶體", "内存")
    other_words = [t for t in TERMS if chinese.to_simplified(t.traditional) != t.simplified]
    assert len(other_words) >= 20


def test_the_page_is_in_step_with_the_terms():
    page = (ROOT / "notebooks" / "glossary.md").read_text(encoding="utf-8")
    assert page == glossary.as_markdown(), "run: make notebooks"


def test_the_page_has_a_row_for_each_term_in_alphabetical_order():
    rows = re.findall(r"^\| (?!English|-)(.+?) \| (.+?) \| (.+?) \| (.+?) \| (\d\d) \|$",
                      glossary.as_markdown(), flags=re.MULTILINE)  # fmt: skip
    assert {(row[0], row[1]) for row in rows} == {(t.english, t.traditional) for t in TERMS}
    assert [row[0].casefold() for row in rows] == sorted(row[0].casefold() for row in rows)
