// Package ticket issues, shows and changes one ticket. Its owner and its desk use the
// same routes.
//
// With the ticket's token its owner cancels, with the code too, and reports that the
// patient is here or out. That moves nothing: an absent patient stands in the line again
// when the desk, which sees the patient, enters it.
package ticket
