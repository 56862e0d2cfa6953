"""The power is cut under load (test/power/run); the long round has 300 cuts on each of three file systems."""
import json
import os
import subprocess
import sys

import pytest

from server import BUILD, LONG, TOP


def run(*options, seconds):
    """Gives (exit status, result); skips where the rig cannot work."""
    done = subprocess.run([sys.executable, TOP / "test/power/run", "--json", *options], capture_output=True, text=True,
                          timeout=seconds, env={**os.environ, "BOURSE_BUILD": str(BUILD)})
    if done.returncode == 77:
        pytest.skip(done.stderr.strip())
    assert done.stdout, done.stderr[-4000:]
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize("file_system", ["ext4", "xfs", "btrfs"])
def test_power_is_cut(file_system):
    """Nothing acknowledged is lost, the index is the rebuilt index, no UID or UIDVALIDITY comes again."""
    if not LONG and file_system != "ext4":
        pytest.skip("only in the long round")
    options = ("--cuts", "300") if LONG else ("--cuts", "5", "--seconds", "3", "--workers", "2")
    status, result = run("--fs", file_system, *options, seconds=7200)
    assert status == 0, result
    for row in result["results"]:
        assert row["checks"] > 0 and row["cuts_with_faults"] == 0, row


def test_the_rig_sees_loss():
    """The control: a server whose flushes do nothing loses what it acknowledged."""
    status, result = run("--fs", "ext4", "--cuts", "4", "--seconds", "3", "--workers", "2", "--no-flush", seconds=1200)
    assert status == 0 and result["results"][0]["cuts_with_faults"] > 0, result
