"""Debian's Thunderbird under a virtual screen, steered through its Marionette port; what it says is recorded between it and the server.
Only in the long round. test/script/imap/3501-6-thunderbird.t is such a record, made a dialogue by hand; with BOURSE_TRANSCRIPT=FILE this
test writes a new one."""
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import threading
import zlib

import pytest

from server import LONG, PASSWORD, TOP, eventually

DIALOGUE = TOP / "test/script/imap/3501-6-thunderbird.t"
pytestmark = pytest.mark.skipif(not LONG or not all(map(shutil.which, ("thunderbird", "Xvfb"))), reason="only in the long round, with thunderbird and xvfb")


class Recorder:
    """Passes octets on, and keeps them as lines: (connection, "C" or "S", line); what is packed, unpacked."""

    def __init__(self, server):
        self.server, self.octets, self.lock = server, [], threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        number = 0
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            number += 1
            far = socket.create_connection(("127.0.0.1", self.server.port("imap")))
            for ends in ((client, far, "C"), (far, client, "S")):
                threading.Thread(target=self.pump, args=(*ends, number), daemon=True).start()

    def pump(self, near, far, who, number):
        try:
            while got := near.recv(65536):
                with self.lock:
                    self.octets.append((number, who, got))
                far.sendall(got)
        except OSError:
            pass
        for end in (near, far):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def lines(self):
        out, ends = [], {}
        with self.lock:
            octets = list(self.octets)
        for number, who, got in octets:
            end = ends.setdefault(number, {"C": b"", "S": b"", "unpack": {}})
            if end["unpack"]:
                got = end["unpack"][who].decompress(got)
            elif who == "S" and b" OK DEFLATE active\r\n" in got:
                end["unpack"] = {"C": zlib.decompressobj(wbits=-15), "S": zlib.decompressobj(wbits=-15)}
            end[who] += got
            while b"\r\n" in end[who]:
                line, end[who] = end[who].split(b"\r\n", 1)
                out.append((number, who, line.decode("utf-8", "replace")))
        return out


class Marionette:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 60)
        self.rest, self.number = b"", 0
        self.read()

    def read(self):
        while b":" not in self.rest or len(self.rest.split(b":", 1)[1]) < int(self.rest.split(b":", 1)[0]):
            got = self.socket.recv(65536)
            assert got, "Thunderbird has gone"
            self.rest += got
        size, rest = self.rest.split(b":", 1)
        self.rest = rest[int(size):]
        return json.loads(rest[:int(size)])

    def call(self, name, **parameters):
        self.number += 1
        text = json.dumps([0, self.number, name, parameters]).encode()
        self.socket.sendall(b"%d:%s" % (len(text), text))
        _, _, problem, result = self.read()
        assert problem is None, problem
        return result

    def run(self, script, *args):
        """The value of an async function's body, run with all privileges."""
        whole = ('const done = arguments[arguments.length - 1], args = [...arguments].slice(0, -1);\n'
                 'const {MailServices} = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");\n'
                 'const far = () => MailServices.accounts.accounts[0].incomingServer;\n'
                 'const folder = (flag) => far().rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags[flag]);\n'
                 f'(async () => {{ {script} }})().then(done, (e) => done("failed: " + e));')
        value = self.call("WebDriver:ExecuteAsyncScript", script=whole, args=list(args))["value"]
        assert not str(value).startswith("failed: "), value
        return value


def preferences(port, marionette):
    server, identity = "mail.server.server1.", "mail.identity.id1."
    return {
        "mail.accountmanager.accounts": "account1", "mail.accountmanager.defaultaccount": "account1",
        "mail.account.account1.server": "server1", "mail.account.account1.identities": "id1",
        server + "type": "imap", server + "hostname": "127.0.0.1", server + "port": port, server + "userName": "alice", server + "name": "alice",
        server + "socketType": 0, server + "authMethod": 3, server + "check_new_mail": False, server + "login_at_startup": False,
        identity + "useremail": "alice@example.org", identity + "fullName": "Alice", identity + "valid": True,
        "mail.provider.suppress_dialog_on_startup": True, "mailnews.start_page.enabled": False, "mail.shell.checkDefaultClient": False,
        "mail.rights.version": 1, "datareporting.policy.dataSubmissionEnabled": False, "toolkit.telemetry.enabled": False,
        "app.update.enabled": False, "extensions.update.enabled": False, "services.settings.server": "data:,", "network.proxy.type": 0,
        "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False, "marionette.port": marionette,
    }


@pytest.fixture
def thunderbird(server, tmp_path):
    """(what steers it, what records it)"""
    recorder = Recorder(server)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    profile = tmp_path / "profile"
    profile.mkdir()
    profile.joinpath("user.js").write_text("".join(f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in preferences(recorder.port, port).items()))
    number, write = os.pipe()
    screen = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"], pass_fds=[write],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    with open(number) as said:  # to the line's end: it comes in pieces
        display = said.readline().strip()
    with open(tmp_path / "out", "wb") as out:
        program = subprocess.Popen(["thunderbird", "--profile", profile, "--no-remote", "--marionette", "--remote-allow-system-access"],
                                   env={**os.environ, "HOME": str(tmp_path), "DISPLAY": f":{display}", "LC_ALL": "C.UTF-8"}, stdout=out, stderr=out)
    try:
        m = eventually(lambda: Marionette(port), 90)
        m.call("WebDriver:NewSession", capabilities={"alwaysMatch": {}})
        m.call("Marionette:SetContext", value="chrome")
        yield m, recorder
    finally:
        program.kill()
        program.wait()
        screen.terminate()
        screen.wait()
        recorder.listener.close()


LOGON = """
    const info = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
    info.init("imap://127.0.0.1", null, "imap://127.0.0.1", args[0], args[1], "", "");
    await Services.logins.addLoginAsync(info);
    far().performExpand(null);"""
CHANGE = """
    const inbox = folder("Inbox"), found = [...inbox.messages].sort((a, b) => a.messageKey - b.messageKey);
    inbox.markMessagesFlagged([found[0]], true);
    inbox.markMessagesRead([found[1]], true);
    inbox.addKeywordsToMessages([found[0]], "$label1");
    inbox.deleteMessages([found[2]], null, false, false, null, false);"""


def look(server, folder, item="FLAGS"):
    """What another client sees."""
    c = server.imap("DOM\\alice")
    c.select(folder, readonly=True)
    found = c.fetch("1:*", f"({item})")[1]
    c.logout()
    return b" ".join(part if isinstance(part, bytes) else b" ".join(part) for part in found if part)


def test_thunderbird(server, thunderbird):
    m, recorder = thunderbird
    for n in range(3):
        server.send("alice@example.org", subject=f"m {n}")
    m.run(LOGON, "alice", PASSWORD)
    eventually(lambda: m.run('return folder("Inbox") != null'), 30)
    m.run('folder("Inbox").updateFolder(null)')
    eventually(lambda: m.run('return folder("Inbox").getTotalMessages(false)') == 3, 30)
    eventually(lambda: recorder.lines()[-1][1:] == ("S", "+ idling"), 30)
    server.send("alice@example.org", subject="later")
    eventually(lambda: m.run('return folder("Inbox").getTotalMessages(false)') == 4, 30)  # IDLE has told it
    m.run(CHANGE)
    eventually(lambda: look(server, "INBOX").count(b"FLAGS") == 3 and b"$label1" in look(server, "INBOX"), 30)
    flags = look(server, "INBOX")
    assert b"\\Flagged" in flags and b"\\Seen" in flags
    assert b"m 2" in look(server, "Trash", "BODY.PEEK[HEADER.FIELDS (SUBJECT)]")
    # Nothing that it says is refused, and the dialogue has all of its commands.
    lines = recorder.lines()
    if os.environ.get("BOURSE_TRANSCRIPT"):
        pathlib.Path(os.environ["BOURSE_TRANSCRIPT"]).write_text("".join(f"{n} {who} {line}\n" for n, who, line in lines))
    assert [line for _, who, line in lines if who == "S" and re.match(r"\S+ (NO|BAD) |\* BYE", line)] == []
    said = {re.match(r"\d+ ((?:uid )?\S+)", line, re.I).group(1).upper() for _, who, line in lines if who == "C" and re.match(r"\d+ [A-Za-z]", line)}
    known = {found.upper() for found in re.findall(r"(?m)^\w+: \d+ ((?:uid )?\w+)", DIALOGUE.read_text(), re.I)}
    assert said - known == set() and len(said) > 12, said - known
