#include "ctl/wipe.h"

#include <jansson.h>

#include "base/mem.h"

#define HEAD_OCTETS 16 /* holds the size, and keeps the alignment */

static void *wiped_new(size_t octets)
{
	char *at = mem_new(octets + HEAD_OCTETS);

	*(size_t *)(void *)at = octets;
	return at + HEAD_OCTETS;
}

static void wiped_free(void *p)
{
	char *at;

	if (p == NULL)
		return;
	at = (char *)p - HEAD_OCTETS;
	mem_wipe(p, *(size_t *)(void *)at);
	mem_free(at);
}

void wipe_json_memory(void)
{
	json_set_alloc_funcs(wiped_new, wiped_free);
}

void wipe_json_text(char *text)
{
	json_free_t give_back;

	json_get_alloc_funcs(NULL, &give_back);
	give_back(text);
}
