package live

import (
	"sync"
	"time"

	"junban/queue/clinic"
)

// zones remembers loaded time zones: records are validated, so there are as
// many as IANA names at most.
type zones struct{ loaded sync.Map }

func (z *zones) of(c clinic.Clinic) (*time.Location, error) {
	if loc, ok := z.loaded.Load(c.Zone); ok {
		return loc.(*time.Location), nil
	}
	loc, err := c.Location()
	if err != nil {
		return nil, err
	}
	z.loaded.Store(c.Zone, loc)
	return loc, nil
}
