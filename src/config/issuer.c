#include "config/issuer.h"

const char *issuer_url_wrong(struct str url)
{
	static const char *const here[] = { "http://127.0.0.1", "http://[::1]", "http://localhost" };

	if (url.len >= ISSUER_URL_OCTETS_MAX || str_has_control(url) || str_has_octet(url, ' ') || str_has_octet(url, '@'))
		return "is no address such as https://id.example.org/keys";
	if (str_istarts(url, S("https://")))
		return url.len > 8 ? NULL : "lacks the host behind https://";
	for (size_t i = 0; i < sizeof(here) / sizeof(*here); i++) {
		struct str rest = str_skip(url, strlen(here[i]));

		if (str_istarts(url, str_from_c(here[i])) && (rest.len == 0 || rest.at[0] == ':' || rest.at[0] == '/'))
			return NULL;
	}
	return "must begin with https:// (http:// is for this machine itself alone)";
}
