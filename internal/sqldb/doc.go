// Package sqldb opens the SQL database: SQLite in a file or in memory, or PostgreSQL.
//
// It guarantees:
//   - Query code is written once. Both databases take $1 placeholders, ON CONFLICT and
//     RETURNING; text compares by bytes in both.
//   - [DB.Write] is one transaction. On SQLite one writer runs at a time.
//   - [DB.Migrate] applies each numbered file once, in order, whichever nodes start at
//     the same time.
//   - SQLite overwrites what is deleted; [DB.Purge] removes it from the other files too.
//   - Errors about an address do not quote it, because it may contain a password.
//
// Use these types alone: TEXT, BIGINT for milliseconds and counts, INTEGER for booleans
// and small numbers, BLOB. It has no domain rules and owns no tables but sqldb_migration.
package sqldb
