#include "mail/subject.h"

/* Step 1: tabs and line ends are spaces, and of several one is left. */
static void put_single_spaced(struct str s, struct buf *to)
{
	char *room = s.len > 0 ? buf_room(to, s.len) : NULL;
	bool space = false;
	size_t n = 0;

	if (room == NULL)
		return;
	for (size_t i = 0; i < s.len; i++) {
		bool is = s.at[i] == ' ' || s.at[i] == '\t' || s.at[i] == '\r' || s.at[i] == '\n';

		room[n] = is ? ' ' : s.at[i];
		n += !is || !space;
		space = is;
	}
	buf_added(to, n);
}

static struct str skip_spaces(struct str s)
{
	while (s.len > 0 && s.at[0] == ' ')
		s = str_skip(s, 1);
	return s;
}

/* subj-trailer, as often as it is there. */
static struct str cut_trailers(struct str s, bool *reply)
{
	for (;;) {
		if (s.len > 0 && s.at[s.len - 1] == ' ') {
			s.len--;
		} else if (str_iends(s, S("(fwd)"))) {
			s.len -= 5;
			*reply = true;
		} else {
			return s;
		}
	}
}

/* subj-blob: "[" no brackets "]" spaces. */
static bool cut_blob(struct str *s)
{
	size_t at = 1;

	if (s->len == 0 || s->at[0] != '[')
		return false;
	while (at < s->len && s->at[at] != '[' && s->at[at] != ']')
		at++;
	if (at == s->len || s->at[at] != ']')
		return false;
	*s = skip_spaces(str_skip(*s, at + 1));
	return true;
}

/* subj-refwd: re, fw or fwd, spaces, perhaps a blob, a colon. */
static bool cut_refwd(struct str *s)
{
	struct str rest;

	if (str_istarts(*s, S("re")))
		rest = str_skip(*s, 2);
	else if (str_istarts(*s, S("fwd")))
		rest = str_skip(*s, 3);
	else if (str_istarts(*s, S("fw")))
		rest = str_skip(*s, 2);
	else
		return false;
	rest = skip_spaces(rest);
	(void)cut_blob(&rest);
	if (rest.len == 0 || rest.at[0] != ':')
		return false;
	*s = str_skip(rest, 1);
	return true;
}

/*
 * Steps 3 to 5. A run of blobs is looked through once: with a refwd behind it, it is part of a leader; else all of it
 * goes, but for the last blob when nothing stands behind that.
 */
static struct str cut_leaders(struct str s, bool *reply)
{
	for (;;) {
		struct str rest, last;

		s = rest = last = skip_spaces(s);
		while (cut_blob(&rest)) {
			if (rest.len > 0)
				last = rest;
		}
		if (!cut_refwd(&rest))
			return rest.len > 0 ? rest : last;
		*reply = true;
		s = rest;
	}
}

bool subject_base(struct str subject, struct buf *to)
{
	bool reply = false;
	struct str s;

	buf_clear(to);
	put_single_spaced(subject, to);
	s = buf_str(to);
	for (;;) {
		s = cut_leaders(cut_trailers(s, &reply), &reply);
		if (s.len < 6 || !str_istarts(s, S("[fwd:")) || s.at[s.len - 1] != ']')
			break;
		s = str_sub(s, 5, s.len - 6);
		reply = true;
	}
	if (s.len > 0)
		memmove(to->at, s.at, s.len);
	to->len = s.len;
	return reply;
}
