package register

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"junban/internal/sqldb"
	"junban/queue/clinic"
	"junban/queue/typed"
	"junban/register/searchkey"
)

// countMost is up to how many hits a search counts.
const countMost = 1000

// maxWords is how many words the text of a search may have.
const maxWords = 10

// MemberQuery asks for members by one text. The words of the text must each be in the name
// or in the kana; "" is all members. Digits are a card, a member's number, a phone number
// or its end.
type MemberQuery struct {
	Text  string
	After string // Next of the page before
	Log   bool   // the first page goes into the access log
}

// MemberPage is a page of a search, ordered by kana.
type MemberPage struct {
	Members []Member
	Next    string // "": the last page
	Count   int    // how many there are, at most 1,000
	More    bool   // there are more than that
}

// SearchMembers looks for members that are not merged. Only where the words are in no
// name, it looks for similar sounds. It never logs the text, only its kind and the count.
func (s *Store) SearchMembers(ctx context.Context, c clinic.ID, q MemberQuery, by clinic.Actor) (MemberPage, error) {
	search, err := newMemberSearch(q)
	if err != nil {
		return MemberPage{}, err
	}
	hits, err := search.first(ctx, s.db, c)
	if err != nil {
		return MemberPage{}, failed("search members", err)
	}
	page := search.page(hits)
	if page.Members, err = readMembers(ctx, s.db, c, idsOf(hits[:min(len(hits), pageSize)])); err != nil {
		return MemberPage{}, failed("search members", err)
	}
	if q.Log && q.After == "" {
		detail := fmt.Sprintf("%s %d", search.kind, page.Count)
		if page.More {
			detail += "+"
		}
		if err := s.db.Write(ctx, func(tx *sql.Tx) error { return s.logAccess(ctx, tx, c, by, ActSearch, "", detail) }); err != nil {
			return MemberPage{}, failed("search members", err)
		}
	}
	return page, nil
}

// EachMember calls do with the members of a search in its order, in constant memory. It
// reads pages of the given size, and logs nothing. It begins after a cursor of an earlier
// call; do gets the cursor behind its page.
func (s *Store) EachMember(ctx context.Context, c clinic.ID, q MemberQuery, size int, do func(page []Member, next string) error) error {
	search, err := newMemberSearch(q)
	if err != nil {
		return err
	}
	for {
		hits, err := search.next(ctx, s.db, c, size+1)
		if err != nil {
			return failed("read members", err)
		}
		if len(hits) == 0 {
			return nil
		}
		more := len(hits) > size
		hits = hits[:min(len(hits), size)]
		members, err := readMembers(ctx, s.db, c, idsOf(hits))
		if err != nil {
			return failed("read members", err)
		}
		search.at.Kana, search.at.ID = hits[len(hits)-1].kana, hits[len(hits)-1].id
		next := ""
		if more {
			next = search.at.String()
		}
		if err := do(members, next); err != nil || !more {
			return err
		}
	}
}

// hit is a found member, by what the list is ordered by.
type hit struct {
	kana   string
	id     MemberID
	strict bool // the words are in it as they are, not only similar sounds
}

func idsOf(hits []hit) []MemberID {
	ids := make([]MemberID, len(hits))
	for i, h := range hits {
		ids[i] = h.id
	}
	return ids
}

// memberCursor is where the next page begins. It has what was counted by the first page.
type memberCursor struct {
	Of    string   `json:"of"` // hash of the text
	Kana  string   `json:"kana"`
	ID    MemberID `json:"id"`
	Count int      `json:"count,omitempty"`
	More  bool     `json:"more,omitempty"`
	Loose bool     `json:"loose,omitempty"`
}

func (at memberCursor) started() bool { return at.ID != "" }

func (at memberCursor) String() string {
	text, err := json.Marshal(at)
	if err != nil {
		panic(err) // strings and numbers
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// memberSearch is a query whose text is read.
type memberSearch struct {
	kind  string // all, digits, card or name
	at    memberCursor
	words []string // keys, of name
	phone string   // digits
	card  string   // key
}

var cardText = regexp.MustCompile(`^[A-Z0-9-]*[0-9][A-Z0-9-]*$`)

func newMemberSearch(q MemberQuery) (memberSearch, error) {
	if utf8.RuneCountInString(q.Text) > MostText {
		return memberSearch{}, bad("the text has more than %d characters", MostText)
	}
	text := strings.ToValidUTF8(q.Text, "")
	sum := sha256.Sum256([]byte(text))
	m := memberSearch{at: memberCursor{Of: hex.EncodeToString(sum[:6])}}
	if q.After != "" {
		var at memberCursor
		data, err := base64.RawURLEncoding.DecodeString(q.After)
		if err == nil {
			err = json.Unmarshal(data, &at)
		}
		if err != nil || at.Of != m.at.Of || at.Count < 0 || at.Count > countMost || !memberForm.MatchString(string(at.ID)) || strings.ContainsFunc(at.Kana, typed.Refused) {
			return memberSearch{}, bad("the page is not one of this search")
		}
		m.at = at
	}
	if number, ok := typed.Phone(text); ok && number != "" {
		m.kind, m.phone, m.card = "digits", number, searchkey.Card(text)
		return m, nil
	}
	for _, word := range strings.Fields(norm.NFKC.String(text)) {
		if key := searchkey.Name(word); key != "" {
			m.words = append(m.words, key)
		}
	}
	if len(m.words) > maxWords {
		return memberSearch{}, bad("the text has more than %d words", maxWords)
	}
	switch {
	case len(m.words) > 0:
		m.kind = "name"
		if card := searchkey.Card(text); cardText.MatchString(card) {
			m.card = card
		}
	case strings.TrimSpace(text) == "":
		m.kind = "all"
	default: // marks alone are in no name
		m.kind = "none"
	}
	return m, nil
}

// first returns the hits of a page. The first page counts too: it reads up to 1,000 hits,
// because to count them apart would scan twice.
func (m *memberSearch) first(ctx context.Context, db sqldb.Queryer, c clinic.ID) ([]hit, error) {
	if m.at.started() {
		return m.next(ctx, db, c, pageSize+1)
	}
	hits, err := m.next(ctx, db, c, countMost+1)
	m.at.Count, m.at.More = min(len(hits), countMost), len(hits) > countMost
	return hits, err
}

// next returns up to most hits after the cursor. At the beginning of a search it decides
// whether similar sounds are looked for.
func (m *memberSearch) next(ctx context.Context, db sqldb.Queryer, c clinic.ID, most int) ([]hit, error) {
	switch {
	case m.kind == "none":
		return nil, nil
	case m.kind == "digits":
		return m.sorted(ctx, db, c, most)
	case m.kind != "name" || m.at.started():
		return m.listed(c, most, m.at.Loose).hits(ctx, db)
	}
	if m.card != "" {
		var q query
		m.ofCard(&q, c)
		if hits, err := q.hits(ctx, db); err != nil || len(hits) > 0 {
			return hits, err
		}
	}
	// Hits of similar sounds include the strict ones. One scan serves both, unless many
	// similar ones come before the strict ones.
	similar, err := m.listed(c, most, true).hits(ctx, db)
	if err != nil {
		return nil, err
	}
	hits := slices.DeleteFunc(slices.Clone(similar), func(h hit) bool { return !h.strict })
	if len(similar) == most && len(hits) < most {
		if hits, err = m.listed(c, most, false).hits(ctx, db); err != nil {
			return nil, err
		}
	}
	if len(hits) == 0 {
		m.at.Loose = true
		return similar, nil
	}
	return hits, nil
}

// page is the page of hits, without its members.
func (m *memberSearch) page(hits []hit) MemberPage {
	page := MemberPage{Count: m.at.Count, More: m.at.More}
	if len(hits) > pageSize {
		next := m.at
		next.Kana, next.ID = hits[pageSize-1].kana, hits[pageSize-1].id
		page.Next = next.String()
	}
	return page
}

// listed reads in the order of the list, from the index that covers it.
func (m *memberSearch) listed(c clinic.ID, most int, similar bool) *query {
	var q query
	q.add("SELECT kana_key, id, ")
	if similar && len(m.words) > 0 {
		q.add("CASE WHEN ")
		m.inside(&q, false)
		q.add(" THEN 1 ELSE 0 END")
	} else {
		q.add("1")
	}
	q.add(" FROM member WHERE clinic = ? AND merged_into = ''", string(c))
	if len(m.words) > 0 {
		// PostgreSQL would compare texts before numbers.
		q.add(" AND CASE WHEN ")
		m.bits(&q)
		q.add(" THEN ")
		m.inside(&q, similar)
		q.add(" ELSE FALSE END")
	}
	if m.at.started() {
		q.add(" AND (kana_key, id) > (?, ?)", m.at.Kana, string(m.at.ID))
	}
	q.add(" ORDER BY kana_key, id LIMIT " + strconv.Itoa(most))
	return &q
}

// bits is the condition that a row has the bits of the words. Most rows are passed over by
// it.
func (m *memberSearch) bits(q *query) {
	var grams int64
	for _, word := range m.words {
		if !isDigits(word) { // which may be in the phone, and that has no bits
			grams |= searchkey.Grams(word)
		}
	}
	q.add("(grams & CAST(? AS BIGINT)) = CAST(? AS BIGINT)", grams, grams)
}

// inside is the condition that each word is in the row.
func (m *memberSearch) inside(q *query, similar bool) {
	for i, word := range m.words {
		if i > 0 {
			q.add(" AND ")
		}
		like := "%" + escapeLike(word) + "%"
		q.add("(name_key LIKE ? ESCAPE '\\'", like)
		if similar {
			q.add(" OR loose_key LIKE ? ESCAPE '\\'", "%"+escapeLike(searchkey.Loose(word))+"%")
		} else {
			q.add(" OR kana_key LIKE ? ESCAPE '\\'", like)
		}
		if isDigits(word) {
			q.add(" OR card_key = ?", word)
			if len(word) >= phoneEnd {
				q.add(" OR phone_back LIKE ?", searchkey.Back(word)+"%")
			}
		}
		q.add(")")
	}
}

// phoneEnd is how many digits the end of a phone number needs to be searched.
const phoneEnd = 4

// sameDigits is how many members may have the same digits; any beyond it are not found.
const sameDigits = 10_000

// sorted reads the rows with a card, a number, a phone or its end. Each has its own index.
// It sorts here: for an ordered result SQLite would scan the index of the list.
func (m *memberSearch) sorted(ctx context.Context, db sqldb.Queryer, c clinic.ID, most int) ([]hit, error) {
	hits, err := m.digits(c, false).hits(ctx, db)
	if err == nil && len(hits) == 0 {
		hits, err = m.merged(ctx, db, c)
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(hits, compareHits)
	hits = slices.Compact(hits)
	if m.at.started() {
		at, there := slices.BinarySearchFunc(hits, hit{kana: m.at.Kana, id: m.at.ID}, compareHits)
		if there {
			at++
		}
		hits = hits[at:]
	}
	return hits[:min(len(hits), most)], nil
}

func compareHits(a, b hit) int {
	return cmp.Or(strings.Compare(a.kana, b.kana), strings.Compare(string(a.id), string(b.id)))
}

// merged returns the members that became of merged ones with the digits. So an old card or
// number still leads to its person.
func (m *memberSearch) merged(ctx context.Context, db sqldb.Queryer, c clinic.ID) ([]hit, error) {
	gone, err := m.digits(c, true).hits(ctx, db)
	if err != nil {
		return nil, err
	}
	hits := []hit{}
	for _, h := range gone[:min(len(gone), pageSize)] {
		living, err := resolve(ctx, db, c, h.id)
		switch {
		case errors.Is(err, ErrNoMember): // erased
		case err != nil:
			return nil, err
		default:
			hits = append(hits, hit{kana: living.keys().kana, id: living.ID, strict: true})
		}
	}
	return hits, nil
}

// digits reads members with the digits: those of the list, or those that are merged.
func (m *memberSearch) digits(c clinic.ID, merged bool) *query {
	var q query
	part := func(condition string, arg ...any) {
		if q.text.Len() > 0 {
			q.add(" UNION ALL ")
		}
		if merged {
			q.add("SELECT kana_key, id, 1 FROM member WHERE clinic = ? AND merged_into <> '' AND ", string(c))
		} else {
			q.add("SELECT kana_key, id, 1 FROM member WHERE clinic = ? AND merged_into = '' AND ", string(c))
		}
		q.add(condition, arg...)
	}
	part("card_key <> '' AND card_key = ?", m.card)
	if back := searchkey.Back(m.phone); len(m.phone) >= phoneEnd {
		part("phone_back >= ? AND phone_back < ?", back, back+":") // : is behind 9
	} else {
		part("phone_back = ?", back)
	}
	if n, err := strconv.ParseInt(m.phone, 10, 64); err == nil && m.phone[0] != '0' && m.phone[0] != '+' {
		part("number = ?", n)
	}
	q.add(" LIMIT " + strconv.Itoa(sameDigits))
	return &q
}

// ofCard is the member with the card.
func (m *memberSearch) ofCard(q *query, c clinic.ID) {
	q.add("SELECT kana_key, id, 1 FROM member WHERE clinic = ? AND merged_into = '' AND card_key <> '' AND card_key = ?", string(c), m.card)
}

func isDigits(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// escapeLike makes the characters of a pattern of LIKE literal.
func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// query is a statement with its arguments, of which each ? becomes the next $n.
type query struct {
	text strings.Builder
	args []any
}

func (q *query) add(text string, args ...any) {
	for _, r := range text {
		if r == '?' {
			q.args = append(q.args, args[0])
			args = args[1:]
			fmt.Fprintf(&q.text, "$%d", len(q.args))
		} else {
			q.text.WriteRune(r)
		}
	}
}

func (q *query) hits(ctx context.Context, db sqldb.Queryer) (hits []hit, err error) {
	rows, err := db.QueryContext(ctx, q.text.String(), q.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var h hit
		var strict int
		if err := rows.Scan(&h.kana, &h.id, &strict); err != nil {
			return nil, err
		}
		h.strict = strict != 0
		hits = append(hits, h)
	}
	return hits, rows.Err()
}
