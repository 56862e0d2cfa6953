/*
 * An NNTP session over two newsgroups and a folder that is none to it, fed with the input: the first octet says how it is cut, and by
 * its lowest bit whether the reader has an account. Whatever comes, the session ends when the client has nothing more to say, nothing of
 * the folder is told, and the store is sound.
 */
#include "../unit/store/session_kit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hide(struct kit *k, const char *folder, uint32_t rights)
{
	struct acl_change c = { .entry = { .kind = ACL_AUTHENTICATED, .rights = rights } };

	k->done = false;
	folder_acl_change(k->mailbox, kit_folder(k, folder), &c, kit_on_done, k);
	must(kit_until(k, kit_is_done, k) && k->done_err == ERR_OK);
}

static void found(void *arg, const struct store_problem *problem)
{
	must(problem == NULL); /* none is to be found */
}

static bool is_idle(void *arg)
{
	return store_idle(((struct kit *)arg)->store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store_verify_options verify = { .each = found };
	struct kit k;

	if (size < 1 || size > 65536)
		return 0;
	kit_open(&k, SERVICE_NNTP);
	kit_be_public(&k);
	kit_create(&k, "a");
	kit_create(&k, "a/b c");
	kit_create(&k, "hidden");
	hide(&k, "hidden", 0);
	kit_append(&k, "a", S("Subject: a\r\nMessage-ID: <1@b>\r\nFrom: x@y\r\n\r\n.dot\r\n"), 0);
	kit_append(&k, "a/b c", S("Message-ID: <1@b>\r\nNewsgroups: q\r\n\r\nno end"), 0);
	kit_append(&k, "a", S("x"), 0);
	kit_append(&k, "hidden", S("Message-ID: <2@b>\r\n\r\nsecret4711\r\n"), 0);
	k.clients[0].nameless = (data[0] & 1) != 0;
	kit_feed(&k.clients[0], str_make(data + 1, size - 1), data[0]);
	must(str_find_str(str_make(data, size), S("secret4711")) != STR_NPOS || str_find_str(buf_str(&k.clients[0].in), S("secret4711")) == STR_NPOS);
	must(kit_until(&k, is_idle, &k));
	must(store_verify(k.store, &verify) == ERR_OK);
	kit_close(&k);
	return 0;
}
