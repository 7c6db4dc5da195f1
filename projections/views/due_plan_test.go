package views

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/projections"
	"kassa/projections/projectiontest"
)

// Neither the table nor a sort may be needed: then the cost of a look is that of
// the rows it returns.
func TestWhatWaitsIsReadFromAnIndexAlone(t *testing.T) {
	for _, f := range []struct {
		view  projections.Projection
		query string
		args  []any
		want  string
	}{
		{DueView, dueQuery, []any{int64(0), "", 100}, "SEARCH due USING COVERING INDEX due_in_order ((at,subscription)>(?,?))"},
		{DueView, countDueQuery, []any{int64(0)}, "SEARCH due USING COVERING INDEX due_in_order (at<?)"},
		{LeaversView, leaversQuery, []any{100}, "SCAN leavers USING INDEX leavers_waiting"},
		{PaymentMethodsView, unlistedQuery, []any{100}, "SCAN tokens USING INDEX tokens_unlisted"},
		{PaymentMethodsView, expiredQuery, []any{int64(0), 100}, "SEARCH methods USING INDEX methods_good (expires_at>? AND expires_at<?)"},
		{AccessView, accessQuery, []any{100}, "SCAN access USING INDEX access_differs"},
	} {
		p := projectiontest.New(t).Twice(t, f.view)
		_, err := p.Read(t.Context(), f.view.Name, func(tx *sql.Tx) error {
			var plan []string
			rows := query{t.Context(), tx}
			err := rows.each(`EXPLAIN QUERY PLAN `+f.query, f.args, func(scan func(...any) error) error {
				var id, parent, unused int
				var step string
				err := scan(&id, &parent, &unused, &step)
				plan = append(plan, step)
				return err
			})
			assert.Equal(t, []string{f.want}, plan)
			return err
		})
		require.NoError(t, err)
	}
}
