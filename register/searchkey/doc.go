// Package searchkey folds what is searched. The keys of a row and the words of a query
// are folded alike, so two spellings of a person meet.
//
// It promises:
//   - No function panics, whatever the bytes; a key is valid UTF-8 without controls.
//   - A key is its own key.
//   - If the key of a word is inside the key of a text, so is the loose one, and the bits
//     of [Grams] are among those of the text.
//
// Keys only compare and sort. They are never shown: NFKC turns ㈱ into (株). The folding
// of characters is that of queue/typed, which compares the patients of the line.
package searchkey
