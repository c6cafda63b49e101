package wire

// Member is a clinic's record of a person (会員).
type Member struct {
	ID         string       `json:"id"`
	Number     int64        `json:"number"` // 会員番号
	Kind       string       `json:"kind"`   // "web", "line"
	Fields     MemberFields `json:"fields"`
	MergedInto string       `json:"mergedInto,omitempty"` // id of the member that it became
	Version    int64        `json:"version"`              // counts its changes
	Created    Time         `json:"created"`
	Updated    Time         `json:"updated"`
}

// MemberFields are what is kept of a person.
type MemberFields struct {
	Name  string   `json:"name"`
	Kana  string   `json:"kana"`
	Birth string   `json:"birth"` // "1980-02-29", or ""
	Sex   string   `json:"sex"`   // "female", "male", "other", ""
	Phone string   `json:"phone"`
	Mail  string   `json:"mail"`
	Card  string   `json:"card"` // 診察券番号
	Memo  string   `json:"memo"` // the clinic's own
	Tags  []string `json:"tags"`
}

// NewMember adds a member. With a ticket, its patient is the new member's, and the booking
// is linked; fields are then left out.
type NewMember struct {
	Fields *MemberFields `json:"fields,omitempty"`
	Ticket string        `json:"ticket,omitempty"`
}

// MemberChange replaces the fields of a member as it was read.
type MemberChange struct {
	Version int64        `json:"version"` // that was read
	Fields  MemberFields `json:"fields"`
}

// MemberSearch looks for members by one text. The empty text finds all.
type MemberSearch struct {
	Text  string `json:"text"` // part of a name, of a kana, a phone or a card number
	After string `json:"after,omitempty"`
}

// Members are a page of a search, ordered by kana.
type Members struct {
	Members []Member `json:"members"`
	Count   int      `json:"count"`          // how many there are, at most 1,000
	More    bool     `json:"more"`           // there are more than that
	Next    string   `json:"next,omitempty"` // for after; absent: this is the last page
}

// Candidates are members that may be the same person.
type Candidates struct {
	Members []Member `json:"members"`
}

// MergeRequest names the member that is merged into the one of the path.
type MergeRequest struct {
	Other string `json:"other"`
}

// Merge is a merge of two members (名寄せ).
type Merge struct {
	ID       string `json:"id"`
	Kept     string `json:"kept"`     // id of the member that stays
	Merged   string `json:"merged"`   // id of the other
	Bookings int    `json:"bookings"` // how many moved to the kept one
	At       Time   `json:"at"`
	By       string `json:"by"`
	Undone   *Time  `json:"undone,omitempty"`
	UndoneBy string `json:"undoneBy,omitempty"`
}

// Merges are the merges of a member, the newest first.
type Merges struct {
	Merges []Merge `json:"merges"`
}

// Imported is what came, or would come, of a CSV file of members. A file with an error adds
// nobody.
type Imported struct {
	Dry     bool          `json:"dry"` // nothing was added: the file was only checked
	Rows    int           `json:"rows"`
	Added   int           `json:"added"`
	Updated int           `json:"updated"`           // members that had the card of a row
	Errors  []ImportError `json:"errors"`            // at most 100
	Unknown []string      `json:"unknown,omitempty"` // columns that are not read
}

// ImportError is one line of a file that cannot be imported.
type ImportError struct {
	Line  int    `json:"line"`
	Field string `json:"field,omitempty"`
	Code  string `json:"code"` // of a field, or of a file, such as file_utf16
	Text  string `json:"text"` // in English
}

// EraseRequest confirms an erasure by the member's number, as somebody typed it.
type EraseRequest struct {
	Number int64 `json:"number"`
}

// Certificate is what an erasure removed, without the person.
type Certificate struct {
	ID      string  `json:"id"`
	At      Time    `json:"at"`
	By      string  `json:"by"`
	Removed Removed `json:"removed"`
}

// Removed is what an erasure removed from each store.
type Removed struct {
	Members     int    `json:"members"`
	Merges      int    `json:"merges"`
	Bookings    int    `json:"bookings"`    // rows whose patient is removed; the rows stay
	Exports     int    `json:"exports"`     // files of the clinic
	Line        int    `json:"line"`        // patients of tickets
	RedisFile   string `json:"redisFile"`   // "rewritten", "no_file", "not_allowed"
	DatabaseLog string `json:"databaseLog"` // "purged", "pending"
}

// Certificates are the clinic's, the newest first.
type Certificates struct {
	Certificates []Certificate `json:"certificates"`
}

// BookingSearch looks for bookings; every condition that is there must hold. Dates are
// included, both the first and the last.
type BookingSearch struct {
	Service     string   `json:"service,omitempty"` // "1234-1"
	States      []string `json:"states,omitempty"`
	Channel     string   `json:"channel,omitempty"` // "web", "desk"
	Text        string   `json:"text,omitempty"`    // part of a name, of a kana, a phone or a card number
	Member      string   `json:"member,omitempty"`  // id
	Symptoms    string   `json:"symptoms,omitempty"`
	DayFrom     string   `json:"dayFrom,omitempty"` // of the visit
	DayTo       string   `json:"dayTo,omitempty"`
	IssuedFrom  string   `json:"issuedFrom,omitempty"`
	IssuedTo    string   `json:"issuedTo,omitempty"`
	UpdatedFrom string   `json:"updatedFrom,omitempty"`
	UpdatedTo   string   `json:"updatedTo,omitempty"`
	After       string   `json:"after,omitempty"`
}

// BookingRow is a booking as the register has it.
type BookingRow struct {
	Ticket      string  `json:"ticket"` // id
	Service     string  `json:"service"`
	ServiceName string  `json:"serviceName"`
	Day         string  `json:"day"`
	State       string  `json:"state"`  // as of a ticket
	Number      int     `json:"number"` // 0: none yet
	Channel     string  `json:"channel"`
	PartySize   int     `json:"partySize"`
	FirstVisit  bool    `json:"firstVisit"`
	Kind        string  `json:"kind,omitempty"` // its name
	Session     string  `json:"session,omitempty"`
	Slot        string  `json:"slot,omitempty"`
	SlotEnd     string  `json:"slotEnd,omitempty"`
	Room        string  `json:"room,omitempty"` // its name
	Reason      string  `json:"reason,omitempty"`
	Late        bool    `json:"late,omitempty"`
	Mark        string  `json:"mark,omitempty"` // of the network that a web ticket came from
	Issued      Time    `json:"issued"`
	Updated     Time    `json:"updated"`
	Arrived     *Time   `json:"arrived,omitempty"`
	Called      *Time   `json:"called,omitempty"`
	Entered     *Time   `json:"entered,omitempty"`
	Ended       *Time   `json:"ended,omitempty"`
	MovedTo     string  `json:"movedTo,omitempty"`
	MovedFrom   string  `json:"movedFrom,omitempty"`
	Missing     *Time   `json:"missing,omitempty"` // since when the line does not have it any more
	Erased      *Time   `json:"erased,omitempty"`  // since when the patient is removed
	Patient     Patient `json:"patient"`
	Member      string  `json:"member,omitempty"` // id of the member
}

// BookingRows are a page of a search, ordered by day and ticket.
type BookingRows struct {
	Bookings []BookingRow `json:"bookings"`
	Count    int          `json:"count"`          // how many there are, at most 1,000
	More     bool         `json:"more"`           // there are more than that
	Next     string       `json:"next,omitempty"` // for after; absent: this is the last page
}

// LinkRequest names the member of a booking.
type LinkRequest struct {
	Member string `json:"member"` // id; "" ends the link
}

// ExportRequest asks for a CSV file. Its search is the one of its kind; with ids it has those
// rows alone.
type ExportRequest struct {
	Of       string         `json:"of"` // "members", "bookings"
	Members  *MemberSearch  `json:"members,omitempty"`
	Bookings *BookingSearch `json:"bookings,omitempty"`
	IDs      []string       `json:"ids,omitempty"`
	Columns  []string       `json:"columns,omitempty"` // absent: all
	Encoding string         `json:"encoding"`          // "utf-8", "cp932"
	Language string         `json:"language"`          // of the header: "ja", "en"
}

// Export is a CSV file that is made in the background.
type Export struct {
	ID       string `json:"id"`
	Of       string `json:"of"`
	State    string `json:"state"` // "due", "running", "done", "failed", "expired"
	File     string `json:"file"`  // its name
	Encoding string `json:"encoding"`
	Rows     int64  `json:"rows"` // written so far
	Total    int64  `json:"total"`
	Bytes    int64  `json:"bytes"`
	Replaced int64  `json:"replaced"` // characters that CP932 does not have
	By       string `json:"by"`
	Created  Time   `json:"created"`
	Finished *Time  `json:"finished,omitempty"`
	Expires  *Time  `json:"expires,omitempty"`
}

// Exports are the clinic's files, the newest first (通知情報).
type Exports struct {
	Exports []Export `json:"exports"`
}

// ColumnSet is the columns that a user has chosen for a list, and all that there are.
type ColumnSet struct {
	Columns []string `json:"columns"`
	All     []string `json:"all"`
}

// ColumnsRequest chooses the columns of a list. None means the usual ones.
type ColumnsRequest struct {
	Columns []string `json:"columns"`
}

// Access is one look at members, or one change of them.
type Access struct {
	ID     string `json:"id"`
	At     Time   `json:"at"`
	By     string `json:"by"`
	Act    string `json:"act"`              // "search", "open", "export", "add", "edit", "merge", "unmerge", "import", "erase"
	Member string `json:"member,omitempty"` // id
	Number int64  `json:"number,omitempty"` // of that member
	Detail string `json:"detail,omitempty"`
}

// Accesses are a page of the access log, the newest first.
type Accesses struct {
	Accesses []Access `json:"accesses"`
	Next     string   `json:"next,omitempty"`
}
