/* The devices of a person: which there are, and taking a lost one out. */
#include "geonet/frame/frame.h"
#include "geonet/people/allow.h"
#include "wire/app.h"

#include <string.h>

#define KEY_LEAST 8 /* letters of a key that name it */
#define DEVICE(member) {GN_FB_APP_BODY_APP_DEVICE, GN_FB_APP_DEVICE_BODY_##member}

static int ask_list(struct cli *cli, struct reply *r)
{
	static const struct gn_fb_devices_list_args none;
	struct ask ask = {
		.kind = (struct gn_app_kind)DEVICE(DEVICES_LIST), .args = &none, .agent = true};
	return client_ask_must(cli, &ask, r, "the devices could not be read");
}

static const char *state_of(const json_t *device)
{
	return json_is_true(json_object_get(device, "self"))      ? "this one"
	       : json_is_true(json_object_get(device, "revoked")) ? "taken out"
								  : "";
}

static void show(struct cli *cli, const json_t *all)
{
	struct table t;
	size_t i;
	json_t *device;
	table_init(&t, 3, 0);
	table_add(&t, "NAME");
	table_add(&t, "STATE");
	table_add(&t, "KEY");
	json_array_foreach(all, i, device)
	{
		table_add(&t, "%s", out_text(json_text(device, "name")));
		table_add(&t, "%s", state_of(device));
		table_add(&t, "%s", json_text(device, "key"));
	}
	if (json_array_size(all)) {
		table_print(cli, &t);
		return;
	}
	table_free(&t);
	cli_note(cli, "None is listed yet: the agent lists this one when it is online.");
}

int cmd_agent_devices(struct cli *cli)
{
	struct reply r;
	int exit = ask_list(cli, &r);
	if (!exit && cli->json)
		exit = cli_json(cli, json_incref(r.json));
	else if (!exit)
		show(cli, json_object_get(r.json, "devices"));
	reply_free(&r);
	return exit;
}

/* The one that is meant by name or by the beginning of its key. How many are. */
static size_t meant(const json_t *all, const char *word, const char **key)
{
	size_t i, count = 0, len = strlen(word);
	json_t *device;
	json_array_foreach(all, i, device)
	{
		const char *at = json_text(device, "key");
		bool named = strcmp(json_text(device, "name"), word) == 0 &&
			     !json_is_true(json_object_get(device, "revoked"));
		if (!named && (len < KEY_LEAST || strncmp(at, word, len) != 0))
			continue;
		*key = at;
		count++;
	}
	return count;
}

static int take_out(struct cli *cli, const char *hex)
{
	struct gn_fb_key key;
	struct reply r;
	if (gn_unhex(gn_str(hex), key.b, sizeof key.b) != GN_OK)
		return cli_fail(cli, CLI_FAILED, "malformed", "the agent answered with no key");
	struct gn_fb_device_remove_args args = {.key = &key};
	struct ask ask = {
		.kind = (struct gn_app_kind)DEVICE(DEVICE_REMOVE), .args = &args, .agent = true};
	int exit =
		allow_ask(cli, &ask, &r, "it was not taken out", &args.passphrase, &args.approval);
	if (!exit && cli->json)
		exit = cli_json(cli, json_incref(r.json));
	else if (!exit)
		cli_note(cli, "Taken out: nobody writes to it any more, and new boxes are made, "
			      "whose keys it does not have.");
	reply_free(&r);
	return exit;
}

int cmd_agent_remove_device(struct cli *cli)
{
	const char *word = cli->args[0], *key = NULL;
	struct reply r;
	int exit = ask_list(cli, &r);
	if (exit) {
		reply_free(&r);
		return exit;
	}
	size_t count = meant(json_object_get(r.json, "devices"), word, &key);
	if (count == 1)
		exit = take_out(cli, key);
	else
		exit = cli_fail(cli, count ? CLI_USAGE : CLI_NOT_FOUND,
				count ? "usage" : "not_found",
				count ? "'%s' means several devices: say a key's first letters"
				      : "no device is called '%s': geonet agent devices",
				out_text(word));
	reply_free(&r);
	return exit;
}
