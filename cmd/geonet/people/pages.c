/* Pages of a list are asked for until there are no more. People who come or go meanwhile may be
 * missed or named twice, so who is named twice is shown once. */
#include "geonet/people/pages.h"

#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "wire/app.h"

#define CONTACTS_PAGE 500
#define CHATS_PAGE 200

struct pages {
	struct ask ask;
	const char *name; /* of the list */
	void (*go_on)(void *args, uint64_t after);
	const char *(*id)(const json_t *one);
};

static int all_pages(struct cli *cli, const struct pages *p, const char *what, json_t **out)
{
	json_t *all = json_array(), *seen = json_object();
	uint64_t after = 0;
	bool more = true;
	int exit = CLI_OK;
	while (!exit && more) {
		struct reply r;
		size_t i;
		json_t *one;
		exit = what ? client_ask_must(cli, &p->ask, &r, what)
			    : client_ask(cli, &p->ask, &r);
		json_array_foreach(json_object_get(r.json, p->name), i, one)
		{
			const char *id = p->id(one);
			if (json_object_get(seen, id))
				continue;
			json_object_set_new(seen, id, json_true());
			json_array_append(all, one);
		}
		uint64_t next = json_number(r.json, "after");
		more = json_is_true(json_object_get(r.json, "more")) && next > after;
		after = next;
		p->go_on((void *)(uintptr_t)p->ask.args, after);
		reply_free(&r);
	}
	json_decref(seen);
	*out = exit ? NULL : json_pack("{so}", p->name, all);
	if (exit)
		json_decref(all);
	return exit;
}

static void contacts_go_on(void *args, uint64_t after)
{
	((struct gn_fb_contacts_list_args *)args)->after = (uint32_t)after;
}

static const char *contact_id(const json_t *one)
{
	return json_text(one, "pid");
}

int people_contacts(struct cli *cli, const char *what, json_t **out)
{
	struct gn_fb_contacts_list_args args = {.limit = CONTACTS_PAGE};
	struct pages p = {
		.ask = {.kind = {GN_FB_APP_BODY_APP_CONTACT, GN_FB_APP_CONTACT_BODY_CONTACTS_LIST},
			.args = &args,
			.quiet = !what,
			.agent = true},
		.name = "contacts",
		.go_on = contacts_go_on,
		.id = contact_id};
	return all_pages(cli, &p, what, out);
}

static void chats_go_on(void *args, uint64_t after)
{
	((struct gn_fb_chats_list_args *)args)->after = after;
}

static const char *chat_id(const json_t *one)
{
	return json_text(one, "id");
}

int people_chats(struct cli *cli, const char *what, json_t **out)
{
	struct gn_fb_chats_list_args args = {.limit = CHATS_PAGE};
	struct pages p = {.ask = {.kind = {GN_FB_APP_BODY_APP_CHAT, GN_FB_APP_CHAT_BODY_CHATS_LIST},
				  .args = &args,
				  .quiet = !what,
				  .agent = true},
			  .name = "chats",
			  .go_on = chats_go_on,
			  .id = chat_id};
	return all_pages(cli, &p, what, out);
}
