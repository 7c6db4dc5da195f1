// Package tenantpolicy decides what a tenant allows its people to buy by
// themselves, product by product (R03, R41). Its stream is
// "tenantpolicy-<tenant>".
package tenantpolicy
