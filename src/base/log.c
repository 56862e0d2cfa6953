#include "base/log.h"

#include <stdarg.h>

#include "base/date.h"
#include "base/utf8.h"

#define LOG(code, name, level, text) { code, #name, LOG_LEVEL_##level, text },
static const struct log_row rows[LOG_COUNT] = {
#include "base/log.tbl"
};
#undef LOG

#define VALUE_OCTETS_MAX ((size_t)1024)
#define LINE_OCTETS_MAX  ((size_t)64 << 10)

static const char *const level_names[] = { "error", "warn", "notice", "info", "debug" };
static struct log_setup current;

void log_setup(const struct log_setup *setup)
{
	current = *setup;
}

const struct log_row *log_row(enum log_event event)
{
	must((unsigned)event < LOG_COUNT);
	return &rows[event];
}

/* What a terminal obeys or does not show: C1 controls, line separators, marks that turn the direction of text. */
static bool is_hidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

/* A peer's octets need not be UTF-8; the line always is. */
static void put_escaped(struct buf *line, struct str value)
{
	struct str rest = str_sub(value, 0, VALUE_OCTETS_MAX);

	while (rest.len > 0) {
		unsigned char first = (unsigned char)rest.at[0];
		uint32_t c = utf8_next(&rest);

		if (c == UTF8_BAD)
			buf_printf(line, current.json ? "\\u00%02x" : "\\x%02x", first);
		else if (is_hidden(c))
			buf_printf(line, "\\u%04x", (unsigned)c);
		else if (c == '"' || c == '\\')
			buf_printf(line, "\\%c", (int)c);
		else
			utf8_put(line, c);
	}
	if (value.len > VALUE_OCTETS_MAX)
		buf_put_c(line, "...");
}

static bool is_plain(struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		char c = value.at[i];

		if (!ascii_is_alpha(c) && !ascii_is_digit(c) && strchr("-_.:@/<>[]+", c) == NULL)
			return false;
	}
	return value.len > 0 && value.len <= VALUE_OCTETS_MAX;
}

static void put_field(struct buf *line, const struct log_field *f)
{
	bool quote = current.json || (f->kind == LOG_KIND_STR && !is_plain(f->text));

	buf_printf(line, current.json ? ",\"%s\":" : " %s=", f->name);
	if (f->kind == LOG_KIND_U64) {
		buf_put_u64(line, f->number);
		return;
	}
	if (quote)
		buf_put_octet(line, '"');
	if (f->kind == LOG_KIND_SECRET)
		buf_put_c(line, "***");
	else
		put_escaped(line, f->text);
	if (quote)
		buf_put_octet(line, '"');
}

static void put_head(struct buf *line, const struct log_row *row)
{
	const char *role = current.role ? current.role : "-";
	const char *level = level_names[row->level];
	int64_t now = current.now_ms ? current.now_ms() : 0;

	if (current.json)
		buf_put_c(line, "{\"time\":\"");
	date_put_rfc3339(line, now);
	if (current.json)
		buf_printf(line, "\",\"role\":\"%s\",\"level\":\"%s\",\"event\":%u,\"name\":\"%s\",\"text\":\"%s\"",
			role, level, row->code, row->name, row->text);
	else
		buf_printf(line, " %s %s %u %s:", role, level, row->code, row->text);
}

void log_put(enum log_event event, ...)
{
	const struct log_row *row = log_row(event);
	struct buf line;
	va_list fields;

	if (current.sink == NULL || row->level > current.most)
		return;
	buf_init(&line, LINE_OCTETS_MAX);
	put_head(&line, row);
	va_start(fields, event);
	for (;;) {
		struct log_field f = va_arg(fields, struct log_field);

		if (f.kind == LOG_KIND_END)
			break;
		put_field(&line, &f);
	}
	va_end(fields);
	buf_put_c(&line, current.json ? "}\n" : "\n");
	if (!buf_overflowed(&line))
		current.sink(row->level, buf_str(&line));
	buf_done(&line);
}
