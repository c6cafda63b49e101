package clinicfile

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"junban/queue/clinic"
)

func TestParse_FillsDefaults(t *testing.T) {
	t.Parallel()
	got, err := Parse("f", strings.NewReader("id: \"0123\"\nname: 医院\nservices: [{id: 1, name: 内科}]\nrooms: [{id: 1, name: 診察室, services: [1]}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []clinic.Clinic{{
		ID: "0123", Name: "医院", Zone: "Asia/Tokyo",
		Services: []clinic.Service{{ID: "1", Name: "内科", Mode: "order", Unit: "人", MaxParty: 5, ComeAt: 5, Absence: clinic.Absence{Rule: clinic.BackN, Back: 3}}},
		Rooms:    []clinic.Room{{ID: "1", Name: "診察室", Services: []string{"1"}}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParse_ExampleIsValid(t *testing.T) {
	t.Parallel()
	got, err := Parse("example", strings.NewReader(Example))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || len(got[0].Services) != 2 || len(got[0].Rooms) != 2 {
		t.Fatalf("example is read as %+v", got)
	}
	c, s := got[0], got[0].Services[0]
	if c.Calendar == nil || len(c.Calendar.Weekly["fri"]) != 2 || c.Calendar.Weekly["sat"][0].WebClose != -30 ||
		len(c.Calendar.Exceptions) != 1 || c.Retention.Patients != 30 {
		t.Errorf("the timetable is read as %+v, the retention as %+v", c.Calendar, c.Retention)
	}
	if s.Numbers.WebFrom != 11 || *s.Capacity.Web != 60 || !s.Capacity.OneEach || s.Booking.Days != 7 || len(s.Kinds) != 1 || !s.SkipAway || s.Note == "" {
		t.Errorf("the first service is read as %+v", s)
	}
	if s.Cancel.Ahead != 3 || s.Form.First.Kana != clinic.Required || s.Limits.MaxLive != 5 {
		t.Errorf("the first service is read as %+v", s)
	}
	if n := c.Notices; len(s.Reminders) != 1 || s.Reminders[0].At != "18:00" || n.TravelTime() != 20 || len(n.Caps) != 1 || len(n.Words) != 1 || n.Quiet.From != "21:00" {
		t.Errorf("the notices are read as %+v, the reminders as %+v", n, s.Reminders)
	}
	by := got[0].Services[1]
	if !by.BySlot() || len(by.Slot.Seats) != 3 || by.Slot.Seats[1].Slot != "15:00" || *by.Slot.NoShow != 60 || by.Booking.OpensAt != "07:00" ||
		by.Cancel.At != "17:00" || by.Kinds[0].Seats != 2 || by.Limits.MaxLive != 3 {
		t.Errorf("the second service is read as %+v", by)
	}
}

// TestParse_FillsTheDefaultsOfSlotMode overrides some defaults of a service.
func TestParse_FillsTheDefaultsOfSlotMode(t *testing.T) {
	t.Parallel()
	got, err := Parse("f", strings.NewReader("id: \"0123\"\nname: 医院\nservices: [{id: 1, name: 内科, mode: slot, slot: {web: 6, desk: null, grace: 0}, limits: {maxLive: 0}}]\nrooms: [{id: 1, name: 診察室, services: [1]}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	var want clinic.Service
	want.FillDefaults()
	want.FillSlotDefaults()
	want.ID, want.Name = "1", "内科"
	want.Slot.Web, want.Slot.Desk, want.Slot.Grace, want.Limits.MaxLive = new(6), nil, 0, 0
	if diff := cmp.Diff(want, got[0].Services[0]); diff != "" {
		t.Error(diff)
	}
}

func indent(s string) string {
	return "  - " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n    ") + "\n"
}

func TestParse_ReadsListsAndDocuments(t *testing.T) {
	t.Parallel()
	for name, src := range map[string]string{
		"list":              "clinics:\n" + indent(oneClinic("1001")) + indent(oneClinic("1002")),
		"documents":         oneClinic("1001") + "---\n" + oneClinic("1002"),
		"byte order mark":   "\ufeff" + oneClinic("1001") + "---\n" + oneClinic("1002"),
		"trailing document": oneClinic("1001") + "---\n" + oneClinic("1002") + "---\n# nothing\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Parse("f", strings.NewReader(src))
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != 2 || got[0].ID != "1001" || got[1].ID != "1002" {
				t.Errorf("read %+v", got)
			}
		})
	}
}

func TestParse_SaysWhereAndWhat(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		src  string
		want []string
	}{
		"syntax":            {"id: [\n", []string{"f:1: "}},
		"tab":               {"\tid: 1\n", []string{"f:1: "}},
		"duplicate key":     {oneClinic("1001") + "name: x\n", []string{"f:6: ", `"name"`}},
		"unknown field":     {oneClinic("1001") + "colour: red\n", []string{`f:6: colour: unknown field "colour"`}},
		"unknown deep":      {strings.Replace(oneClinic("1001"), "name: 内科", "nmae: x", 1), []string{"f:4: ", `unknown field "nmae"`}},
		"wrong bool":        {strings.Replace(oneClinic("1001"), "true", "ja", 1), []string{`f:3: listed: "ja" is not true or false`}},
		"wrong number":      {strings.Replace(oneClinic("1001"), "name: 内科", "name: x, maxParty: many", 1), []string{`f:4: services[0].maxParty: "many" is not a whole number`}},
		"too large":         {strings.Replace(oneClinic("1001"), "name: 内科", "name: x, comeAt: 99999999999999999999", 1), []string{`f:4: services[0].comeAt: "99999999999999999999" is too large`}},
		"list for text":     {strings.Replace(oneClinic("1001"), "医院", "[a]", 1), []string{"f:2: name: "}},
		"text for list":     {"id: \"1001\"\nservices: 5\n", []string{"f:2: services: "}},
		"octal number":      {strings.Replace(oneClinic("1001"), `"1001"`, "0123", 1), []string{"f:1: id: write 0123 in quotes"}},
		"unfit number":      {oneClinic("12345"), []string{`f:1: id: "12345" is not four digits`}},
		"unfit mode":        {strings.Replace(oneClinic("1001"), "[{id: 1, name: 内科}]", "\n  - id: 1\n    name: 内科\n    mode: hours", 1), []string{`f:7: services[0].mode: "hours"`}},
		"unfit zero":        {strings.Replace(oneClinic("1001"), "name: 内科", "name: x, maxParty: 0", 1), []string{"f:4: services[0].maxParty: 0 is not between"}},
		"missing name":      {strings.Replace(oneClinic("1001"), "name: 医院\n", "", 1), []string{"f:1: name: is missing"}},
		"missing deep name": {strings.Replace(oneClinic("1001"), ", name: 内科", "", 1), []string{"f:4: services[0].name: is missing"}},
		"every mistake":     {"id: x\nname: 医院\nzone: Mars/Base\n", []string{"f:1: id: ", "f:3: zone: ", "services: ", "rooms: "}},
		"second document":   {oneClinic("1001") + "---\n" + oneClinic("1002") + "x: 1\n", []string{"f:12: x: unknown field"}},
		"second in list":    {"clinics:\n" + indent(oneClinic("1001")) + indent(oneClinic("10022")), []string{`f:7: id: "10022"`}},
		"deep in list":      {"clinics:\n" + indent(strings.Replace(oneClinic("1001"), "name: 内科", "name: x, maxParty: many", 1)), []string{`f:5: services[0].maxParty: "many"`}},
		"beside the list":   {"clinics:\n" + indent(oneClinic("1001")) + "zone: UTC\n", []string{"f:7: zone: unknown field next to clinics"}},
		"list that is none": {"clinics: 3\n", []string{"f:1: clinics: must be a list"}},
		"same number twice": {oneClinic("1001") + "---\n" + oneClinic("1001"), []string{"f:7: id: clinic 1001 is already defined on line 1"}},
		"a list at the top": {"- 1\n", []string{"f:1: "}},
		"a null in a list":  {"clinics:\n  - \n", []string{"f:"}},
		"empty":             {"", []string{"f:1: the file contains no clinic"}},
		"not text":          {"name: \x83N\x83\x8a", []string{"f is not UTF-8 text"}},
		"brackets":          {strings.Repeat("[", 1<<20-1), []string{"f:1: the file is nested too deeply"}},
		"dashes":            {"id: 1\n" + strings.Repeat("- ", 1<<18), []string{"f:2: the file is nested too deeply"}},
		"braces":            {strings.Repeat("{a: ", 1<<17), []string{"f:1: the file is nested too deeply"}},
		"tags":              {strings.Repeat("!a ", 1<<18), []string{"f:1: "}},
		"question marks":    {strings.Repeat("? ", 1<<18), []string{"f:1: "}},
		"too large a file":  {strings.Repeat("# much\n", 1<<18), []string{"f is larger than 1 MiB"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clinics, err := Parse("f", strings.NewReader(test.src))
			if err == nil {
				t.Fatalf("read %+v", clinics)
			}
			if clinics != nil {
				t.Error("clinics are returned beside an error")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error does not contain %q:\n%v", want, err)
				}
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	example, err := os.ReadFile("testdata/clinic.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(example))
	f.Add("clinics:\n" + indent(oneClinic("1001")))
	f.Add("a: &a [*a]\nid: *a\n")
	f.Add("? x\n: y\n---\n...\n")
	f.Fuzz(func(t *testing.T, src string) {
		clinics, err := Parse("f", strings.NewReader(src))
		if (err == nil) == (len(clinics) == 0) {
			t.Fatalf("%d clinics with error %v", len(clinics), err)
		}
		for _, c := range clinics {
			if wrong := c.Validate(); len(wrong) > 0 {
				t.Fatalf("an invalid clinic passed: %v", wrong)
			}
		}
	})
}

// TestParse_RefusesWhatItsAliasesRepeat reads files whose aliases would expand
// beyond all memory, and one that reuses a node.
func TestParse_RefusesWhatItsAliasesRepeat(t *testing.T) {
	t.Parallel()
	bomb := "a0: &a0 {x: 1}\n"
	for i := range 30 {
		bomb += fmt.Sprintf("a%d: &a%d {l: *a%d, r: *a%d}\n", i+1, i+1, i, i)
	}
	merged := "a0: &a0 {x: 1}\n"
	for i := range 30 {
		merged += fmt.Sprintf("a%d: &a%d\n  <<: [*a%d, *a%d]\n", i+1, i+1, i, i)
	}
	for name, src := range map[string]string{"nested": bomb, "merged": merged, "of itself": "a: &a [*a]\n"} {
		if _, err := Parse("f", strings.NewReader(src)); err == nil || !strings.Contains(err.Error(), "aliases") {
			t.Errorf("%s: %v", name, err)
		}
	}
	shared := strings.Replace(oneClinic("1001"), "services: [1]}]", "services: &all [1]}, {id: 2, name: 処置室, services: *all}]", 1)
	if got, err := Parse("f", strings.NewReader(shared)); err != nil || len(got) != 1 || len(got[0].Rooms[1].Services) != 1 {
		t.Errorf("a shared part: %v %+v", err, got)
	}
}

// oneClinic returns a valid clinic of five lines.
func oneClinic(id string) string {
	return "id: \"" + id + "\"\nname: 医院\nlisted: true\nservices: [{id: 1, name: 内科}]\nrooms: [{id: 1, name: 診察室, services: [1]}]\n"
}
