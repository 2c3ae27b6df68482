import pytest

from course_lib.gensim_impl import outcome


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("print('one')\nprint('two words')", "ended: two words"),
        ("pass", "ended: nothing was printed"),
        ("print('é')", "ended: é"),
        ("{}['x']", "raised: KeyError: 'x'"),
        ("import ctypes\nctypes.string_at(0)", "crashed"),
        ("import sys; sys.exit(3)", "crashed"),
    ],
)
def test_it_says_how_the_code_ended(code, said):
    found = outcome(code)
    assert found.startswith(said) if said == "crashed" else found == said


def test_what_does_not_end_is_ended():
    assert outcome("while True: pass", 0.5) == "still running after 0.5 s"
