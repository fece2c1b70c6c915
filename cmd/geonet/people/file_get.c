/* geonet file get. What comes is written beside its place, and linked there when it is whole.
 *
 *   nothing -> PART [bytes come, synced every 16 MiB] -> whole [link, which overwrites nothing]
 *   PART of before -> goes on after what is surely on the disk
 *   PART, the disk is full -> nothing */
#include "geonet/people/commands.h"
#include "geonet/people/file.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYNC (UINT64_C(16) << 20) /* bytes written between two syncs */

struct getting {
	struct cli *cli;
	bool out;     /* to stdout */
	char *folder; /* owned: where it goes */
	char *name;   /* owned: its name there; NULL: its own */
	char *part;   /* owned */
	int dir, fd;  /* of the folder, of the part */
	uint64_t size, at, from, synced;
	gn_time since;
	bool begun, told; /* told: why it was given up is printed */
	bool full;        /* the disk: what came would only fill it */
	unsigned tries;
};

static bool fail_io(struct getting *g, const char *what)
{
	int why = errno;
	g->full = why == ENOSPC || why == EDQUOT;
	cli_fail(g->cli, CLI_FAILED, "io", "%s: %s%s", what, strerror(why),
		 g->full && !g->out ? "; what came is removed again" : "");
	g->told = true;
	return false;
}

static bool exists(struct getting *g)
{
	struct stat st;
	if (fstatat(g->dir, g->name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	cli_fail(g->cli, CLI_FAILED, "exists",
		 "%s/%s is there already, and nothing is overwritten: say another name with --out",
		 g->folder, g->name);
	g->told = true;
	return true;
}

static bool on_more(void *user, const json_t *f)
{
	struct getting *g = user;
	if (g->begun)
		return true;
	g->begun = true;
	g->size = json_number(f, "size");
	g->since = gn_os_steady();
	if (g->out)
		return true;
	const char *name = json_text(f, "name");
	if (!g->name)
		g->name = cli_format("%s", *name && !strchr(name, '/') ? name : "file");
	return !exists(g);
}

static bool write_all(int fd, struct gn_slice data)
{
	while (data.len) {
		ssize_t n = write(fd, data.p, data.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data = gn_slice_sub(data, (size_t)n, data.len - (size_t)n);
	}
	return true;
}

static bool on_write(void *user, struct gn_slice data)
{
	struct getting *g = user;
	if (!write_all(g->fd, data))
		return fail_io(g, g->out ? "stdout" : g->part);
	g->at += data.len;
	if (!g->out && g->at - g->synced >= SYNC) {
		if (fdatasync(g->fd) != 0)
			return fail_io(g, g->part);
		g->synced = g->at;
	}
	if (g->begun)
		file_progress(g->cli, g->out ? "fetching" : g->name, g->at, g->size, g->from,
			      g->since);
	return true;
}

/* ---- places ---- */

/* folder and name from --out. */
static bool choose_place(struct getting *g, const char *out)
{
	struct stat st;
	if (!out) {
		g->folder = cli_format(".");
	} else if (out[strlen(out) - 1] == '/' || (stat(out, &st) == 0 && S_ISDIR(st.st_mode))) {
		g->folder = cli_format("%s", out);
	} else {
		const char *slash = strrchr(out, '/');
		g->folder = slash == out ? cli_format("/")
			    : slash      ? cli_format("%.*s", (int)(slash - out), out)
					 : cli_format(".");
		g->name = cli_format("%s", slash ? slash + 1 : out);
	}
	g->dir = open(g->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return g->dir >= 0 ? true : fail_io(g, g->folder);
}

/* Opens the part, this command's alone, and finds how much of it is surely there. */
static bool open_part(struct getting *g, const char *id, uint64_t index)
{
	struct stat st;
	g->part = cli_format(".geonet-%.16s-%llu.part", id, (unsigned long long)index);
	g->fd = openat(g->dir, g->part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (g->fd < 0 || fstat(g->fd, &st) != 0)
		return fail_io(g, g->part);
	/* where others may write it may be theirs, or another name of a file of ours */
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_nlink != 1) {
		cli_fail(g->cli, CLI_FAILED, "exists",
			 "%s/%s is in the way, and is not what this command left: remove it, or "
			 "say another folder with --out",
			 g->folder, g->part);
		g->told = true;
		return false;
	}
	if (flock(g->fd, LOCK_EX | LOCK_NB) != 0) {
		cli_fail(g->cli, CLI_FAILED, "busy", "it is being fetched here already");
		return false;
	}
	/* what follows a sync is begun after it, so a part of that size has what was synced */
	uint64_t size = (uint64_t)st.st_size;
	g->at = size ? (size - 1) / SYNC * SYNC : 0;
	if (ftruncate(g->fd, (off_t)g->at) != 0 || lseek(g->fd, (off_t)g->at, SEEK_SET) < 0)
		return fail_io(g, g->part);
	g->from = g->synced = g->at;
	return true;
}

/* The part takes its name; nothing that is there is replaced. */
static int finish(struct getting *g)
{
	mode_t mask = umask(0);
	umask(mask);
	if (fchmod(g->fd, 0666 & ~mask) != 0 || fsync(g->fd) != 0)
		return fail_io(g, g->part) ? CLI_OK : CLI_FAILED;
	if (linkat(g->dir, g->part, g->dir, g->name, 0) != 0) {
		int why = errno;
		if (exists(g))
			return CLI_FAILED;
		/* a file system without links: a name that is surely ours, then taken over */
		int fd = why == EPERM || why == EOPNOTSUPP || why == ENOSYS
				 ? openat(g->dir, g->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
					  0600)
				 : -1;
		if (fd < 0 || close(fd) != 0 || renameat(g->dir, g->part, g->dir, g->name) != 0) {
			fail_io(g, g->name);
			return CLI_FAILED;
		}
		return CLI_OK;
	}
	if (unlinkat(g->dir, g->part, 0) != 0)
		cli_warn(g->cli, "%s/%s could not be removed: %s", g->folder, g->part,
			 strerror(errno));
	return fsync(g->dir) == 0 ? CLI_OK : CLI_FAILED;
}

/* ---- the command ---- */

static bool once_more(void *user)
{
	struct getting *g = user;
	g->begun = false;
	return g->tries++ < 20;
}

static int fetch(struct getting *g, const struct gn_fb_message_id *id, uint64_t index)
{
	struct gn_fb_chat_file_get_args args = {.id = id,
						.index = (uint8_t)index,
						.offset = g->at,
						.large = cli_flag(g->cli, "large")};
	struct ask ask = {.kind = CHAT_FILE(CHAT_FILE_GET),
			  .args = &args,
			  .more = on_more,
			  .write = on_write,
			  .user = g};
	struct reply r;
	for (;;) {
		/* what came before the agent went is not asked for again */
		args.offset = g->at;
		int exit = file_ask(g->cli, &ask, &r);
		bool lost = exit == CLI_FAILED && !r.err;
		bool shorter = r.err == GN_RANGE && g->at && !g->out;
		if (lost && file_wait(g->cli) && once_more(g)) {
			reply_free(&r);
			continue;
		}
		if (shorter && once_more(g)) { /* the part is of something else */
			reply_free(&r);
			g->at = g->from = g->synced = 0;
			if (ftruncate(g->fd, 0) != 0 || lseek(g->fd, 0, SEEK_SET) != 0)
				return fail_io(g, g->part) ? CLI_OK : CLI_FAILED;
			continue;
		}
		exit = g->told ? CLI_FAILED
			       : file_report(g->cli, exit, &r, "it could not be fetched");
		reply_free(&r);
		return exit;
	}
}

static int say_saved(struct getting *g, const char *id)
{
	char *path = cli_format(
		"%s%s%s", strcmp(g->folder, ".") != 0 ? g->folder : "",
		strcmp(g->folder, ".") != 0 && g->folder[strlen(g->folder) - 1] != '/' ? "/" : "",
		g->name);
	int exit = CLI_OK;
	if (g->cli->json)
		exit = cli_json(g->cli, json_pack("{ss ss ss sI}", "id", id, "path", path, "name",
						  g->name, "size", (json_int_t)g->size));
	else
		cli_note(g->cli, "%s is saved: %s.", out_text(path), out_bytes(g->size));
	free(path);
	return exit;
}

int cmd_file_get(struct cli *cli)
{
	struct gn_fb_message_id id;
	struct getting g = {.cli = cli, .dir = -1, .fd = -1};
	const char *out = cli_option(cli, "out");
	uint64_t index = 0;
	int exit = CLI_FAILED;
	if (!file_id(cli, cli->args[0], &id) || !cli_number(cli, "index", 0, 7, &index))
		return CLI_USAGE;
	if (out && !*out)
		return cli_fail(cli, CLI_USAGE, "usage", "--out needs a name");
	g.out = out && strcmp(out, "-") == 0;
	if (g.out) {
		g.fd = STDOUT_FILENO;
		exit = fetch(&g, &id, index);
	} else if (choose_place(&g, out) && !(g.name && exists(&g)) &&
		   open_part(&g, cli->args[0], index)) {
		exit = fetch(&g, &id, index);
		exit = exit ? exit : finish(&g);
		exit = exit ? exit : say_saved(&g, cli->args[0]);
		if (exit && g.part && (g.at == 0 || g.full))
			(void)unlinkat(g.dir, g.part, 0);
		else if (exit && g.part && !cli->json)
			cli_note(cli, "What came is kept in %s/%s: the same command goes on.",
				 g.folder, g.part);
	}
	if (g.fd >= 0 && !g.out)
		close(g.fd);
	if (g.dir >= 0)
		close(g.dir);
	free(g.folder);
	free(g.name);
	free(g.part);
	return exit;
}
