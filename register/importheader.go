package register

import (
	"fmt"
	"slices"
	"strings"

	"junban/queue/rule"
	"junban/register/searchkey"
)

// headings are the names of the columns of a file of members, as keys of searchkey. A file
// may be one that junban exported, or one of another system.
var headings = headingsOf(map[string]string{
	"name":  "氏名 名前 お名前 患者氏名 患者名 漢字氏名 氏名（漢字） 会員名 name full_name patient_name",
	"kana":  "カナ かな フリガナ ふりがな 氏名カナ カナ氏名 カナ名 氏名（カナ） ヨミ 読み kana reading furigana",
	"birth": "生年月日 誕生日 birth birthday date_of_birth birth_date dob",
	"sex":   "性別 sex gender",
	"phone": "電話番号 電話 携帯電話 携帯番号 携帯 連絡先 TEL phone phone_number telephone mobile",
	"mail":  "メール メールアドレス Eメール mail email e-mail mail_address email_address",
	"card":  "診察券番号 診察券 診察券No カルテ番号 患者番号 患者ID card card_number patient_number patient_id chart_number",
	"memo":  "メモ 備考 注記 memo note notes remarks",
	"tags":  "タグ tag tags label labels",
	// What junban exports and never reads: it counts and dates its own.
	"": "会員番号 会員種別 種別 登録日 作成日 更新日 member_number number kind type created updated created_at updated_at",
})

func headingsOf(names map[string]string) map[string]string {
	to := map[string]string{}
	for field, list := range names {
		for name := range strings.FieldsSeq(list) {
			to[heading(name)] = field
		}
	}
	return to
}

// heading is the key of a column's name.
func heading(s string) string {
	return strings.NewReplacer("_", "", "-", "", "ー", "", "(", "", ")", "", ".", "", ":", "", "*", "", "必須", "").Replace(searchkey.Name(s))
}

// ImportHeader knows which column of a file has which field.
type ImportHeader struct {
	fields  []string // by column; "" is not read
	Fields  []string // those that the file has, in its order
	Unknown []string // names of columns that are not read
}

// ReadImportHeader reads the first row of a file of members. It needs the name or the kana,
// and no field twice.
func ReadImportHeader(cells []string) (ImportHeader, error) {
	h := ImportHeader{fields: make([]string, len(cells))}
	var errs []rule.Error
	for i, cell := range cells {
		field, known := headings[heading(cell)]
		switch {
		case !known:
			h.Unknown = append(h.Unknown, strings.ToValidUTF8(cell, "\ufffd"))
		case field != "" && slices.Contains(h.Fields, field):
			errs = append(errs, rule.Wrong(fmt.Sprintf("columns[%d]", i), rule.UsedTwice, "value", strings.TrimSpace(cell)))
		case field != "":
			h.fields[i] = field
			h.Fields = append(h.Fields, field)
		}
	}
	if !slices.Contains(h.Fields, "name") && !slices.Contains(h.Fields, "kana") {
		errs = append(errs, rule.Wrong("name", rule.Missing))
	}
	return h, invalid(errs)
}

// sexes are what files have for a sex, as keys of searchkey.
var sexes = map[string]string{
	"": "", "女": "female", "女性": "female", "女子": "female", "f": "female", "female": "female", "woman": "female", "2": "female",
	"男": "male", "男性": "male", "男子": "male", "m": "male", "male": "male", "man": "male", "1": "male",
	"その他": "other", "ソノ他": "other", "他": "other", "other": "other", "o": "other", "9": "other",
}

// Row reads a row of the file. What is invalid, [Store.ImportMembers] reports.
func (h ImportHeader) Row(line int, cells []string) ImportRow {
	row := ImportRow{Line: line, Columns: h.Fields}
	for i, cell := range cells[:min(len(cells), len(h.fields))] {
		f := &row.Fields
		switch h.fields[i] {
		case "name":
			f.Name = cell
		case "kana":
			f.Kana = cell
		case "birth":
			f.Birth = cell
		case "sex":
			f.Sex = cell
			if sex, ok := sexes[searchkey.Name(cell)]; ok {
				f.Sex = sex
			}
		case "phone":
			f.Phone = cell
		case "mail":
			f.Mail = cell
		case "card":
			f.Card = cell
		case "memo":
			f.Memo = strings.ReplaceAll(cell, "\r", "\n")
		case "tags":
			f.Tags = tagsOf(cell)
		}
	}
	return row
}

// tagsOf reads the tags of a cell. junban separates them by a slash between spaces.
func tagsOf(cell string) []string {
	tags := strings.FieldsFunc(strings.ReplaceAll(cell, " / ", "\n"), func(r rune) bool { return strings.ContainsRune("、,，;；|／\n", r) })
	return slices.DeleteFunc(tags, func(tag string) bool { return strings.TrimSpace(tag) == "" })
}
