package clinicfile

import (
	"strings"

	"junban/queue/clinic"
	"junban/queue/hours"
)

// clinicEntry is a clinic as written in the file. Fields with a default are
// pointers: nil means that the file omits the field.
type clinicEntry struct {
	ID       string         `yaml:"id"`
	Name     string         `yaml:"name"`
	Address  string         `yaml:"address"`
	Area     string         `yaml:"area"`
	Phone    string         `yaml:"phone"`
	Hours    string         `yaml:"hours"`
	Zone     *string        `yaml:"zone"`
	Listed   bool           `yaml:"listed"`
	Lookup   string         `yaml:"lookup"`
	Language string         `yaml:"language"`
	Services []serviceEntry `yaml:"services"`
	Rooms    []roomEntry    `yaml:"rooms"`

	Departments []string    `yaml:"departments"`
	Card        clinic.Card `yaml:"card"`
	Origins     []string    `yaml:"origins"`

	Calendar  *hours.Calendar  `yaml:"calendar"`
	Retention clinic.Retention `yaml:"retention"`
	AutoPause *int             `yaml:"autoPause"`
}

type serviceEntry struct {
	ID        string   `yaml:"id"`
	Name      string   `yaml:"name"`
	Mode      *string  `yaml:"mode"`
	Unit      *string  `yaml:"unit"`
	MaxParty  *int     `yaml:"maxParty"`
	WebCancel bool     `yaml:"webCancel"`
	First     string   `yaml:"firstVisit"`
	ComeAt    *int     `yaml:"comeAt"`
	Hide      []string `yaml:"hide"`

	Absence     absenceEntry    `yaml:"absence"`
	Numbers     clinic.Numbers  `yaml:"numbers"`
	Capacity    clinic.Capacity `yaml:"capacity"`
	Booking     clinic.Booking  `yaml:"booking"`
	Kinds       []clinic.Kind   `yaml:"kinds"`
	CountAbsent bool            `yaml:"countAbsent"`
	SkipAway    bool            `yaml:"skipAway"`
	ExamBack    int             `yaml:"examBack"`
	Note        string          `yaml:"note"`

	Calendar *hours.Calendar `yaml:"calendar"`
}

type absenceEntry struct {
	Rule      *string `yaml:"rule"`
	Back      *int    `yaml:"back"`
	ThenTail  bool    `yaml:"thenTail"`
	MaxCalls  int     `yaml:"maxCalls"`
	Cooldown  int     `yaml:"cooldown"`
	Tolerance int     `yaml:"tolerance"`
}

type roomEntry struct {
	ID       string   `yaml:"id"`
	Name     string   `yaml:"name"`
	Services []string `yaml:"services"`
}

func or[T any](value *T, def T) T {
	if value != nil {
		return *value
	}
	return def
}

// clinic returns the record, with defaults for omitted fields.
func (e clinicEntry) clinic() clinic.Clinic {
	c := clinic.Clinic{
		ID: clinic.ID(e.ID), Name: e.Name, Address: e.Address, Area: e.Area, Departments: e.Departments, Card: e.Card, Phone: e.Phone,
		Hours: strings.TrimRight(e.Hours, "\n"), Zone: or(e.Zone, clinic.DefaultZone), Listed: e.Listed,
		Calendar: e.Calendar, Retention: e.Retention, Origins: e.Origins, Lookup: e.Lookup, Language: e.Language, AutoPause: e.AutoPause,
	}
	for _, s := range e.Services {
		c.Services = append(c.Services, clinic.Service{
			ID: s.ID, Name: s.Name, Mode: or(s.Mode, clinic.DefaultMode), Unit: or(s.Unit, clinic.DefaultUnit),
			MaxParty: or(s.MaxParty, clinic.DefaultMaxParty), WebCancel: s.WebCancel, First: s.First,
			ComeAt: or(s.ComeAt, clinic.DefaultComeAt), Hide: s.Hide,
			Absence: clinic.Absence{
				Rule: or(s.Absence.Rule, clinic.BackN), Back: or(s.Absence.Back, clinic.DefaultAbsentBack), ThenTail: s.Absence.ThenTail,
				MaxCalls: s.Absence.MaxCalls, Cooldown: s.Absence.Cooldown, Tolerance: s.Absence.Tolerance,
			},
			Numbers: s.Numbers, Capacity: s.Capacity, Booking: s.Booking, Kinds: s.Kinds,
			CountAbsent: s.CountAbsent, SkipAway: s.SkipAway, ExamBack: s.ExamBack, Note: s.Note, Calendar: s.Calendar,
		})
	}
	for _, r := range e.Rooms {
		c.Rooms = append(c.Rooms, clinic.Room(r))
	}
	return c
}
