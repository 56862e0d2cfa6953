#include "io/clock.h"
#include "mail/header.h"
#include "store/nntp_head.h"

/* LIST and its variants (RFC 3977 section 7.6), NEWGROUPS and NEWNEWS. */

#define TEXT_OCTETS_MAX ((size_t)400)

/* ---- groups, one line each ---- */

struct listing {
	size_t at;
	int64_t since;
	void (*put)(struct nntp *n, const struct nntp_group *g);
};

static enum step begin_groups(struct nntp *n, int code, const char *text, void (*put)(struct nntp *n, const struct nntp_group *g))
{
	struct listing *l = ARENA_NEW(&n->arena, struct listing);

	*l = (struct listing){ .put = put, .since = INT64_MIN };
	n->state = l;
	nntp_answer(n, code, text);
	return STEP_AGAIN;
}

static enum step more_groups(struct nntp *n)
{
	struct listing *l = n->state;
	struct nntp_group g;
	enum err e = nntp_group_next(n, n->command.wildmat, &l->at, &g);

	if (e == ERR_NEEDMORE)
		return STEP_AGAIN;
	if (e != ERR_OK) {
		nntp_end(nntp_out(n));
		return STEP_READ;
	}
	if (g.info.uidvalidity >= l->since)
		l->put(n, &g);
	return STEP_AGAIN;
}

static void put_active(struct nntp *n, const struct nntp_group *g)
{
	struct nntp_marks m;

	if (nntp_group_marks_of(n, g, &m) == ERR_OK)
		buf_printf(nntp_out(n), "%.*s %u %u %c\r\n", STR_FMT(nntp_group_str(g)), m.high, m.low, nntp_group_status(n, g));
}

static enum step begin_active(struct nntp *n)
{
	return begin_groups(n, 215, "list of newsgroups follows", put_active);
}

/* A UIDVALIDITY is the second in which the folder got its name, or one soon after it. */
static void put_time(struct nntp *n, const struct nntp_group *g)
{
	buf_printf(nntp_out(n), "%.*s %u postmaster@%.*s\r\n", STR_FMT(nntp_group_str(g)), g->info.uidvalidity, STR_FMT(n->s->host_name));
}

static enum step begin_times(struct nntp *n)
{
	return begin_groups(n, 215, "creation times follow", put_time);
}

/* The folder's comment (RFC 5464 section 6.2.1), else its name as it is. */
static struct str description(struct nntp *n, const struct nntp_group *g, struct arena *a)
{
	struct annotation_list list;

	if (folder_annotations(nntp_box(n), g->info.id, a, &list) != ERR_OK)
		return g->info.name;
	for (size_t i = 0; i < list.count; i++) {
		if (list.rows[i].owner == 0 && str_ieq(list.rows[i].entry, S("/shared/comment")))
			return list.rows[i].value;
	}
	return g->info.name;
}

static void put_description(struct nntp *n, const struct nntp_group *g)
{
	struct buf *to = nntp_out(n), text;
	struct arena a;

	arena_init(&a, ARENA_NONE);
	buf_init(&text, TEXT_OCTETS_MAX);
	header_unfold(str_sub(description(n, g, &a), 0, TEXT_OCTETS_MAX), &text);
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.at[i] < ' ' || text.at[i] == 0x7f)
			text.at[i] = ' ';
	}
	buf_printf(to, "%.*s\t%.*s\r\n", STR_FMT(nntp_group_str(g)), STR_FMT(buf_str(&text)));
	buf_done(&text);
	arena_done(&a);
}

static enum step begin_newsgroups(struct nntp *n)
{
	return begin_groups(n, 215, "descriptions follow", put_description);
}

/* RFC 6048 section 2.4: what a new reader should have. Here these are all. */
static void put_name(struct nntp *n, const struct nntp_group *g)
{
	buf_printf(nntp_out(n), "%.*s\r\n", STR_FMT(nntp_group_str(g)));
}

static enum step begin_subscriptions(struct nntp *n)
{
	return begin_groups(n, 215, "proposed subscriptions follow", put_name);
}

static int64_t since(const struct nntp *n)
{
	return nntp_instant(&n->command.since, clock_real_ms() / 1000);
}

static enum step begin_newgroups(struct nntp *n)
{
	enum step step = begin_groups(n, 231, "list of new newsgroups follows", put_active);

	((struct listing *)n->state)->since = since(n);
	return step;
}

/* ---- what OVER and HDR know ---- */

static enum step put_lines(struct nntp *n, const char *first, const char *const *lines)
{
	nntp_answer(n, 215, first);
	for (; *lines != NULL; lines++)
		nntp_line(nntp_out(n), str_from_c(*lines));
	nntp_end(nntp_out(n));
	return STEP_READ;
}

static enum step begin_overview(struct nntp *n)
{
	static const char *const lines[] = { "Subject:", "From:", "Date:", "Message-ID:", "References:", ":bytes", ":lines", "Xref:full", NULL };

	return put_lines(n, "order of fields in overview database", lines);
}

/* The colon alone: any field of a header (RFC 3977 section 8.6.2). */
static enum step begin_headers(struct nntp *n)
{
	static const char *const lines[] = { ":", ":bytes", ":lines", NULL };

	return put_lines(n, "fields supported", lines);
}

/* ---- NEWNEWS ---- */

struct news {
	size_t at;
	int64_t since;
	struct folder_view *view; /* of the group in hand; NULL: none is */
	uint32_t seq;             /* the next one, from the last down */
	struct arena batch;
};

static enum step begin_newnews(struct nntp *n)
{
	struct news *w = ARENA_NEW(&n->arena, struct news);

	*w = (struct news){ .since = since(n) };
	arena_init(&w->batch, ARENA_NONE);
	n->state = w;
	nntp_answer(n, 230, "list of new articles follows");
	return STEP_AGAIN;
}

static void done_newnews(struct nntp *n)
{
	struct news *w = n->state;

	if (w == NULL)
		return;
	view_close(w->view);
	arena_done(&w->batch);
}

struct batch {
	struct news *news;
	struct str kept[MESSAGE_LIST_MAX];
};

static bool take_kept(void *arg, size_t i, const struct message_parts *parts)
{
	struct batch *b = arg;

	b->kept[i] = parts->kept.at != NULL ? arena_str(&b->news->batch, parts->kept) : STR_NONE;
	return true;
}

static void put_ids(struct nntp *n, const struct item *items, size_t count)
{
	const struct item *at[MESSAGE_LIST_MAX];
	struct message_list list = { at, count, MESSAGE_KEPT };
	struct batch b = { .news = n->state };
	struct str id;

	for (size_t i = 0; i < count; i++)
		at[i] = &items[i];
	if (message_list_each(nntp_box(n), &list, take_kept, &b) != ERR_OK)
		count = 0;
	for (size_t i = 0; i < count; i++) {
		struct nntp_source source;

		nntp_source_init(&source, n, view_folder(b.news->view), &items[i]);
		source.kept = b.kept[i];
		id = nntp_source_id(&source, &b.news->batch);
		if (source.err == ERR_OK)
			nntp_line(nntp_out(n), id);
		nntp_source_done(&source);
	}
	arena_clear(&b.news->batch);
}

/* Messages come in the order of their arrival. */
static enum step put_group(struct nntp *n)
{
	struct news *w = n->state;
	struct item items[MESSAGE_LIST_MAX];
	size_t count = 0;

	for (; w->seq > 0 && count < MESSAGE_LIST_MAX; w->seq--) {
		const struct item *it = view_item(w->view, w->seq);

		if (it->saved < w->since) {
			w->seq = 0;
			break;
		}
		if (!view_item_gone(w->view, w->seq))
			items[count++] = *it;
	}
	put_ids(n, items, count);
	if (w->seq > 0)
		return STEP_AGAIN;
	view_close(w->view);
	w->view = NULL;
	return STEP_AGAIN;
}

static enum step more_newnews(struct nntp *n)
{
	struct news *w = n->state;
	struct view_options options = { .read_only = true };
	struct nntp_group g;
	enum err e;

	if (w->view != NULL)
		return put_group(n);
	e = nntp_group_next(n, n->command.wildmat, &w->at, &g);
	if (e == ERR_NEEDMORE)
		return STEP_AGAIN;
	if (e != ERR_OK) {
		nntp_end(nntp_out(n));
		return STEP_READ;
	}
	options.folder = g.info.id;
	if (g.info.messages == 0 || view_open(nntp_box(n), &options, &w->view) != ERR_OK)
		return STEP_AGAIN;
	w->seq = view_count(w->view);
	return STEP_AGAIN;
}

const struct nntp_handler nntp_do_active = { begin_active, more_groups, NULL, "list" };
const struct nntp_handler nntp_do_times = { begin_times, more_groups, NULL, "list" };
const struct nntp_handler nntp_do_newsgroups = { begin_newsgroups, more_groups, NULL, "list" };
const struct nntp_handler nntp_do_subscriptions = { begin_subscriptions, more_groups, NULL, "list" };
const struct nntp_handler nntp_do_overview = { begin_overview, NULL, NULL, "list" };
const struct nntp_handler nntp_do_headers = { begin_headers, NULL, NULL, "list" };
const struct nntp_handler nntp_do_newgroups = { begin_newgroups, more_groups, NULL, "newgroups" };
const struct nntp_handler nntp_do_newnews = { begin_newnews, more_newnews, done_newnews, "newnews" };
