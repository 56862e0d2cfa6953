#include "ctl/render.h"

#include <stdlib.h>

#include "tap.h"

static const struct {
	const char *what, *reply, *want;
} cases[] = {
	{ "nothing", "{'ok':true}", "" },
	{ "a sentence", "{'ok':true,'message':'done','hint':'go on'}", "done\nhint: go on\n" },
	{ "members",
		"{'ok':true,'host':'mx','up_s':93784,'tls':true,'note':null,'live_octets':1536}",
		"host:        mx\nup:          1 d 2 h\ntls:         yes\nnote:        -\nlive "
		"octets: 1.5 KiB\n" },
	{ "a table", "{'ok':true,'rows':[{'name':'DOM\\\\alice','id':7},{'name':'b','id':12}]}",
		"NAME       ID\nDOM\\alice   7\nb          12\n" },
	{ "gaps and lists",
		"{'ok':true,'rows':[{'name':'a','addresses':['x@y','z@y']},{'name':'b','off':true,'"
		"addresses':[]}]}",
		"NAME  ADDRESSES  OFF\na     x@y, z@y   -\nb     -          yes\n" },
	{ "wide letters",
		"{'ok':true,'rows':[{'n':'\xe6\xbc\xa2\xe5\xad\x97','m':'x'},{'n':'M\xc3\xbcller','"
		"m':'y'},{'n':'e\xcc\x81','m':'z'}]}",
		"N       M\n\xe6\xbc\xa2\xe5\xad\x97    x\nM\xc3\xbcller  y\ne\xcc\x81       z\n" },
	{ "no rows", "{'ok':true,'rows':[]}", "none\n" },
	{ "no rows, but words", "{'ok':true,'rows':[],'message':'all is well'}", "all is well\n" },
	{ "properties",
		"{'ok':true,'rows':[{'property':'full-name','value':'Alice'},{'property':'id','"
		"value':7}]}",
		"full-name: Alice\nid:        7\n" },
	{ "nested",
		"{'ok':true,'pid':1,'limits':{'kind':'account','id':7},'roles':[{'role':'store','"
		"pid':3}],'none':[]}",
		"pid:  1\nnone: -\n\nlimits:\n  kind: account\n  id:   7\n\nroles:\nROLE   "
		"PID\nstore    3\n" },
	{ "what was made", "{'ok':true,'created':{'kind':'account','id':7,'name':'DOM\\\\alice'}}",
		"created account DOM\\alice (id 7)\n" },
	{ "steps",
		"{'ok':true,'rows':[{'step':'read the name','ok':'yes','detail':'domain "
		"DOM','mend':''},"
		"{'step':'find it','ok':'no','detail':'none','mend':'bourse account add "
		"x'},{'step':'right','ok':'not reached'}],"
		"'message':'no logon'}",
		"ok      read the name: domain DOM\nfailed  find it: none\n        mend it: bourse "
		"account add x\n"
		"-       right: not reached\nno logon\n" },
	{ "orders to a terminal", "{'ok':true,'message':'a\\u001b[2Jb\\nc\\u009bd\\u202ee'}",
		"a\xef\xbf\xbd[2Jb c\xef\xbf\xbd"
		"d\xef\xbf\xbd"
		"e\n" },
	{ "orders in keys", "{'ok':true,'a\\u001bb':1}", "a b: 1\n" },
	{ "depth", "{'ok':true,'rows':[{'a':{'b':[1,{'c':2}]}}]}", "A\n{\"b\":[1,{\"c\":2}]}\n" },
	{ "rows that are no objects", "{'ok':true,'rows':[1,2]}", "\n\n" },
	{ "sizes", "{'ok':true,'quota_warn':1073741824,'a_octets':1023,'b_octets':-1}",
		"quota warn: 1.0 GiB\na octets:   1023\nb octets:   -1\n" },
	{ "times", "{'ok':true,'a_s':59,'b_s':61,'c_s':3661}",
		"a: 59 s\nb: 1 min 1 s\nc: 1 h 1 min\n" },
};

/* JSON with ' for ". */
static json_t *load(const char *text)
{
	char copy[2048];
	json_t *value;

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *c = copy; *c != '\0'; c++)
		*c = *c == '\'' ? '"' : *c;
	value = json_loads(copy, 0, NULL);
	must(value != NULL);
	return value;
}

static void test_texts(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_t *reply = load(cases[i].reply);
		struct buf got;

		buf_init(&got, 1 << 16);
		render_text(&got, reply, false);
		OK(str_eq(buf_str(&got), str_from_c(cases[i].want)), "%s", cases[i].what);
		if (!str_eq(buf_str(&got), str_from_c(cases[i].want)))
			printf("# got\n%.*s# want\n%s", STR_FMT(buf_str(&got)), cases[i].want);
		buf_done(&got);
		json_decref(reply);
	}
}

static void test_color(void)
{
	json_t *reply = load("{'ok':true,'rows':[{'a':'x'}]}");
	struct buf got;

	buf_init(&got, 1 << 16);
	render_text(&got, reply, true);
	IS_STR(buf_str(&got), S("\033[1mA\033[0m\nx\n"));
	buf_done(&got);
	json_decref(reply);
}

struct screen {
	char *out, *errors;
	size_t out_len, errors_len;
	struct render r;
};

static void begin(struct screen *s, bool json, bool progress)
{
	*s = (struct screen){ 0 };
	s->r.out = open_memstream(&s->out, &s->out_len);
	s->r.errors = open_memstream(&s->errors, &s->errors_len);
	s->r.json = json;
	s->r.progress = progress;
}

static void packet(struct screen *s, const char *text, bool more)
{
	json_t *value = load(text);
	char *dumped = json_dumps(value, JSON_COMPACT);

	render_packet(&s->r, str_from_c(dumped), more);
	free(dumped);
	json_decref(value);
}

static void end(struct screen *s, const char *out, const char *errors)
{
	render_done(&s->r);
	fclose(s->r.out);
	fclose(s->r.errors);
	IS_STR(str_make(s->out, s->out_len), str_from_c(out));
	IS_STR(str_make(s->errors, s->errors_len), str_from_c(errors));
	free(s->out);
	free(s->errors);
}

static void test_packets(void)
{
	struct screen s;

	begin(&s, false, true);
	packet(&s, "{'ok':true,'more':true,'rows':[{'a':1}]}", true);
	packet(&s, "{'ok':true,'more':true,'rows':[{'a':22}]}", true);
	packet(&s, "{'ok':true,'rows':[{'a':3}]}", false);
	end(&s, " A\n 1\n22\n 3\n", "");
	OK(!s.r.failed && s.r.problems == 0, "nothing is wrong");

	begin(&s, false, true);
	packet(&s, "{'ok':true,'more':true,'progress':{'done':1,'total':2,'what':'replay'}}", true);
	packet(&s, "{'ok':true,'more':true,'progress':{'done':5,'total':0,'what':'replay'}}", true);
	packet(&s, "{'ok':true,'message':'done'}", false);
	end(&s, "done\n", "\r[###############               ]  50 % replay\033[K\rreplay\033[K\r\033[K");

	begin(&s, false, false);
	packet(&s, "{'ok':true,'more':true,'progress':{'done':1,'total':2,'what':'replay'}}", true);
	packet(&s,
		"{'ok':false,'error':'EXISTS','message':'that name is taken','hint':'take "
		"another'}",
		false);
	end(&s, "", "bourse: that name is taken\nhint: take another\n");
	OK(s.r.failed && !s.r.corrupt, "a refusal is one");

	begin(&s, false, false);
	packet(&s, "{'ok':false,'error':'CORRUPT'}", false);
	end(&s, "", "bourse: the server refused it without saying why\n");
	OK(s.r.failed && s.r.corrupt, "damage is told apart");

	begin(&s, false, false);
	packet(&s, "{'ok':true,'more':true,'problems':2}", true);
	packet(&s,
		"{'ok':true,'rows':[{'step':'a','ok':false},{'step':'b','ok':true}],'problems':['x'"
		"]}",
		false);
	end(&s, "problems: x\nfailed  a\nok      b\n", "");
	IS_NUM(s.r.problems, 4);

	begin(&s, true, true);
	packet(&s, "{'ok':true,'more':true,'progress':{'done':1,'total':2}}", true);
	packet(&s, "{'ok':false,'error':'QUOTA','message':'full'}", false);
	end(&s,
		"{\"ok\":true,\"more\":true,\"progress\":{\"done\":1,\"total\":2}}\n{\"ok\":false,"
		"\"error\":\"QUOTA\",\"message\":\"full\"}\n",
		"");
	OK(s.r.failed, "a refusal in JSON is one");

	begin(&s, false, false);
	render_packet(&s.r, S("[1]"), false);
	end(&s, "",
		"bourse: the server's answer is not understood; it and bourse must be of one "
		"version\n");
	OK(s.r.failed, "an answer that is no object is a failure");

	begin(&s, true, false);
	render_failure(&s.r, ERR_QUOTA, "bad \xff octet");
	end(&s, "{\"ok\":false,\"error\":\"QUOTA\",\"message\":\"mailbox is full\"}\n", "");
}

int main(void)
{
	test_texts();
	test_color();
	test_packets();
	return tap_done();
}
