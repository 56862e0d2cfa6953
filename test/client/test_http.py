"""The web service: settings for mail programs, security headers, slow and crowding clients, and who may read a request in two ways."""
import http.client
import plistlib
import socket
import subprocess
import xml.etree.ElementTree as ET

import pytest

from server import any_tls, eventually

OUTLOOK = ('<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006">'
           "<Request><EMailAddress>{}</EMailAddress><AcceptableResponseSchema>"
           "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema></Request></Autodiscover>")


@pytest.fixture(scope="module")
def web(server):
    """The server of this file with the plain port open as well."""
    file = server.data / "bourse.conf"
    file.write_text(file.read_text() + "listen.http = 80;\nhttp.hsts_time = 1d;\n")
    server.stop()
    server.start()
    return server


def ask(server, path, method="GET", body=None, service="https", **headers):
    host = http.client.HTTPSConnection("127.0.0.1", server.port(service), timeout=60, context=any_tls()) if service == "https" else \
        http.client.HTTPConnection("127.0.0.1", server.port(service), timeout=60)
    try:
        host.request(method, path, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = host.getresponse()
        return answer, answer.read()
    finally:
        host.close()


def test_thunderbird(web):
    for path in ("/mail/config-v1.1.xml?emailaddress=alice%40example.org", "/.well-known/autoconfig/mail/config-v1.1.xml?emailaddress=x@example.org"):
        answer, body = ask(web, path)
        assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/xml")
        provider = ET.fromstring(body).find("emailProvider")
        assert provider.get("id") == "example.org" and provider.find("domain").text == "example.org"
        servers = {(s.get("type"), s.find("socketType").text): s for s in provider if s.tag.endswith("Server")}
        assert set(servers) == {(kind, how) for kind in ("imap", "pop3", "smtp") for how in ("SSL", "STARTTLS")}
        assert servers["imap", "SSL"].find("port").text == str(web.port("imaps"))
        assert servers["smtp", "STARTTLS"].find("port").text == str(web.port("submission"))
        assert servers["imap", "SSL"].find("username").text == "%EMAILADDRESS%"
    answer, body = ask(web, "/mail/config-v1.1.xml", Host="autoconfig.example.org")
    assert answer.status == 200 and b'id="example.org"' in body
    for path in ("/mail/config-v1.1.xml?emailaddress=alice@elsewhere.org", "/mail/config-v1.1.xml", "/mail/config-v1.1.xml?emailaddress=%00@example.org"):
        assert ask(web, path)[0].status == 404
    # Which addresses there are is not told.
    assert ask(web, "/mail/config-v1.1.xml?emailaddress=nobody@example.org")[0].status == 200


def test_outlook(web):
    answer, body = ask(web, "/Autodiscover/Autodiscover.xml", "POST", OUTLOOK.format("alice@example.org"), Content_Type="text/xml")
    assert answer.status == 200
    names = {"a": "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"}
    protocols = {(p.find("a:Type", names).text, p.find("a:Encryption", names).text): p for p in ET.fromstring(body).iterfind(".//a:Protocol", names)}
    assert protocols["IMAP", "SSL"].find("a:Port", names).text == str(web.port("imaps"))
    assert protocols["SMTP", "TLS"].find("a:LoginName", names).text == "alice@example.org"
    assert ask(web, "/autodiscover/autodiscover.xml", "POST", OUTLOOK.format("alice@elsewhere.org"))[0].status == 404
    for address in ("", "alice", "a&lt;b@example.org", "@example.org", "x" * 400 + "@example.org", "\x00@example.org"):
        assert ask(web, "/autodiscover/autodiscover.xml", "POST", OUTLOOK.format(address))[0].status == 400


def test_apple(web):
    answer, body = ask(web, "/mobileconfig?email=alice@example.org")
    assert answer.status == 200 and "attachment" in answer.headers["Content-Disposition"]
    profile = plistlib.loads(body)
    mail = profile["PayloadContent"][0]
    assert (mail["EmailAddress"], mail["IncomingMailServerPortNumber"], mail["OutgoingMailServerPortNumber"]) == \
        ("alice@example.org", web.port("imaps"), web.port("submissions"))
    assert mail["PayloadUUID"] != profile["PayloadUUID"] and ask(web, "/mobileconfig?email=alice@example.org")[1] == body
    assert ask(web, "/mobileconfig?email=alice@elsewhere.org")[0].status == 404
    assert ask(web, "/mobileconfig")[0].status == 400


def test_headers(web):
    for path in ("/robots.txt", "/none", "/mail/config-v1.1.xml?emailaddress=a@example.org"):
        answer, _ = ask(web, path)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Strict-Transport-Security"] == "max-age=86400" and answer.headers["Date"].endswith(" GMT")
        assert ("no-store" in answer.headers["Cache-Control"]) == (path != "/robots.txt")
    answer, _ = ask(web, "/robots.txt", service="http")
    assert answer.status == 200 and "Strict-Transport-Security" not in answer.headers
    # What was asked for is not given back as markup.
    _, body = ask(web, "/%3Cscript%3E")
    assert b"<script" not in body


def test_curl(web):
    for options in ([], ["--http1.0"], ["-I"], ["-H", "Expect: 100-continue", "-d", OUTLOOK.format("alice@example.org")]):
        path = "autodiscover/autodiscover.xml" if "-d" in options else "robots.txt"
        done = subprocess.run(["curl", "-sk", "--max-time", "60", "-w", "%{http_code}", *options, f"https://127.0.0.1:{web.port('https')}/{path}"],
                              capture_output=True, text=True)
        assert done.stdout.endswith("200"), done
    done = subprocess.run(["curl", "-sk", "--max-time", "60", "--http2", *[f"https://127.0.0.1:{web.port('https')}/robots.txt"] * 5], capture_output=True, text=True)
    assert done.stdout.count("Disallow") == 5


def test_doctor_and_status(web):
    rows = {row["step"].split()[0]: row for row in web.json("doctor", "ports")["rows"]}
    assert rows["https"]["ok"] and rows["http"]["ok"], rows
    assert {"http", "https"} <= {row["service"] for row in web.status()["listeners"]}


def test_times_and_limits(new_server):
    """E2: the head and the body of a request have times of their own; a connection that only waits is closed without a word."""
    s = new_server(config="listen.http = 80;\nhttp.head_time_max = 300ms;\nhttp.idle_time_max = 600ms;\nhttp.body_octets_max = 1024;\n"
                          "http.head_octets_max = 4096;\nsmtp.data_rate_min = 100000;\n")
    s.add_domain()
    s.start()

    def say(octets):
        c = socket.create_connection(("127.0.0.1", s.port("http")), 60)
        c.sendall(octets)
        got = b""
        while more := c.recv(65536):
            got += more
        c.close()
        return got

    # A server that was not let run for so long finds the time over and nothing read yet: then once more.
    post = b"POST /autodiscover/autodiscover.xml HTTP/1.1\r\nHost: x\r\nContent-Length: "
    for octets, begin, end in ((b"GET /robots.txt HTTP/1.1\r\n", b"HTTP/1.1 408 ", b""), (post + b"5\r\n\r\nab", b"HTTP/1.1 408 ", b""),
                               (post + b"1025\r\n\r\n", b"HTTP/1.1 413 ", b""),
                               (b"GET /robots.txt HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 5000 + b"\r\n\r\n", b"HTTP/1.1 431 ", b""),
                               (b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 200 ", b"Disallow: /\r\n")):
        eventually(lambda: (said := say(octets)).startswith(begin) and said.endswith(end))
    assert say(b"") == b""


def test_many_requests_ahead(web):
    """Requests that were sent ahead are answered in their order; a connection has an end."""
    with any_tls().wrap_socket(socket.create_connection(("127.0.0.1", web.port("https")), 60)) as c:
        c.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n" * 999 + b"GET /none HTTP/1.1\r\nHost: x\r\n\r\n" * 2)
        got = b""
        while more := c.recv(65536):
            got += more
    assert got.count(b"HTTP/1.1 200 OK\r\n") == 999 and got.count(b"HTTP/1.1 404 ") == 1
    assert got.rindex(b"HTTP/1.1 200 ") < got.index(b"HTTP/1.1 404 ")


def test_stop_while_clients_wait(new_server):
    s = new_server(config="listen.http = 80;\n")
    s.add_domain()
    s.start()
    idle, half = (socket.create_connection(("127.0.0.1", s.port("http")), 60) for _ in range(2))
    half.sendall(b"GET /ro")
    s.stop()
    assert idle.recv(100) == b""
    half.settimeout(60)
    assert half.recv(100)[:13] in (b"", b"HTTP/1.1 503 ")
    idle.close()
    half.close()
