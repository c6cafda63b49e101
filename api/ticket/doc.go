// Package ticket is one ticket: it is issued, shown and acted on, by its owner and by its
// desk through the same routes.
//
// With the ticket's token its owner cancels, with the code too, and reports that the
// patient is here or out. That moves nothing: an absent patient stands in the line again
// when the desk, which sees the patient, enters it.
package ticket
