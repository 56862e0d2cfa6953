"""Mail of one mailbox brought back into a server at work: what is missing comes, what is there stays, nothing comes twice."""
import imaplib
import json
import os
import re
import signal
import subprocess
import time

import pytest

from server import BOURSE, LONG, eventually, quoted

imaplib.Commands.update(GETMETADATA=("AUTH", "SELECTED"), SETMETADATA=("AUTH", "SELECTED"))
ROW = re.compile(rb'UID (\d+) .*?FLAGS \(([^)]*)\) INTERNALDATE "([^"]*)"')


def mail(server, name="alice"):
    """Every folder: what its messages are for a user, without their UIDs."""
    c, found = server.imap(name), {}
    for line in c.list()[1]:
        folder = re.search(rb'"/" "?([^"]*)"?$', line).group(1).decode()
        count = int(c.select(quoted(folder), readonly=True)[1][0])
        found[folder] = []
        rows = c.fetch("1:*", "(UID FLAGS INTERNALDATE BODY.PEEK[])")[1] if count else []
        for row in rows:
            if isinstance(row, tuple):
                uid, flags, date = ROW.search(row[0]).groups()
                found[folder].append((tuple(sorted(f for f in flags.split() if f != rb"\Recent")), date, row[1]))
        found[folder].sort()
        assert len(found[folder]) == count
    c.logout()
    return found


def uids(server, folder, name="alice"):
    c = server.imap(name)
    c.select(quoted(folder), readonly=True)
    found = [int(n) for n in c.uid("SEARCH", "ALL")[1][0].split()]
    c.logout()
    return found


def append(c, folder, number, flags="", text="body"):
    message = f"From: a@b.c\r\nSubject: {number}\r\nMessage-ID: <m{number}@example.org>\r\n\r\n{text} {number}\r\n".encode()
    date = imaplib.Time2Internaldate(1700000000 + number * 86400)
    assert c.append(quoted(folder), flags, date, message)[0] == "OK"
    return message


def empty(server, folder, which="1:*", name="alice"):
    c = server.imap(name)
    c.select(quoted(folder))
    c.store(which, "+FLAGS.SILENT", r"(\Deleted)")
    c.expunge()
    c.logout()


@pytest.fixture
def filled(new_server, tmp_path):
    """alice has two folders and their mail, and there is a backup of it."""
    server = new_server()
    server.add_domain()
    for name in ("alice", "bob"):
        server.add_person(name)
    server.start()
    c = server.imap("alice")
    for n in range(6):
        append(c, "INBOX", n, [r"(\Seen $Work)", r"(\Flagged)", "", r"(\Answered Later)", "", r"(\Seen)"][n])
    c.create(quoted("Projects/2026 plans"))
    c.subscribe(quoted("Projects/2026 plans"))
    for n in range(10, 14):
        append(c, "Projects/2026 plans", n, r"($Label1)")
    append(c, "Projects", 20)
    c.logout()
    server.send("bob@example.org", "not hers")
    server.bourse("backup", str(tmp_path / "backup"))
    return server, str(tmp_path / "backup")


def restore(server, backup, *options, name="alice"):
    said = server.json("restore", backup, "--mailbox", name, *options)
    assert not list(server.data.glob("past-*")), "what it made for itself is gone"
    return said


def test_whole(filled):
    server, backup = filled
    before, seen = mail(server), uids(server, "INBOX")
    empty(server, "INBOX", "2:4")
    c = server.imap("alice")
    c.delete(quoted("Projects/2026 plans"))
    c.unsubscribe(quoted("Projects/2026 plans"))
    c.select("INBOX")
    c.store("1", "-FLAGS", "$Work")
    append(c, "INBOX", 99, r"(\Draft)")
    kept = mail(server)
    server.bourse("mailbox", "set", "alice", "--quota-receive", "1K")
    said = restore(server, backup)  # over the limit as it is
    assert (said["added"], said["there_already"], said["folders_made"], said["problems"]) == (7, 4, 1, [])
    eventually(lambda: server.log().count("brought back from a backup") == 7)
    after = mail(server)
    # What is there stays as it is, changed flags and newer mail too; the rest is as it was.
    assert after["INBOX"] == sorted(kept["INBOX"] + [m for m in before["INBOX"] if m[2] not in [k[2] for k in kept["INBOX"]]])
    assert {k: v for k, v in after.items() if k != "INBOX"} == {k: v for k, v in before.items() if k != "INBOX"}
    assert len(after["INBOX"]) == 7 and after["Projects/2026 plans"][0][0] == (b"$Label1",)
    assert b"Projects/2026 plans" in b"".join(c.lsub()[1])
    # A UID is never given a second time.
    new = uids(server, "INBOX")
    assert [u for u in new if u not in seen] == new[-4:] and min(new[-4:]) > max(seen)
    said = restore(server, backup)
    assert (said["added"], said["there_already"], said["folders_made"]) == (0, 11, 0)
    assert mail(server) == after
    assert server.bourse("check").returncode == 0
    assert len(server.imap_all("bob")) == 1


def metadata(c, name, *entries):
    c.untagged_responses = {}
    assert c._simple_command("GETMETADATA", quoted(name), "(" + " ".join(entries) + ")")[0] == "OK"
    return b" ".join(c.untagged_responses["METADATA"])


def test_annotations(new_server, tmp_path):
    """What a folder, and the mailbox itself, had noted comes back; what has another value now keeps it."""
    server = new_server()
    server.add_domain()
    server.add_person("alice")
    server.start()
    c = server.imap("alice")
    c.create("box")
    for name, values in (("box", '/private/comment "mine" /shared/comment "ours"'), ('""', '/private/vendor/x/theme "dark"'),
                         ("INBOX", '/shared/comment "in"')):
        assert c._simple_command("SETMETADATA", name, f"({values})")[0] == "OK"
    server.bourse("backup", str(tmp_path / "backup"))
    c.delete("box")
    for name, values in (('""', "/private/vendor/x/theme NIL"), ("INBOX", '/shared/comment "newer"')):
        assert c._simple_command("SETMETADATA", name, f"({values})")[0] == "OK"
    assert restore(server, str(tmp_path / "backup"))["folders_made"] == 1
    assert metadata(c, "box", "/private/comment", "/shared/comment") == b'box (/private/comment "mine" /shared/comment "ours")'
    assert metadata(c, "", "/private/vendor/x/theme") == b'"" (/private/vendor/x/theme "dark")'
    assert metadata(c, "INBOX", "/shared/comment") == b'INBOX (/shared/comment "newer")'
    restore(server, str(tmp_path / "backup"), "--folder", "box", "--into", "old")
    assert metadata(c, "old/box", "/private/comment") == b'old/box (/private/comment "mine")'
    assert server.bourse("check").returncode == 0


def notes(c, uid):
    # Of one message, everything that this account sees.
    return b" ".join(part if isinstance(part, bytes) else b" ".join(part) for part in c.uid("FETCH", uid, "(ANNOTATION (* value))")[1])


def test_annotations_of_messages(new_server, tmp_path):
    """Those of a message that comes back come with it, also of one that is there; what has another value now keeps it."""
    server = new_server()
    server.add_domain()
    server.add_person("alice")
    server.start()
    c = server.imap("alice")
    for n in range(3):
        c.append("INBOX", None, None, b"Subject: %d\r\n\r\n" % n)
    c.select()
    assert c.uid("STORE", "1:2", "ANNOTATION", '(/comment (value.priv "mine" value.shared "ours") /1/flags/seen (value.priv "1"))')[0] == "OK"
    server.bourse("backup", str(tmp_path / "backup"))
    assert c.uid("STORE", "1", "+FLAGS", r"(\Deleted)")[0] == "OK" and c.expunge()[0] == "OK"
    assert c.uid("STORE", "2", "ANNOTATION", '(/comment (value.priv "newer") /1/flags/seen (value.priv NIL))')[0] == "OK"
    assert restore(server, str(tmp_path / "backup"))["added"] == 1
    c.noop()
    assert b'/1/flags/seen (value.priv "1" value.shared NIL) /comment (value.priv "mine" value.shared "ours")' in notes(c, "4")
    assert b'/1/flags/seen (value.priv "1" value.shared NIL) /comment (value.priv "newer" value.shared "ours")' in notes(c, "2")
    assert b"/comment" not in notes(c, "3")
    assert server.bourse("check").returncode == 0


def test_idle(filled):
    """A session that waits sees what comes back."""
    server, backup = filled
    empty(server, "INBOX")
    c = server.imap("alice")
    c.select("INBOX")
    c.send(b"i IDLE\r\n")
    assert c.readline().startswith(b"+")
    restore(server, backup, "--folder", "inbox")
    while not (line := c.readline()).startswith(b"* 6 EXISTS"):
        assert line.startswith(b"* "), line
    c.send(b"DONE\r\n")
    while not (line := c.readline()).startswith(b"i "):
        assert line.startswith(b"* "), line
    assert line.startswith(b"i OK")
    assert len(mail(server)["INBOX"]) == 6


def test_one(filled):
    server, backup = filled
    before = mail(server)
    empty(server, "INBOX")
    empty(server, "Projects/2026 plans")
    said = restore(server, backup, "--uid", "3")
    assert (said["added"], said["folders_made"]) == (1, 0)
    assert [m[2] for m in mail(server)["INBOX"]] == [m[2] for m in before["INBOX"] if b"Subject: 2\r\n" in m[2]]
    for id_ in ("<m12@example.org>", "m12@example.org"):
        said = restore(server, backup, "--message-id", id_)
        assert said["added"] + said["there_already"] == 1
    now = mail(server)
    assert [m for m in before["Projects/2026 plans"] if b"Subject: 12\r\n" in m[2]] == now["Projects/2026 plans"]
    assert len(now["INBOX"]) == 1
    said = restore(server, backup, "--folder", "Projects")
    assert (said["added"], said["there_already"]) == (3, 2)
    assert mail(server)["Projects/2026 plans"] == before["Projects/2026 plans"]


def test_alike(filled):
    """Messages of one size and one date are told apart by their octets; two copies of one message are one."""
    server, backup = filled
    c = server.imap("alice")
    c.create("Alike")
    date = imaplib.Time2Internaldate(1700000000)
    for n in range(40):
        assert c.append("Alike", "", date, f"Subject: {n % 39:04}\r\n\r\nsame\r\n".encode())[0] == "OK"
    c.logout()
    server.bourse("backup", backup)
    before = mail(server)["Alike"]
    assert len(before) == 40 and len(set(before)) == 39
    empty(server, "Alike", "1:10,30:40")
    said = restore(server, backup, "--folder", "Alike")
    assert (said["added"], said["there_already"]) == (20, 20)
    assert mail(server)["Alike"] == sorted(set(before))
    empty(server, "Alike")
    assert restore(server, backup, "--folder", "Alike")["added"] == 39
    assert restore(server, backup, "--folder", "Alike")["added"] == 0


def test_into(filled):
    server, backup = filled
    before = mail(server)
    for added in (11, 0):
        said = restore(server, backup, "--into", "Restored 2026-11-21")
        assert (said["added"], said["there_already"]) == (added, 11 - added)
    after = mail(server)
    for folder, messages in before.items():
        assert after[folder] == messages
        assert after["Restored 2026-11-21/" + folder] == messages
    assert set(after) == set(before) | {"Restored 2026-11-21"} | {"Restored 2026-11-21/" + f for f in before}


def test_moment(filled):
    server, backup = filled
    before = mail(server)
    time.sleep(1.1)
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    time.sleep(1.1)
    empty(server, "INBOX")
    c = server.imap("alice")
    append(c, "INBOX", 50)
    c.logout()
    server.bourse("backup", backup)
    assert restore(server, backup)["added"] == 0
    said = restore(server, backup, "--at", moment)
    assert (said["added"], said["there_already"]) == (6, 5)
    assert [m for m in mail(server)["INBOX"] if b"Subject: 50\r\n" not in m[2]] == before["INBOX"]


@pytest.mark.parametrize("alias", ["alice", "anna"])
def test_made_anew(filled, alias):
    server, backup = filled
    before = mail(server)
    server.bourse("mailbox", "remove", "alice")
    server.add_mailbox(alias, "DOM\\alice", "alice@example.org")
    said = restore(server, backup)
    assert said["added"] == 11 and "made anew" in said["matched_by"]
    assert ("alias alice" if alias == "alice" else "address alice@example.org") in said["matched_by"]
    assert mail(server, "alice@example.org") == before
    assert len(server.imap_all("bob")) == 1
    assert restore(server, backup, name="alice@example.org")["added"] == 0


def test_stopped(filled):
    """Without a server one is started for the moment, which has a parser as well."""
    server, backup = filled
    before = mail(server)
    empty(server, "INBOX")
    server.stop()
    assert restore(server, backup)["added"] == 6
    server.start()
    assert mail(server) == before
    c = server.imap("alice")
    c.select("INBOX", readonly=True)
    assert c.search(None, "SUBJECT", "3")[1][0].split() == [b"4"]
    assert b'"3"' in c.fetch("4", "(ENVELOPE)")[1][0]


def test_refusals(filled):
    server, backup = filled

    def refused(status, words, *options):
        done = server.bourse("restore", backup, *options, check=False)
        assert done.returncode == status and words in done.stderr, done.stderr
        assert not list(server.data.glob("past-*"))

    refused(1, "the backup has no mailbox 'alcie'; did you mean 'alice'?", "--mailbox", "alcie")
    refused(1, "the backup has no mailbox 'zzzzzzzz'; it has alice, bob", "--mailbox", "zzzzzzzz")
    refused(1, "the backup has no folder 'Project'; did you mean 'Projects'?", "--mailbox", "alice", "--folder", "Project")
    refused(1, "the backup has no message with UID 77 in 'Projects'", "--mailbox", "alice", "--folder", "Projects", "--uid", "77")
    refused(1, "the backup has no message with the Message-ID 'x@y'", "--mailbox", "alice", "--message-id", "x@y")
    refused(2, "--uid is the number", "--mailbox", "alice", "--uid", "0")
    refused(2, "give one of them", "--mailbox", "alice", "--uid", "1", "--message-id", "x")
    refused(2, "--into belongs to the restore of one mailbox", "--into", "x")
    refused(1, "name", "--mailbox", "alice", "--into", "x/" * 40 + "x")
    server.bourse("mailbox", "remove", "alice")
    refused(1, "make one with 'bourse mailbox add'", "--mailbox", "alice")
    path = os.path.join(backup, "store/journal-0000000001")
    with open(path, "r+b") as f:
        f.seek(300)
        octet = f.read(1)[0]
        f.seek(300)
        f.write(bytes([octet ^ 1]))
    refused(1, "segment 1", "--mailbox", "bob")


def test_killed(filled):
    """kill -9 of the tool and of the store at many moments: the next run completes, and nothing is there twice."""
    server, backup = filled
    c = server.imap("alice")
    for n in range(100, 130):
        append(c, "INBOX", n, text="x" * 20000)
    c.logout()
    server.bourse("backup", backup)
    before = mail(server)
    empty(server, "INBOX")
    arguments = [BOURSE, "--data", server.data, "restore", backup, "--mailbox", "alice", "--json"]
    for round_ in range(20 if LONG else 4):
        tool = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seen = len(uids(server, "INBOX"))
        eventually(lambda: tool.poll() is not None or len(uids(server, "INBOX")) > seen + round_)
        tool.send_signal(signal.SIGKILL)
        tool.wait()
    # A store that dies is waited for: what it had acknowledged is there already.
    empty(server, "INBOX")
    tool = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    eventually(lambda: tool.poll() is not None or len(uids(server, "INBOX")) > 3)
    for pid in server.role_pids("store"):
        os.kill(pid, signal.SIGKILL)
    said = json.loads(tool.communicate(timeout=120)[0])
    if not said["ok"]:
        said = restore(server, backup)
    assert said["added"] + said["there_already"] == 41
    assert mail(server) == before
    assert restore(server, backup)["added"] == 0
    assert mail(server) == before
    assert server.bourse("check").returncode == 0


def test_public_store(new_server, tmp_path):
    """One folder of it, and all of it, with lists and ages, into the store that is there and into one that was made anew."""
    s, backup = new_server(), str(tmp_path / "backup")
    s.start()
    s.add_domain()
    s.add_person("alice")
    s.add_person("bob")
    s.bourse("public", "enable", "--name", "club")
    s.bourse("folder", "create", "club", "News/Old")
    s.bourse("folder", "create", "club", "Staff")
    s.bourse("folder", "grant", "club", "News", "anyone", "lr")
    s.bourse("folder", "grant", "club", "Staff", "authenticated", "")
    s.bourse("folder", "grant", "club", "Staff", "DOM\\alice", "owner")
    s.bourse("folder", "grant", "club", "News", "DOM\\alice", "owner")
    s.bourse("folder", "age", "club", "Staff", "90")
    c = s.imap("alice")
    for number, folder in enumerate(("News", "News", "News/Old", "Staff")):
        append(c, f"Public Folders/{folder}", number)
    c.logout()

    def all_of():
        rows = {row["folder"]: (row["messages"], row["kept"]) for row in s.json("folder", "list", "club")["rows"]}
        return {folder: (*row, s.json("folder", "rights", "club", folder)["rows"]) for folder, row in rows.items()}

    before = all_of()
    s.bourse("backup", backup)
    assert restore(s, backup, name="club")["added"] == 0
    s.bourse("folder", "delete", "club", "Staff")
    empty(s, "Public Folders/News", "1", name="alice")
    s.bourse("folder", "grant", "club", "News", "anyone", "")
    said = restore(s, backup, "--folder", "Staff", name="Club")
    assert (said["added"], said["folders_made"], said["matched_by"]) == (1, 1, "the public store")
    assert all_of()["Staff"] == before["Staff"]
    assert restore(s, backup, name="club")["added"] == 1
    after = all_of()
    assert after["News"][0] == 2 and after["News"][2] != before["News"][2], "what is there keeps its list"
    assert mail(s, "bob")["Public Folders/News"] and "Public Folders/Staff" not in mail(s, "bob")
    s.bourse("public", "disable", "--purge")
    done = s.bourse("restore", backup, "--mailbox", "club", check=False)
    assert done.returncode == 1 and "bourse public enable" in done.stderr
    s.bourse("public", "enable", "--name", "club")
    said = restore(s, backup, name="club")
    assert (said["added"], said["folders_made"], said["matched_by"]) == (4, 3, "the public store (made anew since)")
    assert all_of() == before
    assert restore(s, backup, name="club")["added"] == 0
    assert restore(s, backup, "--into", "Then", name="club")["folders_made"] == 3
    assert "no folder 'Nowhere'" in s.bourse("restore", backup, "--mailbox", "club", "--folder", "Nowhere", check=False).stderr
    assert "no mailbox 'clud'" in s.bourse("restore", backup, "--mailbox", "clud", check=False).stderr
    assert "sound" in s.bourse("check").stdout
