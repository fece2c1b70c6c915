/* What the agent keeps, for other programs: contacts as vCard, contacts and chats as JSON, files as
 * they are. It is read by the calls that every reader uses; nothing of a key is in it.
 *
 *   DIR/contacts.vcf   DIR/files/ID-INDEX-NAME   DIR/export.json, which is written last (AG-96) */
#include "geonet/frame/client.h"
#include "geonet/frame/clock.h"
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"
#include "geonet/people/commands.h"
#include "geonet/people/file.h"
#include "geonet/people/pages.h"
#include "geonet/people/vcard.h"
#include "geonet/people/whole.h"
#include "wire/app.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HISTORY_PAGE 200
#define FILE_NAME 200 /* bytes of a file's own name: with what stands before it, it fits 255 */

#define CALL(area, member) {GN_FB_APP_BODY_APP_##area, GN_FB_APP_##area##_BODY_##member}

struct exporting {
	struct cli *cli;
	const char *folder; /* NULL: one file alone */
	json_t *contacts;   /* owned */
	json_t *made;       /* owned; paths that are there now and go again when the rest fails */
	int exit;           /* why the agent gave nothing */
	struct whole out;
	uint64_t messages, files, missing;
	gn_time told;
};

static const char *name_of(const json_t *p)
{
	return *json_text(p, "petname") ? json_text(p, "petname")
	       : *json_text(p, "name")  ? json_text(p, "name")
					: json_text(p, "pid");
}

static bool ask_agent(struct exporting *e, struct gn_app_kind kind, const void *args,
		      struct reply *r)
{
	struct ask ask = {.kind = kind, .args = args, .agent = true};
	e->exit = client_ask_must(e->cli, &ask, r, "it could not be read");
	return e->exit == CLI_OK;
}

static bool read_contacts(struct exporting *e)
{
	json_t *all;
	e->exit = people_contacts(e->cli, "it could not be read", &all);
	bool ok = e->exit == CLI_OK;
	e->contacts = ok ? json_incref(json_object_get(all, "contacts")) : json_array();
	json_decref(all);
	return ok;
}

/* ---- pieces ---- */

static bool put(struct exporting *e, const char *text)
{
	return whole_write(&e->out, gn_str(text));
}

static bool put_json(struct exporting *e, const json_t *j)
{
	char *text = json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS);
	bool ok = text && put(e, text);
	free(text);
	return ok;
}

static bool put_cards(struct exporting *e)
{
	size_t i;
	json_t *p;
	bool ok = true;
	json_array_foreach(e->contacts, i, p)
	{
		char *card = vcard_make(name_of(p), json_text(p, "pid"));
		ok = ok && put(e, card);
		free(card);
	}
	return ok;
}

/* ---- files ---- */

struct saving {
	struct whole whole;
	bool failed;
};

static bool on_more(void *user, const json_t *f)
{
	(void)user;
	(void)f;
	return true;
}

static bool on_write(void *user, struct gn_slice data)
{
	struct saving *s = user;
	s->failed = s->failed || !whole_write(&s->whole, data);
	return !s->failed;
}

/* Whoever sent it chose its name, and how long it is: cut between characters. */
static char *file_path(const struct exporting *e, const json_t *m, size_t index, const char *name)
{
	size_t len = strlen(name);
	if (len > FILE_NAME)
		for (len = FILE_NAME; len && ((unsigned char)name[len] & 0xc0) == 0x80;)
			len--;
	return cli_format("%s/files/%s-%zu-%.*s", e->folder, json_text(m, "id"), index, (int)len,
			  name);
}

/* It is there whole, as one of those that are made. */
static bool finish(struct exporting *e, struct whole *w, const char *path)
{
	bool ok = whole_finish(w);
	if (ok)
		json_array_append_new(e->made, json_string_nocheck(path));
	return ok;
}

/* One that is nowhere any more is told, and the export goes on. */
static bool save_file(struct exporting *e, const json_t *m, const json_t *f, size_t index)
{
	struct gn_fb_message_id id;
	struct gn_fb_chat_file_get_args args = {.id = &id, .index = (uint8_t)index, .large = true};
	struct saving s = {0};
	struct ask ask = {.kind = CALL(CHAT, CHAT_FILE_GET),
			  .args = &args,
			  .more = on_more,
			  .write = on_write,
			  .user = &s};
	struct reply r;
	const char *name = json_text(f, "name");
	if (gn_unhex(gn_str(json_text(m, "id")), id.b, sizeof id.b) != GN_OK)
		return true;
	char *path = file_path(e, m, index, *name && !strchr(name, '/') ? name : "file");
	bool ok = whole_open(e->cli, path, &s.whole);
	if (ok) {
		int exit = file_ask(e->cli, &ask, &r);
		if (exit && !s.failed) {
			cli_warn(e->cli, "%s could not be fetched: %s", out_text(name),
				 r.message ? r.message : "the agent went away");
			e->missing++;
		} else {
			ok = !s.failed && finish(e, &s.whole, path);
			e->files += ok;
		}
		reply_free(&r);
	}
	whole_close(&s.whole);
	free(path);
	return ok;
}

static bool save_files(struct exporting *e, const json_t *m)
{
	size_t i;
	json_t *f;
	bool ok = true;
	if (!e->folder || cli_flag(e->cli, "no-files"))
		return true;
	json_array_foreach(json_object_get(m, "files"), i, f) ok = ok && save_file(e, m, f, i);
	return ok;
}

/* ---- chats ---- */

static bool put_messages(struct exporting *e, const char *pid)
{
	struct gn_fb_history_args args = {.who = gn_str(pid), .limit = HISTORY_PAGE};
	bool more = true, ok = true, first = true;
	while (ok && more) {
		struct reply r;
		size_t i;
		json_t *m;
		ok = ask_agent(e, (struct gn_app_kind)CALL(CHAT, HISTORY), &args, &r);
		more = ok && json_is_true(json_object_get(r.json, "more"));
		json_array_foreach(json_object_get(r.json, "messages"), i, m)
		{
			ok = ok && put(e, first ? "\n" : ",\n") && put_json(e, m) &&
			     save_files(e, m);
			first = false;
			e->messages++;
			args.before = json_number(m, "number");
		}
		more = more && i > 0;
		cli_progress(e->cli, "%llu messages...", (unsigned long long)e->messages);
		reply_free(&r);
	}
	return ok;
}

static bool put_all(struct exporting *e, const char *own)
{
	size_t i;
	json_t *p;
	char *head = cli_format("{\"format\":\"geonet-export\",\"version\":1,\"pid\":\"%s\","
				"\"made\":%llu,\"contacts\":",
				own, (unsigned long long)cli_now());
	bool ok = put(e, head) && put_json(e, e->contacts) && put(e, ",\"chats\":[");
	free(head);
	json_array_foreach(e->contacts, i, p)
	{
		const char *pid = json_text(p, "pid");
		char *begin = cli_format("%s{\"pid\":\"%s\",\"messages\":[", i ? ",\n" : "\n", pid);
		ok = ok && put(e, begin) && put_messages(e, pid) && put(e, "]}");
		free(begin);
	}
	return ok && put(e, "]}\n");
}

/* ---- the command ---- */

static bool write_one(struct exporting *e, const char *path, bool cards, const char *own)
{
	bool ok = whole_open(e->cli, path, &e->out) && (cards ? put_cards(e) : put_all(e, own)) &&
		  finish(e, &e->out, path);
	whole_close(&e->out);
	return ok;
}

/* Part of an export is none, and would be in the way of the next. */
static void take_back(const struct exporting *e, const char *files)
{
	size_t i;
	json_t *path;
	json_array_foreach(e->made, i, path) unlink(json_string_value(path));
	rmdir(files);
	rmdir(e->folder);
}

static bool write_folder(struct exporting *e, const char *own)
{
	char *files = cli_format("%s/files", e->folder),
	     *cards = cli_format("%s/contacts.vcf", e->folder),
	     *json = cli_format("%s/export.json", e->folder);
	bool ours = mkdir(e->folder, 0700) == 0, ok = ours && mkdir(files, 0700) == 0;
	if (!ok)
		cli_fail(e->cli, CLI_FAILED, errno == EEXIST ? "exists" : "io", "%s: %s%s",
			 e->folder, strerror(errno),
			 errno == EEXIST ? "; nothing is overwritten: say another name" : "");
	ok = ok && write_one(e, cards, true, own) && write_one(e, json, false, own);
	if (ours && !ok)
		take_back(e, files);
	free(files);
	free(cards);
	free(json);
	return ok;
}

static bool ends(const char *path, const char *with)
{
	size_t len = strlen(path), w = strlen(with);
	return len > w && strcmp(path + len - w, with) == 0;
}

int cmd_agent_export(struct cli *cli)
{
	static const struct gn_fb_agent_status_args none;
	const char *path = cli->args[0];
	struct exporting e = {.cli = cli, .made = json_array()};
	struct reply r;
	bool cards = ends(path, ".vcf"), json = ends(path, ".json");
	if (!cards && !json)
		e.folder = path;
	bool ok = ask_agent(&e, (struct gn_app_kind)CALL(AGENT, AGENT_STATUS), &none, &r) &&
		  read_contacts(&e);
	const char *own = json_text(r.json, "pid");
	if (ok)
		ok = e.folder ? write_folder(&e, own) : write_one(&e, path, cards, own);
	size_t people = json_array_size(e.contacts);
	json_decref(e.contacts);
	json_decref(e.made);
	reply_free(&r);
	if (!ok)
		return e.exit ? e.exit : CLI_FAILED;
	if (cli->json)
		return cli_json(cli, json_pack("{ss sI sI sI sI}", "path", path, "contacts",
					       (json_int_t)people, "messages",
					       (json_int_t)e.messages, "files", (json_int_t)e.files,
					       "missing", (json_int_t)e.missing));
	cli_note(cli, "%s: %s, %s, %s%s. It is not sealed: whoever has it reads it.",
		 out_text(path), out_count(people, "contact", "contacts"),
		 out_count(e.messages, "message", "messages"), out_count(e.files, "file", "files"),
		 e.missing ? " (some could not be fetched)" : "");
	return CLI_OK;
}
