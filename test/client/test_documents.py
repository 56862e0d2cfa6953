"""What the documents name is there: links, files, commands, options. Manual pages are free of faults."""
import pathlib
import re
import shlex
import shutil
import subprocess

import pytest
from server import BOURSE, BOURSED, TOP


def files(folder=TOP):
    """All that belongs to the tree; what programs make beside it comes and goes."""
    for entry in folder.iterdir():
        if folder == TOP and entry.name.startswith(("build", ".", "data")):
            continue
        yield entry
        if entry.is_dir() and not entry.is_symlink() and entry.name != "__pycache__":
            yield from files(entry)


ALL_FILES = list(files())
PAGES = sorted(p for p in ALL_FILES if p.suffix == ".md")
NAMES = [p.relative_to(TOP).as_posix() for p in PAGES]
MANUALS = sorted((TOP / "doc/man").glob("*.[0-9]"))
FOLDERS = ("src/", "doc/", "test/", "tools/", "packaging/", "bench/")
FILE = re.compile(r"[\w.*<>-]{2,}\.(?:c|h|tbl|py|md|sh|t)")  # x.c stands for any


def output(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)


def blocks(text):
    """Lines of the sh blocks, continued ones put together."""
    for block in re.findall(r"^```(?:sh)?\n(.*?)^```", text, re.M | re.S):
        yield from re.sub(r"(\\|\|)\n", r"\1 ", block).splitlines()


def spans(text):
    """What stands in single backticks outside blocks."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))


def calls(text, program):
    """Every use of a program, as its words."""
    for line in [*blocks(text), *spans(text)]:
        for part in re.split(r"\s[|&;]+\s", line.split(" # ")[0]):
            try:
                words = shlex.split(part, comments=True)
            except ValueError:  # a single backslash or quote is no command
                continue
            if words[:1] == [program]:
                yield words[1:]


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_are_alive(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target.split("#")[0]).exists(), f"{target} is not there"


def named_files(page):
    for span in spans(page.read_text()):
        name, _, symbol = span.partition(":")
        if name.startswith(FOLDERS) and re.fullmatch(r"[\w./*<>-]+", name):
            yield span, re.sub(r"<\w+>\*?", "*", name).rstrip("/"), symbol
        elif FILE.fullmatch(name):
            yield span, "**/" + re.sub(r"<\w+>\*?", "*", name), symbol


# Pages of reasons also name what was decided against.
@pytest.mark.parametrize("page", [p for p in PAGES if p.parent.name != "why"], ids=[n for n in NAMES if "/why/" not in n])
def test_named_files_are_there(page):
    for span, pattern, symbol in named_files(page):
        # A page of a folder names files of its folder; other pages name them from the top.
        found = [p for p in ALL_FILES if p.match(pattern[3:])] if pattern.startswith("**/") else [*TOP.glob(pattern), *page.parent.glob(pattern)]
        assert found, f"`{span}` names nothing that is there"
        if re.fullmatch(r"\w+", symbol):
            assert any(re.search(rf"\b{symbol}\b", p.read_text()) for p in found if p.is_file()), f"`{span}`: no {symbol}"


def command_help(words):
    """The help of the command that the words begin with."""
    plain = [word for word in words if not word.startswith("-")]
    # "list member add" is "list member-add".
    for name in ([*plain[:1], "-".join(plain[1:3])], plain[:2], plain[:1]):
        shown = output(BOURSE, "help", *name)
        if shown.returncode == 0:
            return shown.stdout
    return None


def options_in(words):
    return [word.split("=")[0] for word in words if re.match(r"--\w", word)]


def is_offered(option, text):
    return re.search(rf"{option}\b|--\[no-\]{option.removeprefix('--no-').removeprefix('--')}\b", text) is not None


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_commands_exist(page):
    for words in calls(page.read_text(), "bourse"):
        text = command_help([word for word in words if re.match(r"[\w-]", word)])
        assert text is not None, f"no such command: bourse {' '.join(words)}"
        for option in options_in(words):
            assert is_offered(option, text), f"bourse {' '.join(words)}: no option {option}"


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
@pytest.mark.parametrize("program, path", [("boursed", BOURSED), ("./run", TOP / "run"), ("./check", TOP / "check")])
def test_options_of_programs_exist(page, program, path):
    shown = None
    for words in calls(page.read_text(), program):
        shown = shown or output(path, "--help").stdout
        for option in options_in(words):
            assert is_offered(option, shown), f"{program} {' '.join(words)}: no option {option}"


@pytest.fixture(scope="module")
def config_keys(tmp_path_factory):
    shown = output(BOURSE, "--data", tmp_path_factory.mktemp("none"), "config", "show", "--all").stdout
    keys, section = set(), ""
    for line in shown.splitlines():
        if line.endswith("{"):
            section = line.split()[0]
        elif "=" in line:
            keys.add(f"{section}.{line.split('=')[0].strip()}")
    assert "listen.smtp" in keys, shown
    return keys


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_options_of_the_configuration_exist(page, config_keys):
    sections = {key.split(".")[0] for key in config_keys}
    for span in spans(page.read_text()):
        found = re.fullmatch(r"([a-z]+)\.([a-z_0-9]+)", span)
        if found and found.group(1) in sections and not FILE.fullmatch(span):
            assert span in config_keys, f"there is no option {span}"


def test_the_manual_of_boursed_has_its_options():
    text = (TOP / "doc/man/boursed.8").read_text()
    for option in re.findall(r"^  --([\w-]+)", output(BOURSED, "--help").stdout, re.M):
        assert f"\\-{option}" in text, f"--{option} is not in boursed(8)"


@pytest.mark.parametrize("manual", MANUALS, ids=lambda p: p.name)
def test_manuals_have_no_fault(manual):
    if shutil.which("mandoc") is None:
        pytest.skip("mandoc is not installed")
    shown = output("mandoc", "-T", "lint", "-W", "warning", manual)
    assert shown.returncode == 0, shown.stdout + shown.stderr


def test_the_users_of_the_package_can_be_made(tmp_path):
    if shutil.which("systemd-sysusers") is None:
        pytest.skip("systemd-sysusers is not installed")
    (tmp_path / "etc").mkdir()
    shown = output("systemd-sysusers", "--dry-run", f"--root={tmp_path}", TOP / "packaging/systemd/bourse.sysusers")
    assert shown.returncode == 0, shown.stderr
    made = set(re.findall(r"Would create user (\S+)|Creating user '([^']+)'", shown.stdout + shown.stderr))
    wanted = re.findall(r'^OPTION\(user, \w+, STRING, "([\w-]+)"', (TOP / "src/config/options.tbl").read_text(), re.M)
    assert wanted
    told = {name for pair in made for name in pair if name}
    declared = set(re.findall(r"^u (\S+)", (TOP / "packaging/systemd/bourse.sysusers").read_text(), re.M))
    assert set(wanted) == declared and (not told or told == declared)


def test_the_package_builds_from_the_one_list():
    """What packages.txt needs for a build, Debian's control file needs too; gcc and libc6-dev are there for every package."""
    listed = {line.split()[1] for line in (TOP / "packages.txt").read_text().splitlines() if line.startswith("build ")}
    field = re.search(r"^Build-Depends:(.*?)^\S", (TOP / "packaging/debian/control").read_text(), re.M | re.S).group(1)
    named = {name.split()[0] for name in field.replace("\n", " ").split(",") if name.strip()}
    assert listed - {"gcc", "libc6-dev"} == {name for name in named if not name.startswith(("debhelper", "dh-"))}
