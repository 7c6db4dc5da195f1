// Package vault seals personal data with a key per person and forgets the key
// when the person must be forgotten: every copy of what was sealed, in events,
// views and backups of them, is then unreadable. It keeps keys, never the data,
// and nothing that must outlive an erasure may be sealed here.
//
// Sealed bytes are: version (1) | key id (8) | nonce (12) | AES-256-GCM
// ciphertext and tag, bound to tenant, person and field. Keys lie in keys.db,
// wrapped by the root key in vault.key. Back up both, apart from each other and
// apart from the events; a backup of keys.db keeps erased people readable for
// as long as it is kept.
package vault
