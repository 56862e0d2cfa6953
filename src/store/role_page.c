#include "store/role_page.h"

#include "base/cursor.h"
#include "base/mem.h"
#include "io/clock.h"
#include "io/file.h"
#include "ipc/page.h"
#include "mail/encoded_word.h"
#include "mail/preview.h"
#include "store/imap_binary.h"
#include "store/imap_text.h"
#include "store/meter.h"

#define LINE_OCTETS_MAX  ((size_t)300) /* of a subject or of people, on a page */
#define RAW_OCTETS_MAX   ((uint64_t)256 << 10) /* of one text that is read */
#define GROUPS_MAX       TICKET_GROUPS_MAX

/* One request. */
struct asked {
	struct store_role *role;
	struct ticket ticket;
	const struct msg_page_ask *q;
	uint64_t groups[GROUPS_MAX];
	struct acl_user user;
	struct mailbox *mailbox;  /* counted */
	struct folder_info folder;
	struct folder_view *view;
	struct item item;
	struct arena arena;
	struct record record;
};

/* What is read piece by piece for whoever downloads it. */
struct page_job {
	struct list node;
	struct store_role *role;
	struct link *from;
	uint64_t request;
	struct asked *asked;
	struct imap_binary binary;
	struct nameless_source *source; /* NULL: he has an account */
	int fd;
	uint64_t octets;
	struct str name, validator; /* in the arena */
	struct deferred turn;
};

/* ---- who asks for what ---- */

static bool is_given(struct str numbers, uint32_t folder)
{
	struct rd r = rd_from(numbers);

	while (r.rest.len > 0 && !r.failed) {
		if (rd_u32(&r) == folder)
			return true;
	}
	return false;
}

static bool may_read(struct asked *a, uint32_t folder)
{
	return is_given(a->ticket.folders, folder) && folder_by_id(a->mailbox, folder, &a->folder) == ERR_OK && !a->folder.noselect &&
	       (folder_rights(a->mailbox, folder, &a->user) & ACL_READ);
}

static enum err open_box(struct asked *a)
{
	struct str rest = a->q->ticket;
	struct rd ids;
	enum err e = ticket_open(&rest, a->role->env->ticket_key, TICKET_PAGE, clock_mono_ms(), &a->ticket);

	if (e != ERR_OK)
		return e;
	ids = rd_from(a->ticket.groups);
	a->user = (struct acl_user){ .account = a->ticket.account, .access = a->ticket.access, .groups = a->groups };
	while (ids.rest.len >= sizeof(uint64_t) && a->user.groups_count < GROUPS_MAX)
		a->groups[a->user.groups_count++] = rd_u64(&ids);
	e = role_mailbox(a->role, a->ticket.mailbox, &a->mailbox);
	if (e == ERR_OK && a->q->what != PAGE_FOLDERS && !may_read(a, a->q->folder))
		return ERR_NOFOLDER;
	return e;
}

static void close_box(struct asked *a)
{
	view_close(a->view);
	mailbox_unref(a->mailbox);
	arena_done(&a->arena);
	mem_free(a);
}

static enum err open_view(struct asked *a)
{
	struct view_options options = { .folder = a->folder.id, .read_only = true };

	return view_open(a->mailbox, &options, &a->view);
}

static enum err open_message(struct asked *a)
{
	struct str octets;
	uint32_t seq;
	enum err e = open_view(a);

	if (e != ERR_OK)
		return e;
	seq = view_seq(a->view, a->q->uid);
	if (seq == 0 || view_item(a->view, seq) == NULL || view_item_gone(a->view, seq))
		return ERR_NOTFOUND;
	a->item = *view_item(a->view, seq);
	e = message_record(a->mailbox, &a->item, &a->arena, &octets);
	return e == ERR_OK ? record_open_view(octets, &a->record) : e;
}

static struct str validator(struct asked *a)
{
	if (a->q->what == PAGE_FOLDER)
		return arena_printf(&a->arena, "f%x-%x-%llx-%x", a->folder.id, a->folder.uidvalidity, (unsigned long long)a->folder.modseq,
			a->q->number);
	return arena_printf(&a->arena, "m%x-%x-%x-%x-%x", a->folder.id, a->folder.uidvalidity, a->item.uid, a->q->what, a->q->number);
}

/* ---- texts ---- */

/* What stands on one line, cut at a whole character. */
static void put_line(struct wr *w, struct str text)
{
	struct buf line;
	size_t len;

	buf_init(&line, BUF_NO_CEILING);
	encoded_word_decode(str_sub(text, 0, LINE_OCTETS_MAX * 4), &line);
	len = line.len < LINE_OCTETS_MAX ? line.len : LINE_OCTETS_MAX;
	while (len < line.len && len > 0 && ((unsigned char)line.at[len] & 0xc0) == 0x80)
		len--;
	wr_str(w, str_sub(buf_str(&line), 0, len));
	buf_done(&line);
}

/* Names where there are any: addresses of people are not for robots to gather. */
static void put_people(struct wr *w, const struct record *r, struct record_rows rows)
{
	struct record_address one;
	struct buf all;

	buf_init(&all, BUF_NO_CEILING);
	while (all.len < LINE_OCTETS_MAX && record_address_next(r, &rows, &one)) {
		struct str shown = one.name.len > 0 ? one.name : one.mailbox;

		if (one.host.at == NULL || shown.len == 0)
			continue;
		buf_printf(&all, "%s%.*s", all.len > 0 ? ", " : "", STR_FMT(str_sub(shown, 0, LINE_OCTETS_MAX)));
	}
	put_line(w, buf_str(&all));
	buf_done(&all);
}

/* ---- lists ---- */

static enum err put_folders(struct asked *a, struct wr *w)
{
	struct rd r = rd_from(a->ticket.folders);

	while (r.rest.len > 0 && !r.failed) {
		uint32_t id = rd_u32(&r);

		if (r.failed || !may_read(a, id))
			continue;
		wr_u32(w, id);
		wr_str(w, a->folder.name);
		wr_u32(w, a->folder.messages);
	}
	return ERR_OK;
}

struct listing {
	struct wr *w;
	const struct item *const *items;
};

static bool put_row(void *arg, size_t i, const struct message_parts *parts)
{
	struct listing *l = arg;
	struct record_envelope e = { .subject = STR_NONE };
	bool known = parts->record != NULL && record_envelope(parts->record, 0, &e);

	wr_u32(l->w, l->items[i]->uid);
	wr_u64(l->w, (uint64_t)(l->items[i]->sent != 0 ? l->items[i]->sent : l->items[i]->date));
	wr_u32(l->w, l->items[i]->octets);
	wr_bool(l->w, known && (parts->record->flags & RECORD_HAS_ATTACHMENT));
	if (known)
		put_people(l->w, parts->record, e.from);
	else
		wr_str(l->w, S(""));
	put_line(l->w, known ? e.subject : S(""));
	return true;
}

static enum err put_folder(struct asked *a, struct wr *w)
{
	const struct item *items[PAGE_ROWS_MAX];
	struct message_list list = { .items = items, .want = MESSAGE_RECORD };
	struct listing l = { w, items };
	uint32_t count, seq;
	enum err e = open_view(a);

	if (e != ERR_OK)
		return e;
	count = view_count(a->view);
	wr_str(w, a->folder.name);
	wr_u32(w, count);
	if (a->q->number > count / PAGE_ROWS_MAX)
		return a->q->number == 0 ? ERR_OK : ERR_NOTFOUND;
	for (seq = count - a->q->number * PAGE_ROWS_MAX; seq > 0 && list.count < PAGE_ROWS_MAX; seq--) {
		if (!view_item_gone(a->view, seq))
			items[list.count++] = view_item(a->view, seq);
	}
	return list.count > 0 ? message_list_each(a->mailbox, &list, put_row, &l) : ERR_OK;
}

/* ---- a message ---- */

static bool is_text(const struct record_part *p, const char *subtype)
{
	return p->kind == RECORD_PART_LEAF && str_ieq(p->type, S("text")) && str_ieq(p->subtype, str_from_c(subtype)) &&
	       !str_ieq(p->disposition, S("attachment")) && (p->flags & (RECORD_PART_OPAQUE | RECORD_PART_ENCODING_BAD)) == 0;
}

static bool find_text(const struct asked *a, const char *subtype, struct record_part *ret)
{
	for (uint32_t i = 0; i < RECORD_PARTS_MAX && record_part(&a->record, i, ret); i++) {
		if (is_text(ret, subtype))
			return true;
	}
	return false;
}

/* Reads a text as UTF-8 into `to` up to its ceiling; *ret_cut: there is more of it. */
static enum err read_text(struct asked *a, const struct record_part *part, struct buf *to, bool *ret_cut)
{
	uint64_t at = 0, most = part->body_octets < RAW_OCTETS_MAX ? part->body_octets : RAW_OCTETS_MAX;
	struct imap_text text;
	struct buf raw;
	enum err e = ERR_OK;

	imap_text_init(&text);
	buf_init(&raw, IMAP_TEXT_RAW_OCTETS);
	imap_text_begin(&text, part->encoding, record_param_value(&a->record, part->params, S("charset")), 0);
	*ret_cut = most < part->body_octets;
	while (e == ERR_OK && at < most && !*ret_cut) {
		uint64_t want = most - at < IMAP_TEXT_RAW_OCTETS ? most - at : IMAP_TEXT_RAW_OCTETS;

		buf_clear(&raw);
		e = message_read(a->mailbox, &a->item, part->body_at + at, want, &raw);
		if (e != ERR_OK || raw.len == 0)
			break;
		at += imap_text_feed(&text, buf_str(&raw), at + raw.len >= part->body_octets);
		if (to->len + text.utf8.len > PAGE_TEXT_MAX)
			*ret_cut = true;
		buf_put(to, str_sub(buf_str(&text.utf8), 0, PAGE_TEXT_MAX - to->len));
	}
	imap_text_done(&text);
	buf_done(&raw);
	/* A character may be cut. */
	while (*ret_cut && to->len > 0 && (unsigned char)to->at[to->len - 1] >= 0x80)
		to->len--;
	return e;
}

static enum err put_text(struct asked *a, struct wr *w)
{
	struct record_part part;
	struct preview words;
	struct buf text;
	bool plain = find_text(a, "plain", &part), cut = false;
	bool html = !plain && find_text(a, "html", &part);
	enum err e = ERR_OK;

	buf_init(&text, PAGE_TEXT_MAX + 1);
	if (plain || html)
		e = read_text(a, &part, &text, &cut);
	wr_u8(w, plain ? PAGE_PLAIN : html ? PAGE_FIRST_WORDS : PAGE_NO_TEXT);
	wr_bool(w, cut);
	if (html) {
		preview_begin(&words, PREVIEW_HTML);
		(void)preview_feed(&words, buf_str(&text));
		wr_str(w, preview_end(&words));
	} else {
		wr_str(w, buf_str(&text));
	}
	buf_done(&text);
	return e;
}

static void put_parts(struct asked *a, struct wr *w)
{
	struct record_part part, shown;
	bool has = find_text(a, "plain", &shown);
	uint32_t count = 0;

	for (uint32_t i = 0; i < RECORD_PARTS_MAX && count < PAGE_PARTS_MAX && record_part(&a->record, i, &part); i++) {
		if (part.kind == RECORD_PART_MULTIPART || (has && part.body_at == shown.body_at))
			continue;
		wr_u32(w, i);
		wr_str(w, arena_printf(&a->arena, "%.*s/%.*s", STR_FMT(str_sub(part.type, 0, 60)), STR_FMT(str_sub(part.subtype, 0, 60))));
		put_line(w, part.filename);
		wr_u32(w, part.body_octets);
		count++;
	}
}

static enum err put_message(struct asked *a, struct wr *w)
{
	struct record_envelope env = { .subject = STR_NONE };
	enum err e = open_message(a);

	if (e != ERR_OK)
		return e;
	if (!record_envelope(&a->record, 0, &env))
		env = (struct record_envelope){ .subject = STR_NONE };
	wr_str(w, a->folder.name);
	put_line(w, env.subject);
	put_people(w, &a->record, env.from);
	put_people(w, &a->record, env.to);
	wr_u64(w, (uint64_t)(a->item.sent != 0 ? a->item.sent : a->item.date));
	e = put_text(a, w);
	if (e == ERR_OK)
		put_parts(a, w);
	return e;
}

/* ---- downloads ---- */

static void answer(struct link *to, const struct msg_page_told *t, int fd)
{
	struct msg m = { .id = MSG_page_told, .page_told = *t };

	if (fd >= 0)
		m.fds[m.fd_count++] = fd;
	link_send(to, &m);
}

static void refuse(struct link *to, uint64_t request, enum err e)
{
	/* Of a folder that may not be read nobody learns that it is there. */
	answer(to, &(struct msg_page_told){ .request = request, .code = e == ERR_NOFOLDER || e == ERR_NOMESSAGE ? ERR_NOTFOUND : e }, -1);
}

static void end_job(struct page_job *j, enum err e)
{
	struct buf name;
	struct wr w = wr_to(&name);

	buf_init(&name, BUF_NO_CEILING);
	put_line(&w, j->name);
	if (e == ERR_OK && memfd_seal(j->fd) != ERR_OK)
		e = ERR_LIMIT;
	if (j->source != NULL)
		(void)meter_pour(role_nameless_meter(j->source), j->octets, clock_mono_ms());
	if (e == ERR_OK && j->from != NULL)
		answer(j->from, &(struct msg_page_told){ .request = j->request, .code = ERR_OK, .validator = j->validator, .octets = j->octets,
			.rows = buf_str(&name) }, j->fd);
	else if (j->from != NULL)
		refuse(j->from, j->request, e);
	buf_done(&name);
	role_nameless_leave(j->role, j->source);
	deferred_cancel(&j->turn);
	list_remove(&j->node);
	fd_close(&j->fd);
	imap_binary_done(&j->binary);
	j->role->pages_count--;
	close_box(j->asked);
	mem_free(j);
}

static void on_turn(void *arg)
{
	struct page_job *j = arg;
	struct buf piece;
	enum err e;

	if (j->from == NULL || imap_binary_ended(&j->binary)) {
		end_job(j, ERR_OK);
		return;
	}
	buf_init(&piece, BUF_NO_CEILING);
	e = imap_binary_step(&j->binary, &piece);
	j->octets += piece.len;
	if (e == ERR_OK && memfd_add(j->fd, buf_str(&piece)) != ERR_OK)
		e = ERR_LIMIT;
	buf_done(&piece);
	if (e != ERR_OK)
		end_job(j, e);
	else
		loop_defer(j->role->env->loop, &j->turn);
}

#define JOBS_MAX 16u /* at a time */

static enum err begin_job(struct asked *a, struct link *from, struct nameless_source *source)
{
	struct record_part part;
	struct page_job *j;
	enum err e = open_message(a);

	if (e != ERR_OK)
		return e;
	if (!record_part(&a->record, a->q->what == PAGE_WHOLE ? 0 : a->q->number, &part) ||
		(a->q->what == PAGE_PART && part.kind == RECORD_PART_MULTIPART))
		return ERR_NOTFOUND;
	if ((a->q->what == PAGE_WHOLE ? a->item.octets : part.body_octets) > PAGE_OCTETS_MAX)
		return ERR_TOOBIG;
	if (a->role->pages_count >= JOBS_MAX)
		return ERR_UNAVAILABLE;
	j = MEM_NEW(struct page_job);
	*j = (struct page_job){ .role = a->role, .from = from, .request = a->q->request, .asked = a, .source = source, .fd = memfd_new("page"),
		.name = part.filename, .validator = validator(a) };
	imap_binary_open(&j->binary, a->mailbox, &a->item, &a->record, &part);
	if (a->q->what == PAGE_WHOLE)
		imap_binary_whole(&j->binary);
	a->q = NULL; /* the message is gone when the first piece is read */
	list_init(&j->node);
	list_add_tail(&a->role->pages, &j->node);
	a->role->pages_count++;
	deferred_init(&j->turn, on_turn, j);
	if (j->fd < 0)
		end_job(j, ERR_LIMIT);
	else
		loop_defer(a->role->env->loop, &j->turn);
	return ERR_OK;
}

/* ---- the request ---- */

static enum err put(struct asked *a, struct wr *w)
{
	if (a->q->what == PAGE_FOLDERS)
		return put_folders(a, w);
	return a->q->what == PAGE_FOLDER ? put_folder(a, w) : put_message(a, w);
}

static void tell(struct asked *a, struct link *from, struct nameless_source *source)
{
	struct buf rows;
	struct wr w = wr_to(&rows);
	enum err e;

	buf_init(&rows, PEER_MESSAGE_OCTETS_MAX - 4096);
	e = put(a, &w);
	if (e == ERR_OK && wr_end(&w) != ERR_OK)
		e = ERR_TOOBIG;
	if (source != NULL)
		(void)meter_pour(role_nameless_meter(source), rows.len, clock_mono_ms());
	if (e == ERR_OK)
		answer(from, &(struct msg_page_told){ .request = a->q->request, .code = ERR_OK, .rows = buf_str(&rows),
			.validator = a->q->what == PAGE_FOLDERS ? S("") : validator(a) }, -1);
	else
		refuse(from, a->q->request, e);
	buf_done(&rows);
}

void role_page_ask(struct store_role *r, struct link *from, const struct msg_page_ask *q)
{
	struct nameless_source *source = NULL;
	struct asked *a = MEM_NEW(struct asked);
	bool downloads = q->what == PAGE_PART || q->what == PAGE_WHOLE;
	enum err e;

	a->role = r;
	a->q = q;
	arena_init(&a->arena, ARENA_NONE);
	e = q->what >= PAGE_END ? ERR_PEER : open_box(a);
	/* delegate: somebody without an account */
	if (e == ERR_OK && a->ticket.delegate) {
		source = role_nameless_enter(r, q->client);
		e = source == NULL ? ERR_LIMIT : ERR_OK;
	}
	if (e == ERR_OK && downloads)
		e = begin_job(a, from, source);
	else if (e == ERR_OK)
		tell(a, from, source);
	if (e == ERR_OK && downloads)
		return;
	if (e != ERR_OK)
		refuse(from, q->request, e);
	role_nameless_leave(r, source);
	close_box(a);
}

void role_page_link_down(struct store_role *r, const struct link *link)
{
	LIST_EACH(node, &r->pages) {
		struct page_job *j = LIST_OF(node, struct page_job, node);

		if (j->from == link)
			j->from = NULL;
	}
}

void role_page_start(struct store_role *r)
{
	list_init(&r->pages);
}

void role_page_stop(struct store_role *r)
{
	while (!list_empty(&r->pages))
		end_job(LIST_OF(r->pages.next, struct page_job, node), ERR_SHUTDOWN);
}
