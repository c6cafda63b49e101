package hub

import "github.com/prometheus/client_golang/prometheus"

// The transports, as a label of the metrics.
const (
	webSocket = "websocket"
	events    = "sse"
)

// Why a connection was closed, as a label of the metrics.
const (
	closedLeft     = "left"     // the client closed it, or the network lost it
	closedStalled  = "stalled"  // took no byte for Options.WriteTimeout
	closedDead     = "dead"     // no sign of life
	closedData     = "data"     // sent a message
	closedTooBig   = "toobig"   // sent a message beyond the limit
	closedProtocol = "protocol" // sent what is not WebSocket
	closedRevoked  = "revoked"  // WatchOptions.Until
	closedDrained  = "drained"  // Hub.Drain
	closedHub      = "closed"   // Hub.Close
)

// metrics are the hub's figures. Children of the hot paths are kept at hand.
type metrics struct {
	connections *prometheus.GaugeVec
	closed      *prometheus.CounterVec
	blocked     prometheus.Gauge
	topics      prometheus.Gauge

	socketFrames prometheus.Counter
	eventFrames  prometheus.Counter

	unchanged prometheus.Counter // a newer frame with the same content
	older     prometheus.Counter // a frame that was not newer
	conflated prometheus.Counter // a frame that a busy connection never got: a newer one came first
	busy      prometheus.Counter // a pulse or pong that found the connection busy
}

func newMetrics(reg prometheus.Registerer) *metrics {
	skipped := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "junban_hub_skipped_frames_total",
		Help: "Frames not sent, by reason: unchanged and older per topic, conflated and blocked per connection.",
	}, []string{"reason"})
	frames := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "junban_hub_frames_total",
		Help: "States and stale notices given to connections, by transport.",
	}, []string{"transport"})
	m := &metrics{
		connections: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "junban_hub_connections",
			Help: "Open connections, by transport.",
		}, []string{"transport"}),
		closed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "junban_hub_closed_total",
			Help: "Connections closed, by transport and reason.",
		}, []string{"transport", "reason"}),
		blocked: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "junban_hub_blocked_connections",
			Help: "WebSocket connections that a goroutine waits to write to.",
		}),
		topics: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "junban_hub_topics",
			Help: "Topics followed, lingering ones included.",
		}),
		socketFrames: frames.WithLabelValues(webSocket),
		eventFrames:  frames.WithLabelValues(events),

		unchanged: skipped.WithLabelValues("unchanged"),
		older:     skipped.WithLabelValues("older"),
		conflated: skipped.WithLabelValues("conflated"),
		busy:      skipped.WithLabelValues("blocked"),
	}
	if reg != nil {
		reg.MustRegister(skipped, frames, m.connections, m.closed, m.blocked, m.topics)
	}
	return m
}
