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

func TestCommandCosts_AreOfTheCallsSince(t *testing.T) {
	t.Parallel()
	sum := map[string]commandStat{}
	for range 2 {
		if err := addCommands(sum,
			"# Commandstats\r\ncmdstat_get:calls=2,usec=10,usec_per_call=5.00\r\ncmdstat_hget:calls=3,usec=4,usec_per_call=1.33\r\n",
			"# Commandstats\r\ncmdstat_get:calls=6,usec=30,usec_per_call=5.00\r\ncmdstat_hget:calls=3,usec=4,usec_per_call=1.33\r\ncmdstat_evalsha:calls=1,usec=90,usec_per_call=90.00\r\n"); err != nil {
			t.Fatal(err)
		}
	}
	want := "evalsha                  0.50 calls an act     45.0 µs an act\nget                      2.00 calls an act     10.0 µs an act\n"
	if text := commandCosts(sum, 4); text != want {
		t.Errorf("got %q", text)
	}
}

func TestInfoNumber_ReadsTheWholeField(t *testing.T) {
	t.Parallel()
	const info = "# Stats\r\nother_total:1\r\ntotal:23\r\n"
	if n, err := infoNumber(info, "total"); n != 23 || err != nil {
		t.Errorf("%d: %v", n, err)
	}
	if _, err := infoNumber(info, "absent"); err == nil {
		t.Error("a missing field has a value")
	}
}
