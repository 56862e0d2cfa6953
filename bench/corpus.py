"""Real mail for the load: messages of a folder, made fit for every server, as a pack (see mail_files.c).

The messages stay where they are; the pack lies in the run's data folder and goes with it."""
import pathlib
import re

OCTETS_MAX = 1 << 20
ONCE = ("from", "sender", "reply-to", "to", "cc", "bcc", "subject", "date", "in-reply-to", "references")
FIELD = re.compile(rb"[!-9;-~]+:|[ \t]")


def fit(octets):
    """The message with CRLF, dots stuffed and a Message-ID whose number can be set, and where that is; None: a server may
    rightly refuse it, so that it cannot be compared."""
    octets = octets.replace(b"\r\n", b"\n")
    if octets.startswith((b"From ", b">From ")):
        octets = octets.split(b"\n", 1)[1] if b"\n" in octets else b""
    head, _, body = octets.partition(b"\n\n")
    lines = head.split(b"\n")
    if b"\0" in octets or b"\r" in octets or not body or not all(FIELD.match(line) for line in lines):
        return None
    if any(b > 126 for b in head) or any(len(line) > 990 for line in octets.split(b"\n")):
        return None
    kept, skipping = [], False
    for line in lines:
        if not line.startswith((b" ", b"\t")):
            skipping = re.match(rb"(?i)(message-id|return-path|delivered-to)\s*:", line) is not None
        if not skipping:
            kept.append(line)
    names = [line.split(b":")[0].strip().lower().decode() for line in kept if not line.startswith((b" ", b"\t"))]
    if names.count("received") > 30 or any(names.count(n) > 1 for n in ONCE) or "from" not in names or "date" not in names:
        return None
    name = b"Message-ID: <"
    text = b"\n".join([name + b"0000000000.real@senders.example>", *kept]) + b"\n\n" + body
    if not text.endswith(b"\n"):
        text += b"\n"
    text = text.replace(b"\n.", b"\n..").replace(b"\n", b"\r\n") + b".\r\n"
    return (text, len(name)) if len(text) <= OCTETS_MAX else None


def pack(folder, path):
    """Writes the pack; how many messages were taken and how many left out."""
    files = sorted(p for p in pathlib.Path(folder).rglob("*") if p.is_file() and p.suffix in (".eml", ".msg", "")
                   or p.parent.name in ("cur", "new"))
    taken = left_out = 0
    with open(path, "wb") as out:
        for file in files:
            message = fit(file.read_bytes())
            if message is None:
                left_out += 1
                continue
            taken += 1
            out.write(b"%d %d\n" % (len(message[0]), message[1]) + message[0])
    return taken, left_out
