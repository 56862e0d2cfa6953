#include "ctl/qr.h"

#include <qrencode.h>

#include "base/mem.h"

#define MARGIN 2
#define TEXT_OCTETS_MAX ((size_t)1024)

static bool is_dark(const QRcode *code, int x, int y)
{
	if (x < 0 || y < 0 || x >= code->width || y >= code->width)
		return false;
	return (code->data[y * code->width + x] & 1) != 0;
}

/* White on black by colours of its own: what is light must be light. */
static void put_code(struct buf *to, const QRcode *code)
{
	for (int y = -MARGIN; y < code->width + MARGIN; y += 2) {
		buf_put_c(to, "\033[40;97m");
		for (int x = -MARGIN; x < code->width + MARGIN; x++) {
			bool upper = is_dark(code, x, y), lower = is_dark(code, x, y + 1);

			buf_put_c(to, upper ? (lower ? " " : "\xe2\x96\x84") : (lower ? "\xe2\x96\x80" : "\xe2\x96\x88"));
		}
		buf_put_c(to, "\033[0m\n");
	}
}

bool qr_put(struct buf *to, struct str text)
{
	char *c;
	QRcode *code;

	if (text.len > TEXT_OCTETS_MAX || str_has_octet(text, '\0'))
		return false;
	c = str_dup_c(text);
	code = QRcode_encodeString(c, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	mem_wipe(c, text.len);
	mem_free(c);
	if (code == NULL)
		return false;
	put_code(to, code);
	mem_wipe(code->data, (size_t)code->width * (size_t)code->width);
	QRcode_free(code);
	return true;
}
