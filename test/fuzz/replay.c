#undef LLVMFuzzerTestOneInput /* ours is that of limits.c */
/* Runs a fuzz target over the files of its corpus, and over every prefix of the small ones. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "io/file.h"

#define PREFIXES_OF_AT_MOST 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An exact-size copy, so that one octet too far is seen. */
static void run(struct str input)
{
	uint8_t *copy = malloc(input.len ? input.len : 1);

	must(copy != NULL);
	if (input.len > 0)
		memcpy(copy, input.at, input.len);
	LLVMFuzzerTestOneInput(copy, input.len);
	free(copy);
}

static int replay(const char *folder, const char *name)
{
	char path[4096];
	struct buf content;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	buf_init(&content, (size_t)16 << 20);
	if (file_read(path, &content) != ERR_OK) {
		fprintf(stderr, "%s: cannot be read\n", path);
		return 1;
	}
	for (size_t n = 0; content.len <= PREFIXES_OF_AT_MOST && n < content.len; n++)
		run(str_sub(buf_str(&content), 0, n));
	run(buf_str(&content));
	buf_done(&content);
	return 0;
}

int main(int argc, char **argv)
{
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	struct dirent *row;
	int bad = 0, files = 0;

	if (folder == NULL) {
		fprintf(stderr, "no corpus at %s\n", argc == 2 ? argv[1] : "(none given)");
		return 1;
	}
	while ((row = readdir(folder)) != NULL) {
		if (row->d_name[0] == '.')
			continue;
		bad |= replay(argv[1], row->d_name);
		files++;
	}
	closedir(folder);
	printf("%d inputs replayed\n", files);
	return bad || files == 0;
}
