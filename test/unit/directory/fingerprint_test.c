#include "directory/fingerprint.h"

#include "tap.h"

#define PLAIN "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define COLONS                                                                                     \
	"00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"

static const char *const wrong[] = { "", "00", PLAIN "0", "x" PLAIN, COLONS ":", COLONS ":00", "g0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
	"00:112233445566778899aabbccddeeff00112233445566778899aabbccddeef", "00-11-22-33-44-55-66-77-88-99-AA-BB-CC-DD-EE-FF-00-11-22-33-44-55-66-77-88-99-AA-BB-CC-DD-EE-FF",
	":0:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF" };

int main(void)
{
	struct arena a;

	arena_init(&a, ARENA_NONE);
	OK(fingerprint_valid(S(PLAIN)) && fingerprint_valid(S(COLONS)), "both forms");
	IS_STR(fingerprint_key(&a, S(COLONS)), S(PLAIN));
	IS_STR(fingerprint_key(&a, S(PLAIN)), S(PLAIN));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		OK(!fingerprint_valid(str_from_c(wrong[i])), "wrong: %s", wrong[i]);
	arena_done(&a);
	return tap_done();
}
