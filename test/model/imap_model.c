/*
 * IMAP behind the logon: two sessions on one mailbox against the model of imap_model.h. The model predicts every tagged
 * result, UID, flag, search result, body and status, and holds the sessions to what RFC 3501 says of what they tell each
 * other: sections 5.2 and 7.4.1 (no EXPUNGE while message numbers are in use), 7.3.1 and 7.4.2.
 */
#include "../unit/store/session_kit.h"
#include "imap_model.h"
#include "model.h"

#define BAD_MAX 20

enum kind { SELECT, EXAMINE, CLOSE, UNSELECT, APPEND, FETCH_FLAGS, FETCH_BODY, STORE, SEARCH, EXPUNGE, UID_EXPUNGE, COPY, MOVE, STATUS,
	CREATE, DELETE, RENAME, LIST, NOOP, CHECK, IDLE, UNKNOWN, LOGOUT, DROP, KIND_COUNT };

struct run {
	struct kit kit;
	struct world world;
	struct model_op op;
	unsigned me, bad[SESSIONS];
	bool tell, agrees;
	/* The answer under way. */
	bool numbers_in_use, moved; /* moved: an EXPUNGE has come, which a UID command allows */
	bool told[2 * MESSAGES_MAX];  /* by number: its flags */
	bool meant[2 * MESSAGES_MAX]; /* by number, when the command was sent: in the set, and there */
	char result[512];            /* tagged, without the tag */
	char searched[4096]; /* " 2 5": numbers of SEARCH or ESEARCH */
	bool listed;         /* a LIST was told */
	struct buf body;
	bool has_body;
};

static struct view *view_of(struct run *r)
{
	return &r->world.views[r->me];
}

/* Every second session speaks IMAP4rev2, beside those that do not. */
static bool is_rev2(const struct run *r)
{
	return r->me % 2 == 1;
}

/* NULL: none is. */
static struct folder *selected(struct run *r)
{
	int folder = view_of(r)->folder;

	return folder == NONE ? NULL : &r->world.folders[folder];
}

static void part(struct run *r, const char *what)
{
	if (r->tell && r->agrees)
		printf("# the model wants %s\n", what);
	r->agrees = false;
}

/* ---- what the server says ---- */

static unsigned read_flags(struct str text)
{
	unsigned flags = 0;
	struct str word;

	while (text.len > 0) {
		if (!str_cut(&text, ' ', &word)) {
			word = text;
			text = STR_NONE;
		}
		for (unsigned i = 0; i < FLAGS; i++)
			flags |= str_ieq(word, str_from_c(flag_names[i])) ? 1u << i : 0;
	}
	return flags;
}

static void hear_fetch(struct run *r, unsigned seq, struct str rest)
{
	struct view *v = view_of(r);
	size_t uid = str_find_str(rest, S("UID ")), flags = str_find_str(rest, S("FLAGS (")), body = str_find_str(rest, S("}\r\n"));
	struct message *m;

	if (v->folder == NONE || seq < 1 || seq > v->count) {
		part(r, "no FETCH of a message that is none");
		return;
	}
	m = seen_by(&r->world, r->me, seq);
	/* RFC 9051 section 7.5.2: what was not asked for has its UID. */
	if (is_rev2(r) && uid == STR_NPOS && r->op.kind != FETCH_BODY && r->op.kind != STORE)
		part(r, "a UID in this FETCH");
	if (is_rev2(r) && str_find_str(rest, S("\\Recent")) != STR_NPOS)
		part(r, "no \\Recent");
	if (uid != STR_NPOS && strtoul(rest.at + uid + 4, NULL, 10) != v->uids[seq - 1])
		part(r, "another UID for that number");
	if (flags != STR_NPOS) {
		struct str list = str_skip(rest, flags + 7);

		r->told[seq] = true;
		if (m != NULL && read_flags(str_sub(list, 0, str_find(list, ')'))) != m->flags)
			part(r, "other flags");
		if (m != NULL)
			m->stale[r->me] = false;
	}
	if (body != STR_NPOS) {
		r->has_body = true;
		buf_clear(&r->body);
		buf_put(&r->body, str_skip(rest, body + 3));
	}
}

static void hear_expunge(struct run *r, unsigned seq)
{
	struct view *v = view_of(r);

	if (r->numbers_in_use)
		part(r, "no EXPUNGE while numbers are in use");
	if (v->folder == NONE || seq < 1 || seq > v->count) {
		part(r, "no EXPUNGE of a message that is none");
		return;
	}
	if (seen_by(&r->world, r->me, seq) != NULL)
		part(r, "no EXPUNGE of a message that is there");
	memmove(&v->uids[seq - 1], &v->uids[seq], (v->count - seq) * sizeof(*v->uids));
	r->moved = true;
	v->count--;
}

/* New messages are those with UIDs above all that were seen. */
static void hear_exists(struct run *r, unsigned count)
{
	struct view *v = view_of(r);
	struct folder *f = selected(r);
	uint32_t last = v->count > 0 ? v->uids[v->count - 1] : 0;

	if (count < v->count) {
		part(r, "an EXISTS that is not lower");
		return;
	}
	for (unsigned i = 0; i < f->count && v->count < count; i++) {
		if (f->messages[i].uid > last) {
			v->uids[v->count++] = f->messages[i].uid;
			f->messages[i].stale[r->me] = false;
		}
	}
	if (v->count != count)
		part(r, "another EXISTS");
}

/* " ALL 2,4:6" as SEARCH would tell it. */
static void hear_esearch(struct run *r, struct str line)
{
	size_t all = str_find_str(line, S(" ALL "));
	char *to = r->searched;
	const char *at;

	if (all == STR_NPOS)
		return;
	at = line.at + all + 5;
	do {
		char *end;
		unsigned long first = strtoul(at, &end, 10), last = first;

		if (*end == ':')
			last = strtoul(end + 1, &end, 10);
		for (; first <= last && to < r->searched + sizeof(r->searched) - 24; first++)
			to += sprintf(to, " %lu", first);
		at = end + 1;
		if (*end != ',')
			break;
	} while (true);
}

/* What one of the two protocols has and the other has not. */
static void hear_differences(struct run *r, struct str line, const char *word)
{
	bool search = str_starts(line, S("* SEARCH")), esearch = str_starts(line, S("* ESEARCH"));

	r->listed |= str_starts(line, S("* LIST "));
	if (esearch)
		hear_esearch(r, line);
	if (is_rev2(r) ? search : esearch)
		part(r, "the other answer to SEARCH");
	if (is_rev2(r) && (strcmp(word, "RECENT") == 0 || str_starts(line, S("* OK [UNSEEN "))))
		part(r, "nothing that IMAP4rev2 has not");
}

static void hear(struct run *r, struct str line)
{
	unsigned n = 0;
	char word[16] = "";

	if (r->tell)
		printf("# S%u: %.*s\n", r->me + 1, STR_FMT(str_sub(line, 0, str_find(line, '\r'))));
	if (str_starts(line, S("* SEARCH")))
		snprintf(r->searched, sizeof(r->searched), "%.*s", STR_FMT(str_sub(line, 8, str_find(line, '\r') - 8)));
	if (str_starts(line, S("t ")))
		snprintf(r->result, sizeof(r->result), "%.*s", STR_FMT(str_sub(line, 2, str_find(line, '\r') - 2)));
	if (sscanf(line.at, "* %u %15s", &n, word) != 2)
		word[0] = '\0';
	hear_differences(r, line, word);
	if (strcmp(word, "FETCH") == 0)
		hear_fetch(r, n, line);
	else if (strcmp(word, "EXPUNGE") == 0)
		hear_expunge(r, n);
	else if (strcmp(word, "EXISTS") == 0 && view_of(r)->folder != NONE)
		hear_exists(r, n);
}

/* One response with its literals; 0: not all of it is there. */
static size_t response_length(struct str in)
{
	size_t at = 0;

	for (;;) {
		size_t end = str_find_str(str_skip(in, at), S("\r\n")), open;
		struct str line = str_sub(in, at, end);

		if (end == STR_NPOS)
			return 0;
		at += end + 2;
		open = str_rfind(line, '{');
		if (open == STR_NPOS || !str_ends(line, S("}")))
			return at;
		at += strtoul(line.at + open + 1, NULL, 10);
		if (at > in.len)
			return 0;
	}
}

static bool has_answer(void *arg)
{
	struct kit_client *c = arg;
	struct str in = buf_str(&c->in);
	size_t n;

	if (c->closed)
		return true;
	while ((n = response_length(in)) > 0) {
		if (str_starts(in, S("t ")))
			return true;
		in = str_skip(in, n);
	}
	return false;
}

static void hear_all(struct run *r, struct kit_client *c)
{
	struct str in = buf_str(&c->in);
	size_t n;

	while (r->agrees && (n = response_length(in)) > 0) {
		hear(r, str_sub(in, 0, n));
		in = str_skip(in, n);
	}
	buf_clear(&c->in);
}

static void put_command(struct run *r, const char *command)
{
	char line[4096];

	if (r->tell)
		printf("# C%u: %.*s\n", r->me + 1, STR_FMT(str_sub(str_from_c(command), 0, str_find(str_from_c(command), '\r'))));
	snprintf(line, sizeof(line), "t %s\r\n", command);
	memset(r->told, 0, sizeof(r->told));
	r->has_body = r->moved = r->listed = false;
	r->result[0] = r->searched[0] = '\0';
	kit_send(&r->kit.clients[r->me], str_from_c(line));
}

static void hear_answer(struct run *r)
{
	struct kit_client *c = &r->kit.clients[r->me];

	if (!kit_until(&r->kit, has_answer, c))
		part(r, "an answer");
	hear_all(r, c);
}

/* True for OK. wanted OK NO or BAD; NULL: whichever it is. */
static bool ask(struct run *r, const char *command, const char *wanted)
{
	put_command(r, command);
	hear_answer(r);
	if (wanted != NULL && strncmp(r->result, wanted, strlen(wanted)) != 0)
		part(r, wanted);
	r->bad[r->me] = strncmp(r->result, "BAD", 3) == 0 ? r->bad[r->me] + 1 : 0;
	return strncmp(r->result, "OK", 2) == 0;
}

/* ---- sessions ---- */

static void leave(struct run *r)
{
	struct view *v = view_of(r);

	for (unsigned i = 0; v->folder != NONE && i < selected(r)->count; i++)
		selected(r)->messages[i].stale[r->me] = false;
	*v = (struct view){ .folder = NONE };
}

static void connect_me(struct run *r)
{
	struct kit_client *c = &r->kit.clients[r->me];

	if (c->fd >= 0)
		return;
	kit_connect(c);
	kit_until(&r->kit, kit_has_line, c);
	if (!str_starts(buf_str(&c->in), S("t0 OK")))
		part(r, "a greeting");
	buf_clear(&c->in);
	r->bad[r->me] = 0;
	if (is_rev2(r))
		ask(r, "ENABLE IMAP4rev2", "OK");
}

static void hang_up(struct run *r)
{
	struct kit_client *c = &r->kit.clients[r->me];

	shutdown(c->fd, SHUT_WR);
	kit_until(&r->kit, kit_is_closed, c);
	kit_drop(c);
	leave(r);
}

/* After a command that lets everything be told: everything has been told. */
static void in_step(struct run *r)
{
	struct view *v = view_of(r);
	struct folder *f = selected(r);
	bool same;

	if (f == NULL)
		return;
	same = v->count == f->count;
	for (unsigned i = 0; same && i < f->count; i++) {
		same = v->uids[i] == f->messages[i].uid;
		if (f->messages[i].stale[r->me])
			part(r, "the flags that another session has changed");
	}
	if (!same)
		part(r, "to be told of what came and went");
}

static bool needs_folder(struct run *r, const char *command)
{
	if (view_of(r)->folder != NONE)
		return true;
	ask(r, command, "BAD");
	return false;
}

/* ---- commands ---- */

static struct folder *named(struct run *r, unsigned which)
{
	return &r->world.folders[which % FOLDERS];
}

static struct set any_set(struct run *r)
{
	struct view *v = view_of(r);
	struct set s = { .count = 1 + (r->op.b % 4 == 0), .uid = r->op.kind == UID_EXPUNGE || r->op.c % 2 };

	for (unsigned i = 0; i < s.count; i++) {
		unsigned at = (i == 0 ? r->op.b / 4 : r->op.a) % (v->count + 1);
		uint32_t value = at == v->count ? 0 : s.uid ? v->uids[at] : at + 1;

		s.first[i] = s.last[i] = value;
		if (r->op.c & 4)
			s.last[i] = r->op.c & 8 ? 0 : value + r->op.c % 5;
		if ((r->op.c & 0xf0) == 0xf0)
			s.first[i] = (uint32_t)v->count + 1 + r->op.b;
	}
	/* A number beyond the last beside a star is taken for the last: the RFC says "should" of the BAD. */
	if (is_out_of_range(&s, v) && has_star(&s))
		s = (struct set){ .count = 1, .first = { v->count + 1 }, .last = { v->count + 1 } };
	return s;
}

/* How many messages of the set this session has, and how many of those are no more. */
static unsigned count_set(struct run *r, const struct set *s, unsigned *ret_gone)
{
	unsigned n = 0;

	*ret_gone = 0;
	for (unsigned i = 1; i <= view_of(r)->count; i++) {
		bool there = seen_by(&r->world, r->me, i) != NULL, meant = in_set(s, view_of(r), i);

		r->meant[i] = meant && there;
		n += meant;
		*ret_gone += meant && !there;
	}
	return n;
}

static void mark_stale(struct run *r, struct message *m)
{
	for (unsigned i = 0; i < SESSIONS; i++)
		m->stale[i] = m->stale[i] || (i != r->me && r->world.views[i].folder == (int)(selected(r) - r->world.folders));
}

static void do_select(struct run *r)
{
	unsigned which = r->op.a % FOLDERS;
	struct folder *f = named(r, which);
	char command[64], wanted[64];
	unsigned unseen = 0;

	snprintf(command, sizeof(command), "%s %s", r->op.kind == SELECT ? "SELECT" : "EXAMINE", folder_names[which]);
	leave(r);
	if (f->exists) {
		*view_of(r) = (struct view){ .folder = (int)which, .read_only = r->op.kind == EXAMINE };
		for (unsigned i = 0; i < f->count; i++)
			f->messages[i].stale[r->me] = false;
	}
	ask(r, command, f->exists ? (r->op.kind == SELECT ? "OK [READ-WRITE]" : "OK [READ-ONLY]") : "NO");
	while (unseen < f->count && (f->messages[unseen].flags & SEEN))
		unseen++;
	snprintf(wanted, sizeof(wanted), "EXISTS of %u", f->count);
	if (f->exists && view_of(r)->count != f->count)
		part(r, wanted);
	if (f->exists && r->listed != is_rev2(r))
		part(r, "a LIST for IMAP4rev2 alone");
}

static void remove_deleted(struct run *r, const struct set *s)
{
	struct folder *f = selected(r);

	for (unsigned i = f->count; i-- > 0;) {
		bool meant = s == NULL;

		for (unsigned seq = 1; !meant && seq <= view_of(r)->count; seq++)
			meant = view_of(r)->uids[seq - 1] == f->messages[i].uid && in_set(s, view_of(r), seq);
		if (meant && (f->messages[i].flags & DELETED))
			remove_at(f, i);
	}
}

static void do_close(struct run *r)
{
	const char *command = r->op.kind == CLOSE ? "CLOSE" : "UNSELECT";

	if (!needs_folder(r, command))
		return;
	if (r->op.kind == CLOSE && !view_of(r)->read_only)
		remove_deleted(r, NULL);
	r->numbers_in_use = true; /* RFC 3501 section 6.4.2: no EXPUNGE is sent */
	ask(r, command, "OK");
	leave(r);
}

/* One to four messages with one command (RFC 3502): all of them, or none when the last is empty. */
static void do_append(struct run *r)
{
	unsigned which = r->op.a % FOLDERS, flags = r->op.b % 64, count = 1 + r->op.c % 4;
	struct folder *f = named(r, which);
	bool cancelled = (r->op.c & 0x30) == 0x30;
	char command[1024], text[64], wanted[96];
	uint32_t first = 0, last = 0;
	int len;

	if (f->count + count > MESSAGES_MAX)
		return;
	len = snprintf(command, sizeof(command), "APPEND %s", folder_names[which]);
	for (unsigned i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "Subject: %u\r\n\r\nmessage %u\r\n", r->world.contents + i, r->world.contents + i);
		len += snprintf(command + len, sizeof(command) - len, " %s {%zu+}\r\n%s", flags_text(flags), strlen(text), text);
	}
	snprintf(command + len, sizeof(command) - len, "%s", cancelled ? " {0+}\r\n" : "");
	put_command(r, command);
	for (unsigned i = 0; f->exists && !cancelled && i < count; i++) {
		last = add_message(f, r->world.contents++, flags);
		first = first > 0 ? first : last;
	}
	if (!f->exists)
		snprintf(wanted, sizeof(wanted), "NO [TRYCREATE]");
	else if (cancelled)
		snprintf(wanted, sizeof(wanted), "NO ");
	else
		snprintf(wanted, sizeof(wanted), last > first ? "OK [APPENDUID %u %u:%u]" : "OK [APPENDUID %u %u]",
			f->uidvalidity, first, last);
	hear_answer(r);
	if (strncmp(r->result, wanted, strlen(wanted)) != 0)
		part(r, wanted);
	in_step(r);
}

/* Of the first count messages, which the session knew when it asked. One that is no more may be answered for or not. */
static void want_flags(struct run *r, unsigned count)
{
	for (unsigned i = 1; r->agrees && i <= count; i++) {
		if (r->meant[i] && !r->told[i])
			part(r, "the flags of every message of the set");
	}
}

static const char *want_result(const struct run *r, const struct set *s, unsigned gone)
{
	(void)r;
	return gone > 0 && !s->uid ? NULL : "OK";
}

static void do_fetch(struct run *r)
{
	struct set s = any_set(r);
	unsigned gone, known = view_of(r)->count;
	char command[128];

	snprintf(command, sizeof(command), "%sFETCH %s (UID FLAGS)", s.uid ? "UID " : "", set_text(&s));
	if (!needs_folder(r, command))
		return;
	if (is_out_of_range(&s, view_of(r))) {
		ask(r, command, view_of(r)->count == 0 ? NULL : "BAD");
		return;
	}
	count_set(r, &s, &gone);
	r->numbers_in_use = !s.uid;
	/* Numbers may move under a UID command's answer; then flags are only held to be right where they are told. */
	ask(r, command, want_result(r, &s, gone));
	if (!r->moved)
		want_flags(r, known);
}

static void do_fetch_body(struct run *r)
{
	struct view *v = view_of(r);
	bool peek = r->op.b % 2;
	struct message *m;
	char command[64], text[64];
	unsigned seq;

	if (v->folder == NONE || v->count == 0)
		return;
	seq = 1 + r->op.a % v->count;
	m = seen_by(&r->world, r->me, seq);
	if (m == NULL)
		return;
	snprintf(command, sizeof(command), "FETCH %u %s", seq, peek ? "BODY.PEEK[]" : "BODY[]");
	snprintf(text, sizeof(text), "Subject: %u\r\n\r\nmessage %u\r\n", m->content, m->content);
	if (!peek && !v->read_only && !(m->flags & SEEN)) {
		m->flags |= SEEN;
		mark_stale(r, m);
		m->stale[r->me] = true;
	}
	r->numbers_in_use = true;
	ask(r, command, "OK");
	if (!r->has_body || !str_starts(buf_str(&r->body), str_from_c(text)))
		part(r, text);
	if (!peek && m->stale[r->me])
		part(r, "to be told that the message is seen now");
}

static void change_flags(struct run *r, struct message *m, unsigned how, unsigned flags)
{
	unsigned before = m->flags;

	m->flags = how == 0 ? flags : how == 1 ? m->flags | flags : m->flags & ~flags;
	if (m->flags != before)
		mark_stale(r, m);
	/* Who has said what all flags shall be knows them. */
	m->stale[r->me] = m->stale[r->me] && how != 0;
}

static void do_store(struct run *r)
{
	static const char *const hows[] = { "FLAGS", "+FLAGS", "-FLAGS" };
	struct set s = any_set(r);
	unsigned how = r->op.a % 3, flags = r->op.a / 3 % 64, gone, known = view_of(r)->count;
	bool silent = r->op.b & 1;
	struct view *v = view_of(r);
	char command[256];

	snprintf(command, sizeof(command), "%sSTORE %s %s%s %s", s.uid ? "UID " : "", set_text(&s), hows[how], silent ? ".SILENT" : "",
		flags_text(flags));
	if (!needs_folder(r, command))
		return;
	r->numbers_in_use = !s.uid;
	if (v->read_only || is_out_of_range(&s, v)) {
		bool empty = v->count == 0; /* what a star means there, nobody says */

		if (ask(r, command, v->read_only || empty ? NULL : "BAD") && !empty)
			part(r, "NO or BAD");
		return;
	}
	count_set(r, &s, &gone);
	for (unsigned i = 1; i <= v->count; i++) {
		struct message *m = in_set(&s, v, i) ? seen_by(&r->world, r->me, i) : NULL;

		if (m != NULL)
			change_flags(r, m, how, flags);
	}
	ask(r, command, want_result(r, &s, gone));
	if (!silent && !r->moved)
		want_flags(r, known);
}

static bool matches(struct run *r, unsigned key, const struct set *s, unsigned seq)
{
	const struct message *m = seen_by(&r->world, r->me, seq);
	bool set = in_set(s, view_of(r), seq);
	unsigned flag = 1u << (r->op.a % FLAGS);

	switch (key) {
	case 0:
		return true;
	case 1:
		return (m->flags & flag) != 0;
	case 2:
		return (m->flags & flag) == 0;
	case 3:
		return set;
	case 4:
		return !set && (m->flags & flag) == 0;
	case 5:
		return set || (m->flags & flag) != 0;
	default:
		return (m->flags & SEEN) == 0 && (m->flags & flag) != 0;
	}
}

static void put_search(struct run *r, char *to, unsigned key, const struct set *s)
{
	static const char *const on[] = { "SEEN", "ANSWERED", "FLAGGED", "DELETED", "DRAFT", "KEYWORD $key" };
	static const char *const off[] = { "UNSEEN", "UNANSWERED", "UNFLAGGED", "UNDELETED", "UNDRAFT", "UNKEYWORD $key" };
	const char *uid = s->uid ? "UID " : "", *set = set_text(s), *flag = on[r->op.a % FLAGS], *not = off[r->op.a % FLAGS];

	to += sprintf(to, "%sSEARCH %s", s->uid ? "UID " : "", r->op.c / 2 % 4 == 0 ? "RETURN (SAVE) " : "");
	if (key == 0)
		sprintf(to, "ALL");
	else if (key == 1 || key == 2)
		sprintf(to, "%s", key == 1 ? flag : not );
	else if (key == 3)
		sprintf(to, "%s%s", uid, set);
	else if (key == 4)
		sprintf(to, "NOT OR (%s) %s%s", flag, uid, set);
	else if (key == 5)
		sprintf(to, "OR (%s%s) %s", uid, set, flag);
	else
		sprintf(to, "NOT SEEN %s", flag);
}

/* The numbers that were found, those of messages that are no more left out. */
static void want_found(struct run *r, const struct set *s, unsigned known)
{
	bool found[2 * MESSAGES_MAX + 1] = { false };
	struct view *v = view_of(r);
	char *at = r->searched;

	while (*at != '\0') {
		unsigned long n = strtoul(at, &at, 10);
		unsigned seq = s->uid ? 1 : (unsigned)n;

		while (s->uid && seq <= v->count && v->uids[seq - 1] != n)
			seq++;
		if (seq < 1 || seq > v->count) {
			/* A UID command may have told of an EXPUNGE before the end. */
			part(r, "no number of a message that is none");
			return;
		}
		found[seq] = true;
	}
	for (unsigned i = 1; i <= known; i++) {
		if (seen_by(&r->world, r->me, i) != NULL && found[i] != r->meant[i])
			part(r, found[i] ? "one message less" : "one message more");
	}
}

/* Nothing is told; a later "$" shows what was saved. */
static void save(struct run *r, const char *command, unsigned known)
{
	struct view *v = view_of(r);

	v->saved_unknown = false;
	v->saved_count = 0;
	for (unsigned i = 1; i <= known; i++) {
		if (r->meant[i])
			v->saved[v->saved_count++] = v->uids[i - 1];
	}
	ask(r, command, "OK");
	if (r->searched[0] != '\0')
		part(r, "no answer where the result is saved");
}

static bool is_saved(const struct view *v, uint32_t uid)
{
	for (unsigned i = 0; i < v->saved_count; i++) {
		if (v->saved[i] == uid)
			return true;
	}
	return false;
}

static void do_saved(struct run *r, const struct set *s)
{
	struct set all = { .count = 1, .first = { 1 }, .last = { 0 }, .uid = true };
	struct view *v = view_of(r);
	unsigned gone, known = v->count;
	const char *command = s->uid ? "UID SEARCH $" : "SEARCH $";

	if (!needs_folder(r, command))
		return;
	count_set(r, &all, &gone);
	r->numbers_in_use = !s->uid;
	if (v->saved_unknown || (s->uid && (gone > 0 || v->count != selected(r)->count))) {
		ask(r, command, "OK");
		return;
	}
	for (unsigned i = 1; i <= known; i++)
		r->meant[i] = seen_by(&r->world, r->me, i) != NULL && is_saved(v, v->uids[i - 1]);
	ask(r, command, "OK");
	want_found(r, s, known);
}

static void do_search(struct run *r)
{
	struct set s = any_set(r);
	bool saves = r->op.c / 2 % 4 == 0;
	unsigned key = r->op.b % 7, gone, known = view_of(r)->count;
	struct set all = { .count = 1, .first = { 1 }, .last = { 0 }, .uid = true };
	struct view *v = view_of(r);
	char command[256];

	if (r->op.c / 2 % 4 == 1) {
		do_saved(r, &s);
		return;
	}
	put_search(r, command, key, &s);
	if (!needs_folder(r, command))
		return;
	v->saved_unknown |= saves;
	count_set(r, &all, &gone);
	r->numbers_in_use = !s.uid;
	if (key >= 3 && key <= 5 && is_out_of_range(&s, v)) {
		ask(r, command, NULL); /* BAD, or nothing found: both are in use */
		return;
	}
	/* Where the answer itself may move the numbers, the result is not predicted. */
	if (s.uid && (gone > 0 || v->count != selected(r)->count)) {
		ask(r, command, "OK");
		return;
	}
	for (unsigned i = 1; i <= known; i++)
		r->meant[i] = seen_by(&r->world, r->me, i) != NULL && matches(r, key, &s, i);
	if (saves) {
		save(r, command, known);
		return;
	}
	ask(r, command, "OK");
	want_found(r, &s, known);
}

static void do_expunge(struct run *r)
{
	struct set s = any_set(r);
	bool with_set = r->op.kind == UID_EXPUNGE;
	char command[128];

	snprintf(command, sizeof(command), with_set ? "UID EXPUNGE %s" : "EXPUNGE", set_text(&s));
	if (!needs_folder(r, command))
		return;
	if (view_of(r)->read_only) {
		ask(r, command, "NO");
		return;
	}
	remove_deleted(r, with_set ? &s : NULL);
	ask(r, command, "OK");
	in_step(r);
}

static char *put_ranges(char *to, const uint32_t *n, unsigned count)
{
	for (unsigned i = 0; i < count;) {
		unsigned next = i + 1;

		while (next < count && n[next] == n[next - 1] + 1)
			next++;
		to += sprintf(to, i ? ",%u" : "%u", n[i]);
		if (next > i + 1)
			to += sprintf(to, ":%u", n[next - 1]);
		i = next;
	}
	return to;
}

/* The messages of the set are put behind the target's; the COPYUID that tells of it. */
static void transfer(struct run *r, const struct set *s, struct folder *to, bool move, char *ret_code)
{
	uint32_t from[MESSAGES_MAX], made[MESSAGES_MAX];
	struct folder *f = selected(r);
	unsigned n = 0;

	for (unsigned i = 1; i <= view_of(r)->count; i++) {
		struct message *m = in_set(s, view_of(r), i) ? seen_by(&r->world, r->me, i) : NULL;

		if (m != NULL && n < MESSAGES_MAX)
			from[n++] = m->uid;
	}
	for (unsigned i = 0; i < n; i++) {
		struct message m = *find_uid(f, from[i]);

		if (move)
			remove_at(f, (unsigned)(find_uid(f, from[i]) - f->messages));
		made[i] = add_message(to, m.content, m.flags);
	}
	*ret_code = '\0';
	if (n == 0)
		return;
	ret_code += sprintf(ret_code, "[COPYUID %u ", to->uidvalidity);
	ret_code = put_ranges(ret_code, from, n);
	*ret_code++ = ' ';
	strcpy(put_ranges(ret_code, made, n), "]");
}

static void do_copy(struct run *r)
{
	struct set s = any_set(r);
	unsigned which = r->op.a % FOLDERS, gone, count;
	struct folder *to = named(r, which);
	struct view *v = view_of(r);
	bool move = r->op.kind == MOVE;
	char command[128], code[1024];

	snprintf(command, sizeof(command), "%s%s %s %s", s.uid ? "UID " : "", move ? "MOVE" : "COPY", set_text(&s), folder_names[which]);
	if (!needs_folder(r, command))
		return;
	count = count_set(r, &s, &gone);
	if (is_out_of_range(&s, v) || (move && v->read_only) || !to->exists || (gone > 0 && !s.uid)) {
		r->numbers_in_use = false;
		ask(r, command, NULL);
		if (strncmp(r->result, "OK", 2) == 0 && count > 0)
			part(r, "NO or BAD");
		return;
	}
	if (to->count + count > MESSAGES_MAX)
		return;
	transfer(r, &s, to, move, code);
	put_command(r, command);
	if (code[0] != '\0') {
		kit_until(&r->kit, has_answer, &r->kit.clients[r->me]);
		if (str_find_str(buf_str(&r->kit.clients[r->me].in), str_from_c(code)) == STR_NPOS)
			part(r, code);
	}
	hear_answer(r);
	if (strncmp(r->result, "OK", 2) != 0)
		part(r, "OK");
	in_step(r);
}

static void do_status(struct run *r)
{
	unsigned which = r->op.a % FOLDERS, unseen = 0, deleted = 0;
	struct folder *f = named(r, which);
	char command[128], wanted[256];

	snprintf(command, sizeof(command), "STATUS %s (MESSAGES UIDNEXT UIDVALIDITY UNSEEN DELETED)", folder_names[which]);
	put_command(r, command);
	for (unsigned i = 0; i < f->count; i++) {
		unseen += (f->messages[i].flags & SEEN) == 0;
		deleted += (f->messages[i].flags & DELETED) != 0;
	}
	kit_until(&r->kit, has_answer, &r->kit.clients[r->me]);
	snprintf(wanted, sizeof(wanted), "(MESSAGES %u UIDNEXT %u UIDVALIDITY %u UNSEEN %u DELETED %u)\r\n", f->count, f->uidnext,
		f->uidvalidity, unseen, deleted);
	if (f->exists && str_find_str(buf_str(&r->kit.clients[r->me].in), str_from_c(wanted)) == STR_NPOS)
		part(r, wanted);
	hear_answer(r);
	if (strncmp(r->result, f->exists ? "OK" : "NO", 2) != 0)
		part(r, f->exists ? "OK" : "NO");
	in_step(r);
}

static bool is_selected(const struct run *r, unsigned which)
{
	return r->world.views[0].folder == (int)which || r->world.views[1].folder == (int)which;
}

/* A folder that is made has UIDs of its own: never one that a folder of that name had before. */
static void learn_validity(struct run *r, unsigned which)
{
	struct folder *f = &r->world.folders[which];
	struct folder_info info;

	must(folder_find(r->kit.mailbox, str_from_c(folder_names[which]), &info) == ERR_OK);
	if (info.uidvalidity <= f->uidvalidity)
		part(r, "a higher UIDVALIDITY");
	f->uidvalidity = info.uidvalidity;
	f->uidnext = info.uidnext;
}

static void do_folder(struct run *r)
{
	unsigned which = r->op.a % FOLDERS, other = r->op.b % FOLDERS;
	struct folder *f = &r->world.folders[which], *g = &r->world.folders[other];
	char command[128];

	if (r->op.kind == CREATE) {
		snprintf(command, sizeof(command), "CREATE %s", folder_names[which]);
		ask(r, command, f->exists ? "NO" : "OK");
		if (!f->exists && r->agrees) {
			*f = (struct folder){ .exists = true, .uidvalidity = f->uidvalidity };
			learn_validity(r, which);
		}
	} else if (r->op.kind == DELETE && !is_selected(r, which)) {
		snprintf(command, sizeof(command), "DELETE %s", folder_names[which]);
		ask(r, command, f->exists && which != 0 ? "OK" : "NO");
		if (which != 0)
			*f = (struct folder){ .uidvalidity = f->uidvalidity };
	} else if (r->op.kind == RENAME && which != 0 && !is_selected(r, which)) {
		bool good = f->exists && !g->exists;

		snprintf(command, sizeof(command), "RENAME %s %s", folder_names[which], folder_names[other]);
		ask(r, command, good ? "OK" : "NO");
		if (good) {
			*g = *f;
			*f = (struct folder){ .uidvalidity = g->uidvalidity };
		}
	} else {
		return;
	}
	in_step(r);
}

static void do_list(struct run *r)
{
	char row[64];

	put_command(r, "LIST \"\" %");
	kit_until(&r->kit, has_answer, &r->kit.clients[r->me]);
	for (unsigned i = 0; i < FOLDERS; i++) {
		snprintf(row, sizeof(row), "\"/\" %s\r\n", folder_names[i]);
		if ((str_find_str(buf_str(&r->kit.clients[r->me].in), str_from_c(row)) != STR_NPOS) != r->world.folders[i].exists)
			part(r, row);
	}
	hear_answer(r);
	in_step(r);
}

static void do_small(struct run *r)
{
	static const char *const bad[] = { "WIBBLE", "SELECT", "FETCH 1", "STORE 1 FLAGS", "NOOP 1", "FETCH 0 FLAGS", "UID NOOP", "LOGIN a b",
		"SEARCH", "APPEND", "STARTTLS", "IDLE 1" };

	if (r->op.kind == UNKNOWN) {
		ask(r, bad[r->op.a % (sizeof(bad) / sizeof(*bad))], "BAD");
		return;
	}
	if (r->op.kind == CHECK && !needs_folder(r, "CHECK"))
		return;
	ask(r, r->op.kind == CHECK ? "CHECK" : r->op.kind == IDLE ? "IDLE\r\nDONE" : "NOOP", "OK");
	in_step(r);
}

static void do_end(struct run *r)
{
	if (r->op.kind == LOGOUT)
		ask(r, "LOGOUT", "OK");
	else if (r->tell)
		printf("# C%u hangs up\n", r->me + 1);
	hang_up(r);
}

static void (*const doing[KIND_COUNT])(struct run *r) = { [SELECT] = do_select, [EXAMINE] = do_select, [CLOSE] = do_close,
	[UNSELECT] = do_close, [APPEND] = do_append, [FETCH_FLAGS] = do_fetch, [FETCH_BODY] = do_fetch_body, [STORE] = do_store,
	[SEARCH] = do_search, [EXPUNGE] = do_expunge, [UID_EXPUNGE] = do_expunge, [COPY] = do_copy, [MOVE] = do_copy,
	[STATUS] = do_status, [CREATE] = do_folder, [DELETE] = do_folder, [RENAME] = do_folder, [LIST] = do_list, [NOOP] = do_small,
	[CHECK] = do_small, [IDLE] = do_small, [UNKNOWN] = do_small, [LOGOUT] = do_end, [DROP] = do_end };

/* ---- a sequence ---- */

static void begin(struct run *r, bool tells)
{
	*r = (struct run){ .tell = tells, .agrees = true };
	kit_open(&r->kit, SERVICE_IMAP);
	buf_init(&r->body, 1u << 16);
	r->world.views[0].folder = r->world.views[1].folder = NONE;
	r->world.folders[0].exists = true;
	learn_validity(r, 0);
}

static size_t run(const struct model_op *ops, size_t count, bool tells, bool *ret_agrees)
{
	static struct run r;
	size_t i = 0;

	begin(&r, tells);
	for (; r.agrees && i < count; i++) {
		r.op = ops[i];
		r.me = r.op.c >> 7;
		connect_me(&r);
		r.numbers_in_use = false;
		doing[r.op.kind](&r);
		/* So many that make no sense, and the server says BYE. */
		if (r.agrees && r.bad[r.me] >= BAD_MAX)
			hang_up(&r);
	}
	buf_done(&r.body);
	kit_close(&r.kit);
	*ret_agrees = r.agrees;
	return i;
}

static void make(struct model_op *ret)
{
	static const uint8_t often[] = { SELECT, APPEND, APPEND, APPEND, FETCH_FLAGS, FETCH_FLAGS, FETCH_BODY, STORE, STORE, STORE, STORE, SEARCH,
		SEARCH, EXPUNGE, UID_EXPUNGE, COPY, MOVE, STATUS, NOOP, NOOP };

	ret->kind = model_random(8) ? often[model_random(sizeof(often))] : (uint8_t)model_random(KIND_COUNT);
	ret->a = (uint8_t)(model_random(3) ? 0 : model_random(256));
	ret->b = (uint8_t)model_random(256);
	ret->c = (uint8_t)model_random(256);
	if (ret->kind == STORE || ret->kind == SEARCH || ret->kind == FETCH_BODY)
		ret->a = (uint8_t)model_random(256);
}

int main(void)
{
	static const struct model imap = { "imap", 80, make, run };

	return model_main(&imap);
}
