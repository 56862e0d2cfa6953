#include "attendant/attendant_int.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "io/clock.h"
#include "io/file.h"
#include "io/peer.h"
#include "ipc/control.h"

static void reply_with(struct client *client, const struct control_reply *given, const struct msg *files)
{
	struct control_reply answer = *given;
	struct buf packet;

	if (client->peer == NULL)
		return;
	buf_init(&packet, PEER_MESSAGE_OCTETS_MAX);
	if (control_reply_put(&answer, &packet) != ERR_OK) {
		buf_clear(&packet);
		answer = (struct control_reply){ .json = S("{\"ok\":false,\"error\":\"TOOBIG\",\"message\":\"the answer is too long\"}") };
		must(control_reply_put(&answer, &packet) == ERR_OK);
	}
	peer_send(client->peer, buf_str(&packet), files ? files->fds : NULL, files ? files->fd_count : 0);
	buf_wipe(&packet);
	if (!answer.more) {
		client->request = 0;
		client->asked[0] = NULL;
		client->asked[1] = NULL;
		client->rebuilding = false;
		client->checking = false;
		json_decref(client->found);
		client->found = NULL;
	}
}

static void reply(struct client *client, bool more, struct str json)
{
	reply_with(client, &(struct control_reply){ .more = more, .json = json }, NULL);
}

static void reply_json(struct client *client, bool more, json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT);

	must(text != NULL);
	reply(client, more, str_from_c(text));
	free(text);
	json_decref(value);
}

static void reply_failure(struct client *client, enum err e, const char *text)
{
	reply_json(client, false, json_pack("{s:b,s:s,s:s}", "ok", 0, "error", err_name(e), "message", text));
}

/* ---- what the attendant answers itself ---- */

/* Logons without an account: the directory lets in, the store has the sessions. */
static json_t *nameless_of(const struct attendant *a)
{
	const struct config *c = a->config;
	struct msg_nameless sum = { 0 };

	for (size_t i = 0; i < a->child_count; i++) {
		const struct msg_nameless *n = &a->children[i].nameless;

		sum.logons += n->logons;
		sum.refused += n->refused;
		sum.sessions += n->sessions;
		sum.octets += n->octets;
	}
	return json_pack("[{s:b,s:b,s:b,s:I,s:I,s:I,s:I}]", "imap", (int)c->anonymous_imap, "pop3", (int)c->anonymous_pop3, "nntp",
		(int)c->anonymous_nntp, "sessions",
		(json_int_t)sum.sessions, "logons", (json_int_t)sum.logons, "refused", (json_int_t)sum.refused, "octets",
		(json_int_t)sum.octets);
}

static json_t *time_text(uint64_t ms)
{
	char text[32];
	time_t s = (time_t)(ms / 1000);
	struct tm tm;

	if (ms == 0 || gmtime_r(&s, &tm) == NULL || strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		return json_string("never");
	return json_string(text);
}

/* How the reading again of closed segments is doing. */
static json_t *scrubs_of(const struct attendant *a)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < a->child_count; i++) {
		const struct child *c = &a->children[i];

		if (c->scrubs)
			json_array_append_new(rows, json_pack("{s:s,s:b,s:o,s:I,s:I}", "of", role_name(c->role), "reading", (int)c->scrub.running,
				"finished", time_text(c->scrub.finished_ms), "segment", (json_int_t)c->scrub.segment, "damage",
				(json_int_t)c->scrub.problems));
	}
	return rows;
}

static void do_status(struct attendant *a, struct client *client)
{
	json_t *listeners = json_array(), *roles = json_array();

	for (size_t i = 0; i < a->listener_count; i++) {
		const struct listener *l = &a->listeners[i];
		const struct service_row *row = service_row(l->service);

		json_array_append_new(listeners, json_pack("{s:s,s:s,s:i,s:b}", "service", row->name, "address", l->address,
			"port", (int)l->port, "tls", (int)row->implicit_tls));
	}
	for (size_t i = 0; i < a->child_count; i++) {
		const struct child *c = &a->children[i];
		uint64_t up = c->pid ? clock_mono_ms() - c->started_ms : 0;

		json_array_append_new(roles, json_pack("{s:s,s:i,s:i,s:s,s:i,s:I}", "role", role_name(c->role), "instance",
			(int)c->instance, "pid", c->pid, "state", child_state_name(c->state), "restarts", (int)c->restarts,
			"up_s", (json_int_t)(up / 1000)));
	}
	reply_json(client, false, json_pack("{s:b,s:s%,s:s,s:s%,s:i,s:I,s:b,s:o,s:o,s:o,s:o,s:o}", "ok", 1, "host", a->host_name.at,
		a->host_name.len, "instance", a->server_instance, "data", a->data_folder.at, a->data_folder.len, "pid",
		(int)getpid(), "up_s", (json_int_t)((clock_mono_ms() - a->started_ms) / 1000), "tls", (int)(a->chain_pem.len > 0),
		"listeners", listeners, "roles", roles, "reading_again", scrubs_of(a), "anonymous", nameless_of(a), "controllers", a->controllers ? json_incref(a->controllers) : json_array()));
}

void admin_scrub_state(struct child *child, const struct msg_scrub_state *state)
{
	child->scrub = *state;
	child->scrubs = true;
}

/* What is not JSON is not shown. */
void admin_controllers(struct attendant *a, struct str json)
{
	json_decref(a->controllers);
	a->controllers = json_loadb(json.at, json.len, 0, NULL);
}

static void do_reload(struct attendant *a, struct client *client)
{
	struct failure f = { 0 };

	attendant_reload(a, &f);
	if (f.code != ERR_OK)
		reply_failure(client, f.code, f.text);
	else
		reply_json(client, false, json_pack("{s:b,s:s}", "ok", 1, "message", "the configuration has been reloaded"));
}

static void do_stop(struct attendant *a, struct client *client)
{
	reply_json(client, false, json_pack("{s:b,s:s}", "ok", 1, "message", "the server is stopping"));
	attendant_stop(a, EXIT_SUCCESS);
}

static void do_rebuild(struct attendant *a, struct client *client)
{
	client->rebuilding = true;
	client->asked[0] = child_of(a, ROLE_DIRECTORY);
	client->asked[1] = child_of(a, ROLE_STORE);
	child_restart_rebuilding(child_of(a, ROLE_DIRECTORY));
	child_restart_rebuilding(child_of(a, ROLE_STORE));
}

/* ---- a check, of both roles that keep something ---- */

static const enum role checked[] = { ROLE_STORE, ROLE_DIRECTORY };

static void do_check(struct attendant *a, struct client *client)
{
	for (size_t i = 0; i < 2; i++) {
		if (child_of(a, checked[i])->state == CHILD_READY)
			continue;
		reply_failure(client, ERR_UNAVAILABLE, err_text(ERR_UNAVAILABLE));
		return;
	}
	client->checking = true;
	for (size_t i = 0; i < 2; i++) {
		client->asked[i] = child_of(a, checked[i]);
		child_send(child_of(a, checked[i]),
			&(struct msg){ .id = MSG_admin_request, .admin_request = { .request = client->request, .verb = S("check"), .json = S("{}") } });
	}
}

/* Whoever still works on it for nobody may end. */
static void abandon(struct client *client)
{
	struct msg m = { .id = MSG_admin_cancel, .admin_cancel = { .request = client->request } };

	for (size_t i = 0; i < 2 && client->request != 0 && !client->rebuilding; i++) {
		if (client->asked[i] != NULL)
			child_send(child_of(client->attendant, client->asked[i]->role), &m);
	}
}

/* The store's answer, with the directory's in it. */
static json_t *check_whole(json_t *one, json_t *other)
{
	bool first = strcmp(json_string_value(json_object_get(one, "of")), role_name(ROLE_STORE)) == 0;
	json_t *store = first ? one : other, *directory = first ? other : one;
	bool sound = json_is_true(json_object_get(store, "sound")) && json_is_true(json_object_get(directory, "sound"));
	json_int_t found = json_integer_value(json_object_get(store, "problems_found")) +
			   json_integer_value(json_object_get(directory, "problems_found"));

	json_array_extend(json_object_get(store, "problems"), json_object_get(directory, "problems"));
	json_object_del(directory, "problems");
	json_object_del(directory, "ok");
	json_object_del(directory, "of");
	json_object_del(store, "of");
	json_object_set_new(store, "problems_found", json_integer(found));
	json_object_set_new(store, "sound", json_boolean(sound));
	json_object_set_new(store, "message", json_string(sound ? "store and directory are sound" : "there are faults"));
	json_object_set(store, "directory", directory);
	return json_incref(store);
}

static void check_answer(struct client *client, const struct child *from, struct str text)
{
	json_t *answer = json_loadb(text.at, text.len, 0, NULL);

	client->asked[client->asked[0] == from ? 0 : 1] = NULL;
	if (!json_is_true(json_object_get(answer, "ok")) || !json_is_string(json_object_get(answer, "of"))) {
		abandon(client);
		reply(client, false, text);
	} else if (client->found == NULL) {
		client->found = json_incref(answer);
	} else {
		reply_json(client, false, check_whole(client->found, answer));
	}
	json_decref(answer);
}

/* ---- routing ---- */

struct route {
	const char *first_word;
	void (*own)(struct attendant *a, struct client *client); /* or */
	enum role role;
	bool step; /* one of the many steps of a command of bourse: not logged one by one */
};

static const struct route routes[] = {
	{ "status", do_status, ROLE_ATTENDANT },
	{ "reload", do_reload, ROLE_ATTENDANT },
	{ "stop", do_stop, ROLE_ATTENDANT },
	{ "rebuild", do_rebuild, ROLE_ATTENDANT },
	{ "init", NULL, ROLE_DIRECTORY },
	{ "organisation", NULL, ROLE_DIRECTORY },
	{ "domain", NULL, ROLE_DIRECTORY },
	{ "account", NULL, ROLE_DIRECTORY },
	{ "group", NULL, ROLE_DIRECTORY },
	{ "mailbox", NULL, ROLE_DIRECTORY },
	{ "public", NULL, ROLE_DIRECTORY },
	{ "contact", NULL, ROLE_DIRECTORY },
	{ "virtual", NULL, ROLE_DIRECTORY },
	{ "list", NULL, ROLE_DIRECTORY },
	{ "doctor", NULL, ROLE_DIRECTORY },
	{ "logon", NULL, ROLE_DIRECTORY },
	{ "check", do_check, ROLE_ATTENDANT },
	{ "compact", NULL, ROLE_STORE },
	{ "store", NULL, ROLE_STORE, true },
	{ "directory", NULL, ROLE_DIRECTORY, true },
	{ "search", NULL, ROLE_STORE },
	{ "session", NULL, ROLE_STORE },
	{ "folder", NULL, ROLE_STORE },
};

static const struct route *route_of(struct str verb)
{
	struct str first = str_sub(verb, 0, str_find(verb, ' '));

	for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
		if (str_eq(first, str_from_c(routes[i].first_word)))
			return &routes[i];
	}
	return NULL;
}

/* A request with open files: only the store takes them. */
static void forward_files(struct client *client, struct child *child, const struct control_request *q, struct msg *m)
{
	if (child->role != ROLE_STORE) {
		reply_failure(client, ERR_PEER, "a request with files where none are taken");
		return;
	}
	m->id = MSG_admin_file_request;
	m->admin_file_request = (struct msg_admin_file_request){ .request = client->request, .verb = q->verb, .json = q->json };
	client->asked[0] = child;
	child_send(child, m);
}

static void forward(struct client *client, enum role role, const struct control_request *q, struct msg *m)
{
	struct child *child = child_of(client->attendant, role);

	if (child->state != CHILD_READY) {
		reply_failure(client, ERR_UNAVAILABLE, err_text(ERR_UNAVAILABLE));
		return;
	}
	if (m->fd_count > 0) {
		forward_files(client, child, q, m);
		return;
	}
	client->asked[0] = child;
	child_send(child, &(struct msg){ .id = MSG_admin_request,
		.admin_request = { .request = client->request, .verb = q->verb, .json = q->json } });
}

static void take_request(struct client *client, struct str packet, struct msg *m)
{
	struct attendant *a = client->attendant;
	struct control_request q;
	const struct route *route;

	if (control_request_get(packet, &q) != ERR_OK) {
		reply_failure(client, ERR_PEER, "malformed request; the bourse command and the server must be of one version");
		return;
	}
	if (client->request != 0) {
		reply_failure(client, ERR_BUSY, "one request at a time on a connection");
		return;
	}
	client->request = ++a->last_request;
	route = route_of(q.verb);
	if (route == NULL || !route->step)
		log_put(LOG_admin_request, LOG_S("verb", q.verb), LOG_END);
	if (route == NULL)
		reply_failure(client, ERR_COMMAND, "no such request; the bourse command and the server must be of one version");
	else if (route->own != NULL)
		route->own(a, client);
	else
		forward(client, route->role, &q, m);
}

static bool waits_for(const struct client *client, const struct child *child)
{
	return client->peer != NULL && client->request != 0 && (client->asked[0] == child || client->asked[1] == child);
}

void admin_answer(struct attendant *a, const struct child *from, const struct msg_admin_reply *answer)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &a->clients[i];

		if (!waits_for(client, from) || client->rebuilding || client->request != answer->request)
			continue;
		if (client->checking && !answer->more)
			check_answer(client, from, answer->json);
		else
			reply(client, answer->more, answer->json);
	}
}

void admin_answer_file(struct attendant *a, const struct child *from, const struct msg *m)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &a->clients[i];

		if (waits_for(client, from) && !client->rebuilding && client->request == m->admin_file.request)
			reply_with(client, &(struct control_reply){ .json = m->admin_file.json }, m);
	}
}

void admin_progress(struct attendant *a, const struct child *child, const struct msg_progress *p)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &a->clients[i];

		if (!waits_for(client, child))
			continue;
		reply_json(client, true, json_pack("{s:b,s:b,s:{s:I,s:I,s:s%}}", "ok", 1, "more", 1, "progress", "done",
			(json_int_t)p->done, "total", (json_int_t)p->total, "what", p->what.at, p->what.len));
	}
}

void admin_rebuilt(struct attendant *a, const struct child *child)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &a->clients[i];

		if (!waits_for(client, child) || !client->rebuilding)
			continue;
		client->asked[client->asked[0] == child ? 0 : 1] = NULL;
		if (client->asked[0] != NULL || client->asked[1] != NULL)
			continue;
		reply_json(client, false, json_pack("{s:b,s:s}", "ok", 1, "message", "the indexes were rebuilt from the journals"));
	}
}

/* The role asked is gone: nobody else will answer. One that ends in order to rebuild its index will come again. */
void admin_child_died(struct attendant *a, const struct child *child)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &a->clients[i];

		if (!waits_for(client, child) || (client->rebuilding && child->rebuild_index))
			continue;
		client->asked[client->asked[0] == child ? 0 : 1] = NULL;
		abandon(client);
		if (client->rebuilding)
			reply_failure(client, ERR_CORRUPT, "the index cannot be rebuilt; the server's log says why");
		else
			reply_failure(client, ERR_UNAVAILABLE, err_text(ERR_UNAVAILABLE));
	}
}

/* ---- connections ---- */

static void on_client_closed(void *arg)
{
	struct client *client = arg;
	struct attendant *a = client->attendant;
	bool ends_server = client->ends_server;

	abandon(client);
	json_decref(client->found);
	peer_free(client->peer);
	*client = (struct client){ .attendant = a };
	if (ends_server)
		attendant_stop(a, EXIT_SUCCESS);
}

static void on_client_message(void *arg, struct str octets, int *fds, size_t fd_count)
{
	struct msg m = { .fd_count = fd_count <= 2 ? fd_count : 2 };

	memcpy(m.fds, fds, sizeof(*fds) * m.fd_count);
	take_request(arg, octets, &m);
	for (size_t i = 0; i < fd_count; i++)
		fd_close(&fds[i]);
}

static bool may_administer(int fd)
{
	struct ucred who;
	socklen_t length = sizeof(who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &length) < 0)
		return false;
	return who.uid == 0 || who.uid == geteuid();
}

static void adopt(struct attendant *a, int fd, bool ends_server)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &a->clients[i];

		if (client->peer != NULL)
			continue;
		*client = (struct client){ .attendant = a, .ends_server = ends_server };
		client->peer = peer_new(a->loop, fd, on_client_message, on_client_closed, client);
		return;
	}
	fd_close(&fd);
}

void admin_adopt(struct attendant *a, int fd)
{
	adopt(a, fd, true);
}

static void on_control(void *arg, int events)
{
	struct attendant *a = arg;
	int fd = accept4(a->control_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (may_administer(fd))
		adopt(a, fd, false);
	else
		fd_close(&fd);
}

enum err admin_listen(struct attendant *a, struct failure *f)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int n = snprintf(at.sun_path, sizeof(at.sun_path), "%.*s/" CONTROL_SOCKET, STR_FMT(a->data_folder));

	if (n < 0 || (size_t)n >= sizeof(at.sun_path))
		return fail(f, ERR_CONFIG, "%.*s: the name is too long for a control socket (at most %zu octets with /" CONTROL_SOCKET ")",
			STR_FMT(a->data_folder), sizeof(at.sun_path) - 1);
	unlink(at.sun_path); /* we hold the lock: it is a dead server's */
	a->control_fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (a->control_fd < 0 || bind(a->control_fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
		chmod(at.sun_path, 0600) < 0 || listen(a->control_fd, CLIENTS_MAX) < 0)
		return fail(f, file_err(errno), "%s: the control socket cannot be made", at.sun_path);
	a->control_watch = watch_new(a->loop, a->control_fd, on_control, a);
	watch_set(a->control_watch, WATCH_READ);
	return ERR_OK;
}

void admin_close(struct attendant *a)
{
	char path[4096];

	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		peer_free(a->clients[i].peer);
		a->clients[i].peer = NULL;
	}
	watch_free(a->control_watch);
	a->control_watch = NULL;
	if (a->control_fd >= 0) {
		snprintf(path, sizeof(path), "%.*s/" CONTROL_SOCKET, STR_FMT(a->data_folder));
		unlink(path);
	}
	fd_close(&a->control_fd);
}
