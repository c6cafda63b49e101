package main

import "testing"

func TestSumCalls_ExcludesInfo(t *testing.T) {
	t.Parallel()
	n, err := sumCalls("# Commandstats\r\ncmdstat_evalsha:calls=12,usec=340,usec_per_call=28.33\r\ncmdstat_info:calls=5,usec=1\r\ncmdstat_config|get:calls=3,usec=1\r\n")
	if n != 15 || err != nil {
		t.Errorf("%d calls: %v", n, err)
	}
	if _, err := sumCalls("cmdstat_get:calls=x,usec=1\r\n"); err == nil {
		t.Error("an invalid number was accepted")
	}
}
