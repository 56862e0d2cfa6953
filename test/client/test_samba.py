"""A Windows domain with two controllers through winbind; part of ./check --long, needs root."""
import os
import pathlib
import shutil
import subprocess

import pytest
from server import LONG

pytestmark = [pytest.mark.skipif(not LONG, reason="only in ./check --long"),
              pytest.mark.skipif(os.geteuid() != 0, reason="namespaces are root's"),
              pytest.mark.skipif(not shutil.which("winbindd", path="/usr/sbin:/usr/bin"), reason="winbindd is not installed")]


def test_controllers_through_winbind(tmp_path):
    path = "/usr/sbin:/usr/bin:/sbin:/bin"
    done = subprocess.run(["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "/usr/bin/python3",
                           pathlib.Path(__file__).parent / "samba_world.py", tmp_path], capture_output=True, text=True, timeout=900,
                          env=dict(os.environ, PATH=path))
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]
