#include "store/imap_input.h"

#define LOOK_OCTETS                                                                                \
	((size_t)8 << 10) /* an unfinished command without a line end is cut again after so many   \
			   */
#define SKIP_MAX   ((uint64_t)1 << 30) /* a larger unwanted body is not waited for */
#define END_OCTETS ((size_t)1024)

static void put_gos(struct imap *i, const struct imap_cut *cut)
{
	size_t wanted = cut->gos - (cut->has_body && cut->body_sync ? 1 : 0);

	for (; i->gos < wanted; i->gos++)
		imap_put_go(imap_out(i), i->language, S("go on"));
}

/* What came since the command was last cut can end neither it nor a line of it. */
static bool is_futile(const struct imap *i, struct str in)
{
	struct str more = str_skip(in, i->looked_at);

	return i->looked_at > 0 && in.len < i->s->limits.arguments_octets_max &&
	       more.len < LOOK_OCTETS && !str_has_octet(more, '\n');
}

void imap_input_room(struct imap *i, size_t octets)
{
	size_t most = i->s->limits.arguments_octets_max + END_OCTETS;

	octets = octets < most ? octets : most;
	octets = octets > IMAP_IN_OCTETS ? octets : IMAP_IN_OCTETS;
	if (octets != i->in_max)
		session_in_max(i->s, octets);
	i->in_max = octets;
}

void imap_input_body(struct imap *i)
{
	session_in_max(i->s, IMAP_BODY_OCTETS);
	i->in_max = IMAP_BODY_OCTETS;
}

enum err imap_input_cut(struct imap *i, enum imap_input what, struct imap_cut *ret_cut)
{
	struct imap_limits limits = { i->s->limits.arguments_octets_max, i->s->limits.literals_max,
		SIZE_MAX, true };
	struct str in = session_in(i->s);
	enum err e;

	*ret_cut = (struct imap_cut){ 0 };
	if (in.len == 0 || is_futile(i, in))
		return ERR_NEEDMORE;
	e = what == IMAP_INPUT_COMMAND ? imap_cut(&limits, in, ret_cut)
				       : imap_cut_more(&limits, in, what == IMAP_INPUT_SKIPPED, ret_cut);
	put_gos(i, ret_cut);
	if (e == ERR_NEEDMORE) {
		i->looked_at = in.len;
		imap_input_room(i, in.len * 2);
		return e;
	}
	i->gos = 0;
	i->looked_at = 0;
	i->has_body = ret_cut->has_body;
	i->body_sync = ret_cut->body_sync;
	i->body_octets = ret_cut->body_octets;
	return e;
}

enum step imap_input_lost(struct imap *i, struct str tag, enum err e)
{
	imap_put_status(imap_out(i), i->language, tag, e, STR_NONE);
	imap_put_bye(imap_out(i), i->language, S("no telling where the next command begins"));
	return STEP_DONE;
}

/* What is left of the command behind an unwanted literal. */
static enum step skip_more(struct imap *i)
{
	struct imap_cut cut;
	enum err e = imap_input_cut(i, IMAP_INPUT_SKIPPED, &cut);

	if (e == ERR_NEEDMORE)
		return STEP_READ;
	if (e == ERR_TOOLONG || e == ERR_BARELINEEND) {
		imap_put_bye(imap_out(i), i->language, S("no telling where the next command begins"));
		return STEP_DONE;
	}
	session_consume(i->s, cut.used);
	i->skipping = e == ERR_OK && cut.has_body && !cut.body_sync;
	i->skip_octets = cut.body_octets;
	return STEP_AGAIN;
}

enum step imap_input_skip(struct imap *i)
{
	struct str in = session_in(i->s);
	size_t n = in.len < i->skip_octets ? in.len : (size_t)i->skip_octets;

	if (i->skip_octets > SKIP_MAX) {
		imap_put_begin(imap_out(i), STR_NONE, "BYE", "TOOBIG");
		imap_put_text(imap_out(i), i->language, S("the rest is not waited for"));
		return STEP_DONE;
	}
	i->skip_octets -= n;
	session_consume(i->s, n);
	return i->skip_octets > 0 ? STEP_READ : skip_more(i);
}
