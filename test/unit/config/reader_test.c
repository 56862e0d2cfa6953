#include "config/reader.h"

#include <stdlib.h>

#include "tap.h"

/* Every setting as file:line key=value,value; lists in brackets. */
static enum err note(void *arg, const struct reader_item *item, struct failure *f)
{
	struct buf *to = arg;

	buf_printf(to, "%s:%u %.*s=%s", item->place.file, item->place.line, STR_FMT(item->key),
		item->is_list ? "[" : "");
	for (size_t i = 0; i < item->count; i++) {
		buf_put_c(to, i > 0 ? "," : "");
		buf_put(to, item->values[i]);
	}
	buf_put_c(to, item->is_list ? "]\n" : "\n");
	return ERR_OK;
}

static const struct {
	const char *path, *text;
} files[] = {
	{ "a.conf", "a = 1\n" },
	{ "conf/b.conf", "b = 1\ninclude \"c.conf\"\nb2 = 1" },
	{ "conf/c.conf", "\xef\xbb\xbf" "c { d = 1 }" },
	{ "/etc/x", "x 1" },
	{ "loop", "include loop" },
	{ "open", "s {" },
	{ "empty", "" },
};

static bool read_file(void *arg, const char *path, struct buf *to)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		if (strcmp(files[i].path, path) == 0) {
			buf_put_c(to, files[i].text);
			return true;
		}
	}
	return false;
}

static const struct {
	const char *text, *want;
} cases[] = {
	{ "", "" },
	{ "\n\n# nothing\n;;\n", "" },
	{ "a = 1", "f:1 a=1\n" },
	{ "a=1;b=2", "f:1 a=1\nf:1 b=2\n" },
	{ "a: 1\nb 2\r\nc\t=\t3\r\n", "f:1 a=1\nf:2 b=2\nf:3 c=3\n" },
	{ "s { a = 1 }", "f:1 s.a=1\n" },
	{ "s {\n a = 1\n\n b = 2; c = 3\n}\nt.d = 4", "f:2 s.a=1\nf:4 s.b=2\nf:4 s.c=3\nf:6 t.d=4\n" },
	{ "s { } t { a 1; }", "f:1 t.a=1\n" },
	{ "a = \"x y # z ; } \\\" \\\\\" # end", "f:1 a=x y # z ; } \" \\\n" },
	{ "a = \"\"", "f:1 a=\n" },
	{ "a = []", "f:1 a=[]\n" },
	{ "a = [1]", "f:1 a=[1]\n" },
	{ "a = [ 1, \"2 3\" ,\n # two\n 4,\n]\nb = 1", "f:1 a=[1,2 3,4]\nf:5 b=1\n" },
	{ "a = *:25", "f:1 a=*:25\n" },
	{ "a = ::1", "f:1 a=::1\n" },
	{ "include = 1", "F f:1: a value is missing" },
	{ "s { include x }", "F f:1: include stands outside of blocks" },
	{ "include a.conf", "a.conf:1 a=1\n" },
	{ "x = 0\ninclude a.conf\ny = 2", "f:1 x=0\na.conf:1 a=1\nf:3 y=2\n" },
	{ "include \"conf/b.conf\"; y = 2", "conf/b.conf:1 b=1\nconf/c.conf:1 c.d=1\nconf/b.conf:3 b2=1\nf:1 y=2\n" },
	{ "include a.conf; s { y = 2 }", "a.conf:1 a=1\nf:1 s.y=2\n" },
	{ "include /etc/x\ninclude empty\n", "/etc/x:1 x=1\n" },
	{ "include loop", "F loop:1: files are included too deeply; does one include itself?" },
	{ "include none", "F f:1: cannot read 'none'" },
	{ "include \"\"", "F f:1: include needs the name of a file" },
	{ "include [a, b]", "F f:1: include needs the name of a file" },
	{ "include open\na = 1", "F open:1: the block is not closed; write } after its last option" },
	{ "include a.conf \"x\"", "F f:1: more than one value; put a text with spaces in \"quotes\", or end the line or write ;" },
	{ "include a.conf; \"x\"", "F f:1: a key is missing" },
	{ "include a.conf; \"x", "F f:1: the string is not closed; write a \" at its end" },
	{ "}", "F f:1: } closes nothing" },
	{ "\ns {\n a 1\n", "F f:2: the block is not closed; write } after its last option" },
	{ "s { t { a = 1 } }", "F f:1: a block cannot stand inside another" },
	{ "a = [1, 2", "F f:1: the list is not closed; write ] after its last value" },
	{ "\na = [1\n 2]", "F f:3: values of a list are parted by commas" },
	{ "a = [,]", "F f:1: a value is missing in the list" },
	{ "a = \"x\ny\"", "F f:1: the string is not closed; write a \" at its end" },
	{ "a = \"x\\", "F f:1: the string is not closed; write a \" at its end" },
	{ "a = \"x\\n\"", "F f:1: after a \\ only \" or another \\ may stand; write \\\\ for a backslash" },
	{ "a = 1]", "F f:1: an end of line or ; is missing" },
	{ "a =\nb = 1", "F f:1: a value is missing" },
	{ "= 1", "F f:1: a key is missing" },
	{ "\"a\" = 1", "F f:1: a key is missing" },
	{ "a = 1\nb = \xff", "F f:2: not valid UTF-8" },
	{ "a = 1\n\nb = \x01", "F f:3: a control octet stands here" },
};

static void run(struct str text, bool files_too, struct buf *to)
{
	struct arena a;
	struct failure f = { 0 };
	struct config_source source = { .text = text, .file_name = "f", .read = files_too ? read_file : NULL };

	arena_init(&a, ARENA_NONE);
	if (reader_run(&a, &source, note, to, &f) != ERR_OK) {
		buf_clear(to);
		buf_printf(to, "F %s", f.text);
	}
	arena_done(&a);
}

static void test_cases(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf got;

		buf_init(&got, 1 << 16);
		run(str_from_c(cases[i].text), true, &got);
		IS_STR(buf_str(&got), str_from_c(cases[i].want));
		buf_done(&got);
	}
}

/* Every beginning of every case, from a copy of just its size, ends in a result or a failure with a place. */
static void test_cut(void)
{
	size_t bad = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (size_t n = 0; n <= strlen(cases[i].text); n++) {
			char *copy = malloc(n + 1);
			struct buf got;

			memcpy(copy, cases[i].text, n);
			buf_init(&got, 1 << 16);
			run(str_make(copy, n), true, &got);
			bad += got.len > 0 && got.at[0] == 'F' && str_find(buf_str(&got), ':') == STR_NPOS;
			buf_done(&got);
			free(copy);
		}
	}
	IS_NUM(bad, 0);
}

static void test_limits(void)
{
	struct buf text, got;

	buf_init(&text, 4 << 20);
	buf_init(&got, 1 << 20);
	run(S("include a.conf"), false, &got);
	IS_STR(buf_str(&got), S("F f:1: include is not possible here"));
	buf_put_c(&text, "a = [");
	for (int i = 0; i <= READER_VALUES_MAX; i++)
		buf_put_c(&text, "1,");
	buf_put_c(&text, "]");
	buf_clear(&got);
	run(buf_str(&text), false, &got);
	IS_STR(buf_str(&got), S("F f:1: the list is too long"));
	buf_clear(&text);
	while (text.len <= CONFIG_TEXT_OCTETS_MAX)
		buf_put_c(&text, "# filler\n");
	buf_clear(&got);
	run(buf_str(&text), false, &got);
	IS_STR(buf_str(&got), S("F f:1: the file is larger than 1 MiB"));
	buf_done(&text);
	buf_done(&got);
}

int main(void)
{
	test_cases();
	test_cut();
	test_limits();
	return tap_done();
}
