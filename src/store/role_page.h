/*
 * Public folders on the web: what a ticket of the directory lets one see of them, as its account may by their lists at this moment. The front
 * makes pages of it. Requests of people without an account are counted, and their octets measured, as sessions of theirs are.
 */
#pragma once

#include "store/role_int.h"

void role_page_ask(struct store_role *r, struct link *from, const struct msg_page_ask *q);
/* That front is gone. */
void role_page_link_down(struct store_role *r, const struct link *link);
void role_page_start(struct store_role *r);
void role_page_stop(struct store_role *r);
