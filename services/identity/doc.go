// Package identity says who is asking. Verifier turns a bearer token into
// validated Claims and is all that the rest of the program may lean on: real
// sign-in replaces it and nothing else. Issuer is the development identity
// provider, which hands a token to whoever asks and therefore belongs on the
// loopback only (CheckLoopback). What a person may do is not decided here.
package identity
