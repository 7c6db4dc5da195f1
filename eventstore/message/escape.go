package message

import (
	"fmt"
	"strings"
)

const hex = "0123456789ABCDEF"

// escape percent-encodes as the CloudEvents bindings ask: space, double quote,
// percent and everything outside printable ASCII. It works on bytes, so any
// metadata survives, valid UTF-8 or not.
func escape(s string) string {
	n := 0
	for i := range len(s) {
		if !plain(s[i]) {
			n++
		}
	}
	if n == 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 2*n)
	for i := range len(s) {
		if c := s[i]; plain(c) {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

func plain(c byte) bool { return c > ' ' && c <= '~' && c != '"' && c != '%' }

// unescape undoes escape. It accepts lower-case digits and needless escapes.
func unescape(s string) (string, error) {
	if strings.IndexByte(s, '%') < 0 {
		return s, nil
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) || nibble(s[i+1]) < 0 || nibble(s[i+2]) < 0 {
			return "", fmt.Errorf("message: %q is not percent-encoded", s)
		}
		b.WriteByte(byte(nibble(s[i+1])<<4 | nibble(s[i+2])))
		i += 2
	}
	return b.String(), nil
}

func nibble(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}
