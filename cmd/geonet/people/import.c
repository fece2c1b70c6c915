/* People from a file: vCards, or the JSON of geonet agent export. Who is known already is left as
 * they are; nothing is sent to anybody. */
#include "geonet/frame/client.h"
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"
#include "geonet/people/commands.h"
#include "geonet/people/vcard.h"
#include "wire/app.h"

#include <stdlib.h>
#include <string.h>

#define INPUT_MAX (512u << 20)
#define PEOPLE_MAX 10000u

struct importing {
	struct cli *cli;
	json_t *added; /* owned: PIDs */
	uint64_t known, passed, seen;
};

/* False: nothing more is to be tried. */
static bool add(struct importing *m, const char *pid, const char *name)
{
	struct gn_fb_contact_get_args get = {.who = gn_str(pid)};
	struct gn_fb_contact_add_args args = {.who = gn_str(pid), .petname = gn_str(name)};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_CONTACT, GN_FB_APP_CONTACT_BODY_CONTACT_GET},
			  .args = &get,
			  .agent = true};
	struct reply r;
	if (m->seen++ >= PEOPLE_MAX) {
		cli_fail(m->cli, CLI_FAILED, "too-large",
			 "more than %u people at once are not "
			 "taken: part the file",
			 PEOPLE_MAX);
		return false;
	}
	if (!*pid) {
		m->passed++;
		return true;
	}
	int exit = client_ask(m->cli, &ask, &r);
	bool known = exit == CLI_OK, unknown = r.err == GN_NOT_FOUND;
	if (!known && !unknown && r.err != GN_STATE)
		client_report(m->cli, &r, "nothing more was added");
	reply_free(&r);
	m->known += known;
	if (known || (!unknown && r.err != GN_STATE))
		return known;
	ask.kind.member = GN_FB_APP_CONTACT_BODY_CONTACT_ADD;
	ask.args = &args;
	exit = client_ask(m->cli, &ask, &r);
	if (exit && r.err) {
		cli_warn(m->cli, "%s: %s", out_text(pid), r.message ? r.message : "not added");
		m->passed++;
	} else if (!exit) {
		json_array_append_new(m->added, json_string(pid));
	}
	bool goes_on = !exit || r.err;
	reply_free(&r);
	return goes_on;
}

static bool from_cards(struct importing *m, struct gn_slice in)
{
	struct vcard card;
	bool ok = true;
	while (ok && vcard_next(&in, &card))
		ok = add(m, card.pid, card.name);
	return ok;
}

static bool from_json(struct importing *m, struct gn_slice in)
{
	json_t *all = json_loadb((const char *)in.p, in.len, 0, NULL), *p;
	const char *own = json_text(all, "pid");
	bool ok = all && strcmp(json_text(all, "format"), "geonet-export") == 0;
	size_t i;
	if (!ok)
		cli_fail(m->cli, CLI_FAILED, "usage",
			 "this is neither vCards nor what geonet agent export writes");
	else if (json_number(all, "version") != 1) {
		cli_fail(m->cli, CLI_FAILED, "version", "a newer GeoNet wrote it: use that one");
		ok = false;
	}
	json_array_foreach(ok ? json_object_get(all, "contacts") : NULL, i, p)
	{
		const char *pid = json_text(p, "pid"), *name = *json_text(p, "petname")
								       ? json_text(p, "petname")
								       : json_text(p, "name");
		ok = ok && (strcmp(pid, own) == 0 || add(m, pid, name));
	}
	json_decref(all);
	return ok;
}

int cmd_agent_import(struct cli *cli)
{
	struct importing m = {.cli = cli};
	uint8_t *text;
	size_t len, at = 0;
	if (!read_input(cli, cli->args[0], INPUT_MAX, &text, &len))
		return CLI_FAILED;
	m.added = json_array();
	while (at < len && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r'))
		at++;
	struct gn_slice in = gn_slice(text + at, len - at);
	bool ok = in.len && in.p[0] == '{' ? from_json(&m, in) : from_cards(&m, in);
	size_t added = json_array_size(m.added);
	if (ok && !m.seen && !(in.len && in.p[0] == '{')) {
		cli_fail(cli, CLI_FAILED, "usage",
			 "this is neither vCards nor what geonet agent export writes");
		ok = false;
	}
	free(text);
	if (ok && cli->json)
		return cli_json(cli, json_pack("{so sI sI}", "added", m.added, "known",
					       (json_int_t)m.known, "passed_over",
					       (json_int_t)m.passed));
	if (ok)
		cli_note(cli, "%s added, %llu known already, %llu passed over.",
			 out_count(added, "contact", "contacts"), (unsigned long long)m.known,
			 (unsigned long long)m.passed);
	json_decref(m.added);
	return ok ? CLI_OK : CLI_FAILED;
}
