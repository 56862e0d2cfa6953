"""Mailboxes of others in a session: what happens to it when rights, groups, mailboxes and the directory go."""
import os
import signal

import pytest
from server import PASSWORD, Wire, eventually

OTHERS = b'"Other Users/alice"'


@pytest.fixture
def people(new_server):
    s = new_server()
    s.add_domain()
    for name in ("alice", "bob"):
        s.add_person(name)
    s.start()
    s.bourse("group", "add", "DOM\\desk", "--member", "DOM\\bob")
    s.bourse("mailbox", "grant", "alice", "--group", "DOM\\desk", "--rights", "full")
    return s


def logged_on(server, name=b"DOM\\\\bob"):
    w = Wire(server, "imap")
    w.line()
    assert w.ask(b'l LOGIN "%s" "%s"' % (name, PASSWORD.encode())).startswith(b"l OK")
    return w


def selected(server):
    w = logged_on(server)
    w.send(b"s SELECT " + OTHERS + b"\r\n")
    while not (line := w.line()).startswith(b"s "):
        pass
    assert line.startswith(b"s OK [READ-WRITE]")
    return w


def status(w):
    """What STATUS of the inbox says: its tagged answer."""
    w.send(b"t STATUS " + OTHERS + b" (MESSAGES)\r\n")
    while not (line := w.line()).startswith(b"t "):
        pass
    return line


@pytest.mark.parametrize("change", [
    ("mailbox", "revoke", "alice", "--group", "DOM\\desk"),
    ("group", "member-remove", "DOM\\desk", "DOM\\bob"),
    ("group", "remove", "DOM\\desk"),
    ("mailbox", "set", "alice", "--disabled", "yes"),
])
def test_a_right_that_goes(people, change):
    """Whoever has a folder open there is out of it at once, in IDLE too; the session beside it that has not goes on."""
    idle, quiet, beside = selected(people), selected(people), logged_on(people)
    assert idle.ask(b"i IDLE").startswith(b"+")
    assert status(beside).startswith(b"t OK")
    eventually(lambda: people.log().count(" 5006 ") == 2 and '"Other Users/alice"' in people.log())
    people.bourse(*change)
    assert idle.line().startswith(b"* BYE")
    assert quiet.line().startswith(b"* BYE")
    assert status(beside).startswith(b"t NO")
    assert beside.ask(b"n NOOP").startswith(b"n OK")


def test_less_of_a_right(people):
    """From full to read: the folder stays open, and nothing can be changed any more."""
    w = selected(people)
    people.bourse("mailbox", "grant", "alice", "--account", "DOM\\bob", "--rights", "read")
    people.bourse("mailbox", "revoke", "alice", "--group", "DOM\\desk")

    def refused():
        w.send(b"s STORE 1 +FLAGS (\\Flagged)\r\na APPEND " + OTHERS + b" {3+}\r\nx\r\n\r\n")
        lines = []
        while not lines or not lines[-1].startswith(b"a "):
            lines.append(w.line())
        return lines[-1].startswith(b"a NO [NOPERM]")

    eventually(refused)
    assert status(w).startswith(b"t OK")


def test_a_group_that_comes_again(people):
    """A group of the same name is another one."""
    people.bourse("group", "remove", "DOM\\desk")
    people.bourse("group", "add", "DOM\\desk", "--member", "DOM\\bob")
    assert status(logged_on(people)).startswith(b"t NO")


def test_the_directory_is_away(people):
    """What is open stays open; the next directory is asked again."""
    w, store = selected(people), people.role_pids("store")
    stopped = people.role_pids("directory")[0]
    os.kill(stopped, signal.SIGSTOP)
    w.send(b'l LIST "" "Other Users/*"\r\n')
    os.kill(stopped, signal.SIGKILL)
    os.kill(stopped, signal.SIGCONT)
    lines = []
    while not lines or not lines[-1].startswith(b"l "):
        lines.append(w.line())
    assert lines[-1].startswith(b"l OK") and any(b'"Other Users/alice"' in line for line in lines)
    assert w.ask(b"n NOOP").startswith(b"n OK")
    eventually(lambda: people.bourse("mailbox", "revoke", "alice", "--group", "DOM\\desk", check=False).returncode == 0)
    assert w.line().startswith(b"* BYE")
    assert people.role_pids("store") == store


def test_the_mailbox_is_removed(people):
    """Its folder is gone for whoever has it open, and the session goes on with its own."""
    w = selected(people)
    people.bourse("mailbox", "remove", "alice")

    def is_out():
        w.send(b"f FETCH 1:* FLAGS\r\nu UNSELECT\r\n")
        while not (line := w.line()).startswith((b"u ", b"* BYE")):
            pass
        return True

    assert is_out()
    assert status(logged_on(people)).startswith(b"t NO")
