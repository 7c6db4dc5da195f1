// Package price decides what a product costs in one channel and market (R33,
// R35). Its stream is "price-<product>-<channel>-<market>".
package price
