#!/bin/sh
# dict_test.sh FUZZ_DICT LIST: every dictionary is one that libFuzzer reads: a word in quotes a line, none of it twice bare.
set -eu
count=0
for target in $(sed -n 's/^\([a-z0-9_]\{1,\}\) .*/\1/p' "$2"); do
	bad=$("$1" "$target" | grep -vE '^"([^"\\]|\\\\|\\"|\\x[0-9a-f]{2})+"$' || true)
	[ -z "$bad" ] || { echo "$target: $bad"; exit 1; }
	[ -z "$("$1" "$target" | head -n 1)" ] || count=$((count + 1))
done
[ "$count" -ge 11 ] || { echo "only $count dictionaries"; exit 1; }
for word in BDAT STARTTLS AUTH; do "$1" session | grep -qx "\"$word\"" || { echo "session: no $word"; exit 1; }; done
echo "$count dictionaries"
