/* geonet send: files to another person, by a code. The engine, the disk and what is told are in
 * this process; the node carries a tunnel.
 *
 *   READ [all is hashed, the state is durable] -> CODE [the node's record lies at a place] -> WAIT
 *   WAIT [somebody paired] -> SEND [all is there, or it was stopped] -> the end
 *   SEND [the tunnel is gone] -> WAIT for who paired, until patience is over
 *
 * 1. One code for a run; its guesses are counted over all tunnels (RE-61).
 * 2. Who paired comes again by the secret, at a service that has its name; also after this process
 *    was killed, whose state has it. */
#include "geonet/frame/client.h"
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"
#include "geonet/send/commands.h"
#include "geonet/send/place.h"
#include "geonet/send/tell.h"
#include "geonet/send/trip.h"
#include "geonet/send/walk.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GUESTS 4u /* tunnels at once: pairings of 2 KiB and 15 s, and who is sent to */
#define AT_PLACE 2u

struct sending {
	struct trip trip;
	struct gn_transfer_code code; /* secret */
	char place[SERVICE_MAX], again[SERVICE_MAX];
	char *rule;  /* about paths: --path, or of whom it is for; "": none */
	bool paired; /* with somebody, maybe before this run */
	uint32_t shown;
	struct meet meets[GUESTS], *active;
	bool at_place[GUESTS]; /* which waits, or waited, there */
};

/* ---- files and state ---- */

static int open_folder(struct cli *cli, char **path)
{
	*path = cli_format("%s/transfers", cli->data);
	int fd = make_folders(cli, *path, 0700) ? open(*path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
						: -1;
	return fd;
}

/* The transfer of these files: the one of before, if its state is there. */
static bool take_up(struct sending *s, const struct walk *w)
{
	struct trip *p = &s->trip;
	struct gn_transfer_secret secret;
	char why[256] = "";
	size_t len = 0;
	uint8_t *state = cli_flag(p->cli, "new") ? NULL : disk_state(&p->disk, &len);
	gn_err err = state ? gn_transfer_again(&p->env, gn_slice(state, len), &p->t) : GN_CORRUPT;
	free(state);
	if (err == GN_OK) {
		s->paired = gn_transfer_secret(p->t, &secret);
		if (s->paired)
			place_service_again(secret.id, s->again);
		gn_wipe(&secret, sizeof secret);
		return true;
	}
	if (!disk_state_begin(&p->disk)) {
		cli_fail(p->cli, CLI_FAILED, "io", "the state of the transfer: %s",
			 strerror(errno));
		return false;
	}
	err = gn_transfer_send_new(&p->env, w->files, w->count, gn_slice(NULL, 0), gn_os_now(),
				   &p->t, why);
	if (err)
		cli_fail(p->cli, cli_exit_of(err), gn_err_name(err), "%s",
			 why[0] ? why : gn_err_text(err));
	return err == GN_OK;
}

static bool open_state(struct sending *s, const struct walk *w)
{
	struct cli *cli = s->trip.cli;
	char name[17], *folder;
	int fd = open_folder(cli, &folder);
	walk_name(w, name);
	gn_err err = fd < 0 ? GN_IO : disk_open(&s->trip.disk, -1, fd, cli_format("%s.send", name));
	if (err == GN_BUSY)
		cli_fail(cli, CLI_FAILED, gn_err_name(err),
			 "these files are being sent already, by another geonet send");
	else if (err)
		cli_fail(cli, CLI_FAILED, "io", "%s: %s", folder, strerror(errno));
	free(folder);
	return err == GN_OK && take_up(s, w);
}

/* All is read, hashed, and written down. */
static int read_all(struct trip *p)
{
	while (!p->ready && !p->stopped && !link_interrupted())
		trip_pump(p, gn_os_now());
	cli_progress_done(p->cli);
	if (p->stopped)
		return trip_stopped(p, said_command(p->cli));
	if (!p->ready)
		return cli_fail(p->cli, CLI_FAILED, gn_err_name(GN_CANCELLED), "interrupted");
	return CLI_OK;
}

/* ---- the code ---- */

static bool own_key(struct cli *cli, struct gn_pk *key)
{
	struct reply r;
	bool ok = client_status(cli, &r, "the node's status") == CLI_OK &&
		  gn_unhex(gn_str(json_text(json_object_get(r.json, "node"), "key")), key->b,
			   sizeof key->b) == GN_OK;
	reply_free(&r);
	return ok;
}

static int say_code(struct sending *s)
{
	struct cli *cli = s->trip.cli;
	const char *who = cli_option(cli, "to");
	struct gn_transfer_info info;
	gn_transfer_info(s->trip.t, &info);
	const char *what = said_size(info.files, info.bytes);
	int exit = who ? tell_code(cli, who, what, s->code.text) : CLI_OK;
	if (exit || cli->json) {
		said_line(cli,
			  exit ? NULL
			       : json_pack("{ss ss sI sI sb}", "event", "code", "code",
					   s->code.text, "files", (json_int_t)info.files, "bytes",
					   (json_int_t)info.bytes, "paired", s->paired));
		return exit;
	}
	cli_note(cli,
		 who ? "%s. They were told; or they type, within 10 minutes:\n"
		     : "%s. The other person types, within 10 minutes:\n",
		 what);
	printf("geonet receive %s\n", s->code.text);
	fflush(stdout);
	cli_note(cli, s->paired ? "\nWhoever has begun to receive these goes on with the same "
				  "command as before."
				: "\nThe code is good for one person. Say it to them alone.");
	return CLI_OK;
}

static int make_code(struct sending *s)
{
	struct cli *cli = s->trip.cli;
	struct gn_code code;
	struct gn_pk own;
	uint16_t place;
	cli_progress(cli, "looking for a place for the code...");
	if (!own_key(cli, &own) || !place_take(cli, &own, &place))
		return CLI_FAILED;
	gn_code_new(&s->trip.rand, place, &code);
	gn_transfer_code_init(&s->code, &code, gn_os_now());
	gn_wipe(&code, sizeof code);
	place_service(place, s->place);
	return CLI_OK;
}

/* ---- whoever comes ---- */

/* Each that is free waits: at the code's place, as long as the code lives, and for who paired. */
static int listen_all(struct sending *s, gn_time now)
{
	for (unsigned i = 0; i < GUESTS; i++) {
		struct meet *m = &s->meets[i];
		bool place = now < s->code.until && (i < AT_PLACE || !s->paired);
		if (m->state == MEET_WAITS && s->at_place[i] != place)
			meet_drop(m, s->trip.link);
		if (m->state != MEET_NONE || (!place && !s->paired))
			continue;
		gn_err err =
			tun_listen(&m->tunnel, s->trip.link, place ? s->place : s->again, s->rule);
		if (err)
			return cli_fail_err(s->trip.cli, err, "the node cannot be listened at");
		m->state = MEET_WAITS;
		s->at_place[i] = place;
	}
	return CLI_OK;
}

static void guess_show(struct sending *s)
{
	for (unsigned i = 0; i < GUESTS; i++)
		if (s->meets[i].state == MEET_PAIRS)
			return; /* it may be right yet */
	if (s->code.failures <= s->shown)
		return;
	s->shown = s->code.failures;
	if (s->trip.cli->json)
		said_line(s->trip.cli,
			  json_pack("{ss si}", "event", "guess", "wrong", (int)s->shown));
	else
		cli_note(s->trip.cli, "A wrong code was tried: %u of 3.", (unsigned)s->shown);
}

static void begin_active(struct sending *s, struct meet *m, gn_time now)
{
	struct trip *p = &s->trip;
	struct gn_transfer_info info;
	if (gn_transfer_begin(p->t, &m->pairing.secret, now)) { /* it has just ended, or stopped */
		meet_drop(m, p->link);
		return;
	}
	if (s->active)
		meet_drop(s->active, p->link); /* it came again before that was seen */
	s->active = m;
	s->paired = true;
	place_service_again(m->pairing.secret.id, s->again);
	p->away = 0;
	gn_transfer_info(p->t, &info);
	said_begin(&p->said, info.done);
	if (p->cli->json)
		said_line(p->cli,
			  json_pack("{ss sb}", "event", "paired", "again", m->pairing.resumed));
	else
		cli_note(p->cli, m->pairing.resumed ? "They are here again." : "They are here.");
}

static void is_gone(struct sending *s, struct meet *m, gn_time now)
{
	if (m != s->active)
		return;
	trip_pump(&s->trip, now); /* its last words may have come with it */
	gn_transfer_cut(s->trip.t);
	s->active = NULL;
	s->trip.away = s->trip.heard ? s->trip.heard : now;
	if (s->trip.finished || s->trip.stopped)
		return;
	said_line(s->trip.cli, json_pack("{ss}", "event", "away"));
	cli_note(s->trip.cli, "They went away; waiting for them to come again.");
}

static int look(struct sending *s, struct meet *m, gn_time now)
{
	struct trip *p = &s->trip;
	struct gn_transfer_secret secret;
	bool waits = m->state == MEET_WAITS;
	switch (meet_look(m, p->link, p->t, now)) {
	case MEET_QUIET: break;
	case MEET_OPENED: {
		/* when all is over whoever comes hears that the code is used */
		bool known = !p->finished && !p->stopped && gn_transfer_secret(p->t, &secret);
		struct gn_pairing_config config = {.code = &s->code,
						   .secret = known ? &secret : NULL};
		meet_pair(m, &p->rand, config, false, now);
		gn_wipe(&secret, sizeof secret);
		break;
	}
	case MEET_PAIRED:
		if (p->finished || p->stopped)
			meet_drop(m, p->link);
		else
			begin_active(s, m, now);
		break;
	case MEET_REFUSED: guess_show(s); break;
	case MEET_GONE:
		/* what comes and goes at once is a stranger's, and the node did let us listen */
		if (waits && m->tunnel.err && !m->tunnel.stood)
			return cli_fail_err(p->cli, m->tunnel.err,
					    "the node does not let this be listened for");
		is_gone(s, m, now);
		guess_show(s);
		break;
	}
	return CLI_OK;
}

static void hear(struct sending *s)
{
	struct gn_host_client_event e;
	while (link_next(s->trip.link, &e))
		for (unsigned i = 0; i < GUESTS; i++)
			if (tun_hear(&s->meets[i].tunnel, &e))
				break;
}

/* ---- its end ---- */

static int say_end(struct sending *s)
{
	struct gn_transfer_info info;
	struct cli *cli = s->trip.cli;
	gn_transfer_info(s->trip.t, &info);
	if (trip_is_final(&s->trip))
		disk_state_remove(&s->trip.disk);
	if (s->trip.stopped && s->trip.end.by_peer && s->trip.end.err == GN_DENIED)
		return cli_fail(cli, CLI_FAILED, gn_err_name(GN_DENIED),
				"%s, and nothing was sent. To offer it again, by a new code: %s",
				s->trip.end.why, said_command(cli));
	if (s->trip.stopped)
		return trip_stopped(&s->trip, said_command(cli));
	if (cli->json)
		said_line(cli, json_pack("{ss sI sI}", "event", "done", "files",
					 (json_int_t)info.files, "bytes", (json_int_t)info.bytes));
	else
		cli_note(cli, "They have all of it: %s.", said_size(info.files, info.bytes));
	return CLI_OK;
}

/* The code is dead and nobody is here: -1: not so. */
static int code_over(struct sending *s, gn_time now)
{
	for (unsigned i = 0; i < GUESTS; i++)
		if (s->meets[i].state > MEET_WAITS)
			return -1;
	if (s->paired || gn_transfer_code_state(&s->code, now) != GN_EXPIRED)
		return -1;
	return cli_fail(s->trip.cli, CLI_FAILED, gn_err_name(GN_EXPIRED),
			"%s: nothing was sent. For a new code: %s",
			s->code.failures
				? "three wrong codes were tried, so this one counts no "
				  "more"
				: "nobody came for 10 minutes, and the code is too old now",
			said_command(s->trip.cli));
}

static gn_time next_look(const struct sending *s, gn_time now)
{
	gn_time at = s->trip.away ? s->trip.away + s->trip.patience : GN_NEVER;
	at = now < s->code.until && s->code.until < at ? s->code.until : at;
	for (unsigned i = 0; i < GUESTS; i++) {
		gn_time own = meet_deadline(&s->meets[i]);
		at = own < at ? own : at;
	}
	return at;
}

static int serve(struct sending *s)
{
	struct trip *p = &s->trip;
	for (;;) {
		gn_time now = gn_os_now();
		uint64_t before = trip_moves(p);
		int exit = listen_all(s, now);
		hear(s);
		trip_pump(p, now);
		for (unsigned i = 0; i < GUESTS && !exit; i++)
			exit = look(s, &s->meets[i], now);
		trip_pump(p, now);
		if (exit)
			return exit;
		bool over = p->finished || p->stopped;
		if (over && s->active && s->active->state == MEET_CARRIES)
			meet_part(s->active, now);
		if (over && (!s->active || s->active->state == MEET_NONE))
			return say_end(s);
		trip_heed(p, s->active && s->active->state == MEET_CARRIES, now);
		exit = trip_interrupted(p, said_command(p->cli));
		exit = exit >= 0 ? exit : trip_broken(p, said_command(p->cli));
		exit = exit < 0 ? code_over(s, now) : exit;
		if (exit >= 0)
			return exit;
		trip_wait(p, trip_moves(p) != before ? now : next_look(s, now), false);
	}
}

static int run(struct sending *s, const struct walk *w)
{
	struct cli *cli = s->trip.cli;
	if (!open_state(s, w))
		return CLI_FAILED;
	int exit = read_all(&s->trip);
	exit = exit ? exit : make_code(s);
	if (exit)
		return exit;
	s->trip.link = link_open(cli);
	if (!s->trip.link)
		return CLI_FAILED;
	exit = listen_all(s, gn_os_now());
	if (exit)
		return exit;
	exit = say_code(s);
	if (exit)
		return exit;
	s->trip.away = s->paired ? gn_os_now() : 0;
	return serve(s);
}

int cmd_send(struct cli *cli)
{
	static struct sending s;
	struct walk w;
	int exit = CLI_FAILED;
	if (!trip_begin(&s.trip, cli))
		return CLI_USAGE;
	s.trip.link = link_open(cli); /* before all is read */
	if (!s.trip.link)
		return CLI_NO_NODE;
	const char *who = cli_option(cli, "to"), *rule = cli_option(cli, "path");
	exit = who ? tell_can(cli, who, &s.rule) : CLI_OK;
	if (rule || !s.rule) {
		free(s.rule);
		s.rule = cli_format("%s", rule ? rule : "");
	}
	if (!exit && *s.rule)
		exit = tun_rule(cli, s.trip.link, s.rule);
	link_close(s.trip.link);
	s.trip.link = NULL;
	if (exit) {
		free(s.rule);
		return exit;
	}
	exit = CLI_FAILED;
	if (walk_all(cli, cli->args, cli->arg_count, &w)) {
		link_heed();
		exit = run(&s, &w);
	}
	trip_end(&s.trip);
	for (unsigned i = 0; i < GUESTS; i++) {
		gn_pairing_wipe(&s.meets[i].pairing);
		tun_free(&s.meets[i].tunnel);
	}
	gn_wipe(&s.code, sizeof s.code);
	free(s.rule);
	walk_free(&w);
	return exit;
}
