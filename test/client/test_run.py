"""./run as a newcomer uses it: the lines it prints are put into a shell as they stand."""
import os
import re
import select
import shutil
import signal
import subprocess
import time

import pytest

from server import BUILD, TOP, eventually, free_base, is_alive

if BUILD != (TOP / "build").resolve() and not (TOP / "build/build.ninja").exists():
    pytest.skip("./run builds in build/, which is not there: run ./check, or ./run once", allow_module_level=True)


class Run:
    """./run in a session of its own, as in a terminal of its own."""

    def __init__(self, *args):
        self.begun = time.monotonic()
        self.process = subprocess.Popen([TOP / "run", *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                        start_new_session=True)
        self.out = b""

    def wait_ready(self, seconds=600):
        end = time.monotonic() + seconds
        while not re.search(rb"^ready$", self.out, re.M):
            readable, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            assert readable, f"not ready within {seconds} s: {self.out!r}"
            got = os.read(self.process.stdout.fileno(), 65536)
            assert got, f"it ended: {self.out!r} {self.process.stderr.read()!r}"
            self.out += got
        self.spent = time.monotonic() - self.begun
        return self

    def commands(self):
        return [line.strip() for line in self.out.decode().splitlines() if "curl" in line]

    def members(self):
        """Processes of its session, roles included."""
        found = []
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    session = int(open(f"/proc/{entry}/stat").read().rsplit(")", 1)[1].split()[3])
                except OSError:
                    continue
                if session == self.process.pid and is_alive(entry):
                    found.append(int(entry))
        return found

    def interrupt(self):
        """Ctrl-C: every process of the foreground gets it."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(120)

    def close(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


@pytest.fixture
def run():
    runs = []

    def start(*args):
        runs.append(Run(*args))
        return runs[-1]

    yield start
    for r in runs:
        r.close()


@pytest.fixture(scope="module")
def folder():
    import tempfile
    path = tempfile.mkdtemp(prefix="bourse-run-")
    yield path
    shutil.rmtree(path)


def shell(command):
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)


def test_first_start_and_first_mail(run, folder):
    base = free_base()
    r = run("--data", folder, "--base-port", str(base)).wait_ready()
    assert r.spent < 600
    lines = r.commands()
    assert len(lines) == 3, r.out
    assert f"smtp://127.0.0.1:{base + 587}" in lines[0] and f"pop3://127.0.0.1:{base + 110}" in lines[1]
    assert f"imap://127.0.0.1:{base + 143}" in lines[2]
    sent = shell(lines[0])
    assert sent.returncode == 0 and sent.stderr == "", sent
    for line in lines[1:]:
        read = shell(line)
        assert read.returncode == 0 and "Subject: Hello" in read.stdout and "First mail." in read.stdout, read
    members = r.members()
    assert len(members) >= 7
    assert r.interrupt() == 0
    eventually(lambda: not any(is_alive(pid) for pid in members))
    eventually(lambda: r.members() == [])


def test_second_start(run, folder):
    """The data is there again: same password, same mail, within seconds."""
    if not os.path.exists(os.path.join(folder, "demo-password")):
        pytest.skip("the first start did not come so far")
    base = free_base()
    r = run("--data", folder, "--base-port", str(base)).wait_ready(120)
    assert r.spent < 120
    lines = r.commands()
    read = shell(lines[1])
    assert read.returncode == 0 and "First mail." in read.stdout, read
    assert oct(os.stat(os.path.join(folder, "demo-password")).st_mode & 0o777) == "0o600"
    assert r.interrupt() == 0


def test_no_demo(run, tmp_path):
    tmp_path.chmod(0o755)
    data = tmp_path / "data"
    base = free_base()
    r = run("--no-demo", "--data", str(data), "--base-port", str(base)).wait_ready()
    assert r.commands() == []
    assert not (data / "demo-password").exists()
    done = subprocess.run([TOP / "build/src/ctl/bourse", "--data", data, "account", "list", "--json"], capture_output=True, text=True)
    assert done.returncode == 0 and "alice" not in done.stdout
    assert r.interrupt() == 0


def test_a_held_port_is_named(run, tmp_path):
    tmp_path.chmod(0o755)
    import socket
    base = free_base()
    with socket.create_server(("127.0.0.1", base + 25)):
        r = run("--no-demo", "--data", str(tmp_path / "data"), "--base-port", str(base))
        out, err = r.process.communicate(timeout=120)
    assert r.process.returncode != 0
    assert str(base + 25) in err.decode() and str(os.getpid()) in err.decode(), err
    assert b"ready" not in out.split(b"\n")
    eventually(lambda: r.members() == [])  # the shell that passes the output on ends a moment later


@pytest.mark.parametrize("args", [["--nonsense"], ["--base-port", "many"], ["--base-port"], ["--data"]])
def test_wrong_options(run, args):
    r = run(*args)
    out, err = r.process.communicate(timeout=120)
    assert r.process.returncode != 0 and err
    assert out == b""


def test_help(run):
    r = run("--help")
    out, _ = r.process.communicate(timeout=120)
    assert r.process.returncode == 0 and b"--base-port" in out
