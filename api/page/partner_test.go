package page

import (
	"testing"

	"junban/api/route"
)

func TestElsewhere_IsTheOtherNameOfThisMachine(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{"localhost:1": "127.0.0.1:1", "[::1]:1": "localhost:1", "junban.example": "junban.example"} {
		if got := elsewhere(host); got != want {
			t.Errorf("%s: %s, want %s", host, got, want)
		}
	}
}

func TestSamplePolicy_TakesNoDirectiveFromAHost(t *testing.T) {
	t.Parallel()
	if got := samplePolicy("http://a;script-src *"); got != route.Policy {
		t.Errorf("policy %q", got)
	}
}
