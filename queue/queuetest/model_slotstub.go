package queuetest

import (
	"context"
	"errors"

	"junban/queue"
	"junban/queue/clinic"
)

var errStub = errors.New("the model has no slots")

func (m *Model) Days(context.Context, clinic.Ref, clinic.Day, clinic.Day) ([]queue.DayOffer, error) {
	return nil, errStub
}
func (m *Model) Arrival(context.Context, queue.TicketID, string, queue.Act) (queue.Ticket, error) {
	return queue.Ticket{}, errStub
}
func (m *Model) Rebook(context.Context, queue.TicketID, clinic.Day, string, bool, queue.Act) (queue.Ticket, error) {
	return queue.Ticket{}, errStub
}
func (m *Model) Edit(context.Context, queue.TicketID, queue.Edit, queue.Act) (queue.Ticket, error) {
	return queue.Ticket{}, errStub
}
func (m *Model) CloseDate(context.Context, clinic.Ref, clinic.Day, string, queue.Act) (int, error) {
	return 0, errStub
}
