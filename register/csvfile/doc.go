// Package csvfile writes and reads the CSV files of the books, in UTF-8 or CP932.
//
// It guarantees:
//   - A file that [Writer] wrote, [Reader] reads as the same cells, unless CP932 lacks a
//     character. [Writer] counts those.
//   - No cell is a formula for a spreadsheet, whatever patients typed (D14).
//   - Both stream: neither keeps more than one row.
//
// Files have CRLF, and quotes around each cell: Excel then keeps line breaks in cells. It
// knows no member and no booking.
package csvfile
