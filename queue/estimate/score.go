package estimate

import "time"

// Score is the accuracy of a session's forecasts, by the number of tickets
// ahead. The zero value has no forecasts. It is stored as JSON and published
// after the session.
type Score struct {
	Buckets [buckets]Bucket `json:"buckets"`
}

// Bucket sums the forecasts with a similar number of tickets ahead, in seconds.
type Bucket struct {
	N        int     `json:"n"`
	Absolute float64 `json:"absolute"` // of the errors of Mid
	Signed   float64 `json:"signed"`   // of the errors of Mid; too high is positive
	Covered  int     `json:"covered"`  // calls within the range
	Earlier  int     `json:"earlier"`  // calls before the range
	Shown    int     `json:"shown"`    // calls within the shown interval
	Later    int     `json:"later"`    // calls after the shown interval
}

const buckets = 6

// bucketFrom returns the least number of tickets ahead of each bucket.
func bucketFrom() [buckets]int { return [buckets]int{0, 1, 3, 6, 11, 21} }

// BucketBounds returns the least and greatest number of tickets ahead of bucket
// i. For the last one, the greatest is -1.
func BucketBounds(i int) (from, to int) {
	least := bucketFrom()
	if i+1 == buckets {
		return least[i], -1
	}
	return least[i], least[i+1] - 1
}

// Add adds a forecast, its shown interval, and the actual time until the first
// call. Tickets that are never called are not scored.
func (s *Score) Add(ahead int, forecast Range, shown Interval, took time.Duration) {
	i, least := buckets-1, bucketFrom()
	for i > 0 && ahead < least[i] {
		i--
	}
	b := &s.Buckets[i]
	off := (forecast.Mid - took).Seconds()
	b.N++
	b.Absolute += max(off, -off)
	b.Signed += off
	if forecast.Covers(took) {
		b.Covered++
	}
	if took < forecast.Low {
		b.Earlier++
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
	b.Earlier += o.Earlier
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

// MeanError returns the mean absolute error of Mid, or 0 without forecasts.
func (b Bucket) MeanError() time.Duration { return b.mean(b.Absolute) }

// Bias returns the mean error of Mid. It is positive if patients were called
// earlier than forecast.
func (b Bucket) Bias() time.Duration { return b.mean(b.Signed) }

func (b Bucket) mean(sum float64) time.Duration {
	return time.Duration(sum / float64(max(b.N, 1)) * float64(time.Second))
}

// Coverage returns the share of calls within the range: ideally 0.8, and 0
// without forecasts.
func (b Bucket) Coverage() float64 { return b.share(b.Covered) }

// CoverageShown returns the share of calls within the shown interval.
func (b Bucket) CoverageShown() float64 { return b.share(b.Shown) }

// Late returns the share of calls after the shown interval.
func (b Bucket) Late() float64 { return b.share(b.Later) }

func (b Bucket) share(hits int) float64 { return float64(hits) / float64(max(b.N, 1)) }
