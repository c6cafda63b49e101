package hub

import (
	"errors"

	"junban/hub/internal/socket"

	"github.com/prometheus/client_golang/prometheus"
)

// The transports, as a label of the metrics.
const (
	webSocket = "websocket"
	events    = "sse"
)

// Why a connection was closed, as a label of the metrics. Package socket has further
// reasons.
const (
	closedLeft    = socket.Left    // the client closed it, or the network lost it
	closedStalled = socket.Stalled // took no byte for Options.WriteTimeout
	closedDead    = "dead"         // no sign of life
	closedRevoked = "revoked"      // WatchOptions.Until
	closedDrained = "drained"      // Hub.Drain
	closedHub     = "closed"       // Hub.Close
)

// metrics are the hub's figures. Children of the hot paths are resolved once.
type metrics struct {
	connections *prometheus.GaugeVec
	closed      *prometheus.CounterVec
	parked      prometheus.Gauge
	remaining   prometheus.Gauge
	topics      prometheus.Gauge
	firstStates prometheus.Histogram
	ages        *ages

	socketFrames prometheus.Counter
	eventFrames  prometheus.Counter

	unchanged prometheus.Counter // a newer frame with the same content
	older     prometheus.Counter // a frame that was not newer
	window    prometheus.Counter // a frame that was held: a newer one came within the window
	conflated prometheus.Counter // a frame that a parked connection never got: a newer one came first
	busy      prometheus.Counter // a pulse or pong that found the connection parked

	refused map[error]prometheus.Counter // by what is refused with
}

// refuse counts the refusal, if it is one, and returns it.
func (m *metrics) refuse(err error) error {
	if err == nil {
		return nil
	}
	for reason, count := range m.refused {
		if errors.Is(err, reason) {
			count.Inc()
		}
	}
	return err
}

func newMetrics(reg prometheus.Registerer) *metrics {
	skipped := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "junban_hub_skipped_frames_total",
		Help: "Frames not sent, by reason: unchanged, older and window per topic, conflated and parked per connection.",
	}, []string{"reason"})
	frames := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "junban_hub_frames_total",
		Help: "States and stale notices sent, by transport.",
	}, []string{"transport"})
	refused := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "junban_hub_refused_total",
		Help: "Watches refused, by reason: draining; full and too_many_watchers by the number of watchers; busy and handshake_rate by the rate of new watches, of the node and of one key.",
	}, []string{"reason"})
	m := &metrics{
		connections: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "junban_hub_connections",
			Help: "Open connections, by transport.",
		}, []string{"transport"}),
		closed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "junban_hub_closed_total",
			Help: "Connections closed, by transport and reason.",
		}, []string{"transport", "reason"}),
		parked: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "junban_hub_parked_connections",
			Help: "WebSocket connections whose client does not read, each with a goroutine that waits to write.",
		}),
		remaining: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "junban_hub_drain_remaining",
			Help: "Connections that a drain has not closed yet; 0 without a drain.",
		}),
		topics: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "junban_hub_topics",
			Help: "Topics followed, including those that linger without a watcher.",
		}),
		firstStates: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "junban_hub_first_state_seconds",
			Help:    "Time from the first watcher of a topic to the topic's first state.",
			Buckets: []float64{.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10},
		}),
		ages: newAges("junban_hub_state_age_seconds",
			"Age of a changed state, from when it was read, when it is written to a connection; once per connection, newcomers' first states left out."),
		socketFrames: frames.WithLabelValues(webSocket),
		eventFrames:  frames.WithLabelValues(events),

		unchanged: skipped.WithLabelValues("unchanged"),
		older:     skipped.WithLabelValues("older"),
		window:    skipped.WithLabelValues("window"),
		conflated: skipped.WithLabelValues("conflated"),
		busy:      skipped.WithLabelValues("parked"),

		refused: map[error]prometheus.Counter{
			ErrDraining:        refused.WithLabelValues("draining"),
			ErrFull:            refused.WithLabelValues("full"),
			ErrTooManyWatchers: refused.WithLabelValues("too_many_watchers"),
			ErrBusy:            refused.WithLabelValues("busy"),
			ErrHandshakeRate:   refused.WithLabelValues("handshake_rate"),
		},
	}
	if reg != nil {
		reg.MustRegister(skipped, frames, refused, m.connections, m.closed, m.parked,
			m.remaining, m.topics, m.firstStates, m.ages)
	}
	return m
}
