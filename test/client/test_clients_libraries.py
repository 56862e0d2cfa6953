"""Python's own clients, as many programs use them."""
import email
import email.message
import email.policy
import imaplib
import poplib
import smtplib
import time

import pytest

from server import PASSWORD, any_tls

NAMES = ["alice", "DOM\\alice", "DOM/alice", "DOM\\alice\\alice", "DOM/alice/alice", "alice@example.org"]


def clear(server, name="alice"):
    c = server.pop3(name)
    for number in range(1, c.stat()[0] + 1):
        c.dele(number)
    c.quit()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", ["plain", "starttls", "implicit"])
def test_smtplib(server, way, name):
    clear(server, "bob")
    c = server.smtp("submissions" if way == "implicit" else "submission")
    if way == "starttls":
        c.starttls(context=any_tls())
    c.login(name, PASSWORD)
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = "alice@example.org", "bob@example.org", "Grüße"
    message.set_content("Schöne Grüße\n.\n..\n")
    message.add_attachment(bytes(range(256)) * 10, maintype="application", subtype="octet-stream", filename="ä.bin")
    assert c.send_message(message) == {}
    c.quit()
    found = email.message_from_bytes(server.pop3_all("bob")[0], policy=email.policy.default)
    assert found["Subject"] == "Grüße"
    assert found.get_body().get_content().replace("\r\n", "\n") == "Schöne Grüße\n.\n..\n"
    assert next(found.iter_attachments()).get_content() == bytes(range(256)) * 10


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", ["plain", "stls", "implicit"])
def test_poplib(server, way, name):
    clear(server)
    text = server.send("alice@example.org", "one\r\n.two\r\n..")
    server.send("alice@example.org", "second")
    if way == "implicit":
        c = poplib.POP3_SSL("127.0.0.1", server.port("pop3s"), context=any_tls())
    else:
        c = poplib.POP3("127.0.0.1", server.port("pop3"))
    if way == "stls":
        c.stls(any_tls())
    assert "UIDL" in c.capa()
    c.user(name)
    c.pass_(PASSWORD)
    assert c.stat()[0] == 2
    assert (b"\r\n".join(c.retr(1)[1]) + b"\r\n").endswith(text)
    assert c.top(2, 0)[1][-1] == b"" or b"second" not in c.top(2, 0)[1]
    uids = [line.split()[1] for line in c.uidl()[1]]
    c.dele(1)
    c.rset()
    c.dele(1)
    with pytest.raises(poplib.error_proto):
        c.retr(1)
    c.quit()
    c = server.pop3("alice")
    assert [line.split()[1] for line in c.uidl()[1]] == uids[1:]
    c.quit()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", ["plain", "starttls", "implicit"])
def test_imaplib(server, way, name):
    clear(server)
    server.send("alice@example.org", "needle", subject="first")
    server.send("alice@example.org", "hay", subject="second")
    if way == "implicit":
        c = imaplib.IMAP4_SSL("127.0.0.1", server.port("imaps"), ssl_context=any_tls())
    else:
        c = imaplib.IMAP4("127.0.0.1", server.port("imap"))
    if way == "starttls":
        c.starttls(any_tls())
    c.login('"' + name.replace("\\", "\\\\") + '"', PASSWORD)
    assert c.select()[1] == [b"2"]
    assert c.search(None, "SUBJECT", "second")[1] == [b"2"]
    assert c.search(None, "BODY", "needle")[1] == [b"1"]
    assert c.store("1", "+FLAGS", "(\\Seen \\Flagged)")[0] == "OK"
    assert c.search(None, "UNSEEN")[1] == [b"2"]
    folder = f"Work-{way}-{NAMES.index(name)}"
    assert c.create(folder)[0] == "OK"
    assert c.copy("1:2", folder)[0] == "OK"
    assert c.status(folder, "(MESSAGES UNSEEN)")[1][0].endswith(b"(MESSAGES 2 UNSEEN 1)")
    assert c.store("1", "+FLAGS", "\\Deleted")[0] == "OK"
    assert c.expunge()[1] == [b"1"]
    assert c.append(folder, "\\Draft", imaplib.Time2Internaldate(time.time()), b"Subject: draft\r\n\r\nx\r\n")[0] == "OK"
    assert any(folder.encode() in row for row in c.list()[1])
    assert c.select(folder)[1] == [b"3"]
    rows = c.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
    assert [row[1] for row in rows if isinstance(row, tuple)] == [b"Subject: first\r\n\r\n", b"Subject: second\r\n\r\n", b"Subject: draft\r\n\r\n"]
    assert b"\\Flagged" in rows[0][0]
    assert c.close()[0] == "OK"
    assert c.delete(folder)[0] == "OK"
    c.logout()


def test_imaplib_sees_new_mail(server):
    """Without polling the folder: NOOP tells, and IDLE tells by itself."""
    clear(server)
    c = server.imap("alice")
    c.select()
    server.send("alice@example.org")
    c.noop()
    assert c.response("EXISTS")[1][-1] == b"1"
    c.send(b"x IDLE\r\n")
    assert c.readline().startswith(b"+")
    server.send("alice@example.org")
    c.sock.settimeout(60)
    lines = [c.readline()]
    while b"EXISTS" not in lines[-1]:
        lines.append(c.readline())
    assert lines[-1] == b"* 2 EXISTS\r\n"
    c.send(b"DONE\r\n")
    while not lines[-1].startswith(b"x OK"):
        lines.append(c.readline())
    c.logout()


def test_two_clients_on_one_folder(server):
    """What one does the other sees, by IMAP and by POP3."""
    clear(server)
    for number in range(5):
        server.send("alice@example.org", subject=f"m{number}")
    one, two = server.imap("alice"), server.imap("alice", service="imaps")
    one.select()
    two.select()
    one.store("2", "+FLAGS", "(\\Answered)")
    one.store("3,4", "+FLAGS", "(\\Deleted)")
    one.expunge()
    two.noop()
    assert two.response("EXPUNGE")[1] == [b"3", b"3"] or two.response("EXISTS")[1]
    assert two.search(None, "ANSWERED")[1] == [b"2"]
    c = server.pop3("alice")
    assert c.stat()[0] == 3
    c.quit()
    one.logout()
    two.logout()
