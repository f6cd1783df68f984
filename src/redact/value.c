/* Checks of values, each from its standard. */
#include <arpa/inet.h>
#include <ctype.h>
#include <math.h>
#include "redact/matcher.h"

bool value_luhn(struct text value)
{
	unsigned sum = 0, digits = 0;

	for (size_t i = value.len; i-- > 0;) {
		unsigned digit = (unsigned char)value.at[i] - (unsigned)'0';

		if (digit > 9)
			continue;
		if (digits++ % 2)
			digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
		sum += digit;
	}
	return digits >= 13 && digits <= 19 && sum % 10 == 0 && sum > 0;
}

/* Lengths from the IBAN registry (SWIFT, release 97). */
static unsigned iban_length(const char country[2])
{
	static const char registry[] =
		"AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18"
		"FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24"
		"ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23"
		"ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

	for (const char *at = registry; *at; at += 4)
		if (memcmp(at, country, 2) == 0)
			return (unsigned)(at[2] - '0') * 10 + (unsigned)(at[3] - '0');
	return 0;
}

bool value_iban(struct text value)
{
	char compact[36];
	unsigned remainder = 0;
	size_t len = 0;

	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] == ' ')
			continue;
		if (len >= sizeof(compact))
			return false;
		compact[len++] = value.at[i];
	}
	if (len < 15 || len != iban_length(compact))
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = compact[(i + 4) % len]; /* country and check digits go last */

		if (isdigit((unsigned char)c))
			remainder = (remainder * 10 + (unsigned)(c - '0')) % 97;
		else if (isupper((unsigned char)c))
			remainder = (remainder * 100 + (unsigned)(c - 'A') + 10) % 97;
		else
			return false;
	}
	return remainder == 1;
}

bool value_ipv6(struct text value)
{
	char copy[INET6_ADDRSTRLEN];
	unsigned char address[16];
	unsigned groups = 0;

	if (value.len >= sizeof(copy))
		return false;
	memcpy(copy, value.at, value.len);
	copy[value.len] = '\0';
	if (inet_pton(AF_INET6, copy, address) != 1)
		return false;
	/* "a::b" is a name in C++; an address has more groups, or digits in those it has. */
	for (size_t i = 0; i < value.len; i++)
		groups += isxdigit((unsigned char)copy[i]) && (i == 0 || copy[i - 1] == ':');
	return groups >= 2 && strcspn(copy, "0123456789") < value.len;
}

static int base64_value(char c)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

bool value_jwt(struct text value)
{
	unsigned char first[3];
	int bits = 0;

	if (value.len < 4)
		return false;
	for (size_t i = 0; i < 4; i++)
		bits = bits << 6 | (base64_value(value.at[i]) & 63);
	for (size_t i = 0; i < 3; i++)
		first[i] = (unsigned char)(bits >> (16 - 8 * i));
	return first[0] == '{' && (first[1] == '"' || isspace(first[1]));
}

bool value_mixed(struct text value)
{
	bool letter = false, digit = false;

	if (text_starts(value, "0x"))
		return false;
	for (size_t i = 0; i < value.len; i++) {
		letter |= isalpha((unsigned char)value.at[i]) != 0;
		digit |= isdigit((unsigned char)value.at[i]) != 0;
	}
	return letter && digit;
}

double value_entropy(struct text value)
{
	unsigned counts[256] = { 0 };
	double bits = 0;

	for (size_t i = 0; i < value.len; i++)
		counts[(unsigned char)value.at[i]]++;
	for (size_t i = 0; i < 256; i++)
		if (counts[i])
			bits -= counts[i] * log2((double)counts[i] / (double)value.len);
	return value.len ? bits / (double)value.len : 0;
}

size_t placeholder_len(struct text t)
{
	size_t at = 1, digits = 0;

	if (t.len < 4 || t.at[0] != '<' || !isupper((unsigned char)t.at[1]))
		return 0;
	while (at < t.len && at < 32 && (isupper((unsigned char)t.at[at]) || t.at[at] == '_'))
		at++;
	if (t.at[at - 1] != '_')
		return 0;
	while (at < t.len && digits < 10 && isdigit((unsigned char)t.at[at]))
		at++, digits++;
	return digits > 0 && digits < 10 && at < t.len && t.at[at] == '>' ? at + 1 : 0;
}

bool value_placeholder(struct text value)
{
	size_t len;

	if (value.len == 0)
		return false;
	for (; value.len; value = text_from(value, len)) {
		len = placeholder_len(value);
		if (len == 0)
			return false;
	}
	return true;
}
