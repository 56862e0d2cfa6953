#include "front/http_setup.h"

#include "base/code.h"
#include "base/utf8.h"

#define ADDRESS_OCTETS_MAX ((size_t)320)

/* The mail services, in the order of preference for each purpose. */
static const struct {
	enum config_listener_id listener;
	const char *thunderbird, *outlook; /* type */
	bool tls;                          /* from the first octet */
} services[] = {
	{ CONFIG_listen_imaps, "imap", "IMAP", true },
	{ CONFIG_listen_imap, "imap", "IMAP", false },
	{ CONFIG_listen_pop3s, "pop3", "POP3", true },
	{ CONFIG_listen_pop3, "pop3", "POP3", false },
	{ CONFIG_listen_submissions, "smtp", "SMTP", true },
	{ CONFIG_listen_submission, "smtp", "SMTP", false },
};

uint64_t http_port(const struct http_session *s, enum config_listener_id listener)
{
	const struct config_endpoint *at;
	struct arena a;
	uint64_t port;

	arena_init(&a, ARENA_NONE);
	port = config_endpoints(&a, s->client->front->env->config, listener, &at) > 0 ? at[0].port : 0;
	arena_done(&a);
	return port;
}

/* ---- who asks ---- */

/* What may stand in an address here: it goes into documents, escaped all the same. */
static bool is_address(struct str s)
{
	size_t at = str_rfind(s, '@');

	if (at == STR_NPOS || at == 0 || at + 1 == s.len || s.len > ADDRESS_OCTETS_MAX || !utf8_valid(s))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.at[i] <= 0x20 || s.at[i] == 0x7f || strchr("<>\"&'", s.at[i]) != NULL)
			return false;
	return true;
}

static struct str decoded(struct http_session *s, struct str text)
{
	struct buf to;
	struct str ret = S("");

	buf_init(&to, ADDRESS_OCTETS_MAX * 2);
	if (http_decode(text, true, &to) == ERR_OK)
		ret = arena_str(&s->arena, buf_str(&to));
	buf_done(&to);
	return ret;
}

/* Of the query; else what is behind autoconfig. in the name that was asked for. */
static struct str domain_of(struct http_session *s, struct str *ret_address)
{
	const struct http_request *q = s->request;
	struct str address = decoded(s, http_form(q->query, S("emailaddress")));

	if (address.len == 0)
		address = decoded(s, http_form(q->query, S("email")));
	*ret_address = address;
	if (is_address(address))
		return str_skip(address, str_rfind(address, '@') + 1);
	*ret_address = STR_NONE;
	if (str_istarts(q->host, S("autoconfig.")))
		return str_skip(q->host, strlen("autoconfig."));
	return q->host;
}

/* <EMailAddress>alice@example.org</EMailAddress>, wherever it stands: the rest of the request says nothing that we could heed. */
static struct str address_in_xml(struct str xml)
{
	size_t from = str_find_str(xml, S("<EMailAddress>"));
	struct str rest = str_skip(xml, from == STR_NPOS ? xml.len : from + strlen("<EMailAddress>"));
	struct str address = str_trim(str_sub(rest, 0, str_find(rest, '<')));

	return is_address(address) ? address : STR_NONE;
}

static enum step ask_domain(struct http_session *s, struct str domain, http_handler *next)
{
	struct role_env *env = s->client->front->env;
	struct msg m = { .id = MSG_mail_domain_judge };

	if (domain.len == 0 || domain.len > 255)
		return http_refuse(s, ERR_NOTFOUND, S("This is not a mail domain of this server."));
	m.mail_domain_judge = (struct msg_mail_domain_judge){ .request = role_request(env), .domain = domain };
	return http_ask(s, role_link(env, ROLE_DIRECTORY, 0), &m, m.mail_domain_judge.request, next);
}

/* ERR_OK: the domain is ours. */
static enum err verdict(const struct http_session *s)
{
	const struct client *c = s->client;

	return c->answer == NULL ? c->answer_code : (enum err)c->answer->verdict.code;
}

static enum step refuse_domain(struct http_session *s)
{
	enum err e = verdict(s);

	return http_refuse(s, e, e == ERR_NOTFOUND ? S("This is not a mail domain of this server.") : STR_NONE);
}

/* ---- Thunderbird ---- */

static void put_thunderbird_server(struct http_session *s, size_t i)
{
	bool out = strcmp(services[i].thunderbird, "smtp") == 0;
	uint64_t port = http_port(s, services[i].listener);
	const char *kind = out ? "outgoingServer" : "incomingServer";

	if (port == 0)
		return;
	buf_printf(&s->page, "    <%s type=\"%s\">\n      <hostname>", kind, services[i].thunderbird);
	http_put_html(&s->page, s->client->front->env->host_name);
	buf_printf(&s->page, "</hostname>\n      <port>%llu</port>\n      <socketType>%s</socketType>\n"
			     "      <authentication>password-cleartext</authentication>\n      <username>%%EMAILADDRESS%%</username>\n    </%s>\n",
		(unsigned long long)port, services[i].tls ? "SSL" : "STARTTLS", kind);
}

static enum step tell_thunderbird(struct http_session *s)
{
	struct str address, domain = domain_of(s, &address);

	if (verdict(s) != ERR_OK)
		return refuse_domain(s);
	buf_put_c(&s->page, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<clientConfig version=\"1.1\">\n  <emailProvider id=\"");
	http_put_html(&s->page, domain);
	buf_put_c(&s->page, "\">\n    <domain>");
	http_put_html(&s->page, domain);
	buf_put_c(&s->page, "</domain>\n    <displayName>");
	http_put_html(&s->page, domain);
	buf_put_c(&s->page, "</displayName>\n    <displayShortName>");
	http_put_html(&s->page, domain);
	buf_put_c(&s->page, "</displayShortName>\n");
	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++)
		put_thunderbird_server(s, i);
	buf_put_c(&s->page, "  </emailProvider>\n</clientConfig>\n");
	return http_answer(s, &(struct http_reply){ .status = 200, .type = S("text/xml; charset=utf-8"), .body = buf_str(&s->page) });
}

enum step http_do_autoconfig(struct http_session *s)
{
	struct str address;

	return ask_domain(s, domain_of(s, &address), tell_thunderbird);
}

/* ---- Outlook ---- */

static void put_outlook_server(struct http_session *s, size_t i, struct str address)
{
	uint64_t port = http_port(s, services[i].listener);

	if (port == 0)
		return;
	buf_printf(&s->page, "      <Protocol>\n        <Type>%s</Type>\n        <Server>", services[i].outlook);
	http_put_html(&s->page, s->client->front->env->host_name);
	buf_printf(&s->page, "</Server>\n        <Port>%llu</Port>\n        <DomainRequired>off</DomainRequired>\n        <LoginName>",
		(unsigned long long)port);
	http_put_html(&s->page, address);
	/* SSL alone would be TLS from the first octet; Encryption says the rest. */
	buf_printf(&s->page, "</LoginName>\n        <SPA>off</SPA>\n        <SSL>%s</SSL>\n        <Encryption>%s</Encryption>\n"
			     "        <AuthRequired>on</AuthRequired>\n      </Protocol>\n",
		services[i].tls ? "on" : "off", services[i].tls ? "SSL" : "TLS");
}

static enum step tell_outlook(struct http_session *s)
{
	struct str address = address_in_xml(buf_str(&s->body));

	if (verdict(s) != ERR_OK)
		return refuse_domain(s);
	buf_put_c(&s->page, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
		"<Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006\">\n"
		"  <Response xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a\">\n"
		"    <Account>\n      <AccountType>email</AccountType>\n      <Action>settings</Action>\n");
	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++)
		put_outlook_server(s, i, address);
	buf_put_c(&s->page, "    </Account>\n  </Response>\n</Autodiscover>\n");
	return http_answer(s, &(struct http_reply){ .status = 200, .type = S("text/xml; charset=utf-8"), .body = buf_str(&s->page) });
}

enum step http_do_autodiscover(struct http_session *s)
{
	struct str address = address_in_xml(buf_str(&s->body));

	if (address.len == 0)
		return http_refuse(s, ERR_SYNTAX, S("The request names no e-mail address."));
	return ask_domain(s, str_skip(address, str_rfind(address, '@') + 1), tell_outlook);
}

/* ---- Apple ---- */

/* The same address gets the same profile, so that installing it again replaces it. */
static void put_uuid(struct http_session *s, struct str address, uint32_t of)
{
	uint32_t w[4];

	for (uint32_t i = 0; i < 4; i++)
		w[i] = crc32c(of * 4 + i + 1, address) ^ crc32c(i, s->client->front->env->host_name);
	buf_printf(&s->page, "%08X-%04X-4%03X-8%03X-%04X%08X", w[0], w[1] >> 16, w[1] & 0xfff, w[2] >> 20, w[2] & 0xffff, w[3]);
}

static void put_key(struct http_session *s, const char *key, struct str value)
{
	buf_printf(&s->page, "<key>%s</key><string>", key);
	http_put_html(&s->page, value);
	buf_put_c(&s->page, "</string>\n");
}

/* The first open one of two. */
static void put_apple_server(struct http_session *s, const char *prefix, enum config_listener_id tls, enum config_listener_id plain,
	struct str address)
{
	uint64_t port = http_port(s, tls);
	bool inside = port != 0;

	if (!inside)
		port = http_port(s, plain);
	buf_printf(&s->page, "<key>%sMailServerAuthentication</key><string>EmailAuthPassword</string>\n"
			     "<key>%sMailServerHostName</key><string>", prefix, prefix);
	http_put_html(&s->page, s->client->front->env->host_name);
	buf_printf(&s->page, "</string>\n<key>%sMailServerPortNumber</key><integer>%llu</integer>\n"
			     "<key>%sMailServerUseSSL</key><true/>\n<key>%sMailServerUsername</key><string>", prefix,
		(unsigned long long)port, prefix, prefix);
	http_put_html(&s->page, address);
	buf_put_c(&s->page, "</string>\n");
}

static void put_profile(struct http_session *s, struct str address)
{
	buf_put_c(&s->page, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
		"<plist version=\"1.0\"><dict>\n<key>PayloadContent</key><array><dict>\n"
		"<key>EmailAccountType</key><string>EmailTypeIMAP</string>\n");
	put_key(s, "EmailAccountDescription", address);
	put_key(s, "EmailAddress", address);
	put_apple_server(s, "Incoming", CONFIG_listen_imaps, CONFIG_listen_imap, address);
	put_apple_server(s, "Outgoing", CONFIG_listen_submissions, CONFIG_listen_submission, address);
	buf_put_c(&s->page, "<key>OutgoingPasswordSameAsIncomingPassword</key><true/>\n"
		"<key>PayloadType</key><string>com.apple.mail.managed</string>\n<key>PayloadVersion</key><integer>1</integer>\n");
	put_key(s, "PayloadDisplayName", address);
	put_key(s, "PayloadIdentifier", arena_printf(&s->arena, "bourse.mail.%.*s", STR_FMT(address)));
	buf_put_c(&s->page, "<key>PayloadUUID</key><string>");
	put_uuid(s, address, 0);
	buf_put_c(&s->page, "</string>\n</dict></array>\n<key>PayloadType</key><string>Configuration</string>\n"
		"<key>PayloadVersion</key><integer>1</integer>\n");
	put_key(s, "PayloadDisplayName", address);
	put_key(s, "PayloadIdentifier", arena_printf(&s->arena, "bourse.profile.%.*s", STR_FMT(address)));
	buf_put_c(&s->page, "<key>PayloadUUID</key><string>");
	put_uuid(s, address, 1);
	buf_put_c(&s->page, "</string>\n</dict></plist>\n");
}

static enum step tell_apple(struct http_session *s)
{
	struct str address;

	(void)domain_of(s, &address);
	if (verdict(s) != ERR_OK)
		return refuse_domain(s);
	put_profile(s, address);
	return http_answer(s, &(struct http_reply){ .status = 200, .type = S("application/x-apple-aspen-config; charset=utf-8"),
		.body = buf_str(&s->page), .extra = S("Content-Disposition: attachment; filename=\"mail.mobileconfig\"\r\n") });
}

enum step http_do_mobileconfig(struct http_session *s)
{
	struct str address, domain = domain_of(s, &address);

	if (address.len == 0)
		return http_refuse(s, ERR_SYNTAX, S("Say for which e-mail address: /mobileconfig?email=alice@example.org"));
	return ask_domain(s, domain, tell_apple);
}

/* ---- what does not change ---- */

enum step http_do_style(struct http_session *s)
{
	static const char css[] = ":root{color-scheme:light dark}\n"
		"body{font:1rem/1.5 system-ui,sans-serif;margin:0;padding:1rem}\nmain{max-width:34rem;margin:2rem auto}\n"
		"label{display:block;margin:.8rem 0 .2rem}\n"
		"input,textarea,select{font:inherit;width:100%;box-sizing:border-box;padding:.4rem;border:1px solid #888;border-radius:4px}\n"
		"button{font:inherit;margin-top:1rem;padding:.5rem 1.2rem;border:1px solid #246;border-radius:4px;background:#246;color:#fff}\n"
		"button:focus-visible,input:focus-visible,textarea:focus-visible,select:focus-visible,a:focus-visible{outline:3px solid #48c;outline-offset:2px}\n"
		"th{text-align:left;padding-right:1.5rem;vertical-align:top;font-weight:600}\n"
		".list{width:100%;border-collapse:collapse}\n.list td{padding:.2rem 1rem .2rem 0;vertical-align:top;overflow-wrap:anywhere}\n"
		".list td:first-child,.list td:last-child{white-space:nowrap}\n.mail{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}\n"
		".wrong{border-left:4px solid #b00;padding:.3rem .8rem}\n.good{border-left:4px solid #070;padding:.3rem .8rem}\n"
		".trap{display:none}\n";

	return http_answer(s, &(struct http_reply){ .status = 200, .type = S("text/css; charset=utf-8"), .body = str_from_c(css), .cache = true });
}

enum step http_do_robots(struct http_session *s)
{
	return http_answer(s, &(struct http_reply){ .status = 200, .type = S("text/plain; charset=utf-8"),
		.body = S("User-agent: *\r\nDisallow: /\r\n"), .cache = true });
}
