package register_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"junban/internal/sqldb"
	"junban/internal/sqldb/sqldbtest"
	"junban/register"
	"junban/register/registertest"
)

// benchMembers is how many members the searched clinic has. JUNBAN_BENCH_MEMBERS makes it
// smaller.
func benchMembers() int {
	if n, err := strconv.Atoi(os.Getenv("JUNBAN_BENCH_MEMBERS")); err == nil {
		return n
	}
	return 200_000
}

// BenchmarkMembers_Search searches the members of one clinic among 20 others of a twentieth
// of its size, on both databases. It reports the median and the 95th percentile.
func BenchmarkMembers_Search(b *testing.B) {
	for _, kind := range []struct {
		name string
		open func(testing.TB) *sqldb.DB
	}{{"SQLite", sqldbtest.SQLite}, {"PostgreSQL", sqldbtest.Postgres}} {
		b.Run(kind.name, func(b *testing.B) {
			db := kind.open(b)
			store := seedMembers(b, db)
			for _, search := range memberSearches {
				b.Run(search.name, func(b *testing.B) {
					measureMembers(b, func(r *rand.Rand) (int, error) {
						page, err := store.SearchMembers(b.Context(), "1234", register.MemberQuery{Text: search.text(r)}, desk)
						return page.Count, err
					})
				})
			}
			b.Run("candidates", func(b *testing.B) {
				measureMembers(b, func(r *rand.Rand) (int, error) {
					members, err := store.Candidates(b.Context(), "1234", register.MemberID(fmt.Sprintf("m%012d", 1+r.IntN(benchMembers()))), desk)
					return len(members), err
				})
			})
			b.Run("candidate-groups", func(b *testing.B) {
				after := ""
				measureMembers(b, func(*rand.Rand) (int, error) {
					page, err := store.CandidateGroups(b.Context(), "1234", after)
					after = page.Next
					return len(page.Groups), err
				})
			})
		})
	}
}

var memberSearches = []struct {
	name string
	text func(*rand.Rand) string
}{
	{"two-kanji", func(r *rand.Rand) string { return pick(r, benchFamilies).name }},
	{"two-kanji-given", func(r *rand.Rand) string { return pick(r, benchGivens).name }},
	{"full-name", func(r *rand.Rand) string { return pick(r, benchFamilies).name + "　" + pick(r, benchGivens).name }},
	{"kana-prefix", func(r *rand.Rand) string { return string([]rune(pick(r, benchFamilies).kana)[:2]) }},
	{"one-kanji", func(r *rand.Rand) string { return string([]rune(pick(r, benchGivens).name)[:1]) }},
	{"phone", func(r *rand.Rand) string { return benchPhone(r.IntN(200_000)) }},
	{"phone-end", func(r *rand.Rand) string { return fmt.Sprintf("%04d", r.IntN(10_000)) }},
	{"no-hit-kanji", func(r *rand.Rand) string {
		return pick(r, []string{"鬼頭", "龍造", "犬飼", "一二三", "猫屋敷"})
	}},
	{"no-hit-kana", func(r *rand.Rand) string {
		return pick(r, []string{"ヌヌヌ", "ぺぺろ", "ヴィ", "むむむむ", "ヰヱ"})
	}},
	{"all", func(*rand.Rand) string { return "" }},
}

func pick[T any](r *rand.Rand, all []T) T { return all[r.IntN(len(all))] }

// measureMembers repeats a call, which returns how many it found.
func measureMembers(b *testing.B, call func(*rand.Rand) (int, error)) {
	random := rand.New(rand.NewPCG(7, 7))
	var took []time.Duration
	found := 0
	for b.Loop() {
		began := time.Now()
		n, err := call(random)
		if err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
		found += n
	}
	slices.Sort(took)
	at := func(p float64) float64 { return float64(took[int(p*float64(len(took)-1))].Microseconds()) / 1000 }
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.95), "p95-ms")
	b.ReportMetric(float64(found)/float64(len(took)), "found/op")
	b.ReportMetric(0, "ns/op")
}

type benchPart struct{ name, kana string }

func benchParts(text string) (parts []benchPart) {
	for part := range strings.FieldsSeq(text) {
		name, kana, _ := strings.Cut(part, "/")
		parts = append(parts, benchPart{name, kana})
	}
	return parts
}

var (
	benchFamilies = benchParts(`佐藤/サトウ 鈴木/スズキ 髙橋/タカハシ 田中/タナカ 伊藤/イトウ 渡邊/ワタナベ 山本/ヤマモト 中村/ナカムラ 小林/コバヤシ 加藤/カトウ
		吉田/ヨシダ 山田/ヤマダ 佐々木/ササキ 山口/ヤマグチ 松本/マツモト 井上/イノウエ 木村/キムラ 林/ハヤシ 斎藤/サイトウ 清水/シミズ 山﨑/ヤマザキ 森/モリ
		池田/イケダ 橋本/ハシモト 阿部/アベ 石川/イシカワ 山下/ヤマシタ 中島/ナカジマ 石井/イシイ 小川/オガワ 前田/マエダ 岡田/オカダ 長谷川/ハセガワ 藤田/フジタ
		後藤/ゴトウ 近藤/コンドウ 村上/ムラカミ 遠藤/エンドウ 青木/アオキ 坂本/サカモト 福田/フクダ 太田/オオタ 西村/ニシムラ 藤井/フジイ 金子/カネコ 岡本/オカモト
		藤原/フジワラ 三浦/ミウラ 中野/ナカノ 中川/ナカガワ 原田/ハラダ 松田/マツダ 竹内/タケウチ 小野/オノ 田村/タムラ 中山/ナカヤマ 和田/ワダ 石田/イシダ
		森田/モリタ 上田/ウエダ 原/ハラ 内田/ウチダ 柴田/シバタ 酒井/サカイ 宮﨑/ミヤザキ 横山/ヨコヤマ 高木/タカギ 安藤/アンドウ 宮本/ミヤモト 大野/オオノ`)
	benchGivens = benchParts(`花子/ハナコ 太郎/タロウ 健一/ケンイチ 美咲/ミサキ 翔太/ショウタ 陽菜/ヒナ 大輔/ダイスケ 由美子/ユミコ 和子/カズコ 清/キヨシ 茂/シゲル 正/タダシ
		誠/マコト 愛/アイ 結衣/ユイ 蓮/レン 大翔/ヒロト さくら/サクラ 葵/アオイ 直樹/ナオキ 恵子/ケイコ 洋子/ヨウコ 幸子/サチコ 節子/セツコ 京子/キョウコ
		雄一/ユウイチ 浩/ヒロシ 博/ヒロシ 隆/タカシ 明/アキラ 進/ススム 優子/ユウコ 智子/トモコ 真由美/マユミ 裕子/ユウコ 久美子/クミコ 純子/ジュンコ 千代/チヨ`)
)

func benchPhone(i int) string { return fmt.Sprintf("090-%04d-%04d", i*7919%10_000, i*31%10_000) }

// seedMembers fills a register: one clinic with benchMembers, and 20 with a twentieth of
// them, which the database copies.
func seedMembers(b *testing.B, db *sqldb.DB) *register.Store {
	b.Helper()
	store, err := register.Open(b.Context(), db, nil)
	if err != nil {
		b.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	members := make([]register.Member, benchMembers())
	for i := range members {
		family, given := pick(random, benchFamilies), pick(random, benchGivens)
		members[i].MemberFields = register.MemberFields{
			Name: family.name + "　" + given.name, Kana: family.kana + "　" + given.kana, Phone: benchPhone(i), Card: fmt.Sprintf("%07d", i), Memo: "初診の問診票あり", Birth: fmt.Sprintf("19%02d-%02d-%02d", 30+i%69, 1+i%12, 1+i%28),
		}
	}
	registertest.AddMembers(b, db, "1234", members...)
	const columns = `id, number, kind, name, kana, birth, sex, phone, mail, card, memo, tags, name_key, kana_key, loose_key, phone_key, phone_back, card_key, grams, merged_into, version, created, updated`
	for k := range 20 {
		err := db.Write(b.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(b.Context(), "INSERT INTO member (clinic, "+columns+") SELECT '"+strconv.Itoa(2000+k)+"', "+columns+" FROM member WHERE clinic = '1234' AND number <= $1", len(members)/20)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if db.Postgres { // as its autovacuum does
		rows, err := db.QueryContext(context.Background(), "VACUUM ANALYZE member")
		if err != nil {
			b.Fatal(err)
		}
		if err := rows.Close(); err != nil {
			b.Fatal(err)
		}
	}
	return store
}
