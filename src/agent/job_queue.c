/* The queue of this agent's jobs: a box of kind 3 whose keys follow from the vault, made when it is
 * first asked for. Its reader and its only worker by key is the agent itself; others work by a
 * chain that the box's key signs.
 *
 *   none -> wanted [agent_queue_wanted] -> made [its work is found: agent_queue_pump] -> followed
 *
 * Rules AG-100, AG-101. */
#include "agent/job_int.h"

#include "wire/token.h"

#include <stdlib.h>

#define DAY 86400u

static const struct gn_app_kind follow_kind = {GN_FB_APP_BODY_APP_BOX,
					       GN_FB_APP_BOX_BODY_BOX_FOLLOW};

struct queue_row { /* of the store, as it is in memory of this machine */
	uint64_t epoch, seq;
	uint8_t nonce[8];
	bool wanted, made;
};
struct refused_row {
	uint64_t count;
	struct gn_pk keys[GN_BOXREC_REFUSED];
};

static gn_err derive(struct gn_agent *a, const char *purpose, struct gn_slice context,
		     struct gn_sk *out)
{
	uint8_t seed[32];
	GN_TRY(gn_agent_vault_derive(a->vault, purpose, context, seed));
	gn_sk_from_seed(seed, out);
	gn_wipe(seed, sizeof seed);
	return GN_OK;
}

gn_err agent_queue_open(struct gn_agent *a)
{
	struct agent_queue *q = &a->queue;
	struct queue_row row = {0};
	struct refused_row refused = {0};
	uint8_t context[64] = AGENT_JOB_CERTIFICATE;
	gn_err err = agent_meta(a, "box.jobs", &row, sizeof row);
	if (!err || err == GN_NOT_FOUND)
		err = agent_meta(a, "box.jobs.refused", &refused, sizeof refused);
	if (err && err != GN_NOT_FOUND)
		return err;
	if (refused.count > GN_BOXREC_REFUSED)
		return GN_CORRUPT;
	*q = (struct agent_queue){
		.epoch = row.epoch, .seq = row.seq, .wanted = row.wanted, .made = row.made};
	if (agent_to_come(a, q->epoch * DAY)) { /* holders look at the day of its work */
		q->epoch = 0;
		q->made = false;
	}
	memcpy(q->nonce, row.nonce, sizeof q->nonce);
	memcpy(q->refused, refused.keys, sizeof q->refused);
	q->refused_count = (size_t)refused.count;
	GN_TRY(derive(a, "job/queue", gn_slice(NULL, 0), &q->sk));
	GN_TRY(derive(a, "job/worker", gn_slice(NULL, 0), &q->worker));
	memcpy(context + 32, q->sk.pk.b, 32);
	GN_TRY(derive(a, "box/deposit", GN_SLICE(context), &q->deposit));
	if (q->made)
		agent_queue_renew(a);
	return GN_OK;
}

static void save(struct gn_agent *a)
{
	const struct agent_queue *q = &a->queue;
	struct queue_row row;
	struct refused_row refused;
	struct gn_agent_tx tx;
	memset(&row, 0, sizeof row);
	memset(&refused, 0, sizeof refused);
	refused.count = q->refused_count;
	memcpy(refused.keys, q->refused, sizeof refused.keys);
	row.epoch = q->epoch;
	row.seq = q->seq;
	row.wanted = q->wanted;
	row.made = q->made;
	memcpy(row.nonce, q->nonce, sizeof row.nonce);
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = agent_meta_put(&tx, "box.jobs", &row, sizeof row);
	if (!err)
		err = agent_meta_put(&tx, "box.jobs.refused", &refused, sizeof refused);
	(void)agent_tx_end(a, &tx, err);
}

void agent_queue_renew(struct gn_agent *a)
{
	struct agent_queue *q = &a->queue;
	const struct gn_boxrec_limits *most = gn_boxrec_limits(GN_FB_BOX_KIND_QUEUE);
	struct gn_boxrec in = {.box = q->sk.pk,
			       .created = agent_unix(a),
			       .ttl = AGENT_BOX_TTL,
			       .kind = GN_FB_BOX_KIND_QUEUE,
			       .reader_count = 1,
			       .item_ttl = AGENT_JOB_TTL,
			       .items = most->items,
			       .bytes = most->bytes,
			       .item_max = most->item_max,
			       .epoch = q->epoch,
			       .lease = AGENT_JOB_LEASE,
			       .deliveries = AGENT_JOB_DELIVERIES,
			       .workers = {q->worker.pk},
			       .worker_count = 1};
	struct gn_sk read, ack;
	uint8_t room[GN_RECORD_MAX];
	struct gn_buf out = {room, 0, sizeof room};
	if (gn_agent_vault_reader(a->vault, &q->sk.pk, &read) != GN_OK ||
	    gn_agent_vault_ack(a->vault, &q->sk.pk, &ack) != GN_OK)
		return; /* it has been locked meanwhile */
	in.readers[0] = (struct gn_boxrec_reader){.read = read.pk, .ack = ack.pk};
	gn_sk_wipe(&read);
	gn_sk_wipe(&ack);
	memcpy(in.nonce, q->nonce, sizeof in.nonce);
	memcpy(in.refused, q->refused, sizeof in.refused);
	in.refused_count = q->refused_count;
	in.seq = q->seq = in.created > q->seq ? in.created : q->seq + 1;
	gn_err err = gn_boxrec_record(&q->sk, &in, 0, &out);
	if (!err)
		err = gn_agent_publish_set(a->publish, AGENT_PLACE_QUEUE, gn_buf_slice(&out),
					   a->now);
	if (err)
		gn_host_log(&a->host, GN_LOG_WARN, "jobs", "the queue cannot be made: %s",
			    gn_err_text(err));
	else
		save(a);
}

bool agent_queue_wanted(struct gn_agent *a)
{
	if (!a->queue.wanted) {
		a->queue.wanted = true;
		save(a);
	}
	return a->queue.made;
}

static void on_followed(void *user, const struct gn_host_client_event *e)
{
	struct gn_agent *a = user;
	if (e->what == GN_HOST_CLIENT_FAILED)
		a->queue.call = 0;
	else if (e->what == GN_HOST_CLIENT_ANSWER && e->kind.area == GN_FB_APP_BODY_APP_BOX &&
		 e->kind.member == GN_FB_APP_BOX_BODY_BOX_SIGN)
		agent_own_sign(a, (struct gn_fb_box_sign){e->table});
}

/* So that what is dropped is told to every holder, also those that come later. */
static void follow(struct gn_agent *a)
{
	struct agent_queue *q = &a->queue;
	struct gn_fb_key key, read_key, ack_key;
	struct gn_sk read, ack;
	if (gn_agent_vault_reader(a->vault, &q->sk.pk, &read) != GN_OK)
		return;
	if (gn_agent_vault_ack(a->vault, &q->sk.pk, &ack) != GN_OK) {
		gn_sk_wipe(&read);
		return;
	}
	memcpy(key.b, q->sk.pk.b, sizeof key.b);
	memcpy(read_key.b, read.pk.b, sizeof read_key.b);
	memcpy(ack_key.b, ack.pk.b, sizeof ack_key.b);
	gn_sk_wipe(&read);
	gn_sk_wipe(&ack);
	struct gn_fb_box_follow_args args = {.box = &key, .read = &read_key, .ack = &ack_key};
	gn_fbref table = gn_fb_box_follow_make(gn_agent_link_builder(a->link), &args);
	if (gn_agent_link_call(a->link, follow_kind, table, GN_HOST_CLIENT_LASTS, on_followed, a,
			       &q->call) != GN_OK)
		q->call = 0;
}

gn_time agent_queue_pump(struct gn_agent *a)
{
	struct agent_queue *q = &a->queue;
	if (!q->wanted)
		return GN_NEVER;
	if (!q->made) {
		q->epoch = q->epoch ? q->epoch : agent_unix(a) / DAY;
		struct gn_work_tries tries = {q->tried, AGENT_WORK_TRIES};
		q->tried += AGENT_WORK_TRIES;
		if (gn_boxrec_puzzle(&q->sk.pk, q->epoch, GN_BOXREC_WORK_BITS, tries, q->nonce))
			return a->now; /* a little in each turn */
		q->made = true;
		agent_queue_renew(a);
	}
	if (q->call || !gn_agent_link_is_up(a->link))
		return GN_NEVER;
	if (q->due <= a->now) {
		q->due = a->now + AGENT_FOLLOW_WAIT;
		follow(a);
	}
	return q->call ? GN_NEVER : q->due;
}

gn_fbref agent_queue_proof(struct gn_agent *a, struct gn_fbb *b, const struct agent_job_at *at,
			   const struct gn_hash *item)
{
	const struct agent_queue *q = &a->queue;
	struct gn_boxcert cert = {.key = q->deposit.pk,
				  .until = agent_unix(a) + AGENT_CERTIFICATE_TTL,
				  .items = AGENT_JOB_ITEMS,
				  .kib = AGENT_JOB_KIB};
	uint8_t certificate[GN_BOXCERT_LEN];
	struct gn_fb_sig fb_sig;
	struct gn_sig sig;
	gn_boxrec_deposit_sign(at->own ? &q->deposit : &q->worker, &at->queue, item, &sig);
	memcpy(fb_sig.b, sig.b, sizeof fb_sig.b);
	struct gn_fb_box_proof_args proof = {
		.way = GN_FB_BOX_WAY_TOKEN, .token = at->token, .sig = &fb_sig};
	if (at->own) {
		gn_boxcert_make(&q->sk, &cert);
		gn_boxcert_put(&cert, certificate);
		proof.way = GN_FB_BOX_WAY_CERTIFICATE;
		proof.certificate = GN_SLICE(certificate);
	}
	return gn_fb_box_proof_make(b, &proof);
}

static void resource(const struct gn_pk *queue, char path[4 + 64 + 1])
{
	memcpy(path, "box/", 4);
	gn_hex(GN_SLICE(queue->b), path + 4);
}

/* Does this chain of the queue's let that key do so? at 0: when it held; holders looked then. */
static bool grants(const struct gn_pk *queue, const struct gn_pk *key, struct gn_slice token,
		   uint64_t action, uint64_t at)
{
	char path[4 + 64 + 1];
	struct gn_token *t = token.len ? malloc(sizeof *t) : NULL;
	resource(queue, path);
	bool is = t && gn_token_open(token, t, NULL) == GN_OK &&
		  gn_pk_eq(gn_token_bearer(t), key) &&
		  gn_token_grants(t, queue, gn_str(path), action,
				  at ? at : t->blocks[t->count - 1].expires - 1) == GN_OK;
	free(t);
	return is;
}

bool agent_queue_works(const struct agent_job_at *at, const struct gn_pk *worker,
		       struct gn_slice token)
{
	return grants(&at->queue, worker, token, GN_FB_ACTION_LEASE, 0) ||
	       (token.len == 0 && gn_pk_eq(worker, &at->worker));
}

bool agent_queue_refuses(const struct gn_agent *a, const struct gn_pk *key)
{
	const struct agent_queue *q = &a->queue;
	for (size_t i = 0; i < q->refused_count; i++)
		if (gn_pk_eq(&q->refused[i], key))
			return true;
	return false;
}

bool agent_queue_asks(struct gn_agent *a, const struct gn_pk *queue, const struct gn_job *job,
		      uint64_t at)
{
	bool own = gn_pk_eq(queue, &a->queue.sk.pk);
	if (gn_pk_eq(&job->requester, queue))
		return true;
	if (own && agent_queue_refuses(a, &job->requester))
		return false;
	return grants(queue, &job->requester, job->token, GN_FB_ACTION_DEPOSIT, at);
}

bool agent_queue_reached(struct agent_request *r)
{
	if (gn_agent_link_is_up(r->agent->link))
		return true;
	gn_host_error(&r->base, GN_CLOSED, "%s", r->agent->link_why);
	return false;
}

bool agent_queue_ours(struct agent_request *r, struct gn_slice token)
{
	struct gn_token *t = malloc(sizeof *t);
	bool ours = t && gn_token_open(token, t, NULL) == GN_OK &&
		    gn_pk_eq(gn_token_bearer(t), &r->agent->queue.worker.pk);
	free(t);
	if (!ours)
		gn_host_error(&r->base, GN_DENIED,
			      "what its owner printed is for another key: it does not let you in. "
			      "Give them the one that `geonet job key` shows");
	return ours;
}

gn_err agent_queue_grant(struct gn_agent *a, const struct gn_pk *worker,
			 const struct agent_grant *grant, struct gn_buf *out)
{
	char path[4 + 64 + 1];
	resource(&a->queue.sk.pk, path);
	struct gn_token_right right = {gn_str(path), grant->actions};
	uint64_t early =
		GN_TOKEN_LIFE_MAX - grant->seconds; /* clocks differ; a chain has its bound */
	struct gn_token_fields f = {.audience = *worker,
				    .rights = &right,
				    .right_count = 1,
				    .limits = grant->limits,
				    .limit_count = grant->limit_count,
				    .not_before = agent_unix(a) - (early < 300 ? early : 300),
				    .expires = agent_unix(a) + grant->seconds};
	gn_rand_fill(&a->host.rand, f.nonce, sizeof f.nonce);
	return gn_token_issue(&a->queue.sk, &f, out, NULL);
}

gn_err agent_queue_refuse(struct gn_agent *a, const struct gn_pk *key, bool refused)
{
	struct agent_queue *q = &a->queue;
	size_t i = 0;
	while (i < q->refused_count && !gn_pk_eq(&q->refused[i], key))
		i++;
	if (refused == (i < q->refused_count))
		return GN_OK;
	if (refused && q->refused_count == GN_BOXREC_REFUSED)
		return GN_LIMIT;
	if (refused)
		q->refused[q->refused_count++] = *key;
	else
		q->refused[i] = q->refused[--q->refused_count];
	agent_queue_renew(a); /* and saves it */
	return GN_OK;
}
