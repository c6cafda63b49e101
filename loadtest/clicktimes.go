package main

import (
	"context"
	"fmt"
	"time"
)

// coalescingWindow is slightly longer than the time for which the server holds
// back changes to send them as one. A later change is sent without delay.
const coalescingWindow = 150 * time.Millisecond

// clickTimes are the latencies of several clicks of "next", from the request.
type clickTimes struct {
	response, first, last durations // one for each click
	all                   durations // one for each delivery
}

// measureClicks clicks "next" n times, and waits each time until every watcher
// has the new board. Each click also adds a ticket, so the line keeps its length.
func (t *testbed) measureClicks(ctx context.Context, f *fleet, n int) (clickTimes, error) {
	var times clickTimes
	reported := time.Now()
	for i := range n {
		if _, _, err := t.desk.changeAndWait(ctx, f, t.desk.addWalkIn); err != nil {
			return times, err
		}
		if !sleep(ctx, coalescingWindow) {
			return times, ctx.Err()
		}
		var number int
		sent, received, err := t.desk.changeAndWait(ctx, f, func(ctx context.Context) (err error) {
			start := time.Now()
			number, err = t.desk.callNext(ctx)
			times.response = append(times.response, time.Since(start))
			return err
		})
		if err != nil {
			return times, fmt.Errorf("click %d: %w", i+1, err)
		}
		latencies := elapsedSince(sent, received)
		last := latencies[len(latencies)-1]
		times.first = append(times.first, latencies[0])
		times.last = append(times.last, last)
		times.all = append(times.all, latencies...)
		if err := t.verifyCalled(ctx, number); err != nil {
			return times, fmt.Errorf("click %d: %w", i+1, err)
		}
		if time.Since(reported) > 2*time.Second {
			reported = time.Now()
			t.progressf("%d of %d clicks, the last one took %.1f ms", i+1, n, milliseconds(last))
		}
		if !sleep(ctx, coalescingWindow) {
			return times, ctx.Err()
		}
	}
	return times, nil
}

// verifyCalled returns an error unless the board calls the number.
func (t *testbed) verifyCalled(ctx context.Context, number int) error {
	now, err := t.desk.board(ctx)
	if err != nil {
		return err
	}
	if !isCalling(now.Board, number) {
		return fmt.Errorf("number %d was called, and the board does not call it", number)
	}
	return nil
}
