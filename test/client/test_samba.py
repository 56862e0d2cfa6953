"""A Windows domain with two controllers through winbind; part of ./check --long, needs root."""
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest
from server import LONG

pytestmark = [pytest.mark.skipif(not LONG, reason="only in ./check --long"),
              pytest.mark.skipif(os.geteuid() != 0, reason="namespaces are root's"),
              pytest.mark.skipif(not shutil.which("winbindd", path="/usr/sbin:/usr/bin"), reason="winbindd is not installed")]


@pytest.fixture
def short_path():
    """winbindd's sockets lie deep in it, and the whole of a socket's path has 107 octets; the role netlogon has a user of its own to go there with."""
    folder = tempfile.mkdtemp(prefix="sw")
    os.chmod(folder, 0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_controllers_through_winbind(short_path):
    path = "/usr/sbin:/usr/bin:/sbin:/bin"
    done = subprocess.run(["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "/usr/bin/python3",
                           pathlib.Path(__file__).parent / "samba_world.py", short_path], capture_output=True, text=True, timeout=900,
                          env=dict(os.environ, PATH=path))
    print(done.stdout)
    assert done.returncode == 0 and "\nOK\n" in done.stdout, done.stdout[-6000:] + done.stderr[-6000:]
