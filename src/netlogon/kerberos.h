/*
 * Kerberos: tickets for this server's service principals, accepted with the keys of its keytab (MIT Kerberos, loaded when a keytab is
 * set). No domain controller is asked: a ticket is its word. Security contexts are kept between their steps, by the number that the
 * directory gives them: KERBEROS_CONTEXTS_MAX at most, KERBEROS_CONTEXT_MS long; the oldest gives way.
 *
 * A ticket is good once (the library's replay cache, a file in the role's own folder that outlives a restart), within
 * settings->skew_ms, for the protocol's own service unless settings->any_service, and over the channel that its client binds
 * it to.
 */
#pragma once

#include "netlogon/attempt.h"

#define KERBEROS_CONTEXTS_MAX ((size_t)1024)
#define KERBEROS_CONTEXT_MS   120000u

/* Before the sandbox and before threads: the library looks at files of ours, never at the system's configuration. */
void kerberos_open(void);
/* Loads the libraries; false: they are not installed, and every question is PROOF_UNAVAILABLE. */
bool kerberos_prepare(void);
/* PROOF_CONTEXT: one step. PROOF_RIGHT: answer.octets, .more, and with the context established .account, its principal. PROOF_PROBE:
 * whether the keytab can be read and holds keys. */
attempt_fn kerberos_ask;
/* The loop's thread: whether the keytab's file is another one than was read last, with or without success. */
bool kerberos_has_changed(const struct settings *s);
/* Nobody goes on with it; all of them; those that are too old. */
void kerberos_end(uint64_t context);
void kerberos_end_all(void);
void kerberos_expire(void);
