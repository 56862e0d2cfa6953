/* A client's message. What can be read is inside it; the server's answer to it can be read again, and holds what was put in. */
#include "wire/spnego.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool inside(struct str part, struct str whole)
{
	return part.len == 0 || (part.at >= whole.at && part.at + part.len <= whole.at + whole.len);
}

static void answer(enum spnego_state state, bool ntlm, struct str token)
{
	struct spnego s;
	struct buf to;

	buf_init(&to, SPNEGO_OCTETS_MAX);
	spnego_put(&to, state, ntlm, token);
	if (!buf_overflowed(&to)) {
		must(spnego_get(buf_str(&to), &s) == ERR_OK);
		must(!s.first && s.state == state && s.mic.at == NULL && str_eq(s.token, token));
	}
	buf_done(&to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str octets = str_make(data, size);
	struct spnego s;
	enum err e = spnego_get(octets, &s);

	if (e != ERR_OK) {
		must(e == ERR_SYNTAX || (e == ERR_TOOLONG && size > SPNEGO_OCTETS_MAX));
		return 0;
	}
	must(inside(s.token, octets) && inside(s.mic, octets) && inside(s.list, octets));
	must(!s.first || (s.list.len > 0 && s.state == SPNEGO_NO_STATE));
	must(s.first || (!s.has_ntlm && !s.has_kerberos));
	must(s.wants != SPNEGO_NTLM || s.has_ntlm);
	must(s.wants != SPNEGO_KERBEROS || s.has_kerberos);
	answer(s.first ? SPNEGO_INCOMPLETE : SPNEGO_COMPLETED, s.has_ntlm, s.token);
	return 0;
}
