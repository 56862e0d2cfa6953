#include "wire/imap_args.h"

#include "base/date.h"
#include "base/utf8.h"
#include "wire/imap_note.h"
#include "wire/mutf7.h"

#define ID_FIELD_OCTETS_MAX ((size_t)30) /* RFC 2971 3.3 */

void imap_args_init(struct imap_args *args, struct arena *a, struct str command)
{
	*args = (struct imap_args){ .rest = command, .arena = a };
}

enum err imap_args_end(const struct imap_args *args)
{
	if (args->err != ERR_OK)
		return args->err;
	return args->rest.len == 0 ? ERR_OK : ERR_SYNTAX;
}

void imap_args_fail(struct imap_args *args, enum err e)
{
	must(e != ERR_OK);
	if (args->err == ERR_OK)
		args->err = e;
	args->rest = STR_NONE;
}

/* Memory that lives as long as the command; NULL: the arena is full, and the cursor has failed. */
static void *take(struct imap_args *args, size_t octets)
{
	void *at = arena_try(args->arena, octets);

	if (at == NULL)
		imap_args_fail(args, ERR_LIMIT);
	return at;
}

static struct str cut(struct imap_args *args, size_t n)
{
	struct str head = str_sub(args->rest, 0, n);

	args->rest = str_skip(args->rest, n);
	return head;
}

bool imap_args_take(struct imap_args *args, char c)
{
	if (args->rest.len == 0 || args->rest.at[0] != c)
		return false;
	cut(args, 1);
	return true;
}

void imap_args_need(struct imap_args *args, char c)
{
	if (!imap_args_take(args, c))
		imap_args_fail(args, ERR_SYNTAX);
}

struct str imap_args_word(struct imap_args *args)
{
	size_t n = 0;

	while (n < args->rest.len &&
		(ascii_is_alpha(args->rest.at[n]) || ascii_is_digit(args->rest.at[n]) ||
			args->rest.at[n] == '.' || args->rest.at[n] == '-' ||
			args->rest.at[n] == '+'))
		n++;
	if (n == 0)
		imap_args_fail(args, ERR_SYNTAX);
	return cut(args, n);
}

/* A run of atom octets and those of `more`; empty fails. */
static struct str run(struct imap_args *args, struct str more)
{
	size_t n = 0;

	while (n < args->rest.len &&
		(imap_is_atom_char(args->rest.at[n]) || str_has_octet(more, args->rest.at[n])))
		n++;
	if (n == 0)
		imap_args_fail(args, ERR_SYNTAX);
	return cut(args, n);
}

struct str imap_args_atom(struct imap_args *args)
{
	return run(args, STR_NONE);
}

/* ---- strings ---- */

/* The end of a quoted string that begins at [0]; STR_NPOS: none. */
static size_t quote_end(struct str s, bool *escaped)
{
	*escaped = false;
	for (size_t i = 1; i < s.len; i++) {
		if (s.at[i] == '"')
			return i;
		if (s.at[i] == '\r' || s.at[i] == '\n' || s.at[i] == '\0')
			return STR_NPOS;
		if (s.at[i] != '\\')
			continue;
		*escaped = true;
		if (++i >= s.len || (s.at[i] != '"' && s.at[i] != '\\'))
			return STR_NPOS;
	}
	return STR_NPOS;
}

static struct str unescape(struct imap_args *args, struct str s)
{
	char *out = take(args, s.len + 1);
	size_t n = 0;

	if (out == NULL)
		return STR_NONE;
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '\\')
			i++;
		out[n++] = s.at[i];
	}
	return str_make(out, n);
}

static struct str quoted(struct imap_args *args)
{
	bool escaped;
	size_t end = quote_end(args->rest, &escaped);
	struct str inside;

	if (end == STR_NPOS) {
		imap_args_fail(args, ERR_SYNTAX);
		return STR_NONE;
	}
	inside = str_sub(args->rest, 1, end - 1);
	cut(args, end + 1);
	/* RFC 9051 lets UTF-8 stand in quotes; other 8-bit octets need a literal. */
	if (!utf8_valid(inside)) {
		imap_args_fail(args, ERR_SYNTAX);
		return STR_NONE;
	}
	return escaped ? unescape(args, inside) : inside;
}

bool imap_args_literal_size(struct imap_args *args, uint64_t *ret)
{
	struct str head;

	if (!imap_args_take(args, '{') || !str_cut(&args->rest, '}', &head))
		return false;
	if (str_ends(head, S("+")))
		head.len--;
	return str_u64(head, INT64_MAX, ret);
}

static struct str literal_octets(struct imap_args *args)
{
	uint64_t octets;

	if (!imap_args_literal_size(args, &octets) || !str_starts(args->rest, S("\r\n")) ||
		args->rest.len - 2 < octets) {
		imap_args_fail(args, ERR_SYNTAX);
		return STR_NONE;
	}
	cut(args, 2);
	return cut(args, (size_t)octets);
}

static struct str literal(struct imap_args *args)
{
	struct str s = literal_octets(args);

	if (str_has_octet(s, '\0')) {
		imap_args_fail(args, ERR_SYNTAX);
		return STR_NONE;
	}
	return s;
}

static bool at_string(const struct imap_args *args)
{
	return args->rest.len > 0 && (args->rest.at[0] == '"' || args->rest.at[0] == '{');
}

static struct str string(struct imap_args *args)
{
	if (args->rest.len > 0 && args->rest.at[0] == '{')
		return literal(args);
	if (at_string(args))
		return quoted(args);
	imap_args_fail(args, ERR_SYNTAX);
	return STR_NONE;
}

static struct str astring_with(struct imap_args *args, struct str more)
{
	return at_string(args) ? string(args) : run(args, more);
}

struct str imap_args_astring(struct imap_args *args)
{
	return astring_with(args, S("]"));
}

/* ---- arguments with the blank in front ---- */

bool imap_arg_more(const struct imap_args *args)
{
	return args->rest.len > 0;
}

char imap_arg_peek(const struct imap_args *args)
{
	return args->rest.len > 1 && args->rest.at[0] == ' ' ? args->rest.at[1] : '\0';
}

struct str imap_arg_atom(struct imap_args *args)
{
	imap_args_need(args, ' ');
	return imap_args_atom(args);
}

struct str imap_arg_astring(struct imap_args *args)
{
	imap_args_need(args, ' ');
	return imap_args_astring(args);
}

struct str imap_arg_login(struct imap_args *args)
{
	imap_args_need(args, ' ');
	return astring_with(args, S("]\\"));
}

struct str imap_arg_string(struct imap_args *args)
{
	imap_args_need(args, ' ');
	return string(args);
}

/* nstring without its blank. */
static struct str nstring(struct imap_args *args, bool *ret_nil)
{
	*ret_nil = false;
	if (at_string(args))
		return string(args);
	*ret_nil = str_ieq(imap_args_atom(args), S("NIL"));
	if (!*ret_nil)
		imap_args_fail(args, ERR_SYNTAX);
	return STR_NONE;
}

struct str imap_args_value(struct imap_args *args)
{
	bool nil;

	return imap_args_take(args, '~') ? literal_octets(args) : nstring(args, &nil);
}

struct str imap_arg_nstring(struct imap_args *args, bool *ret_nil)
{
	imap_args_need(args, ' ');
	return nstring(args, ret_nil);
}

uint32_t imap_args_number(struct imap_args *args)
{
	size_t n = 0;
	uint32_t value;

	while (n < args->rest.len && ascii_is_digit(args->rest.at[n]))
		n++;
	if (!str_u32(cut(args, n), UINT32_MAX, &value)) {
		imap_args_fail(args, ERR_SYNTAX);
		return 0;
	}
	return value;
}

uint64_t imap_args_number64(struct imap_args *args)
{
	size_t n = 0;
	uint64_t value;

	while (n < args->rest.len && ascii_is_digit(args->rest.at[n]))
		n++;
	if (!str_u64(cut(args, n), INT64_MAX, &value)) {
		imap_args_fail(args, ERR_SYNTAX);
		return 0;
	}
	return value;
}

uint32_t imap_arg_number(struct imap_args *args)
{
	imap_args_need(args, ' ');
	return imap_args_number(args);
}

struct str imap_arg_base64(struct imap_args *args)
{
	size_t n = 0;

	imap_args_need(args, ' ');
	while (n < args->rest.len &&
		(ascii_is_alpha(args->rest.at[n]) || ascii_is_digit(args->rest.at[n]) ||
			str_has_octet(S("+/="), args->rest.at[n])))
		n++;
	if (n == 0)
		imap_args_fail(args, ERR_SYNTAX);
	return cut(args, n);
}

/* A name as the wire has it, as UTF-8. */
static struct str decode_name(struct imap_args *args, struct str name)
{
	struct buf b;
	char *at;
	struct str s = STR_NONE;

	if (str_ieq(name, S("INBOX")))
		return S("INBOX");
	/* RFC 6855 section 3: UTF-8 is taken from those, too, who did not switch it on. What looks like both is neither. */
	if (args->utf8 || (!str_is_ascii(name) && !str_has_octet(name, '&'))) {
		if (!utf8_valid(name) || str_has_control(name))
			imap_args_fail(args, ERR_FOLDERNAME);
		return name;
	}
	/* At most three octets of UTF-8 come of two and two thirds of base64. */
	buf_init(&b, name.len * 2 + 16);
	if (mutf7_get(&b, name) != ERR_OK) {
		imap_args_fail(args, ERR_FOLDERNAME);
	} else if ((at = take(args, b.len + 1)) != NULL) {
		if (b.len > 0)
			memcpy(at, b.at, b.len);
		s = str_make(at, b.len);
	}
	buf_done(&b);
	return s;
}

struct str imap_args_mailbox(struct imap_args *args)
{
	struct str name = imap_args_astring(args);

	return args->err == ERR_OK ? decode_name(args, name) : STR_NONE;
}

struct str imap_arg_mailbox(struct imap_args *args)
{
	imap_args_need(args, ' ');
	return imap_args_mailbox(args);
}

struct str imap_args_wild(struct imap_args *args)
{
	return astring_with(args, S("]%*"));
}

struct str imap_args_pattern(struct imap_args *args)
{
	struct str name = astring_with(args, S("]%*"));

	return args->err == ERR_OK ? decode_name(args, name) : STR_NONE;
}

struct str imap_arg_pattern(struct imap_args *args)
{
	imap_args_need(args, ' ');
	return imap_args_pattern(args);
}

void imap_args_set(struct imap_args *args, struct imap_set *ret)
{
	size_t n = 0;
	enum err e;

	while (n < args->rest.len &&
		(ascii_is_digit(args->rest.at[n]) || str_has_octet(S("*:,$"), args->rest.at[n])))
		n++;
	*ret = (struct imap_set){ 0 };
	if (args->err != ERR_OK)
		return;
	e = imap_set_get(args->arena, cut(args, n), ret);
	if (e != ERR_OK)
		imap_args_fail(args, e);
}

void imap_arg_set(struct imap_args *args, struct imap_set *ret)
{
	imap_args_need(args, ' ');
	imap_args_set(args, ret);
}

int64_t imap_arg_date_time(struct imap_args *args)
{
	int64_t seconds = 0;

	imap_args_need(args, ' ');
	if (args->rest.len < 28 || args->rest.at[0] != '"' ||
		date_get_imap(cut(args, 28), &seconds) != ERR_OK) {
		imap_args_fail(args, ERR_SYNTAX);
		return 0;
	}
	return seconds;
}

static int digits(struct imap_args *args, size_t least, size_t most)
{
	size_t n = 0;
	uint32_t value = 0;

	while (n < args->rest.len && n < most && ascii_is_digit(args->rest.at[n]))
		n++;
	if (n < least || !str_u32(cut(args, n), 9999, &value))
		imap_args_fail(args, ERR_SYNTAX);
	return (int)value;
}

int32_t imap_args_date(struct imap_args *args)
{
	bool quotes = imap_args_take(args, '"');
	struct date d = { 0 }, back;
	int64_t seconds;

	d.day = digits(args, 1, 2);
	imap_args_need(args, '-');
	d.month = date_month(cut(args, 3));
	imap_args_need(args, '-');
	d.year = digits(args, 4, 4);
	if (quotes)
		imap_args_need(args, '"');
	if (args->err != ERR_OK || d.month == 0 || d.day == 0) {
		imap_args_fail(args, ERR_SYNTAX);
		return 0;
	}
	seconds = date_to_instant(&d);
	back = date_from_instant(seconds, 0);
	if (back.day != d.day || back.month != d.month)
		imap_args_fail(args, ERR_SYNTAX);
	return (int32_t)((seconds - ((seconds % 86400) + 86400) % 86400) / 86400);
}

int32_t imap_arg_date(struct imap_args *args)
{
	imap_args_need(args, ' ');
	return imap_args_date(args);
}

/* ---- flags ---- */

struct name_row {
	struct str name;
	unsigned bit;
};

static unsigned find_bit(const struct name_row *rows, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++) {
		if (str_ieq(name, rows[i].name))
			return rows[i].bit;
	}
	return 0;
}

static unsigned system_flag(struct str name)
{
	static const struct name_row rows[] = {
		{ S_INIT("Seen"), IMAP_SEEN },
		{ S_INIT("Answered"), IMAP_ANSWERED },
		{ S_INIT("Flagged"), IMAP_FLAGGED },
		{ S_INIT("Deleted"), IMAP_DELETED },
		{ S_INIT("Draft"), IMAP_DRAFT },
	};

	return find_bit(rows, sizeof(rows) / sizeof(*rows), name);
}

static void add_keyword(
	struct imap_args *args, struct str word, struct imap_flags *f, struct str *keywords)
{
	for (size_t i = 0; i < f->keywords_count; i++) {
		if (str_ieq(keywords[i], word))
			return;
	}
	if (word.len > IMAP_KEYWORD_OCTETS_MAX || f->keywords_count == IMAP_FLAGS_MAX) {
		imap_args_fail(args, ERR_LIMIT);
		return;
	}
	keywords[f->keywords_count++] = word;
}

static void one_flag(struct imap_args *args, struct imap_flags *f, struct str *keywords)
{
	bool system = imap_args_take(args, '\\');
	struct str word = imap_args_atom(args);
	unsigned bit;

	if (args->err != ERR_OK)
		return;
	if (!system) {
		add_keyword(args, word, f, keywords);
		return;
	}
	bit = system_flag(word);
	f->system |= bit;
	if (bit == 0)
		imap_args_fail(args, ERR_SYNTAX);
}

/* Flags with blanks between them, up to what is no flag. */
static void flag_row(struct imap_args *args, struct imap_flags *ret)
{
	size_t room = 1;
	struct str *keywords;

	for (size_t i = 0; i < args->rest.len && args->rest.at[i] != ')' && room < IMAP_FLAGS_MAX;
		i++)
		room += args->rest.at[i] == ' ';
	keywords = take(args, room * sizeof(*keywords));
	if (keywords == NULL)
		return;
	do {
		one_flag(args, ret, keywords);
	} while (imap_args_take(args, ' '));
	ret->keywords = keywords;
}

static void flags(struct imap_args *args, struct imap_flags *ret)
{
	*ret = (struct imap_flags){ 0 };
	imap_args_need(args, '(');
	if (imap_args_take(args, ')'))
		return;
	flag_row(args, ret);
	imap_args_need(args, ')');
}

void imap_arg_flags(struct imap_args *args, struct imap_flags *ret)
{
	imap_args_need(args, ' ');
	flags(args, ret);
}

/* ---- commands of their own ---- */

enum err imap_command(struct imap_args *args, struct imap_command *ret)
{
	struct str word, rest = args->rest;
	enum err e;

	*ret = (struct imap_command){ 0 };
	if (!str_cut(&rest, ' ', &word) || !imap_is_tag(word)) {
		imap_args_fail(args, ERR_SYNTAX);
		return ERR_SYNTAX;
	}
	ret->tag = word;
	args->rest = rest;
	word = imap_args_word(args);
	if (str_ieq(word, S("UID"))) {
		ret->uid = true;
		imap_args_need(args, ' ');
		word = imap_args_word(args);
	}
	if (args->err != ERR_OK)
		return args->err;
	e = imap_find(word, &ret->verb);
	if (e == ERR_OK && ret->uid && (imap_row(ret->verb)->flags & IMAP_WITH_UID) == 0)
		e = ERR_COMMAND;
	if (e != ERR_OK)
		imap_args_fail(args, e);
	return e;
}

unsigned imap_args_status(struct imap_args *args)
{
	static const struct name_row rows[] = {
		{ S_INIT("MESSAGES"), IMAP_STATUS_MESSAGES },
		{ S_INIT("RECENT"), IMAP_STATUS_RECENT },
		{ S_INIT("UIDNEXT"), IMAP_STATUS_UIDNEXT },
		{ S_INIT("UIDVALIDITY"), IMAP_STATUS_UIDVALIDITY },
		{ S_INIT("UNSEEN"), IMAP_STATUS_UNSEEN },
		{ S_INIT("DELETED"), IMAP_STATUS_DELETED },
		{ S_INIT("SIZE"), IMAP_STATUS_SIZE },
		{ S_INIT("DELETED-STORAGE"), IMAP_STATUS_DELETED_STORAGE },
		{ S_INIT("HIGHESTMODSEQ"), IMAP_STATUS_HIGHESTMODSEQ },
		{ S_INIT("MAILBOXID"), IMAP_STATUS_MAILBOXID },
		{ S_INIT("APPENDLIMIT"), IMAP_STATUS_APPENDLIMIT },
	};
	unsigned items = 0;

	imap_args_need(args, '(');
	do {
		unsigned bit = find_bit(rows, sizeof(rows) / sizeof(*rows), imap_args_word(args));

		items |= bit;
		if (bit == 0)
			imap_args_fail(args, ERR_SYNTAX);
	} while (imap_args_take(args, ' '));
	imap_args_need(args, ')');
	return args->err == ERR_OK ? items : 0;
}

unsigned imap_arg_status(struct imap_args *args)
{
	imap_args_need(args, ' ');
	return imap_args_status(args);
}

void imap_arg_store(struct imap_args *args, struct imap_store *ret)
{
	struct str word;

	*ret = (struct imap_store){ 0 };
	imap_args_need(args, ' ');
	word = imap_args_word(args);
	if (str_ieq(word, S("ANNOTATION"))) {
		ret->silent = true;
		imap_args_notes(args, &ret->notes);
		return;
	}
	if (str_starts(word, S("+")))
		ret->how = IMAP_STORE_ADD;
	else if (str_starts(word, S("-")))
		ret->how = IMAP_STORE_REMOVE;
	word = str_skip(word, ret->how != IMAP_STORE_SET);
	ret->silent = str_ieq(word, S("FLAGS.SILENT"));
	if (!ret->silent && !str_ieq(word, S("FLAGS")))
		imap_args_fail(args, ERR_SYNTAX);
	imap_args_need(args, ' ');
	if (args->rest.len > 0 && args->rest.at[0] == '(')
		flags(args, &ret->flags);
	else
		flag_row(args, &ret->flags);
}

static void one_id_pair(struct imap_args *args, struct imap_id *ret)
{
	bool nil;
	struct str field = string(args), value;

	imap_args_need(args, ' ');
	value = nstring(args, &nil);
	if (args->err != ERR_OK)
		return;
	if (ret->count == IMAP_ID_PAIRS_MAX || field.len > ID_FIELD_OCTETS_MAX ||
		value.len > IMAP_ID_VALUE_OCTETS_MAX) {
		imap_args_fail(args, ERR_LIMIT);
		return;
	}
	ret->fields[ret->count] = field;
	ret->values[ret->count++] = value;
}

void imap_arg_id(struct imap_args *args, struct imap_id *ret)
{
	*ret = (struct imap_id){ 0 };
	imap_args_need(args, ' ');
	if (!imap_args_take(args, '(')) {
		if (!str_ieq(imap_args_atom(args), S("NIL")))
			imap_args_fail(args, ERR_SYNTAX);
		return;
	}
	if (imap_args_take(args, ')'))
		return;
	do {
		one_id_pair(args, ret);
	} while (imap_args_take(args, ' '));
	imap_args_need(args, ')');
}

struct str imap_id_value(const struct imap_id *id, struct str field)
{
	for (size_t i = 0; i < id->count; i++)
		if (str_ieq(id->fields[i], field))
			return id->values[i];
	return STR_NONE;
}
