/* geonet receive: what another person sends, by their code, or what was begun here before.
 *
 *   FIND [a node of the code's place] -> MEET [it is dialled, both pair] -> the transfer
 *   FIND [no more nodes] -> the end: nobody is there, or the code is wrong
 *   MEET [it was not that node, or the code is wrong] -> FIND
 *   MEET [a code was tried there a moment ago] -> REST -> MEET
 *   MEET, the transfer [the tunnel is gone, they have paired] -> REST -> MEET by their secret
 *
 * The state lies in the folder of the files, .geonet-CODE.receiving: it is written when the code is
 * used, so its name tells nobody anything. Its note is the sender's node. */
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/send/begun.h"
#include "geonet/send/commands.h"
#include "geonet/send/place.h"
#include "geonet/send/trip.h"
#include "geonet/send/typed.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REST_MAX (5 * GN_SEC)
#define BUSY_REST (5 * GN_SEC + 500 * GN_MSEC) /* one guess in 5 s (RE-61) */
#define BUSY_TRIES 4u
#define NAMES_SHOWN 10u

enum step { STEP_FIND, STEP_MEET, STEP_REST, STEP_OVER };
struct receiving {
	struct trip trip;
	const char *into, *rule; /* about paths; "": none */
	int folder;              /* open; the disk's once there is one */
	bool has_code, resumes, asks, answered;
	struct gn_code code; /* secret */
	char text[GN_CODE_MAX];
	struct place_search search;
	struct gn_pk node;
	struct meet meet;
	enum step step;
	gn_time rest_until, rest;
	unsigned busy;
	bool wrong, used, gone; /* what the nodes of the place said */
	gn_err err;             /* of the last tunnel */
	char why[TUNNEL_WHY];   /* POLICY: whose rule */
};

/* ---- the code ---- */

static bool read_code(struct receiving *r, char *text)
{
	struct cli *cli = r->trip.cli;
	struct gn_code_wrong wrong;
	while (*text && strchr("\r\n ", text[strlen(text) - 1]))
		text[strlen(text) - 1] = 0;
	gn_err err = gn_code_parse(gn_str(text), &r->code, &wrong);
	gn_wipe(text, strlen(text));
	free(text);
	r->has_code = err == GN_OK;
	if (r->has_code)
		gn_code_text(&r->code, r->text);
	else if (wrong.part == 0)
		cli_fail(cli, CLI_USAGE, gn_err_name(err),
			 "a code begins with a number up to 9999, as in 4821-orbit-lemon, and "
			 "not with '%s'",
			 wrong.said);
	else if (wrong.part > GN_CODE_WORDS)
		cli_fail(cli, CLI_USAGE, gn_err_name(err),
			 "a code is a number and two words, as in 4821-orbit-lemon");
	else
		cli_fail(cli, CLI_USAGE, gn_err_name(err), "'%s' is no word of a code%s%s%s",
			 wrong.said, wrong.nearest ? ": did they say " : "",
			 wrong.nearest ? wrong.nearest : "", wrong.nearest ? "?" : "");
	return r->has_code;
}

/* ---- the state ---- */

/* What was begun here, if it is one; where there is none the code is asked for. False after
 * printing. */
static bool find_begun(struct receiving *r)
{
	struct cli *cli = r->trip.cli;
	struct begun b = begun_find(r->folder);
	bool here = strcmp(r->into, ".") == 0;
	char *asked = b.count ? NULL : typed_ask(cli);
	if (asked)
		return read_code(r, asked);
	if (b.count == 0)
		cli_fail(cli, CLI_USAGE, "usage",
			 "nothing was begun in %s%s%s: say the code that they read to you",
			 here ? "this folder" : "'", here ? "" : r->into, here ? "" : "'");
	else if (b.count > 1)
		cli_fail(cli, CLI_USAGE, "ambiguous",
			 "%u were begun here: say which, by its code: %s", b.count, b.all);
	r->has_code = b.count == 1;
	r->code = b.code;
	memcpy(r->text, b.text, sizeof r->text);
	return r->has_code;
}

/* A state of its own: the folder is the disk's from now on. */
static gn_err open_disk(struct receiving *r)
{
	int state_in = fcntl(r->folder, F_DUPFD_CLOEXEC, 0), dest = r->folder;
	r->folder = -1;
	return disk_open(&r->trip.disk, dest, state_in, begun_name(r->text));
}

static int fail_disk(struct receiving *r, gn_err err)
{
	if (err == GN_BUSY)
		return cli_fail(r->trip.cli, CLI_FAILED, gn_err_name(err),
				"this is being received already");
	if (err == GN_DENIED)
		return cli_fail(r->trip.cli, CLI_FAILED, gn_err_name(err),
				"%s/" BEGUN_PREFIX "%s" BEGUN_SUFFIX
				" is another user's, or others may write "
				"it, and is not believed: receive into another folder",
				r->into, r->text);
	return cli_fail(r->trip.cli, CLI_FAILED, "io", "%s: %s", r->into, strerror(errno));
}

/* The transfer of before. */
static int take_up(struct receiving *r)
{
	struct trip *p = &r->trip;
	size_t len = 0;
	gn_err err = open_disk(r);
	if (err)
		return fail_disk(r, err);
	uint8_t *state = disk_state(&p->disk, &len);
	err = gn_transfer_again(&p->env, gn_slice(state, state ? len : 0), &p->t);
	free(state);
	struct gn_slice note = err ? gn_slice(NULL, 0) : gn_transfer_note(p->t);
	if (err || note.len != sizeof r->node) {
		disk_state_remove(&p->disk);
		return cli_fail(p->cli, CLI_FAILED, gn_err_name(GN_CORRUPT),
				"what was begun here had not got far enough to go on with: ask for "
				"a new code");
	}
	memcpy(r->node.b, note.p, sizeof r->node);
	r->resumes = r->answered = true;
	p->away = gn_os_now();
	return CLI_OK;
}

/* ---- meeting ---- */

static int dial(struct receiving *r)
{
	struct trip *p = &r->trip;
	struct gn_transfer_secret secret;
	char service[SERVICE_MAX];
	if (p->t && gn_transfer_secret(p->t, &secret))
		place_service_again(secret.id, service);
	else
		place_service(r->code.place, service);
	gn_wipe(&secret, sizeof secret);
	gn_err err = tun_dial(&r->meet.tunnel, p->link, &r->node, service, r->rule);
	if (err)
		return cli_fail_err(p->cli, err, "the node cannot be asked");
	r->meet.state = MEET_WAITS;
	r->step = STEP_MEET;
	cli_progress(p->cli, "connecting...");
	return CLI_OK;
}

/* No node of the place was the one. */
static int fail_find(struct receiving *r)
{
	struct cli *cli = r->trip.cli;
	if (r->wrong)
		return cli_fail(cli, CLI_FAILED, gn_err_name(GN_AUTH),
				"%s is not the right code: have it read to you again. After three "
				"wrong ones it is dead",
				r->text);
	if (r->used)
		return cli_fail(cli, CLI_FAILED, gn_err_name(GN_EXPIRED),
				"this code is used up or too old: ask for a new one");
	if (r->search.found && r->err == GN_POLICY)
		return cli_fail(cli, cli_exit_of(r->err), gn_err_name(r->err), "%s",
				*r->why ? r->why : gn_err_text(r->err));
	if (r->search.found)
		return cli_fail(cli, CLI_QUORUM, gn_err_name(r->err),
				"who gave out this code cannot be reached, or is no longer there: "
				"%s",
				gn_err_text(r->err));
	if (r->search.exit)
		return cli_fail(cli, r->search.exit, "quorum",
				"the code's place could not be looked up: try again");
	return cli_fail(cli, CLI_NOT_FOUND, gn_err_name(GN_NOT_FOUND),
			"nobody gives anything by a code that begins with %u: it may be too old, "
			"or another number",
			r->code.place);
}

static int find(struct receiving *r)
{
	cli_progress(r->trip.cli, "looking for who has this code...");
	if (!place_next(r->trip.cli, &r->search, &r->node))
		return fail_find(r);
	r->busy = 0;
	return dial(r);
}

static void rest(struct receiving *r, gn_time time, gn_time now)
{
	r->step = STEP_REST;
	r->rest_until = now + time;
}

/* It was stopped, or all is here and the sender has been told. */
static bool is_over(const struct receiving *r)
{
	struct gn_transfer_info info = {.over = false};
	if (r->trip.t)
		gn_transfer_info(r->trip.t, &info);
	return r->trip.stopped || (r->trip.finished && info.over);
}

/* The tunnel is gone, or never was. */
static int is_gone(struct receiving *r, gn_time now)
{
	struct trip *p = &r->trip;
	trip_pump(p, now); /* its last words may have come with it */
	r->err = r->meet.tunnel.err ? r->meet.tunnel.err : GN_CLOSED;
	if (r->err == GN_POLICY)
		snprintf(r->why, sizeof r->why, "%s", r->meet.tunnel.why);
	if (p->t)
		gn_transfer_cut(p->t);
	if (is_over(r)) {
		r->step = STEP_OVER;
		return CLI_OK;
	}
	if (!p->t) {
		r->step = STEP_FIND;
		r->used = r->used || r->err == GN_NOT_FOUND; /* the node is there, they are not */
		if (r->err == GN_BUSY && r->busy++ < BUSY_TRIES) /* others try there */
			rest(r, GN_SEC, now);
		return CLI_OK;
	}
	if (!p->away) {
		p->away = p->heard ? p->heard : now;
		r->rest = GN_SEC / 2;
		said_line(p->cli, json_pack("{ss}", "event", "away"));
		cli_note(p->cli, "They went away; trying to reach them again.");
	}
	r->rest = 2 * r->rest < REST_MAX ? 2 * r->rest : REST_MAX;
	r->rest = r->rest ? r->rest : GN_SEC;
	cli_progress(p->cli, "they cannot be reached; trying again...");
	rest(r, r->rest, now);
	return CLI_OK;
}

static int refused(struct receiving *r, gn_time now)
{
	gn_err err = r->meet.pairing.err;
	r->err = err;
	meet_drop(&r->meet, r->trip.link);
	if (r->trip.t && err == GN_EXPIRED)
		return cli_fail(r->trip.cli, CLI_FAILED, gn_err_name(err),
				"they have nothing to go on with any more: ask for a new code. "
				"What came is in NAME.part");
	if (r->trip.t)
		return is_gone(r, now);
	r->wrong = r->wrong || err == GN_AUTH;
	r->used = r->used || err == GN_EXPIRED;
	r->step = STEP_FIND;
	if (err == GN_BUSY && r->busy++ < BUSY_TRIES) {
		cli_note(r->trip.cli, "A code was tried there a moment ago: once more in 5 s.");
		rest(r, BUSY_REST, now);
	}
	return CLI_OK;
}

static int paired(struct receiving *r, gn_time now)
{
	struct trip *p = &r->trip;
	if (!p->t) {
		gn_err err = open_disk(r);
		if (!err)
			err = gn_transfer_receive_new(&p->env, GN_SLICE(r->node.b), &p->t);
		if (!err && !disk_state_begin(&p->disk))
			err = GN_IO;
		if (err)
			return fail_disk(r, err);
	}
	gn_err err = gn_transfer_begin(p->t, &r->meet.pairing.secret, now);
	if (err) /* the disk has failed meanwhile */
		return fail_disk(r, err);
	p->away = r->rest = 0;
	struct gn_transfer_info info;
	gn_transfer_info(p->t, &info);
	said_begin(&p->said, info.done);
	said_line(p->cli,
		  json_pack("{ss sb}", "event", "paired", "again", r->meet.pairing.resumed));
	cli_progress_done(p->cli);
	return CLI_OK;
}

static int look(struct receiving *r, gn_time now)
{
	struct trip *p = &r->trip;
	struct gn_transfer_secret secret;
	switch (meet_look(&r->meet, p->link, p->t, now)) {
	case MEET_QUIET: return CLI_OK;
	case MEET_OPENED: {
		bool known = p->t && gn_transfer_secret(p->t, &secret);
		struct gn_pairing_config config = {.typed = known ? NULL : &r->code,
						   .secret = known ? &secret : NULL};
		meet_pair(&r->meet, &p->rand, config, true, now);
		gn_wipe(&secret, sizeof secret);
		return CLI_OK;
	}
	case MEET_PAIRED: return paired(r, now);
	case MEET_REFUSED: return refused(r, now);
	case MEET_GONE: return is_gone(r, now);
	}
	return CLI_OK;
}

/* ---- the question ---- */

static void show_offer(struct receiving *r)
{
	struct trip *p = &r->trip;
	struct gn_transfer_info info;
	char made[GN_TRANSFER_NAME_MAX];
	struct gn_slice name;
	gn_transfer_info(p->t, &info);
	json_t *names = json_array();
	for (uint32_t i = 0; i < info.tops; i++) {
		gn_transfer_top(p->t, i, &name, made);
		if (p->cli->json)
			json_array_append_new(names, json_slice(name));
		else if (i < NAMES_SHOWN)
			cli_note(p->cli, "  %s", out_text_slice(name));
		else if (i == NAMES_SHOWN)
			cli_note(p->cli, "  and %s more",
				 out_count(info.tops - i, "name", "names"));
	}
	said_line(p->cli,
		  json_pack("{ss sI sI so}", "event", "offer", "files", (json_int_t)info.files,
			    "bytes", (json_int_t)info.bytes, "names", names));
}

/* Room for all of it, before the person is asked. */
static bool has_room(struct receiving *r)
{
	struct trip *p = &r->trip;
	struct gn_transfer_info info;
	gn_transfer_info(p->t, &info);
	uint64_t room = gn_files_free(p->disk.files.dest);
	if (info.bytes <= room)
		return true;
	cli_fail(p->cli, CLI_FAILED, gn_err_name(GN_DISK_FULL),
		 "%s are offered, and %s has room for %s: nothing was taken", out_bytes(info.bytes),
		 strcmp(r->into, ".") == 0 ? "this folder" : r->into, out_bytes(room));
	gn_transfer_stop(p->t, GN_DISK_FULL);
	return false;
}

static int answer(struct receiving *r, bool yes)
{
	r->asks = false;
	r->answered = true;
	if (!yes) {
		gn_transfer_stop(r->trip.t, GN_DENIED);
		return CLI_OK;
	}
	gn_err err = gn_transfer_accept(r->trip.t);
	return err == GN_OK ? CLI_OK
			    : cli_fail_err(r->trip.cli, err, "it cannot be taken any more");
}

static int offered(struct receiving *r)
{
	struct trip *p = &r->trip;
	struct gn_transfer_info info;
	p->offered = false;
	gn_transfer_info(p->t, &info);
	if (info.resumed || r->answered)
		return CLI_OK;
	cli_note(p->cli, "They send %s:", said_size(info.files, info.bytes));
	show_offer(r);
	if (!has_room(r))
		return CLI_OK;
	if (cli_flag(p->cli, "yes"))
		return answer(r, true);
	fprintf(stderr, "Take it? [y/N] ");
	fflush(stderr);
	r->asks = true;
	return CLI_OK;
}

static int read_answer(struct receiving *r)
{
	char line[64];
	ssize_t n = read(STDIN_FILENO, line, sizeof line);
	if (n < 0)
		return CLI_OK;
	return answer(r, n > 0 && (line[0] == 'y' || line[0] == 'Y'));
}

static bool question_stands(const struct receiving *r)
{
	return r->trip.t && !r->answered;
}

/* Who interrupts before anything was taken says no to it. */
static int heed_interrupt(struct receiving *r)
{
	if (!question_stands(r) || !link_interrupted())
		return CLI_OK;
	if (r->asks)
		fputc('\n', stderr);
	link_heed();
	return answer(r, false);
}

/* ---- its end ---- */

/* geonet receive CODE, as it was typed or not. */
static const char *how(const struct receiving *r)
{
	(void)r;
	return said_command(r->trip.cli);
}

static int say_end(struct receiving *r)
{
	struct trip *p = &r->trip;
	struct gn_transfer_info info;
	char made[GN_TRANSFER_NAME_MAX];
	struct gn_slice name;
	bool denied = p->stopped && !p->end.by_peer && p->end.err == GN_DENIED;
	if (trip_is_final(p) || !r->answered)
		disk_state_remove(&p->disk);
	if (denied)
		return cli_fail(
			p->cli, CLI_FAILED, gn_err_name(GN_DENIED),
			"nothing was taken, and they were told. The code is used up: should "
			"you want it after all, ask for a new one");
	if (p->stopped && !p->end.by_peer && p->end.err == GN_DISK_FULL && !r->answered)
		return CLI_FAILED; /* told */
	if (p->stopped)
		return trip_stopped(p, how(r));
	gn_transfer_info(p->t, &info);
	json_t *names = json_array();
	for (uint32_t i = 0; i < info.tops; i++) {
		gn_transfer_top(p->t, i, &name, made);
		json_array_append_new(names, json_string(made));
		if (!p->cli->json)
			printf("%s\n", out_text(made));
	}
	said_line(p->cli,
		  json_pack("{ss sI sI so}", "event", "done", "files", (json_int_t)info.files,
			    "bytes", (json_int_t)info.bytes, "names", names));
	cli_note(p->cli, "All of it is here: %s.", said_size(info.files, info.bytes));
	return CLI_OK;
}

/* ---- the loop ---- */

static void hear(struct receiving *r)
{
	struct gn_host_client_event e;
	while (link_next(r->trip.link, &e))
		tun_hear(&r->meet.tunnel, &e);
}

static int step(struct receiving *r, gn_time now)
{
	struct trip *p = &r->trip;
	int exit = look(r, now);
	bool over = is_over(r);
	if (!exit && p->offered)
		exit = offered(r);
	if (!exit && r->step == STEP_FIND)
		exit = find(r);
	if (!exit && r->step == STEP_REST && now >= r->rest_until && !over)
		exit = dial(r);
	if (over && r->meet.state == MEET_CARRIES)
		meet_part(&r->meet, now);
	if (over && r->meet.state == MEET_NONE)
		r->step = STEP_OVER;
	return exit;
}

static gn_time next_look(const struct receiving *r)
{
	const struct trip *p = &r->trip;
	gn_time at = meet_deadline(&r->meet), away = p->away ? p->away + p->patience : GN_NEVER,
		rests = r->step == STEP_REST ? r->rest_until : GN_NEVER;
	at = away < at ? away : at;
	return rests < at ? rests : at;
}

static int serve(struct receiving *r)
{
	struct trip *p = &r->trip;
	for (;;) {
		gn_time now = gn_os_now();
		uint64_t before = trip_moves(p);
		hear(r);
		trip_pump(p, now);
		int exit = heed_interrupt(r);
		exit = exit ? exit : step(r, now);
		if (exit)
			return exit;
		if (r->step == STEP_OVER)
			return say_end(r);
		trip_pump(p, now);
		if (p->finished && r->rest > 2 * GN_SEC) /* the sender cannot be told */
			return say_end(r);
		trip_heed(p, r->meet.state == MEET_CARRIES, now);
		exit = question_stands(r) ? -1
					  : trip_interrupted(p, how(r)); /* or the next turn's */
		exit = exit >= 0 ? exit : trip_broken(p, how(r));
		if (exit >= 0)
			return exit;
		bool moves = trip_moves(p) != before;
		if (trip_wait(p, moves ? now : next_look(r), r->asks) && r->asks)
			exit = read_answer(r);
		if (exit > 0)
			return exit;
	}
}

static int run(struct receiving *r)
{
	struct trip *p = &r->trip;
	char *name = NULL;
	int exit = CLI_OK;
	typed_hide(p->cli);
	char *said = typed_code(p->cli);
	if (said ? !read_code(r, said) : !find_begun(r))
		return CLI_USAGE;
	name = begun_name(r->text);
	bool begun = begun_is_there(r->folder, name);
	free(name);
	if (!begun && !cli_flag(p->cli, "yes") && !gn_os_is_terminal(STDIN_FILENO))
		return cli_fail(p->cli, CLI_USAGE, "usage",
				"nobody can be asked whether to take it: say --yes");
	r->search.place = r->code.place;
	p->link = link_open(p->cli);
	if (!p->link)
		return CLI_NO_NODE;
	if (*r->rule)
		exit = tun_rule(p->cli, p->link, r->rule);
	if (!exit && begun)
		exit = take_up(r);
	if (!exit && begun)
		exit = dial(r);
	return exit ? exit : serve(r);
}

int cmd_receive(struct cli *cli)
{
	static struct receiving r;
	int exit = CLI_FAILED;
	r.into = cli_option(cli, "into") ? cli_option(cli, "into") : ".";
	r.rule = cli_option(cli, "path") ? cli_option(cli, "path") : "";
	r.folder = -1;
	if (!trip_begin(&r.trip, cli))
		return CLI_USAGE;
	r.folder = open(r.into, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r.folder < 0 || faccessat(r.folder, ".", W_OK, AT_EACCESS) != 0) {
		cli_fail(cli, CLI_FAILED, "io", "'%s', where the files should go (--into): %s",
			 r.into, strerror(errno));
	} else {
		link_heed();
		exit = run(&r);
	}
	trip_end(&r.trip);
	tun_free(&r.meet.tunnel);
	gn_pairing_wipe(&r.meet.pairing);
	gn_wipe(&r.code, sizeof r.code);
	if (r.folder >= 0)
		close(r.folder);
	return exit;
}
