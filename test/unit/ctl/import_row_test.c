/* Rows of an import as changes: what is said of one that is there, and of one that is made. */
#include "ctl/import_row.h"

#include <stdlib.h>

#include "tap.h"

struct file {
	struct import_form form;
	struct csv header, record;
	struct arena arena;
};

static enum err read_line(struct csv *c, const char *line)
{
	struct str rest = str_from_c(line);

	csv_init(c, &CSV_EXCHANGE);
	return csv_next(c, &rest) == ERR_NEEDMORE ? csv_end(c) : ERR_OK;
}

static enum err open_file(struct file *x, const char *header, struct failure *f)
{
	*x = (struct file){ .form.format = CSV_EXCHANGE };
	arena_init(&x->arena, ARENA_NONE);
	if (read_line(&x->header, header) != ERR_OK)
		abort();
	return import_form_read(&x->header, &x->form, f);
}

static void close_file(struct file *x)
{
	import_form_done(&x->form);
	csv_done(&x->header);
	arena_done(&x->arena);
}

/* The changes of a row in one stage, as JSON with ' for "; or its refusal. */
static void is_changes(struct file *x, const char *line, enum import_stage stage, const char *want)
{
	json_t *changes = json_array();
	struct failure f = { 0 };
	struct import_row row;
	char *got;

	if (read_line(&x->record, line) != ERR_OK)
		abort();
	if (import_row_open(&x->form, &x->record, &x->arena, &row, &f) != ERR_OK ||
		import_row_changes(&row, stage, changes, &f) != ERR_OK) {
		IS_STR(str_from_c(f.text), str_from_c(want));
	} else {
		got = json_dumps(changes, JSON_COMPACT | JSON_SORT_KEYS);
		for (char *c = got; *c != '\0'; c++)
			*c = *c == '"' ? '\'' : *c;
		IS_STR(str_from_c(got), str_from_c(want));
		OK((import_row_stages(&row) >> stage & 1) == (json_array_size(changes) > 0), "its stages are known: %s", line);
		free(got);
	}
	json_decref(changes);
	csv_done(&x->record);
}

static void test_header(void)
{
	static const struct {
		const char *header, *failure;
	} rows[] = {
		{ "Obj-Class,Mode,Directory Name", "" },
		{ "obj-class , MODE,directory name,", "" },
		{ "Obj-Class,Mode", "the first line must name the columns, and 'Directory Name' or 'Alias Name' among them" },
		{ "Directory Name,Mode,Mode", "the column 'Mode' is there twice" },
		{ "Directory Nam,Mode", "there is no column 'Directory Nam'; did you mean 'Directory Name'?" },
		{ "Directory Name,Xyzzy", "there is no column 'Xyzzy'; the guide's page on import lists them" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct failure f = { 0 };
		struct file x;
		enum err e = open_file(&x, rows[i].header, &f);

		OK((e == ERR_OK) == (rows[i].failure[0] == '\0'), "%s", rows[i].header);
		IS_STR(str_from_c(f.text), str_from_c(rows[i].failure));
		close_file(&x);
	}
}

static void test_modes(void)
{
	struct failure f = { 0 };
	struct file x;

	OK(open_file(&x, "Obj-Class,Mode,Directory Name,New Name,Display Name,Hide from AB,MDB-Storage-Quota", &f) == ERR_OK, "header");
	is_changes(&x, "Mailbox,Create,al,,Al,1,500", IMPORT_RECIPIENTS,
		"[{'args':{'display':'Al','hidden':true,'name':'al','quota-warn':512000},'verb':'mailbox add'}]");
	is_changes(&x, "mailbox,modify,al,bo,~DEL,no,~DEL", IMPORT_RECIPIENTS,
		"[{'args':{'display':'','hidden':'no','name':'al','quota-warn':'default','rename':'bo'},'verb':'mailbox set'}]");
	is_changes(&x, ",,al,,~~DEL,,1 octets", IMPORT_RECIPIENTS,
		"[{'args':{'display':'~DEL','name':'al','quota-warn':1},'instead':{'args':{'display':'~DEL','name':'al','quota-warn':1},"
		"'verb':'mailbox add'},'verb':'mailbox set'}]");
	is_changes(&x, "Mailbox,Delete,al", IMPORT_DROP_RECIPIENTS, "[{'args':{'name':'al'},'verb':'mailbox remove'}]");
	is_changes(&x, "Account,Delete,DOM\\al", IMPORT_DROP_ACCOUNTS, "[{'args':{'name':'DOM\\\\al'},'verb':'account remove'}]");
	is_changes(&x, "Domain,Delete,DOM", IMPORT_DROP_DOMAINS, "[{'args':{'name':'DOM'},'verb':'domain remove'}]");
	is_changes(&x, "Mailbox,Delete,al", IMPORT_RECIPIENTS, "[]");
	is_changes(&x, "Thing,,al", IMPORT_RECIPIENTS, "'Thing' is no class; there are Domain, Account, Mailbox, Remote, dl and Public");
	is_changes(&x, "Mailbox,Make,al", IMPORT_RECIPIENTS, "'Make' is no mode; there are Create, Modify, Update and Delete");
	is_changes(&x, "Mailbox,,", IMPORT_RECIPIENTS, "'Directory Name' is empty: nobody is named");
	is_changes(&x, "Mailbox,,al,,,~DEL", IMPORT_RECIPIENTS, "the column 'Hide from AB' takes yes or no");
	is_changes(&x, "Account,,al,,x", IMPORT_ACCOUNTS, "a row of the class Account has nothing to say in the column 'Display Name'");
	is_changes(&x, "Mailbox,,al,,,,,more", IMPORT_RECIPIENTS, "there are more fields than columns in the first line");
	is_changes(&x, "Mailbox,,al,,\xff", IMPORT_RECIPIENTS, "field 5 is not UTF-8");
	close_file(&x);
}

static void test_lists(void)
{
	struct failure f = { 0 };
	struct file x;

	OK(open_file(&x, "Obj-Class,Mode,Alias Name,E-mail Addresses,Secondary-Proxy-Addresses,Members,Obj-Users", &f) == ERR_OK, "header");
	is_changes(&x, "Mailbox,Create,al,smtp:b@x.org%SMTP:a@x.org%X400:c=us;a= ,c@x.org", IMPORT_RECIPIENTS,
		"[{'args':{'address':['a@x.org','b@x.org','c@x.org'],'name':'al'},'verb':'mailbox add'}]");
	is_changes(&x, "Mailbox,Create,al,~DEL", IMPORT_RECIPIENTS, "[{'args':{'address':[],'name':'al'},'verb':'mailbox add'}]");
	is_changes(&x, "Mailbox,Modify,al,SMTP:a@x.org%~DELsmtp:b@x.org", IMPORT_RECIPIENTS,
		"[{'args':{'add-address':['a@x.org'],'name':'al','primary-address':['a@x.org'],'remove-address':['b@x.org']},"
		"'verb':'mailbox set'}]");
	is_changes(&x, "dl,Modify,staff,,,Recipients/cn=al%/o=O/ou=S/cn=Recipients/cn=bo%~DELcy", IMPORT_LINKS,
		"[{'args':{'member':['al','bo'],'name':'staff'},'verb':'list member add'},"
		"{'args':{'member':['cy'],'name':'staff'},'verb':'list member remove'}]");
	is_changes(&x, "dl,Modify,staff,,,~DEL", IMPORT_LINKS, "[{'args':{'members':[],'name':'staff'},'verb':'list set'}]");
	is_changes(&x, "Mailbox,Modify,al,,,,DOM\\bo%~DELDOM\\cy", IMPORT_LINKS,
		"[{'args':{'account':'DOM\\\\bo','name':'al'},'fine':'EXISTS','verb':'mailbox grant'},"
		"{'args':{'account':'DOM\\\\cy','name':'al'},'verb':'mailbox revoke'}]");
	is_changes(&x, "Mailbox,Modify,al,,,,~DEL", IMPORT_LINKS,
		"~DEL alone does not do in 'Obj-Users'; say whose rights go: ~DELDOM\\alice");
	x.form.overwrite = true;
	is_changes(&x, "Mailbox,Modify,al,b@x.org%a@x.org", IMPORT_RECIPIENTS,
		"[{'args':{'address':['b@x.org','a@x.org'],'name':'al'},'verb':'mailbox set'}]");
	is_changes(&x, "dl,Modify,staff,,,al", IMPORT_LINKS,
		"[{'args':{'members':[],'name':'staff'},'verb':'list set'},{'args':{'member':['al'],'name':'staff'},'verb':'list member add'}]");
	close_file(&x);
}

static void test_accounts(void)
{
	struct failure f = { 0 };
	struct file x;

	OK(open_file(&x, "Obj-Class,Mode,Directory Name,Password,Full Name,Primary Windows NT Account,Groups", &f) == ERR_OK, "header");
	is_changes(&x, "Account,Create,DOM\\al,pw,Al,,a%b", IMPORT_ACCOUNTS,
		"[{'args':{'full-name':'Al','groups':['a','b'],'name':'DOM\\\\al','password':'pw'},'verb':'account add'}]");
	is_changes(&x, "Account,Modify,DOM\\al,pw,,,a%~DELb", IMPORT_ACCOUNTS,
		"[{'args':{'name':'DOM\\\\al','password':'pw'},'verb':'account password'},"
		"{'args':{'add-groups':['a'],'name':'DOM\\\\al','remove-groups':['b']},'verb':'account set'}]");
	is_changes(&x, "Mailbox,Create,al,pw,,DOM\\al", IMPORT_RECIPIENTS,
		"[{'args':{'account':'DOM\\\\al','name':'al'},'verb':'mailbox add'}]");
	x.form.accounts = true;
	is_changes(&x, "Mailbox,Create,al,pw,,DOM\\al", IMPORT_ACCOUNTS,
		"[{'args':{'name':'DOM\\\\al'},'instead':{'args':{'name':'DOM\\\\al','password':'pw'},'verb':'account add'},"
		"'verb':'account show'}]");
	close_file(&x);
}

int main(void)
{
	test_header();
	test_modes();
	test_lists();
	test_accounts();
	return tap_done();
}
