/* What front and store say of published folders (MSG_page_ask, MSG_page_told). */
#pragma once

#define PAGE_ROWS_MAX   50u             /* messages on one page */
#define PAGE_TEXT_MAX   ((size_t)65536) /* octets of a message's text that are shown */
#define PAGE_PARTS_MAX  100u            /* parts that can be downloaded */
#define PAGE_OCTETS_MAX ((uint64_t)64 << 20) /* of what is downloaded */

enum page_what {
	PAGE_FOLDERS, /* rows: u32 folder, str name, u32 messages */
	PAGE_FOLDER,  /* str name, u32 messages; rows, newest first: u32 uid, u64 date, u32 octets, flag attachment, str from, str subject */
	PAGE_MESSAGE, /* str folder's name, str subject, str from, str to, u64 date, u8 page_text, flag cut, str text; rows: u32 part, str type,
			 str name, u32 octets */
	PAGE_PART,    /* str name; a sealed file with the octets */
	PAGE_WHOLE,   /* the same of the message as it is */
	PAGE_END
};

enum page_text { PAGE_NO_TEXT, PAGE_PLAIN, PAGE_FIRST_WORDS };
