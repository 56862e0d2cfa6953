"""What was deleted and is kept: shown, brought back, dropped; by every way in which mail is deleted."""
import imaplib
import json

import pytest

from server import PASSWORD, eventually


@pytest.fixture(scope="module")
def box(server):
    """alice, by IMAP; each test deletes what it needs."""
    c = imaplib.IMAP4("127.0.0.1", server.port("imap"))
    c.login("DOM\\alice", PASSWORD)
    yield c
    c.logout()


def post(c, folder, subject, sender="x@elsewhere.example", flags=None):
    said, text = c.append(folder, flags, None, f"From: A Person <{sender}>\r\nSubject: {subject}\r\n\r\n{subject}\r\n".encode())
    assert said == "OK"
    return int(text[0].split(b"]")[0].split()[-1])


def expunge(c, folder, uid):
    c.select(folder)
    assert c.uid("store", str(uid), "+FLAGS.SILENT", "(\\Deleted)")[0] == "OK"
    assert c.uid("expunge", str(uid))[0] == "OK"


def kept(server, *options, mailbox="alice"):
    return server.json("recover", mailbox, "--list", *options)["rows"]


def subjects(rows):
    return [row["subject"] for row in rows]


def refused(server, *args):
    return server.bourse(*args, check=False).stderr


def test_every_way_out(server, box):
    """IMAP EXPUNGE and MOVE to another's mailbox, POP3 DELE, a folder that is deleted; by sender, subject, folder and time."""
    box.create("Ways")
    expunge(box, "Ways", post(box, "Ways", "by imap", "one@first.example"))
    post(box, "Ways", "with the folder")
    box.unselect()
    assert box.delete("Ways")[0] == "OK"
    post(box, "INBOX", "by pop3")
    pop = server.pop3("DOM\\alice")
    pop.dele(len(pop.list()[1]))
    pop.quit()
    assert subjects(kept(server)) == ["by imap", "with the folder", "by pop3"]
    assert subjects(kept(server, "--subject", "BY IM")) == ["by imap"]
    assert subjects(kept(server, "--from", "one@*example")) == ["by imap"]
    assert subjects(kept(server, "--from", "a person", "--folder", "INBOX")) == ["by pop3"]
    assert kept(server, "--since", "2099-01-01") == [] and kept(server, "--until", "2020-01-01 10:00") == []
    assert len(kept(server, "--since", "1d")) == 3
    row = kept(server, "--folder", "INBOX")[0]
    assert row["from"] == "x@elsewhere.example (A Person)" and row["folder"] == "INBOX" and row["until"] > row["deleted"]
    assert "3 deleted messages" in server.bourse("recover", "alice", "--list").stdout


def test_back_as_it_was(server, box):
    uid = post(box, "INBOX", "precious", flags="(\\Seen \\Flagged blue)")
    box.select("INBOX")
    was = box.uid("fetch", str(uid), "(FLAGS INTERNALDATE SAVEDATE EMAILID)")[1][0]
    expunge(box, "INBOX", uid)
    said = server.json("recover", "alice", "--subject", "precious")
    assert said["rows"] == [{"folder": "INBOX", "uid_was": uid, "uid": said["rows"][0]["uid"]}]
    new = said["rows"][0]["uid"]
    assert new > uid
    box.noop()
    now = box.uid("fetch", str(new), "(FLAGS INTERNALDATE SAVEDATE EMAILID)")[1][0]
    after = was.split(b"FLAGS")[1].replace(b"\\Deleted ", b"")
    assert b"\\Flagged" in now and b"blue" in now and b"\\Deleted" not in now
    assert now.split(b"INTERNALDATE")[1] == after.split(b"INTERNALDATE")[1]
    assert kept(server, "--subject", "precious") == []
    expunge(box, "INBOX", new)
    box.create("Other")
    said = server.json("recover", "alice", "--subject", "precious", "--to", "Other")
    assert [row["folder"] for row in said["rows"]] == ["Other"]
    assert box.select("Other")[1] == [b"1"]
    assert b"precious" in box.fetch("1", "(BODY.PEEK[])")[1][0][1]
    assert "sound" in server.bourse("check").stdout


def test_quota_does_not_count_it(server, box):
    before = server.json("folder", "list", "alice")["rows"]
    uid = post(box, "INBOX", "x" * 5000)
    expunge(box, "INBOX", uid)
    after = server.json("folder", "list", "alice")["rows"]
    assert before == after
    assert kept(server, "--subject", "xxxx")[0]["octets"] > 5000


def test_terms_of_folders(server, box):
    box.create("Short")
    server.bourse("folder", "keep-deleted", "alice", "Short", "never")
    expunge(box, "Short", post(box, "Short", "gone at once"))
    assert kept(server, "--folder", "Short") == []
    server.bourse("folder", "keep-deleted", "alice", "Short", "90")
    expunge(box, "Short", post(box, "Short", "kept"))
    row = kept(server, "--folder", "Short")[0]
    assert {r["folder"]: r["keep_deleted"] for r in server.json("folder", "list", "alice")["rows"]}["Short"] == "90 days"
    server.bourse("folder", "keep-deleted", "alice", "Short", "default")
    assert kept(server, "--folder", "Short")[0]["until"] < row["until"]
    for days in ("0", "24856", "soon"):
        assert "from 1 to 24855" in refused(server, "folder", "keep-deleted", "alice", "Short", days)
    assert "mailbox set --retention-days" in refused(server, "folder", "keep-deleted", "alice", "/", "9")
    assert "no such folder" in refused(server, "folder", "keep-deleted", "alice", "Nowhere", "9")


def test_whole_folder(server, box):
    """With uids, UIDVALIDITY, rights, metadata and the folders below it; a name that was taken meanwhile is told of."""
    for name in ("Lost", "Lost/Deep/Er"):
        assert box.create(name)[0] == "OK"
    uids = [post(box, "Lost", f"lost {n}", flags="(\\Flagged)") for n in range(3)]
    post(box, "Lost/Deep/Er", "deep")
    assert box.setacl("Lost", "DOM\\bob", "lrs")[0] == "OK"
    box.select("Lost")
    uidvalidity = box.response("UIDVALIDITY")[1]
    box.unselect()
    for name in ("Lost/Deep/Er", "Lost/Deep", "Lost"):
        assert box.delete(name)[0] == "OK"
    rows = server.json("recover", "alice", "--folders")["rows"]
    assert {row["folder"]: row["messages"] for row in rows if row["folder"].startswith("Lost")} == {"Lost/Deep/Er": 1, "Lost/Deep": 0, "Lost": 3}
    assert subjects(kept(server, "--folder", "Lost")) == ["lost 0", "lost 1", "lost 2"]
    assert "--whole brings it back" in refused(server, "recover", "alice", "--folder", "Lost")
    said = server.json("recover", "alice", "--folder", "Lost", "--whole")["rows"]
    assert sorted((row["folder"], row["messages"], row["same_uids"]) for row in said) == [("Lost", 3, True), ("Lost/Deep", 0, True), ("Lost/Deep/Er", 1, True)]
    box.select("Lost")
    assert box.response("UIDVALIDITY")[1] == uidvalidity
    assert [int(n) for n in box.uid("search", "FLAGGED")[1][0].split()] == uids
    box.unselect()
    assert b"lrs" in box.getacl("Lost")[1][0]
    assert "no deleted folder" in refused(server, "recover", "alice", "--folder", "Lost", "--whole")
    box.delete("Lost/Deep/Er")
    box.create("Lost/Deep/Er")
    assert "--as NAME" in refused(server, "recover", "alice", "--folder", "Lost/Deep/Er", "--whole")
    server.bourse("recover", "alice", "--folder", "Lost/Deep/Er", "--whole", "--as", "Found")
    assert box.select("Found")[1] == [b"1"]
    box.unselect()
    server.bourse("folder", "delete", "alice", "Found")
    assert "Found" in [row["folder"] for row in server.json("recover", "alice", "--folders")["rows"]]
    assert "--folder names" in refused(server, "recover", "alice", "--all", "--whole") and "leave the others" in refused(
        server, "recover", "alice", "--folder", "Lost", "--whole", "--since", "1d")
    assert "sound" in server.bourse("check").stdout


TREE = "Recoverable Items"


def listed(c, pattern):
    return [row.split(b' "/" ')[1].decode().strip('"') for row in c.list('""', pattern)[1] if row]


def test_by_imap(server, box):
    """The folder of what was deleted: seen by who asks for it, read, and messages come back out of it by COPY and MOVE."""
    assert box.create("Work")[0] == "OK"
    for n in range(4):
        expunge(box, "Work", post(box, "Work", f"work {n}", flags="(\\Flagged blue)"))
    box.unselect()
    assert TREE not in " ".join(listed(box, '"*"')) and f"{TREE}/Work" in listed(box, f'"{TREE}*"')
    assert listed(box, f'"{TREE}/%"').count(f"{TREE}/Work") == 1
    said = box.status(f'"{TREE}/Work"', "(MESSAGES UNSEEN HIGHESTMODSEQ)")[1][0]
    assert b"MESSAGES 4" in said and b"HIGHESTMODSEQ 0" in said
    with pytest.raises(imaplib.IMAP4.readonly):
        box.select(f'"{TREE}/Work"')
    assert box.select(f'"{TREE}/Work"', readonly=True)[1] == [b"4"]
    uids = [int(n) for n in box.uid("search", "SUBJECT", "work")[1][0].split()]
    assert len(uids) == 4 and [int(n) for n in box.uid("search", "KEYWORD", "blue")[1][0].split()] == uids
    assert b"work 2" in box.uid("fetch", str(uids[2]), "(BODY.PEEK[] FLAGS SAVEDATE)")[1][0][1]
    for refusal in (("store", str(uids[0]), "+FLAGS", "(\\Seen)"), ("expunge", str(uids[0])), ("store", str(uids[0]), "ANNOTATION", '(/comment (value.priv "x"))')):
        assert box.uid(*refusal)[0] != "OK"
    assert box.append(f'"{TREE}/Work"', None, None, b"Subject: x\r\n\r\nx\r\n")[0] == "NO"
    # Both come back as themselves: nothing is left behind.
    assert box.uid("copy", str(uids[1]), "INBOX")[0] == "OK"
    assert box.response("COPYUID")[1][0].split()[1] == str(uids[1]).encode()
    assert box.uid("move", str(uids[2]), "Work")[0] == "OK"
    assert [int(n) for n in box.uid("search", "ALL")[1][0].split()] == [uids[0], uids[3]]
    assert subjects(kept(server, "--folder", "Work")) == ["work 0", "work 3"]
    # Others delete meanwhile, and bring back.
    other = imaplib.IMAP4("127.0.0.1", server.port("imap"))
    other.login("DOM\\alice", PASSWORD)
    expunge(other, "Work", 5)
    box.noop()
    assert len(box.uid("search", "SUBJECT", "work")[1][0].split()) == 3
    server.bourse("recover", "alice", "--folder", "Work", "--subject", "work 0")
    box.noop()
    assert len(box.uid("search", "SUBJECT", "work")[1][0].split()) == 2
    other.select("Work", readonly=True)
    assert b"Flagged" in other.uid("fetch", "6", "(FLAGS)")[1][0] and b"blue" in other.uid("fetch", "6", "(FLAGS)")[1][0]
    other.logout()
    assert box.uid("move", "1:*", '"Nowhere"')[0] == "NO"
    box.unselect()
    assert "sound" in server.bourse("check").stdout


def test_folder_by_imap(server, box):
    """What went with a deleted folder is there, and RENAME brings the folder back."""
    assert box.create("Gone/Below")[0] == "OK"
    uid = post(box, "Gone/Below", "went with it")
    assert box.delete("Gone/Below")[0] == "OK"
    assert f"{TREE}/Gone/Below" in listed(box, f'"{TREE}/*"')
    assert box.select(f'"{TREE}/Gone/Below"', readonly=True)[1] == [b"1"]
    assert box.rename(f'"{TREE}/Gone/Below"', "INBOX")[0] == "NO"
    assert box.rename(f'"{TREE}/Gone/Below"', "Back")[0] == "OK"
    assert box.noop()[0] == "OK" and box.uid("search", "ALL")[1] == [b""]
    assert box.select("Back")[1] == [b"1"] and box.uid("search", "ALL")[1] == [str(uid).encode()]
    box.unselect()
    assert box.rename(f'"{TREE}/Gone/Below"', "Again")[0] == "NO"
    assert box.rename(f'"{TREE}/Nothing"', "Again")[0] == "NO"


def test_others_by_imap(server):
    """Who may not empty a folder does not see what was deleted in it."""
    server.bourse("public", "enable")
    server.bourse("folder", "create", "public", "News")
    server.bourse("folder", "grant", "public", "News", "DOM\\alice", "editor")
    server.bourse("folder", "grant", "public", "News", "DOM\\bob", "author")
    people = {}
    for name in ("alice", "bob"):
        people[name] = imaplib.IMAP4("127.0.0.1", server.port("imap"))
        people[name].login(f"DOM\\{name}", PASSWORD)
    news, removed = '"Public Folders/News"', f'"Public Folders/{TREE}/News"'
    expunge(people["bob"], news, post(people["bob"], news, "posted"))
    people["bob"].unselect()
    assert people["bob"].select(removed, readonly=True)[0] == "NO" and people["bob"].status(removed, "(MESSAGES)")[0] == "NO"
    assert people["alice"].select(removed, readonly=True)[1] == [b"1"]
    assert people["alice"].copy("1", "INBOX")[0] == "NO"
    assert people["alice"].copy("1", news)[0] == "OK"
    assert people["alice"].noop()[0] == "OK" and people["alice"].uid("search", "ALL")[1] == [b""]
    # It is bob's again, who may delete his own.
    assert people["bob"].select(news)[1] == [b"1"]
    expunge(people["bob"], news, 2)
    assert people["bob"].select(news)[1] == [b"0"]
    for c in people.values():
        c.logout()
    server.bourse("public", "disable", "--purge")


def test_purge(server, box):
    expunge(box, "INBOX", post(box, "INBOX", "secret one"))
    assert "--yes" in refused(server, "recover", "alice", "--subject", "secret", "--purge")
    assert len(kept(server, "--subject", "secret")) == 1
    assert "1 messages are gone" in server.bourse("recover", "alice", "--subject", "secret", "--purge", "--yes").stdout
    assert kept(server, "--subject", "secret") == []
    assert "no deleted message like that" in refused(server, "recover", "alice", "--subject", "secret")


def test_refusals(server):
    assert "which messages" in refused(server, "recover", "alice")
    assert "in UTC" in refused(server, "recover", "alice", "--since", "yesterday")
    assert "only shows" in refused(server, "recover", "alice", "--list", "--purge")
    assert "brings them back" in refused(server, "recover", "alice", "--all", "--purge", "--to", "INBOX")
    assert "no such folder" in refused(server, "recover", "alice", "--list", "--folder", "Nowhere")
    assert "no such folder" in refused(server, "recover", "alice", "--all", "--to", "Nowhere")
    assert server.bourse("recover", "nobody", "--list", check=False).returncode != 0


def test_ceiling_and_restart(new_server):
    """The option is read anew, and what is kept is there after a restart."""
    s = new_server()
    s.add_domain()
    s.add_person("dora")
    s.start()
    c = imaplib.IMAP4("127.0.0.1", s.port("imap"))
    c.login("DOM\\dora", PASSWORD)
    for n in range(4):
        expunge(c, "INBOX", post(c, "INBOX", f"{n}" * 1000))
    c.logout()
    s.stop()
    assert len(kept(s, mailbox="dora")) == 4
    s.write_config("retention.deleted_octets_max = 5000;\n")
    s.start()
    c = imaplib.IMAP4("127.0.0.1", s.port("imap"))
    c.login("DOM\\dora", PASSWORD)
    expunge(c, "INBOX", post(c, "INBOX", "last"))
    c.logout()
    eventually(lambda: [text[0] for text in subjects(kept(s, mailbox="dora"))] == ["2", "3", "l"])
    assert json.loads(s.bourse("recover", "dora", "--all", "--json").stdout)["rows"][0]["uid"] == 6
    assert "sound" in s.bourse("check").stdout
