#!/usr/bin/env python3
"""Draws doc/roles.svg, the picture of the README: who touches what, and the way of one mail."""
import pathlib

BOX = '<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="8" fill="{fill}" stroke="#33475b"/>'
NAME = '<text x="{x}" y="{y}" font-size="15" font-weight="600" text-anchor="middle" fill="#16202b">{text}</text>'
NOTE = '<text x="{x}" y="{y}" font-size="11.5" text-anchor="middle" fill="#405468">{text}</text>'
ARROW = '<path d="{d}" fill="none" stroke="{color}" stroke-width="1.8" marker-end="url(#{mark})"/>'
LABEL = '<text x="{x}" y="{y}" font-size="11.5" text-anchor="middle" fill="{color}">{text}</text>'
BLUE, GREY = "#1f6feb", "#7a8b9c"

boxes = [
    # x, y, w, h, fill, name, notes
    (20, 150, 120, 90, "#f2f4f7", "the world", ["SMTP 25"]),
    (20, 290, 120, 90, "#f2f4f7", "people", ["587 465 110 995", "143 993"]),
    (215, 150, 150, 90, "#fff3d6", "front-mx", ["TLS, SMTP; no files,", "no keys, no authority"]),
    (215, 290, 150, 90, "#fff3d6", "front-user", ["TLS, logon; no files,", "no keys, no authority"]),
    (215, 20, 150, 74, "#e9e2f8", "keys", ["signs; no files,", "no network"]),
    (450, 20, 150, 74, "#ffe1dc", "parser", ["MIME of strangers;", "has nothing at all"]),
    (450, 150, 150, 90, "#dff3e4", "directory", ["accounts, mailboxes,", "rights, secrets"]),
    (450, 290, 150, 90, "#dff3e4", "store", ["mail, sessions", "after logon"]),
    (685, 290, 130, 90, "#eef2f5", "journal", ["one record, one flush,", "then 250"]),
    (685, 150, 130, 90, "#eef2f5", "transport", ["outgoing mail"]),
    (685, 20, 130, 74, "#eef2f5", "attendant", ["ports, children,", "reads no client"]),
]
arrows = [
    ("M140 195 H212", BLUE), ("M140 335 H212", BLUE), ("M290 150 V97", GREY), ("M365 175 C410 160 420 110 466 97", BLUE),
    ("M365 195 H447", BLUE), ("M365 325 C405 300 415 260 452 238", GREY), ("M365 232 C410 250 420 285 447 308", BLUE),
    ("M365 350 H447", GREY), ("M600 335 H682", BLUE), ("M525 240 V287", GREY), ("M600 305 C640 290 650 240 682 215", GREY),
]
labels = [(262, 128, "sign", GREY), (396, 122, "2 parse", BLUE), (406, 188, "1 ticket", BLUE), (398, 222, "3 deliver", BLUE),
          (405, 366, "hand over", GREY), (392, 290, "who?", GREY), (641, 328, "4 flush", BLUE), (548, 268, "limits", GREY)]

out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 835 400" font-family="system-ui, sans-serif" role="img" '
       'aria-label="Roles of Bourse: front, keys, parser, directory, store, transport, attendant">',
       "<defs>"]
for mark, color in (("b", BLUE), ("g", GREY)):
    out.append(f'<marker id="{mark}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
               f'<path d="M0 0 L8 4 L0 8 z" fill="{color}"/></marker>')
out.append('</defs><rect width="835" height="400" fill="#ffffff"/>')
for x, y, w, h, fill, name, notes in boxes:
    out.append(BOX.format(x=x, y=y, w=w, h=h, fill=fill))
    out.append(NAME.format(x=x + w / 2, y=y + 26, text=name))
    for i, note in enumerate(notes):
        out.append(NOTE.format(x=x + w / 2, y=y + 47 + 16 * i, text=note))
for d, color in arrows:
    out.append(ARROW.format(d=d, color=color, mark="b" if color == BLUE else "g"))
for x, y, text, color in labels:
    out.append(LABEL.format(x=x, y=y, text=text, color=color))
out.append("</svg>")
pathlib.Path(__file__).resolve().parents[1].joinpath("doc/roles.svg").write_text("\n".join(out) + "\n")
