"""Those who have no account: what each right of a list for anyone lets them do, their limits, and that naming a mailbox for them harms
nobody who has one."""
import imaplib
import poplib
import re

import pytest
from server import PASSWORD, Server, Wire, eventually, quoted

ON = ("anonymous.imap = on;\nanonymous.pop3 = on;\nanonymous.mailbox = guests;\nanonymous.logons_max = 0;\n"
      "front.connections_per_address_max = 1000;\n")
MESSAGE = b"Subject: one\r\n\r\ntext\r\n"
RIGHTS = "lrswipkxtean"
imaplib.Commands["SETMETADATA"] = ("AUTH", "SELECTED")


@pytest.fixture(scope="module")
def guests():
    """A server whose strangers see the mailbox guests, which belongs to alice."""
    s = Server(ON)
    try:
        s.add_domain()
        s.add_person("alice")
        s.bourse("mailbox", "add", "guests", "--account", "DOM\\alice", "--address", "guests@example.org")
        s.start()
        yield s
    finally:
        s.destroy()


def owner(server):
    return server.imap("DOM\\alice\\guests")


def stranger(server, service="imap"):
    return server.imap("anonymous", "me@example.net", service)


def counts(server):
    return server.status()["anonymous"][0]


def set_config(server, text):
    """A question to a role comes behind what it is told of the configuration."""
    server.write_config(text)
    server.bourse("reload")
    server.bourse("domain", "list")
    server.bourse("session", "list")


# ---- each right, each operation ----

def each_right(server):
    """A folder for each right, with two messages of which one is deleted, and a folder below it."""
    c = owner(server)
    for right in RIGHTS:
        folder = f"right-{right}"
        assert c.create(folder)[0] == "OK" and c.create(f"{folder}/below")[0] == "OK"
        for flags in (r"(\Deleted)", "()"):
            assert c.append(folder, flags, None, MESSAGE)[0] == "OK"
        server.bourse("folder", "grant", "guests", folder, "anyone", right)
    c.logout()


# What one right alone lets a stranger do. Without "r" nothing can be selected; "k", "x" and "a" he never has.
ALLOWED = {
    "list": "l", "status": "r", "select": "r", "fetch": "r", "append": "i", "copy into": "i", "myrights": "lri",
    "keep seen": "", "keep flag": "", "delete": "", "expunge": "", "create below": "", "rename": "", "remove": "", "setacl": "",
    "getacl": "", "subscribe": "", "annotate": "", "note": "",
}


def select(c, folder):
    """imaplib takes READ-ONLY for a failure."""
    c.untagged_responses.clear()
    c.is_readonly = True
    good = c._simple_command("SELECT", folder)[0] == "OK"
    c.state = "SELECTED" if good else "AUTH"
    return good


def operations(c, folder):
    """What a stranger can do there: name -> whether it was done."""
    done = {}

    def try_it(name, *command):
        done[name] = c._simple_command(*command)[0] == "OK"
        c.untagged_responses.clear()

    done["list"] = any(line and folder.encode() in line for line in c.list('""', folder)[1])
    try_it("status", "STATUS", folder, "(MESSAGES)")
    try_it("myrights", "MYRIGHTS", folder)
    done["append"] = c.append(folder, "()", None, MESSAGE)[0] == "OK"
    assert select(c, "source")
    try_it("copy into", "COPY", "1", folder)
    done["select"] = select(c, folder)
    for name, command in {"fetch": ("FETCH", "2", "(BODY.PEEK[])"), "keep seen": ("STORE", "2", "+FLAGS", r"(\Seen)"),
                          "keep flag": ("STORE", "2", "+FLAGS", r"(\Flagged)"), "delete": ("STORE", "2", "+FLAGS", r"(\Deleted)"),
                          "note": ("STORE", "2", "ANNOTATION", '(/comment (value.priv "x"))'), "expunge": ("EXPUNGE",)}.items():
        done[name] = False
        if done["select"]:
            try_it(name, *command)
    try_it("create below", "CREATE", f"{folder}/new")
    try_it("rename", "RENAME", f"{folder}/below", "elsewhere")
    try_it("remove", "DELETE", f"{folder}/below")
    try_it("setacl", "SETACL", folder, "anyone", "lrswipkxtea")
    try_it("getacl", "GETACL", folder)
    try_it("subscribe", "SUBSCRIBE", folder)
    try_it("annotate", "SETMETADATA", folder, "(/private/comment {1+}\r\nx)")
    return done


def make_source(server, c):
    """The folder that is copied from, for whoever comes first."""
    if c.select("source")[0] != "OK":
        assert c.create("source")[0] == "OK" and c.append("source", "()", None, MESSAGE)[0] == "OK"
        server.bourse("folder", "grant", "guests", "source", "anyone", "lr")


def test_each_right_alone(guests):
    each_right(guests)
    c = owner(guests)
    make_source(guests, c)
    c.logout()
    c = stranger(guests)
    for right in RIGHTS:
        done = operations(c, f"right-{right}")
        assert set(done) == set(ALLOWED)
        wrong = {name for name in done if done[name] != (right in ALLOWED[name])}
        assert not wrong, f"with {right} alone: {sorted((name, done[name]) for name in wrong)}"
    c.logout()


# Beside "r": what each further right adds. STORE is answered OK when the flag is kept; of what strangers have read nothing is, so "s" adds nothing.
WITH_R = {"w": "keep flag", "t": "delete", "e": "expunge", "i": "append", "n": "note"}


@pytest.mark.parametrize("right", "swteikxan")
def test_each_right_with_reading(guests, right):
    folder = f"both-{right}"
    c = owner(guests)
    assert c.create(folder)[0] == "OK" and c.create(f"{folder}/below")[0] == "OK"
    for flags in (r"(\Deleted)", "()"):
        assert c.append(folder, flags, None, MESSAGE)[0] == "OK"
    make_source(guests, c)
    guests.bourse("folder", "grant", "guests", folder, "anyone", "lr" + right)
    s = stranger(guests)
    done = operations(s, folder)
    s.logout()
    for name in ("keep seen", "keep flag", "delete", "expunge", "append", "copy into", "note"):
        wanted = WITH_R.get(right) == name or (name == "copy into" and right == "i")
        assert done[name] == wanted, (right, name)
    for name in ("create below", "rename", "remove", "setacl", "getacl", "subscribe", "annotate"):
        assert not done[name], (right, name)
    # What was not allowed has not happened.
    c.select(folder, readonly=True)
    flags = b" ".join(row for row in c.fetch("1:*", "(FLAGS)")[1] if row)
    assert rb"\Seen" not in flags and (rb"\Flagged" in flags) == (right == "w")
    assert len(c.search(None, "ALL")[1][0].split()) == (1 if right == "e" else 4 if right == "i" else 2)
    assert not [line for line in c.list('""', "elsewhere")[1] if line] and [line for line in c.list('""', f"{folder}/below")[1] if line]
    c.logout()


@pytest.mark.parametrize("rights,reads,deletes", [("l", False, False), ("r", True, False), ("lr", True, False), ("lrt", True, False),
                                                  ("lre", True, False), ("lrte", True, True)])
def test_pop3(guests, rights, reads, deletes):
    c = owner(guests)
    if int(c.select("INBOX")[1][0]) > 0:
        c.store("1:*", "+FLAGS", r"(\Deleted)")
        c.expunge()
    c.append("INBOX", "()", None, MESSAGE)
    c.logout()
    guests.bourse("folder", "grant", "guests", "INBOX", "anyone", rights)
    if not reads:
        with pytest.raises(poplib.error_proto, match="no right"):
            guests.pop3("anonymous", "x")
        return
    p = guests.pop3("anonymous", "x")
    assert b"\r\n".join(p.retr(1)[1]) + b"\r\n" == MESSAGE and p.uidl()[0].startswith(b"+OK")
    if deletes:
        p.dele(1)
    else:
        with pytest.raises(poplib.error_proto):
            p.dele(1)
    p.quit()
    c = owner(guests)
    assert int(c.select("INBOX")[1][0]) == (0 if deletes else 1)
    assert rb"\Seen" not in b"".join(row for row in c.fetch("1:*", "(FLAGS)")[1] if row)
    c.logout()


# ---- the owner, and other accounts ----

def test_naming_a_mailbox_harms_nobody(new_server):
    """Q173808: whoever was named for anonymous access could not log on any more."""
    s = new_server(config="anonymous.imap = on;\nanonymous.pop3 = on;\n")
    s.add_domain()
    s.add_person("alice")
    s.start()

    def alice_gets_in():
        assert s.imap("DOM\\alice").logout()[0] == "BYE"
        s.pop3("DOM\\alice").quit()

    alice_gets_in()
    with Wire(s, "imap") as w:
        w.line()
        assert w.ask(b"a LOGIN anonymous x").startswith(b"a NO [NONEXISTENT] anonymous access is not set up here")
    eventually(lambda: "there is no public store, and anonymous.mailbox names no mailbox" in s.log())
    for text in ("anonymous.imap = on;\nanonymous.mailbox = alice;\n", "anonymous.mailbox = alice;\n", "anonymous.imap = on;\n", ""):
        set_config(s, text)
        alice_gets_in()
    # What strangers do is no failed logon of hers, and what they are refused neither.
    set_config(s, "anonymous.imap = on;\nanonymous.mailbox = alice;\nauth.failures_max = 1;\nanonymous.logons_max = 0;\n")
    for _ in range(5):
        stranger(s).logout()
    set_config(s, "anonymous.imap = on;\nauth.failures_max = 1;\nanonymous.logons_max = 0;\n")
    with Wire(s, "imap") as w:
        w.line()
        for _ in range(5):
            assert w.ask(b"a LOGIN anonymous x").startswith(b"a NO [NONEXISTENT]")
        assert w.ask(b"b LOGIN DOM\\alice " + quoted(PASSWORD).encode()).startswith(b"b OK")


def test_trail(guests):
    """The trace is kept, and shown without what would act on a terminal; what came as a password is not."""
    with Wire(guests, "imap") as w:
        w.line()
        assert w.ask(b"a AUTHENTICATE ANONYMOUS c2lyaGMbWzJK").startswith(b"a OK")  # "sirhc" ESC "[2J"
    with Wire(guests, "imap") as w:
        w.line()
        assert w.ask(b"a LOGIN anonymous hunter2hunter2").startswith(b"a OK")

    rows = [row for row in eventually(lambda: guests.json("logon", "list", "--limit", "1000")["rows"]) if row["code"] == 7005]
    assert any(row["secret"] == 'trace "sirhc?[2J"' and row["account"] == "Anonymous" and row["mailbox"] == "guests" for row in rows)
    assert "sirhc?[2J" in guests.log() and "hunter2hunter2" not in guests.log()


# ---- limits ----

def test_switched_off(new_server):
    """Open sessions end, as those of an account that is disabled; so they do when another mailbox is named, or none."""
    s = new_server(config=ON)
    s.add_domain()
    s.add_person("alice")
    for box in ("guests", "others"):
        s.bourse("mailbox", "add", box)
    s.start()
    s.bourse("folder", "grant", "guests", "INBOX", "anyone", "lr")

    def two():
        imap, pop3 = Wire(s, "imap"), Wire(s, "pop3")
        imap.line(), pop3.line()
        assert imap.ask(b"a LOGIN anonymous x").startswith(b"a OK")
        pop3.ask(b"USER anonymous")
        assert pop3.ask(b"PASS x").startswith(b"+OK")
        return imap, pop3

    imap, pop3 = two()
    mine = s.imap("DOM\\alice")
    set_config(s, ON.replace("anonymous.imap = on", "anonymous.imap = off"))
    assert imap.line() == b"* BYE this account is disabled" and imap.line() is None
    assert pop3.ask(b"NOOP").startswith(b"+OK")
    set_config(s, ON.replace("= on", "= off"))
    assert pop3.line().startswith(b"-ERR") and pop3.line() is None
    set_config(s, ON)
    imap, pop3 = two()
    set_config(s, ON.replace("mailbox = guests", "mailbox = others"))
    assert imap.line().startswith(b"* BYE") and pop3.line().startswith(b"-ERR")
    set_config(s, ON)
    imap, pop3 = two()
    s.bourse("mailbox", "set", "guests", "--disabled")
    assert imap.line().startswith(b"* BYE") and pop3.line().startswith(b"-ERR")
    assert mine.noop()[0] == "OK"
    mine.logout()
    eventually(lambda: counts(s)["sessions"] == 0)
    seen = counts(s)
    assert seen["logons"] == 6 and seen["imap"] and seen["octets"] > 0


def test_sessions(new_server):
    s = new_server(config=ON + "anonymous.sessions_per_address_max = 2;\nanonymous.sessions_max = 5;\naccount.sessions_max = 3;\n")
    s.add_domain()
    s.add_person("alice")
    s.bourse("mailbox", "add", "guests")
    s.start()
    held = [stranger(s), stranger(s)]
    with Wire(s, "imap") as w:
        w.line()
        assert w.ask(b"a LOGIN anonymous x").startswith(b"a NO [LIMIT]")
    eventually(lambda: counts(s)["sessions"] == 2 and counts(s)["refused"] == 1)
    # They take no place from accounts.
    mine = [s.imap("DOM\\alice") for _ in range(3)]
    held.pop().logout()
    eventually(lambda: counts(s)["sessions"] == 1)
    held.append(stranger(s))
    for c in mine + held:
        c.logout()
    set_config(s, ON + "anonymous.sessions_max = 1;\n")
    eventually(lambda: counts(s)["sessions"] == 0)
    held = [stranger(s)]
    with Wire(s, "pop3") as w:
        w.line(), w.ask(b"USER anonymous")
        assert w.ask(b"PASS x").startswith(b"-ERR [SYS/TEMP]")
    held[0].logout()


def test_logon_rate(new_server):
    s = new_server(config=ON.replace("logons_max = 0", "logons_max = 2"))
    s.add_domain()
    s.add_person("alice")
    s.bourse("mailbox", "add", "guests")
    s.start()
    answers = []
    for _ in range(4):
        with Wire(s, "imap") as w:
            w.line()
            answers.append(w.ask(b"a LOGIN anonymous x")[:12])
    assert answers[:2] == [b"a OK [CAPABI"] * 2 and b"a NO [LIMIT]" in answers[2:]
    s.imap("DOM\\alice").logout()
    eventually(lambda: re.search(r"anonymous.logons_max", s.log()))


def test_octets(new_server):
    """Whoever has had his share is cut off, and does not come back with a new session."""
    s = new_server(config=ON + "anonymous.octets_per_hour_max = 200k;\n")
    s.add_domain()
    s.add_person("alice")
    s.bourse("mailbox", "add", "guests", "--address", "guests@example.org")
    s.start()
    s.bourse("folder", "grant", "guests", "INBOX", "anyone", "lr")
    s.send("guests@example.org", "x" * 60 + ("\r\n" + "y" * 60) * 2000)
    with Wire(s, "imap") as w:
        w.line()
        assert w.ask(b"a LOGIN anonymous x").startswith(b"a OK")
        w.send(b"b SELECT INBOX\r\n").until(b"b OK")
        w.send(b"c FETCH 1 BODY.PEEK[]\r\n").until(b"c OK")
        w.send(b"d FETCH 1 BODY.PEEK[]\r\n")
        rest = b""
        while more := w.socket.recv(1 << 16):
            rest += more
        assert b"d OK" not in rest
    with Wire(s, "imap") as w:
        w.line()
        assert w.ask(b"a LOGIN anonymous x").startswith(b"a NO [LIMIT]")
    eventually(lambda: "anonymous octets" in s.log())
    c = s.imap("DOM\\alice")
    assert c.select("INBOX")[0] == "OK"
    c.logout()


def test_idle(new_server):
    s = new_server(config=ON + "anonymous.idle_time_max = 1s;\n")
    s.add_domain()
    s.add_person("alice")
    s.bourse("mailbox", "add", "guests")
    s.start()
    mine = s.imap("DOM\\alice")
    with Wire(s, "imap") as w:
        w.line()
        assert w.ask(b"a LOGIN anonymous x").startswith(b"a OK")
        assert w.line() == b"* BYE [UNAVAILABLE] timed out" and w.line() is None
    assert mine.noop()[0] == "OK"
    mine.logout()


# ---- what can be reached ----

def test_doctor(new_server):
    s = new_server(config="listen.lmtp = 24;\n")
    s.add_domain()
    s.add_person("alice")
    s.bourse("mailbox", "add", "guests", "--address", "guests@example.org,hello@example.org")
    s.bourse("mailbox", "add", "closed", "--address", "closed@example.org", "--disabled")
    s.bourse("list", "add", "all", "--address", "all@example.org", "--member", "alice")
    s.start()

    def reached():
        return [(row["protocol"], row["what"], row["action"]) for row in s.json("doctor", "anonymous")["rows"]]

    off = reached()
    assert ("imap", "", "nothing") in off and ("pop3", "", "nothing") in off and ("submission", "sending mail", "nothing") in off
    assert ("smtp", "every other address", "nothing") in off and ("lmtp", "the same addresses", "hand over mail") in off
    addresses = {what for protocol, what, action in off if protocol == "smtp" and action == "send mail to it"}
    assert addresses == {f"{name}@example.org" for name in ("alice", "guests", "hello", "all", "postmaster", "abuse")}
    assert ("http", "/sign-in", "see it") in off and ("http", "/robots.txt", "see it") in off
    assert not any(what == "/account" for _, what, _ in off)
    set_config(s, "listen.lmtp = 24;\n" + ON)
    s.bourse("folder", "grant", "guests", "INBOX", "anyone", "lrs")
    s.bourse("folder", "grant", "guests", "Archive", "anyone", "lrkxa")
    s.bourse("folder", "grant", "guests", "Sent", "authenticated", "lr")
    on = s.json("doctor", "anonymous")["rows"]
    folders = {(row["protocol"], row["what"]): row for row in on if "in \"guests\"" in row["what"]}
    assert set(folders) == {("imap", 'INBOX in "guests"'), ("pop3", 'INBOX in "guests"'), ("imap", 'Archive in "guests"')}
    assert folders["imap", 'INBOX in "guests"']["action"] == "see it, read"
    assert folders["imap", 'Archive in "guests"']["action"] == "see it, read"
    # What it names as the next step is one.
    for row in folders.values():
        command = row["close"].replace("'", "").split()
        assert command[0] == "bourse"
        s.bourse(*command[1:])
    assert not any("in \"guests\"" in what for _, what, _ in reached())
    # For people.
    assert "relayed for nobody" in s.bourse("doctor", "anonymous").stdout
    said = s.json("doctor", "logon", "anonymous", "--protocol", "pop3")
    assert said["rows"][0]["ok"] == "yes" and "guests" in said["message"]
    set_config(s, "listen.lmtp = 24;\nanonymous.imap = on;\n")
    row = s.json("doctor", "logon", "anonymous", check=False)["rows"][0]
    assert row["ok"] == "no" and row["detail"] == "there is no public store, and anonymous.mailbox names no mailbox" and row["code"] == 7509
    assert s.json("doctor", "logon", "anonymous", "--protocol", "pop3", check=False)["rows"][0]["ok"] == "not checked"


def test_rights_of_an_account(new_server):
    s = new_server(config="")
    s.add_domain()
    for name in ("alice", "bob", "carol"):
        s.add_person(name)
    s.bourse("group", "add", "DOM\\sales", "--member", "DOM\\bob")
    s.bourse("mailbox", "add", "info", "--address", "info@example.org")
    s.bourse("mailbox", "grant", "info", "--group", "DOM\\sales", "--rights", "read send-on-behalf")
    s.start()
    s.bourse("folder", "grant", "alice", "Archive", "DOM\\bob", "lrs")
    s.bourse("folder", "grant", "alice", "Drafts", "$DOM\\sales", "lr")
    s.bourse("folder", "grant", "carol", "Sent", "authenticated", "l")
    s.bourse("folder", "grant", "info", "Archive", "anyone", "lr")

    def reached(name):
        return {(row["mailbox"], row["folder"]): (row["rights"], row["by"]) for row in s.json("rights", "--as", name)["rows"]}

    bob = reached("DOM\\bob")
    assert bob["bob", ""] == ("all", "primary account")
    assert bob["bob", "INBOX"][0].startswith("lrswipkxtea") and bob["bob", "INBOX"][1] == "primary account"
    assert bob["info", ""] == ("read send-on-behalf", "granted to the group DOM\\sales")
    assert bob["info", "INBOX"] == ("lr", "the folder's list: delegates, by the mailbox (granted to the group DOM\\sales)")
    assert bob["alice", "Archive"] == ("lrs", "the folder's list: the account")
    assert bob["alice", "Drafts"] == ("lr", "the folder's list: the group DOM\\sales")
    assert bob["carol", "Sent"] == ("l", "the folder's list: authenticated")
    assert ("alice", "") not in bob and ("alice", "INBOX") not in bob and ("carol", "INBOX") not in bob
    carol = reached("carol")
    assert carol["info", "Archive"] == ("lr", "the folder's list: anyone") and ("info", "INBOX") not in carol
    assert {box for box, _ in carol} == {"carol", "info"}
    refused = s.bourse("rights", "--as", "DOM\\nobody", check=False)
    assert refused.returncode != 0 and "nobody" in refused.stdout + refused.stderr
    assert s.bourse("rights", check=False).returncode != 0
    # As it is, so it is told: the account finds the same by IMAP.
    c = s.imap("DOM\\bob")
    listed = b" ".join(line for line in c.list('""', '"Other Users/*"')[1] if line)
    assert b"Other Users/alice/Archive" in listed and b"Other Users/alice/Sent" not in listed
    c.logout()
    assert "primary account" in s.bourse("rights", "--as", "DOM\\bob").stdout


# ---- the public store ----

def names(lines):
    return sorted(line.split(b'"/" ')[1].decode().strip('"') for line in lines if line)


def test_public_store(new_server):
    """With one, and without a mailbox: its tree is all there is, as far as lists give it to anyone."""
    s = new_server(config="anonymous.imap = on;\nanonymous.pop3 = on;\nanonymous.logons_max = 0;\n")
    s.add_domain()
    s.add_person("alice")
    s.bourse("mailbox", "add", "guests")
    s.start()
    with pytest.raises(imaplib.IMAP4.error, match="not set up"):
        stranger(s)
    s.bourse("public", "enable")
    for folder in ("News", "News/Old", "Staff", "Box"):
        s.bourse("folder", "create", "public", folder)
    s.bourse("folder", "grant", "public", "News", "anyone", "lr")
    s.bourse("folder", "grant", "public", "Box", "anyone", "liakx")
    c = stranger(s)
    assert c.namespace()[1] == [b'(("" "/")) NIL (("Public Folders/" "/"))']
    assert names(c.list()[1]) == ["Public Folders/Box", "Public Folders/News"]
    assert names(c.list('""', '"Public Folders/*"')[1]) == ["Public Folders/Box", "Public Folders/News"]
    for folder in ("INBOX", "News", "Staff", "Public Folders/Staff", "Public Folders/News/Old", "Public Folders/INBOX", "Other Users/alice"):
        assert not select(c, quoted(folder)), folder
    assert select(c, '"Public Folders/News"')
    assert c.append('"Public Folders/News"', "()", None, MESSAGE)[0] == "NO"
    assert c.append('"Public Folders/Box"', "()", None, MESSAGE)[0] == "OK"
    for command in (("CREATE", '"Public Folders/Box/mine"'), ("RENAME", '"Public Folders/Box"', '"Public Folders/Mine"'),
                    ("DELETE", '"Public Folders/Box"'), ("CREATE", '"Public Folders/mine"'), ("CREATE", "mine"),
                    ("SETACL", '"Public Folders/Box"', "anyone", "lr"), ("SUBSCRIBE", '"Public Folders/News"')):
        assert c._simple_command(*command)[0] == "NO", command
    assert c.myrights('"Public Folders/Box"')[1][0].endswith(b" li")
    # With an account "authenticated" counts, where there is no entry of one's own.
    a = s.imap("DOM\\alice")
    assert a.myrights('"Public Folders/News"')[1][0].split(b" ")[-1].startswith(b"lrsip")
    a.logout()
    # By POP3 it is one folder, which the name has.
    with pytest.raises(poplib.error_proto, match="say which public folder"):
        s.pop3("anonymous", "x")
    p = s.pop3("anonymous\\Public Folders/News", "x")
    assert p.stat() == (0, 0)
    p.quit()
    rows = [(row["protocol"], row["what"], row["close"]) for row in s.json("doctor", "anonymous")["rows"] if "Public Folders" in row["what"]]
    assert rows == [("imap", "Public Folders/Box", "bourse folder revoke 'public' 'Box' anyone"),
                    ("imap", "Public Folders/News", "bourse folder revoke 'public' 'News' anyone"),
                    ("pop3", "Public Folders/News", "bourse folder revoke 'public' 'News' anyone")]
    assert ("Public Folders", "Staff") in {(row["mailbox"], row["folder"]) for row in s.json("rights", "--as", "alice")["rows"]}
    s.bourse("folder", "address", "News", "news@example.org")

    def news():
        return [(row["protocol"], row["action"], row["close"]) for row in s.json("doctor", "anonymous")["rows"] if row["what"] == "news@example.org"]

    assert news() == [("smtp", "nothing", "")]
    s.bourse("folder", "grant", "public", "News", "anyone", "+p")
    assert news() == [("smtp", "send mail to it", "bourse folder revoke 'public' 'News' anyone")]
    s.bourse("folder", "grant", "public", "News", "anyone", "--", "-p")
    assert news() == [("smtp", "nothing", "")]
    s.bourse("folder", "address", "News", "news@example.org", "--remove")
    # What is taken away counts at once.
    s.bourse("folder", "revoke", "public", "Box", "anyone")
    assert names(c.list()[1]) == ["Public Folders/News"]
    # A mailbox beside it: both are seen.
    set_config(s, "anonymous.imap = on;\nanonymous.pop3 = on;\nanonymous.logons_max = 0;\nanonymous.mailbox = guests;\n")
    with pytest.raises((imaplib.IMAP4.abort, OSError)):
        c.noop()
        c.noop()
    s.bourse("folder", "grant", "guests", "INBOX", "anyone", "lr")
    c = stranger(s)
    assert names(c.list()[1]) == ["INBOX", "Public Folders/News"]
    assert select(c, "INBOX") and select(c, '"Public Folders/News"')
    s.pop3("anonymous", "x").quit()
    # The public store goes, and with it whoever was in it alone.
    set_config(s, "anonymous.imap = on;\nanonymous.logons_max = 0;\n")
    with Wire(s, "imap") as w:
        w.line()
        assert w.ask(b"a LOGIN anonymous x").startswith(b"a OK")
        s.bourse("folder", "delete", "public", "News/Old")
        for folder in ("News", "Staff", "Box"):
            s.bourse("folder", "delete", "public", folder)
        s.bourse("public", "disable")
        assert w.line().startswith(b"* BYE")
