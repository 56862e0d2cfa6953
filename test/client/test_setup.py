"""bourse setup: a bare machine becomes a mail server by answering questions once."""
import os
import pty
import subprocess

import pytest

from server import BOURSE, PASSWORD, eventually
from test_tls import make_certificate

HOST = "mail.example.org"


def run_setup(server, *words, password=None):
    given = ["--password-stdin"] if password else []
    return subprocess.run([BOURSE, "--data", server.data, "setup", *map(str, words), *given], text=True, capture_output=True,
                          input=f"{password}\n" if password else "", timeout=180)


def everything(server):
    return [(server.data / "bourse.conf").read_text(), *(server.bourse(kind, "list", "--json").stdout for kind in ("domain", "account", "mailbox"))]


def test_from_nothing(new_server):
    s = new_server()
    done = run_setup(s, "--host", HOST, "--mail", "example.org", "--user", "alice", password=PASSWORD)
    assert done.returncode == 0, done.stdout + done.stderr
    for word in ("MX", "10 mail.example.org.", "_imaps._tcp.example.org", "systemctl start bourse"):
        assert word in done.stdout
    before = everything(s)
    # Once more changes nothing, with or without a password.
    for password in (PASSWORD, None):
        done = run_setup(s, "--host", HOST, "--mail", "example.org", "--user", "alice", password=password)
        assert done.returncode == 0, done.stdout + done.stderr
        assert everything(s) == before
    s.start()
    with s.smtp() as c:
        assert c.ehlo()[1].startswith(HOST.encode())
        c.sendmail("", ["postmaster@example.org"], b"Subject: x\r\n\r\nfor the postmaster\r\n")
    c = s.pop3("EXAMPLE\\alice")
    assert b"for the postmaster" in c.retr(1)[1]
    c.quit()
    # A second mail domain while it runs; the settings are there already, so nothing is to be restarted.
    done = run_setup(s, "--host", HOST, "--mail", "example.net", "--domain", "NET", "--yes")
    assert done.returncode == 0 and "restart" not in done.stdout, done.stdout + done.stderr
    assert "NET" in s.bourse("domain", "list").stdout


def test_own_certificate(new_server, tmp_path):
    chain, key = make_certificate(tmp_path, "one", "ecdsa")
    s = new_server()
    done = run_setup(s, "--host", HOST, "--certificate", chain, "--key", key, "--yes")
    assert done.returncode == 0 and "valid until" in done.stdout, done.stdout + done.stderr
    s.start()
    assert not (s.data / "tls/self-signed.pem").exists()
    # It names one host only.
    done = run_setup(s, "--host", "other.example.org", "--certificate", chain, "--key", key, "--yes")
    assert done.returncode == 4 and "does not name other.example.org" in done.stdout, done.stdout + done.stderr


def test_what_is_set_is_not_overruled(new_server):
    s = new_server(config='server.host_name = "a.example";\n')
    before = (s.data / "bourse.conf").read_text()
    done = run_setup(s, "--host", HOST, "--yes")
    assert done.returncode == 4 and "server.host_name to something else" in done.stdout, done.stdout + done.stderr
    assert (s.data / "bourse.conf").read_text() == before


@pytest.mark.parametrize("words", [["--host", "mail"], ["--host", HOST, "--certificate", "c.pem"], ["--host", HOST, "--user", "a@b"], ["--hots", "x"]])
def test_misused(new_server, words):
    s = new_server()
    before = sorted(s.data.iterdir()) if s.data.exists() else []
    done = run_setup(s, *words, "--yes")
    assert done.returncode == 2 and done.stderr.startswith("bourse: "), done.stdout + done.stderr
    assert (sorted(s.data.iterdir()) if s.data.exists() else []) == before


def test_asked_on_a_terminal(new_server):
    """Every question has its suggestion; a wrong answer is asked for again; the password is not shown."""
    s = new_server()
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(BOURSE, [str(BOURSE), "--data", str(s.data), "setup"])
    said = b""

    def until(word):
        nonlocal said

        def seen():
            nonlocal said
            said += os.read(fd, 4096)
            return word in said
        eventually(seen)

    for question, answer in ((b"host name", b"nonsense"), (b"it is a full name", HOST.encode()), (b"[example.org]: ", b""), (b"[EXAMPLE]: ", b"ORG"),
                             (b"PEM file", b"-"), (b"First account", b"alice"), (b"Password for ORG\\alice: ", PASSWORD.encode()),
                             (b"The same again: ", PASSWORD.encode())):
        until(question)
        os.write(fd, answer + b"\n")
    until(b"hint: ")
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    os.close(fd)
    assert PASSWORD.encode() not in said
    s.start()
    assert s.pop3("ORG\\alice").stat()[0] == 0
