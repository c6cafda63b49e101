package office

import (
	"math"
	"net/http"
	"time"

	"junban/api/route"
	"junban/api/wire"
	"junban/queue/clinic"
	"junban/queue/estimate"
	"junban/queue/lessons"
)

// showAccuracy is GET /v1/clinics/:clinic/accuracy: how true the estimates of
// past sessions came.
func (o *Office) showAccuracy(w http.ResponseWriter, r *http.Request) error {
	id, _, err := o.Logins.AtClinic(r)
	if err != nil {
		return err
	}
	scores, err := o.Lessons.Accuracy(r.Context(), id)
	if err != nil {
		return err
	}
	answer := wire.Accuracy{Sessions: make([]wire.SessionAccuracy, len(scores))}
	for i, a := range scores {
		answer.Sessions[i] = sessionAccuracy(id, a)
	}
	return route.Encode(w, http.StatusOK, answer)
}

func sessionAccuracy(c clinic.ID, a lessons.Accuracy) wire.SessionAccuracy {
	out := wire.SessionAccuracy{
		Day: string(a.Day), Session: a.Session, Service: clinic.Ref{Clinic: c, Service: a.Service}.String(),
		All: encodeScore(a.Score.All()), Ahead: []wire.AheadScore{},
	}
	for i, b := range a.Score.Buckets {
		if b.N == 0 {
			continue
		}
		from, to := estimate.BucketBounds(i)
		ahead := wire.AheadScore{From: from, Score: encodeScore(b)}
		if to >= 0 {
			ahead.To = &to
		}
		out.Ahead = append(out.Ahead, ahead)
	}
	return out
}

func encodeScore(b estimate.Bucket) wire.Score {
	tenths := func(d time.Duration) float64 { return math.Round(d.Minutes()*10) / 10 }
	return wire.Score{
		N: b.N, ErrorMinutes: tenths(b.MeanError()), BiasMinutes: tenths(b.Bias()), Coverage: math.Round(b.Coverage()*1000) / 1000,
	}
}
