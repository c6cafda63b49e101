package register

import (
	"context"
	"database/sql"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// PersonData is all that the books keep of a member, as JSON for the person (D14).
type PersonData struct {
	Made     time.Time     `json:"made"`
	Clinic   clinic.ID     `json:"clinic"`
	Members  []memberData  `json:"members"` // the member, then those that were merged into it
	Merges   []mergeData   `json:"merges"`
	Bookings []bookingData `json:"bookings"`
	Access   []accessData  `json:"access"` // who looked at the member, the newest first
	Files    []fileData    `json:"files"`  // of the clinic, in which the person may be
}

type memberData struct {
	ID         MemberID  `json:"id"`
	Number     int64     `json:"number"`
	Name       string    `json:"name"`
	Kana       string    `json:"kana"`
	Birth      string    `json:"birth"`
	Sex        string    `json:"sex"`
	Phone      string    `json:"phone"`
	Mail       string    `json:"mail"`
	Card       string    `json:"card"`
	Memo       string    `json:"memo"`
	Tags       []string  `json:"tags"`
	MergedInto MemberID  `json:"mergedInto,omitempty"`
	Created    time.Time `json:"created"`
	Updated    time.Time `json:"updated"`
}

type mergeData struct {
	Kept   MemberID  `json:"kept"`
	Merged MemberID  `json:"merged"`
	At     time.Time `json:"at"`
	Undone time.Time `json:"undone,omitzero"`
}

type bookingData struct {
	Ticket     queue.TicketID `json:"ticket"`
	Day        clinic.Day     `json:"day"`
	Service    string         `json:"service"`
	State      queue.State    `json:"state"`
	Number     int            `json:"number,omitempty"`
	Channel    string         `json:"channel"`
	Party      int            `json:"party"`
	FirstVisit bool           `json:"firstVisit,omitempty"`
	Kind       string         `json:"kind,omitempty"`
	Slot       string         `json:"slot,omitempty"`
	Issued     time.Time      `json:"issued"`
	Updated    time.Time      `json:"updated"`
	Arrived    time.Time      `json:"arrived,omitzero"`
	Called     time.Time      `json:"called,omitzero"`
	Entered    time.Time      `json:"entered,omitzero"`
	Ended      time.Time      `json:"ended,omitzero"`
	Mark       string         `json:"mark,omitempty"`
	Patient    queue.Patient  `json:"patient"`
	Birth      string         `json:"birth,omitempty"`
	Sex        string         `json:"sex,omitempty"`
}

type accessData struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Act    Act       `json:"act"`
	Detail string    `json:"detail,omitempty"`
}

type fileData struct {
	File    string    `json:"file"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
}

// PersonData collects all that is kept of a member, and logs it as an export of the member.
func (s *Store) PersonData(ctx context.Context, c clinic.ID, id MemberID, by clinic.Actor) (PersonData, error) {
	data := PersonData{Made: s.now(), Clinic: c, Members: []memberData{}, Merges: []mergeData{}, Bookings: []bookingData{}, Access: []accessData{}, Files: []fileData{}}
	found, err := s.belongings(ctx, s.db, c, Person{Member: id})
	if err != nil {
		return PersonData{}, failed("collect what is kept of a person", err)
	}
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		return s.logAccess(ctx, tx, c, by, ActExport, id, "all that is kept")
	})
	if err == nil {
		err = s.fillPerson(ctx, c, found, &data)
	}
	if err != nil {
		return PersonData{}, failed("collect what is kept of a person", err)
	}
	return data, nil
}

func (s *Store) fillPerson(ctx context.Context, c clinic.ID, found belongings, data *PersonData) error {
	members, err := readMembers(ctx, s.db, c, found.members)
	if err != nil {
		return err
	}
	for _, m := range members {
		data.Members = append(data.Members, memberData{m.ID, m.Number, m.Name, m.Kana, m.Birth, m.Sex, m.Phone, m.Mail, m.Card, m.Memo, m.Tags, m.MergedInto, m.Created, m.Updated})
		merges, err := readMerges(ctx, s.db, c, m.ID)
		if err != nil {
			return err
		}
		for _, r := range merges {
			if r.Kept == m.ID {
				data.Merges = append(data.Merges, mergeData{r.Kept, r.Merged, r.At, r.Undone})
			}
		}
		for q := (AccessQuery{Member: m.ID}); ; {
			page, err := s.AccessLog(ctx, c, q)
			if err != nil {
				return err
			}
			for _, a := range page.Entries {
				data.Access = append(data.Access, accessData{a.At, a.By, a.Act, a.Detail})
			}
			if q.After = page.Next; q.After == "" {
				break
			}
		}
	}
	bookings, err := s.bookingsByID(ctx, c, found.tickets)
	if err != nil {
		return err
	}
	for _, b := range bookings {
		data.Bookings = append(data.Bookings, bookingData{
			Ticket: b.Ticket, Day: b.Day, Service: b.Ticket.Ref().String(), State: b.State, Number: b.Number, Channel: b.Channel, Party: b.Party, FirstVisit: b.FirstVisit, Kind: b.Kind, Slot: b.Slot,
			Issued: b.Issued, Updated: b.Updated, Arrived: b.Arrived, Called: b.Called, Entered: b.Entered, Ended: b.Ended, Mark: b.Mark, Patient: b.Patient, Birth: b.Patient.Birth.String(), Sex: b.Patient.Sex.String(),
		})
	}
	exports, err := s.Exports(ctx, c)
	if err != nil {
		return err
	}
	for _, e := range exports {
		if e.State == ExportDone {
			data.Files = append(data.Files, fileData{e.File, e.Created, e.Expires})
		}
	}
	return nil
}
