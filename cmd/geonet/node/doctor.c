/* geonet doctor: what is wrong here, each in one sentence and with one next step. It asks the
 * node for its status, hubs for their key, and reads the tool's lists and the file system; it
 * writes nothing and changes nothing.
 *
 * 1. What is wrong is told once, where it begins: of a folder that cannot be entered nothing
 *    else is said, and without a node nothing of network and clock; the ports that it would take
 *    are looked at instead.
 * 2. Whatever cannot be read is a finding, never the end of the looking. */
#include "geonet/frame/client.h"
#include "geonet/frame/detach.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/lists.h"
#include "geonet/hub/client.h"
#include "geonet/identity/own.h"
#include "geonet/node/commands.h"
#include "geonet/node/node.h"
#include "os/os.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define DISK_LOW (UINT64_C(512) << 20) /* bytes free: journal, records and blocks of a busy day */
#define FILES_LOW 1000                 /* files that can still be made: each block is one */
#define ANSWER_S 10                    /* a node answers its status in milliseconds */
#define GREETED_S 20                   /* by then a bootstrap address that is there has answered */
#define CONF_MAX 65536                 /* as geonetd reads it */

struct doctor {
	struct cli *cli;
	json_t *findings; /* [{about, sentence, next}] */
	bool client;      /* as every node is at first, or was told to be: nothing is wrong */
};

/* Takes sentence and next. */
static void note_finding(struct doctor *d, const char *about, char *sentence, char *next)
{
	json_array_append_new(d->findings, json_pack("{ss ss ss}", "about", about, "sentence",
						     sentence, "next", next));
	free(sentence);
	free(next);
}

/* The command that starts this node, and not the one of the default folder. */
static char *up_command(const struct doctor *d)
{
	bool given = cli_option(d->cli, "data") != NULL;
	return cli_format("geonet up%s%s", given ? " --data " : "", given ? d->cli->data : "");
}

/* ---- the node, when it does not run ---- */

struct ports {
	uint64_t udp, http; /* 0: a free one, or none */
};

static gn_err take_port(void *user, struct gn_slice name, struct gn_slice value, char *why,
			size_t cap)
{
	struct ports *p = user;
	char text[16];
	uint64_t *to = gn_slice_eq(name, GN_LIT("port"))   ? &p->udp
		       : gn_slice_eq(name, GN_LIT("http")) ? &p->http
							   : NULL;
	(void)why;
	(void)cap;
	if (to && gn_os_setting_text(value, text, sizeof text) &&
	    !gn_os_setting_number(text, 0, 65535, false, to))
		*to = 0; /* off */
	return GN_OK;
}

static void look_settings(struct doctor *d, struct ports *p)
{
	static char text[CONF_MAX];
	char why[256] = "", *path = cli_format("%s/geonet.conf", d->cli->data);
	FILE *f = fopen(path, "rb");
	bool bad = !f && errno != ENOENT;
	size_t len = f ? fread(text, 1, sizeof text, f) : 0;
	if (bad || (f && ferror(f)))
		snprintf(why, sizeof why, "%s", strerror(errno));
	else if (gn_os_settings(gn_slice(text, len), take_port, p, why, sizeof why))
		bad = true;
	if (bad)
		note_finding(d, "node", cli_format("%s: %s", path, why),
			     cli_format("mend that; the node does not start with it"));
	if (f)
		fclose(f);
	free(path);
}

/* 0, or why nobody can have it. */
static int port_taken(bool udp, uint64_t port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0), on = 1,
	    why = 0;
	sa.sin_addr.s_addr = htonl(udp ? INADDR_ANY : INADDR_LOOPBACK);
	if (!udp)
		/* as the node does */
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&sa, sizeof sa) != 0)
		why = errno;
	if (fd >= 0)
		close(fd);
	return why;
}

static void look_port(struct doctor *d, bool udp, uint64_t port)
{
	int why = port ? port_taken(udp, port) : 0;
	const char *kind = udp ? "UDP" : "TCP", *option = udp ? "port" : "http";
	char *up = up_command(d);
	if (why == EADDRINUSE)
		note_finding(
			d, "ports",
			cli_format("%s port %llu, which the node would take, is taken by another "
				   "program",
				   kind, (unsigned long long)port),
			cli_format("end that program (a node with other --data?), or take another "
				   "port: %s --%s N",
				   up, option));
	else if (why)
		note_finding(d, "ports",
			     cli_format("%s port %llu cannot be taken: %s", kind,
					(unsigned long long)port, strerror(why)),
			     cli_format("take another: %s --%s N", up, option));
	free(up);
}

static void look_stopped(struct doctor *d)
{
	struct ports p = {7777, 7780};
	char last[512], *log = cli_format("%s/geonetd.log", d->cli->data), *up = up_command(d);
	last_line(log, 0, last, sizeof last);
	bool told = *last && !strstr(last, "stopping");
	note_finding(d, "node",
		     cli_format("no node is running for %s%s%s", d->cli->data,
				told ? "; its log ends with: " : "", told ? out_text(last) : ""),
		     cli_format("start it: %s", up));
	free(up);
	look_settings(d, &p);
	look_port(d, true, p.udp);
	look_port(d, false, p.http);
	free(log);
}

/* ---- the node, when it runs ---- */

static bool is_own(const json_t *status, const json_t *addrs)
{
	size_t i, k;
	json_t *own, *addr;
	json_array_foreach(json_object_get(json_object_get(status, "node"), "addrs"), i, own)
		json_array_foreach(addrs, k, addr) if (json_equal(own, addr)) return true;
	return false;
}

/* Each address that it was given to begin with. */
static void look_bootstrap(struct doctor *d, const json_t *status)
{
	size_t i;
	json_t *b;
	json_array_foreach(json_object_get(status, "bootstrap"), i, b)
	{
		const json_t *addrs = json_object_get(b, "addrs");
		const char *host = out_text(json_text(b, "host"));
		if (json_is_true(json_object_get(b, "answered")) || is_own(status, addrs))
			continue;
		if (!json_array_size(addrs))
			note_finding(
				d, "bootstrap", cli_format("the name in %s has no address", host),
				cli_format(
					"check its spelling and this machine's DNS; the node goes "
					"on trying"));
		else if (json_number(status, "uptime_s") >= GREETED_S)
			note_finding(
				d, "bootstrap", cli_format("nothing answers at %s", host),
				cli_format(
					"ask its owner whether that node runs, and let UDP through "
					"to it; the node goes on trying"));
	}
}

static void look_network(struct doctor *d, const json_t *status)
{
	const char *reach = json_text(status, "reach");
	bool nobody = strcmp(reach, "founder") == 0 && json_number(status, "known") == 0;
	char *alone = client_alone(d->cli, status);
	if (alone && json_is_true(json_object_get(status, "other_work")))
		note_finding(
			d, "network", cli_format("this node is %s", alone),
			cli_format("ask for that network's number and start with it: geonet up "
				   "--pow-bits N"));
	else if (alone)
		note_finding(
			d, "network", cli_format("this node is %s", alone),
			cli_format(
				"see that this machine is online, or name another node: geonet up "
				"--bootstrap HOST:PORT"));
	else if (nobody)
		note_finding(
			d, "network",
			cli_format("no other node is here, so this machine alone keeps what you "
				   "store"),
			cli_format(
				"join others: geonet up --bootstrap HOST:PORT, or let them begin "
				"with this node"));
	bool server = json_is_true(json_object_get(status, "server")),
	     joined = json_is_true(json_object_get(status, "joined"));
	uint64_t nodes = (uint64_t)(json_double(status, "n_estimate") + 0.5);
	nodes -= nodes > 1 && !server; /* itself stores nothing yet */
	if (!alone && !nobody && !joined)
		note_finding(d, "network", cli_format("this node has not joined the network yet"),
			     cli_format("wait a minute and ask again; if it stays so, look at "
					"%s/geonetd.log",
					d->cli->data));
	if (!alone && !nobody && joined && !server && nodes <= 1)
		note_finding(d, "network", cli_format("%s", CLIENT_NOBODY_KEEPS),
			     cli_format("%s", CLIENT_NOBODY_NEXT));
	else if (!alone && status_few(status))
		note_finding(
			d, "network",
			cli_format("a record counts as stored when %s signed, and about %s here",
				   out_count(json_number(status, "w"), "node has", "nodes have"),
				   out_count(nodes, "is", "are")),
			cli_format("write \"w = %llu\" into %s/geonet.conf and restart the node",
				   (unsigned long long)nodes, d->cli->data));
	d->client = joined && !server;
	free(alone);
}

/* The server at which the node should have an address (RE-47). */
static void look_turn(struct doctor *d, const json_t *status)
{
	const json_t *turn = json_object_get(status, "turn");
	const char *why = json_text(turn, "why");
	if (turn && *why && !*json_text(turn, "address"))
		note_finding(d, "turn",
			     cli_format("no address by %s: %s", out_text(json_text(turn, "server")),
					out_text(why)),
			     cli_format("look at the setting turn-server and at %s/turn-login, and "
					"restart the node",
					d->cli->data));
}

/* The sites that it keeps, for the caller to free; NULL without a node. */
static json_t *look_node(struct doctor *d)
{
	struct reply r, sites = {0};
	static const struct gn_fb_node_status_args none = {0};
	struct ask status = {.kind = {GN_FB_APP_BODY_APP_NODE, GN_FB_APP_NODE_BODY_NODE_STATUS},
			     .args = &none,
			     .timeout = ANSWER_S,
			     .quiet = true};
	if (!client_alive(d->cli)) {
		look_stopped(d);
		return NULL;
	}
	if (client_ask(d->cli, &status, &r)) {
		char *up = up_command(d);
		note_finding(
			d, "node",
			cli_format("the node of %s is there and does not answer", d->cli->data),
			cli_format("look at %s/geonetd.log; if it says nothing, kill geonetd and "
				   "start it again: %s",
				   d->cli->data, up));
		free(up);
		reply_free(&r);
		return NULL;
	}
	look_network(d, r.json);
	look_bootstrap(d, r.json);
	look_turn(d, r.json);
	const char *clock = json_text(json_object_get(r.json, "clock"), "text");
	if (*clock)
		note_finding(
			d, "clock", cli_format("%s", out_text(clock)),
			cli_format("set it, and have it kept right: timedatectl set-ntp true"));
	reply_free(&r);
	json_t *list = client_sites(d->cli, &sites, NULL, true) ? NULL : json_incref(sites.json);
	reply_free(&sites);
	return list;
}

/* ---- the disk ---- */

/* False: DATA cannot be entered, so nothing in it can be looked at. */
static bool look_disk(struct doctor *d)
{
	char *path = cli_format("%s", d->cli->data);
	struct stat st;
	struct statvfs fs;
	/* where DATA would be made */
	while (stat(path, &st) != 0 && errno == ENOENT && strrchr(path, '/') > path)
		*strrchr(path, '/') = 0;
	errno = 0;
	bool there = stat(path, &st) == 0, folder = there && S_ISDIR(st.st_mode);
	if (there && !folder)
		errno = ENOTDIR;
	if (!folder || access(path, R_OK | W_OK | X_OK) != 0)
		note_finding(
			d, "disk",
			cli_format("%s cannot be written by you: %s", path, strerror(errno)),
			cli_format(
				"make it yours and writable, or name another place with --data"));
	if (statvfs(path, &fs) == 0) {
		uint64_t left = (uint64_t)fs.f_bavail * fs.f_frsize;
		if (left < DISK_LOW)
			note_finding(
				d, "disk",
				cli_format("the disk of %s is nearly full: %s left", path,
					   out_bytes(left)),
				cli_format(
					"make room; a smaller store-limit in %s/geonet.conf lets "
					"the node keep less for others",
					d->cli->data));
		if (fs.f_files && fs.f_favail < FILES_LOW)
			note_finding(
				d, "disk",
				cli_format("the disk of %s has room for %llu more files", path,
					   (unsigned long long)fs.f_favail),
				cli_format(
					"remove files there; many small ones are what fills it"));
	}
	bool entered = folder && access(path, X_OK) == 0;
	free(path);
	return entered;
}

/* ---- what is yours ---- */

/* False after telling: it is there and cannot be used. */
static bool look_list(struct doctor *d, const char *name, json_t **out)
{
	char why[OWN_WHY] = "", *path = cli_format("%s/%s", d->cli->data, name);
	bool readable = access(path, R_OK) == 0, absent = !readable && errno == ENOENT;
	if (!readable && !absent)
		note_finding(d, "yours", cli_format("%s cannot be read: %s", path, strerror(errno)),
			     cli_format("make it yours: chown \"$USER\" '%s'", path));
	json_t *list = readable ? own_load(d->cli, name, why) : NULL;
	bool damaged = readable && !json_is_object(list);
	if (damaged)
		note_finding(d, "yours", cli_format("%s is damaged: %s", path, why),
			     cli_format("mend it, or move it away to begin without what it says"));
	free(path);
	if (out)
		*out = damaged ? NULL : json_incref(list);
	json_decref(list);
	return !damaged && (readable || absent);
}

static void look_yours(struct doctor *d, const json_t *sites)
{
	size_t i;
	json_t *v;
	bool names = look_list(d, OWN_NAMES, NULL), id = look_list(d, OWN_ID, NULL);
	json_t *list = names && id ? own_list(d->cli, sites) : NULL;
	json_array_foreach(list, i, v)
	{
		const char *ends = own_ends(v);
		if (ends)
			note_finding(d, "yours", cli_format("the %s", ends),
				     cli_format("keep what is yours: geonet renew --all"));
	}
	json_decref(list);
}

/* ---- hubs ---- */

/* What it says of itself and its machine. */
static void look_health(struct doctor *d, const char *url)
{
	static const char *const words[] = {"reason", "warning"};
	json_t *health = hub_health(d->cli, url);
	for (size_t i = 0; i < GN_COUNT(words); i++)
		if (*json_text(health, words[i]))
			note_finding(
				d, "hub",
				cli_format("the hub at %s says: %s", out_text(url),
					   out_text(json_text(health, words[i]))),
				cli_format("tell whoever runs it; geonet hub status shows more"));
	json_decref(health);
}

static void look_hub(struct doctor *d, const char *url, const char *known)
{
	char pid[GN_PID_MAX];
	if (!hub_who(d->cli, url, pid))
		note_finding(
			d, "hub", cli_format("no hub answers at %s", out_text(url)),
			cli_format("ask whoever runs it; on its own machine it is started with: "
				   "geonet hub run"));
	else if (*known && strcmp(known, pid) != 0)
		note_finding(
			d, "hub",
			cli_format("the hub at %s has another key than before (was %s, is %s)",
				   out_text(url), out_text(known), pid),
			cli_format(
				"ask whoever runs it; only if that is right, remove its line from "
				"%s/" OWN_HUBS,
				d->cli->data));
	else
		look_health(d, url);
}

/* The one that is named, else all that were met. */
static void look_hubs(struct doctor *d)
{
	const char *given = cli_option(d->cli, "hub"), *url;
	json_t *met = NULL, *known;
	given = given ? given : getenv("GEONET_HUB");
	char *named = cli_format("%s", given ? given : "");
	for (size_t len = strlen(named); len && named[len - 1] == '/'; len--)
		named[len - 1] = 0; /* as they are kept */
	look_list(d, OWN_HUBS, &met);
	look_list(d, OWN_SEQS, NULL);
	if (*named)
		look_hub(d, named, json_text(met, named));
	else
		json_object_foreach(met, url, known) look_hub(d, url, json_text(met, url));
	free(named);
	json_decref(met);
}

int cmd_doctor(struct cli *cli)
{
	struct doctor d = {cli, json_array(), false};
	size_t i;
	json_t *f;
	if (look_disk(&d)) {
		json_t *sites = look_node(&d);
		look_yours(&d, sites);
		look_hubs(&d);
		json_decref(sites);
	}
	bool well = json_array_size(d.findings) == 0;
	if (cli->json) {
		cli_json(cli, json_pack("{sb so}", "well", well, "findings", d.findings));
		return well ? CLI_OK : CLI_FAILED;
	}
	if (well)
		printf(!d.client ? "All is well.\n"
		       : give_nothing(cli)
			       ? "All is well. This node was told to hold nothing for others, and "
				 "answers for no keys.\n"
			       : "All is well. This node is in probation: it can do everything for "
				 "you, and answers for others some minutes after its start.\n");
	json_array_foreach(d.findings, i, f)
	{
		out_pair(cli, json_text(f, "about"), "%s", json_text(f, "sentence"));
		out_pair(cli, "", "-> %s", json_text(f, "next"));
	}
	json_decref(d.findings);
	return well ? CLI_OK : CLI_FAILED;
}
