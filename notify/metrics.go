package notify

import (
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"junban/queue/clinic"
	"junban/queue/outbox"
)

// metrics are those of a notifier. None has a clinic.
type metrics struct {
	tries   *prometheus.CounterVec
	seconds *prometheus.HistogramVec
	voids   *prometheus.CounterVec
	lead    *prometheus.HistogramVec
	late    prometheus.Counter
	gone    *prometheus.CounterVec
	failed  prometheus.Counter
	overdue prometheus.GaugeFunc
	owned   prometheus.GaugeFunc

	oldest atomic.Int64 // how long the oldest due thing had been due at the last sweep, in ms
}

func newMetrics(n *Notifier) *metrics {
	m := &metrics{
		tries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "junban_notices_total",
			Help: "Notices that this node passed to a channel, by what became of the try.",
		}, []string{"kind", "channel", "result"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "junban_notice_seconds",
			Help:    "Time from when a notice was due until its provider accepted it.",
			Buckets: []float64{.05, .1, .25, .5, 1, 2, 5, 10, 30, 60, 300, 1800},
		}, []string{"kind", "channel"}),
		voids: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "junban_notices_void_total",
			Help: "Notices that were not sent, by the reason.",
		}, []string{"reason"}),
		lead: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "junban_notice_lead_minutes",
			Help:    "Minutes from a notice of an approach until the call of its ticket.",
			Buckets: []float64{0, 5, 10, 15, 20, 30, 45, 60, 90, 120},
		}, []string{"kind"}),
		late: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "junban_notice_late_total",
			Help: "Tickets that were called sooner after their approach than their patient's travel time.",
		}),
		gone: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "junban_push_gone_total",
			Help: "Subscriptions to web push that no longer exist, by the provider.",
		}, []string{"origin"}),
		failed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "junban_notify_errors_total",
			Help: "Failures to plan notices, or to ask the outbox. They are tried again.",
		}),
	}
	m.overdue = prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "junban_notice_overdue_seconds",
		Help: "How long the oldest notice of all clinics has been due, at the last look.",
	}, func() float64 { return time.Duration(m.oldest.Load() * int64(time.Millisecond)).Seconds() })
	m.owned = prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "junban_notify_owned_clinics",
		Help: "Clinics whose notices this node plans.",
	}, func() float64 {
		n.mu.Lock()
		defer n.mu.Unlock()
		return float64(len(n.owned))
	})
	return m
}

func (m *metrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.tries, m.seconds, m.voids, m.lead, m.late, m.gone, m.failed, m.overdue, m.owned}
}

// noteDue notes how long the oldest due thing has been due.
func (m *metrics) noteDue(due map[clinic.ID]time.Time, now time.Time) {
	oldest := time.Duration(0)
	for _, at := range due {
		oldest = max(oldest, now.Sub(at))
	}
	m.oldest.Store(oldest.Milliseconds())
}

// Voided counts a job that the outbox has voided. It waits for nothing.
func (n *Notifier) Voided(why string) { n.metrics.voids.WithLabelValues(why).Inc() }

// void counts jobs that were planned to be void.
func (m *metrics) void(reasons map[string]string) {
	for _, why := range reasons {
		m.voids.WithLabelValues(why).Inc()
	}
}

// called counts how long before its call a ticket's approach was sent.
func (m *metrics) called(j outbox.Job, called time.Time) {
	lead := called.Sub(time.UnixMilli(j.Sent))
	m.lead.WithLabelValues(string(j.Kind)).Observe(lead.Minutes())
	if lead < time.Duration(j.Travel)*time.Minute {
		m.late.Inc()
	}
}

// vendors are the push services that metrics name. An address is a stranger's: others have
// one name together.
var vendors = []string{"fcm.googleapis.com", "push.services.mozilla.com", "push.apple.com", "notify.windows.com"}

// vendorOf names the push service of an endpoint.
func vendorOf(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return "other"
	}
	for _, v := range vendors {
		if host := u.Hostname(); host == v || strings.HasSuffix(host, "."+v) {
			return v
		}
	}
	return "other"
}
