#include "wire/imap.h"

#define CMD(verb, homes, states, flags, handler, rfc)                                              \
	{ #verb, (homes), (states), (flags), #handler, (rfc) },
static const struct imap_row rows[IMAP_VERB_COUNT] = {
#include "wire/imap.tbl"
};
#undef CMD

#define TAG_OCTETS_MAX  ((size_t)64)
#define HEAD_OCTETS_MAX ((size_t)128) /* tag, UID, verb, number */

const struct imap_row *imap_row(enum imap_verb verb)
{
	must((unsigned)verb < IMAP_VERB_COUNT);
	return &rows[verb];
}

enum err imap_find(struct str word, enum imap_verb *ret)
{
	for (int i = 0; i < IMAP_VERB_COUNT; i++) {
		if (str_ieq(word, str_from_c(rows[i].verb))) {
			*ret = (enum imap_verb)i;
			return ERR_OK;
		}
	}
	return ERR_COMMAND;
}

bool imap_is_atom_char(char c)
{
	return c > ' ' && c <= '~' && strchr("(){%*\"\\]", c) == NULL;
}

bool imap_is_tag(struct str s)
{
	if (s.len < 1 || s.len > TAG_OCTETS_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if ((!imap_is_atom_char(s.at[i]) && s.at[i] != ']') || s.at[i] == '+')
			return false;
	}
	return true;
}

/* What the end of a line says about what follows. */
struct tail {
	bool literal;
	bool sync;
	bool bad;    /* {...} that is no count */
	uint64_t octets;
	size_t at; /* where the '{' is in the line */
};

/* A quoted string cannot hold a line end, so one that is open here never closes. */
static bool quote_is_open(struct str line)
{
	bool open = false;

	for (size_t i = 0; i < line.len; i++) {
		if (open && line.at[i] == '\\')
			i++;
		else if (line.at[i] == '"')
			open = !open;
	}
	return open;
}

static struct tail read_tail(struct str line)
{
	struct tail t = { .sync = true };
	size_t brace = str_rfind(line, '{');
	struct str count;

	if (line.len < 2 || line.at[line.len - 1] != '}' || brace == STR_NPOS)
		return t;
	count = str_sub(line, brace + 1, line.len - brace - 2);
	if (str_ends(count, S("+"))) {
		t.sync = false;
		count.len--;
	}
	t.at = brace;
	t.literal = true;
	t.bad = !str_u64(count, INT64_MAX, &t.octets);
	return t;
}

/* The first line's tag and verb; where the name of a folder begins that a message goes to. */
struct head {
	bool append;
	bool logon;
	size_t mailbox_at; /* STR_NPOS: it has been there */
};

static struct head read_head(struct str in, struct str *ret_tag)
{
	struct head h = { 0 };
	struct str rest = str_sub(in, 0, HEAD_OCTETS_MAX), tag, word;
	enum imap_verb verb;

	if (!str_cut(&rest, ' ', &tag) || !imap_is_tag(tag))
		return h;
	*ret_tag = tag;
	if (!str_cut(&rest, ' ', &word))
		return h;
	if (str_ieq(word, S("UID")) && !str_cut(&rest, ' ', &word))
		return h;
	if (imap_find(word, &verb) != ERR_OK)
		return h;
	h.append = (rows[verb].flags & IMAP_BODY) != 0;
	h.logon = (rows[verb].flags & IMAP_LOGON_LINE) != 0;
	/* The number of the message that is to be replaced (RFC 8508 section 5). */
	if (h.append && (rows[verb].flags & IMAP_USES_SEQS) && !str_cut(&rest, ' ', &word))
		h.append = false;
	h.mailbox_at = (size_t)(rest.at - in.at);
	return h;
}

struct cutter {
	const struct imap_limits *limits;
	struct str in;
	struct head head;
	size_t max; /* octets of the command */
	size_t at;  /* where the line being looked at begins */
	size_t literals;
	bool skipping; /* nobody wants what the literals hold */
	size_t notes;  /* brackets that are open in ANNOTATION (...) of an APPEND (RFC 5257 section 4.7) */
	struct imap_cut *cut;
};

/* The line at c->at ends the text there is: the command, or all of it before a streamed body. */
static enum err finish(struct cutter *c, struct str line)
{
	c->cut->command = str_sub(c->in, 0, c->at + line.len);
	c->cut->used = c->at + line.len + 2;
	return ERR_OK;
}

static enum err refuse(struct cutter *c, struct str line, const struct tail *t)
{
	c->cut->used = c->at + line.len + 2;
	if (!t->sync)
		return ERR_TOOLONG;
	return t->bad ? ERR_SYNTAX : ERR_TOOBIG;
}

/* A line, or what of it stands before a literal. */
static void count_notes(struct cutter *c, struct str line)
{
	const struct str word = S(" ANNOTATION (");
	bool quoted = false;

	for (size_t i = 0; i < line.len; i++) {
		char octet = line.at[i];

		if (quoted && octet == '\\')
			i++;
		else if (octet == '"')
			quoted = !quoted;
		else if (!quoted && c->notes == 0 && str_istarts(str_skip(line, i), word))
			c->notes = 1, i += word.len - 1;
		else if (!quoted && c->notes > 0)
			c->notes += octet == '(' ? 1u : octet == ')' ? SIZE_MAX : 0u;
	}
}

/* The literal behind this line belongs to the command, and is not the text of a message: it is the folder's name, that of
 * something to be put in (RFC 4469 section 5), or a value of an annotation. */
static bool is_argument(const struct cutter *c, struct str line, const struct tail *t)
{
	struct str before = str_sub(line, 0, t->at);
	size_t url = before.len >= 4 ? before.len - 4 : 0;

	if (c->skipping)
		return false;
	if (c->head.mailbox_at != STR_NPOS && c->at + t->at <= c->head.mailbox_at)
		return true;
	if (c->notes > 0)
		return true;
	return url > 0 && str_ieq(str_skip(before, url), S("URL ")) && c->at + url != c->head.mailbox_at &&
	       (before.at[url - 1] == ' ' || before.at[url - 1] == '(');
}

/* The line ends in a literal's size. ERR_NEEDMORE with c->at moved: look on behind it. */
static enum err pass_literal(struct cutter *c, struct str line, const struct tail *t)
{
	size_t used = c->at + line.len + 2;

	if (t->bad)
		return refuse(c, line, t);
	if (c->limits->stream_body && c->head.append && !is_argument(c, line, t)) {
		c->cut->has_body = true;
		c->cut->body_sync = t->sync;
		c->cut->body_octets = t->octets;
		c->cut->gos += t->sync;
		return finish(c, line);
	}
	if (++c->literals > c->limits->literals_max || t->octets > c->max - used ||
		(!t->sync && t->octets > c->limits->nonsync_max))
		return refuse(c, line, t);
	c->cut->gos += t->sync;
	c->at = used + (size_t)t->octets;
	return ERR_NEEDMORE;
}

/* One line. ERR_NEEDMORE: go on at c->at when that is inside the input. */
static enum err pass_line(struct cutter *c)
{
	struct str line;
	struct tail t;
	enum err e;

	if (c->max - c->at < 2)
		return ERR_TOOLONG;
	e = line_cut(str_skip(c->in, c->at), c->max - c->at, &line);
	if (e != ERR_OK) {
		c->at = c->in.len;
		return e;
	}
	if (quote_is_open(line)) {
		c->cut->used = c->at + line.len + 2;
		return ERR_SYNTAX;
	}
	t = read_tail(line);
	if (c->head.append)
		count_notes(c, t.literal ? str_sub(line, 0, t.at) : line);
	return t.literal ? pass_literal(c, line, &t) : finish(c, line);
}

static enum err pass_lines(struct cutter *c)
{
	enum err e;

	do {
		e = pass_line(c);
	} while (e == ERR_NEEDMORE && c->at < c->in.len);
	return e;
}

enum err imap_cut_more(const struct imap_limits *limits, struct str in, bool skipping, struct imap_cut *ret_cut)
{
	struct cutter c = { .limits = limits, .in = in, .max = limits->octets_max, .skipping = skipping, .cut = ret_cut };

	*ret_cut = (struct imap_cut){ 0 };
	c.head = (struct head){ .append = true, .mailbox_at = STR_NPOS };
	return pass_lines(&c);
}

enum err imap_cut(const struct imap_limits *limits, struct str in, struct imap_cut *ret_cut)
{
	struct cutter c = { .limits = limits, .in = in, .max = limits->octets_max, .cut = ret_cut };

	*ret_cut = (struct imap_cut){ 0 };
	c.head = read_head(in, &ret_cut->tag);
	if (c.head.logon && c.max < IMAP_AUTH_OCTETS_MAX)
		c.max = IMAP_AUTH_OCTETS_MAX;
	return pass_lines(&c);
}
