/* JSON of a request may hold a password, so the memory of all JSON is wiped before it is given
 * back. */
#pragma once

/* Call once, before the first JSON. */
void wipe_json_memory(void);
/* Gives back what json_dumps gave, whether or not wipe_json_memory was called. Accepts NULL. */
void wipe_json_text(char *text);
