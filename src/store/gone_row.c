#include "store/gone_row.h"

#include "store/mailbox.h"
#include "store/row.h"

#define GONE_ROW_VERSION 1u

void gone_row_put(struct wr *to, const struct gone_row *row)
{
	wr_u8(to, GONE_ROW_VERSION);
	wr_u32(to, row->folder);
	wr_u64(to, (uint64_t)row->deleted);
	wr_u64(to, row->first);
	wr_u32(to, row->uidvalidity);
	wr_u32(to, row->uidnext);
	wr_u32(to, row->recent_from);
	wr_u32(to, row->messages);
	wr_u32(to, row->specials);
	wr_u32(to, row->age_days);
	wr_u32(to, row->keep_days);
	wr_str(to, row->name);
	wr_str(to, row->keywords);
	wr_str(to, row->acl);
	wr_str(to, row->annotations);
}

static bool days_sound(uint32_t days)
{
	return days <= FOLDER_AGE_DAYS_MAX || days == FOLDER_AGE_DEFAULT;
}

static bool rows_sound(const struct gone_row *row)
{
	struct acl *acl = NULL;

	if (row->acl.len > 0 && acl_row_get(row->acl, &acl) != ERR_OK)
		return false;
	acl_free(acl);
	if (row->keywords.len > 0 && keywords_row_get(row->keywords, NULL, NULL) != ERR_OK)
		return false;
	return row->annotations.len == 0 || annotations_row_get(row->annotations, NULL, NULL) == ERR_OK;
}

enum err gone_row_get(struct str value, struct gone_row *ret)
{
	struct rd r = rd_from(value);
	struct gone_row row;

	if (rd_u8(&r) != GONE_ROW_VERSION)
		rd_fail(&r);
	row.folder = rd_u32(&r);
	row.deleted = (int64_t)rd_u64(&r);
	row.first = rd_u64(&r);
	row.uidvalidity = rd_u32(&r);
	row.uidnext = rd_u32(&r);
	row.recent_from = rd_u32(&r);
	row.messages = rd_u32(&r);
	row.specials = rd_u32(&r);
	row.age_days = rd_u32(&r);
	row.keep_days = rd_u32(&r);
	row.name = rd_str(&r);
	row.keywords = rd_str(&r);
	row.acl = rd_str(&r);
	row.annotations = rd_str(&r);
	if (rd_end(&r) != ERR_OK || row.folder == 0 || row.uidvalidity == 0 || row.uidnext == 0 || row.name.len == 0)
		return ERR_CORRUPT;
	if (row.name.len > FOLDER_NAME_OCTETS_MAX || (row.specials & ~FOLDER_SPECIALS) != 0 || !days_sound(row.age_days) || !days_sound(row.keep_days))
		return ERR_CORRUPT;
	if (!rows_sound(&row))
		return ERR_CORRUPT;
	*ret = row;
	return ERR_OK;
}
