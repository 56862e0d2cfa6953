#include "ctl/csv_column.h"

#include "config/near.h"

#define COLUMN(header, classes, kind, property, argument, doc)                                     \
	{ header, classes, CSV_##kind, property, argument, doc },
static const struct csv_column columns[] = {
#include "ctl/csv_column.tbl"
};

static const struct csv_class classes[] = {
	{ "Domain", "domain", 'D' },
	{ "Account", "account", 'A' },
	{ "Mailbox", "mailbox", 'M' },
	{ "Remote", "contact", 'R' },
	{ "dl", "list", 'L' },
	{ "Public", "public store", 'P' },
};

size_t csv_column_count(void)
{
	return sizeof(columns) / sizeof(*columns);
}

const struct csv_column *csv_column_at(size_t i)
{
	must(i < csv_column_count());
	return &columns[i];
}

const struct csv_column *csv_column_find(struct str header)
{
	header = str_trim(header);
	for (size_t i = 0; i < csv_column_count(); i++) {
		if (str_ieq(header, str_from_c(columns[i].header)))
			return &columns[i];
	}
	return NULL;
}

struct str csv_column_near(struct str header)
{
	struct near near = near_to(str_trim(header));

	for (size_t i = 0; i < csv_column_count(); i++)
		near_try(&near, str_from_c(columns[i].header));
	return near_best(&near);
}

bool csv_column_has(const struct csv_column *c, const struct csv_class *class)
{
	return str_has_octet(str_from_c(c->classes), class->letter);
}

size_t csv_class_count(void)
{
	return sizeof(classes) / sizeof(*classes);
}

const struct csv_class *csv_class_at(size_t i)
{
	must(i < csv_class_count());
	return &classes[i];
}

const struct csv_class *csv_class_find(struct str name)
{
	name = str_trim(name);
	for (size_t i = 0; i < csv_class_count(); i++) {
		if (str_ieq(name, str_from_c(classes[i].name)) || str_ieq(name, str_from_c(classes[i].entry)))
			return &classes[i];
	}
	return NULL;
}
