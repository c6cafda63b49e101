package keeper

import (
	"fmt"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"junban/queue/estimate"
	"junban/queue/lessons"
)

// accuracy has the metrics of the forecasts' accuracy. It covers the sessions that this
// node has scored since its start; other nodes may have scored others.
type accuracy struct {
	mu    sync.Mutex
	total estimate.Score // guarded by mu

	scored  *prometheus.GaugeVec
	errors  *prometheus.GaugeVec
	bias    *prometheus.GaugeVec
	covered *prometheus.GaugeVec
}

func newAccuracy() *accuracy {
	gauge := func(name, help string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, []string{"ahead"})
	}
	return &accuracy{
		scored:  gauge("junban_estimate_scored", "Forecasts of a wait that were compared with the call, since the start, by the number ahead."),
		errors:  gauge("junban_estimate_error_minutes", "Mean absolute error of the scored forecasts, by the number ahead."),
		bias:    gauge("junban_estimate_bias_minutes", "Mean error of the scored forecasts, by the number ahead: positive if calls came earlier than said."),
		covered: gauge("junban_estimate_inside_range_ratio", "Share of calls within the forecast's 80 % range, by the number ahead."),
	}
}

func (t *accuracy) collectors() []prometheus.Collector {
	return []prometheus.Collector{t.scored, t.errors, t.bias, t.covered}
}

func (t *accuracy) add(scores []lessons.Accuracy) {
	if len(scores) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, a := range scores {
		t.total.Merge(a.Score)
	}
	for i, b := range t.total.Buckets {
		if b.N == 0 {
			continue
		}
		ahead := aheadOf(i)
		t.scored.WithLabelValues(ahead).Set(float64(b.N))
		t.errors.WithLabelValues(ahead).Set(b.MeanError().Minutes())
		t.bias.WithLabelValues(ahead).Set(b.Bias().Minutes())
		t.covered.WithLabelValues(ahead).Set(b.Coverage())
	}
}

// aheadOf names a bucket of a score, such as 3-5, or 21+.
func aheadOf(bucket int) string {
	switch from, to := estimate.BucketBounds(bucket); to {
	case from:
		return fmt.Sprint(from)
	case -1:
		return fmt.Sprintf("%d+", from)
	default:
		return fmt.Sprintf("%d-%d", from, to)
	}
}
