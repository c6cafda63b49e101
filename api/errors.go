package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"junban/account"
	"junban/api/wire"
	"junban/device"
	"junban/hub"
	"junban/queue"
	"junban/queue/clinic"
	"junban/static"
)

// problem is one that api itself finds.
type problem struct {
	code   string // a key of problems
	detail string // for people
	after  time.Duration
}

func (r problem) Error() string { return r.code + ": " + r.detail }

// refuse says that the request is answered with the problem of that code.
func refuse(code, format string, args ...any) error {
	return problem{code: code, detail: fmt.Sprintf(format, args...)}
}

type row struct {
	status int
	title  string
}

// problems is every problem that the program answers with, by its stable code.
// It holds what the packages queue, account and device refuse, and what api does.
//
// Each has a sentence in every language of the pages that can show it. A problem that
// only routes behind a login answer with is shown by the desk page alone, which is in
// Japanese and English: group "refused" of the locale files. Any other problem may
// reach a patient, a display or a partner's page, so its sentence is in all
// languages: in group "problem" where the scripts of these pages show it, else in
// group "mishap", which only pages that the server writes load, and the desk.
var problems = map[string]row{
	clinic.ErrNoClinic.Code():       {404, "Unknown clinic"},
	clinic.ErrNoService.Code():      {404, "Unknown service"},
	queue.ErrNoTicket.Code():        {404, "Unknown ticket"},
	queue.ErrNoRoom.Code():          {404, "Unknown room"},
	queue.ErrEmpty.Code():           {409, "Nobody is waiting"},
	queue.ErrLater.Code():           {409, "Those waiting are for a later session"},
	queue.ErrNobodyHere.Code():      {409, "Nobody of those waiting is here"},
	queue.ErrAllCooling.Code():      {409, "Those waiting were called a moment ago"},
	queue.ErrOffDuty.Code():         {409, "The room is not on duty"},
	queue.ErrReason.Code():          {400, "Unknown reason"},
	queue.ErrKind.Code():            {422, "Unknown kind of visit"},
	queue.ErrReceptionClosed.Code(): {409, "The web desk is closed"},
	queue.ErrReceptionPaused.Code(): {409, "The web desk is paused"},
	queue.ErrReceptionBefore.Code(): {409, "The web desk is not open yet"},
	queue.ErrReceived.Code():        {409, "This person has a number"},
	queue.ErrNotOffered.Code():      {409, "No numbers for that day"},
	queue.ErrDayAhead.Code():        {409, "The ticket's day has not begun"},
	queue.ErrNumberGiven.Code():     {409, "A later ticket has the number"},
	queue.ErrQuota.Code():           {409, "No places left on the web"},
	queue.ErrFirstQuota.Code():      {409, "No places left on the web for a first visit"},
	queue.ErrDeskQuota.Code():       {409, "No places left at the desk"},
	queue.ErrAutoStop.Code():        {409, "The session is full"},
	queue.ErrNumber.Code():          {409, "Number not available"},
	queue.ErrBandFull.Code():        {409, "No numbers left at the desk"},
	queue.ErrPartySize.Code():       {422, "Party size out of bounds"},
	queue.ErrState.Code():           {409, "The ticket's state forbids it"},
	queue.ErrRoomChanged.Code():     {409, "Another patient is in the room"},
	queue.ErrTicketChanged.Code():   {409, "The ticket has changed"},
	queue.ErrRoomBusy.Code():        {409, "The room is taken"},
	queue.ErrKeyConflict.Code():     {409, "Idempotency-Key used for another request"},
	queue.ErrWrongCode.Code():       {403, "Wrong cancel code"},
	queue.ErrCodeLocked.Code():      {429, "Too many wrong cancel codes"},
	queue.ErrNotCancellable.Code():  {409, "Not cancellable by the patient"},
	queue.ErrNothingToUndo.Code():   {409, "Nothing to take back"},
	queue.ErrDayFull.Code():         {409, "No numbers left today"},
	queue.ErrDayOver.Code():         {410, "The day is over"},
	queue.ErrDayOpen.Code():         {409, "The day is not over"},
	queue.ErrSettings.Code():        {409, "The settings have changed"},
	account.ErrNoUser.Code():        {404, "Unknown user"},
	account.ErrUserExists.Code():    {409, "The name is taken"},
	account.ErrUsersFull.Code():     {409, "Too many users"},
	account.ErrLastAdmin.Code():     {409, "The last admin"},
	device.ErrNoScreen.Code():       {404, "Unknown screen"},
	device.ErrScreensFull.Code():    {409, "Too many screens"},
	device.ErrNoPairing.Code():      {404, "Unknown code"},
	device.ErrPairingTaken.Code():   {503, "No code to be had"},

	"not_found":                  {404, "Not found"},
	"method_not_allowed":         {405, "Method not allowed"},
	"malformed_body":             {400, "Malformed body"},
	"body_too_large":             {413, "Body too large"},
	"field_invalid":              {400, "Invalid field"},
	"query_too_long":             {400, "Query too long"},
	"idempotency_key_required":   {400, "Idempotency-Key required"},
	"idempotency_key_malformed":  {400, "Malformed Idempotency-Key"},
	"person_required":            {422, "Say who it is for"},
	"first_visit_desk":           {409, "First visits by phone or at the desk"},
	"card_number":                {422, "Not a number of the clinic's cards"},
	"token_required":             {401, "The ticket's token is required"},
	"token_wrong":                {403, "Wrong token"},
	"session_required":           {401, "Log in first"},
	"other_clinic":               {403, "Another clinic's"},
	"admin_required":             {403, "For admins only"},
	"own_account":                {409, "One's own account"},
	"password_wrong":             {403, "Wrong password"},
	"session_unknown":            {404, "Unknown session"},
	"foreign_origin":             {403, "Request from another site"},
	"origin_not_allowed":         {403, "The clinic does not allow this site"},
	"login_failed":               {401, "Wrong clinic, user or password"},
	"too_many_requests":          {429, "Too many requests"},
	"login_busy":                 {503, "Too many logins at once"},
	"lookup_code_required":       {422, "The clinic asks for the cancel code"},
	"login_locked":               {429, "Too many wrong logins"},
	"topic_required":             {400, "A topic is required"},
	"topic_malformed":            {400, "Malformed topic"},
	"too_many_watchers":          {429, "Too many watchers"},
	"too_many_handshakes":        {429, "Too many handshakes"},
	"node_busy":                  {503, "This server takes no more watchers for the moment"},
	"node_draining":              {503, "This server is about to end"},
	"too_many_tokens":            {400, "Too many tokens"},
	"too_many_topics":            {400, "Too many topics"},
	"pulse":                      {400, "Pulse out of bounds"},
	"upgrade_required":           {426, "A stream is served here"},
	queue.ErrRoomNotEmpty.Code(): {409, "A patient is in the room"},
	"unavailable":                {503, "Not available for the moment"},
	"unconfirmed":                {503, "Not confirmed by enough replicas"},
	"internal":                   {500, "Internal error"},

	queue.ErrServiceNotEmpty.Code(): {409, "The service has live tickets"},
	"bookings_affected":             {409, "Bookings lose their session"},
}

// retryAfter is when to try again what cannot be served for the moment, and
// retrySpread how much later a watch at most: who was refused together is not to
// come back together.
const (
	retryAfter  = 2 * time.Second
	retrySpread = 4 * time.Second
)

// problemOf says what an error is to the client, and when to try again. An
// error that is nobody's refusal tells nothing of itself.
func problemOf(err error) (p wire.Problem, after time.Duration) {
	var own problem
	var refused interface {
		error
		Code() string
	}
	switch {
	case errors.As(err, &own):
		p.Code, p.Detail, after = own.code, own.detail, own.after
	case errors.As(err, &refused):
		p.Code, p.Detail = refused.Code(), refused.Error()
	case errors.Is(err, hub.ErrCrowded):
		p.Code, p.Detail, after = "too_many_watchers", "too many watch from this address, or this clinic", soon()
	case errors.Is(err, hub.ErrEager):
		p.Code, p.Detail, after = "too_many_handshakes", "too many watches begin from this address", soon()
	case errors.Is(err, hub.ErrFull), errors.Is(err, hub.ErrBusy):
		p.Code, p.Detail, after = "node_busy", "too many watch here, or come at once; try again in a moment", soon()
	case errors.Is(err, hub.ErrDraining):
		p.Code, p.Detail, after = "node_draining", "this server is about to end; connect again", soon()
	case errors.Is(err, queue.ErrUnconfirmed):
		p.Code, p.Detail, after = "unconfirmed", "it may have been done; repeat it with the same Idempotency-Key", retryAfter
	case unreachable(err):
		p.Code, p.Detail, after = "unavailable", "try again in a moment", retryAfter
	default:
		p.Code = "internal"
	}
	r, ok := problems[p.Code]
	if !ok {
		p.Code, p.Detail, r = "internal", "", problems["internal"]
	}
	p.Type, p.Title, p.Status = "urn:problem-type:junban:"+p.Code, r.title, r.status
	return p, after
}

// soon is when to try again to watch.
func soon() time.Duration { return retryAfter + rand.N(retrySpread) }

// expected are the problems of status 5xx that a working node answers with: it is
// at a limit, or about to end (F9). They are counted by their code, and are no
// errors in the log.
var expected = map[string]bool{"login_busy": true, "node_busy": true, "node_draining": true}

// busy are the answers of a Redis that is there but cannot serve now (review
// F7): it loads, its slots move, it takes no writes, or it does not let us in.
// They come as text only.
var busy = []string{
	"LOADING ", "CLUSTERDOWN ", "MASTERDOWN ", "READONLY ", "NOREPLICAS ", "MISCONF ", "OOM ", "BUSY ",
	"TRYAGAIN ", "MOVED ", "ASK ",
	"NOAUTH ", "WRONGPASS ", "NOPERM ", "ERR max number of clients reached",
	"redis: connection pool timeout", "redis: client is closed", "redis: all sentinels", "redis: cluster has no nodes", "redis: no sentinels",
}

// unreachable reports whether an error means that Redis could not be asked.
func unreachable(err error) bool {
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

// fail answers with the problem that an error is: the only place that does.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, k kind, err error) {
	p, after := problemOf(err)
	p.ID = w.Header().Get(requestID)
	s.metrics.problems.WithLabelValues(p.Code).Inc()
	if p.Status >= http.StatusInternalServerError && !expected[p.Code] {
		level := slog.LevelError
		if r.Context().Err() == context.Canceled {
			level = slog.LevelInfo // the client closed the connection
		}
		s.log.LogAttrs(r.Context(), level, "request not served",
			slog.String("request_id", p.ID), slog.String("route", routeOf(r)), slog.String("error", err.Error()))
	}
	h := w.Header()
	h.Del("ETag")
	h.Set("Cache-Control", "no-store")
	if after > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(after.Seconds()))))
	}
	switch p.Code {
	case "token_required":
		h.Set("WWW-Authenticate", `Bearer realm="junban"`)
	case "upgrade_required":
		h.Set("Upgrade", "websocket")
		h.Set("Connection", "Upgrade")
	}
	if k == page || (k == private || k == open) && r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") {
		h.Set("Content-Security-Policy", static.Policy(r.Host))
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Vary", "Accept-Language, Cookie")
		w.WriteHeader(p.Status)
		if err := s.site.Render(w, static.ErrorPage{Lang: static.Language(r), Code: p.Code}); err != nil {
			s.log.LogAttrs(r.Context(), slog.LevelDebug, "error page not written", slog.String("error", err.Error()))
		}
		return
	}
	body, _ := json.Marshal(p) // of strings and a number: it cannot fail
	h.Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(body, '\n'))
}
