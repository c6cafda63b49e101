package queuetest

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue"
)

// Network stands between Redis and the subscription of one node. Until it heals it drops,
// repeats, delays and reorders the messages of acts. It is safe for concurrent use.
type Network struct {
	mu     sync.Mutex
	rng    *rand.Rand
	drops  bool             // every message; guarded by mu
	healed bool             // guarded by mu
	late   []*redis.Message // guarded by mu
	extra  chan *redis.Message
}

// NewNetwork returns a network whose faults depend on the seed.
func NewNetwork(seed uint64) *Network {
	return &Network{rng: rand.New(rand.NewPCG(seed, seed)), extra: make(chan *redis.Message, 10_000)}
}

// Drop loses every message from now on, and those that are late, until Heal.
func (n *Network) Drop() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.drops, n.late = true, nil
}

// Break ends what Heal did.
func (n *Network) Break() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.healed = false
}

// Heal delivers what is late, in any order, and disturbs nothing from then on.
func (n *Network) Heal() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.healed, n.drops = true, false
	n.rng.Shuffle(len(n.late), func(i, j int) { n.late[i], n.late[j] = n.late[j], n.late[i] })
	for _, m := range n.late {
		n.Deliver(m)
	}
	n.late = nil
}

// Deliver brings a message to the node.
func (n *Network) Deliver(m *redis.Message) { n.extra <- m }

// passes reports whether the message comes now.
func (n *Network) passes(m *redis.Message) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch p := n.rng.IntN(100); {
	case m.Channel != queue.PokeChannel:
		return true
	case n.drops:
		return false
	case n.healed || p < 60:
		return true
	case p < 70:
		return false
	case p < 80:
		n.Deliver(m)
		return true
	default:
		n.late = append(n.late, m)
		if p < 90 { // an earlier one overtakes it
			i := n.rng.IntN(len(n.late))
			n.Deliver(n.late[i])
			n.late = slices.Delete(n.late, i, i+1)
		}
		return false
	}
}

// Subscribe subscribes to channels of Redis through the network.
func (n *Network) Subscribe(ctx context.Context, rdb redis.UniversalClient, channels ...string) *Disturbed {
	return &Disturbed{rdb.Subscribe(ctx, channels...), n}
}

// Disturbed is a subscription through a network.
type Disturbed struct {
	*redis.PubSub
	network *Network
}

// ReceiveTimeout is [redis.PubSub.ReceiveTimeout].
func (d *Disturbed) ReceiveTimeout(ctx context.Context, timeout time.Duration) (any, error) {
	for end := time.Now().Add(timeout); ; {
		select {
		case m := <-d.network.extra:
			return m, nil
		default:
		}
		got, err := d.PubSub.ReceiveTimeout(ctx, 5*time.Millisecond)
		if m, ok := got.(*redis.Message); ok && !d.network.passes(m) || err != nil && time.Now().Before(end) && ctx.Err() == nil {
			continue
		}
		return got, err
	}
}
