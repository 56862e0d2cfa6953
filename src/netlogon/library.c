#include "netlogon/library.h"

#include <dlfcn.h>
#include <string.h>

static void *open_first(const char *const *names)
{
	void *library = NULL;

	for (; *names != NULL && library == NULL; names++)
		library = dlopen(*names, RTLD_NOW | RTLD_LOCAL);
	return library;
}

bool library_load(
	const char *const *names, const struct library_call *calls, size_t count, void *to)
{
	void *library = open_first(names);

	for (size_t i = 0; library != NULL && i < count; i++) {
		void *found = dlsym(library, calls[i].name);

		if (found == NULL && !calls[i].optional)
			return false;
		memcpy((char *)to + calls[i].offset, &found, sizeof(found));
	}
	return library != NULL;
}
