package main

import (
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// embedBudget is the limit for the element, in compressed bytes: partners'
// pages load it.
const embedBudget = 4_000

// workerBudget is the limit for the service worker.
const workerBudget = 2_500

// pageBudget is the limit for the scripts, style and texts of a page together,
// in any language. It allows for phones on slow networks and for old
// televisions.
const pageBudget = 26_800

// tellmeBudget is that limit for the notices of a ticket, which a page loads with its
// first ticket.
const tellmeBudget = 15_000

// booksBudget is that limit for the books, which an office loads on its own computer.
const booksBudget = 56_000

// limitedPages lists the pages with that limit.
var limitedPages = []string{"patient", "slot", "book", "tickets", "clinic", "display"}

// report prints the size of every file. It returns an error if a file or page
// is over its limit.
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
	over = append(over, within("tellme in total", firstLoad("tellme", sizes), tellmeBudget))
	over = append(over, within("books in total", firstLoad("books", sizes), booksBudget))
	for _, page := range limitedPages {
		size := firstLoad(page, sizes)
		fmt.Fprintf(out, "%7s %6d gz  %s in total, in its longest language\n", "", size, page)
		over = append(over, within(page+" in total", size, pageBudget))
	}
	return errors.Join(over...)
}

func within(what string, size, budget int) error {
	if size <= budget {
		return nil
	}
	return fmt.Errorf("%s is %d bytes compressed, over its budget of %d", what, size, budget)
}

// firstLoad returns the size of what a page loads besides its HTML, in its
// longest language.
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
