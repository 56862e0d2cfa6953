"""The result as text, as JSON and as a plot."""
import html
import json
import math
import os
import pathlib
import platform
import subprocess

ORDER = ["bourse", "postfix", "opensmtpd", "dovecot", "dovecot-sdbox", "cyrus", "machine"]
TITLES = {"bourse": "Bourse", "postfix": "Postfix+Dovecot", "opensmtpd": "OpenSMTPD", "dovecot": "Dovecot maildir",
          "dovecot-sdbox": "Dovecot sdbox", "cyrus": "Cyrus", "machine": "machine"}


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def commit():
    here = pathlib.Path(__file__).parent
    done = subprocess.run(["git", "-c", f"safe.directory={here.parent}", "-C", here, "describe", "--always", "--dirty"],
                          capture_output=True, text=True, check=False)
    return done.stdout.strip()


def result(bench, found):
    """Everything, as plain lists and dictionaries."""
    rows = []
    for row in found.rows.values():
        medians = {s: row.median(s) for s in ORDER if row.median(s) is not None}
        rivals = [v for s, v in medians.items() if s not in ("bourse", "machine", *row.unlike)]
        best = (max if row.more_is_better else min)(rivals) if rivals else None
        rows.append({"name": row.name, "unit": row.unit, "more_is_better": row.more_is_better, "median": medians,
                     "times_best_peer": times(medians.get("bourse"), best, row.more_is_better),
                     "share_of_machine": times(medians.get("bourse"), medians.get("machine"), row.more_is_better),
                     "rounds": row.values, "problems": row.problems, "unlike": row.unlike})
    memory_kib = int(pathlib.Path("/proc/meminfo").read_text().split()[1])
    return {"machine": f"{os.cpu_count()} x {processor()}, {memory_kib / 2**20:.0f} GiB, Linux {platform.release()}",
            "commit": commit(), "quick": bench.quick, "rounds": bench.rounds, "messages": found.box_count,
            "limits": {name: found.limit(name) for name in found.limits}, "absent": bench.absent, "rows": rows}


def times(ours, theirs, more_is_better):
    """How many times better ours is; None where that cannot be said."""
    if ours is None or theirs is None or min(ours, theirs) <= 0:
        return None
    return ours / theirs if more_is_better else theirs / ours


def figure(value):
    if value is None:
        return ""
    if value == 0:
        return "0"
    digits = max(0, 2 - int(math.floor(math.log10(abs(value)))))
    return f"{value:,.{min(digits, 3)}f}"


def text(result):
    """A table in Markdown."""
    columns = [s for s in ORDER if any(s in row["median"] for row in result["rows"])]
    lines = [f"{result['machine']}; commit {result['commit']}; {result['rounds']} round(s), medians; "
             f"IMAP folder of {result['messages']:,} messages of 4 KiB", "",
             "Machine: " + ", ".join(f"{figure(v)} {k}" for k, v in result["limits"].items()), ""]
    table = [["", "unit"] + [TITLES[c] for c in columns] + ["times the best peer", "of the machine"]]
    for row in result["rows"]:
        ratio, share = row["times_best_peer"], row["share_of_machine"]
        table.append([row["name"], row["unit"]]
                     + ["failed" if c in row["problems"] else
                        figure(row["median"].get(c)) + (" *" if c in row["unlike"] else "") for c in columns]
                     + [f"{ratio:.2f}" if ratio else "", f"{100 * share:.0f} %" if share else ""])
    widths = [max(len(line[i]) for line in table) for i in range(len(table[0]))]
    for i, line in enumerate(table):
        cells = [cell.ljust(w) if k < 2 else cell.rjust(w) for k, (cell, w) in enumerate(zip(line, widths))]
        lines.append("| " + " | ".join(cells) + " |")
        if i == 0:
            lines.append("|" + "|".join("-" * (w + 1) + ("-" if k < 2 else ":") for k, w in enumerate(widths)) + "|")
    for server, why in sorted({pair for row in result["rows"] for pair in row["unlike"].items()}):
        lines.append(f"* {TITLES[server]}: not compared: {why}")
    for name, why in result["absent"].items():
        lines.append(f"not measured: {TITLES[name]}: {why}")
    for row in result["rows"]:
        for server, why in row["problems"].items():
            lines.append(f"failed: {row['name']}: {TITLES[server]}: {why.splitlines()[-1]}")
    return "\n".join(lines)


def write_json(result, path):
    path.write_text(json.dumps(result, indent=1) + "\n")


def write_svg(result, path):
    """For each row a bar on a logarithmic scale: how many times better than the best peer Bourse is; 1 is even."""
    rows = [r for r in result["rows"] if r["times_best_peer"]]
    left, wide, step, top = 330, 520, 20, 60
    reach = max([1.0] + [abs(math.log10(r["times_best_peer"])) for r in rows])
    reach = math.ceil(reach)
    middle = left + wide / 2
    height = top + step * len(rows) + 30

    def x(times):
        return middle + math.log10(times) / reach * wide / 2

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + wide + 80} {height}" font-family="sans-serif" font-size="12">',
           '<style>text{fill:#222}.g{stroke:#ccc}.a{fill:#2a7f4f}.b{fill:#b5482f}'
           '@media(prefers-color-scheme:dark){text{fill:#ddd}.g{stroke:#555}}</style>',
           '<text x="8" y="20" font-size="15">Bourse beside the better of its peers in each row: how many times better</text>',
           f'<text x="8" y="38">{html.escape(result["machine"])}; commit {html.escape(result["commit"])}</text>']
    for power in range(-reach, reach + 1):
        at, label = x(10.0 ** power), f"{10.0 ** power:g}"
        out.append(f'<line class="g" x1="{at:.1f}" y1="{top - 8}" x2="{at:.1f}" y2="{height - 24}"/>'
                   f'<text x="{at:.1f}" y="{height - 8}" text-anchor="middle">{label}</text>')
    for i, row in enumerate(rows):
        ratio, y = row["times_best_peer"], top + i * step
        first, second = sorted((middle, x(ratio)))
        out.append(f'<text x="{left - 8}" y="{y + 11}" text-anchor="end">{html.escape(row["name"])}</text>'
                   f'<rect class="{"a" if ratio >= 1 else "b"}" x="{first:.1f}" y="{y}" width="{max(1, second - first):.1f}" height="14"/>'
                   f'<text x="{second + 4:.1f}" y="{y + 11}">{ratio:.2f}</text>')
    out.append("</svg>")
    path.write_text("\n".join(out) + "\n")
