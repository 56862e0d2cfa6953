"""NTLM as clients from Debian speak it: NTLMv2 by curl and our own, and the old responses by those that know no more."""
import base64
import imaplib
import re
import smtplib
import ssl
import time

import pytest

import ntlm
from server import PASSWORD, Server, eventually
from test_clients_programs import home, in_terminal, need, run  # noqa: F401

COMMON = "front.connections_per_address_max = 1000;\nauth.ntlm = on;\nauth.ntlm_names = [\"localhost\", \"127.0.0.1\"];\n"


def ntlm_server(more):
    s = Server(COMMON + more)
    s.add_domain()
    s.add_account("DOM\\alice", ntlm=True)
    s.add_mailbox("alice", "DOM\\alice", "alice@example.org")
    s.add_mailbox("sales", "DOM\\alice", "sales@example.org")
    s.start()
    return s


@pytest.fixture(scope="module")
def server():
    s = ntlm_server("")
    yield s
    s.destroy()


@pytest.fixture(scope="module")
def old():
    s = ntlm_server("auth.ntlm_v1_networks = loopback;\nauth.ntlm_computer = MEMBER7;\n")
    yield s
    s.destroy()


def logons(server):
    """The mailboxes that were opened by NTLM, one a logon."""
    return re.findall(r"mechanism=NTLM account=\S+ mailbox=(\w+) ", server.log())


def deliver(server, to="alice@example.org"):
    server.send(to, "hello by mail")


NAMES = ["alice", "DOM\\alice", "DOM/alice", "alice@example.org", "example.org\\alice", "DOM\\alice\\sales"]


@need("curl")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("tls", [False, True])
def test_curl(server, home, name, tls):  # noqa: F811
    """NTLMv2 without a message integrity code, for curl knows none; it sends the server's target information back."""
    box = "sales" if name.endswith("sales") else "alice"
    deliver(server, f"{box}@example.org")
    before = len(logons(server))
    options = ["-sS", "-u", f"{name}:{PASSWORD}", "--login-options", "AUTH=NTLM"] + (["--insecure"] if tls else [])
    port = {s: server.port({"pop3": "pop3s", "imap": "imaps", "smtp": "submissions"}[s] if tls else s.replace("smtp", "submission"))
            for s in ("pop3", "imap", "smtp")}
    s = "s" if tls else ""
    assert "hello by mail" in run("curl", *options, f"pop3{s}://127.0.0.1:{port['pop3']}/1").stdout
    assert "hello by mail" in run("curl", *options, f"imap{s}://127.0.0.1:{port['imap']}/INBOX;MAILINDEX=1").stdout
    mail = home / "mail"
    mail.write_text(f"From: {box}@example.org\r\nTo: alice@example.org\r\nSubject: by curl\r\n\r\nby NTLM\r\n")
    run("curl", *options, f"smtp{s}://127.0.0.1:{port['smtp']}/client.example", "--mail-from", f"{box}@example.org", "--mail-rcpt",
        "alice@example.org", "--upload-file", mail)
    eventually(lambda: logons(server)[before:] == [box] * 3)


@need("curl")
def test_curl_wrong_password(server, home):  # noqa: F811
    done = run("curl", "-sS", "-u", "DOM\\alice:wrong", "--login-options", "AUTH=NTLM", f"imap://127.0.0.1:{server.port('imap')}/",
               good=False)
    assert done.returncode == 67, done.stderr


def test_imaplib(server):
    """With everything that Windows sends."""
    c = imaplib.IMAP4_SSL("127.0.0.1", server.port("imaps"), ssl_context=ssl._create_unverified_context())
    certificate = c.socket().getpeercert(binary_form=True)
    steps = [lambda _: ntlm.NEGOTIATE, lambda challenge: ntlm.answer(challenge, "alice", PASSWORD, "DOM", service="imap/localhost",
                                                                    binding=ntlm.binding_of(certificate))]
    c.authenticate("NTLM", lambda challenge: steps.pop(0)(challenge))
    assert c.select()[0] == "OK"
    c.logout()


def told(server):
    """What the server says of itself."""
    seen = []
    c = imaplib.IMAP4("127.0.0.1", server.port("imap"))
    steps = [lambda _: ntlm.NEGOTIATE, lambda challenge: seen.append(ntlm.Challenge(challenge))]
    with pytest.raises(imaplib.IMAP4.error):
        c.authenticate("NTLM", lambda challenge: steps.pop(0)(challenge))
    c.shutdown()
    return seen[0]


def test_target(server, old):
    """Names as NetBIOS and DNS have them, and the time."""
    said = told(server)
    assert said.name.decode("utf-16-le") == said.name_of(2) == "DOM"
    assert said.name_of(1) == said.name_of(3).split(".")[0][:15].upper()
    assert abs(said.time / ntlm.TICKS - 11644473600 - time.time()) < 600
    assert told(old).name_of(1) == "MEMBER7"


def test_smtplib(server):
    c = smtplib.SMTP("127.0.0.1", server.port("submission"))
    c.ehlo("client.example")
    assert "NTLM" in c.esmtp_features["auth"].split()
    code, challenge = c.docmd("AUTH NTLM", base64.b64encode(ntlm.NEGOTIATE).decode())
    assert code == 334
    answer = ntlm.answer(base64.b64decode(challenge), "alice", PASSWORD, "CLIENT")
    assert c.docmd(base64.b64encode(answer).decode())[0] == 235
    c.quit()


# ---- those that know NTLMv1 only ----


@need("fetchmail")
@pytest.mark.parametrize("protocol", ["pop3", "imap"])
def test_fetchmail(old, home, protocol):  # noqa: F811
    deliver(old)
    before = len(logons(old))
    rc = home / "fetchmailrc"
    rc.write_text(f'poll localhost via 127.0.0.1 protocol {protocol} port {old.port(protocol)} auth ntlm\n'
                  f'  user "alice@DOM" password "{PASSWORD}" sslproto \'\' no keep fetchall mda "cat >> {home}/out"\n')
    rc.chmod(0o600)
    done = run("fetchmail", "-f", rc, "--idfile", home / "ids", "--pidfile", home / "pid", "--nodetach", "--nosyslog", "-v", good=False)
    assert "hello by mail" in (home / "out").read_text(), done.stdout[-3000:] + done.stderr[-2000:]
    eventually(lambda: logons(old)[before:] == ["alice"])


@need("mbsync")
def test_mbsync(old, home):  # noqa: F811
    """The NTLM of Cyrus SASL."""
    deliver(old)
    before = len(logons(old))
    (home / "mail").mkdir()
    rc = home / "mbsyncrc"
    rc.write_text(f"""IMAPAccount bourse
Host localhost
Port {old.port('imap')}
User "DOM\\\\alice"
Pass "{PASSWORD}"
SSLType None
AuthMechs NTLM

IMAPStore far
Account bourse

MaildirStore near
Path {home}/mail/
Inbox {home}/mail/INBOX

Channel all
Far :far:
Near :near:
Patterns INBOX
Create Near
SyncState *
""")
    rc.chmod(0o600)
    run("mbsync", "-c", rc, "-a", "-V")
    assert any("hello by mail" in p.read_text() for p in (home / "mail/INBOX/new").iterdir())
    eventually(lambda: logons(old)[before:] == ["alice"])


@need("gsasl")
def test_gsasl(old, home):  # noqa: F811
    """GNU SASL, whose NTLM has no domain of its own."""
    before = len(logons(old))
    done = run("gsasl", "--imap", "--connect", f"127.0.0.1:{old.port('imap')}", "--no-starttls", "--mechanism", "NTLM", "--authentication-id",
               "alice", "--realm", "DOM", "--password", PASSWORD, stdin="", good=False)
    eventually(lambda: logons(old)[before:] == ["alice"])


@need("msmtp")
def test_msmtp(old, home):  # noqa: F811
    before = len(logons(old))
    rc = home / "msmtprc"
    rc.write_text(f"account default\nhost 127.0.0.1\nport {old.port('submission')}\ntls off\nauth ntlm\nntlmdomain DOM\nuser alice\n"
                  f"password \"{PASSWORD}\"\nfrom alice@example.org\n")
    rc.chmod(0o600)
    run("msmtp", "-C", rc, "bob@example.org", "alice@example.org", stdin="Subject: by msmtp\n\ntext\n", good=False)
    eventually(lambda: logons(old)[before:] == ["alice"])


@need("mutt")
def test_mutt(old, home):  # noqa: F811
    before = len(logons(old))
    rc = home / "muttrc"
    rc.write_text(f"set folder=imap://127.0.0.1:{old.port('imap')}/\nset spoolfile=+INBOX\nset imap_user=alice\nset imap_pass=\"{PASSWORD}\"\n"
                  "set imap_authenticators=ntlm\nset ssl_starttls=no\nset ssl_force_tls=no\nset record=\"\"\nset quit=yes\n")
    status, out = in_terminal(["mutt", "-n", "-F", rc, "-e", "push '<exit>'"])
    eventually(lambda: logons(old)[before:] == ["alice"])


@need("fetchmail")
def test_old_response_refused(server, home):  # noqa: F811
    """Where no network may send them, the log says what came."""
    rc = home / "fetchmailrc"
    rc.write_text(f'poll localhost via 127.0.0.1 protocol imap port {server.port("imap")} auth ntlm\n'
                  f'  user "alice@DOM" password "{PASSWORD}" sslproto \'\' keep mda "cat >> {home}/out"\n')
    rc.chmod(0o600)
    done = run("fetchmail", "-f", rc, "--idfile", home / "ids", "--pidfile", home / "pid", "--nodetach", "--nosyslog", "-v", good=False)
    assert done.returncode not in (0, 1), done.stdout
    eventually(lambda: "the response is NTLMv1's, which is not taken from this network" in server.log())


# ---- the doctor ----


def test_doctor(server):
    def doctor(*more):
        return server.bourse("doctor", "logon", "DOM\\carol", "--mechanism", "NTLM", *more, check=False).stdout

    server.add_person("carol")
    assert "NTLM is off for the account" in doctor() and "bourse account set 'DOM\\carol' --ntlm" in doctor()
    assert "set its password anew" in server.bourse("account", "set", "DOM\\carol", "--ntlm").stdout
    assert "no NT hash" in doctor() and "bourse account password 'DOM\\carol'" in doctor()
    server.bourse("account", "password", "DOM\\carol", "--password-stdin", stdin=PASSWORD + "\n")
    assert "may open the mailbox" in doctor() and "NTLMv1 from nowhere" in doctor() and "off by 129600 seconds" in doctor()
    conf = server.data / "bourse.conf"
    text = conf.read_text()
    conf.write_text(text.replace("auth.ntlm = on", "auth.ntlm = off"))
    server.bourse("reload")
    assert "NTLM is off in the settings" in doctor() and "auth.ntlm = on" in doctor()
    with imaplib.IMAP4("127.0.0.1", server.port("imap")) as c:
        assert "AUTH=NTLM" not in c.capabilities
        with pytest.raises(imaplib.IMAP4.error, match="switched off"):
            c.authenticate("NTLM", lambda _: ntlm.NEGOTIATE)
    conf.write_text(text)
    server.bourse("reload")
