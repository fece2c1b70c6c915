/* Scenario nodes: whole nodes, as geonetd runs them, join; one puts a record, one claims a name,
 * one publishes a file; others read all three, also when a part of the nodes was killed at one
 * instant, and when these have come back from their disks. The overlay of sim.h is not used, but
 * for where its nodes are. */
#include "node/testing/whole.h"
#include "records/name.h"
#include "sim.h"

#include <stdlib.h>

#define JOIN_MOST (60 * GN_SEC)
#define WAIT_MOST (120 * GN_SEC)
#define SETTLE (60 * GN_SEC)
#define FILE_BYTES (300u * 1024)
#define COPIES 4
#define SLOW_SYNC (600 * GN_MSEC) /* longer than any way */

/* A name, a key and the nonce that was found for them on the first day of the world. */
#define CLAIMED "welcome"
#define CLAIMED_SEED 1
#define CLAIMED_NONCE 608839

struct wait {
	unsigned node;
	gn_op op; /* 0: nobody waits */
	bool over;
	gn_err err;
	unsigned hops, receipts;
	struct gn_hash holders[8]; /* who gave receipts of a record: ids of nodes */
	struct gn_hash hash;       /* of the record that came */
	struct gn_pk owner;        /* of the name that came */
	uint64_t done, total;
	struct gn_bundle_file file;
	uint8_t blocks[32 * 8];
};

struct nodes {
	struct sim *s;
	struct whole w;
	struct wait wait;
	unsigned at; /* where the next to run begins */
	uint8_t record[GN_RECORD_MAX], file[FILE_BYTES];
	struct gn_record parsed;
	struct gn_sk owner;
	struct gn_bundle_file published;
	uint8_t blocks[32 * 8];
	gn_time began;
	uint64_t packets, bytes; /* at `began` */
};

/* ---- waiting ---- */

static void overlay_told(void *user, unsigned node, const struct gn_overlay_event *e)
{
	struct wait *x = &((struct nodes *)user)->wait;
	if (x->node != node || x->op != e->op)
		return;
	x->over = true;
	x->err = e->err;
	x->hops = e->hops;
	x->receipts = e->receipt_count;
	for (uint32_t i = 0; i < e->receipt_count && i < GN_COUNT(x->holders); i++)
		memcpy(x->holders[i].b, e->receipts[i].holder.b, sizeof x->holders[i].b);
	if (e->value_count) {
		struct gn_record r;
		if (gn_wire_record_parse(e->values[0].record, &r) == GN_OK)
			x->hash = r.hash;
	}
}

static void names_told(void *user, unsigned node, const struct gn_names_event *e)
{
	struct wait *x = &((struct nodes *)user)->wait;
	if (x->node != node || x->op != e->op)
		return;
	x->over = true;
	x->err = e->err;
	x->owner = e->owner;
	x->receipts = e->holders[0];
}

static void bundles_told(void *user, unsigned node, const struct gn_bundles_event *e)
{
	struct wait *x = &((struct nodes *)user)->wait;
	if (x->node != node || x->op != e->op)
		return;
	x->over = e->kind == GN_BUNDLES_INGESTED || e->kind == GN_BUNDLES_SPREAD;
	x->err = e->err;
	x->done = e->done;
	x->total = e->total;
	if (e->kind == GN_BUNDLES_INGESTED && e->blocks.len <= sizeof x->blocks) {
		memcpy(x->blocks, e->blocks.p, e->blocks.len);
		x->file = (struct gn_bundle_file){.path = GN_LIT("file"),
						  .size = e->size,
						  .root = e->root,
						  .blocks = gn_slice(NULL, e->blocks.len)};
	}
}

static void node_running(void *user, unsigned node)
{
	struct nodes *x = user;
	if (x->at != node)
		whole_bootstrap(&x->w, node, x->at);
}

/* The event of an operation that was begun: err is what beginning it said. */
static gn_err wait_for(struct nodes *x, gn_err err)
{
	gn_time until = x->w.now + WAIT_MOST;
	if (err)
		return err;
	whole_moved(&x->w, x->wait.node);
	while (!x->wait.over && whole_step(&x->w, until))
		;
	return x->wait.over ? x->wait.err : GN_TIMEOUT;
}

/* ---- what is printed ---- */

static void traffic(const struct nodes *x, uint64_t *packets, uint64_t *bytes)
{
	*packets = *bytes = 0;
	for (unsigned i = 0; i < x->w.count; i++) {
		*packets += x->w.nodes[i]->packets;
		*bytes += x->w.nodes[i]->bytes;
	}
}

static void begin(struct nodes *x, unsigned node)
{
	x->wait = (struct wait){.node = node};
	x->began = x->w.now;
	traffic(x, &x->packets, &x->bytes);
}

static void done(struct nodes *x, const char *what, gn_err err, const char *more)
{
	uint64_t packets, bytes;
	traffic(x, &packets, &bytes);
	sim_row(x->s, what, "%s%s%s, %.0f ms, %llu packets, %.1f kB of all nodes", gn_err_name(err),
		*more ? ", " : "", more, (double)(x->w.now - x->began) / 1e6,
		(unsigned long long)(packets - x->packets), (double)(bytes - x->bytes) / 1e3);
	sim_expect(x->s, err == GN_OK, "%s: %s", what, gn_err_name(err));
}

static void network(struct nodes *x, const char *what)
{
	double links = 0, sessions = 0, records = 0;
	unsigned alive = 0;
	for (unsigned i = 0; i < x->w.count; i++) {
		struct gn_overlay_info info;
		if (!whole_alive(&x->w, i))
			continue;
		gn_overlay_info(whole_node(&x->w, i)->overlay, &info);
		links += info.links;
		records += info.records;
		sessions += gn_jet_session_count(whole_node(&x->w, i)->jet);
		alive++;
	}
	sim_row(x->s, what, "%u nodes, %.1f links, %.1f sessions, %.1f records each", alive,
		links / alive, sessions / alive, records / alive);
}

static void memory(struct nodes *x)
{
	size_t sum = 0, most = 0;
	unsigned alive = 0;
	for (unsigned i = 0; i < x->w.count; i++) {
		if (!whole_alive(&x->w, i))
			continue;
		size_t used = whole_memory(&x->w, i);
		sum += used;
		most = used > most ? used : most;
		alive++;
	}
	sim_row(x->s, "memory of engines", "%.0f kB per node, %.0f kB most",
		(double)sum / alive / 1e3, (double)most / 1e3);
}

/* ---- what nodes do ---- */

static unsigned any_alive(struct nodes *x)
{
	unsigned i;
	do
		i = (unsigned)gn_rand_below(&x->s->rand, x->w.count);
	while (!whole_alive(&x->w, i));
	return i;
}

/* One that a newcomer can begin at. */
static unsigned any_called(struct nodes *x)
{
	unsigned i = any_alive(x);
	for (unsigned tries = 0; tries < 8 * x->w.count && !whole_takes_calls(&x->w, i); tries++)
		i = any_alive(x);
	return i;
}

static bool serves(struct nodes *x, unsigned i)
{
	struct gn_overlay_info info;
	if (!whole_node(&x->w, i)->running)
		return false;
	gn_overlay_info(whole_node(&x->w, i)->overlay, &info);
	return info.server && (info.links || x->w.count == 1);
}

static void join_all(struct nodes *x)
{
	unsigned behind = 0;
	begin(x, 0);
	for (unsigned i = 0; i < x->s->opt.nodes; i++) {
		(void)sim_node_add(x->s); /* where it is */
		unsigned node = whole_add(&x->w);
		behind += x->w.nodes[node]->box != NULL;
		x->at = i ? any_called(x) : node;
		whole_start(&x->w, node);
		gn_time until = x->w.now + JOIN_MOST;
		while (!serves(x, node) && whole_step(&x->w, until))
			;
		sim_expect(x->s, serves(x, node), "node %u did not join in a minute", node);
	}
	done(x, "joins, one by one", GN_OK, "");
	if (x->s->opt.nats.count)
		sim_row(x->s, "behind boxes", "%u of %u nodes", behind, x->w.count);
	whole_run_for(&x->w, SETTLE);
	network(x, "network");
}

static void put_record(struct nodes *x, const char *what)
{
	char text[64];
	struct gn_sk owner;
	unsigned node = any_alive(x);
	gn_sk_new(&x->s->rand, &owner);
	struct gn_record_fields f = {.type = 16,
				     .label = GN_LIT("nodes"),
				     .body = GN_LIT("the record of the scenario"),
				     .seq = 1,
				     .created = gn_unix(x->w.now),
				     .ttl = 86400};
	struct gn_buf out = {x->record, 0, sizeof x->record};
	gn_err err = gn_wire_record_make(&owner, NULL, &f, &out);
	GN_ASSERT(err == GN_OK);
	err = gn_wire_record_parse(gn_buf_slice(&out), &x->parsed);
	GN_ASSERT(err == GN_OK);
	begin(x, node);
	err = wait_for(x, gn_overlay_put(whole_node(&x->w, node)->overlay, gn_buf_slice(&out), 0,
					 x->w.now, &x->wait.op));
	snprintf(text, sizeof text, "%u receipts, %u hops", x->wait.receipts, x->wait.hops);
	done(x, what, err, text);
}

static void claim_name(struct nodes *x)
{
	static uint8_t bytes[2][GN_RECORD_MAX];
	uint8_t seed[32] = {CLAIMED_SEED};
	struct gn_buf out[2] = {{bytes[0], 0, GN_RECORD_MAX}, {bytes[1], 0, GN_RECORD_MAX}};
	struct gn_name_claim c = {.seq = 1,
				  .created = gn_unix(x->w.now),
				  .epoch = gn_unix(WHOLE_EPOCH) / 86400,
				  .ttl = GN_NAME_TTL};
	unsigned node = any_alive(x);
	gn_sk_from_seed(seed, &x->owner);
	gn_err err = gn_name_parse(GN_LIT(CLAIMED), &c.name, NULL);
	GN_ASSERT(err == GN_OK);
	struct gn_name_work work = {&c.name, &x->owner.pk, c.epoch};
	err = gn_name_puzzle(&work, GN_NAME_POW_BITS, CLAIMED_NONCE, 1, c.puzzle);
	GN_ASSERT(err == GN_OK);
	for (uint8_t salt = 0; salt < 2; salt++) {
		err = gn_name_record(&x->owner, &c, salt, &out[salt]);
		GN_ASSERT(err == GN_OK);
	}
	begin(x, node);
	err = wait_for(x, gn_names_put(whole_node(&x->w, node)->names, gn_buf_slice(&out[0]),
				       gn_buf_slice(&out[1]), 3, x->w.now, &x->wait.op));
	done(x, "claim of a name", err, "");
}

static gn_err take_in(struct nodes *x, unsigned node)
{
	struct gn_bundles *b = whole_node(&x->w, node)->bundles;
	struct gn_slice data = GN_SLICE(x->file);
	gn_time until = x->w.now + WAIT_MOST;
	gn_err err = gn_bundles_ingest(b, x->w.now, &x->wait.op);
	while (!err && data.len) {
		size_t taken = 0;
		err = gn_bundles_ingest_data(b, x->wait.op, data, &taken, x->w.now);
		data = gn_slice(data.p + taken, data.len - taken);
		whole_moved(&x->w, node);
		if (err == GN_AGAIN)
			err = whole_step(&x->w, until) ? GN_OK : GN_TIMEOUT;
	}
	return err ? err : gn_bundles_ingest_end(b, x->wait.op, x->w.now);
}

static void publish_file(struct nodes *x)
{
	char text[64];
	unsigned node = any_alive(x);
	gn_rand_fill(&x->s->rand, x->file, sizeof x->file);
	begin(x, node);
	gn_err err = wait_for(x, take_in(x, node));
	x->published = x->wait.file;
	memcpy(x->blocks, x->wait.blocks, sizeof x->blocks);
	x->published.blocks.p = x->blocks;
	if (!err) {
		x->wait = (struct wait){.node = node};
		err = wait_for(x,
			       gn_bundles_spread(whole_node(&x->w, node)->bundles,
						 x->published.blocks, COPIES,
						 gn_unix(x->w.now) + 86400, x->w.now, &x->wait.op));
	}
	snprintf(text, sizeof text, "%llu of %llu copies", (unsigned long long)x->wait.done,
		 (unsigned long long)x->wait.total);
	done(x, "publication of a file", err, text);
}

static void read_record(struct nodes *x, const char *what)
{
	char text[64];
	unsigned node = any_alive(x);
	const struct gn_get_options options = {.type = 16, .no_local = true};
	begin(x, node);
	gn_err err = wait_for(x, gn_overlay_get(whole_node(&x->w, node)->overlay, &x->parsed.key,
						&options, x->w.now, &x->wait.op));
	if (!err && !gn_hash_eq(&x->wait.hash, &x->parsed.hash))
		err = GN_HASH;
	snprintf(text, sizeof text, "%u hops", x->wait.hops);
	done(x, what, err, text);
}

static void read_name(struct nodes *x, const char *what)
{
	unsigned node = any_alive(x);
	struct gn_name name;
	gn_err err = gn_name_parse(GN_LIT(CLAIMED), &name, NULL);
	GN_ASSERT(err == GN_OK);
	begin(x, node);
	err = wait_for(x, gn_names_resolve(whole_node(&x->w, node)->names, &name, true, false,
					   x->w.now, &x->wait.op));
	if (!err && !gn_pk_eq(&x->wait.owner, &x->owner.pk))
		err = GN_KEY;
	done(x, what, err, "");
}

/* One that does not hold the file, if there is one. */
static unsigned any_reader(struct nodes *x)
{
	const struct gn_hash *first = (const struct gn_hash *)(const void *)x->blocks;
	unsigned i = 0;
	for (unsigned tries = 0; tries < 4 * x->w.count; tries++) {
		i = any_alive(x);
		if (!gn_blocks_have(whole_node(&x->w, i)->blocks, first, NULL))
			break;
	}
	return i;
}

static void read_file(struct nodes *x, const char *what)
{
	unsigned node = any_reader(x);
	struct gn_bundles *b = whole_node(&x->w, node)->bundles;
	gn_time until = x->w.now + WAIT_MOST;
	uint64_t at = 0;
	gn_op op;
	begin(x, node);
	gn_err err = gn_bundles_read(b, &x->published, 0, x->published.size, x->w.now, &op);
	while (!err) {
		struct gn_slice bytes;
		err = gn_bundles_read_next(b, op, &bytes, x->w.now);
		if (err == GN_AGAIN) {
			whole_moved(&x->w, node);
			err = whole_step(&x->w, until) ? GN_OK : GN_TIMEOUT;
			continue;
		}
		if (err || bytes.len == 0)
			break;
		if (at + bytes.len > sizeof x->file ||
		    memcmp(bytes.p, x->file + at, bytes.len) != 0)
			err = GN_HASH;
		at += bytes.len;
	}
	whole_moved(&x->w, node);
	if (!err && at != sizeof x->file)
		err = GN_TRUNCATED;
	done(x, what, err, "");
}

static void read_all(struct nodes *x, const char *when)
{
	char what[3][64];
	snprintf(what[0], sizeof what[0], "record%s", when);
	snprintf(what[1], sizeof what[1], "name%s", when);
	snprintf(what[2], sizeof what[2], "file%s", when);
	read_record(x, what[0]);
	read_name(x, what[1]);
	read_file(x, what[2]);
}

/* ---- deaths, and who comes back ---- */

static uint32_t records_of(struct nodes *x, unsigned i)
{
	struct gn_overlay_info info;
	gn_overlay_info(whole_node(&x->w, i)->overlay, &info);
	return info.records;
}

/* What each that was killed held is in held[]; UINT32_MAX: it lives. */
static void kill_some(struct nodes *x, uint32_t *held)
{
	unsigned count = x->w.count * x->s->opt.kill_percent / 100;
	for (unsigned i = 0; i < x->w.count; i++)
		held[i] = UINT32_MAX;
	for (unsigned i = 0; i < count; i++) {
		unsigned victim = any_alive(x);
		held[victim] = records_of(x, victim);
		whole_kill(&x->w, victim);
	}
	sim_row(x->s, "killed", "%u of %u nodes at one instant", count, x->w.count);
	whole_run_for(&x->w, SETTLE);
	network(x, "network");
}

static void restart_node(struct nodes *x, unsigned i)
{
	x->at = any_called(x);
	whole_start(&x->w, i);
	gn_time until = x->w.now + JOIN_MOST;
	while (!whole_node(&x->w, i)->running && whole_step(&x->w, until))
		;
}

/* A record was acknowledged when it was durable: what a node held is there when its disk is read,
 * before any other node has been asked. */
static void bring_back(struct nodes *x, const uint32_t *held)
{
	unsigned count = 0, lost = 0;
	uint32_t records = 0;
	for (unsigned i = 0; i < x->w.count; i++) {
		if (held[i] == UINT32_MAX)
			continue;
		restart_node(x, i);
		uint32_t now = records_of(x, i);
		lost += now < held[i];
		records += now;
		count++;
	}
	sim_row(x->s, "back from their disks", "%u nodes with %u records", count, records);
	sim_expect(x->s, lost == 0, "%u nodes came back with less than they held", lost);
	whole_run_for(&x->w, SETTLE);
	network(x, "network");
}

static bool gave_receipt(struct nodes *x, unsigned i, const struct wait *w)
{
	struct gn_overlay_info info;
	gn_overlay_info(whole_node(&x->w, i)->overlay, &info);
	for (unsigned k = 0; k < w->receipts && k < GN_COUNT(w->holders); k++)
		if (memcmp(info.self.id.b, w->holders[k].b, sizeof info.self.id.b) == 0)
			return true;
	return false;
}

/* OV-57: a receipt is for what is durable. All disks are slow; all who gave one lose their
 * power in the moment in which the last receipt comes, and have the record when they are back,
 * before they ask anybody. */
static void crash_holders(struct nodes *x)
{
	unsigned crashed = 0, lost = 0;
	bool *fell = calloc(x->w.count, sizeof *fell);
	GN_ASSERT(fell);
	x->w.opt.sync = SLOW_SYNC;
	put_record(x, "put, slow disks");
	const struct wait put = x->wait;
	for (unsigned i = 0; i < x->w.count; i++) {
		fell[i] = i != put.node && whole_alive(&x->w, i) && gave_receipt(x, i, &put);
		if (fell[i])
			whole_kill(&x->w, i);
	}
	for (unsigned i = 0; i < x->w.count; i++) {
		struct gn_overlay_held held;
		if (!fell[i])
			continue;
		restart_node(x, i);
		lost += !gn_overlay_held_of(whole_node(&x->w, i)->overlay, &x->parsed.key, &held);
		crashed++;
	}
	free(fell);
	x->w.opt.sync = 0;
	sim_row(x->s, "crashed after a receipt", "%u nodes, %u without the record", crashed, lost);
	sim_expect(x->s, crashed > 0 || x->w.count < 2, "nobody else gave a receipt");
	sim_expect(x->s, lost == 0, "%u nodes lost what they gave a receipt for", lost);
	whole_run_for(&x->w, SETTLE);
}

static gn_time way_between(void *user, unsigned a, unsigned b)
{
	return sim_rtt(user, a, b) / 2;
}

static bool nat_of(void *user, unsigned node, struct jet_sim_nat *nat, bool *carrier)
{
	const struct sim *s = user;
	return sim_nats_choose(&s->opt.nats, s->opt.seed, node, nat, carrier);
}

int sim_run_nodes(struct sim *s)
{
	struct nodes *x = calloc(1, sizeof *x);
	uint32_t *held = calloc(s->opt.nodes, sizeof *held);
	GN_ASSERT(x && held);
	x->s = s;
	whole_init(&x->w, &(struct whole_options){.seed = s->opt.seed,
						  .nodes = s->opt.nodes,
						  .pow_bits = (uint8_t)s->opt.pow_bits,
						  .loss = s->opt.loss,
						  .way = way_between,
						  .way_user = s,
						  .nat = nat_of,
						  .nat_user = s,
						  .hooks = {.overlay = overlay_told,
							    .names = names_told,
							    .bundles = bundles_told,
							    .running = node_running,
							    .user = x}});
	join_all(x);
	put_record(x, "put of a record");
	claim_name(x);
	publish_file(x);
	read_all(x, "");
	kill_some(x, held);
	read_all(x, " after the deaths");
	bring_back(x, held);
	read_all(x, " when they are back");
	crash_holders(x);
	read_all(x, " at the end");
	memory(x);
	s->now += x->w.now - WHOLE_EPOCH;
	s->events = x->w.events;
	traffic(x, &s->messages, &x->bytes);
	s->lost = x->w.lost;
	whole_free(&x->w);
	free(held);
	free(x);
	return sim_failures();
}
