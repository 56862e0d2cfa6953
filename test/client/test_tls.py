"""TLS on every port: versions, keys, reload, and what must not be possible."""
import os
import signal
import socket
import ssl
import subprocess
import time

import pytest

from server import IMPLICIT_TLS, PORTS, Wire, any_tls, eventually, free_port

START = {"smtp": b"STARTTLS", "submission": b"STARTTLS", "pop3": b"STLS", "imap": b"a STARTTLS", "nntp": b"STARTTLS"}
SERVICES = list(PORTS)


def make_certificate(folder, name, kind, host="mail.example.org"):
    """A self-signed pair of files."""
    key = ["-newkey", "rsa:2048"] if kind == "rsa" else ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    chain, key_path = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", *key, "-nodes", "-keyout", key_path, "-out", chain, "-days", "2",
                    "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"], check=True, capture_output=True)
    return chain, key_path


def secure(server, service, context=None):
    """A connection inside TLS, by whichever way the port has; the greeting has been read."""
    w = Wire(server, service, tls=False)
    if service in IMPLICIT_TLS:
        w.tls(context)
        w.greeting = None if service == "https" else w.line()  # HTTP waits to be asked
        return w
    w.greeting = w.line()
    if "sm" in service or service == "submission":
        w.send(b"EHLO x\r\n")
        w.until(b"250 ")
    said = w.ask(START[service])
    assert said.startswith((b"220 ", b"+OK", b"a OK", b"382 ")), said
    assert w.rest == b""
    return w.tls(context)


def is_well(w, service):
    if service in ("smtp", "submission", "submissions"):
        w.send(b"EHLO x\r\n")
        lines = w.until(b"250 ")
        return b"250-STARTTLS" not in lines and (service == "smtp" or any(b"AUTH" in line for line in lines))
    if service.startswith("pop3"):
        w.send(b"CAPA\r\n")
        return b"STLS" not in w.until(b".")
    if service.startswith("nntp"):
        w.send(b"CAPABILITIES\r\n")
        lines = w.until(b".")
        return lines[0].startswith(b"101 ") and b"STARTTLS" not in lines
    if service == "https":
        return w.ask(b"GET / HTTP/1.1\r\nHost: localhost\r\n").startswith(b"HTTP/1.1 200")
    w.send(b"c CAPABILITY\r\n")
    lines = w.until(b"c ")
    return b"STARTTLS" not in lines[0] and b"LOGINDISABLED" not in lines[0] and lines[-1].startswith(b"c OK")


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
@pytest.mark.parametrize("service", SERVICES)
def test_versions(server, service, version):
    context = any_tls()
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    with secure(server, service, context) as w:
        assert w.socket.version() == version.replace("_", ".")
        assert is_well(w, service)


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1_1"])
@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_versions_are_refused(server, service, version):
    context = any_tls()
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        secure(server, service, context)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_our_client_could_speak_the_old_versions(tmp_path):
    """Or the test before would prove nothing."""
    chain, key = make_certificate(tmp_path, "own", "rsa")
    port = free_port()
    peer = subprocess.Popen(["openssl", "s_server", "-accept", str(port), "-cert", chain, "-key", key, "-tls1_1", "-cipher",
                             "ALL:@SECLEVEL=0", "-naccept", "1", "-quiet"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)
    try:
        context = any_tls()
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")

        def connect():
            return socket.create_connection(("127.0.0.1", port), 2)

        with context.wrap_socket(eventually(connect)) as s:
            assert s.version() == "TLSv1.1"
    finally:
        peer.kill()
        peer.communicate()


def test_minimum_can_be_raised(new_server):
    s = new_server(config="tls.minimum = 1.3;\n").start()
    context = any_tls()
    with secure(s, "imaps", context) as w:
        assert w.socket.version() == "TLSv1.3"
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        secure(s, "imaps", context)


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_own_certificate(new_server, tmp_path, kind):
    """A client that does check the certificate is satisfied, on every port."""
    chain, key = make_certificate(tmp_path, kind, kind)
    s = new_server(config=f'tls.certificate = "{chain}";\ntls.key = "{key}";\n').start()
    for service in SERVICES:
        context = ssl.create_default_context(cafile=chain)
        w = Wire(s, service, tls=False)
        if service not in IMPLICIT_TLS:
            w.line()
            if service in ("smtp", "submission"):
                w.send(b"EHLO x\r\n")
                w.until(b"250 ")
            w.ask(START[service])
        with context.wrap_socket(w.socket, server_hostname="mail.example.org") as secured:
            assert secured.getpeercert()["subject"] == ((("commonName", "mail.example.org"),),)
    assert " 6002 " not in s.log()
    assert not s.data.joinpath("tls/self-signed.pem").exists()


def test_chain_and_key_in_one_file(new_server, tmp_path):
    chain, key = make_certificate(tmp_path, "one", "ecdsa")
    both = tmp_path / "both.pem"
    both.write_bytes(chain.read_bytes() + key.read_bytes())
    s = new_server(config=f'tls.certificate = "{both}";\ntls.key = "{both}";\n').start()
    with secure(s, "imaps") as w:
        assert is_well(w, "imaps")


def test_self_signed_is_made_once(new_server):
    s = new_server().start()
    made = s.data.joinpath("tls/self-signed.pem").read_bytes()
    assert oct(s.data.joinpath("tls/self-signed.key").stat().st_mode & 0o777) == "0o600"
    s.stop()
    s.start()
    assert s.data.joinpath("tls/self-signed.pem").read_bytes() == made
    with secure(s, "pop3s", any_tls()) as w:
        assert ssl.DER_cert_to_PEM_cert(w.socket.getpeercert(True)).split() == made.decode().split()


def certificate_of(server, service="imaps"):
    with secure(server, service) as w:
        return ssl.DER_cert_to_PEM_cert(w.socket.getpeercert(True)).split()


@pytest.mark.parametrize("how", ["SIGHUP", "bourse reload"])
def test_reload(new_server, tmp_path, how):
    """The new certificate is used at once; sessions that are open go on, before and behind the logon."""
    chain, key = make_certificate(tmp_path, "live", "rsa")
    s = new_server(config=f'tls.certificate = "{chain}";\ntls.key = "{key}";\n')
    s.add_domain()
    s.add_person("alice")
    s.start()
    s.send("alice@example.org")
    pids = s.pids()
    early = secure(s, "submission")
    late = s.pop3("alice", service="pop3s")
    before = certificate_of(s)
    for kind in ("ecdsa", "rsa"):
        new_chain, new_key = make_certificate(tmp_path, f"new-{kind}", kind)
        os.replace(new_chain, chain)
        os.replace(new_key, key)
        if how == "SIGHUP":
            s.process.send_signal(signal.SIGHUP)
        else:
            s.bourse("reload")
        expected = chain.read_text().split()
        assert expected != before
        eventually(lambda: all(certificate_of(s, service) == expected for service in SERVICES))
    assert is_well(early, "submission")
    assert late.stat()[0] == 1 and late.retr(1)[0].startswith(b"+OK")
    late.quit()
    assert s.pids() == pids, "a reload is no restart"


def test_reload_keeps_the_old_one_when_the_new_does_not_fit(new_server, tmp_path):
    chain, key = make_certificate(tmp_path, "live", "rsa")
    other_chain, other_key = make_certificate(tmp_path, "other", "rsa")
    s = new_server(config=f'tls.certificate = "{chain}";\ntls.key = "{key}";\n').start()
    before = certificate_of(s)
    os.replace(other_key, key)
    done = s.bourse("reload", check=False)
    assert done.returncode != 0 and str(key) in done.stderr and "does not belong" in done.stderr, done
    for service in SERVICES:
        assert certificate_of(s, service) == before
    # A role that starts again now still gets the good pair.
    os.kill(s.role_pids("keys")[0], signal.SIGKILL)
    os.kill(s.role_pids("front-user")[0], signal.SIGKILL)
    eventually(lambda: all(role["state"] == "ready" for role in s.status()["roles"]))
    assert certificate_of(s) == before
    os.replace(other_chain, chain)
    s.bourse("reload")
    eventually(lambda: certificate_of(s) == chain.read_text().split())


def broken_pairs(folder):
    chain, key = make_certificate(folder, "a", "rsa")
    _, other = make_certificate(folder, "b", "rsa")
    _, other_kind = make_certificate(folder, "c", "ecdsa")
    junk = folder / "junk.pem"
    junk.write_text("this is no PEM file\n")
    empty = folder / "empty.pem"
    empty.write_text("")
    return {"another key": (chain, other, other, "does not belong"), "another kind of key": (chain, other_kind, other_kind, "does not belong"),
            "no key": (chain, junk, junk, "not a private key"), "no certificate": (junk, key, None, None),
            "empty": (empty, key, None, None), "missing": (folder / "nowhere.pem", key, folder / "nowhere.pem", "cannot be read"),
            "missing key": (chain, folder / "nowhere.key", folder / "nowhere.key", "cannot be read")}


@pytest.mark.parametrize("case", ["another key", "another kind of key", "no key", "no certificate", "empty", "missing", "missing key"])
def test_a_broken_pair_stops_the_start(new_server, tmp_path, case):
    chain, key, named, words = broken_pairs(tmp_path)[case]
    s = new_server(config=f'tls.certificate = "{chain}";\ntls.key = "{key}";\n')
    status, said = s.start_refused()
    assert status not in (0, None)
    lines = [line for line in said.splitlines() if line.startswith("boursed: ")]
    assert len(lines) == 1, said
    if named is not None:
        assert str(named) in lines[0] and words in lines[0], lines[0]


# ---- B1: what was sent in plaintext must never count inside ----

@pytest.mark.parametrize("service", list(START))
def test_injection(server, service):
    """Octets in the same segment behind STARTTLS: the connection ends, nothing of them is obeyed."""
    w = Wire(server, service)
    w.line()
    if service in ("smtp", "submission"):
        w.send(b"EHLO x\r\n")
        w.until(b"250 ")
    inject = {"smtp": b"MAIL FROM:<evil@example.org>\r\n", "submission": b"AUTH PLAIN AGFsaWNlAHg=\r\n", "pop3": b"USER evil\r\n",
              "imap": b"b NOOP\r\n", "nntp": b"AUTHINFO USER evil\r\n"}[service]
    w.send(START[service] + b"\r\n" + inject)
    rest = b""
    try:
        while got := w.socket.recv(4096):
            rest += got
    except ConnectionResetError:
        pass
    assert rest == b"" or rest.startswith((b"554", b"501", b"-ERR", b"* BYE", b"a BAD")), rest
    w.close()


@pytest.mark.parametrize("service", list(START))
def test_injection_that_comes_late(server, service):
    """The same in a segment of its own, behind the go-ahead: it is no TLS record, and the handshake fails."""
    w = Wire(server, service)
    w.line()
    if service in ("smtp", "submission"):
        w.send(b"EHLO x\r\n")
        w.until(b"250 ")
    w.ask(START[service])
    w.send(b"NOOP\r\nb NOOP\r\n")
    try:
        assert w.socket.recv(4096)[:1] in (b"", b"\x15")
    except ConnectionResetError:
        pass
    w.close()


def test_what_was_said_before_is_forgotten(server):
    """RFC 3207 section 4.2: MAIL from before counts no more, nor does EHLO."""
    w = Wire(server, "smtp")
    w.line()
    w.send(b"EHLO x\r\n")
    w.until(b"250 ")
    assert w.ask(b"MAIL FROM:<a@elsewhere.org>").startswith(b"250")
    assert w.ask(b"STARTTLS").startswith((b"220", b"503"))
    if not w.rest:
        try:
            w.tls()
        except ssl.SSLError:
            return
        assert w.ask(b"RCPT TO:<alice@example.org>").startswith(b"503")
    w.close()


def test_twice(server):
    for service in START:
        with secure(server, service) as w:
            if service in ("smtp", "submission"):
                w.send(b"EHLO x\r\n")
                w.until(b"250 ")
            assert w.ask(START[service]).startswith((b"503", b"-ERR", b"a BAD", b"a NO", b"502")), service


def test_password_needs_tls(new_server):
    """The default: no password outside TLS, and none is offered."""
    s = new_server()
    s.data.joinpath("bourse.conf").write_text('listen.addresses = ["127.0.0.1"];\nparser.processes = 1;\nfront.mx_processes = 1;\nfront.user_processes = 1;\n')
    s.add_domain()
    s.add_person("alice")
    s.start()
    with Wire(s, "submission") as w:
        w.line()
        w.send(b"EHLO x\r\n")
        assert not any(line[4:].startswith(b"AUTH") for line in w.until(b"250 "))
        assert w.ask(b"AUTH PLAIN AGFsaWNlAHg=").startswith(b"538")
    with Wire(s, "pop3") as w:
        w.line()
        w.send(b"CAPA\r\n")
        lines = w.until(b".")
        assert b"USER" not in lines and not any(line.startswith(b"SASL") for line in lines) and b"STLS" in lines
        assert w.ask(b"USER alice").startswith(b"-ERR")
    with Wire(s, "imap") as w:
        w.line()
        w.send(b"c CAPABILITY\r\n")
        line = w.until(b"c ")[0]
        assert b"LOGINDISABLED" in line and b"STARTTLS" in line and b"AUTH=" not in line
        assert w.ask(b"a LOGIN alice x").startswith(b"a NO [PRIVACYREQUIRED]")
    for service in ("submission", "pop3", "imap"):
        with secure(s, service) as w:
            assert is_well(w, service)


def test_client_that_never_shakes_hands(new_server):
    """It holds a place only until the time for a logon is over."""
    s = new_server(config="front.logon_time_max = 1s;\n").start()
    before = time.monotonic()
    w = Wire(s, "imaps", tls=False)
    try:
        assert w.socket.recv(100) == b""
    except ConnectionResetError:
        pass
    assert 0.9 < time.monotonic() - before < 45  # without the option it is a minute
