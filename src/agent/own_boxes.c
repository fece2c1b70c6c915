/* Own boxes: a front box, a private one, and those of before, which are read for 31 days more.
 *
 *   coming [its work is done] -> in use: told to contacts [weekly, refused keys are many, a device
 *          was revoked, the person asks] -> before: polled [31 days] -> gone
 *
 * 1. A box's key follows from the vault and a number that is never used again.
 * 2. The box in use is told when nodes hold its descriptor: what is written to one that nobody
 *    holds waits, and its owner may be gone for days. Whom it was told is stored with the telling;
 *    who was not is told when the agent opens, so that a crash in between loses nothing.
 * 3. Who is blocked or removed has no other key than theirs for a box: it is refused there.
 *
 * Rules AG-53, AG-59, AG-67, AG-68. */
#include "agent/own_int.h"

#include <stdlib.h>

static const uint8_t kinds[AGENT_BOXES] = {GN_FB_BOX_KIND_FRONT, GN_FB_BOX_KIND_PRIVATE};

/* ---- in the store; as it is in memory of this machine: nobody else reads it ---- */

struct box_row {
	uint64_t number, epoch, seq, since, until;
	uint8_t nonce[8];
	uint8_t made, front;
	uint16_t refused_count;
	struct gn_pk refused[GN_BOXREC_REFUSED];
};

static void row_of(const struct agent_box *b, struct box_row *row)
{
	memset(row, 0, sizeof *row);
	row->number = b->number;
	row->epoch = b->epoch;
	row->seq = b->seq;
	row->since = b->since;
	row->until = b->until;
	row->made = b->made;
	row->front = b->front;
	row->refused_count = (uint16_t)b->refused_count;
	memcpy(row->nonce, b->nonce, sizeof row->nonce);
	memcpy(row->refused, b->refused, b->refused_count * sizeof b->refused[0]);
}

static gn_err box_keys(struct gn_agent *a, struct agent_box *b)
{
	uint8_t context[9] = {b->front ? AGENT_FRONT : AGENT_PRIVATE}, seed[32];
	gn_put_be64(context + 1, b->number);
	GN_TRY(gn_agent_vault_derive(a->vault, "box/key", GN_SLICE(context), seed));
	gn_sk_from_seed(seed, &b->sk);
	gn_wipe(seed, sizeof seed);
	memset(b->hint, 0, sizeof b->hint);
	return b->front ? GN_OK
			: gn_agent_vault_derive(a->vault, "box/hint", GN_SLICE(context), b->hint);
}

static gn_err box_of(struct gn_agent *a, const struct box_row *row, struct agent_box *b)
{
	*b = (struct agent_box){.agent = a,
				.used = true,
				.front = row->front,
				.number = row->number,
				.epoch = row->epoch,
				.seq = row->seq,
				.since = row->since,
				.until = row->until,
				.made = row->made,
				.refused_count = row->refused_count};
	if (b->refused_count > GN_BOXREC_REFUSED)
		return GN_CORRUPT;
	memcpy(b->nonce, row->nonce, sizeof b->nonce);
	memcpy(b->refused, row->refused, b->refused_count * sizeof b->refused[0]);
	return box_keys(a, b);
}

static gn_err put_rows(struct gn_agent *a, struct gn_agent_tx *tx)
{
	struct box_row *rows = malloc(AGENT_BOXES_ALL * sizeof *rows);
	unsigned count = 0;
	if (!rows)
		return GN_NOMEM;
	for (unsigned i = 0; i < AGENT_BOXES_ALL; i++)
		if (a->boxes[i].used && (i < AGENT_BOXES || i >= AGENT_BEFORE))
			row_of(&a->boxes[i], &rows[count++]);
	gn_err err = gn_agent_meta_put(tx, "boxes",
				       gn_slice((const uint8_t *)rows, count * sizeof *rows));
	free(rows);
	return err;
}

static void save(struct gn_agent *a)
{
	struct gn_agent_tx tx;
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = put_rows(a, &tx);
	(void)agent_tx_end(a, &tx, err);
}

/* Those that a locked agent reads: front boxes, a key of zeros, the others. */
static gn_err list_readable(struct gn_agent *a)
{
	struct gn_pk list[AGENT_BOXES_ALL + 1];
	size_t count = 0;
	for (unsigned front = 2; front-- > 0;) {
		for (unsigned i = 0; i < AGENT_BOXES_ALL; i++)
			if (a->boxes[i].used && a->boxes[i].front == front)
				list[count++] = a->boxes[i].sk.pk;
		if (front)
			memset(&list[count++], 0, sizeof list[0]);
	}
	return gn_agent_vault_boxes_put(a->vault, list, count);
}

/* ---- descriptors ---- */

static unsigned place_of(const struct gn_agent *a, const struct agent_box *b)
{
	unsigned i = (unsigned)(b - a->boxes);
	return i == AGENT_FRONT     ? PLACE_FRONT
	       : i == AGENT_PRIVATE ? PLACE_PRIVATE
				    : PLACE_BEFORE + 2 * (i - AGENT_BEFORE);
}

static void put_invites(struct gn_agent *a, struct gn_boxrec *in)
{
	struct gn_people_invite invite;
	for (size_t i = 0; gn_people_invite_at(a->people, i, &invite); i++) {
		struct gn_sk key;
		if (invite.until < in->created || invite.used >= invite.uses ||
		    in->invite_count == GN_BOXREC_INVITES)
			continue;
		gn_boxrec_invite_key(invite.secret, &key);
		in->invites[in->invite_count++] = key.pk;
		gn_sk_wipe(&key);
	}
}

/* Its descriptor, as it is to be now. */
static void publish(struct gn_agent *a, struct agent_box *b)
{
	uint8_t kind = kinds[b->front ? AGENT_FRONT : AGENT_PRIVATE];
	const struct gn_boxrec_limits *most = gn_boxrec_limits(kind);
	struct gn_boxrec in = {.box = b->sk.pk,
			       .created = agent_unix(a),
			       .ttl = AGENT_BOX_TTL,
			       .kind = kind,
			       .reader_count = 1,
			       .item_ttl = most->ttl,
			       .items = most->items,
			       .bytes = most->bytes,
			       .item_max = most->item_max,
			       .bits = b->front ? GN_BOXREC_WORK_BITS : 0,
			       .epoch = b->epoch,
			       .refused_count = b->refused_count};
	struct gn_sk read, ack;
	uint8_t room[GN_RECORD_MAX];
	gn_err err = gn_agent_vault_reader(a->vault, &b->sk.pk, &read);
	if (!err)
		err = gn_agent_vault_ack(a->vault, &b->sk.pk, &ack);
	if (err) {
		agent_fail(a, err);
		return;
	}
	in.readers[0] = (struct gn_boxrec_reader){.read = read.pk, .ack = ack.pk};
	gn_sk_wipe(&read);
	gn_sk_wipe(&ack);
	memcpy(in.refused, b->refused, b->refused_count * sizeof b->refused[0]);
	if (b == &a->boxes[AGENT_FRONT])
		put_invites(a, &in);
	memcpy(in.nonce, b->nonce, sizeof in.nonce);
	in.seq = b->seq = in.created > b->seq ? in.created : b->seq + 1;
	for (uint8_t salt = 0; !err && salt < most->salts; salt++) {
		struct gn_buf out = {room, 0, sizeof room};
		err = gn_boxrec_record(&b->sk, &in, salt, &out);
		if (!err)
			err = gn_agent_publish_set(a->publish, place_of(a, b) + salt,
						   gn_buf_slice(&out), a->now);
	}
	if (err)
		gn_host_log(&a->host, GN_LOG_WARN, "box", "its descriptor cannot be made: %s",
			    gn_err_text(err));
	else
		save(a);
}

void agent_own_box_publish(struct gn_agent *a, unsigned which)
{
	if (a->boxes[which].made)
		publish(a, &a->boxes[which]);
}

/* A little of the work of one that is not made yet. True: there is more to do. */
static bool work(struct gn_agent *a, struct agent_box *b)
{
	if (!b->epoch)
		b->epoch = agent_unix(a) / DAY;
	struct gn_work_tries tries = {b->tried, AGENT_WORK_TRIES};
	gn_err err = gn_boxrec_puzzle(&b->sk.pk, b->epoch, GN_BOXREC_WORK_BITS, tries, b->nonce);
	b->tried += AGENT_WORK_TRIES;
	b->made = !err;
	return !b->made;
}

/* ---- one follows another ---- */

static void unfollow(struct gn_agent *a, struct agent_box *b)
{
	gn_agent_link_drop(a->link, b->call);
	b->call = 0;
	b->followed = false;
	b->due = a->now;
}

static void forget(struct gn_agent *a, struct agent_box *b)
{
	unfollow(a, b);
	gn_agent_publish_drop(a->publish, place_of(a, b));
	gn_agent_publish_drop(a->publish, place_of(a, b) + 1);
	gn_wipe(b, sizeof *b);
}

static struct agent_box *free_before(struct gn_agent *a)
{
	struct agent_box *oldest = &a->boxes[AGENT_BEFORE];
	for (unsigned i = AGENT_BEFORE; i < AGENT_BOXES_ALL; i++) {
		if (!a->boxes[i].used)
			return &a->boxes[i];
		if (a->boxes[i].until < oldest->until)
			oldest = &a->boxes[i];
	}
	forget(a, oldest);
	return oldest;
}

static gn_err begin_coming(struct gn_agent *a, unsigned which)
{
	struct agent_box *b = &a->boxes[AGENT_COMING + which];
	if (b->used)
		return GN_OK;
	*b = (struct agent_box){.agent = a,
				.used = true,
				.front = which == AGENT_FRONT,
				.number = a->boxes[which].number + 1};
	return box_keys(a, b);
}

/* The one that is coming is in use from now on. */
static void take_over(struct gn_agent *a, unsigned which)
{
	struct agent_box *b = &a->boxes[which], *coming = &a->boxes[AGENT_COMING + which],
			 *before = free_before(a);
	unfollow(a, b);
	*before = *b;
	before->until = agent_unix(a) + AGENT_BEFORE_TTL;
	*b = *coming;
	b->since = agent_unix(a);
	gn_wipe(coming, sizeof *coming);
	gn_host_log(&a->host, GN_LOG_INFO, "box", "a new %s box is in use",
		    b->front ? "front" : "private");
	publish(a, before);
	publish(a, b);
	gn_err err = list_readable(a);
	if (err) {
		agent_fail(a, err);
		return;
	}
	if (b->front)
		a->identity_ask = a->now; /* the record names the one of before */
}

/* ---- whom it was told ---- */

struct told_row {
	struct gn_pk box;
	uint64_t until; /* Unix seconds: of the certificate */
};

static void told_name(const struct gn_pk *owner, char out[80])
{
	memcpy(out, "told.", 6);
	gn_hex(GN_SLICE(owner->b), out + 5);
}

static bool was_told(struct gn_agent *a, const struct gn_pk *owner, struct told_row *row)
{
	char name[80];
	told_name(owner, name);
	gn_err err = agent_meta(a, name, row, sizeof *row);
	if (err && err != GN_NOT_FOUND)
		agent_fail(a, err);
	return !err;
}

/* The key that a contact deposits with in a box of ours: it follows from both. */
static gn_err deposit_seed(struct gn_agent *a, const struct agent_box *b, const struct gn_pk *owner,
			   uint8_t out[32])
{
	uint8_t context[64];
	memcpy(context, b->sk.pk.b, 32);
	memcpy(context + 32, owner->b, 32);
	return gn_agent_vault_derive(a->vault, "box/deposit", GN_SLICE(context), out);
}

bool agent_own_depositor(struct gn_agent *a, const struct agent_box *b, const struct gn_pk *by,
			 struct gn_pk *owner)
{
	struct gn_people_contact c;
	struct gn_sk key;
	uint8_t seed[32];
	bool is = false;
	for (size_t i = 0; !is && gn_people_at(a->people, i, &c); i++) {
		if (c.state != GN_PEOPLE_ACCEPTED || c.blocked || deposit_seed(a, b, c.owner, seed))
			continue;
		gn_sk_from_seed(seed, &key);
		is = gn_pk_eq(&key.pk, by);
		*owner = *c.owner;
	}
	gn_wipe(seed, sizeof seed);
	gn_sk_wipe(&key);
	return is;
}

void agent_own_box_for(struct gn_agent *a, const struct gn_pk *owner)
{
	struct agent_box *b = &a->boxes[AGENT_PRIVATE];
	struct gn_content_box told = {.box = b->sk.pk,
				      .until = agent_unix(a) + AGENT_CERTIFICATE_TTL};
	struct told_row row = {.box = b->sk.pk, .until = told.until};
	struct gn_agent_tx tx = {0};
	struct gn_sk key;
	char name[80];
	if (!gn_agent_publish_held(a->publish, PLACE_PRIVATE))
		return; /* agent_own_signed comes, and then whoever was not told is */
	if (deposit_seed(a, b, owner, told.deposit_seed))
		return; /* it has been locked meanwhile */
	gn_sk_from_seed(told.deposit_seed, &key);
	struct gn_boxcert cert = {.key = key.pk,
				  .until = told.until,
				  .items = AGENT_CERTIFICATE_ITEMS,
				  .kib = AGENT_CERTIFICATE_KIB};
	gn_boxcert_make(&b->sk, &cert);
	gn_boxcert_put(&cert, told.certificate);
	memcpy(told.hint, b->hint, sizeof told.hint);
	told_name(owner, name);
	gn_err err = gn_people_box(a->people, owner, &told, a->now);
	gn_sk_wipe(&key);
	gn_wipe(&told, sizeof told);
	if (err)
		return; /* they are no contact, or not yet */
	err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = agent_meta_put(&tx, name, &row, sizeof row);
	if (!err)
		err = agent_keep(a, &tx);
	(void)agent_tx_end(a, &tx, err);
}

/* Some contacts: who does not know the box in use is told; who was never found is looked for. */
static bool tell_some(struct gn_agent *a)
{
	struct gn_people_contact c;
	struct told_row row;
	bool held = gn_agent_publish_held(a->publish, PLACE_PRIVATE);
	for (unsigned i = 0; i < AGENT_TELL_AT_ONCE && !a->failed; i++) {
		if (!gn_people_at(a->people, a->tell_at, &c)) {
			a->tell_at = SIZE_MAX;
			return false;
		}
		a->tell_at++;
		struct gn_pk owner = *c.owner;
		bool accepted = c.state == GN_PEOPLE_ACCEPTED && !c.blocked;
		if (!c.pin.seq && !c.blocked) {
			gn_err err = gn_agent_know_ask(a->know, &owner);
			(void)err; /* full: with what is sent to them */
		}
		bool knows = accepted && was_told(a, &owner, &row) &&
			     gn_pk_eq(&row.box, &a->boxes[AGENT_PRIVATE].sk.pk) &&
			     row.until > agent_unix(a) + AGENT_CERTIFICATE_TTL / 2;
		if (accepted && !knows && held && !a->failed)
			agent_own_box_for(a, &owner);
	}
	return !a->failed;
}

/* ---- whom it refuses ---- */

/* True: the list changed. */
static bool refuse(struct gn_agent *a, struct agent_box *b, const struct gn_pk *owner, bool on)
{
	uint8_t seed[32];
	struct gn_sk key;
	size_t at = 0;
	if (deposit_seed(a, b, owner, seed))
		return false;
	gn_sk_from_seed(seed, &key);
	struct gn_pk pk = key.pk;
	gn_sk_wipe(&key);
	gn_wipe(seed, sizeof seed);
	while (at < b->refused_count && !gn_pk_eq(&b->refused[at], &pk))
		at++;
	bool is = at < b->refused_count;
	if (is == on || (on && b->refused_count == GN_BOXREC_REFUSED))
		return false;
	if (on)
		b->refused[b->refused_count++] = pk;
	else
		b->refused[at] = b->refused[--b->refused_count];
	return true;
}

void agent_own_contact(struct gn_agent *a, const struct gn_pk *owner)
{
	struct gn_people_contact c;
	struct told_row row;
	bool on = gn_people_get(a->people, owner, &c) != GN_OK || c.blocked;
	if (!was_told(a, owner, &row))
		return; /* they have no key of any */
	for (unsigned i = 0; i < AGENT_BOXES_ALL && !a->failed; i++) {
		struct agent_box *b = &a->boxes[i];
		if (!b->used || !b->made || b->front || i == AGENT_COMING + AGENT_PRIVATE ||
		    !refuse(a, b, owner, on))
			continue;
		publish(a, b);
		if (b->refused_count == GN_BOXREC_REFUSED)
			a->box_wanted[AGENT_PRIVATE] |= i == AGENT_PRIVATE;
	}
}

/* ---- signatures for sessions with holders ---- */

void agent_own_sign(struct gn_agent *a, struct gn_fb_box_sign t)
{
	static const struct gn_app_kind signed_kind = {GN_FB_APP_BODY_APP_BOX,
						       GN_FB_APP_BOX_BODY_BOX_SIGNED};
	struct gn_boxrec_show show = {.role = gn_fb_box_sign_role(t)};
	struct gn_fb_key key = gn_fb_box_sign_key(t);
	struct gn_fb_hash exporter = gn_fb_box_sign_exporter(t);
	struct gn_sk sk = {0};
	struct gn_pk by;
	struct gn_sig sig;
	bool found = false;
	memcpy(show.box.b, gn_fb_box_sign_box(t).b, sizeof show.box.b);
	memcpy(show.holder.b, gn_fb_box_sign_holder(t).b, sizeof show.holder.b);
	memcpy(show.exporter, exporter.b, sizeof show.exporter);
	memcpy(by.b, key.b, sizeof by.b);
	if (show.role == GN_BOXREC_READER)
		found = gn_agent_vault_reader(a->vault, &show.box, &sk) == GN_OK;
	else if (show.role == GN_BOXREC_REMOVER)
		found = gn_agent_vault_ack(a->vault, &show.box, &sk) == GN_OK;
	for (unsigned i = 0; show.role == GN_BOXREC_DEPOSITOR && i < AGENT_DEPOSITS && !found; i++)
		if (a->deposits[i].out && gn_pk_eq(&a->deposits[i].by, &by)) {
			sk = a->deposits[i].sk;
			found = true;
		}
	for (unsigned i = 0; show.role == GN_BOXREC_DEPOSITOR && i < AGENT_CHECKS && !found; i++)
		if (a->checks[i].out && gn_pk_eq(&a->checks[i].sk.pk, &by)) {
			sk = a->checks[i].sk;
			found = true;
		}
	/* at queues; the worker's key in others' for all that it was granted */
	if (show.role == GN_BOXREC_DEPOSITOR && gn_pk_eq(&a->queue.deposit.pk, &by)) {
		sk = a->queue.deposit;
		found = true;
	} else if (show.role != GN_BOXREC_REMOVER && gn_pk_eq(&a->queue.worker.pk, &by)) {
		sk = a->queue.worker;
		found = true;
	}
	if (found && gn_pk_eq(&sk.pk, &by) && gn_agent_link_is_up(a->link)) {
		struct gn_fb_sig fb;
		gn_boxrec_show_sign(&sk, &show, &sig);
		memcpy(fb.b, sig.b, sizeof fb.b);
		struct gn_fb_box_signed_args args = {.sign = gn_fb_box_sign_sign(t), .sig = &fb};
		gn_fbref table = gn_fb_box_signed_make(gn_agent_link_builder(a->link), &args);
		gn_err err = gn_agent_link_call(a->link, signed_kind, table, 0, agent_no_answer, a,
						NULL);
		(void)err; /* the node asks again */
	}
	gn_sk_wipe(&sk);
}

void agent_no_answer(void *user, const struct gn_host_client_event *e)
{
	(void)user;
	(void)e;
}

/* ---- the outside ---- */

static gn_err load(struct gn_agent *a)
{
	struct box_row *rows = malloc(AGENT_BOXES_ALL * sizeof *rows);
	struct gn_buf room = {(uint8_t *)rows, 0, AGENT_BOXES_ALL * sizeof *rows};
	gn_err err = rows ? gn_agent_meta_get(a->db, "boxes", &room) : GN_NOMEM;
	size_t count = room.len / sizeof *rows;
	if (!err && (room.len % sizeof *rows || count < AGENT_BOXES))
		err = GN_CORRUPT;
	for (size_t i = 0; !err && i < count; i++)
		err = box_of(a, &rows[i], &a->boxes[i < AGENT_BOXES ? i : AGENT_BEFORE + i - 2]);
	free(rows);
	return err;
}

gn_err agent_own_boxes_open(struct gn_agent *a)
{
	gn_err err = load(a);
	if (err && err != GN_NOT_FOUND)
		return err;
	for (unsigned i = 0; err && i < AGENT_BOXES; i++) {
		struct box_row row = {.front = i == AGENT_FRONT, .since = agent_unix(a)};
		GN_TRY(box_of(a, &row, &a->boxes[i]));
	}
	for (unsigned i = 0; i < AGENT_BOXES_ALL; i++)
		if (a->boxes[i].used && a->boxes[i].made)
			publish(a, &a->boxes[i]);
	a->tell_at = 0;
	return list_readable(a);
}

static bool is_coming(unsigned i)
{
	return i >= AGENT_COMING && i < AGENT_BEFORE;
}

gn_time agent_own_boxes_pump(struct gn_agent *a)
{
	uint64_t now = agent_unix(a), next = UINT64_MAX;
	for (unsigned i = 0; i < AGENT_BOXES_ALL; i++) {
		struct agent_box *b = &a->boxes[i];
		if (!b->used)
			continue;
		if (!b->made && work(a, b))
			return a->now; /* a little in each turn */
		if (!b->seq && !is_coming(i))
			publish(a, b); /* the first */
		if (b->until && b->until <= now) {
			forget(a, b);
			save(a);
		} else if (b->until && b->until < next) {
			next = b->until;
		}
	}
	struct agent_box *private = &a->boxes[AGENT_PRIVATE];
	a->box_wanted[AGENT_PRIVATE] |= private->since + AGENT_PRIVATE_TTL <= now;
	for (unsigned i = 0; i < AGENT_BOXES; i++) /* holders look at the day of their work */
		a->box_wanted[i] |= agent_to_come(a, a->boxes[i].epoch * DAY);
	for (unsigned i = 0; i < AGENT_BOXES && !a->failed; i++) {
		if (a->boxes[AGENT_COMING + i].used) {
			take_over(a, i);
			a->box_wanted[i] = false;
		} else if (a->box_wanted[i]) {
			gn_err err = begin_coming(a, i);
			if (err)
				agent_fail(a, err);
			return a->now;
		}
	}
	if (a->tell_at != SIZE_MAX && !a->failed && tell_some(a))
		return a->now;
	next = next < private->since + AGENT_PRIVATE_TTL ? next
							 : private->since + AGENT_PRIVATE_TTL;
	return (gn_time)next * GN_SEC;
}
