/* The first page of a backup. Pure.
 *
 *   offset  bytes
 *   0       8     GEONETS 1
 *   8       32    owner
 *   40      8     when it was made, Unix seconds
 *   48      32    salt
 *   80      4     pages that follow
 *   84      4     k
 *   88      k     identity.key as it is under the passphrase; k is 0 when there is none
 *   88+k          zeros
 *   4064    32    HMAC-SHA-256 over all before, under the second key
 *
 * Keys: HKDF-SHA-256(entropy, salt, "geonet/backup/1"), 64 bytes: of the pages, of the HMAC. The
 * salt is new each time, so no page of one backup opens in another. Rule: AG-93. */
#include "agent/backup_int.h"

#define MAGIC_LEN 8
static const uint8_t magic[MAGIC_LEN] = {'G', 'E', 'O', 'N', 'E', 'T', 'S', 1};

enum { OWNER = 8, CREATED = 40, SALT = 48, PAGES = 80, KEYFILE_LEN = 84, KEYFILE = 88 };
#define MAC (AGENT_PAGE - 32)

void agent_backup_keys(const uint8_t entropy[32], const uint8_t salt[32],
		       struct agent_backup_keys *out)
{
	uint8_t both[64];
	gn_hkdf(gn_slice(entropy, 32), gn_slice(salt, 32), GN_LIT("geonet/backup/1"), both,
		sizeof both);
	memcpy(out->pages, both, 32);
	memcpy(out->mac, both + 32, 32);
	gn_wipe(both, sizeof both);
}

static void mac_of(const uint8_t page[AGENT_PAGE], const struct agent_backup_keys *keys,
		   struct gn_hash *out)
{
	gn_hmac_sha256(GN_SLICE(keys->mac), gn_slice(page, MAC), out);
}

void agent_backup_head_put(const struct agent_backup_head *h, const struct agent_backup_keys *keys,
			   uint8_t out[AGENT_PAGE])
{
	struct gn_hash mac;
	GN_ASSERT(h->keyfile_len <= sizeof h->keyfile);
	memset(out, 0, AGENT_PAGE);
	memcpy(out, magic, MAGIC_LEN);
	memcpy(out + OWNER, h->owner.b, sizeof h->owner.b);
	gn_put_be64(out + CREATED, h->created);
	memcpy(out + SALT, h->salt, sizeof h->salt);
	gn_put_be32(out + PAGES, h->pages);
	gn_put_be32(out + KEYFILE_LEN, (uint32_t)h->keyfile_len);
	memcpy(out + KEYFILE, h->keyfile, h->keyfile_len);
	mac_of(out, keys, &mac);
	memcpy(out + MAC, mac.b, sizeof mac.b);
}

gn_err agent_backup_head_parse(const uint8_t page[AGENT_PAGE], struct agent_backup_head *out)
{
	struct agent_backup_head h = {.created = gn_be64(page + CREATED),
				      .pages = gn_be32(page + PAGES),
				      .keyfile_len = gn_be32(page + KEYFILE_LEN)};
	if (memcmp(page, magic, MAGIC_LEN - 1) != 0)
		return GN_PROTOCOL;
	if (page[MAGIC_LEN - 1] != magic[MAGIC_LEN - 1])
		return GN_VERSION;
	if (!h.pages || h.keyfile_len > sizeof h.keyfile ||
	    !gn_is_zero(page + KEYFILE + h.keyfile_len, MAC - KEYFILE - h.keyfile_len))
		return GN_CORRUPT;
	memcpy(h.owner.b, page + OWNER, sizeof h.owner.b);
	memcpy(h.salt, page + SALT, sizeof h.salt);
	memcpy(h.keyfile, page + KEYFILE, h.keyfile_len);
	*out = h;
	return GN_OK;
}

bool agent_backup_head_right(const uint8_t page[AGENT_PAGE], const struct agent_backup_keys *keys)
{
	struct gn_hash mac;
	mac_of(page, keys, &mac);
	return gn_equal_ct(mac.b, page + MAC, sizeof mac.b);
}
