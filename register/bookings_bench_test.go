package register_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"junban/internal/sqldb"
	"junban/internal/sqldb/sqldbtest"
	"junban/queue"
	"junban/queue/clinic"
	"junban/register"
	"junban/register/csvfile"
	"junban/register/registertest"
	"junban/register/searchkey"
)

// benchBookings is how many bookings the searched clinic has. JUNBAN_BENCH_BOOKINGS makes
// it smaller.
func benchBookings() int {
	if n, err := strconv.Atoi(os.Getenv("JUNBAN_BENCH_BOOKINGS")); err == nil {
		return n
	}
	return 2_000_000
}

// BenchmarkBookings_Export makes a file of all bookings, and reports rows a second with the
// most heap in use.
func BenchmarkBookings_Export(b *testing.B) {
	for _, kind := range benchKinds {
		b.Run(kind.name, func(b *testing.B) {
			store := seed(b, kind.open(b), benchBookings())
			rows, took, heap := int64(0), time.Duration(0), uint64(0)
			for b.Loop() {
				began := time.Now()
				e, peak := exportAll(b, store)
				rows, took, heap = rows+e.Rows, took+time.Since(began), max(heap, peak)
			}
			b.ReportMetric(float64(rows)/took.Seconds(), "rows/s")
			b.ReportMetric(float64(heap)/(1<<20), "peak-MB")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// exportAll makes a file of all bookings, and returns the most heap that was in use.
func exportAll(tb testing.TB, store *register.Store) (e register.Export, peak uint64) {
	tb.Helper()
	var m runtime.MemStats
	store.SetParts(1<<20, func() {
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapInuse)
	})
	started, err := store.StartExport(tb.Context(), "1234", register.ExportRequest{Of: register.OfBookings, Encoding: csvfile.UTF8, Words: register.Words{Language: "ja"}}, office)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := store.ExportRound(tb.Context(), "node"); err != nil {
		tb.Fatal(err)
	}
	if e, err = store.Export(tb.Context(), "1234", started.ID); err != nil || e.State != register.ExportDone {
		tb.Fatalf("%+v, %v", e, err)
	}
	return e, peak
}

// benchKinds are the databases that are compared.
var benchKinds = []struct {
	name string
	open func(testing.TB) *sqldb.DB
}{{"SQLite", sqldbtest.SQLite}, {"PostgreSQL", sqldbtest.Postgres}}

// BenchmarkBookings_Search searches the bookings of one clinic among 20 others by three
// conditions, on both databases. It reports the median and the 95th percentile.
func BenchmarkBookings_Search(b *testing.B) {
	for _, kind := range benchKinds {
		b.Run(kind.name, func(b *testing.B) {
			db := kind.open(b)
			store := seed(b, db, benchBookings())
			for _, search := range benchSearches {
				b.Run(search.name, func(b *testing.B) { measure(b, store, search.query) })
			}
		})
	}
}

var benchSearches = []struct {
	name  string
	query func(*rand.Rand) register.BookingQuery
}{
	{"name+service+state", func(r *rand.Rand) register.BookingQuery {
		return register.BookingQuery{Text: benchName(r.IntN(benchNames)).Name, Service: "2", State: []queue.State{queue.Done}}
	}},
	{"surname+service+channel", func(r *rand.Rand) register.BookingQuery {
		return register.BookingQuery{Text: benchSurname(r.IntN(len(benchKanji) * len(benchKanji))), Service: "1", Channel: "web"}
	}},
	{"kanji+state+month", func(r *rand.Rand) register.BookingQuery {
		from := benchDay(r.IntN(2900))
		return register.BookingQuery{Text: benchKanji[r.IntN(len(benchKanji))], State: []queue.State{queue.NoShow}, DayFrom: from, DayTo: from.Add(31)}
	}},
	{"phone+service+year", func(r *rand.Rand) register.BookingQuery {
		from := benchDay(r.IntN(2600))
		return register.BookingQuery{Text: benchName(r.IntN(benchNames)).Phone, Service: "1", DayFrom: from, DayTo: from.Add(366)}
	}},
	{"nobody+service+state", func(r *rand.Rand) register.BookingQuery {
		return register.BookingQuery{Text: "存在 しない" + strconv.Itoa(r.IntN(100)), Service: "1", State: []queue.State{queue.Done}}
	}},
	{"service+state+channel", func(r *rand.Rand) register.BookingQuery {
		return register.BookingQuery{Service: strconv.Itoa(1 + r.IntN(3)), State: []queue.State{queue.NoShow, queue.Cancelled}, Channel: "desk"}
	}},
	{"state+issued+day", func(r *rand.Rand) register.BookingQuery {
		from := benchDay(r.IntN(2900))
		at, _ := time.Parse(time.DateOnly, string(from))
		return register.BookingQuery{State: []queue.State{queue.Cancelled}, IssuedFrom: at, IssuedTo: at.AddDate(0, 0, 90), DayFrom: from, DayTo: from.Add(60)}
	}},
	{"symptoms+service+month", func(r *rand.Rand) register.BookingQuery {
		from := benchDay(r.IntN(2900))
		return register.BookingQuery{Symptoms: "発熱", Service: "1", DayFrom: from, DayTo: from.Add(31)}
	}},
}

func measure(b *testing.B, store *register.Store, query func(*rand.Rand) register.BookingQuery) {
	random := rand.New(rand.NewPCG(7, 7))
	var took []time.Duration
	found := 0
	for b.Loop() {
		q := query(random)
		began := time.Now()
		page, err := store.SearchBookings(b.Context(), "1234", q, office)
		if err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
		found += page.Count
	}
	slices.Sort(took)
	at := func(p float64) float64 { return float64(took[int(p*float64(len(took)-1))].Microseconds()) / 1000 }
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.95), "p95-ms")
	b.ReportMetric(float64(found)/float64(len(took)), "found/op")
	b.ReportMetric(0, "ns/op")
}

var benchKanji = []string{"山", "田", "佐", "藤", "高", "橋", "渡", "辺", "伊", "東", "中", "村", "小", "林", "加", "木", "井", "上", "松", "本"}

const benchNames = 200_000

func benchSurname(i int) string {
	n := len(benchKanji)
	return benchKanji[i%n] + benchKanji[i/n%n]
}

// benchName is the nth patient: 400 surnames, 400 first names.
func benchName(i int) queue.Patient {
	n := len(benchKanji)
	return queue.Patient{
		Name: benchSurname(i*31) + " " + benchKanji[i*7/n%n] + benchKanji[i*13%n], Kana: "カナ" + strconv.Itoa(i%5000), Phone: fmt.Sprintf("090-%04d-%04d", i/10_000, i%10_000), CardNumber: strconv.Itoa(i),
	}
}

func benchDay(i int) clinic.Day { return clinic.Day("2018-01-01").Add(i) }

// index is a statement of the migration that makes an index of the bookings.
var index = regexp.MustCompile(`CREATE INDEX (\w+) ON booking [^;]*`)

// seed fills a register: one clinic with a total of bookings, and 20 with a fortieth of them.
// Both databases make the rows themselves, and the indexes afterwards.
func seed(b testing.TB, db *sqldb.DB, total int) *register.Store {
	b.Helper()
	ctx := context.Background()
	store, err := register.Open(ctx, db, nil)
	if err != nil {
		b.Fatal(err)
	}
	migration, err := os.ReadFile("migrations/0001_register.sql")
	if err != nil {
		b.Fatal(err)
	}
	run := func(text string, args ...any) {
		b.Helper()
		err := db.Write(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, text, args...)
			return err
		})
		if err != nil {
			b.Fatalf("%s: %v", text, err)
		}
	}
	indexes := index.FindAllSubmatch(migration, -1)
	for _, i := range indexes {
		run("DROP INDEX " + string(i[1]))
	}
	names := min(benchNames, max(total/10, 1))
	run("CREATE TABLE bench_name (i BIGINT PRIMARY KEY, name TEXT, kana TEXT, phone TEXT, card TEXT, name_key TEXT, kana_key TEXT, phone_key TEXT, card_key TEXT, person BIGINT)")
	registertest.Insert(b, db, "bench_name", []string{"i", "name", "kana", "phone", "card", "name_key", "kana_key", "phone_key", "card_key", "person"}, names, func(i int) []any {
		p := benchName(i)
		name, kana, phone, card := searchkey.Name(p.Name), searchkey.Kana(p.Kana), searchkey.Phone(p.Phone), searchkey.Card(p.CardNumber)
		return []any{i, p.Name, p.Kana, p.Phone, p.CardNumber, name, kana, phone, card, register.PersonKey(name, kana, phone, card)}
	})
	run("CREATE TABLE bench_day (i BIGINT PRIMARY KEY, day TEXT, compact TEXT, at BIGINT)")
	registertest.Insert(b, db, "bench_day", []string{"i", "day", "compact", "at"}, 3000, func(i int) []any {
		d := benchDay(i)
		at, _ := time.Parse(time.DateOnly, string(d))
		return []any{i, string(d), d.Compact(), at.UnixMilli()}
	})
	for k := range 21 {
		c, n := "1234", total
		if k > 0 {
			c, n = strconv.Itoa(2000+k), total/40
		}
		run(fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < %d)
INSERT INTO booking (ticket, clinic, service, day, epoch, version, state, number, channel, issued, updated, name, kana, phone, card, symptoms, name_key, kana_key, phone_key, card_key, person)
SELECT '%[2]s-' || CAST(1 + n.i %% 3 AS TEXT) || '-' || d.compact || '-' || substr(CAST(1000000000000 + n.i AS TEXT), 2), '%[2]s', CAST(1 + n.i %% 3 AS TEXT), d.day, 'e', n.i,
  CASE WHEN n.i %% 20 = 0 THEN 'cancelled' WHEN n.i %% 40 = 1 THEN 'no_show' ELSE 'done' END, n.i %% 300, CASE WHEN n.i %% 7 < 4 THEN 'web' ELSE 'desk' END,
  d.at - n.i * 7919 %% 2592000000, d.at + n.i %% 86400000, p.name, p.kana, p.phone, p.card, CASE WHEN n.i %% 50 = 0 THEN '昨日から発熱' ELSE '' END, p.name_key, p.kana_key, p.phone_key, p.card_key, p.person
FROM n JOIN bench_day d ON d.i = n.i * 3001 / 7 %% 3000 JOIN bench_name p ON p.i = n.i * 7919 %% %[3]d`, n, c, names))
		run("INSERT INTO booking_person (clinic, person, name_key, kana_key, phone_key, card_key) SELECT DISTINCT clinic, person, name_key, kana_key, phone_key, card_key FROM booking WHERE clinic = $1", c)
	}
	for _, i := range indexes {
		run(string(i[0]))
	}
	if db.Postgres { // as its autovacuum does
		run("ANALYZE booking")
		run("ANALYZE booking_person")
	}
	return store
}
