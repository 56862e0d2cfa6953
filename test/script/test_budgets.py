"""doc/budgets.md against the sources: every option that has a budget stands there with its default, every constant with its value,
and every test that is named exists."""
import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parents[2]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in (TOP / "doc/budgets.md").read_text().splitlines()
        if line.startswith("| ") and not line.startswith("| what")]
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def number(text):
    found = re.fullmatch(r"(\d+)([KMG]?)", text.upper())
    return int(found.group(1)) * UNITS[found.group(2)] if found else text  # a time is compared as it stands


def options():
    """name -> (default, budget), of the rows that have one."""
    text = (TOP / "src/config/options.tbl").read_text()
    rows = re.findall(r'^OPTION\((\w+), (\w+), \w+, "([^"]*)", [^,]+, [^,]+, "[^"]*", \w+,\s*\w+,\s*"([^"]*)"', text, re.M)
    assert len(rows) > 40
    return {f"{section}.{key}": (default, budget) for section, key, default, budget in rows}


def test_every_option_with_a_budget_is_there():
    shown = {row[2].strip("`"): row[1] for row in ROWS}
    for name, (default, budget) in options().items():
        if budget:
            assert name in shown, f"{name} has a budget and no row"
            assert number(shown[name]) == number(default), (name, shown[name], default)


def test_every_constant_has_its_value():
    sources = "\n".join(path.read_text() for path in TOP.glob("src/*/*.h"))
    seen = 0
    for _, value, where, _ in ROWS:
        where = where.strip("`")
        if not re.fullmatch(r"[A-Z0-9_]+", where):
            continue
        found = re.search(rf"^#define {where}\s+\(?(?:\(\w+\))?(\d+)u?(?: << (\d+))?", sources, re.M)
        assert found, where
        assert int(found.group(1)) << int(found.group(2) or 0) == number(value), (where, value, found.group(0))
        seen += 1
    assert seen >= 8


def test_every_test_exists():
    for row in ROWS:
        path, _, name = row[3].strip("`").partition("::")
        text = (TOP / path).read_text()
        assert not name or f"def {name}(" in text, row[3]
    assert "idle_ms_max" in (TOP / "test/unit/store/session_test.c").read_text()
