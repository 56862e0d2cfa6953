"""The bench still works: its generators against Bourse, every kind of row, the table, the plot."""
import json
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from server import BUILD, TOP

if not (BUILD / "bench/bare").exists():
    pytest.skip(f"{BUILD} has no bench: build all of it", allow_module_level=True)


def bench(*args):
    return subprocess.run([sys.executable, TOP / "bench/run", "--build", BUILD, *args], capture_output=True, text=True, timeout=600,
                          stdin=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    out = tmp_path_factory.mktemp("bench")
    done = bench("--self-test", "--corpus", out / "none", "--out", out)
    assert done.returncode == 0, done.stderr + done.stdout
    return out


def test_every_row_has_a_figure_and_the_results_are_written(ran):
    result = json.loads((ran / "results.json").read_text())
    assert result["complete"] and {"smtp-8.rate", "pop3.one", "imap.flags", "idle.after"} <= {r["key"] for r in result["rows"] if r["median"]}
    assert ElementTree.parse(ran / "results.svg").getroot().tag.endswith("svg")
    assert "| FETCH FLAGS | ms | **" in (ran / "results.md").read_text()
    assert not (ran / "data").exists()


def test_what_was_measured_is_rendered_again_and_taken_over(ran):
    before = (ran / "results.md").read_text()
    assert bench("--render", ran / "results.json", "--out", ran).returncode == 0
    assert (ran / "results.md").read_text() == before
    done = bench("--resume", ran, "--self-test")
    assert done.returncode == 0, done.stderr
    assert (ran / "results.md").read_text().splitlines()[4:] == before.splitlines()[4:]


def test_an_unknown_row_or_server_is_named():
    for args in (["--only", "nonsense"], ["--with", "nobody"]):
        done = bench(*args)
        assert done.returncode == 2 and "there is no" in done.stderr
