package estimate

import "math"

// fate is what becomes of one ticket in each path.
type fate struct {
	took  [paths]float64 // seconds in a room of mean speed
	gone  [paths]float64 // when it cancels, if still waiting then
	back  [paths]float64 // absent when called, and back after so long; see comes
	out   [paths]float64 // sent to an exam that takes so long; see comes
	again [paths]float64 // seconds of the visit after the exam
}

// comes stands where nothing happens: the ticket comes when called, or is done
// after its consultation.
const comes = -1

// kindDraws are the quantiles of a kind, and how wrong its learned mean may be.
type kindDraws struct {
	name  string
	took  lognormal
	exam  float64        // share sent to one
	at    [paths]float64 // by stratum
	wrong [paths]float64 // by path
}

// habitDraws are a service's habits as chances.
type habitDraws struct {
	absent, returns, urgent, cancel float64
	lost, back, out                 lognormal
	again                           *kindDraws // after an exam
}

// teller tells fates. It belongs to one forecast.
type teller struct {
	*strata
	learned *Learned
	kinds   []*kindDraws
}

func (t *teller) kind(name string) *kindDraws {
	for _, k := range t.kinds {
		if k.name == name {
			return k
		}
	}
	d, err2 := t.learned.took(name)
	k := &kindDraws{name: name, took: d, exam: t.learned.Kinds[name].Exam.share(0, weightExam)}
	for i, z := range t.z {
		k.at[i] = d.at(z)
	}
	rescale(&k.at, d.mean)
	k.wrong = t.factor(name, forMean, 1, err2)
	t.kinds = append(t.kinds, k)
	return k
}

// factor draws a positive factor of that mean and squared relative error.
func (t *teller) factor(name string, purpose uint64, mean, err2 float64) (f [paths]float64) {
	d, o := newLognormal(mean, err2), orderOf(name, purpose)
	for i := range f {
		f[i] = d.at(t.z[o[i]])
	}
	rescale(&f, mean)
	return f
}

func (t *teller) habits(service string) habitDraws {
	h := t.learned.Services[service]
	return habitDraws{
		absent:  h.Absent.share(defaultAbsent, weightAbsent),
		returns: h.Return.share(defaultReturn, weightReturn),
		urgent:  h.Urgent.perSecond(),
		cancel:  h.Cancel.perSecond(),
		lost:    h.Lost.like(defaultLost),
		back:    h.Back.like(defaultBack),
		out:     h.Out.like(defaultOut),
		again:   t.kind(ExamKind(service)),
	}
}

// tell tells the fate of one ticket. An after-exam visit is sent to no exam
// again.
func (t *teller) tell(f *fate, id string, k *kindDraws, h *habitDraws, after bool) {
	o := orderOf(id, forDuration)
	for i := range f.took {
		f.took[i] = k.at[o[i]] * k.wrong[i]
	}
	o = orderOf(id, forAbsence)
	for i := range f.back {
		f.back[i] = t.absence(t.u[o[i]], h.absent, h)
	}
	for i := range f.out {
		f.out[i], f.gone[i] = comes, math.Inf(1)
	}
	if k.exam > 0 && !after {
		o = orderOf(id, forExam)
		again := orderOf(id, forAgain)
		for i := range f.out {
			if u := t.u[o[i]]; u < k.exam {
				f.out[i] = h.out.at(normalQuantile(u / k.exam))
				f.again[i] = h.again.at[again[i]] * h.again.wrong[i]
			}
		}
	}
	if h.cancel > 0 {
		o = orderOf(id, forCancel)
		for i := range f.gone {
			f.gone[i] = t.e[o[i]] / h.cancel
		}
	}
}

// absence says what a uniform draw means to one who is absent with that chance.
func (t *teller) absence(u, chance float64, h *habitDraws) float64 {
	if u >= chance {
		return comes
	}
	if u /= chance; u >= h.returns {
		return math.Inf(1)
	}
	return h.back.at(normalQuantile(u / h.returns))
}
