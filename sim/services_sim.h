/* A small network with services in one process, for the services' tests: each node has its
 * overlay, block store, bundles and names, wired as a node wires them, over a message fabric and
 * a disk in memory. Virtual time, one seed, events of equal time in the order they were made.
 * Nodes can be killed, can lie about chunks, and can be without room. */
#ifndef GN_SIM_SERVICES_SIM_H
#define GN_SIM_SERVICES_SIM_H

#include "records/identity.h"
#include "services/bundles/bundles.h"
#include "services/names/names.h"
#include "wire/generated/blocks_fb.h"

#include <stdio.h>
#include <stdlib.h>

#define SVC_NODES 24
#define SVC_EPOCH ((gn_time)1767225600 * GN_SEC) /* 2026-01-01 */
#define SVC_GIVE_UP (2 * GN_SEC)                 /* a carrier notices that the other side is gone */

enum svc_lie {
	SVC_FLIP_CHUNK = 1,
	SVC_FLIP_PROOF = 2,
	SVC_WRONG_BLOCK = 4,
	SVC_SILENT = 8,
	SVC_FORGED_RECEIPT = 16,
	SVC_BUSY = 32,
	SVC_THIRSTY = 64
};

struct svc_file {
	char name[GN_DISK_NAME_MAX];
	uint8_t *p;
	size_t len;
};

struct svc_node {
	struct gn_env env;
	struct gn_alloc alloc, bundles_alloc; /* the second for bundles alone */
	struct gn_env bundles_env;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_sk sk;
	uint8_t nonce[8];
	struct gn_addr addr;
	struct gn_overlay *ov; /* NULL: dead */
	struct gn_blocks *blocks;
	struct gn_bundles *bundles;
	struct gn_names *names;
	bool joined, ready;
	unsigned lies, generation;
	/* the next tick event that counts; when its line is free, up and down */
	gn_time tick_at, link_free, down_free;
	struct gn_map records; /* key -> struct gn_buf */
	struct svc_file *files;
	size_t file_count, file_cap;
	uint64_t sent;
};

enum svc_kind { SVC_MESSAGE, SVC_TICK, SVC_STORED, SVC_LOADED, SVC_DISK, SVC_DOWN };
struct svc_event {
	gn_time at;
	uint64_t order;
	enum svc_kind kind;
	unsigned node, generation, peer;
	uint64_t token;
	gn_err err;
	uint8_t *p; /* owned */
	size_t len;
};

/* What a test waits for: the last event of an operation, copied. */
struct svc_wait {
	unsigned node;
	gn_op op;
	unsigned events;
	bool over; /* its last event came */
	gn_err err;
	struct gn_hash root;
	uint64_t size, done, total;
	uint8_t *blocks, *head, *manifest; /* owned */
	size_t blocks_len, head_len, manifest_len;
	gn_time age; /* of the head */
	struct gn_names_event name;
	char values[GN_NAME_ENTRIES][128], looks_like[GN_NAME_MAX];
	unsigned receipts;
};

struct svc_options {
	uint64_t seed, bytes_max, peer_bytes_max; /* per node, of the block store and for others */
	unsigned nodes;
	gn_time delay;      /* one way */
	double bytes_per_s; /* of a node's line */
	gn_time patience;   /* of who waits for an operation */
	bool no_cache;
};

struct svc {
	struct svc_options opt;
	struct svc_node nodes[SVC_NODES];
	unsigned count;
	gn_time now;
	struct svc_event **heap;
	size_t heap_count, heap_cap;
	uint64_t order;
	struct gn_prng prng;
	struct gn_rand rand;
	struct svc_wait *waits[64];
	unsigned wait_count;
	bool validate, idle_workers; /* idle_workers: the test runs the engines' works */
	gn_time slow;                /* a node's index + 1 in slow_node answers this much later */
	unsigned slow_node;
	double down_rate; /* bytes a second to the node with index + 1 in down_node */
	unsigned down_node;
};

static inline void *svc_need(void *p)
{
	GN_ASSERT(p != NULL);
	return p;
}

/* ---- events ---- */

static inline bool svc_before(const struct svc_event *a, const struct svc_event *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static inline struct svc_event *svc_add(struct svc *s, enum svc_kind kind, unsigned node,
					gn_time at)
{
	struct svc_event *e = svc_need(calloc(1, sizeof *e));
	*e = (struct svc_event){.kind = kind,
				.node = node,
				.at = at > s->now ? at : s->now,
				.order = s->order++,
				.generation = s->nodes[node].generation};
	if (s->heap_count == s->heap_cap) {
		s->heap_cap = s->heap_cap ? 2 * s->heap_cap : 256;
		s->heap = svc_need(realloc(s->heap, s->heap_cap * sizeof(struct svc_event *)));
	}
	size_t i = s->heap_count++;
	for (; i > 0 && svc_before(e, s->heap[(i - 1) / 2]); i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = e;
	return e;
}

static inline struct svc_event *svc_pop(struct svc *s)
{
	struct svc_event *first = s->heap[0], *last = s->heap[--s->heap_count];
	size_t i = 0;
	for (size_t c; (c = 2 * i + 1) < s->heap_count; i = c) {
		c += c + 1 < s->heap_count && svc_before(s->heap[c + 1], s->heap[c]);
		if (!svc_before(s->heap[c], last))
			break;
		s->heap[i] = s->heap[c];
	}
	if (s->heap_count)
		s->heap[i] = last;
	return first;
}

static inline uint8_t *svc_copy(struct gn_slice s)
{
	uint8_t *p = svc_need(malloc(s.len + 1));
	if (s.len)
		memcpy(p, s.p, s.len);
	return p;
}

/* ---- disks: performed at once, in order; the completion comes a moment later ---- */

static inline struct svc_file *svc_file(struct svc_node *n, const char *name, bool create)
{
	for (size_t i = 0; i < n->file_count; i++)
		if (strcmp(n->files[i].name, name) == 0)
			return &n->files[i];
	if (!create)
		return NULL;
	if (n->file_count == n->file_cap) {
		n->file_cap = n->file_cap ? 2 * n->file_cap : 64;
		n->files = svc_need(realloc(n->files, n->file_cap * sizeof *n->files));
	}
	struct svc_file *f = &n->files[n->file_count++];
	*f = (struct svc_file){0};
	snprintf(f->name, sizeof f->name, "%s", name);
	return f;
}

static inline void svc_file_remove(struct svc_node *n, struct svc_file *f)
{
	free(f->p);
	*f = n->files[--n->file_count];
}

/* Folders show once, with size 0. */
static inline void svc_list(struct svc_node *n, const char *dir, struct svc_event *e)
{
	size_t len = strlen(dir);
	e->p = svc_need(malloc(n->file_count * (GN_DISK_NAME_MAX + 24) + 1));
	e->p[0] = 0;
	for (size_t i = 0; i < n->file_count; i++) {
		const char *name = n->files[i].name, *rest = name + len + 1,
			   *slash = strchr(rest, '/');
		char line[GN_DISK_NAME_MAX + 24];
		if (strncmp(name, dir, len) != 0 || name[len] != '/')
			continue;
		int size =
			slash ? snprintf(line, sizeof line, "0 %.*s\n", (int)(slash - rest), rest)
			      : snprintf(line, sizeof line, "%zu %s\n", n->files[i].len, rest);
		if (slash && strstr((char *)e->p, line))
			continue;
		memcpy(e->p + e->len, line, (size_t)size + 1);
		e->len += (size_t)size;
	}
}

static inline void svc_disk(struct svc *s, unsigned i, const struct gn_disk_request *r)
{
	struct svc_node *n = &s->nodes[i];
	struct svc_event *e = svc_add(s, SVC_DISK, i, s->now + GN_MSEC / 2);
	struct svc_file *f = svc_file(n, r->name, r->op == GN_DISK_WRITE), *over;
	e->token = r->token;
	switch (r->op) {
	case GN_DISK_LIST: svc_list(n, r->name, e); break;
	case GN_DISK_READ:
		e->err = f ? GN_OK : GN_NOT_FOUND;
		if (f) {
			struct gn_slice part = gn_slice_sub(gn_slice(f->p, f->len),
							    (size_t)r->offset, (size_t)r->len);
			e->p = svc_copy(part);
			e->len = part.len;
		}
		break;
	case GN_DISK_WRITE:
		if (r->offset + r->data.len > f->len) {
			f->p = svc_need(realloc(f->p, (size_t)r->offset + r->data.len));
			if (r->offset > f->len)
				memset(f->p + f->len, 0, (size_t)r->offset - f->len);
			f->len = (size_t)r->offset + r->data.len;
		}
		memcpy(f->p + r->offset, r->data.p, r->data.len);
		break;
	case GN_DISK_SYNC: e->err = f ? GN_OK : GN_NOT_FOUND; break;
	case GN_DISK_TRUNCATE:
		if (f && r->len < f->len)
			f->len = (size_t)r->len;
		break;
	case GN_DISK_RENAME:
		e->err = f ? GN_OK : GN_NOT_FOUND;
		if (f && (over = svc_file(n, r->name2, false)) && over != f) {
			svc_file_remove(n, over);
			f = svc_file(n, r->name, false);
		}
		if (f)
			memcpy(f->name, r->name2, sizeof f->name);
		break;
	case GN_DISK_REMOVE:
		if (f)
			svc_file_remove(n, f);
		break;
	}
}

/* ---- messages ---- */

static inline unsigned svc_index(const struct svc *s, const struct gn_contact *c)
{
	static const struct gn_pk unknown;
	for (unsigned i = 0; i < s->count; i++)
		if (memcmp(&c->pk, &unknown, sizeof unknown)
			    ? memcmp(&c->pk, &s->nodes[i].sk.pk, 32) == 0
			    : c->addr_count && gn_addr_eq(&c->addrs[0], &s->nodes[i].addr))
			return i;
	return SVC_NODES;
}

/* Bends a chunk on its way out; false: it is not sent. */
static inline bool svc_lie(struct svc_node *n, uint8_t *p, size_t len)
{
	struct gn_fb_block_message m;
	if (!n->lies || gn_fb_block_message_verify(gn_slice(p, len), &m) != GN_OK)
		return true;
	uint8_t type = gn_fb_block_message_body_type(m);
	if (type == GN_FB_BLOCK_BODY_CHUNK_ACK && n->lies & SVC_FORGED_RECEIPT) {
		struct gn_fb_chunk_ack ack = gn_fb_block_message_body_as_chunk_ack(m);
		if (gn_fb_chunk_ack_has_receipt(ack))
			for (size_t i = 0; i + 64 <= len; i++) {
				/* the signature, wherever it lies */
				struct gn_fb_sig sig =
					gn_fb_receipt_sig(gn_fb_chunk_ack_receipt(ack));
				if (memcmp(p + i, sig.b, 64) == 0) {
					p[i] ^= 1;
					break;
				}
			}
	}
	if (type != GN_FB_BLOCK_BODY_CHUNK)
		return true;
	struct gn_fb_chunk c = gn_fb_block_message_body_as_chunk(m);
	struct gn_slice data = gn_fb_chunk_data(c), proof = gn_fb_chunk_proof_bytes(c);
	if (n->lies & SVC_FLIP_CHUNK)
		p[data.p - p + (ptrdiff_t)(data.len / 2)] ^= 4;
	if (n->lies & SVC_FLIP_PROOF && proof.len)
		p[proof.p - p] ^= 1;
	if (n->lies & SVC_WRONG_BLOCK) {
		struct gn_fb_hash h = gn_fb_chunk_block(c);
		for (size_t i = 0; i + 32 <= len; i++)
			if (memcmp(p + i, h.b, 32) == 0) {
				p[i] ^= 1;
				break;
			}
	}
	return !(n->lies & SVC_SILENT);
}

static inline void svc_send(struct svc *s, unsigned from, const struct gn_overlay_message *m)
{
	unsigned to = svc_index(s, &m->to);
	struct svc_node *n = &s->nodes[from];
	if (to == SVC_NODES)
		return;
	uint8_t *p = svc_copy(m->bytes);
	if (!svc_lie(n, p, m->bytes.len)) {
		free(p);
		return;
	}
	n->sent += m->bytes.len;
	gn_time start = n->link_free > s->now ? n->link_free : s->now;
	n->link_free =
		start + (gn_time)((double)m->bytes.len / s->opt.bytes_per_s * (double)GN_SEC);
	gn_time late = s->slow_node == from + 1 ? s->slow : 0;
	if (!s->nodes[to].ov) {
		free(p);
		svc_add(s, SVC_DOWN, from, s->now + SVC_GIVE_UP)->peer = to;
		return;
	}
	gn_time at = n->link_free + s->opt.delay + late;
	if (s->down_node == to + 1) {
		struct svc_node *r = &s->nodes[to];
		r->down_free = (r->down_free > at ? r->down_free : at) +
			       (gn_time)((double)m->bytes.len / s->down_rate * (double)GN_SEC);
		at = r->down_free;
	}
	struct svc_event *e = svc_add(s, SVC_MESSAGE, to, at);
	e->peer = from;
	e->p = p;
	e->len = m->bytes.len;
}

/* ---- a node's outputs ---- */

static inline struct svc_wait *svc_wait_of(struct svc *s, unsigned node, gn_op op, bool names)
{
	for (unsigned i = 0; i < s->wait_count; i++)
		if (s->waits[i]->node == node && s->waits[i]->op == op &&
		    names == (s->waits[i]->name.name.labels > 0))
			return s->waits[i];
	return NULL;
}

static inline void svc_store(struct svc *s, unsigned i, const struct gn_overlay_store *st)
{
	struct svc_node *n = &s->nodes[i];
	struct gn_buf *held = gn_map_get(&n->records, &st->key);
	if (st->kind == GN_STORE_DROP) {
		if (held) {
			free(held->p);
			(void)gn_map_remove(&n->records, &st->key);
		}
		return;
	}
	struct svc_event *e =
		svc_add(s, st->kind == GN_STORE_PUT ? SVC_STORED : SVC_LOADED, i, s->now + GN_MSEC);
	e->token = st->token;
	if (st->kind == GN_STORE_PUT) {
		held = svc_need(gn_map_put(&n->records, &st->key));
		free(held->p);
		*held = (struct gn_buf){svc_copy(st->value), st->value.len, st->value.len};
		return;
	}
	e->err = held ? GN_OK : GN_NOT_FOUND;
	if (held) {
		e->p = svc_copy(gn_buf_slice(held));
		e->len = held->len;
	}
}

static inline void svc_bundles_event(struct svc *s, unsigned i, const struct gn_bundles_event *e)
{
	struct svc_wait *w = svc_wait_of(s, i, e->op, false);
	if (!w)
		return;
	w->events++;
	w->err = e->err;
	w->done = e->done;
	w->total = e->total;
	w->over = e->kind != GN_BUNDLES_INGEST && e->kind != GN_BUNDLES_PROGRESS;
	if (e->kind == GN_BUNDLES_INGESTED) {
		w->root = e->root;
		w->size = e->size;
		free(w->blocks);
		w->blocks = svc_copy(e->blocks);
		w->blocks_len = e->blocks.len;
	}
	if (e->kind == GN_BUNDLES_OPENED && e->err == GN_OK) {
		free(w->head);
		free(w->manifest);
		w->head = svc_copy(e->head);
		w->head_len = e->head.len;
		w->age = e->age;
		w->manifest = svc_copy(gn_manifest_bytes(e->manifest));
		w->manifest_len = gn_manifest_bytes(e->manifest).len;
	}
}

static inline void svc_names_event(struct svc *s, unsigned i, const struct gn_names_event *e)
{
	struct svc_wait *w = svc_wait_of(s, i, e->op, true);
	if (!w)
		return;
	w->events++;
	w->over = true;
	w->err = e->err;
	w->name = *e;
	snprintf(w->looks_like, sizeof w->looks_like, "%s", e->looks_like ? e->looks_like : "");
	for (size_t k = 0; k < e->entry_count; k++) {
		snprintf(w->values[k], sizeof w->values[k], "%.*s", (int)e->entries[k].value.len,
			 (const char *)e->entries[k].value.p);
		w->name.entries[k].value = gn_str(w->values[k]);
	}
}

static inline void svc_overlay_event(struct svc *s, unsigned i, const struct gn_overlay_event *e)
{
	struct svc_node *n = &s->nodes[i];
	n->joined = n->joined || e->kind == GN_OVERLAY_JOINED;
	if (gn_names_overlay_event(n->names, e, s->now) ||
	    gn_bundles_overlay_event(n->bundles, e, s->now) || e->kind != GN_OVERLAY_DONE)
		return;
	for (unsigned k = 0; k < s->wait_count; k++) {
		struct svc_wait *w = s->waits[k];
		if (w->node != i || w->op != e->op || w->total != UINT64_MAX)
			continue;
		w->over = true;
		w->err = e->err;
		w->receipts = e->receipt_count;
	}
}

static inline void svc_pump(struct svc *s, unsigned i)
{
	struct svc_node *n = &s->nodes[i];
	struct gn_overlay_message m;
	struct gn_overlay_store st;
	struct gn_overlay_event oe;
	struct gn_blocks_event be;
	struct gn_bundles_event ue;
	struct gn_names_event ne;
	struct gn_disk_request r;
	for (bool any = true; any && n->ov;) {
		any = false;
		for (; gn_overlay_next_message(n->ov, &m); any = true)
			svc_send(s, i, &m);
		for (; gn_overlay_next_store(n->ov, &st); any = true)
			svc_store(s, i, &st);
		for (; gn_overlay_next_event(n->ov, &oe); any = true)
			svc_overlay_event(s, i, &oe);
		for (; gn_blocks_next_request(n->blocks, &r); any = true)
			svc_disk(s, i, &r);
		for (; gn_blocks_next_event(n->blocks, &be); any = true) {
			n->ready = n->ready || be.kind == GN_BLOCKS_READY;
			(void)gn_bundles_blocks_event(n->bundles, &be, s->now);
		}
		for (; gn_bundles_next_message(n->bundles, &m); any = true)
			svc_send(s, i, &m);
		for (struct gn_bundles_work *w;
		     !s->idle_workers && (w = gn_bundles_next_work(n->bundles)); any = true) {
			gn_bundles_work_run(w);
			gn_bundles_work_done(n->bundles, w, s->now);
		}
		for (; gn_bundles_next_event(n->bundles, &ue); any = true)
			svc_bundles_event(s, i, &ue);
		for (; gn_names_next_event(n->names, &ne); any = true)
			svc_names_event(s, i, &ne);
	}
	if (s->validate) {
		gn_bundles_validate(n->bundles);
		gn_names_validate(n->names);
	}
	gn_time at = gn_overlay_deadline(n->ov);
	at = gn_time_min(at, gn_blocks_deadline(n->blocks));
	at = gn_time_min(at, gn_bundles_deadline(n->bundles));
	at = gn_time_min(at, gn_names_deadline(n->names));
	if (at < n->tick_at || n->tick_at <= s->now) {
		n->tick_at = at;
		if (at != GN_NEVER)
			svc_add(s, SVC_TICK, i, at);
	}
}

/* ---- running ---- */

/* What one that lies answers without looking: BUSY for a chunk, or "all of it, please" to a
 * publisher who has sent it already. 0: the engine may answer. */
static inline gn_fbref svc_lie_answer(unsigned lies, struct gn_fb_block_message m, struct gn_fbb *b,
				      uint8_t *type)
{
	struct gn_fb_chunk_ack_args ack = {0};
	struct gn_fb_block_has_args has = {0};
	struct gn_fb_hash block;
	*type = GN_FB_BLOCK_BODY_CHUNK_ACK;
	if (lies & SVC_BUSY && gn_fb_block_message_body_type(m) == GN_FB_BLOCK_BODY_CHUNK_GET) {
		struct gn_fb_chunk_get get = gn_fb_block_message_body_as_chunk_get(m);
		block = gn_fb_chunk_get_block(get);
		ack.index = gn_fb_chunk_get_first(get);
		ack.code = gn_wire_code(GN_BUSY);
	} else if (lies & SVC_THIRSTY &&
		   gn_fb_block_message_body_type(m) == GN_FB_BLOCK_BODY_CHUNK_PUT) {
		struct gn_fb_chunk chunk =
			gn_fb_chunk_put_chunk(gn_fb_block_message_body_as_chunk_put(m));
		block = gn_fb_chunk_block(chunk);
		ack.index = gn_fb_chunk_index(chunk);
	} else if (lies & SVC_THIRSTY &&
		   gn_fb_block_message_body_type(m) == GN_FB_BLOCK_BODY_BLOCK_KEEP) {
		block = gn_fb_block_keep_block(gn_fb_block_message_body_as_block_keep(m));
		has.block = &block;
		*type = GN_FB_BLOCK_BODY_BLOCK_HAS;
		return gn_fb_block_has_make(b, &has);
	} else {
		return 0;
	}
	ack.block = &block;
	return gn_fb_chunk_ack_make(b, &ack);
}

/* False: the engine has to answer. */
static inline bool svc_lies(struct svc *s, unsigned i, unsigned from, struct gn_slice bytes)
{
	static uint8_t storage[256];
	struct gn_fb_block_message m;
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_block_message_args args = {0};
	if (!s->nodes[i].lies || gn_fb_block_message_verify(bytes, &m) != GN_OK)
		return false;
	args.request = gn_fb_block_message_request(m);
	args.body = svc_lie_answer(s->nodes[i].lies, m, &b, &args.body_type);
	if (!args.body)
		return false;
	struct gn_overlay_message out = {.to = {.pk = s->nodes[from].sk.pk}, .reliable = true};
	gn_err err = gn_fbb_finish(&b, gn_fb_block_message_make(&b, &args),
				   GN_FB_BLOCK_MESSAGE_IDENTIFIER, &out.bytes);
	GN_ASSERT(err == GN_OK);
	svc_send(s, i, &out);
	return true;
}

static inline void svc_deliver(struct svc *s, struct svc_node *n, const struct svc_event *e)
{
	if (svc_lies(s, e->node, e->peer, gn_slice(e->p, e->len)))
		return;
	const struct svc_node *from = &s->nodes[e->peer];
	struct gn_slice bytes = gn_slice(e->p, e->len);
	gn_overlay_peer_up(n->ov, &from->sk.pk, &from->addr, s->now);
	if (e->len > 8 && memcmp(e->p + 4, "GNBK", 4) == 0)
		(void)gn_bundles_recv(n->bundles, &from->sk.pk, &from->addr, bytes, s->now);
	else
		(void)gn_overlay_recv(n->ov, &from->sk.pk, &from->addr, bytes, s->now);
}

/* One event; false when none is left before `until`. */
static inline bool svc_step(struct svc *s, gn_time until)
{
	if (!s->heap_count || s->heap[0]->at > until)
		return false;
	struct svc_event *e = svc_pop(s);
	struct svc_node *n = &s->nodes[e->node];
	s->now = e->at;
	if (n->ov && n->generation == e->generation &&
	    !(e->kind == SVC_TICK && n->tick_at != e->at)) {
		switch (e->kind) {
		case SVC_MESSAGE: svc_deliver(s, n, e); break;
		case SVC_STORED: gn_overlay_stored(n->ov, e->token, GN_OK, s->now); break;
		case SVC_LOADED:
			gn_overlay_loaded(n->ov, e->token, e->err, gn_slice(e->p, e->len), s->now);
			break;
		case SVC_DISK:
			gn_blocks_done(n->blocks, e->token, e->err, gn_slice(e->p, e->len), s->now);
			break;
		case SVC_DOWN:
			gn_overlay_peer_down(n->ov, &s->nodes[e->peer].sk.pk, GN_UNREACHABLE,
					     s->now);
			gn_bundles_peer_down(n->bundles, &s->nodes[e->peer].sk.pk, GN_UNREACHABLE,
					     s->now);
			break;
		case SVC_TICK: break;
		}
		gn_overlay_tick(n->ov, s->now);
		gn_blocks_tick(n->blocks, s->now);
		gn_bundles_tick(n->bundles, s->now);
		gn_names_tick(n->names, s->now);
		svc_pump(s, e->node);
	}
	free(e->p);
	free(e);
	return true;
}

static inline void svc_run_for(struct svc *s, gn_time span)
{
	gn_time until = s->now + span;
	while (svc_step(s, until))
		;
	s->now = until;
}

/* ---- life ---- */

static inline void svc_start(struct svc *s, unsigned i)
{
	struct svc_node *n = &s->nodes[i];
	GN_ASSERT(!n->ov);
	gn_alloc_heap(&n->alloc, 512u << 20);
	gn_alloc_heap(&n->bundles_alloc, 256u << 20);
	n->rand = gn_prng_rand(&n->prng);
	n->env = (struct gn_env){.alloc = &n->alloc, .rand = &n->rand};
	n->bundles_env = (struct gn_env){.alloc = &n->bundles_alloc, .rand = &n->rand};
	n->generation++;
	n->tick_at = GN_NEVER;
	n->joined = n->ready = false;
	struct gn_overlay_config oc = {.node_key = n->sk,
				       .pow_off = true,
				       .probation_off = true,
				       .addr_count = 1,
				       .addrs = {n->addr},
				       .prefix_cap = 255,
				       .admit = {[GN_FB_RECORD_TYPE_IDENTITY] = gn_identity_admit,
						 [GN_FB_RECORD_TYPE_NAME] = gn_name_admit},
				       .grace = {[GN_FB_RECORD_TYPE_NAME] = gn_name_grace}};
	memcpy(oc.nonce, n->nonce, 8);
	struct gn_blocks_config bc = {.dir = "blocks", .bytes_max = s->opt.bytes_max};
	gn_err err = gn_overlay_new(&n->env, &oc, s->now, &n->ov);
	GN_ASSERT(err == GN_OK);
	err = gn_blocks_new(&n->env, &bc, &n->blocks);
	GN_ASSERT(err == GN_OK);
	struct gn_bundles_config uc = {.overlay = n->ov,
				       .blocks = n->blocks,
				       .node_key = n->sk,
				       .peer_bytes_max = s->opt.peer_bytes_max,
				       .no_cache = s->opt.no_cache};
	err = gn_bundles_new(&n->bundles_env, &uc, &n->bundles);
	GN_ASSERT(err == GN_OK);
	err = gn_names_new(&n->env, n->ov, &n->names);
	GN_ASSERT(err == GN_OK);
	for (uint32_t k = 0; k < n->records.count; k++) {
		const struct gn_buf *rec = gn_map_value_at(&n->records, k);
		err = gn_overlay_restore(n->ov, gn_buf_slice(rec), s->now);
		GN_ASSERT(err == GN_OK);
	}
	gn_blocks_start(n->blocks, s->now);
	for (unsigned k = 0; k < 3 && k < s->count; k++)
		if (k != i && s->nodes[k].ov) {
			err = gn_overlay_bootstrap(n->ov, &s->nodes[k].addr, NULL, s->now);
			GN_ASSERT(err == GN_OK);
		}
	svc_pump(s, i);
}

static inline void svc_stop(struct svc *s, unsigned i)
{
	struct svc_node *n = &s->nodes[i];
	gn_names_free(n->names);
	gn_bundles_free(n->bundles);
	gn_blocks_free(n->blocks);
	gn_overlay_free(n->ov);
	n->ov = NULL;
	n->bundles = NULL;
	GN_ASSERT(n->bundles_alloc.count == 0);
	GN_ASSERT(n->alloc.count == 0);
}

/* Time passes while every node is off: they come back from their disks. */
static inline void svc_skip(struct svc *s, gn_time span)
{
	for (unsigned i = 0; i < s->count; i++)
		svc_stop(s, i);
	s->now += span;
	for (unsigned i = 0; i < s->count; i++) {
		svc_start(s, i);
		svc_run_for(s, 2 * GN_SEC);
	}
	svc_run_for(s, 10 * GN_SEC);
}

static inline void svc_init(struct svc *s, const struct svc_options *opt)
{
	static struct gn_alloc heap;
	gn_alloc_heap(&heap, SIZE_MAX / 4);
	*s = (struct svc){.opt = *opt, .now = SVC_EPOCH, .count = opt->nodes, .validate = true};
	s->opt.delay = opt->delay ? opt->delay : 5 * GN_MSEC;
	s->opt.bytes_per_s = opt->bytes_per_s > 0 ? opt->bytes_per_s : 100e6;
	s->opt.bytes_max = opt->bytes_max ? opt->bytes_max : 512u << 20;
	GN_ASSERT(opt->nodes <= SVC_NODES);
	gn_prng_init(&s->prng, opt->seed);
	s->rand = gn_prng_rand(&s->prng);
	struct gn_env env = {.alloc = &heap, .rand = &s->rand};
	for (unsigned i = 0; i < s->count; i++) {
		struct svc_node *n = &s->nodes[i];
		gn_sk_new(&s->rand, &n->sk);
		gn_rand_fill(&s->rand, n->nonce, 8);
		gn_prng_init(&n->prng, gn_rand_u64(&s->rand));
		n->addr = gn_addr_v4(10, 0, (uint8_t)i, 1, 7780);
		gn_map_init(&n->records, &env, 32, sizeof(struct gn_buf), 100000);
	}
	for (unsigned i = 0; i < s->count; i++) {
		svc_start(s, i);
		svc_run_for(s, 3 * GN_SEC);
	}
	svc_run_for(s, 10 * GN_SEC);
}

static inline void svc_free(struct svc *s)
{
	for (unsigned i = 0; i < s->count; i++) {
		struct svc_node *n = &s->nodes[i];
		if (n->ov)
			svc_stop(s, i);
		for (uint32_t k = 0; k < n->records.count; k++)
			free(((struct gn_buf *)gn_map_value_at(&n->records, k))->p);
		gn_map_fini(&n->records);
		while (n->file_count)
			svc_file_remove(n, &n->files[0]);
		free(n->files);
	}
	while (s->heap_count) {
		struct svc_event *e = svc_pop(s);
		free(e->p);
		free(e);
	}
	free(s->heap);
}

/* ---- what tests do ---- */

static inline void svc_wait_add(struct svc *s, struct svc_wait *w)
{
	GN_ASSERT(s->wait_count < GN_COUNT(s->waits));
	s->waits[s->wait_count++] = w;
}

static inline void svc_wait_drop(struct svc *s, struct svc_wait *w)
{
	for (unsigned i = 0; i < s->wait_count; i++)
		if (s->waits[i] == w)
			s->waits[i--] = s->waits[--s->wait_count];
}

static inline void svc_wait_free(struct svc_wait *w)
{
	free(w->blocks);
	free(w->head);
	free(w->manifest);
	*w = (struct svc_wait){0};
}

/* Runs until the operation's event came; GN_TIMEOUT after two virtual minutes, or the patience
 * set, without. */
static inline gn_err svc_wait(struct svc *s, struct svc_wait *w)
{
	gn_time until = s->now + (s->opt.patience ? s->opt.patience : 120 * GN_SEC);
	svc_wait_add(s, w);
	svc_pump(s, w->node); /* it may be there already */
	while (!w->over && svc_step(s, until))
		;
	svc_wait_drop(s, w);
	return w->over ? w->err : GN_TIMEOUT;
}

/* Puts a record from a node; receipts are in *receipts when not NULL. */
static inline gn_err svc_put(struct svc *s, unsigned node, struct gn_slice record, unsigned w,
			     unsigned *receipts)
{
	struct svc_wait wait = {.node = node, .total = UINT64_MAX};
	gn_err err = gn_overlay_put(s->nodes[node].ov, record, w, s->now, &wait.op);
	if (err == GN_OK)
		err = svc_wait(s, &wait);
	if (receipts)
		*receipts = wait.receipts;
	return err;
}

/* Takes a file in; w gets root, size, blocks. */
static inline gn_err svc_ingest(struct svc *s, unsigned node, struct gn_slice data,
				struct svc_wait *w)
{
	*w = (struct svc_wait){.node = node};
	gn_err err = gn_bundles_ingest(s->nodes[node].bundles, s->now, &w->op);
	if (err != GN_OK)
		return err;
	svc_wait_add(s, w);
	while (data.len && !w->over && err == GN_OK) {
		size_t taken;
		err = gn_bundles_ingest_data(s->nodes[node].bundles, w->op, data, &taken, s->now);
		data = gn_slice(data.p + taken, data.len - taken);
		if (err == GN_AGAIN) {
			svc_pump(s, node);
			err = svc_step(s, s->now + 60 * GN_SEC) ? GN_OK : GN_TIMEOUT;
		}
	}
	if (err == GN_OK && !w->over)
		err = gn_bundles_ingest_end(s->nodes[node].bundles, w->op, s->now);
	svc_wait_drop(s, w);
	return err == GN_OK ? svc_wait(s, w) : err;
}

static inline struct gn_bundle_file svc_as_file(const struct svc_wait *w)
{
	return (struct gn_bundle_file){.path = GN_LIT("file"),
				       .size = w->size,
				       .root = w->root,
				       .blocks = gn_slice(w->blocks, w->blocks_len)};
}

static inline gn_err svc_spread(struct svc *s, unsigned node, struct gn_slice blocks,
				unsigned copies, struct svc_wait *w)
{
	*w = (struct svc_wait){.node = node};
	gn_err err = gn_bundles_spread(s->nodes[node].bundles, blocks, copies,
				       gn_unix(s->now) + 86400, s->now, &w->op);
	return err == GN_OK ? svc_wait(s, w) : err;
}

/* Reads a range to the end and compares; `between` is called after each piece. *got: bytes that
 * came. */
static inline gn_err svc_read(struct svc *s, unsigned node, const struct gn_bundle_file *f,
			      uint64_t off, uint64_t len, const uint8_t *expected, uint64_t *got,
			      void (*between)(struct svc *s, uint64_t got))
{
	gn_op op;
	uint64_t at = 0;
	gn_err err = gn_bundles_read(s->nodes[node].bundles, f, off, len, s->now, &op);
	gn_time until = s->now + 600 * GN_SEC;
	while (err == GN_OK) {
		struct gn_slice bytes;
		err = gn_bundles_read_next(s->nodes[node].bundles, op, &bytes, s->now);
		if (err == GN_AGAIN) {
			svc_pump(s, node);
			err = svc_step(s, until) ? GN_OK : GN_TIMEOUT;
			continue;
		}
		if (err != GN_OK || bytes.len == 0)
			break;
		GN_ASSERT(at + bytes.len <= len);
		if (expected && memcmp(bytes.p, expected + off + at, bytes.len) != 0)
			err = GN_INTERNAL; /* a byte that is not the file's: must never be */
		at += bytes.len;
		if (between)
			between(s, at);
	}
	svc_pump(s, node);
	if (got)
		*got = at;
	return err;
}

static inline uint64_t svc_bundles_count(const struct svc *s, unsigned node, const char *name)
{
	struct gn_bundles_counter c;
	for (size_t i = 0; gn_bundles_counter_at(s->nodes[node].bundles, i, &c); i++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	GN_ASSERT(!"a counter of that name");
	return 0;
}

/* Nodes that hold the block whole. */
static inline unsigned svc_holders(const struct svc *s, const uint8_t *block, bool *holds)
{
	unsigned n = 0;
	for (unsigned i = 0; i < s->count; i++) {
		bool has = s->nodes[i].ov &&
			   gn_blocks_have(s->nodes[i].blocks,
					  (const struct gn_hash *)(const void *)block, NULL);
		n += has;
		if (holds)
			holds[i] = has;
	}
	return n;
}

#endif
