"""NTLM and Negotiate over HTTP: logons that hold for one connection, what must not get one, what ends one, and clients from Debian."""
import base64
import http.client
import re
import socket
import ssl
import subprocess

import pytest

import ntlm
from server import PASSWORD, Server, any_tls, eventually
from test_app_passwords import confirmed
from test_clients_programs import home, need, run  # noqa: F401
from test_logon_trail import trail
from test_web_account import Browser, facts

SPNEGO, NTLM, KERBEROS, OTHER = (bytes.fromhex(t) for t in ("06062b0601050502", "060a2b06010401823702020a", "06092a864886f712010202", "06032a0304"))
COMMON = "auth.ntlm = on;\nauth.ntlm_names = [\"localhost\", \"127.0.0.1\"];\nfront.connections_per_address_max = 1000;\nauth.failures_max = 1000;\n"
TYPE_2 = b"NTLMSSP\0\2\0\0\0"


def der(tag, octets):
    n = len(octets)
    return bytes([tag]) + (bytes([n]) if n < 128 else bytes([129, n]) if n < 256 else b"\x82" + n.to_bytes(2, "big")) + octets


def first_token(mechanisms, token=None):
    inner = der(0xa0, der(0x30, b"".join(mechanisms))) + (der(0xa2, der(4, token)) if token is not None else b"")
    return der(0x60, SPNEGO + der(0xa0, der(0x30, inner)))


def next_token(token, mic=None):
    return der(0xa1, der(0x30, der(0xa2, der(4, token)) + (der(0xa3, der(4, mic)) if mic else b"")))


def parts(octets):
    """The fields of a NegTokenResp by their numbers."""
    def take(rest):
        n, head = rest[1], 2
        if n & 0x80:
            head, n = 2 + (n & 0x7f), int.from_bytes(rest[2:2 + (n & 0x7f)], "big")
        return rest[0], rest[head:head + n], rest[head + n:]

    tag, inner, rest = take(octets)
    assert tag == 0xa1 and rest == b""
    tag, inner, rest = take(inner)
    assert tag == 0x30 and rest == b""
    found = {}
    while inner:
        tag, value, inner = take(inner)
        found[tag - 0xa0] = take(value)[1]
    return found


class Line:
    """One connection that is kept."""

    def __init__(self, server, service="https"):
        self.c = http.client.HTTPSConnection("127.0.0.1", server.port(service), timeout=60, context=any_tls())
        self.c.connect()
        self.c.auto_open = False
        self.certificate = self.c.sock.getpeercert(binary_form=True)

    def ask(self, message=None, path="/account", scheme="NTLM", method="GET", body=None, **headers):
        """message: octets of the logon, or the words themselves."""
        given = {k.replace("_", "-"): v for k, v in headers.items()}
        if message is not None:
            given["Authorization"] = f"{scheme} {base64.b64encode(message).decode() if isinstance(message, bytes) else message}"
        self.c.request(method, path, body=body, headers={"Accept": "*/*", **given})
        self.answer = self.c.getresponse()
        self.text = self.answer.read().decode()
        return self.answer.status

    def offers(self):
        return [value.split()[0] for value in self.answer.headers.get_all("WWW-Authenticate") or []]

    def challenge(self, scheme="NTLM"):
        [value] = self.answer.headers.get_all("WWW-Authenticate")
        name, _, text = value.partition(" ")
        assert name == scheme
        return base64.b64decode(text)

    def begin(self, scheme="NTLM", **more):
        assert self.ask(ntlm.NEGOTIATE, scheme=scheme, **more) == 401 and self.answer.headers["Connection"] is None
        return self.challenge(scheme)

    def end(self, challenge, user, password=PASSWORD, scheme="NTLM", headers={}, **how):
        return self.ask(ntlm.answer(challenge, user, password, how.pop("domain", "DOM"), **how), scheme=scheme, **headers)

    def log_on(self, user, password=PASSWORD, scheme="NTLM", **how):
        return self.end(self.begin(scheme), user, password, scheme, **how)

    def who(self):
        return facts(self.text).get("Account")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.c.close()


def ntlm_server(more=""):
    s = Server(COMMON + more)
    s.add_domain()
    for name in ("alice", "bob"):
        s.add_account(f"DOM\\{name}", ntlm=True)
        s.add_mailbox(name, f"DOM\\{name}", f"{name}@example.org")
    s.add_mailbox("sales", "DOM\\alice", "sales@example.org")
    s.add_person("carol")
    s.start()
    return s


@pytest.fixture(scope="module")
def server():
    s = ntlm_server()
    yield s
    s.destroy()


@pytest.fixture
def line(server):
    with Line(server) as c:
        yield c


# ---- the logon ----

@pytest.mark.parametrize("scheme", ["NTLM", "Negotiate", "negotiate"])
def test_holds_for_the_connection(server, line, scheme):
    name = scheme.capitalize() if scheme != "NTLM" else scheme
    assert line.ask() == 401 and line.offers() == ["NTLM", "Basic"]
    assert line.ask(ntlm.NEGOTIATE, scheme=scheme) == 401
    challenge = line.challenge(name)
    assert challenge.startswith(TYPE_2)
    answer = ntlm.answer(challenge, "alice", PASSWORD, "DOM", service="HTTP/127.0.0.1", binding=ntlm.binding_of(line.certificate))
    assert line.ask(answer, scheme=scheme) == 200 and line.who() == "DOM\\alice"
    assert line.answer.headers["Persistent-Auth"] == "true" and line.answer.headers["Set-Cookie"] is None
    for _ in range(3):
        assert line.ask() == 200 and line.who() == "DOM\\alice" and line.answer.headers["Persistent-Auth"] is None
    with Line(server) as other:
        assert other.ask() == 401
        assert other.log_on("bob") == 200 and other.who() == "DOM\\bob"
    assert line.ask() == 200 and line.who() == "DOM\\alice"


def test_ends_with_the_connection(server):
    server.add_account("DOM\\eva", ntlm=True)
    server.add_mailbox("eva", "DOM\\eva", "eva@example.org")
    with Line(server) as c:
        assert c.log_on("eva") == 200
    b = Browser(server)
    b.sign_in("DOM\\eva")
    assert facts(b.ask("/account")[1])["Web sessions of the account"] == "1"


def test_inside_spnego(line):
    assert line.ask(first_token([NTLM], ntlm.NEGOTIATE), scheme="Negotiate") == 401
    said = parts(line.challenge("Negotiate"))
    assert said[0] == b"\1" and said[1] == NTLM[2:] and said[2].startswith(TYPE_2)
    assert line.ask(next_token(ntlm.answer(said[2], "alice", PASSWORD, "DOM")), scheme="Negotiate") == 200
    assert parts(line.challenge("Negotiate")) == {0: b"\0"} and line.who() == "DOM\\alice"
    assert line.ask() == 200 and line.offers() == []
    # A MIC asks for one in return, and there is none: then nothing is said.
    line.ask(first_token([NTLM], ntlm.NEGOTIATE), scheme="Negotiate")
    answer = ntlm.answer(parts(line.challenge("Negotiate"))[2], "bob", PASSWORD, "DOM")
    assert line.ask(next_token(answer, b"a MIC"), scheme="Negotiate") == 200 and line.who() == "DOM\\bob" and line.offers() == []


def test_spnego_chooses_ntlm(line):
    """The client hopes for Kerberos, and takes NTLM when it is told to."""
    for favourite in (KERBEROS, OTHER):
        assert line.ask(first_token([favourite, NTLM], b"a ticket"), scheme="Negotiate") == 401
        assert parts(line.challenge("Negotiate")) == {0: b"\1", 1: NTLM[2:]}
        assert line.ask(next_token(ntlm.NEGOTIATE), scheme="Negotiate") == 401
        said = parts(line.challenge("Negotiate"))
        assert set(said) == {0, 2} and said[2].startswith(TYPE_2)
        assert line.ask(next_token(ntlm.answer(said[2], "bob", PASSWORD, "DOM")), scheme="Negotiate") == 200 and line.who() == "DOM\\bob"
    assert line.ask(first_token([OTHER], b"x"), scheme="Negotiate") == 401 and line.offers() == ["NTLM", "Basic"]


def test_mailbox(server, line):
    """The mailbox for NTLM stays the one that is looked at."""
    server.bourse("account", "set", "DOM\\alice", "--ntlm-mailbox", "sales")
    try:
        assert line.log_on("alice") == 200 and facts(line.text)["Mailbox"] == "sales"
        assert line.ask() == 200 and facts(line.text)["Mailbox"] == "sales"
    finally:
        server.bourse("account", "set", "DOM\\alice", "--ntlm-mailbox", "")
    assert line.ask() == 401
    assert line.log_on("alice\\sales") == 200 and facts(line.text)["Mailbox"] == "sales"
    assert line.ask() == 200 and facts(line.text)["Mailbox"] == "sales"


def test_who_was_there(server, line):
    """The audit trail has them as it has any other logon."""
    assert line.log_on("alice") == 200 and line.log_on("bob", "wrong") == 401
    good, wrong = trail(server)[-2:]
    assert [(row["service"], row["mechanism"], row["account"], row["logged_on"]) for row in (good, wrong)] == [
        ("https", "NTLM", "DOM\\alice", "yes"), ("https", "NTLM", "DOM\\bob", "no")]
    assert good["tls"] == "yes" and good["mailbox"] == "alice" and wrong["event"] == "wrong_proof"


# ---- what gets none ----

def test_wrong(server, line):
    for user, password in (("alice", "wrong"), ("nobody", PASSWORD), ("carol", PASSWORD)):
        assert line.log_on(user, password) == 401 and line.offers() == ["NTLM", "Basic"]
        assert line.text.strip() == "user name or password is wrong"
        assert line.ask() == 401
    for how in ({"mic": "wrong"}, {"binding": bytes(range(16))}, {"service": "HTTP/elsewhere.example"}, {"ago": 10 ** 6}, {"anonymous": True}):
        assert line.log_on("alice", **how) == 401, how
    for how in ({"v1": True}, {"session": True}, {"lm": True}):
        assert line.log_on("alice", **how) == 403, how
    assert line.log_on("alice") == 200


def test_a_new_logon_ends_the_old(line):
    """From its first message on, and whatever becomes of it."""
    assert line.log_on("alice") == 200
    line.begin()
    assert line.ask() == 401
    assert line.log_on("alice") == 200 and line.log_on("bob", "wrong") == 401 and line.ask() == 401
    assert line.log_on("alice") == 200 and line.ask("!!!!") == 400 and line.ask() == 401


def test_order(line):
    """The third message first, twice, behind another first one, and with anything between the two."""
    with_old = ntlm.answer(line.begin(), "alice", PASSWORD, "DOM")
    assert line.begin() != b"" and line.ask(with_old) == 401
    assert line.ask(with_old) == 401 and line.offers() == ["NTLM", "Basic"] and "begin with the first" in line.text
    for between in ({}, {"path": "/robots.txt"}, {"path": "/nothing"}, {"path": "/style.css", "method": "HEAD"}):
        challenge = line.begin()
        line.ask(**between)
        assert line.end(challenge, "alice") == 401, between
        assert line.ask() == 401
    challenge = line.begin()
    assert line.end(challenge, "alice", scheme="Negotiate") == 401 and line.end(challenge, "alice") == 401
    challenge = line.begin()
    good = ntlm.answer(challenge, "alice", PASSWORD, "DOM")
    assert line.ask(good) == 200 and line.ask(good) == 401 and line.ask() == 401


def test_replayed_elsewhere(server, line):
    challenge = line.begin()
    with Line(server) as other:
        other.begin()
        assert other.end(challenge, "alice") == 401
    assert line.end(challenge, "alice") == 200


@pytest.mark.parametrize("words,status", [
    ("NTLM", 401), ("NTLM ", 401), ("NTLM !", 400), ("NTLM AAA", 400), ("NTLM AAAA", 401), ("NTLM " + "A" * 12, 401),
    ("Negotiate", 400), ("Negotiate !", 400), ("Negotiate AAAA", 400), ("Negotiate " + "A" * 12000, 400), ("Bearer x", 400), ("Ntlmx AAAA", 400)])
def test_no_message(line, words, status):
    for first in (False, True):
        if first:
            line.begin()
        scheme, _, rest = words.partition(" ")
        # Behind a first message it is the directory that cannot read the third.
        assert line.ask(Authorization=words) in ((status, 400) if first else (status,))
        assert line.ask() == 401


def test_broken_messages(line):
    """Cut at every octet, and with lying lengths: refused, and never logged on."""
    good = first_token([NTLM], ntlm.NEGOTIATE)
    for n in range(0, len(good)):
        assert line.ask(good[:n], scheme="Negotiate") == 400
    for n in list(range(8, 32)):
        assert line.ask(ntlm.NEGOTIATE[:n]) in (400, 401)
    challenge = line.begin()
    whole = ntlm.answer(challenge, "alice", PASSWORD, "DOM")
    for n in (12, 40, 51, 64, 88, len(whole) - 1):
        challenge = line.begin()
        assert line.ask(ntlm.answer(challenge, "alice", PASSWORD, "DOM")[:n]) in (400, 401)
        assert line.ask() == 401
    assert line.log_on("alice", lying=True) == 400 and line.ask() == 401
    assert line.ask(next_token(ntlm.NEGOTIATE), scheme="Negotiate") == 401
    assert line.ask(first_token([NTLM], ntlm.NEGOTIATE), scheme="Negotiate") == 401
    assert line.ask(der(0xa1, der(0x30, b"")), scheme="Negotiate") == 400 and line.ask() == 401


def raw(server, octets):
    with any_tls().wrap_socket(socket.create_connection(("127.0.0.1", server.port("https")), 60)) as c:
        c.sendall(octets)
        got = b""
        while more := c.recv(65536):
            got += more
    return got


def request(words, path="/account", version="1.1", *headers):
    return "\r\n".join([f"GET {path} HTTP/{version}", "Host: x", f"Authorization: {words}", *headers, "", ""]).encode()


TYPE_1 = "NTLM " + base64.b64encode(ntlm.NEGOTIATE).decode()


def test_a_connection_that_ends(server):
    """Nobody is asked on who could not answer."""
    for octets in (request(TYPE_1, "/account", "1.0"), request(TYPE_1, "/account", "1.1", "Connection: close")):
        got = raw(server, octets)
        assert got.startswith(b"HTTP/1.1 401 ") and b"WWW-Authenticate: Basic" in got and b"NTLM" not in got.partition(b"\r\n\r\n")[0]
        assert b"stays open" in got
    got = raw(server, request(TYPE_1, "/account", "1.0", "Connection: keep-alive") + request("Basic !", "/account", "1.0"))
    assert b"WWW-Authenticate: NTLM TlRMTVNTUAAC" in got


def test_sent_ahead(server):
    """What comes behind the first message is nobody's, and ends the logon; all are answered, in their order."""
    answer = base64.b64encode(b"NTLMSSP\0\3\0\0\0" + bytes(76)).decode()
    plain = b"GET /account HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /robots.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    got = raw(server, request(TYPE_1) + plain + request(f"NTLM {answer}") + plain + last)
    assert re.findall(rb"HTTP/1\.1 (\d+) ", got) == [b"401"] * 4 + [b"200"]
    assert got.count(b"WWW-Authenticate: NTLM TlRM") == 1 and got.count(b"WWW-Authenticate: NTLM\r\n") == 3
    got = raw(server, request(TYPE_1) + request(f"NTLM {answer}") + plain + last)
    assert re.findall(rb"HTTP/1\.1 (\d+) ", got) == [b"401", b"401", b"401", b"200"]
    got = raw(server, request(TYPE_1) * 3 + last)
    assert got.count(b"WWW-Authenticate: NTLM TlRM") == 3


# ---- beside cookies and forms ----

def test_forms_do_not_heed_it(server, line):
    """A form of another site comes on the browser's connection, too: what changes something needs the cookie."""
    assert line.log_on("alice") == 200
    form = re.search(r'name="form" value="(\w+)"', line.text).group(1)
    fields = f"form={form}&old={PASSWORD.replace(' ', '+')}&new=a+new+horse&again=a+new+horse"
    urlencoded = {"Content_Type": "application/x-www-form-urlencoded"}
    assert line.ask(path="/account/password", method="POST", body=fields, **urlencoded) == 401
    line.ask(path="/sign-out", method="POST", body=f"form={form}", **urlencoded)
    assert line.ask() == 200 and line.who() == "DOM\\alice"
    server.imap("DOM\\alice").logout()


def test_a_cookie_goes_first(server, line):
    b = Browser(server)
    b.sign_in("DOM\\bob")
    assert line.log_on("alice") == 200
    assert line.ask(Cookie=b.cookie) == 200 and line.who() == "DOM\\bob"
    assert line.ask() == 200 and line.who() == "DOM\\alice"
    word = base64.b64encode(f"DOM\\carol:{PASSWORD}".encode()).decode()
    assert line.ask(word, scheme="Basic") == 200 and line.who() == "DOM\\carol"
    assert line.ask() == 200 and line.who() == "DOM\\alice"
    assert line.ask(Cookie="__Host-bourse=" + "0" * 64) == 401
    assert line.ask() == 200 and line.who() == "DOM\\alice"


@pytest.mark.parametrize("words,again", [(("account", "set", "DOM\\{}", "--disabled"), None), (("mailbox", "set", "{}", "--no-http"), None),
                                         (("account", "set", "DOM\\{}", "--no-ntlm"), None), (("account", "password", "DOM\\{}", "--password-stdin"), "new")])
def test_ends_at_once(server, line, words, again):
    test_ends_at_once.count = getattr(test_ends_at_once, "count", 0) + 1
    name = f"gone{test_ends_at_once.count}"
    server.add_account(f"DOM\\{name}", ntlm=True)
    server.add_mailbox(name, f"DOM\\{name}", f"{name}@example.org")
    assert line.log_on(name) == 200 and line.ask() == 200
    server.bourse(*(word.format(name) for word in words), stdin="another horse\n")
    assert line.ask() == 401 and name not in line.text
    assert line.log_on(name) in (401, 403)
    assert again is None or line.log_on(name, "another horse") == 200


def test_second_factor(server, line):
    """NTLM has no place for a code."""
    server.add_account("DOM\\dora", ntlm=True)
    server.add_mailbox("dora", "DOM\\dora", "dora@example.org")
    assert line.log_on("dora") == 200
    confirmed(server, "DOM\\dora")
    assert line.log_on("dora") in (401, 403) and line.ask() == 401


def test_must_change(server, line):
    server.add_account("DOM\\emil", ntlm=True, must_change=True)
    server.add_mailbox("emil", "DOM\\emil", "emil@example.org")
    assert line.log_on("emil") == 200 and "has to be changed" in line.text and facts(line.text) == {}


# ---- browsers ----

def test_single_sign_on(server, line):
    page = {"Accept": "text/html", "Sec_Fetch_Site": "same-origin"}
    assert line.ask(path="/", Accept="text/html") == 200 and 'href="/single-sign-on"' in line.text
    assert line.ask(path="/single-sign-on", **page) == 401 and line.offers() == ["NTLM"]
    assert line.ask(ntlm.NEGOTIATE, path="/single-sign-on", scheme="Negotiate", **page) == 401
    answer = ntlm.answer(line.challenge("Negotiate"), "alice", PASSWORD, "DOM")
    assert line.ask(answer, path="/single-sign-on", scheme="Negotiate", **page) == 303 and line.answer.headers["Location"] == "/account"
    cookie = line.answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-bourse=") and "HttpOnly" in cookie and "SameSite=Strict" in cookie
    # From now on it is the cookie that counts, on any connection.
    assert line.ask() == 401
    line.c.close()
    b = Browser(server)
    b.cookie = cookie.split(";")[0]
    answer, text = b.ask("/account")
    assert answer.status == 200 and facts(text)["Account"] == "DOM\\alice"
    assert b.ask("/single-sign-on")[0].headers["Location"] == "/account"
    assert b.post("/sign-out", form=b.form)[0].status == 303 and b.ask("/account")[0].status == 303


def test_single_sign_on_from_elsewhere(line):
    """A page of another site gets nobody signed in."""
    assert line.log_on("alice") == 200
    for headers in ({"Sec_Fetch_Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert line.ask(path="/single-sign-on", Accept="text/html", **headers) == 403 and line.answer.headers["Set-Cookie"] is None
    assert line.ask(path="/single-sign-on", Accept="text/html") == 303


# ---- settings ----

def test_off(new_server):
    s = new_server()
    s.add_domain()
    s.add_person("alice")
    s.start()
    with Line(s) as c:
        assert c.ask() == 401 and c.offers() == ["Basic"]
        assert c.ask(ntlm.NEGOTIATE) == 401 and c.offers() == ["Basic"]
        assert c.ask(first_token([NTLM], ntlm.NEGOTIATE), scheme="Negotiate") == 401 and c.offers() == ["Basic"]
        assert c.ask(path="/", Accept="text/html") == 200 and "single-sign-on" not in c.text
        assert c.ask(path="/single-sign-on", Accept="text/html") == 303 and c.answer.headers["Location"] == "/"
    assert [(row["mechanism"], row["logged_on"]) for row in trail(s)] == [("NTLM", "no"), ("Negotiate", "no")]


def test_settings(new_server):
    """Off for the web alone; or bound to TLS without exception."""
    s = new_server(config=COMMON + "auth.http_mechanisms = [\"!*\"];\n")
    s.add_domain()
    s.add_account("DOM\\alice", ntlm=True)
    s.add_mailbox("alice", "DOM\\alice", "alice@example.org")
    s.start()
    with Line(s) as c:
        assert c.ask() == 401 and c.offers() == ["Basic"] and c.ask(ntlm.NEGOTIATE) == 401 and c.offers() == ["Basic"]
        word = base64.b64encode(f"DOM\\alice:{PASSWORD}".encode()).decode()
        assert c.ask(word, scheme="Basic") == 200
    file = s.data / "bourse.conf"
    file.write_text(file.read_text().replace('auth.http_mechanisms = ["!*"]', "auth.ntlm_binding = demanded"))
    s.bourse("reload")
    with Line(s) as c:
        assert c.log_on("alice") == 401 and c.log_on("alice", curl=True) == 401
        assert c.log_on("alice", binding=ntlm.binding_of(c.certificate)) == 200


def test_largest_heads(new_server):
    """As long as the option lets them be, with all of it one message, or one password."""
    s = new_server(config=COMMON + "http.head_octets_max = 65536;\n")
    s.add_domain()
    s.start()
    before = s.role_pids("front-user")
    with Line(s) as c:
        for scheme, status in (("Negotiate", 431), ("NTLM", 431), ("Basic", 400)):
            assert c.ask("A" * 64000, scheme=scheme) == status
            assert c.ask("A" * 64000, scheme=scheme, Cookie="__Host-bourse=" + "0" * 64) == status
        assert c.ask("A" * 16000, scheme="Negotiate", Cookie="x" * 40000) == 400
        assert c.ask(Cookie="__Host-bourse=" + "0" * 64 + "; x=" + "y" * 60000) == 401
    assert s.role_pids("front-user") == before


def test_idle(new_server):
    """The session of a connection ages as any other; the connection may have another one."""
    s = new_server(config=COMMON + "http.session_time_max = 1s;\n")
    s.add_domain()
    s.add_account("DOM\\alice", ntlm=True)
    s.add_mailbox("alice", "DOM\\alice", "alice@example.org")
    s.start()
    import time
    with Line(s) as c:
        assert c.log_on("alice") == 200
        time.sleep(1.1)  # the end of a session is no event that could be waited for
        assert c.ask() == 401 and c.log_on("alice") == 200


# ---- clients from Debian ----

def account_page(server, *how):
    return run("curl", "-sSk", "--max-time", "60", *how, f"https://127.0.0.1:{server.port('https')}/account", good=False)


@need("curl")
@pytest.mark.parametrize("how", [["--ntlm"], ["--anyauth"], ["--ntlm", "--http1.0", "-H", "Connection: keep-alive"]])
def test_curl(server, home, how):  # noqa: F811
    done = account_page(server, "-f", *how, "-u", f"DOM\\alice:{PASSWORD}")
    assert done.returncode == 0 and facts(done.stdout)["Account"] == "DOM\\alice", done
    url = f"https://127.0.0.1:{server.port('https')}/account"
    done = run("curl", "-sSkf", *how, "-u", f"DOM\\alice:{PASSWORD}", url, url, url)
    assert done.stdout.count("DOM\\alice") == 3
    done = account_page(server, "-f", *how, "-u", "DOM\\alice:wrong")
    assert done.returncode == 22, done


def has_gss_ntlm():
    return subprocess.run(["sh", "-c", "ls /usr/lib/*/gssntlmssp/gssntlmssp.so"], capture_output=True).returncode == 0


@need("curl")
@pytest.mark.skipif(not has_gss_ntlm(), reason="gss-ntlmssp is not installed")
def test_curl_negotiate(server, home, monkeypatch):  # noqa: F811
    """NTLM in SPNEGO by MIT's library, as browsers on Linux have it."""
    users = home / "users"
    users.write_text(f"DOM:alice:{PASSWORD}\n")
    monkeypatch.setenv("NTLM_USER_FILE", str(users))
    done = account_page(server, "-f", "--negotiate", "-u", ":")
    assert done.returncode == 0 and facts(done.stdout)["Account"] == "DOM\\alice", done
    users.write_text("DOM:alice:wrong\n")
    assert account_page(server, "-f", "--negotiate", "-u", ":").returncode == 22


@need("wget")
def test_wget(server, new_server, home):  # noqa: F811
    """It knows NTLMv1 alone, and so needs its network to be named; or Basic, which it must be told to send unasked."""
    s = new_server(config=COMMON + "auth.ntlm_v1_networks = loopback;\n")
    s.add_domain()
    s.add_account("DOM\\alice", ntlm=True)
    s.add_mailbox("alice", "DOM\\alice", "alice@example.org")
    s.start()
    words = ["wget", "-qO-", "--no-check-certificate", "--tries=1", "--timeout=60", "--user=DOM\\alice", f"--password={PASSWORD}"]
    done = run(*words, f"https://127.0.0.1:{s.port('https')}/account")
    assert facts(done.stdout)["Account"] == "DOM\\alice"
    eventually(lambda: "mechanism=NTLM" in s.log())
    assert run(*words, f"https://127.0.0.1:{server.port('https')}/account", good=False).returncode != 0
    done = run(*words, "--auth-no-challenge", f"https://127.0.0.1:{server.port('https')}/account")
    assert facts(done.stdout)["Account"] == "DOM\\alice"


def test_requests_ntlm(server):
    """It binds to the channel, and asks on over one connection."""
    requests = pytest.importorskip("requests")
    how = pytest.importorskip("requests_ntlm")
    import warnings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with requests.Session() as s:
            s.trust_env = False
            s.auth, s.verify = how.HttpNtlmAuth("DOM\\alice", PASSWORD), False
            url = f"https://127.0.0.1:{server.port('https')}/account"
            for _ in range(3):
                answer = s.get(url)
                assert answer.status_code == 200 and facts(answer.text)["Account"] == "DOM\\alice"
        with requests.Session() as s:
            s.trust_env = False
            s.auth, s.verify = how.HttpNtlmAuth("DOM\\alice", "wrong"), False
            assert s.get(url).status_code == 401


def test_tls_versions(server):
    """The binding is the certificate's, whatever TLS it comes in."""
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = any_tls()
        context.minimum_version = context.maximum_version = version
        c = Line.__new__(Line)
        c.c = http.client.HTTPSConnection("127.0.0.1", server.port("https"), timeout=60, context=context)
        c.c.connect()
        with c:
            assert c.log_on("alice", binding=ntlm.binding_of(c.c.sock.getpeercert(binary_form=True))) == 200
