/* The 24 words as people copy them: numbered or not, in one line or many, with dots between. */
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/identity/identity.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The word with this number (from 1), for the sentence; a wrong word is no secret any more than
 * that it is wrong. */
static const char *word_at(const char *text, unsigned number)
{
	size_t len = 0;
	const char *p = text;
	for (unsigned i = 0; i < number; i++) {
		p += len;
		while (*p && isspace((unsigned char)*p))
			p++;
		for (len = 0; p[len] && !isspace((unsigned char)p[len]);)
			len++;
	}
	return out_text_slice(gn_slice(p, len));
}

static unsigned count_words(const char *text)
{
	unsigned n = 0;
	for (bool in = false; *text; text++) {
		bool space = isspace((unsigned char)*text);
		n += !space && !in;
		in = !space;
	}
	return n;
}

/* "7. word" as `id new` prints it, in any order, with anything around: the words by their
 * numbers, in one line. False, and text as it was, when a number is missing or comes twice. */
static bool take_numbered(char text[PHRASE_INPUT_MAX])
{
	char words[GN_PHRASE_WORDS][16] = {""}, line[sizeof words + 1] = "";
	size_t len = 0, count = 0;
	bool ok = true;
	for (char *p = text, *end; ok && (p = strpbrk(p, "0123456789")); p = end) {
		unsigned long n = strtoul(p, &end, 10);
		if ((p > text && isalnum((unsigned char)p[-1])) || !*end || !strchr(".):", *end))
			continue;
		for (end++; isspace((unsigned char)*end);)
			end++;
		size_t letters = 0;
		while (isalpha((unsigned char)end[letters]))
			letters++;
		ok = n >= 1 && n <= GN_PHRASE_WORDS && letters && letters < sizeof words[0] &&
		     !*words[n - 1];
		if (ok)
			memcpy(words[n - 1], end, letters);
		count += ok;
	}
	ok = ok && count == GN_PHRASE_WORDS;
	for (size_t i = 0; ok && i < GN_PHRASE_WORDS; i++)
		len += (size_t)snprintf(line + len, sizeof line - len, "%s ", words[i]);
	if (ok)
		memcpy(text, line, len + 1);
	gn_wipe(words, sizeof words);
	gn_wipe(line, sizeof line);
	return ok;
}

/* Numbers, dots and the like between the words are no words; one space is left of them. */
static void clean_phrase(char text[PHRASE_INPUT_MAX])
{
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0) /* a text file of some editors begins so */
		memset(text, ' ', 3);
	if (take_numbered(text))
		return;
	char *to = text;
	for (const char *p = text; *p; p++) {
		bool gap = isspace((unsigned char)*p) || strchr("0123456789.,;:()[]", *p);
		if (!gap || (to > text && to[-1] != ' '))
			*to++ = gap ? ' ' : *p;
	}
	*to = 0;
}

/* Lines from the terminal, until there are 24 words or an empty one. */
static bool ask_phrase(struct cli *cli, char text[PHRASE_INPUT_MAX])
{
	static char line[PHRASE_INPUT_MAX], sum[PHRASE_INPUT_MAX];
	size_t len = 0;
	text[0] = 0;
	do {
		if (!terminal_ask(len ? "" : "The 24 words, in one line or many: ", false, line,
				  sizeof line) ||
		    len + strlen(line) + 2 > PHRASE_INPUT_MAX)
			break;
		len += (size_t)snprintf(text + len, PHRASE_INPUT_MAX - len, "%s\n", line);
		snprintf(sum, sizeof sum, "%s", text);
		clean_phrase(sum);
	} while (*line && count_words(sum) < GN_PHRASE_WORDS);
	gn_wipe(line, sizeof line);
	gn_wipe(sum, sizeof sum);
	if (len == 0)
		cli_fail(cli, CLI_FAILED, "usage", "nothing was read");
	return len > 0;
}

bool phrase_read(struct cli *cli, char text[PHRASE_INPUT_MAX])
{
	const char *path = cli->arg_count ? cli->args[0] : "-";
	uint8_t *data;
	size_t len;
	if (!cli->arg_count && isatty(0))
		return ask_phrase(cli, text);
	if (!read_input(cli, path, PHRASE_INPUT_MAX - 1, &data, &len))
		return false;
	bool ok = !memchr(data, 0, len);
	if (ok) {
		memcpy(text, data, len);
		text[len] = 0;
	} else {
		cli_fail(cli, CLI_FAILED, "text", "the input is not text");
	}
	gn_wipe(data, len);
	free(data);
	return ok;
}

bool phrase_parse(struct cli *cli, char *text, uint8_t entropy[32])
{
	clean_phrase(text);
	unsigned bad = 0, words = count_words(text);
	if (words != GN_PHRASE_WORDS) {
		cli_fail(cli, CLI_FAILED, "text", "a phrase has %d words, this has %u",
			 GN_PHRASE_WORDS, words);
		return false;
	}
	if (gn_phrase_parse(gn_str(text), entropy, &bad) == GN_OK)
		return true;
	if (bad < GN_PHRASE_WORDS)
		cli_fail(cli, CLI_FAILED, "text",
			 "word %u, '%s', is not in the list; check its spelling", bad + 1,
			 word_at(text, bad + 1));
	else
		cli_fail(cli, CLI_FAILED, "text",
			 "every word is in the list, but together they are no phrase: one is wrong "
			 "or two are swapped");
	return false;
}
