"""A run's result as a plot: for each row how many times better than the best of its peers Bourse is."""
import html
import math

import peers
import table

ROW, LEFT, WIDE, RIGHT = 21, 345, 430, 345
SECTIONS = (("Deliveries", ("smtp", "lmtp", "disk", "box")), ("POP3", ("pop3",)), ("IMAP", ("imap", "first", "text", "plain", "index", "expunge", "crash")),
            ("Connections", ("logon", "tls", "idle", "memory")))
STYLE = """
text{fill:#1f2328;font-family:-apple-system,'Segoe UI','Noto Sans','DejaVu Sans',sans-serif;font-size:12px}
.title{font-size:16px;font-weight:600}.section{font-weight:600}.small,.axis{fill:#59636e;font-size:11px}
.grid{stroke:#d1d9e0}.one,.want{stroke:#1f2328;stroke-width:1.5}.goal{fill:#1a7f37}.ahead{fill:#4fa3a5}.behind{fill:#d1572a}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.small,.axis{fill:#9198a1}.grid{stroke:#3d444d}.one,.want{stroke:#e6edf3}
.goal{fill:#3fb950}.ahead{fill:#5fb3b5}.behind{fill:#f0883e}}"""


def sections(result):
    """(title, rows) of what can be drawn."""
    shown = [r for r in table.main_rows(result) if r["times_best_peer"] and not r["detail"]]
    for title, groups in SECTIONS:
        found = [r for r in shown if r["key"].split(".")[0].split("-")[0] in groups]
        if found:
            yield title, found


def label(value):
    return f"{value:g}" if value >= 1 else f"1/{1 / value:g}"


def row_parts(row, name, y, x):
    """One row: its name, its bar from 1, and the figures beside it."""
    ratio, best = row["times_best_peer"], row["best_peer"]
    kind = {"goal reached": "goal", "behind": "behind"}.get(row["verdict"], "ahead")
    first, last = sorted((x(1), x(ratio)))
    figures = (f"{table.figure(row['median']['bourse'])} against {table.figure(row['median'][best])} {row['unit']}, {peers.TITLES[best]}")
    yield f'<text x="{LEFT - 10}" y="{y + 12}" text-anchor="end">{html.escape(name)}</text>'
    yield f'<rect class="{kind}" x="{first:.1f}" y="{y + 1}" width="{max(1.5, last - first):.1f}" height="{ROW - 7}" rx="1.5"/>'
    if row["goal_at"] and x(row["goal_at"]) > x(1):
        yield f'<line class="want" x1="{x(row["goal_at"]):.1f}" y1="{y - 1}" x2="{x(row["goal_at"]):.1f}" y2="{y + ROW - 4}"/>'
        if last < x(row["goal_at"]) < last + 55:
            last = x(row["goal_at"])
    yield (f'<text x="{max(last, x(1)) + 6:.1f}" y="{y + 12}" font-weight="600">{table.ratio_text(ratio).replace(" x", "×")}</text>'
           f'<text class="small" x="{LEFT + WIDE + 50}" y="{y + 12}">{html.escape(figures)}</text>')


def svg(result):
    """On a logarithmic scale with a line at 1; legible on light and on dark ground."""
    parts = list(sections(result))
    ratios = [r["times_best_peer"] for _, found in parts for r in found] or [1.0]
    low, high = math.floor(math.log10(min(ratios + [0.99]))), max(1, math.ceil(math.log10(max(ratios))))
    low = max(low, -2)
    top = 86
    height = top + sum(ROW * (len(found) + 1) + 6 for _, found in parts) + 34

    def x(ratio):
        return LEFT + (max(math.log10(ratio), low) - low) / (high - low) * WIDE

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDE + RIGHT} {height}" role="img">',
           "<title>Bourse beside the best of its peers</title>", f"<style>{STYLE}</style>",
           '<text class="title" x="10" y="24">Bourse beside the best of its peers, row by row: how many times better</text>',
           f'<text class="small" x="10" y="43">{html.escape(result["machine"])}; commit {html.escape(result["commit"])}; '
           f'mailbox of {result["messages"]:,} messages; medians of {result["rounds_wanted"]} round(s)</text>']
    for i, (kind, words) in enumerate((("goal", "goal reached"), ("ahead", "ahead"), ("behind", "behind"))):
        out.append(f'<rect class="{kind}" x="{10 + 105 * i}" y="54" width="12" height="12" rx="1.5"/>'
                   f'<text class="small" x="{27 + 105 * i}" y="64">{words}</text>')
    out.append('<line class="want" x1="325" y1="52" x2="325" y2="68"/><text class="small" x="333" y="64">goal</text>')
    for power in range(low, high + 1):
        at = x(10.0 ** power)
        out.append(f'<line class="{"one" if power == 0 else "grid"}" x1="{at:.1f}" y1="{top - 8}" x2="{at:.1f}" y2="{height - 28}"/>'
                   f'<text class="axis" x="{at:.1f}" y="{height - 12}" text-anchor="middle">{label(10.0 ** power)}×</text>')
    y = top
    for title, found in parts:
        out.append(f'<text class="section" x="10" y="{y + 13}">{title}</text>')
        y += ROW
        for row in found:
            out += row_parts(row, table.full_name(row, result), y, x)
            y += ROW
        y += 6
    out.append("</svg>")
    return "\n".join(out) + "\n"
