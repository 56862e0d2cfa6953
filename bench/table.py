"""A run's result as plain data, as text for the terminal and as Markdown."""
import json
import math
import os
import pathlib
import platform
import statistics
import subprocess

import peers
import rows

VERDICTS = {"goal reached": "32", "ahead": "36", "behind": "31"}


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


def times(ours, theirs, better):
    """How many times better ours is; None where that cannot be said."""
    if ours is None or theirs is None or min(ours, theirs) <= 0:
        return None
    return ours / theirs if better == rows.MORE else theirs / ours


def goal_words(goals, unit, better):
    """What is wanted, as words."""
    words = []
    for factor, against in goals:
        if against == "value":
            words.append(f"{'at least' if better == rows.MORE else 'at most'} {factor:,} {unit}")
        elif against == "machine":
            words.append(f"{100 * factor:.0f} % of the machine")
        else:
            words.append(f"{factor:,} times {'the best peer' if against == 'best' else peers.TITLES[against]}")
    return ", ".join(words)


def is_reached(goals, medians, best, better):
    """True, False, or None where nothing to compare with was measured."""
    reached = []
    for factor, against in goals:
        if against == "value":
            reached.append(medians["bourse"] >= factor if better == rows.MORE else medians["bourse"] <= factor)
            continue
        ratio = times(medians["bourse"], best if against == "best" else medians.get(against), better)
        if ratio is not None:
            reached.append(ratio >= factor)
    return all(reached) if reached else None


def verdict(goals, medians, best, better):
    if "bourse" not in medians:
        return "not measured"
    if is_reached(goals, medians, best, better):
        return "goal reached"
    if best is None:
        return ""
    return "ahead" if (medians["bourse"] >= best if better == rows.MORE else medians["bourse"] <= best) else "behind"


def goal_at(goals, medians, best, better):
    """What the goals ask for together, as how many times better than the best peer."""
    wanted = []
    for factor, against in goals:
        theirs = best if against == "best" else medians.get(against)
        figure_wanted = factor if against == "value" else None if not theirs else theirs * factor if better == rows.MORE else theirs / factor
        wanted.append(times(figure_wanted, best, better))
    wanted = [w for w in wanted if w]
    return max(wanted) if wanted else None


def row_result(bench, row, size, values):
    medians = {s: statistics.median(v) for s, v in values.items() if v}
    rivals = {s: v for s, v in medians.items() if s not in ("bourse", "machine")}
    best = (max if row.better == rows.MORE else min)(rivals, key=rivals.get) if rivals else None
    problems = {server: why[row.key] for (group, n, server), why in bench.problems.items()
                if n == size and row.key in why and not values.get(server)}
    said = verdict(row.goals, medians, rivals.get(best), row.better)
    if said == "not measured":
        said = "missing" if "bourse" in problems or row.key.startswith("lmtp") else said
    return {"key": row.key, "name": row.name.format(crowd=bench.crowd), "unit": row.unit, "better": row.better, "size": size,
            "how": row.how, "limit": row.limit, "goal": goal_words(row.goals, row.unit, row.better),
            "goal_at": goal_at(row.goals, medians, rivals.get(best), row.better), "detail": row.detail,
            "median": medians, "spread": {s: (max(v) - min(v)) / 2 / statistics.median(v) if statistics.median(v) else 0
                                          for s, v in values.items() if v},
            "best_peer": best, "times_best_peer": times(medians.get("bourse"), rivals.get(best), row.better),
            "share_of_machine": times(medians.get("bourse"), medians.get("machine"), row.better),
            "verdict": said, "rounds": values, "problems": problems}


def result(bench):
    """Everything, as plain lists and dictionaries."""
    found = [row_result(bench, row, size, bench.values[row.key, size])
             for row in rows.ROWS for size in [0, *bench.sizes] if (row.key, size) in bench.values]
    memory_kib = int(pathlib.Path("/proc/meminfo").read_text().split()[1])
    return {"machine": f"{os.cpu_count()} x {processor()}, {memory_kib / 2**20:.0f} GiB, Linux {platform.release()}",
            "commit": commit(), "quick": bench.quick, "complete": bench.is_done, "rounds_wanted": bench.rounds,
            "messages": bench.main_size, "sizes": bench.sizes, "mail": bench.mail,
            "limits": {name: bench.limit(name) for name in bench.limits}, "absent": bench.absent,
            "durable": {kind.name: kind.durable for kind in peers.ALL if kind.name in bench.servers},
            "needed": [row.key for row in rows.ROWS if row.limit], "rows": found}


def json_text(result):
    return json.dumps(result, indent=1) + "\n"


def again(path):
    """An earlier run's result; what follows from the figures alone is as that run said it."""
    return json.loads(pathlib.Path(path).read_text())


# ---- shapes ----

def figure(value):
    if value is None:
        return ""
    if value == 0:
        return "0"
    digits = max(0, 2 - int(math.floor(math.log10(abs(value)))))
    return f"{value:,.{min(digits, 3)}f}"


def ratio_text(ratio):
    return "" if ratio is None else f"{ratio:,.0f} x" if ratio >= 100 else f"{ratio:.2f} x" if ratio < 10 else f"{ratio:.1f} x"


def share_text(share):
    return "" if share is None else f"{100 * share:.0f} %" if share >= 0.01 else "< 1 %"


def main_rows(result):
    """One of each key: at the large mailbox's size, or at the largest there is."""
    largest = {}
    for row in result["rows"]:
        if row["size"] <= result["messages"] and (row["median"] or row["problems"]):
            largest[row["key"]] = row
    return list(largest.values())


def full_name(row, result):
    return row["name"] + (f", {row['size']:,} messages" if row["size"] not in (0, result["messages"]) else "")


def aligned(lines, left=2):
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return [[c.ljust(w) if k < left else c.rjust(w) for k, (c, w) in enumerate(zip(line, widths))] for line in lines]


def head(result):
    state = "" if result["complete"] else "; BROKEN OFF, not all rows are there"
    yield (f"{result['machine']}; commit {result['commit']}; medians of {result['rounds_wanted']} round(s){state}")
    yield f"Large mailbox: {result['messages']:,} messages of 4 KiB. Real mail: {result['mail']}."
    yield "The machine: " + ", ".join(f"{figure(v)} {k}" for k, v in result["limits"].items()) + "."


def notes(result):
    for name, why in result["absent"].items():
        yield f"not measured: {peers.TITLES[name]}: {why}"
    said = {}
    for row in result["rows"]:
        for server, why in row["problems"].items():
            said.setdefault((server, why.strip().splitlines()[-1] if why.strip() else "?"), []).append(
                row["name"])
    for (server, why), names in said.items():
        names = dict.fromkeys(names)
        yield f"failed: {peers.TITLES[server]}: {', '.join(dict.fromkeys(names))}: {why}"


def text(result, colour=False):
    """For the terminal: Bourse, the best peer, the limit, and what to make of it."""
    lines = [["", "unit", "Bourse", "+-", "best peer", "", "times", "machine", "of it", "verdict"]]
    for row in main_rows(result):
        best = row["best_peer"]
        spread = row["spread"].get("bourse")
        lines.append([full_name(row, result), row["unit"], figure(row["median"].get("bourse")), f"{100 * spread:.0f} %" if spread else "",
                      figure(row["median"].get(best)), peers.TITLES.get(best, ""), ratio_text(row["times_best_peer"]),
                      figure(row["median"].get("machine")), share_text(row["share_of_machine"]), row["verdict"]])
    out = [*head(result), ""]
    for cells, line in zip(aligned(lines), lines):
        mark = VERDICTS.get(line[-1]) if colour else None
        out.append("  ".join(cells[:-1]) + "  " + (f"\033[{mark}m{line[-1]}\033[0m" if mark else line[-1]))
    if len(result["sizes"]) > 1:
        out += ["", "Growth with the size of the mailbox: Bourse / best peer", ""] + ["  ".join(c) for c in aligned(growth(result))]
    return "\n".join(out + [""] + list(notes(result)))


def growth(result, without="-"):
    """For each row that has sizes a line: Bourse and the best peer at each; without the rows whose key begins so."""
    lines = [["", "unit"] + [f"{n:,}" for n in result["sizes"]]]
    keys = dict.fromkeys(row["key"] for row in result["rows"] if row["size"] and not row["key"].startswith(without))
    for key in keys:
        found = {row["size"]: row for row in result["rows"] if row["key"] == key}
        if len(found) < 2:
            continue
        some = next(iter(found.values()))
        cells = [some["name"], some["unit"]]
        for size in result["sizes"]:
            row = found.get(size)
            cells.append("" if row is None else
                         f"{figure(row['median'].get('bourse')) or '-'} / {figure(row['median'].get(row['best_peer'])) or '-'}")
        lines.append(cells)
    return lines


def as_markdown(lines, left=2):
    yield "| " + " | ".join(lines[0]) + " |"
    yield "|" + "|".join("---" if k < left else "--:" for k in range(len(lines[0]))) + "|"
    for line in lines[1:]:
        yield "| " + " | ".join(line) + " |"


def markdown(result):
    """For the README: all servers beside each other."""
    columns = [n for n in ("postfix", "opensmtpd", "dovecot", "dovecot-sdbox", "cyrus") if any(n in r["median"] for r in result["rows"])]
    lines = [["", "unit", "Bourse"] + [peers.TITLES[c] for c in columns] + ["machine's limit", "times best peer", "of the limit", ""]]
    for row in main_rows(result):
        if row["detail"] or not row["median"]:
            continue
        ours = figure(row["median"].get("bourse"))
        lines.append([full_name(row, result), row["unit"], f"**{ours}**" if ours else ""]
                     + ["failed" if c in row["problems"] else figure(row["median"].get(c)) for c in columns]
                     + [figure(row["median"].get("machine")), ratio_text(row["times_best_peer"]), share_text(row["share_of_machine"]),
                        f"**{row['verdict']}**" if row["verdict"] in ("behind", "missing") else row["verdict"]])
    out = [*(line + "  " for line in head(result)), "", *as_markdown(lines)]
    if len(result["sizes"]) > 1:
        out += ["", "Growth with the size of the mailbox, Bourse / best peer:", "", *as_markdown(growth(result, "first."))]
    out += ["", "What a 250 means: " + "; ".join(f"{peers.TITLES[n]}: {what}" for n, what in result["durable"].items()) + ".", ""]
    out += [f"- {note}" for note in notes(result)]
    return "\n".join(out).rstrip() + "\n"


def listing():
    """The table of rows itself."""
    lines = [["row", "name", "unit", "better", "who", "how", "machine's limit", "goal"]]
    for row in rows.ROWS:
        lines.append([row.key, row.name.format(crowd=500), row.unit, row.better, " ".join(row.who), row.how, row.limit or "none",
                      goal_words(row.goals, row.unit, row.better) or "ahead"])
    return "\n".join(as_markdown(lines, 8))
