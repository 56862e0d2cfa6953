"""Application passwords and second factors, from the administrator's command to the client's logon."""
import base64
import hashlib
import hmac
import imaplib
import poplib
import re
import struct
import subprocess
import time

import pytest

import ntlm
import scram
from server import BOURSE, PASSWORD, Wire, eventually


def make(server, *args):
    return server.json("account", "app-password", "add", *args)


def imap_opens(server, name, password):
    with imaplib.IMAP4("127.0.0.1", server.port("imap")) as client:
        try:
            client.login(name, password)
        except imaplib.IMAP4.error as refused:
            return str(refused)
        return True


def pop3_opens(server, name, password):
    client = poplib.POP3("127.0.0.1", server.port("pop3"))
    try:
        client.user(name)
        client.pass_(password)
    except poplib.error_proto as refused:
        return str(refused)
    finally:
        client.close()
    return True


def sends(server, name, password, mechanism="PLAIN"):
    with Wire(server, "submission") as w:
        w.line()
        w.send(b"EHLO x\r\n")
        w.until(b"250 ")
        if mechanism == "PLAIN":
            return w.ask(b"AUTH PLAIN " + base64.b64encode(f"\0{name}\0{password}".encode())).startswith(b"235")
        w.ask(b"AUTH LOGIN")
        w.ask(base64.b64encode(name.encode()))
        return w.ask(base64.b64encode(password.encode())).startswith(b"235")


def test_every_way_in(server):
    made = make(server, "DOM\\alice", "--label", "phone")
    password = made["password"]
    assert re.fullmatch(r"[0-9a-z]{4}(-[0-9a-z]{4}){3}", password) and made["id"] == password[:4]
    for written in (password, password.upper(), password.replace("-", ""), password.replace("-", " ")):
        assert imap_opens(server, "DOM\\alice", written) is True, written
    assert pop3_opens(server, "alice@example.org", password) is True
    assert sends(server, "DOM\\alice", password) and sends(server, "DOM\\alice", password, "LOGIN")
    # of nobody else, and the main password is as good as before
    assert imap_opens(server, "DOM\\bob", password) is not True
    assert imap_opens(server, "DOM\\alice", PASSWORD) is True
    row = eventually(lambda: [r for r in server.json("account", "app-password", "list", "DOM\\alice")["rows"] if r["last_used"] != "never"])[0]
    assert row["label"] == "phone" and row["by"] == "submission" and row["from"] == "127.0.0.1", row
    eventually(lambda: re.search(r'application password \\*"phone', server.log()))
    assert password not in server.log() and password not in server.bourse("account", "app-password", "list", "DOM\\alice").stdout


def by_scram(server, name, password, service="imap", mechanism="SCRAM-SHA-256"):
    with Wire(server, service) as w:
        w.line()
        if service == "submission":
            w.send(b"EHLO x\r\n")
            w.until(b"250 ")
        said = scram.log_on(w, service, scram.Scram(mechanism, name, password), mechanism)
    return said.startswith({"imap": b"a OK", "pop3": b"+OK", "submission": b"235"}[service]) or said.decode()


def by_ntlm(server, name, password):
    c = imaplib.IMAP4("127.0.0.1", server.port("imap"))
    steps = [lambda _: ntlm.NEGOTIATE, lambda challenge: ntlm.answer(challenge, name, password, "DOM")]
    try:
        return c.authenticate("NTLM", lambda challenge: steps.pop(0)(challenge))[0] == "OK"
    except imaplib.IMAP4.error as refused:
        return str(refused)
    finally:
        c.shutdown()


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-256", "SCRAM-SHA-1"])
def test_without_being_sent(server, mechanism):
    """SCRAM proves any of the account's passwords: all of them have one salt, which is told before."""
    name = mechanism.lower()
    server.add_person(name)
    account = f"DOM\\{name}"
    passwords = [make(server, account, "--label", label)["password"] for label in ("phone", "desk", "tablet")]
    reader = make(server, account, "--label", "reader", "--protocols", "pop3")["password"]
    for service in ("imap", "pop3", "submission"):
        for password in (PASSWORD, *passwords):
            assert by_scram(server, account, password, service, mechanism) is True, (service, password)
    assert by_scram(server, account, reader, "pop3", mechanism) is True
    assert "not for imap" in by_scram(server, account, reader, "imap", mechanism)
    for wrong in ("wrong", passwords[0][:-1], passwords[0].upper(), passwords[0].replace("-", "")):
        assert "AUTHENTICATIONFAILED" in by_scram(server, account, wrong, "imap", mechanism)
    row = eventually(lambda: [r for r in server.json("account", "app-password", "list", account)["rows"] if r["label"] == "tablet" and r["last_used"] != "never"])[0]
    assert row["by"] == "submission"
    # A new password of the account's own takes none of them away; a revoked one is gone, and so is the old one.
    server.bourse("account", "password", account, "--password-stdin", stdin="another horse\n")
    assert by_scram(server, account, passwords[1], mechanism=mechanism) is True
    assert by_scram(server, account, "another horse", mechanism=mechanism) is True
    assert "AUTHENTICATIONFAILED" in by_scram(server, account, PASSWORD, mechanism=mechanism)
    server.bourse("account", "app-password", "revoke", account, "desk")
    assert "AUTHENTICATIONFAILED" in by_scram(server, account, passwords[1], mechanism=mechanism)
    assert by_scram(server, account, passwords[2], mechanism=mechanism) is True
    server.bourse("account", "set", account, "--app-passwords-only")
    assert by_scram(server, account, passwords[2], mechanism=mechanism) is True
    assert "CONTACTADMIN" in by_scram(server, account, "another horse", mechanism=mechanism)


def test_by_ntlm(new_server):
    s = new_server(config="auth.ntlm = on;\n")
    s.add_domain()
    s.add_account("DOM\\alice", ntlm=True)
    s.add_mailbox("alice", "DOM\\alice", "alice@example.org")
    s.start()
    phone = make(s, "DOM\\alice", "--label", "phone")["password"]
    reader = make(s, "DOM\\alice", "--label", "reader", "--protocols", "pop3")["password"]
    assert by_ntlm(s, "alice", phone) is True and by_ntlm(s, "alice", PASSWORD) is True
    assert "not for imap" in by_ntlm(s, "alice", reader)
    assert "AUTHENTICATIONFAILED" in by_ntlm(s, "alice", phone[:-1])
    s.bourse("account", "app-password", "revoke", "DOM\\alice", "phone")
    assert "AUTHENTICATIONFAILED" in by_ntlm(s, "alice", phone)
    phone = make(s, "DOM\\alice", "--label", "phone")["password"]
    # Off and on again: the hashes went, and come with a new password only.
    s.bourse("account", "set", "DOM\\alice", "--no-ntlm")
    s.bourse("account", "set", "DOM\\alice", "--ntlm")
    s.bourse("account", "password", "DOM\\alice", "--password-stdin", stdin=PASSWORD + "\n")
    assert by_ntlm(s, "alice", PASSWORD) is True
    assert "AUTHENTICATIONFAILED" in by_ntlm(s, "alice", phone)
    assert imap_opens(s, "DOM\\alice", phone) is True


def test_last_use_survives(new_server):
    s = new_server()
    s.add_domain()
    s.add_person("alice")
    s.start()
    password = make(s, "DOM\\alice", "--label", "phone")["password"]
    assert imap_opens(s, "DOM\\alice", password) is True

    def last_used():
        return s.json("account", "app-password", "list", "DOM\\alice")["rows"][0]["last_used"]

    eventually(lambda: last_used() != "never")
    used = last_used()
    s.stop()
    s.start()
    row = s.json("account", "app-password", "list", "DOM\\alice")["rows"][0]
    assert row["last_used"] == used and row["by"] == "imap", row
    assert imap_opens(s, "DOM\\alice", password) is True


def test_revoked(server):
    made = make(server, "DOM\\bob", "--label", "old phone", "--protocols", "imap smtp")
    client = imaplib.IMAP4("127.0.0.1", server.port("imap"))
    client.login("DOM\\bob", made["password"])
    assert "not for pop3" in str(pop3_opens(server, "DOM\\bob", made["password"]))
    server.bourse("account", "app-password", "revoke", "DOM\\bob", "old phone")
    with pytest.raises((imaplib.IMAP4.abort, imaplib.IMAP4.error, OSError)):
        for _ in range(1200):
            client.noop()
            time.sleep(0.05)
    assert "AUTHENTICATIONFAILED" in imap_opens(server, "DOM\\bob", made["password"])


def test_a_bounded_number(server):
    server.add_person("many")
    for number in range(32):
        make(server, "DOM\\many", "--label", f"n{number}")
    done = server.bourse("account", "app-password", "add", "DOM\\many", "--label", "more", check=False)
    assert done.returncode == 1 and "revoke one first" in done.stderr


def test_opens_mail_alone(server):
    """It is no password of the account: not what the administrator's tool checks as one, and its owner's other one stays."""
    server.add_person("admina")
    password = make(server, "DOM\\admina", "--label", "x")["password"]
    rows = server.json("doctor", "logon", "DOM\\admina", "--password-stdin", stdin=password + "\n")["rows"]
    assert any('application password "x"' in row["detail"] for row in rows)


# ---- second factor ----

def code_of(key, away=0):
    """RFC 6238 with what every authenticator takes for granted."""
    octets = base64.b32decode(key + "=" * (-len(key) % 8))
    made = hmac.new(octets, struct.pack(">Q", int(time.time() + away) // 30), hashlib.sha1).digest()
    at = made[-1] & 15
    return f"{(struct.unpack('>I', made[at:at + 4])[0] & 0x7fffffff) % 1000000:06}"


def confirmed(server, name):
    """The key, and recovery codes."""
    made = server.json("account", "totp", "enable", name)
    assert made["uri"].startswith("otpauth://totp/") and f"secret={made['key']}&" in made["uri"]
    done = server.json("account", "totp", "confirm", name, code_of(made["key"]))
    return made["key"], [row["recovery_code"] for row in done["rows"]]


def test_second_factor(server):
    server.add_person("carol")
    key, recovery = confirmed(server, "DOM\\carol")
    assert len(set(recovery)) == 10
    assert "CONTACTADMIN" in imap_opens(server, "DOM\\carol", PASSWORD)
    assert "AUTHENTICATIONFAILED" in imap_opens(server, "DOM\\carol", PASSWORD + code_of(key, 30))
    password = make(server, "DOM\\carol", "--label", "phone")["password"]
    assert imap_opens(server, "DOM\\carol", password) is True
    # the doctor asks for both, and says what is missing
    rows = server.json("doctor", "logon", "DOM\\carol", "--password-stdin", stdin=PASSWORD + "\n", check=False)["rows"]
    assert [row["code"] for row in rows if row["ok"] == "no"] == [7305]
    rows = server.json("doctor", "logon", "DOM\\carol", "--password-stdin", "--totp", code_of(key, 30), stdin=PASSWORD + "\n")["rows"]
    assert all(row["ok"] != "no" for row in rows)
    # where the domain lets the code stand behind the password
    server.add_domain("TWO", "two.example")
    server.add_account("TWO\\dora")
    server.add_mailbox("dora", "TWO\\dora", "dora@two.example")
    key, recovery = confirmed(server, "TWO\\dora")
    server.bourse("domain", "set", "TWO", "--code-appended")
    good = PASSWORD + code_of(key, 30)
    assert imap_opens(server, "TWO\\dora", good) is True
    assert "AUTHENTICATIONFAILED" in imap_opens(server, "TWO\\dora", good), "each code is good once"
    assert imap_opens(server, "TWO\\dora", PASSWORD + recovery[3]) is True
    assert "AUTHENTICATIONFAILED" in imap_opens(server, "TWO\\dora", PASSWORD + recovery[3])
    assert server.json("account", "totp", "show", "TWO\\dora")["recovery_codes"] == 9
    server.bourse("account", "totp", "disable", "TWO\\dora")
    assert imap_opens(server, "TWO\\dora", PASSWORD) is True
    assert key not in server.log() and recovery[0] not in server.log()


def test_a_code_is_used_once_over_restarts(new_server):
    s = new_server()
    s.add_domain()
    s.bourse("domain", "set", "DOM", "--code-appended")
    s.add_person("erin")
    s.start()
    key, _ = confirmed(s, "DOM\\erin")
    good = PASSWORD + code_of(key, 30)
    assert imap_opens(s, "DOM\\erin", good) is True
    s.kill_all()
    s.start()
    assert "AUTHENTICATIONFAILED" in imap_opens(s, "DOM\\erin", good)


def test_picture_for_the_camera(server):
    """On a terminal the key comes as a QR code too; in a file it does not."""
    server.add_person("flora")
    assert "\u2588" not in server.bourse("account", "totp", "enable", "DOM\\flora").stdout
    command = f"{BOURSE} --data {server.data} account totp enable 'DOM\\flora'"
    done = subprocess.run(["script", "-qec", command, "/dev/null"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "\u2588\u2588\u2588" in done.stdout and "otpauth://" in done.stdout
