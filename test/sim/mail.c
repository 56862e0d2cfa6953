#include "mail.h"

#define LINE_OCTETS 60u

static uint32_t next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void put_lines(struct buf *to, uint32_t *state, size_t lines)
{
	char line[LINE_OCTETS];

	for (size_t i = 0; i < lines; i++) {
		size_t n = next(state) % LINE_OCTETS;

		for (size_t k = 0; k < n; k++)
			line[k] = (char)(' ' + next(state) % 95);
		if (n > 0 && next(state) % 8 == 0)
			line[0] = '.';
		buf_put(to, str_make(line, n));
		buf_put(to, S("\r\n"));
	}
}

void mail_put(struct buf *to, uint32_t token)
{
	uint32_t state = token * 2654435761u + 1;
	size_t lines = next(&state) % 16 == 0 ? next(&state) % 1500 : next(&state) % 30;

	buf_printf(to, "X-Sim: %u\r\nFrom: <f%u@elsewhere.example>\r\nSubject: number %u\r\n", token, token % 7, token);
	if (token % 3 != 0) {
		buf_put(to, S("\r\n"));
		put_lines(to, &state, lines);
		return;
	}
	buf_put(to, S("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=cut\r\n\r\n--cut\r\n\r\n"));
	put_lines(to, &state, lines / 2);
	buf_put(to, S("\r\n--cut\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"));
	put_lines(to, &state, lines / 2);
	buf_put(to, S("\r\n--cut--\r\n"));
}

uint32_t mail_token(struct str octets)
{
	size_t at = str_find_str(octets, S("X-Sim: "));
	uint32_t token = 0;
	size_t end;

	if (at == STR_NPOS)
		return 0;
	octets = str_skip(octets, at + 7);
	end = str_find(octets, '\r');
	return end != STR_NPOS && str_u32(str_sub(octets, 0, end), UINT32_MAX, &token) ? token : 0;
}

bool mail_is(struct str octets, uint32_t token)
{
	struct buf want;
	bool is;

	buf_init(&want, MAIL_OCTETS_MAX);
	mail_put(&want, token);
	is = octets.len >= want.len && str_eq(str_skip(octets, octets.len - want.len), buf_str(&want));
	buf_done(&want);
	return is;
}
