#include "ctl/archive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/date.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ctl/archive_source.h"
#include "io/file.h"
#include "store/item.h"
#include "wire/mutf7.h"

#define WHOLE_FILE       UINT64_MAX
#define SMALL_FILE       ((size_t)1 << 20)
#define LETTERS          26
#define SEQUENCES_OCTETS ((size_t)8 << 20)

struct walk {
	const struct archive_options *o;
	const struct archive_sink *sink; /* NULL: only measured */
	char path[ARCHIVE_PATH_OCTETS];
	char folder[ARCHIVE_PATH_OCTETS];
	struct stat above[ARCHIVE_DEPTH_MAX];
	size_t depth;
	uint64_t octets; /* of files that were read to their end, or measured */
	struct buf raw;  /* of a message in a file of its own */
	enum err err;    /* the sink's */
};

/* A folder at work. */
struct place {
	int fd;
	char **names;
	size_t count;
	size_t path_len, folder_len; /* of the walk, to go back to */
	char *letters[LETTERS];      /* keywords of a Maildir */
	struct buf sequences;        /* of MH */
};

static void open_thing(struct walk *w, int parent, const char *name);

static void tell(struct walk *w, uint64_t offset, const char *what)
{
	if (w->sink != NULL)
		w->sink->problem(w->sink->arg, w->path, offset, what);
}

/* ---- one message ---- */

static void put_crlf(struct buf *to, struct str octets)
{
	bool cr = false;

	while (octets.len > 0) {
		size_t end = str_find(octets, '\n');
		struct str part = str_sub(octets, 0, end);

		cr = part.len > 0 && part.at[part.len - 1] == '\r';
		buf_put(to, part);
		octets = str_skip(octets, part.len);
		if (end == STR_NPOS)
			return;
		buf_put(to, cr ? S("\n") : S("\r\n"));
		octets = str_skip(octets, 1);
	}
}

struct found {
	size_t start;             /* in sink->to */
	uint64_t offset;
	int64_t separator, file;  /* dates */
	uint8_t flags;
	json_t *keywords;
	bool mbox;
};

static void take(struct walk *w, struct found *f)
{
	struct archive_dates dates = { f->separator, f->file, w->o->now };
	struct str octets = str_skip(buf_str(w->sink->to), f->start);
	struct archive_message m = { w->path, f->offset, w->folder, octets, f->flags, f->keywords, archive_date(octets, &dates) };

	if (f->mbox && archive_is_internal(octets)) {
		w->sink->to->len = f->start; /* nobody misses it */
		return;
	}
	if (f->mbox && !w->o->no_flags)
		m.flags = archive_flags(octets, f->keywords);
	w->err = w->sink->message(w->sink->arg, &m);
}

static void read_mbox(struct walk *w, struct archive_source *s, int64_t time)
{
	struct mbox_message message;
	struct mbox m;
	enum err e;

	mbox_init(&m, w->o->mbox, ARCHIVE_MESSAGE_OCTETS_MAX, archive_source_read, s);
	while (w->err == ERR_OK) {
		struct found f = { .start = w->sink->to->len, .file = time, .mbox = true, .keywords = json_array() };

		e = mbox_next(&m, w->sink->to, &message);
		f.offset = message.offset;
		f.separator = e == ERR_OK && message.date_known ? message.date : 0;
		if (e == ERR_SYNTAX)
			tell(w, 0, "what it begins with is no message of an mbox; it was passed over up to the first one");
		else if (e == ERR_OK && message.too_large)
			tell(w, message.offset, "the message has more than 256 MiB");
		else if (e == ERR_OK && message.cut && !w->o->cut)
			tell(w, message.offset, "the file ends in the middle of the message; get the whole file, or take it as it is with --cut");
		else if (e == ERR_OK)
			take(w, &f);
		if (e == ERR_OK && message.cut && !w->o->cut)
			w->sink->to->len = f.start;
		json_decref(f.keywords);
		if (e != ERR_OK && e != ERR_SYNTAX)
			break;
		w->sink->progress(w->sink->arg, w->octets + archive_source_octets(s));
	}
	if (w->err == ERR_OK && e != ERR_NOTFOUND)
		tell(w, m.dropped + m.at, archive_source_problem(s));
	mbox_done(&m);
}

static void read_message(struct walk *w, struct archive_source *s, struct found *f)
{
	size_t got = 1;
	enum err e = ERR_OK;

	buf_clear(&w->raw);
	while (e == ERR_OK && got > 0 && w->raw.len <= ARCHIVE_MESSAGE_OCTETS_MAX) {
		char *room = buf_room(&w->raw, 65536);

		must(room != NULL);
		e = archive_source_read(s, room, 65536, &got);
		if (e == ERR_OK)
			buf_added(&w->raw, got);
	}
	f->start = w->sink->to->len;
	if (e == ERR_OK)
		put_crlf(w->sink->to, buf_str(&w->raw));
	if (e != ERR_OK) {
		tell(w, w->raw.len, archive_source_problem(s));
	} else if (w->sink->to->len - f->start > ARCHIVE_MESSAGE_OCTETS_MAX) {
		tell(w, WHOLE_FILE, "the message has more than 256 MiB");
		w->sink->to->len = f->start;
	} else {
		take(w, f);
	}
	if (w->raw.held > SMALL_FILE) {
		buf_clear(&w->raw);
		buf_shrink(&w->raw);
	}
	w->sink->progress(w->sink->arg, w->octets + archive_source_octets(s));
}

/* ---- one file ---- */

/* fd: taken. f: what is known of its message, if it is to be one; NULL: it may be an mbox. */
static void read_file(struct walk *w, int fd, struct found *f)
{
	struct found own = { .keywords = NULL };
	struct archive_source *s = NULL;
	struct failure why = { 0 };
	enum archive_kind kind;
	struct stat st;

	if (fstat(fd, &st) == 0)
		own.file = st.st_mtime;
	if (archive_source_open(fd, &s, &why) != ERR_OK) {
		tell(w, WHOLE_FILE, why.text);
		return;
	}
	kind = archive_source_kind(s);
	if (w->o->format == ARCHIVE_AS_MBOX)
		kind = ARCHIVE_MBOX;
	else if (f != NULL || w->o->format == ARCHIVE_AS_MESSAGE)
		kind = kind != ARCHIVE_NOTHING ? ARCHIVE_MESSAGE : kind;
	if (kind == ARCHIVE_MBOX) {
		read_mbox(w, s, own.file);
	} else if (kind == ARCHIVE_MESSAGE) {
		own.keywords = f != NULL && f->keywords != NULL ? json_incref(f->keywords) : json_array();
		own.flags = f != NULL ? f->flags : 0;
		read_message(w, s, &own);
		json_decref(own.keywords);
	} else if (kind == ARCHIVE_NOTHING) {
		tell(w, WHOLE_FILE, "it is empty");
	} else {
		tell(w, WHOLE_FILE, "it is neither an mbox nor a message: it begins with no 'From ' line and no header field; --format says what it is");
	}
	w->octets += archive_source_octets(s);
	archive_source_close(s);
}

/* -1 and told: it is not for us. links: they are followed. */
static int open_file(struct walk *w, int parent, const char *name, bool links, struct stat *st)
{
	int fd = openat(parent, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (links ? 0 : O_NOFOLLOW));
	char what[200];

	if (fd < 0 && errno == ELOOP && !links) {
		tell(w, WHOLE_FILE, "it is a symbolic link, which is not followed; name what it stands for");
		return -1;
	}
	if (fd < 0) {
		snprintf(what, sizeof(what), "it cannot be opened: %s", strerror(errno));
		tell(w, WHOLE_FILE, what);
		return -1;
	}
	if (fstat(fd, st) == 0 && (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode)))
		return fd;
	tell(w, WHOLE_FILE, S_ISFIFO(st->st_mode) ? "it is a pipe; give it as standard input: bourse folder import ... - < PIPE" :
						    "it is neither a file nor a folder");
	fd_close(&fd);
	return -1;
}

/* ---- names ---- */

/* "2004-January...": 2004 * 12; -1: it is none. */
static int month_of(const char *name)
{
	struct str s = str_from_c(name);
	uint32_t year;
	int month;

	if (s.len < 8 || s.at[4] != '-' || !str_u32(str_sub(s, 0, 4), 9999, &year))
		return -1;
	month = date_month(str_sub(s, 5, 3));
	return month > 0 ? (int)year * 12 + month : -1;
}

static bool is_number(const char *name, uint64_t *ret)
{
	return str_u64(str_from_c(name), UINT64_MAX - 1, ret);
}

static int compare_names(const void *one, const void *other)
{
	const char *a = *(char *const *)one, *b = *(char *const *)other;
	int month_a = month_of(a), month_b = month_of(b);
	uint64_t m, n;

	if (month_a >= 0 && month_b >= 0 && month_a != month_b)
		return month_a < month_b ? -1 : 1;
	if (is_number(a, &m) && is_number(b, &n) && m != n)
		return m < n ? -1 : 1;
	return strcmp(a, b);
}

static void read_names(struct place *p)
{
	int again = openat(p->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = again >= 0 ? fdopendir(again) : NULL;
	const struct dirent *entry;
	size_t room = 0;

	while (d != NULL && (entry = readdir(d)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (p->count == room) {
			room = room > 0 ? 2 * room : 64;
			p->names = mem_resize(p->names, room * sizeof(*p->names));
		}
		p->names[p->count++] = str_dup_c(str_from_c(entry->d_name));
	}
	if (d != NULL)
		closedir(d);
	if (p->count > 1)
		qsort(p->names, p->count, sizeof(*p->names), compare_names);
}

static bool is_folder(const struct place *p, const char *name)
{
	struct stat st;

	return fstatat(p->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* True: the path fits. */
static bool add_name(char *to, const char *name)
{
	size_t len = strlen(to);

	if (len + strlen(name) + 2 > ARCHIVE_PATH_OCTETS)
		return false;
	snprintf(to + len, ARCHIVE_PATH_OCTETS - len, "%s%s", len > 0 && to[len - 1] != '/' ? "/" : "", name);
	return true;
}

static void go_back(struct walk *w, const struct place *p)
{
	w->path[p->path_len] = '\0';
	w->folder[p->folder_len] = '\0';
}

/* ---- Maildir ---- */

static void read_letters(struct place *p)
{
	int fd = openat(p->fd, "dovecot-keywords", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
	char line[256], word[200];
	unsigned number;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "%u %199s", &number, word) == 2 && number < LETTERS && p->letters[number] == NULL)
			p->letters[number] = str_dup_c(str_from_c(word));
	}
	if (file != NULL)
		fclose(file);
}

static void read_one(struct walk *w, const struct place *p, int parent, const char *name, struct found *f)
{
	struct stat st;
	int fd;

	if (!add_name(w->path, name)) {
		tell(w, WHOLE_FILE, "the path is too long");
	} else if (w->sink == NULL) {
		if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
			w->octets += (uint64_t)st.st_size;
	} else {
		fd = open_file(w, parent, name, false, &st);
		if (fd >= 0 && S_ISDIR(st.st_mode))
			fd_close(&fd);
		if (fd >= 0)
			read_file(w, fd, f);
	}
	go_back(w, p);
}

static void read_maildir_part(struct walk *w, const struct place *maildir, const char *part)
{
	struct place p = { .fd = openat(maildir->fd, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), .folder_len = strlen(w->folder) };

	if (p.fd < 0)
		return;
	(void)add_name(w->path, part);
	p.path_len = strlen(w->path);
	read_names(&p);
	for (size_t i = 0; i < p.count; i++) {
		struct found f = { .keywords = json_array() };

		if (!w->o->no_flags)
			f.flags = archive_maildir_flags(str_from_c(p.names[i]), maildir->letters, f.keywords);
		if (w->err == ERR_OK && p.names[i][0] != '.')
			read_one(w, &p, p.fd, p.names[i], &f);
		json_decref(f.keywords);
		mem_free(p.names[i]);
	}
	mem_free(p.names);
	fd_close(&p.fd);
}

/* ".Lists.Some name" of Maildir++, in modified UTF-7, or in UTF-8 as newer programs may have it. False: it is no name. */
static bool add_maildir_name(struct walk *w, const char *name)
{
	struct buf utf8;
	bool good;

	buf_init(&utf8, ARCHIVE_PATH_OCTETS);
	good = mutf7_get(&utf8, str_from_c(name + 1)) == ERR_OK || utf8_valid(str_from_c(name + 1));
	if (utf8.len == 0)
		buf_put_c(&utf8, name + 1);
	for (size_t i = 0; i < utf8.len; i++)
		utf8.at[i] = utf8.at[i] == '.' ? '/' : utf8.at[i] == '/' ? '_' : utf8.at[i];
	buf_put_octet(&utf8, '\0');
	good = good && utf8.len > 1 && add_name(w->folder, utf8.at);
	buf_done(&utf8);
	return good;
}

/* ---- MH ---- */

static void read_sequences(struct place *p)
{
	int fd = openat(p->fd, ".mh_sequences", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t got = 1;

	while (fd >= 0 && got > 0) {
		char *room = buf_room(&p->sequences, 65536);

		got = room != NULL ? read(fd, room, 65536) : 0;
		if (got > 0)
			buf_added(&p->sequences, (size_t)got);
	}
	fd_close(&fd);
}

/* "3 7-9 12" has it. */
static bool has_number(struct str list, uint64_t number)
{
	struct str one, first;
	uint64_t from, to;

	while ((list = str_trim(list)).len > 0) {
		if (!str_cut(&list, ' ', &one)) {
			one = list;
			list = STR_NONE;
		}
		first = one;
		if (str_cut(&one, '-', &first) && str_u64(first, UINT64_MAX - 1, &from) && str_u64(one, UINT64_MAX - 1, &to) && from <= number &&
			number <= to)
			return true;
		if (str_u64(one, UINT64_MAX - 1, &from) && from == number && first.len == one.len)
			return true;
	}
	return false;
}

static uint8_t mh_flags(const struct place *p, uint64_t number)
{
	struct str rest = buf_str(&p->sequences), line, name;
	uint8_t flags = rest.len > 0 ? ITEM_SEEN : 0;

	while (rest.len > 0) {
		if (!str_cut(&rest, '\n', &line)) {
			line = rest;
			rest = STR_NONE;
		}
		if (!str_cut(&line, ':', &name) || !has_number(line, number))
			continue;
		if (str_ieq(name, S("unseen")))
			flags &= (uint8_t)~ITEM_SEEN;
		else if (str_ieq(name, S("replied")))
			flags |= ITEM_ANSWERED;
		else if (str_ieq(name, S("flagged")))
			flags |= ITEM_FLAGGED;
	}
	return flags;
}

/* ---- folders ---- */

static enum archive_format format_of(const struct walk *w, const struct place *p)
{
	size_t files = 0, numbers = 0;
	uint64_t number;

	if (w->o->format == ARCHIVE_AS_MAILDIR || w->o->format == ARCHIVE_AS_MH)
		return w->o->format;
	if (is_folder(p, "cur") && is_folder(p, "new"))
		return ARCHIVE_AS_MAILDIR;
	for (size_t i = 0; i < p->count; i++) {
		if (strcmp(p->names[i], ".mh_sequences") == 0)
			return ARCHIVE_AS_MH;
		if (p->names[i][0] == '.' || is_folder(p, p->names[i]))
			continue;
		files++;
		numbers += is_number(p->names[i], &number);
	}
	return files > 0 && files == numbers ? ARCHIVE_AS_MH : ARCHIVE_ANY;
}

static void read_below(struct walk *w, const struct place *p, const char *name, bool maildir)
{
	bool good = add_name(w->path, name);

	if (good && !w->o->flat)
		good = maildir && name[0] == '.' ? add_maildir_name(w, name) : utf8_valid(str_from_c(name)) && add_name(w->folder, name);
	if (good)
		open_thing(w, p->fd, name);
	else
		tell(w, WHOLE_FILE, "its name can be no folder's; rename it");
	go_back(w, p);
}

static void read_entry(struct walk *w, const struct place *p, enum archive_format format, const char *name)
{
	bool folder = is_folder(p, name);
	struct found f = { .keywords = NULL };
	uint64_t number;

	if (format == ARCHIVE_AS_MAILDIR) {
		if (folder && strcmp(name, "cur") != 0 && strcmp(name, "new") != 0 && strcmp(name, "tmp") != 0)
			read_below(w, p, name, true);
		return;
	}
	if (name[0] == '.')
		return;
	if (folder) {
		read_below(w, p, name, false);
	} else if (format == ARCHIVE_AS_MH) {
		if (!is_number(name, &number))
			return; /* what was removed there begins with a comma */
		f.flags = w->o->no_flags ? 0 : mh_flags(p, number);
		read_one(w, p, p->fd, name, &f);
	} else {
		read_one(w, p, p->fd, name, NULL);
	}
}

/* fd: taken. */
static void read_folder(struct walk *w, int fd)
{
	struct place p = { .fd = fd, .path_len = strlen(w->path), .folder_len = strlen(w->folder) };
	enum archive_format format;

	read_names(&p);
	format = format_of(w, &p);
	buf_init(&p.sequences, SEQUENCES_OCTETS);
	if (format == ARCHIVE_AS_MH)
		read_sequences(&p);
	if (format == ARCHIVE_AS_MAILDIR) {
		read_letters(&p);
		read_maildir_part(w, &p, "cur");
		go_back(w, &p);
		read_maildir_part(w, &p, "new");
		go_back(w, &p);
	}
	for (size_t i = 0; i < p.count; i++) {
		if (w->err == ERR_OK)
			read_entry(w, &p, format, p.names[i]);
		mem_free(p.names[i]);
	}
	for (size_t i = 0; i < LETTERS; i++)
		mem_free(p.letters[i]);
	mem_free(p.names);
	buf_done(&p.sequences);
	fd_close(&p.fd);
}

static bool is_above(const struct walk *w, const struct stat *st)
{
	for (size_t i = 0; i < w->depth; i++) {
		if (w->above[i].st_dev == st->st_dev && w->above[i].st_ino == st->st_ino)
			return true;
	}
	return false;
}

/* A folder inside another, or what was named. */
static void open_thing(struct walk *w, int parent, const char *name)
{
	struct stat st;
	int fd = open_file(w, parent, name, parent == AT_FDCWD, &st);

	if (fd < 0)
		return;
	if (S_ISREG(st.st_mode) && w->sink != NULL) {
		read_file(w, fd, NULL);
	} else if (S_ISREG(st.st_mode)) {
		w->octets += (uint64_t)st.st_size;
		fd_close(&fd);
	} else if (is_above(w, &st) || w->depth == ARCHIVE_DEPTH_MAX) {
		tell(w, WHOLE_FILE, w->depth == ARCHIVE_DEPTH_MAX ? "too many folders are one inside the other" : "the folder is inside itself");
		fd_close(&fd);
	} else {
		w->above[w->depth++] = st;
		read_folder(w, fd);
		w->depth--;
	}
}

/* ---- the whole ---- */

static void start(struct walk *w, const char *path)
{
	snprintf(w->path, sizeof(w->path), "%s", path);
	buf_init(&w->raw, ARCHIVE_MESSAGE_OCTETS_MAX + ((size_t)1 << 20));
}

enum err archive_walk(const char *path, const struct archive_options *o, const struct archive_sink *sink)
{
	struct walk *w = MEM_NEW(struct walk);
	enum err e;

	*w = (struct walk){ .o = o, .sink = sink };
	start(w, path);
	if (strcmp(path, "-") == 0)
		read_file(w, dup(STDIN_FILENO), NULL);
	else
		open_thing(w, AT_FDCWD, path);
	e = w->err;
	buf_done(&w->raw);
	mem_free(w);
	return e;
}

enum err archive_measure(const char *path, uint64_t *octets, struct failure *f)
{
	static const struct archive_options o = { .format = ARCHIVE_ANY };
	struct walk *w;
	struct stat st;
	int fd;

	if (strcmp(path, "-") == 0)
		return ERR_OK;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return fail(f, file_err(errno), "%.300s cannot be opened: %s; nothing was imported", path, strerror(errno));
	fd_close(&fd);
	if (S_ISFIFO(st.st_mode))
		return fail(f, ERR_SYNTAX, "%.300s is a pipe; give it as standard input: bourse folder import ... - < PIPE", path);
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return fail(f, ERR_SYNTAX, "%.300s is neither a file nor a folder", path);
	w = MEM_NEW(struct walk);
	*w = (struct walk){ .o = &o };
	start(w, path);
	open_thing(w, AT_FDCWD, path);
	*octets += w->octets;
	buf_done(&w->raw);
	mem_free(w);
	return ERR_OK;
}

bool archive_format(struct str name, struct archive_options *ret)
{
	static const struct {
		const char *name;
		enum archive_format format;
		enum mbox_form mbox;
	} rows[] = { { "mbox", ARCHIVE_AS_MBOX, MBOX_ANY }, { "mboxo", ARCHIVE_AS_MBOX, MBOX_O }, { "mboxrd", ARCHIVE_AS_MBOX, MBOX_RD },
		{ "mboxcl", ARCHIVE_AS_MBOX, MBOX_CL }, { "mboxcl2", ARCHIVE_AS_MBOX, MBOX_CL2 }, { "maildir", ARCHIVE_AS_MAILDIR, MBOX_ANY },
		{ "mh", ARCHIVE_AS_MH, MBOX_ANY }, { "eml", ARCHIVE_AS_MESSAGE, MBOX_ANY } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!str_ieq(name, str_from_c(rows[i].name)))
			continue;
		ret->format = rows[i].format;
		ret->mbox = rows[i].mbox;
		return true;
	}
	return false;
}
