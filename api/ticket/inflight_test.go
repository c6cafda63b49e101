package ticket

import "testing"

func TestInFlight_KnowsOfOthersOfThePrefix(t *testing.T) {
	t.Parallel()
	var f inFlight
	leave, others := f.enter("a")
	leaveB, _ := f.enter("b")
	if others() {
		t.Error("another prefix counts")
	}
	leave2, others2 := f.enter("a")
	leave2()
	if !others() || !others2() {
		t.Errorf("who came first knows of the other: %t, and the other of it: %t", others(), others2())
	}
	leave()
	leaveB()
	if len(f.of) != 0 {
		t.Errorf("%d prefixes are kept", len(f.of))
	}
	leave, others = f.enter("a")
	defer leave()
	if others() {
		t.Error("those that have left count")
	}
}
