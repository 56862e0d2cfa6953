/* What mechanisms share; for src/sasl only. */
#pragma once

#include "sasl/sasl.h"

/* Each mechanism's two functions, by the prefix in sasl.tbl. */
#define SASL(name, tls, initial, prefix, rfc)                                                      \
	enum err prefix##_start(struct sasl *s, struct buf *challenge);                            \
	enum err prefix##_step(struct sasl *s, struct str response, struct buf *challenge);
#include "sasl/sasl.tbl"
#undef SASL

/*
 * Keep one part of the credentials. ERR_SYNTAX: holds a NUL, is not UTF-8, or is longer than max
 * octets; empty is refused unless optional.
 */
enum err sasl_keep(struct buf *part, struct str octets, size_t max, bool optional) MUST_USE;
