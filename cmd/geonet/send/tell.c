/* The message of tell.h: a text, so that every program of theirs shows it. */
#include "geonet/send/tell.h"

#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "wire/app.h"

#include <stdlib.h>

int tell_can(struct cli *cli, const char *who, char **rule)
{
	struct reply r;
	struct gn_fb_contact_get_args args = {.who = gn_str(who)};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_CONTACT, GN_FB_APP_CONTACT_BODY_CONTACT_GET},
			  .args = &args,
			  .agent = true};
	int exit = client_ask_must(cli, &ask, &r, "they cannot be told");
	*rule = cli_format("%s", json_text(r.json, "path"));
	reply_free(&r);
	return exit;
}

int tell_code(struct cli *cli, const char *who, const char *what, const char *code)
{
	struct reply r;
	char *text = cli_format("I send you %s, now and for ten minutes. To take it: geonet "
				"receive %s",
				what, code);
	struct gn_fb_message_send_args args = {.who = gn_str(who), .text = gn_str(text)};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_CHAT, GN_FB_APP_CHAT_BODY_MESSAGE_SEND},
			  .args = &args,
			  .agent = true};
	int exit = client_ask_must(cli, &ask, &r, "they were not told the code");
	reply_free(&r);
	gn_wipe(text, strlen(text));
	free(text);
	return exit;
}
