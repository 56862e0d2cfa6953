#include <stdio.h>

#include "base/cursor.h"
#include "base/date.h"
#include "base/log.h"
#include "base/mem.h"
#include "io/clock.h"
#include "mail/header.h"
#include "mail/record.h"
#include "store/moderation.h"
#include "store/role_int.h"
#include "store/view.h"

/* Mail about posts that wait: to moderators, that there is one; to who has posted it, what became of it. */

#define ATTACHED_OCTETS_MAX ((uint64_t)8 << 20) /* a larger post is told of with its header alone */
#define HEADER_OCTETS_MAX   ((size_t)65536)
#define NOTICE_OCTETS_MAX   ((size_t)16 << 20)
#define READERS_MAX         ((size_t)200)
#define SOON_MS             50   /* posts come in groups */
#define LATER_MS            5000 /* the directory, or the disk, was not there */

/* ---- one mail ---- */

struct notice {
	struct store_role *role;
	struct buf octets;
	struct deliver_row rows[READERS_MAX];
	size_t count;
	role_notice_done *done;
	void *arg;
};

static void end_notice(struct notice *n, enum err e, bool told)
{
	n->done(n->arg, e, told);
	buf_done(&n->octets);
	mem_free(n);
}

static void on_delivered(void *arg, enum err e)
{
	struct notice *n = arg;

	/* Of those who cannot have it, the others need not hear. */
	end_notice(n, e == ERR_DISKFULL || e == ERR_IO ? e : ERR_OK, e == ERR_OK);
}

static void on_parsed(void *arg, enum err e, struct str record)
{
	struct notice *n = arg;
	struct deliver_request request = { .rows = n->rows, .rows_count = n->count, .date = clock_real_ms() / 1000, .octets = buf_str(&n->octets),
		.record = record };
	struct buf opaque;

	buf_init(&opaque, RECORD_OCTETS_MAX);
	if (e != ERR_OK || record.len == 0) {
		must(record_make_opaque(n->octets.len, &opaque) == ERR_OK);
		request.record = buf_str(&opaque);
	}
	store_deliver(n->role->store, &request, on_delivered, n);
	buf_done(&opaque);
}

static void put_field(struct buf *to, const char *name, struct str value)
{
	buf_printf(to, "%s: ", name);
	/* One line, whatever stands in it. */
	for (size_t i = 0; i < value.len; i++)
		buf_put_octet(to, (unsigned char)value.at[i] < ' ' || value.at[i] == 0x7f ? ' ' : value.at[i]);
	buf_put(to, S("\r\n"));
}

/* RFC 2046 section 5.1; a header alone is text/rfc822-headers (RFC 6522 section 4). */
static void put_mail(struct buf *to, const struct role_notice *q)
{
	uint64_t number[2];
	char boundary[64];

	random_octets(number, sizeof(number));
	snprintf(boundary, sizeof(boundary), "=_%016llx%016llx", (unsigned long long)number[0], (unsigned long long)number[1]);
	put_field(to, "From", q->from);
	put_field(to, "To", q->to);
	put_field(to, "Subject", q->subject);
	buf_put(to, S("Date: "));
	date_put_rfc5322(to, clock_real_ms() / 1000);
	buf_printf(to, "\r\nMessage-ID: <%016llx.%016llx@%.*s>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n", (unsigned long long)number[1],
		(unsigned long long)number[0], STR_FMT(q->host));
	buf_printf(to, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n", boundary, boundary);
	buf_put(to, S("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"));
	buf_put(to, q->text);
	buf_printf(to, "\r\n--%s\r\nContent-Type: %s\r\nContent-Transfer-Encoding: 8bit\r\n\r\n", boundary,
		q->header_only ? "text/rfc822-headers" : "message/rfc822");
	buf_put(to, q->post);
	buf_printf(to, "\r\n--%s--\r\n", boundary);
}

void role_notice(struct store_role *r, const struct role_notice *q, role_notice_done *done, void *arg)
{
	struct notice *n = MEM_NEW(struct notice);
	struct rd boxes = rd_from(q->boxes);

	*n = (struct notice){ .role = r, .done = done, .arg = arg };
	buf_init(&n->octets, NOTICE_OCTETS_MAX);
	while (n->count < READERS_MAX && boxes.rest.len >= sizeof(uint64_t))
		n->rows[n->count++] = (struct deliver_row){ .mailbox = rd_u64(&boxes), .no_quota = true };
	if (n->count == 0) {
		end_notice(n, ERR_OK, false);
		return;
	}
	put_mail(&n->octets, q);
	must(!buf_overflowed(&n->octets));
	for (size_t i = 0; i < n->count; i++) {
		const struct mailbox_limits *limits = map_get(&r->limits, n->rows[i].mailbox);

		if (limits != NULL)
			n->rows[i].limits = *limits;
	}
	role_parse(r, buf_str(&n->octets), on_parsed, n);
}

/* ---- a post ---- */

enum err role_notice_post(struct mailbox *m, const struct item *it, struct buf *to, bool *ret_header_only)
{
	struct buf header;
	enum err e;

	*ret_header_only = it->octets > ATTACHED_OCTETS_MAX;
	if (!*ret_header_only)
		return message_read(m, it, 0, it->octets, to);
	buf_init(&header, HEADER_OCTETS_MAX);
	e = message_read(m, it, 0, HEADER_OCTETS_MAX, &header);
	buf_put(to, str_sub(buf_str(&header), 0, header_octets(buf_str(&header), NULL)));
	buf_done(&header);
	return e;
}

bool role_notice_ask(struct store_role *r, const uint64_t *ids, size_t count, pending_fn *fn, void *arg)
{
	struct link *directory = role_link(r->env, ROLE_DIRECTORY, 0);
	struct msg m = { .id = MSG_boxes_ask };
	struct buf octets;
	struct wr w = wr_to(&octets);
	bool sent;

	buf_init(&octets, ACL_ENTRIES_MAX * sizeof(uint64_t));
	for (size_t i = 0; i < count && i < ACL_ENTRIES_MAX; i++)
		wr_u64(&w, ids[i]);
	m.boxes_ask = (struct msg_boxes_ask){ .request = role_request(r->env), .ids = buf_str(&octets) };
	sent = directory != NULL && link_send(directory, &m);
	buf_done(&octets);
	if (sent)
		pending_add(&r->questions, m.boxes_ask.request, directory, fn, arg);
	return sent;
}

/* ---- moderators hear of what waits ---- */

static void look(struct store_role *r);

void role_moderation_wake(struct store_role *r)
{
	struct role_watch *w = &r->moderation;

	w->dirty = true;
	if (!w->busy && w->timer != NULL && !r->env->stopping)
		timer_set(w->timer, SOON_MS);
}

/* What was under way is done; later: it is to be tried again. */
static void rest(struct store_role *r, bool later)
{
	struct role_watch *w = &r->moderation;

	mailbox_unref(w->mailbox);
	w->mailbox = NULL;
	w->busy = false;
	if (w->timer != NULL && !r->env->stopping && (later || w->dirty))
		timer_set(w->timer, later ? LATER_MS : SOON_MS);
}

static void on_told(void *arg, enum err e, const struct mailbox_result *result)
{
	struct store_role *r = arg;

	/* The next one; a folder that went meanwhile is nobody's concern. */
	r->moderation.dirty = true;
	rest(r, e == ERR_DISKFULL || e == ERR_IO);
}

static void pass(struct store_role *r)
{
	struct role_watch *w = &r->moderation;

	if (moderation_held(w->mailbox, w->folder) != w->held)
		on_told(r, ERR_OK, NULL);
	else
		moderation_change(w->mailbox, &(struct moderation){ .folder = w->folder, .held = w->held, .told = w->item.uid }, on_told, r);
}

static void on_noticed(void *arg, enum err e, bool told)
{
	struct store_role *r = arg;

	if (e != ERR_OK)
		rest(r, true);
	else
		pass(r);
}

static void tell(struct store_role *r, const struct msg_boxes_told *to)
{
	struct role_watch *w = &r->moderation;
	struct role_notice q = { .boxes = to->boxes, .from = to->from, .host = r->env->host_name, .to = S("Moderators:;"),
		.subject = S("A post waits for approval") };
	struct folder_info folder, held;
	struct arena a;
	struct buf post;
	enum err e = folder_by_id(w->mailbox, w->folder, &folder);

	if (e == ERR_OK)
		e = folder_by_id(w->mailbox, w->held, &held);
	buf_init(&post, BUF_NO_CEILING);
	if (e == ERR_OK)
		e = role_notice_post(w->mailbox, &w->item, &post, &q.header_only);
	arena_init(&a, ARENA_NONE);
	if (e == ERR_OK) {
		q.text = arena_printf(&a, "The post below has come to the public folder \"%.*s\" and waits.\r\n\r\n"
			"To approve it, move it from \"Public Folders/%.*s\" into \"Public Folders/%.*s\".\r\nTo reject it, delete it there.\r\n%s",
			STR_FMT(folder.name), STR_FMT(held.name), STR_FMT(folder.name),
			q.header_only ? "\r\nIt is large: only its header is shown here.\r\n" : "");
		q.post = buf_str(&post);
		role_notice(r, &q, on_noticed, r);
	} else {
		pass(r); /* approved, rejected, or damaged */
	}
	buf_done(&post);
	arena_done(&a);
}

static void on_boxes(void *arg, enum err e, struct msg *m)
{
	struct store_role *r = arg;

	if (e == ERR_OK)
		e = m->boxes_told.code;
	if (e != ERR_OK)
		rest(r, true);
	else
		tell(r, &m->boxes_told);
}

/* The first post above what moderators were told of. */
static bool find_post(struct mailbox *m, struct role_watch *w)
{
	struct folder_info f = { .id = 0 }, held;
	struct view_options options = { .read_only = true };
	struct folder_view *v;
	uint32_t seq = 0;

	for (size_t at = 0; seq == 0 && folder_next(m, &at, &f);) {
		options.folder = f.id != 0 ? moderation_held(m, f.id) : 0;
		if (options.folder == 0 || folder_by_id(m, options.folder, &held) != ERR_OK || held.uidnext <= moderation_told(m, f.id) + 1 ||
			view_open(m, &options, &v) != ERR_OK)
			continue;
		seq = view_seq_from(v, moderation_told(m, f.id) + 1);
		if (seq > view_count(v))
			seq = 0;
		if (seq != 0)
			w->item = *view_item(v, seq);
		view_close(v);
	}
	w->folder = f.id;
	w->held = options.folder;
	return seq != 0;
}

/* Who may approve it, by himself or as one of a group. */
static size_t moderators(struct mailbox *m, uint32_t held, uint64_t ids[ACL_ENTRIES_MAX])
{
	const struct acl *acl = folder_acl(m, held);
	size_t count = 0;

	for (size_t i = 0; acl != NULL && i < acl->count && count < ACL_ENTRIES_MAX; i++) {
		const struct acl_entry *e = &acl->entries[i];

		if (acl_kind_has_id(e->kind) && !e->negative && (e->rights & MODERATION_RIGHTS) == MODERATION_RIGHTS)
			ids[count++] = e->account;
	}
	return count;
}

static void look(struct store_role *r)
{
	struct role_watch *w = &r->moderation;
	uint64_t ids[ACL_ENTRIES_MAX], public = store_public(r->store);
	size_t count;

	w->dirty = false;
	if (w->busy || public == 0 || r->env->stopping || role_mailbox(r, public, &w->mailbox) != ERR_OK)
		return;
	if (!find_post(w->mailbox, w)) {
		mailbox_unref(w->mailbox);
		w->mailbox = NULL;
		return;
	}
	w->busy = true;
	count = moderators(w->mailbox, w->held, ids);
	if (!role_notice_ask(r, ids, count, on_boxes, r))
		rest(r, true);
}

static void on_timer(void *arg)
{
	look(arg);
}

void role_moderation_start(struct store_role *r)
{
	r->moderation.timer = timer_new(r->env->loop, on_timer, r);
	role_moderation_wake(r);
}

void role_moderation_stop(struct store_role *r)
{
	timer_free(r->moderation.timer);
	r->moderation.timer = NULL;
}
