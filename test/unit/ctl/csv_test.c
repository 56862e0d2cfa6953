/* The CSV reader and writer: a table, every cut, and whatever is written is read back. */
#include "ctl/csv.h"

#include <stdlib.h>

#include "tap.h"

/* Records as "a|b;c|d"; "!SYNTAX" for one that is refused. */
static void read_all(struct str text, size_t cut, struct buf *to)
{
	struct csv c;
	struct str parts[2] = { str_sub(text, 0, cut), str_skip(text, cut) };
	enum err e = ERR_OK;

	csv_init(&c, &CSV_EXCHANGE);
	buf_clear(to);
	for (int p = 0; p < 3; p++) {
		while ((e = p < 2 ? csv_next(&c, &parts[p]) : csv_end(&c)) != ERR_NEEDMORE && e != ERR_NOTFOUND) {
			buf_put_c(to, to->len > 0 ? ";" : "");
			if (e != ERR_OK)
				buf_printf(to, "!%s", err_name(e));
			for (size_t i = 0; e == ERR_OK && i < c.count; i++)
				buf_printf(to, "%s%.*s", i > 0 ? "|" : "", STR_FMT(csv_field(&c, i)));
		}
	}
	csv_done(&c);
}

static void test_table(void)
{
	static const struct {
		const char *text, *records;
	} rows[] = {
		{ "", "" },
		{ "\n\r\n\r\r\n", "" },
		{ "a", "a" },
		{ "a,b\r\nc,d\r\n", "a|b;c|d" },
		{ "a,b\nc,d", "a|b;c|d" },
		{ "a,b\rc,d\r", "a|b;c|d" },
		{ "a,\n", "a|" },
		{ ",\n", "|" },
		{ "\"\"\n", "" },
		{ "\"\",x\n", "|x" },
		{ "\"a,b\",c", "a,b|c" },
		{ "\"a\"\"b\"", "a\"b" },
		{ "\"a\r\nb\",c\r\nd", "a\r\nb|c;d" },
		{ "a\"b,\"c\"", "a\"b|c" },
		{ "\"a\"b,c\nd", "!SYNTAX;d" },
		{ "\"a\" ,c\nd", "!SYNTAX;d" },
		{ "a,\"b", "!SYNTAX" },
		{ "a\n\n\nb", "a;b" },
		{ " a , b ", " a | b " },
	};
	struct buf got;

	buf_init(&got, 1 << 16);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str text = str_from_c(rows[i].text);

		for (size_t cut = 0; cut <= text.len; cut++) {
			read_all(text, cut, &got);
			IS_STR(buf_str(&got), str_from_c(rows[i].records));
		}
	}
	buf_done(&got);
}

/* Where a record stands, so that it can be read again. */
static void test_place(void)
{
	struct str text = S("\r\nab,c\r\n\n\"d\ne\"\nf"), rest = text;
	struct csv c;

	csv_init(&c, &CSV_EXCHANGE);
	OK(csv_next(&c, &rest) == ERR_OK && c.line == 2, "the first record is on line 2");
	IS_STR(str_sub(text, c.from, c.to - c.from), S("ab,c"));
	OK(csv_next(&c, &rest) == ERR_OK && c.line == 4, "the second on line 4");
	IS_STR(str_sub(text, c.from, c.to - c.from), S("\"d\ne\""));
	OK(csv_next(&c, &rest) == ERR_NEEDMORE && csv_end(&c) == ERR_OK && c.line == 6, "the last on line 6");
	IS_STR(str_sub(text, c.from, c.to - c.from), S("f"));
	OK(csv_end(&c) == ERR_NOTFOUND, "and no more");
	csv_done(&c);
}

static void test_limits(void)
{
	struct csv c;
	struct buf text;
	struct str rest;

	csv_init(&c, &CSV_EXCHANGE);
	buf_init(&text, BUF_NO_CEILING);
	for (size_t i = 0; i < CSV_FIELDS_MAX; i++)
		buf_put_c(&text, "x,");
	buf_put_c(&text, "x\nshort\n");
	rest = buf_str(&text);
	OK(csv_next(&c, &rest) == ERR_TOOBIG && csv_next(&c, &rest) == ERR_OK, "too many fields, and the next record is read");
	IS_STR(csv_field(&c, 0), S("short"));
	buf_clear(&text);
	for (size_t i = 0; i <= CSV_RECORD_OCTETS_MAX; i++)
		buf_put_octet(&text, 'x');
	buf_put_c(&text, "\nshort\n");
	rest = buf_str(&text);
	OK(csv_next(&c, &rest) == ERR_TOOBIG && csv_next(&c, &rest) == ERR_OK, "too many octets, and the next record is read");
	IS_STR(csv_field(&c, 0), S("short"));
	buf_done(&text);
	csv_done(&c);
}

static void test_values(void)
{
	static const struct {
		const char *field, *values; /* NULL: refused */
	} rows[] = {
		{ "", "" },
		{ "a", "a" },
		{ "a%b%c", "a|b|c" },
		{ "%a%%b%", "a|b" },
		{ " a % b ", "a|b" },
		{ "\"a%b\"%c", "a%b|c" },
		{ "\" a \"", " a " },
		{ "\"a\"\"b\"", "a\"b" },
		{ "\"\"%a", "a" },
		{ "a\"b", "a\"b" },
		{ "\"a", NULL },
		{ "\"a\"b", NULL },
	};
	struct csv_format format = CSV_EXCHANGE;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct str *at;
		struct arena a;
		struct buf got;
		size_t count = 0;
		enum err e;

		arena_init(&a, ARENA_NONE);
		buf_init(&got, 1000);
		e = csv_values(&format, str_from_c(rows[i].field), &a, &at, &count);
		for (size_t n = 0; e == ERR_OK && n < count; n++)
			buf_printf(&got, "%s%.*s", n > 0 ? "|" : "", STR_FMT(at[n]));
		if (rows[i].values == NULL)
			OK(e == ERR_SYNTAX, "'%s' is refused", rows[i].field);
		else
			IS_STR(buf_str(&got), str_from_c(rows[i].values));
		buf_done(&got);
		arena_done(&a);
	}
}

/* Random texts of the octets that matter, as fields and as values of a field, survive. */
static void test_round(void)
{
	static const char octets[] = "a\",%\r\n \t~D";
	struct csv_format format = CSV_EXCHANGE;
	unsigned wrong = 0;

	srand(1);
	for (int round = 0; round < 3000; round++) {
		char texts[6][8];
		struct buf line, field;
		struct csv c;
		const struct str *at;
		struct arena a;
		struct str rest;
		size_t count = 0, want = 0;

		buf_init(&line, 1000);
		buf_init(&field, 1000);
		arena_init(&a, ARENA_NONE);
		csv_init(&c, &format);
		for (int i = 0; i < 6; i++) {
			size_t len = (size_t)rand() % 7;

			for (size_t n = 0; n < len; n++)
				texts[i][n] = octets[(size_t)rand() % (sizeof(octets) - 1)];
			texts[i][len] = '\0';
			if (i < 3)
				csv_put(&line, &format, str_from_c(texts[i]), i == 0);
			else if (len > 0)
				csv_put_value(&field, &format, str_from_c(texts[i]));
		}
		csv_put(&line, &format, buf_str(&field), false);
		csv_put_end(&line);
		rest = buf_str(&line);
		if (csv_next(&c, &rest) != ERR_OK || c.count != 4 || rest.len > 1 ||
			csv_values(&format, csv_field(&c, 3), &a, &at, &count) != ERR_OK)
			wrong++;
		for (size_t i = 0; i < 3; i++)
			wrong += !str_eq(csv_field(&c, i), str_from_c(texts[i]));
		for (size_t i = 3; i < 6; i++)
			if (texts[i][0] != '\0')
				wrong += want >= count || !str_eq(at[want++], str_from_c(texts[i]));
		wrong += want != count;
		csv_done(&c);
		arena_done(&a);
		buf_done(&field);
		buf_done(&line);
	}
	IS_NUM(wrong, 0);
}

int main(void)
{
	test_table();
	test_place();
	test_limits();
	test_values();
	test_round();
	return tap_done();
}
