#include "world.h"

#include <stdio.h>
#include <string.h>

static struct {
	uint64_t streams[STREAM_COUNT];
	uint64_t now, hash;
	int64_t jumped_ms;
	unsigned violations;
	bool print;
	char first[600];
} the;

static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

void world_begin(uint64_t seed, bool print_trace)
{
	memset(&the, 0, sizeof(the));
	for (unsigned i = 0; i < STREAM_COUNT; i++)
		the.streams[i] = mix(seed * 0x9e3779b97f4a7c15u + i + 1);
	the.hash = 0xcbf29ce484222325u;
	the.print = print_trace;
}

uint64_t chance(enum stream s)
{
	the.streams[s] += 0x9e3779b97f4a7c15u;
	return mix(the.streams[s]);
}

uint64_t chance_below(enum stream s, uint64_t n)
{
	return n == 0 ? 0 : chance(s) % n;
}

uint64_t chance_range(enum stream s, uint64_t from, uint64_t to)
{
	return from + chance_below(s, to - from + 1);
}

bool chance_in(enum stream s, uint64_t n)
{
	return chance_below(s, n) == 0;
}

uint64_t world_now(void)
{
	return the.now;
}

void world_advance_to(uint64_t us)
{
	if (us > the.now)
		the.now = us;
}

int64_t world_real_ms(void)
{
	return REAL_START * 1000 + (int64_t)(the.now / MS) + the.jumped_ms;
}

void world_jump(int64_t ms)
{
	the.jumped_ms += ms;
}

static void put(const char *who, const char *text)
{
	char line[1400];
	int n = snprintf(line, sizeof(line), "%10llu.%06llu %-16s %s\n", (unsigned long long)(the.now / SECOND),
		(unsigned long long)(the.now % SECOND), who, text);

	for (int i = 0; i < n && i < (int)sizeof(line) - 1; i++)
		the.hash = (the.hash ^ (unsigned char)line[i]) * 0x100000001b3u;
	if (the.print)
		fputs(line, stdout);
}

void trace(const char *who, const char *format, ...)
{
	char text[1200];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	put(who, text);
}

void trace_octets(const char *who, const char *what, struct str octets)
{
	char text[220];
	size_t n = 0, shown = octets.len < 120 ? octets.len : 120;
	uint64_t hash = 0;

	for (size_t i = 0; i < octets.len; i++)
		hash = mix(hash ^ (unsigned char)octets.at[i]);
	for (size_t i = 0; i < shown && n + 5 < sizeof(text); i++) {
		unsigned char c = (unsigned char)octets.at[i];

		if (c == '\n')
			n += (size_t)snprintf(text + n, sizeof(text) - n, "\\n");
		else if (c != '\r')
			text[n++] = c < 0x20 || c > 0x7e ? '?' : (char)c;
	}
	text[n] = '\0';
	trace(who, "%s %zu %08x %s", what, octets.len, (unsigned)hash, text);
}

uint64_t trace_hash(void)
{
	return the.hash;
}

void violate(const char *promise, const char *format, ...)
{
	char text[500];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (the.violations++ == 0)
		snprintf(the.first, sizeof(the.first), "%s: %s", promise, text);
	trace("VIOLATION", "%s: %s", promise, text);
}

unsigned violations(void)
{
	return the.violations;
}

const char *first_violation(void)
{
	return the.first;
}
