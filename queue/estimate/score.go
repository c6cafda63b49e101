package estimate

import "time"

// Score is how true a session's forecasts came, by the number of tickets that
// were ahead. The zero value has seen none. It is kept as JSON and published
// after the session; scores of several sessions merge.
type Score struct {
	Buckets [buckets]Bucket `json:"buckets"`
}

// Bucket sums up the forecasts made with so many ahead. Seconds throughout.
type Bucket struct {
	N        int     `json:"n"`
	Absolute float64 `json:"absolute"` // of the errors of Mid
	Signed   float64 `json:"signed"`   // of the errors of Mid; too high is positive
	Covered  int     `json:"covered"`  // calls within the range
	Shown    int     `json:"shown"`    // calls within what was shown
	Later    int     `json:"later"`    // calls later than what was shown
}

const buckets = 6

// bucketFrom returns the least number ahead of each bucket.
func bucketFrom() [buckets]int { return [buckets]int{0, 1, 3, 6, 11, 21} }

// BucketBounds returns the least and greatest number ahead of bucket i; the
// last has no greatest, and returns -1 for it.
func BucketBounds(i int) (from, to int) {
	least := bucketFrom()
	if i+1 == buckets {
		return least[i], -1
	}
	return least[i], least[i+1] - 1
}

// Add takes in one forecast, made with so many ahead, what was shown of it, and
// how long it then took until the first call. A ticket that is never called is not
// scored.
func (s *Score) Add(ahead int, said Range, shown Interval, took time.Duration) {
	i, least := buckets-1, bucketFrom()
	for i > 0 && ahead < least[i] {
		i--
	}
	b := &s.Buckets[i]
	off := (said.Mid - took).Seconds()
	b.N++
	b.Absolute += max(off, -off)
	b.Signed += off
	if said.Covers(took) {
		b.Covered++
	}
	if shown.Covers(took) {
		b.Shown++
	}
	if took > shown.High {
		b.Later++
	}
}

// Merge adds another score to this one.
func (s *Score) Merge(o Score) {
	for i := range s.Buckets {
		s.Buckets[i].merge(o.Buckets[i])
	}
}

func (b *Bucket) merge(o Bucket) {
	b.N += o.N
	b.Absolute += o.Absolute
	b.Signed += o.Signed
	b.Covered += o.Covered
	b.Shown += o.Shown
	b.Later += o.Later
}

// All returns the sum of all buckets.
func (s Score) All() (all Bucket) {
	for _, b := range s.Buckets {
		all.merge(b)
	}
	return all
}

// MeanError is the mean absolute error of Mid; 0 of no forecast.
func (b Bucket) MeanError() time.Duration { return b.mean(b.Absolute) }

// Bias is the mean error of Mid: positive if patients were called earlier than
// they were told.
func (b Bucket) Bias() time.Duration { return b.mean(b.Signed) }

func (b Bucket) mean(sum float64) time.Duration {
	return time.Duration(sum / float64(max(b.N, 1)) * float64(time.Second))
}

// Coverage is the share of calls within the unrounded range, 0.8 if it is
// honest; of no forecast it is 0.
func (b Bucket) Coverage() float64 { return b.share(b.Covered) }

// CoverageShown is the share of calls within what was shown.
func (b Bucket) CoverageShown() float64 { return b.share(b.Shown) }

// Late is the share of calls later than what was shown.
func (b Bucket) Late() float64 { return b.share(b.Later) }

func (b Bucket) share(hits int) float64 { return float64(hits) / float64(max(b.N, 1)) }
