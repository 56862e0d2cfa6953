"""Who may log on with which name, through every protocol and mechanism; and what the refused are told."""
import base64
import hashlib
import time

import pytest

from scram import Scram, log_on
from server import PASSWORD, Server, Wire, eventually, quoted

ALICE, SALES, BOB = "alice", "sales", "bob"


@pytest.fixture(scope="module")
def server():
    s = Server("auth.failures_max = 1000;\nauth.account_logons_max = 0;\nauth.source_logons_max = 0;\nfront.connections_per_address_max = 500;\n")
    try:
        s.add_domain()
        s.add_domain("SECOND", "second.example")
        s.add_person("alice")
        s.add_person("bob")
        s.add_account("DOM\\delegate")
        s.add_mailbox("sales", "DOM\\bob", "sales@example.org")
        s.bourse("mailbox", "grant", "sales", "DOM\\delegate")
        s.bourse("mailbox", "grant", "sales", "DOM\\alice")
        s.add_account("SECOND\\carol")
        s.add_mailbox("carolbox", "SECOND\\carol", "carol@second.example")
        s.add_account("DOM\\dan")
        s.add_account("SECOND\\dan")
        s.add_mailbox("dan", "DOM\\dan", "dan@example.org")
        s.add_account("DOM\\müller")
        s.add_mailbox("müller", "DOM\\müller", "mueller@example.org")
        s.add_account("DOM\\off", disabled=True)
        s.add_mailbox("off", "DOM\\off", "off@example.org")
        s.start()
        for box, address in ((ALICE, "alice@example.org"), (SALES, "sales@example.org"), (BOB, "bob@example.org"),
                             ("carolbox", "carol@second.example"), ("dan", "dan@example.org"), ("müller", "mueller@example.org")):
            s.send(address, f"box-{hashlib.md5(box.encode()).hexdigest()}")
        yield s
    finally:
        s.destroy()


def mark(box):
    return b"box-" + hashlib.md5(box.encode()).hexdigest().encode()


def b64(*parts):
    return base64.b64encode("\0".join(parts).encode())


# ---- ways to log on: each gives what the server said, and the open connection ----

def pop3_user(w, name, password, authzid=""):
    said = w.ask(b"USER " + name.encode())
    return said if not said.startswith(b"+OK") else w.ask(b"PASS " + password.encode())


def pop3_plain(w, name, password, authzid=""):
    return w.ask(b"AUTH PLAIN " + b64(authzid, name, password))


def pop3_login(w, name, password, authzid=""):
    assert w.ask(b"AUTH LOGIN") == b"+ " + b64("Username:")
    assert w.ask(b64(name)) == b"+ " + b64("Password:")
    return w.ask(b64(password))


def imap_said(w):
    return w.until(b"a ")[-1]


def imap_login(w, name, password, authzid=""):
    if not name.isascii():  # RFC 9051 section 4.3: a quoted string of IMAP4rev1 is ASCII
        octets = name.encode()
        w.send(b"a LOGIN {%d+}\r\n%s %s\r\n" % (len(octets), octets, quoted(password).encode()))
    else:
        w.send(f"a LOGIN {quoted(name)} {quoted(password)}\r\n".encode())
    return imap_said(w)


def imap_plain(w, name, password, authzid=""):
    w.send(b"a AUTHENTICATE PLAIN " + b64(authzid, name, password) + b"\r\n")
    return imap_said(w)


def imap_auth_login(w, name, password, authzid=""):
    w.send(b"a AUTHENTICATE LOGIN\r\n")
    assert w.line() == b"+ " + b64("Username:")
    assert w.ask(b64(name)) == b"+ " + b64("Password:")
    w.send(b64(password) + b"\r\n")
    return imap_said(w)


def smtp_plain(w, name, password, authzid=""):
    w.ask(b"AUTH PLAIN")
    w.send(b64(authzid, name, password) + b"\r\n")
    return w.reply()[-1]


def smtp_login(w, name, password, authzid=""):
    assert w.ask(b"AUTH LOGIN") == b"334 " + b64("Username:")
    assert w.ask(b64(name)) == b"334 " + b64("Password:")
    w.send(b64(password) + b"\r\n")
    return w.reply()[-1]


def scram(service, mechanism):
    """A proof, not a password: the same name must lead to the same mailbox."""
    def run(w, name, password, authzid=""):
        return log_on(w, service, Scram(mechanism, name, password, authzid), mechanism)
    return service, run


WAYS = {"USER": ("pop3", pop3_user), "POP3-PLAIN": ("pop3", pop3_plain), "POP3-LOGIN": ("pop3", pop3_login),
        "LOGIN": ("imap", imap_login), "IMAP-PLAIN": ("imap", imap_plain), "IMAP-AUTH-LOGIN": ("imap", imap_auth_login),
        "SMTP-PLAIN": ("submission", smtp_plain), "SMTP-LOGIN": ("submission", smtp_login), "POP3-SCRAM": scram("pop3", "SCRAM-SHA-1"), "IMAP-SCRAM": scram("imap", "SCRAM-SHA-256"),
        "SMTP-SCRAM": scram("submission", "SCRAM-SHA-256")}
HAS_AUTHZID = ("PLAIN", "SCRAM")
TLS_SERVICE = {"pop3": "pop3s", "imap": "imaps", "submission": "submissions"}


def begin(server, service):
    w = Wire(server, service)
    w.line()
    if "submission" in service:
        w.send(b"EHLO client.example\r\n")
        w.until(b"250 ")
    return w


def is_yes(said):
    return said.startswith((b"+OK", b"a OK", b"235 "))


def look(w, service):
    """The first message of the mailbox that was opened."""
    if service.startswith("pop3"):
        assert w.ask(b"RETR 1").startswith(b"+OK")
        return b"\n".join(w.until(b"."))
    w.send(b"b SELECT INBOX\r\n")
    w.until(b"b OK")
    w.send(b"c FETCH 1 BODY.PEEK[]\r\n")
    return b"\n".join(w.until(b"c OK"))


# name as the client sends it, authorisation identity, the mailbox that opens
ACCEPTED = [
    ("alice", "", ALICE),
    ("ALICE", "", ALICE),
    ("DOM\\alice", "", ALICE),
    ("DOM/alice", "", ALICE),
    ("dom\\Alice", "", ALICE),
    ("DOM\\alice\\alice", "", ALICE),
    ("DOM/alice/alice", "", ALICE),
    ("DOM\\alice/alice", "", ALICE),
    ("DOM\\\\alice\\\\alice", "", ALICE),
    ("\\alice", "", ALICE),
    ("\\alice\\alice", "", ALICE),
    ("DOM\\alice\\", "", ALICE),
    ("alice@example.org", "", ALICE),
    ("Alice@EXAMPLE.org", "", ALICE),
    ("alice@example.org\\alice", "", ALICE),
    ("alice@example.org/alice@example.org", "", ALICE),
    ("DOM\\alice\\sales", "", SALES),
    ("DOM/alice/sales", "", SALES),
    ("DOM\\alice\\sales@example.org", "", SALES),
    ("alice@example.org/sales@example.org", "", SALES),
    ("alice@example.org\\sales", "", SALES),
    ("DOM\\delegate\\sales", "", SALES),
    ("DOM\\bob\\sales", "", SALES),
    ("DOM\\bob", "", BOB),
    ("SECOND\\carol\\carolbox", "", "carolbox"),
    ("carol@second.example", "", "carolbox"),
    ("DOM\\dan", "", "dan"),
    ("DOM\\müller", "", "müller"),
    ("DOM\\MÜLLER", "", "müller"),
    ("DOM\\alice", "alice", ALICE),
    ("DOM\\alice", "sales", SALES),
    ("DOM\\alice", "sales@example.org", SALES),
    ("alice@example.org", "alice@example.org", ALICE),
    ("DOM\\alice", "DOM\\alice\\sales", SALES),
    ("DOM\\delegate", "sales", SALES),
]

# with the right password
REFUSED_BEFORE = [  # nothing is told
    ("NODOM\\alice", ""), ("DOM\\nobody", ""), ("alice@nowhere.example", ""), ("dan", ""), ("a\\b\\c\\d", ""), ("@", ""),
    ("alice@@example.org", ""), ("SECOND\\alice", ""), ("DOM\\alice\\alice", "bob"), ("DOM\\alice", "DOM\\bob\\bob"),
]
REFUSED_BEHIND = [  # whoever knows the password may know why
    ("DOM\\alice\\nowhere", "", b'there is no mailbox "nowhere"'),
    ("DOM\\alice\\bob", "", b'no right to the mailbox "bob"'),
    ("DOM\\alice", "bob", b'no right to the mailbox "bob"'),
    ("DOM\\delegate", "", b'there is no mailbox "delegate"'),
    ("DOM\\off", "", b"is disabled"),
]


def each_way(rows):
    """Every row in every way; USER, LOGIN and the mechanism LOGIN have no authorisation identity."""
    return [(way, *row) for row in rows for way in WAYS if way.endswith(HAS_AUTHZID) or not row[1]]


def ids(value):
    return value.replace("\\", "|") if isinstance(value, str) else "-"


@pytest.mark.parametrize("way, name, authzid, box", each_way(ACCEPTED), ids=ids)
def test_accepted(server, way, name, authzid, box):
    service, run = WAYS[way]
    with begin(server, service) as w:
        said = run(w, name, PASSWORD, authzid)
        assert is_yes(said), said
        if service != "submission":
            assert mark(box) in look(w, service)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["alice", "DOM\\alice\\sales", "alice@example.org"], ids=ids)
def test_accepted_inside_tls(server, way, name):
    service, run = WAYS[way]
    with begin(server, TLS_SERVICE[service]) as w:
        assert is_yes(run(w, name, PASSWORD))
        if service != "submission":
            assert mark(SALES if "sales" in name else ALICE) in look(w, service)


@pytest.mark.parametrize("way", WAYS)
def test_before_the_password_all_refusals_are_one(server, way):
    """Wrong domain, wrong user, wrong password: the same octets, so that nobody learns which names there are."""
    service, run = WAYS[way]
    said = {}
    cases = [(name, PASSWORD, authzid) for name, authzid in REFUSED_BEFORE] + \
        [(name, "wrong", authzid) for name, authzid, _ in REFUSED_BEHIND] + [("alice", "wrong", ""), ("alice", PASSWORD + " ", "")]
    for name, password, authzid in cases:
        if authzid and not way.endswith(HAS_AUTHZID):
            continue
        with begin(server, service) as w:
            answer = run(w, name, password, authzid)
            assert not is_yes(answer), (name, authzid)
            said[answer] = name
    assert len(said) == 1, said
    text = next(iter(said))
    assert b"user name or password is wrong" in text
    assert text.startswith((b"-ERR [AUTH] ", b"a NO [AUTHENTICATIONFAILED] ", b"535 5.7.8 "))


@pytest.mark.parametrize("way, name, authzid, words", each_way(REFUSED_BEHIND), ids=ids)
def test_behind_the_password_it_says_why(server, way, name, authzid, words):
    service, run = WAYS[way]
    with begin(server, service) as w:
        said = run(w, name, PASSWORD, authzid)
        assert not is_yes(said)
        assert words in said, said
        # The connection is good for another try.
        assert is_yes(run(w, "DOM\\alice", PASSWORD))


def test_refusals_take_the_same_time(server):
    """An account that is not there costs as much work as one that is."""
    def spent(name):
        times = []
        for _ in range(5):
            with begin(server, "pop3") as w:
                before = time.monotonic()
                pop3_plain(w, name, "wrong")
                times.append(time.monotonic() - before)
        return sorted(times)[2]

    def alike():
        there, missing = spent("DOM\\alice"), spent("DOM\\nobody")
        return missing > there / 3 and there > missing / 3

    eventually(alike)  # a neighbour on the machine makes noise once


def test_revoked_right(server):
    server.add_account("DOM\\temp")
    server.bourse("mailbox", "grant", "sales", "DOM\\temp")
    with begin(server, "pop3") as w:
        assert is_yes(pop3_user(w, "DOM\\temp\\sales", PASSWORD))
        w.ask(b"QUIT")
    server.bourse("mailbox", "revoke", "sales", "DOM\\temp")
    with begin(server, "pop3") as w:
        assert b"no right" in pop3_user(w, "DOM\\temp\\sales", PASSWORD)


def test_the_log_names_the_delegate(server):
    with begin(server, "pop3") as w:
        assert is_yes(pop3_user(w, "DOM\\delegate\\sales", PASSWORD))
    eventually(lambda: " 2003 " in server.log())
    assert PASSWORD not in server.log()


def test_delegate_sends_as_the_mailbox(server):
    for sender, mailbox, good in (("sales@example.org", "sales", True), ("alice@example.org", "alice", True), ("bob@example.org", "alice", False)):
        with begin(server, "submission") as w:
            assert is_yes(smtp_plain(w, f"DOM\\alice\\{mailbox}", PASSWORD))
            said = w.ask(b"MAIL FROM:<%s>" % sender.encode())
            assert said.startswith(b"250" if good else b"553"), (sender, said)


def test_password_changes_at_once(server):
    server.add_person("pwd")
    with begin(server, "pop3") as w:
        assert is_yes(pop3_user(w, "pwd", PASSWORD))
    server.bourse("account", "password", "DOM\\pwd", "--password-stdin", stdin="new one entirely\n")
    with begin(server, "pop3") as w:
        assert not is_yes(pop3_user(w, "pwd", PASSWORD))
        assert is_yes(pop3_user(w, "pwd", "new one entirely"))


@pytest.mark.parametrize("password", ["pässwörd ¢€𐍈", "with space and \" and \\", "x" * 256, "=" * 10])
def test_odd_passwords(server, password):
    name = "odd" + hashlib.md5(password.encode()).hexdigest()[:8]
    server.add_account(f"DOM\\{name}", password)
    server.add_mailbox(name, f"DOM\\{name}", f"{name}@example.org")
    for way, (service, run) in WAYS.items():
        if way == "LOGIN" and not password.isascii():
            continue
        with begin(server, service) as w:
            assert is_yes(run(w, name, password)), way
