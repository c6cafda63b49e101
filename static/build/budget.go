package main

import (
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// embedBudget is how many compressed bytes the element for partners may have: it
// lands on pages that are not ours.
const embedBudget = 4_000

// workerBudget is how many the service worker may have.
const workerBudget = 1_500

// pageBudget is how many compressed bytes a page's scripts, style and words may
// have together, in any language: it goes to phones in a hurry and to old
// televisions.
const pageBudget = 26_500

// lean are the pages that have that budget.
var lean = []string{"patient", "tickets", "clinic", "display"}

// report prints what every file weighs, and is an error when one of those that
// have a budget is over it.
func report(out io.Writer, built map[string][]byte) error {
	sizes := make(map[string]int)
	for name, content := range built {
		size, err := gzipSize(content)
		if err != nil {
			return err
		}
		sizes[name] = size
	}
	var names []string
	for name := range sizes {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(out, "%7d %6d gz  %s\n", len(built[name]), sizes[name], name)
	}
	over := []error{
		within("embed/v1.js", sizes["embed/v1.js"], embedBudget),
		within("sw.js", sizes["sw.js"], workerBudget),
	}
	for _, page := range lean {
		size := firstLoad(page, sizes)
		fmt.Fprintf(out, "%7s %6d gz  %s in all, in its longest language\n", "", size, page)
		over = append(over, within(page+" in all", size, pageBudget))
	}
	return errors.Join(over...)
}

func within(what string, size, budget int) error {
	if size <= budget {
		return nil
	}
	return fmt.Errorf("%s is %d bytes compressed, over its budget of %d", what, size, budget)
}

// firstLoad is what a page loads beside its HTML, with the longest words.
func firstLoad(page string, sizes map[string]int) int {
	all, words := 0, 0
	for name, size := range sizes {
		switch logical, _ := logicalName(path.Base(name)); {
		case logical == page+".js", logical == page+".css", logical == "language.js" && page != "display":
			all += size
		case strings.HasPrefix(logical, page+".words."):
			words = max(words, size)
		}
	}
	return all + words
}
