package domain

import "hash/fnv"

// crockford is base 32 without the letters that people misread.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// OrderNumber is what people call a purchase by, on the phone and on a bill:
// "KA-7Q2M-0F4X-9TBC". It is a function of id, 60 bits wide, and says nothing
// about how much has been sold.
func OrderNumber(id PurchaseID) string {
	h := fnv.New64a()
	h.Write([]byte(id))
	n := h.Sum64()
	n ^= n >> 60 // the four bits that do not fit still count

	number := []byte("KA-0000-0000-0000")
	for i := len(number) - 1; i > 2; i-- {
		if number[i] != '-' {
			number[i] = crockford[n&31]
			n >>= 5
		}
	}
	return string(number)
}
