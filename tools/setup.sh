# Sourced by ./run and ./check: installs what packages.txt names and this machine lacks, and builds.
# shellcheck shell=bash

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# install_missing WHEN...: the Debian packages of these kinds that are not installed yet.
install_missing() {
	local pattern missing=() package
	pattern="^($(IFS='|'; echo "$*")) "
	while read -r _ package; do
		dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing+=("$package")
	done < <(grep -E "$pattern" "$top/packages.txt")
	[ ${#missing[@]} -eq 0 ] && return 0
	say "installing: ${missing[*]}"
	local as_root=()
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null || die "these packages are missing, and only root can install them: apt-get install ${missing[*]}"
		as_root=(sudo)
	fi
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 || die "apt-get update failed; is this Debian with a network?"
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null \
		|| die "apt-get could not install: ${missing[*]}"
}

# build_in FOLDER [meson options]: configures once, then builds; quiet unless it fails.
build_in() {
	local folder=$1 log
	shift
	log=$(mktemp)
	if [ ! -f "$folder/build.ninja" ]; then
		meson setup "$folder" "$top" "$@" >"$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; die "configuring $folder failed"; }
	fi
	ninja -C "$folder" >"$log" 2>&1 || { tail -n 60 "$log" >&2; rm -f "$log"; die "building in $folder failed"; }
	rm -f "$log"
}
