#include "store/nntp.h"

#include "base/log.h"
#include "base/mem.h"
#include "io/clock.h"
#include "store/nntp_group.h"

enum step nntp_answer(struct nntp *n, int code, const char *text)
{
	nntp_reply(nntp_out(n), code, str_from_c(text));
	return STEP_READ;
}

enum step nntp_refuse(struct nntp *n, enum err e)
{
	static const struct {
		enum err err;
		const char *text;
	} texts[] = { { ERR_NOFOLDER, "no such newsgroup" }, { ERR_NOMESSAGE, "no article with that number" },
		{ ERR_NOTFOUND, "no article with that message-id" } };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].err == e)
			return nntp_answer(n, nntp_code(e), texts[i].text);
	}
	nntp_err(nntp_out(n), e, STR_NONE);
	return STEP_READ;
}

/* ---- short commands ---- */

/* Whether there is a group that takes articles from this reader: 200 and POST, or 201. */
static bool may_post(struct nntp *n)
{
	struct nntp_group g;
	size_t at = 0;
	enum err e;

	while ((e = nntp_group_next(n, STR_NONE, &at, &g)) != ERR_NOTFOUND) {
		if (e == ERR_OK && nntp_group_may_post(n, &g) == ERR_OK)
			return true;
	}
	return false;
}

static enum step begin_capabilities(struct nntp *n)
{
	nntp_put_capabilities(nntp_out(n), may_post(n), n->s->offers);
	return STEP_READ;
}

static enum step begin_mode_reader(struct nntp *n)
{
	return may_post(n) ? nntp_answer(n, 200, "reader mode, posting allowed") : nntp_answer(n, 201, "reader mode, posting prohibited");
}

static enum step begin_date(struct nntp *n)
{
	nntp_put_date(nntp_out(n), clock_real_ms() / 1000);
	return STEP_READ;
}

static enum step begin_help(struct nntp *n)
{
	nntp_put_help(nntp_out(n));
	return STEP_READ;
}

static enum step begin_quit(struct nntp *n)
{
	nntp_answer(n, 205, "closing connection");
	return STEP_DONE;
}

static enum step begin_distributions(struct nntp *n)
{
	return nntp_answer(n, 503, "no such list is kept here");
}

static const struct nntp_handler do_capabilities = { begin_capabilities, NULL, NULL, "capabilities" };
static const struct nntp_handler do_mode_reader = { begin_mode_reader, NULL, NULL, "mode reader" };
static const struct nntp_handler do_date = { begin_date, NULL, NULL, "date" };
static const struct nntp_handler do_help = { begin_help, NULL, NULL, "help" };
static const struct nntp_handler do_quit = { begin_quit, NULL, NULL, "quit" };
static const struct nntp_handler do_distributions = { begin_distributions, NULL, NULL, "list" };

static const struct nntp_handler *const handlers[NNTP_VERB_COUNT] = {
	[NNTP_CAPABILITIES] = &do_capabilities,
	[NNTP_MODE_READER] = &do_mode_reader,
	[NNTP_QUIT] = &do_quit,
	[NNTP_DATE] = &do_date,
	[NNTP_HELP] = &do_help,
	[NNTP_GROUP] = &nntp_do_group,
	[NNTP_LISTGROUP] = &nntp_do_listgroup,
	[NNTP_LAST] = &nntp_do_last,
	[NNTP_NEXT] = &nntp_do_next,
	[NNTP_ARTICLE] = &nntp_do_article,
	[NNTP_HEAD] = &nntp_do_head,
	[NNTP_BODY] = &nntp_do_body,
	[NNTP_STAT] = &nntp_do_stat,
	[NNTP_NEWGROUPS] = &nntp_do_newgroups,
	[NNTP_NEWNEWS] = &nntp_do_newnews,
	[NNTP_LIST] = &nntp_do_active,
	[NNTP_LIST_ACTIVE] = &nntp_do_active,
	[NNTP_LIST_ACTIVE_TIMES] = &nntp_do_times,
	[NNTP_LIST_DISTRIB_PATS] = &do_distributions,
	[NNTP_LIST_NEWSGROUPS] = &nntp_do_newsgroups,
	[NNTP_LIST_OVERVIEW_FMT] = &nntp_do_overview,
	[NNTP_LIST_HEADERS] = &nntp_do_headers,
	[NNTP_LIST_SUBSCRIPTIONS] = &nntp_do_subscriptions,
	[NNTP_OVER] = &nntp_do_over,
	[NNTP_XOVER] = &nntp_do_xover,
	[NNTP_HDR] = &nntp_do_hdr,
	[NNTP_XHDR] = &nntp_do_xhdr,
	[NNTP_XPAT] = &nntp_do_xpat,
	[NNTP_POST] = &nntp_do_post,
};

/* ---- dialogue ---- */

static enum step bad_command(struct nntp *n, enum err e)
{
	nntp_refuse(n, e);
	if (++n->bad < NNTP_BAD_MAX)
		return STEP_READ;
	log_put(LOG_bad_input, LOG_S("account", n->s->account), LOG_S("client", n->s->client), LOG_END);
	return STEP_DONE;
}

/* What only a stranger may say goes back to the front, which answers it; the line is left where it is. */
static enum step leave(struct nntp *n)
{
	if (n->s->user.access != ACCESS_ANYONE || n->s->leave == NULL)
		return nntp_refuse(n, ERR_LOGGEDON);
	nntp_group_keep(n, &n->s->place);
	return STEP_LEAVE;
}

static enum step begin(struct nntp *n, struct str line)
{
	enum err e = nntp_parse(arena_str(&n->arena, line), &n->command);
	const struct nntp_row *row = e == ERR_OK ? nntp_row(n->command.verb) : NULL;
	enum nntp_verb verb;

	/* The front looks at the arguments of what is its own. */
	if (e != ERR_OK && nntp_find(line, &verb) == ERR_OK && (nntp_row(verb)->flags & NNTP_LEAVES) != 0)
		return leave(n);
	if (e != ERR_OK)
		return bad_command(n, e);
	n->bad = 0;
	if ((row->flags & NNTP_LEAVES) != 0)
		return leave(n);
	if ((row->flags & NNTP_ENDS) != 0) {
		nntp_refuse(n, ERR_COMMAND);
		return STEP_DONE;
	}
	if (handlers[n->command.verb] == NULL)
		return nntp_refuse(n, ERR_COMMAND);
	nntp_group_look(n);
	n->running = handlers[n->command.verb];
	return n->running->begin(n);
}

static void end_command(struct nntp *n)
{
	if (n->running != NULL && n->running->free != NULL)
		n->running->free(n);
	n->running = NULL;
	n->state = NULL;
	arena_clear(&n->arena);
}

static enum step hang_up(struct nntp *n, enum err e)
{
	nntp_refuse(n, e);
	return STEP_DONE;
}

/* *ret_used: what is to be consumed. */
static enum step read_command(struct nntp *n, size_t *ret_used)
{
	struct nntp_cut cut = { STR_NONE, 0 };
	enum err e = nntp_cut(&n->cutter, session_in(n->s), n->s->limits.line_octets_max, &cut);
	enum step step = STEP_READ;

	*ret_used = cut.used;
	if (e == ERR_TOOLONG)
		return bad_command(n, ERR_SYNTAX);
	if (e == ERR_OK)
		step = begin(n, cut.line);
	else if (e != ERR_NEEDMORE)
		return hang_up(n, e);
	if (step == STEP_LEAVE)
		*ret_used = 0;
	return step;
}

static enum step nntp_run(struct session *s)
{
	struct nntp *n = nntp_of(s);
	size_t used = 0;
	enum step step;
	bool over;

	/* Rights and names may have changed since. */
	memset(n->names, 0, sizeof(n->names));
	n->wants_more = false;
	step = n->running != NULL ? n->running->more(n) : read_command(n, &used);
	over = step == STEP_READ && (n->running != NULL || used > 0) && !n->wants_more;
	session_consume(s, used);
	if (!over)
		return step;
	end_command(n);
	return STEP_AGAIN;
}

static enum err nntp_open(struct session *s)
{
	struct nntp *n = MEM_NEW(struct nntp);
	enum err e = s->refused;

	s->state = n;
	n->s = s;
	arena_init(&n->arena, ARENA_NONE);
	session_in_max(s, s->limits.line_octets_max);
	if (e != ERR_OK)
		return e;
	nntp_group_restore(n, buf_str(&s->place));
	if (s->tag.len > 0)
		buf_printf(session_out(s), "%.*s%s\r\n", STR_FMT(s->tag), str_starts(s->tag, S("283")) ? "" : " welcome");
	return ERR_OK;
}

static void nntp_farewell(struct session *s, enum err why)
{
	if (nntp_of(s)->running == NULL)
		nntp_reply(session_out(s), 400, str_from_c(err_text(why)));
}

static void nntp_free(struct session *s)
{
	struct nntp *n = nntp_of(s);

	end_command(n);
	view_close(n->view);
	arena_done(&n->arena);
	mem_free(n);
}

static const char *nntp_doing(const struct session *s)
{
	return nntp_of(s)->running != NULL ? nntp_of(s)->running->doing : "idle";
}

const struct session_engine nntp_engine = {
	.name = "nntp",
	.in_octets_max = 4096,
	.open = nntp_open,
	.run = nntp_run,
	.farewell = nntp_farewell,
	.free = nntp_free,
	.doing = nntp_doing,
};
