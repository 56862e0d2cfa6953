"""Damaged files: told, or made anew, never served as if nothing were (test/power/damage, test/power/million)."""
import json
import os
import subprocess
import sys

from server import BUILD, LONG, TOP


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
