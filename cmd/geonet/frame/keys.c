/* The identity's key file, DATA/identity.key: 32 bytes of entropy, from which all keys follow,
 * sealed by a passphrase or by its mode 0600 alone. Passphrases come from a file that is named,
 * or from the terminal itself, never from a pipe by accident. Machines write the same letters as
 * different bytes, so a passphrase is sealed in Unicode's form NFC and tried in NFC, as it came,
 * and in NFD (docs/spec/services.md ID-7). */
#include "geonet/frame/keys.h"
#include "geonet/frame/client.h"
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include <utf8proc.h>

#define KIND "identity"

static char *key_path(const struct cli *cli)
{
	return cli_format("%s/identity.key", cli->data);
}

bool identity_exists(const struct cli *cli)
{
	char *path = key_path(cli);
	bool there = access(path, F_OK) == 0;
	free(path);
	return there;
}

bool terminal_ask(const char *prompt, bool hide, char *out, size_t cap)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct termios old, quiet;
	size_t n = 0;
	char c = 0;
	if (fd < 0 || tcgetattr(fd, &old) != 0 || dprintf(fd, "%s", prompt) < 0) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	quiet = old;
	if (hide)
		quiet.c_lflag &= ~(tcflag_t)ECHO;
	/* lines that were pasted wait for the next question */
	int when = hide ? TCSAFLUSH : TCSADRAIN;
	tcsetattr(fd, when, &quiet);
	while (read(fd, &c, 1) == 1 && c != '\n')
		if (n + 1 < cap)
			out[n++] = c;
	out[n] = 0;
	tcsetattr(fd, when, &old);
	if (hide)
		dprintf(fd, "\n");
	close(fd);
	return c == '\n';
}

static bool read_public(const char *path, struct gn_pk *out)
{
	char hex[66] = "";
	FILE *f = fopen(path, "r");
	bool ok = f && fread(hex, 1, 65, f) == 65 && hex[64] == '\n' &&
		  gn_unhex(gn_slice(hex, 64), out->b, sizeof out->b) == GN_OK;
	if (f)
		fclose(f);
	return ok;
}

/* The first line of the file that --passphrase-file or the environment names. 1: there is one,
 * 0: none named, -1: printed. */
static int passphrase_file(struct cli *cli, const char *path, char out[PASSPHRASE_MAX])
{
	uint8_t *data;
	size_t len;
	if (!path)
		path = getenv("GEONET_PASSPHRASE_FILE");
	if (!path || !*path)
		return 0;
	if (!read_input(cli, path, 65536, &data, &len))
		return -1;
	const uint8_t *end = memchr(data, '\n', len);
	size_t n = end ? (size_t)(end - data) : len;
	if (n && data[n - 1] == '\r')
		n--;
	bool ok = n > 0 && n < PASSPHRASE_MAX && !memchr(data, 0, n);
	if (ok) {
		memcpy(out, data, n);
		out[n] = 0;
	} else {
		cli_fail(cli, CLI_FAILED, "passphrase",
			 "the first line of %s is empty or longer than %d bytes", path,
			 PASSPHRASE_MAX - 1);
	}
	gn_wipe(data, len);
	free(data);
	return ok ? 1 : -1;
}

/* ---- the same letters, other bytes ---- */

enum form { FORM_NFC, FORM_RAW, FORM_NFD, FORMS };

/* False when it is no UTF-8 or does not fit. */
static bool passphrase_form(const char *in, enum form form, char out[PASSPHRASE_MAX])
{
	const int flags[FORMS] = {[FORM_NFC] = UTF8PROC_STABLE | UTF8PROC_COMPOSE,
				  [FORM_NFD] = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE};
	utf8proc_uint8_t *made = NULL;
	size_t len = strlen(in);
	if (form == FORM_RAW) {
		memmove(out, in, len + 1);
		return true;
	}
	if (!gn_utf8_ok(gn_str(in)))
		return false;
	/* NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): flags, which are or-ed */
	utf8proc_option_t options = (utf8proc_option_t)flags[form];
	utf8proc_ssize_t n =
		utf8proc_map((const utf8proc_uint8_t *)in, (utf8proc_ssize_t)len, &made, options);
	bool ok = n >= 0 && n < PASSPHRASE_MAX;
	if (ok) {
		memcpy(out, made, (size_t)n);
		out[n] = 0;
	}
	if (n >= 0)
		gn_wipe(made, (size_t)n);
	free(made);
	return ok;
}

/* Is the character at s, valid UTF-8, a blank of any script? */
static bool blank_at(const char *s)
{
	utf8proc_int32_t c;
	return utf8proc_iterate((const utf8proc_uint8_t *)s, -1, &c) > 0 &&
	       (c == '\t' || utf8proc_category(c) == UTF8PROC_CATEGORY_ZS);
}

/* What nobody sees and nobody will type again by accident. */
static void passphrase_warn(struct cli *cli, const char *text)
{
	size_t last = strlen(text);
	while (last > 0 && (--last, ((unsigned char)text[last] & 0xc0) == 0x80))
		;
	if (!gn_utf8_ok(gn_str(text)))
		cli_warn(cli, "the passphrase is no UTF-8 text; its bytes count as they are, and "
			      "another keyboard may make others");
	else if (blank_at(text) || blank_at(text + last))
		cli_warn(cli, "the passphrase begins or ends with a blank, which is part of it");
}

static bool passphrase_ask_new(struct cli *cli, char out[PASSPHRASE_MAX])
{
	char again[PASSPHRASE_MAX];
	for (int tries = 0; tries < 3; tries++) {
		if (!terminal_ask("A passphrase for the key file: ", true, out, PASSPHRASE_MAX) ||
		    !terminal_ask("Again: ", true, again, sizeof again)) {
			cli_fail(cli, CLI_USAGE, "passphrase",
				 "there is no terminal to ask for a passphrase on; give "
				 "--passphrase-file FILE or --no-passphrase");
			return false;
		}
		bool same = strcmp(out, again) == 0;
		gn_wipe(again, sizeof again);
		if (same && *out)
			return true;
		cli_note(cli, same ? "An empty passphrase protects nothing; --no-passphrase says "
				     "that you want none."
				   : "The two differ; once more.");
	}
	cli_fail(cli, CLI_FAILED, "passphrase", "no passphrase was set");
	return false;
}

bool passphrase_new(struct cli *cli, bool none, const char *file, char out[PASSPHRASE_MAX])
{
	out[0] = 0;
	if (none)
		return true;
	int got = passphrase_file(cli, file, out);
	if (got < 0 || (got == 0 && !passphrase_ask_new(cli, out)))
		return false;
	passphrase_warn(cli, out);
	(void)passphrase_form(out, FORM_NFC, out); /* what cannot be is sealed as it came */
	return true;
}

bool passphrase_old(struct cli *cli, const char *file, char out[PASSPHRASE_MAX])
{
	int got = passphrase_file(cli, file, out);
	if (got)
		return got > 0;
	if (terminal_ask("Passphrase of your identity: ", true, out, PASSPHRASE_MAX))
		return true;
	cli_fail(cli, CLI_FAILED, "passphrase",
		 "the identity is locked by a passphrase and there is no terminal to ask for it "
		 "on; give --passphrase-file FILE");
	return false;
}

/* The public key in DATA/identity.pub, so that showing it asks for no passphrase. */
static void remember_public(struct cli *cli, const struct gn_pk *pk)
{
	struct gn_pk old;
	char *path = cli_format("%s/identity.pub", cli->data),
	     *text = cli_format("%s\n", out_hex(pk->b, sizeof pk->b));
	if (!read_public(path, &old) || !gn_pk_eq(&old, pk))
		write_file(cli, path, gn_str(text), 0600, true);
	free(path);
	free(text);
}

bool identity_public(struct cli *cli, struct gn_pk *out)
{
	char *path = cli_format("%s/identity.pub", cli->data);
	bool ok = identity_exists(cli) && read_public(path, out);
	free(path);
	if (ok)
		return true;
	struct identity id;
	if (!identity_load(cli, &id))
		return false;
	*out = id.keys.sk.pk;
	identity_wipe(&id);
	return true;
}

bool identity_derive(struct cli *cli, struct identity *id)
{
	gn_err err = gn_identity_derive(id->entropy, 0, &id->keys);
	if (err) {
		cli_fail_err(cli, err, "the identity's keys cannot be derived");
		return false;
	}
	gn_pid(&id->keys.sk.pk, id->pid);
	return true;
}

/* Others on this machine must not read it: refused, not repaired, because it may have been read
 * already. */
static bool mode_ok(struct cli *cli, const char *path)
{
	struct stat st;
	if (stat(path, &st) != 0 || (st.st_mode & 077) == 0)
		return true; /* what is wrong otherwise, reading tells */
	cli_fail(
		cli, CLI_FAILED, "denied",
		"%s can be read by others (mode %03o); if nobody did, repair it with: chmod 600 %s",
		path, (unsigned)st.st_mode & 0777, path);
	return false;
}

static gn_err unseal_key(const uint8_t *file, size_t len, const char *passphrase,
			 struct identity *out)
{
	struct gn_buf secret = {out->entropy, 0, sizeof out->entropy};
	gn_err err = gn_keyfile_open(gn_slice(file, len), KIND, gn_str(passphrase), &secret);
	return err ? err : secret.len == sizeof out->entropy ? GN_OK : GN_CORRUPT;
}

/* In each form once; deriving a key from each takes 0.1 s. */
static gn_err unseal_forms(const uint8_t *file, size_t len, const char *passphrase,
			   struct identity *out)
{
	char tried[FORMS][PASSPHRASE_MAX] = {""};
	gn_err err = GN_PASSPHRASE;
	for (enum form f = 0; f < FORMS && err == GN_PASSPHRASE; f++) {
		bool known = !passphrase_form(passphrase, f, tried[f]);
		for (enum form before = 0; before < f; before++)
			known |= strcmp(tried[before], tried[f]) == 0;
		if (!known)
			err = unseal_key(file, len, tried[f], out);
	}
	gn_wipe(tried, sizeof tried);
	return err;
}

bool identity_sealed(struct cli *cli)
{
	char *path = key_path(cli);
	uint8_t *file = NULL;
	size_t len = 0;
	struct identity id;
	memset(&id, 0, sizeof id);
	bool sealed = access(path, R_OK) == 0 &&
		      read_input(cli, path, GN_KEYFILE_MAX, &file, &len) &&
		      unseal_key(file, len, "", &id) == GN_PASSPHRASE;
	identity_wipe(&id);
	gn_wipe(file, len);
	free(file);
	free(path);
	return sealed;
}

bool identity_load(struct cli *cli, struct identity *out)
{
	char *path = key_path(cli), passphrase[PASSPHRASE_MAX] = "";
	uint8_t *file = NULL;
	size_t len = 0;
	bool ok = false;
	memset(out, 0, sizeof *out);
	if (access(path, F_OK) != 0 && errno == ENOENT) {
		cli_fail(cli, CLI_FAILED, "not-found",
			 "there is no identity in %s; make one with: geonet id new", cli->data);
	} else if (mode_ok(cli, path) && read_input(cli, path, GN_KEYFILE_MAX, &file, &len)) {
		gn_err err = unseal_key(file, len, "", out);
		if (err == GN_PASSPHRASE &&
		    passphrase_old(cli, cli_option(cli, "passphrase-file"), passphrase))
			err = unseal_forms(file, len, passphrase, out);
		else if (err == GN_PASSPHRASE)
			goto out;
		if (err == GN_PASSPHRASE)
			passphrase_warn(cli, passphrase);
		if (err)
			cli_fail_err(cli, err, "%s", path);
		else
			ok = identity_derive(cli, out);
		if (ok) {
			remember_public(cli, &out->keys.sk.pk);
			client_time(cli);
		}
	}
out:
	gn_wipe(passphrase, sizeof passphrase);
	if (file)
		gn_wipe(file, len);
	free(file);
	free(path);
	if (!ok)
		identity_wipe(out);
	return ok;
}

bool identity_store(struct cli *cli, const struct identity *id, const char *passphrase,
		    bool replace)
{
	uint8_t sealed[GN_KEYFILE_MAX];
	struct gn_buf buf = {sealed, 0, sizeof sealed};
	struct gn_rand rand = gn_rand_system();
	char *path = key_path(cli);
	gn_err err = gn_keyfile_seal(&rand, KIND, GN_SLICE(id->entropy), gn_str(passphrase), &buf);
	bool ok = false;
	if (err)
		cli_fail_err(cli, err, "the identity cannot be sealed");
	else
		ok = make_folders(cli, cli->data, 0700) &&
		     write_file(cli, path, gn_buf_slice(&buf), 0600, replace);
	if (ok)
		remember_public(cli, &id->keys.sk.pk);
	gn_wipe(sealed, sizeof sealed);
	free(path);
	return ok;
}

void identity_wipe(struct identity *id)
{
	gn_identity_wipe(&id->keys);
	gn_wipe(id, sizeof *id);
}
