"""The newest part of CHANGELOG.md on standard input as debian/changelog: debian-changelog.py VERSION DATE."""
import re
import sys
import textwrap

version, date = sys.argv[1:]
newest = re.split(r"^## .*$", sys.stdin.read(), flags=re.M)[1]
print(f"bourse ({version}) unstable; urgency=medium\n")
for item in re.split(r"^- ", newest, flags=re.M)[1:]:
    print(textwrap.fill(" ".join(item.split()), 78, initial_indent="  * ", subsequent_indent="    ", break_long_words=False))
print(f"\n -- The Bourse authors <bourse@packages.debian.org>  {date}")
