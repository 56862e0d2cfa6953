/* An article that is posted: judged, and if it may be taken, taken; then it could not be posted once more. Names of groups come back. */
#include "base/mem.h"
#include "store/nntp_draft.h"
#include "store/nntp_name.h"
#include "wire/nntp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_name(struct str name)
{
	struct buf group, folder;

	buf_init(&group, BUF_NO_CEILING);
	buf_init(&folder, BUF_NO_CEILING);
	if (str_find(name, '/') == STR_NPOS && nntp_name_put(&group, name)) {
		must(nntp_is_group(buf_str(&group)));
		must(nntp_name_get(&folder, buf_str(&group)) && str_eq(buf_str(&folder), name));
	}
	buf_clear(&folder);
	buf_clear(&group);
	if (nntp_name_get(&folder, name))
		must(nntp_name_put(&group, buf_str(&folder)) && str_eq(buf_str(&group), name));
	buf_done(&group);
	buf_done(&folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nntp_draft_by by = { .host = S("h"), .account = S("1"), .message_id = S("<n@h>"), .now_seconds = 1700000000 };
	struct str article = str_make(data, size);
	struct nntp_draft d, again;
	struct arena a;
	struct buf whole;

	if (size > 65536)
		return 0;
	check_name(str_sub(article, 0, 600));
	arena_init(&a, ARENA_NONE);
	if (nntp_draft_read(&a, article, by.now_seconds, &d) == NULL) {
		must(d.groups_count > 0 && d.groups_count <= NNTP_DRAFT_GROUPS_MAX);
		buf_init(&whole, BUF_NO_CEILING);
		nntp_draft_put(&d, article, &by, &whole);
		must(whole.len > article.len);
		must(nntp_draft_read(&a, buf_str(&whole), by.now_seconds, &again) != NULL);
		buf_done(&whole);
	}
	arena_done(&a);
	return 0;
}
