package views

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/projections/projectiontest"
)

// Neither the table nor a sort may be needed: then the cost of a look is that of
// the rows it returns.
func TestWhatIsDueIsReadFromTheIndexAlone(t *testing.T) {
	p := projectiontest.New(t).Twice(t, DueView)
	_, err := p.Read(t.Context(), DueView.Name, func(tx *sql.Tx) error {
		var plan []string
		rows := query{t.Context(), tx}
		err := rows.each(`EXPLAIN QUERY PLAN `+dueQuery, []any{int64(0), "", 100}, func(scan func(...any) error) error {
			var id, parent, unused int
			var step string
			err := scan(&id, &parent, &unused, &step)
			plan = append(plan, step)
			return err
		})
		assert.Equal(t, []string{"SEARCH due USING COVERING INDEX due_in_order ((at,subscription)>(?,?))"}, plan)
		return err
	})
	require.NoError(t, err)
}
