/* A file of directory import: any octets as records, header and rows; what was read is written and read back. */
#include "ctl/import_row.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_round(const struct csv *c)
{
	struct csv_format format = CSV_EXCHANGE;
	struct csv back;
	struct buf line;
	struct str rest;

	buf_init(&line, CSV_RECORD_OCTETS_MAX * 3);
	for (size_t i = 0; i < c->count; i++)
		csv_put(&line, &format, csv_field(c, i), i == 0);
	csv_put_end(&line);
	rest = buf_str(&line);
	csv_init(&back, &format);
	must(csv_next(&back, &rest) == ERR_OK && back.count == c->count);
	for (size_t i = 0; i < c->count; i++)
		must(str_eq(csv_field(c, i), csv_field(&back, i)));
	csv_done(&back);
	buf_done(&line);
}

static void check_row(const struct import_form *form, const struct csv *c)
{
	struct failure f = { 0 };
	struct import_row row;
	struct arena a;

	arena_init(&a, ARENA_NONE);
	if (import_row_open(form, c, &a, &row, &f) == ERR_OK) {
		unsigned stages = import_row_stages(&row);

		must(stages != 0 && stages >> IMPORT_STAGES == 0);
		for (int stage = 0; stage < IMPORT_STAGES; stage++) {
			json_t *changes = json_array();

			(void)!import_row_changes(&row, (enum import_stage)stage, changes, &f);
			json_decref(changes);
		}
	} else {
		must(f.text[0] != '\0');
	}
	arena_done(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_make(data, size);
	struct import_form form = { .format = CSV_EXCHANGE };
	struct failure f = { 0 };
	static struct csv c;
	enum err e = ERR_OK;
	size_t records = 0;

	if (size > 0) {
		form.overwrite = data[0] & 1;
		form.accounts = data[0] & 2;
		rest = str_skip(rest, 1);
	}
	csv_init(&c, &CSV_EXCHANGE);
	while (e != ERR_NOTFOUND && records < 100) {
		e = csv_next(&c, &rest);
		if (e == ERR_NEEDMORE)
			e = csv_end(&c);
		if (e != ERR_OK)
			continue;
		check_round(&c);
		if (records++ == 0 && import_form_read(&c, &form, &f) != ERR_OK)
			break;
		if (records > 1)
			check_row(&form, &c);
	}
	import_form_done(&form);
	csv_done(&c);
	return 0;
}
