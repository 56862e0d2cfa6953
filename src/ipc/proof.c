#include "ipc/proof.h"

#define PROOF_TEXT(name, text) text,
static const char *const names[PROOF_BACKEND_COUNT] = { PROOF_BACKENDS(PROOF_TEXT) };
#undef PROOF_TEXT

const char *proof_backend_name(enum proof_backend b)
{
	must((unsigned)b < PROOF_BACKEND_COUNT);
	return names[b];
}

bool proof_backend_is_for_domains(enum proof_backend b)
{
	return b != PROOF_ISSUER && b != PROOF_KERBEROS && b != PROOF_BACKEND_COUNT;
}

bool proof_backend_from(struct str name, enum proof_backend *ret)
{
	for (unsigned b = 0; b < PROOF_BACKEND_COUNT; b++) {
		if (str_eq(name, str_from_c(names[b]))) {
			*ret = (enum proof_backend)b;
			return true;
		}
	}
	return false;
}

enum proof_verdict proof_verdict_from(uint8_t number)
{
	if (number < PROOF_RIGHT || number > PROOF_UNAVAILABLE)
		return PROOF_UNAVAILABLE;
	return (enum proof_verdict)number;
}
