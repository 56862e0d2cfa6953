/*
 * After a restore of an older state: numbers that clients remember from the time since are not given a second time.
 * Every folder of every mailbox gets a new UIDVALIDITY, so that no UID ever has two contents (RFC 9051 section 2.3.1.1);
 * modseqs, email ids and folder ids go on far above those that were in use.
 */
#pragma once

#include "kv/kv.h"

/*
 * Before the store is opened on the engine: waits for each mailbox's commit. New UIDVALIDITYs are above `above`. Doing it
 * again, after it was broken off, only renews once more. ERR_IO, ERR_DISKFULL; rows that cannot be decoded are
 * left, they cannot be opened either. progress gets mailboxes done, and may be NULL.
 */
enum err renew_all(struct kv *kv, uint32_t above, void (*progress)(void *arg, uint64_t done), void *arg) MUST_USE;
