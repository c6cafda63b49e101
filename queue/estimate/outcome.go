package estimate

import "math"

// outcome has the draws of one ticket.
type outcome struct {
	kind                              *kindDraws
	took, absence, exam, again, leave draw
	mayExam                           bool // its visit may lead to an exam
}

// kindDraws has the samples of a kind's visit time.
type kindDraws struct {
	name   string
	took   lognormal
	exam   float64        // share of visits that lead to an exam
	at     [paths]float64 // by stratum
	factor [paths]float64 // uncertainty of the mean, by path
}

// habitDraws are a service's probabilities, rates and distributions.
type habitDraws struct {
	absent, returns, urgent, cancel float64
	lost, back, out                 lognormal
	backAt, outAt                   [paths]float64     // by stratum
	leaves                          [paths + 1]float64 // cancellation of a waiting ticket, at the edges of the strata
	again                           *kindDraws         // after an exam
}

// sampler samples the outcomes of tickets for one forecast.
type sampler struct {
	learned *Learned
	kinds   []*kindDraws
}

func (t *sampler) kind(name string) *kindDraws {
	for _, k := range t.kinds {
		if k.name == name {
			return k
		}
	}
	d, err2 := t.learned.took(name)
	k := &kindDraws{name: name, took: d, exam: t.learned.Kinds[name].Exam.share(0, weightExam), at: t.times(d)}
	k.factor = t.factor(name, forMean, 1, err2)
	t.kinds = append(t.kinds, k)
	return k
}

// times returns the distribution's values by stratum.
func (t *sampler) times(d lognormal) (at [paths]float64) {
	if d.mean == 0 {
		return at
	}
	for i, z := range normals {
		at[i] = d.at(z)
	}
	rescale(&at, d.mean)
	return at
}

// factor samples a positive factor with the given mean and squared relative
// error.
func (t *sampler) factor(name string, purpose uint64, mean, err2 float64) (f [paths]float64) {
	at, d := t.times(newLognormal(mean, err2)), drawOf(hash(name), purpose)
	for i := range f {
		f[i] = at[d.stratum(i)]
	}
	return f
}

func (t *sampler) habits(service string) *habitDraws {
	h := t.learned.Services[service]
	d := &habitDraws{
		absent:  h.Absent.share(defaultAbsent, weightAbsent),
		returns: h.Return.share(defaultReturn, weightReturn),
		urgent:  h.Urgent.perSecond(),
		cancel:  h.Cancel.perSecond(),
		lost:    h.Lost.like(defaultLost),
		back:    h.Back.like(defaultBack),
		out:     h.Out.like(defaultOut),
		again:   t.kind(ExamKind(service)),
	}
	d.backAt, d.outAt = t.times(d.back), t.times(d.out)
	if d.cancel > 0 {
		for i := range paths {
			d.leaves[i] = -math.Log1p(-float64(i)/paths) / d.cancel
		}
		d.leaves[paths] = 2 * d.leaves[paths-1]
	}
	return d
}

// sample returns the draws of one ticket. A visit after an exam leads to no
// further exam.
func (t *sampler) sample(id string, k *kindDraws, after bool) outcome {
	return t.sampleOf(hash(id), k, after)
}

func (t *sampler) sampleOf(h uint64, k *kindDraws, after bool) outcome {
	o := outcome{kind: k, took: drawOf(h, forDuration), absence: drawOf(h, forAbsence), leave: drawOf(h, forCancel)}
	if o.mayExam = k.exam > 0 && !after; o.mayExam {
		o.exam, o.again = drawOf(h, forExam), drawOf(h, forAgain)
	}
	return o
}

// seconds returns the visit time in a room of mean speed, in path i.
func (o *outcome) seconds(i int) float64 { return o.kind.at[o.took.stratum(i)] * o.kind.factor[i] }

// away returns the time until the ticket's return, if it is absent when called; else
// none. It is never if the ticket does not return.
func (o *outcome) away(i int, h *habitDraws, absent float64) float64 {
	u := o.absence.u(i)
	if u >= absent {
		return none
	}
	if u /= absent; u >= h.returns {
		return never
	}
	return h.backAt[int(u/h.returns*paths)]
}

// out returns the duration of the exam to which the visit leads, and the seconds of the
// visit after it; or none.
func (o *outcome) out(i int, h *habitDraws) (out, again float64) {
	if !o.mayExam {
		return none, 0
	}
	u := o.exam.u(i)
	if u >= o.kind.exam {
		return none, 0
	}
	return h.outAt[int(u/o.kind.exam*paths)], h.again.at[o.again.stratum(i)] * h.again.factor[i]
}

// gone reports whether the ticket is cancelled before now, if it still waits.
func (o *outcome) gone(i int, h *habitDraws, now float64) bool {
	if h.cancel == 0 {
		return false
	}
	s := o.leave.stratum(i)
	return now > h.leaves[s]+float64(o.leave.shift)*(h.leaves[s+1]-h.leaves[s])
}

// none marks an event that does not happen.
const none = -1
