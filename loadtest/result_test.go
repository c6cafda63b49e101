package main

import "testing"

func TestMedians_AreOfTheRounds(t *testing.T) {
	t.Parallel()
	var rounds []*result
	for _, v := range []float64{9, 1, 5} {
		r := &result{Scenario: "s"}
		r.add("x", v, "B")
		r.Curves = []curve{{"c", durations{1}}}
		rounds = append(rounds, r)
	}
	got := medians(rounds)
	if got.Rows[0].Value != 5 || len(got.Curves[0].Durations) != 3 {
		t.Errorf("got %+v", got)
	}
}
