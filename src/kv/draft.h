/*
 * A draft: an engine over another one that is read through it and never written. What is committed to
 * the draft is there at once, in memory, for whoever reads the draft; nobody else sees it. In the end it
 * becomes one write set of the engine below, or is thrown away. For many changes that build on each
 * other with one flush, and for changes that are only tried.
 *
 * No blobs. The engine below outlives the draft, which is opened before any sandbox, as that is; what it commits meanwhile is seen wherever the draft
 * has nothing of its own.
 */
#pragma once

#include "kv/kv.h"

/* ERR_IO: no descriptor is left. Ends with kv_close. */
enum err kv_open_draft(struct kv *base, struct kv **ret) MUST_USE;
/* What it holds in memory, in octets, about. */
uint64_t kv_draft_octets(const struct kv *draft);
/* Adds everything that was committed to the draft to w, a write set of the engine below. */
void kv_draft_put(const struct kv *draft, struct kv_write *w);
/* Forgets all of it; the draft can be used again. Everything committed to it must have been told. */
void kv_draft_clear(struct kv *draft);
