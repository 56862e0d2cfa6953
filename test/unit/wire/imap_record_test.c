/*
 * Golden answers: test/golden/wire/<name>.in is a message, <name>.ref its ENVELOPE, BODY, ENVELOPE
 * and BODYSTRUCTURE for an IMAP4rev2 client, and BODYSTRUCTURE, a line each. The folder is the first argument; with a second one the references
 * are written anew.
 */
#include "wire/imap_record.h"

#include <stdlib.h>

#include "tap.h"

static const char *const names[] = { "plain", "bare", "groups", "utf8", "alternative", "nested", "extension", "rfc2231", "global",
	"attachment" };

static bool read_file(const char *folder, const char *name, const char *ending, struct buf *to)
{
	char path[1024];
	FILE *f;
	size_t n;
	char piece[4096];

	snprintf(path, sizeof(path), "%s/%s%s", folder, name, ending);
	f = fopen(path, "rb");
	if (f == NULL)
		return false;
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_put(to, str_make(piece, n));
	fclose(f);
	return true;
}

static void write_file(const char *folder, const char *name, struct str s)
{
	char path[1024];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.ref", folder, name);
	f = fopen(path, "wb");
	must(f != NULL && fwrite(s.at, 1, s.len, f) == s.len);
	fclose(f);
}

static void answers(struct str record, struct buf *to)
{
	struct record r;
	struct record_part root;

	must(record_open_view(record, &r) == ERR_OK && record_part(&r, 0, &root));
	imap_record_put_envelope(to, &r, root.envelope, false);
	buf_put_octet(to, '\n');
	must(imap_record_put_body(to, &r, 0) == ERR_OK);
	buf_put_octet(to, '\n');
	imap_record_put_envelope(to, &r, root.envelope, true);
	buf_put_octet(to, '\n');
	must(imap_record_put_body(to, &r, IMAP_RECORD_EXTENDED | IMAP_RECORD_UTF8 | IMAP_RECORD_DECODED) == ERR_OK);
	buf_put_octet(to, '\n');
	must(imap_record_put_body(to, &r, IMAP_RECORD_EXTENDED) == ERR_OK);
	buf_put_octet(to, '\n');
}

/* Octets of the last line, its line end left out: BODYSTRUCTURE. */
static size_t last_line(struct str s)
{
	s.len--;
	return s.len - str_rfind(s, '\n') - 1;
}

/* A ceiling anywhere in the answer is an error, and leaves what was there. */
static void small_ceilings(struct str record, size_t whole)
{
	struct record r;
	struct buf b;
	size_t bad = 0;

	must(record_open_view(record, &r) == ERR_OK);
	for (size_t ceiling = 1; ceiling < whole; ceiling++) {
		buf_init(&b, ceiling);
		buf_put_octet(&b, 'x');
		bad += imap_record_put_body(&b, &r, IMAP_RECORD_EXTENDED) != ERR_TOOBIG || b.len != 1;
		buf_done(&b);
	}
	OK(bad == 0, "%zu ceilings were passed over", bad);
}

/* Damaged records: whatever the octets say, the writer comes back. */
static void damage(struct str record)
{
	struct buf b, copy;
	struct record r;

	buf_init(&b, 1 << 20);
	buf_init(&copy, 1 << 20);
	for (size_t i = 0; i < record.len; i++) {
		for (int bit = 0; bit < 8; bit++) {
			buf_clear(&copy);
			buf_clear(&b);
			buf_put(&copy, record);
			copy.at[i] = (char)(copy.at[i] ^ 1 << bit);
			if (record_open_view(buf_str(&copy), &r) == ERR_OK &&
				imap_record_put_body(&b, &r, IMAP_RECORD_EXTENDED) != ERR_OK)
				must(b.len == 0);
		}
	}
	OK(true, "damaged records were written without harm");
	buf_done(&b);
	buf_done(&copy);
}

static void each(const char *folder, const char *name, bool renew)
{
	struct buf in, record, got, want;

	buf_init(&in, 1 << 20);
	buf_init(&record, 1 << 20);
	buf_init(&got, 1 << 20);
	buf_init(&want, 1 << 20);
	OK(read_file(folder, name, ".in", &in), "%s.in is there", name);
	OK(record_make(buf_str(&in), &record) == ERR_OK, "%s has a record", name);
	answers(buf_str(&record), &got);
	if (renew)
		write_file(folder, name, buf_str(&got));
	OK(read_file(folder, name, ".ref", &want), "%s.ref is there", name);
	IS_STR(buf_str(&got), buf_str(&want));
	small_ceilings(buf_str(&record), last_line(buf_str(&got)));
	damage(buf_str(&record));
	buf_done(&in);
	buf_done(&record);
	buf_done(&got);
	buf_done(&want);
}

/* A hundred levels, the most a record holds, need no stack of ours. */
static void deepest(void)
{
	struct buf in, record, got;
	struct record r;
	size_t open = 0;

	buf_init(&in, 1 << 20);
	buf_init(&record, 1 << 22);
	buf_init(&got, 1 << 22);
	for (int i = 0; i < 200; i++)
		buf_put_c(&in, "Content-Type: message/rfc822\r\n\r\n");
	buf_put_c(&in, "Subject: last\r\n\r\nx\r\n");
	OK(record_make(buf_str(&in), &record) == ERR_OK &&
			record_open_view(buf_str(&record), &r) == ERR_OK,
		"a record");
	OK(imap_record_put_body(&got, &r, IMAP_RECORD_EXTENDED) == ERR_OK, "%u parts deep", r.parts);
	for (size_t i = 0; i < got.len; i++) {
		open += got.at[i] == '(';
		open -= got.at[i] == ')';
	}
	IS_NUM(open, 0);
	buf_done(&in);
	buf_done(&record);
	buf_done(&got);
}

static void no_envelope(void)
{
	struct buf record, got;
	struct record r;

	buf_init(&record, 1 << 16);
	buf_init(&got, 1 << 16);
	OK(record_make_opaque(7, &record) == ERR_OK &&
			record_open_view(buf_str(&record), &r) == ERR_OK,
		"opaque");
	imap_record_put_envelope(&got, &r, RECORD_NONE, false);
	IS_STR(buf_str(&got), S("(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"));
	buf_done(&record);
	buf_done(&got);
}

int main(int argc, char **argv)
{
	must(argc > 1);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		each(argv[1], names[i], argc > 2);
	deepest();
	no_envelope();
	return tap_done();
}
