#include "store/session_int.h"

#include "base/mem.h"
#include "io/clock.h"
#include "wire/nntp.h"

/* The commands that need no newsgroup. */
struct nntp {
	struct nntp_cutter cutter;
};

static enum err open(struct session *s)
{
	s->state = MEM_NEW(struct nntp);
	if (s->refused != ERR_OK)
		return s->refused;
	if (s->tag.len > 0)
		buf_printf(session_out(s), "%.*s welcome\r\n", STR_FMT(s->tag));
	return ERR_OK;
}

static enum step answer(struct session *s, const struct nntp_command *c)
{
	const struct nntp_row *row = nntp_row(c->verb);
	struct buf *to = session_out(s);

	if ((row->flags & NNTP_LEAVES) != 0 && s->user.access == ACCESS_ANYONE && s->leave != NULL)
		return STEP_LEAVE;
	if ((row->flags & NNTP_LEAVES) != 0)
		nntp_err(to, ERR_LOGGEDON, STR_NONE);
	else if (c->verb == NNTP_CAPABILITIES)
		nntp_put_capabilities(to, false, s->offers);
	else if (c->verb == NNTP_HELP)
		nntp_put_help(to);
	else if (c->verb == NNTP_DATE)
		nntp_put_date(to, clock_real_ms() / 1000);
	else if (c->verb == NNTP_MODE_READER)
		nntp_reply(to, 201, S("reader mode, posting prohibited"));
	else if (c->verb == NNTP_QUIT)
		nntp_reply(to, 205, S("goodbye"));
	else
		nntp_err(to, (row->flags & NNTP_ABSENT) != 0 ? ERR_COMMAND : ERR_UNSUPPORTED, STR_NONE);
	return c->verb == NNTP_QUIT || (row->flags & NNTP_ENDS) != 0 ? STEP_DONE : STEP_AGAIN;
}

static enum step run(struct session *s)
{
	struct nntp *n = s->state;
	struct nntp_command command;
	struct nntp_cut cut;
	enum step step = STEP_AGAIN;
	enum err e = nntp_cut(&n->cutter, session_in(s), s->limits.line_octets_max, &cut);

	if (e == ERR_OK)
		e = nntp_parse(cut.line, &command);
	else if (e == ERR_NEEDMORE)
		step = STEP_READ;
	if (e == ERR_OK)
		step = answer(s, &command);
	else if (e != ERR_NEEDMORE)
		nntp_err(session_out(s), e == ERR_TOOLONG ? ERR_SYNTAX : e, STR_NONE);
	if (step != STEP_LEAVE)
		session_consume(s, cut.used);
	return e == ERR_BARELINEEND || e == ERR_JUNK ? STEP_DONE : step;
}

static void farewell(struct session *s, enum err why)
{
	nntp_reply(session_out(s), 400, str_from_c(err_text(why)));
}

static void free_state(struct session *s)
{
	mem_free(s->state);
}

static const char *doing(const struct session *s)
{
	return "idle";
}

const struct session_engine nntp_engine = { "nntp", (size_t)64 << 10, open, run, NULL, farewell, free_state, doing };
