/* Base subjects (RFC 5256 section 2.1) and message IDs. */
#include "mail/subject.h"

#include "base/mem.h"
#include "mail/msgid.h"
#include "tap.h"

static const struct {
	const char *subject, *base;
	bool reply;
} cases[] = {
	{ "", "", false },
	{ " \t ", "", false },
	{ "plain", "plain", false },
	{ "two\t \r\n words", "two words", false },
	{ "Re: a", "a", true },
	{ "re:a", "a", true },
	{ "RE : FW: Fwd: a", "a", true },
	{ "Re[2]: a", "a", true },
	{ "re [x] : a", "a", true },
	{ "[list] Re: a", "a", true },
	{ "[list] a", "a", false },
	{ "[one] [two] a", "a", false },
	{ "[one][two]", "[two]", false },
	{ "[only]", "[only]", false },
	{ "[list] Re: [list] a", "a", true },
	{ "Re: [only]", "[only]", true },
	{ "a (fwd)", "a", true },
	{ "a (FWD) (fwd) ", "a", true },
	{ "(fwd)", "", true },
	{ "[fwd: a]", "a", true },
	{ "[Fwd: Re: a (fwd)]", "a", true },
	{ "[fwd: [fwd: a]]", "a", true },
	{ "Re: [fwd: [list] a] (fwd)", "a", true },
	{ "[fwd: a", "[fwd: a", false },
	{ "[fwd:]", "", true },
	{ "Re:", "", true },
	{ "Reply: a", "Reply: a", false },
	{ "re", "re", false },
	{ "Re[2: a", "Re[2: a", false },
	{ "[a[b] c", "[a[b] c", false },
	{ "a [b]", "a [b]", false },
	{ "Re: \xc3\xa4", "\xc3\xa4", true },
};

static void subjects(void)
{
	struct buf to;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t len = strlen(cases[i].subject);
		char *copy = mem_copy(cases[i].subject, len);

		buf_init(&to, 1 << 16);
		OK(subject_base(str_make(copy, len), &to) == cases[i].reply, "'%s': a reply or none", cases[i].subject);
		IS_STR(buf_str(&to), str_from_c(cases[i].base));
		buf_done(&to);
		mem_free(copy);
	}
}

/* Long runs of everything that is looked for take no longer than their length allows: the test would not end. */
static void long_subjects(void)
{
	static const char *const parts[] = { "[a]", "[", "re:", "(fwd)", "[fwd:", "re[", "]", " " };
	struct buf s, to;

	buf_init(&s, 1 << 24);
	buf_init(&to, 1 << 24);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		buf_clear(&s);
		while (s.len < 1 << 20)
			buf_put_c(&s, parts[i]);
		(void)subject_base(buf_str(&s), &to);
		OK(to.len <= s.len, "a long run of '%s'", parts[i]);
	}
	buf_done(&s);
	buf_done(&to);
}

static void msgids(const char *text, const char *want)
{
	struct str rest = str_from_c(text);
	struct buf id, all;

	buf_init(&id, 1 << 16);
	buf_init(&all, 1 << 16);
	while (msgid_next(&rest, &id)) {
		buf_put(&all, buf_str(&id));
		buf_put_octet(&all, ' ');
	}
	IS_STR(buf_str(&all), str_from_c(want));
	buf_done(&id);
	buf_done(&all);
}

int main(void)
{
	subjects();
	long_subjects();
	msgids("<a@b>", "a@b ");
	msgids("<a@b><c@d> (note) <\"e f\"@g>", "a@b c@d e f@g ");
	msgids("<\"01KF\"@x.y> <01KF@x.y>", "01KF@x.y 01KF@x.y ");
	msgids("your letter of <today> and <a@b>", "a@b ");
	msgids("< a @ b >", "a@b ");
	msgids("<a@b", "");
	msgids("<<a@b>", "a@b ");
	msgids("<>", "");
	msgids("<@>", "");
	msgids("a@b", "");
	msgids("<\"a\\\"b\"@c>", "a\"b@c ");
	msgids("<\"a>b\"@c>", "a>b@c ");
	msgids("", "");
	return tap_done();
}
