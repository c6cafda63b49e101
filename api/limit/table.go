package limit

import "time"

// Limit is a row of the table of limits: what is counted, by which key, and how much is
// allowed. Each is a set of token buckets (GCRA). A bucket holds burst tokens and gains
// one each period. A request takes one token from each of its buckets, or is refused
// and takes none.
//
// What is counted is what a request harms: a clinic, or this server. Each network
// prefix of the client is counted on its own. Each kind of prefix has its size. An IPv6
// /48 belongs to one customer of a provider, or to some 65,000 phones of a carrier. So
// it holds more than the /64 of a home. One IPv4 address is shared by thousands of
// phones (carrier NAT), so it holds the most.
type Limit struct {
	name      string // in metrics and in Redis: letters, digits and dashes
	counts    string // what takes a token, for README.md
	code      string // of the problem that a refusal is
	cluster   bool   // the buckets are in Redis, one for all nodes; else each node has its own
	perClinic bool   // each clinic has buckets of its own

	IPv4, Net64, Net56, Net48 rate // of each prefix; a zero rate counts nothing
	Whole                     rate // of the clinic or the subject, from any address
}

// rate is the size of a bucket.
type rate struct {
	Burst int           // tokens that it holds
	Every time.Duration // in which it gains one
}

// From one IPv4 address, 300 patients of one clinic may take a number at once, and
// 3,000 of all clinics. The web can bring 19,000 tickets into a service's line
// (queue.DefaultBounds). An IPv6 prefix gets at most 2 % of them, 380. They include
// those booked for that day on the days before it.
var (
	WebTickets = &Limit{
		name: "web-tickets", counts: "numbers taken on the web", code: "too_many_requests", cluster: true, perClinic: true,
		IPv4: rate{300, 2 * time.Minute}, Net64: rate{20, 8 * time.Minute}, Net56: rate{40, 8 * time.Minute}, Net48: rate{60, 8 * time.Minute},
	}
	WebBookings = &Limit{
		name: "web-bookings", counts: "numbers taken on the web for one day to come", code: "too_many_requests", cluster: true, perClinic: true,
		IPv4: rate{300, time.Hour}, Net64: rate{20, 24 * time.Hour}, Net56: rate{30, 12 * time.Hour}, Net48: rate{40, 12 * time.Hour},
	}
	WebRequests = &Limit{
		name: "web-requests", counts: "requests for a number, for a lookup, or to cancel or arrive with a ticket's token, whatever the answer", code: "too_many_requests",
		IPv4: rate{3000, 100 * time.Millisecond}, Net64: rate{120, 2 * time.Second}, Net56: rate{240, time.Second}, Net48: rate{480, time.Second},
	}
	Lookups = &Limit{
		name: "lookups", counts: "lookups that find no ticket", code: "too_many_requests", cluster: true, perClinic: true,
		IPv4: rate{60, time.Minute}, Net64: rate{10, 10 * time.Minute}, Net56: rate{15, 10 * time.Minute}, Net48: rate{30, 5 * time.Minute},
	}
	// All prefixes together try some 150 of the 10,000 phone endings a day for one
	// ticket. Of the million codes, they try some 3,000. One prefix alone tries few
	// enough that the owner's lookup is not refused for a stranger's.
	LookupPhones = &Limit{
		name: "lookup-phones", counts: "lookups that find no ticket, of one number or of one phone number's end", code: "too_many_requests", cluster: true, perClinic: true,
		IPv4: rate{10, time.Hour}, Net64: rate{3, 2 * time.Hour}, Net56: rate{5, 2 * time.Hour}, Net48: rate{5, 2 * time.Hour},
		Whole: rate{40, 12 * time.Minute},
	}
	LookupCodes = &Limit{
		name: "lookup-codes", counts: "lookups that find no ticket, of one number or phone number by a cancel code", code: "too_many_requests", cluster: true, perClinic: true,
		IPv4: rate{20, 10 * time.Minute}, Net64: rate{5, 30 * time.Minute}, Net56: rate{10, 30 * time.Minute}, Net48: rate{10, 30 * time.Minute},
		Whole: rate{300, 30 * time.Second},
	}
	// A phone number alone finds the bookings of a service in slot mode. Each network prefix asks
	// ten times an hour for one number. All others together cannot use up what it has.
	PhoneLookups = &Limit{
		name: "phone-lookups", counts: "lookups by a phone number alone", code: "too_many_requests", cluster: true, perClinic: true,
		IPv4: rate{300, 10 * time.Second}, Net64: rate{20, 5 * time.Minute}, Net56: rate{30, 5 * time.Minute}, Net48: rate{60, 2 * time.Minute},
	}
	PhonesLookedUp = &Limit{
		name: "phones-looked-up", counts: "lookups by one phone number alone", code: "too_many_requests", cluster: true, perClinic: true,
		IPv4: rate{10, 6 * time.Minute}, Net64: rate{10, 6 * time.Minute}, Net56: rate{10, 6 * time.Minute}, Net48: rate{10, 6 * time.Minute},
		Whole: rate{100, time.Minute},
	}
	// A phone number leads to a ticket whose code can be tried. A stranger's tries end
	// before they lock the code for its owner (queue.WrongCodes).
	FoundCodes = &Limit{
		name: "found-codes", counts: "wrong cancel codes of one ticket that a lookup found", code: "too_many_requests", cluster: true, perClinic: true,
		IPv4: rate{3, 6 * time.Hour}, Net64: rate{3, 6 * time.Hour}, Net56: rate{3, 6 * time.Hour}, Net48: rate{3, 6 * time.Hour},
	}
	Arrivals = &Limit{
		name: "arrivals", counts: "messages of one ticket's owner that they are here, or out", code: "too_many_requests", cluster: true, perClinic: true,
		Whole: rate{20, 30 * time.Second},
	}
	ClinicNumbers = &Limit{
		name: "clinic-numbers", counts: "numbers of clinics that are not in the directory, each once an hour", code: "too_many_requests",
		IPv4: rate{400, 15 * time.Second}, Net64: rate{20, 2 * time.Minute}, Net56: rate{40, 2 * time.Minute}, Net48: rate{80, time.Minute},
	}
	WatchedClinics = &Limit{
		name: "watched-clinics", counts: "clinics that are watched without a ticket, login or screen, each once an hour", code: "too_many_requests",
		IPv4: rate{3000, time.Second}, Net64: rate{100, 30 * time.Second}, Net56: rate{200, 20 * time.Second}, Net48: rate{400, 10 * time.Second},
	}
	ScreenCodes = &Limit{
		name: "screen-codes", counts: "codes made for screens", code: "too_many_requests",
		IPv4: rate{120, 10 * time.Second}, Net64: rate{60, 10 * time.Second}, Net56: rate{60, 10 * time.Second}, Net48: rate{120, 10 * time.Second},
	}
	ScreenLooks = &Limit{
		name: "screen-looks", counts: "questions whether a screen's code was entered", code: "too_many_requests",
		IPv4: rate{3000, 200 * time.Millisecond}, Net64: rate{1000, 500 * time.Millisecond}, Net56: rate{1000, 500 * time.Millisecond}, Net48: rate{2000, 500 * time.Millisecond},
	}
	// Only wrong logins are counted: a right one gives its tokens back. After ten wrong
	// ones, an IPv4 address locks a user for two minutes. After 30, it locks a clinic's
	// users for a minute. Fewer than 30 addresses lock no user on other addresses. None
	// of these is looked at for a device that has logged in before.
	UserLogins = &Limit{
		name: "user-logins", counts: "wrong logins of one user from devices that never logged in", code: "login_locked", cluster: true, perClinic: true,
		IPv4: rate{10, 2 * time.Minute}, Net64: rate{5, 3 * time.Minute}, Net56: rate{8, 3 * time.Minute}, Net48: rate{10, 2 * time.Minute},
		Whole: rate{300, 10 * time.Second},
	}
	ClinicLogins = &Limit{
		name: "clinic-logins", counts: "wrong logins of a clinic's users from devices that never logged in", code: "login_locked", cluster: true, perClinic: true,
		IPv4: rate{30, time.Minute}, Net64: rate{15, 2 * time.Minute}, Net56: rate{20, 2 * time.Minute}, Net48: rate{30, time.Minute},
	}
	AllLogins = &Limit{
		name: "logins", counts: "wrong logins of all clinics from devices that never logged in", code: "login_locked", cluster: true,
		IPv4: rate{300, 5 * time.Second}, Net64: rate{60, 30 * time.Second}, Net56: rate{100, 20 * time.Second}, Net48: rate{200, 10 * time.Second},
	}
	DeviceLogins = &Limit{
		name: "device-logins", counts: "wrong logins of one user on one device where the user has logged in before", code: "login_locked", cluster: true, perClinic: true,
		Whole: rate{10, 90 * time.Second},
	}
	OldPasswords = &Limit{
		name: "old-passwords", counts: "wrong old passwords in one login that changes the password", code: "login_locked", cluster: true, perClinic: true,
		Whole: rate{5, 3 * time.Minute},
	}
	// A search of the books reads up to thousands of rows. A person searches every few
	// seconds; a script that copies all members is slowed down, and is in the access log.
	BookSearches = &Limit{
		name: "book-searches", counts: "searches of members or bookings by one user", code: "too_many_requests", cluster: true, perClinic: true,
		Whole: rate{120, time.Second},
	}
	ScreenClaims = &Limit{
		name: "screen-claims", counts: "wrong codes of screens that a clinic's users enter", code: "too_many_requests", cluster: true, perClinic: true,
		Whole: rate{30, 30 * time.Second},
	}
	Wants = &Limit{
		name: "wants", counts: "changes of what one ticket's owner wants to be sent", code: "too_many_requests", cluster: true, perClinic: true,
		Whole: rate{30, 30 * time.Second},
	}
	// A stranger can have a code sent to an address of another person. Each mail costs the
	// operator's relay its good name, whatever clinic it is of. So a network is counted
	// over all clinics, and an address too. The owners of tickets are counted apart: a
	// stranger cannot use up what the patients behind one address have.
	OwnerProofs = &Limit{
		name: "owner-proofs", counts: "mails with a code that proves an address, for the owner of a ticket that is not over", code: "too_many_requests", cluster: true,
		IPv4: rate{2000, 2 * time.Second}, Net64: rate{20, 5 * time.Minute}, Net56: rate{40, 4 * time.Minute}, Net48: rate{100, 2 * time.Minute},
	}
	TicketProofs = &Limit{
		name: "ticket-proofs", counts: "mails with a code for the owner of one ticket", code: "too_many_requests", cluster: true, perClinic: true,
		Whole: rate{6, 10 * time.Minute},
	}
	Proofs = &Limit{
		name: "proofs", counts: "mails with a code that proves an address, for those without a ticket", code: "too_many_requests", cluster: true,
		IPv4: rate{60, 30 * time.Second}, Net64: rate{6, 10 * time.Minute}, Net56: rate{10, 8 * time.Minute}, Net48: rate{20, 4 * time.Minute},
	}
	ProofMails = &Limit{
		name: "proof-mails", counts: "mails with a code to one mailbox", code: "too_many_requests", cluster: true,
		Whole: rate{4, 15 * time.Minute},
	}
	ClinicProofs = &Limit{
		name: "clinic-proofs", counts: "mails with a code for a clinic's news, to those without a ticket", code: "too_many_requests", cluster: true, perClinic: true,
		Whole: rate{500, 5 * time.Second},
	}
	// The tries of one proof are counted by the proof (outbox.ProofTries). So a code of a proof that
	// is there takes no token: no stranger can stop another person's.
	ProofCodes = &Limit{
		name: "proof-codes", counts: "codes for a proof that is not there", code: "too_many_requests",
		IPv4: rate{1000, time.Second}, Net64: rate{30, 20 * time.Second}, Net56: rate{50, 15 * time.Second}, Net48: rate{100, 10 * time.Second},
	}
	Follows = &Limit{
		name: "follows", counts: "addresses that are to get a clinic's news", code: "too_many_requests", cluster: true, perClinic: true,
		IPv4: rate{300, time.Minute}, Net64: rate{20, 8 * time.Minute}, Net56: rate{40, 8 * time.Minute}, Net48: rate{60, 8 * time.Minute},
	}
	Unfollows = &Limit{
		name: "unfollows", counts: "addresses that are to get no more news of a clinic", code: "too_many_requests",
		IPv4: rate{3000, 100 * time.Millisecond}, Net64: rate{200, 2 * time.Second}, Net56: rate{300, 2 * time.Second}, Net48: rate{600, time.Second},
	}
	NoticeLooks = &Limit{
		name: "notice-looks", counts: "reads of a notice or of news, and reports that a notice was shown", code: "too_many_requests",
		IPv4: rate{3000, 50 * time.Millisecond}, Net64: rate{200, time.Second}, Net56: rate{300, time.Second}, Net48: rate{600, 500 * time.Millisecond},
	}
)
