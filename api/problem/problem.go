package problem

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"time"

	"junban/account"
	"junban/api/wire"
	"junban/device"
	"junban/hub"
	"junban/queue"
	"junban/queue/clinic"
)

// Problem is a refusal that the API itself decides.
type Problem struct {
	Code   string // a key of Table
	Detail string // for people
	Errors []wire.FieldError
	After  time.Duration

	OpensAt *wire.Time   // when it will be possible
	Offers  []wire.Offer // free slots
}

func (r Problem) Error() string { return r.Code + ": " + r.Detail }

// Refuse returns the problem with that code; the detail is formatted as by [fmt.Sprintf].
func Refuse(code, format string, args ...any) error {
	return Problem{Code: code, Detail: fmt.Sprintf(format, args...)}
}

type row struct {
	Status int
	Title  string
}

// Table holds every problem of the API by its stable code. It has the refusals of
// packages queue, account and device, and those of the API itself.
//
// Each has a sentence in every language of the pages that can show it. Problems of
// routes behind a login appear on the desk page only, in Japanese and English. Their
// sentences are in group "refused" of the locale files. Any other problem may reach a
// patient, a display or a partner's page, so its sentence is in all languages. It is in
// group "problem" where the scripts of these pages show it. Else it is in group
// "mishap", which the desk and the pages rendered by the server load.
var Table = map[string]row{
	clinic.ErrNoClinic.Code():       {404, "Unknown clinic"},
	clinic.ErrNoService.Code():      {404, "Unknown service"},
	queue.ErrNoTicket.Code():        {404, "Unknown ticket"},
	queue.ErrNoRoom.Code():          {404, "Unknown room"},
	queue.ErrEmpty.Code():           {409, "No patient is waiting"},
	queue.ErrLater.Code():           {409, "All waiting patients belong to a later session"},
	queue.ErrNobodyHere.Code():      {409, "No waiting patient has arrived"},
	queue.ErrAllCooling.Code():      {409, "All waiting patients were called a moment ago"},
	queue.ErrOffDuty.Code():         {409, "The room is not on duty"},
	queue.ErrReason.Code():          {400, "Unknown reason"},
	queue.ErrKind.Code():            {422, "Unknown kind of visit"},
	queue.ErrReceptionClosed.Code(): {409, "Online reception is closed"},
	queue.ErrReceptionPaused.Code(): {409, "Online reception is paused"},
	queue.ErrReceptionBefore.Code(): {409, "Online reception is not open yet"},
	queue.ErrReceived.Code():        {409, "This person already has a ticket"},
	queue.ErrNotOffered.Code():      {409, "No bookings for that day or session"},
	queue.ErrDayAhead.Code():        {409, "The ticket's day has not begun"},
	queue.ErrNumberGiven.Code():     {409, "A later ticket has this number"},
	queue.ErrQuota.Code():           {409, "No online places left"},
	queue.ErrFirstQuota.Code():      {409, "No online places left for first visits"},
	queue.ErrDeskQuota.Code():       {409, "No desk places left"},
	queue.ErrAutoStop.Code():        {409, "The session is full"},
	queue.ErrNumber.Code():          {409, "Number not available"},
	queue.ErrBandFull.Code():        {409, "No desk numbers left"},
	queue.ErrPartySize.Code():       {422, "Party size out of range"},
	queue.ErrState.Code():           {409, "Not allowed in the ticket's current state"},
	queue.ErrRoomChanged.Code():     {409, "Another patient is in the room"},
	queue.ErrTicketChanged.Code():   {409, "The ticket has changed"},
	queue.ErrRoomBusy.Code():        {409, "The room is occupied"},
	queue.ErrKeyConflict.Code():     {409, "Idempotency-Key used for another request"},
	queue.ErrWrongCode.Code():       {403, "Wrong cancel code"},
	queue.ErrCodeLocked.Code():      {429, "Too many wrong cancel codes"},
	queue.ErrNotCancellable.Code():  {409, "The patient cannot cancel this ticket"},
	queue.ErrNothingToUndo.Code():   {409, "Nothing to undo"},
	queue.ErrDayFull.Code():         {409, "No numbers left today"},
	queue.ErrDayOver.Code():         {410, "The day is over"},
	queue.ErrDayOpen.Code():         {409, "The day is not over yet"},
	queue.ErrSlotLater.Code():       {409, "All waiting patients belong to a later slot"},
	queue.ErrSlotFull.Code():        {409, "No places left in the slot"},
	queue.ErrSlotUnknown.Code():     {422, "Unknown slot"},
	queue.ErrSlotOver.Code():        {409, "The slot can no longer be booked"},
	queue.ErrNotOpenYet.Code():      {409, "Bookings for that day are not open yet"},
	queue.ErrPersonLimit.Code():     {409, "Too many bookings of one person"},
	queue.ErrTooEarly.Code():        {409, "Too early to arrive"},
	queue.ErrTooLate.Code():         {409, "The slot is over"},
	queue.ErrCancelTooLate.Code():   {409, "Too late to cancel online"},
	queue.ErrSettings.Code():        {409, "The settings have changed"},
	account.ErrNoUser.Code():        {404, "Unknown user"},
	account.ErrUserExists.Code():    {409, "The user name is taken"},
	account.ErrUsersFull.Code():     {409, "Too many users"},
	account.ErrLastAdmin.Code():     {409, "The clinic needs an admin"},
	device.ErrNoScreen.Code():       {404, "Unknown screen"},
	device.ErrScreensFull.Code():    {409, "Too many screens"},
	device.ErrNoPairing.Code():      {404, "Unknown pairing code"},
	device.ErrPairingTaken.Code():   {503, "The pairing code is in use"},

	"not_found":                  {404, "Not found"},
	"method_not_allowed":         {405, "Method not allowed"},
	"malformed_body":             {400, "Malformed body"},
	"body_too_large":             {413, "Body too large"},
	"field_invalid":              {400, "Invalid field"},
	"query_too_long":             {400, "Query too long"},
	"idempotency_key_required":   {400, "Idempotency-Key required"},
	"idempotency_key_malformed":  {400, "Malformed Idempotency-Key"},
	"person_required":            {422, "Patient required"},
	"first_visit_desk":           {409, "First visits only by phone or at the desk"},
	"card_number":                {422, "Invalid card number"},
	"token_required":             {401, "Ticket token required"},
	"token_wrong":                {403, "Wrong ticket token"},
	"session_required":           {401, "Login required"},
	"other_clinic":               {403, "The login belongs to another clinic"},
	"admin_required":             {403, "Admin role required"},
	"own_account":                {409, "Not allowed on your own account"},
	"password_wrong":             {403, "Wrong password"},
	"session_unknown":            {404, "Unknown login"},
	"foreign_origin":             {403, "Cross-site request refused"},
	"origin_not_allowed":         {403, "Origin not allowed by the clinic"},
	"login_failed":               {401, "Wrong clinic, user or password"},
	"too_many_requests":          {429, "Too many requests"},
	"login_busy":                 {503, "Too many logins at the same time"},
	"lookup_code_required":       {422, "Cancel code required"},
	"lookup_expired":             {410, "The lookup has expired"},
	"login_locked":               {429, "Too many wrong logins"},
	"topic_required":             {400, "Topic required"},
	"topic_malformed":            {400, "Malformed topic"},
	"too_many_watchers":          {429, "Too many watchers"},
	"too_many_handshakes":        {429, "Too many handshakes"},
	"node_busy":                  {503, "The server has no capacity for more watchers"},
	"node_draining":              {503, "The server is shutting down"},
	"too_many_tokens":            {400, "Too many tokens"},
	"too_many_topics":            {400, "Too many topics"},
	"pulse":                      {400, "Pulse out of range"},
	"upgrade_required":           {426, "WebSocket or event stream required"},
	queue.ErrRoomNotEmpty.Code(): {409, "A patient is in the room"},
	"unavailable":                {503, "Temporarily unavailable"},
	"unconfirmed":                {503, "Not confirmed by enough replicas"},
	"not_recorded":               {503, "The booking is not recorded yet"},
	"internal":                   {500, "Internal error"},

	// Those of the register, which knows no problem.
	"member_unknown":       {404, "Unknown member"},
	"member_changed":       {409, "The member has changed"},
	"card_taken":           {409, "Another member has the card number"},
	"member_merged":        {409, "The member was merged into another one"},
	"same_member":          {409, "A member cannot be merged with itself"},
	"not_merged":           {409, "Unknown or undone merge"},
	"booking_unknown":      {404, "Unknown booking"},
	"export_unknown":       {404, "Unknown export"},
	"export_expired":       {410, "The file has expired"},
	"export_unfinished":    {409, "The file is not ready"},
	"exports_busy":         {409, "Too many exports"},
	"query_invalid":        {400, "Invalid search"},
	"import_too_large":     {413, "Too many rows"},
	"register_unavailable": {503, "The register does not answer"},

	"news_unknown":  {404, "Unknown news"}, // of package outbox
	"news_left":     {409, "The news has left"},
	"news_off":      {409, "News is switched off"},
	"news_too_many": {409, "Too many news in a day"},
	// Those of notices, in package outbox beside this one.
	"notice_unknown":          {404, "Unknown notice"},
	"followers_full":          {409, "Too many followers"},
	"wants_changed_too_often": {409, "The addresses have changed too often"},
	"wrong_code":              {403, "Wrong code"},
	"proof_over":              {410, "The code has expired"},
	"proof_tries":             {429, "Too many wrong codes"},
	"link_unknown":            {404, "Unknown link"},
	"mail_unavailable":        {503, "Mail is not available"},

	queue.ErrServiceNotEmpty.Code(): {409, "The service has live tickets"},
	queue.ErrAffected.Code():        {409, "The change affects live tickets"},
}

// retryAfter is the Retry-After of a temporary failure. For a watch, a random part of
// retrySpread is added. So refused clients do not return at the same moment.
const (
	retryAfter  = 2 * time.Second
	retrySpread = 4 * time.Second
)

// Of maps an error to the problem for the client, and to the time for a retry. The
// detail of any other error stays in the log.
func Of(err error) (p wire.Problem, after time.Duration) {
	var own Problem
	var refused interface {
		error
		Code() string
	}
	switch {
	case errors.As(err, &own):
		p.Code, p.Detail, p.Errors, after = own.Code, own.Detail, own.Errors, own.After
		p.OpensAt, p.Offers = own.OpensAt, own.Offers
	case errors.As(err, &refused):
		p.Code, p.Detail = refused.Code(), refused.Error()
	case errors.Is(err, hub.ErrTooManyWatchers):
		p.Code, p.Detail, after = "too_many_watchers", "too many connections watch from this address, or watch this clinic", Soon()
	case errors.Is(err, hub.ErrHandshakeRate):
		p.Code, p.Detail, after = "too_many_handshakes", "this address opens connections too fast; slow down", Soon()
	case errors.Is(err, hub.ErrFull), errors.Is(err, hub.ErrBusy):
		p.Code, p.Detail, after = "node_busy", "this server has no capacity for more connections; try again in a few seconds", Soon()
	case errors.Is(err, hub.ErrDraining):
		p.Code, p.Detail, after = "node_draining", "this server is shutting down; connect again to reach another one", Soon()
	case errors.Is(err, queue.ErrUnconfirmed):
		p.Code, p.Detail, after = "unconfirmed", "the request may have taken effect; repeat it with the same Idempotency-Key", retryAfter
	case Unreachable(err):
		p.Code, p.Detail, after = "unavailable", "the server cannot reach its store; try again in a few seconds", retryAfter
	default:
		p.Code = "internal"
	}
	r, ok := Table[p.Code]
	if !ok {
		p.Code, p.Detail, r = "internal", "", Table["internal"]
	}
	p.Type, p.Title, p.Status = "urn:problem-type:junban:"+p.Code, r.Title, r.Status
	return p, after
}

// Soon returns the Retry-After of a refused watch.
func Soon() time.Duration { return retryAfter + rand.N(retrySpread) }

// Expected lists the 5xx problems of a healthy node: it is at a limit, shuts down, or
// its relay of mail does not answer. They are counted by code and are not logged as errors.
var Expected = map[string]bool{"login_busy": true, "node_busy": true, "node_draining": true, "mail_unavailable": true}

// busy lists the error prefixes of a Redis that cannot serve now. It loads,
// moves slots, refuses writes, or rejects the login. They have no error type.
var busy = []string{
	"LOADING ", "CLUSTERDOWN ", "MASTERDOWN ", "READONLY ", "NOREPLICAS ", "MISCONF ", "OOM ", "BUSY ",
	"TRYAGAIN ", "MOVED ", "ASK ",
	"NOAUTH ", "WRONGPASS ", "NOPERM ", "ERR max number of clients reached",
	"redis: connection pool timeout", "redis: client is closed", "redis: all sentinels", "redis: cluster has no nodes", "redis: no sentinels",
}

// Unreachable reports whether an error means that Redis did not serve the request.
func Unreachable(err error) bool {
	var network net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &network) {
		return true
	}
	return isBusy(err)
}

// isBusy reports whether err, or an error that it wraps or joins, is one of busy.
func isBusy(err error) bool {
	if err == nil {
		return false
	}
	for _, text := range busy {
		if strings.HasPrefix(err.Error(), text) {
			return true
		}
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return slices.ContainsFunc(joined.Unwrap(), isBusy)
	}
	return isBusy(errors.Unwrap(err))
}
