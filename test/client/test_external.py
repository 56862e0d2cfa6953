"""EXTERNAL (RFC 4422 appendix A): a certificate in place of a password."""
import base64
import hashlib
import ssl
import subprocess

import pytest

from server import PASSWORD, Server, Wire, any_tls, eventually

SERVICES = ("imaps", "pop3s", "submissions")
ASK = {"imaps": b"a AUTHENTICATE EXTERNAL", "pop3s": b"AUTH EXTERNAL", "submissions": b"AUTH EXTERNAL"}
YES = (b"a OK", b"+OK", b"235 ")
WRONG = (b"a NO [AUTHENTICATIONFAILED] user name or password is wrong", b"-ERR [AUTH] user name or password is wrong",
         b"535 5.7.8 user name or password is wrong")


class Authority:
    """Certifies clients."""

    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self.pem, self.key = folder / f"{name}.pem", folder / f"{name}.key"
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.key, "-out", self.pem, "-days",
                     "30", "-subj", f"/CN={name}")

    def openssl(self, *args):
        subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True)

    def client(self, name, *addresses, usage="clientAuth", days=30):
        """A context that shows a certificate, and its fingerprint."""
        key, request, pem, ext = (self.folder / f"{self.name}-{name}.{end}" for end in ("key", "csr", "pem", "ext"))
        names = "subjectAltName=" + ",".join(f"email:{a}" for a in addresses) + "\n" if addresses else ""
        ext.write_text(f"basicConstraints=CA:FALSE\nextendedKeyUsage={usage}\n{names}")
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        self.openssl("x509", "-req", "-in", request, "-CA", self.pem, "-CAkey", self.key, "-CAcreateserial", "-out", pem, "-days", days, "-extfile", ext)
        context = any_tls()
        context.load_cert_chain(pem, key)
        return context, hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.read_text())).hexdigest()


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"), "authority")


@pytest.fixture(scope="module")
def server(authority):
    s = Server(config=f'tls.client_ca = "{authority.pem}";\nauth.failures_max = 1000;\n')
    try:
        s.add_domain()
        s.add_person("alice")
        s.add_person("bob")
        s.add_mailbox("sales", "DOM\\alice", "sales@example.org")
        s.start()
        yield s
    finally:
        s.destroy()


def begin(server, service, context):
    w = Wire(server, service, tls=False).tls(context)
    w.offered = w.line()
    if service == "submissions":
        w.send(b"EHLO client.example\r\n")
        w.offered = b" ".join(w.until(b"250 "))
    elif service == "pop3s":
        w.send(b"CAPA\r\n")
        w.offered = b" ".join(w.until(b"."))
    return w


def external(w, service, authzid=""):
    said = w.ask(ASK[service] + b" " + (base64.b64encode(authzid.encode()) or b"="))
    return w.until(b"a ")[-1] if service == "imaps" and said.startswith(b"* ") else said


@pytest.fixture(scope="module")
def alice(server, authority):
    context, fingerprint = authority.client("alice", "alice@example.org")
    server.bourse("account", "set", "DOM\\alice", "--add-certificate", ":".join(fingerprint[i:i + 2] for i in range(0, 64, 2)).upper())
    return context


@pytest.mark.parametrize("service", SERVICES)
def test_by_fingerprint(server, alice, service):
    with begin(server, service, alice) as w:
        assert b"EXTERNAL" in w.offered
        assert external(w, service).startswith(YES)
    with begin(server, service, alice) as w:
        said = w.ask(ASK[service])
        assert said.rstrip() in (b"+", b"334"), said
        said = w.ask(b"")
        assert (w.until(b"a ")[-1] if said.startswith(b"* ") else said).startswith(YES)
    eventually(lambda: "mechanism=EXTERNAL" in server.log().replace('"', ""))


def test_the_mailbox_asked_for(server, alice):
    with begin(server, "imaps", alice) as w:
        assert b'no right to the mailbox "bob"' in external(w, "imaps", "bob")
        assert external(w, "imaps", "DOM\\bob") in WRONG
        assert external(w, "imaps", "sales").startswith(YES)


@pytest.mark.parametrize("service", SERVICES)
def test_without_a_certificate(server, service):
    with begin(server, service, any_tls()) as w:
        assert b"EXTERNAL" not in w.offered
        assert b"no certificate that is believed" in external(w, service)
        plain = base64.b64encode(f"\0alice\0{PASSWORD}".encode())
        said = w.ask(ASK[service].replace(b"EXTERNAL", b"PLAIN ") + plain)
        assert (w.until(b"a ")[-1] if said.startswith(b"* ") else said).startswith(YES)


def test_certificates_that_are_not_believed(server, tmp_path, authority):
    """Another authority's, one for servers, one that has expired: whoever shows them is asked for a password like anybody else."""
    stranger = Authority(tmp_path, "stranger")
    for context, fingerprint in (stranger.client("alice", "alice@example.org"), authority.client("for-servers", usage="serverAuth"),
                                 authority.client("expired", days=-1)):
        server.bourse("account", "set", "DOM\\bob", "--add-certificate", fingerprint)
        with begin(server, "imaps", context) as w:
            assert b"EXTERNAL" not in w.offered
            assert b"no certificate that is believed" in external(w, "imaps")
            assert w.ask(b"b LOGIN alice \"%s\"" % PASSWORD.encode()).startswith((b"b OK", b"* "))


def test_of_nobody(server, authority):
    """Believed, but of no account: the e-mail address in it says nothing unless auth.certificate_by has it so."""
    context, _ = authority.client("carol", "bob@example.org")
    with begin(server, "imaps", context) as w:
        assert external(w, "imaps") in WRONG
        eventually(lambda: "belongs to no account" in server.log())


def test_taken_away(server, authority):
    context, fingerprint = authority.client("bobs")
    server.bourse("account", "set", "DOM\\bob", "--certificate", fingerprint)
    assert fingerprint in server.bourse("account", "show", "DOM\\bob").stdout
    taken = server.bourse("account", "set", "DOM\\alice", "--add-certificate", fingerprint, check=False)
    assert taken.returncode != 0 and "is taken" in taken.stdout + taken.stderr
    assert server.bourse("account", "set", "DOM\\alice", "--add-certificate", "nonsense", check=False).returncode != 0
    with begin(server, "imaps", context) as w:
        assert external(w, "imaps").startswith(YES)
    server.bourse("account", "set", "DOM\\bob", "--disabled", "yes")
    with begin(server, "imaps", context) as w:
        assert b"is disabled" in external(w, "imaps")
    server.bourse("account", "set", "DOM\\bob", "--disabled", "no")
    server.bourse("account", "set", "DOM\\bob", "--remove-certificate", fingerprint)
    with begin(server, "imaps", context) as w:
        assert external(w, "imaps") in WRONG


def test_by_address(new_server, authority):
    s = new_server(config=f'tls.client_ca = "{authority.pem}";\nauth.certificate_by = address;\n')
    s.add_domain()
    s.add_account("DOM\\dora")
    s.add_mailbox("dora", "DOM\\dora", "dora@example.org")
    s.start()
    context, _ = authority.client("dora", "nobody@elsewhere.org", "dora@example.org")
    with begin(s, "imaps", context) as w:
        assert external(w, "imaps").startswith(YES)
    # Servers that bring mail are not asked for certificates.
    with Wire(s, "smtp") as w:
        w.line()
        assert w.ask(b"EHLO x").startswith(b"250")


def test_a_file_that_is_none(new_server, tmp_path):
    s = new_server(config=f'tls.client_ca = "{tmp_path}/none.pem";\n')
    s.add_domain()
    status, said = s.start_refused()
    assert status != 0 and "tls.client_ca" in said
    (tmp_path / "none.pem").write_text("nothing")
    status, said = s.start_refused()
    assert status != 0 and "holds no certificates" in said
