/* Leaving a publication in its topic's box: the same bytes, their signature and the chain by which
 * they may be said, as one item. The owner shows a certificate of the box, whose key is theirs;
 * others show the token by which they publish, or one with Deposit for the box.
 *
 *   asked -> the node asks for a signature for a holder's session [sign], as often as there are
 *   holders -> over: so many promised
 *
 * Signed is for this box alone, as a depositor: a node that asks for another gets nothing. */
#include "geonet/bus/bus.h"
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "records/box_proof.h"

#include <stdlib.h>

#define KIND(name) GN_FB_APP_BOX_BODY_##name
#define PATIENCE 120u        /* seconds: holders that are gone are replaced, one after another */
#define PROMISED 3           /* custodies that mean stored */
#define PROOF (30u * 86400u) /* seconds that a certificate of ours lasts */

struct deposit {
	const struct topic_deposit *d;
	struct gn_buf item;
	uint8_t certificate[GN_BOXCERT_LEN];
	bool by_certificate;
	struct gn_fb_key box;
	struct gn_fb_sig sig;
	/* an answer to a holder */
	bool answers;
	struct gn_fb_sig shown;
	struct gn_fb_box_signed_args signs;
};

static gn_fbref make(void *user, struct gn_fbb *b)
{
	struct deposit *p = user;
	struct gn_fb_box_proof_args proof = {.sig = &p->sig};
	if (p->by_certificate) {
		proof.way = GN_FB_BOX_WAY_CERTIFICATE;
		proof.certificate = GN_SLICE(p->certificate);
	} else {
		proof.way = GN_FB_BOX_WAY_TOKEN;
		proof.token = p->d->chain;
	}
	struct gn_fb_box_send_args args = {.box = &p->box,
					   .item = gn_buf_slice(&p->item),
					   .ttl = TOPIC_KEPT,
					   .proof = gn_fb_box_proof_make(b, &proof),
					   .w = PROMISED};
	return gn_fb_box_send_make(b, &args);
}

static bool on_event(void *user, struct gn_app_kind kind, const json_t *json)
{
	struct deposit *p = user;
	struct gn_boxrec_show show = {.box = p->d->rec->box, .role = GN_BOXREC_DEPOSITOR};
	struct gn_pk box;
	struct gn_sig sig;
	if (kind.area != GN_FB_APP_BODY_APP_BOX || kind.member != KIND(BOX_SIGN))
		return true;
	p->answers = gn_unhex(gn_str(json_text(json, "box")), box.b, 32) == GN_OK &&
		     gn_pk_eq(&box, &show.box) &&
		     gn_unhex(gn_str(json_text(json, "holder")), show.holder.b, 32) == GN_OK &&
		     gn_unhex(gn_str(json_text(json, "exporter")), show.exporter, 32) == GN_OK;
	if (!p->answers)
		return true;
	gn_boxrec_show_sign(p->d->publisher, &show, &sig);
	memcpy(p->shown.b, sig.b, sizeof p->shown.b);
	p->signs =
		(struct gn_fb_box_signed_args){.sign = json_number(json, "sign"), .sig = &p->shown};
	return true;
}

static bool then(void *user, struct gn_app_kind *kind, const void **args)
{
	struct deposit *p = user;
	bool answers = p->answers;
	p->answers = false;
	*kind = (struct gn_app_kind){GN_FB_APP_BODY_APP_BOX, KIND(BOX_SIGNED)};
	*args = &p->signs;
	return answers;
}

/* By which right. False after printing. */
static bool prove(struct cli *cli, struct deposit *p)
{
	const struct topic_deposit *d = p->d;
	struct gn_boxcert c = {.key = d->publisher->pk,
			       .until = cli_now() + PROOF,
			       .items = UINT32_MAX,
			       .kib = UINT32_MAX};
	struct gn_sk box;
	if (d->chain.len)
		return true;
	if (!gn_pk_eq(&d->topic->owner, &d->publisher->pk)) {
		cli_fail(cli, CLI_FAILED, gn_err_name(GN_DENIED),
			 "told, and not kept: only who has a token leaves something in this "
			 "topic's box; its owner gives one with: geonet token grant YOU topic/%s "
			 "publish",
			 out_text(d->topic->label));
		return false;
	}
	topic_box_key(d->publisher, d->topic->label, &box);
	bool ours = gn_pk_eq(&box.pk, &d->rec->box);
	if (ours)
		gn_boxcert_make(&box, &c);
	gn_sk_wipe(&box);
	gn_boxcert_put(&c, p->certificate);
	p->by_certificate = true;
	if (!ours)
		cli_fail(cli, CLI_FAILED, gn_err_name(GN_DENIED),
			 "told, and not kept: the topic's record names a box that is not made from "
			 "your identity; make it anew: geonet bus topic %s --box",
			 out_text(d->topic->label));
	return ours;
}

static int few(struct cli *cli, const json_t *json, unsigned held, unsigned of)
{
	const char *limit = json_text(json, "limit");
	bool full = strcmp(limit, "BOX_CERTIFICATE_SHARE") == 0;
	return cli_fail(cli, CLI_QUORUM, gn_err_name(GN_QUORUM),
			"told, but %u of %u nodes promised to keep it, and three are wanted%s%s; "
			"who is away now may never hear it",
			held, of,
			full     ? ": your quarter of what is free in the topic's box is taken"
			: *limit ? "; a node names its limit: "
				 : "",
			full ? "" : out_text(limit));
}

static int leave(struct cli *cli, struct deposit *p, unsigned *held, unsigned *of)
{
	struct reply r;
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_BOX, KIND(BOX_SEND)},
			  .make = make,
			  .timeout = PATIENCE,
			  .lasts = true,
			  .event = on_event,
			  .then = then,
			  .user = p};
	int exit = client_ask(cli, &ask, &r);
	*held = (unsigned)json_number(r.json, "held");
	*of = (unsigned)json_number(r.json, "of");
	if (exit && r.err)
		exit = client_report(cli, &r, "told, and not kept");
	else if (exit == CLI_OK && *held < PROMISED)
		exit = few(cli, r.json, *held, *of);
	reply_free(&r);
	return exit;
}

int topic_deposit(struct cli *cli, const struct topic_deposit *d, unsigned *held, unsigned *of)
{
	struct deposit *p = cli_alloc(sizeof *p);
	uint8_t *bytes = cli_alloc(GN_SAID_KEPT_MAX);
	struct gn_hash hash;
	struct gn_sig sig;
	int exit = CLI_FAILED;
	*p = (struct deposit){.d = d, .item = {bytes, 0, GN_SAID_KEPT_MAX}};
	*held = *of = 0;
	memcpy(p->box.b, d->rec->box.b, sizeof p->box.b);
	gn_err err = gn_said_keep(d->said, d->chain, &p->item);
	if (err) {
		exit = cli_fail_err(cli, err, "told, and not kept");
	} else if (prove(cli, p)) {
		struct gn_slice item = gn_buf_slice(&p->item);
		gn_sha256(&item, 1, &hash);
		gn_boxrec_deposit_sign(d->publisher, &d->rec->box, &hash, &sig);
		memcpy(p->sig.b, sig.b, sizeof p->sig.b);
		exit = leave(cli, p, held, of);
	}
	free(bytes);
	free(p);
	return exit;
}
