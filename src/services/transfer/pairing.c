/* A run of pairing: pairing.h. The code's one text goes into SPAKE2 with both session keys and
 * what the session exports; its key gives the secret, HKDF(key, info "geonet/send/resume/1", 48):
 * 16 bytes of name, 32 of key. The mac of a RESUME is HMAC(key, "geonet/send/resume/1" || 'A' or
 * 'B', who says it || what the session exports || A's key || B's key).
 *
 * 1. A guess is spent before the bytes go out by which it could be judged; success gives it back.
 * 2. A says its confirmation, and B believes, only after the other's was right.
 * 3. After DONE and FAILED nothing is taken in, and no secret of the run is kept.
 * Rule RE-61. */
#include "services/transfer/pairing.h"

#include "services/transfer/frame_int.h"

#include <stdio.h>

static const char resume_info[] = "geonet/send/resume/1";

/* ---- the code ---- */

void gn_transfer_code_init(struct gn_transfer_code *c, const struct gn_code *code, gn_time now)
{
	*c = (struct gn_transfer_code){.until = now + CODE_LIFE};
	gn_code_text(code, c->text);
}

gn_err gn_transfer_code_state(const struct gn_transfer_code *c, gn_time now)
{
	if (c->used || c->failures >= CODE_FAILURES || now >= c->until)
		return GN_EXPIRED;
	return now < c->next ? GN_BUSY : GN_OK;
}

static gn_err guess_spend(struct gn_transfer_code *c, gn_time now)
{
	gn_err err = c ? gn_transfer_code_state(c, now) : GN_OK;
	if (!c)
		return GN_OK;
	if (err != GN_OK) {
		c->refused++;
		return err;
	}
	c->failures++;
	c->next = now + CODE_APART;
	return GN_OK;
}

static gn_err guess_right(struct gn_transfer_code *c)
{
	if (!c)
		return GN_OK;
	if (c->used) /* by another run, meanwhile */
		return GN_EXPIRED;
	GN_ASSERT(c->failures > 0);
	c->used = true;
	c->failures--;
	return GN_OK;
}

/* ---- ends ---- */

static void say(struct gn_pairing *p, enum frame_type type, const struct gn_slice *parts,
		size_t count)
{
	size_t len = 0;
	for (size_t i = 0; i < count; i++)
		len += parts[i].len;
	GN_ASSERT(p->out_len + FRAME_HEAD + len <= sizeof p->out);
	transfer_frame_write(p->out + p->out_len, type, len);
	p->out_len += FRAME_HEAD;
	for (size_t i = 0; i < count; i++) {
		memcpy(p->out + p->out_len, parts[i].p, parts[i].len);
		p->out_len += (uint32_t)parts[i].len;
	}
}

static void forget(struct gn_pairing *p)
{
	gn_spake2_wipe(&p->spake);
	gn_wipe(p->text, sizeof p->text);
	gn_wipe(&p->held, sizeof p->held);
	gn_wipe(p->in, sizeof p->in);
}

static void end(struct gn_pairing *p, gn_err err, struct gn_slice why)
{
	GN_ASSERT(p->state == GN_PAIRING_RUNS && err != GN_OK);
	p->state = GN_PAIRING_FAILED;
	p->err = err;
	gn_plain(why, p->why, sizeof p->why);
	forget(p); /* `why` may be in it */
}

/* This end gives up, and says so. why: NULL: what err says. */
static void fail(struct gn_pairing *p, gn_err err, const char *why)
{
	uint8_t code = transfer_stop_code(err);
	why = why                 ? why
	      : err == GN_AUTH    ? "the code is not the right one"
	      : err == GN_BUSY    ? "a code is tried once in 5 s: try again then"
	      : err == GN_EXPIRED ? "the code is used up or too old"
	      : err == GN_TIMEOUT ? "no answer in time"
				  : "the other end does not speak the protocol";
	say(p, FRAME_STOP, (struct gn_slice[]){gn_slice(&code, 1), gn_str(why)}, 2);
	end(p, err, gn_str(why));
}

static void succeed(struct gn_pairing *p, const struct gn_transfer_secret *secret, bool resumed)
{
	GN_ASSERT(p->state == GN_PAIRING_RUNS);
	p->secret = *secret;
	p->resumed = resumed;
	p->state = GN_PAIRING_DONE;
	forget(p);
}

static void paired(struct gn_pairing *p, uint8_t key[GN_SPAKE2_KEY])
{
	struct gn_transfer_secret made;
	uint8_t room[48];
	gn_hkdf(gn_slice(key, GN_SPAKE2_KEY), gn_slice(NULL, 0), gn_str(resume_info), room,
		sizeof room);
	memcpy(made.id, room, sizeof made.id);
	memcpy(made.key, room + sizeof made.id, sizeof made.key);
	succeed(p, &made, false);
	gn_wipe(room, sizeof room);
	gn_wipe(&made, sizeof made);
	gn_wipe(key, GN_SPAKE2_KEY);
}

/* ---- resuming ---- */

static void resume_mac(const struct gn_pairing *p, enum gn_spake2_role of, uint8_t mac[32])
{
	uint8_t who = of == GN_SPAKE2_A ? 'A' : 'B';
	struct gn_slice parts[] = {gn_str(resume_info), gn_slice(&who, 1), GN_SLICE(p->exported),
				   GN_SLICE(p->a.b), GN_SLICE(p->b.b)};
	GN_ASSERT(p->has_secret);
	gn_hmac_sha256_parts(GN_SLICE(p->held.key), parts, GN_COUNT(parts), mac);
}

static void resume_say(struct gn_pairing *p)
{
	uint8_t mac[32];
	GN_ASSERT(p->has_secret && p->state == GN_PAIRING_RUNS);
	resume_mac(p, p->role, mac);
	say(p, FRAME_RESUME, (struct gn_slice[]){GN_SLICE(p->held.id), GN_SLICE(mac)}, 2);
}

static void resume_take(struct gn_pairing *p, struct gn_slice body)
{
	uint8_t mac[32];
	bool a = p->role == GN_SPAKE2_A;
	if (body.len != sizeof p->held.id + sizeof mac || (a && !p->has_secret)) {
		fail(p, GN_PROTOCOL, NULL);
		return;
	}
	if (!p->has_secret) {
		fail(p, GN_EXPIRED, "there is nothing here to go on with");
		return;
	}
	resume_mac(p, a ? GN_SPAKE2_B : GN_SPAKE2_A, mac);
	bool right = memcmp(body.p, p->held.id, sizeof p->held.id) == 0 &&
		     gn_equal_ct(body.p + sizeof p->held.id, mac, sizeof mac);
	if (!right) {
		fail(p, GN_EXPIRED, "there is nothing here to go on with");
		return;
	}
	if (!a)
		resume_say(p);
	succeed(p, &p->held, true);
}

/* ---- the code's run ---- */

static void share_say(struct gn_pairing *p, const uint8_t *confirm)
{
	struct gn_slice parts[] = {GN_SLICE(p->spake.message),
				   gn_slice(confirm, confirm ? GN_SPAKE2_CONFIRM : 0)};
	say(p, FRAME_SHARE, parts, confirm ? 2 : 1);
}

static void run_begin(struct gn_pairing *p)
{
	uint8_t w[GN_SPAKE2_SCALAR], message[GN_SPAKE2_MESSAGE];
	GN_ASSERT(p->text[0] && p->spake.state == GN_SPAKE2_NONE);
	gn_spake2_scalar(gn_str(p->text), w);
	gn_spake2_start(&p->spake, p->role, w, p->rand, message);
	gn_wipe(w, sizeof w);
}

/* Their point, and of B's its confirmation behind it. */
static void share_take(struct gn_pairing *p, struct gn_slice body, gn_time now)
{
	uint8_t room[GN_SPAKE2_AAD], confirm[GN_SPAKE2_CONFIRM], key[GN_SPAKE2_KEY];
	bool a = p->role == GN_SPAKE2_A;
	struct gn_spake2_bind bind = gn_spake2_session(p->a.b, p->b.b, p->exported, room);
	gn_err err = body.len != GN_SPAKE2_MESSAGE + (a ? GN_SPAKE2_CONFIRM : 0u) ? GN_PROTOCOL
		     : !p->text[0]                                                ? GN_EXPIRED
										  : GN_OK;
	if (err == GN_OK && p->spake.state == (a ? GN_SPAKE2_NONE : GN_SPAKE2_KEYED))
		err = GN_PROTOCOL; /* not asked for, or twice */
	if (err == GN_OK)
		err = guess_spend(p->code, now);
	if (err == GN_OK && !a)
		run_begin(p);
	if (err == GN_OK &&
	    gn_spake2_finish(&p->spake, gn_slice_sub(body, 0, GN_SPAKE2_MESSAGE), &bind, confirm))
		err = GN_PROTOCOL;
	if (err == GN_OK && a)
		err = gn_spake2_confirm(
			&p->spake, gn_slice_sub(body, GN_SPAKE2_MESSAGE, GN_SPAKE2_CONFIRM), key);
	if (err == GN_OK && a)
		err = guess_right(p->code);
	if (err != GN_OK) {
		fail(p, err, NULL);
		return;
	}
	if (!a) {
		share_say(p, confirm);
		return;
	}
	say(p, FRAME_CONFIRM, (struct gn_slice[]){GN_SLICE(confirm)}, 1);
	paired(p, key);
}

static void confirm_take(struct gn_pairing *p, struct gn_slice body)
{
	uint8_t key[GN_SPAKE2_KEY];
	gn_err err = p->role == GN_SPAKE2_B && p->spake.state == GN_SPAKE2_KEYED
			     ? gn_spake2_confirm(&p->spake, body, key)
			     : GN_PROTOCOL;
	if (err == GN_OK)
		err = guess_right(p->code);
	if (err == GN_OK)
		paired(p, key);
	else
		fail(p, err == GN_MALFORMED ? GN_PROTOCOL : err, NULL);
}

static void stop_take(struct gn_pairing *p, struct gn_slice body)
{
	if (body.len == 0)
		fail(p, GN_PROTOCOL, NULL);
	else
		end(p, transfer_stop_err(body.p[0]), gn_slice_sub(body, 1, body.len - 1));
}

/* ---- bytes ---- */

void gn_pairing_init(struct gn_pairing *p, struct gn_rand *rand,
		     const struct gn_pairing_config *config, gn_time now)
{
	GN_ASSERT(!config->code || !config->typed);
	*p = (struct gn_pairing){.role = config->role,
				 .a = config->a,
				 .b = config->b,
				 .code = config->code,
				 .has_secret = config->secret != NULL,
				 .rand = rand,
				 .until = now + PAIRING_TIME};
	memcpy(p->exported, config->exported, sizeof p->exported);
	if (config->secret)
		p->held = *config->secret;
	if (config->code)
		memcpy(p->text, config->code->text, sizeof p->text);
	else if (config->typed)
		gn_code_text(config->typed, p->text);
	if (p->role == GN_SPAKE2_B)
		return;
	GN_ASSERT(p->has_secret || p->text[0]);
	if (p->has_secret) {
		resume_say(p);
		return;
	}
	run_begin(p);
	share_say(p, NULL);
}

size_t gn_pairing_recv(struct gn_pairing *p, struct gn_slice in, gn_time now)
{
	const uint32_t allowed = FRAME_BIT(FRAME_SHARE) | FRAME_BIT(FRAME_CONFIRM) |
				 FRAME_BIT(FRAME_RESUME) | FRAME_BIT(FRAME_STOP);
	size_t len = in.len;
	struct gn_transfer_frame *f = &p->frame;
	gn_pairing_tick(p, now);
	while (p->state == GN_PAIRING_RUNS && in.len) {
		gn_err err = transfer_frame_head(f, &in, allowed);
		if (err == GN_PROTOCOL)
			fail(p, err, NULL);
		if (err != GN_OK)
			break;
		GN_ASSERT(f->len <= sizeof p->in);
		if (!transfer_frame_body(f, &in, p->in))
			break;
		struct gn_slice body = gn_slice(p->in, f->len);
		switch ((enum frame_type)f->type) {
		case FRAME_SHARE: share_take(p, body, now); break;
		case FRAME_CONFIRM: confirm_take(p, body); break;
		case FRAME_RESUME: resume_take(p, body); break;
		case FRAME_STOP: stop_take(p, body); break;
		case FRAME_MANIFEST:
		case FRAME_HAVE:
		case FRAME_BLOCK:
		case FRAME_CHUNK:
		case FRAME_DONE:
		case FRAME_TYPES: GN_UNREACHABLE("a frame that is not allowed");
		}
		transfer_frame_next(f);
	}
	return len - in.len;
}

size_t gn_pairing_send(struct gn_pairing *p, uint8_t *out, size_t cap)
{
	size_t n = p->out_len - p->out_at < cap ? p->out_len - p->out_at : cap;
	GN_ASSERT(p->out_at <= p->out_len);
	if (n)
		memcpy(out, p->out + p->out_at, n);
	p->out_at += (uint32_t)n;
	if (p->out_at == p->out_len)
		p->out_at = p->out_len = 0;
	return n;
}

gn_time gn_pairing_deadline(const struct gn_pairing *p)
{
	return p->state == GN_PAIRING_RUNS ? p->until : GN_NEVER;
}

void gn_pairing_tick(struct gn_pairing *p, gn_time now)
{
	if (p->state == GN_PAIRING_RUNS && now >= p->until)
		fail(p, GN_TIMEOUT, NULL);
}

void gn_pairing_wipe(struct gn_pairing *p)
{
	gn_wipe(p, sizeof *p);
}
