import json

from benchmarks import formats


def test_the_table_has_all_three(tmp_path, capsys):
    output = tmp_path / "table.md"
    options = ["--words", "3000", "--dimension", "20", "--rounds", "2", "--output", str(output)]
    assert formats.main(options) == 0
    table = output.read_text(encoding="utf-8")
    assert table.strip() == capsys.readouterr().out.strip()
    for name in formats.NAMES.values():
        assert table.count(f"| {name} |") == 1
    rows = json.loads(output.with_suffix(".json").read_text(encoding="utf-8"))["rows"]
    assert {name: len(found) for name, found in rows.items()} == dict.fromkeys(formats.NAMES, 2)
    assert all(row["seconds"] > 0 for found in rows.values() for row in found)


def test_the_file_is_as_large_as_asked_for(tmp_path):
    formats.write_text(tmp_path / "a", 1001, 3)
    lines = (tmp_path / "a").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1001
    assert {len(line.split()) for line in lines} == {4}
