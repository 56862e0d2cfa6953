"""Archives of a mailing list that never was: threads with quoted text, patches, a few attachments; the same octets every time."""
import base64
import email.utils
import random
import time

SEPARATOR = b"From %s %s\n"
WORDS = ("release patch review build server folder message header kernel driver memory leak test suite branch merge commit "
         "version table index query thread socket buffer queue worker signal handler timeout retry cache page lock license "
         "manual question answer problem solution report please thanks maybe never always again today tomorrow list archive").split()
NAMES = [f"{first} {last}" for first in ("Ann", "Bert", "Carla", "Dirk", "Eva", "Frédéric", "Gina", "Hans", "Ida", "Jörg")
         for last in ("Adler", "Berg", "Cole", "Dorn", "Ekman", "Fuchs", "Grau", "Holt")]
BEGIN = 1_000_000_000  # 2001-09-09


class Thread:
    def __init__(self, subject, first):
        self.subject, self.ids = subject, [first]


def sentence(r, words):
    return " ".join(r.choice(WORDS) for _ in range(words)).capitalize() + "."


def text_of(r, reply, before):
    lines = []
    if reply:
        lines += [f"On some day {r.choice(NAMES)} wrote:"] + [f"> {line}" for line in before[:r.randrange(2, 12)]] + [""]
    for _ in range(r.randrange(1, 6)):
        lines += [sentence(r, r.randrange(6, 12)) for _ in range(r.randrange(1, 6))] + [""]
    if r.random() < 0.03:
        lines += ["From the beginning it was so.", ""]  # what an mbox has to quote
    return lines + ["-- ", r.choice(NAMES)]


def messages(count, seed=1, mail="lists.example"):
    """(message with CRLF, its time) for each; its number stands in its Message-ID."""
    r = random.Random(seed)
    threads, before = [], [""]
    for n in range(count):
        when = BEGIN + n * 600 + r.randrange(600)
        message_id = f"<{n}.{seed}@{mail}>"
        reply = threads and r.random() < 0.7
        thread = r.choice(threads[-50:]) if reply else Thread(sentence(r, 4)[:-1], message_id)
        name = r.choice(NAMES)
        header = [f"Received: from out.example (out.example [192.0.2.7]) by {mail} with ESMTP; {email.utils.formatdate(when)}",
                  f"From: {email.utils.formataddr((name, name.split()[1].lower() + '@example.net'), 'utf-8')}", f"To: devel@{mail}",
                  f"Date: {email.utils.formatdate(when - 5)}", f"Subject: {'Re: ' if reply else ''}[devel] {thread.subject}",
                  f"Message-ID: {message_id}", f"List-Id: <devel.{mail}>"]
        if reply:
            header += [f"In-Reply-To: {thread.ids[-1]}", "References: " + "\r\n ".join(thread.ids[-5:])]
            thread.ids.append(message_id)
        else:
            threads.append(thread)
        lines = text_of(r, reply, before)
        before = [line for line in lines if line and not line.startswith(">")]
        if r.random() < 0.02:
            part = base64.encodebytes(r.randbytes(r.randrange(1000, 30000))).decode().replace("\n", "\r\n")
            header += ["MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="=_b"']
            lines = ["--=_b", "Content-Type: text/plain; charset=utf-8", "", *lines, "--=_b",
                     "Content-Type: application/octet-stream", "Content-Transfer-Encoding: base64",
                     'Content-Disposition: attachment; filename="0001.patch"', "", part + "--=_b--"]
        yield "\r\n".join(header + ["", *lines, ""]).encode(), when


def separator(when, sender=b"devel-bounces@lists.example"):
    return SEPARATOR % (sender, time.strftime("%a %b %e %H:%M:%S %Y", time.gmtime(when)).encode())


def quoted(message):
    """As mboxrd has it, with LF."""
    lines = message.replace(b"\r\n", b"\n").split(b"\n")
    return b"\n".join(b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in lines)


def write_mbox(path, rows):
    with open(path, "wb") as f:
        for message, when in rows:
            f.write(separator(when) + quoted(message) + b"\n")
