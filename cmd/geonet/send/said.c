/* The words of said.h. */
#include "geonet/send/said.h"

#include "geonet/frame/frame.h"
#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void said_line(struct cli *cli, json_t *json)
{
	char *text = cli->json && json ? json_dumps(json, JSON_COMPACT) : NULL;
	if (text)
		printf("%s\n", text);
	fflush(stdout);
	free(text);
	json_decref(json);
}

void said_begin(struct said *s, uint64_t done)
{
	*s = (struct said){.since = gn_os_steady(), .from = done};
}

void said_progress(struct cli *cli, struct said *s, const char *doing, uint64_t done, uint64_t all)
{
	gn_time now = gn_os_steady();
	double seconds = (double)(now - s->since) / (double)GN_SEC;
	double rate = seconds > 0.5 ? (double)(done - s->from) / seconds : 0;
	uint64_t left = rate > 1 ? (uint64_t)((double)(all - done) / rate) : 0;
	if (cli->json && now - s->line >= GN_SEC) {
		s->line = now;
		said_line(cli, json_pack("{ss sI sI sI}", "event", doing, "done", (json_int_t)done,
					 "bytes", (json_int_t)all, "rate", (json_int_t)rate));
	}
	cli_progress(cli, "%s: %s of %s (%u %%), %s/s%s%s", doing, out_bytes(done), out_bytes(all),
		     all ? (unsigned)(100.0 * (double)done / (double)all) : 100u,
		     out_bytes((uint64_t)rate), left ? ", left: " : "",
		     left ? out_duration(left) : "");
}

const char *said_size(uint64_t files, uint64_t bytes)
{
	static char text[96];
	snprintf(text, sizeof text, "%s, %s", out_count(files, "file", "files"), out_bytes(bytes));
	return text;
}

/* A word as a shell takes it. False: no room. */
static bool put_word(struct gn_writer *w, const char *word)
{
	bool plain = *word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "0123456789-_./:=+,@") == strlen(word);
	gn_write_bytes(w, gn_str(plain ? " " : " '"));
	for (; *word; word++)
		gn_write_bytes(w, *word == '\'' ? GN_LIT("'\\''") : gn_slice(word, 1));
	if (!plain)
		gn_write_bytes(w, GN_LIT("'"));
	return !w->bad;
}

const char *said_command(const struct cli *cli)
{
	static char text[1024];
	struct gn_writer w = gn_writer(text, sizeof text - 1);
	gn_write_bytes(&w, GN_LIT("geonet"));
	for (char **word = cli->words + 1; *word; word++)
		if (!put_word(&w, *word))
			return "the same command";
	*w.p = 0;
	return text;
}
