/* A directory entry as it lies in the engine; and the octets as an administrator's request. */
#include "directory/admin.h"
#include "directory/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was decoded encodes to something that decodes to the same. */
static void check_value(struct str value)
{
	struct entry e, back;
	struct buf one, two;
	struct arena a;

	arena_init(&a, ARENA_COMMAND);
	buf_init(&one, ENTRY_OCTETS_MAX);
	buf_init(&two, ENTRY_OCTETS_MAX);
	if (entry_decode(value, 5, &a, &e) == ERR_OK && entry_encode(&e, &one) == ERR_OK) {
		must(entry_decode(buf_str(&one), 5, &a, &back) == ERR_OK);
		must(entry_encode(&back, &two) == ERR_OK && str_eq(buf_str(&one), buf_str(&two)));
		(void)entry_name(&e);
		(void)entry_addresses(&e);
	}
	buf_done(&one);
	buf_done(&two);
	arena_done(&a);
}

static struct directory *fresh(void)
{
	static struct directory d;
	struct kv_options options = { .folder = NULL };
	struct failure f = { 0 };
	struct buf reply;

	directory_drafts_close(&d);
	kv_close(d.kv);
	must(kv_open_memory(&options, &d.kv) == ERR_OK && directory_drafts_open(&d) == ERR_OK);
	buf_init(&reply, ADMIN_REPLY_OCTETS_MAX);
	must(admin_run(&d,
		     S("{\"verb\":\"init\",\"args\":{\"name\":\"E\",\"domain\":\"DOM\",\"mail\":"
		       "\"example.org\"}}"),
		     1, &reply, &f) == ERR_OK);
	must(admin_run(&d, S("{\"verb\":\"account add\",\"args\":{\"name\":\"a\"}}"), 1, &reply,
		     &f) == ERR_OK);
	must(admin_run(&d,
		     S("{\"verb\":\"mailbox add\",\"args\":{\"name\":\"a\",\"account\":\"a\"}}"), 1,
		     &reply, &f) == ERR_OK);
	buf_done(&reply);
	return &d;
}

static void check_request(struct str request)
{
	struct directory *d = fresh();
	struct failure f = { 0 };
	struct buf reply;
	enum err e;

	buf_init(&reply, ADMIN_REPLY_OCTETS_MAX);
	e = admin_run(d, request, 1780000000, &reply, &f);
	must(e == f.code && (e == ERR_OK) == (reply.len > 0));
	must(e != ERR_CORRUPT);
	buf_done(&reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str octets = str_make(data, size);

	if (size == 0 || data[0] != '{')
		check_value(octets);
	else
		check_request(octets);
	return 0;
}
