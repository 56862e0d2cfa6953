/* A token; the key is that of RFC 7515 appendix A.3, whose token is in the corpus. What is accepted must be that one. */
#include "netlogon/jwt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static json_t *set;
	struct jwt_rules rules = { .issuer = S_INIT("joe"), .claim = S_INIT("iss"), .now_seconds = 1300819379 };
	struct failure f = { 0 };
	struct str name;
	struct arena a;

	if (set == NULL)
		set = json_loads("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
				 "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}", 0, NULL);
	rules.key_set = set;
	arena_init(&a, ARENA_NONE);
	if (jwt_check(&a, str_make(data, size), &rules, &name, &f) == ERR_OK)
		must(str_eq(name, S("joe")));
	else
		must(f.reason[0] != '\0');
	arena_done(&a);
	return 0;
}
