#include "ctl/archive_mark.h"

#include "mail/header.h"
#include "mail/maildate.h"
#include "store/item.h"

#define HEADER_OCTETS_MAX ((size_t)1 << 20)
#define DAY_S             86400

static struct str header_of(struct str message)
{
	message = str_sub(message, 0, HEADER_OCTETS_MAX);
	return str_sub(message, 0, header_octets(message, NULL));
}

static bool is_likely(int64_t date, const struct archive_dates *dates)
{
	return date > DAY_S && date <= dates->now + DAY_S;
}

static bool date_of(struct str header, struct str name, const struct archive_dates *dates, int64_t *ret)
{
	struct header_field field;
	struct maildate date;
	size_t semicolon;

	if (!header_find(header, name, &field))
		return false;
	semicolon = str_rfind(field.value, ';');
	if (str_eq(name, S("Received")) && semicolon == STR_NPOS)
		return false;
	if (semicolon != STR_NPOS)
		field.value = str_skip(field.value, semicolon + 1);
	if (maildate_get(field.value, &date) != ERR_OK || !is_likely(date.seconds, dates))
		return false;
	*ret = date.seconds;
	return true;
}

int64_t archive_date(struct str message, const struct archive_dates *dates)
{
	struct str header;
	int64_t date;

	if (is_likely(dates->separator, dates))
		return dates->separator;
	header = header_of(message);
	if (date_of(header, S("Received"), dates, &date) || date_of(header, S("Date"), dates, &date))
		return date;
	return is_likely(dates->file, dates) ? dates->file : dates->now;
}

void archive_keyword(json_t *keywords, struct str name)
{
	json_t *there;
	size_t i;

	if (name.len == 0 || name.len > ITEM_KEYWORD_OCTETS_MAX || name.at[0] == '\\' || json_array_size(keywords) >= ARCHIVE_KEYWORDS_MAX)
		return;
	for (i = 0; i < name.len; i++) { /* an atom (RFC 9051) */
		if (name.at[i] <= ' ' || name.at[i] >= 0x7f || strchr("(){%*\"\\]", name.at[i]) != NULL)
			return;
	}
	json_array_foreach(keywords, i, there)
	{
		if (str_ieq(str_from_c(json_string_value(there)), name))
			return;
	}
	json_array_append_new(keywords, json_stringn(name.at, name.len));
}

static uint8_t flags_of(struct str letters, const char *which)
{
	static const uint8_t flags[] = { ITEM_SEEN, ITEM_ANSWERED, ITEM_FLAGGED, ITEM_DRAFT, ITEM_DELETED };
	uint8_t set = 0;

	for (size_t i = 0; i < letters.len; i++) {
		const char *at = letters.at[i] != '\0' ? strchr(which, letters.at[i]) : NULL;

		if (at != NULL)
			set |= flags[at - which];
	}
	return set;
}

/* Four hexadecimal digits: read, replied, marked, expunged. */
static uint8_t mozilla_flags(struct str value)
{
	uint32_t bits = 0;

	value = str_trim(value);
	for (size_t i = 0; i < value.len && i < 8; i++) {
		char c = ascii_lower(value.at[i]);

		if (!ascii_is_digit(c) && (c < 'a' || c > 'f'))
			return 0;
		bits = bits << 4 | (uint32_t)(ascii_is_digit(c) ? c - '0' : c - 'a' + 10);
	}
	return (uint8_t)((bits & 1 ? ITEM_SEEN : 0) | (bits & 2 ? ITEM_ANSWERED : 0) | (bits & 4 ? ITEM_FLAGGED : 0) |
			 (bits & 8 ? ITEM_DELETED : 0));
}

static void add_words(json_t *keywords, struct str words)
{
	while ((words = str_trim(words)).len > 0) {
		size_t end = 0;

		while (end < words.len && !ascii_is_wsp(words.at[end]) && words.at[end] != '\r' && words.at[end] != '\n')
			end++;
		archive_keyword(keywords, str_sub(words, 0, end));
		words = str_skip(words, end);
	}
}

uint8_t archive_flags(struct str message, json_t *keywords)
{
	struct header_walk walk = header_walk(header_of(message));
	struct header_field f;
	uint8_t flags = 0;

	while (header_next(&walk, &f)) {
		if (f.name.len < 6 || (f.name.at[0] | 0x20) < 's' || (f.name.at[0] | 0x20) > 'x')
			continue;
		if (str_ieq(f.name, S("Status")))
			flags |= flags_of(f.value, "RAFTD");
		else if (str_ieq(f.name, S("X-Status")))
			flags |= flags_of(f.value, "RAFTD");
		else if (str_ieq(f.name, S("X-Mozilla-Status")))
			flags |= mozilla_flags(f.value);
		else if (str_ieq(f.name, S("X-Keywords")) || str_ieq(f.name, S("X-Mozilla-Keys")))
			add_words(keywords, f.value);
	}
	return flags;
}

uint8_t archive_maildir_flags(struct str name, char *const *letters, json_t *keywords)
{
	size_t at = name.len >= 3 ? name.len - 2 : 0;

	while (at > 0 && !(strchr(":;!", name.at[at - 1]) != NULL && memcmp(name.at + at, "2,", 2) == 0))
		at--;
	if (at == 0)
		return 0;
	name = str_skip(name, at + 2);
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		if (c == 'P')
			archive_keyword(keywords, S("$Forwarded"));
		else if (c >= 'a' && c <= 'z' && letters != NULL && letters[c - 'a'] != NULL)
			archive_keyword(keywords, str_from_c(letters[c - 'a']));
	}
	return flags_of(name, "SRFDT");
}

bool archive_is_internal(struct str message)
{
	struct str header = header_of(message);
	struct header_field f;

	return header_find(header, S("Subject"), &f) && str_find_str(f.value, S("FOLDER INTERNAL DATA")) != STR_NPOS &&
	       (header_find(header, S("X-IMAP"), &f) || header_find(header, S("X-IMAPbase"), &f));
}
