/* Deliveries in flight. */
#pragma once

#include "store/box.h"

/* Those with this arg are not answered any more. */
void deliver_forget(struct store *s, const void *arg);
