package main

import (
	"strings"

	"junban/queue"
)

// clinicEntry is a clinic as the file writes it. A pointer tells what was left
// out from what was said.
type clinicEntry struct {
	ID       string         `yaml:"id"`
	Name     string         `yaml:"name"`
	Address  string         `yaml:"address"`
	Phone    string         `yaml:"phone"`
	Hours    string         `yaml:"hours"`
	Zone     *string        `yaml:"zone"`
	Listed   bool           `yaml:"listed"`
	Services []serviceEntry `yaml:"services"`
	Rooms    []roomEntry    `yaml:"rooms"`
}

type serviceEntry struct {
	ID         string   `yaml:"id"`
	Name       string   `yaml:"name"`
	Mode       *string  `yaml:"mode"`
	Unit       *string  `yaml:"unit"`
	MaxParty   *int     `yaml:"maxParty"`
	WebCancel  bool     `yaml:"webCancel"`
	AbsentBack *int     `yaml:"absentBack"`
	ComeAt     *int     `yaml:"comeAt"`
	Hide       []string `yaml:"hide"`
}

type roomEntry struct {
	ID       string   `yaml:"id"`
	Name     string   `yaml:"name"`
	Services []string `yaml:"services"`
}

func or[T any](said *T, normal T) T {
	if said != nil {
		return *said
	}
	return normal
}

// clinic is the record, with what was left out filled in.
func (e clinicEntry) clinic() queue.Clinic {
	c := queue.Clinic{
		ID: queue.ClinicID(e.ID), Name: e.Name, Address: e.Address, Phone: e.Phone,
		Hours: strings.TrimRight(e.Hours, "\n"), Zone: or(e.Zone, queue.DefaultZone), Listed: e.Listed,
	}
	for _, s := range e.Services {
		c.Services = append(c.Services, queue.Service{
			ID: s.ID, Name: s.Name, Mode: or(s.Mode, queue.DefaultMode), Unit: or(s.Unit, queue.DefaultUnit),
			MaxParty: or(s.MaxParty, queue.DefaultMaxParty), WebCancel: s.WebCancel,
			AbsentBack: or(s.AbsentBack, queue.DefaultAbsentBack), ComeAt: or(s.ComeAt, queue.DefaultComeAt), Hide: s.Hide,
		})
	}
	for _, r := range e.Rooms {
		c.Rooms = append(c.Rooms, queue.Room(r))
	}
	return c
}
