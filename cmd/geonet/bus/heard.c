/* Which quorum messages were told: a message that came live lies in the box, too, and is told from
 * there to who was away. DATA/bus-heard has a line for each, appended when it was told, so that a
 * command that is killed tells nothing twice:
 *
 *   K of the topic in hex, publisher in hex, epoch, seq, Unix seconds
 *
 * 1. What is older than a box keeps anything is forgotten when it is opened, and taken from no box
 *    (gn_topicrec_kept), so nothing can come again after it.
 * 2. It is written anew, and appended to, under DATA/tool.lock. */
#include "geonet/bus/bus.h"
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/lists.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NAME "bus-heard"
#define LINES 50000u /* of all topics: a full box of each of five */
#define MOST 20000u  /* of one topic, in memory: twice what a box has */
#define LINE 256u

struct one {
	struct gn_pk publisher;
	uint64_t epoch, seq;
	bool now; /* told by this command */
};
struct heard {
	struct cli *cli;
	char topic[65];
	char *path;
	struct one *all;
	size_t count, cap;
	unsigned added; /* lines since the file was looked at */
};

static void add(struct heard *h, const struct gn_pk *publisher, uint64_t epoch, uint64_t seq,
		bool now)
{
	if (h->count == MOST) { /* who says so many makes us forget their own */
		h->count /= 2;
		memmove(h->all, h->all + h->count, h->count * sizeof h->all[0]);
	}
	if (h->count == h->cap) {
		h->cap = h->cap ? 2 * h->cap : 64;
		h->all = cli_grow(h->all, h->cap * sizeof h->all[0]);
	}
	h->all[h->count++] = (struct one){*publisher, epoch, seq, now};
}

struct line {
	char topic[65];
	struct gn_pk publisher;
	uint64_t epoch, seq, time;
};

static bool number_of(char **at, uint64_t *out)
{
	char *end;
	if (**at != ' ')
		return false;
	errno = 0;
	*out = strtoull(*at + 1, &end, 10);
	bool any = end != *at + 1 && errno == 0;
	*at = end;
	return any;
}

static bool line_of(char *text, struct line *l)
{
	char *at = text + 129;
	if (strlen(text) < 130 || text[64] != ' ' ||
	    gn_unhex(gn_slice(text + 65, 64), l->publisher.b, sizeof l->publisher.b) != GN_OK)
		return false;
	memcpy(l->topic, text, 64);
	l->topic[64] = 0;
	return number_of(&at, &l->epoch) && number_of(&at, &l->seq) && number_of(&at, &l->time);
}

/* What lasts, of all topics, as text; the caller frees. *all: how many lines there were, *kept: of
 * them. The oldest stand first, and go when they are too many. */
static char *read_lines(struct heard *h, FILE *f, bool load, size_t skip, size_t *all, size_t *kept)
{
	char *text = NULL, line[LINE];
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct line l;
	*all = *kept = 0;
	while (out && fgets(line, sizeof line, f)) {
		++*all;
		if (*all <= skip || !line_of(line, &l) ||
		    l.time + gn_boxrec_limits(GN_FB_BOX_KIND_GROUP)->ttl < cli_now())
			continue;
		++*kept;
		fputs(line, out);
		if (load && strcmp(l.topic, h->topic) == 0)
			add(h, &l.publisher, l.epoch, l.seq, false);
	}
	if (out)
		fclose(out);
	return text;
}

/* Reads the file; what is over, or too much, goes out of it. Under the lock. */
static void look(struct heard *h, bool load)
{
	size_t all = 0, kept = 0;
	FILE *f = fopen(h->path, "r");
	char *text = f ? read_lines(h, f, load, 0, &all, &kept) : NULL;
	if (f && kept > LINES && fseek(f, 0, SEEK_SET) == 0) {
		free(text);
		text = read_lines(h, f, false, all - LINES / 2, &all, &kept);
	}
	if (f)
		fclose(f);
	if (text && kept < all)
		(void)write_file(h->cli, h->path, gn_str(text), 0600, true);
	free(text);
	h->added = 0;
}

struct heard *heard_open(struct cli *cli, const struct gn_hash *topic)
{
	struct heard *h = cli_alloc(sizeof *h);
	*h = (struct heard){.cli = cli, .path = cli_format("%s/" NAME, cli->data)};
	gn_hex(GN_SLICE(topic->b), h->topic);
	int lock = own_lock(cli);
	look(h, true);
	own_unlock(lock);
	return h;
}

void heard_free(struct heard *h)
{
	if (!h)
		return;
	free(h->path);
	free(h->all);
	free(h);
}

bool heard_has(const struct heard *h, const struct gn_said *said, bool now)
{
	for (size_t i = h->count; i-- > 0;)
		if (h->all[i].epoch == said->epoch && h->all[i].seq == said->seq &&
		    gn_pk_eq(&h->all[i].publisher, &said->publisher) && (!now || h->all[i].now))
			return true;
	return false;
}

void heard_add(struct heard *h, const struct gn_said *said)
{
	char publisher[65], line[LINE];
	gn_hex(GN_SLICE(said->publisher.b), publisher);
	add(h, &said->publisher, said->epoch, said->seq, true);
	int n = snprintf(line, sizeof line, "%s %s %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", h->topic,
			 publisher, said->epoch, said->seq, said->time / 1000);
	int lock = own_lock(h->cli),
	    fd = open(h->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	off_t end = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	if (fd < 0 || write(fd, line, (size_t)n) != n) {
		cli_warn(h->cli, "%s cannot be written: what was told may be told again", h->path);
		if (fd >= 0 && ftruncate(fd, end) != 0) /* half a line would spoil the next one */
			cli_warn(h->cli, "%s has half a line", h->path);
	}
	if (fd >= 0)
		close(fd);
	if (++h->added == LINES) /* it follows for months */
		look(h, false);
	own_unlock(lock);
}
