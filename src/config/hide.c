#include "config/hide.h"

#include "config/network.h"

struct rule {
	struct imap_caps caps;
	struct str client, version, account, network; /* at NULL: no such condition */
};

static const char shape[] =
	"an item is not 'NAME ... from everybody' or 'NAME ... from client X version X account X network X'";

/* The next word, or none at the end. False: a quote without its end. */
static bool next_word(struct str *rest, struct str *ret)
{
	size_t end;
	bool quoted;

	while (rest->len > 0 && ascii_is_wsp(rest->at[0]))
		*rest = str_skip(*rest, 1);
	quoted = rest->len > 0 && rest->at[0] == '\'';
	if (quoted)
		*rest = str_skip(*rest, 1);
	end = str_find(*rest, quoted ? '\'' : ' ');
	if (quoted && end == STR_NPOS)
		return false;
	*ret = str_sub(*rest, 0, end);
	*rest = end == STR_NPOS ? STR_NONE : str_skip(*rest, end + 1);
	return true;
}

static const char *read_names(struct str *rest, struct rule *ret)
{
	struct str word;
	enum imap_cap cap;
	bool some = false;

	for (;;) {
		if (!next_word(rest, &word) || word.len == 0)
			return shape;
		if (str_eq(word, S("from")))
			return some ? NULL : shape;
		if (imap_cap_find(word, &cap) != ERR_OK)
			return "an item names a capability that this server does not know; doc/imap-support.md has them";
		if (cap == IMAP_CAP_IMAP4REV1)
			return "IMAP4rev1 cannot be hidden: no client would go on";
		imap_caps_set(&ret->caps, cap, true);
		some = true;
	}
}

static struct str *condition_of(struct rule *rule, struct str word)
{
	return str_eq(word, S("client"))  ? &rule->client :
	       str_eq(word, S("version")) ? &rule->version :
	       str_eq(word, S("account")) ? &rule->account :
	       str_eq(word, S("network")) ? &rule->network :
					    NULL;
}

static const char *read_conditions(struct str *rest, struct rule *ret)
{
	struct str word, *to;
	bool some = false;

	for (;; some = true) {
		if (!next_word(rest, &word))
			return shape;
		if (word.len == 0)
			return some ? NULL : shape;
		if (!some && str_eq(word, S("everybody")))
			return next_word(rest, &word) && word.len == 0 ? NULL : shape;
		to = condition_of(ret, word);
		if (to == NULL || to->at != NULL || !next_word(rest, to) || to->len == 0)
			return shape;
		if (to == &ret->network && !network_valid(*to))
			return "a network is neither loopback, an address in digits, nor address/bits";
	}
}

static const char *read_rule(struct str text, struct rule *ret)
{
	const char *wrong;

	*ret = (struct rule){ 0 };
	wrong = read_names(&text, ret);
	return wrong != NULL ? wrong : read_conditions(&text, ret);
}

const char *hide_wrong(struct str rule)
{
	struct rule r;

	return read_rule(rule, &r);
}

static bool holds(struct str pattern, struct str s)
{
	return pattern.at == NULL || (s.len > 0 && str_ilike(s, pattern));
}

static bool holds_for_place(const struct rule *r, const struct hide_client *c)
{
	return holds(r->account, c->account) &&
	       (r->network.at == NULL || network_has_text(r->network, c->address));
}

void hide_from(const struct config_list *rules, const struct hide_client *client,
	struct imap_caps *caps)
{
	struct rule r;

	for (size_t i = 0; i < rules->count; i++) {
		if (read_rule(rules->at[i], &r) != NULL || !holds_for_place(&r, client) ||
			!holds(r.client, client->name) || !holds(r.version, client->version))
			continue;
		for (int cap = 0; cap < IMAP_CAP_COUNT; cap++) {
			if (imap_caps_has(&r.caps, (enum imap_cap)cap))
				imap_caps_set(caps, (enum imap_cap)cap, false);
		}
	}
}

bool hide_may_hold(struct str rule, const struct hide_client *client)
{
	struct rule r;

	return read_rule(rule, &r) == NULL && holds_for_place(&r, client);
}
