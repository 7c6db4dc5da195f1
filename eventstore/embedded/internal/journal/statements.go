package journal

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"
)

// statements are what the writer asks the database, prepared on its connection.
type statements struct {
	head         headQueries
	insertStream *sql.Stmt
	insertEvent  *sql.Stmt
	revision     *sql.Stmt // of an event id in a stream
	ids          *sql.Stmt // after a revision
	position     *sql.Stmt // of a revision
}

func prepareStatements(ctx context.Context, conn *sql.Conn) (s statements, err error) {
	if s.head, err = prepareHead(ctx, conn); err != nil {
		return s, err
	}
	return s, prepareAll(ctx, conn, map[string]**sql.Stmt{
		`INSERT INTO streams (name) VALUES (?)`: &s.insertStream,
		`INSERT INTO events (position, stream, revision, id, type, json, created, data, metadata, checksum)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`: &s.insertEvent,
		`SELECT revision FROM events WHERE id = ? AND stream = ? ORDER BY revision LIMIT 1`: &s.revision,
		`SELECT id FROM events WHERE stream = ? AND revision > ? ORDER BY revision LIMIT ?`: &s.ids,
		`SELECT position FROM events WHERE stream = ? AND revision = ?`:                     &s.position,
	})
}

func (s *statements) addStream(ctx context.Context, name string) (int64, error) {
	res, err := s.insertStream.ExecContext(ctx, name)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

func (s *statements) addEvent(ctx context.Context, stream int64, r *Record) error {
	_, err := s.insertEvent.ExecContext(ctx, r.Position, stream, r.Revision, r.ID[:], r.Type, r.JSON, r.Created, notNil(r.Data), notNil(r.Metadata), r.checksum())
	return err
}

// notNil keeps an empty value from becoming NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// revisionOf is where id first occurs in stream.
func (s *statements) revisionOf(ctx context.Context, stream int64, id uuid.UUID) (revision int64, found bool, err error) {
	err = s.revision.QueryRowContext(ctx, id[:], stream).Scan(&revision)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return revision, err == nil, err
}

// idsAfter are the ids of up to n events that follow revision.
func (s *statements) idsAfter(ctx context.Context, stream, revision int64, n int) ([]uuid.UUID, error) {
	rows, err := s.ids.QueryContext(ctx, stream, revision, n)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []uuid.UUID
	for rows.Next() {
		var id []byte
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, uuid.UUID(id))
	}
	return ids, rows.Err()
}

func (s *statements) positionOf(ctx context.Context, stream, revision int64) (position int64, err error) {
	err = s.position.QueryRowContext(ctx, stream, revision).Scan(&position)
	return position, err
}
