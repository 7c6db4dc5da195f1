// Package product decides what is in the catalogue: products, their older ids
// and the markets they are kept out of (R04-R06). Its stream is "product-<id>".
package product
