#include "config/reader.h"

#include "base/utf8.h"

enum token { TOKEN_END, TOKEN_LINE, TOKEN_WORD, TOKEN_STRING, TOKEN_SIGN, TOKEN_BAD };

struct frame {
	struct str rest;
	const char *file;
	unsigned line;
};

struct reader {
	struct arena *arena;
	const struct config_source *source;
	struct failure *failure;
	struct frame frames[CONFIG_INCLUDE_DEPTH_MAX];
	size_t depth; /* frames in use */
	enum token token;
	struct str text; /* of the token; a sign is one octet */
	unsigned line;   /* where the token began */
	struct str block;
	unsigned block_line; /* 0: in no block */
	struct reader_item item;
};

static struct frame *top(struct reader *r)
{
	return &r->frames[r->depth - 1];
}

static enum err refuse_at(struct reader *r, unsigned line, const char *what)
{
	r->token = TOKEN_BAD;
	return fail(r->failure, ERR_CONFIG, "%s:%u: %s", top(r)->file, line, what);
}

static enum err refuse(struct reader *r, const char *what)
{
	return refuse_at(r, r->line, what);
}

static bool is_sign(char c)
{
	return c == '{' || c == '}' || c == '[' || c == ']' || c == '=' || c == ',' || c == ';';
}

static bool ends_word(char c)
{
	return ascii_is_wsp(c) || c == '\r' || c == '\n' || c == '#' || c == '"' || is_sign(c);
}

static void take_token(struct reader *r, enum token kind, size_t octets)
{
	struct frame *f = top(r);

	r->token = kind;
	r->text = str_sub(f->rest, 0, octets);
	f->rest = str_skip(f->rest, octets);
}

/* Octets up to the closing quote, escapes included; STR_NPOS when there is none on this line. */
static size_t string_len(struct str s)
{
	for (size_t i = 0; i < s.len && s.at[i] != '\n'; i++) {
		if (s.at[i] == '"')
			return i;
		if (s.at[i] == '\\' && i + 1 < s.len && s.at[i + 1] != '\n')
			i++;
	}
	return STR_NPOS;
}

/* After the opening quote. */
static void take_string(struct reader *r)
{
	struct frame *f = top(r);
	size_t raw = string_len(f->rest), len = 0;
	char *to;

	if (raw == STR_NPOS) {
		(void)refuse(r, "the string is not closed; write a \" at its end");
		return;
	}
	to = arena_take(r->arena, raw + 1);
	for (size_t i = 0; i < raw; i++) {
		if (f->rest.at[i] == '\\' && f->rest.at[++i] != '"' && f->rest.at[i] != '\\') {
			(void)refuse(r, "after a \\ only \" or another \\ may stand; write \\\\ "
					"for a backslash");
			return;
		}
		to[len++] = f->rest.at[i];
	}
	f->rest = str_skip(f->rest, raw + 1);
	r->token = TOKEN_STRING;
	r->text = str_make(to, len);
}

static void skip_blank(struct frame *f)
{
	size_t i = 0;

	while (i < f->rest.len && (ascii_is_wsp(f->rest.at[i]) || f->rest.at[i] == '\r'))
		i++;
	if (i < f->rest.len && f->rest.at[i] == '#') {
		size_t end = str_find(str_skip(f->rest, i), '\n');

		i = end == STR_NPOS ? f->rest.len : i + end;
	}
	f->rest = str_skip(f->rest, i);
}

static void next(struct reader *r)
{
	struct frame *f = top(r);
	size_t len = 0;

	if (r->token == TOKEN_BAD)
		return;
	skip_blank(f);
	r->line = f->line;
	if (f->rest.len == 0) {
		take_token(r, TOKEN_END, 0);
		return;
	}
	if (f->rest.at[0] == '\n') {
		f->line++;
		take_token(r, TOKEN_LINE, 1);
		return;
	}
	if (f->rest.at[0] == '"') {
		f->rest = str_skip(f->rest, 1);
		take_string(r);
		return;
	}
	if (is_sign(f->rest.at[0])) {
		take_token(r, TOKEN_SIGN, 1);
		return;
	}
	while (len < f->rest.len && !ends_word(f->rest.at[len]))
		len++;
	take_token(r, TOKEN_WORD, len);
}

static bool at_sign(const struct reader *r, char c)
{
	return r->token == TOKEN_SIGN && r->text.at[0] == c;
}

static bool at_value(const struct reader *r)
{
	return r->token == TOKEN_WORD || r->token == TOKEN_STRING;
}

static void skip_lines(struct reader *r)
{
	while (r->token == TOKEN_LINE)
		next(r);
}

/* UTF-8 and no control octets, with the line of the first fault. */
static enum err check_octets(struct reader *r)
{
	struct str rest = top(r)->rest;
	unsigned line = 1;

	while (rest.len > 0) {
		uint32_t c = utf8_next(&rest);

		if (c == UTF8_BAD)
			return refuse_at(r, line, "not valid UTF-8");
		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
			return refuse_at(r, line, "a control octet stands here");
		line += c == '\n';
	}
	return ERR_OK;
}

static enum err enter(struct reader *r, const char *file, struct str text)
{
	if (str_starts(text, S("\xef\xbb\xbf")))
		text = str_skip(text, 3);
	r->frames[r->depth++] = (struct frame){ .rest = text, .file = file, .line = 1 };
	if (text.len > CONFIG_TEXT_OCTETS_MAX)
		return refuse_at(r, 1, "the file is larger than 1 MiB");
	return check_octets(r);
}

/* A path that does not begin with / starts from the folder of the file that names it. */
static const char *include_path(struct reader *r, struct str path)
{
	struct str from = str_from_c(top(r)->file);
	size_t slash = str_rfind(from, '/');

	if (path.at[0] == '/' || slash == STR_NPOS)
		return arena_str(r->arena, path).at;
	from = str_sub(from, 0, slash + 1);
	return arena_printf(r->arena, "%.*s%.*s", STR_FMT(from), STR_FMT(path)).at;
}

static enum err include(struct reader *r, struct str path)
{
	struct buf text;
	const char *file;
	struct str copy;

	if (r->source->read == NULL)
		return refuse(r, "include is not possible here");
	if (path.len == 0)
		return refuse(r, "include needs the name of a file");
	if (r->depth == CONFIG_INCLUDE_DEPTH_MAX)
		return refuse(r, "files are included too deeply; does one include itself?");
	file = include_path(r, path);
	buf_init(&text, CONFIG_TEXT_OCTETS_MAX + 1);
	if (!r->source->read(r->source->arg, file, &text)) {
		buf_done(&text);
		return fail(r->failure, ERR_CONFIG, "%s:%u: cannot read '%.150s'", top(r)->file,
			r->line, file);
	}
	copy = arena_str(r->arena, buf_str(&text));
	buf_done(&text);
	return enter(r, file, copy);
}

static enum err add_value(struct reader *r)
{
	if (r->item.count == READER_VALUES_MAX)
		return refuse(r, "the list is too long");
	r->item.values[r->item.count++] = r->text;
	next(r);
	return ERR_OK;
}

/* After the opening bracket. */
static enum err take_list(struct reader *r)
{
	unsigned line = r->line;
	enum err e;

	r->item.is_list = true;
	next(r);
	for (;;) {
		skip_lines(r);
		if (at_sign(r, ']'))
			break;
		if (r->token == TOKEN_END)
			return refuse_at(
				r, line, "the list is not closed; write ] after its last value");
		if (!at_value(r))
			return refuse(r, "a value is missing in the list");
		e = add_value(r);
		if (e != ERR_OK)
			return e;
		skip_lines(r);
		if (at_sign(r, ','))
			next(r);
		else if (at_value(r))
			return refuse(r, "values of a list are parted by commas");
	}
	next(r);
	return ERR_OK;
}

static enum err take_value(struct reader *r)
{
	r->item.count = 0;
	r->item.is_list = false;
	if (at_sign(r, '['))
		return take_list(r);
	if (!at_value(r))
		return refuse(r, "a value is missing");
	return add_value(r);
}

static enum err take_end(struct reader *r)
{
	if (r->token == TOKEN_END || r->token == TOKEN_LINE || at_sign(r, '}'))
		return ERR_OK;
	if (at_sign(r, ';')) {
		next(r);
		return ERR_OK;
	}
	if (at_value(r))
		return refuse(r, "more than one value; put a text with spaces in \"quotes\", or "
				 "end the line or write ;");
	return refuse(r, "an end of line or ; is missing");
}

static enum err open_block(struct reader *r, struct str name, unsigned line)
{
	if (r->block_line != 0)
		return refuse(r, "a block cannot stand inside another");
	r->block = name;
	r->block_line = line;
	next(r);
	return ERR_OK;
}

/* Leaves the file at the end of an include only after its last token was taken, so that errors name
 * it. */
static enum err take_include(struct reader *r)
{
	struct str path;
	enum err e;

	if (r->block_line != 0)
		return refuse(r, "include stands outside of blocks");
	e = take_value(r);
	if (e != ERR_OK)
		return e;
	path = r->item.count == 1 && !r->item.is_list ? r->item.values[0] : STR_NONE;
	e = take_end(r);
	if (e == ERR_OK && r->token == TOKEN_BAD)
		e = r->failure->code;
	if (e != ERR_OK)
		return e;
	r->line = r->item.place.line;
	/* The token behind the include is read again after it: a line end, or whatever follows a
	 * ';'. */
	if (r->token != TOKEN_END && r->token != TOKEN_LINE) {
		struct frame *f = top(r);
		const char *end = f->rest.at + f->rest.len;

		if (r->token == TOKEN_STRING)
			return refuse(r, "a key is missing");
		f->rest = str_make(r->text.at, (size_t)(end - r->text.at));
	}
	e = include(r, path);
	if (e == ERR_OK)
		next(r);
	return e;
}

static enum err take_setting(struct reader *r, reader_each *each, void *arg)
{
	struct str key = r->text;
	bool colon = key.len > 1 && key.at[key.len - 1] == ':';
	enum err e;

	r->item.place = (struct reader_place){ top(r)->file, r->line };
	if (colon)
		key.len--;
	next(r);
	if (!colon && at_sign(r, '{'))
		return open_block(r, key, r->item.place.line);
	if (!colon && str_eq(key, S("include")))
		return take_include(r);
	if (!colon && at_sign(r, '='))
		next(r);
	r->item.key = key;
	if (r->block_line != 0)
		r->item.key = arena_printf(r->arena, "%.*s.%.*s", STR_FMT(r->block), STR_FMT(key));
	e = take_value(r);
	if (e == ERR_OK)
		e = take_end(r);
	return e == ERR_OK ? each(arg, &r->item, r->failure) : e;
}

/* True while there is something to take; closes files that are at their end. */
static bool go_on(struct reader *r)
{
	while (r->token == TOKEN_END && r->depth > 1 && r->block_line == 0) {
		r->depth--;
		next(r);
	}
	return r->token != TOKEN_END && r->token != TOKEN_BAD;
}

static enum err take_next(struct reader *r, reader_each *each, void *arg)
{
	if (r->token == TOKEN_LINE || at_sign(r, ';')) {
		next(r);
		return ERR_OK;
	}
	if (at_sign(r, '}')) {
		if (r->block_line == 0)
			return refuse(r, "} closes nothing");
		r->block_line = 0;
		next(r);
		return ERR_OK;
	}
	if (r->token != TOKEN_WORD)
		return refuse(r, "a key is missing");
	return take_setting(r, each, arg);
}

enum err reader_run(struct arena *a, const struct config_source *source, reader_each *each,
	void *arg, struct failure *f)
{
	struct reader *r = ARENA_NEW(a, struct reader);
	enum err e;

	r->arena = a;
	r->source = source;
	r->failure = f;
	r->token = TOKEN_LINE;
	e = enter(r, source->file_name, source->text);
	if (e != ERR_OK)
		return e;
	next(r);
	while (go_on(r)) {
		e = take_next(r, each, arg);
		if (e != ERR_OK)
			return e;
	}
	if (r->token == TOKEN_BAD)
		return f->code;
	if (r->block_line != 0)
		return refuse_at(
			r, r->block_line, "the block is not closed; write } after its last option");
	return ERR_OK;
}
