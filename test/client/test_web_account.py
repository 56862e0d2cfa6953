"""Signing in on the web, the account page, a new password, and everything that must end a session or must not begin one."""
import html
import http.client
import re
import urllib.parse

import pytest

from server import PASSWORD, any_tls

NEW = "another horse battery"


class Browser:
    """Keeps one cookie, sends forms as browsers do, follows nothing."""

    def __init__(self, server, origin=True):
        self.server, self.cookie, self.form = server, None, None
        self.host = f"127.0.0.1:{server.port('https')}"
        self.origin = f"https://{self.host}" if origin is True else origin

    def ask(self, path, method="GET", body=None, **headers):
        c = http.client.HTTPSConnection("127.0.0.1", self.server.port("https"), timeout=60, context=any_tls())
        given = {"Accept": "text/html", **({"Cookie": self.cookie} if self.cookie else {}), **{k.replace("_", "-"): v for k, v in headers.items()}}
        c.request(method, path, body=body, headers=given)
        answer = c.getresponse()
        text = answer.read().decode()
        c.close()
        for value in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = value.partition("=")
            self.cookie = None if "Max-Age=0" in rest else f"{name}={rest.split(';')[0]}"
            assert name == "__Host-bourse" and "; Secure" in rest and "; HttpOnly" in rest and "; SameSite=Strict" in rest and "; Path=/" in rest
        found = re.search(r'name="form" value="(\w+)"', text)
        self.form = found.group(1) if found else self.form
        return answer, text

    def post(self, path, **fields):
        headers = {"Content_Type": "application/x-www-form-urlencoded", **({"Origin": self.origin} if self.origin else {})}
        return self.ask(path, "POST", urllib.parse.urlencode(fields), **headers)

    def sign_in(self, user, password=PASSWORD, **more):
        return self.post("/sign-in", user=user, password=password, **more)

    def change(self, old, new, again=None):
        return self.post("/account/password", form=self.form or "", old=old, new=new, again=new if again is None else again)


def signed_in(server, name, password=PASSWORD):
    b = Browser(server)
    answer, text = b.sign_in(f"DOM\\{name}", password)
    assert (answer.status, answer.headers["Location"]) == (303, "/account"), text
    return b


@pytest.fixture
def person(server):
    """A fresh account with a mailbox; its name."""
    person.count = getattr(person, "count", 0) + 1
    name = f"web{person.count}"
    server.add_person(name)
    return name


def facts(text):
    return {html.unescape(k): html.unescape(v) for k, v in re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', text)}


def test_sign_in_look_and_out(server, person):
    b = Browser(server)
    answer, text = b.ask("/")
    assert answer.status == 200 and 'action="/sign-in"' in text and "<script" not in text and 'type="password"' in text
    assert b.ask("/account")[0].headers["Location"] == "/"
    b = signed_in(server, person)
    answer, text = b.ask("/account")
    shown = facts(text)
    assert answer.status == 200 and shown["Account"] == f"DOM\\{person}" and shown["Mailbox"] == person
    assert shown["E-mail address"] == f"{person}@example.org" and shown["Opened as"] == "owner" and shown["Web sessions of the account"] == "1"
    assert b.ask("/")[0].headers["Location"] == "/account"
    assert b.ask("/.well-known/change-password")[0].headers["Location"] == "/account"
    kept = b.cookie
    answer, _ = b.post("/sign-out", form=b.form)
    assert (answer.status, answer.headers["Location"]) == (303, "/") and b.cookie is None
    b.cookie = kept
    assert b.ask("/account")[0].status == 303  # the old cookie is worth nothing


def test_names(server, person):
    for name in (f"{person}@example.org", f"dom/{person}", f"DOM\\{person}\\{person}"):
        answer, text = Browser(server).sign_in(name)
        assert answer.status == 303, text


def test_refusals(server, person):
    answer, text = Browser(server).sign_in(f"DOM\\{person}", "wrong")
    assert answer.status == 403 and "user name or password is wrong" in text and "Set-Cookie" not in answer.headers
    unknown, same = Browser(server).sign_in("DOM\\nobody", "wrong")
    assert (unknown.status, re.sub(r"\s", "", same)) == (answer.status, re.sub(r"\s", "", text))
    assert Browser(server).sign_in(f"DOM\\{person}", "")[0].status == 403
    server.bourse("mailbox", "set", person, "--no-http")
    answer, text = Browser(server).sign_in(f"DOM\\{person}")
    assert answer.status == 403 and "switched off" in text
    server.bourse("mailbox", "set", person, "--http")
    server.bourse("account", "set", f"DOM\\{person}", "--disabled")
    answer, text = Browser(server).sign_in(f"DOM\\{person}")
    assert answer.status == 403 and "disabled" in text


def test_new_password(server, person):
    b, other = signed_in(server, person), signed_in(server, person)
    b.ask("/account")
    for old, new, again, why in ((PASSWORD, NEW, NEW + "x", "not the same both times"), ("wrong", NEW, NEW, "is wrong"), ("", NEW, NEW, "Fill in"),
                                 (PASSWORD, "\a\a\a\a\a\a\a\a\a\a\a\a", None, "control characters")):
        answer, text = b.change(old, new, again)
        assert answer.status in (400, 403) and why in text, text
    server.imap(f"DOM\\{person}").logout()
    answer, text = b.change(PASSWORD, NEW)
    assert answer.status == 200 and "The password is changed" in text
    server.imap(f"DOM\\{person}", password=NEW).logout()
    assert Browser(server).sign_in(f"DOM\\{person}")[0].status == 403
    assert b.ask("/account")[0].status == 200  # who changed it stays
    assert other.ask("/account")[0].status == 303  # others have to know the new one


def test_must_change_has_a_way_out(server, person):
    server.bourse("account", "set", f"DOM\\{person}", "--must-change")
    with pytest.raises(Exception, match="EXPIRED"):
        server.imap(f"DOM\\{person}")
    b = signed_in(server, person)
    answer, text = b.ask("/account")
    assert "has to be changed" in text and facts(text) == {}
    answer, text = b.change(PASSWORD, NEW)
    assert answer.status == 200 and facts(text)["Mailbox"] == person
    server.imap(f"DOM\\{person}", password=NEW).logout()


def test_cannot_change(server, person):
    server.bourse("account", "set", f"DOM\\{person}", "--cannot-change")
    b = signed_in(server, person)
    _, text = b.ask("/account")
    assert 'name="new"' not in text and "administrator only" in text
    answer, text = b.change(PASSWORD, NEW)
    assert answer.status == 403 and "administrator only" in text
    server.imap(f"DOM\\{person}").logout()


@pytest.mark.parametrize("words", [("account", "set", "DOM\\{}", "--disabled"), ("mailbox", "set", "{}", "--no-http"), ("mailbox", "set", "{}", "--disabled"),
                                   ("mailbox", "set", "{}", "--moved-to", "mail2.example.org"), ("mailbox", "remove", "{}"), ("account", "password", "DOM\\{}", "--password-stdin")])
def test_a_session_ends_at_once(server, person, words):
    """E5: what is no longer allowed is not served once more."""
    b = signed_in(server, person)
    assert b.ask("/account")[0].status == 200
    server.bourse(*(word.format(person) for word in words), stdin=f"{NEW}\n")
    answer, text = b.ask("/account")
    assert answer.status == 303 and person not in text


def test_forms_of_others(server, person):
    """E4: a form from another site does nothing, whatever cookie comes with it."""
    for origin in ("https://evil.example", "null", f"http://127.0.0.1:{server.port('https')}"):
        b = Browser(server, origin=origin)
        answer, _ = b.sign_in(f"DOM\\{person}")
        assert answer.status == 403 and b.cookie is None
    b = signed_in(server, person)
    b.ask("/account")
    good = b.form
    for form in ("", "0" * 64, good[:-1], good + "0"):
        b.form = form
        b.post("/sign-out", form=form)
        answer, _ = b.post("/account/password", form=form, old=PASSWORD, new=NEW, again=NEW)
        assert answer.status == 403
    answer, _ = b.ask("/account", Sec_Fetch_Site="cross-site")
    assert answer.status == 200
    answer, _ = b.ask("/sign-out", "POST", f"form={good}", Content_Type="application/x-www-form-urlencoded", Sec_Fetch_Site="cross-site")
    assert answer.status == 403
    answer, _ = b.ask("/account/password", "POST", f"form={good}&old={PASSWORD}&new=x&again=x", Content_Type="text/plain")
    assert answer.status == 415
    server.imap(f"DOM\\{person}").logout()


def test_cookies_that_are_none(server, person):
    b = signed_in(server, person)
    good = b.cookie.partition("=")[2]
    for cookie in ("__Host-bourse=", "__Host-bourse=" + "0" * 64, "__Host-bourse=" + good[:-1] + ("0" if good[-1] != "0" else "1"), f"bourse={good}",
                   f"__Host-bourse={good}; __Host-bourse={good}", "__Host-bourse=" + good.upper() + "0"):
        b.cookie = cookie
        assert b.ask("/account")[0].status == 303, cookie
    b.cookie = f"a=b; __Host-bourse={good}"
    assert b.ask("/account")[0].status == 200


def test_basic(server, person):
    import base64
    b = Browser(server)
    word = base64.b64encode(f"DOM\\{person}:{PASSWORD}".encode()).decode()
    answer, text = b.ask("/account", Authorization=f"Basic {word}", Accept="*/*")
    assert answer.status == 200 and facts(text)["Account"] == f"DOM\\{person}" and b.cookie is None
    # That session was for the one request.
    assert facts(signed_in(server, person).ask("/account")[1])["Web sessions of the account"] == "1"
    answer, _ = b.ask("/account", Accept="*/*")
    assert answer.status == 401 and answer.headers["WWW-Authenticate"].startswith("Basic realm=")
    wrong = base64.b64encode(f"DOM\\{person}:wrong".encode()).decode()
    assert b.ask("/account", Authorization=f"Basic {wrong}", Accept="*/*")[0].status == 401
    for bad in ("Basic !", "Basic " + base64.b64encode(b"nocolon").decode(), "Bearer x"):
        assert b.ask("/account", Authorization=bad, Accept="*/*")[0].status == 400


def test_one_connection_two_people(server, person):
    """Authority is per request: a kept connection has none of its own."""
    b = signed_in(server, person)
    c = http.client.HTTPSConnection("127.0.0.1", server.port("https"), timeout=60, context=any_tls())
    for cookie, status in ((b.cookie, 200), (None, 303), (b.cookie, 200)):
        c.request("GET", "/account", headers={"Accept": "text/html", **({"Cookie": cookie} if cookie else {})})
        answer = c.getresponse()
        answer.read()
        assert answer.status == status
    c.close()


def test_throttle(new_server):
    """Guessing on the web counts as guessing anywhere else."""
    s = new_server(config="auth.failures_max = 2;\nauth.failures_time = 60s;\n")
    s.add_domain()
    s.add_person("alice")
    s.start()
    said = [Browser(s).sign_in("DOM\\alice", "wrong")[0].status for _ in range(6)]
    assert 429 in said and set(said) <= {403, 429}


def test_times(new_server):
    s = new_server(config="http.session_idle_time = 100ms;\n")
    s.add_domain()
    s.add_person("alice")
    s.start()
    b = signed_in(s, "alice")
    import time
    time.sleep(0.2)  # the end of a session is no event that could be waited for
    assert b.ask("/account")[0].status == 303


def test_plain_port_sends_to_tls(new_server):
    s = new_server(config="listen.http = 80;\n")
    file = s.data / "bourse.conf"
    file.write_text(file.read_text().replace("without_tls = loopback", "without_tls = never"))
    s.add_domain()
    s.start()
    c = http.client.HTTPConnection("127.0.0.1", s.port("http"), timeout=60)
    c.request("GET", "/account?x=y", headers={"Host": "mail.example.org"})
    answer = c.getresponse()
    answer.read()
    assert (answer.status, answer.headers["Location"]) == (308, f"https://mail.example.org:{s.port('https')}/account?x=y")
    c.close()
