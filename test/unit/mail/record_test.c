/*
 * Records of hand-made messages against golden dumps (argument: the folder of *.in and *.ref; "\n" in an .in is CRLF in the
 * message), sections, the opaque record, records of the forms before (*.bmr2), and a checker that finds every lie.
 * To make a .ref anew: mail_record_test FOLDER --write, then read the difference.
 */
#include "mail/record.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "record_dump.h"
#include "tap.h"

static bool read_file(const char *path, struct buf *to)
{
	FILE *f = fopen(path, "rb");
	char block[4096];
	size_t n;

	if (f == NULL)
		return false;
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buf_put(to, str_make(block, n));
	fclose(f);
	return true;
}

static void put_crlf(struct str s, struct buf *to)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '\n')
			buf_put_octet(to, '\r');
		buf_put_octet(to, s.at[i]);
	}
}

/* The record of a message in an exact-size copy; checked. */
static void make(struct str message, struct buf *to)
{
	char *copy = mem_copy(message.at ? message.at : "", message.len);

	buf_init(to, RECORD_OCTETS_MAX);
	must(record_make(str_make(copy, message.len), to) == ERR_OK);
	must(record_check(buf_str(to), message.len) == ERR_OK);
	mem_free(copy);
}

/* Every header and body of a part, put together again, must be the octets that are there. */
static bool covers(const struct record *r, size_t message_octets)
{
	struct record_part p;

	return record_part(r, 0, &p) && p.header_octets == p.body_at && p.body_at + p.body_octets == message_octets;
}

/* The record of the same message as it was written before this form. */
static void golden_before(const char *path, struct str message, struct str want)
{
	struct buf octets, dump;
	struct record r;

	buf_init(&octets, 1 << 20);
	buf_init(&dump, 1 << 20);
	OK(read_file(path, &octets), "the record before is there");
	OK(record_check(buf_str(&octets), message.len) == ERR_OK, "it is sound");
	OK(record_open_view(buf_str(&octets), &r) == ERR_OK && r.tables, "it can be read");
	record_dump(&r, &dump);
	IS_STR(buf_str(&dump), want);
	buf_done(&octets);
	buf_done(&dump);
}

static void golden(const char *folder, const char *name, bool write)
{
	char path[4096];
	struct buf in, message, octets, dump, want;
	struct record r;

	buf_init(&in, 1 << 20);
	buf_init(&message, 1 << 20);
	buf_init(&dump, 1 << 20);
	buf_init(&want, 1 << 20);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	OK(read_file(path, &in), "%s is there", name);
	put_crlf(buf_str(&in), &message);
	make(buf_str(&message), &octets);
	must(record_open_view(buf_str(&octets), &r) == ERR_OK);
	record_dump(&r, &dump);
	OK(covers(&r, message.len), "%s: header and body are the message", name);
	snprintf(path, sizeof(path), "%s/%.*s.ref", folder, (int)strlen(name) - 3, name);
	if (write) {
		FILE *f = fopen(path, "wb");

		must(f != NULL && fwrite(dump.at, 1, dump.len, f) == dump.len && fclose(f) == 0);
	}
	OK(read_file(path, &want) && str_eq(buf_str(&dump), buf_str(&want)), "%s as in its .ref", name);
	snprintf(path, sizeof(path), "%s/%.*s.bmr2", folder, (int)strlen(name) - 3, name);
	golden_before(path, buf_str(&message), buf_str(&want));
	for (size_t n = 0; n <= message.len; n++) {
		struct buf cut;

		make(str_sub(buf_str(&message), 0, n), &cut); /* must() in it is the test */
		buf_done(&cut);
	}
	buf_done(&in);
	buf_done(&message);
	buf_done(&octets);
	buf_done(&dump);
	buf_done(&want);
}

static void test_golden(const char *folder, bool write)
{
	DIR *d = opendir(folder);
	struct dirent *row;
	int files = 0;

	OK(d != NULL, "the golden folder is there");
	while (d != NULL && (row = readdir(d)) != NULL) {
		size_t len = strlen(row->d_name);

		if (len > 3 && strcmp(row->d_name + len - 3, ".in") == 0) {
			golden(folder, row->d_name, write);
			files++;
		}
	}
	if (d != NULL)
		closedir(d);
	OK(files >= 12, "%d golden messages", files);
}

/* RFC 3501 section 6.4.5, the example of part specifiers, shortened: 1 text, 2 octets, 3 message (3.1, 3.2), 4
 * multipart (4.1 image, 4.2 message (4.2.1, 4.2.2 multipart (4.2.2.1, 4.2.2.2))). */
static const struct str sections_message = S_INIT("Content-Type: multipart/mixed; boundary=a\r\n\r\n"
	"--a\r\n\r\n1\r\n--a\r\nContent-Type: application/octet-stream\r\n\r\n2\r\n"
	"--a\r\nContent-Type: message/rfc822\r\n\r\n"
	"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n3.1\r\n--b\r\n\r\n3.2\r\n--b--\r\n"
	"--a\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
	"--c\r\nContent-Type: image/gif\r\n\r\n4.1\r\n--c\r\nContent-Type: message/rfc822\r\n\r\n"
	"Content-Type: multipart/mixed; boundary=d\r\n\r\n--d\r\n\r\n4.2.1\r\n"
	"--d\r\nContent-Type: multipart/alternative; boundary=e\r\n\r\n"
	"--e\r\n\r\n4.2.2.1\r\n--e\r\n\r\n4.2.2.2\r\n--e--\r\n--d--\r\n--c--\r\n--a--\r\n");

static void test_sections(void)
{
	static const struct {
		uint32_t numbers[5];
		size_t count;
		const char *want; /* the body; NULL: no such part; "" only that it is there */
	} rows[] = { { { 0 }, 0, "" }, { { 1 }, 1, "1" }, { { 2 }, 1, "2" }, { { 3 }, 1, "" }, { { 3, 1 }, 2, "3.1" },
		{ { 3, 2 }, 2, "3.2" }, { { 3, 3 }, 2, NULL }, { { 4 }, 1, "" }, { { 4, 1 }, 2, "4.1" },
		{ { 4, 2, 1 }, 3, "4.2.1" }, { { 4, 2, 2, 1 }, 4, "4.2.2.1" }, { { 4, 2, 2, 2 }, 4, "4.2.2.2" },
		{ { 1, 1 }, 2, NULL }, { { 5 }, 1, NULL }, { { 4, 1, 1 }, 3, NULL }, { { 0 }, 1, NULL },
		{ { UINT32_MAX }, 1, NULL } };
	struct buf octets;
	struct record r;

	make(sections_message, &octets);
	must(record_open_view(buf_str(&octets), &r) == ERR_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct record_part p;
		uint32_t part = RECORD_NONE;
		bool found = record_section(&r, rows[i].numbers, rows[i].count, &part);

		OK(found == (rows[i].want != NULL), "row %zu: found or not", i);
		if (found && rows[i].want[0] != 0 && record_part(&r, part, &p))
			IS_STR(str_sub(sections_message, p.body_at, p.body_octets), str_from_c(rows[i].want));
	}
	buf_done(&octets);
}

static void test_single(void)
{
	uint32_t numbers[] = { 1, 1, 1 }, part = 9;
	struct buf octets;
	struct record r;

	make(S("A: b\r\n\r\ntext"), &octets);
	must(record_open_view(buf_str(&octets), &r) == ERR_OK);
	OK(record_section(&r, numbers, 1, &part) && part == 0, "1 of a message without parts is its body");
	OK(!record_section(&r, numbers, 2, &part), "1.1 is nothing");
	IS_NUM(record_inner(&r, 0), RECORD_NONE);
	buf_done(&octets);

	make(S("Content-Type: message/rfc822\r\n\r\nA: b\r\n\r\ntext"), &octets);
	must(record_open_view(buf_str(&octets), &r) == ERR_OK);
	OK(record_section(&r, numbers, 1, &part) && part == 0, "1 is the message part");
	OK(record_section(&r, numbers, 2, &part) && part == 1, "1.1 is the text inside");
	OK(!record_section(&r, numbers, 3, &part), "1.1.1 is nothing");
	IS_NUM(record_inner(&r, 0), 1);
	buf_done(&octets);
}

static void test_opaque(void)
{
	struct buf octets;
	struct record r;
	struct record_part p = { 0 };
	struct record_envelope e;

	buf_init(&octets, RECORD_OCTETS_MAX);
	IS_NUM(record_make_opaque(12345, &octets), ERR_OK);
	IS_NUM(record_check(buf_str(&octets), 12345), ERR_OK);
	IS_NUM(record_check(buf_str(&octets), 12344), ERR_CORRUPT);
	IS_NUM(record_open_view(buf_str(&octets), &r), ERR_OK);
	OK(r.flags & RECORD_OPAQUE && record_part(&r, 0, &p) && record_envelope(&r, p.envelope, &e), "one part");
	IS_STR(p.type, S("text"));
	IS_NUM(p.body_octets, 12345);
	OK(!record_part(&r, 1, &p), "and no other");
	buf_clear(&octets);
	IS_NUM(record_make_opaque(RECORD_MESSAGE_OCTETS_MAX + 1, &octets), ERR_TOOBIG);
	buf_done(&octets);
	buf_init(&octets, 10);
	IS_NUM(record_make(S("A: b\r\n\r\n"), &octets), ERR_TOOBIG);
	buf_done(&octets);
}

static void poke(char *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (char)(value >> (8 * i));
}

/* Lies, each in one octet of an honest record: [base, offset, value]. */
enum base { HEAD, OFFSETS, ENVELOPE, ROOT, PART_1 };

static const struct lie {
	const char *what;
	enum base base;
	unsigned at, value;
} lies[] = {
	{ "form", HEAD, 0, 4 },
	{ "unknown flag", HEAD, 2, 0x7f },
	{ "message octets", HEAD, 3, 0x80 },
	{ "no parts", HEAD, 7, 0 },
	{ "one part", HEAD, 7, 1 },
	{ "a part more", HEAD, 7, 16 },
	{ "octets of the envelope", HEAD, 8, 9 },
	{ "more octets of the envelope", HEAD, 8, 11 },
	{ "kept", HEAD, 11, 1 },
	{ "a number that does not end", HEAD, 11, 0xff },
	{ "place of part 1", OFFSETS, 0, 0 },
	{ "place of part 1, outside", OFFSETS, 1, 0xff },
	{ "place of part 2", OFFSETS, 2, 1 },
	{ "envelope's flags", ENVELOPE, 0, 8 },
	{ "a date that is not there", ENVELOPE, 0, 1 },
	{ "a Sender that is not there", ENVELOPE, 0, 2 },
	{ "a Reply-To that is not there", ENVELOPE, 0, 4 },
	{ "text outside", ENVELOPE, 1, 200 },
	{ "no such word", ENVELOPE, 1, 0x7f * 2 + 1 },
	{ "addresses that are not there", ENVELOPE, 6, 1 },
	{ "a leaf with parts", ROOT, 0, 0 },
	{ "kind", ROOT, 0, 3 },
	{ "encoding", ROOT, 0, 0x15 },
	{ "an envelope of its own", ROOT, 0, 0x81 },
	{ "more", ROOT, 0, 0x21 },
	{ "next", ROOT, 1, 1 },
	{ "next, outside", ROOT, 1, 99 },
	{ "children", ROOT, 2, 3 },
	{ "header octets", ROOT, 3, 1 },
	{ "lines", ROOT, 4, 0xff },
	{ "type absent", ROOT, 5, 0 },
	{ "another type", ROOT, 5, 1 },
	{ "envelope of a leaf", PART_1, 0, 0xa0 },
	{ "multipart without parts", PART_1, 0, 0x21 },
	{ "unknown part flag", PART_1, 1, 0x7f },
	{ "parent, itself", PART_1, 2, 0 },
	{ "parent, before all", PART_1, 2, 2 },
	{ "depth", PART_1, 3, 2 },
	{ "header in the root's header", PART_1, 4, 0 },
};

static size_t lie_at(const struct record *r, const struct lie *lie)
{
	const unsigned char *at = (const unsigned char *)r->octets.at;
	size_t bases[] = { [HEAD] = 0, [OFFSETS] = r->offsets_at, [ENVELOPE] = r->envelope_at, [ROOT] = r->parts_at };

	if (lie->base == PART_1)
		return r->parts_at + (at[r->offsets_at] | (size_t)at[r->offsets_at + 1] << 8) + lie->at;
	return bases[lie->base] + lie->at;
}

/* Whatever an octet says, what is read ends and stays inside; dumps of what passes the check are text. */
static void any_octet(struct str octets, size_t message_octets)
{
	struct buf dump;

	buf_init(&dump, 1 << 20);
	for (size_t i = 0; i < octets.len; i++) {
		char *copy = mem_copy(octets.at, octets.len);
		struct record r;

		for (unsigned value = 0; value < 256; value += value < 3 || value > 250 ? 1 : 13) {
			copy[i] = (char)value;
			buf_clear(&dump);
			(void)!record_check(str_make(copy, octets.len), message_octets);
			if (record_open_view(str_make(copy, octets.len), &r) == ERR_OK)
				record_dump(&r, &dump);
		}
		mem_free(copy);
	}
	OK(true, "%zu octets, each with other values", octets.len);
	buf_done(&dump);
}

/* Every cut, and an octet too many. */
static void cuts(struct buf *octets, size_t message_octets)
{
	struct str kept;
	size_t whole = record_split(buf_str(octets), &kept).len;

	for (size_t n = 0; n < octets->len; n++) {
		char *copy = mem_copy(octets->at, n);

		/* Without its kept fields it is a record, too. */
		if (n != whole && record_check(str_make(copy, n), message_octets) != ERR_CORRUPT)
			OK(false, "cut at %zu", n);
		mem_free(copy);
	}
	buf_put_octet(octets, 'x');
	OK(record_check(buf_str(octets), message_octets) == ERR_CORRUPT, "found: an octet too many");
}

static void test_lies(void)
{
	struct buf octets;
	struct record r;

	make(sections_message, &octets);
	must(record_open_view(buf_str(&octets), &r) == ERR_OK && r.parts == 15 && r.flags >= 0x80);
	for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		char *copy = mem_copy(octets.at, octets.len);

		copy[lie_at(&r, &lies[i])] = (char)lies[i].value;
		OK(record_check(str_make(copy, octets.len), sections_message.len) == ERR_CORRUPT, "found: %s",
			lies[i].what);
		mem_free(copy);
	}
	any_octet(buf_str(&octets), sections_message.len);
	cuts(&octets, sections_message.len);
	buf_done(&octets);
}

/* The same in a record of the second form; offsets are those of doc/format/record.md. */
static void test_lies_before(const char *folder)
{
	static const struct {
		const char *what;
		size_t at;
		uint32_t value;
	} rows[] = { { "magic", 0, 1 }, { "flags", 4, 0x8000 }, { "message octets", 8, 1 }, { "parts", 20, 1 },
		{ "envelopes", 24, 0xffffffff }, { "params", 28, 1 << 30 }, { "text", 40, 0 }, { "kept", 44, 1 },
		{ "parent of the root", 48, 0 }, { "next of the root", 52, 1 }, { "children of the root", 56, 3 },
		{ "depth and kind of the root", 60, 0 }, { "part flags", 64, 0x100 }, { "header at", 68, 1 },
		{ "header octets", 72, 1 }, { "body at", 76, 0 }, { "body octets", 80, 1 << 30 },
		{ "body lines", 84, 1 << 30 }, { "type outside", 88, 1 << 20 }, { "type absent", 88, UINT32_MAX },
		{ "text length", 92, 1 << 20 }, { "params first", 160, 5000 }, { "params count", 164, 5000 },
		{ "envelope of the root", 184, RECORD_NONE }, { "parent of part 1", 188, 1 },
		{ "parent of part 1, itself later", 188, 2 }, { "next of part 1", 192, 9 }, { "next back", 192, 0 },
		{ "next stays", 192, 1 }, { "envelope of a leaf", 324, 0 }, { "header of part 1", 208, 0 } };
	struct buf octets;
	char path[4096];

	buf_init(&octets, 1 << 20);
	snprintf(path, sizeof(path), "%s/sections.bmr2", folder);
	OK(read_file(path, &octets), "the record before is there");
	must(record_check(buf_str(&octets), sections_message.len) == ERR_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *copy = mem_copy(octets.at, octets.len);

		poke(copy + rows[i].at, rows[i].value);
		OK(record_check(str_make(copy, octets.len), sections_message.len) == ERR_CORRUPT, "found before: %s",
			rows[i].what);
		mem_free(copy);
	}
	cuts(&octets, sections_message.len);
	buf_done(&octets);
}

/* Text that must not be in a record, put over the subject. */
static void test_bad_text(void)
{
	static const struct str bad[] = { S_INIT("a\rb"), S_INIT("a\nb"), S_INIT("a\0b"), S_INIT("a\xff" "b"),
		S_INIT("\xc3\xc3\xc3") };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct buf octets;
		size_t at;

		make(S("Subject: xyz\r\n\r\n"), &octets);
		at = str_find_str(buf_str(&octets), S("xyz"));
		must(at != STR_NPOS);
		memcpy(octets.at + at, bad[i].at, 3);
		IS_NUM(record_check(buf_str(&octets), 16), ERR_CORRUPT);
		buf_done(&octets);
	}
}

/* What is kept of a header: "name=field octets" or "name!" for what is left out. */
static void list_kept(struct str kept, struct buf *to)
{
	struct record_kept k;

	while (record_kept_next(&kept, &k)) {
		buf_put(to, k.name);
		if (k.field.at != NULL)
			buf_printf(to, "=%zu ", k.field.len);
		else
			buf_put(to, S("! "));
	}
	must(kept.len == 0);
}

static const struct {
	const char *what;
	struct str header;
	const char *want; /* NULL: nothing is kept */
} kept_cases[] = {
	{ "as it stands", S_INIT("From: a@b\r\nX-Odd :  \r\n x\r\nfrom: c\r\n\r\n"), "From=11 X-Odd=15 from=9 " },
	{ "a bare LF", S_INIT("A: b\nC: d\r\n\r\n"), "A=5 C=6 " },
	{ "what is dull is named once", S_INIT("Received: x\r\nA: b\r\nReceived: y\r\nDKIM-Signature: z\r\n\r\n"),
		"Received! A=6 DKIM-Signature! " },
	{ "no empty line", S_INIT("A: b\r\n"), "A=6 " },
	{ "no line end", S_INIT("A: b"), NULL },
	{ "no header", S_INIT("\r\nbody"), "" },
	{ "junk between", S_INIT("From x\r\nA: b\r\n\r\n"), "A=6 " },
};

static void kept(void)
{
	for (size_t i = 0; i < sizeof(kept_cases) / sizeof(*kept_cases); i++) {
		const char *what = kept_cases[i].what, *want = kept_cases[i].want;
		struct buf octets, got;
		struct record whole, cut;
		struct str beside;

		make(kept_cases[i].header, &octets);
		buf_init(&got, 1 << 16);
		must(record_open_view(buf_str(&octets), &whole) == ERR_OK);
		OK((want != NULL) == (whole.kept.at != NULL), "%s: kept or not", what);
		list_kept(whole.kept, &got);
		IS_STR(buf_str(&got), str_from_c(want ? want : ""));
		must(record_open_view(record_split(buf_str(&octets), &beside), &cut) == ERR_OK);
		OK(str_eq(beside, whole.kept), "%s: cut off", what);
		OK(cut.kept.at == NULL || cut.kept.len == 0, "%s: the rest has none", what);
		OK(record_check(cut.octets, kept_cases[i].header.len) == ERR_OK, "%s: the rest is sound", what);
		OK(record_kept_check(beside, kept_cases[i].header.len) == ERR_OK, "%s: so is what was cut", what);
		buf_done(&octets);
		buf_done(&got);
	}
}

/* One field too long, and too many fields even to name them. */
static void kept_limits(void)
{
	struct buf message, octets, got;
	struct record r;

	buf_init(&message, 1 << 20);
	buf_init(&got, 1 << 16);
	buf_put(&message, S("A: "));
	while (message.len < RECORD_KEPT_FIELD_MAX)
		buf_put_octet(&message, 'x');
	buf_put(&message, S("\r\nB: c\r\n\r\n"));
	make(buf_str(&message), &octets);
	must(record_open_view(buf_str(&octets), &r) == ERR_OK);
	list_kept(r.kept, &got);
	IS_STR(buf_str(&got), S("A! B=6 "));
	buf_done(&octets);
	buf_clear(&message);
	for (unsigned i = 0; i < 1000; i++)
		buf_printf(&message, "Received-%u: x\r\n", i);
	make(buf_str(&message), &octets);
	must(record_open_view(buf_str(&octets), &r) == ERR_OK);
	OK(r.kept.at == NULL && (r.flags & RECORD_KEPT) == 0, "too many names: nothing is kept");
	buf_done(&octets);
	buf_done(&got);
	buf_done(&message);
}

static void kept_lies(void)
{
	static const struct {
		const char *what;
		struct str kept;
	} kept_bad[] = {
		{ "cut off", S_INIT("\1\6\0A: b\r") },
		{ "another name", S_INIT("\2\6\0A: b\r\n") },
		{ "two fields in one", S_INIT("\1\14\0A: b\r\nC: d\r\n") },
		{ "no line end", S_INIT("\1\4\0A: b") },
		{ "no field", S_INIT("\1\3\0A\r\n") },
		{ "no name", S_INIT("\0\0\0") },
		{ "a name longer than its field", S_INIT("\7\6\0A: b\r\n") },
		{ "more than the header has", S_INIT("\1\6\0A: b\r\n\1\6\0A: b\r\n") },
	};

	for (size_t i = 0; i < sizeof(kept_bad) / sizeof(*kept_bad); i++)
		IS_NUM(record_kept_check(kept_bad[i].kept, 11), ERR_CORRUPT);
	IS_NUM(record_kept_check(S("\1\6\0A: b\r\n"), 11), ERR_OK);
}

/* A record of the first form: another magic, a head without the count of kept octets. */
static void first_form(const char *folder)
{
	struct str beside, record;
	struct buf octets, old;
	struct record r;
	struct record_part p;
	char path[4096];

	buf_init(&octets, 1 << 20);
	snprintf(path, sizeof(path), "%s/sections.bmr2", folder);
	must(read_file(path, &octets));
	record = record_split(buf_str(&octets), &beside);
	buf_init(&old, 1 << 16);
	buf_put(&old, S("BMR1"));
	buf_put(&old, str_sub(record, 4, 40));
	old.at[4] = (char)(old.at[4] & 0x7f);
	buf_put(&old, str_skip(record, 48));
	OK(record_check(buf_str(&old), sections_message.len) == ERR_OK, "a record of the first form is sound");
	OK(record_open_view(buf_str(&old), &r) == ERR_OK && r.kept.at == NULL, "it has no kept fields");
	OK(record_part(&r, 2, &p) && str_eq(p.type, S("application")), "its parts can be read");
	buf_done(&old);
	buf_done(&octets);
}

/* Offsets of parts take two octets, and four where the parts take more than 64 KiB. */
static void many_parts(void)
{
	struct buf message, octets;
	struct record r;
	struct record_part p;

	buf_init(&message, 1 << 20);
	buf_put(&message, S("Content-Type: multipart/mixed; boundary=b\r\n\r\n"));
	for (int i = 0; i < 3000; i++)
		buf_printf(&message, "--b\r\nContent-Description: number %d\r\n\r\nx\r\n", i);
	buf_put(&message, S("--b--\r\n"));
	make(buf_str(&message), &octets);
	OK(record_open_view(buf_str(&octets), &r) == ERR_OK && r.parts_end - r.parts_at > UINT16_MAX, "parts take much");
	OK(record_part(&r, 3000, &p) && str_eq(p.description, S("number 2999")), "the last part is found");
	OK(!record_part(&r, 3001, &p), "there is none behind it");
	buf_done(&message);
	buf_done(&octets);
}

/* The most common mail takes a dozen octets beside its texts. */
static void plain_is_small(void)
{
	static const struct str message = S_INIT("Date: Mon, 2 Nov 2026 10:00:00 +0100\r\nFrom: A <a@b.example>\r\n"
		"Subject: s\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nx\r\n");
	struct buf octets;
	struct record r;
	struct record_part p;

	make(message, &octets);
	must(record_open_view(buf_str(&octets), &r) == ERR_OK && record_part(&r, 0, &p));
	IS_STR(record_param_value(&r, p.params, S("Charset")), S("utf-8"));
	IS_NUM(r.parts_end - r.parts_at, 10);
	OK(r.parts_end < 90, "%u octets of record", r.parts_end);
	buf_done(&octets);
}

int main(int argc, char **argv)
{
	must(argc >= 2);
	test_golden(argv[1], argc > 2);
	test_sections();
	test_single();
	test_opaque();
	test_lies();
	test_lies_before(argv[1]);
	test_bad_text();
	kept();
	kept_limits();
	kept_lies();
	first_form(argv[1]);
	many_parts();
	plain_is_small();
	return tap_done();
}
