#include "mail/maildate.h"

#include "base/date.h"

#define DATE_OCTETS_MAX 128

struct parse {
	struct date d;
	bool have_day, have_month, have_year, have_time, have_zone;
};

struct zone {
	char name[6];
	int minutes;
};

static const struct zone zones[] = { { "UT", 0 }, { "UTC", 0 }, { "GMT", 0 }, { "Z", 0 }, { "EST", -300 },
	{ "EDT", -240 }, { "CST", -360 }, { "CDT", -300 }, { "MST", -420 }, { "MDT", -360 }, { "PST", -480 },
	{ "PDT", -420 }, { "WET", 0 }, { "WEST", 60 }, { "BST", 60 }, { "CET", 60 }, { "MET", 60 }, { "CEST", 120 },
	{ "MEST", 120 }, { "EET", 120 }, { "EEST", 180 }, { "MSK", 180 }, { "JST", 540 }, { "AKST", -540 },
	{ "HST", -600 } };

/* Days of a month that is known to be 1..12. */
static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

static struct str cut_digits(struct str *s)
{
	size_t n = 0;
	struct str digits;

	while (n < s->len && ascii_is_digit(s->at[n]))
		n++;
	digits = str_sub(*s, 0, n);
	*s = str_skip(*s, n);
	return digits;
}

/* RFC 5322 section 4.3: two digits from 50 on and three digits are in the last century. */
static void take_year(struct parse *p, struct str digits)
{
	uint32_t year;

	if (p->have_year || digits.len < 2 || !str_u32(digits, 9999, &year))
		return;
	if (digits.len == 2)
		year += year < 50 ? 2000 : 1900;
	else if (digits.len == 3)
		year += 1900;
	p->d.year = (int)year;
	p->have_year = true;
}

static void take_number(struct parse *p, struct str digits)
{
	uint32_t n;

	if (!p->have_day && digits.len <= 2 && str_u32(digits, 31, &n)) {
		p->d.day = (int)n;
		p->have_day = true;
	} else {
		take_year(p, digits);
	}
}

/* hh:mm[:ss[.fraction]], dots instead of colons too. */
static bool take_time(struct parse *p, struct str s, struct str *ret_rest)
{
	uint32_t part[3] = { 0, 0, 0 };
	int parts = 0;

	while (parts < 3) {
		struct str digits = cut_digits(&s);

		if (digits.len > 2 || !str_u32(digits, 61, &part[parts]))
			return false;
		parts++;
		if (parts == 3 || s.len < 2 || (s.at[0] != ':' && s.at[0] != '.') || !ascii_is_digit(s.at[1]))
			break;
		s = str_skip(s, 1);
	}
	if (parts < 2 || part[0] > 24 || part[1] > 59 || part[2] > 60)
		return false;
	if (s.len > 1 && s.at[0] == '.') {
		s = str_skip(s, 1);
		(void)cut_digits(&s);
	}
	p->d.hour = (int)part[0];
	p->d.minute = (int)part[1];
	p->d.second = (int)part[2];
	p->have_time = true;
	*ret_rest = s;
	return true;
}

/* +hhmm, -hh:mm, +hh, and -hmm as some write it. */
static void take_offset(struct parse *p, struct str s)
{
	int sign = s.at[0] == '-' ? -1 : 1;
	uint32_t hours, minutes = 0;
	struct str digits;

	s = str_skip(s, 1);
	digits = cut_digits(&s);
	if (digits.len == 4 || digits.len == 3) {
		s = str_skip(digits, digits.len - 2);
		digits.len -= 2;
	} else if (s.len > 0 && s.at[0] == ':') {
		s = str_skip(s, 1);
	}
	if (digits.len > 2 || !str_u32(digits, 23, &hours))
		return;
	if (s.len == 2 && !str_u32(s, 59, &minutes))
		return;
	p->d.zone_minutes = sign * (int)(hours * 60 + minutes);
	p->have_zone = true;
}

static void take_word(struct parse *p, struct str word)
{
	size_t letters = 0;
	int month;

	while (letters < word.len && ascii_is_alpha(word.at[letters]))
		letters++;
	if (p->have_time && letters < word.len && (word.at[letters] == '+' || word.at[letters] == '-')) {
		take_offset(p, str_skip(word, letters)); /* GMT+0100 */
		return;
	}
	month = date_month(str_sub(word, 0, 3));
	if (month > 0 && !p->have_month) {
		p->d.month = month;
		p->have_month = true;
		return;
	}
	if (p->have_time && letters == 2 && str_ieq(word, S("PM")) && p->d.hour < 12)
		p->d.hour += 12;
	for (size_t i = 0; i < sizeof(zones) / sizeof(*zones); i++) {
		if (p->have_time && !p->have_zone && str_ieq(word, str_from_c(zones[i].name))) {
			p->d.zone_minutes = zones[i].minutes;
			p->have_zone = true;
		}
	}
}

/* yyyy-mm-dd, with Thh:mm:ss behind it or not. */
static bool take_iso(struct parse *p, struct str s, struct str *ret_rest)
{
	uint32_t year, month, day;

	if (s.len < 10 || s.at[4] != '-' || s.at[7] != '-' || !str_u32(str_sub(s, 0, 4), 9999, &year) ||
		!str_u32(str_sub(s, 5, 2), 12, &month) || !str_u32(str_sub(s, 8, 2), 31, &day))
		return false;
	p->d.year = (int)year;
	p->d.month = (int)month;
	p->d.day = (int)day;
	p->have_year = p->have_month = p->have_day = true;
	s = str_skip(s, 10);
	*ret_rest = s.len > 0 && (s.at[0] == 'T' || s.at[0] == 't') ? str_skip(s, 1) : s;
	return true;
}

/* 21-Nov-97 */
static void take_dashed(struct parse *p, struct str s)
{
	struct str digits = cut_digits(&s);

	take_number(p, digits);
	if (s.len < 5 || s.at[0] != '-' || s.at[4] != '-')
		return;
	take_word(p, str_sub(s, 1, 3));
	s = str_skip(s, 5);
	take_year(p, cut_digits(&s));
}

static void take_name_or_offset(struct parse *p, struct str token)
{
	if (ascii_is_alpha(token.at[0]))
		take_word(p, token);
	else if (!p->have_zone && (token.at[0] == '+' || token.at[0] == '-'))
		take_offset(p, token);
}

static void take_token(struct parse *p, struct str token)
{
	struct str rest = STR_NONE;

	if (!ascii_is_digit(token.at[0])) {
		take_name_or_offset(p, token);
		return;
	}
	if (!p->have_year && take_iso(p, token, &rest)) {
		if (rest.len == 0)
			return;
		token = rest;
	}
	if (!p->have_time && take_time(p, token, &rest)) {
		if (rest.len > 0)
			take_name_or_offset(p, rest); /* "10:00:00Z", "10:00:00+0100" */
		return;
	}
	if (str_has_octet(token, '-')) {
		take_dashed(p, token);
		return;
	}
	rest = token;
	take_number(p, cut_digits(&rest));
}

static bool is_gap(char c)
{
	return ascii_is_wsp(c) || c == '\r' || c == '\n' || c == ',';
}

/*
 * The text without comments, every gap one space, none around colons (RFC 5322 section 4.3 allows "09 : 55"). What does
 * not fit is no part of a date.
 */
static struct str squeeze(struct str text, char to[DATE_OCTETS_MAX])
{
	size_t len = 0, depth = 0;
	bool gap = false;

	for (size_t i = 0; i < text.len && len + 2 <= DATE_OCTETS_MAX; i++) {
		char c = text.at[i];

		if (c == '(' || depth > 0 || is_gap(c)) {
			depth += c == '(';
			depth -= c == ')' && depth > 0;
			gap = true;
			continue;
		}
		if (gap && len > 0 && c != ':' && to[len - 1] != ':')
			to[len++] = ' ';
		to[len++] = c;
		gap = false;
	}
	return str_make(to, len);
}

enum err maildate_get(struct str text, struct maildate *ret)
{
	struct parse p = { .d = { .year = 1970 } };
	char squeezed[DATE_OCTETS_MAX];
	struct str rest = squeeze(text, squeezed), token;

	while (rest.len > 0) {
		if (!str_cut(&rest, ' ', &token)) {
			token = rest;
			rest.len = 0;
		}
		take_token(&p, token);
	}
	if (!p.have_day || !p.have_month || !p.have_year || p.d.month < 1 || p.d.day < 1 ||
		p.d.day > days_in_month(p.d.year, p.d.month))
		return ERR_SYNTAX;
	ret->seconds = date_to_instant(&p.d);
	ret->zone_minutes = p.d.zone_minutes;
	return ERR_OK;
}
