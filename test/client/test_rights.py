"""Access lists of folders: `bourse folder`, and that they outlive restarts, kills, backup and restore; limits that an account may set."""
import os
import shutil
import signal

import pytest
from server import PASSWORD, Wire, eventually, quoted

ALL = "lrswipkxteancd"


def shown(server, folder, mailbox="alice"):
    return [(row["identifier"], row["rights"]) for row in server.json("folder", "rights", mailbox, folder)["rows"]]


@pytest.fixture
def people(new_server):
    s = new_server()
    s.add_domain()
    for name in ("alice", "bob", "carol"):
        s.add_person(name)
    s.start()
    s.bourse("mailbox", "grant", "alice", "DOM\\bob")
    return s


def my_rights(server, name, folder="INBOX"):
    c = server.imap(name)
    try:
        return c.myrights(quoted(folder))[1][0].split()[-1].decode()
    finally:
        c.logout()


def test_folder(people):
    s = people
    assert shown(s, "INBOX") == [("DOM\\alice", ALL), ("delegates", ALL)]
    assert "it counts at once" in s.bourse("folder", "grant", "alice", "INBOX", "DOM\\bob", "lrs").stdout
    s.bourse("folder", "grant", "alice@example.org", "INBOX", "carol", "--rights=+l")
    s.bourse("folder", "grant", "alice", "INBOX", "--account=-carol", "--rights=w")
    assert shown(s, "INBOX") == [("DOM\\alice", ALL), ("delegates", ALL), ("DOM\\bob", "lrs"), ("DOM\\carol", "l"), ("-DOM\\carol", "w")]
    assert my_rights(s, "DOM\\bob\\alice") == "lrs" and my_rights(s, "DOM\\alice") == ALL
    s.bourse("folder", "grant", "alice", "INBOX", "DOM\\bob", "--rights=-s")
    assert my_rights(s, "DOM\\bob\\alice") == "lr"
    # The table a person reads.
    said = s.bourse("folder", "rights", "alice", "INBOX").stdout
    assert "delegates" in said and "DOM\\bob" in said
    s.bourse("folder", "revoke", "alice", "INBOX", "DOM\\bob")
    s.bourse("folder", "revoke", "alice", "INBOX", "--account=-carol")
    assert shown(s, "INBOX") == [("DOM\\alice", ALL), ("delegates", ALL), ("DOM\\carol", "l")]
    # The mailbox itself.
    s.bourse("folder", "grant", "alice", "/", "delegates", "l")
    assert shown(s, "/") == [("DOM\\alice", ALL), ("delegates", "l")]
    c = s.imap("DOM\\bob\\alice")
    assert c.create("mine")[0] == "NO" and c.create("INBOX/mine")[0] == "OK"
    c.logout()


def test_refusals(people):
    s = people

    def refused(*args):
        done = s.bourse("folder", *args, check=False)
        assert done.returncode != 0
        return done.stdout + done.stderr

    assert "no such" in refused("rights", "alice", "none")
    assert "nobody" in refused("rights", "nobody", "INBOX")
    assert "no account has that name" in refused("grant", "alice", "INBOX", "nobody", "l")
    assert "lrswipkxtean" in refused("grant", "alice", "INBOX", "DOM\\bob", "lq")
    assert "owner" in refused("grant", "alice", "INBOX", "DOM\\alice", "l")
    assert "owner" in refused("revoke", "alice", "INBOX", "DOM\\alice")
    assert refused("grant", "alice", "INBOX", "", "l")
    assert shown(s, "INBOX") == [("DOM\\alice", ALL), ("delegates", ALL)]


def test_lists_are_durable(people, tmp_path):
    """Through a kill of everything, a check, a backup, and a restore."""
    s = people
    s.bourse("folder", "grant", "alice", "Archive", "DOM\\bob", "lr")
    s.bourse("folder", "grant", "alice", "/", "delegates", "lk")
    s.bourse("backup", tmp_path / "copy")
    s.kill_all()
    s.start()
    assert my_rights(s, "DOM\\bob\\alice", "Archive") == "lr"
    s.bourse("check")
    s.bourse("folder", "grant", "alice", "Archive", "DOM\\bob", "l")
    s.stop()
    s.bourse("rebuild")
    s.start()
    assert shown(s, "Archive")[-1] == ("DOM\\bob", "l")
    s.stop()
    s.data.rename(s.data.with_name(s.data.name + ".was"))
    try:
        s.bourse("restore", tmp_path / "copy")
        s.start()
        assert shown(s, "Archive") == [("DOM\\alice", ALL), ("delegates", ALL), ("DOM\\bob", "lr")]
        assert shown(s, "/") == [("DOM\\alice", ALL), ("delegates", "lkc")]
    finally:
        shutil.rmtree(s.data.with_name(s.data.name + ".was"))


def test_the_directory_is_away(people):
    """A question that waits for it ends when it dies, and does not outlive the client that asked."""
    s = people
    stopped, store = s.role_pids("directory")[0], s.role_pids("store")
    asking = [Wire(s, "imap") for _ in range(3)]
    for w in asking:
        w.line()
        assert w.ask(b'l LOGIN "DOM\\\\alice" "%s"' % PASSWORD.encode()).startswith(b"l OK")
    os.kill(stopped, signal.SIGSTOP)
    asking[0].send(b'a SETACL INBOX "DOM\\\\bob" lr\r\n')
    asking[1].send(b"a SETQUOTA alice (STORAGE 100)\r\n")
    asking[2].send(b"a GETACL INBOX\r\n")
    # What needs no directory goes on beside them.
    assert Wire(s, "imap").line().startswith(b"* OK")
    asking[2].close()
    os.kill(stopped, signal.SIGKILL)
    os.kill(stopped, signal.SIGCONT)
    assert asking[0].line().startswith(b"a NO [UNAVAILABLE]")
    assert asking[1].line().startswith(b"a NO [UNAVAILABLE]")

    def asked_again():
        asking[0].send(b'b SETACL INBOX "DOM\\\\bob" lr\r\n')
        return asking[0].line().startswith(b"b OK")

    eventually(asked_again)
    assert shown(s, "INBOX")[-1] == ("DOM\\bob", "lr")
    # And one whose client goes while the directory goes on: its answer finds nobody.
    stopped = s.role_pids("directory")[0]
    os.kill(stopped, signal.SIGSTOP)
    asking[1].send(b"c GETACL INBOX\r\n")
    asking[1].close()
    os.kill(stopped, signal.SIGCONT)
    assert asking[0].ask(b"d MYRIGHTS INBOX").startswith(b"* MYRIGHTS")
    assert s.role_pids("store") == store


def test_a_right_that_is_taken_back(people):
    """Whoever may not open the mailbox any more is out of it at once, and so is an owner who is its owner no more."""
    s = people
    s.bourse("mailbox", "grant", "alice", "DOM\\carol")
    bob, carol, alice, own = Wire(s, "imap"), Wire(s, "imap"), Wire(s, "imap"), Wire(s, "imap")
    for w, name in ((bob, b"DOM\\\\bob\\\\alice"), (carol, b"DOM\\\\carol\\\\alice"), (alice, b"DOM\\\\alice"), (own, b"DOM\\\\bob")):
        w.line()
        assert w.ask(b'l LOGIN "%s" "%s"' % (name, PASSWORD.encode())).startswith(b"l OK")
    assert bob.ask(b"i IDLE").startswith(b"+")
    s.bourse("mailbox", "set", "alice", "--display", "Alice A")
    assert alice.ask(b"n NOOP").startswith(b"n OK")
    s.bourse("mailbox", "revoke", "alice", "DOM\\bob")
    assert bob.line() == b"* BYE this account has no right to the mailbox"
    assert carol.ask(b"n NOOP").startswith(b"n OK") and own.ask(b"n NOOP").startswith(b"n OK")
    s.bourse("mailbox", "revoke", "alice", "DOM\\carol")
    assert carol.line().startswith(b"* BYE")
    s.bourse("mailbox", "set", "alice", "--account", "DOM\\carol")
    assert alice.line().startswith(b"* BYE")
    assert my_rights(s, "DOM\\carol\\alice") == ALL
    assert own.ask(b"n NOOP").startswith(b"n OK")
