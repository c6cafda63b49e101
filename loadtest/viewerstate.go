package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// estimates are the keys of a state that change with the time of its reading, and
// not by acts alone.
var estimates = []string{"waitMinutes", "overrunning", "advice", "todo"}

// compareStates returns an error unless both viewers of the same topics show the
// same states. The version of a ticket's topic may be lower: it is that of the
// ticket's own last change.
func compareStates(v, truth *viewer) error {
	for _, topic := range v.target.topics {
		version, state, err := v.stateOf(topic)
		if err != nil {
			return err
		}
		newest, want, err := truth.stateOf(topic)
		if err != nil {
			return err
		}
		if version != newest && !(strings.HasPrefix(topic, "ticket:") && version < newest) {
			return fmt.Errorf("%s shows version %d at node %d, and %d at a new one", topic, version, v.node+1, newest)
		}
		if !reflect.DeepEqual(state, want) {
			return fmt.Errorf("%s of version %d shows another state at node %d than at a new one:\n%v\n%v", topic, version, v.node+1, state, want)
		}
	}
	return nil
}

// stateOf decodes the newest frame of a topic, without its version, the time of its
// reading and estimates.
func (v *viewer) stateOf(topic string) (version uint64, state map[string]any, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.err != nil {
		return 0, nil, fmt.Errorf("watching %v: %w", v.target.topics, v.err)
	}
	s := v.states[topic]
	if err := json.Unmarshal(s.newest, &state); err != nil {
		return 0, nil, err
	}
	delete(state, "version")
	delete(state, "at")
	removeEstimates(state)
	return s.version, state, nil
}

// removeEstimates deletes the estimates of a decoded state at every depth.
func removeEstimates(state any) {
	switch s := state.(type) {
	case map[string]any:
		for _, key := range estimates {
			delete(s, key)
		}
		for _, value := range s {
			removeEstimates(value)
		}
	case []any:
		for _, value := range s {
			removeEstimates(value)
		}
	}
}
