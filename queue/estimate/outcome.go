package estimate

import "math"

// outcome has the sampled events of one ticket, by path.
type outcome struct {
	took  [paths]float64 // seconds in a room of mean speed
	gone  [paths]float64 // time of cancellation, if it is still waiting
	back  [paths]float64 // time until its return, if absent when called; else none
	out   [paths]float64 // duration of its exam, or none
	again [paths]float64 // seconds of the visit after the exam
}

// none marks an event that does not happen.
const none = -1

// kindDraws has the samples of a kind's visit time.
type kindDraws struct {
	name       string
	took       lognormal
	exam       float64        // share of visits that lead to an exam
	at         [paths]float64 // quantiles, by stratum
	meanFactor [paths]float64 // uncertainty of the mean: a factor, by path
}

// habitDraws are a service's probabilities, rates and distributions.
type habitDraws struct {
	absent, returns, urgent, cancel float64
	lost, back, out                 lognormal
	again                           *kindDraws // after an exam
}

// sampler samples the outcomes of tickets for one forecast.
type sampler struct {
	*strata
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
	k := &kindDraws{name: name, took: d, exam: t.learned.Kinds[name].Exam.share(0, weightExam)}
	for i, z := range t.z {
		k.at[i] = d.at(z)
	}
	rescale(&k.at, d.mean)
	k.meanFactor = t.factor(name, forMean, 1, err2)
	t.kinds = append(t.kinds, k)
	return k
}

// factor samples a positive factor with the given mean and squared relative
// error.
func (t *sampler) factor(name string, purpose uint64, mean, err2 float64) (f [paths]float64) {
	d, o := newLognormal(mean, err2), orderOf(name, purpose)
	for i := range f {
		f[i] = d.at(t.z[o[i]])
	}
	rescale(&f, mean)
	return f
}

func (t *sampler) habits(service string) habitDraws {
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

// sample fills in the outcome of one ticket. A visit after an exam leads to no
// further exam.
func (t *sampler) sample(f *outcome, id string, k *kindDraws, h *habitDraws, after bool) {
	o := orderOf(id, forDuration)
	for i := range f.took {
		f.took[i] = k.at[o[i]] * k.meanFactor[i]
	}
	o = orderOf(id, forAbsence)
	for i := range f.back {
		f.back[i] = t.absence(t.u[o[i]], h.absent, h)
	}
	for i := range f.out {
		f.out[i], f.gone[i] = none, math.Inf(1)
	}
	if k.exam > 0 && !after {
		o = orderOf(id, forExam)
		again := orderOf(id, forAgain)
		for i := range f.out {
			if u := t.u[o[i]]; u < k.exam {
				f.out[i] = h.out.at(normalQuantile(u / k.exam))
				f.again[i] = h.again.at[again[i]] * h.again.meanFactor[i]
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

// absence converts a uniform draw to the time until return. It is none if the
// ticket is present, and +Inf if it never returns.
func (t *sampler) absence(u, chance float64, h *habitDraws) float64 {
	if u >= chance {
		return none
	}
	if u /= chance; u >= h.returns {
		return math.Inf(1)
	}
	return h.back.at(normalQuantile(u / h.returns))
}
