/* What of the recoverable area goes for good: past its term, or above the ceiling (store_retained_max_set). */
#pragma once

#include "store/box.h"

/* Something was put into it: when it is above the ceiling now, the oldest go, some hundred at a time. */
void purge_soon(struct mailbox *m);
