from course_lib.evaluation.tables import Table, number, percent


def test_a_table_escapes_html_and_writes_numbers_plainly():
    table = Table("a < b", ("", "x"), (("<i>", "1"), ("long name", "-10")))
    assert repr(table) == "a < b\n             x\n<i>          1\nlong name  -10"
    assert "&lt;i&gt;" in table._repr_html_() and "a &lt; b" in table._repr_html_()
    assert (number(-0.001), number(0.255, 1), number(float("nan"))) == ("0.00", "0.3", "–")
    assert (percent(0.1234), percent(float("nan"))) == ("12.3 %", "–")
