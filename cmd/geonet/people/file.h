/* Between the commands of files. */
#ifndef GEONET_PEOPLE_FILE_H
#define GEONET_PEOPLE_FILE_H

#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"

#define CHAT_FILE(member) {GN_FB_APP_BODY_APP_CHAT, GN_FB_APP_CHAT_BODY_##member}

/* A message's id as people copy it: 32 hex digits. False after printing. */
bool file_id(struct cli *cli, const char *text, struct gn_fb_message_id *out);
/* client_ask of the agent, quiet. CLI_FAILED without reply->err: it went away meanwhile. */
int file_ask(struct cli *cli, struct ask *ask, struct reply *reply);
/* Waits for an agent that went away. False: it did not come back. */
bool file_wait(struct cli *cli);
/* Prints what came of file_ask; its exit status. */
int file_report(struct cli *cli, int exit, const struct reply *reply, const char *what);
/* "12 MiB of 200 MiB, 31 MiB/s" as a line that is overwritten. */
void file_progress(const struct cli *cli, const char *doing, uint64_t done, uint64_t size,
		   uint64_t begun_at, gn_time since);

#endif
