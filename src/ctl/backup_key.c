#include "ctl/backup_key.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "io/file.h"

#define HEAD       "bourse-vault 1"
#define OCTETS_MAX ((size_t)16 << 10)
#define KEYS_MAX   64

static enum err path_in(const char *folder, char to[4096])
{
	int len = snprintf(to, 4096, "%s/" BACKUP_KEY_FILE, folder);

	return len > 0 && len < 4096 ? ERR_OK : ERR_TOOLONG;
}

static enum err path_of(const struct backup_folder *b, char to[4096])
{
	char folder[4096];
	int len = snprintf(folder, sizeof(folder), "%s/%s", b->path, manifest_part_name(MANIFEST_DIRECTORY));

	return len > 0 && len < (int)sizeof(folder) ? path_in(folder, to) : ERR_TOOLONG;
}

/* All its memory at once: what a growing buffer leaves behind is not wiped. */
static void begin(struct buf *b)
{
	buf_init(b, OCTETS_MAX);
	must(buf_room(b, OCTETS_MAX) != NULL);
}

/* ---- joining ---- */

static bool has_line(struct str text, struct str want)
{
	struct str line;

	while (str_cut(&text, '\n', &line)) {
		if (str_eq(line, want))
			return true;
	}
	return false;
}

static bool sound(struct str text)
{
	return str_starts(text, S(HEAD "\n")) && str_ends(text, S("\n"));
}

enum err backup_key_join(struct str fresh, struct str old, struct buf *to)
{
	struct str rest = old, line;
	unsigned keys = 0;

	if (!sound(fresh) || (old.len > 0 && !sound(old)))
		return ERR_CORRUPT;
	buf_put(to, fresh);
	for (size_t i = 0; i < fresh.len; i++)
		keys += fresh.at[i] == '\n';
	while (str_cut(&rest, '\n', &line)) {
		if (has_line(fresh, line) || keys++ > KEYS_MAX)
			continue;
		buf_put(to, line);
		buf_put_octet(to, '\n');
	}
	return buf_overflowed(to) ? ERR_TOOBIG : ERR_OK;
}

/* ---- the files ---- */

static enum err read_fd(int fd, struct buf *to)
{
	char *room = buf_room(to, OCTETS_MAX);
	ssize_t n = room != NULL ? pread(fd, room, OCTETS_MAX, 0) : -1;

	if (n <= 0)
		return n < 0 ? ERR_IO : ERR_CORRUPT;
	buf_added(to, (size_t)n);
	return ERR_OK;
}

enum err backup_key_take(const struct backup_folder *b, int from, struct failure *f)
{
	struct buf fresh, old, joined;
	char path[4096];
	enum err e;

	begin(&fresh);
	begin(&old);
	begin(&joined);
	e = path_of(b, path);
	if (e == ERR_OK)
		e = read_fd(from, &fresh);
	if (e == ERR_OK && file_read(path, &old) != ERR_OK)
		old.len = 0;
	if (e == ERR_OK && backup_key_join(buf_str(&fresh), buf_str(&old), &joined) != ERR_OK) {
		joined.len = 0; /* what the backup had is no key file any more */
		e = backup_key_join(buf_str(&fresh), STR_NONE, &joined);
	}
	if (e == ERR_OK && !(joined.len == old.len && str_eq(buf_str(&joined), buf_str(&old))))
		e = file_replace(path, buf_str(&joined), 0600);
	buf_wipe(&fresh);
	buf_wipe(&old);
	buf_wipe(&joined);
	return e == ERR_OK ? e : fail(f, e, "%s: the key to the passwords cannot be copied: %s", b->path, err_text(e));
}

static enum err read_own(const struct backup_folder *b, struct buf *to)
{
	char path[4096];
	enum err e = path_of(b, path);

	return e == ERR_OK ? file_read(path, to) : e;
}

enum err backup_key_give(const struct backup_folder *b, const char *folder, bool *ret_there, struct failure *f)
{
	struct buf text;
	char path[4096];
	enum err e, there;

	begin(&text);
	there = read_own(b, &text);
	e = path_in(folder, path);
	if (there == ERR_OK && e == ERR_OK)
		e = file_replace(path, buf_str(&text), 0600);
	else if (there != ERR_OK && there != ERR_NOTFOUND)
		e = there;
	buf_wipe(&text);
	if (e != ERR_OK)
		return fail(f, e, "%s: the key to the passwords cannot be put there: %s", folder, err_text(e));
	*ret_there = there == ERR_OK;
	return ERR_OK;
}

bool backup_key_there(const struct backup_folder *b)
{
	struct buf text;
	bool there;

	begin(&text);
	there = read_own(b, &text) == ERR_OK && sound(buf_str(&text));
	buf_wipe(&text);
	return there;
}
