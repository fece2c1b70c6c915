/* How much of the disk the hub has, and how much is left (HB-51). A worker looks now and then,
 * so that a slow disk holds up nothing; what health tells is what was seen last. */
#include "hub/hub_int.h"

#include <stdlib.h>

#define LIST_MAX (1u << 20) /* bytes of a listing: journals of 8 TiB */

struct look {
	uv_work_t work;
	struct gn_hub *hub;
	struct gn_hub_space seen;
};

static void add_file(struct gn_hub_space *to, bool journal, const char *name, uint64_t size)
{
	const char *end = strrchr(name, '.');
	if (journal && end && strcmp(end, ".log") == 0)
		to->journal += size;
	else if (journal && end && strcmp(end, ".snap") == 0)
		to->snapshots += size;
	else if (!journal && strncmp(name, "history.db", 10) == 0)
		/* and what SQLite has beside it */
		to->history += size;
}

/* A folder that cannot be listed is not counted. */
static void add_folder(const struct gn_os_dir *dir, bool journal, struct gn_hub_space *to)
{
	struct gn_buf lines = {malloc(LIST_MAX), 0, LIST_MAX - 1};
	gn_err err = lines.p ? gn_os_list(dir, journal ? "journal" : "", &lines) : GN_NOMEM;
	char *line = (char *)lines.p, *end, *name;
	if (!err)
		lines.p[lines.len] = 0;
	for (; !err && (end = strchr(line, '\n')); line = end + 1) { /* "size name" */
		uint64_t size = strtoull(line, &name, 10);
		*end = 0;
		add_file(to, journal, name + (*name == ' '), size);
	}
	free(lines.p);
}

static void measure_space(uv_work_t *w)
{
	struct look *k = GN_CONTAINER(w, struct look, work);
	gn_os_dir_space(k->hub->host.dir, &k->seen.left, &k->seen.whole);
	add_folder(k->hub->host.dir, true, &k->seen);
	add_folder(k->hub->host.dir, false, &k->seen);
}

unsigned gn_hub_space_used(const struct gn_hub *hub)
{
	const struct gn_hub_space *s = &hub->space;
	return s->whole ? (unsigned)(100 * (s->whole - s->left) / s->whole) : 0;
}

/* Told once when it begins, and when it is over by a margin: a disk at the edge fills no log. */
static void judge_space(struct gn_hub *hub)
{
	unsigned used = gn_hub_space_used(hub);
	bool was = hub->space_short;
	hub->space_short = used >= (was ? HUB_SPACE_CALM : HUB_SPACE_WARN);
	if (hub->space_short && !was)
		gn_host_log(&hub->host, GN_LOG_WARN, "disk.filling",
			    "the disk of %.250s is %u %% full, %llu MiB are left, and what the hub "
			    "writes is for ever: "
			    "make room before it is full, then nothing is taken any more",
			    hub->config.data, used, (unsigned long long)hub->space.left >> 20);
	else if (was && !hub->space_short)
		gn_host_log(&hub->host, GN_LOG_INFO, "disk.room", "the disk is %u %% full now",
			    used);
}

static void space_seen(uv_work_t *w, int status)
{
	struct look *k = GN_CONTAINER(w, struct look, work);
	struct gn_hub *hub = k->hub;
	hub->space_looks = false;
	if (!status) {
		hub->space = k->seen;
		judge_space(hub);
	}
	free(k);
}

void gn_hub_space_tick(struct gn_hub *hub)
{
	if (hub->space_looks || gn_hub_is_ending(hub) || hub->now < hub->space_next)
		return;
	struct look *k = calloc(1, sizeof *k);
	hub->space_next = hub->now + HUB_SPACE_LOOK;
	if (!k)
		return;
	k->hub = hub;
	hub->space_looks = uv_queue_work(&hub->host.loop, &k->work, measure_space, space_seen) == 0;
	if (!hub->space_looks)
		free(k);
}
