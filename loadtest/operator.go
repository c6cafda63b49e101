package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// metrics reads the server's metrics by name. The series of a name are summed up.
func (t *testbed) metrics(ctx context.Context) (map[string]float64, error) {
	resp, err := t.getOperator(ctx, "/metrics")
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	sums := map[string]float64{}
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		line := lines.Text()
		end := strings.LastIndexByte(line, ' ')
		if end < 0 || strings.HasPrefix(line, "#") {
			continue
		}
		name, _, _ := strings.Cut(line[:end], "{")
		v, err := strconv.ParseFloat(line[end+1:], 64)
		if err != nil {
			return nil, fmt.Errorf("metric %s: %w", name, err)
		}
		sums[name] += v
	}
	return sums, lines.Err()
}

// collectGarbage makes the server collect its garbage three times, with pauses in
// which its memory returns to the system.
func (t *testbed) collectGarbage(ctx context.Context) error {
	for range 3 {
		resp, err := t.getOperator(ctx, "/debug/pprof/heap?gc=1")
		if err != nil {
			return err
		}
		resp.Body.Close()
		if !sleep(ctx, 300*time.Millisecond) {
			return ctx.Err()
		}
	}
	return nil
}

// getOperator sends a GET to the operator's listener. The caller closes the body.
// It returns errUnavailable if the listener is unknown.
func (t *testbed) getOperator(ctx context.Context, path string) (*http.Response, error) {
	if t.operatorURL == "" {
		return nil, errUnavailable
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, t.operatorURL+path, nil)
	if err != nil {
		return nil, err
	}
	resp, err := t.operatorHTTP.Do(r)
	if err == nil && resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		err = fmt.Errorf("GET %s: %s", path, resp.Status)
	}
	return resp, err
}
