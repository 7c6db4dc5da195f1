package vault

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"slices"
)

const (
	version    = 1
	secretSize = 32
	keyIDSize  = 8
	nonceSize  = 12
)

// key seals one person's fields.
type key struct {
	id   [keyIDSize]byte // tells data of an erased key from damaged data
	aead cipher.AEAD
}

func newKey(secret []byte) key {
	digest := sha256.Sum256(append([]byte("kassa key id|"), secret...))
	return key{id: [keyIDSize]byte(digest[:keyIDSize]), aead: newAEAD(secret)}
}

// newAEAD panics on a secret of another size than ours.
func newAEAD(secret []byte) cipher.AEAD {
	if len(secret) != secretSize {
		panic(fmt.Sprintf("vault: a key of %d bytes", len(secret)))
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}

func (k key) seal(p person, field, plain string) []byte {
	sealed := slices.Concat([]byte{version}, k.id[:])
	return encrypt(sealed, k.aead, []byte(plain), p.field(field))
}

func (k key) open(p person, field string, sealed []byte) (string, error) {
	header := 1 + keyIDSize
	if len(sealed) < header || sealed[0] != version {
		return "", ErrDamaged
	}
	if !bytes.Equal(sealed[1:header], k.id[:]) {
		return "", ErrErased
	}
	plain, err := decrypt(k.aead, sealed[header:], p.field(field))
	return string(plain), err
}

// label binds a wrapped key to its owner, so that exchanging two rows is noticed.
func (p person) label() string { return fmt.Sprintf("person|%q|%q", p.tenant, p.id) }

// field is the additional data: sealed bytes opened under another tenant,
// person or field are damaged.
func (p person) field(name string) string { return fmt.Sprintf("%q|%q|%q", p.tenant, p.id, name) }

func wrap(root cipher.AEAD, secret []byte, label string) []byte {
	return encrypt(nil, root, secret, label)
}

func unwrap(root cipher.AEAD, wrapped []byte, label string) ([]byte, error) {
	return decrypt(root, wrapped, label)
}

// encrypt appends nonce, ciphertext and tag to dst.
func encrypt(dst []byte, aead cipher.AEAD, plain []byte, aad string) []byte {
	nonce := make([]byte, nonceSize)
	rand.Read(nonce)
	return aead.Seal(append(dst, nonce...), nonce, plain, []byte(aad))
}

func decrypt(aead cipher.AEAD, sealed []byte, aad string) ([]byte, error) {
	if len(sealed) < nonceSize {
		return nil, ErrDamaged
	}
	plain, err := aead.Open(nil, sealed[:nonceSize], sealed[nonceSize:], []byte(aad))
	if err != nil {
		return nil, ErrDamaged.Because(err)
	}
	return plain, nil
}
