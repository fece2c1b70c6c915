/* The box of a topic of one's own, in which quorum messages lie. Its key follows from the
 * identity's, so the phrase brings it back; its descriptor names the topic, so that whoever may
 * publish leaves messages there, and whoever may follow reads them (docs/spec/box.md BX-46).
 * Readers: of an open topic everybody, by a key that everybody makes; else its owner, and others
 * by their tokens. */
#include "geonet/bus/bus.h"
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/identity/resolve.h"

#include <stdlib.h>

#define TTL (30u * 86400u)
#define ITEMS 4000u /* of one publisher, if they are alone, a quarter */
#define BYTES (32u << 20)
#define TRIES (1u << 28) /* 20 bits are found long before */

static void derive(const struct gn_sk *from, struct gn_slice salt, struct gn_slice info,
		   struct gn_sk *out)
{
	uint8_t seed[32];
	gn_hkdf(GN_SLICE(from->seed), salt, info, seed, sizeof seed);
	gn_sk_from_seed(seed, out);
	gn_wipe(seed, sizeof seed);
}

void topic_box_key(const struct gn_sk *owner, const char *label, struct gn_sk *out)
{
	derive(owner, gn_str(label), GN_LIT("geonet/bus/box/1"), out);
}

void topic_box_reader(const struct topic *topic, const struct gn_topicrec *rec,
		      const struct gn_sk *owner, struct gn_sk *out)
{
	struct gn_sk box;
	if (rec->subscribe == GN_FB_TOPIC_ADMISSION_OPEN) {
		gn_topicrec_reader(&topic->key, out);
		return;
	}
	topic_box_key(owner, topic->label, &box);
	derive(&box, gn_slice(NULL, 0), GN_LIT("geonet/bus/box/reader/1"), out);
	gn_sk_wipe(&box);
}

/* The descriptor's work, done anew when that of the last one is too old. */
static bool work(struct cli *cli, struct gn_boxrec *rec)
{
	struct gn_work_tries tries = {0, TRIES};
	if (rec->epoch && rec->created / 86400 <= rec->epoch + TTL / 86400)
		return true;
	rec->epoch = rec->created / 86400;
	return gn_boxrec_puzzle(&rec->box, rec->epoch, GN_BOXREC_WORK_BITS, tries, rec->nonce) ==
		       GN_OK ||
	       (cli_fail(cli, CLI_FAILED, "again", "the box's work could not be done"), false);
}

/* What a box of ours says; `rec` has what the one before said, or zeros. */
static void fill(const struct topic *topic, const struct gn_topicrec *t, const struct gn_sk *owner,
		 const struct gn_sk *box, struct gn_boxrec *rec)
{
	struct gn_sk reader;
	topic_box_reader(topic, t, owner, &reader);
	rec->box = box->pk;
	rec->kind = GN_FB_BOX_KIND_GROUP;
	rec->seq++;
	rec->created = cli_now();
	rec->ttl = TTL;
	rec->readers[0] = (struct gn_boxrec_reader){.read = reader.pk};
	rec->reader_count = 1;
	rec->item_ttl = TOPIC_KEPT;
	rec->items = ITEMS;
	rec->bytes = BYTES;
	rec->item_max = GN_SAID_KEPT_MAX;
	rec->issuer = topic->owner;
	strcpy(rec->topic, topic->label);
	gn_sk_wipe(&reader);
}

int topic_box_put(struct cli *cli, const struct topic *topic, const struct gn_topicrec *t,
		  const struct gn_sk *owner, const struct own_term *term)
{
	struct gn_boxrec *rec = cli_alloc(sizeof *rec);
	uint8_t *before = NULL, *bytes = cli_alloc(GN_RECORD_MAX);
	struct gn_buf out = {bytes, 0, GN_RECORD_MAX};
	struct gn_hash key;
	struct gn_sk box;
	unsigned holders;
	size_t len;
	memset(rec, 0, sizeof *rec);
	topic_box_key(owner, topic->label, &box);
	gn_boxrec_key(&box.pk, 0, &key);
	int exit = record_fetch(cli, &key, GN_FB_RECORD_TYPE_BOX, 0, &before, &len, &holders);
	if (exit == CLI_OK && gn_boxrec_open(gn_slice(before, len), rec) != GN_OK)
		exit = cli_fail(cli, CLI_FAILED, "malformed",
				"the topic's box is none that this version reads");
	exit = exit == CLI_NOT_FOUND ? CLI_OK : exit;
	bool fresh = !term->force && rec->seq && cli_now() <= rec->created + rec->ttl / 2;
	if (exit == CLI_OK && !fresh) {
		fill(topic, t, owner, &box, rec);
		gn_err err = GN_OK;
		if (!work(cli, rec))
			exit = CLI_FAILED;
		else if ((err = gn_boxrec_record(&box, rec, 0, &out)) != GN_OK)
			exit = cli_fail_err(cli, err, "the topic's box cannot be written down");
		else
			exit = record_put(cli, gn_buf_slice(&out), term->w, "the topic's box",
					  NULL);
	}
	gn_sk_wipe(&box);
	free(before);
	free(bytes);
	free(rec);
	return exit;
}
