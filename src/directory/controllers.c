#include "directory/controllers.h"

#include <stdio.h>

static const char *text_of(const json_t *row, const char *name)
{
	const char *text = json_string_value(json_object_get(row, name));

	return text != NULL ? text : "";
}

void controllers_look(const json_t *rows, uint64_t domain, struct controllers_view *ret)
{
	size_t i, used = 0;
	json_t *row;

	*ret = (struct controllers_view){ 0 };
	json_array_foreach(rows, i, row)
	{
		const char *since = text_of(row, "failing_since"), *between = ret->count > 0 ? "; " : "";
		int n;

		if ((uint64_t)json_integer_value(json_object_get(row, "domain_id")) != domain)
			continue;
		ret->failing += since[0] != '\0';
		if (text_of(row, "refused_because")[0] != '\0')
			snprintf(ret->refused, sizeof(ret->refused), "%.30s: %.200s", text_of(row, "last_refusal"), text_of(row, "refused_because"));
		if (since[0] != '\0')
			n = snprintf(ret->text + used, sizeof(ret->text) - used, "%s%.60s does not answer since %.30s (%.60s)", between,
				text_of(row, "controller"), since, text_of(row, "why"));
		else
			n = snprintf(ret->text + used, sizeof(ret->text) - used, "%s%.60s: %s", between, text_of(row, "controller"),
				text_of(row, "state"));
		ret->count++;
		used = n > 0 && used + (size_t)n < sizeof(ret->text) ? used + (size_t)n : sizeof(ret->text) - 1;
	}
	if (ret->count == 0)
		snprintf(ret->text, sizeof(ret->text), "nothing is known of them yet");
}
