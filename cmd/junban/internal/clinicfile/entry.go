package clinicfile

import (
	"strings"

	"junban/queue/clinic"
)

// clinicEntry is a clinic as written in the file. It starts with the defaults of
// a new clinic.
type clinicEntry struct {
	clinic.Clinic `yaml:",inline"`
	Services      []serviceEntry `yaml:"services"`
}

type serviceEntry clinic.Service

// UnmarshalYAML decodes a service over the defaults of a new one in its mode.
func (e *serviceEntry) UnmarshalYAML(decode func(any) error) error {
	s := (*clinic.Service)(e)
	s.FillDefaults()
	if err := decode(s); err != nil || !s.BySlot() {
		return err
	}
	*s = clinic.Service{}
	s.FillDefaults()
	s.FillSlotDefaults()
	return decode(s)
}

// record returns the clinic with its services.
func (e clinicEntry) record() clinic.Clinic {
	c := e.Clinic
	c.Hours = strings.TrimRight(c.Hours, "\n")
	for _, s := range e.Services {
		c.Services = append(c.Services, clinic.Service(s))
	}
	return c
}
