/* What mechanisms share; for src/sasl only. */
#pragma once

#include "sasl/sasl.h"

/* Each mechanism's two functions, by the prefix in sasl.tbl. */
#define SASL(name, prefix, answer, flags, rfc)                                                     \
	enum err prefix##_start(struct sasl *s, struct buf *challenge);                            \
	enum err prefix##_step(struct sasl *s, struct str response, struct buf *challenge);
#include "sasl/sasl.tbl"
#undef SASL
enum err scram_answer(struct sasl *s, const struct sasl_answer *a, struct buf *challenge);
enum err ntlm_answer(struct sasl *s, const struct sasl_answer *a, struct buf *challenge);
enum err oauth_answer(struct sasl *s, const struct sasl_answer *a, struct buf *challenge);
enum err gssapi_answer(struct sasl *s, const struct sasl_answer *a, struct buf *challenge);

/*
 * Keep one part of the credentials. ERR_SYNTAX: holds a NUL, is not UTF-8, or is longer than max
 * octets; empty is refused unless optional.
 */
enum err sasl_keep(struct buf *part, struct str octets, size_t max, bool optional) MUST_USE;
/* The same with a saslname of RFC 5801: "=2C" is a comma, "=3D" an equals sign, no other '=' may stand in it. */
enum err sasl_keep_saslname(struct buf *part, struct str name) MUST_USE;
/* Sets what is wanted; ERR_OK, so that a step can return it. */
enum err sasl_ask(struct sasl *s, enum sasl_want want);
/* The mechanism's own memory of that many octets, zeroed; the same at each call of one exchange. */
void *sasl_own(struct sasl *s, size_t octets);
