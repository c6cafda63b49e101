//go:build unix

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/programtest"
)

// TestServe_LimitsHeaders sends headers of the maximum size in README.md, and
// larger ones.
func TestServe_LimitsHeaders(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	s := programtest.Serve(t, t.TempDir(), nil)
	for size, want := range map[int]int{16 << 10: http.StatusOK, 16<<10 + 1: http.StatusRequestHeaderFieldsTooLarge, 1 << 20: http.StatusRequestHeaderFieldsTooLarge} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			const begin, end = "GET /v1/version HTTP/1.1\r\nHost: junban\r\nX-Filling: ", "\r\n\r\n"
			go io.WriteString(conn, begin+strings.Repeat("x", size-len(begin)-len(end))+end) // may fail, because the server responds before the end
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if answer.StatusCode != want {
				t.Errorf("a header of %d bytes gets the status %d", size, answer.StatusCode)
			}
		})
	}
}
