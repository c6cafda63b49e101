package estimate

// Tails are the shares of paths that lie outside the range, at each end. They are
// corrected after every session, so that each end misses a tenth of the calls. That is
// adaptive conformal inference (Gibbs and Candès, 2021). So the range also holds where
// the model is wrong: one kind that hides two, heavy tails, a doctor who slows down.
type Tails struct {
	Low  float64 `json:"low"` // 0: not learned yet
	High float64 `json:"high"`
}

const (
	// outside is the share of calls that each end of the range should miss.
	outside = 0.1
	minTail = 0.5 / paths
	maxTail = 0.25
	// tailStep is the part of the error that the correction after a long session is.
	// In a session of weightTail forecasts it is half of that.
	tailStep   = 0.1
	weightTail = 20
)

func (t Tails) low() float64  { return tailOr(t.Low) }
func (t Tails) high() float64 { return tailOr(t.High) }

func tailOr(share float64) float64 {
	if share == 0 {
		return outside
	}
	return min(max(share, minTail), maxTail)
}

// learn corrects the shares by the forecasts of a session.
func (t *Tails) learn(b Bucket) {
	n := float64(b.N)
	correct := func(share float64, missed int) float64 {
		return tailOr(share + tailStep*(outside*n-float64(missed))/(n+weightTail))
	}
	*t = Tails{correct(t.low(), b.Earlier), correct(t.high(), b.N-b.Covered-b.Earlier)}
}
