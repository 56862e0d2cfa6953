#include "base/date.h"

static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
	"Oct", "Nov", "Dec" };
static const char weekdays[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

/* Days since 1970-01-01 of a proleptic Gregorian date; years are counted from March. */
static int64_t days_from_civil(int64_t year, int month, int day)
{
	int64_t era, year_of_era, day_of_year;

	year -= month <= 2;
	era = (year >= 0 ? year : year - 399) / 400;
	year_of_era = year - era * 400;
	day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - 719468;
}

static void civil_from_days(int64_t days, struct date *d)
{
	int64_t era, day_of_era, year_of_era, day_of_year, month_index;

	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	day_of_era = days - era * 146097;
	year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	month_index = (5 * day_of_year + 2) / 153;
	d->day = (int)(day_of_year - (153 * month_index + 2) / 5 + 1);
	d->month = (int)(month_index < 10 ? month_index + 3 : month_index - 9);
	d->year = (int)(year_of_era + era * 400 + (d->month <= 2));
}

struct date date_from_instant(int64_t seconds, int zone_minutes)
{
	struct date d = { .zone_minutes = zone_minutes };
	int64_t days, rest;

	seconds += (int64_t)zone_minutes * 60;
	days = seconds / 86400;
	rest = seconds % 86400;
	if (rest < 0) {
		rest += 86400;
		days--;
	}
	civil_from_days(days, &d);
	d.hour = (int)(rest / 3600);
	d.minute = (int)(rest / 60 % 60);
	d.second = (int)(rest % 60);
	d.weekday = (int)(((days + 4) % 7 + 7) % 7);
	return d;
}

int64_t date_to_instant(const struct date *d)
{
	return days_from_civil(d->year, d->month, d->day) * 86400 + (int64_t)d->hour * 3600 +
	       (int64_t)d->minute * 60 + d->second - (int64_t)d->zone_minutes * 60;
}

const char *date_month_name(int month)
{
	must(month >= 1 && month <= 12);
	return months[month - 1];
}

int date_month(struct str name)
{
	for (int i = 0; i < 12; i++) {
		if (str_ieq(name, str_make(months[i], 3)))
			return i + 1;
	}
	return 0;
}

void date_put_rfc5322(struct buf *to, int64_t seconds)
{
	struct date d = date_from_instant(seconds, 0);

	buf_printf(to, "%s, %d %s %04d %02d:%02d:%02d +0000", weekdays[d.weekday], d.day,
		date_month_name(d.month), d.year, d.hour, d.minute, d.second);
}

void date_put_http(struct buf *to, int64_t seconds)
{
	struct date d = date_from_instant(seconds, 0);

	buf_printf(to, "%s, %02d %s %04d %02d:%02d:%02d GMT", weekdays[d.weekday], d.day, date_month_name(d.month), d.year,
		d.hour, d.minute, d.second);
}

static void put_two(char *at, int n)
{
	at[0] = (char)('0' + n / 10 % 10);
	at[1] = (char)('0' + n % 10);
}

void date_put_imap(struct buf *to, int64_t seconds)
{
	struct date d = date_from_instant(seconds, 0);
	char text[] = "\"dd-Mon-yyyy hh:mm:ss +0000\"";

	if (d.year < 0 || d.year > 9999) {
		/* No four digits will do; no client can read it, but none is told another time. */
		buf_printf(to, "\"%2d-%s-%04d %02d:%02d:%02d +0000\"", d.day,
			date_month_name(d.month), d.year, d.hour, d.minute, d.second);
		return;
	}
	put_two(text + 1, d.day);
	if (d.day < 10)
		text[1] = ' ';
	memcpy(text + 4, date_month_name(d.month), 3);
	put_two(text + 8, d.year / 100);
	put_two(text + 10, d.year);
	put_two(text + 13, d.hour);
	put_two(text + 16, d.minute);
	put_two(text + 19, d.second);
	buf_put(to, str_make(text, sizeof(text) - 1));
}

void date_put_rfc3339(struct buf *to, int64_t milliseconds)
{
	int64_t part = ((milliseconds % 1000) + 1000) % 1000;
	struct date d = date_from_instant((milliseconds - part) / 1000, 0);

	buf_printf(to, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", d.year, d.month, d.day, d.hour,
		d.minute, d.second, (int)part);
}

/* Two digits at a fixed place; the day may start with a space (RFC 3501 date-day-fixed). */
static bool two(struct str s, size_t at, int *ret)
{
	char tens = s.at[at] == ' ' ? '0' : s.at[at];

	if (!ascii_is_digit(tens) || !ascii_is_digit(s.at[at + 1]))
		return false;
	*ret = (tens - '0') * 10 + s.at[at + 1] - '0';
	return true;
}

static bool date_in_range(const struct date *d)
{
	static const int days[12] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	bool leap = d->year % 4 == 0 && (d->year % 100 != 0 || d->year % 400 == 0);

	return d->month >= 1 && d->day >= 1 && d->day <= days[d->month - 1] && d->hour < 24 &&
	       d->minute < 60 && d->second <= 60 && (leap || d->month != 2 || d->day < 29);
}

enum err date_get_imap(struct str s, int64_t *ret_seconds)
{
	struct date d = { 0 };
	int century, years, zone_hours, zone_minutes;

	if (s.len == 28 && s.at[0] == '"' && s.at[27] == '"')
		s = str_sub(s, 1, 26);
	if (s.len != 26 || s.at[2] != '-' || s.at[6] != '-' || s.at[11] != ' ' || s.at[14] != ':' ||
		s.at[17] != ':' || s.at[20] != ' ' || (s.at[21] != '+' && s.at[21] != '-'))
		return ERR_SYNTAX;
	d.month = date_month(str_sub(s, 3, 3));
	if (!two(s, 0, &d.day) || !two(s, 7, &century) || !two(s, 9, &years) ||
		!two(s, 12, &d.hour) || !two(s, 15, &d.minute) || !two(s, 18, &d.second) ||
		!two(s, 22, &zone_hours) || !two(s, 24, &zone_minutes))
		return ERR_SYNTAX;
	d.year = century * 100 + years;
	d.zone_minutes = (zone_hours * 60 + zone_minutes) * (s.at[21] == '-' ? -1 : 1);
	if (!date_in_range(&d) || zone_minutes >= 60)
		return ERR_SYNTAX;
	*ret_seconds = date_to_instant(&d);
	return ERR_OK;
}
