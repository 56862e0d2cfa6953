"""SCRAM over all protocols, by our own client and by other people's (RFC 5802, RFC 7677, RFC 9266)."""
import base64
import hashlib
import os
import pathlib
import re
import shutil
import ssl
import subprocess

import pytest

from scram import Scram, begin_command, challenge, last_line, log_on
from server import PASSWORD, Server, Wire, any_tls, eventually
from test_clients_programs import in_terminal, mutt_rc

MECHANISMS = ("SCRAM-SHA-256", "SCRAM-SHA-1")
SERVICES = ("imap", "pop3", "submission")
YES = (b"a OK", b"+OK", b"235 ")
WRONG = (b"a NO [AUTHENTICATIONFAILED] user name or password is wrong", b"-ERR [AUTH] user name or password is wrong",
         b"535 5.7.8 user name or password is wrong")


@pytest.fixture(scope="module")
def server():
    """Does not slow down who is wrong on purpose."""
    s = Server(config="auth.failures_max = 1000;\nserver.host_name = localhost;\n")
    try:
        s.add_domain()
        s.add_person("alice")
        s.add_person("bob")
        s.start()
        yield s
    finally:
        s.destroy()


def begin(server, service, tls=None):
    w = Wire(server, service, tls=False if tls else None)
    if tls:
        w.tls(tls)
    w.line()
    if service.startswith("submission"):
        w.send(b"EHLO client.example\r\n")
        w.until(b"250 ")
    return w


def tls_12():
    context = any_tls()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


def end_point(w):
    """tls-server-end-point: the certificate was signed with SHA-256 (RFC 5929 section 4.1)."""
    return hashlib.sha256(w.socket.getpeercert(True)).digest()


def told(server, name, mechanism="SCRAM-SHA-256"):
    """Salt and iterations that somebody is told who gives this name."""
    with begin(server, "imaps") as w:
        client = Scram(mechanism, name, "x")
        client.final(challenge(w.ask(begin_command("imaps", mechanism) + b" " + base64.b64encode(client.first()))))
        return client.salt, client.iterations


@pytest.mark.parametrize("initial", (True, False), ids=("initial", "asked"))
@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("service", SERVICES + tuple(s + "s" for s in SERVICES))
def test_right_and_wrong(server, service, mechanism, initial):
    with begin(server, service) as w:
        assert log_on(w, service, Scram(mechanism, "DOM\\alice", "wrong"), mechanism, initial) in WRONG
        assert log_on(w, service, Scram(mechanism, "DOM\\nobody", PASSWORD), mechanism, initial) in WRONG
        assert log_on(w, service, Scram(mechanism, "DOM\\alice", PASSWORD), mechanism, initial).startswith(YES)


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("service", SERVICES)
def test_bound_to_the_certificate(server, service, mechanism):
    service += "s"
    plus = mechanism + "-PLUS"
    with begin(server, service) as w:
        def bound(data):
            return log_on(w, service, Scram(plus, "alice", PASSWORD, flag="p=tls-server-end-point", data=data), plus)
        assert b"channel binding" in bound(hashlib.sha256(b"another certificate").digest())
        assert b"channel binding" in bound(b"")
        assert bound(end_point(w)).startswith(YES)


@pytest.mark.parametrize("service", SERVICES)
def test_bound_to_tls_12(server, service):
    service += "s"
    with begin(server, service, tls_12()) as other, begin(server, service, tls_12()) as w:
        for data, good in ((other.socket.get_channel_binding("tls-unique"), False), (w.socket.get_channel_binding("tls-unique"), True)):
            said = log_on(w, service, Scram("SCRAM-SHA-256-PLUS", "alice", PASSWORD, flag="p=tls-unique", data=data), "SCRAM-SHA-256-PLUS")
            assert said.startswith(YES) == good, said


def test_after_starttls(server):
    with begin(server, "imap") as w:
        assert w.ask(b"s STARTTLS").startswith(b"s OK")
        w.tls()
        client = Scram("SCRAM-SHA-256-PLUS", "alice", PASSWORD, flag="p=tls-server-end-point", data=end_point(w))
        assert log_on(w, "imap", client, "SCRAM-SHA-256-PLUS").startswith(YES)


def test_bound_once(server):
    """Whoever has logged off again (RFC 8437) is not bound by the same octets a second time (RFC 9266 section 4.1)."""
    with begin(server, "imaps") as w:
        client = Scram("SCRAM-SHA-256-PLUS", "alice", PASSWORD, flag="p=tls-server-end-point", data=end_point(w))
        assert log_on(w, "imaps", client, "SCRAM-SHA-256-PLUS").startswith(YES)
        w.send(b"u UNAUTHENTICATE\r\n")
        w.until(b"u OK")
        w.send(b"c CAPABILITY\r\n")
        offered = b" ".join(w.until(b"c OK"))
        assert b"AUTH=SCRAM-SHA-256" in offered and b"-PLUS" not in offered, offered
        assert log_on(w, "imaps", Scram("SCRAM-SHA-256", "bob", PASSWORD, flag="y"), "SCRAM-SHA-256").startswith(YES)


@pytest.mark.parametrize("service", SERVICES)
def test_replayed(server, service):
    """The messages of a logon that was good, once more."""
    mechanism = "SCRAM-SHA-256"
    client = Scram(mechanism, "alice", PASSWORD)
    with begin(server, service) as w:
        end = last_line(w, service)
        said = w.ask(begin_command(service, mechanism) + b" " + base64.b64encode(client.first()))
        final = base64.b64encode(client.final(challenge(said)))
        assert challenge(end(w.ask(final))) == client.signature
        assert end(w.ask(b"")).startswith(YES)
    with begin(server, service) as w:
        again = w.ask(begin_command(service, mechanism) + b" " + base64.b64encode(client.first()))
        assert challenge(again) != challenge(said)
        assert last_line(w, service)(w.ask(final)) in WRONG


def test_the_mailbox_cannot_be_changed_on_the_way(server):
    """The authorisation identity is under the proof."""
    with begin(server, "imaps") as w:
        client = Scram("SCRAM-SHA-256", "alice", PASSWORD, authzid="bob")
        said = w.ask(b"a AUTHENTICATE SCRAM-SHA-256 " + base64.b64encode(client.first().replace(b"a=bob", b"a=alice")))
        assert b"channel binding" in w.ask(base64.b64encode(client.final(challenge(said))))


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_nobody_can_be_told_from_somebody(server, mechanism):
    """One salt for one account whatever it is called, and the same for one that is not there; and it stays so over a restart."""
    one = told(server, "DOM\\alice", mechanism)
    assert one == told(server, "alice@example.org", mechanism) == told(server, "ALICE", mechanism) == told(server, "dom/alice/x", mechanism)
    none = told(server, "DOM\\nobody", mechanism)
    assert none == told(server, "nobody@example.org", mechanism) == told(server, "NoBody", mechanism)
    assert none[1] == one[1] and len(none[0]) == len(one[0])
    others = {told(server, name, mechanism)[0] for name in ("DOM\\bob", "DOM\\nobody2", "NODOM\\nobody", "a\\b\\c\\d")}
    assert len(others | {one[0], none[0]}) == 6
    server.stop()
    server.start()
    assert told(server, "DOM\\nobody", mechanism) == none and told(server, "DOM\\alice", mechanism) == one


def test_a_new_password(server):
    server.add_account("DOM\\carol", "first")
    server.add_mailbox("carol", "DOM\\carol", "carol@example.org")
    before = told(server, "carol")
    server.bourse("account", "password", "DOM\\carol", "--password-stdin", stdin="second ½\n")
    assert told(server, "carol")[0] != before[0]
    with begin(server, "imaps") as w:
        assert log_on(w, "imaps", Scram("SCRAM-SHA-256", "carol", "first"), "SCRAM-SHA-256") in WRONG
        # RFC 5802 section 2.2: U+00BD is hashed as SASLprep has it.
        assert log_on(w, "imaps", Scram("SCRAM-SHA-256", "carol", "second 1⁄2"), "SCRAM-SHA-256").startswith(YES)
    server.bourse("account", "set", "DOM\\carol", "--disabled", "yes")
    with begin(server, "imaps") as w:
        assert log_on(w, "imaps", Scram("SCRAM-SHA-256", "carol", "wrong"), "SCRAM-SHA-256") in WRONG
        assert b"is disabled" in log_on(w, "imaps", Scram("SCRAM-SHA-256", "carol", "second 1⁄2"), "SCRAM-SHA-256")


def test_options(new_server):
    """auth.scram_iterations is for passwords set from now on, auth.challenge_without_tls for connections from now on."""
    s = new_server(config="auth.scram_iterations = 5000;\nauth.challenge_without_tls = loopback;\n")
    conf = pathlib.Path(s.data) / "bourse.conf"
    conf.write_text(conf.read_text().replace("without_tls = loopback;", "without_tls = never;", 1))
    s.add_domain()
    s.add_person("alice")
    s.start()
    assert told(s, "alice")[1] == told(s, "nobody")[1] == 5000
    with begin(s, "imap") as w:
        w.send(b"c CAPABILITY\r\n")
        offered = b" ".join(w.until(b"c OK"))
        assert b"AUTH=SCRAM-SHA-256" in offered and b"AUTH=PLAIN" not in offered and b"LOGINDISABLED" in offered
        assert log_on(w, "imap", Scram("SCRAM-SHA-256", "alice", PASSWORD), "SCRAM-SHA-256").startswith(YES)
    conf.write_text(conf.read_text().replace("auth.challenge_without_tls = loopback", "auth.challenge_without_tls = never"))
    s.bourse("reload")
    with begin(s, "imap") as w:
        assert w.ask(b"a AUTHENTICATE SCRAM-SHA-256").startswith(b"a NO [PRIVACYREQUIRED]")


def test_wrong_proofs_are_slowed_down(new_server):
    s = new_server(config="auth.failures_max = 3;\n")
    s.add_domain()
    s.add_person("alice")
    s.start()
    said = []
    for _ in range(10):
        with begin(s, "imaps") as w:
            said.append(log_on(w, "imaps", Scram("SCRAM-SHA-1", "alice", "guess"), "SCRAM-SHA-1"))
    assert said[0] in WRONG and any(b"too many failed logons" in line for line in said), said
    eventually(lambda: "logon refused: " in s.log())


def test_the_log_says_why(server):
    with begin(server, "imaps") as w:
        log_on(w, "imaps", Scram("SCRAM-SHA-256", "alice", PASSWORD, flag="y"), "SCRAM-SHA-256")
        eventually(lambda: re.search(r"logon refused: .*SCRAM-SHA-256 .*DOWNGRADE", server.log()))
        log_on(w, "imaps", Scram("SCRAM-SHA-1", "alice", "wrong"), "SCRAM-SHA-1")
        eventually(lambda: re.search(r"logon refused: .*SCRAM-SHA-1 .*wrong password for DOM", server.log()))


# ---- other people's clients ----

def need(program):
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def certificate(server):
    """The server's own, for programs that must trust it."""
    with begin(server, "imaps") as w:
        pem = ssl.DER_cert_to_PEM_cert(w.socket.getpeercert(True))
    path = pathlib.Path(server.data) / "trusted.pem"
    path.write_text(pem)
    return path


def run(*command, stdin=None, seconds=180, **more):
    done = subprocess.run([str(c) for c in command], input=stdin, capture_output=True, text=True, timeout=seconds, env={**os.environ, "LC_ALL": "C.UTF-8"},
                          **more)
    return done.returncode, done.stdout + done.stderr


@need("gsasl")
@pytest.mark.parametrize("mechanism", MECHANISMS + tuple(m + "-PLUS" for m in MECHANISMS))
@pytest.mark.parametrize("protocol", ("imap", "smtp"))
def test_gsasl(server, home, certificate, protocol, mechanism):
    """GNU SASL with GnuTLS; it binds by tls-exporter in TLS 1.3."""
    service = {"imap": "imap", "smtp": "submission"}[protocol]

    def gsasl(password):
        return run("gsasl", f"--{protocol}", "--mechanism", mechanism, "--authentication-id", "alice", "--password", password, "--x509-ca-file",
                   certificate, *([] if mechanism.endswith("-PLUS") else ["--no-cb"]), "localhost", str(server.port(service)), stdin="")

    status, said = gsasl(PASSWORD)
    assert status == 0, said
    eventually(lambda: mechanisms_used(server)[-1] == mechanism)
    status, said = gsasl("wrong")
    assert status != 0, said


MESSAGE = "From: alice@example.org\nTo: bob@example.org\nSubject: by {0}\n\nx\n"


def mechanisms_used(server):
    return re.findall(r" logged on: .*?mechanism=([\w-]+)", server.log())


@need("msmtp")
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_msmtp(server, home, certificate, mechanism):
    command = ("msmtp", "--host=localhost", f"--port={server.port('submission')}", f"--auth={mechanism.lower()}", "--user=DOM\\alice", "--tls=on",
               "--tls-starttls=on", f"--tls-trust-file={certificate}", "--from=alice@example.org")
    status, said = run(*command, f"--passwordeval=echo '{PASSWORD}'", "bob@example.org", stdin=MESSAGE.format(mechanism))
    assert status == 0, said
    eventually(lambda: mechanisms_used(server)[-1] == mechanism)
    status, said = run(*command, "--passwordeval=echo wrong", "bob@example.org", stdin=MESSAGE.format("nobody"))
    assert status != 0 and "user name or password is wrong" in said, said
    assert any(f"Subject: by {mechanism}".encode() in octets for octets in server.pop3_all("bob"))


@need("mpop")
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_mpop(server, home, certificate, mechanism):
    server.send("alice@example.org", subject=f"for mpop by {mechanism}")
    status, said = run("mpop", "--host=localhost", f"--port={server.port('pop3')}", f"--auth={mechanism.lower()}", "--user=alice@example.org",
                       f"--passwordeval=echo '{PASSWORD}'", "--tls=on", "--tls-starttls=on", f"--tls-trust-file={certificate}", "--keep=on",
                       f"--delivery=mbox,{home}/box", f"--uidls-file={home}/uidls")
    assert status == 0, said
    eventually(lambda: mechanisms_used(server)[-1] == mechanism)
    assert f"for mpop by {mechanism}" in (home / "box").read_text()


@need("mutt")
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_mutt(server, home, mechanism):
    """GNU SASL with GnuTLS: sends by SMTP, reads by IMAP."""
    rc = mutt_rc(server, home, "alice", "implicit")
    rc.write_text(rc.read_text() + f'set imap_authenticators="{mechanism.lower()}"\nset smtp_authenticators="{mechanism.lower()}"\n')
    status, said = run("mutt", "-n", "-F", rc, "-s", "by mutt", "bob@example.org", stdin=f"by {mechanism}\n")
    assert status == 0 and mechanisms_used(server)[-1] == mechanism, said
    before = len(mechanisms_used(server))
    status, out = in_terminal(["mutt", "-n", "-F", rc, "-e", "push '<exit>'"])
    assert status == 0 and mechanisms_used(server)[before:] == [mechanism], out[-2000:]


@need("mbsync")
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_mbsync(server, home, certificate, mechanism):
    """Cyrus SASL."""
    server.send("alice@example.org", subject=f"for mbsync by {mechanism}")
    (home / "mail").mkdir()
    rc = home / "mbsyncrc"
    rc.write_text(f"""IMAPAccount bourse
Host localhost
Port {server.port('imaps')}
User "alice"
Pass "{PASSWORD}"
SSLType IMAPS
CertificateFile {certificate}
AuthMechs {mechanism}

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
    status, said = run("mbsync", "-c", rc, "-a")
    assert status == 0, said
    eventually(lambda: mechanisms_used(server)[-1] == mechanism)
    assert any(f"for mbsync by {mechanism}".encode() in p.read_bytes() for p in (home / "mail/INBOX/new").iterdir())


def curl_has_scram():
    return shutil.which("curl") is not None and "gsasl" in subprocess.run(["curl", "--version"], capture_output=True, text=True).stdout


@pytest.mark.skipif(not curl_has_scram(), reason="this curl is built without GNU SASL")
@pytest.mark.parametrize("scheme, service", (("imaps", "imaps"), ("pop3s", "pop3s"), ("smtps", "submissions")))
def test_curl(server, home, scheme, service):
    status, said = run("curl", "-sSk", f"{scheme}://localhost:{server.port(service)}/", "-u", f"alice:{PASSWORD}", "--login-options",
                       "AUTH=SCRAM-SHA-256")
    assert status == 0 and mechanisms_used(server)[-1] == "SCRAM-SHA-256", said
