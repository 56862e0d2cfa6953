/*
 * Many entries in one request: for `bourse directory import` and `export`.
 *
 * directory apply   {"changes": [change, ...], "dry-run": true, "trial": number}
 *   change          {"verb": "...", "args": {...}}, one of the verbs that change an entry; and, if wished,
 *                   "instead": {"verb", "args"}, taken when nothing has the name in args;
 *                   "fine": "EXISTS", an outcome that is as good as none.
 *   reply           {"done": n, "outcomes": "aix", "rows": [{"change": i, "error", "message"}]}
 *                   One letter for each change: a, the first verb did it; i, the other; x, refused, for the reason in
 *                   rows. Each change sees those before it. done may be less than was sent, when it took long: send the
 *                   rest again. One flush for all; when that fails the request fails, and nothing is changed.
 *   dry run         Nothing is kept but in memory, for "trial", the number that the reply gives: a request with it
 *                   sees what those before would have changed. trial 0 begins one, and ends the one before. One at a
 *                   time; it ends by itself after BULK_TRIAL_MS without a request. ERR_INUSE: that one is over. ERR_TOOBIG:
 *                   over BULK_TRIAL_OCTETS_MAX.
 * directory read    {"class": "mailbox", "first-id": id} -> {"rows": [{"id", "values": {"alias": "...", ...}}], "next": id}
 *                   Lists are arrays; one that is long goes on in the next row, which has the same id. Secrets are left
 *                   out. next is missing at the end.
 */
#pragma once

#include "directory/admin.h"

#define BULK_CHANGES_MAX      ((size_t)1000) /* in one request */
#define BULK_MS_MAX           100u           /* from then on no further change is begun */
#define BULK_TRIAL_OCTETS_MAX ((uint64_t)256 << 20)
#define BULK_TRIAL_MS         60000u

/* Forgets the dry run, if there is one. */
void admin_bulk_end_trial(struct directory *d);
