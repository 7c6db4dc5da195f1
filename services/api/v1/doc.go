// Package v1 is the JSON that the API speaks: what its bodies look like, and
// nothing else. The server writes these shapes and the client reads them, so a
// member once released is never renamed or given another meaning.
//
// Nothing here may decide, translate or reach for anything.
package v1
