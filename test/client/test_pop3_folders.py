"""POP3 on public folders and on folders of others' mailboxes: real clients, many readers at once, what each has read, restarts."""
import imaplib
import poplib
import subprocess
import threading

import pytest
from server import PASSWORD, eventually

FOLDER = "DOM\\{}\\Public Folders/{}"
READERS = 12
MESSAGES = 250  # more than are marked as seen in one write


@pytest.fixture(scope="module")
def world(server):
    server.bourse("public", "enable")
    return server


def post(server, folder, count, name="alice"):
    c = server.imap(f"DOM\\{name}")
    for n in range(count):
        assert c.append(f'"Public Folders/{folder}"', None, None, f"Subject: {folder} {n}\r\n\r\ntext {n}\r\n".encode())[0] == "OK"
    c.logout()


def seen(server, name, folder):
    """As that account's IMAP session has it, in uids."""
    c = server.imap(f"DOM\\{name}")
    c.select(f'"Public Folders/{folder}"', readonly=True)
    uids = c.uid("search", None, "SEEN")[1][0].split()
    c.logout()
    return [int(uid) for uid in uids]


def drop(server, name, folder):
    return server.pop3(FOLDER.format(name, folder))


def curl(server, user, path="", *args):
    return subprocess.run(["curl", "-sS", f"pop3://127.0.0.1:{server.port('pop3')}/{path}", "-u", f"{user}:{PASSWORD}", *args],
                          capture_output=True, timeout=30)


def test_readers_do_not_disturb_each_other(world):
    """All have the folder open at the same time, and read all of it; one deletes meanwhile."""
    world.bourse("folder", "create", "public", "Crowd")
    world.bourse("folder", "grant", "public", "Crowd", "DOM\\alice", "editor")
    post(world, "Crowd", 20)
    names = ["alice", "bob"] * (READERS // 2)
    drops = [drop(world, name, "Crowd") for name in names]
    first = drops[0].uidl()[1]
    got, problems = [], []

    def read(p):
        try:
            assert p.uidl()[1] == first
            got.append([b"\r\n".join(p.retr(n)[1]) for n in range(1, 21)])
            p.quit()
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=read, args=(p,)) for p in drops[:-1]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems and len(got) == READERS - 1 and all(rows == got[0] for rows in got)
    # The last one has read nothing, and hears that a message went while it looked.
    remover = drop(world, "alice", "Crowd")
    remover.dele(20)
    remover.quit()
    with pytest.raises(poplib.error_proto, match="no such message"):
        drops[-1].retr(20)
    assert drops[-1].uidl()[1] == first
    drops[-1].quit()
    again = drop(world, "bob", "Crowd")
    assert again.uidl()[1] == first[:-1]
    again.quit()


def test_seen_is_the_readers_own(world):
    world.bourse("folder", "create", "public", "Seen")
    post(world, "Seen", MESSAGES)
    p = drop(world, "bob", "Seen")
    for n in range(MESSAGES, 0, -1):
        p.retr(n)
    p.top(1, 0)
    p.quit()
    assert len(seen(world, "bob", "Seen")) == MESSAGES and seen(world, "alice", "Seen") == []
    # Who drops the connection has read what he has read, too, and deleted nothing.
    p = drop(world, "alice", "Seen")
    p.dele(1)
    p.retr(2)
    p.close()
    eventually(lambda: seen(world, "alice", "Seen") == [2])
    # IMAP's mark is the same one: taken away there, it is set again here.
    c = world.imap("DOM\\alice")
    c.select('"Public Folders/Seen"')
    c.uid("store", "2", "-FLAGS", r"(\Seen)")
    c.logout()
    p = drop(world, "alice", "Seen")
    p.retr(2)
    p.quit()
    assert seen(world, "alice", "Seen") == [2]


def test_unique_ids_survive(world):
    """Another session, another reader, a restart of the server, other folders beside it: what "leave on server" counts on."""
    for folder in ("Ids", "Ids/Below"):
        world.bourse("folder", "create", "public", folder)
        post(world, folder, 3)

    def ids(name, folder):
        p = drop(world, name, folder)
        rows = [row.split()[1] for row in p.uidl()[1]]
        p.quit()
        return rows

    before = ids("alice", "Ids")
    assert len(set(before + ids("alice", "Ids/Below"))) == 6 and ids("bob", "Ids") == before
    world.bourse("folder", "rename", "public", "Ids", "Renamed")
    assert ids("bob", "Renamed") == before
    world.stop()
    world.start()
    assert ids("alice", "Renamed") == before


def test_curl(world):
    world.bourse("folder", "create", "public", "Curl")
    world.bourse("folder", "grant", "public", "Curl", "authenticated", "author")
    post(world, "Curl", 2)
    for user in ("DOM\\alice\\Public Folders/Curl", "alice/Public Folders/Curl", "DOM/alice/public folders/Curl"):
        assert len(curl(world, user).stdout.splitlines()) == 2
        assert b"Subject: Curl 1" in curl(world, user, "2").stdout
    assert curl(world, "DOM\\bob\\Public Folders/Curl", "1", "-X", "DELE").returncode != 0
    assert curl(world, "DOM\\alice\\Public Folders/Curl", "1", "-X", "DELE", "-l").returncode == 0
    assert len(curl(world, "DOM\\alice\\Public Folders/Curl").stdout.splitlines()) == 1
    assert curl(world, "DOM\\alice\\Public Folders/Nowhere").returncode == 67
    # The name as a mechanism's authorisation identity.
    done = curl(world, "DOM\\alice", "1", "--login-options", "AUTH=PLAIN", "--sasl-authzid", "Public Folders/Curl")
    assert b"Subject: Curl 1" in done.stdout, done.stderr


def test_rights_that_change_meanwhile(world):
    """A group's right is the folder's; who leaves the group is out at once, also of another's mailbox."""
    world.bourse("group", "add", "DOM\\readers", "--member", "DOM\\bob")
    world.bourse("folder", "create", "public", "Group")
    world.bourse("folder", "grant", "public", "Group", "authenticated", "")
    world.bourse("folder", "grant", "public", "Group", "$DOM\\readers", "reviewer")
    world.bourse("folder", "create", "alice", "Group")
    world.bourse("folder", "grant", "alice", "Group", "$DOM\\readers", "lr")
    both = [drop(world, "bob", "Group"), world.pop3("DOM\\bob\\alice/Group")]
    for p in both:
        assert p.stat()[0] == 0
    # Another change of rights leaves them where they are.
    world.bourse("mailbox", "grant", "alice", "DOM\\bob", "--rights", "send-on-behalf")
    for p in both:
        assert p.noop().startswith(b"+OK")
    world.bourse("group", "member-remove", "DOM\\readers", "DOM\\bob")

    def is_out(p):
        try:
            p.noop()
        except (poplib.error_proto, OSError, EOFError):
            return True
        return False

    for p in both:
        eventually(lambda p=p: is_out(p))
    with pytest.raises(poplib.error_proto, match="there is no folder"):
        drop(world, "bob", "Group")


def test_a_folder_that_goes(world):
    world.bourse("folder", "create", "public", "Goes")
    post(world, "Goes", 2)
    p = drop(world, "bob", "Goes")
    p.retr(1)
    world.bourse("folder", "delete", "public", "Goes")
    with pytest.raises(poplib.error_proto):
        p.retr(2)
    p.quit()


def step(server, name, what="read the folder"):
    """The doctor's row about the folder, and its sum."""
    answer = server.json("doctor", "logon", name, "--protocol", "pop3", check=False)
    rows = [row for row in answer["rows"] if row["step"] == what]
    return (rows[0]["ok"], rows[0]["detail"], rows[0]["mend"], rows[0].get("code")) if rows else None, answer["message"]


def test_the_doctor_looks_at_the_folder(world):
    world.bourse("folder", "create", "public", "Doctor")
    row, message = step(world, "DOM\\bob\\Public Folders/Doctor")
    assert row == ("yes", "DOM\\bob has lrsip12 on \"Doctor\"", "", None)
    assert message == "DOM\\bob may open the folder \"Public Folders/Doctor\""
    world.bourse("folder", "grant", "public", "Doctor", "authenticated", "none")
    row, message = step(world, "DOM\\bob\\Public Folders/Doctor")
    assert row == ("no", "DOM\\bob has l on \"Doctor\"; it takes l and r", "bourse folder grant 'public' 'Doctor' 'DOM\\bob' +lr", 7503)
    assert message == f'refused at "read the folder": {row[1]}'
    world.bourse("folder", "grant", "public", "Doctor", "DOM\\bob", "+lr")
    assert step(world, "bob/Public Folders/Doctor")[0][0] == "yes"
    row, _ = step(world, "DOM\\bob\\Public Folders/Nowhere")
    assert row == ("no", 'there is no folder "Nowhere"', "bourse folder create 'public' 'Nowhere'", 7503)
    # A folder of somebody else's mailbox, by its list alone.
    world.bourse("folder", "create", "alice", "Doctor")
    assert step(world, "DOM\\bob\\alice/Doctor")[0][:2] == ("no", "the list of \"Doctor\" gives nothing to DOM\\bob")
    world.bourse("folder", "grant", "alice", "Doctor", "DOM\\bob", "lr")
    assert step(world, "DOM\\bob\\alice/Doctor")[0][0] == "yes"
    # Steps before it fail as ever, and then nothing is asked of the store.
    assert step(world, "DOM\\nobody\\Public Folders/Doctor")[0] is None
    assert step(world, "DOM\\bob\\Public Folders", "find the mailbox")[0][0] == "no"
    answer = world.json("doctor", "logon", "DOM\\bob\\Public Folders/Doctor", "--protocol", "imap", check=False)
    assert [row["code"] for row in answer["rows"] if row["step"] == "find the mailbox"] == [7510]
    assert "Public Folders/Doctor" in answer["message"]


def test_sessions_are_listed(world):
    world.bourse("folder", "create", "public", "Listed")
    p = drop(world, "bob", "Listed")
    rows = [row for row in world.json("session", "list")["rows"] if row["mailbox"] == "Public Folders/Listed"]
    assert [(row["account"], row["service"]) for row in rows] == [("DOM\\bob", "pop3")]
    p.quit()
    with pytest.raises(imaplib.IMAP4.error, match="through POP3 only"):
        world.imap("DOM/bob/Public Folders/Listed")
