package outbox

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"junban/queue/clinic"
)

func TestLua_HasTheRanksOfTheKinds(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("lua/common.lua")
	if err != nil {
		t.Fatal(err)
	}
	var ranks []string
	for i, kind := range clinic.NoticeKinds {
		ranks = append(ranks, fmt.Sprintf("%s = %d", kind, i+1))
	}
	if want := "local RANK = {" + strings.Join(ranks, ", ") + "}"; !strings.Contains(string(text), want) {
		t.Errorf("common.lua does not have %s", want)
	}
}
