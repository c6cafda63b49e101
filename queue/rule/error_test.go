package rule

import "testing"

func TestError_HasASentenceAndAPointer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err               Error
		sentence, pointer string
	}{
		{Wrong("services[1].absence.back", Between, "value", 25, "least", 0, "most", 20), "services[1].absence.back: 25 is not between 0 and 20", "/services/1/absence/back"},
		{Wrong("unit", NotOneOf, "value", "a\n", "values", []string{"人", "組"}), `unit: "a\n" is not one of 人, 組`, "/unit"},
		{Wrong("rooms", Empty), "rooms: is empty", "/rooms"},
	} {
		if got := test.err.Error(); got != test.sentence {
			t.Errorf("%q, want %q", got, test.sentence)
		}
		if got := test.err.Pointer(); got != test.pointer {
			t.Errorf("%q, want %q", got, test.pointer)
		}
	}
}
