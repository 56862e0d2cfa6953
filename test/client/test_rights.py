"""Access lists of folders: `bourse folder`, and that they outlive restarts, kills, backup and restore; limits that an account may set."""
import shutil

import pytest
from server import quoted

ALL = "lrswipkxteacd"


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
    assert "lrswipkxtea" in refused("grant", "alice", "INBOX", "DOM\\bob", "lq")
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
