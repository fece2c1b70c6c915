/* geonet file send. The message's id follows from whom it goes to and from the file as it is, so
 * the same command again goes on with what was interrupted, and sends nothing twice. */
#include "geonet/people/commands.h"
#include "geonet/people/file.h"
#include "os/os.h"
#include "records/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct sending {
	struct cli *cli;
	int fd;
	const char *name;
	uint64_t size, at, from; /* at: of what was read */
	gn_time since;
	bool begun, told; /* told: why it was given up is printed */
	unsigned tries;
};

static bool on_more(void *user, const json_t *f)
{
	struct sending *s = user;
	if (!s->begun) {
		s->begun = true;
		s->at = s->from = json_number(f, "done");
		if (s->from)
			cli_note(s->cli, "%s of it are there already.", out_bytes(s->from));
		s->since = gn_os_steady();
	}
	if (json_is(f, "state", "spreading"))
		cli_progress(s->cli, "%s is sealed; %llu of %llu copies made...", s->name,
			     (unsigned long long)json_number(f, "copies"),
			     (unsigned long long)json_number(f, "wanted"));
	return true;
}

static size_t on_read(void *user, uint8_t *buf, size_t cap)
{
	struct sending *s = user;
	if (s->at >= s->size)
		return 0;
	cap = cap < s->size - s->at ? cap : (size_t)(s->size - s->at);
	ssize_t n;
	do
		n = pread(s->fd, buf, cap, (off_t)s->at);
	while (n < 0 && errno == EINTR);
	if (n <= 0) {
		cli_fail(s->cli, CLI_FAILED, n ? "io" : "changed", "%s: %s", s->name,
			 n ? strerror(errno) : "it became shorter while it was read");
		s->told = true;
		return SIZE_MAX;
	}
	s->at += (uint64_t)n;
	file_progress(s->cli, s->name, s->at, s->size, s->from, s->since);
	return (size_t)n;
}

static bool once_more(void *user)
{
	struct sending *s = user;
	s->begun = false;
	return s->tries++ < 20;
}

/* The file, open, regular. -1 after printing. */
static int open_file(struct cli *cli, const char *path, struct stat *st)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, st) != 0) {
		cli_fail(cli, CLI_FAILED, "io", "%s: %s", path, strerror(errno));
	} else if (S_ISDIR(st->st_mode)) {
		cli_fail(cli, CLI_USAGE, "directory",
			 "%s is a folder: pack it first (tar c %s >NAME.tar), or publish it "
			 "(geonet site publish)",
			 path, path);
	} else if (!S_ISREG(st->st_mode)) {
		cli_fail(cli, CLI_USAGE, "usage", "%s is no regular file", path);
	} else {
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

/* What the file is now, and the id of its message. */
static void name_it(struct cli *cli, const char *pid, const char *path, const struct stat *st,
		    const char *text, uint64_t *mark, struct gn_fb_message_id *id)
{
	uint64_t what[] = {(uint64_t)st->st_size, (uint64_t)st->st_mtim.tv_sec,
			   (uint64_t)st->st_mtim.tv_nsec, (uint64_t)st->st_ino,
			   (uint64_t)st->st_dev};
	struct gn_hash hash;
	char *real = realpath(path, NULL);
	struct gn_slice state = gn_slice(what, sizeof what);
	gn_sha256(&state, 1, &hash);
	*mark = gn_be64(hash.b);
	struct gn_slice parts[] = {
		GN_LIT("geonet/file/send/1"), state,        gn_slice(pid, strlen(pid) + 1),
		gn_str(real ? real : path),   GN_LIT("\0"), gn_str(text)};
	gn_sha256(parts, GN_COUNT(parts), &hash);
	if (cli_flag(cli, "again")) {
		struct gn_rand random = gn_rand_system();
		gn_rand_fill(&random, hash.b, sizeof hash.b);
	}
	memcpy(id->b, hash.b, sizeof id->b);
	free(real);
}

static int say_result(struct cli *cli, const struct sending *s, const char *who, const json_t *f)
{
	int exit = json_is(f, "state", "sent") ? CLI_OK : CLI_QUORUM;
	if (cli->json) {
		int printed = cli_json(cli, json_incref((json_t *)(uintptr_t)f));
		return printed ? printed : exit;
	}
	if (json_is(f, "state", "failed"))
		return cli_fail(cli, CLI_FAILED, "failed", "%s was not sent: %s; %s", s->name,
				json_text(f, "reason"), json_text(f, "next"));
	if (exit)
		cli_note(cli, "%s is not with others yet: %s. To do: %s.", s->name,
			 json_text(f, "reason"), json_text(f, "next"));
	else if (!s->begun)
		cli_note(cli, "The same file was sent to them before; --again sends it once more.");
	else
		cli_note(cli,
			 "%s is on its way to %s: %llu of %llu copies made, kept for 30 days; they "
			 "can fetch it when you are gone.",
			 s->name, who, (unsigned long long)json_number(f, "copies"),
			 (unsigned long long)json_number(f, "wanted"));
	return exit;
}

static int send_open(struct cli *cli, struct sending *s, const char *pid, const struct stat *st)
{
	struct gn_fb_message_id id;
	struct reply r;
	const char *text = cli_option(cli, "message") ? cli_option(cli, "message") : "";
	struct gn_fb_chat_file_send_args args = {.who = gn_str(pid),
						 .id = &id,
						 .name = gn_str(s->name),
						 .mime = gn_str(gn_bundle_mime(gn_str(s->name))),
						 .size = s->size,
						 .text = gn_str(text)};
	name_it(cli, pid, cli->args[1], st, text, &args.mark, &id);
	struct ask ask = {.kind = CHAT_FILE(CHAT_FILE_SEND),
			  .args = &args,
			  .more = on_more,
			  .read = on_read,
			  .user = s};
	char *what = cli_format("%s could not be sent", s->name);
	int exit;
	for (;;) {
		exit = file_ask(cli, &ask, &r);
		/* the agent went away, or its node lost some of it: it goes on */
		bool lost = exit == CLI_FAILED && !r.err && file_wait(cli);
		if (!(lost || (r.err == GN_NOT_FOUND && s->begun)) || !once_more(s))
			break;
		reply_free(&r);
	}
	exit = s->told ? CLI_FAILED : file_report(cli, exit, &r, what);
	free(what);
	if (!exit)
		exit = say_result(cli, s, cli->args[0], r.json);
	reply_free(&r);
	return exit;
}

/* Its copies go through the node: without one nothing would be seen to happen. */
static void note_offline(struct cli *cli)
{
	static const struct gn_fb_agent_status_args none;
	struct reply r;
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_AGENT, GN_FB_APP_AGENT_BODY_AGENT_STATUS},
			  .args = &none,
			  .agent = true,
			  .quiet = true};
	if (client_ask(cli, &ask, &r) == CLI_OK && !json_is_true(json_object_get(r.json, "online")))
		cli_note(cli,
			 "No node (%s); it is sealed now and waits for one. Start it: geonet up",
			 out_text(json_text(r.json, "why")));
	reply_free(&r);
}

int cmd_file_send(struct cli *cli)
{
	struct reply r;
	struct stat st;
	struct sending s = {.cli = cli};
	const char *slash = strrchr(cli->args[1], '/');
	s.fd = open_file(cli, cli->args[1], &st);
	if (s.fd < 0)
		return CLI_FAILED;
	s.name = slash ? slash + 1 : cli->args[1];
	s.size = (uint64_t)st.st_size;
	struct gn_fb_contact_get_args get = {.who = gn_str(cli->args[0])};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_CONTACT, GN_FB_APP_CONTACT_BODY_CONTACT_GET},
			  .args = &get,
			  .agent = true};
	int exit = client_ask_must(cli, &ask, &r, "nothing can be sent to them");
	if (!exit)
		note_offline(cli);
	if (!exit)
		exit = send_open(cli, &s, json_text(r.json, "pid"), &st);
	reply_free(&r);
	close(s.fd);
	return exit;
}
