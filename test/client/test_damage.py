"""Damaged files: told, or made anew, never served as if nothing were (test/power/damage, test/power/million)."""
import json
import os
import signal
import subprocess
import sys

import pytest

from server import BUILD, LONG, TOP, eventually


def tool(name, *options):
    """Gives (exit status, result) of a program in test/power that prints JSON."""
    done = subprocess.run([sys.executable, TOP / "test/power" / name, "--json", *options], capture_output=True, text=True,
                          timeout=7200, env={**os.environ, "BOURSE_BUILD": str(BUILD)})
    assert done.stdout, done.stderr[-4000:]
    return done.returncode, json.loads(done.stdout)


def test_random_damage():
    status, result = tool("damage", *(("--rounds", "10000") if LONG else ("--rounds", "40", "--seed", "5")))
    assert status == 0 and result["bad"] == 0, result


def test_a_rebuilt_index_holds_the_same():
    status, result = tool("million", *(() if LONG else ("--messages", "5000", "--mailboxes", "3")))
    assert status == 0 and result["equal"] and result["problems"] == [], result
    print(result)


def person(new_server):
    s = new_server()
    s.add_domain()
    s.add_person("alice")
    s.start()
    s.send("alice@example.org")
    return s


def rebuilds(s):
    return s.log().count("index rebuilt")


@pytest.mark.parametrize("part", ["store", "directory"])
def test_an_index_that_ends_its_role_is_made_anew(new_server, part):
    """Cut to its first pages the index is opened and then read past its end: SIGBUS at every start."""
    s = person(new_server)
    assert s.stop() == 0
    os.truncate(s.data / part / "index", 8192)
    s.start()
    assert rebuilds(s) == 1
    assert len(s.pop3_all("alice")) == 1
    assert s.json("check")["problems"] == []


def test_a_role_that_dies_twice_in_a_row_gets_a_new_index(new_server):
    s = person(new_server)
    for n in range(2):
        pid = eventually(lambda: s.role_pids("store"))[0]
        os.kill(pid, signal.SIGBUS)
        eventually(lambda: s.role_pids("store") not in ([], [pid]) and len(s.pop3_all("alice")) == 1)
        assert rebuilds(s) == n
    # Once an hour at most: after that it was something else.
    for _ in range(2):
        pid = eventually(lambda: s.role_pids("store"))[0]
        os.kill(pid, signal.SIGSEGV)
        eventually(lambda: s.role_pids("store") not in ([], [pid]) and len(s.pop3_all("alice")) == 1)
    assert rebuilds(s) == 1
