"""Bearer tokens (RFC 7628): an issuer of the test's own, tokens good and bad, keys that change, an issuer that is away."""
import base64
import json
import shutil

import pytest
from issuer import Issuer, Key
from server import Wire, eventually
from test_netlogon import make_certificates

TEMPORARY = {"pop3": b"-ERR [SYS/TEMP]", "imap": b"a NO [UNAVAILABLE]", "submission": b"454 4.7.0"}
REFUSED = {"pop3": b"-ERR [AUTH]", "imap": b"a NO [AUTHENTICATIONFAILED]", "submission": b"535 5.7.8"}
TAKEN = {"pop3": b"+OK", "imap": b"a OK", "submission": b"235"}
VERB = {"pop3": b"AUTH ", "imap": b"a AUTHENTICATE ", "submission": b"AUTH "}


@pytest.fixture
def issuer():
    i = Issuer()
    yield i
    i.stop()


@pytest.fixture
def trusting(new_server):
    """A server that takes the issuer's tokens; alice, bob, and a mailbox of bob's that alice may open."""
    def make(issuer, more=""):
        s = new_server(config=f'oauth.issuer = "{issuer.name}";\noauth.audience = bourse;\nauth.failures_max = 1000;\n' + more)
        s.add_domain()
        s.add_person("alice")
        s.add_person("bob")
        s.start()
        s.bourse("mailbox", "add", "team", "--account", "DOM\\bob")
        s.bourse("mailbox", "grant", "team", "--account", "DOM\\alice")
        return s
    return make


def bearer(token, authzid=""):
    return f"n,{'a=' + authzid if authzid else ''},\1host=127.0.0.1\1auth=Bearer {token}\1\1".encode()


def xoauth2(token, user="alice@example.org"):
    return f"user={user}\1auth=Bearer {token}\1\1".encode()


def outcome(w, service, octets):
    """The line that ends it, or goes on."""
    w.send(octets + b"\r\n")
    while True:
        said = w.line()
        if service != "imap" or not said.startswith(b"* "):
            return said


def says(server, service, message, mechanism=b"OAUTHBEARER", seen=b"AQ=="):
    """The outcome, and the error that went before it, if any."""
    with Wire(server, service) as w:
        w.line()
        if service == "submission":
            w.send(b"EHLO x\r\n")
            w.reply()
        said = outcome(w, service, VERB[service] + mechanism + b" " + base64.b64encode(message))
        error = None
        if said.startswith((b"334 ", b"+ ")):
            error = json.loads(base64.b64decode(said.split()[1]))
            said = outcome(w, service, seen)
        return said, error


@pytest.mark.parametrize("service", VERB)
def test_right_and_wrong(trusting, issuer, service):
    s = trusting(issuer)
    assert says(s, service, bearer(issuer.token()))[0].startswith(TAKEN[service])
    assert says(s, service, xoauth2(issuer.token()), b"XOAUTH2")[0].startswith(TAKEN[service])
    for token in (issuer.token(exp=1), issuer.token(aud="another"), issuer.token(iss="https://elsewhere.example"), issuer.token(key=Key("first")),
                  issuer.token(email=None), issuer.token(email="nobody@example.org"), "opaque", issuer.token()[:-4]):
        said, error = says(s, service, bearer(token))
        assert said.startswith(REFUSED[service]), said
        assert error is None or error == {"status": "invalid_token", "openid-configuration": issuer.name + "/.well-known/openid-configuration"}
        assert says(s, service, xoauth2(token), b"XOAUTH2", b"")[0].startswith(REFUSED[service])
    assert says(s, service, bearer(issuer.token()))[0].startswith(TAKEN[service])
    log = s.log()
    for why in ("the token has expired", "for another audience", "from another issuer", "signature is wrong", "lacks the claim", "no JSON Web Token"):
        assert why in log, why
    assert issuer.token().split(".")[1][:20] not in log, "a token stands in the log"


def test_the_name_beside_it_selects_the_mailbox(trusting, issuer):
    s = trusting(issuer)
    for message, mechanism in ((bearer(issuer.token(), "team"), b"OAUTHBEARER"), (xoauth2(issuer.token(), "team@example.org"), b"XOAUTH2")):
        assert says(s, "imap", message, mechanism)[0].startswith(b"a OK")
        assert eventually(lambda: "mailbox=team" in s.log())
    said, _ = says(s, "imap", bearer(issuer.token("bob@example.org"), "alice"))
    assert said.startswith(b"a NO") and b"no right to the mailbox" in said, said


def test_claims_of_all_forms(trusting, issuer):
    s = trusting(issuer, "oauth.claim = preferred_username;\noauth.scope = mail;\n")
    for name in ("alice", "DOM\\alice", "alice@example.org"):
        assert says(s, "pop3", bearer(issuer.token(preferred_username=name, scope="openid mail")))[0].startswith(b"+OK"), name
    assert says(s, "pop3", bearer(issuer.token(preferred_username="alice", scope="openid")))[0].startswith(b"-ERR")


def test_keys_change(trusting, issuer):
    s = trusting(issuer)
    assert says(s, "imap", bearer(issuer.token()))[0].startswith(b"a OK")
    issuer.keys.append(Key("second", "RS256"))
    fetched = issuer.asked.count("/keys")
    # No token makes the server fetch keys again at once.
    assert says(s, "imap", bearer(issuer.token(key=issuer.keys[1])))[0].startswith(REFUSED["imap"])
    assert issuer.asked.count("/keys") == fetched
    s.bourse("reload")
    assert says(s, "imap", bearer(issuer.token()))[0].startswith(b"a OK")


def test_an_issuer_that_is_away(trusting, issuer):
    issuer.stop()
    s = trusting(issuer)
    for service in VERB:
        said, error = says(s, service, bearer("a.b.c"))
        assert said.startswith(TEMPORARY[service]) and error is None, said
    assert eventually(lambda: any(row["backend"] == "oauth" and row["state"] == "does not answer" for row in s.status()["controllers"]))


def test_https_with_an_authority_of_its_own(trusting, new_server, tmp_path):
    issuer = Issuer(make_certificates(tmp_path / "tls"))
    s = trusting(issuer, "oauth.ca_file = ca.pem;\n")
    assert says(s, "imap", bearer(issuer.token()))[0].startswith(TEMPORARY["imap"]), "without the file"
    shutil.copy(tmp_path / "tls" / "ca.pem", s.data / "netlogon" / "ca.pem")
    (s.data / "netlogon" / "ca.pem").chmod(0o644)
    assert eventually(lambda: says(s, "imap", bearer(issuer.token()))[0].startswith(b"a OK"))
    issuer.stop()


@pytest.mark.parametrize("line", ['oauth.issuer = "http://id.example.org";', 'oauth.issuer = "id.example.org";',
                                  'oauth.issuer = "https://id.example.org"; oauth.keys = "file:///etc/passwd";', 'oauth.keys = "https://id.example.org/keys";'])
def test_addresses_that_cannot_be_good(new_server, line):
    s = new_server(config=line + "\n")
    s.spawn()
    assert s.wait() > 0 and "oauth." in s.log()


def test_not_offered_without_an_issuer(server):
    with Wire(server, "imap") as w:
        w.line()
        assert b"AUTH=OAUTHBEARER" not in b"".join(w.send(b"a CAPABILITY\r\n").until(b"a "))
    assert says(server, "imap", bearer("x"))[0].startswith(b"a NO")
