-- Positions grow with every record of every stream and are sparse on purpose.
-- A tombstone is the record at revision 9223372036854775807.
CREATE TABLE streams (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream   INTEGER NOT NULL REFERENCES streams (id),
    revision INTEGER NOT NULL,
    id       BLOB    NOT NULL, -- 16 bytes; a client may use one twice
    type     TEXT    NOT NULL,
    json     INTEGER NOT NULL, -- 1: data is JSON
    created  INTEGER NOT NULL, -- 100 ns ticks since 1970, UTC
    data     BLOB    NOT NULL,
    metadata BLOB    NOT NULL,
    checksum INTEGER NOT NULL  -- CRC-32C of all the other columns and the stream's name
) STRICT;

CREATE UNIQUE INDEX events_by_revision ON events (stream, revision);
CREATE INDEX events_by_id ON events (id, stream);

-- For people with a shell; nothing in the program reads it.
CREATE VIEW readable AS
SELECT e.position, s.name AS stream, e.revision, lower(hex(e.id)) AS id, e.type,
       datetime(e.created / 10000000, 'unixepoch') AS created,
       iif(e.json, CAST(e.data AS TEXT), hex(e.data)) AS data,
       CAST(e.metadata AS TEXT) AS metadata
FROM events e JOIN streams s ON s.id = e.stream;
