"""Public folders in the folder browser of mutt, by somebody with an account and by a stranger, key by key."""
import os
import pty
import re
import select
import time

import pytest

from server import PASSWORD, quoted
from test_clients_programs import MUTT, home, need  # noqa: F401

POST = b"From: list@example.org\r\nSubject: %s\r\nMessage-ID: <%s@example.org>\r\n\r\nText of %s.\r\n"


class Terminal:
    """Somebody at a terminal: looks until what he waits for is there, then types."""

    def __init__(self, *args):
        self.seen = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvp(args[0], [str(arg) for arg in args])

    def read(self, seconds):
        readable, _, _ = select.select([self.fd], [], [], seconds)
        try:
            got = os.read(self.fd, 65536) if readable else b""
        except OSError:  # the other end is closed
            return False
        self.seen += got
        return bool(got) or not readable

    def text(self):
        return re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[()].|\x1b.", b" ", self.seen).decode(errors="replace")

    def look_for(self, word, seconds=60):
        """Mutt draws what has changed when the next key comes, so it is asked to draw again."""
        end = time.monotonic() + seconds
        while word not in self.text():
            assert time.monotonic() < end and self.read(0.5), f"no {word!r} in {self.text()[-3000:]!r}"
            if word not in self.text():
                os.write(self.fd, b"\x0c")
        return self

    def type(self, keys):
        self.seen = b""
        os.write(self.fd, keys.encode())
        return self

    def end(self, seconds=60):
        end = time.monotonic() + seconds
        while self.read(1):
            assert time.monotonic() < end, self.text()[-3000:]
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.fixture(scope="module")
def board(server):
    """Announcements/Archive is everybody's to read, Staff is not for strangers; a message in each."""
    server.write_config("anonymous.imap = on;\nanonymous.logons_max = 0;\n")
    server.bourse("reload")
    server.bourse("public", "enable")
    for folder in ("Announcements", "Announcements/Archive", "Staff"):
        server.bourse("folder", "create", "public", folder)
    for folder in ("Announcements", "Announcements/Archive"):
        server.bourse("folder", "grant", "public", folder, "anyone", "reviewer")
    c = server.imap("DOM\\alice")
    for folder, word in (("Announcements", b"notice"), ("Announcements/Archive", b"treasure"), ("Staff", b"secret")):
        assert c.append(quoted(f"Public Folders/{folder}"), None, None, POST % (word, word, word))[0] == "OK"
    c.logout()
    return server


def mutt(board, home, name, password):  # noqa: F811
    rc = home / "muttrc"
    rc.write_text(MUTT.format(folder=f"imap://127.0.0.1:{board.port('imap')}/", name=name.replace("\\", "\\\\"), password=password, smtp="",
                              starttls="no", force="no", certificate=home / "none")
                  + f'set spoolfile="{home}/empty"\nset mbox_type=Maildir\nset imap_authenticators="login"\n')
    for folder in ("cur", "new", "tmp"):
        (home / "empty" / folder).mkdir(parents=True)
    return Terminal("mutt", "-n", "-F", rc)


@need("mutt")
@pytest.mark.parametrize("name,password,staff", [("anonymous", "me@example.net", False), ("DOM\\alice", PASSWORD, True)])
def test_mutt_finds_its_way(board, home, name, password, staff):  # noqa: F811
    """From the top of the server down to a folder inside a folder, as somebody would who only knows the server."""
    saved = home / "saved"
    t = mutt(board, home, name, password).look_for("q:Quit").type("c?").look_for("Mask").type("c\x15=\r").look_for("Public Folders/")
    t.type("/Public\r\r").look_for("Announcements")
    assert ("Staff" in t.text()) == staff, t.text()
    t.type("/Announcements\r\r").look_for("Archive").type("/Archive\r ").look_for("treasure")
    t.type(f"C\x15{saved}\r").type("x")
    assert t.end() == 0
    assert ["Text of treasure." in message.read_text() for message in saved.glob("*/*")] == [True]
