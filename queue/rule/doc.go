// Package rule has the rules of a record's fields, one row for each, and the errors of
// invalid fields.
//
// It promises that a bound is written once. The row checks the field, and describes
// the bound to the forms, to openapi.yaml and to the clinic file. An error has a
// stable [Code] and its parameters; its English sentence derives from them.
//
// A [Table] knows its record through functions, without reflection. Rules that join
// several fields are code of the record's package.
package rule
