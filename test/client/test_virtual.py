"""Virtual directories: what an administrator says of them, what people who have no account read and send through them, and what they do not."""
import base64
import email
import email.policy
import hashlib
import html
import http.client
import re
import shutil
import socket
import subprocess
import urllib.parse

import pytest
from server import PASSWORD, Server, any_tls, eventually

CONTACT = ("--acts-as", "DOM\\AnonUser", "--mailbox", "anonuser", "--authentication", "anonymous", "--submit-to", "office@example.org")


def make(config=""):
    """A server with DOM\\AnonUser and its mailbox, the mailbox office, and public folders of which one is published."""
    s = Server("listen.http = 80;\nanonymous.http = on;\n" + config)
    s.add_domain()
    s.bourse("account", "add", "DOM\\AnonUser", "--no-password", "--cannot-change", "--never-expires")
    s.add_mailbox("anonuser", "DOM\\AnonUser", "www@example.org", display="Web form")
    s.add_person("office")
    s.add_person("alice")
    s.bourse("public", "enable")
    for folder in ("News", "Secret"):
        s.bourse("folder", "create", "public", folder)
    s.bourse("folder", "grant", "public", "News", "DOM\\AnonUser", "reviewer")
    s.bourse("folder", "grant", "public", "Secret", "authenticated", "none")
    s.bourse("folder", "grant", "public", "News", "DOM\\alice", "owner")
    s.bourse("folder", "grant", "public", "Secret", "DOM\\alice", "owner")
    s.start()
    return s


@pytest.fixture(scope="module")
def site():
    s = make()
    try:
        yield s
    finally:
        s.destroy()


def refused(s, *args):
    done = s.bourse("virtual-directory", *args, check=False)
    assert done.returncode != 0
    return done.stderr


def row_of(s, path):
    found = [row for row in s.json("virtual-directory", "list")["rows"] if row["name"] == path]
    return found[0] if found else None


# ---- administration ----

def test_administration(site):
    s = site
    s.bourse("virtual-directory", "add", "/admin-test", *CONTACT, "--publish", "News", "--rate", "3", "--title", "Write to us")
    shown = {row["property"]: row["value"] for row in s.json("virtual-directory", "show", "/ADMIN-test")["rows"]}
    assert shown["account"] == "DOM\\AnonUser" and shown["mailbox"] == "anonuser" and shown["submit-to"] == "office@example.org"
    assert shown["publish"] == "News" and shown["folders"].isdigit() and shown["rate"] == "3" and shown["rate-all"] == "60"
    assert shown["authentication"] == "anonymous" and shown["state"] == "" and shown["title"] == "Write to us"
    s.bourse("virtual-directory", "set", "/admin-test", "--rename", "/admin/test", "--publish", "", "--size", "4K")
    row = row_of(s, "/admin/test")
    assert row["publish"] == "" and row["state"] == "" and row_of(s, "/admin-test") is None
    s.bourse("virtual-directory", "set", "/admin/test", "--disabled")
    assert row_of(s, "/admin/test")["state"] == "disabled"
    s.bourse("virtual-directory", "remove", "/admin/test")
    assert row_of(s, "/admin/test") is None
    assert "directory change" in s.log() or "virtual directory" in s.log()


def test_who_it_may_act_as(site):
    """Its primary account, or one that may send as the mailbox; otherwise why not, and what mends it."""
    s, more = site, ["--authentication", "anonymous", "--submit-to", "office@example.org"]
    said = refused(s, "add", "/x", "--acts-as", "DOM\\AnonUser", "--mailbox", "office", *more)
    assert "is not the primary account of the mailbox \"office\" and may not send as it" in said and "--rights send-as" in said
    s.bourse("mailbox", "grant", "office", "--account", "DOM\\AnonUser", "--rights", "read")
    assert "may not send as it" in refused(s, "add", "/x", "--acts-as", "DOM\\AnonUser", "--mailbox", "office", *more)
    s.bourse("mailbox", "grant", "office", "--account", "DOM\\AnonUser", "--rights", "send-as")
    s.bourse("virtual-directory", "add", "/x", "--acts-as", "DOM\\AnonUser", "--mailbox", "office", *more)
    s.bourse("mailbox", "revoke", "office", "--account", "DOM\\AnonUser")
    assert "may not send as it" in row_of(s, "/x")["state"]
    s.bourse("account", "set", "DOM\\AnonUser", "--disabled")
    assert row_of(s, "/x")["state"] != ""
    s.bourse("account", "set", "DOM\\AnonUser", "--no-disabled")
    s.bourse("virtual-directory", "remove", "/x")
    assert "no mailbox" in refused(s, "add", "/x", "--acts-as", "DOM\\AnonUser", "--mailbox", "nobody", *more)
    assert "no account" in refused(s, "add", "/x", "--acts-as", "DOM\\nobody", "--mailbox", "anonuser", *more)


@pytest.mark.parametrize("args, reason", [
    (["contact"], "begins with a slash"), (["/a/../b"], "begins with a dot"), (["/a//b"], "between two slashes"),
    (["/a/"], "behind the last one"), (["/a%2fb"], "made of letters"), (["/a/7"], "can be a number"), (["/" + "a" * 120], "too long"),
    (["/a/b/c/d/e"], "too many parts"), (["/"], "page of its own"), (["/account"], "page of its own"), (["/Sign-In/x"], "page of its own"),
    (["/x", "--submit-to", "someone@elsewhere.org"], "sends nothing outside"), (["/x", "--submit-to", "nobody@example.org"], "nothing can be sent"),
    (["/x", "--submit-to", "not an address"], "nothing can be sent"), (["/x", "--authentication", "telepathy"], "no way to come in"),
    (["/x", "--authentication", ""], "who may come in"), (["/x", "--rate", "0"], "--rate is from"), (["/x", "--proof", "25"], "--proof is from"),
    (["/x", "--size", "1G"], "--size is from"), (["/x", "--publish", "Nowhere"], "no such folder"), (["/x", "--submit-to", ""], "what it is for"),
    (["/x", "--fill-time", "601"], "--fill-time is from"),
])
def test_refusals(site, args, reason):
    given = [*CONTACT] if len(args) == 1 else [a for i, a in enumerate(CONTACT) if args[1] not in (a, CONTACT[i - 1] if i % 2 else "")]
    assert reason in refused(site, "add", *args, *given)
    assert row_of(site, "/x") is None


def test_what_is_removed(site):
    """Whoever removes its account leaves a virtual directory that acts as nobody, and says so."""
    s = site
    s.bourse("account", "add", "DOM\\short", "--no-password")
    s.bourse("mailbox", "add", "short", "--account", "DOM\\short")
    s.bourse("virtual-directory", "add", "/short", "--acts-as", "DOM\\short", "--mailbox", "short", "--authentication", "anonymous", "--submit-to",
             "office@example.org")
    s.bourse("mailbox", "remove", "short")
    assert "the mailbox that it acts as is gone" in row_of(s, "/short")["state"]
    s.bourse("account", "remove", "DOM\\short")
    s.bourse("account", "add", "DOM\\short", "--no-password")
    s.bourse("mailbox", "add", "short", "--account", "DOM\\short")
    assert "is gone" in row_of(s, "/short")["state"]  # who comes after it under its name inherits nothing
    s.bourse("virtual-directory", "remove", "/short")
    s.bourse("mailbox", "remove", "short")
    s.bourse("account", "remove", "DOM\\short")


def test_reports(site):
    """`doctor anonymous` and `rights --as` list each, what a stranger can do there, and why."""
    s = site
    s.bourse("virtual-directory", "add", "/report", *CONTACT, "--publish", "News,Secret")

    def strangers():
        return {row["action"]: row for row in s.json("doctor", "anonymous")["rows"] if row["what"] == "/report"}
    rows = strangers()
    assert set(rows) == {"send mail to office@example.org", "read Public Folders/News"}
    assert "DOM\\AnonUser" in rows["send mail to office@example.org"]["why"] and "--submit-to" in rows["send mail to office@example.org"]["close"]
    assert "lets DOM\\AnonUser read" in rows["read Public Folders/News"]["why"]
    s.bourse("folder", "rename", "public", "News", "Newsletter")
    assert "read Public Folders/Newsletter" in strangers()  # it is the folder that is published, not its name
    s.bourse("folder", "rename", "public", "Newsletter", "News")
    rights = [row for row in s.json("rights", "--as", "DOM\\AnonUser")["rows"] if row["mailbox"] == "/report"]
    assert [row["rights"] for row in rights] == ["send to office@example.org"] and "virtual directory" in rights[0]["by"]
    s.bourse("virtual-directory", "set", "/report", "--authentication", "form")
    assert [row["why"] for row in strangers().values()] == ["anonymous is not among its ways to come in (--authentication)"]
    s.bourse("virtual-directory", "remove", "/report")


# ---- the form ----

class Page:
    """What a request was answered with."""

    def __init__(self, s, path, body=None, method=None, service="http", **headers):
        kind = http.client.HTTPSConnection if service == "https" else http.client.HTTPConnection
        c = kind("127.0.0.1", s.port(service), timeout=20, **({"context": any_tls()} if service == "https" else {}))
        try:
            c.request(method or ("POST" if body is not None else "GET"), path, body, {k.replace("_", "-"): v for k, v in headers.items()})
            answer = c.getresponse()
            self.octets = answer.read()
        finally:
            c.close()
        self.status, self.headers, self.text = answer.status, answer.headers, self.octets.decode()

    def token(self):
        return re.search(r'name="form" value="([0-9a-f]{64})"', self.text)[1]

    def problem(self):
        found = re.search(r'<p class="wrong" role="alert">(.*?)</p>', self.text)
        return html.unescape(found[1]) if found else ""


GOOD = {"name": "Stranger", "email": "stranger@example.net", "subject": "A question", "text": "What do you sell?\n"}
FORM = "application/x-www-form-urlencoded"


def post(s, path, fields=None, token=None, service="http", headers=None, **typed):
    """The form of that page with what is typed; a fresh one unless a token is given."""
    all_fields = {**GOOD, **typed, "form": token or Page(s, path, service=service).token()} if fields is None else fields
    return Page(s, path, urllib.parse.urlencode(all_fields), service=service, Content_Type=FORM, **(headers or {}))


def mail_of(s, person="DOM\\office", folder="INBOX"):
    return [email.message_from_bytes(m, policy=email.policy.default) for m in s.imap_all(person, folder)]


def by_subject(s, subject, **where):
    return [m for m in mail_of(s, **where) if m["Subject"] == subject]


@pytest.fixture(scope="module")
def form(site):
    site.bourse("virtual-directory", "add", "/contact", *CONTACT, "--title", "Write <to> us", "--rate", "1000", "--rate-all", "100000", "--proof", "0",
                "--fill-time", "0")
    return site


def test_a_stranger_sends(form):
    """Who sent it is the mailbox, whom to answer is what was typed, and the trace says which way it came."""
    s = form
    page = Page(s, "/Contact")
    assert page.status == 200 and "Write &lt;to&gt; us" in page.text and page.headers["Cache-Control"] == "no-store"
    assert "script-src" in page.headers["Content-Security-Policy"] and "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "http://" not in page.text and "https://" not in page.text and "office@example.org" not in page.text
    sent = post(s, "/contact", token=page.token(), name="Jörg \"x\" Stranger", subject="Frage: Größe?", text="Über\r\nzwei Zeilen")
    assert sent.status == 200 and "Thank you" in sent.text, sent.text
    number = re.search(r"<code>([0-9a-f-]+)</code>", sent.text)[1]
    m = by_subject(s, "Frage: Größe?")[0]
    assert m["From"] == "Web form <www@example.org>" and m["Return-Path"] == "<www@example.org>" and m["To"] == "office@example.org"
    assert m["Reply-To"].addresses[0].addr_spec == "stranger@example.net" and m["Reply-To"].addresses[0].display_name == 'Jörg "x" Stranger'
    assert m["Message-ID"].startswith(f"<{number}@") and number in m["Received"] and "[127.0.0.1]" in m["Received"]
    assert "(virtual directory /contact)" in m["Received"] and "with HTTP" in m["Received"]
    assert m.get_content().replace("\r\n", "\n") == "Über\nzwei Zeilen\n"
    assert re.search(rf"form.*/contact.*{number}", s.log())
    assert s.imap_all("DOM\\office")[-1].count(b"\r\n\r\n") == 1


def test_curl_sends_both_kinds_of_forms(form):
    s = form
    url = f"http://127.0.0.1:{s.port('http')}/contact"
    for n, option in enumerate(("-F", "--data-urlencode")):
        token = Page(s, "/contact").token()
        typed = {**GOOD, "subject": f"curl {n}", "form": token, "to": "office@example.org"}
        args = [a for k, v in typed.items() for a in (option, f"{k}={v}")]
        done = subprocess.run(["curl", "-sS", "-w", "%{http_code}", *args, url], capture_output=True, text=True, timeout=60)
        assert done.stdout.endswith("200") and "Thank you" in done.stdout, done
        assert by_subject(s, f"curl {n}")[0].get_content().strip() == GOOD["text"].strip()


def test_german(form):
    page = Page(form, "/contact", Accept_Language="fr;q=0.1, de-AT, en")
    assert "Nachricht" in page.text and 'lang="de"' in page.text
    assert "Message" in Page(form, "/contact", Accept_Language="en, de").text
    assert "keine E-Mail-Adresse" in post(form, "/contact", email="x", headers={"Accept_Language": "de"}).problem()


@pytest.mark.parametrize("typed, reason", [
    ({"email": "x"}, "no e-mail address"), ({"email": "a@b.org\r\nBcc: c@d.org"}, "no e-mail address"), ({"email": ""}, "no e-mail address"),
    ({"email": "a@b.org, c@d.org"}, "no e-mail address"), ({"email": "<a@b.org>"}, "no e-mail address"), ({"email": "a@b\u3002org"}, "no e-mail address"),
    ({"email": "a" * 65 + "@b.org"}, "no e-mail address"), ({"email": ".a@b.org"}, "no e-mail address"), ({"email": "a@-b.org"}, "no e-mail address"),
    ({"name": "x\r\nBcc: victim@example.com"}, "The name"), ({"name": "x\nBcc: victim@example.com"}, "The name"), ({"name": "x" * 101}, "The name"),
    ({"name": "\u202egpj.exe"}, "The name"), ({"name": "\u2028Bcc: x"}, "The name"), ({"name": "\x85Bcc: x"}, "The name"),
    ({"subject": "x\r\n\r\nbody"}, "The subject"), ({"subject": "x\rBcc: y"}, "The subject"), ({"subject": " "}, "The subject"),
    ({"subject": "x" * 201}, "The subject"), ({"text": ""}, "empty"), ({"text": "x\x07"}, "empty"), ({"website": "http://spam"}, "left empty"),
    ({"text": "x" * 32769}, "too long"), ({"to": "alice@example.org"}, "addresses of the form only"), ({"to": "x@elsewhere.org"}, "addresses of the form only"),
])
def test_what_may_not_be_typed(form, typed, reason):
    """Refused with what was typed still in the form, and nothing is sent."""
    before = len(form.imap_all("DOM\\office"))
    page = post(form, "/contact", **typed)
    assert 400 <= page.status < 500 and reason in page.problem(), page.text
    assert 'value="A question"' in page.text or "subject" in typed
    assert len(form.imap_all("DOM\\office")) == before


def raw(s, body, path="/contact", type_of=FORM, **headers):
    return Page(s, path, body, Content_Type=type_of, **headers)


def test_malformed_forms(form):
    """Octets that are no form: refused whole."""
    s = form
    token = Page(s, "/contact").token()
    good = urllib.parse.urlencode({**GOOD, "form": token})
    for body in (good + "&subject=again", good + "&%73ubject=again", good + "&x=%00", good + "&x=%zz", good + "&x", "&" * 60 + good,
                 good + "&=x", good + "&x=%4", "".join(f"f{n}=x&" for n in range(60)) + good):
        assert raw(s, body).status in (400, 429), body
    assert raw(s, good, type_of="text/plain").status == 415 and raw(s, good, type_of="application/json").status == 415
    assert raw(s, good.replace("What", "%FF%FE")).problem() != ""

    def parts(*rows, end="--\r\n"):
        return "".join(f'--B\r\nContent-Disposition: form-data; {name}\r\n\r\n{value}\r\n' for name, value in rows) + "--B" + end
    rows = [(f'name="{k}"', v) for k, v in {**GOOD, "form": token}.items()]
    multi = "multipart/form-data; boundary=B"
    for body in (parts(*rows, rows[0]), parts(*rows, end=""), parts(*rows)[2:], parts(*rows)[:-20], parts(*rows, ("nothing", "x")),
                 parts(*rows, ('name="a\\"b"', "x")), parts(*rows, ('name="x"; name="y"', "x")), parts(*rows, ('name="z"', "\0")), "--B--", "",
                 parts(*rows) + "more"):
        assert raw(s, body, type_of=multi).status == 400, body
    assert raw(s, parts(*rows, ('name="file"; filename="x.exe"', "MZ")), type_of=multi).status == 415
    assert raw(s, parts(*rows), type_of="multipart/form-data").status == 415
    assert raw(s, parts(*rows), type_of="multipart/form-data; boundary=" + "b" * 71).status == 415
    page = raw(s, parts(*rows), type_of=multi)
    assert page.status == 200, page.problem()  # it was good all the time


def test_tokens(form):
    """Each is good for one message, for one directory, until it is too old; another site's form is refused."""
    s = form
    token = Page(s, "/contact").token()
    assert post(s, "/contact", token=token, subject="token 1").status == 200
    page = post(s, "/contact", token=token, subject="token 2")
    assert page.status == 403 and "sent already" in page.problem()
    assert post(s, "/contact", token=page.token(), subject="token 2").status == 200  # the page it came with is good
    forged = token[:-1] + ("0" if token[-1] != "0" else "1")
    for bad in (forged, "0" * 64, "x" * 64, token[:63], token * 2):
        page = post(s, "/contact", token=bad)
        assert page.status == 403 and "too old" in page.problem()
    assert post(s, "/contact", {**GOOD}).status == 403
    s.bourse("virtual-directory", "add", "/other", *CONTACT, "--proof", "0", "--fill-time", "0")
    assert post(s, "/contact", token=Page(s, "/other").token()).status == 403
    s.bourse("virtual-directory", "remove", "/other")
    token = Page(s, "/contact").token()
    for headers in ({"Origin": "https://evil.example"}, {"Sec_Fetch_Site": "cross-site"}):
        assert post(s, "/contact", token=token, headers=headers).status == 403
    assert post(s, "/contact", token=token, headers={"Origin": f"http://127.0.0.1:{s.port('http')}"}).status == 200


def test_time_and_work(form):
    """A form that comes back at once is a robot's, unless it has done the work that it was given."""
    s = form
    s.bourse("virtual-directory", "add", "/slow", *CONTACT, "--proof", "10", "--fill-time", "0", "--rate", "1000")
    page = Page(s, "/slow")
    assert 'data-proof="10"' in page.text and '<script src="/form.js" defer>' in page.text and "<noscript>" in page.text
    token = page.token()
    assert "too quick" in post(s, "/slow", token=token).problem()
    assert "proof of work" in post(s, "/slow", token=token, work="x").problem()
    numbers = (str(n) for n in range(1 << 24))
    found = next(n for n in numbers if int(hashlib.sha256(f"{token}:{n}".encode()).hexdigest(), 16) >> 246 == 0)
    wrong = next(str(n) for n in range(99) if int(hashlib.sha256(f"{token}:{n}".encode()).hexdigest(), 16) >> 246 != 0)
    assert "proof of work" in post(s, "/slow", token=token, work=wrong).problem()
    assert post(s, "/slow", token=token, work=found, subject="worked").status == 200
    s.bourse("virtual-directory", "set", "/slow", "--proof", "0", "--fill-time", "600")
    assert "too quick" in post(s, "/slow").problem()
    s.bourse("virtual-directory", "remove", "/slow")


def test_the_script_finds_the_number(form):
    """/form.js, run as a browser would, against what the server takes."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node")
    script = Page(form, "/form.js")
    assert script.headers["Content-Type"].startswith("text/javascript") and script.headers["X-Content-Type-Options"] == "nosniff"
    token = "5a" * 32
    fake = (f'var el={{form:{{value:"{token}"}},work:{{value:""}}}};var document={{getElementById:function(){{return '
            '{dataset:{proof:"12"},elements:el,addEventListener:function(){}}}};')
    done = subprocess.run([node, "-e", fake + script.text + 'setInterval(function(){if(el.work.value!==""){console.log(el.work.value);process.exit(0)}},5)'],
                          capture_output=True, text=True, timeout=60)
    assert int(hashlib.sha256(f"{token}:{done.stdout.strip()}".encode()).hexdigest(), 16) >> 244 == 0, done


def test_rates(form):
    """So many an hour from one address, and from all together."""
    s = form
    for path, options in (("/one", ["--rate", "3", "--rate-all", "100"]), ("/all", ["--rate", "100", "--rate-all", "3"])):
        s.bourse("virtual-directory", "add", path, *CONTACT, "--proof", "0", "--fill-time", "0", *options)
        told = [post(s, path, subject=f"rate {path} {n}").status for n in range(6)]
        assert told == [200] * 3 + [429] * 3
        assert len([m for m in mail_of(s) if m["Subject"].startswith(f"rate {path} ")]) == 3
        assert "within the hour" in post(s, path).problem()
        s.bourse("virtual-directory", "remove", path)


def test_methods_and_paths(form):
    s = form
    assert Page(s, "/contact", method="HEAD").octets == b"" and Page(s, "/contact", method="HEAD").status == 200
    assert Page(s, "/contact", method="DELETE").status == 501 and Page(s, "/contact", method="PUT", body="x").status == 501
    for path in ("/contact/", "/contact/x", "/contact/1", "/contact/../contact", "/contact%2f1", "/contact//", "/cont", "/%63ontact", "/contact/%2e%2e"):
        assert Page(s, path).status == 404, path
        assert raw(s, "x=1", path).status == 404, path
    assert Page(s, "/contact?x=<script>").status == 200


def test_who_may_not_come_in(form):
    """The switch, the entry and the account each end it at once; nobody is told why."""
    s = form
    s.bourse("virtual-directory", "set", "/contact", "--disabled")
    assert Page(s, "/contact").status == 404
    s.bourse("virtual-directory", "set", "/contact", "--no-disabled")
    s.bourse("account", "set", "DOM\\AnonUser", "--disabled")
    page = Page(s, "/contact")
    assert page.status == 503 and "AnonUser" not in page.text
    s.bourse("account", "set", "DOM\\AnonUser", "--no-disabled", "--no-cannot-change", "--no-never-expires", "--must-change")  # no password of it is in use
    assert Page(s, "/contact").status == 200
    before = s.status()["anonymous"][0]
    s.write_config("listen.http = 80;\nanonymous.http = off;\n")
    s.bourse("reload")
    s.bourse("domain", "list")
    assert Page(s, "/contact").status == 404
    rows = {row["what"]: row for row in s.json("doctor", "anonymous")["rows"]}
    assert rows["/contact"]["why"] == "anonymous.http is off"
    s.write_config("listen.http = 80;\nanonymous.http = on;\nanonymous.http_requests_max = 5;\n")
    s.bourse("reload")
    s.bourse("domain", "list")
    told = [Page(s, "/contact").status for _ in range(8)]
    assert told[-1] == 429 and 200 in told
    s.write_config("listen.http = 80;\nanonymous.http = on;\nanonymous.http_requests_max = 0;\n")
    s.bourse("reload")
    s.bourse("domain", "list")
    assert Page(s, "/contact").status == 200
    assert s.status()["anonymous"][0]["refused"] > before["refused"]


def test_people_sign_in(form):
    """Without anonymous a person comes in by the ways that are named, and writes as himself."""
    s = form
    s.bourse("virtual-directory", "add", "/staff", "--acts-as", "DOM\\AnonUser", "--mailbox", "anonuser", "--authentication", "basic", "--submit-to",
             "office@example.org", "--proof", "0", "--fill-time", "0")
    page = Page(s, "/staff", service="https")
    assert page.status == 401 and page.headers.get_all("WWW-Authenticate") == [f'Basic realm="{page.headers["WWW-Authenticate"].split(chr(34))[1]}", charset="UTF-8"']
    assert Page(s, "/staff", service="https", Accept="text/html").status == 401  # the form is not among them
    basic = {"Authorization": "Basic " + base64.b64encode(f"DOM\\alice:{PASSWORD}".encode()).decode()}
    token = Page(s, "/staff", service="https", **basic).token()
    assert Page(s, "/staff", service="https", Authorization="Basic " + base64.b64encode(b"DOM\\alice:wrong").decode()).status == 401
    sent = post(s, "/staff", token=token, service="https", headers=basic, subject="from alice")
    assert sent.status == 200, sent.text
    assert by_subject(s, "from alice")[0]["Return-Path"] == "<alice@example.org>"
    s.bourse("virtual-directory", "set", "/staff", "--authentication", "form")
    assert Page(s, "/staff", service="https", Accept="text/html").headers["Location"] == "/"
    assert Page(s, "/staff", service="https", **basic).status == 401
    signed = Page(s, "/sign-in", urllib.parse.urlencode({"user": "alice", "password": PASSWORD}), service="https", Content_Type=FORM)
    cookie = {"Cookie": signed.headers["Set-Cookie"].split(";")[0]}
    page = Page(s, "/staff", service="https", **cookie)
    assert page.status == 200 and post(s, "/staff", token=page.token(), service="https", headers=cookie, subject="by cookie").status == 200
    # A token is its reader's own.
    assert post(s, "/staff", token=page.token(), service="https", headers={"Cookie": "__Host-bourse=" + "0" * 64}).status in (303, 401)
    s.bourse("virtual-directory", "set", "/staff", "--authentication", "form,anonymous")
    assert Page(s, "/staff", service="https", Cookie="__Host-bourse=" + "0" * 64).status == 200
    s.bourse("virtual-directory", "remove", "/staff")


def test_to_a_public_folder(form):
    """Posted by the account that the directory acts as, if the folder's list lets it."""
    s = form
    s.bourse("folder", "address", "News", "news@example.org")
    s.bourse("virtual-directory", "add", "/news", *CONTACT[:6], "--submit-to", "news@example.org,office@example.org", "--proof", "0", "--fill-time", "0")
    page = Page(s, "/news")
    assert "<option>news@example.org</option>" in page.text
    page = post(s, "/news", token=page.token(), to="news@example.org", subject="to a folder")
    assert page.status == 403 and "right &quot;p&quot;" in page.text
    s.bourse("folder", "grant", "public", "News", "DOM\\AnonUser", "lrp")
    assert post(s, "/news", token=page.token(), to="NEWS@example.org", subject="to a folder").status == 200
    assert len(by_subject(s, "to a folder", person="DOM\\alice", folder="Public Folders/News")) == 1
    assert post(s, "/news").status == 403  # one has to be chosen
    s.bourse("virtual-directory", "remove", "/news")
    s.bourse("folder", "grant", "public", "News", "DOM\\AnonUser", "reviewer")


def test_large_and_awkward_texts(form):
    """What becomes of long lines, many of them, and one above what fits a message between roles."""
    s = form
    s.bourse("virtual-directory", "set", "/contact", "--size", "1M")
    for n, text in enumerate(("x" * 5000, "ü" * 9000, "a\n" * 12000, ".\r\n..\r\n", "From x\nFrom y\n", "\r\r\n\n", " <script>alert(1)</script>")):
        if text.strip():
            assert post(s, "/contact", subject=f"text {n}", text=text).status == 200
            got = by_subject(s, f"text {n}")[0].get_content().replace("\r\n", "\n")
            assert got.rstrip("\n") == text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    assert Page(s, "/contact", b"x" * 70000, Content_Type=FORM).status == 413
    page = post(s, "/contact", text="</textarea><script>alert(1)</script>", email="bad")
    assert "<script>alert" not in page.text and "&lt;/textarea&gt;" in page.text
    s.bourse("virtual-directory", "set", "/contact", "--size", "32K")


def test_it_lasts(form):
    """What a stranger was thanked for is there after kill -9 of everything, and so is the virtual directory; tokens end with the process."""
    s = form
    token = Page(s, "/contact").token()
    assert post(s, "/contact", subject="lasting").status == 200
    s.kill_all()
    s.start()
    assert len(by_subject(s, "lasting")) == 1 and row_of(s, "/contact")["state"] == ""
    page = post(s, "/contact", token=token)
    assert page.status == 403 and "too old" in page.problem()


# ---- published folders ----

EVIL = ('From: "<script>alert(1)</script>" <evil@example.net>\r\nTo: news@example.org\r\nSubject: =?UTF-8?B?PGltZyBzcmM9eCBvbmVycm9yPWFsZXJ0KDEpPg==?=\r\n'
        'Date: Mon, 02 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n'
        '--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n</pre><script>alert(2)</script> Grüße\r\n\tindented & "quoted"\r\n'
        '--b\r\nContent-Type: text/html; name="../../x\\"><script>.html"\r\nContent-Disposition: attachment; filename="../../x\\"><script>.html"\r\n\r\n'
        '<script>alert(3)</script>\r\n'
        '--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n'
        " filename*=UTF-8''%E2%82%AC%0d%0aSet-Cookie.bin\r\n\r\n" + base64.encodebytes(bytes(range(256)) * 2000).decode().replace("\n", "\r\n") +
        '--b--\r\n').encode()
PAGE_ONLY = ('From: a@example.net\r\nSubject: page\r\nContent-Type: text/html\r\n\r\n<p onclick=x>Hello <b>reader</b><script>alert(4)</script>'
             '<style>x</style></p>\r\n').encode()


@pytest.fixture(scope="module")
def public(site):
    """/public shows News, which AnonUser reads, and Secret, which he does not."""
    s = site
    c = s.imap("DOM\\alice")
    for n in range(1, 121):
        c.append('"Public Folders/News"', None, None, f"From: Writer {n} <w{n}@example.net>\r\nSubject: number {n}\r\n\r\ntext {n}\r\n".encode())
    c.append('"Public Folders/Secret"', None, None, b"Subject: hidden\r\n\r\nhidden\r\n")
    for octets in (EVIL, PAGE_ONLY, b"no header at all\r\n", b"Subject: empty\r\n\r\n"):
        c.append('"Public Folders/News"', None, None, octets)
    c.logout()
    s.bourse("virtual-directory", "add", "/public", *CONTACT[:6], "--publish", "News,Secret", "--title", "Archive")
    shown = {row["property"]: row["value"] for row in s.json("virtual-directory", "show", "/public")["rows"]}
    s.news, s.secret = shown["folders"].split(", ")
    return s


def links(page):
    return re.findall(r'href="([^"]*)"', page.text)


def find(s, subject):
    """The path of the message with that subject on the first page."""
    page = Page(s, f"/public/{s.news}")
    return next(path for path, text in re.findall(r'<a href="([^"]*)">([^<]*)</a>', page.text) if text == subject)


def test_reading(public):
    s = public
    top = Page(s, "/public")
    assert top.status == 200 and f'href="/public/{s.news}">News</a>' in top.text and "Secret" not in top.text and "<form" not in top.text
    seen, page, path = [], None, f"/public/{s.news}"
    while path:
        page = Page(s, path)
        assert page.status == 200 and page.text.count("<tr><td>") <= 50
        seen += re.findall(r">number (\d+)</a>", page.text)
        following = re.search(r'rel="next" href="([^"]*)"', page.text)
        path = html.unescape(following[1]) if following else None
    assert seen == [str(n) for n in range(120, 0, -1)]
    assert "w120@example.net" not in Page(s, f"/public/{s.news}").text and "Writer 120" in Page(s, f"/public/{s.news}").text
    message = Page(s, find(s, "number 120"))
    assert '<pre class="mail">text 120\n' in message.text and "Writer 120" in message.text
    assert Page(s, f"/public/{s.news}", Accept_Language="de").text.count(">Betreff<") == 1


def test_nothing_else_is_read(public):
    """A hidden folder is not there, whatever is asked of it; nor is what is no page."""
    s, news, secret = public, public.news, public.secret
    shown = Page(s, "/public/999999").text
    for rest in (f"/{secret}", f"/{secret}/1", f"/{secret}/1/1", f"/{secret}/1/eml", f"/{secret}?page=0", "/1", "/0", "/", "/x", "/-1", "/99999999999",
                 f"/0{news}", f"/{news}/", f"/{news}/0", f"/{news}/999999", f"/{news}/1/0", f"/{news}/1/99", f"/{news}/1/1/1", f"/{news}/1/eml/", f"/{news}/1/EML",
                 f"/{news}/../{secret}", f"/{news}%2f1", f"/{news}/%31", f"/{news}?page=99", f"/{news}?page=-1", f"/{news}?page=x", f"/{news}/1/1%00"):
        page = Page(s, "/public" + rest)
        assert page.status == 404, rest
        assert page.text == shown and "hidden" not in page.text
        assert Page(s, "/public" + rest, method="POST", body="x=1", Content_Type=FORM).status in (404, 405)
    # A right that is taken away counts at once, and so does one that is given.
    s.bourse("folder", "revoke", "public", "News", "DOM\\AnonUser")
    s.bourse("folder", "grant", "public", "News", "authenticated", "none")
    assert Page(s, f"/public/{news}").status == 404 and "News" not in Page(s, "/public").text
    s.bourse("folder", "grant", "public", "News", "DOM\\AnonUser", "reviewer")
    assert Page(s, f"/public/{news}").status == 200
    # The name is another folder's now: the one that was published is shown, and no other.
    s.bourse("folder", "rename", "public", "News", "Old")
    s.bourse("folder", "create", "public", "News")
    assert ">Old</a> (125)" in Page(s, "/public").text and ">News<" not in Page(s, "/public").text
    s.bourse("folder", "delete", "public", "News")
    s.bourse("folder", "rename", "public", "Old", "News")


def test_mail_is_harmless(public):
    """Nothing of a message is markup, and what is downloaded is no page."""
    s = public
    listed = Page(s, f"/public/{s.news}")
    path = find(s, "&lt;img src=x onerror=alert(1)&gt;")
    page = Page(s, path)
    for text in (listed.text, page.text):
        assert "<script" not in text and "<img" not in text and "onerror=alert(1)&gt;" in text
    assert '&lt;/pre&gt;&lt;script&gt;alert(2)&lt;/script&gt; Grüße\n\tindented &amp; &quot;quoted&quot;' in page.text
    downloads = [p for p in links(page) if re.fullmatch(re.escape(path) + r"/\d+", p)]
    assert len(downloads) == 2
    for one, want, name in ((downloads[0], b"<script>alert(3)</script>", "x%22%3E%3Cscript%3E.html"), (downloads[1], bytes(range(256)) * 2000, None)):
        c = http.client.HTTPConnection("127.0.0.1", s.port("http"), timeout=20)
        c.request("GET", one)
        got = c.getresponse()
        octets = got.read()
        c.close()
        assert octets == want and got.headers["Content-Type"] == "application/octet-stream" and got.headers["X-Content-Type-Options"] == "nosniff"
        assert got.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''") and got.headers["Set-Cookie"] is None
        assert ".." not in got.headers["Content-Disposition"] and (name is None or got.headers["Content-Disposition"].endswith(name))
        assert "default-src 'none'" in got.headers["Content-Security-Policy"]
    first_words = Page(s, find(s, "page")).text
    assert '<pre class="mail">Hello reader</pre>' in first_words and "alert(4)" not in first_words and "<b>" not in first_words.split("<h1>")[1]
    assert Page(s, find(s, "(no subject)")).status == 200 and Page(s, find(s, "empty")).status == 200
    done = subprocess.run(["curl", "-sS", "-m", "20", f"http://127.0.0.1:{s.port('http')}{path}/eml"], capture_output=True, timeout=60)
    assert done.stdout == EVIL


def test_asked_again(public):
    """Conditional requests: what has not changed is not sent again; what has, is."""
    s = public
    for path in (f"/public/{s.news}", find(s, "number 119"), find(s, "number 119") + "/eml"):
        page = Page(s, path)
        tag = page.headers["ETag"]
        assert page.headers["Cache-Control"] == "no-cache, private" and tag.startswith('"')
        for header in (tag, f'"x", {tag}', "*"):
            again = Page(s, path, If_None_Match=header)
            assert again.status == 304 and again.octets == b"" and again.headers["ETag"] == tag
        assert Page(s, path, If_None_Match='"x"').status == 200
        assert Page(s, path, If_None_Match=tag, Accept_Language="de").status == 200
        head = Page(s, path, method="HEAD")
        assert head.octets == b"" and head.headers["Content-Length"] == str(len(page.octets))
    tag = Page(s, f"/public/{s.news}").headers["ETag"]
    c = s.imap("DOM\\alice")
    c.append('"Public Folders/News"', None, None, b"Subject: newest\r\n\r\nx\r\n")
    c.logout()
    assert Page(s, f"/public/{s.news}", If_None_Match=tag).status == 200
    assert Page(s, "/public").headers["ETag"] is None
    s.bourse("account", "set", "DOM\\AnonUser", "--disabled")
    assert Page(s, f"/public/{s.news}", If_None_Match=tag).status == 503  # also what somebody has already
    s.bourse("account", "set", "DOM\\AnonUser", "--no-disabled")


def test_readers_with_an_account(public):
    """Where they sign in, people read by their own rights."""
    s = public
    s.bourse("virtual-directory", "add", "/inside", "--acts-as", "DOM\\AnonUser", "--mailbox", "anonuser", "--authentication", "basic", "--publish", "News,Secret")
    basic = {"Authorization": "Basic " + base64.b64encode(f"DOM\\alice:{PASSWORD}".encode()).decode()}
    assert "Secret" in Page(s, "/inside", service="https", **basic).text
    assert "hidden" in Page(s, f"/inside/{s.secret}", service="https", **basic).text
    basic = {"Authorization": "Basic " + base64.b64encode(f"DOM\\office:{PASSWORD}".encode()).decode()}
    assert Page(s, f"/inside/{s.secret}", service="https", **basic).status == 404
    assert Page(s, f"/inside/{s.news}", service="https").status == 401
    s.bourse("virtual-directory", "remove", "/inside")


def test_how_much_is_read(public):
    """Strangers' octets are measured as those of their sessions by other protocols."""
    s = public
    path = find(s, "&lt;img src=x onerror=alert(1)&gt;") + "/eml"
    before = s.status()["anonymous"][0]["octets"]
    assert Page(s, path, method="HEAD").status == 200
    assert eventually(lambda: s.status()["anonymous"][0]["octets"] > before + 500000)
    s.write_config("listen.http = 80;\nanonymous.http = on;\nanonymous.octets_per_hour_max = 100000;\n")
    s.bourse("reload")
    s.bourse("domain", "list")
    s.bourse("session", "list")
    assert Page(s, f"/public/{s.news}").status == 429 and Page(s, path).status == 429
    s.write_config("listen.http = 80;\nanonymous.http = on;\n")
    s.bourse("reload")
    s.bourse("domain", "list")
    s.bourse("session", "list")
    assert Page(s, f"/public/{s.news}").status == 200


def test_slow_and_broken_downloads(public):
    """Who goes away in the middle, or reads slowly, holds up nobody; pipelined requests are answered in their order."""
    s = public
    path = find(s, "&lt;img src=x onerror=alert(1)&gt;") + "/eml"
    gone = []
    for _ in range(5):
        c = socket.create_connection(("127.0.0.1", s.port("http")), 20)
        c.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        gone.append(c)
    for c in gone:
        assert c.recv(10) == b"HTTP/1.1 2"
        c.close()
    with socket.create_connection(("127.0.0.1", s.port("http")), 20) as c:
        c.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\nGET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        octets = b""
        while more := c.recv(1 << 16):
            octets += more
    assert octets.count(EVIL) == 2 and octets.endswith(EVIL)
