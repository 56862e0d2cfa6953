#include "ctl/render.h"

#include <utf8proc.h>

#include "base/utf8.h"
#include "ctl/wipe.h"

#define COLUMNS_MAX 32
#define BAR_COLUMNS 30
#define TEXT_OCTETS ((size_t)64 << 20)

/* ---- words ---- */

size_t render_width(struct str s)
{
	size_t width = 0;

	while (s.len > 0) {
		uint32_t c = utf8_next(&s);
		int columns = c == UTF8_BAD ? 1 : utf8proc_charwidth((utf8proc_int32_t)c);

		width += columns > 0 ? (size_t)columns : 0;
	}
	return width;
}

/* What a terminal could take for an order becomes U+FFFD; line ends a space. */
static void put_clean(struct buf *to, struct str s)
{
	while (s.len > 0) {
		uint32_t c = utf8_next(&s);
		bool bidi = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);

		if (c == '\n' || c == '\t' || c == '\r')
			buf_put_octet(to, ' ');
		else if (c == UTF8_BAD || c < 0x20 || (c >= 0x7f && c < 0xa0) || bidi)
			utf8_put(to, 0xfffd);
		else
			utf8_put(to, c);
	}
}

static void put_octets(struct buf *to, json_int_t octets)
{
	static const char *const units[] = { "", " KiB", " MiB", " GiB", " TiB" };
	double shown = (double)octets;
	size_t unit = 0;

	while (shown >= 1024 && unit < 4) {
		shown /= 1024;
		unit++;
	}
	buf_printf(to, unit > 0 ? "%.1f%s" : "%.0f%s", shown, units[unit]);
}

static void put_seconds(struct buf *to, json_int_t seconds)
{
	json_int_t days = seconds / 86400, hours = seconds / 3600 % 24, minutes = seconds / 60 % 60;

	if (days > 0)
		buf_printf(to, "%lld d %lld h", (long long)days, (long long)hours);
	else if (hours > 0)
		buf_printf(to, "%lld h %lld min", (long long)hours, (long long)minutes);
	else if (minutes > 0)
		buf_printf(to, "%lld min %lld s", (long long)minutes, (long long)(seconds % 60));
	else
		buf_printf(to, "%lld s", (long long)seconds);
}

static void put_number(struct buf *to, struct str key, json_int_t number)
{
	if (number >= 0 && (str_ends(key, S("octets")) || str_starts(key, S("quota"))))
		put_octets(to, number);
	else if (number >= 0 && str_ends(key, S("_s")))
		put_seconds(to, number);
	else
		buf_printf(to, "%lld", (long long)number);
}

static struct str text_of(const json_t *value)
{
	return str_make(json_string_value(value), json_string_length(value));
}

/* A value on one line; objects inside objects as JSON. */
static void put_value(struct buf *to, struct str key, const json_t *value)
{
	char *raw;

	if (json_is_string(value) && json_string_length(value) > 0) {
		put_clean(to, text_of(value));
	} else if (json_is_integer(value)) {
		put_number(to, key, json_integer_value(value));
	} else if (json_is_boolean(value)) {
		buf_put_c(to, json_is_true(value) ? "yes" : "no");
	} else if (json_is_real(value)) {
		buf_printf(to, "%g", json_real_value(value));
	} else if (json_is_object(value) || json_is_array(value)) {
		raw = json_dumps(value, JSON_COMPACT);
		put_clean(to, str_from_c(raw));
		wipe_json_text(raw);
	} else {
		buf_put_octet(to, '-');
	}
}

/* The items of a list of plain values, parted by commas. */
static void put_cell(struct buf *to, struct str key, const json_t *value)
{
	size_t i;
	json_t *item;

	if (!json_is_array(value)) {
		put_value(to, key, value);
		return;
	}
	if (json_array_size(value) == 0)
		buf_put_octet(to, '-');
	json_array_foreach(value, i, item)
	{
		buf_put_c(to, i > 0 ? ", " : "");
		put_value(to, key, item);
	}
}

static void put_key(struct buf *to, struct str key)
{
	for (size_t i = 0; i < key.len; i++) {
		bool last_unit = key.at[i] == '_' && i + 2 == key.len && key.at[i + 1] == 's';

		if (last_unit)
			break;
		buf_put_octet(
			to, key.at[i] == '_' || key.at[i] == '-' || (unsigned char)key.at[i] < 0x20
				    ? ' '
				    : key.at[i]);
	}
}

static size_t key_width(struct str key)
{
	struct buf shown;
	size_t width;

	buf_init(&shown, TEXT_OCTETS);
	put_key(&shown, key);
	width = render_width(buf_str(&shown));
	buf_done(&shown);
	return width;
}

static void put_color(struct buf *to, bool color, const char *code)
{
	if (color)
		buf_printf(to, "\033[%sm", code);
}

static void pad(struct buf *to, size_t from, size_t to_width)
{
	for (; from < to_width; from++)
		buf_put_octet(to, ' ');
}

/* ---- tables ---- */

struct column {
	struct str key;
	size_t width;
	bool number;
};

struct table {
	struct column columns[COLUMNS_MAX];
	size_t count;
	struct buf cell; /* scratch */
};

static struct column *find_column(struct table *t, struct str key)
{
	for (size_t i = 0; i < t->count; i++)
		if (str_eq(t->columns[i].key, key))
			return &t->columns[i];
	return NULL;
}

static void measure(struct table *t, const char *name, const json_t *value)
{
	struct str key = str_from_c(name);
	struct column *c = find_column(t, key);
	size_t width;

	if (c == NULL && t->count == COLUMNS_MAX)
		return;
	if (c == NULL) {
		c = &t->columns[t->count++];
		*c = (struct column){ .key = key, .width = key_width(key), .number = true };
	}
	buf_clear(&t->cell);
	put_cell(&t->cell, key, value);
	width = render_width(buf_str(&t->cell));
	c->width = width > c->width ? width : c->width;
	c->number &= json_is_integer(value) || json_is_null(value);
}

static void put_aligned(struct buf *to, const struct column *c, struct str text, bool last)
{
	size_t width = render_width(text);

	if (c->number)
		pad(to, width, c->width);
	buf_put(to, text);
	if (last)
		return;
	if (!c->number)
		pad(to, width, c->width);
	buf_put_c(to, "  ");
}

static void put_head(struct buf *to, struct table *t, bool color)
{
	put_color(to, color, "1");
	for (size_t i = 0; i < t->count; i++) {
		buf_clear(&t->cell);
		put_key(&t->cell, t->columns[i].key);
		for (size_t j = 0; j < t->cell.len; j++)
			t->cell.at[j] = ascii_upper(t->cell.at[j]);
		put_aligned(to, &t->columns[i], buf_str(&t->cell), i + 1 == t->count);
	}
	put_color(to, color, "0");
	buf_put_octet(to, '\n');
}

static void put_table(struct buf *to, json_t *rows, bool color)
{
	struct table t = { .count = 0 };
	const char *name;
	json_t *row, *value;
	size_t i;

	buf_init(&t.cell, TEXT_OCTETS);
	json_array_foreach(rows, i, row) json_object_foreach(row, name, value)
		measure(&t, name, value);
	if (t.count > 0)
		put_head(to, &t, color);
	json_array_foreach(rows, i, row)
	{
		for (size_t j = 0; j < t.count; j++) {
			value = json_object_get(row, t.columns[j].key.at);
			buf_clear(&t.cell);
			put_cell(&t.cell, t.columns[j].key, value);
			put_aligned(to, &t.columns[j], buf_str(&t.cell), j + 1 == t.count);
		}
		buf_put_octet(to, '\n');
	}
	buf_done(&t.cell);
}

/* ---- steps of a doctor ---- */

enum mark { MARK_GOOD, MARK_BAD, MARK_OPEN };

static enum mark mark_of(const json_t *row)
{
	const json_t *ok = json_object_get(row, "ok");

	if (json_is_true(ok) || str_eq(text_of(ok), S("yes")))
		return MARK_GOOD;
	if (json_is_false(ok) || str_eq(text_of(ok), S("no")))
		return MARK_BAD;
	return MARK_OPEN;
}

static void put_step(struct buf *to, const json_t *row, bool color)
{
	static const char *const words[] = { "ok", "failed", "-" };
	static const char *const codes[] = { "32", "31", "2" };
	struct str detail = text_of(json_object_get(row, "detail")),
		   mend = text_of(json_object_get(row, "mend"));
	enum mark mark = mark_of(row);

	if (mark == MARK_OPEN && detail.len == 0)
		detail = text_of(json_object_get(row, "ok")); /* "not reached" */
	put_color(to, color, codes[mark]);
	buf_printf(to, "%-6s", words[mark]);
	put_color(to, color, "0");
	buf_put_c(to, "  ");
	put_clean(to, text_of(json_object_get(row, "step")));
	if (detail.len > 0) {
		buf_put_c(to, ": ");
		put_clean(to, detail);
	}
	buf_put_octet(to, '\n');
	if (mend.len > 0) {
		buf_put_c(to, "        mend it: ");
		put_color(to, color, "1");
		put_clean(to, mend);
		put_color(to, color, "0");
		buf_put_octet(to, '\n');
	}
}

/* ---- replies ---- */

static bool is_table(const json_t *value)
{
	return json_is_array(value) && json_is_object(json_array_get(value, 0));
}

/* Rows of one entry's properties, keys aligned. */
static void put_properties(struct buf *to, const json_t *rows)
{
	size_t i, width = 0;
	json_t *row;

	json_array_foreach(rows, i, row)
	{
		size_t key = render_width(text_of(json_object_get(row, "property")));

		width = key > width ? key : width;
	}
	json_array_foreach(rows, i, row)
	{
		size_t before = to->len;

		put_clean(to, text_of(json_object_get(row, "property")));
		buf_put_octet(to, ':');
		pad(to, to->len - before, width + 2);
		put_cell(to, STR_NONE, json_object_get(row, "value"));
		buf_put_octet(to, '\n');
	}
}

static void put_rows(struct buf *to, json_t *rows, bool color)
{
	json_t *first = json_array_get(rows, 0), *row;
	bool steps = json_object_get(first, "step") != NULL;
	size_t i;

	if (!steps && json_object_size(first) == 2 && json_object_get(first, "property") &&
		json_object_get(first, "value"))
		put_properties(to, rows);
	else if (!steps)
		put_table(to, rows, color);
	json_array_foreach(rows, i, row) if (steps) put_step(to, row, color);
}

static bool is_frame(const char *key)
{
	static const char *const keys[] = { "ok", "more", "message", "hint", "rows", "error",
		"progress" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (strcmp(key, keys[i]) == 0)
			return true;
	return false;
}

/* Of the reply itself: what fits on a line and is no part of its frame. */
static bool is_member(const char *key, const json_t *value)
{
	return !is_frame(key) && !is_table(value) && !json_is_object(value);
}

/* Members that fit on a line each, keys aligned; `top`: of the reply itself. */
static void put_members(struct buf *to, json_t *object, const char *indent, bool top)
{
	const char *key;
	json_t *value;
	size_t width = 0;

	json_object_foreach(object, key, value)
	{
		size_t own = key_width(str_from_c(key));

		if (!top || is_member(key, value))
			width = own > width ? own : width;
	}
	json_object_foreach(object, key, value)
	{
		struct str name = str_from_c(key);

		if (top && !is_member(key, value))
			continue;
		buf_put_c(to, indent);
		put_key(to, name);
		buf_put_octet(to, ':');
		pad(to, key_width(name) + 1, width + 2);
		put_cell(to, name, value);
		buf_put_octet(to, '\n');
	}
}

static void put_heading(struct buf *to, const char *key, bool color)
{
	buf_put_c(to, to->len > 0 ? "\n" : "");
	put_color(to, color, "1");
	put_key(to, str_from_c(key));
	buf_put_octet(to, ':');
	put_color(to, color, "0");
	buf_put_octet(to, '\n');
}

/* "created account DOM\\alice (id 7)". */
static bool put_created(struct buf *to, const char *key, const json_t *value)
{
	const json_t *kind = json_object_get(value, "kind"), *name = json_object_get(value, "name");
	const json_t *id = json_object_get(value, "id");

	if (json_object_size(value) != 3 || !json_is_string(kind) || !json_is_string(name) ||
		!json_is_integer(id))
		return false;
	put_key(to, str_from_c(key));
	buf_put_octet(to, ' ');
	put_clean(to, text_of(kind));
	buf_put_octet(to, ' ');
	put_clean(to, text_of(name));
	buf_printf(to, " (id %lld)\n", (long long)json_integer_value(id));
	return true;
}

static void put_nested(struct buf *to, json_t *reply, bool color)
{
	const char *key;
	json_t *value;

	json_object_foreach(reply, key, value)
	{
		if (is_frame(key) || !(is_table(value) || json_is_object(value)))
			continue;
		if (put_created(to, key, value))
			continue;
		put_heading(to, key, color);
		if (json_is_object(value))
			put_members(to, value, "  ", false);
		else
			put_rows(to, value, color);
	}
}

static void put_sentence(struct buf *to, const json_t *value, const char *before)
{
	if (!json_is_string(value))
		return;
	buf_put_c(to, before);
	put_clean(to, text_of(value));
	buf_put_octet(to, '\n');
}

void render_text(struct buf *to, json_t *reply, bool color)
{
	json_t *rows = json_object_get(reply, "rows");

	put_members(to, reply, "", true);
	put_nested(to, reply, color);
	if (json_is_array(rows) && json_array_size(rows) > 0)
		put_rows(to, rows, color);
	else if (json_is_array(rows) && json_object_get(reply, "message") == NULL)
		buf_put_c(to, "none\n");
	put_sentence(to, json_object_get(reply, "message"), "");
	put_sentence(to, json_object_get(reply, "hint"), "hint: ");
}

/* ---- packets ---- */

static void clear_bar(struct render *r)
{
	if (r->bar)
		fputs("\r\033[K", r->errors);
	r->bar = false;
}

static void show_progress(struct render *r, const json_t *progress)
{
	json_int_t done = json_integer_value(json_object_get(progress, "done"));
	json_int_t total = json_integer_value(json_object_get(progress, "total"));
	struct str what = text_of(json_object_get(progress, "what"));
	struct buf line;
	double part;

	if (!r->progress || total < 0 || done < 0)
		return;
	part = done >= total ? 1 : (double)done / (double)total;
	buf_init(&line, 4096);
	buf_put_c(&line, total > 0 ? "\r[" : "\r");
	for (int i = 0; total > 0 && i < BAR_COLUMNS; i++)
		buf_put_octet(&line, i < (int)(part * BAR_COLUMNS) ? '#' : ' ');
	if (total > 0)
		buf_printf(&line, "] %3d %% ", (int)(part * 100));
	put_clean(&line, str_sub(what, 0, 70));
	buf_put_c(&line, "\033[K");
	fwrite(line.at, 1, line.len, r->errors);
	fflush(r->errors);
	buf_done(&line);
	r->bar = true;
}

static void count_problems(struct render *r, const json_t *reply)
{
	json_t *rows = json_object_get(reply, "rows"), *row;
	json_int_t told = json_integer_value(json_object_get(reply, "problems"));
	size_t i;

	r->problems +=
		told > 0 ? (size_t)told : json_array_size(json_object_get(reply, "problems"));
	json_array_foreach(rows, i, row) r->problems += mark_of(row) == MARK_BAD;
}

static void keep_rows(struct render *r, json_t *reply)
{
	json_t *rows = json_object_get(reply, "rows");

	if (r->rows == NULL)
		r->rows = json_array();
	if (json_is_array(rows))
		json_array_extend(r->rows, rows);
}

static void show_failure(struct render *r, json_t *reply)
{
	struct str message = text_of(json_object_get(reply, "message")),
		   hint = text_of(json_object_get(reply, "hint"));
	struct buf text;

	buf_init(&text, TEXT_OCTETS);
	buf_put_c(&text, "bourse: ");
	put_clean(&text, message.len > 0 ? message : S("the server refused it without saying why"));
	buf_put_octet(&text, '\n');
	if (hint.len > 0) {
		buf_put_c(&text, "hint: ");
		put_clean(&text, hint);
		buf_put_octet(&text, '\n');
	}
	fflush(r->out);
	fwrite(text.at, 1, text.len, r->errors);
	buf_done(&text);
}

static void show(struct render *r, json_t *reply)
{
	struct buf text;

	if (r->rows != NULL) {
		keep_rows(r, reply);
		json_object_set(reply, "rows", r->rows);
	}
	buf_init(&text, TEXT_OCTETS);
	render_text(&text, reply, r->color);
	if (text.len > 0)
		fwrite(text.at, 1, text.len, r->out);
	buf_done(&text);
}

/* What is shown as it comes: a sentence, or one attempt to log on. */
static bool show_now(struct render *r, json_t *reply)
{
	json_t *attempt = json_object_get(reply, "attempt"), *following = json_object_get(reply, "following");
	struct buf text;

	if (attempt == NULL && following == NULL)
		return false;
	buf_init(&text, TEXT_OCTETS);
	if (following != NULL)
		put_sentence(&text, following, "");
	else
		put_members(&text, attempt, "  ", false);
	buf_put_octet(&text, '\n');
	fwrite(text.at, 1, text.len, r->out);
	fflush(r->out);
	buf_done(&text);
	return true;
}

static void take_reply(struct render *r, json_t *reply, bool more)
{
	bool ok = json_is_true(json_object_get(reply, "ok"));

	count_problems(r, reply);
	if (!more) {
		r->failed = !ok;
		r->corrupt = !ok && str_eq(text_of(json_object_get(reply, "error")), S("CORRUPT"));
	}
	if (r->json)
		return;
	if (json_object_get(reply, "progress") != NULL) {
		show_progress(r, json_object_get(reply, "progress"));
		return;
	}
	clear_bar(r);
	if (more && show_now(r, reply))
		return;
	if (!ok)
		show_failure(r, reply);
	else if (more)
		keep_rows(r, reply);
	else
		show(r, reply);
}

void render_packet(struct render *r, struct str json, bool more)
{
	json_t *reply = json_loadb(json.at, json.len, JSON_REJECT_DUPLICATES, NULL);

	if (!json_is_object(reply)) {
		json_decref(reply);
		r->failed = true;
		render_failure(r, ERR_PEER,
			"the server's answer is not understood; it and bourse must be of one "
			"version");
		return;
	}
	if (r->json) {
		fwrite(json.at, 1, json.len, r->out);
		fputc('\n', r->out);
		fflush(r->out);
	}
	take_reply(r, reply, more);
	json_decref(reply);
}

void render_failure(struct render *r, enum err e, const char *message)
{
	json_t *reply =
		json_pack("{s:b,s:s,s:s}", "ok", 0, "error", err_name(e), "message", message);

	r->failed = true;
	clear_bar(r);
	if (reply == NULL)
		reply = json_pack(
			"{s:b,s:s,s:s}", "ok", 0, "error", err_name(e), "message", err_text(e));
	if (r->json) {
		json_dumpf(reply, r->out, JSON_COMPACT);
		fputc('\n', r->out);
	} else {
		show_failure(r, reply);
	}
	json_decref(reply);
}

void render_done(struct render *r)
{
	clear_bar(r);
	json_decref(r->rows);
	r->rows = NULL;
	fflush(r->out);
}
