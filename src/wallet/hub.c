/* Keys, proofs, logins, numbers and amounts: hub.h.
 *
 * Rules: HB-22, HB-45, HB-55, HB-60. */
#include "wallet/hub.h"

#include <stdio.h>
#include <stdlib.h>

const char *gn_wallet_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	return text ? text : "";
}

uint64_t gn_wallet_number(const json_t *object, const char *name)
{
	json_int_t n = json_integer_value(json_object_get(object, name));
	return n > 0 ? (uint64_t)n : 0;
}

bool gn_wallet_has_code(const json_t *answer)
{
	const char *code = gn_wallet_text(json_object_get(answer, "error"), "code");
	return strlen(code) == 4 && strncmp(code, "E00", 3) == 0;
}

/* ---- who the hub is ---- */

bool gn_wallet_hub_named(struct gn_wallet_hub *hub, const json_t *about)
{
	struct gn_pk pk;
	if (gn_unbase64_exact(gn_str(gn_wallet_text(about, "public_key")), false, pk.b,
			      sizeof pk.b))
		return false;
	hub->pk = pk;
	gn_pid(&hub->pk, hub->pid);
	return true;
}

bool gn_wallet_hub_proved(struct gn_wallet_hub *hub, const json_t *about, const char *nonce)
{
	char text[GN_OP_PROOF_MAX];
	struct gn_sig sig;
	snprintf(hub->address, sizeof hub->address, "%s", gn_wallet_text(about, "address"));
	if (gn_unbase64_exact(gn_str(gn_wallet_text(about, "proof")), false, sig.b, sizeof sig.b))
		return false;
	struct gn_slice said = gn_op_proof_text(&hub->pk, hub->address, nonce, text);
	return gn_op_verify(&hub->pk, said, &sig) == GN_OK;
}

void gn_wallet_nonce(struct gn_rand *rand, char out[65])
{
	uint8_t raw[32];
	gn_rand_fill(rand, raw, sizeof raw);
	gn_hex(GN_SLICE(raw), out);
}

/* ---- who we are ---- */

static json_t *base64(struct gn_slice s)
{
	char text[GN_BASE64_MAX(64)];
	return gn_base64(s, false, text, sizeof text) == GN_OK ? json_string(text) : NULL;
}

json_t *gn_wallet_login(const struct gn_wallet_hub *hub, const struct gn_sk *sk,
			const char *challenge, const char *platform)
{
	uint8_t text[256];
	struct gn_buf buf = {text, 0, sizeof text};
	struct gn_sig sig;
	char pid[GN_PID_MAX];
	gn_err err = gn_op_login_text(GN_PROFILE_V1, &hub->pk, gn_str(challenge), &buf);
	if (err || strlen(challenge) != 43)
		return NULL;
	gn_pid(&sk->pk, pid);
	gn_op_sign(sk, gn_buf_slice(&buf), &sig);
	return json_pack("{ss ss so s{ss ss}}", "pid", pid, "challenge", challenge, "signature",
			 base64(GN_SLICE(sig.b)), "device_info", "platform", platform,
			 "app_version", GEONET_VERSION);
}

bool gn_wallet_key_of(const json_t *answer, const char *pid, struct gn_pk *out,
		      char its[GN_PID_MAX])
{
	struct gn_pk pk;
	snprintf(its, GN_PID_MAX, "no key's");
	if (gn_unbase64_exact(gn_str(gn_wallet_text(answer, "public_key")), false, pk.b,
			      sizeof pk.b))
		return false;
	gn_pid(&pk, its);
	if (strcmp(its, pid) != 0)
		return false;
	*out = pk;
	return true;
}

bool gn_wallet_tx_key_is(const struct gn_pk *payer, const char *tx_id, const char *key)
{
	struct gn_tx_key its;
	char hex[33];
	gn_tx_key(payer, gn_str(tx_id), &its);
	gn_hex(GN_SLICE(its.b), hex);
	return strcmp(hex, key) == 0;
}

uint64_t gn_wallet_next_seq(uint64_t known, uint64_t said)
{
	if (said >= OP_SEQ_MAX || known >= OP_SEQ_MAX)
		return 0;
	return said + 1 <= known + OP_SEQ_JUMP_MAX ? said + 1 : 0;
}

/* ---- what is signed ---- */

gn_err gn_wallet_op_text(const struct gn_wallet_op *op, const struct gn_pk *signer,
			 const json_t *body, struct gn_buf *out)
{
	struct gn_json *parsed = malloc(sizeof *parsed);
	uint8_t canonical[JSON_TEXT_MAX];
	struct gn_buf text = {canonical, 0, sizeof canonical};
	struct gn_op_envelope e = {.kind = op->kind,
				   .hub = op->hub->pk,
				   .signer = *signer,
				   .seq = op->tx_id ? 0 : op->seq,
				   .ts = (int64_t)op->unix_now};
	if (op->tx_id)
		e.tx_id = gn_str(op->tx_id);
	char *plain = json_dumps(body, JSON_COMPACT);
	gn_err err = plain && parsed ? gn_json_parse(gn_str(plain), parsed) : GN_NOMEM;
	if (!err)
		err = gn_json_write(parsed, &text);
	if (!err)
		err = gn_op_wrap(&e, gn_buf_slice(&text), out);
	free(plain);
	free(parsed);
	return err;
}

json_t *gn_wallet_sign_text(const struct gn_sk *sk, struct gn_slice text)
{
	struct gn_sig sig;
	gn_op_sign(sk, text, &sig);
	return json_pack("{so so}", "signed", json_stringn((const char *)text.p, text.len),
			 "signature", base64(GN_SLICE(sig.b)));
}

json_t *gn_wallet_sign(const struct gn_wallet_op *op, const struct gn_sk *sk, const json_t *body,
		       gn_err *err)
{
	uint8_t wrapped[JSON_TEXT_MAX];
	struct gn_buf out = {wrapped, 0, sizeof wrapped};
	*err = gn_wallet_op_text(op, &sk->pk, body, &out);
	if (*err)
		return NULL;
	json_t *request = gn_wallet_sign_text(sk, gn_buf_slice(&out));
	if (!request)
		*err = GN_NOMEM;
	return request;
}

/* ---- amounts ---- */

/* Digits, and perhaps a point with digits behind it; no zero before others. */
static bool is_decimal(const char *text)
{
	size_t whole = strspn(text, "0123456789"),
	       rest = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;
	return whole && !(text[0] == '0' && whole > 1) && !text[whole + (rest ? 1 + rest : 0)];
}

enum gn_wallet_amount gn_wallet_amount(const json_t *list, const char *equivalent, const char *text,
				       gn_amount *out, unsigned *precision)
{
	json_t *item;
	size_t i;
	bool found = false;
	json_array_foreach(json_object_get(list, "items"), i, item)
	{
		if (strcmp(gn_wallet_text(item, "code"), equivalent) != 0)
			continue;
		found = true;
		*precision = (unsigned)gn_wallet_number(item, "precision");
	}
	if (!found)
		return GN_WALLET_NO_EQUIVALENT;
	if (*precision > GN_PRECISION_MAX)
		return GN_WALLET_PRECISION;
	if (!text || gn_amount_parse(gn_str(text), *precision, out) == GN_OK)
		return GN_WALLET_AMOUNT_OK;
	const char *point = strchr(text, '.');
	if (point && strspn(point + 1, "0123456789") == strlen(point + 1) &&
	    strlen(point + 1) > *precision)
		return GN_WALLET_DECIMALS;
	return is_decimal(text) ? GN_WALLET_TOO_MUCH /* so it was its size */ : GN_WALLET_NO_AMOUNT;
}
