/* Whom this node can reach: the names it begins at are resolved again as long as it runs, since
 * a name may mean another machine tomorrow, and what it says of itself when nobody answers
 * (NO-16, NO-17).
 *
 * The system's resolver blocks, for half a minute when no name server answers, so it runs in a
 * thread of its own, one question after the other; numbers need none. While the node is alone it
 * asks again as often as the overlay greets (OV-44), after 1 s, doubling to 60 s; else every ten
 * minutes.
 *
 * The thread shares a job with the loop and nothing else: it fills the answers, then sets
 * `done`. The job is made once and lives as long as the process, so a thread that is still
 * waiting when the node ends hurts nobody. */
#include "node/reach.h"
#include "node/node_int.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#define HOSTS (GN_NODE_BOOTSTRAP + 1) /* the last is what we advertise */
#define OWN GN_NODE_BOOTSTRAP
#define ADDRS 4
#define AGAIN_FIRST GN_SEC
#define AGAIN_LAST (60 * GN_SEC)
#define AGAIN_JOINED (600 * GN_SEC) /* as the overlay heals through them */
#define LOOK (50 * GN_MSEC)

struct answer {
	gn_err err;
	struct gn_addr addrs[ADDRS];
	size_t count;
};

static struct job {
	char hosts[HOSTS][128]; /* empty: none; numbers are not asked for */
	struct answer answers[HOSTS];
	atomic_bool done;
} job; /* one node per process */

static struct host {
	struct answer last; /* as long as a name cannot be resolved, what it meant before */
	bool failed;
} hosts[HOSTS];

static struct {
	bool running;
	gn_time due, wait, alone_since, looked;
	bool other_work; /* was logged */
} state;

static const char *host_at(const struct gn_node *node, unsigned i)
{
	const char *host = i == OWN                           ? node->config.advertise
			   : i < node->config.bootstrap_count ? node->config.bootstrap[i]
							      : "";
	return gn_node_carriers_url(host) ? "" : host; /* carriers.c dials those */
}

static bool is_number(const char *text)
{
	struct gn_addr addr;
	return gn_addr_parse(gn_str(text), &addr) == GN_OK;
}

/* ---- what is known ---- */

enum gn_node_reach gn_node_reach(const struct gn_node *node)
{
	struct gn_overlay_info o;
	gn_overlay_info(node->overlay, &o);
	if (o.links)
		return GN_REACH_JOINED;
	if (o.known)
		return GN_REACH_ALONE;
	for (unsigned i = 0; i < node->config.bootstrap_count; i++) {
		gn_time when;
		if (!hosts[i].last.count)
			return GN_REACH_ALONE;
		for (size_t k = 0; k < hosts[i].last.count; k++)
			if (gn_overlay_bootstrap_answered(node->overlay, &hosts[i].last.addrs[k],
							  &when))
				return GN_REACH_ALONE;
	}
	return GN_REACH_FOUNDER; /* it was given nobody but itself */
}

const char *gn_node_reach_name(enum gn_node_reach reach)
{
	static const char *const names[] = {"alone", "joined", "founder"};
	return names[reach];
}

gn_err gn_node_reach_err(const struct gn_node *node, gn_err err)
{
	return err == GN_NOT_FOUND && gn_node_reach(node) == GN_REACH_ALONE ? GN_UNREACHABLE : err;
}

const char *gn_node_reach_text(const struct gn_node *node, gn_err err)
{
	return err == GN_UNREACHABLE && gn_node_reach(node) == GN_REACH_ALONE
		       ? "this node is alone: no other node answers it"
		       : gn_err_text(err);
}

json_t *gn_node_reach_bootstrap(const struct gn_node *node)
{
	json_t *list = json_array();
	bool alone = gn_node_reach(node) == GN_REACH_ALONE;
	for (unsigned i = 0; i < node->config.bootstrap_count; i++) {
		json_t *addrs = json_array();
		bool answered = false;
		for (size_t k = 0; k < hosts[i].last.count; k++) {
			char text[GN_ADDR_TEXT_MAX];
			gn_time when = 0;
			gn_addr_text(&hosts[i].last.addrs[k], text);
			json_array_append_new(addrs, json_string(text));
			if (gn_overlay_bootstrap_answered(node->overlay, &hosts[i].last.addrs[k],
							  &when))
				answered |= when > (alone ? state.alone_since : 0);
		}
		json_array_append_new(list,
				      json_pack("{ss sb so}", "host", node->config.bootstrap[i],
						"answered", answered, "addrs", addrs));
	}
	return list;
}

/* ---- what an answer changes ---- */

static bool has_addr(const struct answer *a, const struct gn_addr *addr)
{
	for (size_t i = 0; i < a->count; i++)
		if (gn_addr_eq(&a->addrs[i], addr))
			return true;
	return false;
}

bool gn_node_reach_named(const struct gn_addr *addr)
{
	for (unsigned i = 0; i < GN_NODE_BOOTSTRAP; i++)
		if (has_addr(&hosts[i].last, addr))
			return true;
	return false;
}

static void take_answer(struct gn_node *node, unsigned i, const struct answer *a)
{
	struct answer before = hosts[i].last;
	if (a->err || a->count == 0) {
		if (!hosts[i].failed)
			gn_host_log(&node->host, GN_LOG_WARN, "host.unknown",
				    "%s cannot be resolved (%s); still trying", host_at(node, i),
				    gn_err_text(a->err ? a->err : GN_NOT_FOUND));
		hosts[i].failed = true;
		return;
	}
	hosts[i].failed = false;
	hosts[i].last = *a;
	if (i == OWN) {
		if (!gn_node_policy_hidden(node))
			gn_overlay_addrs(node->overlay, a->addrs, 1, node->now);
		gather_configured(&node->offers.gather, a->addrs, node->now);
		return;
	}
	for (size_t k = 0; k < before.count; k++)
		if (!gn_node_reach_named(&before.addrs[k]))
			gn_overlay_bootstrap_drop(node->overlay, &before.addrs[k]);
	for (size_t k = 0; k < a->count; k++)
		(void)!gn_overlay_bootstrap(node->overlay, &a->addrs[k], NULL, node->now);
}

/* ---- asking ---- */

static void *resolve_all(void *user)
{
	struct job *j = user;
	for (unsigned i = 0; i < HOSTS; i++)
		if (*j->hosts[i])
			j->answers[i].err = gn_os_resolve(j->hosts[i], j->answers[i].addrs, ADDRS,
							  &j->answers[i].count);
	atomic_store(&j->done, true);
	return NULL;
}

static bool begin_asking(struct gn_node *node)
{
	pthread_attr_t detached;
	pthread_t thread;
	bool any = false;
	for (unsigned i = 0; i < HOSTS; i++) {
		const char *host = host_at(node, i);
		bool name = *host && !is_number(host);
		snprintf(job.hosts[i], sizeof job.hosts[i], "%s", name ? host : "");
		job.answers[i] = (struct answer){.err = GN_OK};
		any |= name;
	}
	if (!any)
		return false;
	atomic_store(&job.done, false);
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	state.running = pthread_create(&thread, &detached, resolve_all, &job) == 0;
	pthread_attr_destroy(&detached);
	return true;
}

/* Until it is asked again. */
static gn_time pause_of(const struct gn_node *node)
{
	if (gn_node_reach(node) == GN_REACH_JOINED) {
		state.wait = AGAIN_FIRST;
		return AGAIN_JOINED;
	}
	gn_time wait = state.wait;
	state.wait = gn_time_min(2 * wait, AGAIN_LAST);
	return wait;
}

void gn_node_reach_start(struct gn_node *node)
{
	state.wait = AGAIN_FIRST;
	state.alone_since = node->now;
	for (unsigned i = 0; i < HOSTS; i++) {
		struct answer a = {.err = GN_OK, .count = 1};
		if (gn_addr_parse(gn_str(host_at(node, i)), &a.addrs[0]) == GN_OK)
			take_answer(node, i, &a);
	}
	state.due = begin_asking(node) ? node->now : GN_NEVER;
}

void gn_node_reach_isolated(struct gn_node *node)
{
	state.alone_since = node->now;
	if (state.due != GN_NEVER)
		state.due = node->now;
}

/* Whose proofs of work differ from its network's stays alone, and nothing that it does by itself
 * helps (OV-40). */
static void look_at_work(struct gn_node *node)
{
	struct gn_overlay_info o;
	if (state.other_work || node->now < state.looked + GN_SEC)
		return;
	state.looked = node->now;
	gn_overlay_info(node->overlay, &o);
	if (!o.other_work)
		return;
	state.other_work = true;
	gn_host_log(&node->host, GN_LOG_WARN, "reach.work",
		    "who was greeted is of a network with other proofs of work than --pow-bits %u: "
		    "this node stays alone",
		    node->config.pow_bits);
}

gn_time gn_node_reach_tick(struct gn_node *node)
{
	look_at_work(node);
	if (state.running && !atomic_load(&job.done))
		return node->now + LOOK;
	if (state.running) {
		state.running = false;
		for (unsigned i = 0; i < HOSTS; i++)
			if (*job.hosts[i])
				take_answer(node, i, &job.answers[i]);
		state.due = node->now + pause_of(node);
	} else if (node->now >= state.due && begin_asking(node)) {
		return node->now + LOOK;
	}
	return state.due;
}
