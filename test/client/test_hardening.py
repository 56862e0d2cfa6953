"""How the programs were built: what a reader of the ELF files sees (SECURITY.md, "Built with")."""
import json
import os
import subprocess

import pytest

from server import BOURSE, BOURSED, BUILD

SANITIZED = "asan" in os.environ.get("BOURSE_BUILD", "")
PROGRAMS = {"boursed": BOURSED, "bourse": BOURSE}


def read(program, *options):
    return subprocess.run(["readelf", "-W", *options, PROGRAMS[program]], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("program", PROGRAMS)
def test_position_independent(program):
    assert "Type:                              DYN" in read(program, "-h")
    assert "PIE" in read(program, "-d")


@pytest.mark.parametrize("program", PROGRAMS)
def test_relocations_are_read_only_and_bound_at_start(program):
    assert "GNU_RELRO" in read(program, "-l")
    assert "BIND_NOW" in read(program, "-d") and "NOW" in read(program, "-d")


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_memory_is_written_and_run(program):
    """The stack is not run, and no segment is both."""
    rows = [line.split() for line in read(program, "-l").splitlines() if line.strip().startswith(("LOAD", "GNU_STACK"))]
    assert any(row[0] == "GNU_STACK" for row in rows) and sum(row[0] == "LOAD" for row in rows) >= 3
    for row in rows:
        flags = "".join(row[6:-1])
        assert not ("W" in flags and "E" in flags), row
    assert "TEXTREL" not in read(program, "-d")


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.skipif(SANITIZED, reason="a sanitizer has checks of its own")
def test_stack_and_string_functions_are_guarded(program):
    symbols = read(program, "--dyn-syms")
    assert "__stack_chk_fail" in symbols
    guarded = {line.split()[7].split("@")[0] for line in symbols.splitlines() if "_chk@" in line}
    assert len(guarded) >= 4 and "__snprintf_chk" in guarded, guarded


@pytest.mark.skipif(SANITIZED, reason="the flags are those of a release")
def test_every_file_is_compiled_with_the_flags():
    rows = [row for row in json.loads((BUILD / "compile_commands.json").read_text()) if row["file"].startswith("../src/")]
    assert len(rows) > 100
    for row in rows:
        words = row["command"].split()
        for flag in ("-D_FORTIFY_SOURCE=3", "-fstack-protector-strong", "-fPIE", "-fno-strict-aliasing", "-ftrivial-auto-var-init=zero"):
            assert flag in words or (flag == "-fPIE" and "-fPIC" in words), (row["file"], flag)
        assert {"-O2", "-O3", "-O1"} & set(words), row["file"]  # without it _FORTIFY_SOURCE is nothing
        assert "-fstack-clash-protection" in words and ("-fcf-protection=full" in words or os.uname().machine != "x86_64"), row["file"]


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.skipif(os.uname().machine != "x86_64" or SANITIZED, reason="CET is of x86-64; a sanitizer's runtime has none")
def test_indirect_jumps_land_on_marks(program):
    """Indirect branch tracking: our code begins its functions with ENDBR64, and the file says so where all of its parts do."""
    code = subprocess.run(["objdump", "-d", "--no-show-raw-insn", PROGRAMS[program]], capture_output=True, text=True, check=True).stdout
    assert code.count("endbr64") > 100
