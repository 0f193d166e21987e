/* secret.c: random secrets, their hashes, and passwords
 *
 * A secret is shown once and kept as a hash, so a copy of the tables opens
 * nothing. Passwords are Argon2id with 64 MiB and 3 passes (OWASP ASVS 5.0,
 * appendix C asks for less). */
#include "secret.h"

#include <sodium.h>
#include <string.h>

#include "base/limit.h"

#define ARGON_PASSES 3
#define ARGON_BYTES (64 * 1024 * 1024)

const char *secret_make(struct arena *arena)
{
	unsigned char bytes[32];
	char text[sodium_base64_ENCODED_LEN(sizeof(bytes), sodium_base64_VARIANT_URLSAFE_NO_PADDING)];

	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2base64(text, sizeof(text), bytes, sizeof(bytes), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return arena_strdup(arena, text);
}

const char *secret_hash(struct arena *arena, const char *secret)
{
	unsigned char hash[32];
	char hex[2 * sizeof(hash) + 1];

	crypto_generichash(hash, sizeof(hash), (const unsigned char *)secret, strlen(secret), NULL, 0);
	return arena_strdup(arena, sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash)));
}

bool password_check(struct task *task, const char *password)
{
	size_t len = strlen(password);

	if (len < LIMIT_PASSWORD_MIN_BYTES)
		return wrong(task, "password", "The password is too short: at least %d characters. Four random words are good.", LIMIT_PASSWORD_MIN_BYTES);
	if (len > LIMIT_PASSWORD_BYTES)
		return wrong(task, "password", "The password is too long: at most %d bytes.", LIMIT_PASSWORD_BYTES);
	return true;
}

bool password_hash(struct task *task, const char *password, const char **out)
{
	char text[crypto_pwhash_STRBYTES];

	if (crypto_pwhash_str(text, password, strlen(password), ARGON_PASSES, ARGON_BYTES))
		return broken(task, "no memory to hash a password");
	*out = arena_strdup(&task->arena, text);
	return true;
}

bool password_matches(const char *hash, const char *password)
{
	/* for people who do not exist: as slow as for those who do */
	static const char nobody[] = "$argon2id$v=19$m=65536,t=3,p=1$"
				     "AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

	return !crypto_pwhash_str_verify(hash ? hash : nobody, password, strlen(password)) && hash;
}
