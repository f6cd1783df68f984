/* Which way data goes where only its end says it: "udp packets to port 53", "bytes from 10.0.0.1", "去往 53 端口的 UDP 包". */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>
#include "trace/names/names.h"

static bool said(const struct question *q, const char *name)
{
	for (size_t i = 0, len; i < q->tokens.len; i++)
		if (sense_at(q, i, "flow", name, &len))
			return true;
	return false;
}

bool out_said(const struct question *q)
{
	return said(q, "out");
}

static bool address_spelled(const struct token *token)
{
	AUTO_FREE char *text = text_copy(token->word.text);
	unsigned char bytes[16];
	char *colon = strchr(text, ':');

	if (inet_pton(AF_INET6, text, bytes) == 1)
		return true;
	if (colon)
		*colon = '\0';
	return inet_pton(AF_INET, text, bytes) == 1;
}

/* "port 53", "remote udp port 53", "53 端口", an address: one end of what goes. */
static bool end_named(const struct question *q, size_t at)
{
	size_t number = at, len;

	if (at < q->tokens.len && address_spelled(&q->tokens.at[at]))
		return true;
	while (number < q->tokens.len && number < at + 3 && q->tokens.at[number].word.kind == WORD_PLAIN && !token_is(q, number, "port") &&
	       !role_at(q, number, &len))
		number++;
	/* Its own port is where what it sends comes from. */
	const struct role *role = number < q->tokens.len ? role_at(q, number, &len) : NULL;

	if (role && strcmp(role->name, "port") == 0)
		return number + len < q->tokens.len && q->tokens.at[number + len].word.kind == WORD_NUMBER;
	if (at + 1 >= q->tokens.len || q->tokens.at[at].word.kind != WORD_NUMBER)
		return false;
	role = role_at(q, at + 1, &len);
	return role && strcmp(role->name, "port") == 0;
}

bool port_bare(const struct question *q, size_t at)
{
	double number = q->tokens.at[at].word.number;
	size_t len, lead = at;
	bool connects = false;

	for (size_t i = 0; i < q->tokens.len; i++)
		connects |= sense_at(q, i, "ported", "thing", &len) != NULL;
	if (!connects || number < 20 || number > 65535 || number != (double)(long)number || !phrase_ends(q, at))
		return false;
	/* "towards redis, 6379" */
	if (at > 0 && q->tokens.at[at - 1].famous && q->tokens.at[at - 1].word.comma)
		return true;
	lead = at - (at > 0);
	return at > 0 && !q->tokens.at[lead].word.comma && sense_at(q, lead, "ported", "lead", &len) && len == 1;
}

bool address_here(struct text written)
{
	AUTO_FREE char *text = text_copy(written);
	struct ifaddrs *all = NULL;
	struct in_addr address;
	bool found = false;
	char *colon = strchr(text, ':');

	if (colon)
		*colon = '\0';
	if (inet_pton(AF_INET, text, &address) != 1 || getifaddrs(&all) < 0)
		return true; /* not known: as it is said */
	found = ntohl(address.s_addr) >> 24 == IN_LOOPBACKNET;
	for (const struct ifaddrs *one = all; one && !found; one = one->ifa_next) {
		struct sockaddr_in own;

		if (!one->ifa_addr || one->ifa_addr->sa_family != AF_INET)
			continue;
		memcpy(&own, one->ifa_addr, sizeof(own));
		found = own.sin_addr.s_addr == address.s_addr;
	}
	freeifaddrs(all);
	return found;
}

/* "connections from 10.1.2.3", which is none of this machine's addresses: they come in. */
static void comers_mark(struct question *q)
{
	for (size_t i = 0, len; i + 1 < q->tokens.len; i++) {
		struct token *token = &q->tokens.at[i];

		if (!sense_at(q, i, "flow", "from", &len) || i + len >= q->tokens.len || !address_spelled(&q->tokens.at[i + len]) ||
		    address_here(q->tokens.at[i + len].word.text))
			continue;
		strcpy(token->canonical, "accept");
		token->known = true;
		token->ignored = false;
		return;
	}
}

void flows_mark(struct question *q)
{
	if (said(q, "link") && !out_said(q))
		comers_mark(q);
	if (!said(q, "thing") || said(q, "told"))
		return;
	for (size_t i = 0, len; i < q->tokens.len; i++) {
		const struct sense *way = sense_at(q, i, "flow", NULL, &len);
		struct token *token = &q->tokens.at[i];
		bool sends = way && strcmp(way->name, "to") == 0;

		if (!way || !(sends || strcmp(way->name, "from") == 0) || !end_named(q, i + len))
			continue;
		for (size_t k = i + 1; k < i + len; k++)
			q->tokens.at[k].ignored = true;
		strcpy(token->canonical, sends ? "send" : "receive");
		token->known = true;
		token->ignored = false;
		return;
	}
}

/* "where does pgbouncer connect to", "who does curl connect to": asks for the other end, and not where in the code. */
void goes_where(struct wish *wish)
{
	struct question *q = &wish->question;

	for (size_t i = 2; i < q->tokens.len; i++) {
		size_t end = i + token_is(q, i + 1, "to"), ask = i, len;

		if (!token_in(q, i, GRAMMAR_GOES_OUT) || q->tokens.at[i].word.kind == WORD_HAN)
			continue;
		if (end + 1 < q->tokens.len && !q->tokens.at[end].word.comma && !sense_at(q, end + 1, "rank", NULL, &len) && !token_is(q, end + 1, "by") &&
		    !token_is(q, end + 1, "per") && !token_is(q, end + 1, "data") && !token_in(q, end + 1, GRAMMAR_TRAFFIC))
			continue;
		while (ask > 0 && i - ask < 7 && !q->tokens.at[ask - 1].word.comma)
			ask--;
		for (; ask + 1 < i; ask++) {
			bool asked = token_is(q, ask, "where") || (end > i && (text_is(q->tokens.at[ask].word.text, "who") || text_is(q->tokens.at[ask].word.text, "what")));

			if (!asked || (!text_is(q->tokens.at[ask + 1].word.text, "does") && !text_is(q->tokens.at[ask + 1].word.text, "do")))
				continue;
			wish->other_end = true;
			tokens_use(q, ask, 1, USED_KEY);
			return;
		}
	}
}
