package projection

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are those of a projector.
type metrics struct {
	up, lag      prometheus.GaugeFunc
	rows, failed prometheus.Counter
}

func newMetrics(p *Projector) *metrics {
	return &metrics{
		up: prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "junban_register_up",
			Help: "1 while the register of members and bookings can be written, else 0.",
		}, func() float64 {
			if p.Up() != nil {
				return 0
			}
			return 1
		}),
		lag: prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "junban_projection_lag_seconds",
			Help: "Age of the oldest act of this node that is not in the register yet.",
		}, p.lag),
		rows: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "junban_projection_rows_total",
			Help: "Rows of bookings written to the register.",
		}),
		failed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "junban_projection_errors_total",
			Help: "Failures to read a day's log, or to write its rows. They are tried again.",
		}),
	}
}

func (m *metrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.up, m.lag, m.rows, m.failed}
}

// lag is how long the oldest day has been due, in seconds.
func (p *Projector) lag() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	var oldest time.Duration
	if !p.oldest.IsZero() {
		oldest = time.Since(p.oldest)
	}
	for _, d := range p.due {
		oldest = max(oldest, time.Since(d.since))
	}
	return oldest.Seconds()
}
