/* IMAP: commands are cut - whole and with every size in between agreeing - and all their arguments
 * read. */
#include "wire/imap_append.h"
#include "wire/imap_fetch.h"
#include "wire/imap_folders.h"
#include "wire/imap_language.h"
#include "wire/imap_list.h"
#include "wire/imap_metadata.h"
#include "wire/imap_pattern.h"
#include "wire/imap_quota.h"
#include "wire/imap_sort.h"
#include "wire/imap_notify.h"
#include "wire/imap_sync.h"
#include "wire/imap_url.h"
#include "wire/imap_urlfetch.h"
#include "wire/imap_use.h"
#include "wire/imap_write.h"

static enum imap_truth leaf(void *arg, const struct imap_search_key *key)
{
	unsigned *n = arg;

	must(key->kind > IMAP_SEARCH_NOT && key->kind < IMAP_SEARCH_KIND_COUNT);
	return (enum imap_truth)((*n)++ % 3);
}

static void read_search(struct imap_args *args)
{
	struct imap_search s;
	unsigned n = 0;

	imap_arg_search(args, &s);
	if (imap_args_end(args) == ERR_OK)
		imap_search_match(&s, leaf, &n);
}

static void read_sort(struct imap_args *args)
{
	struct imap_search s;
	struct imap_sort sort;

	imap_arg_sort(args, &sort, &s);
	must(sort.count <= IMAP_SORT_KEYS_MAX && (imap_args_end(args) != ERR_OK || sort.count > 0));
}

static void read_esearch(struct imap_args *args)
{
	struct imap_sources sources;
	struct imap_search s;

	imap_arg_esearch(args, &sources, &s);
	must(sources.count <= IMAP_SOURCES_MAX && (imap_args_end(args) != ERR_OK || s.returns != 0));
	for (size_t i = 0; i < sources.count; i++)
		must(sources.of[i].count <= IMAP_FOLDERS_MAX);
}

static void read_thread(struct imap_args *args)
{
	struct imap_search s;
	enum imap_thread how;

	imap_arg_thread(args, &how, &s);
	must(how == IMAP_THREAD_ORDEREDSUBJECT || how == IMAP_THREAD_REFERENCES);
}

static void read_fetch(struct imap_args *args, bool uid)
{
	struct imap_set set;
	struct imap_fetch f;
	struct imap_fetch_modifiers m;
	struct buf b;

	imap_arg_set(args, &set);
	imap_arg_fetch(args, &f);
	imap_arg_fetch_modifiers(args, uid, &m);
	if (imap_args_end(args) != ERR_OK)
		return;
	must(!m.vanished || (uid && m.changed_since_given));
	must(!m.partial_given || (m.partial.from > 0 && m.partial.to > 0));
	for (const struct imap_note_fetch *n = imap_fetch_copy(args->arena, &f)->notes; n != NULL; n = n->next) {
		must(n->count > 0 && n->attributes > 0);
		for (size_t i = 0; i < n->count; i++)
			(void)!imap_note_matches(n->entries[i].name, S("/vendor/a/b"));
	}
	buf_init(&b, BUF_NO_CEILING);
	for (size_t i = 0; i < f.sections_count; i++)
		imap_fetch_put_section(&b, &f.sections[i]);
	imap_set_resolve(&set, 1000);
	imap_set_put(&b, &set);
	buf_done(&b);
}

/* A name that was read is written in the one spelling that reads as it again. */
static void read_names(struct imap_args *args)
{
	struct str name = imap_arg_mailbox(args), pattern = imap_arg_pattern(args);
	struct imap_args again;
	struct buf b;
	size_t parent;

	if (args->err != ERR_OK)
		return;
	buf_init(&b, BUF_NO_CEILING);
	buf_put_octet(&b, ' ');
	imap_put_mailbox(&b, name, args->utf8);
	imap_args_init(&again, args->arena, buf_str(&b));
	again.utf8 = args->utf8;
	must(str_eq(imap_arg_mailbox(&again), name) && imap_args_end(&again) == ERR_OK);
	imap_pattern_match(pattern, name, '/');
	imap_pattern_match_parent(pattern, name, '/', &parent);
	buf_done(&b);
}

static void read_list(struct imap_args *args)
{
	struct imap_list list;
	size_t parent;

	imap_arg_list(args, &list);
	if (imap_args_end(args) != ERR_OK)
		return;
	must(list.patterns_count >= 1 && list.patterns_count <= IMAP_PATTERNS_MAX);
	must(!(list.select & IMAP_LIST_RECURSIVEMATCH) || (list.select & IMAP_LIST_SUBSCRIBED));
	for (size_t i = 0; i < list.patterns_count; i++) {
		imap_pattern_match(list.patterns[i], S("INBOX/a/b"), '/');
		imap_pattern_match_parent(list.patterns[i], S("INBOX/a/b"), '/', &parent);
	}
}

static void read_url(struct arena *a, struct str text);

static void read_urlfetch(struct imap_args *args)
{
	struct imap_urlfetch f;

	imap_arg_urlfetch(args, &f);
	must(f.count <= IMAP_URLFETCH_MAX && (imap_args_end(args) != ERR_OK || f.count > 0));
	for (size_t n = 0; n < f.count && imap_args_end(args) == ERR_OK; n++)
		read_url(args->arena, f.of[n].url);
}

static void read_language(struct imap_args *args)
{
	struct imap_language l;

	imap_arg_language(args, LANGUAGE_EN, &l);
	must(language_valid(l.chosen) && (l.none == ERR_OK || l.chosen == LANGUAGE_EN));
}

static void read_quota(struct imap_args *args)
{
	struct imap_quota quota;

	imap_arg_astring(args);
	imap_arg_quota(args, &quota);
	for (unsigned n = 0; n < IMAP_QUOTA_COUNT; n++)
		must(quota.limits[n] <= INT64_MAX || quota.limits[n] == IMAP_QUOTA_NONE);
}

static void read_url(struct arena *a, struct str text)
{
	struct imap_url url;

	if (imap_url_get(a, text, &url) != ERR_OK)
		return;
	must(url.uid > 0 && (url.rump.len > 0) == (url.access != IMAP_URL_OPEN) && url.rump.len <= text.len);
	must(!url.absolute || url.host.len > 0);
	must((url.token.len == 0) == (url.mechanism.len == 0) && (url.access != IMAP_URL_OPEN || url.token.len == 0));
}

/* What the check has said is true of the reading. */
static void read_append(struct imap_args *args)
{
	struct imap_append append = { 0 };
	struct imap_append_item item;
	enum err text = imap_append_check(&append, args, true), end = imap_append_check(&append, args, false);
	enum imap_append_what what;

	must(text != ERR_OK || end != ERR_OK);
	do {
		what = imap_append_next(&append, args, &item);
		if (what == IMAP_APPEND_URL)
			read_url(args->arena, item.url);
	} while (what != IMAP_APPEND_TEXT && what != IMAP_APPEND_END);
	must((text == ERR_OK || end == ERR_OK) == (imap_args_end(args) == ERR_OK) && (text != ERR_OK || what == IMAP_APPEND_TEXT));
}

/* What stands behind a literal that was streamed. */
static struct str read_more(const struct imap_limits *limits, struct str in)
{
	struct imap_append append = { .place = IMAP_APPEND_BEHIND, .begun = true };
	struct imap_append_item item;
	struct imap_args args;
	struct imap_cut cut, skipped;
	struct arena a;

	if (imap_cut_more(limits, in, false, &cut) != ERR_OK)
		return in;
	must(cut.used > 0 && cut.used <= in.len && (!cut.has_body || cut.command.len > 0));
	must(imap_cut_more(limits, in, true, &skipped) != ERR_OK || skipped.used <= cut.used);
	arena_init(&a, ARENA_COMMAND);
	imap_args_init(&args, &a, cut.command);
	if (imap_append_check(&append, &args, cut.has_body) == ERR_OK)
		must(imap_append_next(&append, &args, &item) == IMAP_APPEND_CLOSE);
	arena_done(&a);
	return str_skip(in, cut.used);
}

static void read_notify(struct imap_args *args)
{
	struct imap_notify n;

	imap_arg_notify(args, &n);
	if (imap_args_end(args) == ERR_OK)
		must(n.count <= IMAP_NOTIFY_GROUPS_MAX && (n.none || n.count > 0));
}

/* Uses are written so that they read the same again. */
static void read_create(struct imap_args *args)
{
	struct imap_create create;
	unsigned again;
	struct buf b;

	imap_arg_create(args, &create);
	if (imap_args_end(args) != ERR_OK)
		return;
	buf_init(&b, BUF_NO_CEILING);
	imap_put_uses(&b, create.uses);
	must(imap_uses_get(buf_str(&b), &again) && again == create.uses);
	buf_done(&b);
	imap_uses_get(create.mailbox, &again);
}

static void read_getmetadata(struct imap_args *args)
{
	struct imap_getmetadata get;

	imap_arg_getmetadata(args, &get);
	if (imap_args_end(args) != ERR_OK)
		return;
	must(get.entries.count >= 1 && get.entries.count <= IMAP_ENTRIES_MAX);
	for (size_t i = 0; i < get.entries.count; i++)
		must(imap_entry_within(get.entries.names[i], get.entries.names[i], get.depth));
}

static void read_setmetadata(struct imap_args *args)
{
	struct imap_setmetadata set;
	struct imap_args again;
	struct buf b;
	struct str value;

	imap_arg_setmetadata(args, &set);
	if (imap_args_end(args) != ERR_OK)
		return;
	for (size_t i = 0; i < set.entries.count; i++) {
		must(imap_entry_has_value(set.entries.names[i]));
		buf_init(&b, BUF_NO_CEILING);
		imap_put_value(&b, set.values[i]);
		imap_args_init(&again, args->arena, buf_str(&b));
		value = imap_args_value(&again);
		must(imap_args_end(&again) == ERR_OK && str_eq(value, set.values[i]));
		must((value.at == NULL) == (set.values[i].at == NULL));
		buf_done(&b);
	}
}

static void read_select(struct imap_args *args)
{
	struct imap_select s;

	imap_arg_mailbox(args);
	imap_arg_select(args, &s);
	if (imap_args_end(args) == ERR_OK && s.match_given)
		must(imap_set_size(&s.match_seqs) == imap_set_size(&s.match_uids));
}

static void read_rest(const struct imap_command *c, struct imap_args *args)
{
	enum imap_verb verb = c->verb;
	struct imap_store_modifiers modifiers;

	struct imap_set set;
	struct imap_store store;
	struct imap_id id;

	if (verb == IMAP_SEARCH) {
		read_search(args);
	} else if (verb == IMAP_SORT) {
		read_sort(args);
	} else if (verb == IMAP_ESEARCH) {
		read_esearch(args);
	} else if (verb == IMAP_THREAD) {
		read_thread(args);
	} else if (verb == IMAP_FETCH) {
		read_fetch(args, c->uid);
	} else if (verb == IMAP_NOTIFY) {
		read_notify(args);
	} else if (verb == IMAP_SELECT || verb == IMAP_EXAMINE) {
		read_select(args);
	} else if (verb == IMAP_STORE) {
		imap_arg_set(args, &set);
		imap_arg_store_modifiers(args, &modifiers);
		imap_arg_store(args, &store);
	} else if (verb == IMAP_APPEND) {
		imap_arg_mailbox(args);
		read_append(args);
	} else if (verb == IMAP_REPLACE) {
		imap_arg_number(args);
		imap_arg_mailbox(args);
		read_append(args);
	} else if (verb == IMAP_CREATE) {
		read_create(args);
	} else if (verb == IMAP_GETMETADATA) {
		read_getmetadata(args);
	} else if (verb == IMAP_SETMETADATA) {
		read_setmetadata(args);
	} else if (verb == IMAP_LIST) {
		read_list(args);
	} else if (verb == IMAP_ID) {
		imap_arg_id(args, &id);
	} else if (verb == IMAP_STATUS) {
		imap_arg_mailbox(args);
		imap_arg_status(args);
	} else if (verb == IMAP_SETQUOTA) {
		read_quota(args);
	} else if (verb == IMAP_URLFETCH) {
		read_urlfetch(args);
	} else if (verb == IMAP_LANGUAGE) {
		read_language(args);
	} else if (verb == IMAP_LOGIN) {
		imap_arg_login(args);
		imap_arg_astring(args);
	} else {
		read_names(args);
	}
	must(imap_args_end(args) != ERR_NEEDMORE);
}

static void read_command(struct str text, bool utf8)
{
	struct arena a;
	struct imap_args args;
	struct imap_command c;

	arena_init(&a, ARENA_COMMAND);
	imap_args_init(&args, &a, text);
	args.utf8 = utf8;
	if (imap_command(&args, &c) == ERR_OK)
		read_rest(&c, &args);
	arena_done(&a);
}

/* Fewer octets give the same answer or ask for more. */
static void shorter(const struct imap_limits *limits, struct str in, size_t n, enum err whole)
{
	struct imap_cut cut;
	enum err e = imap_cut(limits, str_sub(in, 0, n), &cut);

	must(e == ERR_NEEDMORE || e == whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct str in = str_make(at, len);
	struct imap_limits limits =
		len > 0 && at[0] & 1 ? IMAP_LIMITS_PREAUTH : IMAP_LIMITS_LOGGEDIN;
	struct imap_cut cut;

	while (in.len > 0) {
		enum err e = imap_cut(&limits, in, &cut);

		shorter(&limits, in, in.len / 2, e);
		if (e != ERR_OK && e != ERR_TOOBIG && e != ERR_SYNTAX)
			break;
		must(cut.used > 0 && cut.used <= in.len);
		if (e == ERR_OK)
			read_command(cut.command, at[0] & 2);
		in = str_skip(in, cut.used);
		if (e == ERR_OK && cut.has_body)
			in = read_more(&limits, str_skip(in, (size_t)(cut.body_octets % 16)));
	}
	return 0;
}
