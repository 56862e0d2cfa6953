"""Names of folders, and rights, that are none: refused by each way in with the protocol's own words, and nothing has happened."""
import pytest
from server import PASSWORD, Server, Wire

# What is wrong with it: the name in UTF-8 (octets), and in modified UTF-7 (None: it cannot be written in it).
NAMES = {
    "empty": (b"", b""),
    "no first level": (b"/a", b"/a"),
    "no level between": (b"a//b", b"a//b"),
    "only a separator": (b"/", b"/"),
    "dots": (b"..", b".."),
    "a path upwards": (b"../../etc/passwd", b"../../etc/passwd"),
    "dots between": (b"a/../b", b"a/../b"),
    "a dot": (b"a/.", b"a/."),
    "NUL": (b"a\0b", b"a&AAA-b"),
    "a line end": (b"a\r\nb", b"a&AA0ACg-b"),
    "an escape": (b"a\x1b[31mb", b"a&ABs-[31mb"),
    "a control of C1": ("a\u0085b".encode(), b"a&AIU-b"),
    "line separator": ("a\u2028b".encode(), b"a&ICg-b"),
    "right to left": ("a\u202ecod.exe".encode(), b"a&IC4-cod.exe"),
    "isolate": ("a\u2066b".encode(), b"a&IGY-b"),
    "no character": ("a\uffffb".encode(), b"a&,,8-b"),
    "byte order mark": ("\ufeffa".encode(), b"&,v8-a"),
    "4 KiB": (b"x" * 4096, b"x" * 4096),
    "4 KiB in levels": (b"/".join([b"x"] * 2048), b"/".join([b"x"] * 2048)),
    "no UTF-8": (b"a\xffb", None),
    "UTF-8 cut": (b"a\xc3", None),
    "UTF-8 too long": (b"a\xc0\xaeb", None),
    "a half of a pair": (b"a\xed\xa0\x80b", b"a&2AA-b"),
    "base64 not ended": (None, b"a&AOk"),
    "base64 that is none": (None, b"a&!!-"),
    "ASCII in base64": (None, b"&AGE-"),
    "two in a row": (None, b"&AOk-&AOk-"),
    "odd bits": (None, b"&AOl-"),
}
WHOLE = ("empty", "no first level", "only a separator", "byte order mark")  # is wrong only as the whole of a name, or at its front
ADDRESSES = {
    "dots": b"a..b@example.org", "a dot first": b".a@example.org", "no local part": b"@example.org", "4 KiB": b"x" * 4096 + b"@example.org",
    "no UTF-8": b"a\xffb@example.org", "UTF-8 without SMTPUTF8": "büro@example.org".encode(), "NUL": b"a\0b@example.org", "an escape": b"a\x1bb@example.org",
    "a path": b"../../etc/passwd@example.org", "not there": b"Public Folders/Top@example.org",
}
RIGHTS = {
    "no such letter": b"lrz", "capitals": b"LR", "a digit": b"lr3", "a sign alone": b"+-", "a sign behind": b"lr+", "two signs": b"++l", "blank": b"l r",
    "a role": b"owner", "NUL": b"l\0r", "no UTF-8": b"l\xff", "not ASCII": "lrœ".encode(), "4 KiB": b"lr" * 2047 + b"Z",
}
# By the tool, letters and words are told apart by what they are.
WORDS = {"no such role": b"ownerr", "no such right": b"+delete-mine", "letters that are none": b"--rights=lrz", "a sign alone": b"+", "no UTF-8": b"\xffl",
         "capitals": b"--rights=LR", "4 KiB": b"--rights=" + b"z" * 4096, "empty word": b"+"}
WHOSE = {"nobody": b"nobody-of-that-name", "4 KiB": b"x" * 4096, "no UTF-8": b"\xffalice", "NUL": b"ali\0ce", "a dash": b"-", "a domain alone": b"DOM\\"}


@pytest.fixture(scope="module")
def library():
    s = Server("auth.failures_max = 1000;\nfront.connections_per_address_max = 1000;\n")
    try:
        s.add_domain()
        s.add_person("alice")
        s.start()
        s.bourse("public", "enable")
        s.bourse("folder", "create", "public", "Top")
        s.bourse("folder", "grant", "public", "Top", "DOM\\alice", "owner")
        s.bourse("folder", "grant", "public", "/", "DOM\\alice", "k")
        s.bourse("folder", "address", "Top", "top@example.org")
        yield s
    finally:
        s.destroy()


@pytest.fixture
def before(library):
    """What is there, and must be the same afterwards."""
    def look():
        return (library.bourse("folder", "list", "public").stdout, library.bourse("folder", "list", "alice").stdout,
                library.bourse("folder", "rights", "public", "Top").stdout)

    was = look()
    yield
    assert look() == was


class Session(Wire):
    def __init__(self, server):
        super().__init__(server, "imap")
        self.line()
        self.serial = 0
        assert self.ask(b'LOGIN "DOM\\\\alice" "' + PASSWORD.encode() + b'"') == b"OK"

    def ask(self, command):
        """The status of the answer."""
        self.serial += 1
        tag = b"t%d " % self.serial
        self.send(tag + command + b"\r\n")
        while not (line := self.line()).startswith((tag, b"* BAD")):
            assert line.startswith((b"* ", b"+ ")), line
        return line.split()[1]

    def refused(self, command):
        """NO or BAD, and the session goes on."""
        status = self.ask(command)
        assert self.ask(b"NOOP") == b"OK"
        return status in (b"NO", b"BAD")


def literal(octets):
    return b"{%d+}\r\n" % len(octets) + octets


def ways(octets):
    yield literal(octets)
    if octets and not set(octets) & set(b'\0\r\n"\\') and max(octets) < 0x80:
        yield b'"' + octets + b'"'


@pytest.mark.parametrize("where", ["", "Public Folders/", "Public Folders/Top/"])
def test_imap(library, before, where):
    w = Session(library)
    utf8 = Session(library)
    assert utf8.ask(b"ENABLE UTF8=ACCEPT") == b"OK"
    for what, forms in NAMES.items():
        for session, name in ((utf8, forms[0]), (w, forms[1])):
            if name is None or (where and what in WHOLE):
                continue
            for way in ways(where.encode() + name):
                assert session.refused(b"CREATE " + way), (what, way)
                assert session.refused(b'RENAME "Public Folders/Top" ' + way), (what, way)
    w.close(), utf8.close()


def test_tool(library, before):
    """Its words end at a NUL, whoever wrote them."""
    for what, (name, _) in NAMES.items():
        if name and b"\0" not in name:
            for mailbox in ("public", "alice"):
                ran = library.bourse("folder", "create", mailbox, name, check=False)
                assert ran.returncode != 0 and ran.stderr.strip(), what
                assert "\x1b" not in ran.stderr and "\u202e" not in ran.stderr, what


def test_mail(library, before):
    """A folder has the addresses that it was given, and no other way to it by mail."""
    for what, address in ADDRESSES.items():
        with Wire(library, "smtp") as w:
            w.reply()
            w.send(b"EHLO x\r\n").reply()
            w.send(b"MAIL FROM:<x@elsewhere.example>\r\nRCPT TO:<" + address + b">\r\n")
            assert w.reply()[-1].startswith(b"250")
            assert w.reply()[-1][:1] == b"5", what
    for what, address in ADDRESSES.items():
        if b"\0" not in address and what not in ("not there", "UTF-8 without SMTPUTF8", "a path"):
            ran = library.bourse("folder", "address", "Top", address, check=False)
            assert ran.returncode != 0 and ran.stderr.strip(), what


def test_pop3(library, before):
    for what, (name, _) in NAMES.items():
        if not name or set(name) & set(b"\r\n") or what in ("only a separator", "no first level"):
            continue
        with Wire(library, "pop3") as w:
            w.line()
            w.send(b"USER DOM\\alice\\Public Folders/" + name + b"\r\n")
            said = w.line()
            if said is not None and said.startswith(b"+OK"):
                w.send(b"PASS " + PASSWORD.encode() + b"\r\n")
                said = w.line()
            assert said is None or said.startswith(b"-ERR"), what


def test_rights_by_imap(library, before):
    w = Session(library)
    for what, rights in RIGHTS.items():
        for way in ways(rights):
            assert w.refused(b'SETACL "Public Folders/Top" anyone ' + way), what
    for what, name in WHOSE.items():
        for way in ways(name):
            assert w.refused(b'SETACL "Public Folders/Top" ' + way + b" lr"), what
    w.close()


def test_rights_by_the_tool(library, before):
    for what, rights in WORDS.items():
        ran = library.bourse("folder", "grant", "public", "Top", "anyone", rights, check=False)
        assert ran.returncode != 0 and ran.stderr.strip(), what
    for what, name in WHOSE.items():
        if b"\0" not in name:
            ran = library.bourse("folder", "grant", "public", "Top", "--", name, "reviewer", check=False)
            assert ran.returncode != 0 and ran.stderr.strip(), what
