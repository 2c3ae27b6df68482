import pytest

from course_lib.progress import progress_bar


@pytest.mark.parametrize(
    ("show", "variable", "seen"), [(True, "0", True), (False, "0", False), (True, "1", False)]
)
def test_a_bar_shows_when_it_is_wanted_and_allowed(show, variable, seen, capsys, monkeypatch):
    monkeypatch.setenv("TQDM_DISABLE", variable)
    with progress_bar(show, total=2, unit=" steps") as bar:
        bar.update(2)
    assert ("2/2" in capsys.readouterr().err) == seen
